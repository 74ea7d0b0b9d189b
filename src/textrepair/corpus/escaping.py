"""A text as a file writes it, with escapes, and its changes as changes of what is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from textrepair.corpus.rows import Change


@dataclass(frozen=True)
class Escaping:
    """How a text is written: what `pattern` matches stands for what `unescape` gives; `escape` writes anew.

    >>> doubled = Escaping(re.compile('""'), lambda escape: '"', lambda text: text.replace('"', '""'))
    >>> doubled.read('a ""b""')
    'a "b"'
    >>> doubled.changed('a ""b"" c', [(0, 1, 'an "x"'), (6, 7, "d")])
    'an ""x"" ""b"" d'
    """

    pattern: re.Pattern[str]
    unescape: Callable[[str], str]
    escape: Callable[[str], str]

    def read(self, raw: str) -> str:
        """The text that is written as `raw`."""
        return self.pattern.sub(lambda m: self.unescape(m[0]), raw)

    def changed(self, raw: str, changes: Sequence[Change]) -> str:
        """`raw` with `changes` of its text made; what lies between them stays as it was written."""
        where = self._places(raw, (place for start, end, _ in changes for place in (start, end)))
        out, at = list[str](), 0
        for *_, after in changes:
            out += [raw[at : next(where)], self.escape(after)]
            at = next(where)
        return "".join([*out, raw[at:]])

    def _places(self, raw: str, places: Iterable[int]) -> Iterator[int]:
        """Where in `raw` the rising `places` of its text are."""
        escapes = self.pattern.finditer(raw)
        m, ahead = next(escapes, None), 0  # by how much places in `raw` are ahead of those in the text
        for place in places:
            while m and m.start() < place + ahead:
                ahead += len(m[0]) - len(self.unescape(m[0]))
                m = next(escapes, None)
            yield place + ahead


NEVER = re.compile(r"(?!)")
PLAIN = Escaping(NEVER, str, str)  # of a text that is written as it is


def inverse(text: str, changes: Sequence[Change]) -> list[Change]:
    """The changes that take `changes` of `text` back.

    >>> inverse("the sufferers", [(4, 13, "patients")])
    [(4, 12, 'sufferers')]
    """
    back, shift = list[Change](), 0
    for start, end, after in changes:
        back.append((start + shift, start + shift + len(after), text[start:end]))
        shift += len(after) - (end - start)
    return back

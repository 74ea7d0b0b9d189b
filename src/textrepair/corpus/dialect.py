"""How a table is written: what parts its cells, what quotes them, what escapes; and records read so.

Readers of tables tell what cells hold, not where they stand, which is needed to change one and leave every
other byte as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from textrepair.corpus.escaping import NEVER, PLAIN, Escaping
from textrepair.corpus.rows import Change, UnwritableError

MOST_CHARACTERS = 64_000_000  # of a record: where a quotation mark that nothing closes ends at last
CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
NULL = r"\N"  # a cell without a value, as databases write it
UNCLOSED = "a cell that nothing closes"


class Record(NamedTuple):
    """One record as it was read, the places of its `cells` in `raw`, or why it cannot be read.

    It begins in `line`, from 1 on; `cut_short` is one in which the table ends within a cell.
    """

    raw: str
    cells: list[tuple[int, int]]
    problem: str = ""
    line: int = 1
    cut_short: bool = False

    @property
    def unclosed(self) -> bool:
        """Whether it has a cell that nothing closes."""
        return self.problem.endswith(UNCLOSED)


def to_the_end(records: Iterator[Record], columns: int) -> Iterator[Record]:
    """`records`, where a table that ends within a cell ends with that record, which is `cut_short`.

    A cell that nothing closes holds all that follows, unless a record of `columns` cells stands there: then
    its mark is a slip, and costs that one record.
    """
    for record in records:
        if not record.unclosed:
            yield record
            continue
        behind = list[Record]()
        while (more := next(records, None)) and len(more.cells) != columns:
            behind.append(more)
        if more is None:
            yield record._replace(cut_short=True)
            return
        yield from (record, *behind, more)


class BrokenError(Exception):
    """A cell that no table of the dialect holds."""


@dataclass(frozen=True)
class Dialect:
    r"""The characters that part, quote and escape; empty where a table has none.

    In a quoted cell a quotation mark is doubled or, with `escape`, escaped. Without quotes `escape` stands
    before what would part cells, and before letters for control characters, as databases write them.

    >>> [record] = Dialect(";").records(iter(['1;"one; "" two"\n']))
    >>> [record.raw[a:b] for a, b in record.cells]
    ['1', '"one; "" two"']
    >>> Dialect(";").text('"one; "" two"')
    'one; " two'
    >>> Dialect(";").changed("one", [(0, 3, "a; b")])
    '"a; b"'
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""

    @cached_property
    def _opening(self) -> re.Pattern[str]:
        return re.compile(f"[ ]*{re.escape(self.quote)}") if self.quote else NEVER

    @cached_property
    def _closing(self) -> re.Pattern[str]:
        return _any_of(self.quote + self.escape)

    @cached_property
    def _ending(self) -> re.Pattern[str]:
        return _any_of(self.delimiter + ("" if self.quote else self.escape))

    @cached_property
    def _quoted(self) -> Escaping:
        escaped = rf"|{re.escape(self.escape)}(?:[{re.escape(self.quote + self.escape)}ntr]|\r?\n)"
        escapes = re.escape(self.quote * 2) + (escaped if self.escape else "")
        return Escaping(re.compile(escapes), _meaning, self._spell)

    @cached_property
    def _bare(self) -> Escaping:
        if self.quote or not self.escape:
            return PLAIN
        escaped = rf"{re.escape(self.escape)}(?:[{re.escape(self.delimiter + self.escape)}ntr]|\r?\n)"
        return Escaping(re.compile(escaped), _meaning, self._spell_bare)

    def _spell(self, text: str) -> str:
        if self.escape:
            text = text.replace(self.escape, self.escape * 2)
        return text.replace(self.quote, (self.escape or self.quote) + self.quote)

    def _spell_bare(self, text: str) -> str:
        text = text.replace(self.escape, self.escape * 2)
        for letter, control in CONTROLS.items():
            text = text.replace(control, self.escape + letter)
        return text.replace(self.delimiter, self.escape + self.delimiter) if self.delimiter else text

    def _script(self, cell: str) -> tuple[Escaping, int, int]:
        """How a cell is written, and where its text begins and ends."""
        if opening := self._opening.match(cell):
            return self._quoted, opening.end(), len(cell.rstrip(" ")) - 1
        return self._bare, 0, len(cell)

    def is_quoted(self, cell: str) -> bool:
        """Whether the cell is quoted."""
        return self._opening.match(cell) is not None

    def text(self, cell: str) -> str | None:
        """The text of a cell as it stands in the file; None for an empty one and a database's null."""
        script, start, end = self._script(cell)
        text = script.read(cell[start:end])
        return None if text in ("", NULL) else text

    def changed(self, cell: str, changes: Sequence[Change]) -> str:
        """The cell with `changes` of its text made, quoted if they call for it; raises `UnwritableError`."""
        script, start, end = self._script(cell)
        new = script.changed(cell[start:end], changes)
        if script is self._quoted:
            if self.escape and self.escape + "n" in cell and "\n" not in cell:
                new = new.replace("\n", self.escape + "n")  # of a file that keeps every record on one line
            return cell[:start] + new + cell[end:]
        marks = (self.delimiter, self.quote, "\n", "\r")
        parting = [c for c in marks if c and any(c in after for *_, after in changes)]
        if new.endswith("\r") and not cell.endswith("\r"):  # it would be taken for a part of the line end
            if script is not PLAIN:
                return new[:-1] + self.escape + "r"
            parting.append("\r")
        if script is not PLAIN or not (parting or self._opening.match(new)):
            return new
        if not self.quote:
            raise UnwritableError(f"{parting[0]!r} cannot stand in a cell of a table without quotes")
        return self.quote + self._spell(new) + self.quote

    def written(self, text: str) -> str:
        """A cell for `text`; raises `UnwritableError`."""
        return self.changed("", [(0, 0, text)])

    def records(self, lines: Iterator[str]) -> Iterator[Record]:
        """Every record of `lines`, which end as they do in the file.

        One that cannot be read is its first line alone; what was read on in vain is read again.
        """
        again: list[str] = []  # the last first
        line = 1
        while raw := again.pop() if again else next(lines, ""):
            taken, cells, at, seen, problem = [raw], list[tuple[int, int]](), 0, 0, ""
            stop = _body(raw)
            while at <= stop:
                try:
                    end = self._end(raw, at, seen, stop)
                except BrokenError as error:
                    problem = str(error)
                    break
                if end >= 0:
                    cells.append((at, end))
                    at = seen = end + 1
                    continue
                more = again.pop() if again else next(lines, "")
                if not more or len(raw) > MOST_CHARACTERS:
                    again += [more] if more else []
                    problem = f"{raw[at : at + 40]!r}, {UNCLOSED}"
                    break
                seen = len(raw)
                taken.append(more)
                raw += more
                stop = _body(raw)
            if problem:
                again += reversed(taken[1:])
                yield Record(taken[0], [], problem, line)
                line += 1
            else:
                yield Record(raw, cells, line=line)
                line += len(taken)

    def _end(self, raw: str, at: int, seen: int, stop: int) -> int:
        """Where the cell ends that begins `at`; -1 where it goes on in the next line.

        Nothing before `seen` ends it; at `stop` the line ends. Raises `BrokenError`.
        """
        opening = self._opening.match(raw, at)
        if opening is None:
            at = max(at, seen)
            while m := self._ending.search(raw, at, stop):
                if m[0] == self.delimiter:
                    return m.start()
                if m.end() == stop < len(raw):
                    return -1  # the end of the line is escaped
                at = m.end() + 1
            return stop
        at = max(opening.end(), seen)
        while m := self._closing.search(raw, at):
            doubled = raw.startswith(self.quote, m.end())
            if m[0] == self.quote and not doubled:
                end = m.end() + len(raw[m.end() : stop]) - len(raw[m.end() : stop].lstrip(" "))
                if end >= stop or raw[end] == self.delimiter:
                    return end
                raise BrokenError(f"{raw[m.start() : m.start() + 40]!r} where a cell should end")
            at = m.end() + 1
        return -1


def _body(line: str) -> int:
    """The length of a line without its end."""
    return len(line) - next((len(end) for end in ("\r\n", "\n", "\r") if line.endswith(end)), 0)


def _any_of(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(characters)}]") if characters else NEVER


def _meaning(escape: str) -> str:
    return CONTROLS.get(escape[1:], escape[1:])

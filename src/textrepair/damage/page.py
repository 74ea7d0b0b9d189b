"""One text as the families read it, and what each of them proposes for it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from textrepair.edits import Edit

WORD = re.compile(r"[^\W\d_]+")
# code, options, identifiers and calls in the text itself, and how many of them make it technical
CODE = re.compile(
    r"`[^`\n]+`|\w\(\)|(?<!\S)--[a-z]{2}|\b[a-z]+_[a-z]|\b[a-z]+[A-Z]\w*\(|\w::\w|\B[./][a-z]+\.[ch]\b"
)
TECHNICAL = 3


@dataclass(frozen=True)
class Page:
    """A text with its lines and the words it uses, read when first asked for.

    >>> page = Page("Two lines\\nand two.")
    >>> page.lines, page.counts["two"]
    ([(0, 9), (10, 18)], 2)
    """

    text: str

    @cached_property
    def lines(self) -> list[tuple[int, int]]:
        """Offsets of every line, without its end."""
        return [m.span() for m in re.finditer(r"[^\r\n]+", self.text)]

    @cached_property
    def written(self) -> list[str]:
        """Every run of letters."""
        return WORD.findall(self.text)

    @cached_property
    def words(self) -> list[tuple[int, int]]:
        """Offsets of every run of letters."""
        return [m.span() for m in WORD.finditer(self.text)]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each word stands in the text, in lower case."""
        return Counter(map(str.lower, self.written))

    @cached_property
    def technical(self) -> bool:
        """Whether the text shows code, as manuals do: such texts write new terms as one word."""
        return len([*islice(CODE.finditer(self.text), TECHNICAL)]) == TECHNICAL


@dataclass(frozen=True)
class Proposal:
    """`text[start:end]` should read `after`, by the rule of that name; `score` None: a flag.

    A flag marks damage whose repair nobody can know; its `after` repeats what stands.
    """

    start: int
    end: int
    after: str
    kind: str
    rule: str
    why: str = ""

    def edit(self, text: str, family: str, score: float) -> Edit:
        """The proposal as an edit of `text`, its reason naming family, rule and ground."""
        reason = f"{family}: {self.rule}" + (f" ({self.why})" if self.why else "")
        before = text[self.start : self.end]
        return Edit(self.start, self.end, before, self.after, self.kind, score, reason, source=family)

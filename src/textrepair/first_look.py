"""Whether any of many regular expressions can match a text at all, in one pass of RE2 over it.

Most rules match nothing in most texts, and each takes a pass of its own to find that out. RE2 reads a text
once for all of them, but knows no look-around. So it is given, for each, a pattern derived from its parsed
form that matches wherever the original does, and seldom elsewhere.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser  # type: ignore[attr-defined]
else:
    import sre_parse as _parser

SURROGATES = re.compile("[\ud800-\udfff]")
BEYOND = r"\x{80}-\x{10FFFF}"  # what is not ASCII is not looked at closely
MOST_COPIES = 4  # of what must stand several times; what may stand more often may stand without end
MEMORY = 1 << 26  # bytes, at most, for the states of RE2
ZERO_WIDTH = ("ASSERT", "ASSERT_NOT", "AT")
LINE_START = [*map(str, _parser.parse("^"))]  # of several lines, which RE2 knows too
SINGLE = ("LITERAL", "NOT_LITERAL", "IN")
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
FindMatches = Callable[["re.Pattern[str]"], Iterable["re.Match[str]"]]
Tree = Sequence[tuple[Any, Any]]


class FirstLook:
    """A few patterns, of which one pass over a text tells which can match in it.

    Called with a text it returns a function from each of them to its matches there.

    >>> digits, named = re.compile(r"(?<=[a-z] )\\d+"), re.compile(r"(?<!\\w)Dr\\. [A-Z]")
    >>> matches = FirstLook([digits, named])("We saw 12 of them.")
    >>> [m[0] for m in matches(digits)], [m[0] for m in matches(named)]
    (['12'], [])
    """

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self.patterns = list(patterns)
        self._numbers = {id(pattern): k for k, pattern in enumerate(self.patterns)}  # quicker than by hash

    @cached_property
    def _set(self) -> Any:
        import re2

        options = re2.Options()
        options.max_mem = MEMORY
        patterns = re2.Set.SearchSet(options)
        for pattern in self.patterns:
            patterns.Add(relaxed(pattern))
        patterns.Compile()
        return patterns

    def __call__(self, text: str) -> FindMatches:
        """What finds the matches of a pattern in `text`; `KeyError` for one that is not of these."""
        found = set(self._set.Match(SURROGATES.sub("\ufffd", text).encode()) or ())

        def matches(pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
            return pattern.finditer(text) if self._numbers[id(pattern)] in found else iter(())

        return matches


def finding(text: str) -> FindMatches:
    """What finds the matches of any pattern in `text`, without a first look.

    >>> [m[0] for m in finding("We saw 12.")(re.compile(r"\\d+"))]
    ['12']
    """
    return lambda pattern: pattern.finditer(text)


def relaxed(pattern: re.Pattern[str]) -> str:
    """A pattern for RE2 that matches in every text in which `pattern` does.

    >>> relaxed(re.compile(r"(?<=[a-b])c{2,60}(?!\\d)d(?=e)"))
    '[ab](?:c){2,}de'
    """
    flags = "i" * bool(pattern.flags & re.IGNORECASE)
    return f"(?{flags})" * bool(flags) + _sequence(_parser.parse(pattern.pattern, pattern.flags), True, True)


def _sequence(tree: Tree, first: bool, last: bool) -> str:
    """Parts one behind another; `first` and `last`: whether the whole pattern begins and ends with them.

    What must stand before its first character, or behind its last one, is read as a part of it. Of several
    such conditions on one place only one can be, and conditions inside the pattern are left out.
    """
    parts = [(str(op), value) for op, value in tree]
    wide = [k for k, (op, _) in enumerate(parts) if op not in ZERO_WIDTH]
    begins, ends = (wide[0], wide[-1]) if wide else (len(parts), len(parts) - 1)
    before = _around(parts[:begins], -1) if first else ""
    behind = _around(parts[ends + 1 :], 1) if last else ""
    first, last = first and not before, last and not behind
    inner = [_part(*parts[k], first and k == begins, last and k == ends) for k in wide]
    return "".join([before, *inner, behind])


def _around(parts: Sequence[tuple[str, Any]], side: int) -> str:
    """One of the conditions on what stands before (`side` -1) or behind (1), as a part that is read."""
    for op, value in parts:
        if op == "ASSERT" and value[0] == side:
            return _sequence(value[1], side < 0, side > 0)
    for op, value in parts:
        if op == "ASSERT_NOT" and value[0] == side and len(value[1]) == 1:
            ((kind, barred),) = value[1]
            if str(kind) in SINGLE:
                others = _characters(_set_of(str(kind), barred), negated=True)
                return f"(?:{others}|{'^' if side < 0 else '$'})"
    return ""


def _part(op: str, value: Any, first: bool, last: bool) -> str:
    if op == "LITERAL":
        return _escaped(value)
    if op in SINGLE:
        return _characters(_set_of(op, value))
    if op == "BRANCH":
        return f"(?:{'|'.join(_sequence(tree, first, last) for tree in value[1])})"
    if op == "SUBPATTERN" and value[1] & re.MULTILINE and [*map(str, value[3])] == LINE_START:
        return "(?m:^)"
    if op == "SUBPATTERN":
        return f"(?{'i' * bool(value[1] & re.IGNORECASE)}:{_sequence(value[3], first, last)})"
    if op == "ATOMIC_GROUP":
        return f"(?:{_sequence(value, first, last)})"
    if op in REPEATS:
        least, most, tree = value
        return f"(?:{_sequence(tree, False, False)}){_times(least, most)}"
    return "(?s:.)" if op == "ANY" else "(?s:.)*"  # a reference to a group may be anything


def _times(least: int, most: int) -> str:
    if most == 1:
        return "" if least else "?"
    return {0: "*", 1: "+"}.get(least) or f"{{{min(least, MOST_COPIES)},}}"


def _escaped(code: int) -> str:
    return chr(code) if code < 128 and chr(code).isalnum() else rf"\x{{{code:X}}}"


def _set_of(op: str, value: Any) -> Tree:
    """The items of a set of characters, for anything that matches one character."""
    return value if op == "IN" else [("NEGATE", None)] * (op == "NOT_LITERAL") + [("LITERAL", value)]


def _characters(items: Tree, *, negated: bool = False) -> str:
    """A set of characters: of ASCII those that Python reads in it, and all others, if any may be of it."""
    kinds = [(str(op), value) for op, value in items]
    negated ^= ("NEGATE", None) in kinds
    inside = "".join(
        _escaped(code) for code in range(128) if any(_is_of(chr(code), *kind) for kind in kinds) != negated
    )
    if negated or any(op == "CATEGORY" for op, _ in kinds):
        return f"[{inside}{BEYOND}]"
    spans = [(value, value) if op == "LITERAL" else value for op, value in kinds]
    if any(a <= 0xDFFF and b >= 0xD800 for a, b in spans):  # surrogates, which no UTF-8 holds
        return f"[{inside}{BEYOND}]"
    outside = "".join(rf"\x{{{max(a, 128):X}}}-\x{{{b:X}}}" for a, b in spans if b > 127)
    return f"[{inside}{outside}]"


@cache
def _category(name: str) -> re.Pattern[str]:
    kind = name.removeprefix("CATEGORY_")
    pattern = CATEGORIES[kind.removeprefix("NOT_")]
    return re.compile(pattern.upper() if kind.startswith("NOT_") else pattern)


def _is_of(character: str, op: str, value: Any) -> bool:
    if op == "LITERAL":
        return character == chr(value)
    if op == "RANGE":
        return ord(character) in range(value[0], value[1] + 1)
    return op == "CATEGORY" and _category(str(value)).match(character) is not None

r"""Prose of LaTeX, told by its own tokens: what a command is given is prose only where it is known to be.

pylatexenc, the kept parser, reads 13,000 characters a second, gives up on what is nested deep, and takes the
text of listings for commands; here nothing is expanded, so one pass over the tokens is enough.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from textrepair.formats.latex_commands import (
    ASIDE,
    BLOCKS,
    BREAKS,
    DISPLAYED,
    KEYED,
    NEVER,
    OF_CODE,
    PROSE,
    RAISED,
    SILENT,
    SYMBOLS,
    TITLED,
    VERBATIM,
)
from textrepair.formats.prose import Prose, Weaver

MARKS = dict(
    zip(
        "'`^\"~=.cvuHkrbd",
        "\u0301\u0300\u0302\u0308\u0303\u0304\u0307\u0327\u030c\u0306\u030b\u0328\u030a\u0331\u0323",
        strict=True,
    )
)
WORDS = re.compile(r"\{([A-Za-z]+(?:[ -][A-Za-z]+){0,3})\}(?!\{)")
BESIDE = re.compile(r"(?<=[A-Za-z,][\s~])\\\S+|\\\S[^{}\n]*\{[^{}\n]*\}[\s~][a-z]")
SPACES = ", ;:!/-"  # of control symbols: those that are white space, and the last three that are nothing
IN_MATH = r"(?:[^$\\\n]|\\[\s\S]|\n(?![ \t]*\n))"
TOKEN = re.compile(
    rf"(?P<comment>%[^\n]*(?:\n[ \t]*(?!\n))?)"
    rf"|(?P<code>\\(?:verb|Verb|spverb|lstinline|mintinline(?:\[[^\]\n]*\])?\{{[^}}\n]*\}}|path|url)\*?(?:\[[^\]\n]*\])?"
    r"(?P<bar>[^\w\s*{\[])[^\n]*?(?P=bar))"
    r"|(?P<target>\\(?:href|url|nolinkurl|path)\*?(?:\[[^\]\n]*\])?\{[^{}\n]*\})"  # a % is none of a comment
    rf"|\\begin\s*\{{(?P<verbatim>{'|'.join(VERBATIM)}|{OF_CODE})(?P<star>\*?)\}}"
    r"|\\(?P<border>begin|end)\s*\{(?P<environment>[^{}\n]*)\}"
    rf"|(?P<math>\${IN_MATH}+\$)|(?P<opening>\\(?:iffalse|ExplSyntaxOn)(?![A-Za-z])|\\\(|\\\[|\$\$)"
    r"|\\(?P<define>[gex]?def)\s*\\[A-Za-z@]+[^{}\n]*"
    r"|\\(?P<mark>['`^\"~=.]|[cvuHkrbd](?![A-Za-z]))[ \t]*"
    r"(?:\{\\?(?P<bearer>[A-Za-z])\}|\\?(?P<bare>[A-Za-z](?![A-Za-z])|(?<=['`^\"~=.])[A-Za-z]))"
    r"|\\(?P<line>\\)\*?(?:\[[^\]\n]*\])?|\\(?P<symbol>[^A-Za-z])|\\(?P<command>[A-Za-z@]+)\*?"
    r"|(?P<blank>[ \t]*\n[ \t]*\n\s*)|(?P<wrap>\n[ \t]+)|(?P<tie>~)|(?P<cell>&)|(?P<brace>[{}])|(?P<bad>\$)"
)
CLOSING = {r"\iffalse": r"\fi", r"\ExplSyntaxOn": r"\ExplSyntaxOff", r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
SPECIAL = {**{c: "\\" + c for c in "&%$#_{}"}, "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SPECIAL["\\"] = r"\textbackslash{}"
MOST_CHARACTERS = 1000  # characters of an optional argument


def escape(text: str) -> str:
    r"""LaTeX that reads as `text`.

    >>> print(escape("5 % of R&D"))
    5 \% of R\&D
    """
    return "".join(SPECIAL.get(c, c) for c in text)


def read(source: str) -> Prose:
    r"""The prose of LaTeX; the rest, such as formulae, references, listings and comments, is no part of it.

    >>> read("\\section{So} The \\emph{few}~\\cite{a} cost 5\\,\\% of $x$. % no\n\\verb|a|").text
    'So\n\n The few\xa0※ cost 5 % of ※. ※'
    """
    reader = _Reader(source, Weaver(source), *_partners(source))
    reader.read(0, len(source))
    for start, end in reader.asides:  # which may hold asides themselves
        reader.weaver.part()
        reader.read(start, end)
    return reader.weaver.done()


def _partners(source: str) -> tuple[dict[int, int], dict[int, int]]:
    """The closing brace of each opening one, and the end of each environment that is not read, by offsets."""
    braces: dict[int, int] = {}
    ends: dict[int, int] = {}
    open_: list[int] = []
    begun: dict[str, list[int]] = {}
    missing: set[str] = set()  # what nothing closes from here on
    at = 0
    while m := TOKEN.search(source, at):
        at = m.end()
        if m["brace"] == "{":
            open_.append(m.start())
        elif m["brace"] and open_:
            braces[open_.pop()] = m.start()
        elif m["verbatim"] or m["opening"]:
            closing = CLOSING.get(m[0]) or f"\\end{{{m['verbatim']}{m['star']}}}"
            end = source.find(closing, m.end()) if closing not in missing else -1
            if end < 0:
                missing.add(closing)
            else:
                at = ends[m.start()] = end + len(closing)
        elif m["border"] == "begin":
            begun.setdefault(m["environment"], []).append(m.start())
        elif m["border"] and begun.get(m["environment"]):
            ends[begun[m["environment"]].pop()] = m.end()
    return braces, ends


@dataclass
class _Reader:
    """Reads a source from token to token."""

    source: str
    weaver: Weaver
    braces: dict[int, int]
    ends: dict[int, int]
    asides: list[tuple[int, int]] = field(default_factory=list)
    blocks: set[int] = field(default_factory=set)  # braces that end a block

    def read(self, at: int, end: int) -> None:
        """Add the prose of a stretch."""
        while m := TOKEN.search(self.source, at, end):
            self.weaver.plain(at, m.start())
            at = self._token(m)
            if at >= end:
                return
        self.weaver.plain(at, end)

    def _token(self, m: re.Match[str]) -> int:
        """Read one token; the offset behind it."""
        weaver, start, end = self.weaver, m.start(), m.end()
        if m["command"]:
            return self._command(m["command"], start, end)
        if m["verbatim"] or m["opening"]:
            if m["verbatim"]:
                weaver.part()
            elif m["opening"] != r"\iffalse":
                weaver.shown()
            return self.ends.get(start, len(self.source) if m["verbatim"] else end)
        if m["border"]:
            return self._border(m)
        if m["define"]:
            return self._group(end)
        if m["code"] or m["math"] or m["bad"] or (m["target"] and not m["target"].startswith(r"\href")):
            weaver.shown()
        elif m["mark"]:
            letter = m["bearer"] or m["bare"]
            weaver.atom(start, end, unicodedata.normalize("NFC", letter + MARKS[m["mark"]]))
        elif m["symbol"]:
            self._symbol(m["symbol"], start, end)
        elif m["blank"]:
            weaver.part()
        elif m["wrap"]:
            weaver.atom(start, end, "\n")
        elif m["tie"]:
            weaver.atom(start, end, "\xa0")
        elif m["cell"] or m["line"]:
            weaver.part("\t" if m["cell"] else "\n")
        elif m["brace"] and start in self.blocks:
            weaver.part()
        return end

    def _symbol(self, symbol: str, start: int, end: int) -> None:
        if symbol in SPACES or symbol.isspace():
            if symbol not in "!/-":
                self.weaver.atom(start, end, " ")
        else:
            self.weaver.atom(start, end, symbol)

    def _border(self, m: re.Match[str]) -> int:
        name = m["environment"].strip().rstrip("*")
        if name == "document" and m["border"] == "end":
            return len(self.source)
        if name in NEVER and m["border"] == "begin":
            if name in DISPLAYED:
                self.weaver.part()
            else:
                self.weaver.shown()
            return self.ends.get(m.start(), m.end())
        self.weaver.part()
        if m["border"] == "begin" and name in TITLED and (last := self.braces.get(self._option(m.end()))):
            self.blocks.add(last)
            return self._option(m.end())
        return self._arguments(m.end()) if m["border"] == "begin" else m.end()

    def _command(self, name: str, start: int, end: int) -> int:
        weaver = self.weaver
        if name in SYMBOLS:
            end = self._group(end) if self.source.startswith("{}", end) else end
            weaver.atom(start, end, SYMBOLS[name])
            return end
        if name not in PROSE:
            behind = self._arguments(end)
            if name in BREAKS:
                weaver.part()
            elif name in RAISED:
                weaver.raised()
            elif words := _printed(self.source, name, start, self._option(end)):
                weaver.fixed(*words)
            elif name not in SILENT:
                weaver.shown()
            return behind
        end = self._option(end)
        for _ in range(PROSE[name]):
            end = self._group(end)
        last = self.braces.get(end)
        if last is None:
            return end
        if name in ASIDE:
            self.asides.append((end + 1, last))
            weaver.raised()
            return last + 1
        if name in BLOCKS:
            weaver.part()
            self.blocks.add(last)
        return end

    def _arguments(self, at: int) -> int:
        """The offset behind all that a command is given there."""
        while (behind := self._group(self._option(at))) != at:
            at = behind
        return at

    def _group(self, at: int) -> int:
        """The offset behind the braces that begin there."""
        return self.braces[at] + 1 if at in self.braces else at

    def _option(self, at: int) -> int:
        """The offset behind the brackets that begin there."""
        if not self.source.startswith("[", at):
            return at
        k, last = at + 1, self.source.find("]", at, at + MOST_CHARACTERS)
        while k <= last:
            if self.source[k] == "]":
                return k + 1
            k = self.braces.get(k, k) + 1
            if k > last:
                last = self.source.find("]", k, at + MOST_CHARACTERS)
        return at


def _printed(source: str, name: str, start: int, behind: int) -> tuple[int, int] | None:
    """Where the words stand that the command at `start` prints in a sentence; `behind` its name they may."""
    words = WORDS.match(source, behind)
    if words and BESIDE.match(source, start) and name not in SILENT and not KEYED.match(name):
        return words.span(1)
    return None

"""Prose of XML: whole documents, and fragments with several roots and undeclared prefixes.

Expat tells where everything stands in the source, which lxml does not (it knows lines), and comes with
Python. What databases of abstracts get wrong (a bare `&`, `p<0.05`, control characters, no root) is hidden
from it behind characters of the same number; only tags that do not nest are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from textrepair.errors import TextrepairError
from textrepair.formats.flow import escape, flow, is_foreign
from textrepair.formats.prose import Prose, Weaver

__all__ = ["NEVER", "escape", "read"]

# Elements, by their names without prefix in lower case, whose text is none of the author's prose: code,
# formulae, quotations, references, names and places, identifiers and dates (JATS, PubMed, TEI, DocBook, DITA,
# DataCite, arXiv, MARC, MODS).
NEVER = frozenset(
    """
    code preformat monospace programlisting screen literal literallayout computeroutput userinput script style
    svg pre kbd samp var tt textarea math tex-math inline-formula disp-formula formula alternatives
    chem-struct disp-quote verse-group speech statement-quote q quote cit blockquote said epigraph attrib xref
    ref ref-list mixed-citation element-citation nlm-citation citation bibl biblstruct listbibl reference
    citationlist referencelist name surname given-names string-name author authorlist editor persname
    collab contrib-group aff affiliation affiliationinfo aff-alternatives address email uri url
    institution country orgname placename object-id article-id pub-id contrib-id journal-id journal-meta
    journal issn isbn publisher idno pmid articleidlist elocation-id elocationid volume issue fpage
    lpage page-range date year month day pub-date history permissions copyright-statement
    copyrightinformation copyright-holder copyright-year license rights creator contributor identifier
    chemicallist meshheadinglist supplmeshlist descriptorname nameofsubstance datecompleted daterevised
    sup custom-meta-group funding-group award-id medlinejournalinfo pubmeddata guid pubdate
    foreign mentioned socalled vernaculartitle
    id uid key doi eid loc controlfield leader setspec datestamp string-date journal-ref report-no
    recordidentifier nameidentifier relatedidentifier alternateidentifier institution-id
    keyname forename forenames creatorname namepart addr-line addrline city settlement postal-code postcode
    phone fax pubplace
    filename command option varname function parameter classname constant envar prompt synopsis cmdsynopsis
    codeph codeblock cmdname filepath apiname msgph systemoutput
    replaceable tag sgmltag property methodname type package systemitem keycap keycode returnvalue markup
    token symbol structfield structname interfacename exceptionname classsynopsis funcsynopsis synopfragment
    methodsynopsis constructorsynopsis literalblock indexterm index-term index personname holder
    sic orig eg egxml ident gi att val speaker sp sourcedesc publicationstmt appinfo revisiondesc
    corresp self-uri role degrees on-behalf-of
    """.split()
)
# What stands in a sentence and is read behind it, and what hangs on a word, whose sentence goes on.
NOTES = frozenset("fn footnote note".split())
RAISED = NOTES | {"xref", "sup", "ref", "footnoteref", "indexterm"}
CELLS, ROWS, BREAKS = {"td", "th", "entry", "cell"}, {"tr", "row"}, {"break", "br", "lb"}
# scanned from left to right, so that a comment in a CDATA section is none
HIDDEN = re.compile(
    r"(?P<cdata><!\[CDATA\[.*?\]\]>)|(?P<aside><!--.*?-->|<\?xml\b.*?\?>|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>)"
    r"|(?P<lone>&|<(?![^\W\d]|[_:/!?])|\]\]>)|(?P<bad>[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff])",
    re.DOTALL | re.IGNORECASE,
)


class _Event(NamedTuple):
    at: int  # offset in the source
    what: str  # "start", "end", "text", "cdata" or "aside"
    name: str = ""


def read(source: str) -> Prose:
    """The prose of XML.

    Raises `TextrepairError`, which names the line, for tags that do not nest.

    >>> read("<jats:p>R&amp;D of a&lt;b <i>cost</i> more</jats:p><p>So</p>").text
    'R&D of a<b cost more\\n\\nSo'
    """
    events = _events(source)
    mixed = _mixed(source, events)
    weaver = Weaver(source)
    spans = [(0, len(events), -1)]
    for first, last, parent in spans:  # which notes found on the way are put behind
        weaver.part()
        spans += _weave(weaver, events, mixed, first, last, parent)
    return weaver.done()


def _weave(
    weaver: Weaver, events: list[_Event], mixed: set[int], first: int, last: int, parent: int
) -> Iterator[tuple[int, int, int]]:
    """Add the prose of `events[first:last]`, inside `parent`; the notes in its sentences, read apart."""
    stack = [parent]  # events that began what is open
    skipped = 0  # how many elements that are not read here are open
    for k, (at, what, name) in enumerate(events[first:last], first):
        inline = stack[-1] in mixed
        if what == "start":
            stack.append(k)
            if skipped or name in NEVER or (inline and name in NOTES):
                if not skipped:
                    _leave_out(weaver, name, inline=inline)
                skipped += 1
            else:
                _border(weaver, name, inline=inline)
        elif what == "end":
            began = stack.pop()
            inside = stack[-1] in mixed
            if skipped:
                skipped -= 1
                if not skipped and inside and name in NOTES:
                    yield began + 1, k, began
            else:
                _border(weaver, name, inline=inside)
        elif inline and not skipped and what == "text":
            flow(weaver, at, events[k + 1].at)
        elif inline and not skipped and what == "cdata":
            weaver.plain(at, events[k + 1].at)


def _leave_out(weaver: Weaver, name: str, *, inline: bool) -> None:
    """Begin an element that is not read here."""
    if not inline:
        weaver.part()
    elif name in RAISED:
        weaver.raised()
    else:
        weaver.shown()


def _border(weaver: Weaver, name: str, *, inline: bool) -> None:
    """Begin or end an element."""
    if name in CELLS:
        weaver.part("\t")
    elif name in ROWS or name in BREAKS:
        weaver.part("\n")
    elif not inline:
        weaver.part()


def _mixed(source: str, events: list[_Event]) -> set[int]:
    """Which start events are of elements that hold text of their own: what is in them stands in it."""
    mixed: set[int] = set()
    stack: list[int] = []
    for k, (at, what, _) in enumerate(events):
        if what == "start":
            stack.append(k)
        elif what == "end":
            stack.pop()
        elif what in ("text", "cdata") and stack and source[at : events[k + 1].at].strip():
            mixed.add(stack[-1])
    return mixed


def _hide(m: re.Match[str]) -> str:
    """What is in the way of a strict parser as something of the same length that is not."""
    if m["cdata"]:
        return re.sub(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "+", m[0])
    if m["aside"]:
        return "<?x" + re.sub(r"[^\r\n]", " ", m[0][3:-2]) + "?>"
    return "]]+" if m[0] == "]]>" else "+"


def _events(source: str) -> list[_Event]:
    """What the parser sees, inside a root of ours."""
    root = "<r>"
    data = f"{root}{HIDDEN.sub(_hide, source)}</r>".encode()
    events: list[_Event] = []
    open_: list[tuple[str, int]] = []
    byte, char, cdata = 0, -len(root), False
    parser = expat.ParserCreate("utf-8")

    def note(what: str, name: str = "") -> None:
        nonlocal byte, char
        here = parser.CurrentByteIndex
        if here > byte:
            char += len(data[byte:here].decode())
            byte = here
        if not events or what != "text" or events[-1].what not in ("text", "cdata"):
            events.append(_Event(char, "cdata" if cdata and what == "text" else what, name))

    def start(name: str, attributes: dict[str, str]) -> None:
        inside = len(open_) > 1  # a whole document is often labelled wrongly
        open_.append((name, parser.CurrentLineNumber))
        foreign = inside and any(
            key.lower() in ("xml:lang", "lang", "language") and is_foreign(value)
            for key, value in attributes.items()
        )
        note("start", "foreign" if foreign else name.rpartition(":")[2].lower())

    def end(name: str) -> None:
        open_.pop()
        note("end", name.rpartition(":")[2].lower())

    def section(*, inside: bool) -> None:
        nonlocal cdata
        note("aside")
        cdata = inside

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda _: note("text")
    parser.StartCdataSectionHandler = lambda: section(inside=True)
    parser.EndCdataSectionHandler = lambda: section(inside=False)
    parser.ProcessingInstructionHandler = lambda *_: note("aside")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        name, line = open_[-1] if open_ else ("", 0)
        what = f"<{name}> of line {line} is still open" if len(open_) > 1 else "no tag is open"
        raise TextrepairError(
            f"line {error.lineno}: tags do not nest ({expat.ErrorString(error.code)}; {what}): "
            "mend them, or read it as another format"
        ) from None
    return events

"""What of a paragraph of Markdown is markup, as each of markdown-it-py's rules read it."""

from __future__ import annotations

import html as entities
import re
import string
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from textrepair.formats import html

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")


class Mark(NamedTuple):
    """What `content[start:end]` of a paragraph is, where it is no plain text."""

    start: int
    end: int
    text: str | None  # what it reads; None: an object
    delimiter: Any = None  # the token of a mark that is plain text unless it is paired
    note: tuple[int, int] | None = None  # the text of a footnote, read behind the paragraph


def marks(reader: MarkdownIt, env: dict[str, Any], content: str) -> list[Mark]:
    """The markup of a paragraph; elements of HTML that are never touched are one object each.

    >>> [(m.start, m.end, m.text) for m in marks(parser(), {}, "a *b* `c`")]
    [(2, 3, ''), (4, 5, ''), (6, 9, None)]
    """
    return _without_elements(content, _recorded(reader, env, content))


STRUCK = "~~"  # what is struck out is no prose


def _without_elements(content: str, marks: list[Mark]) -> list[Mark]:
    """The marks, with elements of HTML that are never touched and what is struck out as one object each."""
    out: list[Mark] = []
    inside, since = "", 0
    last = cache(lambda name: content.lower().rfind(f"</{name}"))
    for mark in sorted(marks, key=lambda m: (m.start, m.end)):
        tag = TAG.match(content, mark.start) if mark.text == "" else None
        delimiter = mark.delimiter.type if mark.delimiter else ""
        name = STRUCK if delimiter in ("s_open", "s_close") else tag[2].lower() if tag else ""
        if inside:
            if name == inside and (delimiter == "s_close" or (tag and tag[1])):
                out.append(Mark(since, mark.end, None))
                inside = ""
        elif delimiter == "s_open" or (tag and not tag[1] and name in html.NEVER and mark.end <= last(name)):
            inside, since = name, mark.start
        else:
            out.append(mark)
    return out


def _recorded(reader: MarkdownIt, env: dict[str, Any], content: str) -> list[Mark]:
    """What of a paragraph is markup."""
    from markdown_it.rules_inline import StateInline, fragments_join

    state = StateInline(content, reader, env, [])
    noted: list[Mark] = []
    env["marks"] = state, noted
    reader.inline.tokenize(state)
    for rule in reader.inline.ruler2.getRules(""):
        if rule is not fragments_join:
            rule(state)
    del env["marks"]
    # a delimiter that found no partner is text
    return [m for m in noted if not (m.delimiter and m.delimiter.type == "text" and m.delimiter.content)]


@cache
def parser() -> MarkdownIt:
    """What reads Markdown, and notes what each of its rules read where `env["marks"]` asks for it."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    made = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    made.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    made.use(footnote_plugin, move_to_end=False)
    made.core.ruler.enableOnly(["normalize", "block"])  # paragraphs are read by `marks`
    for name in made.inline.ruler.get_all_rules():
        rule = next(r.fn for r in made.inline.ruler.__rules__ if r.name == name)
        made.inline.ruler.at(name, _recording(name, rule))
    return made


def _recording(name: str, rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """A rule that also notes what it read."""

    def recording(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        read = rule(state, silent)
        recorded, marks = state.env.get("marks", (None, []))
        if read and not silent and state is recorded:
            marks += _read_by(name, state, start, before)
        return read

    return recording


def _read_by(name: str, state: StateInline, start: int, before: int) -> Iterator[Mark]:
    end, content = state.pos, state.src
    hanging = "" if content[start - 1 : start].isalpha() else None  # on a word, whose sentence goes on
    if name == "escape":
        said = content[start + 1 : end]
        reads = "\n" if said.isspace() else said if said in string.punctuation else content[start:end]
        yield Mark(start, end, reads)
    elif name == "entity":
        yield Mark(start, end, entities.unescape(content[start:end]))
    elif name in ("emphasis", "strikethrough"):
        at = end
        for token in reversed(state.tokens[before:]):
            if at <= start:
                break
            yield Mark(at - len(token.content), at, "", token)
            at -= len(token.content)
    elif name == "link":
        label = state.md.helpers.parseLinkLabel(state, start, True)
        if content[label + 1 : label + 2] == "(" or (end > label + 3 and content[label + 1] == "["):
            yield Mark(start, start + 1, "")
            yield Mark(label, end, "")
        else:
            yield Mark(start, end, None)  # the text is what the definition is found by
    elif name == "footnote_inline":
        yield Mark(start, end, hanging, note=(start + 2, end - 1))
    elif name == "footnote_ref":
        yield Mark(start, end, hanging)
    elif name == "html_inline":
        yield Mark(start, end, "\n" if content[start:end].lower().startswith("<br") else "")
    elif name not in ("text", "newline") and state.tokens[before:] and state.tokens[-1].type != "text":
        yield Mark(start, end, None)

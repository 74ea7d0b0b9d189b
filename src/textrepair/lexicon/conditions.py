"""Conditions on a whole document: `"breast cancer" AND NOT (ship OR "sea level") AND tumo*`.

The grammar is that of search engines for papers, read by luqum, a parser for Lucene's query language;
the published lists of tortured phrases are written in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from textrepair.errors import TextrepairError

MOST_CHARACTERS = 5_000  # characters of a query
INSIDE = re.compile(r"(?<!\\)\*(?=.)")  # a wildcard before the end of a word


@dataclass(frozen=True)
class Condition:
    """A condition, as written. Raises `TextrepairError` when it is made of something that is none.

    >>> Condition('network AND NOT "sea level"').holds("two networks, one Network")
    True
    >>> Condition('optimiz*').holds("it was optimised")
    False
    """

    query: str

    def __post_init__(self) -> None:
        """Refuse what `holds` could not judge."""
        _compiled(self.query)

    def __str__(self) -> str:
        """As written."""
        return self.query

    def holds(self, text: str) -> bool:
        """Whether `text` meets the condition; letter case and white space do not matter."""
        return _holds(_compiled(self.query), text)


def parse(query: str) -> Any:
    """The luqum tree of a query; raises `TextrepairError` for one that cannot be read."""
    from luqum.exceptions import ParseError
    from luqum.thread import parse as luqum_parse

    if len(query) > MOST_CHARACTERS:
        raise TextrepairError(
            f"condition {query[:40]!r}… has {len(query):,} characters; "
            f"the most is {MOST_CHARACTERS:,}: split it"
        )
    try:
        return luqum_parse(query)
    except ParseError as e:
        raise TextrepairError(f"condition {query!r} cannot be read: {e}") from None
    except RecursionError:
        raise TextrepairError(f"condition {query[:40]!r}… is nested too deep; write it flat") from None


@cache
def _compiled(query: str) -> Any:
    """The query as nested tuples: ("all" | "any" | "not", …) over patterns of words."""
    try:
        return _compile(parse(query), query)
    except RecursionError:
        raise TextrepairError(f"condition {query[:40]!r}… is nested too deep; write it flat") from None


def _compile(node: Any, query: str) -> Any:
    from luqum import tree

    if isinstance(node, tree.Phrase | tree.Word):
        words = str(node).strip().strip('"').split()
        if not words or node.value in ("*", '""'):
            raise TextrepairError(f"condition {query!r}: {str(node)!r} would match anything")
        if any(INSIDE.search(w) for w in words):  # several in one word take time without end
            raise TextrepairError(
                f"condition {query!r}: {str(node).strip()!r} has * inside a word; put it at the end of one"
            )
        spelled = r"\s+".join(re.escape(w).replace(r"\*", r"\w*") for w in words)
        return re.compile(rf"(?<!\w){spelled}(?!\w)", re.IGNORECASE)
    if isinstance(node, tree.AndOperation):
        return ("all", *(_compile(c, query) for c in node.children))
    if isinstance(node, tree.OrOperation):
        return ("any", *(_compile(c, query) for c in node.children))
    if isinstance(node, tree.Not):
        return ("not", _compile(node.a, query))
    if isinstance(node, tree.Group):
        return _compile(node.expr, query)
    # "a NOT b" is how people write "a AND NOT b"
    if isinstance(node, tree.UnknownOperation) and all(isinstance(c, tree.Not) for c in node.children[1:]):
        return ("all", *(_compile(c, query) for c in node.children))
    raise TextrepairError(
        f'condition {query!r}: {str(node).strip()!r} is not understood; use words, "phrases", AND, OR, '
        "NOT, parentheses, and * at the end of a word"
    )


def _holds(node: Any, text: str) -> bool:
    if isinstance(node, re.Pattern):
        return node.search(text) is not None
    judge, *parts = node
    if judge == "not":
        return not _holds(parts[0], text)
    return (all if judge == "all" else any)(_holds(part, text) for part in parts)

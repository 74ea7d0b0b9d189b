"""Rows of the Problematic Paper Screener's export of tortured phrases, as lexicon entries.

A row holds a search query (*fingerprint*) and an expected text written for human readers, with
comments, acronyms, alternatives and doubts. The screener is described in Cabanac, Labbé & Magazinov
2021 (arXiv 2107.06751); its list stays with its authors and is imported, not copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from textrepair.errors import TextrepairError
from textrepair.lexicon.conditions import parse

FINGERPRINT, EXPECTED, PAPERS = "Fingerprint - Tortured Phrase", "Expected Text", "Nb Retrieved Papers"
# what names the columns in exports and copies of them, in the languages of those who keep such lists
NAMES = {
    FINGERPRINT: re.compile(
        r"finger ?print|tortur|query|empreinte|requête|fingerabdruck|suchanfrage|huella|consulta|impronta"
        r"|impressão|отпечат|запрос|指纹|查询|フィンガープリント",
        re.IGNORECASE,
    ),
    EXPECTED: re.compile(
        r"expect|intended|correct|original|attendu|erwartet|esperad|atteso|previsto|ожида|预期|期待",
        re.IGNORECASE,
    ),
    PAPERS: re.compile(
        r"papers|hits|retriev|articles|documents|résultat|treffer|artículos|articoli|artigos|стат|论文|件数",
        re.IGNORECASE,
    ),
}
QUERY = re.compile(r"[(\s]*(?:NOT\s+)?[\"“][^\"”]+[\"”].*", re.DOTALL)
PLAIN = re.compile(r"(?!.*\b(?:AND|OR|NOT)\b)[^\W_][\w\s'’,.-]*")


# quotation marks that people and programs put for straight ones: typographic, escaped, single around it all
MARKS = re.compile(r'\\?["“”„‟«»]')
SINGLE = re.compile(r"\s*['‘‚](.+)['’‘]\s*", re.DOTALL)


def straight(query: str) -> str:
    """A query with straight quotation marks.

    >>> [straight(q) for q in ("«bosom peril»", "‘bosom peril’", "Crohn's malady")]
    ['"bosom peril"', '"bosom peril"', "Crohn's malady"]
    """
    single = SINGLE.fullmatch(query)
    return f'"{single[1]}"' if single else MARKS.sub('"', query)


class RefusedError(TextrepairError):
    """A row that gives no entry; `reason` is the short name under which it is counted."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason


def columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Which column of a table is which of the screener's: by its name, or by the queries it holds.

    Empty where none holds fingerprints. What is expected stands behind them, unless a name tells otherwise.

    >>> columns(["Fingerprint", "Expected", "Hits"], [])
    {'Fingerprint - Tortured Phrase': 0, 'Expected Text': 1, 'Nb Retrieved Papers': 2}
    >>> columns(["a", "b"], [['"bosom peril"', "breast cancer"]])
    {'Fingerprint - Tortured Phrase': 0, 'Expected Text': 1}
    """
    found: dict[str, int] = {}
    for role, pattern in NAMES.items():
        named = [n for n, name in enumerate(header) if pattern.search(name) and n not in found.values()]
        found |= {role: named[0]} if named else {}
    if FINGERPRINT not in found:
        asking = [n for n in range(len(header)) if _mostly_queries([r[n] for r in rows if n < len(r)])]
        if not asking and not found.get(EXPECTED):
            return {}
        found[FINGERPRINT] = asking[0] if asking else found[EXPECTED] - 1
    if EXPECTED not in found:
        found[EXPECTED] = found[FINGERPRINT] + 1
    return found


def _mostly_queries(cells: Sequence[str]) -> bool:
    told = [c for c in cells if c.strip()]
    return bool(told) and sum(bool(QUERY.fullmatch(straight(c))) for c in told) * 2 > len(told)


def phrases(fingerprint: str) -> Iterator[tuple[str, str, str]]:
    """(phrase, condition on the document, note) for each phrase a fingerprint looks for.

    The first operand of an AND is the phrase, the others are the condition. Words sought near each
    other (`~N`) are taken where they stand side by side, in the order given: there they can be
    replaced. Raises `RefusedError`.

    >>> list(phrases('"bosom peril" AND "breast cancer"'))
    [('bosom peril', '"breast cancer"', '')]
    >>> list(phrases('"bosom peril" NOT ship*'))
    [('bosom peril', 'NOT ship*', '')]
    """
    if PLAIN.fullmatch(fingerprint):  # written without its quotation marks
        yield " ".join(fingerprint.split()), "", ""
        return
    try:
        yield from _phrases(parse(straight(fingerprint)), [])
    except RefusedError:
        raise
    except TextrepairError as e:
        raise RefusedError("unreadable-query", str(e)) from None


def _phrases(node: Any, conditions: list[str]) -> Iterator[tuple[str, str, str]]:
    from luqum import tree

    note = ""
    if isinstance(node, tree.Proximity):
        note = f"found within {node.degree} words in the source, here side by side"
        node = node.term
    if isinstance(node, tree.Phrase | tree.Word):
        words = " ".join(str(node).strip().strip('"').split())
        if not words or "*" in words:
            raise RefusedError("wildcard", f"{words!r} stands for words that are not known")
        yield words, " AND ".join(conditions), note
    elif isinstance(node, tree.Group):
        yield from _phrases(node.expr, conditions)
    elif isinstance(node, tree.OrOperation):
        for child in node.children:
            yield from _phrases(child, conditions)
    elif isinstance(node, tree.AndOperation) or (
        isinstance(node, tree.UnknownOperation) and all(isinstance(c, tree.Not) for c in node.children[1:])
    ):
        first, *rest = node.children
        yield from _phrases(first, [*conditions, *(str(c).strip() for c in rest)])
    else:
        raise RefusedError("unreadable-query", f"{str(node).strip()!r} is no phrase with AND, OR, NOT or ~N")


DOUBT = re.compile(r"\s*(?:\(\?\)|\?)+\s*$")
BRACKETS = re.compile(r"\s*(?<!\w)[(\[][^()\[\]]*[)\]](?!\w)")
LINK = re.compile(r"[,\s]*\(?(?:see )?https?://\S+.*$")
ACRONYM = re.compile(r",\s+(?=\S*[A-Z]\S*[A-Z])\S+$")
COMMENT = re.compile(r"[‘“”]|\bthe words?\b|\bplease\b|\bversions? of\b|\be\.g\.", re.IGNORECASE)
MOST_LONGER = 4  # words by which an expected text may outgrow its phrase; beyond, it is an explanation


def canonical_forms(phrase: str, expected: str) -> tuple[tuple[str, ...], str]:
    """What stood for `phrase` by the expected text of its row, and a note; raises `RefusedError`.

    >>> canonical_forms("bosom peril", "breast cancer (BC)")
    (('breast cancer',), '')
    >>> canonical_forms("bosom peril", "breast cancer/tumour (?)")
    (('breast cancer', 'breast tumour'), 'doubted in the source')
    >>> canonical_forms("bosom peril", "breast cancer/mammary tumour")
    (('breast cancer', 'mammary tumour'), '')
    """
    text = expected.replace("\\", "").strip().strip('"').strip()
    if "??" in text or not re.search(r"\w", text):
        raise RefusedError("no-expected-text", f"the source does not know what {phrase!r} was")
    doubted = DOUBT.search(text) is not None
    text = LINK.sub("", DOUBT.sub("", text))
    if not BRACKETS.search(phrase):
        text = ACRONYM.sub("", BRACKETS.sub("", text)).strip()
    elif not set(BRACKETS.findall(phrase)) <= set(BRACKETS.findall(text)):
        raise RefusedError("loses-brackets", f"{expected!r} would drop the brackets of {phrase!r}")
    if COMMENT.search(text) or len(text.split()) > len(phrase.split()) + MOST_LONGER:
        raise RefusedError("comment", f"{expected!r} explains {phrase!r} and does not replace it")
    if not text or (set('()[]*"?|') & set(text)) - set(phrase):
        raise RefusedError("unclear-expected-text", f"{expected!r} is no plain wording for {phrase!r}")
    forms = tuple(dict.fromkeys(" ".join(f.split()) for f in _alternatives(phrase, text)))
    return forms, "doubted in the source" if doubted else ""


def _alternatives(phrase: str, text: str) -> list[str]:
    """`a/b c` is *a c* or *b c* where that has as many words as the phrase; else each side stands alone."""
    words, length = text.split(), len(phrase.split())
    split = [w for w in words if "/" in w and w not in phrase.split()]
    if not split and " or " in text and " or " not in phrase:
        return [side for side in re.split(r",? or ", text) if side]
    if not split:
        return [text]
    if len(split) == 1 and len(words) <= length:
        return [" ".join(part if w == split[0] else w for w in words) for part in split[0].split("/") if part]
    sides = [side.strip() for side in text.split("/")]
    if all(len(side.split()) == length for side in sides):
        return sides
    raise RefusedError("unclear-expected-text", f"it is not clear what each side of {text!r} replaces")

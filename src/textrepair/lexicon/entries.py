"""Lexicon entries: one substitution a row, read from TSV, checked, and expanded to its inflections."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from textrepair.errors import TextrepairError

COLUMNS = ("spun", "canonical", "pos", "domain", "tier", "note")
TIERS = ("auto", "ask", "never")
TAGS = {
    "NOUN": ("NN", "NNS"),
    "VERB": ("VB", "VBZ", "VBD", "VBN", "VBG"),
    "ADJ": ("JJ", "JJR", "JJS"),
    "ADV": ("RB", "RBR", "RBS"),
    "PHRASE": ("",),
}
DATA = Path(__file__).parent / "data"
DEFAULT = ("biomedical", "computing", "engineering", "general", "statistics")


@dataclass(frozen=True)
class Entry:
    """One row: `spun` is likely a swap for one of `canonical` (ranked), in part of speech `pos`.

    `tier` is `auto` (may be applied alone), `ask` (only with the reranker's agreement) or `never`
    (protected; `note` says why). `where` names the file and row for messages.
    """

    spun: str
    canonical: tuple[str, ...]
    pos: str
    domain: str
    tier: str
    note: str = ""
    where: str = ""


def read(path: Path) -> list[Entry]:
    """The entries of a TSV file with the columns of `COLUMNS`.

    A byte-order mark and Windows line ends are accepted. Raises `TextrepairError` naming file and
    row on an unknown or missing column, a short row, an unknown tier or part of speech, an empty
    or self-correcting entry.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TextrepairError(
            f"{path}: no such lexicon; the built-in ones are {', '.join(DEFAULT)}"
        ) from None
    except OSError as e:
        raise TextrepairError(f"{path}: cannot be read: {e.strerror}") from None
    except UnicodeDecodeError as e:
        raise TextrepairError(f"{path}: not UTF-8 at byte {e.start}; save the lexicon as UTF-8 TSV") from None
    rows = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = next(rows, [])
    for problem, names in (
        ("unknown", set(header) - set(COLUMNS)),
        ("missing", set(COLUMNS[:5]) - set(header)),
    ):
        if names:
            raise TextrepairError(
                f"{path}: {problem} column {', '.join(map(repr, sorted(names)))}; "
                f"the columns are {', '.join(COLUMNS)}, separated by tabs"
            )
    return [
        _entry(dict(zip(header, row, strict=False)), len(row), len(header), f"{path}:{n}")
        for n, row in enumerate(rows, 2)
        if row
    ]


def _entry(row: dict[str, str], found: int, wanted: int, where: str) -> Entry:
    if found < min(wanted, len(COLUMNS) - 1):
        raise TextrepairError(
            f"{where}: {found} columns where the header has {wanted}; separate them by tabs"
        )
    canonical = tuple(c.strip() for c in row["canonical"].split("|") if c.strip())
    entry = Entry(
        row["spun"].strip(), canonical, row["pos"], row["domain"], row["tier"], row.get("note", ""), where
    )
    for name, value, valid in (("tier", entry.tier, TIERS), ("pos", entry.pos, tuple(TAGS))):
        if value not in valid:
            raise TextrepairError(f"{where}: unknown {name} {value!r}; use one of {', '.join(valid)}")
    if not entry.spun:
        raise TextrepairError(f"{where}: nothing in the column 'spun'")
    if not canonical and entry.tier != "never":
        raise TextrepairError(
            f"{where}: {entry.spun!r} has no canonical form; only the tier 'never' may leave it out"
        )
    if entry.spun in canonical and entry.tier != "never":
        raise TextrepairError(f"{where}: {entry.spun!r} corrects to itself")
    return entry


@cache
def inflect(phrase: str, pos: str, tag: str) -> str:
    """`phrase` in the inflection `tag`: the last word of a noun bends, the first of a verb.

    Empty when there is no such form.

    >>> inflect("immune system", "NOUN", "NNS"), inflect("make up", "VERB", "VBD")
    ('immune systems', 'made up')
    >>> inflect("complex", "ADJ", "JJR")
    ''
    """
    from lemminflect import getInflection

    if pos == "PHRASE":
        return phrase
    words = phrase.split(" ")
    at = 0 if pos == "VERB" else -1
    if tag in ("NN", "VB", "JJ", "RB"):
        return phrase
    # an unknown noun or verb bends by rule; an unknown adjective takes *more*, not *-er*
    forms = getInflection(words[at], tag, inflect_oov=pos in ("NOUN", "VERB"))
    if not forms:
        return ""
    words[at] = forms[0]
    return " ".join(words)


def expand(entry: Entry) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """(spun form, canonical forms, tag) for each inflection both sides have.

    >>> e = Entry("ailment", ("disease",), "NOUN", "biomedical", "ask")
    >>> list(expand(e))
    [('ailment', ('disease',), 'NN'), ('ailments', ('diseases',), 'NNS')]
    """
    seen = set()
    for tag in TAGS[entry.pos]:
        spun = inflect(entry.spun, entry.pos, tag)
        canonical = tuple(f for c in entry.canonical if (f := inflect(c, entry.pos, tag)))
        if spun and (canonical or entry.tier == "never") and (spun, canonical) not in seen:
            seen.add((spun, canonical))
            yield spun, canonical, tag


def default_entries() -> list[Entry]:
    """The entries of the lexicon that comes with the package."""
    return [e for name in DEFAULT for e in read(DATA / f"{name}.tsv")]

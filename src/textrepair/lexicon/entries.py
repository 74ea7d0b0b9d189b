"""Lexicon entries: one substitution a row, read from TSV and checked."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from textrepair.edits import KINDS
from textrepair.errors import TextrepairError
from textrepair.lexicon.conditions import Condition
from textrepair.lexicon.linear import compile_linear

REQUIRED = ("spun", "canonical", "pos", "domain", "tier")
COLUMNS = (*REQUIRED, "note", "kind", "when", "evidence", "source", "precision")
TIERS = ("auto", "ask", "never")
TAGS = {
    "NOUN": ("NN", "NNS"),
    "VERB": ("VB", "VBZ", "VBD", "VBN", "VBG"),
    "ADJ": ("JJ", "JJR", "JJS"),
    "ADV": ("RB", "RBR", "RBS"),
    "PHRASE": ("",),
    "REGEX": (),
}
CHOICES = {"tier": TIERS, "pos": tuple(TAGS), "kind": ("", *KINDS)}
DATA = Path(__file__).parent / "data"
DEFAULT = ("biomedical", "computing", "engineering", "general", "statistics")
OPTIONAL = re.compile(r"\[([^\W\d_]+(?:[ '’-][^\W\d_]+)*)\]")  # words that may stand there or not
MOST_OPTIONAL = 4  # each doubles the forms that are looked for
MOST_BYTES = 200_000_000  # ten times the largest word list we know of; more is some other file


@dataclass(frozen=True)
class Entry:
    """One row: `spun` is likely a swap for one of `canonical` (ranked), in part of speech `pos`.

    `tier` is `auto` (may be applied alone), `ask` (only with the reranker's agreement) or `never`
    (protected; `note` says why). `kind` is that of its edits. `when` is the condition a document
    must meet, `precision` what was measured, on the `evidence`. `where` names file and row.
    """

    spun: str
    canonical: tuple[str, ...]
    pos: str
    domain: str
    tier: str
    note: str = ""
    where: str = ""
    kind: str = ""
    when: Condition | None = None
    evidence: str = ""
    source: str = ""
    precision: float | None = None

    def __post_init__(self) -> None:
        """An entry that names no kind has that of its domain."""
        if not self.kind:
            object.__setattr__(self, "kind", "wording" if self.domain == "general" else "terminology")

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells entries apart: two that share it are one entry said twice."""
        return self.spun.casefold(), self.pos, str(self.when or "")


def read(path: Path) -> list[Entry]:
    """The entries of a TSV file with the columns of `COLUMNS`.

    A byte-order mark and Windows line ends are accepted. Raises `TextrepairError` naming file and
    row on an unknown or missing column, a short row, an unknown tier or part of speech, an empty
    or self-correcting entry.
    """
    entries, problems = scan(path)
    if problems:
        raise TextrepairError(problems[0])
    return entries


def scan(path: Path) -> tuple[list[Entry], list[str]]:
    """The good rows of a lexicon, and a message with file and row for each of the others.

    Raises `TextrepairError` for a file that cannot be read as a lexicon at all.
    """
    rows = csv.reader(io.StringIO(read_text(path)), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [name.strip() for name in next(rows, [])]
    for problem, names in (
        ("unknown", set(header) - set(COLUMNS)),
        ("missing", set(REQUIRED) - set(header)),
        ("repeated", {name for name in header if header.count(name) > 1}),
    ):
        if names:
            raise TextrepairError(
                f"{path}: {problem} column {', '.join(map(repr, sorted(names)))}; "
                f"the columns are {', '.join(COLUMNS)}, separated by tabs"
            )
    least = 1 + max(header.index(name) for name in REQUIRED)
    entries: list[Entry] = []
    problems: list[str] = []
    while True:
        try:
            row = next(rows, None)
            if row is None:
                return entries, problems
            if any(row):
                entries.append(_entry(header, least, row, f"{path}:{rows.line_num}"))
        except csv.Error as e:
            problems.append(f"{path}:{rows.line_num}: not a row of tab-separated text: {e}")
        except TextrepairError as e:
            problems.append(str(e))


def read_text(path: Path) -> str:
    """The text of a lexicon or word list in UTF-8, a byte-order mark left out.

    Raises `TextrepairError` for a file that is missing, larger than `MOST_BYTES`, not UTF-8 or no text.
    """
    try:
        if (size := os.stat(path).st_size) > MOST_BYTES:
            raise TextrepairError(
                f"{path}: {size / 1e6:,.0f} MB are more than a lexicon holds; "
                f"split it into files under {MOST_BYTES / 1e6:,.0f} MB"
            )
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise TextrepairError(f"{path}: no such lexicon; the built-in one is called default") from None
    except OSError as e:
        raise TextrepairError(f"{path}: cannot be read: {e.strerror}") from None
    except UnicodeDecodeError as e:
        raise TextrepairError(f"{path}: not UTF-8 at byte {e.start}; save the lexicon as UTF-8 TSV") from None
    if "\0" in text:
        raise TextrepairError(f"{path}: not a text file; save a spreadsheet as UTF-8 TSV or CSV")
    return text


def _entry(header: list[str], least: int, values: list[str], where: str) -> Entry:
    if not least <= len(values) <= len(header):
        raise TextrepairError(
            f"{where}: {len(values)} columns where the header has {len(header)}; separate them by tabs"
        )
    return make_entry(dict(zip(header, [v.strip() for v in values], strict=False)), where)


def make_entry(row: dict[str, str], where: str = "") -> Entry:
    """The entry of a row given as column → text; optional columns may be left out.

    Raises `TextrepairError`, which begins with `where`, for a row that is none.

    >>> make_entry({"spun": "ailment", "canonical": "disease|illness", "pos": "NOUN",
    ...             "domain": "biomedical", "tier": "ask"}).canonical
    ('disease', 'illness')
    """
    canonical = tuple(c.strip() for c in row["canonical"].split("|") if c.strip())
    spun, pos, tier = row["spun"], row["pos"], row["tier"]
    for name, valid in CHOICES.items():
        if (value := row.get(name, "")) not in valid:
            listed = ", ".join(v for v in valid if v)
            raise TextrepairError(f"{where}: unknown {name} {value!r}; use one of {listed}")
    if not spun:
        raise TextrepairError(f"{where}: nothing in the column 'spun'")
    if not canonical and tier != "never":
        raise TextrepairError(
            f"{where}: {spun!r} has no canonical form; only the tier 'never' may leave it out"
        )
    if tier != "never" and spun.casefold() in {c.casefold() for c in canonical}:
        raise TextrepairError(f"{where}: {spun!r} corrects to itself")
    if pos != "REGEX":
        _check_optional(spun, canonical, where)
    try:
        if pos == "REGEX":
            compile_linear(spun)
            if tier != "never":
                raise TextrepairError("a regular expression can only protect: give it the tier 'never'")
        when = Condition(row["when"]) if row.get("when") else None
    except TextrepairError as e:
        raise TextrepairError(f"{where}: {e}") from None
    return Entry(
        spun=spun,
        canonical=canonical,
        pos=pos,
        domain=row["domain"],
        tier=tier,
        note=row.get("note", ""),
        where=where,
        kind=row.get("kind", ""),
        when=when,
        evidence=row.get("evidence", ""),
        source=row.get("source", ""),
        precision=_precision(row["precision"], where) if row.get("precision") else None,
    )


def _check_optional(spun: str, canonical: Iterable[str], where: str) -> None:
    slots = OPTIONAL.findall(spun)
    for c in canonical:
        for slot in OPTIONAL.findall(c):
            if slot not in slots:
                raise TextrepairError(
                    f"{where}: {c!r} may keep only what is optional in {spun!r}: not [{slot}]"
                )
    if len(slots) > MOST_OPTIONAL:
        raise TextrepairError(
            f"{where}: {len(slots)} optional words in {spun!r}; {MOST_OPTIONAL} are the most"
        )
    if not all(OPTIONAL.sub("", side).strip() for side in (spun, *canonical)):
        raise TextrepairError(f"{where}: {spun!r}: on both sides a word must stand that is not optional")


def _precision(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise TextrepairError(f"{where}: precision {text!r} is no number from 0 to 1")
    return value


def write(entries: Iterable[Entry]) -> str:
    """Entries as the text of a lexicon file, sorted; optional columns no entry fills are left out.

    >>> write([Entry("ailment", ("disease",), "NOUN", "biomedical", "ask")]).splitlines()[1].split("\\t")
    ['ailment', 'disease', 'NOUN', 'biomedical', 'ask']
    """
    rows = [row_of(e) for e in sorted(entries, key=lambda e: (e.spun, e.pos, str(e.when or "")))]
    columns = [c for c in COLUMNS if c in REQUIRED or any(r[c] for r in rows)]
    return "".join("\t".join(line) + "\n" for line in [columns, *([r[c] for c in columns] for r in rows)])


def row_of(entry: Entry) -> dict[str, str]:
    """Column → text of an entry; the kind that its domain gives it anyway is left empty.

    >>> row_of(Entry("ailment", ("disease",), "NOUN", "biomedical", "ask"))["kind"]
    ''
    """
    usual = Entry("x", (), "PHRASE", entry.domain, "never").kind
    row = {c: " ".join(str(getattr(entry, c) or "").split()) for c in COLUMNS}
    row["canonical"] = "|".join(entry.canonical)
    row["kind"] = "" if entry.kind == usual else entry.kind
    row["precision"] = "" if entry.precision is None else f"{entry.precision:.4g}"
    return row


def default_entries() -> list[Entry]:
    """The entries of the lexicon that comes with the package."""
    return [e for name in DEFAULT for e in read(DATA / f"{name}.tsv")]


def named(name: str) -> tuple[list[Entry], list[str]]:
    """The good rows of the lexicon at a path, of `default` (the built-in one) or of `none`, and a
    message for each of the others.

    >>> named("none")
    ([], [])
    """
    if name in ("default", "none"):
        return (default_entries() if name == "default" else []), []
    return scan(Path(name))

"""Lexicons from and to other formats; every row of a source is used, or refused with a named reason."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from textrepair.errors import TextrepairError, missing_extra
from textrepair.lexicon.entries import COLUMNS, Entry, make_entry, read_text, row_of, write
from textrepair.lexicon.guard import flips_meaning
from textrepair.lexicon.inflection import lemminflect
from textrepair.lexicon.problematic_papers import (
    EXPECTED,
    FINGERPRINT,
    PAPERS,
    QUERY,
    RefusedError,
    canonical_forms,
    columns,
    phrases,
    straight,
)

Row = tuple[str, Mapping[str, str]]  # where it stands, and its columns
GRAPHS = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".nt": "nt", ".jsonld": "json-ld"}
HEADERS = (
    frozenset("spun tortured phrase wrong from found incorrect error".split()) | {"tortured phrase"},
    frozenset(
        "canonical expected right to correct correction meant meaning original replacement term".split()
    ),
)


@dataclass(frozen=True)
class Imported:
    """What became of a source: `rows` in all, the entries of those used, and (where, reason,
    message) of each one refused.
    """

    rows: int
    entries: list[Entry] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were refused for each reason, most first."""
        return dict(Counter(reason for _, reason, _ in self.refused).most_common())


def import_file(path: Path, *, format: str = "", domain: str = "imported", source: str = "") -> Imported:
    """Read a file of another format; each entry is of tier `ask` until it is scored.

    `format` is one of `FORMATS`, or empty to tell it by the file's name and first line. Raises
    `TextrepairError` when the file as a whole cannot be read so.
    """
    rows = FORMATS[format or detect(path)](path)
    usual = {"domain": domain, "source": source or path.name, "tier": "ask"}
    imported = Imported(len(rows))
    seen: dict[tuple[str, str, str], str] = {}
    for where, row in rows:
        try:
            entries = list(_entries({**row, **{k: row.get(k) or v for k, v in usual.items()}}, where))
            new = [e for e in entries if e.key not in seen]
            if not new:
                raise RefusedError(
                    "duplicate", f"{entries[0].spun!r} stands already at {seen[entries[0].key]}"
                )
        except RefusedError as e:
            imported.refused.append((where, e.reason, str(e).partition(": ")[2]))
        except TextrepairError as e:
            imported.refused.append((where, "malformed", str(e).removeprefix(f"{where}: ")))
        else:
            seen.update((e.key, where) for e in new)
            imported.entries.extend(new)
    return imported


def _entries(row: dict[str, str], where: str) -> Iterator[Entry]:
    """The entries of a row: one, or one for each phrase of a screener's fingerprint."""
    if "accept" in row and row["accept"].strip().lower() not in ("y", "yes", "x", "1", "true"):
        raise RefusedError("not-accepted", "its column 'accept' does not say yes")
    if FINGERPRINT not in row:
        yield _checked({k: v for k, v in row.items() if k in COLUMNS}, where)
        return
    for phrase, when, narrowed in phrases(row[FINGERPRINT]):
        forms, doubted = canonical_forms(phrase, row.get(EXPECTED, ""))
        context = [w for w in phrase.split() if narrowed and w.isupper() and w not in " ".join(forms)]
        if context:
            raise RefusedError("loses-context", f"{' '.join(context)} is sought near it, not replaced")
        papers = row.get(PAPERS, "")
        yield _checked(
            {
                "spun": phrase, "canonical": "|".join(forms), "when": when,
                "note": "; ".join(n for n in (narrowed, doubted, f"{papers} papers" if papers else "") if n),
                **{k: row[k] for k in ("domain", "source", "tier")},
            },
            where,
        )  # fmt: skip


def _checked(row: dict[str, str], where: str) -> Entry:
    canonical = row.get("canonical", "")
    pos = row.get("pos") or _part_of_speech(row.get("spun", ""), canonical.split("|"))
    entry = make_entry({"spun": "", **row, "canonical": canonical, "pos": pos}, where)
    if entry.tier != "never" and all(flips_meaning(entry.spun, c) for c in entry.canonical):
        raise RefusedError("may-flip-meaning", f"{entry.spun!r} → {' | '.join(entry.canonical)}")
    return replace(entry, canonical=tuple(c for c in entry.canonical if not flips_meaning(entry.spun, c)))


def _part_of_speech(spun: str, canonical: Iterable[str]) -> str:
    """NOUN where the last word of each side is a known noun in the singular: its plural counts too."""
    for phrase in (spun, *canonical):
        word = phrase.split()[-1].lower() if phrase.split() else ""
        if word not in lemminflect().getAllLemmas(word, upos="NOUN").get("NOUN", ()):
            return "PHRASE"
        if not lemminflect().getInflection(word, "NNS", inflect_oov=False):
            return "PHRASE"
    return "NOUN"


def _table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    text = read_text(path)
    header = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    try:
        lines = [(rows.line_num, [c.strip() for c in row]) for row in rows if any(row)]
    except csv.Error as e:
        raise TextrepairError(f"{path}:{rows.line_num}: not a row of a table: {e}") from None
    return (lines[0][1] if lines else []), lines


def _named(path: Path) -> list[Row]:
    """A table whose header names its columns: the screener's export, or a review file."""
    header, lines = _table(path)
    return [(f"{path}:{n}", dict(zip(header, row, strict=False))) for n, row in lines[1:]]


def _screened(path: Path) -> list[Row]:
    """The screener's export, whatever its columns are called."""
    header, lines = _table(path)
    found = columns(header, [row for _, row in lines[1:]])
    if not found:
        raise TextrepairError(
            f"{path}: no column holds fingerprints; there is {', '.join(header)}: name two columns "
            f"{FINGERPRINT!r} and {EXPECTED!r}, or read pairs with --format csv"
        )
    titled = QUERY.fullmatch(straight(header[found[FINGERPRINT]])) is None
    return [
        (f"{path}:{n}", {name: row[at] for name, at in found.items() if at < len(row)})
        for n, row in lines[titled:]
    ]


def _pairs(path: Path) -> list[Row]:
    """Two columns, spun and canonical: those that a header calls so, without one the first two."""
    header, lines = _table(path)
    found = [[n for n, name in enumerate(header) if name.lower() in names][:1] for names in HEADERS]
    titled = all(found)
    at = [n for one in found for n in one] if titled else [0, 1]
    return [
        (
            f"{path}:{n}",
            {name: row[k] for name, k in zip(("spun", "canonical"), at, strict=True) if k < len(row)},
        )
        for n, row in lines[titled:]
    ]


def _json(path: Path) -> list[Row]:
    """A list of objects with this format's column names, or one object of spun → canonical."""
    try:
        data = json.loads(read_text(path))
    except json.JSONDecodeError as e:
        raise TextrepairError(f"{path}:{e.lineno}: not JSON: {e.msg}") from None
    if isinstance(data, dict):
        data = [{"spun": spun, "canonical": canonical} for spun, canonical in data.items()]
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise TextrepairError(f"{path}: give a JSON list of objects, or one object of spun → canonical")
    return [(f"{path}#{n}", {k: _cell(v) for k, v in row.items()}) for n, row in enumerate(data, 1)]


def _cell(value: Any) -> str:
    return "|".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _skos(path: Path) -> list[Row]:
    """The alternative and hidden labels of each concept, as spun forms of its preferred one."""
    graph = _graph()
    from rdflib import SKOS

    try:
        graph.parse(data=read_text(path), format=GRAPHS.get(path.suffix.lower(), "turtle"))
    except TextrepairError:
        raise
    except Exception as e:  # each of rdflib's parsers has errors of its own
        raise TextrepairError(f"{path}: cannot be read as SKOS: {str(e).splitlines()[0]}") from None
    rows = []
    for label in (SKOS.altLabel, SKOS.hiddenLabel):
        for concept, spun in graph.subject_objects(label):
            preferred = [p for p in graph.objects(concept, SKOS.prefLabel) if p.language == spun.language]
            rows.append((str(concept), {"spun": str(spun), "canonical": "|".join(map(str, preferred))}))
    return sorted((f"{path} {where}", row) for where, row in rows)


def _graph() -> Any:
    with missing_extra("skos"):
        from rdflib import Graph
    return Graph()


FORMATS: dict[str, Callable[[Path], list[Row]]] = {
    "pps": _screened,
    "review": _named,
    "csv": _pairs,
    "json": _json,
    "skos": _skos,
}


def detect(path: Path) -> str:
    """The format of a file, by its name and first line."""
    if path.suffix.lower() in GRAPHS:
        return "skos"
    if path.suffix.lower() == ".json":
        return "json"
    header, lines = _table(path)
    if "accept" in header:
        return "review"
    return "pps" if columns(header, [row for _, row in lines[1:]]) else "csv"


def export(entries: Iterable[Entry], format: str) -> str:
    """Entries as the text of a file: `tsv` (a lexicon, sorted), `csv` (two columns), `json`, `skos`.

    The two columns and SKOS hold no protected terms: they know only pairs.

    >>> export([Entry("ailment", ("disease",), "NOUN", "biomedical", "ask")], "csv").splitlines()
    ['spun,canonical', 'ailment,disease']
    """
    return EXPORTS[format](list(entries))


def _to_csv(entries: list[Entry]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([("spun", "canonical"), *((e.spun, e.canonical[0]) for e in entries if e.canonical)])
    return out.getvalue()


def _to_json(entries: list[Entry]) -> str:
    rows = [{k: v for k, v in row_of(e).items() if v} for e in entries]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _to_skos(entries: list[Entry]) -> str:
    graph = _graph()
    from rdflib import RDF, SKOS, Literal, URIRef

    for e in entries:
        if e.canonical:
            concept = URIRef(f"urn:textrepair:{quote('-'.join(e.canonical[0].split()))}")
            graph.add((concept, RDF.type, SKOS.Concept))
            graph.add((concept, SKOS.prefLabel, Literal(e.canonical[0], lang="en")))
            graph.add((concept, SKOS.hiddenLabel, Literal(e.spun, lang="en")))
    return str(graph.serialize(format="turtle"))


EXPORTS: dict[str, Callable[[list[Entry]], str]] = {
    "tsv": write, "csv": _to_csv, "json": _to_json, "skos": _to_skos
}  # fmt: skip

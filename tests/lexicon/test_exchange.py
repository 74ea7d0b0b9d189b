"""Import of other formats: every row used, or refused with a named reason."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest

from textrepair import TextrepairError
from textrepair.lexicon.entries import Entry, read, write
from textrepair.lexicon.exchange import export, import_file
from textrepair.lexicon.problematic_papers import EXPECTED, FINGERPRINT, PAPERS

IMPORTS = Path(__file__).parents[1] / "cases/import.jsonl"
CASES = [json.loads(line) for line in IMPORTS.open(encoding="utf8")]


def pps(path: Path, *rows: tuple[str, str]) -> Path:
    """A file as the Problematic Paper Screener exports it."""
    with path.open("w", encoding="utf8", newline="") as file:
        csv.writer(file).writerows([(FINGERPRINT, EXPECTED, PAPERS), *((*r, "1,234") for r in rows)])
    return path


def pairs(entries: list[Entry]) -> list[list[str]]:
    return [[e.spun, "|".join(e.canonical), str(e.when or "")] for e in entries]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["why"])
def test_a_row_of_the_screener(tmp_path, case):
    imported = import_file(pps(tmp_path / "x.csv", (case["fingerprint"], case["expected"])))
    assert imported.rows == 1
    if "reason" in case:
        assert imported.reasons == {case["reason"]: 1}
        assert imported.refused[0][0].endswith("x.csv:2")
        assert not imported.entries
    else:
        assert not imported.refused
        assert pairs(imported.entries) == case["entries"]
        assert {e.tier for e in imported.entries} == {"ask"}


def test_every_row_is_used_or_refused_and_what_is_written_can_be_read(tmp_path):
    rows = [(c["fingerprint"], c["expected"]) for c in CASES]
    imported = import_file(pps(tmp_path / "all.csv", *rows))
    used = {e.where for e in imported.entries}
    assert imported.rows == len(rows) == len(used) + len(imported.refused)
    assert "duplicate" in imported.reasons
    out = tmp_path / "out.tsv"
    out.write_text(write(imported.entries), encoding="utf8")
    assert sorted(pairs(read(out))) == sorted(pairs(imported.entries))


def test_a_noun_takes_its_plural_and_a_phrase_does_not(tmp_path):
    imported = import_file(
        pps(tmp_path / "x.csv", ('"bosom peril"', "breast cancer"), ('"as pursue"', "as follows"))
    )
    assert [e.pos for e in imported.entries] == ["NOUN", "PHRASE"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("headed.csv", "spun,canonical\nbosom peril,breast cancer\n"),
        ("numbered.csv", "id,note,canonical,spun\n1,so,breast cancer,bosom peril\n"),
        ("bare.csv", "bosom peril,breast cancer\n"),
        ("excel.csv", "\ufeffspun;canonical\r\nbosom peril;breast cancer\r\n"),
        ("tabs.tsv", "bosom peril\tbreast cancer\n"),
        ("pairs.json", '{"bosom peril": "breast cancer"}'),
        ("objects.json", '[{"spun": "bosom peril", "canonical": ["breast cancer"]}]'),
        (
            "concepts.ttl",
            "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
            '<urn:x> skos:prefLabel "breast cancer"@en ; skos:altLabel "bosom peril"@en .\n',
        ),
        (
            "review.tsv",
            "accept\tspun\tcanonical\nyes\tbosom peril\tbreast cancer\n\tchest peril\tbreast cancer\n",
        ),
    ],
)
def test_formats(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf8", newline="")
    imported = import_file(path, domain="biomedical", source="a test")
    assert [(e.spun, e.canonical, e.domain, e.source) for e in imported.entries] == [
        ("bosom peril", ("breast cancer",), "biomedical", "a test")
    ]
    assert imported.reasons == ({"not-accepted": 1} if name == "review.tsv" else {})


@pytest.mark.parametrize(
    "header",
    [
        "Fingerprint,Expected,Hits",
        "\ufefffingerprint ,expected text,# papers",
        "Tortured phrase,Established phrase,Count",
        "Empreinte,Texte attendu,Nb articles",
        "Fingerabdruck,Erwarteter Text,Treffer",
        "Huella,Texto esperado,Artículos",
        "Отпечаток,Ожидаемый текст,Число статей",
        "a,b,c",
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_screener_under_other_headers(tmp_path, header, delimiter):
    rows = ['"""bosom peril""",breast cancer,912', '"""Joined together States""",United States (USA),7']
    path = tmp_path / "x.csv"
    path.write_text("\n".join([header, *rows, ""]).replace(",", delimiter), encoding="utf8")
    imported = import_file(path)
    assert pairs(imported.entries) == [
        ["bosom peril", "breast cancer", ""],
        ["Joined together States", "United States", ""],
    ]
    assert not imported.refused


def test_the_screener_with_other_columns_and_without_quotation_marks(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("ID,Expected,Phrase tortured,Year\n1,breast cancer,bosom peril,2021\n", encoding="utf8")
    assert pairs(import_file(path).entries) == [["bosom peril", "breast cancer", ""]]
    path.write_text('id,x,y\n1,"“bosom peril” AND ship",breast cancer\n', encoding="utf8")
    assert pairs(import_file(path).entries) == [["bosom peril", "breast cancer", "ship"]]
    path.write_text("id,body\n1,bosom peril\n", encoding="utf8")
    with pytest.raises(TextrepairError, match="no column holds fingerprints; there is id, body"):
        import_file(path, format="pps")


@pytest.mark.parametrize("format", ["csv", "json", "skos"])
def test_what_is_exported_can_be_imported(tmp_path, format):
    entries = [
        Entry("bosom peril", ("breast cancer",), "NOUN", "biomedical", "auto"),
        Entry("ailment", ("disease",), "NOUN", "biomedical", "ask"),
    ]
    path = tmp_path / f"out.{'ttl' if format == 'skos' else format}"
    path.write_text(export(entries, format), encoding="utf8")
    assert sorted(pairs(import_file(path).entries)) == sorted(pairs(entries))


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("bad.json", "[{]", "bad.json:1: not JSON"),
        ("list.json", "[1]", "give a JSON list of objects"),
        ("bad.ttl", "<a> <b", "bad.ttl: cannot be read as SKOS"),
    ],
)
def test_a_file_that_is_not_what_it_says(tmp_path, name, text, named):
    path = tmp_path / name
    path.write_text(text, encoding="utf8")
    with pytest.raises(TextrepairError, match=named):
        import_file(path)


def test_a_missing_extra_says_how_to_install_it(tmp_path, monkeypatch):
    path = tmp_path / "concepts.ttl"
    path.write_text("", encoding="utf8")
    monkeypatch.setitem(sys.modules, "rdflib", None)
    with pytest.raises(TextrepairError, match=r"pip install 'textrepair\[skos\]'"):
        import_file(path)

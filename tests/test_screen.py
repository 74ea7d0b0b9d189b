"""Screening tells each document once, the most suspicious first, and says what it did not read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from corpora import CLEAN, SPUN, jsonl
from textrepair import Repairer, cli, load
from textrepair.corpus import screened as tables
from textrepair.corpus.screening import Screened, screen

GERMAN = (
    "Die Patienten mit Brustkrebs wurden in der Klinik behandelt, und keiner von ihnen starb danach. " * 3
)


@pytest.fixture(scope="module")
def gated() -> Repairer:
    return load(gate=0.05)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    (place / "a.jsonl").write_bytes(jsonl(CLEAN, SPUN))
    (place / "b.txt").write_text(SPUN, encoding="utf8")
    (place / "c.txt").write_text(GERMAN, encoding="utf8")
    (place / "d.txt").write_text(" \n", encoding="utf8")
    return place


@pytest.fixture
def found(folder: Path, gated: Repairer) -> list[Screened]:
    return screen([folder], gated)[0]


def test_every_document_once_the_most_suspicious_first(found: list[Screened], folder: Path) -> None:
    assert sorted(s.id for s in found) == ["0", "1", "b.txt:0", "c.txt:0"]
    assert [s.probability for s in found] == sorted((s.probability for s in found), reverse=True)
    assert {s.id for s in found[:2]} == {"1", "b.txt:0"}


def test_phrases_stand_where_they_are_said_to(found: list[Screened]) -> None:
    first = next(s for s in found if s.id == "b.txt:0")
    assert first.phrases
    for p in first.phrases:
        assert SPUN[p.start : p.end] == p.text
        assert p.line == SPUN.count("\n", 0, p.start) + 1
    assert first.per_1000 > 0
    assert all(name.startswith("lexicon:") for name in first.lexicons)


def test_other_languages_are_said_to_be_so_and_not_scored(found: list[Screened]) -> None:
    (foreign,) = [s for s in found if s.note]
    assert foreign.id == "c.txt:0"
    assert (foreign.note, foreign.probability, foreign.phrases) == ("not English", 0.0, ())


def test_an_account_of_what_was_not_read(folder: Path, gated: Repairer) -> None:
    (folder / "e.jsonl").write_bytes(b'{"text": "a"}\nnot json\n')
    (folder / "f.jsonl.gz").write_bytes(b"no gzip")
    _, account = screen([folder], gated)
    assert (account.empty, account.refused) == (1, 1)
    assert [Path(url).name for url in account.failed] == ["f.jsonl.gz"]


def test_csv_holds_every_column(found: list[Screened]) -> None:
    rows = [*csv.DictReader(io.StringIO(tables.as_csv(found).decode()))]
    assert [r["id"] for r in rows] == [s.id for s in found]
    assert json.loads(rows[0]["phrases"])[0]["text"] == found[0].phrases[0].text


def test_parquet_and_json_lines_hold_the_same(found: list[Screened]) -> None:
    import pyarrow.parquet as pq

    lines = [json.loads(line) for line in tables.as_jsonl(found).splitlines()]
    assert pq.read_table(io.BytesIO(tables.as_parquet(found))).to_pylist() == lines
    assert pq.read_table(io.BytesIO(tables.as_parquet([]))).num_rows == 0


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.app, ["screen", *map(str, arguments)])


def test_the_command_fails_where_it_was_asked_to(folder: Path) -> None:
    done = run(folder, "--fail-on", "0.5", "--format", "jsonl", "--top", "1")
    assert done.exit_code == 1, done.output
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["probability"] >= 0.5
    assert run(folder / "c.txt", "--fail-on", "0.5").exit_code == 0


def test_annotations_are_one_a_phrase(folder: Path) -> None:
    done = run(folder / "b.txt", "--format", "github")
    assert done.exit_code == 0
    assert done.stdout.splitlines()
    assert all(line.startswith(f"::warning file={folder}/b.txt,line=") for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("-o", "table.xls"), "table.xls"), (("--format", "xml"), "--format xml")],
)
def test_a_table_of_no_known_kind_is_refused_before_anything_is_read(
    arguments: tuple[str, str], said: str, folder: Path
) -> None:
    done = run(folder, *arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert "csv, jsonl, parquet, github" in done.output


def test_nothing_is_there(tmp_path: Path) -> None:
    done = run(tmp_path / "none")
    assert done.exit_code == 2
    assert "none" in done.output

"""Screening tells each document once, the most suspicious first, and says what it did not read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import wordfreq
from click.testing import Result
from typer.testing import CliRunner

from conftest import Inline
from corpora import CLEAN, SPUN, jsonl, pdf
from textrepair import Repairer, cli, load
from textrepair.corpus import screened as tables
from textrepair.corpus.cleaning import clean
from textrepair.corpus.finding import ENGLISH, FEW, Phrase, ScreenerSpec, findings
from textrepair.corpus.screening import Screened, screen
from textrepair.errors import TextrepairError

GERMAN = (
    "Die Patienten mit Brustkrebs wurden in der Klinik behandelt, und keiner von ihnen starb danach. " * 3
)

SWAPPED = ("bosom peril", "A counterfeit neural organization")
LONG = (
    "Screening programmes have lowered mortality in many countries, but the benefit differs between age "
    "groups. We studied 412 women who were invited to a regional programme between 2004 and 2011. "
    "Mammograms were read twice, and disagreements were settled by a third radiologist. The women were "
    "followed for nine years, and diagnoses of {} were taken from the national registry. {} was trained "
    "on the images of the first four years and tested on the others. Sensitivity was 0.84 (95% CI 0.79 "
    "to 0.88) and specificity was 0.91. Recall rates did not differ between centres. Women who were "
    "younger than fifty had denser tissue, and more of their lesions were missed at the first reading. "
    "The number of biopsies was lower than in the years before. We conclude that a second reading "
    "remains necessary in younger women, and that its cost is moderate."
)


@pytest.fixture(scope="module")
def gated() -> Repairer:
    return load(gate=0.05)


@pytest.fixture
def engine(gated: Repairer) -> Inline:
    return Inline(gated)


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
def found(folder: Path, engine: Inline) -> list[Screened]:
    return screen([folder], engine=engine)[0]


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


def test_an_account_of_what_was_not_read(folder: Path, engine: Inline) -> None:
    (folder / "e.jsonl").write_bytes(b'{"text": "a"}\nnot json\n')
    (folder / "f.jsonl.gz").write_bytes(b"no gzip")
    _, account = screen([folder], engine=engine)
    assert (account.empty, account.refused) == (1, {"no-json": 1})
    assert [Path(url).name for url in account.failed] == ["f.jsonl.gz"]


def test_where_little_was_swapped_what_would_be_restored_tells_it(gated: Repairer) -> None:
    [few, one] = (LONG.format(*terms) for terms in (SWAPPED, (SWAPPED[0], "A neural network")))
    assert gated.detect(few).spun < 0.5
    assert [f.spun > 0.9 for f in findings(gated, [few, one])] == [True, False]


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
    return CliRunner().invoke(cli.app, ["screen", "--workers", "1", *map(str, arguments)])


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
    ("file", "row", "where"),
    [
        ("{here}/docs/a.txt", 0, "file=docs/a.txt,line=7"),
        ("{here}/a.txt", 3, "file=a.txt,line=10"),  # with --by-line each line is a row
        ("{here}/docs/a.text", 0, "file=docs/a.text,line=7"),
        ("{here}/a.jsonl", 3, "file=a.jsonl"),
        ("{here}/a.pdf", 0, "file=a.pdf"),
        ("{here}x/a.txt", 0, "file={here}x/a.txt,line=7"),
        ("s3://bucket/a.txt", 0, "file=s3%3A//bucket/a.txt,line=7"),
    ],
)
def test_annotations_name_files_as_github_does_and_lines_where_there_are_any(
    file: str, row: int, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    phrase = Phrase(4, 13, 7, "sufferers", 0.97, "patients", 0.9, "model")
    found = Screened("id", file.format(here=tmp_path), row, 2, 0.9, 0.5, 500.0, (phrase,))
    assert f"::warning {where.format(here=tmp_path)},title=" in tables.as_github([found]).decode()


def test_annotations_of_a_row_name_the_document() -> None:
    phrase = Phrase(4, 13, 7, "sufferers", 0.97, "patients", 0.9, "model")
    found = Screened("10.1000/x", "a.jsonl", 3, 2, 0.9, 0.5, 500.0, (phrase,))
    assert ",title=10.1000/x%3A spun 0.90::" in tables.as_github([found]).decode()


def test_a_row_that_could_not_be_read_stands_in_the_table_with_what_was_wrong(
    tmp_path: Path, engine: Inline
) -> None:
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\xfa")
    ((row,), account) = screen([tmp_path], engine=engine)
    assert (row.file, row.words, row.probability) == (str(tmp_path / "b.txt"), 0, 0.0)
    assert row.note.startswith("not read (no-utf8): byte 0xff at offset 0")
    assert account.documents == 0
    assert account.refused == {"no-utf8": 1}


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


@pytest.mark.parametrize("more", [(), ("--format", "csv")])
def test_a_folder_as_table_is_refused_before_anything_is_read(
    more: tuple[str, ...], folder: Path, tmp_path: Path
) -> None:
    done = run(folder, "-o", tmp_path, *more)
    assert done.exit_code == 2
    assert f"{tmp_path}: is a folder; name a file in it, for example {tmp_path}/screened.csv" in done.output
    assert not tmp_path.with_name(f"{tmp_path.name}.textrepair").exists()


def test_a_file_of_another_kind_is_told_the_known_ones_pdf_too(tmp_path: Path) -> None:
    (tmp_path / "a.dat").write_bytes(b"a")
    done = run(tmp_path / "a.dat")
    assert done.exit_code == 2
    assert "unknown kind of file" in done.output
    assert ".pdf" in done.output


def test_nothing_is_there(tmp_path: Path) -> None:
    done = run(tmp_path / "none")
    assert done.exit_code == 2
    assert "none" in done.output


def test_what_was_read_is_not_read_again(folder: Path, engine: Inline, tmp_path: Path) -> None:
    record = tmp_path / "table.csv.textrepair"
    first, account = screen([folder], record, engine=engine)
    assert (account.before, account.documents) == (0, len(first))
    assert json.loads((record / "summary.json").read_bytes())["documents"] == len(first)
    engine.texts.clear()
    (folder / "new.txt").write_text(CLEAN, encoding="utf8")
    (folder / "b.txt").write_text(SPUN + " More of it.", encoding="utf8")
    again, account = screen([folder], record, engine=engine)
    assert sorted(engine.texts) == sorted([CLEAN, SPUN + " More of it."])
    assert account.before == account.shards - 2
    assert len(again) == len(first) + 1
    assert [s for s in again if s.id in "01"] == [s for s in first if s.id in "01"]
    everything, _ = screen([folder], record, engine=engine, fresh=True)
    assert everything == again


def test_a_run_that_was_cut_off_goes_on_within_a_file(folder: Path, engine: Inline, tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    many.write_bytes(jsonl(*(f"{SPUN} {n}" for n in range(5))))
    whole, _ = screen([many], engine=engine)
    record = tmp_path / "table.csv.textrepair"

    def stop(summary: object, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen([many], record, engine=engine, on_progress=stop)
    with (record / "rows/many.jsonl.jsonl").open("ab") as file:
        file.write(b'{"row": 1, "wor')  # as a kill leaves it
    engine.texts.clear()
    assert screen([many], record, engine=engine)[0] == whole
    assert len(engine.texts) == 4


def test_a_record_of_other_settings_is_not_mixed_in(folder: Path, engine: Inline, tmp_path: Path) -> None:
    record = tmp_path / "table.csv.textrepair"
    screen([folder], record, engine=engine)
    other = ScreenerSpec(settings={"gate": 0.5})
    with pytest.raises(TextrepairError, match=r"another gate; .* or begin anew with --fresh"):
        screen([folder], record, engine=engine, spec=other)


def test_pdf_is_read_and_what_is_none_is_told(engine: Inline, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("The sufferers were treated", "for bosom peril."))
    (tmp_path / "scan.pdf").write_bytes(pdf())
    (tmp_path / "none.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    [found, none, scan], account = screen([tmp_path], engine=engine)
    assert found.id == "a.pdf:0"
    assert (none.id, none.note[:33]) == ("none.pdf", "not read: cannot be read as PDF: ")
    assert (scan.id, scan.note[:31]) == ("scan.pdf:0", "not read (no-text): holds no te")
    assert "bosom peril" in [p.text for p in found.phrases]
    assert account.refused == {"no-text": 1}
    [problem] = account.failed.values()
    assert "cannot be read as PDF" in problem


def test_of_a_damaged_pdf_nothing_is_said_but_what_is_wrong_with_which(
    engine: Inline, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "none.pdf").write_bytes(b"%PDF-1.4 and nothing else")
    assert len(screen([tmp_path], engine=engine)[1].failed) == 1
    assert not caplog.records


def test_files_of_other_kinds_in_a_folder_are_left_out_and_counted(folder: Path, engine: Inline) -> None:
    (folder / "notes.docx").write_bytes(b"PK\3\4")
    found, account = screen([folder], engine=engine)
    assert (len(found), account.left_out, account.failed) == (4, 1, {})


def test_what_the_commands_wrote_into_the_folder_is_not_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "b.txt.decisions.jsonl").write_text('{"text": "0a1b"}\n', encoding="utf8")
    for _ in range(2):
        done = run(".", "-o", "screened.csv")
        assert done.exit_code == 0, done.output
        assert "4 rows in the table" in done.stderr


def test_a_file_that_is_no_text_is_told_to_be_none(engine: Inline, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(range(256)))
    [row], _ = screen([tmp_path], engine=engine)
    assert row.note == "not read (no-utf8): byte 0x80 at offset 128, and null bytes: it is no text"


def test_pdf_is_not_repaired(engine: Inline, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("The sufferers."))
    with pytest.raises(TextrepairError, match="can be screened, not repaired"):
        clean([tmp_path / "a.pdf"], tmp_path / "out", engine=engine)
    (tmp_path / "b.txt").write_text(CLEAN, encoding="utf8")
    assert clean([tmp_path], tmp_path / "out", engine=engine).left_out == 1


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "pt", "nl", "sv", "pl", "cs", "tr", "id", "da"])
def test_no_other_language_has_so_many_of_its_words(language: str) -> None:
    share = sum(wordfreq.word_frequency(word, language) for word in ENGLISH)
    assert share < FEW
    assert sum(wordfreq.word_frequency(word, "en") for word in ENGLISH) > 3 * FEW


def test_the_command_goes_on_and_keeps_to_its_bounds(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.jsonl"
    done = run(folder, "-o", table, "--min", "0.5")
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in table.read_text(encoding="utf8").splitlines()]
    assert rows
    assert all(row["probability"] >= 0.5 for row in rows)
    again = run(folder, "-o", table, "--top", "3")
    assert "4 of 4 files read before" in again.stderr
    assert "1 row without text" in again.stderr
    assert "1 document not English, and not scored" in again.stderr
    assert len(table.read_text(encoding="utf8").splitlines()) == 3

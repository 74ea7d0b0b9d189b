"""Corpora from the shell."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from corpora import SPUN, jsonl
from textrepair import cli
from textrepair.corpus.worker import RepairerSpec


def run(*args: object):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.fixture
def here(inline, monkeypatch: pytest.MonkeyPatch):
    """The command line with its worker in this process."""
    monkeypatch.setattr("textrepair.corpus.processes.Processes", inline)


def test_the_command_cleans_tells_and_reverts(corpus: Path, tmp_path: Path, here) -> None:
    done = run("clean", corpus, "-o", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["edits"] == 14
    assert "14 edits in 7 documents (14 terminology), proposed by (14 lexicon:biomedical)" in done.stderr
    again = run("clean", corpus, "-o", tmp_path / "out")
    assert "6 of 6 files done before" in again.stderr
    assert again.stdout == ""
    back = run("revert", tmp_path / "out", "-o", tmp_path / "back", "--before", "sufferers")
    assert back.stderr == "textrepair: 7 edits undone, 7 kept\n"


def test_the_command_tries_and_prints_each_change(corpus: Path, here) -> None:
    done = run("clean", corpus / "a.jsonl", "--dry-run")
    assert done.exit_code == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[:3] for line in lines] == [
        ["a.jsonl:0", "sufferers → patients", "terminology"],
        ["a.jsonl:0", "bosom peril → breast cancer", "terminology"],
    ]


def test_a_trial_with_json_prints_nothing_else(corpus: Path, here) -> None:
    done = run("clean", corpus / "a.jsonl", "--dry-run", "--json")
    assert json.loads(done.stdout)["edits"] == 2


def test_what_failed_is_told_in_true_words(tmp_path: Path, here) -> None:
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_bytes(b"nonsense\n")
    done = run("clean", tmp_path / "a.jsonl", "-o", tmp_path / "out")
    assert done.stderr.endswith("textrepair: the file could not be done\n")
    done = run("clean", tmp_path / "a.jsonl", tmp_path / "b.jsonl", "-o", tmp_path / "out")
    assert done.stderr.endswith("textrepair: none of the 2 files could be done\n")
    (tmp_path / "c.jsonl").write_bytes(jsonl(SPUN))
    done = run("clean", tmp_path / "a.jsonl", tmp_path / "c.jsonl", "-o", tmp_path / "out")
    assert done.stderr.endswith("textrepair: 1 of 2 files could not be done; the other is\n")


def test_the_command_says_how_tables_are_quoted(tmp_path: Path, here) -> None:
    (tmp_path / "a.csv").write_text(f'id^text\n1^"{SPUN}\n')
    asked = ["clean", tmp_path / "a.csv", "-o", tmp_path / "out"]
    assert "what parts the columns with --delimiter" in run(*asked).stderr
    assert run(*asked, "--fresh", "--delimiter", "^", "--quote", "none").exit_code == 0
    assert (tmp_path / "out/a.csv").read_text().startswith('id^text\n1^"The patients')


def test_the_command_names_what_it_could_not_read(corpus: Path, tmp_path: Path, here) -> None:
    bad = corpus / "b.jsonl.gz"
    bad.write_bytes(b"no gzip")
    (corpus / "a.jsonl").write_bytes(jsonl(SPUN) + b"nonsense\n")
    done = run("clean", corpus, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert f"textrepair: {bad}: damaged" in done.stderr
    assert "1 of 6 files could not be done; the other 5 are" in done.stderr
    assert "1 row refused, left as found (1 no-json); see rejects.jsonl" in done.stderr


def test_an_output_that_fails_is_the_fault_of_no_input(corpus: Path, tmp_path: Path, here) -> None:
    (tmp_path / "file").touch()
    done = run("clean", corpus, "-o", tmp_path / "file" / "out")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


def test_every_option_of_fix_is_one_of_clean(inline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def start(spec: RepairerSpec, count: int | None):
        asked.append(spec)
        return inline

    monkeypatch.setattr("textrepair.corpus.processes.Processes", start)
    (tmp_path / "a.txt").write_text(SPUN)
    done = run(
        "clean", tmp_path / "a.txt", "--dry-run", "--families", "words,numbers", "--families", "synonyms",
        "--max-harm", 2, "--gate", 0.3, "--protect", "patient",
    )  # fmt: skip
    assert done.exit_code == 0, done.stderr
    [spec] = asked
    assert spec.settings == {
        "families": ["words", "numbers", "synonyms"],
        "gate": 0.3,
        "lm": None,
        "sources": None,
        "max_harm": 2.0,
        "min_score": None,
        "protect": ["patient"],
        "protect_patterns": (),
        "reranker": None,
        "runtime": "onnxruntime",
    }
    shared = [{p.name for p in _options(name)} for name in ("fix", "explain", "clean")]
    settings = {"model", "lexicon", "protect", "protect_pattern", "families", *spec.settings} - {
        "protect_patterns"
    }
    assert all(settings <= options for options in shared)


def _options(command: str):
    return typer.main.get_command(cli.app).commands[command].params


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty")
    from textrepair.cli.corpora import progress
    from textrepair.corpus.counts import Summary

    mine, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", terminal)
        patch.setenv("COLUMNS", "150")
        with progress() as report:
            report(Summary(documents=1), 0.25)
            report(Summary(documents=1234, spun=7, edits=99, new_words=5000), 0.5)
    shown = ""
    with contextlib.suppress(OSError):  # how a terminal says that it is closed
        while part := os.read(mine, 100_000):  # it hands out a page at a time
            shown += part.decode(errors="replace")
    os.close(mine)
    assert "1,234 documents, 7 spun, 99 edits" in shown
    assert "words/s" in shown
    assert "50%" in shown


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["clean", "x.jsonl"], "-o OUT"),
        (["clean", "no-such-file.jsonl", "-o", "out"], "no-such-file.jsonl: there is no such file"),
        (["clean", "-", "-o", "out"], "standard input"),
        (["clean", "{tmp}/a.txt", "-o", "-"], "that - cannot be it"),
        (["screen", "-"], "standard input"),
        (["clean", "{tmp}/x.doc", "-o", "out"], "unknown kind of file; the known ones are .txt"),
        (["clean", "{tmp}/x.parquet.gz", "-o", "out"], "compressed inside"),
        (["clean", "{tmp}/none", "-o", "out"], "nothing in it"),
        (["clean", "{tmp}/a.txt", "{tmp}/b/a.txt", "-o", "out"], "would both be written to a.txt"),
        (["clean", "{tmp}/a.txt", "{tmp}/./a.txt", "-o", "out"], "a.txt: is named twice; name it once"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--model", "en_xl"], "en_xl"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--lexicon", "none.tsv"], "none.tsv"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--protect-pattern", "("], "'\\('"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--families", "spelling"], "families: there is none named"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--edits-column", "text"], "must not be the same"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--workers", "0"], "workers"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--quote", "ab"], "'ab' is not one character"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--delimiter", ";", "--escape", ";"], "must differ"),
        (["clean", "nope://x.jsonl", "-o", "out"], "nope"),
        (["revert", "{tmp}", "-o", "out"], "no record"),
    ],
)
def test_bad_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], named: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "none").mkdir()
    for name in ("x.doc", "x.parquet.gz", "a.txt", "b/a.txt"):
        (tmp_path / name).write_text("text")
    result = run(*[a.replace("{tmp}", str(tmp_path)) for a in args])
    assert result.exit_code == 2
    assert re.search(named, " ".join(result.stderr.replace("│", " ").split()))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "args",
    [
        ["screen", "own.txt", "-o", "own.txt", "--format", "csv"],
        ["screen", ".", "-o", "own.txt", "--format", "csv"],
        ["clean", "own.txt", "-o", "own.txt"],
        ["clean", ".", "-o", "."],
        ["report", "own.txt", "-o", "./own.txt"],
        ["review", "own.txt", "-o", "own.txt", "--no-browser"],
        ["lexicon", "import", "own.txt", "-o", "own.txt"],
        ["lexicon", "import", "own.txt", "--refused", "own.txt"],
        ["lexicon", "export", "own.txt", "--keep-going", "-o", "own.txt"],
        ["lexicon", "score", "default", "--clean", "own.txt", "-o", "own.txt"],
        ["lexicon", "score", "own.txt", "--clean", "own.txt", "-o", "link.txt"],
        ["lexicon", "mine", "own.txt", "-o", "own.txt"],
        ["bench", "own.txt", "-o", "own.txt"],
        ["bench", "--lexicon", "default", "--clean", "own.txt", "--plot", "own.txt"],
    ],
    ids=" ".join,
)
def test_nothing_is_written_over_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.txt").write_text("Words of which there is no other copy.\n")
    (tmp_path / "link.txt").symlink_to("own.txt")
    done = run(*args)
    assert done.exit_code == 2
    assert "would be overwritten; choose another place" in " ".join(done.stderr.split())
    assert (tmp_path / "own.txt").read_text() == "Words of which there is no other copy.\n"
    assert {p.name for p in tmp_path.iterdir()} == {"own.txt", "link.txt"}


def test_a_missing_extra_names_its_install_line(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from textrepair.cli import main; sys.argv[1:] = ['clean', 'x.txt', '-o', 'out']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert "pip install 'textrepair[corpus]'" in done.stderr

"""`textrepair lexicon` and `textrepair bench` as they are used: output, messages, exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from textrepair import cli
from textrepair.bench.own import rows
from textrepair.bench.tally import PRECISIONS
from textrepair.lexicon.entries import read

HEADER = "spun\tcanonical\tpos\tdomain\ttier\n"
GOOD = "bosom peril\tbreast cancer\tNOUN\tbiomedical\task\n"
BAD = "chest peril\tbreast cancer\tNOUN\tbiomedical\tperhaps\n"
SPUN = '{"text": "A bosom peril.", "expect": [["bosom peril", "breast cancer", "terminology"]]}\n'
CLEAN = '{"text": "Breast cancer is common."}\n'


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (
        ("good.tsv", HEADER + GOOD), ("mixed.tsv", HEADER + GOOD + BAD),
        ("other.tsv", HEADER + GOOD.replace("breast cancer", "chest pain")),
        ("pairs.csv", "spun,canonical\nbosom peril,breast cancer\nbosom peril,breast cancer\n"),
        ("spun.jsonl", SPUN * 2), ("clean.jsonl", CLEAN * 2),
    ):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf8")
    return tmp_path


def test_lint_names_file_row_and_rule(files):
    result = run("lexicon", "lint", files / "mixed.tsv")
    assert result.exit_code == 2
    assert result.stdout.startswith(f"{files / 'mixed.tsv'}:3: error: row: unknown tier 'perhaps'")
    assert "1 error, 0 warnings" in result.stderr
    assert run("lexicon", "lint", files / "mixed.tsv", "--keep-going").exit_code == 0
    assert run("lexicon", "lint", files / "good.tsv").exit_code == 0


def test_lint_tells_the_conflicts_of_a_stack(files):
    result = run("lexicon", "lint", files / "good.tsv", files / "other.tsv")
    assert "conflict: 'bosom peril': chest pain [ask]" in result.stdout


@pytest.mark.parametrize("command", [["export"], ["diff", "default"]])
def test_bad_rows_stop_a_command_unless_it_keeps_going(files, command):
    stopped = run("lexicon", *command, files / "mixed.tsv")
    assert stopped.exit_code == 2
    assert not stopped.stdout
    assert "mixed.tsv:3: unknown tier 'perhaps'" in stopped.stderr
    assert "--keep-going" in stopped.stderr
    kept = run("lexicon", *command, files / "mixed.tsv", "--keep-going")
    assert kept.exit_code == 0
    assert "bosom peril" in kept.stdout
    assert "mixed.tsv:3" in kept.stderr


def test_import_score_and_bench_in_three_commands(files):
    own, scored, png = files / "own.tsv", files / "scored.tsv", files / "own.png"
    imported = run("lexicon", "import", files / "pairs.csv", "-o", own, "--refused", files / "refused.tsv")
    assert imported.exit_code == 0, imported.output
    assert "2 rows: 1 used (1 entry), 1 refused (1 duplicate)" in imported.stderr
    assert "pairs.csv:3\tduplicate\t" in (files / "refused.tsv").read_text(encoding="utf8")

    texts = ["--spun", files / "spun.jsonl", "--clean", files / "clean.jsonl"]
    measured = run("lexicon", "score", own, *texts, "-o", scored)
    assert measured.exit_code == 0, measured.output
    assert "1 entries, 8 clean and 6 spun words" in measured.stdout
    [entry] = read(scored)
    assert (entry.tier, entry.precision, entry.evidence) == (
        "ask", 1.0, "0 in 8 clean words, 2 right of 2 in 6 spun"
    )  # fmt: skip
    assert "evidence: (empty) → 0 in 8" in run("lexicon", "diff", own, scored).stdout

    compared = run("bench", "--lexicon", "none", "--lexicon", scored, *texts, "--plot", png, "--json")
    assert compared.exit_code == 0, compared.output
    result = json.loads(compared.stdout)
    assert result["lexicons"][str(scored)]["coverage"] == 1.0
    assert result["lexicons"]["none"]["coverage"] == 0.0
    assert png.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "data", "named"),
    [
        (
            "sheet.xlsx",
            b"PK\x03\x04\x00",
            "sheet.xlsx: not a text file; save a spreadsheet as UTF-8 TSV or CSV",
        ),
        ("empty.csv", b"", "none of its 0 rows can be used; it has none"),
        ("one.csv", b"spun,canonical\nperil\n", "none of its 1 rows can be used; "),
        ("wide.csv", "spun,canonical\n".encode("utf-16"), "not UTF-8 at byte 0"),
    ],
)
def test_import_of_what_holds_no_entry_writes_nothing(files, name, data, named):
    (files / name).write_bytes(data)
    result = run(
        "lexicon", "import", files / name, "-o", files / "own.tsv", "--refused", files / "refused.tsv"
    )
    assert result.exit_code == 2
    assert named in result.stderr
    assert not (files / "own.tsv").exists()


def test_bench_puts_stacked_lexicons_together(files):
    stack = f"{files / 'good.tsv'}+{files / 'other.tsv'}"
    args = ["--lexicon", files / "good.tsv", "--lexicon", stack, "--spun", files / "spun.jsonl", "--json"]
    result = json.loads(run("bench", *args).stdout)
    assert result["lexicons"][stack]["entries"]["ask"] == 2
    assert result["lexicons"][stack]["coverage"] == 0.0  # the later one speaks, and it is wrong
    assert "chest pain [ask]" in result["conflicts"][stack][0]


def test_score_with_the_reranker(files):
    result = run("lexicon", "score", files / "good.tsv", "--spun", files / "spun.jsonl", "--rerank", "--json")
    assert result.exit_code == 0, result.output
    [entry] = json.loads(result.stdout)["entries"]
    assert entry["alone"]["right"] == 2
    assert entry["asked"]["clean"] == 0


def test_mined_rows_that_are_accepted_go_into_a_lexicon(files):
    review, few = files / "review.tsv", files / "few.jsonl"
    lines = (Path(__file__).parents[1] / "cases/synthetic.jsonl").read_text(encoding="utf8").splitlines()
    few.write_text("\n".join(lines[:10]), encoding="utf8")
    assert run("lexicon", "mine", few, "--least", "1", "-o", review).exit_code == 0
    lines = review.read_text(encoding="utf8").splitlines()
    assert lines[0].startswith("accept\tspun\tcanonical\t")
    assert len(lines) > 1
    lines[1:] = ["yes" + lines[1], lines[1]]
    review.write_text("\n".join(lines) + "\n", encoding="utf8")
    result = run("lexicon", "import", review, "-o", files / "mined.tsv")
    assert result.exit_code == 0, result.output
    assert "1 used (1 entry), 1 refused (1 not-accepted)" in result.stderr
    assert len(read(files / "mined.tsv")) == 1


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["lexicon", "lint", "none.tsv"], "none.tsv: no such lexicon"),
        (["lexicon", "import", "x.csv", "--format", "xls"], "unknown format 'xls'; use one of pps"),
        (["lexicon", "export", "default", "--format", "xls"], "unknown format 'xls'; use one of tsv"),
        (["lexicon", "score", "default"], "nothing to measure on"),
        (["bench", "--lexicon", "none", "--clean", "none.jsonl"], "none.jsonl: cannot be read"),
        (
            ["bench", "--lexicon", "none", "--clean", "tests/cases/traps.jsonl", "--model", "x"],
            "unknown model 'x'",
        ),
    ],
)
def test_errors_name_the_thing_and_leave_with_two(args, named):
    result = run(*args)
    assert result.exit_code == 2
    assert named in result.stderr
    assert not result.stdout


def test_bench_measures_the_model_on_gold_of_ones_own(tmp_path):
    path = tmp_path / "gold.jsonl"
    text = "The sufferers were treated for bosom peril, and no sufferer had any other illness before."
    rows = [
        {"text": text, "expect": [["sufferers", "patients"], ["bosom peril", "breast cancer"]]},
        {"text": text, "original": text.replace("bosom peril", "breast cancer")},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf8")
    result = json.loads(run("bench", path, "--json").stdout)
    # word by word, where an original is given: only the first text has a swap of several words
    assert (result["pages"], result["swaps"], result["candidates"]["several"]["reached"]) == (2, 4, 1)
    assert [p["restored"] for p in result["curve"]] == sorted(
        (p["restored"] for p in result["curve"]), reverse=True
    )
    shown = run("bench", path).stdout
    assert "a right candidate is there, several words" in shown


def test_bench_writes_a_page_that_needs_no_network_and_runs_nothing_of_the_texts(tmp_path):
    gold, page = tmp_path / "gold.jsonl", tmp_path / "page.html"
    text = "<script>alert(1)</script> No sufferer had any other illness before."
    row = {"id": "<b>one</b>", "text": text, "expect": [["sufferer", "patient"], ["<script>", "<i>"]]}
    gold.write_text(json.dumps(row), encoding="utf8")
    ran = run("bench", gold, "--output", page)
    assert (ran.exit_code, ran.stdout) == (0, "")
    written = page.read_text(encoding="utf8")
    assert "<script" not in written
    assert "&lt;b&gt;one&lt;/b&gt;" in written
    assert "&lt;i&gt;" in written
    assert "<svg" in written
    assert not re.search(r"""(?:src|href)=["']?https?:""", written)


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"gold": [{"start": 0, "end": 9, "accept": ["x"], "kind": "word"}]}, "0 to 9 leaves the text of 3"),
        ({"gold": [{"start": 0, "end": 1, "accept": "x", "kind": "word"}]}, "a list of strings"),
        ({"gold": [{"start": 0, "end": 1, "accept": ["x"]}]}, "a string 'kind'"),
        ({"gold": [{"start": 0, "end": 1, "accept": [], "kind": "word"}]}, '[""] for a span that should go'),
        (
            {"gold": [{"start": 0, "end": 1, "accept": ["x"], "kind": "word", "spun": "b"}]},
            "is 'A', and not 'b', as its 'spun' says; offsets count code points",
        ),
        ({"gold": {"start": 0}}, "'gold' is {'start': 0}; give a list of objects"),
        ({"expect": "A"}, "'expect' is 'A'; give a list of [spun, canonical]"),
        ({"expect": [["A"]]}, "give a list of [spun, canonical]"),
        ({"original": 7}, "'original' is 7; give the whole text"),
        ({"text": "one of them " * 9, "original": "Quite another text."}, "has 0% of the words of 'text'"),
        ({"expect": [["c", "x"]]}, "'c' does not stand in 'A b'"),
        ({}, "give 'gold', 'expect' or 'original'"),
        (None, "no text to measure on"),
    ],
)
def test_gold_that_cannot_be_used_is_named(tmp_path, row, named):
    path = tmp_path / "gold.jsonl"
    path.write_text("" if row is None else json.dumps({"text": "A b", **row}), encoding="utf8")
    failed = run("bench", path)
    assert failed.exit_code == 2
    assert named in failed.stderr
    assert str(path) in failed.stderr


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ('{"start": 0, "end": 1, "accept": ["x"], "kind": "word"}', 'in one object, {"text": "…", "gold"'),
        ('[{"text": "A b"}]', "each is a JSON object with the whole text"),
        ("{", "each is a JSON object with the whole text"),
    ],
)
def test_a_line_without_a_text_is_told_what_belongs_there(tmp_path, line, remedy):
    (tmp_path / "gold.jsonl").write_text(line, encoding="utf8")
    failed = run("bench", tmp_path / "gold.jsonl")
    assert failed.exit_code == 2
    assert "gold.jsonl:1: no" in failed.stderr
    assert remedy in failed.stderr


def test_without_an_edit_there_is_no_precision_and_without_a_swap_nothing_to_restore():
    result = {"pages": 1, "words": 9, "swaps": 0, "recall": 0.0, "precision": 0.0, "right": 0, "partly": 0}
    result |= {"other": 0, "beside": 0, "calibration": {"error": None}}
    result |= {"candidates": {name: {"swaps": 0, "recall": 0.0} for name in ("single", "several")}}
    result |= {"detection": {"words": {f"recall_at_{p}": 0.0 for p in PRECISIONS}}}
    result |= {"intervals": {name: [None, None] for name in ("recall", "precision", "words_recall_at_0.9")}}
    shown = {name: figure for name, figure, _ in rows(result)}
    assert (shown["restored"], shown["precision"], shown["swaps"]) == ("", "", "0")


def test_bench_has_no_page_for_lexicons(tmp_path):
    failed = run("bench", "--lexicon", "none", "--output", tmp_path / "page.html")
    assert failed.exit_code == 2
    assert "--output is for GOLD.jsonl" in failed.stderr


def test_bench_wants_gold_or_lexicons():
    failed = run("bench")
    assert failed.exit_code == 2
    assert "give either GOLD.jsonl" in failed.stderr

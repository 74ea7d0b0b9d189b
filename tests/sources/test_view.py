"""A traced passage beside its source: on a terminal, as JSON, and on the page of a report."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from textrepair import cli
from textrepair.edits import Repair
from textrepair.report.page import page as report_page
from textrepair.sources.columns import beside, flagged, rows
from textrepair.sources.index import Index
from textrepair.sources.trace import trace
from traced import ORIGINAL, OTHER, RELATED, SPUN, build

CHANGED = SPUN.replace("1310", "1130").replace("Kenya", "Uganda")


def run(*args: object):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return build(tmp_path / "ix", OTHER, RELATED, f"{RELATED} {ORIGINAL} {OTHER}")


def test_the_command_traces_as_json_and_side_by_side(index: Index, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(f"\ufeff{SPUN}\n\n{OTHER}", encoding="utf8")
    done = run("trace", page, "--index", index.folder, "--json")
    assert done.exit_code == 0, done.stderr
    first, *others = map(json.loads, done.stdout.splitlines())
    assert first.keys() == {"start", "end", "sources"}
    assert page.read_text(encoding="utf8")[first["start"] : first["end"]] == SPUN
    assert first["sources"][0].keys() == {"document", "start", "end", "probability", "agree", "swapped"}
    assert others
    done = run("trace", page, "--index", index.folder)
    assert "[-sufferers-]" in done.stdout
    assert "{+patients+}" in done.stdout
    assert "doc2" in done.stdout


def test_rows_are_sentences_and_hold_both_texts_whole(index: Index) -> None:
    (passage,) = trace(CHANGED, index)
    source = passage.sources[0]
    cells = [cell for row in rows(CHANGED, source) for cell in row]
    assert "".join(c.passage for c in cells) == CHANGED.rstrip(".")
    assert "".join(c.source for c in cells) == source.text
    firsts = ["".join(c.passage for c in row).split()[0] for row in rows(CHANGED, source)]
    assert firsts == ["Iron", "In", "Mean", "Unfavorable", "These"]
    assert [(c.passage, c.source) for c in flagged(CHANGED, source)] == [
        ("Uganda", "Kenya"),
        ("1130", "1310"),
    ]
    assert ("sufferers", "patients", "swap") in [(c.passage, c.source, c.tag) for c in cells]


def test_what_the_copier_changed_is_flagged_on_a_terminal(index: Index, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(CHANGED)
    done = run("trace", tmp_path / "page.txt", "--index", index.folder)
    assert "[!1130!]" in done.stdout
    assert "! 1130, where the source has 1310" in done.stdout


def test_a_report_shows_text_and_source_side_by_side(index: Index) -> None:
    text = f"{CHANGED}\n\n{OTHER}"
    html = report_page([("a.txt", Repair(text))], [beside(text, trace(text, index))])
    table = html[html.index('<table class="beside">') :]
    shown = [unescape(re.sub("<[^>]+>", "", cell)) for cell in re.findall("<td>(.*?)</td>", table, re.DOTALL)]
    assert "".join(shown[0::2]).startswith("Iron overload is a typical complication")
    assert "".join(shown[1::2]).startswith("Iron overload is a common complication")
    assert "<del>sufferers</del>" in table
    assert "<ins>patients</ins>" in table
    assert "<li><mark>1130</mark> where the source has <mark>1310</mark></li>" in table
    assert "doc2" in table
    assert '<table class="beside">' not in report_page([("a.txt", Repair(text))])


def test_a_page_shows_markup_in_a_source_as_text(tmp_path: Path) -> None:
    evil = ORIGINAL.replace("common", "<script>alert(1)</script>")
    there = build(tmp_path / "evil", evil)
    html = report_page([("a.txt", Repair(SPUN))], [beside(SPUN, trace(SPUN, there))])
    assert "<script>alert" not in html
    assert "alert" in html


def test_the_command_writes_the_page_with_sources(index: Index, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(f"<p>{CHANGED}</p>")
    done = run("report", "--format", "html", tmp_path / "page.html", "--sources", index.folder)
    assert done.exit_code == 0, done.stderr
    assert "<mark>1130</mark> where the source has <mark>1310</mark>" in done.stdout

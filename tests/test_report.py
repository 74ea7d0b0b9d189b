"""The report is one page that needs nothing else, runs nothing of the text, shows what `Repair.at` makes."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from textrepair import cli
from textrepair.detection import Detection, Original, SwappedSpan
from textrepair.edits import Edit, Held, Repair
from textrepair.report.page import page, summary
from textrepair.report.regions import STEPS, regions

SOURCE = "The sufferers <script>alert(1)</script>\x07 with bosom peril & an ailment."


def at(words: str) -> tuple[int, int]:
    start = SOURCE.index(words)
    return start, start + len(words)


def edit(words: str, after: str, score: float) -> Edit:
    return Edit(
        *at(words), words, after, "terminology", score, "lexicon:biomedical", source="lexicon:biomedical"
    )


def span(words: str, probability: float, *originals: Original) -> SwappedSpan:
    return SwappedSpan(*at(words), words, probability, "wording", "model", originals, source="model")


REPAIR = Repair(
    SOURCE,
    (edit("sufferers", "patients", 0.9), edit("bosom peril", "breast cancer", 0.75)),
    (
        Held(*at("peril"), "peril", "<i>danger</i>", "wording", 0.8, "reranker:model", why_not="overlap"),
        Held(*at("ailment"), "ailment", "disease", "wording", 0.3, "reranker:model"),
    ),
    0.97,
    Detection(
        SOURCE, 0.97, 0.3, (0.2, 0.4),
        (span("sufferers", 0.95), span("ailment", 0.6, Original("dis<ease", 0.3))),
    ),
)  # fmt: skip


class Shown(HTMLParser):
    """The text of a report at a threshold, as a reader sees it, with what was struck out left out."""

    def __init__(self, step: int | None) -> None:
        super().__init__()
        self.step, self.text, self.skipping, self.scripts, self.inside = step, "", 0, 0, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.scripts += tag == "script"
        self.inside += tag == "div" and (self.inside > 0 or given.get("class") == "text")
        hidden = tag == "del" or given.get("class") in ("tip", "sr")
        if "data-ranges" in given:
            ranges = json.loads(given["data-ranges"] or "")
            on = "data-made" in given if self.step is None else any(a <= self.step <= b for a, b in ranges)
            hidden = not on
        if self.skipping or hidden:
            self.skipping += 1

    def handle_endtag(self, tag: str) -> None:
        self.skipping = max(0, self.skipping - 1)
        self.inside -= tag == "div" and self.inside > 0

    def handle_data(self, data: str) -> None:
        self.text += data if self.inside and not self.skipping else ""


def shown(html: str, step: int | None = None) -> str:
    reader = Shown(step)
    reader.feed(html)
    return reader.text


@pytest.mark.parametrize("step", [None, *range(0, STEPS + 1, 5)])
def test_each_threshold_shows_what_the_repair_makes_there(step: int | None) -> None:
    expected = (REPAIR if step is None else REPAIR.at(step / STEPS)).text.replace("\x07", "\u2407")
    assert shown(page([("a.txt", REPAIR)]), step) == expected


def test_nothing_of_the_text_runs_and_nothing_is_fetched() -> None:
    html = page([("<b>x</b>.txt", REPAIR), ("b.txt", REPAIR)])
    reader = Shown(None)
    reader.feed(html)
    assert reader.scripts == 1
    assert "<script>alert" not in html
    assert "<i>danger" not in html
    assert "<b>x" not in html
    assert "dis<ease" not in html
    assert not re.search(r"(?:https?:)?//\w|@import|url\(|<link|src=", html)


def test_every_mark_is_reached_by_keyboard_and_told_why() -> None:
    html = page([("a.txt", REPAIR)])
    item = r'<span role="(?:suggestion|mark)" class="item[^>]*tabindex="0"[^>]*aria-describedby="(\w+)"'
    items = re.findall(item, html)
    assert len(items) == html.count('class="item ')
    assert all(f'role="tooltip" id="{name}"' in html for name in items)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len({*ids})


def test_regions_lie_apart_and_hold_every_edit() -> None:
    found = regions(REPAIR)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert [SOURCE[r.start : r.end] for r in found] == ["sufferers", "bosom peril", "ailment"]


def test_the_summary_says_what_it_does_not_prove() -> None:
    told = summary(REPAIR, "a.txt")
    assert "no proof" in told
    assert "“ailment”, perhaps “dis<ease”" in told
    assert "30.0%" in told


def test_the_command_writes_one_page(tmp_path: Path) -> None:
    given, out = tmp_path / "a.txt", tmp_path / "report.html"
    given.write_text("The sufferers were treated for bosom peril.\n", encoding="utf8")
    done = CliRunner().invoke(cli.app, ["report", str(given), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert shown(out.read_text(encoding="utf8")) == "The patients were treated for breast cancer.\n"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n\xff\xfe", b"\x00\xff\xfe\xfa"])
def test_a_binary_file_is_refused_and_nothing_written(tmp_path: Path, data: bytes) -> None:
    given, out = tmp_path / "a.txt", tmp_path / "report.html"
    given.write_bytes(data)
    done = CliRunner().invoke(cli.app, ["report", str(given), "-o", str(out)])
    assert done.exit_code == 2
    assert str(given) in done.output
    assert not out.exists()

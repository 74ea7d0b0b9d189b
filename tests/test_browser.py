"""Report and review in a real browser: keys, slider, undo, what a kill leaves, and texts that mean harm.

`SCREENSHOTS=FOLDER` keeps pictures of both pages there.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviewing import REPAIR, SOURCE, explained, many, serving
from textrepair.decisions import read
from textrepair.detection import Detection, Original, SwappedSpan
from textrepair.edits import Edit, Held, Repair
from textrepair.report.page import page as report_page
from textrepair.report.regions import STEPS
from textrepair.review.proposals import MOST_ON_PAGE
from textrepair.view import visible

if TYPE_CHECKING:
    from playwright import sync_api

pytestmark = pytest.mark.browser

ABSTRACT = (
    "Background. Bosom peril is the commonest danger in ladies, and its treatment rejoinder differs. "
    "Methods. Sufferers with a known ailment were picked haphazardly and treated for a year. "
    "Results. The mistake rate was diminished, and the outcomes were noteworthy in each gathering.\n"
)
SWAPS = {
    "Bosom peril": ("Breast cancer", 0.97, "terminology"), "danger": ("malignancy", 0.44, "terminology"),
    "ladies": ("women", 0.91, "wording"), "treatment rejoinder": ("treatment response", 0.83, "terminology"),
    "Sufferers": ("Patients", 0.96, "terminology"), "ailment": ("disease", 0.88, "terminology"),
    "picked haphazardly": ("randomly selected", 0.77, "terminology"),
    "mistake rate": ("error rate", 0.93, "terminology"), "diminished": ("reduced", 0.52, "wording"),
    "noteworthy": ("significant", 0.61, "wording"), "gathering": ("group", 0.58, "wording"),
}  # fmt: skip


def abstract() -> Repair:
    """A spun abstract as the model might judge it."""
    edits, held, spans = list[Edit](), list[Held](), list[SwappedSpan]()
    for before, (after, p, kind) in SWAPS.items():
        place = ABSTRACT.index(before), ABSTRACT.index(before) + len(before)
        values = (*place, before, after, kind, p, "reranker:model in 0.97")
        if p >= 0.55:
            edits.append(Edit(*values, source="reranker:model"))
        else:
            held.append(Held(*values, source="reranker:model"))
        originals = (Original(after, round(p * 0.8, 2)),)
        spans.append(SwappedSpan(*place, before, p, kind, "model", originals, source="model"))
    spans.sort(key=lambda s: s.start)
    detection = Detection(ABSTRACT, 0.99, 0.31, (0.22, 0.4), tuple(spans))
    return Repair(ABSTRACT, tuple(sorted(edits)), tuple(sorted(held)), 0.99, detection)


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # as root, which containers run as, Chromium has no sandbox
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: sync_api.Browser) -> Iterator[sync_api.Page]:
    """A tab in which no script fails and nothing of a text runs."""
    opened = browser.new_page(viewport={"width": 1100, "height": 800})
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    yield opened
    opened.close()
    assert wrong == []


def says(tab: sync_api.Page, selector: str, start: str) -> None:
    from playwright.sync_api import expect

    expect(tab.locator(selector)).to_have_text(re.compile(f"^{re.escape(start)}"))


def saved(tab: sync_api.Page, decided: int) -> None:
    says(tab, "#told", f"{decided} of")


def here(tab: sync_api.Page) -> str:
    return tab.inner_text("#current").split(":")[0]


def open_review(tab: sync_api.Page, address: str) -> None:
    tab.goto(address)
    tab.wait_for_selector(".item.here")


def test_keys_decide_and_undo(tab: sync_api.Page, tmp_path: Path) -> None:
    with serving(explained(tmp_path, REPAIR)) as served:
        open_review(tab, served.address)
        assert here(tab) == "1 of 3"
        tab.keyboard.press("a")
        saved(tab, 1)
        assert here(tab) == "2 of 3"
        tab.keyboard.press("r")
        saved(tab, 2)
        tab.keyboard.press("e")
        tab.keyboard.type("jar")  # no keys of the page while one writes
        tab.keyboard.press("Enter")
        saved(tab, 3)
        assert [(d.verdict, d.after) for d in read(served.decisions)] == [
            ("accepted", "patients"), ("rejected", "bosom peril"), ("corrected", "jar"),
        ]  # fmt: skip
        tab.keyboard.press("u")
        saved(tab, 2)
        assert here(tab) == "3 of 3"
        tab.keyboard.press("k")
        tab.keyboard.press("k")
        tab.keyboard.press("k")
        assert here(tab) == "1 of 3"
        tab.keyboard.press("j")
        assert here(tab) == "2 of 3"
        tab.keyboard.press("e")
        tab.keyboard.press("Escape")
        assert tab.is_hidden("#correction")
        assert len(read(served.decisions)) == 2


def test_after_a_kill_the_page_goes_on(tab: sync_api.Page, tmp_path: Path) -> None:
    edits = explained(tmp_path, REPAIR)
    with serving(edits) as served:
        open_review(tab, served.address)
        tab.keyboard.press("a")
        saved(tab, 1)
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()
        tab.keyboard.press("a")
        tab.wait_for_selector("#trouble:not([hidden])")
        assert "does not answer" in tab.inner_text("#trouble")
    with serving(edits) as again:
        open_review(tab, again.address)
        assert here(tab) == "2 of 3"
        assert tab.get_attribute(".item >> nth=0", "data-verdict") == "accepted"
        tab.reload()
        tab.wait_for_selector(".item.here")
        assert tab.inner_text("#told").startswith("1 of 3")


def test_nothing_of_a_text_runs_in_the_review(tab: sync_api.Page, tmp_path: Path) -> None:
    with serving(explained(tmp_path, REPAIR)) as served:
        open_review(tab, served.address)
        assert visible("<script>alert(1)</script>\x07") in tab.inner_text("#text")
        assert tab.locator("script").count() == 1
        tab.keyboard.press("k")
        tab.keyboard.press("e")
        tab.fill("#words", "<img src=x onerror=alert(2)>")
        tab.keyboard.press("Enter")
        saved(tab, 1)
        assert tab.locator("#text img").count() == 0


def test_five_thousand_edits_are_laid_out_a_page_at_a_time(tab: sync_api.Page, tmp_path: Path) -> None:
    with serving(explained(tmp_path, many())) as served:
        open_review(tab, served.address)
        for _ in range(MOST_ON_PAGE + 10):
            tab.keyboard.press("j")
        says(tab, "#current", f"{MOST_ON_PAGE + 11} of")
        assert tab.locator(".item").count() <= MOST_ON_PAGE
        tab.click("#after")
        says(tab, "#where", "page 3")
        tab.keyboard.press("a")
        saved(tab, 1)


def report(tab: sync_api.Page, folder: Path, *repairs: Repair) -> None:
    path = folder / "report.html"
    named = [(f"{n}.txt", repair) for n, repair in enumerate(repairs)]
    path.write_text(report_page(named), encoding="utf8", errors="replace")
    tab.goto(path.as_uri())


SHOWN = """() => {
  const copy = document.querySelector('.text').cloneNode(true);
  copy.querySelectorAll('[hidden], del, .tip, .sr').forEach(node => node.remove());
  return copy.textContent;
}"""


@pytest.mark.parametrize("step", [0, 60, 80, 95, STEPS])
def test_the_slider_shows_what_the_repair_makes_there(tab: sync_api.Page, tmp_path: Path, step: int) -> None:
    report(tab, tmp_path, abstract())
    assert tab.evaluate(SHOWN) == abstract().text
    tab.fill("#threshold", str(step))
    says(tab, "#shown", f"{step / STEPS:.2f}")
    assert tab.evaluate(SHOWN) == abstract().at(step / STEPS).text
    tab.click("#reset")
    assert tab.evaluate(SHOWN) == abstract().text


def test_why_is_told_on_keyboard_focus_and_filters_count(tab: sync_api.Page, tmp_path: Path) -> None:
    report(tab, tmp_path, abstract())
    tip = tab.locator(".text .item:visible .tip >> nth=0")
    assert not tip.is_visible()
    tab.locator(".text .item:visible >> nth=0").focus()
    assert "0.97 that it is right" in tip.inner_text()
    tab.keyboard.press("Escape")
    assert not tip.is_visible()
    tab.uncheck("input[data-filter='kind wording']")
    assert tab.inner_text(".changes") == "6 terminology"


@pytest.mark.parametrize("width", [320, 900])
def test_reasons_stay_in_the_window(tab: sync_api.Page, tmp_path: Path, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 640})
    report(tab, tmp_path, abstract())
    items = tab.locator(".text .item:visible")
    for number in range(items.count()):
        items.nth(number).focus()
        box = items.nth(number).locator(".tip").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width


def test_what_a_bar_leads_to_is_not_under_the_controls(tab: sync_api.Page, tmp_path: Path) -> None:
    tab.set_viewport_size({"width": 900, "height": 500})
    report(tab, tmp_path, abstract(), abstract(), abstract())
    tab.click("#d2 .strip a >> nth=0")
    controls, region = (tab.locator(at).bounding_box() for at in (".controls", "#d2r0"))
    assert controls is not None
    assert region is not None
    assert region["y"] >= controls["y"] + controls["height"]


def test_the_keyboard_need_not_pass_every_bar(tab: sync_api.Page, tmp_path: Path) -> None:
    report(tab, tmp_path, abstract())
    tab.focus(".to-text")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement === document.querySelector('.text .item')")


def test_nothing_of_a_text_runs_in_the_report(tab: sync_api.Page, tmp_path: Path) -> None:
    report(tab, tmp_path, REPAIR)
    assert SOURCE[SOURCE.index("<script>") : SOURCE.index("\x07")] in tab.inner_text(".text")
    assert tab.locator("script").count() == 1


def test_on_paper_there_are_no_controls(tab: sync_api.Page, tmp_path: Path) -> None:
    report(tab, tmp_path, abstract())
    tab.emulate_media(media="print", color_scheme="dark")
    assert not tab.is_visible(".controls")
    assert not tab.is_visible("details")
    assert tab.is_visible(".text ins >> nth=0")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures(tab: sync_api.Page, tmp_path: Path, scheme: str) -> None:
    kept = Path(os.environ.get("SCREENSHOTS", tmp_path))
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": 900, "height": 640})
    report(tab, tmp_path, abstract())
    dark = "rgb(22, 22, 22)" if scheme == "dark" else "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    tab.locator(".text .item:visible >> nth=2").focus()
    tab.screenshot(path=kept / f"report_{scheme}.png")
    tab.set_viewport_size({"width": 900, "height": 400})
    with serving(explained(tmp_path, abstract())) as served:
        open_review(tab, served.address)
        for number, key in enumerate("aar", 1):
            tab.keyboard.press(key)
            saved(tab, number)
        tab.screenshot(path=kept / f"review_{scheme}.png")
    assert all((kept / f"{name}_{scheme}.png").stat().st_size > 10_000 for name in ("report", "review"))

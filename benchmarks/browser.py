"""Measure how long a key of the review and a move of the report's slider take among 5,000 edits, in Chromium.

    python benchmarks/browser.py

From the key to the second frame after it, and from the key that decides to the answer that it is on the disk.
Writes benchmarks/results/browser.json. Needs chromium and playwright.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from playwright.sync_api import sync_playwright

from textrepair.bench.circumstances import made_with
from textrepair.report.page import page as report_page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from reviewing import MANY, explained, many, serving  # noqa: E402

OUT = ROOT / "benchmarks/results/browser.json"
KEYS = 200
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PRESS = f"""async ([key, times]) => {{
  const took = [];
  for (let n = 0; n < times; n++) {{
    const began = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true }}));
    await {FRAMES};
    took.push(performance.now() - began);
  }}
  return took;
}}"""
SAVE = """async times => {
  const told = document.getElementById("told"), took = [];
  for (let n = 0; n < times; n++) {
    const began = performance.now(), before = told.textContent;
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
    while (told.textContent === before) await new Promise(done => setTimeout(done, 1));
    took.push(performance.now() - began);
  }
  return took;
}"""
SLIDE = f"""async times => {{
  const slider = document.getElementById("threshold"), took = [];
  for (let n = 0; n < times; n++) {{
    const began = performance.now();
    slider.value = n % 2 ? 40 : 95;
    slider.dispatchEvent(new Event("input"));
    await {FRAMES};
    took.push(performance.now() - began);
  }}
  return took;
}}"""


def figures(took: list[float]) -> dict[str, float]:
    """Milliseconds: the median, that of one in twenty, the longest."""
    return {
        "median": round(statistics.median(took), 1),
        "one_in_twenty": round(statistics.quantiles(took, n=20)[-1], 1),
        "longest": round(max(took), 1),
    }


def main(out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT) -> None:
    """Measure, print, and write benchmarks/results/browser.json."""
    repair = many()
    report: dict[str, Any] = {
        **made_with(None),
        "what": "milliseconds in headless Chromium",
        "edits": MANY,
        "keys": KEYS,
    }
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=sandbox)
        report |= {"chromium": browser.version, "cores": os.cpu_count()}
        page = browser.new_context(bypass_csp=True).new_page()
        with serving(explained(Path(folder), repair)) as served:
            page.goto(served.address)
            page.wait_for_selector(".item.here")
            report["next"] = figures(page.evaluate(PRESS, ["j", KEYS]))
            report["accept_and_go_on"] = figures(page.evaluate(PRESS, ["a", KEYS]))
            report["accept_until_saved"] = figures(page.evaluate(SAVE, KEYS))
        path = Path(folder) / "report.html"
        path.write_text(report_page([("a.txt", repair)]), encoding="utf8")
        page.goto(path.as_uri())
        report["slider"] = figures(page.evaluate(SLIDE, 20))
        report["report_bytes"] = path.stat().st_size
        browser.close()
    print(json.dumps(report, indent=1))
    out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)

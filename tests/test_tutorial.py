"""The tutorial shows what comes out, and its notebook runs from top to bottom."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from typer.testing import CliRunner

import textrepair
from textrepair import cli

TUTORIAL = Path(__file__).parents[1] / "docs/tutorial"
SPUN = TUTORIAL.parents[1] / "seeds/000_93fcc8338e17c8dc.txt"


@pytest.mark.slow
def test_the_tutorial_shows_what_comes_out():
    markdown = (TUTORIAL / "ten_minutes.md").read_text(encoding="utf8")
    begins, summary = re.findall(r"```text\n(.*?)```", markdown, re.DOTALL)[:2]
    printed = CliRunner().invoke(cli.app, ["explain", str(SPUN)], env={"COLUMNS": "80"}).stdout
    assert printed.startswith(begins)
    assert printed.split("\n\n")[-1].split() == summary.split()
    strict = textrepair.load(min_score=0.9, protect=["immune complex"]).explain(SPUN.read_text("utf8"))
    assert f"{len(strict.edits)} changes are left, and {len(strict.held)} are held back." in markdown
    repair = textrepair.explain(SPUN.read_text("utf8"))
    assert f"len(repair.edits)  # {len(repair.edits)}\n" in markdown
    assert f"len(repair.at(0.9).edits)  # {len(repair.at(0.9).edits)}: " in markdown
    assert f"found.spun  # {repair.spun}: " in markdown


@pytest.mark.slow
def test_the_notebook_runs(tmp_path):
    notebook = nbformat.read(TUTORIAL / "seed.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)  # a reader runs it: nothing stale is shown
    folder = tmp_path / "docs/tutorial"
    folder.mkdir(parents=True)
    shutil.copytree(TUTORIAL.parents[1] / "seeds", tmp_path / "seeds")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    said = "".join(output["text"] for output in shown if output["output_type"] == "stream")
    assert "sufferers  ←  patients" in said
    assert "'sufferers' → 'patients'" in said
    assert sum("text/html" in output.get("data", {}) for output in shown) == 2  # the detection and the repair
    assert "<html" in (folder / "seed_report.html").read_text(encoding="utf8")

"""The notebook of the docs runs from top to bottom and shows what it says."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

TUTORIAL = Path(__file__).parents[1] / "docs/tutorial"


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

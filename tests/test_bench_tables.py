"""README and docs say what the committed results say, and say so where these are of an earlier model."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from textrepair.bench.figures import DAGGER, results, stale, with_figures

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("tables", ROOT / "benchmarks/tables.py")
tables = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tables)

pages = pytest.mark.parametrize("page", tables.PAGES, ids=lambda p: str(p.relative_to(ROOT)))


@pages
def test_tables_and_figures_say_what_was_measured(page):
    assert page.read_text(encoding="utf8") == tables.renewed(page), "run python benchmarks/tables.py"


@pages
def test_what_an_earlier_model_made_is_said_to_be_so(page):
    """A paragraph that names results of other weights has a dagger, or says "earlier".

    A figure has its own (`with_figures`): of a row that names its own weights, where these are others.
    """
    markdown = page.read_text(encoding="utf8")
    for paragraph in re.split(r"\n\s*\n", re.sub("<!-- .*? -->", "", markdown)):
        for name in re.findall(r"(\w+)\.json", paragraph):
            if (tables.RESULTS / f"{name}.json").is_file() and stale(results(name)):
                assert re.search("†|earlier", paragraph), f"{name}.json is of an earlier model: {paragraph}"
    assert "†<!--" not in markdown or DAGGER in markdown, f"add to the page: {DAGGER}"


@pytest.mark.parametrize("path", sorted(tables.RESULTS.glob("*.json")), ids=lambda p: p.name)
def test_results_name_the_weights_and_the_decision_they_were_made_with(path):
    """By their hashes (`textrepair.bench.circumstances.made_with`); None where they depend on neither."""
    assert {"weights_sha256", "decision_sha256"} <= results(path.stem).keys()


@pytest.fixture
def measured(tmp_path):
    """A root with results made with given hashes, and a model that has the hashes `w` and `d`."""
    (tmp_path / "models/en_sci_sm").mkdir(parents=True)
    (tmp_path / "benchmarks/results").mkdir(parents=True)
    manifest = {"model.safetensors": "w", "decision.json": "d"}
    (tmp_path / "models/en_sci_sm/manifest.json").write_text(json.dumps(manifest))

    def write(hashes):
        made = {"all": [{"recall": 0.3367, "edits": 1234}], **hashes}
        (tmp_path / "benchmarks/results/x.json").write_text(json.dumps(made))
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("hashes", "dagger"),
    [
        ({"weights_sha256": "w", "decision_sha256": "d"}, ""),
        ({"weights_sha256": "w", "decision_sha256": None}, ""),
        ({"weights_sha256": None, "decision_sha256": None}, ""),
        ({"weights_sha256": "v", "decision_sha256": "d"}, "†"),
        ({"weights_sha256": "w", "decision_sha256": "c"}, "†"),
        ({}, "†"),
    ],
)
def test_a_figure_is_renewed_as_it_was_written(measured, hashes, dagger):
    root = measured(hashes)
    recall, edits = "<!-- x.json: all / 0 / recall -->", "<!-- x.json: all / 0 / edits -->"
    old = f"Restored .29{recall} or 29.5 %{recall}, by 99†{edits} edits; .29 stays."
    new = f"Restored .34{dagger}{recall} or 33.7 %{dagger}{recall}, by 1,234{dagger}{edits} edits; .29 stays."
    assert with_figures(old, root) == new
    assert with_figures(new, root) == new


def test_a_figure_of_a_row_that_names_its_own_weights_is_as_old_as_the_row(measured):
    new, old = ({"weights_sha256": w, "decision_sha256": "d"} for w in "wv")
    root = measured({**old, "systems": {"a": {"recall": 0.5, **new}, "b": {"recall": 0.5, **old}}})
    of = "Of .5<!-- x.json: systems / {} / recall -->"
    assert with_figures(of.format("a"), root) == of.format("a")
    assert with_figures(of.format("b"), root) == of.format("b").replace(".5", ".5†")


def test_keys_that_lead_to_a_list_or_an_object_give_how_much_it_holds(measured):
    root = measured({"weights_sha256": None, "decision_sha256": None})
    counted = "Of 9<!-- x.json: all --> rows with 9<!-- x.json: all / 0 --> figures."
    assert with_figures(counted, root) == counted.replace("9", "1", 1).replace("9", "2")


def test_a_table_is_put_between_its_marks():
    page = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n"
    assert tables.put(page, "x", "| new |") == "a\n<!-- x -->\n\n| new |\n\n<!-- /x -->\nb\n"

"""What a run of the systems needs: results kept as they come, failures that stand in the texts, plots."""

import importlib
import json
import re
import sys
from pathlib import Path

import pytest

from textrepair.bench.check import documents, named
from textrepair.bench.pages import Page
from textrepair.bench.plots import plot_cost, plot_rates, plot_reliability, plot_systems
from textrepair.bench.score import Change
from textrepair.detection import Detection, Original, SwappedSpan
from textrepair.edits import Repair
from textrepair.errors import TextrepairError
from textrepair.gold import Gold
from textrepair.models import find_model
from textrepair.training.spinner import build_channel

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
PNG = b"\x89PNG"


@pytest.fixture
def script(monkeypatch):
    """Opens a script of the benchmarks by its name, as they open one another."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    before = {*sys.modules}
    yield importlib.import_module
    for name in {*sys.modules} - before:
        if (
            getattr(sys.modules[name], "__file__", None)
            and BENCHMARKS in Path(sys.modules[name].__file__).parents
        ):
            del sys.modules[name]


def test_what_was_made_once_is_kept(script, tmp_path):
    kept = script("kept").kept
    assert kept(tmp_path / "store", "a") is None
    assert kept(tmp_path / "store", "a", lambda: {"edits": [1]}) == {"edits": [1]}
    assert kept(tmp_path / "store", "a", pytest.fail) == {"edits": [1]}
    assert kept(tmp_path / "store", "b", lambda: 2) == 2


def test_what_fails_while_it_is_made_leaves_nothing(script, tmp_path):
    kept = script("kept").kept
    with pytest.raises(ZeroDivisionError):
        kept(tmp_path, "a", lambda: 1 / 0)
    assert kept(tmp_path, "a", lambda: 1) == 1


@pytest.fixture(scope="module")
def public():
    return [Page(named(text), text, gold, "", "") for text, gold in documents() if gold is not None]


def explained(failures, pages, made):
    repairs = {page.text: Repair(page.text) for page in pages}
    return [*failures.explained(failures.named(pages), made, repairs)]


def test_every_failure_stands_in_a_public_text_and_says_why(script, public):
    found = explained(script("failures"), public, {})
    assert len(found) == 10
    assert all(f["why"].endswith(".") and f["wanted"] and f"**{f['spun']}**" in f["sentence"] for f in found)


def test_no_figure_stands_in_a_reason_since_it_would_be_of_one_decision(script, public):
    assert not [f["why"] for f in explained(script("failures"), public, {}) if re.search(r"\d", f["why"])]


@pytest.mark.parametrize(
    ("changes", "restored_by", "made"),
    [
        ([], [], {}),
        ([Change(2, 13, "breast cancer")], ["it"], {}),
        ([Change(2, 7, "breast"), Change(8, 13, "cancer")], ["it"], {}),
        ([Change(8, 13, "cancer")], [], {"it": "bosom cancer"}),
        ([Change(0, 7, "breast")], [], {"it": "breast peril"}),
        ([Change(2, 13, "")], [], {"it": "(deleted)"}),
        ([Change(14, 18, "there")], [], {}),
        ([Change(2, 13, "Bosom Peril")], [], {}),
        ([Change(2, 7, "BOSOM"), Change(8, 13, "risk")], [], {"it": "bosom risk"}),
    ],
)
def test_a_failure_tells_what_a_system_put_there(script, monkeypatch, tmp_path, changes, restored_by, made):
    failures, text = script("failures"), "a bosom peril here"
    monkeypatch.setattr(failures, "NAMED", tmp_path / "named.jsonl")
    failures.NAMED.write_text(json.dumps({"text": "id", "at": 2, "why": "So."}) + "\n", encoding="utf8")
    page = Page("id", text, (Gold(2, 13, ("breast cancer",), "term"),), "", "")
    (named,) = failures.named([page])
    did = {"it": {named.name: failures.done(named, changes)}, "not asked": {}}
    (failure,) = explained(failures, [page], did)
    assert failure["restored_by"] == restored_by
    assert failure["made"] == made
    assert failure["not_run"] == ["not asked"]


def test_a_failure_tells_what_textrepair_thought_of_its_words(script):
    told = script("failures")._told
    spans = (
        SwappedSpan(2, 7, "bosom", 0.9, "terminology", "model", (Original("breast", 0.8),)),
        SwappedSpan(14, 18, "here", 0.5, "wording", "model"),
    )
    repair = Repair("a bosom peril here", spun=0.7, detection=Detection(spans=spans))
    assert told(repair, Gold(2, 13, ("breast cancer",), "term")) == {
        "spun": 0.7,
        "words": [{"text": "bosom", "swapped": 0.9, "originals": [["breast", 0.8]]}],
    }


def test_a_system_that_has_not_read_every_page_is_not_run(script):
    systems = script("systems")
    pages = [Page(str(k), f"text {k}", (), "", "") for k in range(3)]
    read = systems.Reading(systems.Said([], []), 0.1)
    assert systems.unread(pages, {"text 0": read, "another": read}) == "has read 1 of 3 real pages so far"
    assert systems.unread(pages, {p.text: read for p in pages}) == ""


def test_texts_are_told_apart_by_what_they_say_and_what_was_swapped(script):
    systems = script("systems")
    page = Page("1", "a bosom peril", (Gold(2, 13, ("breast cancer",), "term"),), "", "")
    texts = systems.Texts([page], [page] * 4, ["clean", "text"])
    other = Page("1", page.text, (Gold(2, 13, ("cancer",), "term"),), "", "")
    assert texts.sha256 == systems.Texts([page], [page] * 4, ["clean", "text"]).sha256
    differing = [
        systems.Texts([other], texts.public, texts.clean), systems.Texts([], texts.public, texts.clean),
        systems.Texts([page], texts.public, ["clean"]), texts.thinned(2),
    ]  # fmt: skip
    assert len({texts.sha256, *(t.sha256 for t in differing)}) == 5


def test_a_page_is_judged_by_what_was_fitted_without_its_fold(script, tmp_path):
    peers = script("peers")
    (tmp_path / "en_sci_sm").mkdir()
    (tmp_path / "en_sci_sm/fold_2.json").touch()
    ways = peers.Ways(decisions=tmp_path, folds={"a page": 2, "another": 3})
    assert ways.decision("en_sci_sm", "a page") == tmp_path / "en_sci_sm/fold_2.json"
    assert ways.decision("en_sci_sm", "a public text").parent.name == "en_sci_sm"
    for model, text in (("en_sci_sm", "another"), ("en_sci_md", "a page")):
        with pytest.raises(TextrepairError, match=f"no .*{model}/fold_.*json: fit the decisions"):
            ways.decision(model, text)


def test_what_textrepair_says_hangs_on_decision_and_code_and_what_others_say_does_not(script, tmp_path):
    asked, peers = script("asked"), script("peers")
    (tmp_path / "en_sci_sm").mkdir()
    decision = (find_model("en_sci_sm") / "decision.json").read_text(encoding="utf8")
    (tmp_path / "en_sci_sm/fold_2.json").write_text(decision + " ", encoding="utf8")
    ways, by_fold = peers.Ways(), peers.Ways(decisions=tmp_path, folds={"a page": 2})
    hang = {name for name, a in asked.SYSTEMS.items() if not a.lm and a.hangs_on(ways, "a page")}
    masked = {name for name in hang if "masked model" in name or "behind masks" in name}
    assert hang == {"our lexicon, replaced", "textrepair, en_sci_sm", "textrepair, en_sci_md"} | masked
    of = asked.SYSTEMS["textrepair, en_sci_sm"]
    assert of.hangs_on(ways, "a page") != of.hangs_on(by_fold, "a page")
    assert of.hangs_on(ways, "another") == of.hangs_on(by_fold, "another")
    assert asked.SYSTEMS["do nothing"].made_with() == {"weights_sha256": None, "decision_sha256": None}


def test_plots_are_drawn_from_results_however_little_they_hold():
    some = {
        "recall": 0.3, "precision": 0.8, "touched": 4, "beside": 1, "words_per_second": 100.0,
        "intervals": {"recall": [0.2, 0.4], "precision": [0.7, 0.9]},
        "detection_curve": [[0.1, 1.0], [0.5, 0.6]],
        "harm": {"per_10000_words": 0.1},
    }  # fmt: skip
    nothing = {**some, "touched": 0, "beside": 0, "detection_curve": [], "recall": 0.0}
    point = {"threshold": 0.5, "recall": 0.3, "precision": 0.8, "restored": 3, "edits": 2}
    real = {"curve": [point], "groups": {"all": {"calibration": {"bins": [[0.2, 0.1, 9], [0.9, 1.0, 9]]}}}}
    harm = {"curve": [point], "all": {"words": 1000}}
    rate = {"swapped": 0.1, "recall": 0.5, "precision": 0.9, "told": 0.6}
    rate["intervals"] = {name: [0.4, 0.95] for name in rate}
    systems = {"do nothing": nothing, "ours": some}
    pictures = (
        plot_systems(systems, real), plot_cost(systems, real, harm),
        plot_rates({"seen": [rate, {**rate, "swapped": 0.2}], "not yet read": []}), plot_reliability(real),
    )  # fmt: skip
    assert all(picture.startswith(PNG) for picture in pictures)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.4])
def test_a_text_is_spun_until_such_a_share_of_its_words_is_swapped(script, rate):
    text = " ".join(f"This is what disease number {k} does to a patient." for k in range(40))
    channels = [(1.0, build_channel([("disease", "illness", 1.0), ("patient", "sufferer", 1.0)]))]
    spun, gold = script("spin_rates").spun_at(rate, text, channels, 1)
    assert {spun[g.start : g.end] for g in gold} <= {"illness", "sufferer"}
    most = 0.2  # of its words; there are no others to swap
    assert len(gold) / len(text.split()) == pytest.approx(min(rate, most), rel=0.25)


def test_harm_that_was_not_seen_may_be_three_edits(script):
    harm = script("harm")
    assert harm.within([harm.Harmed(1000, 0)] * 3) == (0.0, 10.0)
    low, high = harm.within([harm.Harmed(1000, 1)] * 3)
    assert low == high == pytest.approx(10)


def test_the_guard_tells_what_is_steep_and_what_is_slower_by_a_third(script):
    guard = script("guard")
    before = {"clean": 2.0, "spun": 2.0}
    assert [*guard.worse(before, {"one word": 1.2}, {"clean": 3.0, "spun": 1.0})] == []
    steep, slower = guard.worse(before, {"one word": 1.3, "spun": 1.0}, {"clean": 3.1, "spun": 2.9})
    assert steep.startswith("one word: time grows")
    assert slower == "clean: 3.10 times its time, 2.00 before"

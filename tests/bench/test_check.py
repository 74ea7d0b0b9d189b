"""The check against committed results: it fails when it is surely worse, and then only."""

import importlib.util
import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from textrepair import load
from textrepair.bench import check
from textrepair.bench.check import RESULTS, Outcome, documents, named, outcomes, worse

spec = importlib.util.spec_from_file_location(
    "worsened", Path(__file__).parents[2] / "benchmarks/worsened.py"
)
worsened = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worsened)

SPUN = {f"spun {k}": Outcome(gold=20, restored=8 + k % 3, right=8 + k % 3, misleading=1) for k in range(40)}
CLEAN = {f"clean {k}": Outcome(words=200) for k in range(40)}
BEFORE = {**SPUN, **CLEAN}


def changed(only, **changes):
    return {
        name: replace(o, **{k: f(getattr(o, k)) for k, f in changes.items()}) if name.startswith(only) else o
        for name, o in BEFORE.items()
    }


def broken(name, o):
    return replace(o, edits=1) if name in CLEAN and int(name.split()[1]) % 4 == 0 else o


@pytest.mark.parametrize(
    ("after", "surely"),
    [
        (BEFORE, []),
        (changed("spun", restored=lambda n: n + 1, right=lambda n: n + 1), []),
        (changed("spun", restored=lambda n: n - 2, right=lambda n: n - 2), ["restored", "precision"]),
        (changed("spun", misleading=lambda n: n + 2), ["precision"]),
        ({name: broken(name, o) for name, o in BEFORE.items()}, ["edits in 10,000 clean words"]),
        # one document may well be chance
        ({**BEFORE, "clean 1": Outcome(words=200, edits=1)}, []),
        ({**BEFORE, "spun 1": Outcome(gold=20, restored=0)}, []),
    ],
)
def test_what_is_surely_worse_is_named(after, surely):
    told = list(worse(BEFORE, after))
    assert [line.partition(":")[0] for line, failed in told if failed] == surely


def test_documents_that_only_one_run_has_are_left_out():
    after = {name: o for name, o in BEFORE.items() if name != "spun 3"} | {"new": Outcome(gold=9)}
    assert not any(failed for _, failed in worse(BEFORE, after))


def test_a_worse_repairer_fails_the_check(tmp_path, monkeypatch, capsys):
    results = tmp_path / "check.json"
    monkeypatch.setattr(check, "outcomes", lambda repairer: BEFORE)
    monkeypatch.setattr(check.textrepair, "load", lambda: None)
    check.main(write=True, results=results)
    check.main(write=False, results=results)
    assert "80 documents, 0 new ones" in capsys.readouterr().out
    worse_now = changed("spun", restored=lambda n: 0, right=lambda n: 0)
    monkeypatch.setattr(check, "outcomes", lambda repairer: worse_now)
    with pytest.raises(typer.Exit) as e:
        check.main(write=False, results=results)
    assert e.value.exit_code == 1
    assert "surely worse" in capsys.readouterr().out


def test_the_committed_results_are_of_nearly_all_texts_of_the_checkout():
    committed = json.loads(RESULTS.read_text(encoding="utf8"))["documents"]
    names = {named(text) for text, _ in documents()}
    assert len(names & committed.keys()) > 0.9 * len(names) > 300


@pytest.fixture(scope="module")
def heavy():
    """The six densest abstracts spun by hand, which stand behind the seed, and what is made of them."""
    spun = ((text, gold) for text, gold in itertools.islice(documents(), 1, None) if gold)
    read, repairer = [*itertools.islice(spun, 6)], load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "documents", lambda root: read)
        return repairer, read, outcomes(repairer)


@pytest.mark.parametrize(
    "name",
    ["places are judged by features in another order", "an edit of a spun text needs a score of .2"],
)
def test_a_real_repairer_made_worse_is_surely_worse(heavy, monkeypatch, name):
    repairer, read, before = heavy
    monkeypatch.setattr(check, "documents", lambda root: read)
    monkeypatch.setattr(repairer, "decision", worsened.DECISIONS[name](repairer.decision))
    assert any(surely for _, surely in worse(before, outcomes(repairer)))

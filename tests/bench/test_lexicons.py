"""What is measured of lexicons: firings and tiers of entries, comparisons, proposals."""

from __future__ import annotations

import itertools
import json
import lzma
import math
from dataclasses import replace
from pathlib import Path

import pytest

from textrepair import TextrepairError, load
from textrepair.bench.compare import Run, alone, coverage, difference, run, thresholds
from textrepair.bench.entries import AUTO_CLEAN_WORDS, Counted, count, count_edits, judge
from textrepair.bench.lexicon_scores import score_entries
from textrepair.bench.plots import plot
from textrepair.bench.report import compare, tables
from textrepair.bench.score import Gold
from textrepair.bench.texts import Text, read_texts
from textrepair.edits import Edit, Repair
from textrepair.errors import numbered
from textrepair.lexicon.conditions import Condition
from textrepair.lexicon.entries import Entry, read
from textrepair.lexicon.lexicon import Lexicon
from textrepair.mining import mine
from textrepair.pipeline.candidates import proposal

CASES = Path(__file__).parents[1] / "cases"
PERIL = Entry("bosom peril", ("breast cancer",), "NOUN", "biomedical", "auto")
MARKET = Entry("stock exchange", ("breast cancer",), "NOUN", "biomedical", "ask")
CLEAN = Text("The stock exchange fell. The stock exchange rose.")
SPUN = Text(
    "Bosom perils are rare; a bosom peril is not.",
    (Gold(0, 12, ("breast cancers",), "terminology"), Gold(25, 36, ("breast tumour",), "terminology")),
    "oncology",
)


def write(path, *rows):
    with lzma.open(path, "wt", encoding="utf8") as file:
        file.writelines(json.dumps(r) + "\n" for r in rows)
    return path


def test_spun_texts_say_what_was_swapped_in_three_ways(tmp_path):
    path = write(
        tmp_path / "spun.jsonl.xz",
        {"text": "a peril", "expect": [["peril", "cancer"]], "domain": "oncology"},
        {"text": "a peril", "original": "a cancer"},
        {"text": "a peril", "gold": [{"start": 2, "end": 7, "accept": ["cancer"], "kind": "terminology"}]},
    )
    texts = list(read_texts(path, spun=True))
    assert [[(g.start, g.end, g.accept) for g in t.gold or ()] for t in texts] == [[(2, 7, ("cancer",))]] * 3
    assert texts[0].domain == "oncology"
    assert [t.gold for t in read_texts(path)] == [None] * 3


@pytest.mark.parametrize(
    ("name", "data", "spun", "named"),
    [
        (
            "x.jsonl",
            b'{"text": "a"}\n{"text": 5}\n',
            False,
            "x.jsonl:2: not an object with a string",
        ),
        ("x.jsonl", b'{"text": \n', False, "x.jsonl:1: no JSON"),
        ("x.jsonl", b'{"text": "a"}\n', True, "x.jsonl:1: give 'gold', 'expect' or 'original'"),
        ("x.jsonl", b'{"text": "a", "expect": [["b", "c"]]}\n', True, "x.jsonl:1: 'b' does not stand in 'a'"),
        ("x.txt", b"a", True, "plain text does not say what was swapped"),
        ("x.jsonl.xz", b"not xz", False, "x.jsonl.xz: damaged"),
        ("x.txt", b"\xff", False, "x.txt:1: not UTF-8"),
    ],
)
def test_texts_that_cannot_be_read_are_named(tmp_path, name, data, spun, named):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TextrepairError, match=named):
        list(read_texts(tmp_path / name, spun=spun))


def test_firings_are_counted_on_clean_and_spun_and_right_by_the_gold():
    total = Counted()
    for counted in count([PERIL, MARKET], [CLEAN, SPUN]):
        total += counted
    assert (total.clean_words, total.spun_words) == (8, 9)
    peril, market = total.of(0), total.of(1)
    assert (peril.clean, peril.spun, peril.right, peril.precision) == (0, 2, 1, 0.5)
    assert (market.clean, market.spun, market.right, market.precision) == (2, 0, 0, 0.0)


def test_a_condition_counts_only_in_documents_that_meet_it():
    conditional = replace(MARKET, when=Condition("oncology"))
    [counted] = count([conditional], [CLEAN])
    assert counted.of(0).clean == 0


@pytest.mark.slow
def test_the_number_of_processes_does_not_change_the_counts():
    texts = [CLEAN, SPUN] * 100
    one, two = (score_entries([PERIL, MARKET], lambda: texts, jobs=n) for n in (1, 2))
    assert one == two
    assert one.entries[0].alone.spun == 200


@pytest.mark.parametrize(
    ("entry", "clean_words", "clean", "spun", "right", "tier"),
    [
        (PERIL, AUTO_CLEAN_WORDS, 0, 0, 0, "auto"),
        (PERIL, AUTO_CLEAN_WORDS - 1, 0, 0, 0, "ask"),
        (PERIL, AUTO_CLEAN_WORDS, 0, 5, 5, "auto"),
        (PERIL, AUTO_CLEAN_WORDS, 1, 0, 0, "ask"),
        (PERIL, AUTO_CLEAN_WORDS, 1, 99, 99, "auto"),
        (PERIL, AUTO_CLEAN_WORDS, 1, 5, 5, "ask"),
        (PERIL, AUTO_CLEAN_WORDS, 4, 0, 0, "never"),
        (PERIL, AUTO_CLEAN_WORDS, 4, 4, 4, "ask"),
        (Entry("blood pressure", ("breast cancer",), "NOUN", "g", "auto"), AUTO_CLEAN_WORDS, 0, 0, 0, "ask"),
        (Entry("bosom peril", ("zorb quux",), "NOUN", "g", "auto"), AUTO_CLEAN_WORDS, 0, 0, 0, "ask"),
        (Entry("bosom peril", (), "NOUN", "g", "never", "why"), AUTO_CLEAN_WORDS, 0, 0, 0, "never"),
    ],
)
def test_the_tier_an_entry_earns(entry, clean_words, clean, spun, right, tier):
    counted = Counted(clean_words, 0)
    counted.firings.update({(0, "clean"): clean, (0, "spun"): spun, (0, "right"): right})
    assert judge([entry], counted)[0].proposed == tier


def test_the_reranker_may_save_an_entry_from_never():
    alone_, asked = Counted(AUTO_CLEAN_WORDS, 0), Counted(AUTO_CLEAN_WORDS, 0)
    alone_.firings[0, "clean"] = 50
    assert judge([PERIL], alone_)[0].proposed == "never"
    assert judge([PERIL], alone_, asked)[0].proposed == "ask"


def test_edits_are_counted_for_the_entry_they_name(tmp_path, lexicon):
    entries = read(lexicon)
    text = Text("It was zorbified.", (Gold(7, 16, ("treated",), "wording"),))
    [counted] = count_edits(load(lexicon=lexicon), entries, [text])
    assert (counted.of(0).spun, counted.of(0).right) == (1, 1)


def test_a_system_without_a_model_applies_its_tiers_longest_first():
    long = Entry("bosom peril pills", ("breast cancer drugs",), "NOUN", "biomedical", "auto")
    lexicon = Lexicon([[PERIL, long, MARKET]])
    [repair] = alone(lexicon, ("auto",), ["Bosom peril pills, stock exchange."])
    assert repair.text == "Breast cancer drugs, stock exchange."
    assert coverage(lexicon, [SPUN]) == (1, 2)


def edit(score, after="breast cancers"):
    return proposal(0, 12, "Bosom perils", after, replace(PERIL, tier="ask")).edit(score)


def runs(repairs, texts):
    *_, last = run(repairs, texts, thresholds())
    return last


def test_a_run_counts_at_every_threshold():
    repairs = [
        Repair(SPUN.text, (edit(0.9),)),
        Repair(CLEAN.text, (Edit(4, 9, "stock", "x", "wording", 0.4, "r"),)),
    ]
    done = runs(repairs, [SPUN, CLEAN])
    assert done.score.restored == 1
    assert done.per_10000 == pytest.approx(1e4 / 8)
    low, high = done.points[min(done.points)], done.points[max(done.points)]
    assert (low[0].restored, low[1]) == (1, 1)
    assert (high[0].restored, high[1]) == (0, 0)
    assert done.entries["lexicon:biomedical 'bosom peril' (ask)"]["right"] == 1
    assert done.by["text domain", "oncology"] == {"restored": 1, "gold": 2}
    assert plot({"one": done, "none": Run()}).startswith(b"\x89PNG")


def test_differences_carry_intervals_over_texts():
    texts = [SPUN] * 20 + [CLEAN] * 20
    none = runs([Repair(t.text) for t in texts], texts)
    better = runs([Repair(t.text, (edit(0.9),) if t is SPUN else ()) for t in texts], texts)
    found = difference(none, better)
    assert found["recall"] == (0.5, 0.5, 0.5)
    assert found["harm"] == (0.0, 0.0, 0.0)
    mixed = runs(
        [Repair(t.text, (edit(0.9),) if n % 2 and t is SPUN else ()) for n, t in enumerate(texts)], texts
    )
    recall, low, high = difference(none, mixed)["recall"]
    assert low < recall < high
    single = runs([Repair(SPUN.text)], [SPUN])
    assert math.isnan(difference(single, single)["recall"][1])


def test_lexicons_are_compared_with_the_model():
    texts = [CLEAN, SPUN]
    lexicons = {"none": [[]], "own": [[PERIL]]}
    result, _ = compare(lexicons, texts)
    own = result["lexicons"]["own"]
    assert own["coverage"] == 0.5
    assert own["auto_alone"]["restored"] == 1
    assert own["with_model"]["restored"] >= 1
    recalls = [result["lexicons"][name]["with_model"]["recall"] for name in ("none", "own")]
    assert result["differences"]["own"]["recall"]["difference"] == pytest.approx(recalls[1] - recalls[0])
    assert [(e["spun"], e["right"], e["wrong"]) for e in own["harm"]] == [("bosom peril", 1, 1)]
    assert json.loads(json.dumps(result)) == result
    titles = [str(t.title) for t in tables(result)]
    assert titles[:2] == ["Lexicons", "Groups, with the model"]


def test_what_the_model_keeps_restoring_is_proposed_with_evidence():
    cases = itertools.islice(read_texts(CASES / "synthetic.jsonl"), 20)
    proposals = mine((c.text for c in cases), least=1)
    assert proposals
    for p in proposals:
        assert p.spun.lower() == p.spun
        assert p.spun != p.canonical
        assert p.entry.tier == "ask"
        assert f"{numbered(len(p.documents), 'text')}," in p.entry.evidence
    counts = [len(p.documents) for p in proposals]
    assert counts == sorted(counts, reverse=True)

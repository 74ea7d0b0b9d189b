"""The simulated spinners: seeded, exact in their gold, readable by the scorer."""

import json

import numpy as np
import pytest

from textrepair.bench.score import Change, read_gold, score
from textrepair.rerank import DELETE, align, slot_targets
from textrepair.training.paraphrases import paraphrases
from textrepair.training.spinner import (
    article_slips,
    build_channel,
    plant,
    spin_documents,
    spin_text,
    words_of,
)

CHANNEL = build_channel(
    [("disease", "illness", 1.0), ("immune system", "insusceptible framework", 1.0), *paraphrases()]
)
TEXT = (
    "A disease of the immune system may be chronic. Disease, however, is a burden;\n the Immune System rests."
)


def undone(spun, gold):
    out, at = [], 0
    for g in gold:
        out += [spun[at : g.start], g.accept[0]]
        at = g.end
    return "".join([*out, spun[at:]])


@pytest.mark.parametrize("seed", range(20))
def test_gold_gives_back_the_original(seed):
    assert undone(*spin_text(TEXT, CHANNEL, np.random.default_rng(seed), 0.5)) == TEXT


@pytest.mark.parametrize("rate", [None, 0.3, 1.0])
def test_records_are_what_the_scorer_reads_and_undoing_them_scores_full(tmp_path, rate):
    channels = [(0.7, CHANNEL), (0.3, build_channel([("burden", "weight", 1.0)]))]
    path = tmp_path / "gold.jsonl"
    kinds = set()
    for record in spin_documents([TEXT] * 20, channels, seed=3, rate=rate):
        path.write_text("".join(json.dumps(row) + "\n" for row in record["gold"]), encoding="utf8")
        gold = read_gold(path)
        changes = [Change(g.start, g.end, g.accept[0]) for g in gold]
        got = score(record["text"], changes, gold)
        assert (got.restored, got.wrong) == (len(gold), 0)
        assert all(record["text"][row["start"] : row["end"]] == row["spun"] for row in record["gold"])
        kinds |= set(got.by_kind)
    assert {"word", "function", "phrase"} <= kinds


def test_a_record_depends_on_its_own_text_and_place_only():
    one, two = (
        list(spin_documents([TEXT, other], [(1.0, CHANNEL)], seed=3)) for other in (TEXT, "A disease.")
    )
    assert one[0] == two[0]
    assert one[1] != one[0]


@pytest.mark.parametrize(
    ("text", "canonical", "spun"),
    [
        ("The mRNA was MRI.", "mrna", "letter"),
        ("See 2D maps.", "2d", "flat"),
        ("An ELISA is.", "elisa", "test"),
    ],
)
def test_acronyms_and_codes_are_not_spun_nor_articles_bent_to_them(text, canonical, spun):
    channel = build_channel([(canonical, spun, 1.0)])
    for seed in range(5):
        assert spin_text(text, channel, np.random.default_rng(seed), 1.0) == (text, [])


def test_the_same_seed_spins_alike_and_another_does_not():
    spins = [spin_text(TEXT, CHANNEL, np.random.default_rng(s), 0.5)[0] for s in (1, 1, 2, 3, 4)]
    assert spins[0] == spins[1]
    assert len(set(spins)) > 2


def test_rate_zero_changes_nothing():
    assert spin_text(TEXT, CHANNEL, np.random.default_rng(0), 0.0) == (TEXT, [])


def test_some_spinners_mend_the_article_and_some_do_not():
    channel = build_channel([("disease", "illness", 1.0)])
    spun = {spin_text("A disease.", channel, np.random.default_rng(s), 1.0)[0] for s in range(20)}
    assert spun == {"A illness.", "An illness."}
    assert not article_slips(words_of("the disease"), [], np.random.default_rng(0))


def test_an_article_that_was_swapped_itself_is_not_mended():
    channel = build_channel([("is a", "is usually a", 1.0), ("disease", "illness", 1.0)])
    spins = [spin_text("It is a disease.", channel, np.random.default_rng(s), 1.0) for s in range(20)]
    assert "It is usually a illness." in {spun for spun, _ in spins}
    assert {undone(spun, gold) for spun, gold in spins} == {"It is a disease."}


PLANTS = build_channel(
    [
        ("breast", "bosom", 1.0),
        ("cancer", "peril", 0.5),
        ("cancer", "malignant growth", 0.5),
        ("immune", "insusceptible", 1.0),
        ("system", "framework", 1.0),
        # of no term here
        ("treat", "deal", 1.0),
        ("mice", "rodents", 1.0),
        ("of", "regarding", 1.0),
    ]
)
PLANTED = "We treat Breast cancer of mice. Mice, of course, have an immune system; breast cancer, too."


@pytest.mark.parametrize("seed", range(20))
def test_only_terms_are_planted_and_the_gold_gives_them_back(seed):
    spun, gold = plant(PLANTED, PLANTS, np.random.default_rng(seed))
    assert undone(spun, gold) == PLANTED
    assert {g.accept[0].lower() for g in gold} <= {"breast", "cancer", "immune", "system"}
    assert all(spun[g.start : g.end] not in g.accept for g in gold)
    assert plant(PLANTED, PLANTS, np.random.default_rng(seed)) == (spun, gold)


def test_planting_is_seeded_and_reaches_every_term_now_and_then():
    spins = [plant(PLANTED, PLANTS, np.random.default_rng(seed)) for seed in range(40)]
    assert len({spun for spun, _ in spins}) > 10
    assert {g.accept[0] for _, gold in spins for g in gold} == {
        "Breast",
        "breast",
        "cancer",
        "immune",
        "system",
    }


@pytest.mark.parametrize("most", [1, 2])
def test_no_more_terms_are_planted_than_asked(most):
    golds = [plant(PLANTED, PLANTS, np.random.default_rng(seed), most=most)[1] for seed in range(40)]
    assert max(map(len, golds)) == 2 * most  # two words a term


@pytest.mark.parametrize(
    "text", ["", "Mice.", "We treat mice of the system.", "immune, system", "immune\nsystem"]
)
def test_a_text_without_terms_is_planted_with_nothing(text):
    assert plant(text, PLANTS, np.random.default_rng(1)) == (text, [])


@pytest.mark.parametrize(
    ("spun", "canonical", "pairs"),
    [
        (["brand", "new"], ["new"], [("brand", ()), ("new", ("new",))]),
        (["for", "instance"], ["such", "as"], [("for", ("such",)), ("instance", ("as",))]),
        (["in", "spite", "of"], ["despite"], [("in", ("despite",)), ("spite", ()), ("of", ())]),
        (["lately"], ["in", "recent", "years"], [("lately", ("in", "recent", "years"))]),
    ],
)
def test_align(spun, canonical, pairs):
    assert align(canonical, spun) == pairs


def test_surplus_pieces_are_deleted():
    assert slot_targets([5, 6], [7, 8, 9]) == [7, 8]
    assert slot_targets([5, 6], []) == [DELETE, DELETE]

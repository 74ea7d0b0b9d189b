"""The in-place reranker: what it names itself, on a network that answers as told and on the model's own."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from textrepair import load
from textrepair.lexicon.synonyms import canonical_for
from textrepair.models import find_model
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.segment import segment
from textrepair.rerank import DELETE, Evidence, Reranker, ScoringRequest, ToEncode
from textrepair.rerank.in_place import WINDOW
from textrepair.rerank.network import NAMED, Network

SURE, SECOND, REST = math.log(0.8), math.log(0.1), math.log(1e-6)
ODDS = 2.0  # log odds that a piece was replaced, where another is read
CHANCE = 1 / (1 + math.exp(-ODDS))


class Told:
    """A network that reads each piece as it stands, but for those it is told to read otherwise.

    `reads` holds what it reads by what stands; `rows` all it was shown, `named` what it was asked to name.
    What a piece is in its context is its number, here.
    """

    def __init__(self, **reads: str) -> None:
        self.reads = reads
        self.rows: list[list[int]] = []
        self.named: list[int] = []

    def __call__(self, folder: Path):
        tokenizer = Reranker(folder).tokenizer
        self.swaps = {
            tokenizer.token_to_id(a.replace("__", "##")): tokenizer.token_to_id(b) if b else DELETE
            for a, b in self.reads.items()
        }
        return Network(2, self.encode, self.name)

    def encode(self, ids, mask):
        self.rows += ids.tolist()
        pieces = ids.ravel()
        swapped = np.isin(pieces, list(self.swaps))
        # half precision holds no larger whole numbers
        return np.stack(np.divmod(pieces, 1000), 1), np.where(swapped, ODDS, -ODDS)

    def name(self, hidden, wanted):
        pieces = (hidden @ [1000, 1]).astype(int).tolist()
        self.named += pieces
        named = np.arange(NAMED)[None].repeat(len(pieces), 0) + 10  # pieces that are no words
        best = np.full(named.shape, REST)
        for at, piece in enumerate(pieces):
            reads = [self.swaps[piece], piece] if piece in self.swaps else [piece]
            named[at, : len(reads)] = reads
            best[at, : len(reads)] = [SURE, SECOND][: len(reads)]
        known = [dict(zip(n, b, strict=True)) for n, b in zip(named.tolist(), best.tolist(), strict=True)]
        found = np.array([known[at].get(piece, REST) for at, piece in wanted.tolist()])
        return found, best, named


def words_of(text: str) -> list[tuple[int, int]]:
    return [(w.start, w.end) for w in segment(text).words]


def asked(reranker: Reranker, text: str, candidates=(), words=()):
    """What it says of a text that it has looked at."""
    [encoding] = reranker.encode([ToEncode(text, words_of(text))])
    [answer] = reranker.score_candidates([ScoringRequest(encoding, candidates, words)])
    return answer


def scored(text: str, **reads: str):
    """What is named for the words of a text: (what stands, what is named) and the evidence."""
    reranker = Reranker(find_model("en_sci_sm"), Told(**reads))
    evidence, named = asked(reranker, text, words=words_of(text))
    assert evidence == []
    return {(text[n.start : n.end], n.after): n.evidence for n in named}


@pytest.mark.parametrize(
    ("text", "reads", "named"),
    [
        ("Muscle danger was seen.", {}, set()),
        ("Muscle danger was seen.", {"danger": "loss"}, {("danger", "loss")}),
        # in small letters, however it stands
        ("Danger was seen.", {"danger": "loss"}, {("Danger", "loss")}),
        (
            "The muscle danger was seen.",
            {"muscle": "weight", "danger": "loss"},
            {("muscle", "weight"), ("danger", "loss"), ("muscle danger", "weight loss")},
        ),
        # layout between neighbours is none, a mark is
        (
            "muscle\ndanger",
            {"muscle": "weight", "danger": "loss"},
            {("muscle", "weight"), ("danger", "loss"), ("muscle\ndanger", "weight loss")},
        ),
        (
            "muscle, danger",
            {"muscle": "weight", "danger": "loss"},
            {("muscle", "weight"), ("danger", "loss")},
        ),
        # so is a word that it reads as it stands
        (
            "muscle and danger",
            {"muscle": "weight", "danger": "loss"},
            {("muscle", "weight"), ("danger", "loss")},
        ),
        # a word that goes is named with its neighbours only, whether they stay
        ("may perhaps be", {"perhaps": ""}, {("may perhaps", "may"), ("perhaps be", "be")}),
        ("the human, perhaps", {"perhaps": ""}, set()),
        # or not; a short one has no name of its own
        ("in spite now", {"in": "despite", "spite": ""}, {("in spite", "despite"), ("spite now", "now")}),
        (
            "we focus on it",
            {"focus": "target", "on": ""},
            {("focus", "target"), ("focus on", "target"), ("on it", "it")},
        ),
        ("we focus on it", {"focus": "target", "on": "with"}, {("focus", "target")}),
        # the other pieces of a word go
        ("the sufferers were", {"suffer": "patients", "__ers": ""}, {("sufferers", "patients")}),
        # or stay, and what is spelled then is no word for others to take
        ("the sufferers were", {"suffer": "patients"}, {("sufferers", "patientsers")}),
        # no word: a mark, a letter, a part of one
        ("muscle danger", {"danger": ","}, set()),
        ("muscle danger", {"danger": "x"}, set()),
        ("muscle danger", {"danger": "##ing"}, set()),
    ],
)
def test_it_names_what_it_reads_otherwise(
    text: str, reads: dict[str, str], named: set[tuple[str, str]]
) -> None:
    assert set(scored(text, **reads)) == named


def test_neighbours_are_named_up_to_four_at_a_time() -> None:
    found = scored("one two three four five", one="six", two="six", three="six", four="six", five="six")
    assert {after.count(" ") + 1 for _, after in found} == {1, 2, 3, 4}
    assert ("two three four five", "six six six six") in found


def test_its_evidence_is_that_of_the_pieces_that_change() -> None:
    found = scored("the muscle danger was", muscle="weight", danger="loss")
    assert found["danger", "loss"] == pytest.approx(Evidence(SURE, SECOND, SURE, 1, ODDS))
    both = found["muscle danger", "weight loss"]
    assert both == pytest.approx(Evidence(2 * SURE, 2 * SECOND, 2 * SURE, 2, 2 * ODDS))
    gone = scored("the sufferers were", suffer="patients", __ers="")["sufferers", "patients"]
    assert gone == pytest.approx(Evidence(2 * SURE, 2 * SECOND, 2 * SURE, 2, 2 * ODDS))


def test_only_the_words_it_is_asked_for_are_named() -> None:
    text = "muscle danger and danger"
    reranker = Reranker(find_model("en_sci_sm"), Told(danger="loss"))
    _, named = asked(reranker, text, words=[(7, 13)])
    assert [(n.start, n.end, n.after) for n in named] == [(7, 13, "loss")]


@pytest.mark.parametrize(("text", "end"), [("ᚠᚢᚦ peril", 3), ("danger", 3), ("danger", 8), ("", 0)])
def test_of_what_it_does_not_read_as_a_word_it_names_nothing(text: str, end: int) -> None:
    network = Told(danger="loss", **{"[UNK]": "loss"})
    assert asked(Reranker(find_model("en_sci_sm"), network), text, words=[(0, end)]) == ([], [])


def test_nothing_asked_is_nothing_named() -> None:
    network = Told(danger="loss")
    reranker = Reranker(find_model("en_sci_sm"), network)
    encodings = reranker.encode([ToEncode("muscle danger", [(0, 13)]), ToEncode("", [])])
    assert reranker.score_candidates([ScoringRequest(encoding, [], []) for encoding in encodings]) == [
        ([], []),
        ([], []),
    ]
    assert reranker.score_candidates([]) == []
    assert network.named == []


def test_it_tells_of_each_word_whether_another_stood_there() -> None:
    text = "Muscle danger and ᚠᚢᚦ were seen by sufferers."
    [encoding] = Reranker(find_model("en_sci_sm"), Told(danger="loss", __ers="")).encode(
        [ToEncode(text, words_of(text))]
    )
    replaced = encoding.replaced_probs(words_of(text))
    # a word of several pieces is as doubtful as the most doubtful of them; what cannot be read is not told of
    assert {text[a:b] for (a, b), chance in replaced.items() if chance > 0.5} == {"danger", "sufferers"}
    assert sum(replaced.values()) == pytest.approx(2 * CHANCE + 5 * (1 - CHANCE))


def test_only_the_windows_of_the_spans_that_matter_are_looked_at() -> None:
    network = Told(danger="loss")
    text = "The muscle danger was seen. " * WINDOW
    at = len(text) // 2
    [encoding] = Reranker(find_model("en_sci_sm"), network).encode([ToEncode(text, [(at, at + 30)])])
    assert len(network.rows) < 3
    replaced = encoding.replaced_probs(words_of(text))
    assert {word for word in words_of(text) if at <= word[0] < at + 30} <= replaced.keys()
    assert len(replaced) < WINDOW * 2


def test_long_texts_are_named_throughout_each_word_once() -> None:
    text = "The muscle danger was seen. " * WINDOW
    _, named = asked(Reranker(find_model("en_sci_sm"), Told(danger="loss")), text, words=words_of(text))
    assert [n.start for n in named] == [k for k in range(len(text)) if text.startswith("danger", k)]


# The model's own network ---------------------------------------------------------------------------


SPUN = [
    "Women with bosom peril were treated with chemotherapy and pursued for five years.",
    "Sufferers with kidney disappointment had an elevated circulatory strain and heart price.",
    "We prepared a counterfeit neural organization with irregular timberland and profound learning.",
]


@pytest.mark.parametrize(
    ("text", "replaced"),
    [(SPUN[0], ["bosom", "peril", "pursued"]), (SPUN[1], ["Sufferers", "disappointment", "price"]),
     (SPUN[2], ["counterfeit", "organization", "timberland"])],
)  # fmt: skip
def test_it_tells_replaced_words_from_others(text: str, replaced: list[str]) -> None:
    [encoding] = Reranker(find_model("en_sci_sm")).encode([ToEncode(text, words_of(text))])
    chances = {text[a:b]: chance for (a, b), chance in encoding.replaced_probs(words_of(text)).items()}
    assert all(chances[word] > 0.5 for word in replaced), chances
    kept = ["Women", "with", "treated", "kidney", "an", "and", "We", "neural", "learning"]
    assert all(chances[word] < 0.5 for word in kept if word in chances), chances


def test_a_candidate_is_told_what_the_model_told_of_its_own() -> None:
    """What it names, given as a candidate, has the same evidence: both are judged by one network."""
    reranker = Reranker(find_model("en_sci_sm"))
    encodings = reranker.encode([ToEncode(text, words_of(text)) for text in SPUN])
    jobs = [ScoringRequest(encoding, [], words_of(encoding.text)) for encoding in encodings]
    compared = 0
    for text, (_, named) in zip(SPUN, reranker.score_candidates(jobs), strict=True):
        # where words go, the model may read the rest at other pieces than a candidate is laid on
        same = [n for n in named if n.after.count(" ") == text[n.start : n.end].count(" ")]
        found = [
            Candidate(n.start, n.end, text[n.start : n.end], n.after, "wording", "test", "", -1.0)
            for n in same
        ]
        evidence, _ = asked(reranker, text, found)
        for n, e in zip(same, evidence, strict=True):
            assert n.evidence == pytest.approx(e, abs=1e-3), n
        compared += len(same)
    assert compared > 5


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Patients with type 2 diabetes and lung peril were treated with surgery.", "peril", "cancer"),
        (
            "Patients had a raised heart rate and an elevated circulatory strain.",
            "circulatory strain",
            "blood pressure",
        ),
    ],
)
def test_it_names_words_and_neighbouring_words_of_science(text: str, before: str, after: str) -> None:
    reranker = Reranker(find_model("en_sci_sm"))
    _, named = asked(reranker, text, words=words_of(text))
    assert (before, after) in {(text[n.start : n.end], n.after) for n in named}


def test_what_no_table_lists_is_judged_if_the_model_names_it() -> None:
    """Rectal peril stands in no lexicon, and no thesaurus gives peril for cancer."""
    assert "cancer" not in dict(canonical_for("peril"))
    repair = load().explain("Patients with rectal peril were treated with surgery.")
    judged = {(e.before, e.after, e.reason) for e in (*repair.edits, *repair.held)}
    assert ("peril", "cancer", "reranker:model") in judged

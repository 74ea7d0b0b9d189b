"""What of a text is shown to a model, and what becomes of the model's answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import textrepair
from textrepair.lexicon.entries import default_entries
from textrepair.lexicon.lexicon import Lexicon, stack
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import detect, detect_gated, read_document
from textrepair.pipeline.judgement import FeatureNetwork
from textrepair.pipeline.score import FAVOURITES, score_candidates
from textrepair.pipeline.segment import segment
from textrepair.pipeline.shortlist import NARROW, PASSAGE, Replaced, Shortlisted, feature_rows, shortlist
from textrepair.rerank import Evidence, ModelProposal, ScoringRequest, ScoringResult, ToEncode
from textrepair.rerank.masked import Unencoded

HALF = FeatureNetwork(
    ("length",), (0.0,), (1.0,), ([[0.0]],), ([0.0],)
)  # any document: as likely spun as not
LIKELY, DOUBTFUL = Evidence(-0.1, -3.0, -0.1, 1), Evidence(-6.0, -3.0, -0.1, 1)


class Naming:
    """A reranker that says the same of every candidate, and names what it is told to, likely.

    `jobs` holds what it was asked. It doubts every word.
    """

    def __init__(self, names: dict[str, list[str]] | None = None, evidence: Evidence = DOUBTFUL) -> None:
        self.names = names or {}
        self.evidence = evidence
        self.jobs: list[ScoringRequest] = []

    def encode(self, views):
        return [Unencoded(view.text) for view in views]

    def score_candidates(self, jobs):
        self.jobs += jobs
        return [ScoringResult([self.evidence] * len(job.candidates), [*self._named(job)]) for job in jobs]

    def _named(self, job: ScoringRequest):
        for before, afters in self.names.items():
            if (start := job.encoding.text.find(before)) >= 0:
                for after in afters:
                    yield ModelProposal(start, start + len(before), after, LIKELY)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return stack(())


@pytest.fixture(scope="module")
def sure(lexicon: Lexicon) -> Lexicon:
    """The built-in lexicon, which is sure of nothing, under one that is sure of some of its phrases."""
    phrases = ("bosom peril", "black hole assault", "focal breaking point hypothesis", "way of life medium")
    listed = [form.entry for phrase in phrases for form in lexicon.forms[phrase]]
    return Lexicon([default_entries(), [replace(entry, tier="auto") for entry in listed]])


def asked(text: str, lexicon: Lexicon, reranker: Naming, gate: float = 0.0) -> list[tuple[str, str, str]]:
    """(what stands, what it may have been, what proposed it) of what deserves a judgement."""
    [detected] = detect([read_document(text, lexicon, HALF, gate)], reranker)
    [found] = score_candidates([detected], reranker)
    return [(c.before, c.after, c.source) for c, *_ in shortlist(found, detected.replaced_probs)]


# What the model names ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "before", "after", "taken"),
    [
        ("We measured muscle misfortune.", "misfortune", "tissue", "tissue"),
        ("We measured muscle misfortune.", "muscle misfortune", "weight loss", "weight loss"),
        ("Misfortune of muscle was seen.", "Misfortune", "tissue", "Tissue"),
        ("We measured MUSCLE MISFORTUNE.", "MUSCLE MISFORTUNE", "weight loss", "WEIGHT LOSS"),
        # what flips a meaning
        ("The risk augmented twofold.", "augmented", "decreased", None),
        ("It was found with five rodents.", "five", "six", None),
        ("It was found with rodents.", "with", "without", None),
        ("The stable tumour was seen.", "stable", "unstable", None),
        # what is no wording of science
        ("We measured muscle misfortune.", "misfortune", "zorbification", None),
        ("We measured muscle misfortune.", "misfortune", "patientsers", None),
        ("We measured muscle misfortune.", "muscle misfortune", "weight ,", None),
        # what stands there
        ("We measured muscle misfortune.", "misfortune", "misfortune", None),
    ],
)
def test_what_a_model_names_is_judged_if_it_may_stand_there(lexicon, text, before, after, taken) -> None:
    found = [
        written
        for stands, written, source in asked(text, lexicon, Naming({before: [after]}))
        if source == "reranker:model" and stands == before
    ]
    assert found == ([taken] if taken else [])


def test_what_a_table_proposes_already_is_not_judged_twice(lexicon) -> None:
    names = {"sufferers": ["patients", "patients"], "muscle misfortune": ["weight loss", "weight loss"]}
    found = asked("The sufferers had muscle misfortune.", lexicon, Naming(names))
    assert [f[:2] for f in found].count(("sufferers", "patients")) == 1
    assert [f[:2] for f in found].count(("muscle misfortune", "weight loss")) == 1
    assert ("sufferers", "patients", "reranker:model") not in found


def test_no_part_of_what_the_lexicon_is_sure_of_is_for_the_model_to_name(sure) -> None:
    text, reranker = "The bosom peril and its treatment.", Naming()
    asked(text, sure, reranker)
    [job] = reranker.jobs
    assert [text[start:end] for start, end in job.words] == ["The", "and", "its", "treatment"]


def test_few_of_what_no_lexicon_lists_are_judged(lexicon) -> None:
    names = {"misfortune": ["loss", "weight", "growth", "tissue", "cancer", "disease"]}
    found = asked("We measured muscle misfortune.", lexicon, Naming(names))
    few = [c for c in found if c[0] == "misfortune" and not c[2].startswith("lexicon:")]
    assert len(few) == FAVOURITES


@pytest.mark.parametrize(("margin", "judged"), [(NARROW.hopeless + 0.1, True), (NARROW.hopeless, False)])
def test_what_a_model_finds_hopeless_is_judged_only_if_the_lexicon_is_sure(lexicon, margin, judged) -> None:
    evidence = Evidence(margin - 1.0, -1.0, -0.5, 1)
    found = asked("The bosom peril of an ailment.", lexicon, Naming(evidence=evidence))
    assert ("bosom peril", "breast cancer") in [f[:2] for f in found]
    assert any(before == "ailment" for before, _, _ in found) == judged


def test_what_the_lexicon_lists_and_science_never_writes_is_judged_whatever_the_model_finds(lexicon) -> None:
    found = asked("The optical stream; on the other hand.", lexicon, Naming(evidence=Evidence(-9, -1, -1, 1)))
    assert ("optical stream", "optical flow") in [f[:2] for f in found]
    assert not [f for f in found if f[0] == "on the other hand"]


# Phrases that hold a protected one -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("A black hole assault was seen.", "black hole attack"),
        ("The focal breaking point hypothesis holds.", "central limit theorem"),
        ("A way\nof life medium was used.", "culture\nmedium"),
        ("A black hole was seen.", None),
        ("They had a way of life.", None),
    ],
)
def test_a_listed_phrase_is_swapped_though_it_holds_a_protected_one(sure, text, after) -> None:
    reranker = Naming()
    whole = {f[1] for f in asked(text, sure, reranker) if " " in f[0] or "\n" in f[0]}
    assert whole == ({after} if after else set())
    [job] = reranker.jobs  # the model may not name parts of it
    words = {text[start:end] for start, end in job.words}
    assert words.isdisjoint({"black", "hole", "breaking", "point", "way", "of", "life"})


@pytest.mark.parametrize("protect", ["black hole", "black hole assault", "hole assault was"])
def test_what_a_later_lexicon_protects_no_longer_phrase_undoes(tmp_path, protect: str) -> None:
    own = tmp_path / "own.tsv"
    own.write_text(f"spun\tcanonical\tpos\tdomain\ttier\tnote\n{protect}\t\tPHRASE\tgeneral\tnever\tours\n")
    text = "A black hole assault was seen."
    assert not [f for f in asked(text, stack((own,)), Naming()) if "black" in f[0]]


# What the model doubts -----------------------------------------------------------------------------


class Sighted:
    """What a model sees that is sure that some words were replaced, and that the others were not."""

    has_detector = True

    def __init__(self, text: str, doubted: set[str]) -> None:
        self.text = text
        self.doubted = doubted

    def replaced_probs(self, words):
        return {(a, b): float(self.text[a:b] in self.doubted) for a, b in words}


class Doubting(Naming):
    """A reranker that doubts some words alone. `views` holds what it was to look at."""

    def __init__(self, *doubted: str) -> None:
        super().__init__()
        self.doubted = set(doubted)
        self.views: list[ToEncode] = []

    def encode(self, views):
        self.views += views
        return [Sighted(view.text, self.doubted) for view in views]


@pytest.mark.parametrize(
    ("doubted", "asked_of"),
    [
        ([], set()),
        (["long"], {"long", "long conduit"}),
        # of every stretch of words one of which is doubted, whichever
        (["conduit"], {"long conduit"}),
        (["long", "machine"], {"long", "long conduit", "machine", "swift machine", "machine had a"}),
    ],
)
def test_candidates_are_laid_out_where_the_model_has_its_doubts(lexicon, doubted, asked_of) -> None:
    text, listed = "The swift machine had a long conduit.", {"swift", "conduit"}
    [detected] = detect([read_document(text, lexicon, HALF)], Doubting(*doubted))
    assert {c.before for c in detected.candidates} == asked_of | listed
    assert [text[a:b] for a, b in detected.words] == [w for w in text[:-1].split() if w in doubted]


def test_a_capital_is_no_name_where_the_document_is_spun(lexicon) -> None:
    text = "They trained the Guileless Bayes of Baker."
    document = read_document(text, lexicon, HALF)

    def before(is_spun: bool, *doubted: str) -> set[str]:
        [detected] = detect([document], Doubting(*doubted), is_spun=lambda _: is_spun)
        return {c.before for c in detected.candidates}

    assert "Guileless" in before(True, "Guileless")
    assert "Guileless" not in before(False, "Guileless")
    assert "Bayes" not in before(True, "Bayes")  # of which thesauri know nothing


def test_what_stands_far_from_a_repair_is_not_looked_at_again(lexicon) -> None:
    reranker = Doubting("ailment")
    [detected] = detect([read_document("An ailment. " * 100, lexicon, HALF)], reranker, [[(600, 607)]])
    [view] = reranker.views
    assert view.spans == [(400, 807)]
    assert {c.start for c in detected.candidates} == {k for k in range(3, 1200, 12) if 393 < k < 807}


@pytest.mark.parametrize("document", [None, 20.0])
def test_a_candidate_knows_how_doubtful_other_words_are(lexicon, document: float | None) -> None:
    text, reranker = "They had a colossal ailment and another ailment.", Doubting("ailment", "colossal")
    [detected] = detect([read_document(text, lexicon, HALF)], reranker)
    [scored] = score_candidates([detected], reranker)
    shortlisted = shortlist(scored, detected.replaced_probs, document)
    around = {one.candidate.before: one.replaced for one in shortlisted}
    assert around["colossal"].elsewhere == (document or 3.0) - 1


# The gate ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gate", "shown"), [(0.0, True), (0.5, True), (0.51, False), (1.0, False)])
def test_a_document_below_the_gate_is_not_shown(lexicon, gate: float, shown: bool) -> None:
    reranker = Naming()
    found = asked("The sufferers had muscle misfortune.", lexicon, reranker, gate)
    assert bool(reranker.jobs) == shown
    assert ("sufferers" in [before for before, _, _ in found]) == shown


def test_a_document_with_a_listed_phrase_is_shown_whatever_the_gate(lexicon) -> None:
    reranker = Naming()
    found = asked("The sufferers had bosom peril.", lexicon, reranker, gate=1.0)
    assert {"sufferers", "bosom peril"} <= {before for before, _, _ in found}
    assert len(reranker.jobs) == 1


CLEAN = "The samples were kept at room temperature, and their mass was measured every hour. "
LONG = CLEAN * 60 + "All of them had bosom peril at the time. " + CLEAN * 60


@pytest.mark.parametrize(
    ("gate", "by_encoding", "everything"),
    [(0.0, 0.1, True), (0.4, 0.1, True), (0.6, 0.1, False), (0.6, 0.9, True)],
    ids=["no gate", "doubted by its words", "for its phrase alone", "for its phrase, and doubted then"],
)
def test_of_a_long_document_shown_for_a_listed_phrase_what_is_near_it_is_read(
    lexicon, repairer, gate: float, by_encoding: float, everything: bool
) -> None:
    documents = [read_document(text, lexicon, HALF, gate) for text in (LONG, CLEAN, "Had bosom peril.")]
    found = detect_gated(
        documents,
        repairer.reranker,
        gate,
        judge=lambda rows: [by_encoding] * len(rows),
        is_spun=lambda document: False,
    )
    read = found[0].replaced_probs
    assert (len(read) == len(documents[0].seg.words)) is everything
    assert (LONG.index("bosom"), LONG.index("bosom") + 5) in read
    assert len(read) > 100  # around it
    assert "breast cancer" in [c.after for c in found[0].candidates if c.before == "bosom peril"]
    assert bool(found[1].replaced_probs) is (gate <= 0.5)  # one without a phrase is gated as before
    assert len(found[2].replaced_probs) == 3


def test_beside_others_each_document_gets_its_own_answer(lexicon) -> None:
    texts = ["The muscle misfortune.", "The ailment.", "The misfortune of muscle."]
    documents = [
        read_document(t, lexicon, HALF, gate) for t, gate in zip(texts, (0.0, 1.0, 0.0), strict=True)
    ]
    reranker = Naming({"muscle misfortune": ["weight loss"], "misfortune": ["tissue"]})
    first, gated, last = score_candidates(detect(documents, reranker), reranker)
    assert ("muscle misfortune", "weight loss") in [(c.before, c.after) for c, _ in first]
    assert gated == []
    assert [(c.before, c.after) for c, _ in last if c.source == "reranker:model"] == [
        ("misfortune", "tissue")
    ]


def test_what_a_lexicon_of_ones_own_is_sure_of_needs_no_model(tmp_path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("spun\tcanonical\tpos\tdomain\ttier\nzorbs\tsheep\tPHRASE\town\tauto\n")
    repairer = textrepair.load(gate=1.0, lexicon=own)
    repairer.reranker = Naming()
    assert repairer.fix("Ten zorbs were followed.") == "Ten sheep were followed."
    assert repairer.fix("The sufferers were followed.") == "The sufferers were followed."
    assert repairer.reranker.jobs == []


def test_favourites_of_neighbours_are_joined_where_they_make_a_term(lexicon) -> None:
    names = {"sooty": ["breast", "muscle"], "quandary": ["cancer", "tissue"]}
    found = asked("They had a sooty quandary.", lexicon, Naming(names))
    joined = {after for before, after, _ in found if before == "sooty quandary"}
    # science writes neither "breast tissue of cancer" here nor anything of what is not neighbours
    assert {"breast cancer", "muscle tissue"} <= joined
    assert "muscle cancer" not in joined
    apart = asked("They had a sooty, quandary.", lexicon, Naming(names))
    assert not [before for before, _, _ in apart if " " in before]


@pytest.mark.parametrize("margin", [NARROW.hopeless + 0.1, NARROW.hopeless - 5])
def test_what_an_acronym_calls_for_is_judged_whatever_the_model_finds(lexicon, margin) -> None:
    reranker = Naming(evidence=Evidence(margin - 3.0, -3.0, -0.1, 1))
    found = asked("A concealed Markov (HMM) was used.", lexicon, reranker)
    assert ("concealed Markov", "hidden Markov model", "reranker:acronym") in found


@pytest.mark.parametrize(
    ("before", "after", "spelled", "defined"),
    [
        ("brain", "neural", 1, 1),
        ("neural", "brain", -1, -1),
        ("brain", "mind", 0, 0),
    ],
)
def test_an_acronym_speaks_by_its_letters_and_its_long_forms(
    lexicon, before, after, spelled, defined
) -> None:
    text = f"A convolutional {before} network (CNN) was trained."
    document = read_document(text, lexicon, HALF)
    at = text.index(before)
    c = Candidate(at, at + len(before), before, after, "wording", "x", "", -1.0)
    [row] = feature_rows([Shortlisted(c, LIKELY, Replaced(*[0.0] * 6))], document)
    assert (np.sign(row["acronym"]), np.sign(row["defined"])) == (spelled, defined)


def test_what_holds_no_words_is_not_looked_at(lexicon) -> None:
    reranker = Doubting()
    detect([read_document("-" * 100_000, lexicon, HALF)], reranker)
    assert [view.spans for view in reranker.views] == [[]]


# The document --------------------------------------------------------------------------------------

# As likely spun as its words are surely doubted.
BY_DOUBTS = FeatureNetwork(("sure_doubts",), (-1.5,), (1.0,), ([[4.0]],), ([0.0],))
SENTENCE = "The sufferers were treated in the hospital and they were followed for a year. "
TEXT = SENTENCE * 30


def test_a_document_is_judged_again_by_what_the_model_doubts(lexicon: Lexicon) -> None:
    documents = [read_document(TEXT, lexicon, HALF)] * 2
    [odd, *_], [sound, *_] = (
        detect(documents, reranker, judge=BY_DOUBTS)
        for reranker in (Doubting("sufferers", "year"), Doubting())
    )
    assert odd.document.spun_prob > 0.5 > sound.document.spun_prob
    assert odd.candidates
    [short] = detect([read_document(SENTENCE, lexicon, HALF)], Doubting("sufferers", "year"), judge=BY_DOUBTS)
    assert short.document.spun_prob < 0.5  # what is as odd, but short, may be no more than that
    [unjudged, *_] = detect(documents, Doubting("sufferers", "year"))
    assert unjudged.document.spun_prob == 0.5


@pytest.mark.parametrize(("gate", "reranker"), [(1.0, Doubting("sufferers")), (0.0, Naming())])
def test_what_is_not_shown_or_told_of_is_judged_by_its_words(
    lexicon: Lexicon, gate: float, reranker: Naming
) -> None:
    [detected] = detect([read_document(TEXT, lexicon, HALF, gate)], reranker, judge=BY_DOUBTS)
    assert detected.document.spun_prob == 0.5


@pytest.mark.parametrize(
    ("text", "place", "around"),
    [
        ("The bosom peril was seen.", "bosom", (0.8 + 0.03, 0.8, 0.9, 0.9)),
        ("The bosom peril was seen.", "bosom peril", (0.03, 0.01, 0.9, 0.8)),
        ("The bosom peril was seen.", "peril was", (0.9 + 0.02, 0.9, 0.8, 0.01)),
        ("A bosom. Peril was seen.", "bosom", (0.8 + 0.03, 0.8, 0.9, 0.9)),
        ("The bosom (a rare peril).", "bosom", (0.8 + 0.03, 0.01, 0.9, 0.9)),
        ("bosom", "bosom", (0.0, 0.0, 0.9, 0.9)),
        ("Bosom to bosom", "to bosom", (0.9, 0.9, 0.9, 0.01)),
        ("The 12 bosom", "12", (0.9 + 0.01, 0.9, 0.0, 0.0)),  # no word of its own was told of
    ],
)
def test_a_candidate_knows_how_doubtful_the_words_around_are(
    text: str, place: str, around: tuple[float, ...]
) -> None:
    chances = {"bosom": 0.9, "peril": 0.8}
    replaced = {(w.start, w.end): chances.get(w.lower, 0.01) for w in segment(text).words}
    start = text.index(place)
    one = Candidate(start, start + len(place), place, "x", "wording", "test", "auto", -1.0)
    [shortlisted] = shortlist([(one, LIKELY)], replaced)
    assert shortlisted.replaced[:4] == pytest.approx(around)


def test_a_candidate_knows_how_doubtful_its_passage_is_but_not_other_ones() -> None:
    far = "Nothing is odd in what was written there. " * 10
    text = f"{far}The bosom peril was seen. {far}"
    replaced = {(w.start, w.end): 0.8 if w.lower == "peril" else 0.0 for w in segment(text).words}
    start, end = text.index("bosom"), text.index("bosom") + len("bosom")
    one = Candidate(start, end, "bosom", "x", "wording", "test", "auto", -1.0)
    [shortlisted] = shortlist([(one, LIKELY)], replaced)
    near = sum(start - PASSAGE <= a <= end + PASSAGE for a, _ in replaced) - 1
    assert 40 < near < len(replaced) - 1
    assert shortlisted.replaced.near == pytest.approx(0.8 / near, rel=0.05)
    assert shortlisted.replaced.near_squared == pytest.approx(0.64 / near, rel=0.05)

"""The table of features that a candidate is judged by; its order is the order in which they are fitted.

A feature is a function of a `CandidateInContext`; its name is the name in `decision.json`. A value that is
divided is brought to the scale of the others. Counts and frequencies are of science: of the clean corpus.
"""

from __future__ import annotations

import math

from textrepair.lexicon import ngrams, words
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.pipeline.features.context import (
    FEATURES,
    MARGIN,
    CandidateInContext,
    gap_of,
    is_unwritten,
    replaced_of,
)
from textrepair.pipeline.features.table import LEAST_SHARE, clip, log_odds
from textrepair.pipeline.segment import hyphenated


@FEATURES
def margin(c: CandidateInContext) -> float:
    """How much likelier the model finds the candidate than what stands (nats / 4)."""
    return c.margin / 4


@FEATURES
def certain(c: CandidateInContext) -> float:
    """Probability of the candidate's pieces (0 to 1, geometric mean)."""
    return c.certain


@FEATURES
def kept(c: CandidateInContext) -> float:
    """Probability of the pieces that stand (0 to 1, geometric mean)."""
    return c.kept


@FEATURES
def share(c: CandidateInContext) -> float:
    """Probability of the candidate's pieces if those that stand are none (0 to 1)."""
    return min(1.0, c.certain / max(1e-3, 1.0 - c.kept))


@FEATURES
def gap(c: CandidateInContext) -> float:
    """How much likelier the model finds the candidate than its own first choice (nats a piece, -8 to 0)."""
    return gap_of(c.evidence)


@FEATURES
def pieces(c: CandidateInContext) -> float:
    """Number of pieces the candidate changes (natural log)."""
    return math.log(c.pieces)


@FEATURES
def replaced(c: CandidateInContext) -> float:
    """Log odds that other pieces stood there (nats a piece / 4, -2 to 2)."""
    return replaced_of(c.evidence)


@FEATURES
def spin_log_prob(c: CandidateInContext) -> float:
    """Log probability that a spinner makes this swap (nats / 4)."""
    return c.candidate.spin_log_prob / 4


@FEATURES
def auto(c: CandidateInContext) -> float:
    """Whether a lexicon entry of the tier `auto` proposes it (0 or 1)."""
    return float(c.candidate.tier == "auto")


@FEATURES
def ask(c: CandidateInContext) -> float:
    """Whether a lexicon entry of the tier `ask` proposes it (0 or 1)."""
    return float(c.candidate.tier == "ask")


@FEATURES
def odds(c: CandidateInContext) -> float:
    """Log odds of spun text of the most telling word removed (nats, -2 to 3)."""
    return clip(max(science().get(w, UNKNOWN).spun for w in c.removed), -2.0, 3.0)


@FEATURES
def keyness(c: CandidateInContext) -> float:
    """How much commoner the rarest word removed is in English than in science (log10, -1 to 3)."""
    return clip(words.keyness(c.rarest_removed), -1.0, 3.0)


@FEATURES
def common(c: CandidateInContext) -> float:
    """Zipf frequency in science of the rarest word added (log10 per billion words / 4)."""
    return c.rarest_added / 4


@FEATURES
def gain(c: CandidateInContext) -> float:
    """How much commoner in science that word is than the rarest word removed (log10, -3 to 3)."""
    return clip(c.rarest_added - science().get(c.rarest_removed, UNKNOWN).zipf, -3.0, 3.0)


@FEATURES
def elsewhere(c: CandidateInContext) -> float:
    """How often the document holds the rarest word added (log of 1 + count)."""
    return math.log1p(min(c.place.document.counts[w] for w in c.added))


@FEATURES
def acronym(c: CandidateInContext) -> float:
    """How much better the candidate fits the letters of an acronym that follows (share, -1 to 1)."""
    by_letters = c.place.acronym and c.place.acronym.by_letters
    return by_letters(c.candidate.after) - by_letters(c.place.text) if by_letters else 0.0


@FEATURES
def defined(c: CandidateInContext) -> float:
    """How many more papers give that acronym such a long form (log10 of papers)."""
    papers = c.place.acronym and c.place.acronym.papers
    return papers(c.candidate.after) - papers(c.place.text) if papers else 0.0


@FEATURES
def document(c: CandidateInContext) -> float:
    """Log odds that the document is spun (nats / 4)."""
    return c.place.spun_odds / 4


@FEATURES
def document_margin(c: CandidateInContext) -> float:
    """The log odds that the document is spun times the model's margin (nats² / 16)."""
    return c.place.spun_odds * c.margin / 16


@FEATURES
def doubts(c: CandidateInContext) -> float:
    """Share of the words elsewhere in the document that were replaced (log10)."""
    return c.place.doubts


@FEATURES
def doubts_margin(c: CandidateInContext) -> float:
    """That share times the model's margin (log10 · nats / 4)."""
    return c.place.doubts * c.margin / 4


@FEATURES
def beside(c: CandidateInContext) -> float:
    """Log odds that the likelier of the neighbouring words was replaced (nats / 4)."""
    return log_odds(c.place.replaced.beside) / 4


@FEATURES
def most(c: CandidateInContext) -> float:
    """Log odds that the likeliest of its own words was replaced (nats / 4)."""
    return log_odds(c.place.replaced.most) / 4


@FEATURES
def least(c: CandidateInContext) -> float:
    """Log odds that the least likely of its own words was replaced (nats / 4)."""
    return log_odds(c.place.replaced.least) / 4


@FEATURES
def shorter(c: CandidateInContext) -> float:
    """How many words the text loses."""
    return float(len(c.place.words) - len(c.words))


@FEATURES
def letters(c: CandidateInContext) -> float:
    """Length of what stands (log of 1 + characters)."""
    return math.log1p(c.place.end - c.place.start)


@FEATURES
def tied(c: CandidateInContext) -> float:
    """Whether a hyphen ties it to what stays (0 or 1)."""
    return float(hyphenated(c.place.document.seg.text, c.place.start, c.place.end))


@FEATURES
def pairs_now(c: CandidateInContext) -> float:
    """How common the word pairs across the edges are as the text stands (sum of log10 counts / 4)."""
    return c.place.boundary_counts[0] / 4


@FEATURES
def pairs_gain(c: CandidateInContext) -> float:
    """How much commoner they would be (difference of log10 counts / 4)."""
    return (c.boundary_counts[0] - c.place.boundary_counts[0]) / 4


@FEATURES
def triples_now(c: CandidateInContext) -> float:
    """How common the word triples across the edges are as the text stands (sum of log10 counts / 4)."""
    return c.place.boundary_counts[1] / 4


@FEATURES
def triples_gain(c: CandidateInContext) -> float:
    """How much commoner they would be (difference of log10 counts / 4)."""
    return (c.boundary_counts[1] - c.place.boundary_counts[1]) / 4


@FEATURES
def context_log_prob(c: CandidateInContext) -> float:
    """How surely the neighbours call for the candidate (log10 of the share of their uses / 2)."""
    return c.context_log_probs[0] / 2


@FEATURES
def context_log_prob_now(c: CandidateInContext) -> float:
    """How surely they call for what stands (log10 of the share of their uses / 2)."""
    return c.context_log_probs[1] / 2


@FEATURES
def association_now(c: CandidateInContext) -> float:
    """How much oftener than chance what stands is beside its neighbours (log10 / 4)."""
    return c.associations[0].strength / 4


@FEATURES
def association(c: CandidateInContext) -> float:
    """How much oftener than chance the candidate is beside its neighbours (log10 / 4)."""
    return c.associations[1].strength / 4


@FEATURES
def association_share_now(c: CandidateInContext) -> float:
    """Share of the uses of what stands that are beside its neighbours (log10 / 2)."""
    return c.associations[0].share / 2


@FEATURES
def association_share(c: CandidateInContext) -> float:
    """Share of the uses of the candidate that are beside its neighbours (log10 / 2)."""
    return c.associations[1].share / 2


@FEATURES
def association_missing(c: CandidateInContext) -> float:
    """How often chance would bring the candidate beside a neighbour where science never does (log10 / 2)."""
    return c.associations[1].missing / 2


@FEATURES
def near(c: CandidateInContext) -> float:
    """Mean probability that the words near it, in its passage, were replaced (log10)."""
    return math.log10(c.place.replaced.near + LEAST_SHARE)


@FEATURES
def near_surely(c: CandidateInContext) -> float:
    """Mean square of that probability, which is high where some of them surely were (log10)."""
    return math.log10(c.place.replaced.near_squared + LEAST_SHARE)


@FEATURES
def phrase(c: CandidateInContext) -> float:
    """Whether the candidate has several words (0 or 1)."""
    return float(len(c.tokens) > 1)


@FEATURES
def term(c: CandidateInContext) -> float:
    """How common the candidate is as a phrase, 0 for a single word (log10 count / 4)."""
    return (ngrams.log_count(" ".join(c.tokens)) if len(c.tokens) > 1 else 0.0) / 4


@FEATURES
def unwritten(c: CandidateInContext) -> float:
    """Whether the lexicon lists what stands and science never writes it (0 or 1)."""
    return float(is_unwritten(c.candidate))


@FEATURES
def opinion(c: CandidateInContext) -> float:
    """Whether a general language model was asked of it (0 or 1)."""
    return float(c.opinion is not None)


@FEATURES
def opinion_words(c: CandidateInContext) -> float:
    """How much likelier that model finds the candidate than the words that stand (nats / 4, -3 to 3)."""
    return clip(c.opinion.words, -MARGIN, MARGIN) / 4 if c.opinion else 0.0


@FEATURES
def opinion_after(c: CandidateInContext) -> float:
    """How much likelier it finds what follows if the candidate stands (nats / 4, -3 to 3)."""
    return clip(c.opinion.after, -MARGIN, MARGIN) / 4 if c.opinion else 0.0

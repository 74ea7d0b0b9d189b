"""The table of features that a candidate is judged by; its order is the order in which they are fitted.

A feature is a function of `CandidatesInContext` that gives a value for each; its name is the name in
`decision.json`. A value that is divided is brought to the scale of the others. Counts and frequencies are of
science: of the clean corpus.
"""

from __future__ import annotations

import numpy as np

from textrepair.lexicon import ngrams, words
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.pipeline.features.columns import MARGIN, Column, column
from textrepair.pipeline.features.context import FEATURES, CandidatesInContext, is_unwritten
from textrepair.pipeline.features.table import LEAST_SHARE, log_odds
from textrepair.pipeline.segment import hyphenated


@FEATURES
def margin(c: CandidatesInContext) -> Column:
    """How much likelier the model finds the candidate than what stands (nats / 4)."""
    return c.evidence.margin / 4


@FEATURES
def certain(c: CandidatesInContext) -> Column:
    """Probability of the candidate's pieces (0 to 1, geometric mean)."""
    return c.evidence.certain


@FEATURES
def kept(c: CandidatesInContext) -> Column:
    """Probability of the pieces that stand (0 to 1, geometric mean)."""
    return c.evidence.kept


@FEATURES
def share(c: CandidatesInContext) -> Column:
    """Probability of the candidate's pieces if those that stand are none (0 to 1)."""
    return np.minimum(1.0, c.evidence.certain / np.maximum(1e-3, 1.0 - c.evidence.kept))


@FEATURES
def gap(c: CandidatesInContext) -> Column:
    """How much likelier the model finds the candidate than its own first choice (nats a piece, -8 to 0)."""
    return c.evidence.gap


@FEATURES
def pieces(c: CandidatesInContext) -> Column:
    """Number of pieces the candidate changes (natural log)."""
    return np.log(c.evidence.pieces)


@FEATURES
def replaced(c: CandidatesInContext) -> Column:
    """Log odds that other pieces stood there (nats a piece / 4, -2 to 2)."""
    return c.evidence.replaced


@FEATURES
def spin_log_prob(c: CandidatesInContext) -> Column:
    """Log probability that a spinner makes this swap (nats / 4)."""
    return c.each(lambda candidate: candidate.spin_log_prob) / 4


@FEATURES
def auto(c: CandidatesInContext) -> Column:
    """Whether a lexicon entry of the tier `auto` proposes it (0 or 1)."""
    return c.each(lambda candidate: candidate.tier == "auto")


@FEATURES
def ask(c: CandidatesInContext) -> Column:
    """Whether a lexicon entry of the tier `ask` proposes it (0 or 1)."""
    return c.each(lambda candidate: candidate.tier == "ask")


@FEATURES
def odds(c: CandidatesInContext) -> Column:
    """Log odds of spun text of the most telling word removed (nats, -2 to 3)."""
    table = science()
    most = column(max([table.get(w, UNKNOWN).spun for w in removed]) for removed in c.removed)
    return np.clip(most, -2.0, 3.0)


@FEATURES
def keyness(c: CandidatesInContext) -> Column:
    """How much commoner the rarest word removed is in English than in science (log10, -1 to 3)."""
    return np.clip(column(map(words.keyness, c.rarest_removed)), -1.0, 3.0)


@FEATURES
def common(c: CandidatesInContext) -> Column:
    """Zipf frequency in science of the rarest word added (log10 per billion words / 4)."""
    return c.rarest_added / 4


@FEATURES
def gain(c: CandidatesInContext) -> Column:
    """How much commoner in science that word is than the rarest word removed (log10, -3 to 3)."""
    table = science()
    return np.clip(c.rarest_added - column(table.get(w, UNKNOWN).zipf for w in c.rarest_removed), -3.0, 3.0)


@FEATURES
def elsewhere(c: CandidatesInContext) -> Column:
    """How often the document holds the rarest word added (log of 1 + count)."""
    counts = c.places[0].document.counts if c.places else {}
    return np.log1p(column(min([counts.get(w, 0) for w in added]) for added in c.added))


@FEATURES
def acronym(c: CandidatesInContext) -> Column:
    """How much better the candidate fits the letters of an acronym that follows (share, -1 to 1)."""
    return c.by_acronym(lambda acronym, words: acronym.by_letters(words))


@FEATURES
def defined(c: CandidatesInContext) -> Column:
    """How many more papers give that acronym such a long form (log10 of papers)."""
    return c.by_acronym(lambda acronym, words: acronym.papers(words))


@FEATURES
def document(c: CandidatesInContext) -> Column:
    """Log odds that the document is spun (nats / 4)."""
    return c.of_place(lambda place: place.spun_odds) / 4


@FEATURES
def document_margin(c: CandidatesInContext) -> Column:
    """The log odds that the document is spun times the model's margin (nats² / 16)."""
    return c.of_place(lambda place: place.spun_odds) * c.evidence.margin / 16


@FEATURES
def doubts(c: CandidatesInContext) -> Column:
    """Share of the words elsewhere in the document that were replaced (log10)."""
    return c.of_place(lambda place: place.doubts)


@FEATURES
def doubts_margin(c: CandidatesInContext) -> Column:
    """That share times the model's margin (log10 · nats / 4)."""
    return c.of_place(lambda place: place.doubts) * c.evidence.margin / 4


@FEATURES
def beside(c: CandidatesInContext) -> Column:
    """Log odds that the likelier of the neighbouring words was replaced (nats / 4)."""
    return c.of_place(lambda place: log_odds(place.replaced.beside)) / 4


@FEATURES
def most(c: CandidatesInContext) -> Column:
    """Log odds that the likeliest of its own words was replaced (nats / 4)."""
    return c.of_place(lambda place: log_odds(place.replaced.most)) / 4


@FEATURES
def least(c: CandidatesInContext) -> Column:
    """Log odds that the least likely of its own words was replaced (nats / 4)."""
    return c.of_place(lambda place: log_odds(place.replaced.least)) / 4


@FEATURES
def shorter(c: CandidatesInContext) -> Column:
    """How many words the text loses."""
    return c.of_place(lambda place: len(place.words)) - column(map(len, c.words))


@FEATURES
def letters(c: CandidatesInContext) -> Column:
    """Length of what stands (log of 1 + characters)."""
    return np.log1p(c.of_place(lambda place: place.end - place.start))


@FEATURES
def tied(c: CandidatesInContext) -> Column:
    """Whether a hyphen ties it to what stays (0 or 1)."""
    return c.of_place(lambda place: hyphenated(place.document.seg.text, place.start, place.end))


@FEATURES
def pairs_now(c: CandidatesInContext) -> Column:
    """How common the word pairs across the edges are as the text stands (sum of log10 counts / 4)."""
    return c.of_place(lambda place: place.boundary_counts[0]) / 4


@FEATURES
def pairs_gain(c: CandidatesInContext) -> Column:
    """How much commoner they would be (difference of log10 counts / 4)."""
    return (c.boundary_counts[0] - c.of_place(lambda place: place.boundary_counts[0])) / 4


@FEATURES
def triples_now(c: CandidatesInContext) -> Column:
    """How common the word triples across the edges are as the text stands (sum of log10 counts / 4)."""
    return c.of_place(lambda place: place.boundary_counts[1]) / 4


@FEATURES
def triples_gain(c: CandidatesInContext) -> Column:
    """How much commoner they would be (difference of log10 counts / 4)."""
    return (c.boundary_counts[1] - c.of_place(lambda place: place.boundary_counts[1])) / 4


@FEATURES
def context_log_prob(c: CandidatesInContext) -> Column:
    """How surely the neighbours call for the candidate (log10 of the share of their uses / 2)."""
    return c.context_log_probs[0] / 2


@FEATURES
def context_log_prob_now(c: CandidatesInContext) -> Column:
    """How surely they call for what stands (log10 of the share of their uses / 2)."""
    return c.context_log_probs[1] / 2


@FEATURES
def association_now(c: CandidatesInContext) -> Column:
    """How much oftener than chance what stands is beside its neighbours (log10 / 4)."""
    return column([of[0].strength for of in c.associations]) / 4


@FEATURES
def association(c: CandidatesInContext) -> Column:
    """How much oftener than chance the candidate is beside its neighbours (log10 / 4)."""
    return column([of[1].strength for of in c.associations]) / 4


@FEATURES
def association_share_now(c: CandidatesInContext) -> Column:
    """Share of the uses of what stands that are beside its neighbours (log10 / 2)."""
    return column([of[0].share for of in c.associations]) / 2


@FEATURES
def association_share(c: CandidatesInContext) -> Column:
    """Share of the uses of the candidate that are beside its neighbours (log10 / 2)."""
    return column([of[1].share for of in c.associations]) / 2


@FEATURES
def association_missing(c: CandidatesInContext) -> Column:
    """How often chance would bring the candidate beside a neighbour where science never does (log10 / 2)."""
    return column([of[1].missing for of in c.associations]) / 2


@FEATURES
def near(c: CandidatesInContext) -> Column:
    """Mean probability that the words near it, in its passage, were replaced (log10)."""
    return np.log10(c.of_place(lambda place: place.replaced.near) + LEAST_SHARE)


@FEATURES
def near_surely(c: CandidatesInContext) -> Column:
    """Mean square of that probability, which is high where some of them surely were (log10)."""
    return np.log10(c.of_place(lambda place: place.replaced.near_squared) + LEAST_SHARE)


@FEATURES
def phrase(c: CandidatesInContext) -> Column:
    """Whether the candidate has several words (0 or 1)."""
    return column(len(tokens) > 1 for tokens in c.tokens)


@FEATURES
def term(c: CandidatesInContext) -> Column:
    """How common the candidate is as a phrase, 0 for a single word (log10 count / 4)."""
    return column(ngrams.log_count(" ".join(t)) if len(t) > 1 else 0.0 for t in c.tokens) / 4


@FEATURES
def unwritten(c: CandidatesInContext) -> Column:
    """Whether the lexicon lists what stands and science never writes it (0 or 1)."""
    return c.each(is_unwritten)


@FEATURES
def opinion(c: CandidatesInContext) -> Column:
    """Whether a general language model was asked of it (0 or 1)."""
    return column(opinion is not None for opinion in c.opinions)


@FEATURES
def opinion_words(c: CandidatesInContext) -> Column:
    """How much likelier that model finds the candidate than the words that stand (nats / 4, -3 to 3)."""
    return np.clip(c.by_opinion(lambda opinion: opinion.words), -MARGIN, MARGIN) / 4


@FEATURES
def opinion_after(c: CandidatesInContext) -> Column:
    """How much likelier it finds what follows if the candidate stands (nats / 4, -3 to 3)."""
    return np.clip(c.by_opinion(lambda opinion: opinion.after), -MARGIN, MARGIN) / 4

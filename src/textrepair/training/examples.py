"""What the judgements are fitted to: passages clean, planted and spun, and their candidates.

They go through the real pipeline; each candidate becomes a row of features, labelled by whether making it
alone would give back exactly what stood there. Since every swap the simulated spinners know stands in the
tables, at some places the tables are kept from having a say: real spinners know more.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from textrepair.gold import Gold
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.protected import IsOutside
from textrepair.pipeline.candidates import Candidate, swap_key
from textrepair.pipeline.detect import DetectedDocument, detect, read_document
from textrepair.pipeline.document import Document
from textrepair.pipeline.score import score_candidates
from textrepair.pipeline.shortlist import Shortlisted, feature_rows, shortlist
from textrepair.rerank import Scorer
from textrepair.training.spinner import Channel, log_uniform, plant, spin_text

# Excerpts of each document, which follow one another among the examples: some of every kind, some planted
# with terms, some long and clean.
MIXED, PLANTED, CLEAN = 3, 2, 2
EXCERPTS = MIXED + PLANTED + CLEAN
LEAST_CHARACTERS, LONG_CHARACTERS, MOST_CHARACTERS = 120, 5000, 6000  # characters of an excerpt
SILENCED = 0.3  # share of places where the tables propose nothing
BATCH_EXAMPLES = 32  # examples read together
SEED = 5  # of what is untold
# Times an excerpt counts: among papers clean ones are commoner than here, and those with a few terms rarer;
# but many of these are needed to learn from.
CLEAN_COUNTS, PLANTED_COUNTS = 1.5, 0.3


@dataclass(frozen=True)
class Example:
    """A passage as a reader would meet it, with its gold (none when it is clean).

    `planted`: clean but for a few terms, if any, so that no document is learnt to be judged by it.
    `document`: the number of the document it is of; no judgement of candidates is fitted to those of every
    fourth.
    """

    text: str
    gold: tuple[Gold, ...]
    planted: bool = False
    document: int = 1

    @property
    def tested(self) -> bool:
        """Whether it is for measuring only."""
        return self.document % 4 == 0


def passages(
    documents: Iterable[str],
    channels: Sequence[tuple[float, Channel]],
    terms: Channel,
    *,
    clean: float,
    planted: float,
    seed: int,
) -> Iterator[Example]:
    """Each document as an example: clean, planted with tortured terms, or spun by one of the channels.

    `clean` and `planted` are probabilities; the channels share the rest by their weights. Half of what is
    planted are the `terms`, where a text holds any; else terms of the text are tortured by a channel.
    """
    rng = np.random.default_rng(seed)
    shares = np.array([share for share, _ in channels]) / sum(share for share, _ in channels)
    for text in documents:
        kind = rng.random()
        channel = channels[int(rng.choice(len(channels), p=shares))][1]
        if kind < planted:
            spun, gold = spin_text(text, terms, rng, 0.5) if rng.random() < 0.5 else (text, [])
            if not gold:
                spun, gold = plant(text, channel, rng)
            words = tuple(part for g in gold for part in by_word(spun, g))
            yield Example(spun, words, planted=bool(words))
        elif kind < planted + clean:
            yield Example(text, ())
        else:
            spun, gold = spin_text(text, channel, rng, log_uniform(rng, 0.05, 0.8))
            yield Example(spun, tuple(gold))


def by_word(text: str, gold: Gold) -> Iterator[Gold]:
    """The gold of a term word by word, where it has as many words spun as it had before.

    >>> [(g.start, g.accept) for g in by_word("A bosom peril.", Gold(2, 13, ("breast cancer",), "phrase"))]
    [(2, ('breast',)), (8, ('cancer',))]
    """
    words = list(re.finditer(r"\S+", text[gold.start : gold.end]))
    [before] = gold.accept or ("",)
    originals = before.split()
    if len(words) != len(originals):
        yield gold
        return
    for word, original in zip(words, originals, strict=True):
        if word[0] != original:
            yield Gold(gold.start + word.start(), gold.start + word.end(), (original,), gold.kind)


def is_right(text: str, gold: Sequence[Gold], c: Candidate) -> bool:
    """Whether making `c` alone gives back the original of everything it touches.

    >>> is_right("an illness", [Gold(3, 10, ("disease",), "word")],
    ...     Candidate(3, 10, "illness", "disease", "wording", "thesaurus", "", -1.0))
    True
    """
    touched = [g for g in gold if g.start < c.end and c.start < g.end]
    if not touched:
        return False
    lo, hi = min(c.start, touched[0].start), max(c.end, touched[-1].end)
    original, at = [], lo
    for g in touched:
        original += [text[at : g.start], *(g.accept or ())[:1]]
        at = g.end
    original.append(text[at:hi])
    return (text[lo : c.start] + c.after + text[c.end : hi]).casefold() == "".join(original).casefold()


@dataclass(frozen=True)
class Judged:
    """A candidate of example `owner`: its features, and whether it is right.

    `spun`: the probability that the document it stands in is spun; `whole`: whether it is, as a whole;
    `counts`: what the row counts in a fit; `tested`: whether it is for measuring only.
    """

    owner: int
    candidate: Candidate
    features: dict[str, float]
    right: bool
    spun: float
    whole: bool
    counts: float
    tested: bool = False

    @property
    def swap_key(self) -> tuple[int, str, str]:
        """The same for every row of the same swap in the same example."""
        return self.owner, *swap_key(self.candidate)


@dataclass(frozen=True)
class ScoredExample:
    """An example encoded, its candidates scored, but for those of silenced tables: they are still to judge.

    `replaced_probs`: the probability for each of its words that another one stood there.
    """

    document: Document
    replaced_probs: list[float]
    candidates: list[Shortlisted]


def score_examples(
    examples: Sequence[Example], lexicon: Lexicon, reranker: Scorer, first: int = 0
) -> Iterator[ScoredExample]:
    """Each example encoded and scored; `first`: the number of the first, a multiple of `BATCH_EXAMPLES`."""
    for i in range(0, len(examples), BATCH_EXAMPLES):
        rng = random.Random(SEED + first + i)
        some = examples[i : i + BATCH_EXAMPLES]
        detected = detect([read_document(ex.text, lexicon, unjudged) for ex in some], reranker)
        detected = [_silence_tables(d, ex.gold, rng) for d, ex in zip(detected, some, strict=True)]
        for d, scored in zip(detected, score_candidates(detected, reranker), strict=True):
            yield ScoredExample(d.document, [*d.replaced_probs.values()], shortlist(scored, d.replaced_probs))


def unjudged(features: Sequence[Mapping[str, float]]) -> list[float]:
    """No judgement of documents yet: 0 for each."""
    return [0.0] * len(features)


def judged(
    examples: Sequence[Example], scored_examples: Sequence[ScoredExample], spun: Sequence[float]
) -> list[Judged]:
    """Every candidate of every example, which is `spun` at such a probability."""
    return [
        Judged(
            owner,
            shortlisted.candidate,
            features,
            is_right(ex.text, ex.gold, shortlisted.candidate),
            chance,
            bool(ex.gold) and not ex.planted,
            CLEAN_COUNTS if not ex.gold else PLANTED_COUNTS if ex.planted else 1.0,
            ex.tested,
        )
        for owner, (ex, one, chance) in enumerate(zip(examples, scored_examples, spun, strict=True))
        for shortlisted, features in zip(
            one.candidates,
            feature_rows(one.candidates, replace(one.document, spun_prob=chance)),
            strict=True,
        )
    ]


def _silence_tables(detected: DetectedDocument, gold: Sequence[Gold], rng: random.Random) -> DetectedDocument:
    """The detection without the candidates of tables at a share of the swaps and of the other words."""
    is_unswapped = IsOutside((g.start, g.end) for g in gold)
    places = [(g.start, g.end) for g in gold]
    places += [(w.start, w.end) for w in detected.document.seg.words if is_unswapped(w.start, w.end)]
    is_heard = IsOutside(place for place in places if rng.random() < SILENCED)
    return replace(detected, candidates=[c for c in detected.candidates if is_heard(c.start, c.end)])


def excerpt(text: str, rng: random.Random, least: int = LEAST_CHARACTERS) -> str:
    """Whole sentences from a random place of a text: from `least` characters to a few pages of them."""
    characters = int(math.exp(rng.uniform(math.log(least), math.log(MOST_CHARACTERS))))
    if len(text) <= characters:
        return text
    at = text.find(". ", rng.randrange(len(text) - characters)) + 2  # 1 if no sentence follows: near enough
    end = text.find(". ", at + int(characters * 0.7)) + 1
    return text[at:end] if end > at else text[at : at + characters]

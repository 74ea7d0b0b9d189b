"""From evidence to a probability, from a probability to a decision.

The judgements are small networks over a few named features, fitted by `textrepair.training.calibrate`
and stored in the model folder as `decision.json`: how likely a document is spun at all, and how likely
one candidate is what stood there before, in a document that looks spun and in one that looks clean.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from functools import cached_property, reduce
from operator import getitem
from pathlib import Path

from textrepair.errors import TextrepairError
from textrepair.lexicon.observed import Swaps, published_swaps
from textrepair.pipeline.candidate_judgement import STACKING, Judgement
from textrepair.pipeline.document import Document
from textrepair.pipeline.features import BY_ENCODING, BY_WORDS, FEATURES, OF_WORD
from textrepair.pipeline.networks import FeatureNetwork
from textrepair.pipeline.places import AMONG, PlaceJudgement, PlaceScores, Span, favourites

AUTO = 0.95  # least score of an `auto` entry: its tier is earned by not occurring in clean text
# Words below which a text is short, and the power of its length with which the odds that it is spun fall.
# Set on clean sentences, paragraphs and abstracts (`benchmarks/results/short.json`).
SHORT, FALL = 250, 1.6
# Factor of the odds of a listed term that clean text never writes, in a document that looks clean. Such terms
# stand 15 times in 895,000 clean words, more seldom than the judgement of those documents was fitted to. Set
# on planted ones and on wordings of authors (`benchmarks/listed.py`, `own_wording.py`).
LISTED = 4.0
PAGE = 100  # words from which a document is like the pages that the judgement of places is fitted to
# What an edit needs in a shorter one. Set on sentences of the cases: three clean ones lose edits of .53 to
# .57 by it, one spun one in nine its edit.
SHORT_THRESHOLD = 0.6


@dataclass(frozen=True)
class Decision:
    """The fitted judgements of a model and their thresholds, as its `decision.json` holds them.

    `document_by_words` judges how likely a document is spun by its words alone, `document_by_encoding` judges
    it again by the words detected in it; from the probability `spun_document_threshold` on, candidates are
    judged by `candidate_if_spun`, below it by `candidate_if_clean`: there all is as it should be but
    for a few words. Where `place_if_spun` was fitted, to real spun pages, it judges places by these; edits of
    documents that look spun are then held below `threshold_if_spun`, which is set by the precision on real
    pages; all others below `threshold`, which is set by harm. `place_with_lm` and `threshold_with_lm` are the
    same where a general language model has its say. `word_if_spun`, and there `word_with_lm`, then judges
    whether each word was swapped.
    `harm` holds (score, edits per 10,000 clean words) pairs, measured. `fitted_to` names the real pages,
    `seen` the swaps that were seen on them: spun and canonical lemma, and how often. `lms`: the identities of
    the general language models with whose opinions the judgements were fitted. `reads_first` names the small
    model that reads everything where the model of the folder is a larger one, which reads what looks spun.
    `before_opinions`: where opinions are weighed, the same decision without them, which tells of which
    candidates a language model is asked.
    """

    document_by_words: FeatureNetwork
    document_by_encoding: FeatureNetwork
    candidate_if_spun: Judgement
    candidate_if_clean: Judgement
    spun_document_threshold: float
    threshold: float
    harm: tuple[tuple[float, float], ...]
    lms: tuple[str, ...] = ()
    place_if_spun: PlaceJudgement | None = None
    threshold_if_spun: float | None = None
    place_with_lm: PlaceJudgement | None = None
    threshold_with_lm: float | None = None
    fitted_to: tuple[str, ...] = ()
    seen: tuple[tuple[str, str, float], ...] = ()
    word_if_spun: FeatureNetwork | None = None
    word_with_lm: FeatureNetwork | None = None
    reads_first: str | None = None
    before_opinions: Decision | None = None

    @classmethod
    def read(cls, path: Path) -> Decision:
        """Read `decision.json`; `TextrepairError` where it lacks a field or names an unknown feature."""
        d = json.loads(path.read_text(encoding="utf8"))
        if lacking := [f.name for f in fields(cls) if f.default is MISSING and f.name not in d]:
            raise TextrepairError(
                f"{path}: lacks {', '.join(lacking)}; use the version that the model was made for, "
                "or train it anew"
            )

        def network(known: Collection[str], *at: str) -> FeatureNetwork:
            found = FeatureNetwork(**reduce(getitem, at, d))
            for name in found.names:
                if name not in known:
                    raise TextrepairError(
                        f"{path}: {'.'.join(at)} names the feature {name!r}, which this textrepair "
                        f"lacks; it has {', '.join(known)}. Use the version that the model was made for"
                    )
            return found

        by_words = network([*BY_WORDS], "document_by_words")
        by_encoding = network([*BY_WORDS, *BY_ENCODING], "document_by_encoding")
        if_spun, if_clean = (
            Judgement(network([*FEATURES], side, "first"), network([*STACKING, *FEATURES], side, "second"))
            for side in ("candidate_if_spun", "candidate_if_clean")
        )

        def place(name: str) -> PlaceJudgement | None:
            known = [*AMONG, *FEATURES]
            parts = ("swapped", "original", "right")
            return PlaceJudgement(*(network(known, name, of) for of in parts)) if d.get(name) else None

        judgements = (by_words, by_encoding, if_spun, if_clean)
        harm, lms = tuple(d["harm"]), tuple(d.get("lms", ()))
        without = (place("place_if_spun"), d.get("threshold_if_spun"))
        with_lm = (place("place_with_lm"), d.get("threshold_with_lm"))
        fitted_to = tuple(d.get("fitted_to", ()))
        thresholds = (d["spun_document_threshold"], d["threshold"])
        seen = tuple((spun, canonical, times) for spun, canonical, times in d.get("seen", ()))

        def word(name: str) -> FeatureNetwork | None:
            return network([*OF_WORD], name) if d.get(name) else None

        of_words = (word("word_if_spun"), word("word_with_lm"))
        first = d.get("reads_first")
        return cls(*judgements, *thresholds, harm, lms, *without, *with_lm, fitted_to, seen, *of_words, first)

    @cached_property
    def observed(self) -> Swaps:
        """The swaps that real spinners were seen to make: published ones, and those of the pages."""
        return published_swaps().with_others(
            ((spun, canonical), times) for spun, canonical, times in self.seen
        )

    @property
    def weighs_opinions(self) -> bool:
        """Whether a judgement of places was fitted that weighs the opinions of a general language model."""
        return self.place_with_lm is not None

    def with_opinions(self) -> Decision:
        """The same decision, with places and words judged by such opinions too."""
        return replace(
            self,
            place_if_spun=self.place_with_lm,
            threshold_if_spun=self.threshold_with_lm,
            word_if_spun=self.word_with_lm,
            before_opinions=self,
        )

    def write(self, path: Path) -> None:
        """Write `decision.json`."""
        path.write_text(json.dumps(asdict(self)) + "\n", encoding="utf8")

    def for_length(self, words: int) -> Decision:
        """The decision for a document of so many words.

        In one shorter than the pages that the judgement of places was fitted to, places are not judged; it
        tells so little of itself that an edit needs `SHORT_THRESHOLD` at least.
        """
        return self if words >= PAGE else self._for_short_texts

    @cached_property
    def _for_short_texts(self) -> Decision:
        return replace(
            self,
            place_if_spun=None,
            threshold_if_spun=None,
            word_if_spun=None,
            threshold=max(self.threshold, SHORT_THRESHOLD),
        )

    def looks_spun(self, spun_prob: float) -> bool:
        """Whether a document that is spun with this probability is judged as a spun one."""
        return spun_prob >= self.spun_document_threshold

    def judge(self, spun_prob: float) -> Judgement:
        """What judges each candidate alone, in a document that is spun with this probability."""
        return self.candidate_if_spun if self.looks_spun(spun_prob) else self.candidate_if_clean

    def judges_places(self, document: Document) -> bool:
        """Whether places are judged in a document."""
        return self.for_length(len(document.seg.words)).place_at(document.spun_prob) is not None

    def place_at(self, spun_prob: float) -> PlaceJudgement | None:
        """What then judges places, if anything does."""
        return self.place_if_spun if self.looks_spun(spun_prob) else None

    def word_at(self, spun_prob: float) -> FeatureNetwork | None:
        """What then judges words, if anything does."""
        return self.word_if_spun if self.looks_spun(spun_prob) else None

    def names(self, spun_prob: float) -> frozenset[str]:
        """The features that candidates are judged by in a document that is spun with this probability."""
        place = self.place_at(spun_prob)
        return self.judge(spun_prob).names | (place.names if place else frozenset())

    def threshold_at(self, spun_prob: float) -> float:
        """The score below which edits of a document that is spun with this probability are held."""
        if self.looks_spun(spun_prob) and self.threshold_if_spun is not None:
            return self.threshold_if_spun
        return self.threshold

    def scores(
        self,
        spun_prob: float,
        rows: Sequence[Mapping[str, float]],
        swaps: Sequence[Hashable],
        spans: Sequence[Span],
        listed: Sequence[bool] = (),
    ) -> PlaceScores:
        """How likely candidates with such features are right, in a document so likely spun.

        `swaps` tells candidates of the same swap, `spans` those of the same place, `listed` which are listed
        for terms that clean text never writes. Where places are not judged, a place is as likely swapped as
        its favourite is right.
        """
        alone = self.judge(spun_prob)(rows, swaps)
        if listed and not self.looks_spun(spun_prob):
            alone = [
                with_odds(p, LISTED) if of_lexicon else p for p, of_lexicon in zip(alone, listed, strict=True)
            ]
        if place := self.place_at(spun_prob):
            return place(rows, alone, spans)
        return PlaceScores(alone, {span: alone[k] for span, k in favourites(alone, spans).items()})


def threshold_for(harm: Sequence[tuple[float, float]], most: float) -> float:
    """The lowest score of a harm curve that makes at most `most` edits per 10,000 clean words.

    Raises `TextrepairError` where no score of the curve is so careful.

    >>> threshold_for([(0.5, 2.1), (0.6, 0.8), (0.7, 0.3)], 1.0)
    0.6
    """
    for score, edits in harm:
        if edits <= most:
            return score
    raise TextrepairError(
        f"max_harm: {most!r} edits per 10,000 words is less than the model was ever measured at; "
        f"the least is {harm[-1][1]}"
    )


def with_auto_floor(chance: float, tier: str) -> float:
    """The probability that a candidate is right, at least `AUTO` for one of the tier `auto`.

    >>> with_auto_floor(0.8, "ask"), with_auto_floor(0.8, "auto")
    (0.8, 0.95)
    """
    return max(chance, AUTO) if tier == "auto" else chance


def with_odds(chance: float, factor: float) -> float:
    """The probability whose odds are `factor` times those of `chance`.

    >>> with_odds(0.5, 4.0)
    0.8
    """
    return factor * chance / (1 + (factor - 1) * chance)


def discount_short_text(spun: float, words: int) -> float:
    """The probability that a text of so many words is spun, which in short ones is harder to earn.

    One odd word is much of a short text, and among the excerpts that the judgement was fitted to short ones
    are spun as often as long ones. So the odds fall there with a power of the length.

    >>> discount_short_text(0.9, 5000), round(discount_short_text(0.9, 30), 2)
    (0.9, 0.23)
    """
    odds = spun / (1 - spun) * math.pow(min(1.0, max(1, words) / SHORT), FALL)
    return odds / (1 + odds)

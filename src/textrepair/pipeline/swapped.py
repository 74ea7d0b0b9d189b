"""What was swapped in a document, restored or not: from the probabilities of its words and places."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from textrepair.detection import Detection, Original, SpunSentence, SwappedSpan
from textrepair.edits import Edit
from textrepair.lexicon.protected import IsOutside
from textrepair.pipeline.candidates import BY_ACRONYM
from textrepair.pipeline.decide import LEXICON, best_apart
from textrepair.pipeline.detect import DetectedDocument
from textrepair.pipeline.features import log_odds
from textrepair.pipeline.narrow import narrowed, shared_words
from textrepair.pipeline.places import Span, touched
from textrepair.pipeline.segment import Segmented

WORTH_TELLING = 0.1  # spans less likely swapped are not told
MOST_ORIGINALS = 5  # originals of a span
# Fitted to 25 real spun pages by benchmarks/detection.py, and measured there without the pages of a page's
# fold (benchmarks/results/detection.json). Slope and intercept that lead from the model's log odds that
# another word stood there to those on real pages (Platt 1999).
REAL_PAGES = 0.636, 0.819
# Words of a sentence are swapped, or misjudged, together: as if so many of them were so independently.
INDEPENDENT = 0.489
# Words of a document are misjudged together: the standard deviation, in log odds, of the error they share.
SHARED_ERROR = 0.651
MODEL = "model"  # the reason of spans that only the model sees
ENDS = re.compile(r"[^\s\w]*")  # the marks behind the last word of a sentence
NORMAL = 1.96  # standard deviations on either side that hold 95 % of a normal distribution


def word_swapped(replaced: float, spun: float, line: tuple[float, float] = REAL_PAGES) -> float:
    """The probability that a word was swapped, in a document that is `spun` with this probability.

    `replaced` is the model's that another word stood there. In clean text it is right as it is; in real spun
    pages, which training never saw, the odds are shorter, and more words were swapped than simulated: there
    they lie on the `line`, slope and intercept, of those of the model.

    >>> round(word_swapped(0.3, spun=0.0), 2), round(word_swapped(0.3, spun=1.0), 2)
    (0.3, 0.57)
    """
    slope, intercept = line
    if_spun = 1 / (1 + math.exp(-slope * log_odds(replaced) - intercept))
    return spun * if_spun + (1 - spun) * replaced


class _Words:
    """The words of a document in its order, each with the probability that it was swapped."""

    def __init__(self, detected: DetectedDocument, is_free: IsOutside) -> None:
        spun = detected.document.spun_prob
        self.probs = dict.fromkeys(((w.start, w.end) for w in detected.document.seg.words), 0.0)
        for span, p in detected.replaced_probs.items():
            if is_free(*span):
                self.probs[span] = word_swapped(p, spun)
        self._spans = [*self.probs]

    def inside(self, start: int, end: int) -> list[Span]:
        """Those that a span touches."""
        return touched(self._spans, start, end)

    def raise_to(self, span: SwappedSpan) -> None:
        """Make the likeliest word of a span as likely swapped as the span."""
        if within := self.inside(span.start, span.end):
            word = max(within, key=self.probs.__getitem__)
            self.probs[word] = max(self.probs[word], span.probability)


def tell_swapped(
    detected: DetectedDocument,
    proposed: Sequence[Edit],
    made: Collection[Span],
    of_place: Mapping[Span, float],
    is_free: IsOutside,
    of_words: Mapping[Span, float] | None,
) -> Detection:
    """What was swapped in a document.

    `proposed`: its candidates as edits, the likeliest first; `made`: the places where one of these is made;
    `of_place`: the probability of each place to have been swapped; `of_words`: that of each word, where words
    were judged. Of overlapping places those where an edit
    is made stay, then those of the likeliest candidate; of several words only those that the lexicon lists.
    Words of none of these stand alone, without originals. `is_free` tells what the user does not protect.
    """
    document = detected.document
    words = _Words(detected, is_free)
    judged = None if of_words is None else {w: p for w, p in of_words.items() if is_free(*w)}
    spans = _spans(document.seg.text, words, proposed, made, of_place, judged)
    if (
        not detected.replaced_probs
    ):  # of what the model did not see, what the lexicon is sure of is all there is
        for span in spans:
            words.raise_to(span)
    sentences = tuple(_sentences(document.seg, words.probs))
    share, interval = swapped_share([*words.probs.values()])
    return Detection(document.seg.text, round(document.spun_prob, 4), share, interval, spans, sentences)


def swapped_share(probs: Sequence[float], shared: float = SHARED_ERROR) -> tuple[float, tuple[float, float]]:
    """The share of words expected to be swapped, and its 95 % interval, from the probability of each word.

    It is as wide as chance makes it and an error that all words share, with the standard deviation `shared`
    in log odds, one added to the other as independent errors are.

    >>> swapped_share([0.5] * 100, shared=0.0)
    (0.5, (0.402, 0.598))
    """
    number = max(1, len(probs))
    probs = [p for p in probs if p]  # the others change nothing, and in clean text they are all
    expected, chance = sum(probs), sum(p * (1 - p) for p in probs) * NORMAL**2

    def reach(sign: int) -> float:
        times = math.exp(sign * NORMAL * shared)
        moved = sum(p * times / (p * times + 1 - p) for p in probs)
        return sign * math.hypot(moved - expected, math.sqrt(chance))

    low, high = ((expected + reach(sign)) / number for sign in (-1, 1))
    return round(expected / number, 4), (round(max(0.0, low), 4), round(min(1.0, high), 4))


def sentence_spun(probs: Iterable[float], independent: float = INDEPENDENT) -> float:
    """The probability that a word of a sentence was swapped, from that of each of its words.

    >>> round(sentence_spun([0.5, 0.5], independent=1.0), 2)
    0.75
    """
    return float(1 - math.prod(1 - p for p in probs) ** independent)


def _spans(
    text: str,
    words: _Words,
    proposed: Sequence[Edit],
    made: Collection[Span],
    of_place: Mapping[Span, float],
    judged: Mapping[Span, float] | None,
) -> tuple[SwappedSpan, ...]:
    """What is worth telling of the places and, where there are none, of the words; apart, in text order."""
    places: dict[Span, list[Edit]] = {}
    for e in proposed:
        places.setdefault((e.start, e.end), []).append(e)
    probability = {at: _probability(at, found[0], words, of_place, judged) for at, found in places.items()}
    likely = [
        found[0]
        for at, found in places.items()
        if probability[at] >= WORTH_TELLING
        and (at in made or found[0].source.startswith(LEXICON) or len(words.inside(*at)) < 2)
    ]
    chosen = [e for e in likely if (e.start, e.end) in made]
    alone = [
        Edit(start, end, text[start:end], "", "wording", p, MODEL)
        for (start, end), p in (words.probs if judged is None else judged).items()
        if p >= WORTH_TELLING
    ]
    for rest in (likely, alone):
        is_apart = IsOutside((e.start, e.end) for e in chosen)
        chosen += best_apart(e for e in rest if is_apart(e.start, e.end))
    return tuple(
        _told(e, probability.get((e.start, e.end), e.score), places.get((e.start, e.end), []))
        for e in sorted(chosen)
    )


def _told(favourite: Edit, probability: float, found: Sequence[Edit]) -> SwappedSpan:
    """The span of a place: of the words that its favourite changes, and what the others put for these."""
    shared = shared_words(favourite)
    span = narrowed(favourite, shared)
    others = [
        narrowed(e, shared)
        for e in found
        for own in [shared_words(e)]
        if own.left >= shared.left and own.right >= shared.right
    ]
    source = _source(favourite)
    reason = favourite.reason if favourite.source.startswith(LEXICON) else source
    return SwappedSpan(
        span.start,
        span.end,
        span.before,
        round(probability, 4),
        favourite.kind,
        reason,
        _originals(others),
        source=source,
    )


def _probability(
    at: Span,
    favourite: Edit,
    words: _Words,
    of_place: Mapping[Span, float],
    judged: Mapping[Span, float] | None,
) -> float:
    """The probability that what stands at a place was swapped.

    For a word it is that of its own judgement, or without one that of the mean log odds of the two that judge
    it, the word as the model sees it and its place; and at least that of its favourite. Of several words it
    is the mean: an edit of these may be right though some of them were not swapped, so that its score says
    less of them than they do themselves, unless it is of an `auto` entry.
    """
    probs = words.probs if judged is None else judged
    own = [probs.get(w, 0.0) for w in words.inside(*at)]
    if len(own) == 1 and at in of_place and judged is None:
        odds = (log_odds(own[0]) + log_odds(of_place[at])) / 2
        return max(favourite.score, 1 / (1 + math.exp(-odds)))
    if len(own) > 1 and favourite.tier != "auto":
        return sum(own) / len(own)
    return max([favourite.score, *own])


def _originals(found: Sequence[Edit]) -> tuple[Original, ...]:
    """What may have stood at a place; only one can, so that no more than 1 is shared."""
    total = max(1.0, sum(e.score for e in found))
    return tuple(Original(e.after, round(e.score / total, 4)) for e in found[:MOST_ORIGINALS])


def _source(edit: Edit) -> str:
    """The lexicon, or the short name of what else proposed an edit."""
    if edit.source.startswith(LEXICON):
        return edit.source
    return "acronym" if edit.source == BY_ACRONYM else MODEL


def _sentences(seg: Segmented, probs: Mapping[Span, float]) -> Iterator[SpunSentence]:
    """The sentences (or lines), each told by its words."""
    words, of_all = seg.words, [*probs.values()]
    firsts = [k for k, word in enumerate(words) if word.opens or not k]
    for first, behind in itertools.pairwise([*firsts, len(words)]):
        start, end, of_words = words[first].start, words[behind - 1].end, of_all[first:behind]
        spun = sentence_spun(of_words) if any(of_words) else 0.0
        mark = ENDS.match(seg.text, end)
        yield SpunSentence(start, mark.end() if mark else end, round(spun, 4), round(sum(of_words), 2))

"""What was swapped in a text, restored or not: the record `Detection`, and how it moves to another text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from textrepair.marks import left_alone, marked


@dataclass(frozen=True)
class Original:
    """What may have stood in a swapped span, and the probability (0 to 1) that it did."""

    text: str
    probability: float


@dataclass(frozen=True)
class SwappedSpan:
    """A stretch of the source, `source[start:end]`, and the probability that it was swapped.

    `probability` is the mean over its words, where these are several.
    `kind` is that of its likeliest original, one of `KINDS`; `reason` says what speaks for it: a lexicon with
    its entry (`lexicon:DOMAIN 'phrase' (tier)`), `acronym`, or `model`; `source` names that without its
    entry. `originals`: what may have stood there, the likeliest first; none where the model only sees that
    something else did.
    """

    start: int
    end: int
    text: str
    probability: float
    kind: str
    reason: str
    originals: tuple[Original, ...] = ()
    source: str = field(default="", kw_only=True, repr=False)

    def describe(self) -> str:
        """Its probability, reason and originals in a line.

        >>> SwappedSpan(0, 7, "illness", 0.8, "wording", "model", (Original("disease", 0.6),)).describe()
        '0.80, model: disease 0.60'
        """
        originals = ", ".join(f"{o.text} {o.probability:.2f}" for o in self.originals)
        return f"{self.probability:.2f}, {self.reason}" + (f": {originals}" if originals else "")


@dataclass(frozen=True)
class SpunSentence:
    """A sentence, `source[start:end]`, and the probability that a word of it was swapped.

    `expected` is the number of swapped words to be expected in it.
    """

    start: int
    end: int
    probability: float
    expected: float


@dataclass(frozen=True)
class Detection:
    """What `detect` returns: how likely the text is spun, and what in it was swapped, restored or not.

    `spun` is the probability that the document is spun at all; `swapped` the share of its words that were
    swapped, as expected, `interval` its 95 % interval (fitted to real pages). `spans` lie
    apart and in text order, and hold all that is at least .1 likely. Offsets are code points of `source`.

    >>> span = SwappedSpan(4, 13, "sufferers", 0.97, "wording", "model", (Original("patients", 0.9),))
    >>> Detection("the sufferers", 0.2, 0.485, (0.32, 0.65), (span,)).at(0.98).spans
    ()
    """

    source: str = field(default="", repr=False)
    spun: float = 0.0
    swapped: float = 0.0
    interval: tuple[float, float] = (0.0, 0.0)
    spans: tuple[SwappedSpan, ...] = ()
    sentences: tuple[SpunSentence, ...] = ()

    def at(self, probability: float) -> Detection:
        """The same detection without the spans that are less likely swapped than `probability`."""
        return replace(self, spans=tuple(s for s in self.spans if s.probability >= probability))

    def moved(self, source: str, place: Callable[[int, int], tuple[int, int]]) -> Detection:
        """The same detection of `source`, in which a span stands at `place(start, end)`.

        >>> span = SwappedSpan(0, 9, "sufferers", 0.97, "wording", "model")
        >>> found = Detection("sufferers", spans=(span,)).moved("> sufferers", lambda a, b: (a + 2, b + 2))
        >>> found.spans[0].start, found.spans[0].text
        (2, 'sufferers')
        """
        spans, sentences = [], []
        for span in self.spans:
            start, end = place(span.start, span.end)
            spans.append(replace(span, start=start, end=end, text=source[start:end]))
        for sentence in self.sentences:
            start, end = place(sentence.start, sentence.end)
            sentences.append(replace(sentence, start=start, end=end))
        return replace(self, source=source, spans=tuple(spans), sentences=tuple(sentences))

    def _repr_html_(self) -> str:
        """The text as a notebook shows it: swapped spans underlined by how likely, why on hover."""
        return marked(
            self.source,
            ((s.start, s.end, left_alone(s.text, s.probability, s.describe())) for s in self.spans),
        )

    def to_dict(self) -> dict[str, object]:
        """Plain values only, ready for JSON, without the source."""
        values = asdict(self)
        del values["source"]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], source: str) -> Detection:
        """The detection of a source of which `to_dict` made these values."""
        spans = (
            SwappedSpan(**{**s, "originals": tuple(Original(**o) for o in s["originals"])})
            for s in values["spans"]
        )
        sentences = tuple(SpunSentence(**s) for s in values["sentences"])
        return cls(
            source, values["spun"], values["swapped"], tuple(values["interval"]), tuple(spans), sentences
        )

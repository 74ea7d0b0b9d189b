"""The pipeline: text → segment → suspects → candidates → rerank → decide → `Repair`."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from os import PathLike
from pathlib import Path

from textrepair.candidates import Candidate, find_candidates, mend_article
from textrepair.decide import Decision, Network, candidate_facts, document_facts
from textrepair.edits import Edit, Held, Repair, best_apart, compose
from textrepair.errors import TextrepairError
from textrepair.lexicon.lexicon import Lexicon, stack
from textrepair.lexicon.ngrams import fit
from textrepair.lexicon.protected import compile_patterns
from textrepair.lexicon.words import UNKNOWN, keyness, science
from textrepair.models import check_model, find_model
from textrepair.rerank import Evidence, Reranker
from textrepair.segment import Segmented, segment
from textrepair.suspects import Suspect, find_suspects

PASSES = 3  # a repaired word helps to read its neighbours; hardly anything moves after the second pass
AUTO = 0.95  # least score of an `auto` entry: its tier is earned by not occurring in clean text
WORTH_KEEPING = 0.05  # candidates less likely than this are not reported as held


@dataclass(frozen=True)
class Settings:
    """Names and numbers a user may set.

    `min_score`: probability an edit needs (None: the model's own threshold). `protect`: terms left
    alone, in any case. `protect_patterns`: regular expressions whose matches are left alone.
    """

    min_score: float | None = None
    protect: Sequence[str] = ()
    protect_patterns: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Raise `TextrepairError` for a value no run could use."""
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise TextrepairError(
                f"min_score: {self.min_score!r} is no probability; give a number from 0 to 1"
            )
        for name in ("protect", "protect_patterns"):
            if isinstance(getattr(self, name), str):
                raise TextrepairError(
                    f"{name}: give a list of strings, not the single string {getattr(self, name)!r}"
                )


@dataclass(frozen=True)
class Reading:
    """One text on its way through the pipeline."""

    seg: Segmented
    spun: float
    counts: Counter[str] = field(default_factory=Counter)
    candidates: list[Candidate] = field(default_factory=list)


class Repairer:
    """Repairs texts with one model, one stack of lexicons and one set of settings."""

    def __init__(self, folder: Path, lexicon: Lexicon, settings: Settings) -> None:
        self.settings = settings
        self.lexicon = lexicon
        self.decision = Decision.read(folder / "decision.json")
        self.reranker = Reranker(folder)
        self._patterns: list[re.Pattern[str]] = compile_patterns(settings.protect_patterns)

    @property
    def min_score(self) -> float:
        """The probability an edit needs to be made."""
        chosen = self.settings.min_score
        return self.decision.threshold if chosen is None else chosen

    def fix(self, text: str) -> str:
        """The repaired text."""
        return self.explain(text).text

    def explain(self, text: str) -> Repair:
        """The repair of one text: its edits, what was held back and why.

        Raises `TypeError` when `text` is not a `str`.
        """
        return next(self.pipe([text]))

    def pipe(self, texts: Iterable[str], *, batch_size: int = 32) -> Iterator[Repair]:
        """A `Repair` for each text, in order; texts are read `batch_size` at a time.

        The batch size changes speed and memory only, never a result.
        """
        texts = iter(texts)
        while batch := list(itertools.islice(texts, batch_size)):
            yield from self._repair(batch)

    def _repair(self, texts: Sequence[str]) -> list[Repair]:
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(f"textrepair reads str, not {type(text).__name__}: {text!r:.80}")
        repairs = self._one_pass(texts)
        open_ = [i for i, r in enumerate(repairs) if r.edits]
        for _ in range(PASSES - 1):
            again = self._one_pass([repairs[i].text for i in open_])
            for i, second in zip(open_, again, strict=True):
                first = repairs[i]
                made = compose(first.source, first.edits, second.edits)
                repairs[i] = Repair(first.source, made, _still_held(first.held, made), first.spun)
            open_ = [i for i, second in zip(open_, again, strict=True) if second.edits]
        return repairs

    def _one_pass(self, texts: Sequence[str]) -> list[Repair]:
        readings = [self._read(t) for t in texts]
        scored = self.reranker.score([(r.seg.text, r.candidates) for r in readings])
        return [self._decide(r, evidence) for r, evidence in zip(readings, scored, strict=True)]

    def _read(self, text: str) -> Reading:
        reading = read(text, self.lexicon, self.decision.document, self.settings.protect, self._patterns)
        open_ = reading.spun >= self.decision.gate or any(c.tier == "auto" for c in reading.candidates)
        return reading if open_ else Reading(reading.seg, reading.spun)

    def _decide(self, reading: Reading, evidence: Sequence[Evidence]) -> Repair:
        text = reading.seg.text
        proposed = []
        facts = [facts_of_candidate(c, e, reading) for c, e in zip(reading.candidates, evidence, strict=True)]
        for c, chance in zip(reading.candidates, self.decision.candidate(facts), strict=True):
            score = round(max(chance, AUTO if c.tier == "auto" else 0.0), 4)
            if score >= min(WORTH_KEEPING, self.min_score):
                proposed.append(Edit(c.start, c.end, c.before, c.after, c.kind, score, c.origin))
        made = best_apart(p for p in proposed if p.score >= self.min_score)
        places = {(p.start, p.end) for p in made}
        held: dict[tuple[int, int], Held] = {}
        for p in sorted(proposed, key=lambda p: -p.score):
            if (p.start, p.end) not in places | held.keys():
                why = "overlap" if p.score >= self.min_score else "low-score"
                held[p.start, p.end] = Held(p.start, p.end, p.before, p.after, p.kind, p.score, p.reason, why)
        mended = tuple(_with_article(text, p) for p in made)
        return Repair(text, mended, tuple(sorted(held.values())), round(reading.spun, 4))


def read(
    text: str,
    lexicon: Lexicon,
    document: Network,
    protect: Sequence[str] = (),
    patterns: Sequence[re.Pattern[str]] = (),
) -> Reading:
    """A text segmented, judged as a document, with every candidate for every suspect."""
    seg = segment(text)
    suspects = find_suspects(seg, lexicon, protect, patterns)
    spun = document([facts_of_document(seg, suspects)])[0]
    return Reading(seg, spun, Counter(w.lower for w in seg.words), find_candidates(text, suspects))


def facts_of_document(seg: Segmented, suspects: Iterable[Suspect]) -> dict[str, float]:
    """The facts the gate judges a document by."""
    tiers = Counter(s.forms[0].entry.tier for s in suspects if s.forms)
    table = science()
    return document_facts([table.get(w.lower, UNKNOWN).spun for w in seg.words], tiers["auto"], tiers["ask"])


def facts_of_candidate(c: Candidate, e: Evidence, reading: Reading) -> dict[str, float]:
    """The facts a candidate is judged by; see `decide.candidate_facts`."""
    before, after = c.before.lower().split(), c.after.lower().split()
    gone = [w for w in before if w not in after] or before
    come = [w for w in after if w not in before] or after
    table = science()
    left, right = reading.seg.neighbours(c.start, c.end)
    rarest = min(gone, key=lambda w: table.get(w, UNKNOWN).zipf)
    return candidate_facts(
        target=e.target,
        keep=e.keep,
        best=e.best,
        pieces=e.pieces,
        closeness=c.closeness,
        tier=c.tier,
        odds=max(table.get(w, UNKNOWN).spun for w in gone),
        keyness=keyness(rarest),
        gain=min(table.get(w, UNKNOWN).zipf for w in come) - table.get(rarest, UNKNOWN).zipf,
        elsewhere=min(reading.counts[w] for w in come),
        document=reading.spun,
        shorter=len(before) - len(after),
        fit_now=fit(left, tuple(before), right),
        fit_then=fit(left, tuple(after), right),
    )


def _with_article(text: str, edit: Edit) -> Edit:
    """The edit with *a* or *an* before it mended, so that undoing it undoes both."""
    mended = mend_article(text, edit.start, edit.after)
    if mended is None:
        return edit
    start, article = mended
    return Edit(
        start, edit.end, text[start : edit.end], article + edit.after, edit.kind, edit.score, edit.reason
    )


def _still_held(held: Iterable[Held], made: Sequence[Edit]) -> tuple[Held, ...]:
    """What is held and not, by a later pass, made after all."""
    done = {(e.start, e.end) for e in made}
    return tuple(h for h in held if (h.start, h.end) not in done)


def load(
    name: str = "en_sci_sm",
    *,
    lexicon: str | PathLike[str] | Sequence[str | PathLike[str]] | None = None,
    **settings: object,
) -> Repairer:
    """A `Repairer` with the model `name` (built-in name or folder) and lexicons stacked on the default.

    Settings are the fields of `Settings`. Raises `TextrepairError` for an unknown model or setting,
    a lexicon that cannot be read, and a model file that is damaged.
    """
    valid = [f.name for f in fields(Settings)]
    for unknown in settings.keys() - set(valid):
        raise TextrepairError(f"unknown setting {unknown!r}; the settings are {', '.join(valid)}")
    folder = find_model(name)
    check_model(folder)
    paths = [lexicon] if isinstance(lexicon, str | PathLike) else list(lexicon or ())
    return Repairer(folder, stack(tuple(Path(p) for p in paths)), Settings(**settings))  # type: ignore[arg-type]

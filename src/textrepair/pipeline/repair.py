"""The passes over a text: damage, then segment → detect → candidates → score → decide → `Repair`."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from itertools import chain, islice
from pathlib import Path

from textrepair.damage.families import Damage, find_damage
from textrepair.detection import Detection
from textrepair.edits import Edit, Held, Repair, splice
from textrepair.errors import TextrepairError
from textrepair.formats import table as formats
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.protected import (
    IsOutside,
    compile_patterns,
    compile_terms,
    protected_spans,
    spans_of,
)
from textrepair.lm import LanguageModel, open_language_model
from textrepair.machine import uncollected
from textrepair.models import whole_model
from textrepair.pipeline.candidates import Candidate, agree
from textrepair.pipeline.compose import after_damage, compose, output_spans
from textrepair.pipeline.decide import decide
from textrepair.pipeline.detect import (
    DetectedDocument,
    detect,
    detect_by_large,
    detect_gated,
    encoded_together,
    read_document,
)
from textrepair.pipeline.document import Document
from textrepair.pipeline.judgement import Decision, threshold_for, with_auto_floor
from textrepair.pipeline.narrow import narrowed
from textrepair.pipeline.pieces import in_pieces
from textrepair.pipeline.score import score_candidates
from textrepair.pipeline.shortlist import Shortlisted, choose, judge
from textrepair.pipeline.swapped import tell_swapped
from textrepair.pipeline.word_judgement import judge_words
from textrepair.rerank import Evidence, PassageEncoder, open_reranker
from textrepair.settings import Settings
from textrepair.sources import restoring

PASSES = 2  # a repaired word helps to read its neighbours; a third pass made 4 of 1,300 edits, 2 wrong
WORTH_KEEPING = 0.05  # candidates less likely than this are not reported as held


class Repairer:
    """Repairs texts with one model, one stack of lexicons and one set of settings."""

    def __init__(self, folder: Path, lexicon: Lexicon, settings: Settings) -> None:
        self.settings = settings
        self.lexicon = lexicon
        self.decision = Decision.read(folder / "decision.json")
        small = self.decision.reads_first
        reranker, runtime = settings.reranker, settings.runtime
        self.reranker = open_reranker(whole_model(small) if small else folder, reranker, runtime)
        # the larger model of a pair, which reads again what looks spun
        self.large = open_reranker(folder, None, runtime) if small and reranker is None else None
        self.lm = self._open_lm(folder.name)
        if self.lm:
            self.decision = self.decision.with_opinions()
        self._patterns: list[re.Pattern[str]] = compile_patterns(settings.protect_patterns)
        self.min_score = self.decision.threshold  # what an edit needs, unless its document looks spun
        if settings.min_score is not None:
            self.min_score = settings.min_score
        elif settings.max_harm is not None:
            self.min_score = threshold_for(self.decision.harm, settings.max_harm)
        self._own = [*self._patterns, *compile_terms(settings.protect)]
        self._restore = restoring(settings.sources, PassageEncoder(self.reranker))

    def _open_lm(self, model: str) -> LanguageModel | None:
        """The language model of the settings; `TextrepairError` where none is weighed, or it is no use."""
        if self.settings.lm is None:
            return None
        if not self.decision.weighs_opinions:
            raise TextrepairError(
                f"lm: the judgement of {model} was fitted without a second opinion, so that one would change "
                "nothing; leave lm out, or give a model that was fitted with one"
            )
        return open_language_model(self.settings.lm)

    @property
    def calibrated(self) -> bool:
        """Whether scores are probabilities: the judgement was fitted to what these models say."""
        own = self.settings.reranker is None
        return own and (self.lm is None or self.lm.identity in self.decision.lms)

    def only(self, families: Sequence[str] | None = None, *, format: str | None = None) -> Repairer:
        """The same repairer for other `families`, or for texts in another `format`; nothing is loaded again.

        Raises `TextrepairError` for a family or a format there is not.
        """
        other = copy.copy(self)
        if families is not None:
            other.settings = replace(other.settings, families=families)
        if format is not None:
            other.settings = replace(other.settings, format=format)
        return other

    def beside(self, sources: str) -> Repairer:
        """The same repairer with an index of `sources` at hand; nothing else is loaded again.

        Raises `TextrepairError` for an index there is not, or one half-built, damaged or of another version.
        """
        other = copy.copy(self)
        other.settings = replace(self.settings, sources=sources)
        other._restore = restoring(sources, PassageEncoder(self.reranker))
        return other

    def fix(self, text: str) -> str:
        """The repaired text."""
        return self.explain(text).text

    def explain(self, text: str) -> Repair:
        """The repair of one text: its edits, what was held back and why.

        Raises `TypeError` when `text` is not a `str`, and `TextrepairError` for XML whose tags do not nest.
        """
        return next(self.pipe([text]))

    def detect(self, text: str) -> Detection:
        """What was swapped in a text, restored or not, as `explain` tells it beside its edits.

        Raises what `explain` raises.
        """
        return self.explain(text).detection

    def pipe(self, texts: Iterable[str], *, batch_size: int = 32) -> Iterator[Repair]:
        """A `Repair` for each text, in order; texts are read `batch_size` at a time.

        The batch size changes speed and memory, not results (scores may differ in the last digit).
        Raises `TypeError` for a single `str` and `TextrepairError` for a batch size below 1.
        """
        if isinstance(texts, str):
            raise TypeError("pipe reads several texts; for a single str use explain")
        if batch_size < 1:
            raise TextrepairError(f"batch_size: {batch_size!r} is too small; give 1 or more")
        return self._batches(iter(texts), batch_size)

    def _batches(self, texts: Iterator[str], batch_size: int) -> Iterator[Repair]:
        while batch := list(islice(texts, batch_size)):
            with uncollected():
                repairs = self._repair(batch)
            yield from repairs

    def _repair(self, texts: Sequence[str]) -> list[Repair]:
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(f"textrepair reads str, not {type(text).__name__}: {text!r:.80}")
        name = self.settings.format
        if name == formats.TEXT:
            return self._repair_prose(texts)
        sources = [formats.read(t, name) for t in texts]
        repairs = self._repair_prose([s.text for s in sources])
        return [formats.carried(s, r, name) for s, r in zip(sources, repairs, strict=True)]

    def _repair_prose(self, texts: Sequence[str]) -> list[Repair]:
        # Damage goes first: a word that is glued, split or cut by a page's foot can be read only then.
        mended = [self._damage(t) for t in texts]
        whole = [splice(t, m.edits) for t, m in zip(texts, mended, strict=True)]
        respelled = in_pieces(whole, lambda parts: chain(*map(self._synonyms, encoded_together(parts))))
        if self._restore is not None and "synonyms" in self.settings.families:
            respelled = [self._restore(r, self.min_score, self._own) for r in respelled]
        return [after_damage(t, m.edits, m.held, r) for t, m, r in zip(texts, mended, respelled, strict=True)]

    def _damage(self, text: str) -> Damage:
        """All damage of a text: what one mended place uncovers is looked for again."""
        found = find_damage(text, self.settings.families, self._own, self.min_score)
        last = found.edits
        for _ in range(PASSES - 1):
            if not last:
                break
            middle = splice(text, found.edits)
            last = find_damage(middle, self.settings.families, self._own, self.min_score).edits
            found = replace(found, edits=compose(text, found.edits, last))
        return found

    def _synonyms(self, texts: Sequence[str]) -> list[Repair]:
        if "synonyms" not in self.settings.families:
            # only the document is judged
            spun = [round(self._read(t, math.inf).spun_prob, 4) for t in texts]
            return [Repair(t, spun=p, detection=Detection(t, p)) for t, p in zip(texts, spun, strict=True)]
        decision = self.decision
        documents = [self._read(t, self.settings.gate) for t in texts]
        by_encoding, is_spun, gate = decision.document_by_encoding, decision.judges_places, self.settings.gate
        detected = self._detected_by_large(
            detect_gated(documents, self.reranker, gate, judge=by_encoding, is_spun=is_spun)
        )
        last = [
            self._decide(d, self._choose(d, scored), tell=True)
            for d, scored in zip(detected, score_candidates(detected, self.reranker, self.large), strict=True)
        ]
        repairs = list(last)
        for _ in range(PASSES - 1):
            open_ = [i for i, r in enumerate(last) if r.edits]
            made_at = [list(output_spans(last[i].edits)) for i in open_]
            documents = [self._read_again(last[i].text, detected[i].document) for i in open_]
            again = self._detected_by_large(detect(documents, self.reranker, made_at), made_at)
            found = score_candidates(again, self.reranker, self.large)
            for i, d, scored in zip(open_, again, found, strict=True):
                unsure = IsOutside(
                    place
                    for place, e in zip(output_spans(last[i].edits), last[i].edits, strict=True)
                    if e.tier == "auto"
                )
                scored = [(c, e) for c, e in scored if unsure(c.start, c.end)]
                # the document is judged, and its replaced words are counted, as it came
                as_it_came = sum(detected[i].replaced_probs.values())
                last[i] = self._decide(d, self._choose(d, scored, as_it_came))
                made = compose(repairs[i].source, repairs[i].edits, last[i].edits)
                repairs[i] = replace(repairs[i], edits=made, held=_still_held(repairs[i].held, made))
        return [self._without_protected(r) for r in repairs]

    def _detected_by_large(
        self, detected: list[DetectedDocument], repaired: Sequence[Sequence[tuple[int, int]]] | None = None
    ) -> list[DetectedDocument]:
        if self.large is None:
            return detected
        return detect_by_large(detected, self.large, self.decision.judges_places, repaired)

    def _choose(
        self,
        detected: DetectedDocument,
        scored: Sequence[tuple[Candidate, Evidence]],
        total: float | None = None,
    ) -> list[Shortlisted]:
        return choose(
            self.decision, detected, scored, self.reranker, total=total, large=self.large, lm=self.lm
        )

    def _without_protected(self, repair: Repair) -> Repair:
        """The repair without edits of protected text, which a later pass may no longer have known as such."""
        if not repair.edits:
            return repair
        is_free = IsOutside(protected_spans(repair.source, self.settings.protect, self._patterns))
        return replace(repair, edits=tuple(e for e in repair.edits if is_free(e.start, e.end)))

    def _read(self, text: str, gate: float) -> Document:
        judge, protect = self.decision.document_by_words, self.settings.protect
        return read_document(text, self.lexicon, judge, gate, protect, self._patterns)

    def _read_again(self, text: str, before: Document) -> Document:
        document = read_document(text, self.lexicon, None, 0.0, self.settings.protect, self._patterns)
        kept = {name: getattr(before, name) for name in ("spun_prob", "to_encode", "own_words", "capitals")}
        return replace(document, **kept)

    def _threshold(self, decision: Decision, spun_prob: float) -> float:
        """The probability an edit needs in a document that is spun with this one."""
        by_user = self.settings.min_score is not None or self.settings.max_harm is not None
        return self.min_score if by_user else decision.threshold_at(spun_prob)

    def _decide(
        self, detected: DetectedDocument, chosen: Sequence[Shortlisted], *, tell: bool = False
    ) -> Repair:
        """The repair that follows from the candidates; with `tell`, also what was swapped."""
        document, text = detected.document, detected.document.seg.text
        spun_prob, decision = document.spun_prob, self.decision.for_length(len(document.seg.words))
        threshold = self._threshold(decision, spun_prob)
        chances, of_place = judge(decision, chosen, document)
        ranked = sorted(
            zip(chosen, chances, strict=True), key=lambda x: (-x[1], -x[0][0].spin_log_prob, x[0][0].after)
        )
        raised: set[tuple[int, int]] = set()
        judged = []
        for (c, *_), chance in ranked:
            # only the likeliest of an `auto` entry's canonical forms is raised
            chance = with_auto_floor(chance, "ask" if (c.start, c.end) in raised and c.tier else c.tier)
            if c.tier == "auto":
                raised.add((c.start, c.end))
            judged.append(c.edit(round(chance, 4), threshold))
        proposed = [e for e in judged if e.score >= min(WORTH_KEEPING, threshold)]
        made, fell_short = decide(proposed, threshold)
        places = {(p.start, p.end) for p in made}
        held: dict[tuple[int, int], Held] = {}
        for p, why_not in fell_short:
            if (p.start, p.end) not in places and (p.start, p.end) not in held:
                for q in agree(text, (p,), document.is_free):
                    held[p.start, p.end] = Held(**asdict(q), why_not=why_not)
        edits = agree(text, [*map(narrowed, made)], document.is_free)
        detection = Detection()
        if tell:
            is_free = IsOutside(spans_of(text, self._own))
            of_words = judge_words(decision, detected, judged, of_place)
            detection = tell_swapped(detected, judged, places, of_place, is_free, of_words)
        return Repair(text, edits, tuple(sorted(held.values())), round(document.spun_prob, 4), detection)


def _still_held(held: Iterable[Held], made: Sequence[Edit]) -> tuple[Held, ...]:
    """What is held and not, by a later pass, made after all."""
    is_free = IsOutside((e.start, e.end) for e in made)
    return tuple(h for h in held if is_free(h.start, h.end) or h.why_not == "overlap")

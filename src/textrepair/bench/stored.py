"""What a repairer found out about a page before it judged, kept on disk.

Reading a spun page and laying out its candidates takes most of the time; thresholds, the shortlist, the facts
and the judgement of candidates come after. With what is stored these are measured again in seconds.
"""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import textrepair
from textrepair.edits import Repair
from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.detect import DetectedDocument, detect, detect_by_large, read_document
from textrepair.pipeline.repair import Repairer
from textrepair.pipeline.score import score_candidates
from textrepair.rerank import Evidence

PACKAGE = Path(textrepair.__file__).parent
# what comes after, or measures: a change here asks for nothing to be read again
AFTER = {"bench", "cli", "corpus", "damage", "training", "candidate.py", "context.py"}
AFTER |= {
    f"{name}.py"
    for name in "compose decide edits gold judgement mining repair settings shortlist view".split()
}
AFTER |= {"decisions.py", "detection.py", "marks.py", "report", "review", "spacy_component.py", "swapped.py"}


@dataclass(frozen=True)
class Stored:
    """A document with what the model detects in it, and its candidates with the evidence for each."""

    detected: DetectedDocument
    scored: list[tuple[Candidate, Evidence]]


def code_hash() -> str:
    """The SHA-256 of the code and the tables that what is stored hangs on."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE).parts
        if path.is_file() and not AFTER & {*inside} and "__pycache__" not in inside:
            digest.update(repr(inside).encode() + path.read_bytes())
    return digest.hexdigest()


def store(repairer: Repairer, texts: Sequence[str], folder: Path, weights: str) -> list[Stored]:
    """What the repairer finds out about each text, from `folder` where it was found out before.

    `weights` names the model. A change of the code or the tables before the judgement, or of how documents
    are judged, is noticed; a lexicon of the user's own is not: give each a folder of its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    of_document = repr((repairer.decision.document_by_words, repairer.decision.document_by_encoding))
    key = json.dumps([code_hash(), weights, of_document])
    return [
        _one(repairer, text, folder / f"{hashlib.sha256((key + text).encode()).hexdigest()}.pickle")
        for text in texts
    ]


def _one(repairer: Repairer, text: str, path: Path) -> Stored:
    if path.exists():
        found = pickle.loads(path.read_bytes())
        assert isinstance(found, Stored)
        return found
    stored = find_out(repairer, text)
    path.write_bytes(pickle.dumps(stored))
    return stored


def find_out(repairer: Repairer, text: str) -> Stored:
    """What the repairer finds out about a text before it judges."""
    document = read_document(text, repairer.lexicon, repairer.decision.document_by_words)
    decision = repairer.decision
    (detected,) = detect(
        [document], repairer.reranker, judge=decision.document_by_encoding, is_spun=decision.judges_places
    )
    if large := repairer.large:
        (detected,) = detect_by_large([detected], large, lambda document: True)
    (scored,) = score_candidates([detected], repairer.reranker, repairer.large)
    return Stored(replace(detected, encoding=None), scored)


def judged(repairer: Repairer, stored: Stored) -> Repair:
    """The repair of a stored text: its first pass, without that of damage."""
    return repairer._decide(stored.detected, repairer._choose(stored.detected, stored.scored), tell=True)

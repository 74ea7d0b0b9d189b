"""A long text is read in pieces: what is told of it stands where it stands in the text."""

from __future__ import annotations

import pytest

from corpora import SPUN
from textrepair import Repairer
from textrepair.detection import Detection
from textrepair.edits import Repair, splice
from textrepair.pipeline.pieces import joined, pieces

TEXT = "\n\n".join([SPUN, f"Teh results were signi ficant. {SPUN}", SPUN, SPUN])


@pytest.fixture
def in_short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "__defaults__", (len(SPUN) + 40,))


@pytest.mark.usefixtures("in_short_pieces")
def test_edits_spans_and_sentences_lie_in_the_whole_text(repairer: Repairer) -> None:
    repair = repairer.explain(TEXT)
    assert len(pieces(repair.detection.source)) > 3
    assert [e.after for e in repair.edits].count("breast cancer") == 4
    assert "significant" in [e.after for e in repair.edits]  # damage of any piece
    for told in (*repair.edits, *repair.held):
        assert TEXT[told.start : told.end] == told.before
    for span in repair.detection.spans:
        assert repair.detection.source[span.start : span.end] == span.text
    sentences = [(s.start, s.end) for s in repair.detection.sentences]
    assert sentences == sorted(sentences)
    assert len(sentences) == 5
    assert splice(TEXT, repair.edits).count("patients") == 4


@pytest.mark.usefixtures("in_short_pieces")
def test_texts_long_and_short_keep_their_order(repairer: Repairer) -> None:
    texts = ["A clean text.", TEXT, "", SPUN]
    assert [r.source for r in repairer.pipe(texts)] == texts


def test_what_is_told_of_pieces_is_their_mean_by_length() -> None:
    short = Repair("ab", spun=0.9, detection=Detection("ab", 0.9, 0.5, (0.4, 0.6)))
    long = Repair("cdefgh", spun=0.1, detection=Detection("cdefgh", 0.1, 0.1, (0.0, 0.2)))
    whole = joined("abcdefgh", [short, long])
    assert (whole.spun, whole.detection.spun) == (0.9, 0.9)
    assert (whole.detection.swapped, whole.detection.interval) == (0.2, (0.1, 0.3))

"""A run that goes on where an earlier one stopped, and refuses what that one was not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpora import CLEAN, SPUN, files, fixed, jsonl
from textrepair.corpus.cleaning import clean
from textrepair.corpus.rows import RowOptions
from textrepair.corpus.worker import RepairerSpec
from textrepair.errors import TextrepairError


def test_what_is_done_is_not_done_again(corpus: Path, tmp_path: Path, inline) -> None:
    first = clean([corpus], tmp_path / "out", engine=inline)
    before = files(tmp_path / "out")
    inline.texts.clear()
    (corpus / "g.jsonl").write_bytes(jsonl("Something new."))
    os.utime(corpus / "a.jsonl")  # another time, the same bytes
    (corpus / "deep/d.tsv").write_text(f"text\tid\n{SPUN}\t2\n")
    (tmp_path / "out/b.jsonl.gz").unlink()
    second = clean([corpus], tmp_path / "out", engine=inline)
    assert inline.texts == [SPUN, "Something new."], "only the changed shard and the new one"
    assert second.before == 4
    assert second.rows == first.rows + 1
    assert second.edits == first.edits
    after = files(tmp_path / "out")
    assert after.pop("g.jsonl") == jsonl("Something new.")
    assert after.pop("deep/d.tsv") == before.pop("deep/d.tsv").replace(b"\t1", b"\t2")
    assert after == before


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"spec": RepairerSpec(settings={"min_score": 0.5})}, "min_score"),
        ({"spec": RepairerSpec(settings={"protect": ("x",)})}, "protect"),
        ({"options": RowOptions(column="id")}, "column"),
        ({"spec": "lexicon"}, "lexicon"),
    ],
)
def test_a_changed_setting_is_noticed(tmp_path: Path, inline, lexicon: Path, changed, named: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN))
    clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline)
    if changed.get("spec") == "lexicon":
        changed = {"spec": RepairerSpec(lexicon=(str(lexicon),))}
    with pytest.raises(TextrepairError, match=rf"with another {named};.*--fresh"):
        clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline, **changed)
    assert files(tmp_path / "out")["a.jsonl"] == jsonl(fixed(inline, SPUN))
    inline.texts.clear()
    clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline, fresh=True)
    assert inline.texts == [SPUN]


def test_a_file_of_other_hands_is_not_overwritten(tmp_path: Path, inline) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.jsonl").write_bytes(b"precious")
    with pytest.raises(TextrepairError, match="was not written by textrepair"):
        clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline, fresh=True)
    with pytest.raises(TextrepairError, match="would be overwritten"):
        clean([tmp_path / "a.jsonl"], tmp_path, engine=inline)
    with pytest.raises(TextrepairError, match="would be overwritten"):
        clean([tmp_path / "a.jsonl"], tmp_path / "a.jsonl", engine=inline)
    assert files(tmp_path) == {"a.jsonl": jsonl(SPUN), "out/a.jsonl": b"precious"}


def test_a_journal_that_was_torn_anywhere_is_gone_on_with(tmp_path: Path, inline) -> None:
    """Cut wherever it may be, the journal gives the same output, and hardly a row is done twice."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN, CLEAN, SPUN))
    clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline)
    whole = files(tmp_path / "out")
    journal = tmp_path / "out/_textrepair/edits/a.jsonl.jsonl"
    kept = journal.read_bytes()
    for size in range(0, len(kept), 41):
        (tmp_path / "out/a.jsonl").unlink()
        journal.write_bytes(kept[:size])
        inline.texts.clear()
        summary = clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline)
        assert files(tmp_path / "out") == whole
        assert journal.read_bytes() == kept
        assert len(inline.texts) == 3 - max(0, kept[:size].count(b"\n") - 1)
        assert (summary.rows, summary.edits) == (3, 4)

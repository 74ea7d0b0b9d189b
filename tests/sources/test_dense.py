"""Vectors of passages: what they find where words find nothing, and that they stay whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpora import jsonl
from textrepair import TextrepairError, cli
from textrepair.corpus import indexing
from textrepair.rerank import PassageEncoder
from textrepair.sources.index import Builder, Index
from textrepair.sources.trace import trace
from traced import ORIGINAL, OTHER, RELATED, SPUN, Letters, build

pytestmark = pytest.mark.engines


@pytest.fixture
def wordless(monkeypatch: pytest.MonkeyPatch) -> None:
    """No words find anything."""
    monkeypatch.setattr(Index, "search", lambda self, terms, *, limit, around: [])


@pytest.mark.usefixtures("wordless")
def test_a_passage_that_no_word_finds_is_traced_by_its_vector(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl(OTHER, RELATED, f"{RELATED} {ORIGINAL} {OTHER}"))
    indexing.index([path], tmp_path / "ix", dense=True)
    (passage,) = trace(SPUN, Index(tmp_path / "ix", PassageEncoder()))
    best = passage.sources[0]
    assert (best.document, best.start, best.text) == ("2", len(RELATED) + 1, ORIGINAL.rstrip("."))
    assert best.probability > 0.9
    assert [p.sources for p in trace(SPUN, Index(tmp_path / "ix"))] == [()]
    (tmp_path / "page.txt").write_text(SPUN)
    done = CliRunner().invoke(cli.app, ["fix", "--sources", str(tmp_path / "ix"), str(tmp_path / "page.txt")])
    assert (done.exit_code, done.stdout.strip()) == (0, ORIGINAL)


@pytest.mark.usefixtures("wordless")
def test_what_is_only_alike_is_no_source(tmp_path: Path) -> None:
    index = build(tmp_path / "ix", RELATED, OTHER, encoder=Letters())
    assert [f.document for f in index.alike(RELATED, limit=1, around=100)] == ["doc0"]
    assert all(not p.sources or p.sources[0].probability < 0.1 for p in trace(SPUN, index))


def test_vectors_are_asked_only_where_words_find_nothing_sure(tmp_path: Path) -> None:
    encoder = Letters()
    index = build(tmp_path / "ix", RELATED, ORIGINAL, OTHER, encoder=encoder)
    encoder.asked.clear()
    list(trace(SPUN, index))
    assert encoder.asked == []
    found = [
        s.document for p in trace(f"{OTHER}\n\n{RELATED.upper()} 7 {RELATED[::-1]}", index) for s in p.sources
    ]
    assert encoder.asked
    assert len(found) == len(set(found))


@pytest.mark.parametrize("text", ["", " \n ", "…", "x", "12 (34)", "\U0001f600" * 9, "\ud800 lone"])
def test_any_text_is_indexed_and_traced(text: str, tmp_path: Path) -> None:
    encoder = PassageEncoder()
    index = build(tmp_path / "ix", text, encoder=encoder)
    assert list(trace(text, index)) == list(trace(text, Index(tmp_path / "ix")))
    index = build(tmp_path / "ix", ORIGINAL, encoder=encoder)
    assert [f.text[:20] for f in index.alike(SPUN, limit=1, around=100)] == [ORIGINAL[:20]]


def test_vectors_that_were_added_and_not_kept_are_dropped(tmp_path: Path) -> None:
    encoder = Letters()
    build(tmp_path / "ix", RELATED, encoder=encoder)
    lost = Builder(tmp_path / "ix", encoder)
    lost.add("lost", ORIGINAL)
    assert lost._vectors
    lost._vectors.commit()  # as a crash between the vectors and the manifest leaves it
    lost._texts.close()
    lost._writer.wait_merging_threads()
    index = build(tmp_path / "ix", OTHER, encoder=encoder)
    found = index.alike(ORIGINAL, limit=9, around=10)
    assert {f.document for f in found} == {"doc0"}
    assert {f.text[:20] for f in found} == {RELATED[:20], OTHER[:20]}


def test_damaged_vectors_are_named_with_a_remedy(tmp_path: Path) -> None:
    encoder = Letters()
    index = build(tmp_path / "ix", RELATED, ORIGINAL, encoder=encoder)
    path = index.folder / "vectors.faiss"
    held = path.read_bytes()
    path.write_bytes(bytes(len(held)))
    with pytest.raises(TextrepairError, match=r"damaged .*put a whole copy in its place, or build it anew"):
        Index(index.folder, encoder)
    with pytest.raises(TextrepairError, match="damaged"):
        Builder(index.folder, encoder)
    path.write_bytes(held[:-1])
    with pytest.raises(TextrepairError, match=r"damaged, vectors.faiss has"):
        Index(index.folder, encoder)
    path.unlink()
    with pytest.raises(TextrepairError, match=r"vectors.faiss is missing"):
        Index(index.folder, encoder)

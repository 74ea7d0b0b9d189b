"""A corpus cleaned, and undone. Real files, real model."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpora import CLEAN, SPUN, files, fixed, jsonl
from textrepair.corpus.cleaning import clean
from textrepair.corpus.counts import Counts
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.reverting import Choice, revert
from textrepair.corpus.rows import RowOptions
from textrepair.corpus.worker import RepairerSpec
from textrepair.errors import TextrepairError


def test_every_kind_comes_out_row_for_row(corpus: Path, tmp_path: Path, inline) -> None:
    out = tmp_path / "out"
    summary = clean([corpus], out, engine=inline)
    repaired = fixed(inline, SPUN)
    assert repaired != SPUN
    after = files(out)
    assert sorted(after) == [
        "a.jsonl", "b.jsonl.gz", "deep/c.csv.xz", "deep/d.tsv", "e.txt.zst", "f.parquet"
    ]  # fmt: skip
    assert after["a.jsonl"] == jsonl(repaired, CLEAN)
    assert gzip.decompress(after["b.jsonl.gz"]) == jsonl(CLEAN, repaired, repaired)
    assert lzma.decompress(after["deep/c.csv.xz"]).decode() == f"id,text\n1,{repaired}\n2,{CLEAN}\n"
    assert after["deep/d.tsv"].decode() == f"text\tid\n{repaired}\t1\n"
    with pa.input_stream(out / "e.txt.zst", compression="zstd") as stream:
        assert stream.read().decode() == "\ufeff" + fixed(inline, f"{SPUN}\r\n\r\n{CLEAN}")
    assert pq.read_table(out / "f.parquet").to_pydict() == {"text": [repaired, None, CLEAN], "n": [1, 2, 3]}
    assert (summary.rows, summary.empty, summary.documents, summary.repaired) == (12, 1, 11, 7)
    assert summary.left_out == 2
    assert summary.edits == sum(summary.kinds.values()) == sum(summary.reasons.values()) == 14
    kept = json.loads((out / "_textrepair/summary.json").read_bytes())
    assert kept == json.loads(json.dumps(summary.to_dict()))


def test_going_back_gives_the_corpus_as_it_was(corpus: Path, tmp_path: Path, inline) -> None:
    clean([corpus], tmp_path / "out", engine=inline)
    assert revert(tmp_path / "out", tmp_path / "back") == (14, 0)
    for name, data in files(tmp_path / "back").items():
        stood = (corpus / name).read_bytes()
        unpack = {"gz": gzip.decompress, "xz": lzma.decompress}.get(name.rpartition(".")[2])
        if unpack:
            assert unpack(data) == unpack(stood)
        elif name.endswith("zst"):
            assert (
                pa.CompressedInputStream(pa.py_buffer(data), "zstd").read()
                == pa.CompressedInputStream(pa.py_buffer(stood), "zstd").read()
            )
        elif name.endswith("parquet"):
            assert pq.read_table(tmp_path / "back" / name).equals(pq.read_table(corpus / name))
        else:
            assert data == stood


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        (Choice(row=1), [0, 2]),
        (Choice(before="SUFFERERS"), []),
        (Choice(before="sufferers", row=2), [0, 1]),
        (Choice(kind="wording"), [0, 1, 2]),
        (Choice(below=0.0), [0, 1, 2]),
        (Choice(file="other.jsonl"), [0, 1, 2]),
    ],
)
def test_one_edit_can_be_undone(tmp_path: Path, inline, choice: Choice, wanted: list[int]) -> None:
    for name in ("a.jsonl", "other.jsonl"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(jsonl(SPUN, SPUN, SPUN))
    clean([tmp_path / "in"], tmp_path / "out", options=RowOptions(edits_column="edits"), engine=inline)
    revert(tmp_path / "out", tmp_path / "back", choice)
    rows = [json.loads(line) for line in (tmp_path / "back/a.jsonl").read_bytes().splitlines()]
    assert [r["id"] for r in rows if "patients" in r["text"]] == wanted
    assert all(r["text"].count("breast cancer") == len(r["edits"]) - ("patients" in r["text"]) for r in rows)


def test_what_cannot_be_undone_is_named(corpus: Path, tmp_path: Path, inline) -> None:
    out = tmp_path / "out"
    with pytest.raises(TextrepairError, match="no record"):
        revert(corpus, tmp_path / "back")
    clean([corpus], out, engine=inline)
    with pytest.raises(TextrepairError, match=r"x\.csv: not among the 6 files"):
        revert(out, tmp_path / "back", Choice(file="x.csv"))
    with pytest.raises(TextrepairError, match="exists already"):
        revert(out, corpus)
    (out / "a.jsonl").write_bytes(jsonl("changed", "by others"))
    with pytest.raises(TextrepairError, match=r"a\.jsonl: is not what the run wrote"):
        revert(out, tmp_path / "back")
    assert "a.jsonl" not in files(tmp_path / "back")


def test_a_single_file_goes_to_a_file_and_may_change_its_compression(tmp_path: Path, inline) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN))
    out = tmp_path / "b.jsonl.gz"
    clean([tmp_path / "a.jsonl"], out, engine=inline)
    assert gzip.decompress(out.read_bytes()) == jsonl(fixed(inline, SPUN))
    assert (tmp_path / "b.jsonl.gz.textrepair/summary.json").is_file()
    assert revert(out, tmp_path / "c.jsonl") == (2, 0)
    assert (tmp_path / "c.jsonl").read_bytes() == jsonl(SPUN)
    with pytest.raises(TextrepairError, match="only compression may change"):
        clean([tmp_path / "a.jsonl"], tmp_path / "b.csv", engine=inline)


def test_edits_in_a_column(corpus: Path, tmp_path: Path, inline) -> None:
    for name in ("a.jsonl", "deep/d.tsv", "f.parquet"):
        clean(
            [corpus / name],
            tmp_path / "out",
            options=RowOptions(edits_column="edits"),
            engine=inline,
            fresh=True,
        )
    rows = [json.loads(line) for line in (tmp_path / "out/a.jsonl").read_bytes().splitlines()]
    assert [[e["before"] for e in r["edits"]] for r in rows] == [["sufferers", "bosom peril"], []]
    table = pq.read_table(tmp_path / "out/f.parquet").to_pydict()
    assert table["edits"] == [rows[0]["edits"], [], []]
    line = (tmp_path / "out/d.tsv").read_text().splitlines()[1]
    assert json.loads(line.split("\t")[2].strip('"').replace('""', '"')) == rows[0]["edits"]
    with pytest.raises(TextrepairError, match="plain text has no column"):
        clean(
            [corpus / "e.txt.zst"], tmp_path / "new", options=RowOptions(edits_column="edits"), engine=inline
        )


def test_lines_of_text_as_documents(tmp_path: Path, inline) -> None:
    (tmp_path / "a.txt").write_bytes(f"{SPUN}\r\n\r\n{CLEAN}\n{SPUN}".encode() + b"\ncaf\xe9\n")
    summary = clean([tmp_path / "a.txt"], tmp_path / "b.txt", options=RowOptions(by_line=True), engine=inline)
    after = fixed(inline, SPUN)
    assert (tmp_path / "b.txt").read_bytes() == f"{after}\r\n\r\n{CLEAN}\n{after}".encode() + b"\ncaf\xe9\n"
    assert (summary.documents, summary.empty, dict(summary.refused)) == (3, 1, {"no-utf8": 1})


def test_a_trial_writes_nothing(corpus: Path, tmp_path: Path, inline) -> None:
    seen = []
    summary = clean(
        [corpus], None, engine=inline, on_row=lambda s, n, o: seen.append((s.name, n, len(o.edits)))
    )
    assert summary.edits == sum(n for *_, n in seen) == 14
    assert ("b.jsonl.gz", 2, 2) in seen
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_a_url_is_read(inline, tmp_path: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/bucket/x/part-1.jsonl", jsonl(SPUN))
    memory.pipe("/bucket/x/part-2.jsonl", jsonl(CLEAN))
    summary = clean(["memory://bucket/x/part-*.jsonl"], tmp_path / "out", engine=inline)
    assert summary.documents == 2
    assert files(tmp_path / "out") == {
        "part-1.jsonl": jsonl(fixed(inline, SPUN)),
        "part-2.jsonl": jsonl(CLEAN),
    }


def test_a_long_text_is_read_in_pieces(inline) -> None:
    from textrepair.corpus import worker
    from textrepair.pipeline.pieces import pieces

    text = "\n\n".join([SPUN] * 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "__defaults__", (len(SPUN) + 10,))
        [outcome] = worker.outcomes(inline.repairer, [text])
    assert len(outcome.edits) == 10
    assert all(text[e.start : e.end] == e.before for e in outcome.edits)


@pytest.mark.parametrize(("gate", "gated"), [(0.0, 0), (0.3, 1), (1.0, 4)])
def test_what_the_model_was_not_shown_and_what_looks_spun_is_counted(gate: float, gated: int) -> None:
    counts = Counts()
    for spun in (0.1, 0.3, 0.5, 0.9):
        counts.add(Outcome(5, spun), gate, spun_from=0.5)
    counts.add(Outcome(0), gate, spun_from=0.5)
    counts.add(Outcome(refused="failed"), gate, spun_from=0.5)
    assert (counts.rows, counts.documents, counts.gated, counts.spun) == (6, 4, gated, 2)


def test_the_gate_of_a_run_is_that_of_its_settings(tmp_path: Path, inline) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(CLEAN, CLEAN))
    for gate, gated in ((0.0, 0), (1.0, 2)):
        done = clean([tmp_path / "a.jsonl"], None, spec=RepairerSpec(settings={"gate": gate}), engine=inline)
        assert (done.documents, done.gated) == (2, gated)

"""A corpus cleaned, gone on with, undone; and every fault that must cost no row. Real files, real model."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import lzma
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

pytest.importorskip("pyarrow")
import pyarrow as pa
import pyarrow.parquet as pq

from textrepair import cli
from textrepair.corpus import feed
from textrepair.corpus.cleaning import clean
from textrepair.corpus.feed import Job
from textrepair.corpus.reverting import Choice, revert
from textrepair.corpus.shards import find
from textrepair.corpus.streams import OutputError
from textrepair.corpus.work import Work
from textrepair.errors import TextrepairError

SPUN = "The sufferers were treated for bosom peril."
CLEAN = "Two patients were treated with a new drug."


def fixed(inline, text: str) -> str:
    return inline.repairer.fix(text)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an output but for its record."""
    paths = [p for p in folder.rglob("*") if p.is_file() and "_textrepair" not in p.parts]
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}


def jsonl(*texts: str) -> bytes:
    return b"".join(json.dumps({"id": n, "text": t}).encode() + b"\n" for n, t in enumerate(texts))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One shard of each kind, and two files that are none."""
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.jsonl").write_bytes(jsonl(SPUN, CLEAN))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(jsonl(CLEAN, SPUN, SPUN)))
    (folder / "deep/c.csv.xz").write_bytes(lzma.compress(f"id,text\n1,{SPUN}\n2,{CLEAN}\n".encode()))
    (folder / "deep/d.tsv").write_bytes(f"text\tid\n{SPUN}\t1\n".encode())
    zst = pa.Codec("zstd").compress(f"\ufeff{SPUN}\r\n\r\n{CLEAN}".encode(), asbytes=True)
    (folder / "e.txt.zst").write_bytes(zst)
    pq.write_table(pa.table({"text": [SPUN, None, CLEAN], "n": [1, 2, 3]}), folder / "f.parquet")
    (folder / "README.md").write_text("no part of the corpus")
    (folder / ".hidden.jsonl").write_text("nor this")
    return folder


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
    clean([tmp_path / "in"], tmp_path / "out", job=Job(edits_column="edits"), engine=inline)
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
        clean([corpus / name], tmp_path / "out", job=Job(edits_column="edits"), engine=inline, fresh=True)
    rows = [json.loads(line) for line in (tmp_path / "out/a.jsonl").read_bytes().splitlines()]
    assert [[e["before"] for e in r["edits"]] for r in rows] == [["sufferers", "bosom peril"], []]
    table = pq.read_table(tmp_path / "out/f.parquet").to_pydict()
    assert table["edits"] == [rows[0]["edits"], [], []]
    line = (tmp_path / "out/d.tsv").read_text().splitlines()[1]
    assert json.loads(line.split("\t")[2].strip('"').replace('""', '"')) == rows[0]["edits"]
    with pytest.raises(TextrepairError, match="plain text has no column"):
        clean([corpus / "e.txt.zst"], tmp_path / "new", job=Job(edits_column="edits"), engine=inline)


def test_lines_of_text_as_documents(tmp_path: Path, inline) -> None:
    (tmp_path / "a.txt").write_bytes(f"{SPUN}\r\n\r\n{CLEAN}\n{SPUN}".encode() + b"\ncaf\xe9\n")
    summary = clean([tmp_path / "a.txt"], tmp_path / "b.txt", job=Job(by_line=True), engine=inline)
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
    from textrepair.corpus import work

    text = "\n\n".join([SPUN] * 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work.pieces, "__defaults__", (len(SPUN) + 10,))
        [outcome] = work.outcomes(inline.repairer, [text])
    assert len(outcome.edits) == 10
    assert all(text[e.start : e.end] == e.before for e in outcome.edits)


# Going on --------------------------------------------------------------------------------------


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
        ({"work": Work(settings={"min_score": 0.5})}, "min_score"),
        ({"work": Work(settings={"protect": ("x",)})}, "protect"),
        ({"job": Job(column="id")}, "column"),
        ({"work": "lexicon"}, "lexicon"),
    ],
)
def test_a_changed_setting_is_noticed(tmp_path: Path, inline, lexicon: Path, changed, named: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN))
    clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline)
    if changed.get("work") == "lexicon":
        changed = {"work": Work(lexicon=(str(lexicon),))}
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


# Faults ----------------------------------------------------------------------------------------


def cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


MANY = jsonl(*[f"{CLEAN} {n}" for n in range(40)])


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [
        ("x.jsonl.gz", cut(gzip.compress(MANY)), gzip.compress(MANY)),
        ("x.jsonl.gz", b"no gzip", gzip.compress(MANY)),
        ("x.jsonl.gz", gzip.compress(MANY)[:40] + b"\0" * 50 + gzip.compress(MANY)[90:], gzip.compress(MANY)),
        ("x.jsonl.xz", cut(lzma.compress(MANY)), lzma.compress(MANY)),
        ("x.jsonl.zst", cut(pa.Codec("zstd").compress(MANY, asbytes=True)), None),
        ("x.parquet", None, None),
        ("x.jsonl", b'{"body": "a"}\n', MANY),
        ("x.csv", b"body\na\n", f"text\n{SPUN}\n".encode()),
    ],
)
def test_a_damaged_shard_is_named_and_harms_no_other(
    tmp_path: Path, inline, name: str, bad: bytes | None, good: bytes | None
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(jsonl(SPUN))
    (folder / "z.jsonl").write_bytes(jsonl(SPUN))
    if name.endswith("parquet"):
        pq.write_table(pa.table({"text": [CLEAN] * 40}), folder / name)
        good = (folder / name).read_bytes()
        bad = cut(good)
    good = good or pa.Codec("zstd").compress(MANY, asbytes=True)
    (folder / name).write_bytes(bad or b"")
    summary = clean([folder], out, engine=inline)
    assert list(summary.failed) == [str(folder / name)]
    [problem] = summary.failed.values()
    assert "put a whole copy in its place" in problem or "--column" in problem
    assert sorted(files(out)) == ["a.jsonl", "z.jsonl"], "nothing half-written"
    assert (summary.rows, summary.edits, summary.kinds) == (2, 4, {"terminology": 4})
    (folder / name).write_bytes(good)
    inline.texts.clear()
    summary = clean([folder], out, engine=inline)
    assert not summary.failed
    assert summary.before == 2
    assert sorted(files(out)) == sorted(["a.jsonl", "z.jsonl", name])


def test_rows_that_cannot_be_read_leave_as_they_came_and_are_listed(
    tmp_path: Path, inline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LONGEST", 1000)
    long = json.dumps({"text": "long " * 300}).encode() + b"\n"
    bad = b"nonsense\n" + '{"text": "café"}\n'.encode("latin-1") + b'{"other": 1}\n{"text": 2}\n' + long
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN) + bad + jsonl(SPUN))
    summary = clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline)
    after = jsonl(fixed(inline, SPUN))
    assert files(tmp_path / "out")["a.jsonl"] == after + bad + after
    rejects = [json.loads(r) for r in (tmp_path / "out/_textrepair/rejects.jsonl").read_bytes().splitlines()]
    assert [(r["row"], r["refused"]) for r in rejects] == [
        (1, "no-json"), (2, "no-utf8"), (3, "no-column"), (4, "no-text"), (5, "too-long")
    ]  # fmt: skip
    assert all(r["shard"] == "a.jsonl" and r["detail"] for r in rejects)
    assert summary.refused.total() == 5
    assert summary.rows == 7


def test_a_line_of_50_mb(tmp_path: Path, inline) -> None:
    line = b'{"text": "' + b"sufferers " * 5_000_000 + b'"}\n'
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN) + line + jsonl(SPUN))
    summary = clean([tmp_path / "a.jsonl"], tmp_path / "out.jsonl", engine=inline)
    after = jsonl(fixed(inline, SPUN))
    assert (tmp_path / "out.jsonl").read_bytes() == after + line + after
    assert summary.refused == {"too-long": 1}


def test_a_text_that_breaks_the_pipeline_is_refused_alone(tmp_path: Path, inline, monkeypatch) -> None:
    pipe = inline.repairer.pipe

    def fail(texts, batch_size):
        for t in texts:
            if "poison" in t:
                raise RuntimeError("a bug")
            yield from pipe([t])

    monkeypatch.setattr(inline.repairer, "pipe", fail)
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN, "poison", SPUN))
    summary = clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline)
    monkeypatch.undo()
    assert summary.refused == {"failed": 1}
    after = fixed(inline, SPUN)
    assert files(tmp_path / "out")["a.jsonl"] == jsonl(after, "poison", after)


@contextlib.contextmanager
def small_disk(tmp_path: Path):
    """A folder on a file system of its own that soon is full; None where that is not allowed."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
        ).returncode
    )
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=False)


@pytest.mark.skipif(shutil.which("mount") is None, reason="no mount program")
def test_a_full_disk_loses_nothing(tmp_path: Path, inline) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(*[f"{CLEAN} {n} " + "x" * 500 for n in range(300)]))
    with small_disk(tmp_path) as disk:
        if disk is None:
            pytest.skip("needs the right to mount")
        out = disk / "out"
        with pytest.raises(OutputError, match=r"No space left on device.*run the same command again"):
            clean([tmp_path / "a.jsonl"], out, engine=inline)
        assert files(out) == {}
        subprocess.run(["mount", "-o", "remount,size=4m", disk], check=True)
        inline.texts.clear()
        clean([tmp_path / "a.jsonl"], out, engine=inline)
        assert files(out) == {"a.jsonl": (tmp_path / "a.jsonl").read_bytes()}
        assert len(inline.texts) < 300, "rows done before the disk was full are not done again"


def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path, inline) -> None:
    """What needs no mount: the system refuses to let a file grow, as a full disk or a quota does."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(*[f"{CLEAN} {n} " + "x" * 500 for n in range(100)]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OutputError, match=os.strerror(errno.EFBIG)):
            clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(tmp_path / "out") == {}
    clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline)
    assert files(tmp_path / "out") == {"a.jsonl": (tmp_path / "a.jsonl").read_bytes()}


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path, inline) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN))
    (tmp_path / "file").write_bytes(b"")
    locked = tmp_path / "locked"
    locked.mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    for out in (tmp_path / "file" / "out", locked / "out", Path("/proc/textrepair")):
        if out.parent == locked and os.access(locked, os.W_OK):
            continue  # the superuser may write everywhere but in /proc
        if out.parent == Path("/proc") and not out.parent.is_dir():
            continue
        with pytest.raises(OutputError, match=f"{out}.*cannot be written"):
            clean([tmp_path / "a.jsonl"], out, engine=inline)


def test_two_runs_on_one_output(tmp_path: Path, inline) -> None:
    """The second refuses, while the first goes on; another process is asked, for locks are between them."""
    (tmp_path / "a.jsonl").write_bytes(jsonl(SPUN))
    code = (
        "import sys; from textrepair.corpus.cleaning import clean\n"
        "clean([sys.argv[1]], sys.argv[2], workers=1)"
    )
    told = []

    def second(*_: object) -> None:
        if not told:
            args = [sys.executable, "-c", code, str(tmp_path / "a.jsonl"), str(tmp_path / "out")]
            told.append(subprocess.run(args, capture_output=True, text=True, check=False))

    clean([tmp_path / "a.jsonl"], tmp_path / "out", engine=inline, on_row=second)
    assert told[0].returncode == 1
    assert "another run is writing here; wait for it" in told[0].stderr
    assert files(tmp_path / "out")["a.jsonl"] == jsonl(fixed(inline, SPUN))


def test_input_that_changes_while_it_is_read_is_not_taken_for_done(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(jsonl(SPUN, CLEAN))
    steps = feed.feed(find([str(path)])[0], Job(), lambda shard: None)
    assert isinstance(next(steps).what, feed.Began)
    os.utime(path, (1, 1))
    *_, last = steps
    assert isinstance(last.what, feed.Ended)
    assert "changed while it was read" in last.what.problem


# From the shell --------------------------------------------------------------------------------


def run(*args: object):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.fixture
def here(inline, monkeypatch: pytest.MonkeyPatch):
    """The command line with its worker in this process."""
    monkeypatch.setattr("textrepair.corpus.processes.Processes", inline)


def test_the_command_cleans_tells_and_reverts(corpus: Path, tmp_path: Path, here) -> None:
    done = run("clean", corpus, "-o", tmp_path / "out", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["edits"] == 14
    assert "14 edits in 7 documents (14 terminology), proposed by (14 lexicon:biomedical)" in done.stderr
    again = run("clean", corpus, "-o", tmp_path / "out")
    assert "6 of 6 files were done before" in again.stderr
    assert again.stdout == ""
    back = run("revert", tmp_path / "out", "-o", tmp_path / "back", "--before", "sufferers")
    assert back.stderr == "textrepair: 7 edits undone, 7 kept\n"


def test_the_command_tries_and_prints_each_change(corpus: Path, here) -> None:
    done = run("clean", corpus / "a.jsonl", "--dry-run")
    assert done.exit_code == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [line[:3] for line in lines] == [
        ["a.jsonl:0", "sufferers → patients", "terminology"],
        ["a.jsonl:0", "bosom peril → breast cancer", "terminology"],
    ]


def test_the_command_names_what_it_could_not_read(corpus: Path, tmp_path: Path, here) -> None:
    bad = corpus / "b.jsonl.gz"
    bad.write_bytes(b"no gzip")
    (corpus / "a.jsonl").write_bytes(jsonl(SPUN) + b"nonsense\n")
    done = run("clean", corpus, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert f"textrepair: {bad}: damaged" in done.stderr
    assert "1 of 6 files could not be done" in done.stderr
    assert "1 rows refused, left as they came (1 no-json); see rejects.jsonl" in done.stderr


def test_an_output_that_fails_is_the_fault_of_no_input(corpus: Path, tmp_path: Path, here) -> None:
    (tmp_path / "file").touch()
    done = run("clean", corpus, "-o", tmp_path / "file" / "out")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pty = pytest.importorskip("pty")
    from textrepair.cli.clean import _progress
    from textrepair.corpus.account import Summary

    mine, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", terminal)
        patch.setenv("COLUMNS", "150")
        with _progress() as report:
            report(Summary(documents=1), 0.25)
            report(Summary(documents=1234, spun=7, edits=99, new_words=5000), 0.5)
        shown = os.read(mine, 100_000).decode()
    os.close(mine)
    assert "1,234 documents, 7 spun, 99 edits" in shown
    assert "words/s" in shown
    assert "50%" in shown


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["clean", "x.jsonl"], "-o OUT"),
        (["clean", "no-such-file.jsonl", "-o", "out"], "no-such-file.jsonl: there is no such file"),
        (["clean", "{tmp}/x.doc", "-o", "out"], "unknown kind of file; the known ones are .txt"),
        (["clean", "{tmp}/x.parquet.gz", "-o", "out"], "compressed inside"),
        (["clean", "{tmp}/none", "-o", "out"], "nothing in it"),
        (["clean", "{tmp}/a.txt", "{tmp}/b/a.txt", "-o", "out"], "would both be written to a.txt"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--model", "en_xl"], "en_xl"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--lexicon", "none.tsv"], "none.tsv"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--protect-pattern", "("], "'\\('"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--edits-column", "text"], "must not be the same"),
        (["clean", "{tmp}/a.txt", "-o", "out", "--workers", "0"], "workers"),
        (["clean", "nope://x.jsonl", "-o", "out"], "nope"),
        (["revert", "{tmp}", "-o", "out"], "no record"),
    ],
)
def test_bad_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], named: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "none").mkdir()
    for name in ("x.doc", "x.parquet.gz", "a.txt", "b/a.txt"):
        (tmp_path / name).write_text("text")
    result = run(*[a.replace("{tmp}", str(tmp_path)) for a in args])
    assert result.exit_code == 2
    assert re.search(named, " ".join(result.stderr.replace("│", " ").split()))
    assert not (tmp_path / "out").exists()


def test_a_missing_extra_names_its_install_line(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from textrepair.cli import main; sys.argv[1:] = ['clean', 'x.txt', '-o', 'out']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert "pip install 'textrepair[corpus]'" in done.stderr

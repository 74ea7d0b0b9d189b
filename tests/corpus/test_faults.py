"""Every fault that must cost no row, and the message that names it."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import lzma
import os
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpora import CLEAN, SPUN, files, fixed, jsonl
from textrepair.corpus import reading
from textrepair.corpus.cleaning import clean
from textrepair.corpus.jsonl import Jsonl, JsonlWriter
from textrepair.corpus.record import OutputPaths
from textrepair.corpus.reverting import revert
from textrepair.corpus.rows import RowOptions
from textrepair.corpus.shards import find
from textrepair.corpus.streams import OutputError, packed
from textrepair.errors import TextrepairError


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
        ("x.jsonl.zst", b"no zst", None),
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


def test_two_columns_of_one_name_stop_no_other_file(tmp_path: Path, inline) -> None:
    texts = pa.array([SPUN])
    folder = tmp_path / "in"
    folder.mkdir()
    pq.write_table(pa.Table.from_arrays([texts, texts], ["text", "text"]), folder / "a.parquet")
    pq.write_table(pa.Table.from_arrays([texts, texts, texts], ["n", "n", "text"]), folder / "b.parquet")
    summary = clean([folder], tmp_path / "out", engine=inline)
    assert list(summary.failed) == [str(folder / "a.parquet")]
    assert "two columns are named 'text'" in summary.failed[str(folder / "a.parquet")]
    done = pq.ParquetFile(tmp_path / "out/b.parquet").read()
    assert [c.to_pylist() for c in done.columns] == [[SPUN], [SPUN], [fixed(inline, SPUN)]]


def test_an_error_nobody_thought_of_stops_no_other_file(tmp_path: Path, inline, monkeypatch) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.jsonl").write_bytes(jsonl(SPUN))

    def fail(self, row, changes=(), **others):
        raise KeyError("a bug")

    rows = Jsonl.rows
    with monkeypatch.context() as patch:
        patch.setattr(JsonlWriter, "put", fail)
        summary = clean([folder / "a.jsonl"], tmp_path / "out", engine=inline)
    assert "KeyError: 'a bug'; please report it" in summary.failed[str(folder / "a.jsonl")]
    assert (summary.rows, files(tmp_path / "out")) == (0, {})
    readers = iter([lambda self: fail(self, None), rows, rows])
    monkeypatch.setattr(Jsonl, "rows", lambda self: next(readers)(self))
    summary = clean([folder], tmp_path / "out", engine=inline)
    assert list(summary.failed) == [str(folder / "a.jsonl")]
    assert sorted(files(tmp_path / "out")) == ["b.jsonl", "c.jsonl"]


def test_a_file_name_that_is_not_utf8(tmp_path: Path, inline) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    name = os.fsdecode(b"caf\xe9.jsonl")
    (folder / name).write_bytes(jsonl(SPUN) + b"nonsense\n")
    (folder / "b.jsonl").write_bytes(jsonl(SPUN))
    for done in (0, 2):
        summary = clean([folder], tmp_path / "out", engine=inline)
        assert (summary.failed, summary.rows, summary.before) == ({}, 3, done)
    assert files(tmp_path / "out")[name] == jsonl(fixed(inline, SPUN)) + b"nonsense\n"
    assert revert(tmp_path / "out", tmp_path / "back")[0] == 4
    assert files(tmp_path / "back")[name] == (folder / name).read_bytes()


@pytest.mark.parametrize("compression", ["gz", "xz", "zst"])
def test_a_bomb_is_refused(tmp_path: Path, inline, compression: str) -> None:
    with open(tmp_path / f"a.txt.{compression}", "wb") as raw, packed(raw, compression) as stream:
        for _ in range(120):
            stream.write(bytes(1_000_000))
    (tmp_path / "b.txt").write_text(SPUN)
    summary = clean([tmp_path / f"a.txt.{compression}", tmp_path / "b.txt"], tmp_path / "out", engine=inline)
    [problem] = summary.failed.values()
    assert "unpacks to more than 200 times its size" in problem
    assert sorted(files(tmp_path / "out")) == ["b.txt"]


def test_no_path_leaves_the_output(tmp_path: Path, inline) -> None:
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/deep/a.jsonl").write_bytes(jsonl(SPUN))
    (tmp_path / "in/b.jsonl").write_bytes(jsonl(SPUN))
    with pytest.raises(TextrepairError, match=r"'\.\./evil\.jsonl': would be written to .* outside of"):
        OutputPaths(tmp_path / "out", single=False).check_inside(["a.jsonl", "../evil.jsonl"])
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/deep").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TextrepairError, match=r"outside of .*out; rename the file, or take the link away"):
        clean([tmp_path / "in"], tmp_path / "out", engine=inline)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_rows_that_cannot_be_read_leave_as_they_came_and_are_listed(
    tmp_path: Path, inline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_CHARACTERS", 1000)
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
    code = "import sys; from textrepair.corpus.cleaning import clean\nclean([sys.argv[1]], sys.argv[2])"
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
    steps = reading.read_shards(find([str(path)])[0], RowOptions(), lambda shard: None)
    assert isinstance(next(steps).payload, reading.ShardOpened)
    os.utime(path, (1, 1))
    *_, last = steps
    assert isinstance(last.payload, reading.ShardEnded)
    assert "changed while it was read" in last.payload.problem

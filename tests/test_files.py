"""Files written whole or not at all: what stands where, with which mode, when writing ends or fails."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from textrepair.corpus.streams import WholeFile
from textrepair.files import LOOKED_AT, partial, whole


def write_whole(path: Path, data: bytes) -> None:
    with whole(path) as file:
        file.write(data)


def write_stream(path: Path, data: bytes) -> None:
    file = WholeFile(path, "")
    file.stream.write(data)
    try:
        file.commit()
    finally:
        file.discard()


WRITERS = [write_whole, write_stream]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("write", WRITERS)
def test_a_file_takes_the_place_of_another_and_of_what_a_kill_left(
    tmp_path: Path, write: Callable[[Path, bytes], None]
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    for number in range(LOOKED_AT):
        partial(path, number).write_bytes(b"longer than the new one")
    write(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"new")]


SLOW = """
import sys
from pathlib import Path
from textrepair.corpus.streams import WholeFile
from textrepair.files import whole

def write(file):
    file.write(b"slow " * 9999)
    file.flush()
    print("half", flush=True)
    sys.stdin.readline()
    file.write(b"slow " * 9999)

path = Path(sys.argv[2])
if sys.argv[1] == "write_whole":
    with whole(path) as file:
        write(file)
else:
    file = WholeFile(path, "")
    write(file.stream)
    file.commit()
"""


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("killed", [False, True])
def test_programs_that_write_one_file_at_once_each_write_it_whole(
    tmp_path: Path, write: Callable[[Path, bytes], None], killed: bool
) -> None:
    path = tmp_path / "a.txt"
    command = [sys.executable, "-c", SLOW, write.__name__, str(path)]
    with ExitStack() as stack:
        slow = [
            stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for _ in range(2)
        ]
        for process in slow:
            assert process.stdout
            assert process.stdout.readline() == b"half\n"
        write(path, b"new")
        assert path.read_bytes() == b"new"
        for process in slow:
            if killed:
                process.kill()
            process.communicate(b"\n")
            assert killed or process.returncode == 0
    assert path.read_bytes() == (b"new" if killed else b"slow " * 19998)
    write(path, b"newer")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"newer")]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", ["x" * 251 + ".txt", "ä" * 125 + ".txt"])
def test_a_name_as_long_as_may_be(tmp_path: Path, write: Callable[[Path, bytes], None], name: str) -> None:
    write(tmp_path / name, b"new")
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("fails", ["replace", "fsync"])
def test_what_fails_leaves_the_file_that_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, bytes], None], fails: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, fails, full)
    with pytest.raises(OSError, match="No space left"):
        write(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"old")]


def test_bytes_are_on_the_disk_before_the_name_and_the_name_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append("name"), replace(*paths)))
    write_whole(tmp_path / "a.txt", b"new")
    assert done == ["file", "name", "folder"]


@pytest.mark.parametrize(("wrong", "refused"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_folder_whose_file_system_cannot_sync_it_is_no_failure_but_a_broken_disk_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: int, refused: bool
) -> None:
    fsync = os.fsync

    def files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(wrong, os.strerror(wrong))
        fsync(handle)

    path = tmp_path / "a.txt"
    monkeypatch.setattr(os, "fsync", files_only)
    if refused:
        with pytest.raises(OSError, match=os.strerror(wrong)):
            write_whole(path, b"new")
    else:
        write_whole(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("of", [0o600, 0o444, 0o755])
def test_a_file_like_another_has_its_mode_and_is_read_by_nobody_else_before(tmp_path: Path, of: int) -> None:
    like, path = tmp_path / "like.txt", tmp_path / "a.txt"
    like.touch()
    like.chmod(of)
    partial(path).touch(0o666)  # left by a kill
    with whole(path, like=like) as file:
        file.write(b"new")
        assert mode(partial(path)) == 0o600
    assert (mode(path), path.read_bytes()) == (of, b"new")


def test_a_file_like_none_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    path, other = tmp_path / "a.txt", tmp_path / "b.txt"
    partial(path).touch(0o600)  # left by a kill
    write_whole(path, b"new")
    other.touch()
    assert mode(path) == mode(other)

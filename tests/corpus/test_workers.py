"""Real worker processes: one of them killed, all of them orphaned, two runs' worth of rows in order."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from textrepair.corpus.cleaning import clean
from textrepair.corpus.processes import Processes
from textrepair.corpus.worker import RepairerSpec
from textrepair.errors import TextrepairError

SPUN = "The sufferers were treated for bosom peril."


def test_a_worker_that_is_killed_loses_no_row(tmp_path: Path, repairer) -> None:
    texts = [f"{SPUN} Visit {n}. " + "They had it again. " * (n % 7) for n in range(60)]
    lines = [json.dumps({"n": n, "text": t}) + "\n" for n, t in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("".join(lines))
    others = set(multiprocessing.active_children())  # pools that tests before this one left idle
    killed = []

    class Deadly(Processes):
        """Kills the worker that it just gave its first batch."""

        def submit(self, worker: int, texts: list[str]) -> None:
            super().submit(worker, texts)
            if not killed:
                killed.append((set(multiprocessing.active_children()) - others).pop().pid)
                os.kill(killed[0], signal.SIGKILL)

    summary = clean([tmp_path / "a.jsonl"], tmp_path / "b.jsonl", engine=partial(Deadly, count=2))
    assert killed
    assert not summary.refused
    rows = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert rows == [{"n": n, "text": repairer.fix(t)} for n, t in enumerate(texts)]
    assert set(multiprocessing.active_children()) <= others


def test_what_is_wrong_with_the_model_is_said_once(tmp_path: Path) -> None:
    with (
        Processes(RepairerSpec(model=str(tmp_path)), 1) as workers,
        pytest.raises(TextrepairError, match="unknown"),
    ):
        workers.collect(block=True)


@pytest.mark.slow
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """They notice by themselves: nobody is left to tell them. The pipe they share ends when all are gone."""
    (tmp_path / "a.txt").write_text(SPUN)
    code = (
        "import sys, os, signal\n"
        "from functools import partial\n"
        "from textrepair.corpus.cleaning import clean\n"
        "from textrepair.corpus.processes import Processes\n"
        "if __name__ == '__main__':\n"
        "    kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    clean([sys.argv[1]], None, engine=partial(Processes, count=2), on_row=kill)\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code)
    process = subprocess.Popen([sys.executable, script, tmp_path / "a.txt"], stdout=subprocess.PIPE)
    out, _ = process.communicate(timeout=300)  # ends when no process holds the other end of the pipe
    assert (out, process.returncode) == (b"", -signal.SIGKILL)

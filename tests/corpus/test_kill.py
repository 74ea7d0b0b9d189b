"""kill -9 at random moments, again and again: what is there is whole, and in the end nothing is missing.

This file is also the program that is killed. It loads the model once and forks for each run; a run kills
itself at a random line of the corpus room or of `files`, so that moments no timer would hit are hit too:
between a rename and the note of it, in the middle of a row.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

SPUN = "The sufferers were treated for bosom peril."
CLEAN = "Two patients were treated with a new drug."
TRACED = ("/textrepair/corpus/", "/textrepair/files.py")
SHARDS = {
    "a.jsonl": [json.dumps({"text": f"{t} {n}"}) for n, t in enumerate([SPUN, CLEAN, CLEAN] * 3)],
    "b.csv": ["text,n", *(f"{t} {n},{n}" for n, t in enumerate([CLEAN, SPUN] * 3))],
    "c.txt": [SPUN],
    "d.jsonl": [json.dumps({"text": CLEAN}), "nonsense", json.dumps({"text": None})],
}


def outputs(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and p.name[0] != "."}


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_killed_twenty_times_and_gone_on(tmp_path: Path, seed: int) -> None:
    (tmp_path / "in").mkdir()
    for name, lines in SHARDS.items():
        (tmp_path / "in" / name).write_text("".join(f"{line}\n" for line in lines))
    args = [sys.executable, __file__, str(tmp_path), str(seed)]
    path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [os.getenv("PYTHONPATH")])])
    env = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(args, env=env, stdout=subprocess.PIPE, text=True, check=True)
    result = json.loads(done.stdout)
    whole = outputs(tmp_path / "whole")
    assert sorted(whole) == sorted(SHARDS)
    assert result["kills"] >= 20
    assert result["half"] == [], "outputs that were neither absent nor whole after a kill"
    assert outputs(tmp_path / "out") == whole
    for name in ("rejects.jsonl", *(f"edits/{n}.jsonl" for n in SHARDS)):
        record = Path("_textrepair", name)
        assert (tmp_path / "out" / record).read_bytes() == (tmp_path / "whole" / record).read_bytes()
    counts = [json.loads((tmp_path / d / "_textrepair/summary.json").read_bytes()) for d in ("out", "whole")]
    for count in counts:
        for changing in ("before", "seconds", "new_words"):
            del count[changing]
    assert counts[0] == counts[1]
    # a kill costs at most what was being repaired then: rows in the journal are not repaired again
    assert result["repaired"] <= sum(map(len, SHARDS.values())) + result["kills"]


def main(folder: Path, seed: int) -> None:
    """Kill and go on until a run ends; report on standard output."""
    from conftest import Inline
    from textrepair import load
    from textrepair.corpus import schedule
    from textrepair.corpus.cleaning import clean

    class OneByOne(Inline):
        """Notes every text it repairs in a file, which outlives the process."""

        def submit(self, worker: int, texts: list[str]) -> None:
            with (folder / "repaired").open("a") as note:
                note.write("x" * len(texts))
            super().submit(worker, texts)

    schedule.READ_CHARACTERS = schedule.SORT_CHARACTERS = schedule.BATCH_TEXTS = (
        1  # one text is repaired at a time
    )
    repairer = load()
    repairer.fix(SPUN)  # the weights, once for all
    lines = 0

    def trace(limit: int) -> Any:
        def local(frame: FrameType, event: str, arg: object) -> Any:
            nonlocal lines
            lines += 1
            if lines == limit:
                os.kill(os.getpid(), signal.SIGKILL)
            return local

        def enter(frame: FrameType, event: str, arg: object) -> Any:
            return local if any(part in frame.f_code.co_filename for part in TRACED) else None

        return enter

    sys.settrace(trace(0))
    clean([folder / "in"], folder / "whole", engine=Inline(repairer))
    sys.settrace(None)
    whole = outputs(folder / "whole")
    total, lines = lines, 0
    chance = random.Random(seed)
    kills, half = 0, []
    while True:
        # short runs at first, so that there are many; later ones may get to the end
        limit = chance.randrange(1, total // 8 if kills < 20 else 2 * total)
        child = os.fork()
        if not child:
            sys.settrace(trace(limit))
            clean([folder / "in"], folder / "out", engine=OneByOne(repairer))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if (folder / "out").is_dir():
            half += [n for n, data in outputs(folder / "out").items() if data != whole[n]]
        if status == 0:
            break
        assert os.WTERMSIG(status) == signal.SIGKILL, status
        kills += 1
    json.dump({"kills": kills, "half": half, "repaired": (folder / "repaired").stat().st_size}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

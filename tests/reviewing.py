"""A review of some repair, served for real, and asked as its page asks."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrepair.detection import Detection, Original, SwappedSpan
from textrepair.edits import Edit, Repair

MANY = 5_000
MAIN = "from textrepair.cli import main; main()"
SOURCE = "The sufferers <script>alert(1)</script>\x07 with bosom peril & an ailment."


def _edit(before: str, after: str, score: float) -> Edit:
    start = SOURCE.index(before)
    return Edit(start, start + len(before), before, after, "terminology", score, "reranker:model 'x'",
                source="reranker:model")  # fmt: skip


def _span(words: str, probability: float, *originals: Original) -> SwappedSpan:
    start = SOURCE.index(words)
    return SwappedSpan(
        start, start + len(words), words, probability, "wording", "model", originals, source="model"
    )


REPAIR = Repair(
    SOURCE,
    (_edit("sufferers", "patients", 0.9), _edit("bosom peril", "breast cancer", 0.75)),
    (),
    0.97,
    Detection(
        SOURCE, 0.97, 0.3, (0.2, 0.4),
        (
            _span("sufferers", 0.95),
            _span("ailment", 0.6, Original("dis<ease", 0.5), Original("illness", 0.2)),
        ),
    ),
)  # fmt: skip


def many() -> Repair:
    """A long document with very many edits."""
    line = "The sufferers were treated again and again in a large trial of a new drug.\n"
    edits = (
        Edit(n * len(line) + 4, n * len(line) + 13, "sufferers", "patients", "terminology",
             round(0.5 + n % 50 / 100, 2), "reranker:model", source="reranker:model")
        for n in range(MANY)
    )  # fmt: skip
    return Repair(line * MANY, tuple(edits), (), 0.9, Detection(line * MANY, 0.9, 0.1))


def explained(folder: Path, *repairs: Repair) -> Path:
    """What `explain --json` writes of these repairs."""
    path = folder / "edits.jsonl"
    path.write_text("".join(json.dumps({"file": "a.txt", **r.to_dict()}) + "\n" for r in repairs), "utf8")
    return path


@dataclass
class Served:
    """A running review: its address with the token, and its file of decisions."""

    process: subprocess.Popen[str]
    address: str
    decisions: Path

    def ask(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}, method: str | None = None
    ) -> Any:
        """The answer as JSON; a path may leave the token's folder by `..`."""
        base = self.address if not path.startswith("../") else self.address.rsplit("/", 2)[0] + "/"
        given = urllib.request.Request(
            base + path.removeprefix("../"),
            body,
            {"Content-Type": "application/json", **headers},
            method=method,
        )
        with urllib.request.urlopen(given) as answer:
            return json.loads(answer.read())

    def next_line(self) -> str:
        """What it says on standard error after its address."""
        assert self.process.stderr is not None
        return self.process.stderr.readline()


@contextmanager
def serving(file: Path, *options: str, **environment: str) -> Iterator[Served]:
    """`textrepair review FILE` in a process of its own, interrupted at the end."""
    command = [sys.executable, "-c", MAIN, "review", str(file), *(options or ["--no-browser"])]
    env = {**os.environ, **environment}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env)
    lines: list[str] = []
    assert process.stderr is not None
    try:
        while not (found := re.search(r"review at (\S+)", "".join(lines))):
            line = process.stderr.readline()
            assert line, f"ended: {lines}"
            lines.append(line)
        yield Served(process, found[1], file.with_name(f"{file.name}.decisions.jsonl"))
    finally:
        while process.poll() is None:  # one that comes while it starts may be lost
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        process.stderr.close()

"""Divide a corpus, before anything is learnt from it, into what is learnt from and what is only measured on.

Which side a document is on depends on a hash of its `id` alone, so that it never moves: neither when files
are reordered, nor when the corpus grows. Tables, counts, training and calibration read the one side; harm
and spins are measured on the other, field by field.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from backports import zstd

from textrepair.errors import TextrepairError
from textrepair.files import lines, sha256, whole

HELD_OUT = 0.05  # share of the documents that is only measured on
LEARNT_FROM, MEASURED_ON = "learnt_from", "measured_on"  # the two folders of a split
RECORD = "split.json"


def share_of(document: str) -> float:
    """A number from 0 to 1 that the `id` of a document always has.

    >>> round(share_of("arxiv-1806.11184"), 3)
    0.042
    """
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], "big") % 10_000 / 10_000


def is_held_out(document: str) -> bool:
    """Whether the document of this `id` is measured on, and never learnt from.

    >>> [is_held_out(f"paper-{k}") for k in range(40)].count(True)
    3
    """
    return share_of(document) < HELD_OUT


def split(
    corpus: Sequence[Path],
    out: Path,
    *,
    leave_out: Collection[str] = (),
    most: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """Write the two sides of each file of a corpus into folders of `out`; the record of it is returned.

    The files are JSON lines with `id` and `text`, and `field`, `source` and `licence` where they are known.
    `leave_out`: documents whose licence or source holds one of these words are on neither side. `most`: of
    documents whose source holds a word no more are learnt from than make up such a share of all words.

    Raises `TextrepairError` for a line that is none, and `OSError` when `out` cannot be written.
    """
    most = most or {}
    chances = {word: _chance(corpus, word, share, leave_out) for word, share in most.items()}
    counts: dict[str, Counter[str]] = {LEARNT_FROM: Counter(), MEASURED_ON: Counter()}
    written = []
    for path in corpus:
        name = f"{path.name.partition('.')[0]}.jsonl.zst"
        with ExitStack() as stack:
            files = {}
            for side in counts:
                (out / side).mkdir(parents=True, exist_ok=True)
                file = stack.enter_context(whole(out / side / name))
                files[side] = stack.enter_context(zstd.ZstdFile(file, "w"))
            for line, record in _records(path, leave_out):
                side = MEASURED_ON if is_held_out(record["id"]) else LEARNT_FROM
                drawn = share_of(f"drawn {record['id']}")
                if side == LEARNT_FROM and any(
                    word in record.get("source", "") and drawn >= chance for word, chance in chances.items()
                ):
                    continue
                files[side].write(line)
                counts[side][record.get("field", path.name.partition(".")[0])] += len(record["text"].split())
        written += [{"file": path.name, "sha256": sha256(path)}]
    made = {
        "held_out": HELD_OUT,
        "leave_out": sorted(leave_out),
        "most": dict(most),
        "files": written,
        "words": {side: dict(sorted(of_side.items())) for side, of_side in counts.items()},
    }
    with whole(out / RECORD) as file:
        file.write((json.dumps(made, indent=1) + "\n").encode())
    return made


def _records(path: Path, leave_out: Collection[str]) -> Iterator[tuple[bytes, dict[str, str]]]:
    for number, line in lines(path):
        try:
            record = json.loads(line)
            known = isinstance(record["id"], str) and isinstance(record["text"], str)
        except (ValueError, TypeError, KeyError):
            known = False
        if not known:
            raise TextrepairError(f"{path}:{number}: no JSON object with `id` and `text`, both strings")
        origin = f"{record.get('licence', '')} {record.get('source', '')}"
        if not any(word in origin for word in leave_out):
            yield line, record


def _chance(corpus: Sequence[Path], word: str, share: float, leave_out: Collection[str]) -> float:
    """The share of documents of a source to take, so that their words make up `share` of all."""
    of_source = other = 0
    for path in corpus:
        for _, record in _records(path, leave_out):
            number = len(record["text"].split())
            if word in record.get("source", ""):
                of_source += number
            else:
                other += number
    return share / (1 - share) * other / max(1, of_source)

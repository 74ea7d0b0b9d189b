"""What vectors of passages find that words do not, and what they cost: `textrepair index --dense`.

    textrepair index CLEAN... -o INDEX
    python benchmarks/dense.py --index INDEX --mythes th_en_US_v2.dat
    python benchmarks/dense.py --index INDEX

Passages without a name, a number or an acronym are spun as far as they go: once and twice by the first-sense
spinner of `unseen.py` (the synonym of a synonym), and once by it and once by a channel of training.
*In all passages*: they are searched by words among all passages of the index; *borne out* are those that the
alignment with their source would claim, if it was found: no search claims more. *With vectors*: they are
indexed anew beside others, with a vector of each passage, and searched with and without vectors. *Memory*:
the most that a process holds that reads an index of as many vectors as INDEX has passages. How near one
another they lie makes no difference to it, and numbers drawn by chance stand for them: to make all of them
takes hours. Writes benchmarks/results/dense.json; some four minutes of one core, half a minute without
`--mythes`, when only the memory is measured.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from source_texts import Drawn, drawn
from unseen import first_sense

from textrepair.bench.circumstances import made_with
from textrepair.lexicon.words import CLOSED
from textrepair.models import find_model
from textrepair.rerank import PassageEncoder
from textrepair.rerank.passages import MODEL
from textrepair.sources.index import START_BITS, Builder, Index
from textrepair.sources.manifest import VECTORS, Manifest, sizes
from textrepair.sources.retriever import Found, Retriever
from textrepair.sources.trace import LOOKED_AT, Source, compared, likeliest
from textrepair.sources.vectors import VectorWriter
from textrepair.sources.words import words_of
from textrepair.training.channels import default_channels
from textrepair.training.spinner import Channel, spin_text

OUT = Path(__file__).with_name("results") / "dense.json"
CLAIMED = 0.5  # probability from which on a source is claimed
AROUND = 1000  # characters of a document about a passage that it is compared with
PEAK = """
import re, sys
from pathlib import Path
from textrepair.rerank import PassageEncoder
from textrepair.sources.index import Index
from textrepair.sources.trace import trace
vectors = sys.argv[2] == "with"
index, encoder = Path(sys.argv[1]), PassageEncoder()
if vectors or sys.argv[2] == "encoder":
    encoder.vectors(["Ferritin fell."])
if sys.argv[2] != "encoder":
    index = Index(index, encoder if vectors else None)
    for text in sys.stdin.read().split("\\0"):
        list(trace(text, index))
        index.alike(text, limit=10, around=2000)
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


class Chance:
    """An `Encoder` of numbers drawn by chance."""

    def __init__(self, like: PassageEncoder) -> None:
        self.weights = like.weights
        self._rng, self._width = np.random.default_rng(8), like.vectors(["One."]).shape[1]

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A row for each text."""
        return self._rng.standard_normal((len(texts), self._width), np.float32)


@dataclass(frozen=True)
class Bare:
    """A passage without names and numbers, and what spinners made of it."""

    passage: Drawn
    text: str

    def is_source(self, found: Source | Found, length: int) -> bool:
        """Whether what was found is where the passage stood."""
        p = self.passage
        overlaps = found.start < p.start + len(p.text) and p.start < found.start + length
        return found.document == p.document.document and overlaps


def bare(index: Index, number: int) -> list[Drawn]:
    """Passages of the index in which no word is a name, a number or an acronym."""
    some = (p for p in drawn(index, 6) if not any(w.named for w in words_of(p.text)))
    return list(islice(some, number))


def spinners(mythes: Path) -> dict[str, Callable[[str], str]]:
    """What spins a text as far as it goes, by name."""
    rng = np.random.default_rng(6)
    first, learnt = first_sense(mythes), [channel for _, channel in default_channels()]

    def by(text: str, *channels: Channel) -> str:
        for channel in channels:
            text = spin_text(text, channel, rng, 1.0)[0]
        return text

    return {
        "once": lambda t: by(t, first),
        "twice": lambda t: by(t, first, first),
        "once, and by a channel of training": lambda t: by(t, first, learnt[int(rng.integers(len(learnt)))]),
    }


def kept(examples: Sequence[Bare]) -> float:
    """The share of the passages' words, small ones left out, that stand in them still."""
    content = [
        tuple({w.lower for w in words_of(t)} - CLOSED for t in (e.passage.text, e.text)) for e in examples
    ]
    return round(sum(len(a & b) for a, b in content) / sum(len(a) for a, _ in content), 3)


def found(examples: Sequence[Bare], index: Retriever) -> dict[str, Any]:
    """How often the source is among what is compared, how often it is claimed, and what else is."""
    there = claimed = wrong = 0
    began = time.process_time()
    for e in examples:
        sources = likeliest(words_of(e.text), index, e.text)
        mine = [s for s in sources if e.is_source(s, len(s.text))]
        there += bool(mine)
        claimed += any(s.probability >= CLAIMED for s in mine)
        wrong += any(s.probability >= CLAIMED for s in sources if s not in mine)
    took = (time.process_time() - began) / len(examples)
    share = {"found": there / len(examples), "claimed": claimed / len(examples)}
    return {
        **{k: round(v, 3) for k, v in share.items()},
        "others claimed": wrong,
        "ms": round(took * 1000, 1),
    }


def borne_out(examples: Sequence[Bare]) -> float:
    """The share of passages whose source is claimed when they are compared with it."""
    number = 0
    for e in examples:
        p = e.passage
        first, last = max(0, p.start - AROUND), p.start + len(p.text) + AROUND
        source = compared(words_of(e.text), Found(p.document.document, first, p.document.text[first:last], 1))
        number += source is not None and source.probability >= CLAIMED
    return round(number / len(examples), 3)


def near(examples: Sequence[Bare], index: Index) -> float:
    """The share of passages whose source is among those of the nearest vectors."""
    number = 0
    for e in examples:
        alike = index.alike(e.text, limit=LOOKED_AT, around=AROUND)
        number += any(e.is_source(f, len(f.text)) for f in alike)
    return round(number / len(examples), 3)


def with_vectors(folder: Path, documents: Iterator[tuple[str, str]], passages: int) -> dict[str, Any]:
    """Index documents with vectors until there are so many passages; what that costs."""
    builder = Builder(folder, PassageEncoder())
    characters, began = 0, time.process_time()
    for name, text in documents:
        builder.add(name, text)
        characters += len(text.encode())
        if builder.manifest.passages >= passages:
            break
    builder.commit()
    m = builder.finish()
    took = time.process_time() - began
    size = (folder / VECTORS).stat().st_size
    return {
        "passages": m.passages,
        "words a processor second": round(m.words / took),
        "bytes a passage": round(size / m.passages, 1),
        "disk beside the text": round(size / characters, 3),
    }


def with_chance(whole: Path, folder: Path) -> None:
    """Copy an index to `folder`, and give it as many vectors as it has passages."""
    shutil.copytree(whole, folder)
    encoder = Chance(PassageEncoder())
    manifest = Manifest.read(folder)
    assert manifest is not None
    writer = VectorWriter(folder / VECTORS, encoder, 0)
    for n in range(manifest.passages):
        writer.add(n % manifest.documents << START_BITS, "")
    writer.commit()
    manifest.vectors, manifest.files = encoder.weights, sizes(folder)
    manifest.write(folder)


def memory(whole: Path, texts: Sequence[str]) -> dict[str, Any]:
    """The most that a process holds that reads an index with vectors, or without; or that encodes alone."""
    with tempfile.TemporaryDirectory(dir=whole.parent) as place:
        folder = Path(place) / "index"
        with_chance(whole, folder)
        held = {}
        for way in "with", "without", "encoder":
            given = [sys.executable, "-c", PEAK, str(folder), way]
            done = subprocess.run(given, input="\0".join(texts), capture_output=True, text=True, check=True)
            held[way] = round(int(done.stdout) * 1024 / 1e6)
        mapped = (folder / VECTORS).stat().st_size / 1e6
        return {
            "vectors": Index(folder).manifest.passages,
            "with vectors, MB": held["with"],
            "without, MB": held["without"],
            "the encoder alone, MB": held["encoder"],
            "vectors, MB": round(mapped),
        }


def main(
    index: Annotated[Path, typer.Option(help="An index, made by textrepair index.")],
    mythes: Annotated[Path | None, typer.Option(help="MyThes .dat file.")] = None,
    number: Annotated[int, typer.Option(help="Passages spun.")] = 200,
    passages: Annotated[int, typer.Option(help="Passages that get a vector.")] = 3000,
) -> None:
    """Measure, print and write what was measured."""
    whole = Index(index)
    texts = [p.text for p in islice(drawn(whole, 9), 40)]
    with_memory = {"memory": memory(index, texts)}
    print(json.dumps(with_memory), flush=True)
    made = {**made_with(find_model(MODEL)), "decision_sha256": None}
    if mythes is None:
        before = json.loads(OUT.read_text(encoding="utf8"))
        if any(before[name] != value for name, value in made.items()):
            raise typer.BadParameter("the other figures are of other weights: measure them with --mythes")
        OUT.write_text(json.dumps({**before, **with_memory}, indent=1) + "\n", encoding="utf8")
        return
    some = bare(whole, number)
    spun = {name: [Bare(p, by(p.text)) for p in some] for name, by in spinners(mythes).items()}
    result: dict[str, Any] = {
        **made,
        "date": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
        "passages spun": len(some),
        "in all passages": {"passages": whole.manifest.passages},
        **with_memory,
    }
    for name, examples in spun.items():
        by_words = {"words kept": kept(examples), **found(examples, whole), "borne out": borne_out(examples)}
        result["in all passages"][name] = by_words
        print(name, json.dumps(by_words), flush=True)
    with tempfile.TemporaryDirectory() as place:
        names = {p.document.document for p in some}
        others = (p.document for p in drawn(whole, 7) if p.document.document not in names)
        documents = ((d.document, d.text) for group in ((p.document for p in some), others) for d in group)
        folder = Path(place) / "index"
        result["vectors"] = with_vectors(folder, documents, passages)
        print(json.dumps(result["vectors"]), flush=True)
        plain, dense = Index(folder), Index(folder, PassageEncoder())
        for name, examples in spun.items():
            both = {
                "by words": found(examples, plain),
                "with vectors": found(examples, dense),
                "near": near(examples, dense),
            }
            result["vectors"][name] = both
            print(name, json.dumps(both), flush=True)
    OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)

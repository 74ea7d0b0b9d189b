"""Where the original is at hand: how surely it is found, what it restores, and what that costs.

    python benchmarks/sources.py
    textrepair index CLEAN... -o INDEX
    python benchmarks/sources.py --index INDEX --dev dev.jsonl.xz --mythes th_en_US_v2.dat --pages FOLDER
    python benchmarks/sources.py --index INDEX --dev dev.jsonl.xz --no-model

Without an index, the texts of the checkout alone: the originals of the abstracts spun by hand are indexed
beside every clean passage, and the abstracts restored with and without them (half a minute). With one, also:
passages of it, 60 to 120 words each, 10 to 40 % of them swapped by the first-sense spinner of `unseen.py`;
passages of `--dev`, of which the index holds no copy, as they are, spun, and with a sentence quoted from the
index; and the real pages of `--pages` whose gold is verified, their originals, rebuilt with the first
accepted answers, added to a copy of the index. The default numbers take some four minutes of one core.
With `--no-model` only what no model has a part in is measured, and the rest stays with the hashes it has.
Writes benchmarks/results/sources.json.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated, Any

import typer
from source_texts import Spun, drawn, originals, spun, strangers, variants
from unseen import first_sense

import textrepair
from textrepair.bench.check import documents, original
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import Score, changes_of, score
from textrepair.bench.texts import read_texts
from textrepair.edits import Repair
from textrepair.files import sha256
from textrepair.gold import Gold
from textrepair.models import find_model
from textrepair.sources import judge
from textrepair.sources.index import Builder, Index
from textrepair.sources.restore import restore
from textrepair.sources.trace import trace
from textrepair.training.spinner import log_uniform, spin_text

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/sources.json"
SHARE = 0.1, 0.4  # of the words that are swapped
CLAIMED = 0.5  # probability from which on a source is claimed
# what was published of restoring by retrieval of the source: arXiv 2512.10435, abstract
SRAP = {"with a source": 0.2367, "without": 0.0}
QUERIES = """
import re, sys, time
from pathlib import Path
from textrepair.sources.index import Index
from textrepair.sources.trace import trace
index, texts = Index(Path(sys.argv[1])), sys.stdin.read().split("\\0")
for text in texts[:10]:
    list(trace(text, index))
began = time.process_time()
for text in texts:
    list(trace(text, index))
took = time.process_time() - began
# getrusage tells the peak of the process that started this one, if it was higher
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(took / len(texts), int(peak[1]) * 1024 / 1e6)
"""
Page = tuple[str, str, Sequence[Gold], str]  # name, text, gold, original


def free(start: int, end: int) -> bool:
    """Any stretch may be changed."""
    return True


def of_spins(examples: Sequence[Spun], index: Index) -> dict[str, Any]:
    """How often the true source comes first, how often it is claimed, and what it restores."""
    first = copies = claims = 0
    total: list[Score] = []
    for example in examples:
        traced = list(trace(example.text, index))
        longest = max(traced, key=lambda t: t.end - t.start)
        best = longest.sources[0] if longest.sources else None
        true = next((s for s in longest.sources if s.document == example.document.document), None)
        if best and true and true.start < example.end and example.start < true.end:
            first += best is true
            # the same passage may stand in several documents
            copies += (best.agree, best.swapped) == (true.agree, true.swapped)
            claims += true.probability >= CLAIMED
        repair = restore(Repair(example.text), traced, 0.5, free)
        total.append(score(example.text, changes_of(repair.edits), example.gold))
    return {
        "passages": len(examples),
        "source first": round(first / len(examples), 4),
        "source or a copy of it first": round(copies / len(examples), 4),
        "source claimed": round(claims / len(examples), 4),
        **restoring(total),
    }


def restoring(scores: Sequence[Score]) -> dict[str, Any]:
    """Recall and precision of the swaps restored."""
    s = reduce(add, scores)
    return {
        "swaps": s.gold,
        "restored": round(s.recall, 4),
        "wrong": s.wrong,
        "partly right": s.ways.get("partly", 0),
        "precision": round(s.fair_precision, 4),
        "precision, partly right ones counted": round(s.precision, 4),
    }


def claims(texts: Sequence[str], index: Index) -> dict[str, Any]:
    """How many passages without a source one is claimed for."""
    sure = [max((s.probability for t in trace(x, index) for s in t.sources), default=0.0) for x in texts if x]
    number = sum(p >= CLAIMED for p in sure)
    return {"passages": len(sure), "claimed": number, "share": round(number / max(1, len(sure)), 4)}


def without_source(dev: Path, index: Index, number: int) -> dict[str, Any]:
    """What is claimed for passages of which the index holds no source, by kind and in all."""
    plain = strangers(dev, index, 3, number)
    quoted = [p.text for p, _ in zip(drawn(index, 4), plain, strict=False)]
    kinds = {kind: claims(texts, index) for kind, texts in variants(plain, quoted, 5).items()}
    passages, claimed = (sum(k[name] for k in kinds.values()) for name in ("passages", "claimed"))
    return {**kinds, "all": {"passages": passages, "claimed": claimed, "share": round(claimed / passages, 4)}}


def with_and_without(pages: Sequence[Page], index: Index, repairer: textrepair.Repairer) -> dict[str, Any]:
    """How many passages have their original first, and what is restored with and without the index."""
    first = passages = 0
    with_, without = [], []
    for (name, text, gold, _), plain in zip(pages, repairer.pipe(p[1] for p in pages), strict=True):
        traced = list(trace(text, index))
        passages += len(traced)
        first += sum(bool(t.sources) and t.sources[0].document == name for t in traced)
        repair = restore(plain, traced, repairer.min_score, free)
        with_.append(score(text, changes_of(repair.edits), gold))
        without.append(score(text, changes_of(plain.edits), gold))
    return {
        "texts": len(pages),
        "passages": passages,
        "source first": round(first / passages, 4),
        "with sources": restoring(with_),
        "without": restoring(without),
    }


def of_checkout(repairer: textrepair.Repairer) -> dict[str, Any]:
    """The abstracts spun by hand, their originals indexed among all clean texts of the checkout."""
    spins = list(read_texts(ROOT / "benchmarks/data/pages.jsonl", spun=True))
    pages = [
        (f"abstract {n}", t.text, t.gold or (), original(t.text, t.gold or ())) for n, t in enumerate(spins)
    ]
    clean = [text for text, gold in documents(ROOT) if gold is None]
    there = {p[3] for p in pages}
    with tempfile.TemporaryDirectory() as place:
        others = [(f"clean {n}", text) for n, text in enumerate(clean) if text not in there]
        index = filled(Path(place) / "index", [*((p[0], p[3]) for p in pages), *others])
        return with_and_without(pages, index, repairer)


def of_pages(folder: Path, given: Path, repairer: textrepair.Repairer) -> dict[str, Any]:
    """The same of real pages, whose originals are put among the rest."""
    pages = [(f"original of {name}", text, gold, there) for name, text, gold, there in originals(given)]
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        copy = Path(place) / "index"
        shutil.copytree(folder, copy)
        return with_and_without(pages, filled(copy, [(p[0], p[3]) for p in pages]), repairer)


def filled(folder: Path, texts: Sequence[tuple[str, str]]) -> Index:
    """The index in `folder` with these documents added."""
    builder = Builder(folder)
    for name, text in texts:
        builder.add(name, text)
    builder.commit()
    builder.finish()
    return Index(folder)


def costs(folder: Path, examples: Sequence[Spun], repairer: textrepair.Repairer) -> dict[str, Any]:
    """Time of a query beside reading the text, memory of a process that queries, and disk."""
    texts = [e.text for e in examples[:20]]
    done = subprocess.run(
        [sys.executable, "-c", QUERIES, str(folder)],
        input="\0".join(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    query, memory = map(float, done.stdout.split())
    list(repairer.pipe(texts[:5]))
    began = time.process_time()
    list(repairer.pipe(texts))
    reading = (time.process_time() - began) / len(texts)
    index = Index(folder)
    size = sum(
        len((index.document(n) or ("", ""))[1].encode()) for n in range(0, index.manifest.documents, 50)
    )
    disk = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    return {
        "query, ms a passage": round(query * 1000, 1),
        "reading, ms a passage": round(reading * 1000, 1),
        "query beside reading": round(query / reading, 3),
        "memory of a process that queries, MB": round(memory),
        "disk, MB": round(disk / 1e6, 1),
        "disk beside the text": round(disk / (size * 50), 3),
    }


def indexing(folder: Path) -> dict[str, Any]:
    """Words of the index that are indexed again in a second of one core."""
    index = Index(folder)
    step = max(1, index.manifest.documents // 3000)
    some = [index.document(n) or ("", "") for n in range(0, index.manifest.documents, step)]
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        began = time.process_time()
        words = filled(Path(place) / "index", some).manifest.words
        took = time.process_time() - began
    return {"words": words, "words a processor second": round(words / took)}


def main(
    index: Annotated[Path | None, typer.Option(help="An index, made by textrepair index.")] = None,
    dev: Annotated[Path | None, typer.Option(help="Clean texts it does not hold: JSON lines, .xz.")] = None,
    mythes: Annotated[Path | None, typer.Option(help="MyThes .dat file.")] = None,
    pages: Annotated[Path | None, typer.Option(help="Real pages with their gold.")] = None,
    number: Annotated[int, typer.Option(help="Spun passages.")] = 300,
    strange: Annotated[int, typer.Option(help="Passages of each kind without a source.")] = 1500,
    model: Annotated[bool, typer.Option(help="Measure what a model has a part in, too.")] = True,
) -> None:
    """Measure, print, and write what was measured over the same part of sources.json."""
    before = json.loads(RESULTS.read_text(encoding="utf8")) if RESULTS.exists() else {}
    if not model:
        made = {name: before[name] for name in ("weights_sha256", "decision_sha256", "date", "judge_sha256")}
        if made["judge_sha256"] != sha256(judge.WEIGHTS):
            raise typer.BadParameter("sources are judged by other weights than the rest was measured with")
    else:
        made = {
            **made_with(find_model("en_sci_sm")),
            "date": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
            "judge_sha256": sha256(judge.WEIGHTS),
        }
        repairer = textrepair.load(families=["synonyms"])
    result = {**before, **made, "SRAP, as published": SRAP}

    def measured(name: str, figures: Callable[[], dict[str, Any]]) -> None:
        result[name] = figures()
        print(name, json.dumps(result[name], indent=1), flush=True)
        RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")

    if model:
        measured("abstracts", lambda: of_checkout(repairer))
    if index is None:
        return
    opened = Index(index)
    m = opened.manifest
    measured("index", lambda: {"documents": m.documents, "passages": m.passages, "words": m.words})
    measured("indexing", lambda: indexing(index))
    if mythes is not None:
        import numpy as np

        rng, channel = np.random.default_rng(1), first_sense(mythes)
        examples = spun(
            drawn(opened, 1),
            lambda t: spin_text(t, channel, rng, log_uniform(rng, 0.15, 0.95)),
            number,
            SHARE,
        )
        if model:
            measured("costs", lambda: costs(index, examples, repairer))
        measured("first-sense spinner", lambda: of_spins(examples, opened))
    if pages is not None and model:
        measured("real pages", lambda: of_pages(index, pages, repairer))
    if dev is not None:
        measured("without a source", lambda: without_source(dev, opened, strange))


if __name__ == "__main__":
    typer.run(main)

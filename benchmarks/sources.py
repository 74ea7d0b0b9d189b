"""Where the original is at hand: how surely it is found, what it restores, and what that costs.

    textrepair index CLEAN... -o INDEX
    python benchmarks/sources.py INDEX --dev clean_dev.jsonl.xz --mythes th_en_US_v2.dat --pages FOLDER

Spun passages are of documents of the index, 60 to 120 words each, by the first-sense spinner of `unseen.py`,
at rates that swap 10 to 40 % of their words; the judgement is fitted (`--fit`) to near synonyms of the
candidate table, on other passages. Passages without a source are of documents that the index does not hold,
as they are and spun, and the same with a sentence quoted from the index; documents of which the index holds a
copy are left out.
Real pages are those of FOLDER whose gold is verified: their originals, rebuilt with the first accepted
answers, are added to a copy of the index. Writes benchmarks/results/sources.json.
"""

from __future__ import annotations

import itertools
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from unseen import first_sense

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import Score, changes_of, score
from textrepair.bench.texts import read_texts
from textrepair.edits import Edit, Repair, splice
from textrepair.gold import Gold
from textrepair.models import find_model
from textrepair.sources import judge
from textrepair.sources.index import Builder, Found, Index
from textrepair.sources.restore import restore
from textrepair.sources.trace import compared, likeliest, trace
from textrepair.sources.words import passages_of, words_of
from textrepair.training.channels import thesaurus_triples
from textrepair.training.spinner import Channel, build_channel, log_uniform, spin_text

ROOT = Path(__file__).parents[1]
SHARE = 0.1, 0.4  # of the words that are swapped
CLAIMED = 0.5  # probability from which on a source is claimed
COPY = 0.8  # of a clean passage's words that agree, from which on the index holds its document
QUERIES = """
import resource, sys, time
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
print(took / len(texts), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)
"""
PAGES = "originals of pages"
Drawn = tuple[Found, int, str]  # document, start in it, text of a passage
Spun = tuple[Found, int, int, str, list[Gold]]  # document, start and end in it, spun text, gold
Spinner = Callable[[str], tuple[str, list[Gold]]]


def drawn(index: Index, seed: int, least: int = 60, most: int = 120) -> Iterator[Drawn]:
    """Passages of documents drawn from the index."""
    rng = random.Random(seed)
    numbers = list(range(index.manifest.documents))
    rng.shuffle(numbers)
    for number in numbers:
        name, text = index.document(number) or ("", "")
        fitting = [(a, b) for a, b in passages_of(text) if least <= len(text[a:b].split()) <= most]
        if fitting:
            a, b = rng.choice(fitting)
            yield Found(name, 0, text, 1.0), a, text[a:b]


def by(channel: Channel, seed: int) -> Spinner:
    """What spins a text by a channel, at a rate of its own."""
    rng = np.random.default_rng(seed)
    return lambda text: spin_text(text, channel, rng, log_uniform(rng, 0.15, 0.95))


def simulated(texts: Iterable[str]) -> Channel:
    """Near synonyms by the candidate table, for the words of some texts: what the judgement is fitted to."""
    words = {w.lower for text in texts for w in words_of(text)}
    return build_channel(t for t in thesaurus_triples(1.0) if t[0] in words)


def spun(passages: Iterator[Drawn], spin: Spinner, number: int) -> list[Spun]:
    """As many spun passages, of whose words a share within `SHARE` is swapped."""
    out: list[Spun] = []
    for document, start, text in passages:
        made, gold = spin(text)
        swapped = sum(len(made[g.start : g.end].split()) for g in gold)
        if SHARE[0] <= swapped / len(made.split()) <= SHARE[1]:
            out.append((document, start, start + len(text), made, gold))
        if len(out) == number:
            break
    return out


def without_source(dev: Path, index: Index, seed: int, number: int) -> dict[str, list[str]]:
    """Passages of documents that are not in the index: as they are, spun, and with a quotation from it."""
    rng = random.Random(seed)
    texts = [t.text for t in read_texts(dev)]
    rng.shuffle(texts)
    plain: list[str] = []
    for text in texts:
        fitting = [text[a:b] for a, b in passages_of(text) if len(text[a:b].split()) >= 40]
        some = rng.sample(fitting, min(2, len(fitting)))
        if not any(s.agree > COPY for p in some for t in trace(p, index) for s in t.sources):
            plain += some
        if len(plain) >= number:
            break
    spin = by(simulated(plain), seed)
    quoting = []
    for passage, (_, _, quoted) in zip(plain, drawn(index, seed), strict=False):
        sentence = quoted.split(". ")[0]
        if len(sentence.split()) < 0.4 * len(passage.split()):
            head, _, rest = passage.partition(". ")
            quoting.append(f"{head}. {sentence}. {rest}")
    return {"as they are": plain, "spun": [spin(p)[0] for p in plain], "with a quotation": quoting}


def fit(index: Index, dev: Path) -> dict[str, Any]:
    """Fit the judgement: facts of the true sources of simulated spins, and of the likeliest false ones."""
    from sklearn.linear_model import LogisticRegression

    facts, true = [], []
    for least, most, number in (60, 120, 300), (25, 60, 100):
        some = list(itertools.islice(drawn(index, number, least, most), 2 * number))
        spin = by(simulated(text for _, _, text in some), number)
        for document, _, _, text, _ in spun(iter(some), spin, number):
            if (source := compared(words_of(text), document)) is not None:
                facts.append(judge.likeness(source.passage, source.words, source.blocks).facts)
                true.append(True)
    for texts in without_source(dev, index, 23, 100).values():
        for text in texts:
            for source in likeliest(words_of(text), index)[:2]:
                facts.append(judge.likeness(source.passage, source.words, source.blocks).facts)
                true.append(False)
    model = LogisticRegression(C=100.0, max_iter=10_000).fit(np.array(facts), np.array(true))
    weights = dict(zip(judge.FACTS, (round(float(w), 3) for w in model.coef_[0]), strict=True))
    return {"weights": weights, "bias": round(float(model.intercept_[0]), 3), "rows": len(true)}


def of_spins(examples: Sequence[Spun], index: Index) -> dict[str, Any]:
    """How often the true source comes first, how often it is claimed, and what it restores."""
    first = copies = claims = 0
    total: list[Score] = []
    for document, start, end, text, gold in examples:
        traced = list(trace(text, index))
        longest = max(traced, key=lambda t: t.end - t.start)
        best = longest.sources[0] if longest.sources else None
        true = next((s for s in longest.sources if s.document == document.document), None)
        if best and true and true.start < end and start < true.end:
            first += best is true
            # the same passage may stand in several documents
            copies += (best.agree, best.swapped) == (true.agree, true.swapped)
            claims += true.probability >= CLAIMED
        repair = restore(Repair(text), traced, 0.5, lambda a, b: True)
        total.append(score(text, changes_of(repair.edits), gold))
    return {
        "passages": len(examples),
        "source first": round(first / len(examples), 4),
        "source or a copy of it first": round(copies / len(examples), 4),
        "source claimed": round(claims / len(examples), 4),
        **restoring(reduce(add, total)),
    }


def restoring(s: Score) -> dict[str, Any]:
    """Recall and precision of the swaps restored."""
    return {
        "swaps": s.gold,
        "restored": round(s.recall, 4),
        "wrong": s.wrong,
        "precision": round(s.precision, 4),
    }


def claims(texts: Sequence[str], index: Index) -> dict[str, Any]:
    """How many passages without a source one is claimed for."""
    sure = [max((s.probability for t in trace(x, index) for s in t.sources), default=0.0) for x in texts]
    number = sum(p >= CLAIMED for p in sure)
    return {"passages": len(texts), "claimed": number, "share": round(number / max(1, len(texts)), 4)}


def originals(folder: Path) -> Iterator[tuple[str, str, list[Gold], str]]:
    """Pages all of whose swaps are verified: name, text, gold, and the original with its first answers."""
    for path in sorted(folder.glob("*.gold.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
        name = path.name.removesuffix(".gold.jsonl")
        meta = json.loads((folder / f"{name}.meta.json").read_text(encoding="utf8"))
        asked = [r for r in rows if r["accept"]]
        if not meta["original_known"] or any(r.get("evidence") != "verified" for r in asked):
            continue
        text = (folder / f"{name}.txt").read_bytes().decode()
        gold = [Gold(r["start"], r["end"], r["accept"] and tuple(r["accept"]), r["kind"]) for r in rows]
        edits = [
            Edit(r["start"], r["end"], text[r["start"] : r["end"]], r["accept"][0], "wording", 1.0, "gold")
            for r in asked
        ]
        yield name, text, gold, splice(text, edits)


def of_pages(folder: Path, pages: Path, repairer: textrepair.Repairer) -> dict[str, Any]:
    """The same of real pages, whose originals are put among the rest, with and without them."""
    some = list(originals(pages))
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        copy = Path(place) / "index"
        shutil.copytree(folder, copy)
        builder = Builder(copy)
        for name, _, _, original in some:
            builder.add(f"{PAGES} {name}", original)
        builder.commit()
        builder.finish()
        index = Index(copy)
        first = passages = 0
        with_, without = [], []
        for name, text, gold, _ in some:
            traced = list(trace(text, index))
            passages += len(traced)
            first += sum(bool(t.sources) and t.sources[0].document == f"{PAGES} {name}" for t in traced)
            plain = repairer.explain(text)
            repair = restore(plain, traced, repairer.min_score, lambda a, b: True)
            with_.append(score(text, changes_of(repair.edits), gold))
            without.append(score(text, changes_of(plain.edits), gold))
    return {
        "pages": len(some),
        "passages": passages,
        "source first": round(first / passages, 4),
        "with sources": restoring(reduce(add, with_)),
        "without": restoring(reduce(add, without)),
    }


def costs(folder: Path, examples: Sequence[Spun], repairer: textrepair.Repairer) -> dict[str, Any]:
    """Time of a query beside reading the text, memory of a process that queries, and disk."""
    texts = [text for _, _, _, text, _ in examples[:20]]
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


def main(
    folder: Annotated[Path, typer.Argument(help="An index, made by textrepair index.")],
    dev: Annotated[Path, typer.Option(help="Clean texts that it does not hold: JSON lines, .xz.")],
    mythes: Annotated[Path, typer.Option(help="MyThes .dat file.")],
    pages: Annotated[Path | None, typer.Option(help="Real pages with their gold.")] = None,
    number: Annotated[int, typer.Option(help="Passages of each kind.")] = 200,
    fit_anew: Annotated[bool, typer.Option("--fit", help="Fit the judgement, and no more.")] = False,
) -> None:
    """Measure, print, and write benchmarks/results/sources.json."""
    index = Index(folder)
    if fit_anew:
        weights = fit(index, dev)
        judge.WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf8")
        print(weights)
        return
    repairer = textrepair.load(families=["synonyms"])
    examples = spun(drawn(index, 1), by(first_sense(mythes), 1), number)
    m = index.manifest
    result: dict[str, Any] = {
        **made_with(find_model("en_sci_sm")),
        "index": {"documents": m.documents, "passages": m.passages, "words": m.words},
        "first-sense spinner": of_spins(examples, index),
        "without a source": {
            kind: claims(texts, index) for kind, texts in without_source(dev, index, 3, number).items()
        },
        "costs": costs(folder, examples, repairer),
    }
    if pages is not None:
        result["real pages"] = of_pages(folder, pages, repairer)
    print(json.dumps(result, indent=1))
    out = ROOT / "benchmarks/results/sources.json"
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)

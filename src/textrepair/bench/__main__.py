"""`python -m textrepair.bench`: score the seeds and the hand-written cases, count harm on clean text.

Prints a table, harm first, and writes the numbers as JSON.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

import textrepair
from textrepair.bench.candidate_recall import candidate_recall
from textrepair.bench.circumstances import made_with
from textrepair.bench.plots import plot_trust
from textrepair.bench.score import Change, Gold, Score, changes_of, read_gold, score
from textrepair.bench.texts import case_gold, changes_between, read_texts
from textrepair.models import find_model
from textrepair.pipeline.decide import LEXICON, RERANKER
from textrepair.pipeline.detect import detect, read_document
from textrepair.pipeline.score import score_candidates
from textrepair.rerank import DOUBTFUL

ROOT = Path(__file__).parents[3]
System = Callable[[str], Iterable[Change]]


def nothing(text: str) -> list[Change]:
    """The row every system is measured against."""
    return []


def symspell() -> System:
    """symspellpy's `lookup_compound` with its own English dictionary, sentence by sentence."""
    import importlib.resources

    from symspellpy import SymSpell

    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    words = importlib.resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    speller.load_dictionary(str(words), term_index=0, count_index=1)

    def run(text: str) -> list[Change]:
        out = []
        for m in re.finditer(r"[^.!?\n]+", text):
            found = speller.lookup_compound(m[0], max_edit_distance=2, transfer_casing=True)
            out += changes_between(m[0], found[0].term, m.start())
        return out

    return run


def ours(repairer: textrepair.Repairer) -> System:
    """The edits of a repairer, as the scorer reads them."""
    return lambda text: changes_of(repairer.explain(text).edits)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def abstracts(page: str) -> list[tuple[int, int]]:
    """Offsets of the lines of a page that are running prose: over 200 characters, with a verb in them."""
    lines = re.finditer(r"[^\n]{200,}", page)
    return [m.span() for m in lines if re.search(r"\b(?:is|are|was|were|we|had)\b", m[0])]


def summary(s: Score) -> dict[str, Any]:
    """A score with its ratios, as JSON."""
    return {**asdict(s), "recall": round(s.recall, 4), "precision": round(s.precision, 4)}


def harm(repairer: textrepair.Repairer, texts: Sequence[str], console: Console) -> dict[str, Any]:
    """Edits on clean text per 10,000 words: swapped words, and damage apart, which clean texts have too."""
    words, documents, edits, damage = 0, 0, [], 0
    for repair in track(repairer.pipe(texts), "clean text", len(texts), console=console):
        words += len(repair.source.split())
        documents += bool(repair.edits)
        damage += sum(not e.source.startswith((LEXICON, RERANKER)) for e in repair.edits)
        edits += [
            {"score": e.score, "reason": e.reason, "before": e.before, "after": e.after,
             "context": repair.source[max(0, e.start - 40) : e.end + 40]}
            for e in repair.edits
        ]  # fmt: skip
    swaps = len(edits) - damage
    return {"words": words, "documents": len(texts), "documents_touched": documents, "edits": swaps,
            "per_10000_words": round(swaps / max(1, words) * 1e4, 3), "damage_edits": damage,
            "damage_per_10000_words": round(damage / max(1, words) * 1e4, 3), "by_edit": edits}  # fmt: skip


def speed(repairer: textrepair.Repairer, texts: Sequence[str]) -> float:
    """Words a second over spun texts, the second time round (nothing left to load)."""
    list(repairer.pipe(texts[:2]))
    begun = time.perf_counter()
    list(repairer.pipe(texts))
    return sum(len(t.split()) for t in texts) / (time.perf_counter() - begun)


def cold_start() -> float:
    """Seconds from starting Python to the first repair, in a process of its own."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import textrepair; textrepair.fix('Two sufferers had bosom peril.')"],
        check=True,
    )
    return time.perf_counter() - begun


def table(result: Mapping[str, Any]) -> str:
    """The numbers as Markdown, harm first."""
    lines = ["| harm | edits | words | per 10,000 words |", "|---|---|---|---|"]
    for name, h in result["harm"].items():
        lines.append(f"| {name} | {h['edits']} | {h['words']:,} | {h['per_10000_words']} |")
        if "damage_edits" in h:
            lines.append(
                f"| {name}, damage (its own: glued words, mojibake) | {h['damage_edits']} | {h['words']:,} | "
                f"{h['damage_per_10000_words']} |"
            )
    lines += [
        "",
        "| on the spun seed (78 substitutions) | restored | wrong edits | recall | precision |",
        "|---|---|---|---|---|",
    ]
    for name, s in result["seed"].items():
        lines.append(
            f"| {name} | {s['restored']} | {s['wrong']} | {s['recall']:.2f} | {s['precision']:.2f} |"
        )
    mine = result["seed"]["textrepair"]["by_kind"]
    lines += ["", "| textrepair on the seed, by kind | restored | of |", "|---|---|---|"]
    lines += [f"| {k} | {a} | {n} |" for k, (a, n) in mine.items()]
    synthetic, traps, clean = (result["cases"][k] for k in ("synthetic", "traps", "negative"))
    lines += [
        "",
        "| hand-written cases | |",
        "|---|---|",
        f"| spun passages: recall, precision | {synthetic['recall']:.2f}, {synthetic['precision']:.2f} |",
        f"| traps sprung (meaning flipped) | {traps['sprung']} of {traps['cases']} |",
        f"| clean passages changed | {clean['changed']} of {clean['cases']} |",
        "",
        f"Candidate recall on the seed {result['candidates']['recall']:.2f}, "
        f"{result['candidates']['recall_where_doubted']:.2f} where the model has its doubts, "
        f"{result['candidates']['a_place']:.1f} candidates a place there.",
        f"Speed {result['speed']['words_per_second']:.0f} words/s on spun text, first repair after "
        f"{result['speed']['cold_start_s']:.1f} s, peak memory {result['speed']['peak_mb']:.0f} MB.",
    ]
    return "\n".join(lines)


def write_readme(numbers: str) -> None:
    """Put the table between the README's `bench` marks."""
    path = ROOT / "README.md"
    before, mark, rest = path.read_text(encoding="utf8").partition("<!-- bench -->\n")
    after = rest.partition("<!-- /bench -->")[2]
    path.write_text(f"{before}{mark}\n{numbers}\n\n<!-- /bench -->{after}", encoding="utf8")


def harm_of_page(repairer: textrepair.Repairer, page: str) -> dict[str, Any]:
    """Edits in the abstracts of a page of clean ones, and outside of them."""
    edits = repairer.explain(page).edits
    inside = [e for e in edits if any(lo <= e.start < hi for lo, hi in abstracts(page))]
    prose = sum(len(page[lo:hi].split()) for lo, hi in abstracts(page))
    return {
        "edits": len(inside), "words": prose, "per_10000_words": round(len(inside) / prose * 1e4, 2),
        "outside_abstracts": len(edits) - len(inside),
    }  # fmt: skip


def read_cases() -> dict[str, list[dict[str, Any]]]:
    """The hand-written cases; clean passages that are known to be changed count as clean ones."""
    names = ("synthetic", "traps", "negative", "known_failures")
    cases = {n: read_lines(ROOT / f"tests/cases/{n}.jsonl") for n in names}
    cases["negative"] += [c for c in cases.pop("known_failures") if "expect" not in c]
    return cases


def score_cases(repairer: textrepair.Repairer, cases: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The score on spun passages, traps that were sprung, and clean passages that were changed."""
    run = ours(repairer)
    spun = [score(c["text"], run(c["text"]), case_gold(c["text"], c["expect"])) for c in cases["synthetic"]]
    sprung = [
        {"text": c["text"], "lost": lost}
        for c, r in zip(cases["traps"], repairer.pipe(c["text"] for c in cases["traps"]), strict=True)
        if (lost := [w for w in c["keep"] if w not in r.text])
    ]
    changed = [
        {"text": r.source, "edits": [(e.before, e.after) for e in r.edits]}
        for r in repairer.pipe(c["text"] for c in cases["negative"])
        if r.edits
    ]
    return {
        "synthetic": summary(reduce(add, spun)),
        "traps": {"cases": len(cases["traps"]), "sprung": len(sprung), "which": sprung},
        "negative": {"cases": len(cases["negative"]), "changed": len(changed), "which": changed},
    }


def recall_of_candidates(repairer: textrepair.Repairer, text: str, gold: Sequence[Gold]) -> dict[str, Any]:
    """Of how many swaps the right wording is among the candidates, everywhere and where the model doubts."""
    swapped = [g for g in gold if g.kind in ("terminology", "general")]
    document = read_document(text, repairer.lexicon, repairer.decision.document_by_words)
    everywhere, reached = (
        candidate_recall(text, swapped, [candidate for candidate, _ in scored])
        for doubtful in (0.0, DOUBTFUL)
        for scored in score_candidates(
            detect([document], repairer.reranker, doubtful=doubtful), repairer.reranker
        )
    )
    return {
        "recall": round(everywhere.recall, 4),
        "recall_where_doubted": round(reached.recall, 4),
        "reached": everywhere.reached,
        "reached_where_doubted": reached.reached,
        "asked": reached.asked,
        "a_place": round(reached.candidates / max(1, reached.places), 2),
    }


def main(
    clean: Annotated[
        Path | None, typer.Option(help="Clean texts for harm: JSON lines with `text`, plain or .xz.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the numbers go.")] = ROOT / "benchmarks/results/seed.json",
) -> None:
    """Score the seeds and the hand-written cases, count harm; print the table, write JSON and README."""
    console = Console(stderr=True)
    repairer = textrepair.load()
    seed = (ROOT / "seeds/000_93fcc8338e17c8dc.txt").read_bytes().decode()
    gold = read_gold(ROOT / "benchmarks/data/seed_000.gold.jsonl")
    systems: dict[str, System] = {
        "do nothing": nothing, "symspellpy lookup_compound": symspell(), "textrepair": ours(repairer)
    }  # fmt: skip
    page = (ROOT / "seeds/004_2e551dba0e97fec8.txt").read_bytes().decode()
    harms = {"abstracts of seed 004": harm_of_page(repairer, page)}
    if clean is not None:
        harms["clean development set"] = harm(repairer, [t.text for t in read_texts(clean)], console)
    cases = read_cases()
    result: dict[str, Any] = {
        **made_with(find_model("en_sci_sm")),
        "harm": harms,
        "candidates": recall_of_candidates(repairer, seed, gold),
        "seed": {name: summary(score(seed, run(seed), gold)) for name, run in systems.items()},
        "cases": score_cases(repairer, cases),
        "speed": {
            "words_per_second": speed(repairer, [seed, *(c["text"] for c in cases["synthetic"])]),
            "cold_start_s": cold_start(),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
        "version": textrepair.__version__,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    measured = json.loads((find_model("en_sci_sm") / "metrics.json").read_text(encoding="utf8"))
    out.with_name("trust.png").write_bytes(plot_trust(measured["reliability"], repairer.decision.harm))
    write_readme(table(result))
    print(table(result))


if __name__ == "__main__":
    typer.run(main)

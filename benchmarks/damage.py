"""Measure the damage families: `python benchmarks/damage.py CLEAN.jsonl.xz... [--harm DEV.jsonl.xz]`.

Into clean texts one kind of damage at a time is planted, about one in fifty words; a proposal is right
when it gives back what stood there. What a rule does to the same texts undamaged counts as wrong, though
much of it is real damage that they came with. The precision of a rule is what its score is set from
(`textrepair/damage/scores.py`). Nothing planted is taken from a page the rules were written for.
What is made of the texts of `--harm` was read edit by edit; `data/damage_read.jsonl` has the verdicts, and
an edit that is new counts as not read.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from textrepair.bench.check import named
from textrepair.bench.circumstances import made_with
from textrepair.damage.families import FAMILIES, find_damage
from textrepair.damage.numbers import ONES
from textrepair.edits import Edit, splice

NAMES = [f.name for f in FAMILIES]
READ = Path(__file__).parent / "data/damage_read.jsonl"
VERDICTS = "mends", "space for a lost hyphen", "needless", "not read"
PRODUCTS = (
    "BX-795|GSK2334470|N-Acetyl-L-cysteine|4-Hydroxytamoxifen|Palbociclib hydrochloride|β-Nicotinamide"
    " mononucleotide"
    "|D-Luciferin|Tofacitinib|(R)-Baclofen|MK-2206 dihydrochloride|SB-431542|5-Azacytidine|α-Cyperone"
    "|Olaparib"
    "|Bisindolylmaleimide I|LY294002|Z-VAD-FMK|17-AAG|Rapamycin analog AP21967|Cyclosporin A"
).split("|")
KEYWORDS = "Purity|site|web|supplier|Biological Activity|price|In Vivo|chemical information|Autophagy".split(
    "|"
)
ROLES = "Caspase 7 Inducer|HDAC3 Inhibitor|IL-17 Protein|5-HT6 Receptor Antagonist|mGluR5 Agonist".split("|")
LISTED = "Synonyms|Formulation|Molecular Weight|Source|supplier|Storage & Stability|Purity".split("|")
LETTERS = (
    (Path(__file__).parents[1] / "src/textrepair/damage/data/letters.txt").read_text(encoding="utf8").split()
)
# start, end, what is put there, and what would be right there if not what stood
Plant = Callable[[str, random.Random], Iterator[tuple[int, int, str] | tuple[int, int, str, str]]]
WORDS = re.compile(r"(?<![\w-])[a-z]{8,}(?![\w-])")
ENDS = re.compile(r"(?<=[a-z]{3}\.)[ ](?=[A-Z][a-z]+ )")


def glued(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    for m in re.finditer(r"(?<=[a-z])[ ](?=[a-z]{2})", text):
        yield m.start(), m.end(), ""


def cut_by(mark: str) -> Plant:
    def plant(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
        for m in WORDS.finditer(text):
            at = rng.randrange(m.start() + 2, m.end() - 2)
            yield at, at, mark

    return plant


def at_ends(what: Callable[[random.Random], str]) -> Plant:
    def plant(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
        for m in ENDS.finditer(text):
            yield m.start(), m.end(), what(rng)

    return plant


def headings(text: str, rng: random.Random) -> Iterator[tuple[int, int, str, str]]:
    for m in ENDS.finditer(text):
        heading = rng.choice(["Results", "Methods", "CONCLUSIONS", "Background", "OBJECTIVE"])
        yield m.start(), m.end(), f" {heading}", f" {heading} "


def citations(text: str, rng: random.Random) -> Iterator[tuple[int, int, str, str]]:
    for m in re.finditer(r"(?<=[a-z]{4}\.) (?=(?:The|This|In|However|We|Most)\b)", text):
        number = str(rng.randrange(1, 200))
        yield m.start(), m.end(), number, f"{number} "


def references(text: str, rng: random.Random) -> Iterator[tuple[int, int, str, str]]:
    for m in ENDS.finditer(text):
        a, b = rng.randrange(1, 20), rng.randrange(1, 30)
        yield m.start(), m.end(), f"{ONES[a]} {b} ", f"{a} {b} "


def ligature(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    for m in re.finditer("ffi|ffl|ff|fi|fl", text):
        yield *m.span(), {"ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ", "ffi": "ﬃ", "ffl": "ﬄ"}[m[0]]


def ligature_lost(sign: str) -> Plant:
    """Every ligature of the text is lost, as from one font."""

    def plant(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
        for m in re.finditer("(?<=[a-z])(?:ffi|ffl|ff|fi|fl)(?=[a-z])", text):
            yield *m.span(), sign.format(m[0])

    return plant


def put(pattern: str, after: str) -> Plant:
    def plant(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
        for m in re.finditer(pattern, text):
            yield *m.span(), m.expand(after)

    return plant


def mojibake(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    for m in re.finditer("[^\x00-\x7f\xa0]", text):
        yield *m.span(), m[0].encode().decode("cp1252", errors="ignore") or m[0]


def letters(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    """Words of the table as they stand in the text, their letters dropped."""
    for word in LETTERS:
        for m in re.finditer(re.escape(word), text):
            yield *m.span(), re.sub(r"[^\x00-\x7f’–]", rng.choice(["", " ", "\ufffd"]), word)


def unit(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    for m in re.finditer(r"(?<![\w.,])(?:1?\d)(?=(?:\.\d| ?%| (?:mg|ml|kg|mm|cm|mM)\b))", text):
        yield *m.span(), ONES[int(m[0])]


def head(rng: random.Random) -> str:
    journal = rng.choice(["Lancet Neurology", "Annals of Botany", "J Clin Med", "Soil Science"])
    who = rng.choice(["Okafor BN", "Lindqvist M", "Haddad R"])
    return (
        f"{who}, et al. {journal} 20{rng.randrange(10, 25)};{rng.randrange(3, 60)}:{rng.randrange(10, 999)} "
    )


def in_sentences(what: Callable[[random.Random], str]) -> Plant:
    def plant(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
        written = what(rng)  # the same on every page
        for m in re.finditer(r"(?<=[a-z]{3}[ ])(?=[a-z]{3,} )", text):
            yield m.start(), m.start(), written

    return plant


def lines(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    block = (
        "View Article and Find Full Text PDF{0}\n{1} 2021\n"
        "Department of Physics, Example University, Lyon, France.\n"
    )
    for m in re.finditer(r"\n(?=[A-Z])", text):
        yield (
            m.end(),
            m.end(),
            block.format(rng.choice(["Soil Sci", "Am J Bot"]), rng.choice(["May", "March"])),
        )


def truncated(text: str, rng: random.Random) -> Iterator[tuple[int, int, str]]:
    if m := re.search(r"[a-z]{8,}\.?\s*\Z", text):
        yield rng.randrange(m.start() + 4, m.start() + 7), len(text), "."


PLANTS: dict[str, Plant] = {
    "glued": glued,
    "hyphen": cut_by("-"),
    "line end": cut_by("-\n"),
    "former line end": cut_by("- "),
    "small words": put(r"\b(of|in|to|for|on|with|that|is|as|it) (the|this|an|is|been)\b", r"\1\2"),
    "figures run in": put(r"(?<= )(\d{1,3}) (?=(?:patients|weeks|months|years|days)\b)", r"\1"),
    "citations": citations,
    "decimals": put(r"(?<= )0\.(?=\d+[);,])", "0. "),
    "entities": put("<(?= )", "&lt;"),
    "Greek": put(r"(?<=\bTNF-)α(?= )|(?<=\bNF-)κ(?=B\b)", ""),
    "space": cut_by(" "),
    "sentences": at_ends(lambda rng: ""),
    "heading": headings,
    "soft hyphen": cut_by("\u00ad"),
    "zero width": cut_by("\u200b"),
    "soft line end": cut_by("\u00ad\n"),
    "ligature": ligature,
    "ligature apart": ligature_lost(" {} "),
    "ligature lost": ligature_lost(" "),
    "mojibake": mojibake,
    "letters": letters,
    "references": references,
    "figures": unit,
    "advertisement of a role": at_ends(lambda rng: f"{rng.choice(ROLES)} {rng.choice(LISTED)} "),
    "advertisement": at_ends(lambda rng: f"{rng.choice(PRODUCTS)} {rng.choice(KEYWORDS)} "),
    "running head": in_sentences(head),
    "lines": lines,
    "truncation": truncated,
}  # fmt: skip


def texts(path: Path, most: int) -> list[str]:
    data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
    rows = [json.loads(line)["text"] for line in data.splitlines()]
    random.Random(0).shuffle(rows)
    return rows[:most]


def key(edit: Edit) -> str:
    return re.sub(r" \(.*", "", edit.reason)


def planted(text: str, plant: Plant, rng: random.Random) -> list[Edit]:
    """Places about fifty words apart where `plant` damages the text; the reason holds the right answer."""
    out: list[Edit] = []
    for start, end, after, *right in sorted(plant(text, rng)):
        if (not out or start - out[-1].end > rng.randrange(150, 450)) and text[start:end] != after:
            out.append(
                Edit(start, end, text[start:end], after, "artifact", 1.0, (right or [text[start:end]])[0])
            )
    return out


def measure(documents: list[str]) -> dict[str, dict[str, object]]:
    rng = random.Random(0)
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    clean: Counter[str] = Counter()
    recall: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    before = {}
    for k, text in enumerate(documents):
        before[k] = {(e.before, e.after) for e in find_damage(text, NAMES, [], 0.0).edits}
        clean.update(key(e) for e in find_damage(text, NAMES, [], 0.0).edits)
    for name, plant in PLANTS.items():
        for k, text in enumerate(documents):
            places = planted(text, plant, rng)
            if not places:
                continue
            damaged = splice(text, places)
            shift, spans = 0, []
            for p in places:
                spans.append((p.start + shift, p.start + shift + len(p.after), p))
                shift += len(p.after) - (p.end - p.start)
            edits = find_damage(damaged, NAMES, [], 0.0).edits
            for lo, hi, p in spans:
                on = [
                    e for e in edits if e.start <= hi and lo <= e.end and (e.before, e.after) not in before[k]
                ]
                recall[name][1] += 1
                if not on:
                    continue
                a, b = min(lo, *(e.start for e in on)), max(hi, *(e.end for e in on))
                inside = [
                    Edit(
                        e.start - a,
                        e.end - a,
                        *[getattr(e, f) for f in ("before", "after", "kind", "score", "reason")],
                    )
                    for e in on
                ]
                mended = splice(damaged[a:b], sorted(inside))
                stood = damaged[a:lo] + p.reason + damaged[hi:b]
                good = " ".join(mended.split()) == " ".join(stood.split())
                recall[name][0] += good
                (right if good else wrong).update(key(e) for e in on)
    rules = sorted(set(right) | set(wrong) | set(clean))
    return {
        "rules": {
            r: {"right": right[r], "wrong": wrong[r], "on_clean": clean[r],
                "precision": round(right[r] / max(1, right[r] + wrong[r] + clean[r]), 4)}
            for r in rules
        },
        "planted": {
            n: {"mended": a, "of": b, "recall": round(a / max(1, b), 3)} for n, (a, b) in recall.items()
        },
    }  # fmt: skip


def verdicts() -> dict[tuple[str, int, int, str], str]:
    """Verdicts on edits of clean text, by hash of the text, place, and hash of what was put there."""
    rows = map(json.loads, READ.read_text(encoding="utf8").splitlines())
    return {(r["text"], r["start"], r["end"], r["made"]): r["verdict"] for r in rows}


def harm(documents: list[str], min_score: float) -> dict[str, object]:
    began = time.perf_counter()
    found = [(t, find_damage(t, NAMES, [], min_score).edits) for t in documents]
    seconds = time.perf_counter() - began
    edits = [e for _, of in found for e in of]
    said = verdicts()
    read = Counter(
        said.get((named(t), e.start, e.end, named(e.after)), "not read") for t, of in found for e in of
    )
    words = sum(len(t.split()) for t in documents)
    return {
        "documents": len(documents), "words": words, "edits": len(edits),
        "per_10000_words": round(len(edits) / words * 1e4, 3),
        "words_per_second": round(words / seconds),
        "by_rule": dict(Counter(key(e) for e in edits).most_common()),
        "read": {verdict: read[verdict] for verdict in VERDICTS},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clean", nargs="+", type=Path, help="clean texts to plant damage in")
    parser.add_argument("--most", type=int, default=150, help="documents of each file")
    parser.add_argument("--harm", type=Path, help="clean texts nothing was tuned on")
    parser.add_argument("--min-score", type=float, default=0.4, help="for --harm: the model's threshold")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/damage.json")
    args = parser.parse_args()
    documents = [t for path in args.clean for t in texts(path, args.most)]
    result: dict[str, object] = {
        **made_with(None),
        "planted_into": [path.name.partition(".")[0] for path in args.clean],
        "words": sum(len(t.split()) for t in documents),
        **measure(documents),
    }
    if args.harm:
        result["harm"] = harm(texts(args.harm, 10**9), args.min_score)
    args.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""Measure on what training never saw: tortured terms kept out of it, and a spinner of another kind.

    python benchmarks/unseen.py --clean clean_dev.jsonl.xz --tortured export.csv --mythes th_en_US_v2.dat

*Planted*: of the published terms kept out of training by `channels.unseen`, each is planted into an
excerpt of a clean text that holds its canonical form, one an excerpt; phrases that the default lexicon
lists are counted apart. *In abstracts*: one to three of those that it does not list are planted in each
clean text of 80 to 400 words that holds their canonical forms, each in five texts at most. *First sense*:
a spinner that takes the commonest English word of a word's first WordNet senses, always the same one; no
training channel chooses so. Counted are edits of synonyms. Touched counts gold spans that an edit lies on,
elsewhere the edits that lie on none. Writes benchmarks/results/unseen.json.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from functools import reduce
from operator import add
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from wordfreq import zipf_frequency

import textrepair
from textrepair.bench.candidate_recall import CandidateRecall, candidate_recall
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import Gold, changes_of, score
from textrepair.bench.texts import read_texts
from textrepair.models import find_model
from textrepair.pipeline.detect import detect, read_document
from textrepair.pipeline.score import score_candidates
from textrepair.training.channels import UNSEEN_TERMS, tortured_terms, unseen
from textrepair.training.spinner import Channel, build_channel, log_uniform, spin_text, words_of
from textrepair.training.thesaurus.forms import inflections, swappable
from textrepair.training.thesaurus.thesauri import read_mythes

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/unseen.json"
Example = tuple[str, list[Gold]]
ABSTRACT, MOST_TERMS, MOST_TEXTS = range(80, 400), 3, 5
THRESHOLDS = (0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def kept_out(export: Path) -> Iterator[tuple[str, str]]:
    """The terms that training never saw, as (canonical, phrase)."""
    for term, phrase in tortured_terms(export):
        if unseen(" ".join(words_of(term)), UNSEEN_TERMS):
            yield term, phrase


def whole_word(term: str) -> re.Pattern[str]:
    """What finds a term in any letter case, and no part of a longer word."""
    return re.compile(rf"(?<![\w-]){re.escape(term)}(?![\w-])", re.IGNORECASE)


def planted(documents: Sequence[str], export: Path, rng: random.Random) -> Iterator[tuple[str, Example]]:
    """(phrase, excerpt with it planted) for each unseen term that some document holds."""
    lower = {text: text.lower() for text in documents}
    for term, phrase in kept_out(export):
        pattern = whole_word(term)
        for text in rng.sample(documents, len(documents)):
            # a plain search first: most texts hold no such term, and it is many times faster
            if term.lower() in lower[text] and (m := pattern.search(text)):
                start = max(0, text.rfind(". ", 0, max(0, m.start() - 500)) + 2)
                end = text.find(". ", m.end() + 500) + 1 or len(text)
                at = m.start() - start
                gold = Gold(at, at + len(phrase), (m[0],), "terminology")
                yield phrase, (text[start : m.start()] + phrase + text[m.end() : end], [gold])
                break


def in_abstracts(
    documents: Sequence[str], terms: Sequence[tuple[str, str]], rng: random.Random
) -> Iterator[Example]:
    """Every abstract with up to three of the terms that it holds as (canonical, phrase), rarest first."""
    used: Counter[str] = Counter()
    for text in documents:
        if len(text.split()) not in ABSTRACT:
            continue
        places: list[tuple[int, int, str]] = []
        lower = text.lower()
        for term, phrase in sorted(terms, key=lambda t: (used[t[1]], rng.random())):
            m = term.lower() in lower and whole_word(term).search(text)
            if m and used[phrase] < MOST_TEXTS and all(m.end() < a or b < m.start() for a, b, _ in places):
                places.append((*m.span(), phrase))
                used[phrase] += 1
            if len(places) == MOST_TERMS:
                break
        written, gold, at = "", [], 0
        for start, end, phrase in sorted(places):
            written += text[at:start]
            gold.append(Gold(len(written), len(written) + len(phrase), (text[start:end],), "terminology"))
            written, at = written + phrase, end
        if gold:
            yield written + text[at:], gold


def first_sense(mythes: Path) -> Channel:
    """Each word with the commonest English synonym of its first two senses, in its main part of speech."""
    options: dict[str, dict[str, list[tuple[float, str]]]] = defaultdict(lambda: defaultdict(list))
    for word, other, pos, relation, sense in read_mythes(mythes):
        plain = swappable(word) and swappable(other)
        if plain and sense < 2 and relation in ("synonym", "similar"):
            options[word][pos].append((zipf_frequency(other, "en") - sense, other))
    triples = []
    for word, by_pos in options.items():
        pos = max(by_pos, key=lambda p: len(by_pos[p]))
        common, other = max(by_pos[pos])
        if common > 2:
            forms, others = inflections(word, pos), inflections(other, pos)
            triples += [(forms[t], others[t], 1.0) for t in forms.keys() & others.keys()]
    return build_channel(triples)


def unseen_texts(
    documents: Sequence[str], export: Path, mythes: Path, forms: Container[str], texts: int = 60
) -> dict[str, list[Example]]:
    """All texts of this benchmark, by kind; `forms` are what the lexicon lists, `texts` are spun."""
    pairs = list(planted(documents, export, random.Random(5)))
    terms = [term for term in kept_out(export) if term[1].lower() not in forms]
    short = [d for d in documents if 800 < len(d) < 2500]
    random.Random(9).shuffle(short)
    rng, channel = np.random.default_rng(3), first_sense(mythes)
    spun: list[Example] = []
    for text in short[:texts]:
        written, gold = spin_text(text, channel, rng, log_uniform(rng, 0.15, 0.5))
        spun.append((written, [Gold(g.start, g.end, g.accept, "general") for g in gold]))
    return {
        "planted, not in the lexicon": [x for phrase, x in pairs if phrase.lower() not in forms],
        "planted, in the lexicon": [x for phrase, x in pairs if phrase.lower() in forms],
        "one to three in an abstract, not in the lexicon": [
            *in_abstracts(documents, terms, random.Random(1))
        ],
        "first-sense spinner": spun,
    }


def measure(repairer: textrepair.Repairer, examples: Sequence[Example]) -> dict[str, Any]:
    """Candidate recall, and recall, precision and touched spans, as shipped and at one threshold for all."""
    repairs = list(repairer.pipe([text for text, _ in examples]))
    reached = CandidateRecall(0, 0, 0, 0)
    for text, gold in examples:
        detected = detect(
            [read_document(text, repairer.lexicon, repairer.decision.document_by_words)], repairer.reranker
        )
        [scored] = score_candidates(detected, repairer.reranker)
        reached += candidate_recall(text, gold, [candidate for candidate, _ in scored])
    out: dict[str, Any] = {
        "texts": len(examples),
        "substitutions": reached.asked,
        "candidate_recall": round(reached.recall, 4),
        "candidates_a_place": round(reached.candidates / max(1, reached.places), 2),
    }
    ways = {"as shipped": repairs}
    ways |= {f"at {threshold}": [r.at(threshold) for r in repairs] for threshold in THRESHOLDS}
    for name, some in ways.items():
        made = [(r, gold) for r, (_, gold) in zip(some, examples, strict=True)]
        total = reduce(add, (score(r.source, changes_of(r.edits), gold) for r, gold in made))
        touched = sum(any(meet(e, g) for e in r.edits) for r, gold in made for g in gold)
        out[name] = {
            "recall": round(total.recall, 4),
            "precision": round(total.precision, 4),
            "right": total.right,
            "wrong": total.wrong,
            "touched": round(touched / max(1, reached.asked), 4),
            "elsewhere": sum(not any(meet(e, g) for g in gold) for r, gold in made for e in r.edits),
        }
    return out


def meet(edit: textrepair.Edit, gold: Gold) -> bool:
    """Whether an edit lies on a swap."""
    return edit.start < gold.end and gold.start < edit.end


def main(
    clean: Annotated[Path, typer.Option(help="Clean texts: JSON lines with `text`, .xz.")],
    tortured: Annotated[Path, typer.Option(help="Problematic Paper Screener export, CSV.")],
    mythes: Annotated[Path, typer.Option(help="MyThes .dat file.")],
    texts: Annotated[int, typer.Option(help="Texts for the spinner.")] = 60,
    only: Annotated[list[str] | None, typer.Option(help="Measure these kinds; the others stay.")] = None,
    model: Annotated[str, typer.Option(help="Model name or folder.")] = "en_sci_sm",
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Measure, print, and write benchmarks/results/unseen.json."""
    documents = [t.text for t in read_texts(clean)]
    repairer = textrepair.load(model, families=["synonyms"])
    examples = unseen_texts(documents, tortured, mythes, repairer.lexicon.forms, texts)
    before = json.loads(out.read_text(encoding="utf8")) if only else {}
    result = {"model": find_model(model).name, **made_with(find_model(model))} | {
        name: before[name] if only and name not in only else measure(repairer, some)
        for name, some in examples.items()
    }
    text = json.dumps(result, indent=1)
    out.write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    typer.run(main)

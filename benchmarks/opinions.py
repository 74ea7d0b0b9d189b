"""Whether a general language model tells swapped words, and what stood there, better than the reranker does.

    python benchmarks/opinions.py --pages FOLDER --lm FOLDER_OR_GGUF [--sample N]

FOLDER holds real spun pages, as `real_pages.py` reads them. *First of ten* is asked of single words for which
a right candidate is among the reranker's ten best: how often is it the first of them? *Swapped* is asked of
single words that the reranker doubts at .1 or more: the area under the curve that tells swapped ones from
others (words of neutral spans, and those that the restored wording keeps, count neither way), by how doubtful
the word is to the reranker, by how much the language model prefers the best of its three favourites to what
stands, and by both added. Words are drawn at random, always the same ones; nothing was fitted to them.
Seconds are those of one processor core. Writes benchmarks/results/opinions.json, one entry for each model.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.bench.pages import Page, read_pages
from textrepair.bench.score import Row, auc, labelled_words, plain
from textrepair.lm import LanguageModel, Wording, open_language_model, opinions
from textrepair.models import find_model
from textrepair.pipeline.candidates import Candidate, agree
from textrepair.pipeline.detect import DetectedDocument, detect, read_document
from textrepair.pipeline.features import log_odds
from textrepair.pipeline.score import score_candidates
from textrepair.rerank import Evidence

RESULTS = Path(__file__).parent / "results/opinions.json"
BEST, FAVOURITES, DOUBTED = 10, 3, 0.1
Told = tuple[Candidate, Evidence]


class Word(NamedTuple):
    """A single word of a page, and its candidates, best first, with what the reranker says of each.

    `doubt`: how likely it was replaced. `right`: which candidates are. `swapped`: none if it does not count.
    """

    page: int
    doubt: float
    told: tuple[Told, ...]
    right: tuple[bool, ...]
    swapped: bool | None


def words_of(number: int, page: Page, doubts: DetectedDocument, told: Sequence[Told]) -> Iterator[Word]:
    """The single words of a page that have candidates."""
    at: dict[tuple[int, int], list[Told]] = {}
    for c, e in told:
        if e.pieces:
            at.setdefault((c.start, c.end), []).append((c, e))
    swapped = {(start, end): label for start, end, label in labelled_words(page.text, page.gold)}
    accepted = {(g.start, g.end): [plain(a) for a in g.accept or ()] for g in page.gold}
    for place, doubt in doubts.replaced_probs.items():
        best = sorted(at.get(place, ()), key=liked, reverse=True)[:BEST]
        if best:
            right = tuple(plain(c.after) in accepted.get(place, ()) for c, _ in best)
            yield Word(number, doubt, tuple(best), right, swapped.get(place))


def liked(told: Told) -> float:
    """How the reranker ranks the candidates of a place."""
    candidate, evidence = told
    return evidence.target + 0.5 * candidate.spin_log_prob


def preferred(
    model: LanguageModel, pages: Sequence[Page], words: Sequence[Word], most: int
) -> list[list[float]]:
    """How much the language model prefers each of the `most` best candidates of each word to what stands."""
    out: list[list[float]] = [[] for _ in words]
    for number, page in enumerate(pages):
        wordings = [
            (n, Wording(edit.start, edit.end, edit.after))
            for n, word in enumerate(words)
            if word.page == number
            for c, _ in word.told[:most]
            for edit in agree(page.text, [c.edit(0.0)])
        ]
        said = opinions(model, page.text, [w for _, w in wordings])
        for (n, _), opinion in zip(wordings, said, strict=True):
            out[n].append(opinion.words + opinion.after if opinion else 0.0)
    return out


def first(words: Sequence[Word], scores: Sequence[Sequence[float]]) -> float:
    """The share of words of which a right candidate has the highest score."""
    hits = [w.right[max(range(len(s)), key=s.__getitem__)] for w, s in zip(words, scores, strict=True)]
    return round(sum(hits) / len(hits), 3)


def told_apart(words: Sequence[Word], scores: Sequence[float]) -> float:
    """The area under the curve that tells swapped words from others."""
    return round(auc([Row(s, bool(w.swapped)) for w, s in zip(words, scores, strict=True)]), 3)


def added(a: Sequence[float], b: Sequence[float]) -> list[float]:
    """The sums of two rows."""
    return [x + y for x, y in zip(a, b, strict=True)]


def measure(
    model: LanguageModel, pages: Sequence[Page], words: Sequence[Word], sample: int
) -> dict[str, Any]:
    """Both questions, of `sample` words each."""
    lots = random.Random(0)
    listed = [word for word in words if any(word.right)]
    listed = lots.sample(listed, min(sample, len(listed)))
    doubted = [word for word in words if word.doubt >= DOUBTED and word.swapped is not None]
    doubted = lots.sample(doubted, min(sample, len(doubted)))
    by_reranker = [[*map(liked, word.told)] for word in listed]
    odds = [log_odds(word.doubt) for word in doubted]
    began = time.process_time()
    by_lm = preferred(model, pages, listed, BEST)
    of_doubted = preferred(model, pages, doubted, FAVOURITES)
    seconds = time.process_time() - began
    best = [*map(max, of_doubted)]
    asked = sum(map(len, [*by_lm, *of_doubted]))
    return {
        "first of ten": {
            "words": len(listed),
            "reranker": first(listed, by_reranker),
            "language model": first(listed, by_lm),
            "both": first(listed, [added(a, b) for a, b in zip(by_reranker, by_lm, strict=True)]),
        },
        "swapped": {
            "words": len(doubted),
            "of them swapped": sum(bool(word.swapped) for word in doubted),
            "reranker": told_apart(doubted, odds),
            "language model": told_apart(doubted, best),
            "both": told_apart(doubted, added(odds, best)),
        },
        "wordings": asked,
        "seconds a hundred wordings": round(100 * seconds / asked, 1),
    }


def main(
    pages: Annotated[Path, typer.Option(help="Folder of real pages.")],
    lm: Annotated[str, typer.Option(help="Folder, hub name or GGUF file of a causal language model.")],
    sample: Annotated[int, typer.Option(help="Words drawn for each of the two questions.")] = 120,
) -> None:
    """Measure, print, and write benchmarks/results/opinions.json."""
    model = open_language_model(lm)
    repairer = textrepair.load()
    read_ = read_pages(pages)
    doubts = detect([read_document(page.text, repairer.lexicon, None) for page in read_], repairer.reranker)
    told = score_candidates(doubts, repairer.reranker)
    words = [
        word
        for number, (page, d, t) in enumerate(zip(read_, doubts, told, strict=True))
        for word in words_of(number, page, d, t)
    ]
    results = json.loads(RESULTS.read_text(encoding="utf8")) if RESULTS.is_file() else {}
    results |= made_with(find_model("en_sci_sm"))
    results[Path(lm).name] = measure(model, read_, words, sample)
    text = json.dumps(results, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf8")
    print(text)


if __name__ == "__main__":
    typer.run(main)

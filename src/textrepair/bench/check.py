"""`python -m textrepair.bench.check`: is it surely worse than what is committed?

Repairs what everyone has (the spun seed, the abstracts and passages spun by hand, and clean texts) and
compares each document with what was made of it before: recall, precision, and harm. It fails where the 95 %
interval of a difference, by bootstrap over documents, lies on the worse side of 0. `--write` commits to the
results of today.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.bench.score import Gold, changes_of, interval, read_gold, score
from textrepair.bench.texts import read_texts
from textrepair.edits import Edit, splice
from textrepair.models import find_model

ROOT = Path(__file__).parents[3]
RESULTS = ROOT / "benchmarks/results/check.json"
PER = 10_000  # clean words that harm is told for


@dataclass(frozen=True)
class Outcome:
    """What a repairer made of a document: its swaps and edits if it is spun, its words and edits if clean."""

    gold: int = 0
    restored: int = 0
    right: int = 0
    misleading: int = 0
    words: int = 0
    edits: int = 0


Pair = tuple[Outcome, Outcome]  # before, after


def documents(root: Path = ROOT) -> Iterator[tuple[str, tuple[Gold, ...] | None]]:
    """The texts of the checkout, with what was swapped in them, or None where they are clean."""
    seed = (root / "seeds/000_93fcc8338e17c8dc.txt").read_bytes().decode()
    yield seed, tuple(read_gold(root / "benchmarks/data/seed_000.gold.jsonl"))
    for spun in read_texts(root / "benchmarks/data/pages.jsonl", spun=True):
        yield spun.text, spun.gold
        yield original(spun.text, spun.gold or ()), None
    for spun in read_texts(root / "tests/cases/synthetic.jsonl", spun=True):
        yield spun.text, spun.gold
    for clean in read_texts(root / "tests/cases/negative.jsonl"):
        yield clean.text, None


def original(text: str, gold: Sequence[Gold]) -> str:
    """The text with the first answer of every swap put in."""
    swaps = [(g, g.accept[0]) for g in gold if g.accept]
    return splice(
        text,
        [Edit(g.start, g.end, text[g.start : g.end], answer, "wording", 1.0, "gold") for g, answer in swaps],
    )


def named(text: str) -> str:
    """The name of a document: a hash of its text, so that one that was changed is a new one.

    >>> named("An illness")
    'dad412dedeabe351'
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def outcomes(repairer: textrepair.Repairer, root: Path = ROOT) -> dict[str, Outcome]:
    """What the repairer makes of each document, by a hash of its text."""
    read = list(documents(root))
    found = {}
    for (text, gold), repair in zip(read, repairer.pipe(text for text, _ in read), strict=True):
        name = named(text)
        if gold is None:
            found[name] = Outcome(words=len(text.split()), edits=len(repair.edits))
        else:
            s = score(text, changes_of(repair.edits), gold)
            found[name] = Outcome(s.gold, s.restored, s.right, s.misleading)
    return found


def _share(part: str, whole: Callable[[Outcome], int], per: int = 1) -> Callable[[list[Pair]], float]:
    """By how much the share of a part in the whole is greater after than before."""

    def difference(pairs: list[Pair]) -> float:
        before, after = (
            per * sum(getattr(o, part) for o in side) / max(1, sum(map(whole, side)))
            for side in zip(*pairs, strict=True)
        )
        return float(after - before)

    return difference


# by name: the difference, and 1 where more is better, -1 where less is
MEASURES: Mapping[str, tuple[Callable[[list[Pair]], float], int]] = {
    "restored": (_share("restored", lambda o: o.gold), 1),
    "precision": (_share("right", lambda o: o.right + o.misleading), 1),
    "edits in 10,000 clean words": (_share("edits", lambda o: o.words, PER), -1),
}


def worse(before: Mapping[str, Outcome], after: Mapping[str, Outcome]) -> Iterator[tuple[str, bool]]:
    """A line for each measure, on the documents of both runs, and whether it is surely worse."""
    pairs = [(before[name], after[name]) for name in sorted(before.keys() & after.keys())]
    for name, (difference, better) in MEASURES.items():
        low, high = interval(pairs, difference)
        surely = high < 0 if better > 0 else low > 0
        said = f"{name}: {difference(pairs):+.4f} ({low:+.4f} to {high:+.4f})"
        yield f"{said}, surely worse" if surely else said, surely


def main(
    write: Annotated[bool, typer.Option("--write", help="Commit to what is measured now.")] = False,
    results: Annotated[Path, typer.Option(help="What was measured before.")] = RESULTS,
) -> None:
    """Compare what is made of the public texts now with what is committed; fail where it is surely worse."""
    after = outcomes(textrepair.load())
    if write:
        rows = (f" {json.dumps(name)}: {json.dumps(asdict(o))}" for name, o in sorted(after.items()))
        made = json.dumps(made_with(find_model("en_sci_sm")))[1:-1]
        of_each = ",\n".join(rows)  # a line each, for a diff that can be read
        results.write_text(f'{{\n {made},\n "documents": {{\n{of_each}\n}}}}\n', encoding="utf8")
        return
    committed = json.loads(results.read_text(encoding="utf8"))["documents"]
    before = {name: Outcome(**o) for name, o in committed.items()}
    print(f"{len(before.keys() & after.keys())} documents, {len(after.keys() - before.keys())} new ones")
    told = [*worse(before, after)]
    for line, _ in told:
        print(line)
    if any(surely for _, surely in told):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)

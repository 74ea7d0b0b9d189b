"""What one would otherwise use, beside textrepair: on real pages, on public texts and on clean ones.

    python benchmarks/systems.py --pages FOLDER --corpus FILE.jsonl.xz ... [--list tortured.csv]
        [--lm FILE.gguf] [--encoder FOLDER] [--decisions FOLDER] [--only NAME ...] [--seconds 200]

Pages are those of `real_pages.py`; `--decisions` holds a folder of `fold_N.json` for each of our models, by
its name. Public texts are the spun ones of `make bench-check`; clean ones are some 20,000 words held out, of
all fields. What is asked, and how much of it slow systems read, stands in `asked.py`. Retrieval has an index
of other clean texts and of the originals of the public ones; those of the real pages are not in it.

What a system says of a text is kept in `--store`, so that a run can be stopped (`--seconds`) and go on, a
system at a time. Writes benchmarks/results/systems.json: of each system that has read every page, what it
has read so far. The row of one that has not stands as it was, with its date and machine, if it was measured
on the same texts; without such a row it is named as not run.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from pathlib import Path
from typing import Annotated, Any

import typer
from asked import SYSTEMS, UNTRIED, Asked
from failures import Failure, done, explained
from failures import named as failures_of
from harm import Harmed, held_out, per_words, within
from kept import kept
from peers import MASKED, Said, Ways

from textrepair.bench.check import documents, named, original
from textrepair.bench.circumstances import made_with, now_and_here
from textrepair.bench.pages import Page, fold_of, measure_changes, read_pages
from textrepair.bench.score import Change, Score, curve, interval, score
from textrepair.bench.tally import restoration, share, tally
from textrepair.errors import TextrepairError
from textrepair.models import find_model
from textrepair.pipeline.loading import load

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/systems.json"
STORE = ROOT / "build/bench/systems"
CLEAN_WORDS = 700  # of each field
SOURCES_WORDS = 2_000  # of each field, those among them, in the index that is retrieved from
POINTS = 40  # of a curve, at most


@dataclass(frozen=True)
class Reading:
    """What a system said of a text, and the seconds of processor time that took."""

    said: Said
    seconds: float


@dataclass(frozen=True)
class Texts:
    """What systems are measured on."""

    pages: list[Page]
    public: list[Page]
    clean: list[str]

    def thinned(self, every: int) -> Texts:
        """All pages; for more than 1 one in so many of the public texts, and every other clean one."""
        return Texts(self.pages, self.public[::every], self.clean[:: min(every, 2)])

    @property
    def sha256(self) -> str:
        """What tells these texts, and what was swapped in them, from others."""
        swapped = [[(g.start, g.end, g.accept) for g in p.gold] for p in [*self.pages, *self.public]]
        texts = [*(p.text for p in [*self.pages, *self.public]), *self.clean]
        return hashlib.sha256(json.dumps([swapped, texts]).encode()).hexdigest()

    @property
    def all(self) -> list[str]:
        """Every text once, real pages first, in no order, since several processes may read side by side."""
        pages = [p.text for p in self.pages]
        others = [*(p.text for p in self.public), *self.clean]
        random.shuffle(pages)
        random.shuffle(others)
        return [*dict.fromkeys([*pages, *others])]


def public_pages() -> list[Page]:
    """The spun texts of `make bench-check`."""
    return [Page(named(text), text, gold, "", "") for text, gold in documents() if gold is not None]


def key(name: str, ways: Ways, text: str) -> str:
    """What the reading of a text hangs on."""
    return json.dumps([name, SYSTEMS[name].hangs_on(ways, text), text])


def read(name: str, ways: Ways, texts: Sequence[str], store: Path, until: float) -> None:
    """Have a system read the texts that it has not read, until the time is up."""
    todo = [t for t in texts if kept(store, key(name, ways, t)) is None]
    if not todo or time.monotonic() > until:
        return
    system = SYSTEMS[name].opened(ways)
    system(todo[0][:200])  # what it loads at its first text is no part of its speed

    def reading(text: str) -> dict[str, Any]:
        begun = time.process_time()
        said = system(text)
        seconds = time.process_time() - begun
        changes = [(c.start, c.end, c.after) for c in said.changes]
        return {"seconds": seconds, "changes": changes, "told": said.told}

    for number, text in enumerate(todo):
        if time.monotonic() > until:
            print(f"{name}: {len(todo) - number} texts to be read", flush=True)
            return
        kept(store, key(name, ways, text), partial(reading, text))


def readings(name: str, ways: Ways, texts: Iterable[str], store: Path) -> dict[str, Reading]:
    """What the system has read, by the text."""
    out = {}
    for text in texts:
        found = kept(store, key(name, ways, text))
        if found is not None:
            said = Said([Change(*c) for c in found["changes"]], [tuple(t) for t in found["told"]])
            out[text] = Reading(said, found["seconds"])
    return out


def unread(pages: Sequence[Page], found: Mapping[str, Reading]) -> str:
    """Why a system has no row: it has not read every real page. Empty if it has."""
    number = sum(p.text in found for p in pages)
    return f"has read {number} of {len(pages)} real pages so far" if number < len(pages) else ""


def figures(texts: Texts, read: Mapping[str, Reading]) -> dict[str, Any]:
    """The figures of one system on what it has read."""
    pages = [p for p in texts.pages if p.text in read]
    measured = [measure_changes(p, *read[p.text].said) for p in pages]
    seconds = sum(read[p.text].seconds for p in pages)
    points = curve(itertools.chain.from_iterable(m.words for m in measured))
    told = tally(measured)
    scores = [score(p.text, read[p.text].said.changes, p.gold) for p in texts.public if p.text in read]
    harmed = [Harmed(len(t.split()), len(read[t].said.changes)) for t in texts.clean if t in read]
    return {
        "words_per_second": round(sum(p.words for p in pages) / max(1e-6, seconds), 1),
        **{k: v for k, v in told.items() if k not in ("candidates", "calibration")},
        "intervals": intervals([m.score for m in measured]),
        "detection_curve": [
            [round(p.recall, 4), round(p.precision, 4)] for p in points[:: max(1, len(points) // POINTS)]
        ],
        "public": {
            "texts": len(scores),
            **restoration(reduce(add, scores, Score())),
            "intervals": intervals(scores),
        },
        "harm": {
            "words": sum(h.words for h in harmed),
            "edits": sum(h.edits for h in harmed),
            "per_10000_words": round(per_words(harmed), 2),
            "interval": [round(x, 2) for x in within(harmed)],
        },
    }  # fmt: skip


def intervals(scores: Sequence[Score]) -> dict[str, list[float]]:
    """The 95 % intervals over documents of what is restored, and how precisely."""

    def recall(some: Sequence[Score]) -> float:
        return sum(s.restored for s in some) / max(1, sum(s.gold for s in some))

    def precision(some: Sequence[Score]) -> float:
        right = sum(s.right for s in some)
        return right / max(1, right + sum(s.misleading for s in some))

    return {of.__name__: [round(x, 4) for x in interval(scores, of)] for of in (recall, precision)}


def line(name: str, s: dict[str, Any]) -> str:
    """A row of the table."""
    cells = (
        name, str(s["pages"]), share(s["recall"]), share(s["precision"]),
        share(s["detection"]["words"]["recall_at_0.9"]), share(s["public"]["recall"]),
        f"{s['harm']['per_10000_words']:.1f}", f"{s['words_per_second']:,.0f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def row(
    asked: Asked, texts: Texts, found: Mapping[str, Reading], failing: Iterable[Failure]
) -> dict[str, Any]:
    """What is written of a system: its figures, made with what, and what it did where ours fails."""
    read = [f for f in failing if f.page.text in found]
    return {
        **figures(texts, found),
        "licence": asked.licence,
        **asked.made_with(),
        **now_and_here(),
        "texts_sha256": texts.sha256,
        "failures": {f.name: done(f, found[f.page.text].said.changes) for f in read},
    }


def standing(out: Path) -> dict[str, Any]:
    """The rows that were written before."""
    return dict(json.loads(out.read_text(encoding="utf8"))["systems"]) if out.exists() else {}


def main(
    pages: Annotated[Path, typer.Option(help="Folder of pages.")],
    corpus: Annotated[list[Path], typer.Option(help="Files of clean documents.")],
    phrases: Annotated[Path | None, typer.Option("--list", help="A published list of phrases.")] = None,
    lm: Annotated[Path | None, typer.Option(help="A causal language model, as a GGUF file.")] = None,
    encoder: Annotated[Path | None, typer.Option(help="Folder of a sentence encoder.")] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="Folder of MODEL/fold_N.json, fitted by fold.")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Systems that shall read.")] = None,
    seconds: Annotated[float, typer.Option(help="For how long.")] = float("inf"),
    store: Annotated[Path, typer.Option(help="Where what was read is kept.")] = STORE,
    out: Annotated[Path, typer.Option(help="Where the figures go.")] = OUT,
) -> None:
    """Have systems read, print a table, and write benchmarks/results/systems.json."""
    until = time.monotonic() + seconds
    fields = held_out(corpus, CLEAN_WORDS)
    texts = Texts(read_pages(pages), public_pages(), [*itertools.chain(*fields.values())])
    more = itertools.chain(*held_out(corpus, SOURCES_WORDS).values())
    sources = [*(set(more) - {*texts.clean}), *(original(p.text, p.gold) for p in texts.public)]
    folds = {p.text: fold_of(p.id) for p in texts.pages}
    ways = Ways(phrases, lm, encoder, sorted(sources), decisions, folds)
    before, rows, not_run = standing(out), {}, dict(UNTRIED)
    failing = failures_of(texts.public)
    for name, asked in SYSTEMS.items():
        mine = texts.thinned(asked.every)
        every = [*dict.fromkeys([*mine.all, *(f.page.text for f in failing)])]
        found: dict[str, Reading] = {}
        try:
            if not only or name in only:
                read(name, ways, every, store, until)
            found = readings(name, ways, sorted(every), store)
            reason = unread(mine.pages, found)
        except (ImportError, TextrepairError) as e:
            reason = f"not installed here: {e.name}" if isinstance(e, ImportError) else str(e)
        if not reason:
            of = repr((name, asked.made_with(), mine.sha256, found, failing))
            rows[name] = kept(store / "rows", of, partial(row, asked, mine, found, failing))
        elif before.get(name, {}).get("texts_sha256") == mine.sha256:
            rows[name] = before[name]
            reason = f"{reason}; stands as of {before[name]['date']}"
        else:
            not_run[name] = reason
        print(line(name, rows[name]) if name in rows else name, reason, flush=True)
    written = json.dumps(report(rows, not_run, failing), indent=1, ensure_ascii=False)
    out.write_text(written + "\n", encoding="utf8")


def report(rows: Mapping[str, Any], not_run: Mapping[str, str], failing: Sequence[Failure]) -> dict[str, Any]:
    """What is written: every row, what has none, and the failures, whose texts are read once more."""
    repairer = load(MASKED)
    repairs = {f.page.text: repairer.explain(f.page.text) for f in failing}
    made = {name: of["failures"] for name, of in rows.items()}
    return {
        "what": "real spun pages, public spun texts, and clean held-out text; words a second of processor "
        "time on real pages, on one thread. Every row tells what it was made with, when and where",
        **made_with(find_model(MASKED)),
        "systems": dict(rows),
        "not_run": dict(not_run),
        "failures": [*explained(failing, made, repairs)],
    }


if __name__ == "__main__":
    typer.run(main)

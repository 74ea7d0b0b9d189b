"""What one would otherwise use, beside textrepair: on real pages, on public texts and on clean ones.

    python benchmarks/systems.py --pages FOLDER --corpus FILE.jsonl.xz ... [--list tortured.csv]
        [--lm FILE.gguf] [--encoder FOLDER] [--decisions FOLDER] [--only NAME] [--seconds 200]

Pages are those of `real_pages.py`, and `--decisions` is what it takes; public texts are the spun ones of
`make bench-check`; clean ones are some 20,000 words held out, of all fields. Slow systems read one in so
many of the public texts (`EVERY`) and every other clean one. Retrieval has an index of other clean texts and
of the originals of the public ones; the originals of the real pages are not in it.

What a system says of a text is kept in `--store`, so that a run can be stopped (`--seconds`) and go on, a
system at a time. Writes benchmarks/results/systems.json: of each system that has read every page, what it
has read so far; the others are named as not run.
"""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce
from operator import add
from pathlib import Path
from typing import Annotated, Any

import failures
import neural_peers
import peers
import typer
from harm import Harmed, held_out, per_words, within
from kept import kept
from peers import Said, System, Ways

from textrepair.bench.check import documents, named, original
from textrepair.bench.circumstances import circumstances
from textrepair.bench.pages import Page, fold_of, measure_changes, read_pages
from textrepair.bench.score import Change, Score, curve, interval, score
from textrepair.bench.stored import code_hash
from textrepair.bench.tally import restoration, share, tally
from textrepair.errors import TextrepairError
from textrepair.files import sha256
from textrepair.models import find_model, weights_sha256
from textrepair.pipeline.loading import load

ROOT = Path(__file__).parents[1]
OUT = ROOT / "benchmarks/results/systems.json"
STORE = ROOT / "build/bench/systems"
CLEAN_WORDS = 700  # of each field
SOURCES_WORDS = 2_000  # of each field, those among them, in the index that is retrieved from
POINTS = 40  # of a curve, at most
OURS = "textrepair"

# by the name that tables show
PEERS: dict[str, Callable[[Ways], System]] = {
    "do nothing": peers.nothing,
    "a published list, replaced": peers.listed,
    "symspellpy lookup": peers.symspell_lookup,
    "symspellpy lookup_compound": peers.symspell_compound,
    "pyspellchecker": peers.pyspellchecker,
    "contextualSpellCheck (our masked model)": neural_peers.contextual_spell_check,
    "our model behind masks, word by word": neural_peers.masked,
    "Gemma 3 270M, sentence by sentence": neural_peers.corrector,
    "retrieval of the source, sentence by sentence": neural_peers.retrieval,
    "our lexicon, replaced": peers.lexicon_only,
    f"{OURS}, en_sci_sm": peers.ours,
    f"{OURS}, en_sci_sm and Gemma 3 270M as second opinion": peers.ours_with_lm,
}
EVERY = {
    "pyspellchecker": 4,
    "contextualSpellCheck (our masked model)": 24,
    "our model behind masks, word by word": 24,
    "Gemma 3 270M, sentence by sentence": 24,
    f"{OURS}, en_sci_sm and Gemma 3 270M as second opinion": 24,
}
LICENCES = {
    "a published list, replaced": "the Problematic Paper Screener's list",
    "symspellpy lookup": "MIT",
    "symspellpy lookup_compound": "MIT",
    "pyspellchecker": "MIT",
    "contextualSpellCheck (our masked model)": "MIT",
    "Gemma 3 270M, sentence by sentence": "Gemma Terms of Use; base model, quantised to four bits (q4_k_m)",
    "retrieval of the source, sentence by sentence": "Apache-2.0 (all-MiniLM-L6-v2)",
}
# what cannot be run, with what was tried
UNTRIED = {
    "LanguageTool": "LGPL-2.1. Debian 12 has no package of it. The Python packages hold no rules: "
    "language-tool-python 3.4.0 installs and, at first use, asks github.com for LanguageTool-6.8.zip, "
    "language-check 1.1 asks languagetool.org while it is built; neither could be reached from here. "
    "language-tool 0.4 and ltscore 1.2.0 want a server that runs already. Java was there",
    "SRAP itself (arXiv 2512.10435)": "no package of it was found; retrieval in systems.py follows its "
    "two steps, with another encoder",
}


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


@cache
def made_by(model: str, decision: Path) -> str:
    """What tells a state of textrepair from others."""
    return f"{weights_sha256(find_model(model))} {sha256(decision)} {code_hash()}"


def key(name: str, ways: Ways, text: str) -> str:
    """What the reading of a text hangs on; of peers, the code is not part of it."""
    about = ""
    if name.startswith(OURS):
        about = made_by(ways.model, ways.left_out.get(text, find_model(ways.model) / "decision.json"))
    return json.dumps([name, about, text])


def read(name: str, ways: Ways, texts: Sequence[str], store: Path, until: float) -> None:
    """Have a system read the texts that it has not read, until the time is up."""
    todo = [t for t in texts if kept(store, key(name, ways, t)) is None]
    if not todo or time.monotonic() > until:
        return
    system = PEERS[name](ways)
    system(todo[0][:200])  # what it loads at its first text is no part of its speed

    def reading(text: str) -> dict[str, Any]:
        begun = time.process_time()
        said = system(text)
        seconds = time.process_time() - begun
        changes = [(c.start, c.end, c.after) for c in said.changes]
        return {"seconds": seconds, "changes": changes, "told": said.told}

    for done, text in enumerate(todo):
        if time.monotonic() > until:
            print(f"{name}: {len(todo) - done} texts to be read", flush=True)
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


def main(
    pages: Annotated[Path, typer.Option(help="Folder of pages.")],
    corpus: Annotated[list[Path], typer.Option(help="Files of clean documents.")],
    phrases: Annotated[Path | None, typer.Option("--list", help="A published list of phrases.")] = None,
    lm: Annotated[Path | None, typer.Option(help="A causal language model, as a GGUF file.")] = None,
    encoder: Annotated[Path | None, typer.Option(help="Folder of a sentence encoder.")] = None,
    decisions: Annotated[Path | None, typer.Option(help="Folder of fold_N.json, fitted by fold.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Systems that shall read; then nothing is written.")
    ] = None,
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
    left_out = {p.text: decisions / f"fold_{fold_of(p.id)}.json" for p in texts.pages} if decisions else {}
    ways = Ways("en_sci_sm", phrases, lm, encoder, sorted(sources), left_out)
    measured, made, not_run = {}, {}, dict(UNTRIED)
    failing = [page.text for page in failures.named(texts.public)]
    for name in PEERS:
        mine = texts.thinned(EVERY.get(name, 1))
        asked = [*dict.fromkeys([*mine.all, *failing])]
        try:
            if not only or name in only:
                read(name, ways, asked, store, until)
        except (ImportError, TextrepairError) as e:
            not_run[name] = f"not installed here: {e.name}" if isinstance(e, ImportError) else str(e)
            print(f"{name}: {not_run[name]}", flush=True)
        if only:
            continue
        found = readings(name, ways, sorted(asked), store)
        if missing := unread(mine.pages, found):
            not_run.setdefault(name, missing)
            continue
        of = repr((name, found, mine))
        measured[name] = kept(store / "figures", of, partial(figures, mine, found))
        measured[name]["licence"] = LICENCES.get(name, "")
        made[name] = {text: r.said.changes for text, r in found.items()}
        print(line(name, measured[name]), flush=True)
    if only:
        return
    repairer = load(ways.model)
    report: dict[str, Any] = {
        "what": "real spun pages, public spun texts, and clean held-out text; words a second of processor "
        "time on real pages, on one thread",
        **circumstances(find_model(ways.model), repairer),
        "systems": measured,
        "not_run": not_run,
    }
    repairs = {text: repairer.explain(text) for text in failing}
    report["failures"] = [*failures.explained(texts.public, made, repairs)]
    out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


if __name__ == "__main__":
    typer.run(main)

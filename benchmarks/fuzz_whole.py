"""Fuzz the whole repair, model and all.

    python benchmarks/fuzz_whole.py [--inputs N] [--seconds N] [--again CLEAN.jsonl.xz]

Texts are put together at random from words, listed phrases, damage, markup and odd characters, and repaired
in every format. A fault ends the run and names the input: an error that is no message for users, edits that
do not make the text, a text that does not come back when they are undone, markup that is no longer the same,
and a batch that takes longer than `SLOW` a text. Adds the number tried to benchmarks/results/fuzz.json.

With `--again` excerpts of clean texts (JSON lines with `text`) are repaired and repaired once more instead,
as they are, damaged, spun, and in every format of markup, a third of these damaged: how many edits does a
second repair make?
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Sequence
from pathlib import Path

from damage import PLANTS, planted

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.edits import splice
from textrepair.errors import TextrepairError
from textrepair.formats import table as formats
from textrepair.formats.table import TEXT
from textrepair.lexicon.lexicon import stack
from textrepair.models import find_model
from textrepair.texts import read_texts
from textrepair.training.channels import default_channels
from textrepair.training.spinner import spin_documents

OUT = Path(__file__).parent / "results/fuzz.json"
SLOW, BATCH = 10, 64  # seconds a text may take; texts repaired together
EACH, LENGTH = 1000, 700  # excerpts of each kind that are repaired twice, and their characters at most
# how a heading, a word that is set off and what is no prose are written
WRITTEN = {
    "latex": ("\\section{{{}}}\n", "\\emph{{{}}}", "~\\cite{{a}}", "\n\n"),
    "markdown": ("## {}\n\n", "**{}**", " `x_1`", "\n\n"),
    "xml": ("<title>{}</title>", "<i>{}</i>", "<xref>1</xref>", "<sec/>"),
    "html": ("<h2>{}</h2>", "<em>{}</em>", "<sup>1</sup>", "<p>"),
}
WORDS = (
    "the of in and a was were patients cells model we data is not no with for results network illness blunder"
    " sufferers commotion utilised theirsafety treat- ment in fl ammation signi cant (CNN) (ROC) 5 12% p<0.05"
    " Fig. 3 et al. [1] https://x.org/a a@b.org e.g. i.e. TNF- NF-B"
).split(" ")
MARKS = (
    "\n|\n\n|\r\n|\t|“|”|\"|'|‘|’|(|)|[|]|.|,|;|:|—|-|…|※|\u00ad|\u200b|\u200d|\ufeff|\ufb01|é|e\u0301"
    "|\U0001f600|Ã©|â€œ|\0|\x1b|𝒳|ß|İ|ﬀ|你好|שלום|&amp;|&lt;|<p>|</p>|<b>|</b>|<q>|</q>|<code>|</code>|$x$|$"
    "|\\emph{|}|{|\\cite{a}|%|**|*|`|```|> |# |- || |~~|→|instead of|\u2028|\u0085|\ud800"
).split("|")


def texts(seed: int) -> tuple[str, list[str]]:
    """A format and texts in it, the same for the same seed."""
    rng = random.Random(seed)
    phrases = sorted(stack(()).forms)
    sources = []
    for _ in range(BATCH):
        parts = []
        for _ in range(rng.choice((0, 1, 3, 10, 40, 80))):
            pool = rng.choices((WORDS, MARKS, phrases), (6, 2, 1))[0]
            parts.append(rng.choice(pool) + rng.choice((" ", " ", " ", "")))
        sources.append("".join(parts))
    return rng.choice(formats.NAMES), sources


def check(repairer: textrepair.Repairer, name: str, sources: list[str]) -> int:
    """Raise `AssertionError` where a text does not come through as it should; how many were refused."""
    taken = []
    for source in sources:
        try:
            if name != TEXT:
                formats.read(source, name)
            taken.append(source)
        except TextrepairError:
            continue
    began = time.monotonic()
    for source, repair in zip(taken, repairer.only(format=name).pipe(taken, batch_size=BATCH), strict=True):
        assert repair.text == splice(source, repair.edits), (name, source)
        if name != TEXT:
            around = formats.read(source, name).around()
            assert formats.read(repair.text, name).around() == around, (name, source)
        undone = repair
        for edit in repair.edits:
            undone = undone.revert(edit)
        assert undone.text == source, (name, source)
    assert time.monotonic() - began < SLOW * BATCH, (name, taken)
    return len(sources) - len(taken)


def again(path: Path, repairer: textrepair.Repairer) -> dict[str, dict[str, int]]:
    """What a second repair of excerpts changes, by kind of text."""
    rng = random.Random(0)
    documents = [t for t in read_texts(path) if len(t) > LENGTH]
    sources = [excerpt(t, rng) for t in rng.sample(documents, min(EACH, len(documents)))]
    spun = [record["text"] for record in spin_documents(sources, default_channels())]
    kinds: dict[str, list[tuple[str, str]]] = {
        "clean": [(TEXT, t) for t in sources],
        "damaged": [(TEXT, damaged(t, rng)) for t in sources],
        "markup": [],
        "spun": [(TEXT, t) for t in spun],
    }
    for k, text in enumerate(sources):
        name = [*WRITTEN][k % len(WRITTEN)]
        kinds["markup"].append((name, in_markup(damaged(text, rng) if k % 3 == 0 else text, name, rng)))
    return {kind: twice(of_kind, repairer) for kind, of_kind in kinds.items()}


def excerpt(text: str, rng: random.Random) -> str:
    """Whole sentences from anywhere in a text."""
    start = text.find(". ", rng.randrange(max(1, len(text) - LENGTH))) + 2
    return text[start : text.rfind(". ", start, start + LENGTH) + 1] or text[start : start + LENGTH]


def damaged(text: str, rng: random.Random) -> str:
    """The text with damage of one to three kinds."""
    for name in rng.sample(sorted(PLANTS), rng.randint(1, 3)):
        text = splice(text, planted(text, PLANTS[name], rng))
    return text


def in_markup(text: str, name: str, rng: random.Random) -> str:
    """The text in a format, each sentence with a word set off and an object; some are headings."""
    heading, set_off, thing, gap = WRITTEN[name]
    out = []
    for sentence in re.split(r"(?<=[.!?]) ", text):
        words = [formats.FORMATS[name].escape(w) for w in sentence.split(" ")]
        if len(words) < 9 and rng.random() < 0.5:
            out.append(gap + heading.format(" ".join(words)))
            continue
        k = rng.randrange(len(words))
        words[k] = set_off.format(words[k])
        words.insert(rng.randrange(len(words)), thing)
        out.append(" ".join(words) + rng.choice((" ", "\n", gap)))
    return "".join(out)


def twice(texts: Sequence[tuple[str, str]], repairer: textrepair.Repairer) -> dict[str, int]:
    """Repair texts of several formats, then what came out."""
    counts = {"texts": 0, "words": 0, "edits": 0, "texts_changed_again": 0, "edits_again": 0}
    for name in sorted({name for name, _ in texts}):
        reader = repairer.only(format=name)
        first = [*reader.pipe((t for of, t in texts if of == name), batch_size=BATCH)]
        for one, two in zip(first, reader.pipe((r.text for r in first), batch_size=BATCH), strict=True):
            counts["texts"] += 1
            counts["words"] += len(one.source.split())
            counts["edits"] += len(one.edits)
            counts["texts_changed_again"] += bool(two.edits)
            counts["edits_again"] += len(two.edits)
            for e in two.edits:
                print(
                    name,
                    repr(two.source[max(0, e.start - 40) : e.end + 40]),
                    e.before,
                    "->",
                    e.after,
                    e.reason,
                )
    return counts


def main() -> None:
    """Try texts, going on from the number tried before, and write down how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--again", type=Path, help="clean texts to repair twice")
    args = parser.parse_args()
    until = time.monotonic() + args.seconds
    known = json.loads(OUT.read_text(encoding="utf8"))
    whole = known.get("whole") or {"inputs": 0, "refused": 0}
    repairer, model = textrepair.load(), find_model("en_sci_sm")
    if args.again:
        known["again"] = {**made_with(model), **again(args.again, repairer)}
        OUT.write_text(json.dumps(known, indent=1) + "\n", encoding="utf8")
        print(known["again"])
        return
    while whole["inputs"] < args.inputs and time.monotonic() < until:
        whole["refused"] += check(repairer, *texts(whole["inputs"]))
        whole["inputs"] += BATCH
        OUT.write_text(
            json.dumps({**known, "whole": {**made_with(model), **whole}}, indent=1) + "\n", encoding="utf8"
        )
    print(whole)


if __name__ == "__main__":
    main()

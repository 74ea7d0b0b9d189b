"""Fuzz the whole repair, model and all: `python benchmarks/fuzz_whole.py [--inputs N] [--seconds N]`.

Texts are put together at random from words, listed phrases, damage, markup and odd characters, and repaired
in every format. A fault ends the run and names the input: an error that is no message for users, edits that
do not make the text, a text that does not come back when they are undone, markup that is no longer the same,
and a batch that takes longer than `SLOW` a text. Adds the number tried to benchmarks/results/fuzz.json.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import textrepair
from textrepair.bench.circumstances import made_with
from textrepair.edits import splice
from textrepair.errors import TextrepairError
from textrepair.formats import table as formats
from textrepair.lexicon.lexicon import stack
from textrepair.models import find_model

OUT = Path(__file__).parent / "results/fuzz.json"
SLOW, BATCH = 10, 64  # seconds a text may take; texts repaired together
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
            if name != formats.TEXT:
                formats.read(source, name)
            taken.append(source)
        except TextrepairError:
            continue
    began = time.monotonic()
    for source, repair in zip(taken, repairer.only(format=name).pipe(taken, batch_size=BATCH), strict=True):
        assert repair.text == splice(source, repair.edits), (name, source)
        if name != formats.TEXT:
            around = formats.read(source, name).around()
            assert formats.read(repair.text, name).around() == around, (name, source)
        undone = repair
        for edit in repair.edits:
            undone = undone.revert(edit)
        assert undone.text == source, (name, source)
    assert time.monotonic() - began < SLOW * BATCH, (name, taken)
    return len(sources) - len(taken)


def main() -> None:
    """Try texts, going on from the number tried before, and write down how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    args = parser.parse_args()
    until = time.monotonic() + args.seconds
    known = json.loads(OUT.read_text(encoding="utf8"))
    whole = known.get("whole") or {"inputs": 0, "refused": 0}
    repairer, model = textrepair.load(), find_model("en_sci_sm")
    while whole["inputs"] < args.inputs and time.monotonic() < until:
        whole["refused"] += check(repairer, *texts(whole["inputs"]))
        whole["inputs"] += BATCH
        OUT.write_text(
            json.dumps({**known, "whole": {**made_with(model), **whole}}, indent=1) + "\n", encoding="utf8"
        )
    print(whole)


if __name__ == "__main__":
    main()

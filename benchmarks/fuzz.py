"""Fuzz what reads and writes files (Linux, atheris).

    python benchmarks/fuzz.py [--inputs N] [--seconds N] [--add]

Inputs are pieces of files, of every text form of a corpus and every format of markup, put together by a
coverage-guided fuzzer. Each is read and written back unchanged, then with words planted in place of a
model's edits, and these are undone. A fault ends the run: an error that is no message for users, a byte that
changes though nothing was to change it, a text that is not what was planted, markup that is no longer the
same, bytes that do not come back, and an input that takes longer than `SLOW`. With `--add` the inputs count
with those of runs before; `fuzz_whole.py` takes texts through the model too.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["textrepair.corpus", "textrepair.formats"]):
    from textrepair.corpus.escaping import inverse
    from textrepair.corpus.rows import RowOptions, UnwritableError
    from textrepair.corpus.shards import form
    from textrepair.formats import table as formats
from textrepair.bench.circumstances import made_with
from textrepair.edits import Edit, Repair, splice
from textrepair.errors import TextrepairError

SLOW = 10  # seconds
OTHERS = "whole", "again"  # what `fuzz_whole.py` writes there
OUT = Path(__file__).parent / "results/fuzz.json"
TABLE = [
    b'text', b'id', b'"', b"'", b'""', b',', b'\t', b';', b'|', b'\\', b'\\N', b'\\n', b'\\"', b'\n',
    b'\r\n', b'\r', b' ', b'a word', b'ill', b'\xc3\xa9', b'\xff', b'\xef\xbb\xbf', b'\x00', b'\x1e',
    b'\x01', b'\xed\xa0\x80', b'"a, b"', b'"x\ny"', b'id,text\n', b'id\ttext\n', b'text\n', b'1,2\n',
    b'1,"b ""c"""\n', b'\xe2\x80\xa8', b'3;4', b'1,"b \\"c\\""\n', b'\xff\xfe',
]  # fmt: skip
LINES = [
    b'{"text": ', b'"a word"', b'"ill \\u00e9 \\ud83d\\ude00"', b'}', b'{', b'[', b']', b',', b':',
    b'"text"', b'"', b'\\', b'NaN', b'-Infinity', b'1e999', b"1" * 40, b'null', b'true', b'\n', b'\r\n',
    b' ', b'\xff', b'\xc3\xa9', b'{"text": "one word"}\n', b'{"text": "x\\"y\\/", "n": NaN}\n',
    b'\xef\xbb\xbf', b'"\\ud800"', b'\x00', b"[" * 1500, b'{"text": 3}\n',
    b'{"id": 1, "text": "two\\nlines", "text": "b"}\n',
]  # fmt: skip
TEXT = [b"a word", b"\n", b"\r\n", b"\r", b"\xff", b"\xc3\xa9", b"\xef\xbb\xbf", b" ", b"\0", b"\xe2\x80\xa8"]
FORMS = {"x.csv": TABLE, "x.tsv": TABLE, "x.jsonl": LINES, "x.txt": TEXT}
# pieces of markup, parted by bars; of plain text, on which all of them work
MARKUP = {
    "latex": (
        r"so|a word |\emph{|}|{|$x$|$|\cite[p.]{k}|\%|~| & |\section{|\footnote{|\verb!a!|\'e|\foo{a}"
        r"|\item[x] |\(|\)|[|]|\\|\begin{verbatim} a|\end{verbatim}|\begin{center}|\end{center}"
        r"|\end{document}|\iffalse |\fi |\def\a{"
    ),
    "markdown": (
        r"so|a word |**|*|~~|`|[|](x.html)|][r]|> |- |# |    |```|$x$|<div>|</div>|<code>|</code>"
        r"|&amp;|\*|[^1]|[^1]: |[r]: x|---|===|1. |![|{.a}|<b>|</b>|\|a_b_|http://x.org/a_b"
    ),
    "xml": (
        r"so|a word |<p>|</p>|<b>|</b>|<x:i a='1'>|</x:i>|<br/>|&lt;|&amp;|&#160;|&x;|&|<!-- c -->"
        r"|<![CDATA[ a |]]>|<?pi a?>|p<0.05|<sup>|</sup>|<xref>|</xref>|<!DOCTYPE a>|<code>|</code>"
    ),
    "html": (
        r"so|a word |<p>|</p>|<b>|</b>|<i|>|<br>|&lt;|&amp|&nbsp;|&#x41;|&|<!-- c -->|<!--|<script>"
        r"|</script>|<table><tr><td>|</table>|<q>|</q>|<pre>|</pre>|<textarea>|</textarea>|<a href='x"
        r"|'>|</a>|<svg>|</svg>|<!doctype html>|<template>"
    ),
}
PLAIN = ["\n", "\n\n", "\r\n", " ", "é", "\u00ad", "\U0001f600", "e\u0301", "“", "”", "\ufeff", "\0"]
STARTS = [
    b"",
    b"id,text\n",
    b"id\ttext\r\n",
    b"\xef\xbb\xbfsep=;\r\nid;text\r\n",
    b"id,text\r",
    b'"id";"text"\n',
    b"text|id\n",
    b"text\n",
    b'{"text": "',
    b"\xef\xbb\xbf",
]
OPTIONS = [
    RowOptions(),
    RowOptions(by_line=True),
    RowOptions(quote=""),
    RowOptions(escape="\\"),
    RowOptions(delimiter=";"),
    RowOptions(edits_column="e"),
]
WORDS = ["", "patients", 'a "b"', "c, d; e", "é\t", "f\ng", "\\", "\\n", "|'", "\U0001f600", " "]
tried: Counter[str] = Counter()
until = float("inf")  # when a run ends


def one(data: bytes) -> None:
    """One input: a form, a job, a file and edits, all chosen by `data`."""
    given = atheris.FuzzedDataProvider(data)
    name = given.PickValueInList([*FORMS, *MARKUP])
    if name in MARKUP:
        one_of_markup(name, given)
        return
    options = given.PickValueInList(OPTIONS)
    if options.edits_column and name == "x.txt":
        return
    file = given.PickValueInList(STARTS)
    while given.remaining_bytes() > 8 and len(file) < 5000:
        file += given.PickValueInList(FORMS[name])
    count(name)
    began = time.monotonic()
    try:
        check(name, file, options, given)
        tried[f"{name} read"] += 1
    except TextrepairError:
        tried[f"{name} refused whole"] += 1
    assert time.monotonic() - began < SLOW, file


def count(name: str) -> None:
    """Count an input; a run may be cut off at any time, so that the numbers are written often."""
    tried[name] += 1
    if sum(tried[n] for n in (*FORMS, *MARKUP)) % 1000 == 0:
        report()
        if time.monotonic() > until:
            os._exit(0)  # libFuzzer would take any other exit for a fault


def one_of_markup(name: str, given: atheris.FuzzedDataProvider) -> None:
    """A source in markup: the markup around its prose stays, whatever is planted, and comes back."""
    pieces = [*MARKUP[name].split("|"), *PLAIN]
    source = ""
    while given.remaining_bytes() > 12 and len(source) < 3000:
        source += given.PickValueInList(pieces)
    count(name)
    began = time.monotonic()
    try:
        prose = formats.read(source, name)
    except TextrepairError:
        tried[f"{name} refused whole"] += 1
        return
    repair = formats.carried(prose, Repair(prose.text, tuple(planted(given, prose.text))), name)
    again = formats.read(repair.text, name)
    assert again.around() == prose.around(), (source, repair)
    for edit in repair.edits:
        repair = repair.revert(edit)
    assert repair.text == source, (source, repair)
    tried[f"{name} read"] += 1
    assert time.monotonic() - began < SLOW, source


def check(name: str, file: bytes, options: RowOptions, given: atheris.FuzzedDataProvider) -> None:
    """Raise `AssertionError` where `file` does not come through as it should."""
    reader = form(name)[0](io.BytesIO(file), replace(options, edits_column=None))
    out = io.BytesIO()
    writer = reader.writer(out, None)
    texts = [(row.text, writer.put(row))[0] for row in reader.rows()]
    assert out.getvalue() == file, (file, out.getvalue())

    reader, out = form(name)[0](io.BytesIO(file), options), io.BytesIO()
    writer = reader.writer(out, options.edits_column)
    made: list[tuple[list[Edit], str]] = []
    for row in reader.rows():
        edits = planted(given, row.text or "") if not row.refused else []
        changes = [(e.start, e.end, e.after) for e in edits]
        told: list[Edit] | None = [] if options.edits_column and not row.refused else None
        try:
            made.append((edits, writer.put(row, changes, edits=told)))
        except UnwritableError:
            made.append(([], writer.put(row)))
    changed = out.getvalue()

    found = replace(options, **reader.how)  # type: ignore[arg-type]
    again, back = form(name)[0](io.BytesIO(changed), found), io.BytesIO()
    writer = again.writer(back, None)
    for row, text, (edits, raw) in zip(again.rows(), texts, made, strict=True):
        wanted = splice(text or "", edits)
        if edits:
            assert row.text == wanted, (file, changed, row.text, wanted)
            writer.put(row, inverse(text or "", [(e.start, e.end, e.after) for e in edits]), raw=raw)
        else:
            writer.put(row)
    assert options.edits_column or back.getvalue() == file, (file, changed, back.getvalue())


def planted(given: atheris.FuzzedDataProvider, text: str) -> list[Edit]:
    """Up to two edits in place of a model's, apart and in order."""
    if not text or text.isspace():
        return []
    cuts = sorted(given.ConsumeIntInRange(0, len(text)) for _ in range(4))
    spans = [(cuts[0], cuts[1])] if cuts[1] == cuts[2] else [(cuts[0], cuts[1]), (cuts[2], cuts[3])]
    edits = [Edit(a, b, text[a:b], given.PickValueInList(WORDS), "wording", 0.9, "fuzz") for a, b in spans]
    wanted = splice(text, edits)
    # what reads as no text at all, or as another document, no model makes of one
    return [] if not wanted or wanted == r"\N" or wanted[0] == "\ufeff" or "\n" in wanted != text else edits


def report() -> None:
    """Write down what was tried."""
    known = json.loads(OUT.read_text(encoding="utf8")) if OUT.exists() else {}
    inputs = sum(tried[n] for n in (*FORMS, *MARKUP))
    counts = {"inputs": inputs, **dict(sorted(tried.items()))}
    result = {**made_with(None), **counts, **{name: known[name] for name in OTHERS if name in known}}
    OUT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--add", action="store_true")
    args = parser.parse_args()
    until = time.monotonic() + args.seconds
    if args.add:
        before = json.loads(OUT.read_text(encoding="utf8"))
        tried.update({name: n for name, n in before.items() if isinstance(n, int) and name != "inputs"})
    atheris.Setup(
        [sys.argv[0], f"-atheris_runs={args.inputs}", "-max_len=400", "-len_control=0", f"-timeout={SLOW}"],
        one,
    )
    atheris.Fuzz()

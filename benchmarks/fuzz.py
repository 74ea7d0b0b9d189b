"""Fuzz the readers and writers of corpora: `python benchmarks/fuzz.py [--inputs N]` (Linux, atheris).

Inputs are pieces of files, of every text form, put together by a coverage-guided fuzzer. Each is read
and written back unchanged, then with words planted in place of a model's edits, and these are undone. A
fault ends the run: an error that is no message for users, a byte that changes though nothing was to change
it, a text that is not what was planted, bytes that do not come back, and an input that takes longer than
`SLOW`.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

with atheris.instrument_imports(include=["textrepair.corpus"]):
    from textrepair.corpus.escaping import inverse
    from textrepair.corpus.rows import RowOptions, UnwritableError
    from textrepair.corpus.shards import form
from textrepair.bench.circumstances import made_with
from textrepair.edits import Edit, splice
from textrepair.errors import TextrepairError

SLOW = 10  # seconds
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
STARTS = [
    b"",
    b"id,text\n",
    b"id\ttext\r\n",
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


def one(data: bytes) -> None:
    """One input: a form, a job, a file and edits, all chosen by `data`."""
    given = atheris.FuzzedDataProvider(data)
    name = given.PickValueInList(list(FORMS))
    options = given.PickValueInList(OPTIONS)
    if options.edits_column and name == "x.txt":
        return
    file = given.PickValueInList(STARTS)
    while given.remaining_bytes() > 8 and len(file) < 5000:
        file += given.PickValueInList(FORMS[name])
    tried[name] += 1
    if sum(tried[n] for n in FORMS) % 1000 == 0:  # a run may be cut off at any time
        report()
    began = time.monotonic()
    try:
        check(name, file, options, given)
        tried[f"{name} read"] += 1
    except TextrepairError:
        tried[f"{name} refused whole"] += 1
    assert time.monotonic() - began < SLOW, file


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
    for row, text, (edits, stood) in zip(again.rows(), texts, made, strict=True):
        wanted = splice(text or "", edits)
        if edits:
            assert row.text == wanted, (file, changed, row.text, wanted)
            writer.put(row, inverse(text or "", [(e.start, e.end, e.after) for e in edits]), stood=stood)
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
    result = {**made_with(None), "inputs": sum(tried[n] for n in FORMS), **dict(sorted(tried.items()))}
    OUT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    args = parser.parse_args()
    atheris.Setup(
        [sys.argv[0], f"-atheris_runs={args.inputs}", "-max_len=400", "-len_control=0", f"-timeout={SLOW}"],
        one,
    )
    atheris.Fuzz()

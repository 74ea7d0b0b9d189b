"""What screening found, as a table or as annotations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path, PurePath

from textrepair.corpus.finding import Phrase
from textrepair.corpus.screening import Screened
from textrepair.errors import TextrepairError

Writer = Callable[[Sequence[Screened]], bytes]
COLUMNS = tuple(f.name for f in fields(Screened))
PLAIN_TEXT = {".txt", ".text"}


def writer(format: str | None, path: str) -> Writer:
    """What writes rows in the format of that name, or the one that the path's suffix names; CSV for `-`.

    Raises `TextrepairError` for a format there is not.

    >>> writer(None, "screened.jsonl")([])
    b''
    """
    name = format or (PurePath(path).suffix.lower()[1:] if path != "-" else "csv")
    if name not in WRITERS:
        given = f"--format {format}" if format else path
        raise TextrepairError(f"{given}: no table is written so; the formats are {', '.join(WRITERS)}")
    return WRITERS[name]


def as_csv(rows: Sequence[Screened]) -> bytes:
    """CSV with a header; phrases as JSON, lexicons parted by spaces."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for row in rows:
        values = row.to_dict()
        values["phrases"] = json.dumps(values["phrases"], ensure_ascii=False)
        values["lexicons"] = " ".join(row.lexicons)
        table.writerow([values[name] for name in COLUMNS])
    return out.getvalue().encode(errors="replace")


def as_jsonl(rows: Sequence[Screened]) -> bytes:
    """One JSON object a line."""
    return b"".join(
        json.dumps(row.to_dict(), ensure_ascii=False).encode(errors="replace") + b"\n" for row in rows
    )


def as_parquet(rows: Sequence[Screened]) -> bytes:
    """Parquet; phrases and lexicons as lists."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, whole, real = pa.string(), pa.int64(), pa.float64()
    kinds = {"start": whole, "end": whole, "line": whole, "probability": real, "original_probability": real}
    phrase = pa.struct([(f.name, kinds.get(f.name, text)) for f in fields(Phrase)])
    of_name = {"id": text, "file": text, "phrases": pa.list_(phrase), "lexicons": pa.list_(text)}
    of_name |= {"row": whole, "words": whole, "note": text}
    schema = pa.schema([(name, of_name.get(name, real)) for name in COLUMNS])
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([json.loads(json.dumps(r.to_dict())) for r in rows], schema), out)
    return out.getvalue()


def as_github(rows: Sequence[Screened]) -> bytes:
    """Workflow commands that annotate each phrase in its file, named from the working directory on.

    Only in plain text a phrase has a line; elsewhere the title names the document.

    >>> phrase = Phrase(4, 13, 1, "sufferers", 0.97, "patients", 0.9, "model")
    >>> as_github([Screened("a", "a,b.txt", 0, 2, 0.9, 0.5, 500.0, (phrase,))]).decode()
    '::warning file=a%2Cb.txt,line=1,title=spun 0.90::“sufferers”, likely “patients” (0.97, model)\\n'
    """
    out = []
    for row in rows:
        for p in row.phrases:
            how = "likely" if p.original_probability >= 0.5 else "perhaps"
            likely = f", {how} “{p.original}”" if p.original else ""
            message = _escaped(f"“{' '.join(p.text.split())}”{likely} ({p.probability:.2f}, {p.reason})")
            out.append(f"::warning {_place(row, p)} {row.probability:.2f}::{message}\n")
    return "".join(out).encode(errors="replace")


def _place(row: Screened, phrase: Phrase) -> str:
    """Where a phrase stands, as the properties of a workflow command, and the title up to its number."""
    path, here = PurePath(row.file), Path.cwd()
    file = _property(path.relative_to(here).as_posix() if path.is_relative_to(here) else row.file)
    if path.suffix.lower() in PLAIN_TEXT:
        return f"file={file},line={row.row + phrase.line},title=spun"
    return f"file={file},title={_property(row.id)}%3A spun"


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


WRITERS: dict[str, Writer] = {
    "csv": as_csv, "jsonl": as_jsonl, "parquet": as_parquet, "github": as_github
}  # fmt: skip

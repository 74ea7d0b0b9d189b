"""The inputs of `fix` and `explain`: files of text and markup, checked before anything is written."""

from __future__ import annotations

import codecs
import shlex
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from textrepair.errors import TextrepairError
from textrepair.webpage import main_text

if TYPE_CHECKING:
    from textrepair.edits import Edit, Repair

# What a file starts with that is not plain text, and how to make text of it.
SIGNATURE_OF_PDF = b"%PDF"
SIGNATURES = {
    SIGNATURE_OF_PDF: "it is a PDF; extract its text first, for example: pdftotext {name} {stem}.txt",
    b"\x1f\x8b": "it is packed; unpack it first: gunzip -k {name}",
    b"BZh": "it is packed; unpack it first: bunzip2 -k {name}",
    b"\xfd7zXZ": "it is packed; unpack it first: unxz -k {name}",
    b"\x28\xb5\x2f\xfd": "it is packed; unpack it first: unzstd {name}",
    b"PAR1": "it is Parquet; its rows are repaired by: textrepair clean {name} -o OUT",
    b"PK\x03\x04": "it is a zip archive or an office document; save it as plain text first",
    codecs.BOM_UTF16_LE: "it is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 {name} > {stem}.utf8.txt",
    codecs.BOM_UTF16_BE: "it is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8 {name} > {stem}.utf8.txt",
}
# what holds rows, of which one column is prose
ROWS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
AS_PROSE = "to read all of it as prose say --format text"


@dataclass(frozen=True)
class Document:
    """One input as it was read; `path` is `-` for standard input, `format` that of its text."""

    path: str
    data: bytes
    format: str = "text"
    encoding: str = "utf-8"

    @property
    def text(self) -> str:
        """The text without a byte order mark, which is no part of the prose."""
        return self.data.removeprefix(codecs.BOM_UTF8).decode(self.encoding)

    def encoded(self, text: str) -> bytes:
        """A text as the input was written; what its encoding does not hold as entities."""
        return text.encode(self.encoding, "strict" if self.encoding == "utf-8" else "xmlcharrefreplace")

    def as_read(self, repair: Repair) -> Repair:
        """`repair` with its offsets counted from the first character of the file."""
        if not self.data.startswith(codecs.BOM_UTF8):
            return repair
        return replace(
            repair,
            source="\ufeff" + repair.source,
            edits=tuple(_shifted(e) for e in repair.edits),
            held=tuple(_shifted(h) for h in repair.held),
            detection=repair.detection.moved("\ufeff" + repair.source, lambda a, b: (a + 1, b + 1)),
        )


_E = TypeVar("_E", bound="Edit")


def _shifted(edit: _E) -> _E:
    return replace(edit, start=edit.start + 1, end=edit.end + 1)


def read(
    ctx: typer.Context, files: Sequence[str] | None, format: str, *, html: bool = False, pdf: bool = False
) -> list[Document]:
    """All inputs, checked; standard input if none is named, unless a person sits at it.

    `html`: they are web pages, of which the main text counts; `pdf`: the text of those that are PDF is read.
    """
    if not files and sys.stdin.isatty():
        with redirect_stdout(sys.stderr):  # standard output is for repaired text
            typer.echo(ctx.get_help())
        raise typer.Exit(2)
    paths = list(files or "-")
    if paths.count("-") > 1:
        raise TextrepairError("standard input (-) can be read only once")
    documents, problems = [], []
    for path in paths:
        name = "standard input" if path == "-" else path
        try:
            data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
            if pdf and data.startswith(SIGNATURE_OF_PDF):
                document = _text_of_pdf(path, data)
            else:
                document = _main_text(path, data) if html else _document(path, data, format)
        except IsADirectoryError:
            problems.append(f"{name}: is a folder; name its files, for example {shlex.quote(path)}/*.txt")
        except OSError as error:
            problems.append(f"{name}: cannot be read: {error.strerror}")
        except UnicodeDecodeError as error:
            problems.append(f"{name}: {_not_text(path, data, error)}")
        except TextrepairError as error:
            problems.append(f"{name}: {error}")
        else:
            documents.append(document)
    if problems:
        raise TextrepairError("\ntextrepair: ".join(problems))
    return documents


def _document(path: str, data: bytes, format: str) -> Document:
    """An input in its format, which it is checked to be in."""
    from textrepair.formats import table as formats
    from textrepair.formats import unread
    from textrepair.formats.encoding import encoding_of

    if format != "auto":
        formats.check(format)
    elif path == "-":
        format = formats.of_content(data[:1000].decode(errors="replace"))
    elif path.lower().endswith(ROWS):
        raise TextrepairError(
            f"its rows are repaired by: textrepair clean {shlex.quote(path)} -o OUT; {AS_PROSE}"
        )
    elif kind := unread.kind(path):
        raise TextrepairError(f"is {kind}, by its name, and left as it is; {AS_PROSE}")
    else:
        format = formats.of_file(path)
    document = Document(path, data, format, encoding_of(data, format))
    text = document.text
    if format != formats.TEXT:
        formats.read(text, format)
    return document


def _main_text(path: str, data: bytes) -> Document:
    from textrepair.formats.encoding import encoding_of

    return Document(path, main_text(data.decode(encoding_of(data, "html"))).encode())


def _text_of_pdf(path: str, data: bytes) -> Document:
    """The text that a PDF holds, which is read and never written."""
    from textrepair.corpus.pdf import NO_TEXT, text_of

    if text := text_of(data):
        return Document(path, text.encode(errors="replace"))
    raise TextrepairError(NO_TEXT)


def _not_text(path: str, data: bytes, error: UnicodeDecodeError) -> str:
    """What is wrong with `data`, where, and what to do about it."""
    what = f"is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start:,}"
    name, stem = ("FILE", "FILE") if path == "-" else (shlex.quote(path), shlex.quote(Path(path).stem))
    remedy = "convert it first, for example: iconv -f WINDOWS-1252 -t UTF-8 {name} > {stem}.utf8.txt"
    if b"\0" in data:  # no encoding but UTF-16 and UTF-32 has them in text
        remedy = "it holds null bytes and so is no text, or none in a known encoding; save it as UTF-8 first"
    for start, known in SIGNATURES.items():
        if data.startswith(start):
            remedy = known
    return f"{what}; {remedy.format(name=name, stem=stem)}"

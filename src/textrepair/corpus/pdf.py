"""The text of a PDF file, by pypdf; it is read and never written.

pypdf is pure Python, kept, and free (BSD); PyMuPDF reads better and is not free to pass on.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from textrepair.corpus.rows import Row, RowOptions, Writer
from textrepair.errors import TextrepairError, missing_extra

NO_TEXT = "holds no text: a scan, perhaps; run OCR first"


def text_of(data: bytes) -> str:
    """The text of a PDF, page after page; empty where it holds none.

    Raises `TextrepairError` for what cannot be read as PDF, and where pypdf is missing.
    """
    with missing_extra("pdf"):
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns without a file's name
    try:
        text = "\n\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    except (PyPdfError, RecursionError, ValueError) as error:
        raise TextrepairError(f"cannot be read as PDF: {error}; save it anew, or give its text") from None
    return text if text.strip() else ""


class Pdf:
    """One document, read from `stream`: its pages, one after the other."""

    how: Mapping[str, str] = {}

    def __init__(self, stream: BinaryIO, options: RowOptions) -> None:
        self._stream = stream

    def rows(self) -> Iterator[Row]:
        """The document; refused where it holds no text. Raises `TextrepairError` for what is no PDF."""
        if text := text_of(self._stream.read()):
            yield Row(None, text)
        else:
            yield Row(None, refused="no-text", detail=NO_TEXT)

    def writer(self, stream: BinaryIO, added: str | None) -> Writer:
        """Raises `TextrepairError`: there is none."""
        raise TextrepairError("a PDF is read, not written; give its text")

    def share(self) -> float:
        """Unknown: the stream knows better."""
        return -1

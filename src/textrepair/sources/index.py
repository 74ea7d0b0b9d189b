"""The embedded index: passages in, scored passages out; tantivy for the terms, SQLite for the texts.

Of the kept search libraries tantivy is the one that adds to an index, holds to a memory limit while it
does, and maps its files instead of reading them; figures are in docs/explanation/sources.md.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import tantivy

from textrepair.errors import TextrepairError
from textrepair.lexicon.words import CLOSED
from textrepair.sources.manifest import REBUILD, TERMS, TEXTS, Manifest, checked, sizes
from textrepair.sources.retriever import Found, surrounded
from textrepair.sources.store import Texts, Writer
from textrepair.sources.words import LONGEST_WORD, WORD_OF_INDEX, passages_of

HEAP = 64_000_000  # bytes of terms held before they are written
START_BITS = 24  # a place is a document's number, then an offset in it
COPIES = 4  # passages with the same words that are kept; more would crowd out all others


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # neither frequencies nor positions: a passage is short, and the order of words is compared afterwards
    builder.add_text_field("words", stored=False, tokenizer_name="words", index_option="basic")
    builder.add_unsigned_field("place", fast=True)
    builder.add_unsigned_field("part", indexed=True)
    builder.add_unsigned_field("same", indexed=True)
    return builder.build()


def _open(folder: Path) -> tantivy.Index:
    if (folder / "meta.json").exists():
        index = tantivy.Index.open(str(folder))
    else:
        folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(_schema(), path=str(folder))
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(WORD_OF_INDEX))
    for f in (
        tantivy.Filter.remove_long(LONGEST_WORD + 1),
        tantivy.Filter.lowercase(),
        tantivy.Filter.custom_stopword(sorted(CLOSED)),
    ):
        words = words.filter(f)
    index.register_tokenizer("words", words.build())
    return index


@contextmanager
def _undamaged(folder: Path) -> Iterator[None]:
    """Name `folder` and the remedy where what is read of an index makes no sense."""
    try:
        yield
    except (sqlite3.Error, zlib.error, ValueError, TypeError, OSError) as error:
        problem = str(error)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # tantivy's, of a class that cannot be named
            raise
        problem = str(error)
    else:
        return
    raise TextrepairError(f"{folder}: damaged ({problem}); put a whole copy in its place, or {REBUILD}")


class Index:
    """An index opened for reading; processes may share one. A `Retriever`.

    Raises `TextrepairError` where there is none, or one half-built, damaged or of another version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = checked(folder)
        with _undamaged(self.folder):
            self._texts = Texts(folder / TEXTS)
            self._index = _open(folder / TERMS)
            self._searcher = self._index.searcher()

    def search(self, terms: Mapping[str, float], *, limit: int, around: int) -> list[Found]:
        """The `limit` passages that score best; of those that stand side by side the first."""
        if not terms:
            return []
        with _undamaged(self.folder):
            should = [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(
                        tantivy.Query.term_query(self._index.schema, "words", term, "basic"), weight
                    ),
                )
                for term, weight in terms.items()
            ]
            hits = self._searcher.search(tantivy.Query.boolean_query(should), limit=limit, count=False).hits
            places = self._searcher.fast_field_values("place", [address for _, address in hits])
            pairs: Iterator[tuple[Any, Any]] = zip((score for score, _ in hits), places, strict=True)
            found = ((float(s), place >> START_BITS, place & (1 << START_BITS) - 1) for s, place in pairs)
            return list(surrounded(found, self._texts.document, around))

    def document(self, number: int) -> tuple[str, str] | None:
        """The name and the text of a document by its number, from 0; None where there is none."""
        with _undamaged(self.folder):
            return self._texts.document(number)


class Builder:
    """An index to which documents are added; one process at a time may hold it.

    What an earlier run added after its last `commit` is dropped.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.manifest = Manifest.read(folder) or Manifest()
        with _undamaged(folder):
            self._texts = Writer(folder / TEXTS, self.manifest.documents)
            self._index = _open(folder / TERMS)
        self._writer = self._index.writer(heap_size=HEAP, num_threads=1)
        self._writer.delete_documents_by_term("part", self.manifest.parts)
        self._same: Counter[int] = Counter()
        self.manifest.complete = False
        self.manifest.write(folder)
        self._searcher = self._index.searcher()

    def add(self, name: str, text: str) -> None:
        """Add a document; of passages with the same words `COPIES` are kept."""
        m = self.manifest
        number = self._texts.add(name, text)
        m.documents += 1
        for start, end in passages_of(text):
            passage = text[start:end]
            words = passage.lower().split()
            m.words += len(words)
            same = int.from_bytes(
                blake2b(" ".join(words).encode("utf8", "replace"), digest_size=8).digest(), "big"
            )
            self._same[same] += 1
            if self._same[same] + self._searcher.doc_freq("same", same) > COPIES:
                m.copies += 1
                continue
            m.passages += 1
            document = tantivy.Document()
            document.add_text("words", passage.encode("utf8", "replace").decode())
            document.add_unsigned("place", number << START_BITS | start)
            document.add_unsigned("part", m.parts)
            document.add_unsigned("same", same)
            self._writer.add_document(document)

    def commit(self) -> None:
        """Keep all that was added: texts first, and the manifest, which tells what counts, last."""
        self._texts.commit()
        self._writer.commit()
        self.manifest.parts += 1
        self.manifest.write(self.folder)
        self._index.reload()
        self._searcher = self._index.searcher()
        self._same.clear()

    def finish(self) -> Manifest:
        """Say that the index is whole, and close it."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._texts.close()
        self.manifest.complete = True
        self.manifest.files = sizes(self.folder)
        self.manifest.write(self.folder)
        return self.manifest

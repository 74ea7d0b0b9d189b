"""The embedded index: passages in, scored passages out; tantivy for the terms, SQLite for the texts.

Of the kept search libraries tantivy is the one that adds to an index, holds to a memory limit while it
does, and maps its files instead of reading them; figures are in docs/explanation/sources.md.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import tantivy

from textrepair.errors import TextrepairError, missing_extra
from textrepair.lexicon.words import CLOSED
from textrepair.sources.manifest import REBUILD, TERMS, TEXTS, VECTORS, Manifest, checked, sizes
from textrepair.sources.retriever import Encoder, Found, surrounded
from textrepair.sources.store import Texts, Writer
from textrepair.sources.words import LONGEST_WORD, WORD_OF_INDEX, passages_of

if TYPE_CHECKING:
    from textrepair.sources.vectors import Vectors, VectorWriter

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
    except TextrepairError:
        raise
    except (sqlite3.Error, zlib.error, ValueError, TypeError, OSError, RuntimeError) as error:
        problem = str(error)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # tantivy's, of a class that cannot be named
            raise
        problem = str(error)
    else:
        return
    raise TextrepairError(f"{folder}: damaged ({problem}); put a whole copy in its place, or {REBUILD}")


def _library() -> ModuleType:
    """What keeps vectors; its extra is named where it is not installed."""
    with missing_extra("dense"):
        from textrepair.sources import vectors
    return vectors


def _same_weights(folder: Path, manifest: Manifest, encoder: Encoder | None) -> None:
    """Raise `TextrepairError` unless the vectors of an index, or that it has none, are as by `encoder`."""
    made, here = manifest.vectors, encoder.weights if encoder else ""
    if not made and here:
        raise TextrepairError(f"{folder}: holds passages without vectors; leave --dense out, or {REBUILD}")
    if made and not here:
        raise TextrepairError(f"{folder}: holds vectors of its passages; give --dense for more of them")
    if made != here:
        raise TextrepairError(
            f"{folder}: its vectors were made by another model (weights {made[:12]}) than the one here "
            f"({here[:12]}), and do not compare; {REBUILD}"
        )


class Index:
    """An index opened for reading; processes may share one. A `Retriever`.

    Its vectors, if it holds any, are asked with an `encoder` alone. Raises `TextrepairError` where there is
    no index, or one half-built, damaged or of another version, and where another encoder made the vectors.
    """

    def __init__(self, folder: Path, encoder: Encoder | None = None) -> None:
        self.folder = folder
        self.manifest = checked(folder)
        with _undamaged(self.folder):
            self._texts = Texts(folder / TEXTS)
            self._index = _open(folder / TERMS)
            self._searcher = self._index.searcher()
            self._vectors = self._opened(encoder) if encoder and self.manifest.vectors else None
        self._encoder = encoder

    def _opened(self, encoder: Encoder) -> Vectors | None:
        _same_weights(self.folder, self.manifest, encoder)
        return _library().Vectors(self.folder / VECTORS) if self.manifest.passages else None

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
            return self._surrounded(zip((score for score, _ in hits), places, strict=True), around)

    def alike(self, text: str, *, limit: int, around: int) -> list[Found]:
        """The `limit` passages whose vectors are nearest that of `text`; none where none are asked."""
        if self._vectors is None or self._encoder is None:
            return []
        vector = self._encoder.vectors([text])
        with _undamaged(self.folder):
            return self._surrounded(self._vectors.near(vector, limit), around)

    def _surrounded(self, pairs: Iterable[tuple[Any, Any]], around: int) -> list[Found]:
        found = ((float(s), place >> START_BITS, place & (1 << START_BITS) - 1) for s, place in pairs)
        return list(surrounded(found, self._texts.document, around))

    def document(self, number: int) -> tuple[str, str] | None:
        """The name and the text of a document by its number, from 0; None where there is none."""
        with _undamaged(self.folder):
            return self._texts.document(number)


class Builder:
    """An index to which documents are added; one process at a time may hold it.

    What an earlier run added after its last `commit` is dropped. With an `encoder` it holds a vector of each
    passage too. Raises `TextrepairError` where some passages would have none, or one by another encoder.
    """

    def __init__(self, folder: Path, encoder: Encoder | None = None) -> None:
        library = _library() if encoder else None  # before anything is written
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.manifest = Manifest.read(folder) or Manifest()
        if self.manifest.documents:
            _same_weights(folder, self.manifest, encoder)
        self.manifest.vectors = encoder.weights if encoder else ""
        with _undamaged(folder):
            self._texts = Writer(folder / TEXTS, self.manifest.documents)
            self._index = _open(folder / TERMS)
            self._vectors: VectorWriter | None = None
            if library and encoder:
                end = self.manifest.documents << START_BITS
                self._vectors = library.VectorWriter(folder / VECTORS, encoder, end)
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
            if self._vectors:
                self._vectors.add(number << START_BITS | start, passage)

    def commit(self) -> None:
        """Keep all that was added: texts first, and the manifest, which tells what counts, last."""
        self._texts.commit()
        self._writer.commit()
        if self._vectors:
            self._vectors.commit()
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

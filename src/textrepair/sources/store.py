"""The texts of an index: documents in compressed blocks, in one SQLite file that is only appended to."""

from __future__ import annotations

import sqlite3
import zlib
from functools import lru_cache
from pathlib import Path

BLOCK = 1 << 16  # characters compressed together: one is unpacked in half a millisecond
CACHED = 16  # unpacked blocks kept by a reader

SCHEMA = """
CREATE TABLE blocks (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL,
    block INTEGER NOT NULL, start INTEGER NOT NULL, length INTEGER NOT NULL
);
"""


class Texts:
    """Documents by number, to be read; `sqlite3.DatabaseError` or `zlib.error` tell of damage."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._block = lru_cache(maxsize=CACHED)(self._read)

    def _read(self, number: int) -> str:
        (data,) = self._db.execute("SELECT data FROM blocks WHERE id = ?", (number,)).fetchone()
        return zlib.decompress(data).decode(errors="surrogatepass")

    def document(self, number: int) -> tuple[str, str] | None:
        """The name and the text of a document; None where there is none of that number."""
        query = "SELECT name, block, start, length FROM documents WHERE id = ?"
        found = self._db.execute(query, (number,)).fetchone()
        if found is None:
            return None
        name, block, start, length = found
        return name, self._block(block)[start : start + length]


class Writer:
    """Documents to be added; nothing is kept before `commit`."""

    def __init__(self, path: Path, documents: int) -> None:
        """Open `path`, and drop what was added after the first `documents`."""
        new = not path.exists()
        self._db = sqlite3.connect(path)
        if new:
            self._db.executescript(SCHEMA)
        self._db.execute("DELETE FROM documents WHERE id >= ?", (documents,))
        (last,) = self._db.execute("SELECT max(block) FROM documents").fetchone()
        self._block = 0 if last is None else last + 1
        self._db.execute("DELETE FROM blocks WHERE id >= ?", (self._block,))
        self._db.commit()
        self.documents = documents
        self._open: list[str] = []
        self._size = 0

    def add(self, name: str, text: str) -> int:
        """Add a document; returns its number."""
        number = self.documents
        row = (number, name, self._block, self._size, len(text))
        self._db.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?)", row)
        self._open.append(text)
        self._size += len(text)
        self.documents += 1
        if self._size >= BLOCK:
            self._close_block()
        return number

    def _close_block(self) -> None:
        if self._open:
            data = zlib.compress("".join(self._open).encode(errors="surrogatepass"), 6)
            self._db.execute("INSERT INTO blocks VALUES (?, ?)", (self._block, data))
            self._block += 1
            self._open, self._size = [], 0

    def commit(self) -> None:
        """Keep what was added, safe from a power cut."""
        self._close_block()
        self._db.commit()

    def close(self) -> None:
        """Write no more."""
        self._db.close()

"""Parquet: schema, row groups and compression stay; only the column with the text is written anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from textrepair.corpus.escaping import PLAIN
from textrepair.corpus.rows import (
    Change,
    Row,
    RowOptions,
    as_id,
    check_free,
    lacks_column,
    two_columns_named,
)
from textrepair.errors import TextrepairError

ROWS_AT_A_TIME = 256  # read at a time
GROUP_BYTES = 64_000_000  # bytes of a row group held before it is written, so that memory stays bounded

TEXTUAL = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
EDITS = pa.list_(
    pa.struct(
        [
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("before", pa.string()),
            ("after", pa.string()),
            ("kind", pa.string()),
            ("score", pa.float64()),
            ("reason", pa.string()),
            ("tier", pa.string()),
            ("source", pa.string()),
            ("threshold", pa.float64()),
        ]
    )
)


@dataclass(eq=False)
class _Chunk:
    """Some rows as they were read, and the values set since."""

    batch: pa.RecordBatch
    ends_group: bool = False
    values: list[Mapping[str, Any]] = field(default_factory=list)


class Parquet:
    """A Parquet file read from `stream`, a few rows at a time."""

    how: Mapping[str, str] = {}

    def __init__(self, stream: BinaryIO, options: RowOptions) -> None:
        column = options.column
        self._file = pq.ParquetFile(stream, pre_buffer=False, buffer_size=1 << 20)
        self._column, self._read = column, 0
        self.schema: pa.Schema = self._file.schema_arrow
        if column not in self.schema.names:
            raise TextrepairError(lacks_column(column, ", ".join(self.schema.names)))
        if self.schema.names.count(column) > 1:
            raise TextrepairError(two_columns_named(column))
        check_free(options.edits_column, self.schema.names)
        type_ = self.schema.field(column).type
        value = type_.value_type if pa.types.is_dictionary(type_) else type_
        if not any(is_text(value) for is_text in TEXTUAL):
            raise TextrepairError(f"column {column!r} holds {type_}, not text; name another with --column")

    def rows(self) -> Iterator[Row]:
        """Every row in order."""
        for group in range(self._file.num_row_groups):
            left = self._file.metadata.row_group(group).num_rows
            for batch in self._file.iter_batches(ROWS_AT_A_TIME, row_groups=[group]):
                left -= batch.num_rows
                chunk = _Chunk(batch, ends_group=not left)
                has_ids = "id" in batch.schema.names
                ids = batch.column("id").to_pylist() if has_ids else [None] * batch.num_rows
                for text, own in zip(batch.column(self._column).to_pylist(), ids, strict=True):
                    self._read += 1
                    yield Row(chunk, text, id=as_id(own))

    def writer(self, stream: BinaryIO, added: str | None) -> ParquetWriter:
        """A writer of the same schema, with a column for edits if `added` names one."""
        schema = self.schema
        if added and added not in schema.names:
            schema = schema.append(pa.field(added, EDITS))
        codecs: dict[str, str] = {}
        physical = set[str]()
        if self._file.num_row_groups:
            group = self._file.metadata.row_group(0)
            columns = [group.column(n) for n in range(group.num_columns)]
            codecs = {c.path_in_schema: c.compression.replace("UNCOMPRESSED", "NONE") for c in columns}
            physical = {c.physical_type for c in columns}
        several = len({*codecs.values()}) > 1
        file = pq.ParquetWriter(
            stream,
            schema,
            compression=codecs if several else next(iter(codecs.values()), "NONE"),
            use_deprecated_int96_timestamps="INT96" in physical,  # Spark reads no other nanoseconds
        )
        return ParquetWriter(file, schema, self._column, added)

    def share(self) -> float:
        """The share of rows read."""
        return self._read / max(1, int(self._file.metadata.num_rows))


class ParquetWriter:
    """Gathers rows until their row group is whole, then writes it."""

    def __init__(self, file: pq.ParquetWriter, schema: pa.Schema, column: str, added: str | None) -> None:
        self._writer = file
        self._schema, self._column, self._added = schema, column, added
        self._group: list[pa.RecordBatch] = []

    def put(self, row: Row, changes: Sequence[Change] = (), *, edits: Any = None, raw: str = "") -> str:
        """Take one row; rows come in the order they were read. See `rows.Writer`."""
        chunk: _Chunk = row.raw
        values: dict[str, Any] = {}
        if changes:
            values[self._column] = PLAIN.changed(row.text or "", changes)
        if edits is not None and self._added:
            values[self._added] = edits
        chunk.values.append(values)
        if len(chunk.values) == chunk.batch.num_rows:
            self._group.append(self._changed(chunk))
            if chunk.ends_group or sum(b.nbytes for b in self._group) > GROUP_BYTES:
                self._flush()
        return ""

    def close(self) -> None:
        """Write the footer."""
        self._flush()
        self._writer.close()

    def _changed(self, chunk: _Chunk) -> pa.RecordBatch:
        arrays = []
        for n, f in enumerate(self._schema):  # by place, for two columns may have one name
            old = chunk.batch.column(n) if n < chunk.batch.num_columns else None
            if old is not None and not any(f.name in v for v in chunk.values):
                arrays.append(old)
                continue
            before = old.to_pylist() if old is not None else [None] * chunk.batch.num_rows
            new = [v.get(f.name, s) for v, s in zip(chunk.values, before, strict=True)]
            if f.type == EDITS:
                arrays.append(pa.array(new, EDITS))
            else:
                arrays.append(pa.array(new, pa.large_string()).cast(f.type))
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _flush(self) -> None:
        if self._group:
            self._writer.write_table(pa.Table.from_batches(self._group, self._schema))
            self._group = []

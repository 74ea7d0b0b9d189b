"""Find out, once a file, in which dialect a table is written.

What every row is needed for, the column that holds the text, also tells the delimiter: it must be one whole
cell of the header. What that leaves open is decided by reading a sample each way: in the right dialect a
cell that opens with a quotation mark also ends with one, and rows have as many cells as the header.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from textrepair.corpus.dialect import NULL, Dialect, to_the_end
from textrepair.corpus.rows import RowOptions, lacks_column
from textrepair.errors import TextrepairError

DELIMITERS = (",", "\t", ";", "|", "\x01")
PROSE = (",", ";", "")  # delimiters that also stand in sentences
QUOTES = ('"', "'", "")
ESCAPES = ("", "\\")
RECORDS_A_BROKEN_ONE = 10  # one record in so many may be broken in a table whose dialect is beyond doubt


@dataclass(frozen=True)
class Reading:
    """A sample read in one dialect: how many `records`, and which do not fit.

    `broken` have a cell that the dialect does not know, `ragged` more or fewer cells than the header.
    Of a table of several columns whose delimiter is none of prose, `long` are those of several lines.
    `quoted` tells whether any cell is, `nulls` whether any is a database's null, `cut_short` whether the
    last cell is never closed, which is the last of the `broken`.
    """

    dialect: Dialect
    records: int
    broken: Sequence[str]
    ragged: Sequence[str]
    long: int
    quoted: bool
    nulls: bool
    cut_short: bool

    @property
    def faults(self) -> int:
        """How many records do not fit but for a cell that is never closed."""
        return len(self.broken) + len(self.ragged) - self.cut_short

    def cost(self) -> tuple[int, ...]:
        """What speaks against the reading, the gravest first."""
        d = self.dialect
        return (
            self.faults + self.cut_short,
            self.long,  # where a line each is a record too, something that does not quote swallows them
            # databases that write nulls so also escape
            self.nulls and not d.escape,
            self.nulls and bool(d.quote) and not self.quoted,
        )

    def __str__(self) -> str:
        d = self.dialect
        escape = f" and escape {d.escape}" if d.escape else ""
        marks = (f"quote {d.quote}" if d.quote else "no quotes") + escape
        faults = [*self.broken, *self.ragged]
        return f"with {marks} {len(faults)} of {self.records} do not fit: {faults[0]}"


def detect(lines: Sequence[str], options: RowOptions, usual: str, *, cut: bool = False) -> Dialect:
    """The dialect of the table that begins with `lines`, where `options` leave it open; `usual` is the
    delimiter that the file's name suggests; with `cut` the table goes on behind them.

    Raises `TextrepairError` where the column is in no header, and where the dialect is unclear.

    >>> detect(["id;text\\n", "1;one, two\\n"], RowOptions(), ",").delimiter
    ';'
    >>> detect(["id,text\\n", '1,"he said \\\\"so\\\\", and left"\\n'], RowOptions(), ",").escape
    '\\\\'
    """
    whole = "".join(lines)
    known = dict.fromkeys((usual, *(d for d in DELIMITERS if d in whole), "\t", ""))
    delimiters = known if options.delimiter is None else [options.delimiter]
    quotes = [q for q in QUOTES if q != "'" or q in whole] if options.quote is None else [options.quote]
    escapes = [e for e in ESCAPES if e in whole] if options.escape is None else [options.escape]
    dialects = [Dialect(*chosen) for chosen in itertools.product(delimiters, quotes, escapes)]
    headers = {d: header(d, lines) for d in dialects}
    fitting = [d for d in dialects if options.column in headers[d]]
    if not fitting:
        raise TextrepairError(_no_column(options, headers))
    if len(fitting) == 1:
        return fitting[0]
    readings = [read(lines, d, len(headers[d]), cut=cut) for d in fitting]
    best = min(readings, key=Reading.cost)
    best = next((r for r in readings if _rather_cut_short(r, best)), best)
    if (len(best.broken) - best.cut_short) * RECORDS_A_BROKEN_ONE > best.records:
        same = [r for r in readings if r.dialect.delimiter == best.dialect.delimiter and r.records]
        raise TextrepairError(
            f"how the table is quoted is unclear: {'; '.join(map(str, same))}. "
            "Mend what does not fit, or say how it is with --quote (a character, or none) and --escape"
        )
    return best.dialect


def _rather_cut_short(reading: Reading, unquoted: Reading) -> bool:
    """Whether a table rather ends within a quoted cell than that its marks quote nothing.

    So where others are quoted, and where a mark is how prose is kept whole between commas or semicolons.
    """
    ours, theirs = reading.dialect, unquoted.dialect
    usual = ours == Dialect(theirs.delimiter) and theirs.delimiter in PROSE
    return (
        reading.cut_short
        and not unquoted.quoted
        and ours.delimiter == theirs.delimiter
        and reading.faults <= unquoted.faults
        and (reading.quoted or usual)
    )


def header(dialect: Dialect, lines: Sequence[str]) -> list[str]:
    """The names in the first record, without quotes and blanks around them."""
    first = next(dialect.records(iter(lines)), None)
    return [(dialect.text(first.raw[a:b]) or "").strip() for a, b in first.cells] if first else []


def read(lines: Sequence[str], dialect: Dialect, columns: int, *, cut: bool) -> Reading:
    """`lines` read in `dialect`, where the header has so many `columns`; with `cut` there may be more."""
    broken, ragged, records, long = list[str](), list[str](), 0, 0
    quoted = nulls = cut_short = False
    behind_header = itertools.islice(dialect.records(iter(lines)), 1, None)
    for record in to_the_end(behind_header, columns):
        if cut and record.unclosed:
            break
        raw, cells = record.raw, record.cells
        records += 1
        if record.problem:
            broken.append(f"record {records} has {record.problem}")
        elif raw.strip("\r\n") and len(cells) not in (columns, columns + (raw[slice(*cells[-1])] == "")):
            ragged.append(f"record {records} has {len(cells)} cells, the header {columns}")
        long += columns > 1 and dialect.delimiter not in PROSE and "\n" in raw.rstrip("\r\n")
        nulls = nulls or (NULL in raw and any(raw[a:b] == NULL for a, b in cells))
        quoted = quoted or any(dialect.is_quoted(raw[a:b]) for a, b in cells)
        cut_short = record.cut_short
    return Reading(dialect, records, broken, ragged, long, quoted, nulls, cut_short)


def _no_column(options: RowOptions, headers: dict[Dialect, list[str]]) -> str:
    names = max(headers.values(), key=len)
    message = lacks_column(options.column, ", ".join(names))
    if any("\0" in name for name in names):
        return (
            "the header holds null bytes: it is UTF-16 or UTF-32 without its mark, or no table; "
            "convert the file first: iconv -f UTF-16LE -t UTF-8"
        )
    if len(names) < 2 and options.delimiter is None:
        message += ", or what parts the columns with --delimiter, for it is no comma, tab, semicolon or pipe"
    return message

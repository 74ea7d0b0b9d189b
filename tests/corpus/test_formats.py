"""Readers and writers: what changes is written, everything else stays as it was, byte for byte if it can."""

from __future__ import annotations

import gzip
import io
import json
import lzma

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrepair.corpus.escaping import PLAIN
from textrepair.corpus.jsonl import assign
from textrepair.corpus.reverting import undo
from textrepair.corpus.rows import RowOptions
from textrepair.corpus.shards import form
from textrepair.corpus.streams import packed, unpacked
from textrepair.edits import Edit, splice
from textrepair.errors import TextrepairError
from textrepair.pipeline.pieces import pieces


def through(name: str, data: bytes, text: str | None = None, edits: object = None, **options: object):
    """(text, refused) of every row, and the shard as it is written with another `text` where there is one."""
    options = RowOptions(**options)
    reader = form(name)[0](io.BytesIO(data), options)
    out = io.BytesIO()
    writer = reader.writer(out, options.edits_column)
    rows = []
    for row in reader.rows():
        rows.append((row.text, row.refused))
        if row.text is None:
            writer.put(row)
        else:
            writer.put(row, [] if text is None else [(0, len(row.text), text)], edits=edits)
    writer.close()
    return rows, out.getvalue()


JSONL = [  # as it stands, and with the text changed
    (
        b'{"text": "a", "n": 1.50, "big": 123456789012345678901234567890, "e": "\\u00e9"}\n',
        '{"text": "b é", "n": 1.50, "big": 123456789012345678901234567890, "e": "\\u00e9"}\n',
    ),
    (b'{"n":[{"text":"inner"}],"text":"a"}\r\n', '{"n":[{"text":"inner"}],"text":"b é"}\r\n'),
    (b'\xef\xbb\xbf{"text": "a"}\n', '\ufeff{"text": "b é"}\n'),
    (b'  { "text" : "a" , "\\u0074wo" : {} }  ', '  { "text" : "b é" , "\\u0074wo" : {} }  '),
    (b'{"text": "\\ud83d\\ude00 a", "t\\"ext": "}"}\n', '{"text": "b é", "t\\"ext": "}"}\n'),
    (b'{"n": 1E400, "m": -0.0, "text": "a"}\n', '{"n": 1E400, "m": -0.0, "text": "b é"}\n'),
    (b'{"n": ' + b"9" * 5000 + b', "text": "a"}\n', '{"n": ' + "9" * 5000 + ', "text": "b é"}\n'),
    (
        b'{"x": {"y": "\\ud83d"}, "text": "a", "z": NaN}\n',
        '{"x": {"y": "\\ud83d"}, "text": "b é", "z": NaN}\n',
    ),
]


@pytest.mark.parametrize(("line", "wanted"), JSONL)
def test_a_json_line_changes_in_its_value_alone(line: bytes, wanted: str) -> None:
    rows, same = through("x.jsonl", line)
    assert len(rows) == 1
    assert same == line
    assert through("x.jsonl", line, text="b é")[1].decode() == wanted


scalars = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
values = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(), v, max_size=3))


@given(
    record=st.dictionaries(st.text(max_size=3), values, max_size=4),
    new=st.dictionaries(st.text(max_size=3).filter(lambda t: t.isascii()), st.text().filter(str.isprintable)),
    ascii_=st.booleans(),
    separators=st.sampled_from([(",", ":"), (" , ", " :\t")]),
)
def test_any_json_object_gets_its_values_and_keeps_the_rest(record, new, ascii_, separators) -> None:
    try:
        line = json.dumps(record, ensure_ascii=ascii_, separators=separators).encode() + b"\n"
    except UnicodeEncodeError:  # a lone surrogate, which no UTF-8 holds
        return
    assigned = assign(line.decode(), {k: json.dumps(v) for k, v in new.items()})
    assert json.loads(assigned) == {**record, **new}


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        (b"nonsense\n", "no-json"),
        (b'{"text": "cut off\n', "no-json"),
        (b'["text"]\n', "no-json"),
        (b'{"text": "\\ud800"}\n', "no-json"),
        (b'{"text": "a", "\\ud800": 1}\n', "no-json"),
        (b'{"text": "a", "id": "\\ud800"}\n', "no-json"),
        (b'{"text": "caf\xe9"}\n', "no-utf8"),
        (b'{"other": "a"}\n', "no-column"),
        (b'{"text": 3}\n', "no-text"),
        (b'{"text": null}\n', ""),
        (b"\n", ""),
    ],
)
def test_a_json_line_without_text_passes(line: bytes, refused: str) -> None:
    whole = b'{"text": "a"}\n' + line + b'{"text": "b"}'
    rows, out = through("x.jsonl", whole)
    assert rows == [("a", ""), (None, refused), ("b", "")]
    assert out == whole


CSV = b'\xef\xbb\xbfid,text,n\r\n007,"one ""a"",\ntwo",1.50\r\n"8",plain,"x"\r\n\r\n9,,\r\n10,last,0'


def test_a_csv_row_that_does_not_change_keeps_its_quotes() -> None:
    rows, out = through("x.csv", CSV)
    assert rows == [('one "a",\ntwo', ""), ("plain", ""), (None, ""), (None, ""), ("last", "")]
    assert out == CSV


def test_a_csv_row_that_changes_keeps_its_values_and_line_end() -> None:
    _, out = through("x.csv", CSV, text='b "é"')
    assert out == (
        b'\xef\xbb\xbfid,text,n\r\n007,"b ""\xc3\xa9""",1.50\r\n"8","b ""\xc3\xa9""","x"\r\n\r\n9,,\r\n'
        b'10,"b ""\xc3\xa9""",0'
    )


@pytest.mark.parametrize("name", ["x.csv", "x.jsonl", "x.txt"])
@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n", b"\xef\xbb\xbf\n"])
def test_a_file_without_rows_passes(name: str, data: bytes) -> None:
    assert through(name, data)[1] == data


def test_edits_go_to_no_blank_line_and_no_table_without_delimiter() -> None:
    _, out = through("x.jsonl", b'\n\xef\xbb\xbf\n{"text": "a"}\n', edits_column="e", edits=[])
    assert out == b'\n\xef\xbb\xbf\n{"text": "a", "e": []}\n'
    with pytest.raises(TextrepairError, match="leave out --edits-column"):
        through("x.csv", b"text\na,\tb\n", edits_column="e", edits=[])


def test_tsv_and_an_added_column() -> None:
    _, out = through("x.tsv", b"id\ttext\n1\ta,b\n", text="c,d", edits_column="edits", edits=[{"start": 0}])
    assert out == b'id\ttext\tedits\n1\tc,d\t"[{""start"":0}]"\n'


@pytest.mark.parametrize(
    ("row", "refused"), [(b"1,caf\xe9\n", "no-utf8"), (b"1\n", "no-column"), (b"1,\xff\xfe\n", "no-utf8")]
)
def test_a_csv_row_without_text_passes(row: bytes, refused: str) -> None:
    whole = b"id,text\n0,a\n" + row + b"2,b\n"
    rows, out = through("x.csv", whole)
    assert rows == [("a", ""), (None, refused), ("b", "")]
    assert out == whole


@pytest.mark.parametrize(
    "type_",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
@pytest.mark.parametrize("codec", ["zstd", "none", "gzip"])
def test_parquet_keeps_schema_groups_and_compression(type_: pa.DataType, codec: str) -> None:
    texts = [f"row {i}" if i % 7 else None for i in range(1000)]
    table = pa.table(
        {
            "id": pa.array(range(1000), pa.uint16()),
            "text": pa.array(texts).cast(type_),
            "when": pa.array([0] * 1000, pa.timestamp("us", "UTC")),
            "deep": [[{"a": i}] for i in range(1000)],
        }
    ).replace_schema_metadata({"own": "note"})
    out = io.BytesIO()
    pq.write_table(table, out, compression=codec, row_group_size=300)
    rows, written = through("x.parquet", out.getvalue())
    assert [t for t, _ in rows] == texts
    _, changed = through("x.parquet", out.getvalue(), text="new", edits_column="edits", edits=[])
    for data, wanted in ((written, table), (changed, None)):
        file = pq.ParquetFile(io.BytesIO(data))
        groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
        assert [g.num_rows for g in groups] == [300, 300, 300, 100]
        assert groups[0].column(0).compression.lower().replace("uncompressed", "none") == codec
        assert file.schema_arrow.metadata[b"own"] == b"note"
        if wanted is not None:
            assert file.read().equals(wanted)
        else:
            assert file.read().column("text").to_pylist() == [t and "new" for t in texts]
            assert file.read().column("edits").to_pylist() == [[] if t else None for t in texts]
            assert file.read().drop(["text", "edits"]).equals(table.drop(["text"]))


def test_parquet_keeps_the_codec_of_each_column_and_the_times_of_spark() -> None:
    when = pa.array([0], pa.timestamp("ns"))
    codecs, out = {"text": "zstd", "when": "gzip"}, io.BytesIO()
    table = pa.table({"text": ["a"], "when": when})
    pq.write_table(table, out, compression=codecs, use_deprecated_int96_timestamps=True)
    group = pq.ParquetFile(io.BytesIO(through("x.parquet", out.getvalue())[1])).metadata.row_group(0)
    columns = [group.column(n) for n in range(2)]
    assert {c.path_in_schema: c.compression.lower() for c in columns} == codecs
    assert columns[1].physical_type == "INT96"


@pytest.mark.parametrize(
    ("name", "data"), [("x.jsonl", b'{"text": "a", "e": 1}\n'), ("x.csv", b"text,e\na,1\n")]
)
def test_edits_are_put_over_nothing(name: str, data: bytes) -> None:
    with pytest.raises(TextrepairError, match="'e' is there already"):
        through(name, data, edits_column="e")


@pytest.mark.parametrize(
    ("name", "data", "named"),
    [
        ("x.jsonl", b'{"body": "a", "id": 1}\n', "body, id"),
        ("x.jsonl", b'[\n{"text": "a"}\n]\n'.replace(b"{", b"[").replace(b"}", b"]"), "one object a line"),
        ("x.csv", b"body,id\na,1\n", "body, id"),
    ],
)
def test_a_missing_column_names_those_there_are(name: str, data: bytes, named: str) -> None:
    with pytest.raises(TextrepairError, match=named):
        through(name, data)


def test_a_parquet_column_of_another_type_is_named() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": [1], "body": ["a"]}), out)
    with pytest.raises(TextrepairError, match="int64"):
        through("x.parquet", out.getvalue())
    with pytest.raises(TextrepairError, match="text, body"):
        through("x.parquet", out.getvalue(), column="abstract")


LINES = b"".join(b"line %d\n" % i for i in range(20_000))


@pytest.mark.parametrize("compression", ["gz", "zst", "xz", ""])
def test_what_is_packed_unpacks(compression: str) -> None:
    out = io.BytesIO()
    out.close = lambda: None  # type: ignore[method-assign]
    with packed(out, compression) as stream:
        stream.write(LINES)
    data = out.getvalue()
    assert b"".join(unpacked(io.BytesIO(data), compression)) == LINES
    # files made by joining others are common, and readers that stop after the first part too
    assert b"".join(unpacked(io.BytesIO(data * 2), compression)) == LINES * 2
    assert not compression or len(data) < len(LINES)


@pytest.mark.parametrize("compression", ["gz", "zst", "xz"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_an_error_and_no_short_file(compression: str, share: float) -> None:
    from textrepair.corpus.streams import DAMAGE

    data = {
        "gz": gzip.compress(LINES),
        "xz": lzma.compress(LINES),
        "zst": pa.Codec("zstd").compress(LINES, asbytes=True),
    }[compression]
    with pytest.raises(DAMAGE):
        list(unpacked(io.BytesIO(data[: int(len(data) * share)]), compression))


@given(text=st.text(), longest=st.integers(2, 40))
def test_pieces_are_the_text(text: str, longest: int) -> None:
    places = pieces(text, longest)
    assert "".join(text[a:b] for a, b in places) == text
    assert all(b - a <= longest for a, b in places)


@given(data=st.data(), text=st.text(min_size=1, max_size=30))
def test_undo_takes_back_what_splice_made(data: st.DataObject, text: str) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    edits = [
        Edit(a, b, text[a:b], data.draw(st.text(max_size=4)), "wording", 0.5, "r")
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    kept = data.draw(st.sets(st.sampled_from(edits))) if edits else set()
    repaired = splice(text, edits)
    assert PLAIN.changed(repaired, undo(repaired, edits, kept)) == splice(text, kept)

"""Tables of every dialect: each tells its own, and only a cell that changes is written anew."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora import files
from textrepair import load
from textrepair.corpus.cleaning import clean
from textrepair.corpus.dialect import Dialect
from textrepair.corpus.escaping import inverse
from textrepair.corpus.reverting import revert
from textrepair.corpus.rows import RowOptions, UnwritableError
from textrepair.corpus.table import Table
from textrepair.errors import TextrepairError

HERE, LEFT = "The sufferers were treated", "for bosom peril"
DONE = {HERE: "The patients were treated", LEFT: "for breast cancer"}
# name, file with {a} and {b} for text that is repaired, dialect
TABLES = [
    ("spark", ".csv", 'id,text\n1,"{a}\\nwith \\"care\\", {b}"\n', (",", '"', "\\")),
    ("quotes closed and open", ".csv", 'id,text,n\n1,"\\"A, b\\" {a} {b}",3\n2,plain,4\n', (",", '"', "\\")),
    ("mysql", ".tsv", "id\ttext\tn\n1\t{a} {b}.\\\nNext\t\\N\n2\tA tab\\\there\tx\n", ("\t", "", "\\")),
    ("postgres", ".tsv", "id\ttext\tn\n1\t{a}\\n{b}\t\\N\n2\tA tab\\there\tx\n", ("\t", "", "\\")),
    ("literal", ".tsv", 'id\ttext\n1\t"In short" {a} {b}\n2\tHe "said\n3\t"Unclosed.\n', ("\t", "", "")),
    ("closed later", ".tsv", 'id\ttext\n1\t"Unclosed {a} {b}\n2\tand\n3\there"\n', ("\t", "", "")),
    ("needless quotes", ".csv", '"id","text"\n"1","{a} {b}"\n"2","Fine"\n', (",", '"', "")),
    ("decimal commas", ".csv", "id;x;text\r\n1;2,5;{a}, {b}, too.\r\n2;3,75;Fine, too.\r\n", (";", '"', "")),
    ("pipes", ".csv", "id|text\n1|{a}, {b}; yes.\n2|Fine, here; yes.\n", ("|", '"', "")),
    ("single quotes", ".csv", "'id','text'\n'1','{a}, it''s {b}'\n'2','Fine, row'\n", (",", "'", "")),
    ("apostrophes", ".csv", "id,text\n1,'tis {a} {b}\n2,it's fine\n", (",", '"', "")),
    ("one column", ".csv", "text\n{a}, {b}, yes.\nFine, row.\n", ("\t", '"', "")),
    ("one quoted column", ".csv", 'text\n"{a}, ""yes"" {b}."\n"Fine, row."\n', (",", '"', "")),
    ("several lines", ".csv", 'id,text\n1,"{a}\nand ""more"", {b}\n"\n2,x\n', (",", '"', "")),
    ("quoted tabs", ".tsv", 'id\ttext\n1\t"A ""word"" and\ta tab {a} {b}"\n2\tx\n', ("\t", '"', "")),
    ("ragged", ".csv", "id,text,n\n1,{a} {b}\n2,Fine,a,b\n3,Fine,a\n", (",", '"', "")),
    ("paths", ".csv", 'id,text,n\n1,"{a}, {b}","C:\\dir\\"\n2,"a, b","D:\\"\n', (",", '"', "")),
    ("delimiters at the end", ".csv", "id,text,\n1,{a} {b},\n2,Fine,\n", (",", '"', "")),
    ("blanks", ".csv", 'id, text\n1, "{a}, {b}"\n2, fine\n', (",", '"', "")),
    ("blank lines", ".csv", 'id,text\n\n1,"{a}, {b}"\n\n\n2,fine\n', (",", '"', "")),
    ("old Macintosh", ".csv", "id,text\r1,{a} {b}\r2,fine\r", (",", '"', "")),
    ("old Macintosh, two lines", ".csv", 'id,text\r1,"{a}\n{b}"\r2,fine\r', (",", '"', "")),
    ("line end in the header", ".csv", '"id\rn",text\n1,{a} {b}\n2,fine\n', (",", '"', "")),
    ("for Excel", ".csv", "sep=;\r\nid;text\r\n1;{a}, {b}\r\n", (";", '"', "")),
    ("for Excel, tabs", ".csv", "\ufeffsep=\t\nid\ttext\n1\t{a}, {b}\n", ("\t", '"', "")),
    ("blank lines first", ".csv", "\r\n\r\nid,text\r\n1,{a} {b}\r\n", (",", '"', "")),
    ("two marks", ".csv", "\ufeff\ufefftext,id\n{a} {b},1\n", (",", '"', "")),
    ("no last line end", ".csv", 'id,text\r\n1,"{a}, {b}"', (",", '"', "")),
    ("mark and quoted header", ".csv", '\ufeff"id";"text"\n"1";"{a}, {b}"\n', (";", '"', "")),
    ("commas in a title", ".csv", 'title;text;n\n"A, b; c";{a}, {b}, e;2,0\nX, y;Z, w;1,5\n', (";", '"', "")),
    ("control characters", ".csv", "id\x01text\n1\x01{a}, {b}\n2\x01fine; yes\n", ("\x01", '"', "")),
    ("NUL", ".csv", "id,text\n1,{a} {b}\n2,fi\0ne\n", (",", '"', "")),
    ("long", ".csv", 'id,text\n1,"{a}, {b}"\n2,"' + "word, " * 300_000 + '"\n', (",", '"', "")),
]


@pytest.mark.parametrize(("name", "suffix", "table", "dialect"), TABLES, ids=[t[0] for t in TABLES])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_table_tells_its_dialect_and_only_words_change(
    name: str, suffix: str, table: str, dialect: tuple[str, str, str], encoding: str
) -> None:
    before, after = table.replace("{a}", HERE).replace("{b}", LEFT), table
    for place, words in (("{a}", DONE[HERE]), ("{b}", DONE[LEFT])):
        after = after.replace(place, words)
    reader = Table(io.BytesIO(before.encode(encoding)), RowOptions(), usual="\t" if suffix == ".tsv" else ",")
    assert reader.dialect == Dialect(*dialect)
    out = io.BytesIO()
    writer = reader.writer(out, None)
    for row in reader.rows():
        changes = [
            (row.text.index(words), row.text.index(words) + len(words), right)
            for words, right in DONE.items()
            if row.text and words in row.text
        ]
        assert writer.put(row, changes) == "", "undoing needs nothing but the edits"
    assert out.getvalue() == after.encode(encoding)


UNCLEAR = [
    (b'id,text\n1,"a, b"\n2,"A" c of d\n', {}, "record 2 has .* where a cell should end.*no quotes.*3 cells"),
    (b'id,text\n1,"He said "no", then, and left",x\n', {}, "--quote"),
    (b"id^text\n1^a\n", {}, "no column 'text'; there is id\\^text.*--delimiter"),
    (b"id,body\n1,a\n", {}, "no column 'text'; there is id, body"),
    (b"text,id,text\na,1,b\n", {}, "two columns are named 'text'"),
    (b"id,text\n1,a\n", {"delimiter": ";"}, "no column"),
    ("id,text\n1,a\n".encode("utf-16-le"), {}, "null bytes.*iconv -f UTF-16LE"),
    ("\ufeffid,text\n1,a\n".encode("utf-32-le"), {}, "null bytes"),
    (b"id,text,e\n1,a,b\n", {"edits_column": "e"}, "'e' is there already.*--edits-column"),
]


@pytest.mark.parametrize(("data", "asked", "told"), UNCLEAR)
def test_a_table_that_is_unclear_is_refused_with_what_was_seen(data: bytes, asked: dict, told: str) -> None:
    with pytest.raises(TextrepairError, match=f"(?s){told}"):
        Table(io.BytesIO(data), RowOptions(**asked), usual=",")


CUT_SHORT = [
    # file, delimiter of its name, what is asked for, the line that is named
    (b'id,text\n1,"one, two"\n2,"The patients', ",", {}, 3),
    (b'id,text\n1,"one, two"\n2,"The patients, and\n', ",", {}, 3),
    (b'id,text\n1,"The patients\n', ",", {}, 2),
    (b'text\n"The patients\n', ",", {}, 2),
    (b'"id";"text"\n"1";"one"\n"2";"The patients\n', ";", {}, 3),
    (b'id\ttext\n1\t"one"\n2\t"The patients\n', "\t", {}, 3),
    (b"id,text\n1,'one, two'\n2,'The patients\n", ",", {}, 3),
    (b'id,text\n1,"a \\"b\\" c"\n2,"The patients\n', ",", {}, 3),
    (b'sep=;\r\n\r\nid;text\r\n1;"one"\r\n2;"two\r\nlines\r\n\r\n', ",", {}, 5),
    (b'id,text\r1,"one, two"\r2,"The patients\r', ",", {}, 3),
    (b'id,text\n1,"one\ntwo"\n2,"The patients\nwere\n', ",", {}, 4),
    (b'id\ttext\n1\tone\n2\t"The patients\n', "\t", {"quote": '"'}, 3),
    (b"id,text\n" + b'1,"one, two"\n' * 90_000 + b'2,"The patients', ",", {}, 90_002),
]


@pytest.mark.parametrize(("data", "usual", "asked", "line"), CUT_SHORT)
def test_a_table_that_ends_within_a_cell_is_refused(data: bytes, usual: str, asked: dict, line: int) -> None:
    """What follows an open mark is its cell's, and a file may have been cut off."""
    with pytest.raises(TextrepairError, match=f"line {line:,} opens a cell .* nothing closes .*--quote none"):
        [*Table(io.BytesIO(data), RowOptions(**asked), usual=usual).rows()]


SLIPS = [
    # file, delimiter of its name, the texts: a mark behind which whole records stand, or that quotes nothing
    (b"id,text\n" + b'1,"a, b"\n' * 20 + b'2,"open\n3,plain\n', ",", ["a, b"] * 20 + [None, "plain"]),
    (b'id\ttext\n1\tone\n2\t"Open the\n', "\t", ["one", '"Open the']),
    (b"id,text\n1,one\n2,'tis the\n", ",", ["one", "'tis the"]),
    (b'id,text\n1,"Open the\n2,one\n', ",", ['"Open the', "one"]),
]


@pytest.mark.parametrize(("data", "usual", "texts"), SLIPS)
def test_a_mark_that_opens_nothing_costs_no_table(data: bytes, usual: str, texts: list) -> None:
    assert [r.text for r in Table(io.BytesIO(data), RowOptions(), usual=usual).rows()] == texts


def test_what_is_asked_for_settles_it() -> None:
    data = b'id^text\n1^"a, b"\n2^"A" c of d\n'
    literal = Table(io.BytesIO(data), RowOptions(delimiter="^", quote=""), usual=",")
    assert [r.text for r in literal.rows()] == ['"a, b"', '"A" c of d']
    quoted = Table(io.BytesIO(data), RowOptions(delimiter="^", quote='"'), usual=",")
    assert [(r.text, r.refused) for r in quoted.rows()] == [("a, b", ""), (None, "no-csv")]


def test_one_record_that_cannot_be_read_costs_no_other() -> None:
    good = b'1,"a, b"\n' * 40
    reader = Table(io.BytesIO(b"id,text\n" + good + b'2,"un"closed, x\n' + good), RowOptions(), usual=",")
    assert [r.refused for r in reader.rows()] == [""] * 40 + ["no-csv"] + [""] * 40


def test_an_edit_with_a_line_end_makes_no_row() -> None:
    """Of tables whose lines end with CR too, in which LF then stood for the first time."""
    data = b"id,text\r1,a word\r2,b\r"
    table, out = Table(io.BytesIO(data), RowOptions(), usual=","), io.BytesIO()
    writer = table.writer(out, None)
    for row in table.rows():
        writer.put(row, [(1, 2, "\n")] if row.text == "a word" else [])
    again = Table(io.BytesIO(out.getvalue()), RowOptions(**table.how), usual=",")
    assert [row.text for row in again.rows()] == ["a\nword", "b"]


def test_half_a_surrogate_pair_in_utf_16_is_told() -> None:
    data = "\ufeffid,text\n1,ab\ud800\n".encode("utf-16-le", "surrogatepass")
    [row] = Table(io.BytesIO(data), RowOptions(), usual=",").rows()
    assert (row.refused, row.detail) == ("no-utf8", "half a surrogate pair at character 4")


characters = st.characters(codec="utf-8", exclude_characters="\r") | st.sampled_from(',;\t|"\\\n ')
texts = st.text(characters, max_size=12)
dialects = st.builds(
    Dialect, st.sampled_from(",;\t|"), st.sampled_from(['"', "'", ""]), st.sampled_from(["", "\\"])
)


@given(dialect=dialects, text=texts, data=st.data())
def test_a_cell_reads_as_it_was_written_and_goes_back(dialect: Dialect, text: str, data) -> None:
    try:
        cell = dialect.written(text)
    except UnwritableError:
        assert not dialect.quote
        assert not dialect.escape
        return
    raw = f"x{dialect.delimiter}{cell}{dialect.delimiter}y\n"
    [record] = dialect.records(io.StringIO(raw, newline="\n"))
    assert [raw[slice(*c)] for c in record.cells] == ["x", cell, "y"]
    if text == r"\N" or not text:
        return
    assert dialect.text(cell) == text
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    changes = [(a, b, data.draw(texts)) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    try:
        new = dialect.changed(cell, changes)
    except UnwritableError:
        assert not dialect.quote
        return
    wanted, at = "", 0
    for start, end, after in changes:
        wanted, at = wanted + text[at:start] + after, end
    wanted += text[at:]
    assert (dialect.text(new) or "") == ("" if wanted == r"\N" else wanted)
    if dialect.is_quoted(new) == dialect.is_quoted(cell):
        assert dialect.text(dialect.changed(new, inverse(text, changes))) == text


def test_a_cell_that_had_to_be_quoted_goes_back(tmp_path: Path, inline) -> None:
    """An edit that brings a comma quotes its cell; the record then holds how the cell stood."""
    lexicon = tmp_path / "own.tsv"
    lexicon.write_text(
        "spun\tcanonical\tpos\tdomain\ttier\tnote\nzorb and\tfirst, second and\tPHRASE\tgeneral\tauto\t\n"
    )
    inline.repairer = load(lexicon=str(lexicon))
    table = b'id,text,n\n1,The zorb and the others were seen,"x"\n2,ni""ce,y\n'
    (tmp_path / "a.csv").write_bytes(table)
    summary = clean([tmp_path / "a.csv"], tmp_path / "out", engine=inline)
    assert summary.edits == 1
    assert files(tmp_path / "out")["a.csv"] == (
        b'id,text,n\n1,"The first, second and the others were seen","x"\n2,ni""ce,y\n'
    )
    revert(tmp_path / "out", tmp_path / "back")
    assert files(tmp_path / "back")["a.csv"] == table

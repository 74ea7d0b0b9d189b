"""Files of markup: the prose is repaired, and nothing else of them changes."""

import json
import re
from pathlib import Path

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import textrepair
from textrepair import Edit, Repair, TextrepairError
from textrepair.formats import table
from textrepair.formats.encoding import encoding_of
from textrepair.formats.prose import OBJECT

CASES = Path(__file__).parent / "cases" / "formats.jsonl"
MARKUP = list(table.FORMATS)


def cases():
    return [json.loads(line) for line in CASES.read_text(encoding="utf8").splitlines()]


@pytest.mark.parametrize("case", cases(), ids=lambda c: f"{c['format']}: {c['why']}")
def test_prose_is_repaired_and_nothing_else(repairer, case):
    repair = repairer.only(format=case["format"]).explain(case["text"])
    assert repair.text == case.get("repaired", case["text"])
    for edit in repair.edits:
        assert case["text"][edit.start : edit.end] == edit.before
    for edit in repair.edits:
        repair = repair.revert(edit)
    assert repair.text == case["text"]


@pytest.mark.parametrize("case", cases(), ids=lambda c: f"{c['format']}: {c['why']}")
def test_prose_knows_where_it_stands(case):
    prose = table.read(case["text"], case["format"])
    assert all(case["text"][p.start : p.end] == p.text for p in prose.pieces if p.plain)
    assert "".join(prose.text[p.at : p.at + len(p.text)] for p in prose.pieces) == "".join(
        p.text for p in prose.pieces
    )


def planted(source, name, data):
    """A source with edits planted in its prose, in place of the model's."""
    prose = table.read(source, name)
    words = [m.span() for m in re.finditer(r"[^\s※]+(?: [^\s※]+)?", prose.text)]
    edits = []
    for start, end in words:
        after = data.draw(
            st.sampled_from(["", "word", "two words", "a<b & c", "x_1 $5 #%~^\\{}", "*`[x](y)`*", "]]>"])
        )
        if after and data.draw(st.booleans()):
            edits.append(Edit(start, end, prose.text[start:end], after, "wording", 0.9, "planted"))
    return prose, table.carried(prose, Repair(prose.text, tuple(edits)), name)


def test_an_edit_over_a_tag_is_told_in_whole_words():
    prose = table.read("<p>The <i>bosom</i> <b>peril</b> grew.</p>", "xml")
    edit = Edit(4, 15, "bosom peril", "breast cancer", "terminology", 0.9, "planted")
    repair = table.carried(prose, Repair(prose.text, (edit,)), "xml")
    assert [(e.before, e.after) for e in repair.edits] == [("bosom", "breast"), ("peril", "cancer")]


AFTER = ["word", "two words", "a<b & c", "x_1 $5 #%~^\\{}", "*`[x](y)`*", "]]>"]
BROKEN = ["<p>" * 20_000, "<b>a " * 20_000, "<q>" * 5000, "&" * 50_000, "<!--" * 20_000]
BITS = {
    "latex": [
        *(
            "a word ",
            "so",
            "\\emph{",
            "}",
            "$x$",
            "$",
            "\\cite[p.]{k}",
            "% c\n",
            "\\%",
            "\n\n",
            "\n  ",
            "~",
            " & ",
        ),
        *(
            "\\begin{verbatim} a\n",
            "\\end{verbatim}",
            "\\begin{center}",
            "\\section{",
            "\\footnote{",
            "\\verb|a|",
        ),
        *("\\'e", "\\foo{a}", "\\item[x] ", "\\(", "\\)", "[", "]", "{", "\\\\", "% c\n"),
    ],
    "markdown": [
        *(
            "a word ",
            "so",
            "**",
            "*",
            "`",
            "[",
            "](x.html)",
            "][r]",
            "\n",
            "\n\n",
            "> ",
            "- ",
            "# ",
            "    ",
            "```\n",
        ),
        *(
            "| a | b |\n|---|---|\n| c | d |\n",
            "<div>",
            "</div>",
            "<code>",
            "</code>",
            "$x$",
            "&amp;",
            "\\*",
            "[^1]",
        ),
        *(
            "[^1]: note\n",
            "[r]: x\n",
            "\\\n",
            "  \n",
            "<http://a.b>",
            "![i](j)",
            "\r\n",
            "\t",
            "~~",
            "1. ",
            "---\n",
        ),
    ],
    "rst": [
        *(
            "a word ",
            "so",
            "*",
            "**",
            "``",
            "`a <x>`_",
            "|s|",
            "\n",
            "\n\n",
            "   ",
            ".. note::\n\n",
            "::\n\n",
        ),
        *(
            ".. code:: c\n\n",
            "* ",
            "1. ",
            "====\n",
            "=== ===\n",
            "+---+\n",
            "[1]_",
            "\\",
            ":a: ",
            "\r\n",
            "\t",
        ),
    ],
    "xml": [
        *(
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "a word ",
            "R&amp;D",
            "&lt;",
            "<![CDATA[a<b ]]>",
            "<!-- c -->",
            "&",
            "so",
        ),
        *("\n  ", "<x:y z='1'/>", "<table><tr><td>", "</td></tr></table>", "<xref>1</xref>", "p<0.05"),
    ],
    "html": [
        *(
            "<p>",
            "<b>",
            "</b>",
            "a word ",
            "R&amp;D",
            "&nbsp",
            "<",
            "<q>",
            "</q>",
            "<pre>\n",
            "</pre>",
            "<td>",
        ),
        *(
            "<table>",
            "</table>",
            "<li>",
            "\r\n ",
            "<script>",
            "</script>",
            "<br>",
            "so",
            "<textarea>",
            "&#60;",
        ),
    ],
}


@pytest.mark.parametrize("name", MARKUP)
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_planted_edits_leave_the_markup_as_it_is(name, data):
    source = "".join(data.draw(st.lists(st.sampled_from(BITS[name]), max_size=14)))
    try:
        prose, repair = planted(source, name, data)
    except TextrepairError:
        return
    again = table.read(repair.text, name)
    assert again.around() == prose.around()
    assert again.text.count(OBJECT) == prose.text.count(OBJECT)
    for edit in repair.edits:
        repair = repair.revert(edit)
    assert repair.text == source


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_page_stays_the_same_tree_for_browsers(data):
    source = "".join(data.draw(st.lists(st.sampled_from(BITS["html"]), max_size=14)))
    _, repair = planted(source, "html", data)

    def shape(page):
        return [(e.tag, dict(e.attrib)) for e in html5lib.parse(page, namespaceHTMLElements=False).iter()]

    assert shape(repair.text) == shape(source)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_document_stays_the_same_tree(data):
    from xml.etree import ElementTree

    bits = [b for b in BITS["xml"] if b not in ("&", "p<0.05")]
    source = "<r xmlns:x='u'>" + "".join(data.draw(st.lists(st.sampled_from(bits), max_size=14))) + "</r>"
    try:
        before = ElementTree.fromstring(source)
    except ElementTree.ParseError:
        return
    _, repair = planted(source, "xml", data)
    after = ElementTree.fromstring(repair.text)
    assert [(e.tag, e.attrib) for e in after.iter()] == [(e.tag, e.attrib) for e in before.iter()]


@pytest.mark.parametrize("name", MARKUP)
@given(source=st.text("<>&;/!-[]{}\\$%\"'`*_#|\n\r\t :=.~^abp1", max_size=80))
def test_any_text_is_read_or_refused(name, source):
    try:
        prose = table.read(source, name)
    except TextrepairError:
        assert name == "xml"
        return
    assert all(source[p.start : p.end] == p.text for p in prose.pieces if p.plain)


@pytest.mark.parametrize(
    ("source", "line"),
    [("<p>a\n<b>x</p>\n</b>", 2), ("<p>a", 1), ("x\n\n</p>", 3), ("<a>\n<b>\n</a>", 3)],
)
def test_tags_that_do_not_nest_are_refused_with_the_line(source, line):
    with pytest.raises(TextrepairError, match=f"line {line}: tags do not nest"):
        textrepair.fix(source, format="xml")


def test_a_format_there_is_not_is_refused():
    with pytest.raises(TextrepairError, match="format: there is none named 'rtf'; they are text, "):
        textrepair.fix("x", format="rtf")


@pytest.mark.parametrize(
    ("data", "name", "encoding"),
    [
        ("<p>café".encode(), "html", "utf-8"),
        ("<p>café €".encode("cp1252"), "html", "windows-1252"),
        ("<meta charset=iso-8859-2><p>łódź".encode("iso-8859-2"), "html", "iso-8859-2"),
        ("<?xml version='1.0' encoding='iso-8859-1'?><p>é</p>".encode("latin1"), "xml", "iso-8859-1"),
        (b"caf\xe9", "text", "utf-8"),
    ],
)
def test_encoding(data, name, encoding):
    assert encoding_of(data, name) == encoding


@pytest.mark.parametrize(
    "source", ["<p>" * 20_000, "<b>a " * 20_000, "<q>" * 5000, "&" * 50_000, "<!--" * 20_000]
)
@pytest.mark.parametrize("name", MARKUP)
def test_deep_and_broken_markup_is_read_or_refused(name, source):
    try:
        table.read(source, name)
    except TextrepairError:
        assert name == "xml"

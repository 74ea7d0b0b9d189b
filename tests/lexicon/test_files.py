"""The lexicon format: optional columns, conditions, protecting expressions, stacks, and bad files."""

from __future__ import annotations

import logging
import os

import pytest

from textrepair import TextrepairError, load
from textrepair.lexicon.conditions import Condition
from textrepair.lexicon.diff import diff
from textrepair.lexicon.entries import Entry, default_entries, read, scan, write
from textrepair.lexicon.exchange import export, import_file
from textrepair.lexicon.lexicon import Lexicon, stack
from textrepair.lexicon.lint import RULES, lint
from textrepair.pipeline.segment import segment

HEADER = "spun\tcanonical\tpos\tdomain\ttier\tnote\tkind\twhen\tevidence\tsource\tprecision\n"
GOOD = "bosom peril\tbreast cancer\tNOUN\tbiomedical\tauto\t\t\t\t\t\t\n"


def write_file(tmp_path, text):
    path = tmp_path / "own.tsv"
    path.write_text(text, encoding="utf8")
    return path


def entry(spun, canonical="cancer", pos="NOUN", tier="ask", **more):
    return Entry(spun, tuple(c for c in canonical.split("|") if c), pos, "biomedical", tier, **more)


def test_optional_columns_are_read_and_written_back(tmp_path):
    row = "ailment\tdisease|illness\tNOUN\tgeneral\task\ta note\tterminology\tclin* NOT x\t3 of 4\tme\t0.75\n"
    path = write_file(tmp_path, HEADER + row)
    [e] = read(path)
    assert (e.kind, str(e.when), e.evidence, e.source, e.precision) == (
        "terminology", "clin* NOT x", "3 of 4", "me", 0.75
    )  # fmt: skip
    assert write([e]) == HEADER + row


def test_an_entry_without_a_kind_has_that_of_its_domain():
    assert entry("x").kind == "terminology"
    assert Entry("x", ("y",), "NOUN", "general", "ask").kind == "wording"


def test_the_default_lexicon_comes_back_from_a_file_as_it_went(tmp_path):
    entries = default_entries()
    d = diff(entries, read(write_file(tmp_path, write(entries))))
    assert not d.removed + d.added


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("a\tb\tNOUN\tg\task\t\tsomething\t\t\t\t\n", "unknown kind 'something'.*terminology, wording"),
        ("a\tb\tNOUN\tg\task\t\t\t(x AND\t\t\t\n", r"condition '\(x AND' cannot be read"),
        ("a\tb\tNOUN\tg\task\t\t\tx ADN y\t\t\t\n", "'x ADN y' is not understood"),
        ("a\tb\tNOUN\tg\task\t\t\t\t\t\t1.5\n", "precision '1.5' is no number from 0 to 1"),
        ("a\tb\tNOUN\tg\task\t\t\t\t\t\tmuch\n", "precision 'much'"),
        ("(a\t\tREGEX\tg\tnever\twhy\t\t\t\t\t\n", r"'\(a' is no regular expression.*missing \)"),
        ("(?=a)b\t\tREGEX\tg\tnever\twhy\t\t\t\t\t\n", "look-around and back-references are not possible"),
        ("a+\tb\tREGEX\tg\tauto\t\t\t\t\t\t\n", "can only protect: give it the tier 'never'"),
        ("Ailment\tailment\tNOUN\tg\task\t\t\t\t\t\t\n", "corrects to itself"),
        (
            "a [c]\tb [d]\tNOUN\tg\task\t\t\t\t\t\t\n",
            r"'b \[d\]' may keep only what is optional in 'a \[c\]'",
        ),
        ("[a] [c]\tb\tNOUN\tg\task\t\t\t\t\t\t\n", "on both sides a word must stand that is not optional"),
        ("a [c]\t[c]\tNOUN\tg\task\t\t\t\t\t\t\n", "on both sides a word must stand that is not optional"),
        ("a [b] [c] [d] [e] [f]\tg\tNOUN\tg\task\t\t\t\t\t\t\n", "5 optional words.*4 are the most"),
        ("a\tb\tNOUN\tg\task" + "\t" * 7 + "\n", "12 columns where the header has 11"),
    ],
)
def test_a_bad_row_is_named_and_the_good_ones_are_read(tmp_path, row, named):
    path = write_file(tmp_path, HEADER + row + GOOD)
    with pytest.raises(TextrepairError, match=named) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:2: ")
    entries, problems = scan(path)
    assert [e.spun for e in entries] == ["bosom peril"]
    assert problems == [str(caught.value)]


def test_a_cell_too_long_for_any_phrase_is_a_bad_row(tmp_path):
    entries, problems = scan(write_file(tmp_path, HEADER + "x" * 200_000 + "\n" + GOOD))
    assert [e.spun for e in entries] == ["bosom peril"]
    assert "own.tsv:2: " in problems[0]


def test_a_file_far_too_large_is_not_read(tmp_path):
    path = write_file(tmp_path, HEADER)
    os.truncate(path, 1_000_000_000)  # takes no room on disk
    with pytest.raises(TextrepairError, match="1,000 MB are more than a lexicon holds"):
        read(path)


@pytest.mark.parametrize(
    ("query", "text", "holds"),
    [
        ("network", "A Network.", True),
        ("network", "networks", False),
        ("network*", "networks", True),
        ('"deep  learning"', "deep\nlearning", True),
        ('"deep learning"', "deep unlearning", False),
        ("NOT ship", "a boat", True),
        ("NOT ship", "a ship", False),
        ("a NOT b", "a c", True),
        ("a AND (b OR c)", "a c", True),
        ("a AND (b OR c)", "a d", False),
        ("a OR b AND c", "a", True),
    ],
)
def test_conditions(query, text, holds):
    assert Condition(query).holds(text) is holds


def test_a_conditional_entry_is_found_only_where_its_condition_holds():
    lexicon = Lexicon([[entry("bosom peril", "breast cancer", when=Condition("tumour"))]])
    assert not list(lexicon.find(segment("A bosom peril.")))
    assert len(list(lexicon.find(segment("A tumour, a bosom peril.")))) == 1


@pytest.mark.parametrize(
    ("spun", "canonical", "text", "found"),
    [
        ("bosom [tissue] peril", "breast [tissue] cancer", "Bosom peril.", "breast cancer"),
        ("bosom [tissue] peril", "breast [tissue] cancer", "Bosom tissue perils.", "breast tissue cancers"),
        ("bosom [tissue] peril", "breast [tissue] cancer", "Bosom skin peril.", None),
        ("[the] bosom peril", "breast cancer", "The bosom peril.", "breast cancer"),
        ("flag [and noise] proportion", "signal [and noise] ratio", "flag and noise proportion",
         "signal and noise ratio"),
        ("[C=O] bunch", "[C=O] group", "[C=O] bunch", "[C=O] group"),
        ("[C=O] bunch", "[C=O] group", "a bunch", None),
    ],
)  # fmt: skip
def test_an_optional_word_may_stand_there_and_is_kept_where_it_does(spun, canonical, text, found):
    matches = list(Lexicon([[entry(spun, canonical)]]).find(segment(text)))
    longest = max(matches, key=lambda m: m.end - m.start, default=None)
    assert (longest and longest.forms[0].canonical[0]) == found


def test_optional_words_are_carried_through_every_format(tmp_path):
    slotted = entry("bosom [tissue] peril", "breast [tissue] cancer")
    assert [(e.spun, e.canonical) for e in read(write_file(tmp_path, write([slotted])))] == [
        (slotted.spun, slotted.canonical)
    ]
    for format, name in (("csv", "x.csv"), ("json", "x.json"), ("skos", "x.ttl")):
        path = tmp_path / name
        path.write_text(export([slotted], format), encoding="utf8")
        [e] = import_file(path).entries
        assert (e.spun, e.canonical, e.pos) == (slotted.spun, slotted.canonical, "NOUN")


@pytest.mark.parametrize(
    ("rule", "entries"),
    [
        ("duplicate", [entry("bosom [tissue] peril"), entry("bosom tissue peril")]),
        ("ordinary", [entry("blood [bosom] pressure", "vein force", tier="auto")]),
        ("flips-meaning", [entry("decreased [daily] dose", "increased [daily] dose")]),
    ],
)
def test_lint_reads_an_entry_with_and_without_its_optional_words(rule, entries):
    assert rule in [f.rule for f in lint(entries)]


def test_rows_with_optional_words_have_the_order_of_rows():
    assert not lint(
        [entry("bosom [tissue] peril", "breast [tissue] cancer"), entry("bosom quake", "breast tremor")]
    )


def test_an_expression_protects_and_no_text_makes_it_run_away():
    lexicon = Lexicon([[Entry("(a|aa)+b", (), "REGEX", "general", "never", "why")]])
    text = "a" * 5000 + " aab \ud800é aab"
    assert [text[m.start : m.end] for m in lexicon.find(segment(text))] == ["aab", "aab"]


def test_a_protecting_expression_holds_off_edits(tmp_path, lexicon):
    text = "Patients were zorbified twice."
    assert load(lexicon=lexicon).fix(text) == "Patients were treated twice."
    own = write_file(tmp_path, HEADER + "zorb\\w+ twice\t\tREGEX\tg\tnever\twhy\t\t\t\t\t\n")
    assert load(lexicon=[lexicon, own]).fix(text) == text


def test_later_lexicons_win_and_conflicts_are_kept_and_told(tmp_path, caplog):
    one, two = (
        entry("bosom peril", "breast cancer", where="a:2"),
        entry("bosom peril", "chest pain", where="b:2"),
    )
    lexicon = Lexicon([[one], [two]])
    [match] = lexicon.find(segment("bosom peril"))
    assert match.forms[0].canonical == ("chest pain",)
    assert [str(c) for c in lexicon.conflicts] == [
        "'bosom peril': chest pain [ask] (b:2) wins over breast cancer [ask] (a:2)",
        "'bosom perils': chest pains [ask] (b:2) wins over breast cancers [ask] (a:2)",
    ]
    assert not Lexicon([[one], [one]]).conflicts
    with caplog.at_level(logging.WARNING):
        stack([write_file(tmp_path, HEADER + GOOD.replace("breast cancer", "chest pain"))])
    assert "later lexicons overrule earlier ones on 2 forms" in caplog.text


# rule: entries of which the last breaks it, and entries that do not
LINTED = {
    "order": ([entry("b c"), entry("a c")], [entry("a c"), entry("b c")]),
    "duplicate": (
        [entry("a c"), entry("A c", "tumour")],
        [entry("a c"), entry("a c", when=Condition("x"))],
    ),
    "cycle": (
        [entry("ax", "bx"), entry("bx", "cx"), entry("cx", "ax")],
        [entry("ax", "bx"), entry("bx", "cx")],
    ),
    "spun-canonical": (
        [entry("bosom peril", "breast cancer", tier="auto"), entry("chest peril", "bosom peril")],
        [entry("bosom peril", "breast cancer"), entry("chest peril", "breast cancer")],
    ),
    "ordinary": (
        [entry("blood pressure", "vein force", tier="auto")],
        [entry("gore pressure", "blood pressure")],
    ),
    "flips-meaning": (
        [entry("decreased dose", "increased dose")],
        [entry("diminished dose", "reduced dose")],
    ),
    "quoted": ([entry('"bosom peril"')], [entry('bosom "peril"')]),
    "no-reason": ([entry("bosom", "", tier="never")], [entry("bosom", "", tier="never", note="anatomy")]),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_lint_rule_fires_where_it_must_and_only_there(rule):
    broken, sound = LINTED[rule]
    assert rule in [f.rule for f in lint(broken)]
    assert rule not in [f.rule for f in lint(sound)]


def test_the_default_lexicon_has_no_lint_errors():
    entries = default_entries()
    files = {e.where.rpartition(":")[0] for e in entries}
    own = {file: [e for e in entries if e.where.startswith(f"{file}:")] for file in files}
    assert not [str(f) for file in own.values() for f in lint(file, entries) if f.error]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("a*a*a*a*a*a*b", r"has \* inside a word"),
        ("(" * 2000 + "a" + ")" * 2000, "nested too deep"),
        ("NOT " * 1200 + "a", "nested too deep"),
        ("a AND " * 10_000 + "b", "the most is 5,000"),
    ],
)
def test_a_condition_that_would_run_away_is_refused(query: str, told: str) -> None:
    with pytest.raises(TextrepairError, match=told):
        Condition(query)

"""Lexicon files: format, order, no entry that corrects itself or flips a meaning; and their errors."""

import pytest

from textrepair import TextrepairError
from textrepair.lexicon.entries import DATA, DEFAULT, default_entries, read
from textrepair.lexicon.expansion import expand
from textrepair.lexicon.guard import Contrasts, flips_meaning, respelled
from textrepair.lexicon.inflection import inflect
from textrepair.lexicon.lexicon import Lexicon
from textrepair.lexicon.ngrams import unwritten
from textrepair.lexicon.synonyms import all_synonyms
from textrepair.pipeline.segment import segment

HEADER = "spun\tcanonical\tpos\tdomain\ttier\tnote\n"


@pytest.mark.parametrize("name", DEFAULT)
def test_default_lexicon_is_sorted_and_without_duplicates(name):
    rows = [(e.spun, e.pos) for e in read(DATA / f"{name}.tsv")]
    assert rows == sorted(set(rows))


def test_default_lexicon_is_large_and_sure_of_nothing():
    entries = default_entries()
    assert sum(e.tier != "never" for e in entries) >= 1000
    assert {e.tier for e in entries} == {"ask", "never"}
    assert all(e.note for e in entries if e.tier == "never")


def test_no_entry_leads_back_to_itself():
    entries = [e for e in default_entries() if e.tier != "never"]
    firsts = {(e.spun, e.pos): e.canonical[0] for e in entries}
    cycles = [k for k, canonical in firsts.items() if firsts.get((canonical, k[1])) == k[0]]
    assert not cycles


def test_no_entry_flips_a_meaning():
    flips = [
        (e.spun, c)
        for e in default_entries()
        for c in e.canonical
        # a term of several words may be judged as a whole: *fake treatment group* is a placebo group
        if not unwritten(e.spun) and flips_meaning(e.spun, c)
    ]
    assert not flips


def test_the_candidate_table_holds_no_opposites():
    assert not [(s, c) for s, options in all_synonyms() for c, _ in options if flips_meaning(s, c)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("decreased", "increased"),
        ("negative", "positive"),
        ("significant", "insignificant"),
        ("mice", "rats"),
        ("kidney", "liver"),
        ("three", "four"),
        ("mg", "kg"),
        ("without sufferers", "with patients"),
        ("5 sufferers", "6 patients"),
        ("sensitivity", "specificity"),
        ("before", "after"),
    ],
)
def test_meaning_is_guarded_both_ways(before, after):
    assert flips_meaning(before, after)
    assert flips_meaning(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [("adjustments", "changes"), ("bigger", "larger"), ("diminished", "reduced"), ("in spite of", "despite")],
)
def test_the_guard_lets_synonyms_pass(before, after):
    assert not flips_meaning(before, after)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("tumour", "tumor"),
        ("haemorrhage", "hemorrhage"),
        ("oestrogen", "estrogen"),
        ("analyses", "analyzes"),
        ("organisation", "organization"),
        ("centre", "center"),
        ("labelled", "labeled"),
        ("programme", "program"),
        ("catalogue", "catalog"),
        ("defence", "defense"),
        ("grey", "gray"),
        ("mould", "mold"),
        ("judgement", "judgment"),
        ("wellbeing", "well-being"),
        ("data set", "dataset"),
    ],
)
def test_two_spellings_are_one_word(british, american):
    assert respelled(british, american)
    assert respelled(american, british)


@pytest.mark.parametrize(
    ("before", "after"), [("sufferers", "patients"), ("colour", "hue"), ("cell", "cells"), ("form", "from")]
)
def test_other_words_are_no_spellings(before, after):
    assert not respelled(before, after)


@pytest.mark.parametrize(
    ("phrase", "pos", "tag", "form"),
    [
        ("adjustment", "NOUN", "NNS", "adjustments"),
        ("create", "VERB", "VBN", "created"),
        ("bosom peril", "NOUN", "NNS", "bosom perils"),
        ("carry out", "VERB", "VBD", "carried out"),
        ("along with the", "PHRASE", "", "along with the"),
    ],
)
def test_inflection(phrase, pos, tag, form):
    assert inflect(phrase, pos, tag) == form


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "spun\tcanonicle\tpos\tdomain\ttier\nx\ty\tNOUN\tg\task\n",
            "canonicle.*columns are spun, canonical",
        ),
        ("spun\tpos\tdomain\ttier\nx\tNOUN\tg\task\n", "missing column 'canonical'"),
        (HEADER + "x\ty\tNOUN\tg\tmaybe\t\n", ":2: unknown tier 'maybe'.*auto, ask, never"),
        (HEADER + "x\ty\tNOON\tg\task\t\n", ":2: unknown pos 'NOON'"),
        (HEADER + "a\tb\tNOUN\tg\task\t\nx\ty\n", ":3: 2 columns"),
        (HEADER + "x\tx\tNOUN\tg\task\t\n", "corrects to itself"),
        (HEADER + "x\t\tNOUN\tg\task\t\n", "no canonical form"),
        (HEADER + "\ty\tNOUN\tg\task\t\n", "nothing in the column 'spun'"),
    ],
)
def test_errors_name_file_row_and_remedy(tmp_path, text, named):
    path = tmp_path / "bad.tsv"
    path.write_text(text, encoding="utf8")
    with pytest.raises(TextrepairError, match=named) as caught:
        read(path)
    assert "bad.tsv" in str(caught.value)


def test_not_utf8_names_the_byte(tmp_path):
    path = tmp_path / "latin.tsv"
    path.write_bytes(HEADER.encode() + "naïf\tnaive\tADJ\tg\task\t\n".encode("latin-1"))
    with pytest.raises(TextrepairError, match="byte 38"):
        read(path)


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "excel.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + "x\ty|z\tNOUN\tg\task\t\n").replace("\n", "\r\n").encode())
    assert [(e.spun, e.canonical) for e in read(path)] == [("x", ("y", "z"))]


def test_a_phrase_is_found_over_a_line_break_but_not_inside_a_hyphenated_word():
    lexicon = Lexicon([[e for e in default_entries() if e.spun == "bosom peril"]])
    assert [(m.start, m.end) for m in lexicon.find(segment("A bosom\nperil."))] == [(2, 13)]
    for text in ("A cross-bosom peril.", "A cross-\nbosom peril.", "A bosom peril-\r\n  free life."):
        assert not list(lexicon.find(segment(text)))
    assert len(list(lexicon.find(segment("A dash -\nbosom peril - \nis none.")))) == 1


def test_every_form_of_an_entry_bends_both_sides_alike():
    for e in default_entries()[:500]:
        for spun, canonical, tag in expand(e):
            assert spun
            assert e.tier == "never" or canonical, (e, tag)


@pytest.mark.parametrize(
    ("text", "word", "after", "lost"),
    [
        ("Income rose while expenditure fell.", "expenditure", "consumption", True),
        ("Income rose while expenditure fell.", "expenditure", "spending", True),
        ("Immigration exceeded emigration.", "emigration", "migration", True),
        ("Immigration fell. Then emigration rose.", "emigration", "migration", False),
        ("Many did emigrate.", "emigrate", "migrate", False),
        ("Sufferers with low values had higher ones.", "Sufferers", "Patients", False),
        ("Bone density fell while the fracture price rose.", "rose", "increased", False),
        ("Bone density fell while the fracture price rose.", "price rose", "rate increased", True),
        ("Bone density fell while the fracture price rose.", "price rose", "rate rose", False),
        # nor is a word of science exchanged for another one of its side
        ("Past infection, but not current infection", "current", "present", True),
        ("The current infection was the first.", "current", "present", False),
        # function words stand in no contrast
        ("It went to us from them.", "to", "toward", False),
        ("This may and will happen.", "will", "does", False),
    ],
)
def test_what_stands_in_contrast_keeps_its_side(text, word, after, lost):
    at = text.index(word)
    assert Contrasts(segment(text)).loses(at, at + len(word), after) is lost


@pytest.mark.parametrize(
    ("word", "after", "lost"),
    [("bosom peril", "breast cancer", False), ("bosom peril", "lung cancer", True)],
)
def test_a_listed_term_in_contrast_keeps_its_side_as_a_whole(word, after, lost):
    text = "They had bosom peril or a disease of the kidney."
    at = text.index(word)
    loses = Contrasts(segment(text)).loses
    assert loses(at, at + len(word), after, term=True) is lost
    assert loses(at, at + len(word), after) is True

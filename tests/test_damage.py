"""Damage that is no synonym: cases of every family, the two seed pages, and what may not happen."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import textrepair
from textrepair import TextrepairError
from textrepair.bench.score import Change, read_gold, score
from textrepair.damage.families import FAMILIES, find_damage
from textrepair.edits import splice
from textrepair.webpage import main_text

ROOT = Path(__file__).parents[1]
NAMES = [f.name for f in FAMILIES]
CASES = [
    json.loads(line) for line in (ROOT / "tests/cases/damage.jsonl").read_text(encoding="utf8").splitlines()
]
THRESHOLD = 0.4


def mended(text: str, families: list[str] = NAMES) -> str:
    return splice(text, find_damage(text, families, [], THRESHOLD).edits)


def page(number: str) -> str:
    [path] = (ROOT / "seeds").glob(f"{number}_*.txt")
    return path.read_bytes().decode()


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["repaired"] != c["text"]], ids=lambda c: c["text"][:40]
)
def test_damage_is_mended_by_its_family(case):
    assert mended(case["text"], [case["family"]]) == case["repaired"]


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["repaired"] == c["text"]], ids=lambda c: c["text"][:40]
)
def test_no_family_touches_sound_text(case):
    assert mended(case["text"]) == case["text"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:40])
def test_what_is_mended_stays(case):
    once = mended(case["text"])
    assert mended(once) == once


def test_every_family_has_cases_of_both_sorts():
    counts = Counter((c["family"], c["repaired"] != c["text"]) for c in CASES)
    assert all(counts[name, damaged] >= 20 for name in NAMES for damaged in (True, False)), counts


def test_spun_page():
    text = page("000")
    gold = read_gold(ROOT / "benchmarks/data/seed_000.gold.jsonl")
    found = find_damage(text, NAMES, [], THRESHOLD)
    result = score(text, [Change(e.start, e.end, e.after) for e in found.edits], gold)
    assert not result.wrong_edits
    assert result.by_kind["artifact"] == (7, 7)
    assert result.by_kind["injected"] == (2, 2)
    assert result.by_kind["number"] == (5, 5)
    assert result.by_kind["page-furniture"] == (1, 1)
    assert {h.before for h in found.held if h.why_not == "flag"} == {"Ctions", "CD27IgD"}


def test_listing_page_comes_out_as_its_abstracts():
    text = page("004")
    prose = [
        line for line in text.split("\n") if len(line) > 200 and re.search(r" (was|were|we|is|are|of) ", line)
    ]
    prose = [line for line in prose if not line.startswith(("Service de", "Department"))]
    assert mended(text).split("\n") == [*prose, ""]


def test_listing_page_as_html_loses_no_abstract():
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in page("004").split("\n"))
    text = main_text(f"<html><body><main>{lines}</main></body></html>")
    assert mended(text).split() == mended(page("004")).split()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("View Article and Find Full Text PDF\n" * 2000, ""),
        ("\u200b" * 10_000, ""),
        ("\u00ad" * 10_000, ""),
        ("95%\n12 views\n3\n" * 500, ""),
        ("View Article and Find Full Text PDF " * 2000, ""),
        ("a" * 100_000, None),
        ("theirsafety" * 5000, None),
        ("A" * 100_000, None),
        ("one," * 20_000, None),
        (" " * 100_000, None),
        ("co-\n" * 20_000, None),
        ("Ã©" * 20_000, "é" * 20_000),
        ("\ufb01" * 20_000, "fi" * 20_000),
        ("a.B-1 " * 10_000, None),
        ("-|-" * 20_000, None),
        ("Google Scholar " * 7000, None),
        ("[CrossRef] [PubMed]\n" * 5000, ""),
        ("Soil Science of " * 6000, None),
        ("&amp;" * 20_000, "&" * 20_000),
        ("o¨" * 50_000, None),
        ("TNF- " * 20_000, "TNF-α " * 20_000),
        ("a b c " * 30_000, None),
        ("popu- lation " * 8000, "population " * 8000),
        ("x.1,2,3,4" * 10_000, None),
        ("JAK2 Inhibitor " * 7000, None),
        ("\ud83d" * 10_000, None),
        ("", ""),
    ],
    ids=lambda t: repr(t)[:24],
)
def test_whole_documents_of_one_kind(text, left):
    result = mended(text)
    assert result == (text if left is None else left)


def test_protected_text_is_left_alone():
    text = "Given theirsafety, it ended.BX-795 site The rest.\nDownload PDF\n"
    own = [re.compile("theirsafety"), re.compile("BX-795"), re.compile("Download")]
    assert splice(text, find_damage(text, NAMES, own, THRESHOLD).edits) == text


def test_a_stricter_threshold_holds_edits():
    found = find_damage("Given theirsafety, it ended.", NAMES, [], 0.999)
    assert not found.edits
    assert [(h.after, h.why_not) for h in found.held] == [("their safety", "low-score")]


def test_one_edit_deletes_what_another_family_would_mend_in_it():
    text = "The number of patientsOkafor BN, et al. Soil Science 2014;37:258 doi:ten.1000/1 was small."
    [edit] = find_damage(text, NAMES, [], THRESHOLD).edits
    assert edit.kind == "furniture"


def test_symspellpy_is_loaded_for_glued_words_only():
    code = (
        "import sys; from textrepair.damage.families import FAMILIES, find_damage;"
        "find_damage('The risk of cromakalim in mice.', [f.name for f in FAMILIES], [], 0.4);"
        "print('symspellpy' in sys.modules);"
        "find_damage('The risk ofserious harm.', [f.name for f in FAMILIES], [], 0.4);"
        "print('symspellpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_damage_and_synonyms_in_one_repair(repairer):
    text = "Given theirsafety, the sufferers with bosom peril.BX-795 site The sufferers were ad-mitted."
    repair = repairer.explain(text)
    assert repair.text == "Given their safety, the patients with breast cancer. The patients were admitted."
    assert all(text[e.start : e.end] == e.before for e in (*repair.edits, *repair.held))
    families = {e.source for e in repair.edits}
    assert {"words", "advertisements"} <= families
    assert repairer.explain(repair.text).text == repair.text
    undone = repair
    for edit in repair.edits:
        undone = undone.revert(edit)
    assert undone.text == text


def test_families_are_chosen_by_name(repairer):
    text = "Given theirsafety, no bosom peril.View Article and Find Full Text PDF"
    assert repairer.only(["words"]).fix(text) == text.replace("theirsafety", "their safety")
    assert repairer.only(["synonyms"]).fix(text) == text.replace("bosom peril", "breast cancer")
    assert repairer.only([]).fix(text) == text
    assert textrepair.fix(text, families=["furniture"]) == "Given theirsafety, no bosom peril."


def test_an_unknown_family_lists_the_known_ones():
    with pytest.raises(TextrepairError, match=r"none named 'typos'.*synonyms, furniture.*truncation"):
        textrepair.load(families=["typos"])
    with pytest.raises(TextrepairError, match="families: give a list of strings"):
        textrepair.load(families="words")


def test_readme_lists_every_family_as_its_first_case_has_it():
    listed = (ROOT / "README.md").read_text(encoding="utf8").partition("<!-- damage -->\n")[2]
    assert listed.startswith(readme_list())


def readme_list() -> str:
    """One line a family: its first case, before and after."""
    first = {c["family"]: c for c in reversed(CASES)}
    shown = [(name, *(first[name][k].replace("\n", "⏎") for k in ("text", "repaired"))) for name in NAMES]
    return "".join(f"- **{name}**: *{before}* → *{after or '(nothing)'}*\n" for name, before, after in shown)

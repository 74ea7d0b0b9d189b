"""Promises of the pipeline on any text: offsets, idempotence, batch size, protection, bad input."""

import gc
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import textrepair
from textrepair import TextrepairError
from textrepair.edits import splice

CASES = Path(__file__).parents[1] / "cases"
SEEDS = Path(__file__).parents[2] / "seeds"
SENTENCES = [
    sentence
    for name in ("synthetic", "negative")
    for line in (CASES / f"{name}.jsonl").read_text(encoding="utf8").splitlines()[:40]
    for sentence in [json.loads(line)["text"]]
]
SPUN = (
    "The sufferers with bosom peril may perhaps have an ailment. The sufferers had an elevated heart price."
)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def documents(draw):
    """Spun and clean sentences in any order, with odd characters and layout between them."""
    parts = draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
    glue = st.sampled_from(
        [" ", "\n", "\r\n\r\n", "\t", "  ", " \U0001f9ec ", " \u202e", "\x00", "\ud800", "e\u0301 "]
    )
    return "".join(p + draw(glue) for p in parts)


@few
@given(text=documents())
def test_text_is_source_with_edits_and_offsets_fit(repairer, text):
    repair = repairer.explain(text)
    assert repair.source == text
    assert repair.text == splice(text, repair.edits) == repairer.fix(text)
    for e in (*repair.edits, *repair.held):
        assert text[e.start : e.end] == e.before != e.after
        assert 0 <= e.score <= 1
        assert e.reason


@settings(few, max_examples=8)
@given(texts=st.lists(documents(), min_size=1, max_size=7), size=st.integers(1, 8))
def test_batch_size_changes_nothing(repairer, texts, size):
    for together, alone in zip(
        repairer.pipe(texts, batch_size=size), map(repairer.explain, texts), strict=True
    ):
        assert together.text == alone.text
        for a, b in zip(together.edits, alone.edits, strict=True):
            assert (a.start, a.end, a.after, a.reason) == (b.start, b.end, b.after, b.reason)
            # sums of a matrix product are not associative, and its blocks depend on its size
            assert a.score == pytest.approx(b.score, abs=1e-3)


@few
@given(text=st.text(st.characters(codec=None), max_size=300))
def test_any_string_survives(repairer, text):
    repair = repairer.explain(text)
    assert splice(text, repair.edits) == repair.text


@pytest.mark.parametrize("name", sorted(p.name for p in SEEDS.glob("*.txt")))
def test_fix_is_idempotent_on_whole_pages(repairer, name):
    once = repairer.fix((SEEDS / name).read_bytes().decode())
    assert repairer.fix(once) == once


def test_revert_gives_back_the_source(repairer):
    repair = repairer.explain(SPUN)
    assert repair.edits
    for e in repair.edits:
        repair = repair.revert(e)
    assert repair.text == SPUN


@pytest.mark.parametrize("text", ["", " ", "\n\r\n\t", "…", "12.5 %", "\x00", "\ud83d"])
def test_text_without_words_is_returned_as_it_is(repairer, text):
    assert repairer.fix(text) == text


@pytest.mark.parametrize("bad", [None, b"sufferers", 3, ["sufferers"]])
def test_not_a_str_is_a_type_error_that_names_it(repairer, bad):
    with pytest.raises(TypeError, match=type(bad).__name__):
        repairer.fix(bad)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "sufferers " * 3_000, "\u202eאבג " * 50_000, "-" * 1_000_000]
)
def test_a_megabyte_on_one_line(repairer, text):
    repair = repairer.explain(text)
    assert splice(text, repair.edits) == repair.text


def test_layout_outside_edits_is_kept(repairer):
    text = SPUN.replace(" ", "\r\n\t ", 3).replace(". ", ".\u00a0\u2028")
    repair = repairer.explain(text)
    assert repair.edits
    assert repair.text.count("\r\n") == text.count("\r\n")


@pytest.mark.parametrize(
    ("spun", "repaired"),
    [
        ("SUFFERERS", "PATIENTS"),
        ("Sufferers", "Patients"),
        ("sufferers", "patients"),
        ("“sufferers”", "“sufferers”"),
    ],
)
def test_letter_case_is_kept_and_quotations_are_not_touched(repairer, spun, repaired):
    text = repairer.fix(
        f"{SPUN} {spun} with bosom peril were treated, and sufferers were followed for two years."
    )
    assert f" {repaired} with" in text


def test_protected_terms_and_patterns_are_left_alone():
    for setting in ({"protect": ["Bosom peril"]}, {"protect_patterns": [r"bosom\s+\w+"]}):
        text = textrepair.load(**setting).fix(SPUN)
        assert "bosom peril" in text
        assert "patients" in text


def test_a_lexicon_on_top_wins(tmp_path):
    own = tmp_path / "own.tsv"
    own.write_text(
        "spun\tcanonical\tpos\tdomain\ttier\tnote\nbosom peril\tbreast tumour\tNOUN\town\tauto\t\n"
    )
    assert "breast tumour" in textrepair.load(lexicon=own).fix(SPUN)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"min_scor": 0.5}, "min_score"),
        ({"min_score": 1.5}, "1.5"),
        ({"min_score": float("nan")}, "nan"),
        ({"protect": "patients"}, "list"),
        ({"protect": [1]}, "list"),
        ({"min_score": "0.9"}, "'0.9'"),
        ({"max_harm": -1}, "-1"),
        ({"gate": 1.5}, r"gate: 1\.5 is no probability"),
        ({"gate": float("nan")}, "gate: nan"),
        ({"gate": "0.5"}, "gate: '0.5'"),
        ({"gate": None}, "gate: None"),
        ({"max_harm": 1, "min_score": 0.5}, "one of them"),
        ({"protect_patterns": ["("]}, r"'\('"),
        ({"name": "en_sci_xl"}, "en_sci_sm"),
        ({"lexicon": "no_such.tsv"}, "no_such.tsv"),
    ],
)
def test_bad_settings_name_the_value_and_what_is_valid(settings, named):
    with pytest.raises(TextrepairError, match=named):
        textrepair.load(**settings)


def test_pipe_refuses_what_it_would_read_letter_by_letter_or_not_at_all(repairer):
    with pytest.raises(TypeError, match="explain"):
        repairer.pipe(SPUN)
    with pytest.raises(TextrepairError, match="batch_size: 0"):
        repairer.pipe([SPUN], batch_size=0)


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\r\n    ", "\u00a0", "  ", "\t"])
def test_line_ends_and_odd_spaces_hide_no_phrase(repairer, gap):
    text = SPUN.replace("bosom peril", f"bosom{gap}peril")
    assert f"breast{gap}cancer" in repairer.fix(text)


def test_an_auto_entry_works_in_a_document_that_is_clean_otherwise(repairer):
    text = "Women with bosom peril were randomised to tamoxifen or placebo."
    assert repairer.fix(text) == text.replace("bosom peril", "breast cancer")


def test_a_lexicon_that_changed_on_disk_is_read_again(tmp_path):
    own = tmp_path / "own.tsv"
    for canonical in ("breast tumour", "breast carcinoma"):
        own.write_text(f"spun\tcanonical\tpos\tdomain\ttier\nbosom peril\t{canonical}\tNOUN\town\tauto\n")
        os.utime(own, ns=(1, len(canonical)))
        assert canonical in textrepair.load(lexicon=own).fix(SPUN)


def test_a_looser_threshold_needs_no_second_run(repairer):
    strict = repairer.explain(SPUN)
    loose = strict.at(0.05)
    assert {(e.start, e.end) for e in strict.edits} <= {(e.start, e.end) for e in loose.edits}


def test_a_later_pass_reads_near_repairs_alone_and_judges_the_document_as_it_came(monkeypatch):
    text = SPUN + " " + " ".join(s for s in SENTENCES if s[-1] == ".")[:4000]
    repairer = textrepair.load()
    asked, judged = [], []
    of = repairer.decision.scores

    def ask(jobs, answer=repairer.reranker.score_candidates):
        asked.extend(job for job in jobs if job.words)  # the others are readings of hidden places
        return answer(jobs)

    def scores(_, document, *rest):
        judged.append(document)
        return of(document, *rest)

    monkeypatch.setattr(repairer.reranker, "score_candidates", ask)
    monkeypatch.setattr(type(repairer.decision), "scores", scores)
    assert repairer.explain(text).edits
    assert len(asked) == len(judged) > 1
    assert len(set(judged)) == 1
    assert len(asked[1].words) < len(asked[0].words)


@pytest.mark.parametrize("collecting", [True, False])
def test_the_garbage_collector_is_left_as_it_was(repairer, monkeypatch, collecting):
    was_on, seen = gc.isenabled(), []

    def fail(texts):
        seen.append(gc.isenabled())
        raise KeyError("a bug")

    (gc.enable if collecting else gc.disable)()
    try:
        repairer.fix("An illness.")
        assert gc.isenabled() is collecting
        other = repairer.only(["synonyms"])
        monkeypatch.setattr(other, "_repair", fail)
        with pytest.raises(KeyError):
            other.fix("An illness.")
        assert (seen, gc.isenabled()) == ([False], collecting)
    finally:
        (gc.enable if was_on else gc.disable)()


@pytest.mark.parametrize(
    ("text", "tier", "source"),
    [
        ("No bosom peril.", "ask", "lexicon:biomedical"),
        ("It was read by a faulty neural network (CNN).", "auto", "reranker:acronym"),
        ("Given theirsafety profile.", "", "words"),
    ],
)
def test_an_edit_names_its_tier_and_source(repairer, text, tier, source):
    [edit] = repairer.explain(text).edits
    assert (edit.tier, edit.source) == (tier, source)
    assert edit.reason.startswith(source)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("The scans were read by a convolutional neural system (CNN).", "convolutional neural network (CNN)"),
        ("The study is of forty people with Parkinson's ailment (PD).", "Parkinson's disease (PD)"),
    ],
)
def test_an_acronym_is_no_less_sure_of_what_the_lexicon_lists_too(repairer, text, canonical):
    """No other long form (*convolution neural network*, *Parkinson disease*) takes its place."""
    assert canonical in repairer.fix(text)

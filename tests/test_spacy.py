"""The spaCy component: what it leaves on a `Doc`, in one process and in several, and saved pipelines."""

from __future__ import annotations

import inspect
import pickle
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from textrepair import Edit, Repair, Repairer, TextrepairError
from textrepair.settings import Settings
from textrepair.spacy_component import BATCH, create

SPUN = "The sufferers were treated for bosom peril."
FIXED = "The patients were treated for breast cancer."
CLEAN = "Two patients were treated with a new drug."


def pipeline(**config: object) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("textrepair", config=config)
    return nlp


@pytest.fixture(scope="module")
def nlp() -> Language:
    return pipeline()


def test_a_doc_keeps_its_text_and_says_how_to_repair_it(nlp: Language, repairer: Repairer) -> None:
    doc = nlp(SPUN)
    assert doc.text == SPUN
    assert doc._.repair == repairer.explain(SPUN)
    assert doc._.detection == doc._.repair.detection == repairer.detect(SPUN)
    assert doc._.repair.text == FIXED
    spans = doc.spans["textrepair"]
    assert [s.text for s in spans] == ["sufferers", "bosom peril"]
    assert [s.label_ for s in spans] == [e.kind for e in doc._.repair.edits]
    assert [s._.edits for s in spans] == [(e,) for e in doc._.repair.edits]
    assert doc[:3]._.edits == doc._.repair.edits[:1]
    assert doc[2:3]._.edits == ()


def test_a_doc_without_edits_and_one_that_was_never_read(nlp: Language) -> None:
    for text in (CLEAN, "", " \n"):
        doc = nlp(text)
        assert doc._.repair.text == text
        assert list(doc.spans["textrepair"]) == []
    doc = nlp.make_doc(SPUN)
    assert doc._.repair is None
    assert doc._.detection is None
    assert doc[:]._.edits == ()


def test_another_repair_moves_the_spans(nlp: Language) -> None:
    doc = nlp(SPUN)
    doc._.repair = doc._.repair.revert(doc._.repair.edits[0])
    assert [s.text for s in doc.spans["textrepair"]] == ["bosom peril"]
    assert [h.before for h in doc._.repair.held if h.why_not == "reverted"] == ["sufferers"]


# name: (text with what is replaced in brackets, what replaces it, the tokens that are marked)
MARKED = {
    "a word": ("In [sufferers].", "patients", ["sufferers"]),
    "part of a word": ("Of [theirsafe]ty.", "their safe", ["theirsafety"]),
    "words and marks": ("It [fell,th]en rose.", "fell, th", ["fell", ",", "then"]),
    "white space at its edges": ("It fell[ Cheap drug ]now.", " ", ["Cheap", "drug"]),
    "a space that splits a word": ("The cel[ ]ls died.", "", ["cel", "ls"]),
    "spaces that are a token": ("Some [ ]cells", "", ["Some", " ", "cells"]),
    "a space put into a word": ("Of their[]safety.", " ", ["theirsafety"]),
    "a space put between words": ("It fell,[]then", " ", [",", "then"]),
    "at the start": ("[]Fell ill.", "It ", ["Fell"]),
    "at the end": ("It fell[]", ".", ["fell"]),
}


@pytest.mark.parametrize("name", MARKED)
def test_a_span_covers_the_tokens_that_change(nlp: Language, name: str) -> None:
    marked_text, after, tokens = MARKED[name]
    left, before, right = re.split(r"[][]", marked_text)
    edit = Edit(len(left), len(left + before), before, after, "artifact", 0.9, "rule")
    doc = nlp.make_doc(left + before + right)
    doc._.repair = Repair(doc.text, (edit,))
    [span] = doc.spans["textrepair"]
    assert [t.text for t in span] == tokens
    assert span._.edits == (edit,)


@pytest.mark.parametrize(
    ("config", "done"),
    [
        ({"families": ["words"]}, SPUN),
        ({"protect": ["sufferers"]}, FIXED.replace("patients", "sufferers")),
        ({"min_score": 1.0}, SPUN),
        ({"model": "en_sci_sm", "min_score": None, "lexicon": [], "protect": []}, FIXED),
    ],
)
def test_settings_are_those_of_load(config: dict[str, object], done: str) -> None:
    assert pipeline(**config)(SPUN)._.repair.text == done


def test_every_setting_can_be_given() -> None:
    """But for the format: what a `Doc` holds is plain text."""
    assert {f.name for f in fields(Settings)} - {"format"} <= set(inspect.signature(create).parameters)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"min_scor": 0.5}, "'min_scor'(.|\n)*'min_score'"),
        ({"min_score": 1.5}, "min_score: 1.5"),
        ({"protect": "patients"}, "protect: give a list"),
        ({"families": ["word"]}, "'word'; they are synonyms"),
        ({"model": "en_sci_xl"}, "en_sci_sm"),
        ({"lexicon": ["no_such.tsv"]}, "no_such.tsv"),
    ],
)
def test_bad_settings_name_the_value_and_what_is_valid(config: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        pipeline(**config)


def test_a_stream_keeps_its_order_whatever_the_batch_size(nlp: Language) -> None:
    texts = [f"{text} Group {n}." for n, text in enumerate([SPUN, CLEAN] * BATCH)]
    alone = [nlp(text)._.repair.text for text in texts]
    for size in (1, 3, 1000):
        docs = list(nlp.pipe(texts, batch_size=size))
        assert [d.text for d in docs] == texts
        assert [d._.repair.text for d in docs] == alone


def test_a_stream_is_read_no_further_than_it_must_be(nlp: Language) -> None:
    read = []

    def texts():
        for n in range(10 * BATCH):
            read.append(n)
            yield CLEAN

    next(iter(nlp.get_pipe("textrepair").pipe(map(nlp.make_doc, texts()), batch_size=10 * BATCH)))
    assert len(read) == BATCH


def test_contexts_stay_with_their_documents(nlp: Language) -> None:
    done = nlp.pipe([(SPUN, 1), (CLEAN, 2)], as_tuples=True)
    assert [(d._.repair.text, n) for d, n in done] == [(FIXED, 1), (CLEAN, 2)]


def test_only_what_cannot_be_repaired_goes_to_the_error_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = pipeline()
    repairer = nlp.get_pipe("textrepair").repairer
    whole = repairer.pipe

    def broken(texts):
        if "broken" in texts:
            raise RuntimeError("not this one")
        return whole(texts)

    monkeypatch.setattr(repairer, "pipe", broken)
    with pytest.raises(RuntimeError, match="not this one"):
        list(nlp.pipe([SPUN, "broken", CLEAN]))
    seen = []
    nlp.set_error_handler(lambda name, component, docs, error: seen.append((name, docs[0].text, str(error))))
    assert [d._.repair.text for d in nlp.pipe([SPUN, "broken", CLEAN])] == [FIXED, CLEAN]
    assert seen == [("textrepair", "broken", "not this one")]


def test_documents_keep_their_repair_where_they_are_kept(nlp: Language, tmp_path: Path) -> None:
    doc = nlp(SPUN)
    doc.to_disk(tmp_path / "doc")
    bin_ = DocBin(docs=[doc], store_user_data=True).to_bytes()
    kept = [
        Doc(spacy.blank("en").vocab).from_bytes(doc.to_bytes()),
        Doc(spacy.blank("en").vocab).from_disk(tmp_path / "doc"),
        *DocBin().from_bytes(bin_).get_docs(spacy.blank("en").vocab),
        pickle.loads(pickle.dumps(doc)),
        doc.copy(),
    ]
    for other in kept:
        assert other._.repair == doc._.repair
        assert other._.detection == doc._.detection
        assert [(s.text, s.label_) for s in other.spans["textrepair"]] == [
            (s.text, s.label_) for s in doc.spans["textrepair"]
        ]


def test_pipelines_keep_their_settings_where_they_are_kept(tmp_path: Path, lexicon: Path) -> None:
    nlp = pipeline(lexicon=[str(lexicon)], protect=["sufferers"], min_score=0.9)
    nlp.to_disk(tmp_path / "nlp")
    kept = [
        spacy.load(tmp_path / "nlp"),
        type(nlp).from_config(nlp.config).from_bytes(nlp.to_bytes()),
        pickle.loads(pickle.dumps(nlp)),
    ]
    for other in kept:
        assert other(f"{SPUN} It was zorbified.")._.repair.text == (
            "The sufferers were treated for breast cancer. It was treated."
        )
    lexicon.unlink()
    with pytest.raises(TextrepairError, match=r"lexicon\.tsv"):
        spacy.load(tmp_path / "nlp")


def test_installed_it_is_found_by_its_name() -> None:
    code = (
        "import spacy, sys\n"
        "nlp = spacy.blank('en')\n"
        "nlp.add_pipe('textrepair')\n"
        "print(nlp(sys.argv[1])._.repair.text)"
    )
    done = subprocess.run([sys.executable, "-c", code, SPUN], capture_output=True, text=True, check=True)
    assert done.stdout == FIXED + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_several_processes(start: str, tmp_path: Path) -> None:
    # The model runs before the processes start: threads of its own must not outlive a fork.
    script = tmp_path / "several.py"
    script.write_text(
        "import multiprocessing, sys\n"
        "import spacy, textrepair.spacy_component\n"
        "if __name__ == '__main__':\n"
        "    start, spun, clean = sys.argv[1:]\n"
        "    multiprocessing.set_start_method(start)\n"
        "    nlp = spacy.blank('en')\n"
        "    nlp.add_pipe('textrepair')\n"
        "    nlp(spun)\n"
        "    for doc in nlp.pipe([spun, clean] * 4, batch_size=2, n_process=2):\n"
        "        print(doc._.repair.text, *doc.spans['textrepair'], sep='|')\n"
    )
    done = subprocess.run(
        [sys.executable, script, start, SPUN, CLEAN], capture_output=True, text=True, check=True, timeout=300
    )
    lines = [f"{FIXED}|sufferers|bosom peril", CLEAN]
    assert done.stdout.splitlines() == lines * 4


def test_documents_cut_and_joined_keep_their_repairs(nlp: Language) -> None:
    doc = nlp(f"Two patients came. {SPUN} They left.")
    start = next(t.i for t in doc if t.text == "The")
    part = doc[start : start + 8].as_doc(copy_user_data=True)
    assert part._.repair.text.strip() == FIXED
    assert [e.before for e in part[:4]._.edits] == ["sufferers"]
    assert [s.text for s in part._.detection.spans] == ["sufferers", "bosom peril"]
    assert all(part.text[s.start : s.end] == s.text for s in part._.detection.spans)
    assert part[2:].as_doc(copy_user_data=True)._.repair.text.strip() == FIXED.removeprefix("The patients ")
    last = doc[start + 8 :].as_doc(copy_user_data=True)
    assert last._.repair.text == last.text
    both = Doc.from_docs([part, doc])
    assert both._.repair.text.count("breast cancer") == 2
    assert both._.repair.spun == doc._.repair.spun
    assert [e.before for e in both[:9]._.edits] == ["sufferers", "bosom peril"]
    told = [s.text for s in both._.detection.spans if s.text in ("sufferers", "bosom peril")]
    assert told == ["sufferers", "bosom peril"] * 2
    assert both._.detection.spun == doc._.detection.spun

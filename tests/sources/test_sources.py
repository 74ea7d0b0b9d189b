"""Where the original is at hand: indexing it, finding it, and reading the original words off it."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import textrepair
from corpora import jsonl
from textrepair import Repairer, TextrepairError, cli
from textrepair.corpus import indexing
from textrepair.edits import Repair
from textrepair.lexicon.protected import IsOutside
from textrepair.sources.align import align
from textrepair.sources.index import COPIES, Builder, Index
from textrepair.sources.restore import proposed, restore
from textrepair.sources.retriever import Found
from textrepair.sources.trace import Traced, compared, trace
from textrepair.sources.words import passages_of, words_of
from traced import ORIGINAL, OTHER, RELATED, SPUN, Letters, build

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases/sources.jsonl").read_text(encoding="utf8").splitlines()
]


def run(*args: object):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return build(tmp_path / "ix", OTHER, RELATED, f"{RELATED} {ORIGINAL} {OTHER}")


def restored(text: str, index: Index, free=lambda start, end: True) -> Repair:
    return restore(Repair(text), trace(text, index), 0.5, free)


def test_a_spun_passage_is_traced_to_its_place(index: Index) -> None:
    (passage,) = trace(SPUN, index)
    best = passage.sources[0]
    assert (best.document, best.start, best.end) == (
        "doc2",
        len(RELATED) + 1,
        len(RELATED) + len(ORIGINAL),  # without the full stop
    )
    assert best.probability > 0.9
    assert best.agree + best.swapped > 0.9
    assert best.text == ORIGINAL.rstrip(".")


@pytest.mark.parametrize("text", [RELATED.replace("Thalassaemia", "Anaemia"), "", " \n ", "x", "12 (34)"])
def test_offsets_hold_and_nothing_breaks(text: str, index: Index) -> None:
    for passage in trace(text, index):
        assert text[passage.start : passage.end] == text[passage.start : passage.end].strip()
        for source in passage.sources:
            assert (
                source.text
                == (f"{RELATED} {ORIGINAL} {OTHER}" if source.document == "doc2" else RELATED)[
                    source.start : source.end
                ]
            )


def test_a_text_on_the_same_subject_is_no_source(tmp_path: Path) -> None:
    only_related = build(tmp_path / "related", RELATED, OTHER)
    assert all(not p.sources or p.sources[0].probability < 0.1 for p in trace(SPUN, only_related))


def test_a_quotation_is_no_source(index: Index) -> None:
    quotation = ORIGINAL.split(". ")[0]
    text = (
        f"A recent review of the field begins with the words “{quotation}”. We could not confirm this in "
        "our own register, in which half of all families live a day's walk from the nearest clinic, and "
        "where drugs are often out of stock for weeks. Nurses told us that they give what they have, and "
        "that mothers come back only when a child can no longer walk. What is needed first is a road."
    )
    assert all(not p.sources or p.sources[0].probability < 0.5 for p in trace(text, index))


def test_a_few_words_prove_little(index: Index) -> None:
    short = "Serum ferritin decreased, and iron overload is a complication."
    assert all(not p.sources or p.sources[0].probability < 0.5 for p in trace(short, index))


def test_the_original_words_come_back(index: Index) -> None:
    repair = restored(SPUN, index)
    assert repair.text == ORIGINAL
    assert all(e.reason.startswith("source:doc2:") and e.score > 0.9 for e in repair.edits)
    document = f"{RELATED} {ORIGINAL} {OTHER}"
    for e in repair.edits:
        start, end = map(int, e.reason.rsplit(":", 1)[1].split("-"))
        assert document[start:end] == e.after


@pytest.mark.parametrize(
    ("was", "now"),
    [("1310", "1130"), ("Kenya", "Uganda"), ("diminished", "increased"), ("did not change", "changed")],
)
def test_what_was_changed_on_purpose_is_held(was: str, now: str, index: Index) -> None:
    repair = restored(SPUN.replace(was, now), index)
    assert now in repair.text
    assert [h.why_not for h in repair.held] == ["source-differs"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["why"])
def test_wordings_come_back_as_they_stood(case: dict[str, str], tmp_path: Path) -> None:
    there = build(tmp_path / "there", f"{ORIGINAL} {case['there']}", OTHER)
    repair = restored(f"{SPUN} {case['here']}", there)
    assert repair.text == f"{ORIGINAL} {case.get('restored', case['there'])}"


def test_a_text_that_is_not_spun_is_left_alone(tmp_path: Path) -> None:
    for n, (text, there) in enumerate([(ORIGINAL, ORIGINAL), (ORIGINAL, SPUN), (RELATED, ORIGINAL)]):
        repair = restored(text, build(tmp_path / str(n), there, OTHER))
        assert (repair.edits, repair.held) == ((), ())


def test_of_two_sources_the_less_spun_wins(tmp_path: Path) -> None:
    half = SPUN[: SPUN.index("Mean")] + ORIGINAL[ORIGINAL.index("Mean") :]
    repair = restored(SPUN, build(tmp_path / "two", half, ORIGINAL, OTHER))
    assert repair.text == ORIGINAL


def test_what_a_user_protects_stays(index: Index) -> None:
    at = SPUN.index("sufferers")
    repair = restored(SPUN, index, IsOutside([(at, at + len("sufferers"))]))
    assert repair.text == ORIGINAL.replace("in patients", "in sufferers", 1)
    assert [h.why_not for h in repair.held] == ["protected"]


@pytest.mark.parametrize(
    "boilerplate",
    [
        "Statistical analysis was performed with SPSS for Windows, version 16.0 (SPSS Inc., Chicago, IL, "
        "USA). A P value of less than 0.05 was considered statistically significant.",
        "All procedures were approved by the ethics committee of the hospital, and written informed consent "
        "was obtained from every patient before enrolment.",
    ],
)
def test_a_set_phrase_is_no_source(boilerplate: str, tmp_path: Path) -> None:
    there = build(tmp_path / "set", f"{RELATED} {boilerplate}", OTHER)
    now = (
        boilerplate.replace("16.0", "21").replace("less than", "below").replace("hospital", "Faculty of Law")
    )
    mine = f"Forty students of Bologna read two poems aloud. {now} Vowels were longer in the second poem."
    assert all(not p.sources or p.sources[0].probability < 0.5 for p in trace(mine, there))


@given(
    st.lists(
        st.sampled_from("the a sufferers patients of 12 Kenya bosom breast. It was".split()), max_size=30
    )
)
def test_an_alignment_covers_the_passage_in_order(some: list[str]) -> None:
    passage, source = words_of(" ".join(some)), words_of(ORIGINAL)
    blocks = align(passage, source)
    if blocks:
        assert (blocks[0].a, blocks[-1].b) == (0, len(passage))
        assert all(x.b == y.a and x.d == y.c for x, y in itertools.pairwise(blocks))
        assert all(b.b - b.a == b.d - b.c for b in blocks if b.tag != "other")


def test_a_passage_none_of_whose_words_stays_in_its_place_is_one_difference() -> None:
    (block,) = align(words_of("Kinase zebrafish"), words_of("zebrafish thalassaemia in"))
    assert (block.tag, block.a, block.b) == ("other", 0, 2)


@given(
    st.lists(st.sampled_from("sufferers with Thalassaemia 12 ( ), - . \n".split(" ")), max_size=9),
    st.integers(0, len(SPUN)),
    st.integers(0, 40),
)
def test_edits_of_a_source_never_overlap(some: list[str], at: int, length: int) -> None:
    text = f"{SPUN[:at]}{' '.join(some)}{SPUN[at + length :]}"
    source = compared(words_of(text), Found("doc", 0, ORIGINAL, 1.0))
    assert source
    edits = sorted(edit for edit, _ in proposed(text, source))
    assert all(text[e.start : e.end] == e.before for e in edits)
    assert all(x.end <= y.start for x, y in itertools.pairwise(edits))


@given(st.text(alphabet="ab.\n A1", max_size=400))
def test_passages_hold_every_word_once(text: str) -> None:
    inside = [w for a, b in passages_of(text) for w in text[a:b].split()]
    assert inside == text.split()


def test_a_passage_that_stands_there_often_does_not_hide_others(tmp_path: Path) -> None:
    many = build(tmp_path / "many", *[OTHER] * 50, ORIGINAL)
    assert many.manifest.copies == (50 - COPIES) * (many.manifest.passages - 1) // COPIES
    (passage,) = trace(SPUN, many)
    assert passage.sources[0].document == "doc50"


def test_documents_are_named_by_id_or_by_file_and_row(corpus: Path, tmp_path: Path) -> None:
    for name in ("a.jsonl", "deep/d.tsv"):
        text = ORIGINAL if name == "a.jsonl" else RELATED
        (corpus / name).write_bytes(jsonl(text) if name == "a.jsonl" else f"text\n{text}\n".encode())
    done = run("index", corpus, "-o", tmp_path / "ix")
    assert done.exit_code == 0, done.stderr
    for text, name in ((ORIGINAL, "0"), (RELATED, "deep/d.tsv:0")):
        (passage,) = trace(text, Index(tmp_path / "ix"))
        assert (passage.sources[0].document, passage.sources[0].agree) == (name, 1.0)


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl(OTHER, RELATED, ORIGINAL))
    monkeypatch.setattr(indexing, "PART_CHARACTERS", 1)

    def stop(manifest, share):
        if manifest.documents == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        indexing.index([path], tmp_path / "ix", on_progress=stop)
    with pytest.raises(TextrepairError, match="half-built, 2 documents are in; give the same"):
        Index(tmp_path / "ix")
    done = indexing.index([path], tmp_path / "ix")
    assert (done.manifest.documents, done.manifest.passages) == (3, 3)
    (passage,) = trace(SPUN, Index(tmp_path / "ix"))
    assert [s.document for s in passage.sources] == ["2"]


def test_what_was_added_and_not_kept_is_dropped(tmp_path: Path) -> None:
    build(tmp_path / "ix", RELATED)
    lost = Builder(tmp_path / "ix")
    lost.add("lost", ORIGINAL)
    lost._writer.commit()  # as a crash between the terms and the manifest leaves it
    lost._writer.wait_merging_threads()
    lost._texts.close()
    index = build(tmp_path / "ix", OTHER)
    assert index.manifest.documents == 2
    assert not [p for p in trace(SPUN, index) if p.sources]


def test_more_is_added_later_and_nothing_twice(tmp_path: Path) -> None:
    for name, text in (("a", OTHER), ("b", ORIGINAL)):
        (tmp_path / f"{name}.txt").write_text(text)
    assert run("index", tmp_path / "a.txt", "-o", tmp_path / "ix").exit_code == 0
    done = run("index", tmp_path / "a.txt", tmp_path / "b.txt", "-o", tmp_path / "ix")
    assert "2 documents" in done.stderr
    assert "1 of 2 files there before" in done.stderr
    (tmp_path / "b.txt").write_text(ORIGINAL + " More.")
    done = run("index", tmp_path / "b.txt", "-o", tmp_path / "ix")
    assert done.exit_code == 2
    assert "b.txt: has changed since it was indexed" in done.stderr
    assert [p.sources[0].document for p in trace(SPUN, Index(tmp_path / "ix"))] == ["b.txt:0"]


def test_bad_indexes_are_named_with_a_remedy(index: Index, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(SPUN)
    folder, manifest = index.folder, index.folder / "manifest.json"
    whole = manifest.read_bytes()

    def told(where: Path = folder) -> str:
        done = run("trace", tmp_path / "page.txt", "--index", where)
        assert (done.exit_code, done.stdout) == (2, "")
        return done.stderr

    assert "there is no such index; make one: textrepair index" in told(tmp_path / "nothing")
    assert "no index, for it has no manifest.json" in told(tmp_path)
    assert "is a file; an index is a folder" in told(tmp_path / "page.txt")
    manifest.write_bytes(whole.replace(b'"format": 1', b'"format": 7'))
    assert "an index of version 7 where 1 is read" in told()
    manifest.write_bytes(whole[:100])
    assert "cannot be read" in told()
    for odd in {"files": 3}, {"colour": "red"}:
        manifest.write_text(json.dumps({**json.loads(whole), **odd}))
        assert f"manifest.json: damaged (it should not say {next(iter(odd))} so)" in told()
    manifest.write_bytes(whole)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size > 200 and path != manifest:
            held = path.read_bytes()
            path.write_bytes(held[:-100])
            assert f"damaged, {path.relative_to(folder)} has" in told()
            path.write_bytes(held)
    texts = folder / "texts.sqlite"
    held = texts.read_bytes()
    texts.write_bytes(bytes(len(held)))
    assert "damaged" in told()
    texts.unlink()
    assert "texts.sqlite is missing" in told()
    texts.write_bytes(held)
    assert run("trace", tmp_path / "page.txt", "--index", folder).exit_code == 0


@pytest.mark.engines
def test_vectors_are_kept_for_all_passages_by_one_model_or_for_none(index: Index, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ORIGINAL)
    done = run("index", tmp_path / "a.txt", "-o", index.folder, "--dense")
    assert done.exit_code == 2
    assert "holds passages without vectors; leave --dense out, or build it anew" in done.stderr
    assert index.alike(SPUN, limit=3, around=100) == []
    assert Index(index.folder, Letters()).alike(SPUN, limit=3, around=100) == []
    manifest = index.folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "vectors": "b" * 64}))
    done = run("index", tmp_path / "a.txt", "-o", index.folder)
    assert done.exit_code == 2
    assert "holds vectors of its passages; give --dense" in done.stderr
    for command in (("trace", "--index"), ("fix", "--sources"), ("index", "--dense", "-o")):
        done = run(*command[:-1], tmp_path / "a.txt", command[-1], index.folder)
        assert done.exit_code == 2
        assert "made by another model (weights bbbbbbbbbbbb) than the one here" in done.stderr
    assert [p.sources[0].document for p in trace(SPUN, Index(index.folder))] == ["doc2"]


def test_a_missing_library_of_vectors_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    monkeypatch.delitem(sys.modules, "textrepair.sources.vectors", raising=False)
    monkeypatch.delattr("textrepair.sources.vectors", raising=False)
    (tmp_path / "a.txt").write_text(ORIGINAL)
    done = run("index", tmp_path / "a.txt", "-o", tmp_path / "ix", "--dense")
    assert done.exit_code == 2
    assert "this needs faiss: pip install 'textrepair[dense]'" in done.stderr
    assert run("index", tmp_path / "a.txt", "-o", tmp_path / "ix").exit_code == 0


def test_an_index_is_not_written_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ORIGINAL)
    done = run("index", tmp_path / "a.txt", "-o", tmp_path)
    assert done.exit_code == 2
    assert "holds something that is no index" in done.stderr
    done = run("index", tmp_path / "a.txt", "-o", tmp_path / "a.txt")
    assert "is a file; an index is a folder" in done.stderr


@pytest.fixture
def beside(repairer: Repairer, index: Index) -> Repairer:
    return repairer.beside(str(index.folder))


def test_a_repair_reads_off_its_source_and_is_as_without_elsewhere(
    beside: Repairer, repairer: Repairer
) -> None:
    elsewhere = "The sufferers were treated for bosom peril, and it took them a while. " * 3
    glued = SPUN.replace("normal blood", "normalblood")
    text = f"{glued}\n\n{elsewhere}"
    repair = beside.explain(text)
    assert repair.text.startswith(f"{ORIGINAL}\n\n")
    after = len(glued) + 2
    assert [e for e in repair.edits if e.start >= after] == [
        e for e in repairer.explain(text).edits if e.start >= after
    ]
    assert {e.source for e in repair.edits if e.start < after} >= {"source"}
    for edit in repair.edits:
        assert text[edit.start : edit.end] == edit.before


def test_sources_have_their_say_only_on_swapped_words(beside: Repairer) -> None:
    assert beside.only(["words"]).fix(SPUN) == SPUN


def test_the_face_takes_sources(index: Index, tmp_path: Path) -> None:
    assert textrepair.fix(SPUN, sources=index.folder) == ORIGINAL
    assert textrepair.explain(SPUN, sources=str(index.folder)).edits[0].reason.startswith("source:doc2:")
    with pytest.raises(TextrepairError, match="no such index"):
        textrepair.fix(SPUN, sources=tmp_path / "nothing")
    with pytest.raises(TextrepairError, match="sources: 3 is no index"):
        textrepair.load(sources=3)


def test_a_corpus_is_cleaned_beside_its_sources(index: Index, tmp_path: Path) -> None:
    (tmp_path / "spun.jsonl").write_bytes(jsonl(SPUN))
    for out in ("out.jsonl", "again.jsonl"):
        done = run(
            "clean", tmp_path / "spun.jsonl", "-o", tmp_path / out, "--sources", index.folder, "-j1", "--json"
        )
        assert done.exit_code == 0, done.stderr
        assert json.loads((tmp_path / out).read_text())["text"] == ORIGINAL
        assert json.loads(done.stdout)["reasons"].keys() == {"source"}
    build(index.folder, RELATED)
    done = run(
        "clean", tmp_path / "spun.jsonl", "-o", tmp_path / "out.jsonl", "--sources", index.folder, "-j1"
    )
    assert "with another sources" in done.stderr
    done = run("fix", tmp_path / "spun.jsonl", "--sources", tmp_path)
    assert (done.exit_code, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "engine",
    [
        pytest.param([], marks=pytest.mark.slow),
        pytest.param(["--engine", "ray"], marks=pytest.mark.engines),
    ],
    ids=["workers", "ray"],
)
def test_each_worker_opens_the_sources_for_itself(engine: list[str], index: Index, tmp_path: Path) -> None:
    (tmp_path / "spun.jsonl").write_bytes(jsonl(*[SPUN] * 20))
    given = [tmp_path / "spun.jsonl", "-o", tmp_path / "out.jsonl", "--sources", index.folder, "-j2"]
    command = "import sys; from textrepair.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", command, "clean", *map(str, given), *engine])
    assert done.returncode == 0
    rows = map(json.loads, (tmp_path / "out.jsonl").read_text().splitlines())
    assert [row["text"] for row in rows] == [ORIGINAL] * 20


@pytest.mark.parametrize("text", ["word " * 20_000, "x" * 100_000, (SPUN + "\n\n") * 20])
def test_long_texts_are_traced_passage_by_passage(text: str, index: Index) -> None:
    passages = list(trace(text, index))
    assert all(isinstance(p, Traced) for p in passages)
    assert max(p.end - p.start for p in passages) <= 100_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["word " * 400_000, "x" * 2_000_000, "12.5 IL-2 " * 200_000, f"{RELATED}\n\n" * 2000 + SPUN]
)
def test_a_query_of_two_megabytes_loses_nothing(text: str, index: Index) -> None:
    at = 0
    for passage in trace(text, index):
        assert not text[at : passage.start].strip()
        at = passage.end
    assert not text[at:].strip()
    assert text[-len(SPUN) :] != SPUN or passage.sources[0].document == "doc2"


@pytest.mark.slow
def test_copies_by_the_hundred_thousand_take_room_for_four(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(jsonl(*[OTHER] * 100_000, ORIGINAL))
    done = run("index", path, "-o", tmp_path / "ix")
    assert "passages left out that stand there several times already" in done.stderr
    many = Index(tmp_path / "ix")
    assert many.manifest.copies == (100_000 - COPIES) * (many.manifest.passages - 1) // COPIES
    assert sum(p.stat().st_size for p in (tmp_path / "ix").rglob("*")) < 10_000_000
    (passage,) = trace(SPUN, many)
    assert passage.sources[0].document == "100000"

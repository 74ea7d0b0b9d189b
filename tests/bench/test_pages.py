"""Real pages: the scorer's finer figures, folds, pages read and measured, what is stored of them."""

import json

import pytest

import textrepair
from textrepair.bench.pages import Page, favourites, fold_of, measure, measure_changes, read_pages
from textrepair.bench.score import (
    Change,
    Gold,
    Row,
    area,
    auc,
    calibration_error,
    curve,
    exact_sentences,
    interval,
    labelled_words,
    recall_at,
    reliability,
    score,
    sentence_rows,
    verdicts,
    word_rows,
)
from textrepair.bench.stored import judged, store
from textrepair.bench.tally import share, table, tally
from textrepair.detection import Detection, SwappedSpan
from textrepair.edits import Edit, Held, Repair
from textrepair.errors import TextrepairError

TEXT = "The flag to commotion proportion of a sufferer. It was tiny in size."
GOLD = (
    Gold(4, 32, ("signal to noise ratio", "SNR"), "terminology"),
    Gold(38, 46, ("patient",), "terminology"),
    Gold(55, 59, None, "neutral"),
)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (Change(4, 32, "signal to noise ratio"), "right"),
        (Change(4, 32, "snr"), "right"),
        (Change(4, 8, "signal"), "partly"),
        (Change(12, 32, "noise ratio"), "partly"),
        (Change(0, 8, "A signal"), "other"),  # it spoils as much as it mends
        (Change(4, 8, "banner"), "other"),
        (Change(38, 46, "victim"), "other"),
        (Change(55, 59, "small"), "neutral"),
        (Change(48, 50, "This"), "beside"),
        (Change(60, 62, "in "), "spacing"),
    ],
)
def test_every_edit_is_one_thing(change, verdict):
    assert verdicts(TEXT, [change], GOLD) == {change: verdict}
    assert score(TEXT, [change], GOLD).ways.get(verdict, 0) == (verdict not in ("right", "neutral"))


def test_what_is_partly_right_is_set_aside_in_the_fair_precision():
    made = [Change(4, 8, "signal"), Change(38, 46, "patient"), Change(48, 50, "This")]
    s = score(TEXT, made, GOLD)
    assert (s.right, s.wrong, s.misleading) == (1, 2, 1)
    assert (s.precision, s.fair_precision) == (1 / 3, 1 / 2)
    assert (s + s).ways == {"partly": 2, "beside": 2}


def test_words_count_as_swapped_unless_they_stand_in_the_answer():
    labels = {TEXT[a:b]: label for a, b, label in labelled_words(TEXT, GOLD)}
    assert [w for w, label in labels.items() if label] == ["flag", "commotion", "proportion", "sufferer"]
    assert [w for w, label in labels.items() if label is None] == ["to", "tiny"]


def test_what_is_to_be_deleted_counts_as_swapped():
    assert labelled_words("Buy now!", [Gold(0, 7, ("",), "injected")]) == [(0, 3, True), (4, 7, True)]


def test_of_overlapping_spans_the_likeliest_counts():
    rows = word_rows(TEXT, GOLD, [(4, 32, 0.3), (4, 8, 0.9), (48, 50, 0.2)])
    told = [r.probability for r in rows if r.label]
    assert told == [0.9, 0.3, 0.3, 0.0]


def test_sentences_are_told_from_their_words():
    spun, clean = sentence_rows(TEXT, GOLD, [(4, 8, 0.5), (38, 46, 0.5), (63, 67, 0.1)])
    assert spun == Row(0.75, True)
    assert clean.probability == pytest.approx(0.1)
    assert not clean.label


ROWS = [Row(0.9, True), Row(0.8, False), Row(0.7, True), Row(0.7, False), Row(0.0, True)]


def test_rows_of_one_probability_are_told_together():
    assert [(p.recall, p.precision, p.threshold) for p in curve(ROWS)] == [
        (1 / 3, 1.0, 0.9),
        (1 / 3, 1 / 2, 0.8),
        (2 / 3, 1 / 2, 0.7),
    ]
    assert recall_at(ROWS, 0.5).recall == 2 / 3
    assert recall_at(ROWS, 0.9) == (1 / 3, 1.0, 0.9)
    assert recall_at([Row(0.9, False)], 0.9) == (0.0, 1.0, 1.0)
    assert area(ROWS) == pytest.approx(1 / 3 + 1 / 6)
    assert auc(ROWS) == pytest.approx(2.5 / 6)
    assert curve([]) == []
    assert auc([]) != auc([])  # not a number


def test_calibration_is_told_in_bins_of_equal_number():
    rows = [Row(0.1, False), Row(0.3, False), Row(0.6, True), Row(0.8, True)]
    assert [b.number for b in reliability(rows, bins=2)] == [2, 2]
    assert calibration_error(rows, bins=2) == pytest.approx((0.2 + 0.3) / 2)
    assert calibration_error([]) != calibration_error([])


def test_an_interval_holds_the_figure_and_is_the_same_again():
    documents = [0.0, 0.2, 0.4, 0.9, 1.0]

    def mean(some):
        return sum(some) / len(some)

    low, high = interval(documents, mean)
    assert 0 < low < mean(documents) < high < 1
    assert interval(documents, mean) == (low, high)
    assert interval([1.0], mean) != interval([1.0], mean)


def test_folds_hang_on_the_id_alone_and_part_documents_about_evenly():
    folds = [fold_of(f"document {k}") for k in range(1000)]
    assert folds == [fold_of(f"document {k}") for k in range(1000)]
    assert all(150 < folds.count(k) < 250 for k in range(5))


def write_page(folder, name="1", text=TEXT, gold=GOLD, **meta):
    rows = [{"start": g.start, "end": g.end, "accept": g.accept, "kind": g.kind} for g in gold]
    (folder / f"{name}.txt").write_text(text, encoding="utf8", newline="")
    (folder / f"{name}.gold.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf8")
    (folder / f"{name}.meta.json").write_text(json.dumps(meta), encoding="utf8")


def test_pages_are_read_by_id_with_their_line_ends(tmp_path):
    write_page(tmp_path, "2", "A\r\nb", (), field="law", density="light")
    write_page(tmp_path, "1", field="medicine", density="heavy")
    first, second = read_pages(tmp_path)
    assert (first.id, first.gold, first.words) == ("1", GOLD, 13)
    assert (second.text, second.field, second.density) == ("A\r\nb", "law", "light")


@pytest.mark.parametrize(
    ("gold", "meta", "message"),
    [
        ((Gold(60, 99, ("x",), "word"),), {"field": "law", "density": "light"}, "leaves the text"),
        ((), {"field": "law"}, "density"),
    ],
)
def test_a_page_that_is_not_whole_is_named(tmp_path, gold, meta, message):
    write_page(tmp_path, "7", gold=gold, **meta)
    with pytest.raises(TextrepairError, match=message) as e:
        read_pages(tmp_path)
    assert "7" in str(e.value)


def test_a_page_without_its_text_and_a_folder_without_pages_are_named(tmp_path):
    with pytest.raises(TextrepairError, match="holds no pages"):
        read_pages(tmp_path)
    write_page(tmp_path, field="law", density="light")
    (tmp_path / "1.txt").unlink()
    with pytest.raises(TextrepairError, match=r"1\.txt: cannot be read"):
        read_pages(tmp_path)


PAGE = Page("1", TEXT, GOLD, "medicine", "heavy")


def edit(start, end, after, score_):
    return Edit(start, end, TEXT[start:end], after, "wording", score_, "reranker")


def held(start, end, after, score_):
    return Held(start, end, TEXT[start:end], after, "wording", score_, "reranker")


def test_favourites_are_those_that_would_be_made_from_a_tenth_on():
    made = (edit(38, 46, "patient", 0.9),)
    doubted = (
        held(4, 8, "signal", 0.3),  # partly right: neither for nor against
        held(48, 50, "This", 0.2),
        held(55, 59, "small", 0.5),  # neutral
        held(63, 67, "volume", 0.05),  # too unlikely to be asked
    )
    assert favourites(PAGE, Repair(TEXT, made, doubted)) == [Row(0.9, True), Row(0.2, False)]


def test_a_measured_page_holds_figures_and_no_text():
    spans = tuple(
        SwappedSpan(start, end, TEXT[start:end], probability, "wording", "model")
        for start, end, probability in ((38, 46, 0.9), (48, 50, 0.4))
    )
    made = (edit(38, 46, "patient", 0.9), edit(48, 50, "This", 0.6))
    repair = Repair(TEXT, made, spun=0.8, detection=Detection(TEXT, 0.8, spans=spans))
    measured = measure(PAGE, repair, 0.5)
    told = tally([measured, measured], sure=True)
    assert (told["swaps"], told["restored"], told["beside"], told["precision"]) == (4, 2, 2, 0.5)
    assert told["detection"]["words"]["recall_at_0.9"] == 0.25
    assert told["intervals"]["recall"] == [0.5, 0.5]
    assert "sufferer" not in json.dumps(told)
    assert "| all | 2 | 4 | .50 | .50 | 0 | 0 | 2 | .25 |" in table({"all": told})
    assert [share(x) for x in (0.05, 1, None)] == [".05", "1.00", ""]


def test_what_is_stored_is_judged_as_it_would_be_read(tmp_path):
    repairer = textrepair.load(families=["synonyms"])
    text = "The sufferers were treated for bosom peril, and the sufferers had no other illness."
    (first,) = store(repairer, [text], tmp_path, "weights")
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    (again,) = store(repairer, [text], tmp_path, "weights")
    assert {p: p.stat().st_mtime_ns for p in tmp_path.iterdir()} == kept
    once, twice = judged(repairer, first), judged(repairer, again)
    assert once == twice
    assert "breast cancer" in once.text


def test_a_sentence_is_exact_if_all_its_swaps_are_restored_and_nothing_else_is_changed():
    text = "The sufferers slept. The sufferers woke early. Nobody came."
    gold = [Gold(4, 13, ("patients",), "word"), Gold(25, 34, ("patients",), "word")]
    both = [Change(4, 13, "patients"), Change(25, 34, "patients")]
    assert exact_sentences(text, both, gold) == (2, 2)
    assert exact_sentences(text, [*both, Change(40, 45, "late")], gold) == (1, 2)
    assert exact_sentences(text, both[:1], gold) == (1, 2)
    assert exact_sentences(text, [], []) == (0, 0)


def test_edits_that_flip_the_meaning_are_counted_unless_they_are_right():
    text = "Their pressure expanded and did not fall."
    page = Page("p", text, (Gold(15, 23, ("increased",), "word"),), "", "")
    made = [Change(15, 23, "increased"), Change(32, 35, "")]
    assert measure_changes(page, made, []).flips == 1
    assert measure_changes(page, [Change(15, 23, "decreased")], []).flips == 0  # *expanded* is on no side

"""What is written down by hand joins the tables where the thesauri are silent, and displaces nothing."""

from __future__ import annotations

import pytest

from textrepair.lexicon.words import science
from textrepair.training.thesaurus.habits import ROOM, Habit, in_all_forms, read_habits, with_habits

FREQUENCY = {"infectious": 5.0, "disease": 6.0, "diseases": 5.5, "illness": 4.0, "rise": 4.0, "fall": 4.0}
ROWS = {"illness": [("disease", -1.5)], "ailment": [("disease", -2.5)], "ailments": [("diseases", -2.5)]}
LISTS = {"disease": ["illness", "sickness"], "infectious": ["irresistible"]}


def joined(lists, rows=ROWS):
    return with_habits(rows, in_all_forms([], lists, FREQUENCY), FREQUENCY)


def test_a_new_pair_is_as_close_as_known_ones_of_its_rank() -> None:
    table = joined(LISTS)
    assert table["irresistible"] == [("infectious", -1.5)]
    assert table["illness"] == ROWS["illness"]
    assert table["ailments"] == ROWS["ailments"]
    # no thesaurus knows a pair listed second, so that nothing tells how close such a one is
    assert not table.get("sickness")


def test_words_bend_together() -> None:
    table = joined({"disease": ["trouble"]}, ROWS | {"troubles": [("diseases", -4.0)]})
    assert table["trouble"] == [("disease", -4.0)]


def test_opposites_and_rare_words_stay_out() -> None:
    table = joined({**LISTS, "rise": ["ailment", "fall"], "fall": ["rise"], "pox": ["illness"]})
    assert "rise" not in table
    assert all(canonical != "rise" for canonical, _ in table.get("fall", ()))
    assert table["illness"] == ROWS["illness"]


def test_a_full_row_keeps_what_it_had() -> None:
    full = [(f"canonical{k}", -2.0) for k in range(ROOM)]
    table = joined(LISTS, {**ROWS, "irresistible": full})
    assert sorted(table["irresistible"]) == sorted(full)


@pytest.mark.parametrize(
    ("habit", "spun", "canonical"),
    [
        (Habit("make use of", "VERB", ("use",)), "making use of", "using"),
        (Habit("food source", "NOUN", ("food",)), "food sources", "foods"),
        (Habit("be that as it may", "PHRASE", ("however", "but")), "be that as it may", "but"),
        (Habit("sun oriented", "ADJ", ("solar",)), "sun oriented", "solar"),
    ],
)
def test_an_idiom_bends_as_its_part_of_speech_does(habit, spun, canonical) -> None:
    assert canonical in in_all_forms([habit], {}, science())[spun]


def test_ranks_are_those_in_which_wordings_are_written_down() -> None:
    found = in_all_forms([Habit("in this manner", "PHRASE", ("thus", "therefore"))], {}, science())
    assert found["in this manner"] == {"thus": 0, "therefore": 1}


def test_every_habit_can_be_read_and_says_something() -> None:
    habits = read_habits()
    assert len({(h.spun, h.pos) for h in habits}) == len(habits)
    wrong = [h for h in habits if h.spun in h.canonical or not all(h.canonical) or h.spun != h.spun.lower()]
    assert not wrong

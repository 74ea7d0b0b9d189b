"""What is listed joins the candidate table where the thesauri are silent, and displaces nothing."""

from __future__ import annotations

from textrepair.training.thesaurus.table import MOST, with_listed

SCIENCE = {"infectious": 900, "disease": 9000, "diseases": 5000, "illness": 300, "rise": 100, "fall": 100}
ROWS = {"illness": [("disease", -1.5)], "ailment": [("disease", -2.5)], "ailments": [("diseases", -2.5)]}
LISTS = {"disease": ["illness", "sickness"], "infectious": ["irresistible"]}


def test_a_new_pair_is_as_close_as_known_ones_listed_at_its_place() -> None:
    table = with_listed(ROWS, LISTS, SCIENCE)
    assert table["irresistible"] == [("infectious", -1.5)]
    assert table["illness"] == ROWS["illness"]
    assert table["ailments"] == ROWS["ailments"]
    # no thesaurus knows a pair listed second, so that nothing tells how close such a one is
    assert "sickness" not in table


def test_words_bend_together() -> None:
    table = with_listed(ROWS, {"disease": ["ailment", "trouble"], "infectious": ["x", "y"]}, SCIENCE)
    assert "troubles" not in table
    table = with_listed(ROWS | {"troubles": [("diseases", -4.0)]}, {"disease": ["trouble"]}, SCIENCE)
    assert table["trouble"] == [("disease", -4.0)]


def test_opposites_and_rare_words_stay_out() -> None:
    lists = {"rise": ["ailment", "fall"], "fall": ["rise"], "illness": ["disease"], "pox": ["illness"]}
    table = with_listed(ROWS, {**LISTS, **lists}, SCIENCE)
    assert "rise" not in table
    assert all(canonical != "rise" for canonical, _ in table.get("fall", ()))
    assert table["illness"] == ROWS["illness"]


def test_a_full_row_keeps_what_it_had() -> None:
    full = [(f"canonical{k}", -2.0) for k in range(MOST)]
    table = with_listed({**ROWS, "irresistible": full}, LISTS, SCIENCE)
    assert sorted(table["irresistible"]) == sorted(full)

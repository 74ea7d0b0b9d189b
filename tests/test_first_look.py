"""One pass tells which of many patterns can match: it never misses one, and seldom names one in vain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from textrepair.damage import advertisements, characters, furniture, numbers, words
from textrepair.first_look import FirstLook, relaxed
from textrepair.lexicon import protected

LOOKS = [m.LOOK for m in (advertisements, characters, furniture, numbers, words, protected)]
CASES = sorted((Path(__file__).parent / "cases").glob("*.jsonl"))
# pattern → texts in which it matches, and texts in which it is not even looked for
PATTERNS = {
    r"(?<=[a-z] )\d+": (["saw 12"], ["12", "Saw12"]),
    r"(?<![\w.])[a-z]{3,40}(?=\d)": (["abc1", " abcd2"], ["ab1", ".abc"]),
    r"(?<!a)(?<=[b-d])e": (["be"], ["ae", "e"]),
    r"(?:(?<=x)|(?<=y) )z": (["xz", "y z"], ["x", "z"]),
    r"(?<!\w)(?:(?<=-)y|z)": (["z", "-y"], ["x", "wz"]),
    r"a(?=b)(?=\w)": (["ab"], ["a", "ac"]),
    r"a(?:(?=b)|c)(?!d)": (["ab", "ac"], ["b"]),
    r"a(?![b-d])": (["a", "ae"], ["ab"]),
    r"a(?!b)c*": (["ac", "a"], ["b"]),
    r"[^a]b": (["éb", "bb"], ["ab", "b"]),
    r"[α-ω]-\W": (["β- ", "β-“"], ["b- "]),
    r"(?i)dr\. (\w+) \1": (["Dr. No no", "DR. a a"], ["d. a a"]),
    r"(?i:alpha)B": (["ALPHAB"], ["alphab"]),
    r"^\s*x\b": (["\u2003x", "\x1fx"], ["y"]),
    r"(?m:^)[a-f]{4} ": (["cafe x", "x\nbabe x"], ["a babe x", "x\rbabe x"]),
    r"\Aa.b\Z": (["a\tb", "a\u2028b"], ["ab"]),
    r"(a|bc){2,3}?d": (["abcd"], ["ad"]),
    "[\ud800-\udfff]": (["\ud800"], ["a"]),
}


def spans(matches) -> list[tuple[int, int]]:
    return [m.span() for m in matches]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_a_pattern_matches_is_seen_and_what_is_unlike_it_is_passed_over(pattern):
    compiled, (there, elsewhere) = re.compile(pattern), PATTERNS[pattern]
    matches = [spans(FirstLook([compiled])(text)(compiled)) for text in there]
    assert matches == [spans(compiled.finditer(text)) for text in there]
    assert all(matches)
    assert not any(re2.search(relaxed(compiled), text) for text in elsewhere)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_rule_misses_what_it_would_have_found_in_the_cases(path):
    for line in path.read_text(encoding="utf8").splitlines():
        for look in LOOKS:
            matches = look(line)
            assert [spans(matches(p)) for p in look.patterns] == [
                spans(p.finditer(line)) for p in look.patterns
            ]


@given(st.text("aB1 .,-–’\n([fiﬁβ\ud800&;éT", max_size=60))
def test_no_rule_misses_what_it_would_have_found_in_any_text(text):
    for look in LOOKS:
        matches = look(text)
        assert [spans(matches(p)) for p in look.patterns] == [spans(p.finditer(text)) for p in look.patterns]


def test_a_pattern_of_another_look_is_refused():
    with pytest.raises(KeyError):
        FirstLook([re.compile("a")])("a")(re.compile("b"))

"""Words that a document uses as its own: often, beside different words, and it looks clean without them.

*Blunder* in a study of chess, *sufferers* in a history of medicine. Spinners write such words too, but never
them alone: a spun document looks spun without any one of its words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from textrepair.pipeline.candidates import Candidate
from textrepair.pipeline.document import Document, stem
from textrepair.pipeline.judgement import discount_short_text

OFTEN = 3  # occurrences from which a word may be a document's subject
DOUBTED = 0.2  # mean probability of having been replaced from which a word needs this defence
CLEAN = 0.5  # probability of being spun below which a document looks clean
CLEAN_FOR_SUBJECT = 0.8  # the same for a word of its title: what a title names, a document says often
LONGEST_TITLE = 200  # characters
Rows = Sequence[Mapping[str, float]]


def own_words(
    document: Document,
    replaced: Mapping[tuple[int, int], float],
    features: Callable[[Collection[float]], dict[str, float]],
    judge: Callable[[Rows], list[float]],
) -> dict[str, float]:
    """The stems of the document's own words, each with the probability that it is spun without that word.

    `replaced`: for each word, by its offsets, the probability that another one stood there; `features`: those
    of the document by such probabilities, which `judge` reads.
    """
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for w in document.seg.words:
        if (w.start, w.end) in replaced:
            places[stem(w.lower)].append((w.start, w.end))
    often = [
        (word, at)
        for word, at in places.items()
        if len(at) >= OFTEN and sum(replaced[p] for p in at) >= DOUBTED * len(at)
    ]
    if not often:
        return {}
    without = [
        features([0.0 if p in own else chance for p, chance in replaced.items()])
        for own in (frozenset(at) for _, at in often)
    ]
    length = len(document.seg.words)
    chances = [discount_short_text(chance, length) for chance in judge(without)]
    title = {stem(word) for word in re.findall(r"[^\W\d_]+", _title(document.seg.text))}
    return {
        word: chance
        for (word, _), chance in zip(often, chances, strict=True)
        if chance < (CLEAN_FOR_SUBJECT if word in title else CLEAN)
    }


def _title(text: str) -> str:
    """The first line or sentence, in small letters."""
    return re.split(r"[\n.]", text.strip()[:LONGEST_TITLE].lower(), maxsplit=1)[0]


def is_own(candidate: Candidate, document: Document) -> bool:
    """Whether a candidate would change one of the document's own words, and nothing else.

    Not if that word stands hardly anywhere but in the phrase that would be changed: a term may be planted
    time and again.
    """
    before, after = candidate.before.lower(), candidate.after.lower().split()
    changed = {stem(w) for w in re.findall(r"[^\W\d_]+", before) if w not in after}
    if len(changed) != 1 or not changed <= document.own_words:
        return False
    [word] = changed
    return " " not in before or document.stem_counts[word] - document.times(before) >= OFTEN - 1

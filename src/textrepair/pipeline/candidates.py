"""What each suspect could have been, written as it would stand there: inflected, cased, spaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from textrepair.edits import Edit
from textrepair.lexicon.entries import Entry
from textrepair.lexicon.guard import flips_meaning, respelled
from textrepair.lexicon.habits import LONGEST_IDIOM, habits_for, idioms_from
from textrepair.lexicon.ngrams import unwritten
from textrepair.lexicon.synonyms import canonical_for
from textrepair.lexicon.words import UNKNOWN, science
from textrepair.pipeline.acronym_terms import find_defined
from textrepair.pipeline.decide import LEXICON
from textrepair.pipeline.segment import Segmented
from textrepair.pipeline.suspects import Suspect
from textrepair.pipeline.terms import find_terms, row_of_words
from textrepair.pipeline.written import like

UNLISTED = -10.0  # log probability of a swap that no table lists (nats)
BY_HABIT, HABIT, LESS_LIKELY = (
    "reranker:habit",
    -3.0,
    0.4,
)  # of an idiom, the first one, and what a rank costs
BY_ACRONYM = "reranker:acronym"  # source of a long form that an acronym calls for
BY_TERM = "reranker:term"  # of a term of several words
BY_MODEL = "reranker:model"  # of what the model names itself
BY_THESAURUS = "reranker:thesaurus"
LEADING = frozenset(("such as", "like", "including"))  # lead on to examples, so no comma stands behind them
KNOWN = 2.5  # Zipf frequency in science of a word that a model may name


@dataclass(frozen=True)
class Candidate:
    """`source[start:end]` may have been `after`.

    `source` names what proposed it, a lexicon or the thesauri, `entry` the spun side of the lexicon's entry
    and `tier` its tier, both empty without one; `spin_log_prob` is the log probability (nats)
    that a spinner turns the one into the other.
    """

    start: int
    end: int
    before: str
    after: str
    kind: str
    source: str
    tier: str
    spin_log_prob: float
    entry: str = ""

    def edit(self, score: float, threshold: float = 0.0) -> Edit:
        """The candidate as an edit of this score and threshold, its reason naming source, entry and tier."""
        reason = reason_of(self.source, self.entry, self.tier) if self.entry else self.source
        at, becomes = (self.start, self.end), (self.before, self.after)
        tier, source = self.tier, self.source
        return Edit(*at, *becomes, self.kind, score, reason, tier=tier, source=source, threshold=threshold)


def reason_of(source: str, entry: str, tier: str) -> str:
    """The reason of an edit for which a lexicon's entry speaks, told by its spun side.

    >>> reason_of("lexicon:biomedical", "bosom peril", "ask")
    "lexicon:biomedical 'bosom peril' (ask)"
    """
    return f"{source} {entry!r} ({tier})"


def swap_key(candidate: Candidate) -> tuple[str, str]:
    """What a candidate undoes, wherever it stands: the same for *Illness* and *illness*."""
    return candidate.after.lower(), candidate.before.lower()


def find_candidates(
    seg: Segmented,
    suspects: Iterable[Suspect],
    is_free: Callable[[int, int], bool],
    is_doubted: Callable[[int, int], bool],
    is_odd: Callable[[int, int], bool],
) -> list[Candidate]:
    """The candidates of every suspect, and the canonical terms of several words.

    What would flip a meaning is not among them, nor what only spells the same words in another way (unless a
    lexicon says so), nor a term where the text is not free, or nothing of it is doubted. `is_odd`: where a
    word was likely replaced.
    """
    text = seg.text
    out = []
    suspects = list(suspects)
    # an `auto` phrase was judged as a whole, so its parts are not judged on their own
    judged = {at for s in suspects if s.tier == "auto" for at in range(s.start, s.end)}
    for s in suspects:
        if s.tier != "auto" and {s.start, s.end - 1} <= judged:
            continue
        before = text[s.start : s.end]
        plain = " ".join(before.lower().split())
        for c in _proposals(s, before):
            # the meaning of a listed term that science never writes was judged as a whole
            if c.tier == "auto" or (c.tier and unwritten(plain)) or not flips_meaning(before, c.after):
                written = like(before, c.after)
                if written != before and (c.tier or not respelled(before, written)):
                    out.append(c if written == c.after else replace(c, after=written))
    known = {(c.start, c.end, c.after.lower()): n for n, c in enumerate(out)}
    for c in _habitual(seg, is_free, is_doubted):
        if (c.start, c.end, c.after.lower()) not in known and not {c.start, c.end - 1} & judged:
            known[c.start, c.end, c.after.lower()] = len(out)
            out.append(c)
    terms = [(t, BY_TERM) for t in find_terms(seg, is_free, is_doubted)]
    terms += [(t, BY_ACRONYM) for t in find_defined(text, is_free, is_odd) if is_doubted(t.start, t.end)]
    for t, source in terms:
        before = text[t.start : t.end]
        if {t.start, t.end - 1} & judged:
            continue
        listed = known.get((t.start, t.end, t.canonical.lower()))
        if listed is not None:
            if t.tier:  # the acronym is surer of it than the lexicon is
                out[listed] = replace(out[listed], source=source, tier=t.tier, entry="")
        elif not flips_meaning(before, t.canonical):
            written = like(before, t.canonical)
            if not respelled(before, written):
                out.append(
                    Candidate(t.start, t.end, before, written, "terminology", source, t.tier, t.spin_log_prob)
                )
    return out


def named_candidate(text: str, start: int, end: int, after: str) -> Candidate | None:
    """What a model names for `text[start:end]` as a candidate; none if it is no wording of science.

    >>> named_candidate("muscle misfortune", 7, 17, "loss").after
    'loss'
    >>> named_candidate("five misfortunes", 0, 4, "six") is None
    True
    """
    before = text[start:end]
    written = like(before, after)
    words = after.split()
    if written == before or flips_meaning(before, after) or respelled(before, written):
        return None
    if any(science().get(w, UNKNOWN).zipf < KNOWN for w in words if w not in before.lower().split()):
        return None
    kind = "terminology" if " " in before else "wording"
    return Candidate(start, end, before, written, kind, BY_MODEL, "", UNLISTED)


def _proposals(suspect: Suspect, before: str) -> Iterable[Candidate]:
    """What a suspect could have been, as the lexicon and the thesauri write it."""
    found: dict[str, Candidate] = {}
    place = (suspect.start, suspect.end, before)
    close = dict(canonical_for(before.lower()))
    for form in suspect.forms:
        for rank, canonical in enumerate(form.canonical):
            candidate = proposal(*place, canonical, form.entry)
            spin_log_prob = max(close.get(canonical, -7.0), -1.5 - 0.5 * rank)
            found.setdefault(canonical, replace(candidate, tier=suspect.tier, spin_log_prob=spin_log_prob))
    for canonical, spin_log_prob in close.items():
        candidate = Candidate(*place, canonical, "wording", BY_THESAURUS, "", spin_log_prob)
        found.setdefault(canonical, candidate)
    return found.values()


def _habitual(
    seg: Segmented, is_free: Callable[[int, int], bool], is_doubted: Callable[[int, int], bool]
) -> Iterable[Candidate]:
    """The wordings for which spinners are known to write a doubted idiom, or a word that is no synonym."""
    words, text = seg.words, seg.text
    for i, first in enumerate(words):
        if not is_doubted(first.start, words[min(i + LONGEST_IDIOM, len(words)) - 1].end):
            continue
        row = row_of_words(text, words, i, LONGEST_IDIOM)
        of_word = [(1, c, rank) for c, rank in habits_for(first.lower).items() if " " in c]
        for n, canonical, rank in (*of_word, *idioms_from([w.lower for w in row])):
            start, end = first.start, row[n - 1].end
            end += canonical in LEADING and text.startswith(",", end)
            if is_free(start, end) and is_doubted(start, end):
                written, chance = like(text[start:end], canonical), HABIT - LESS_LIKELY * rank
                yield Candidate(start, end, text[start:end], written, "wording", BY_HABIT, "", chance)


def proposal(start: int, end: int, before: str, after: str, entry: Entry) -> Candidate:
    """What an entry of a lexicon proposes for `before`."""
    source = f"{LEXICON}{entry.domain}"
    return Candidate(start, end, before, after, entry.kind, source, entry.tier, 0.0, entry.spun)


# Letters that sound like a vowel, less those that sound like "you" or "one"; acronyms are let be.
VOWEL_SOUND = re.compile(
    r"(?!eu|uni(?!n|m(?!o)|d)|unanim|us[aeu]|ut[ei]|ubi|ur(?:i|ea|et|o|an)|one\b|once)[aeiou]"
    r"|hour|honest|honou?r|heir|x\b",
    re.IGNORECASE,
)


def article_for(word: str) -> str:
    """The indefinite article before a word, by its sound as far as spelling tells.

    >>> [article_for(w) for w in ("advantage", "benefit", "hour", "unit", "uninjured", "urinary")]
    ['an', 'a', 'an', 'a', 'an', 'a']
    """
    return "an" if VOWEL_SOUND.match(word) else "a"


ARTICLE_BEFORE = re.compile(r"(?<![\w-])[Aa]n?\s+\Z")


def agree(
    text: str, edits: Sequence[Edit], is_free: Callable[[int, int], bool] = lambda start, end: True
) -> tuple[Edit, ...]:
    """The edits with *a* and *an* mended next to restored words, so that undoing one undoes both.

    Where the article stands in the source, the edit of the word after it grows to hold it, if `free`
    says that it may; where another edit writes the article, that edit writes the right one.

    >>> [e] = agree("an illness", [Edit(3, 10, "illness", "disease", "terminology", 0.9, "x")])
    >>> e.before, e.after
    ('an illness', 'a disease')
    """
    out: list[Edit] = []
    for k, e in enumerate(edits):
        follower = re.compile(r"\s+([^\W\d_]+)").match(text, e.end)
        touching = k + 1 < len(edits) and not text[e.end : edits[k + 1].start].strip()
        if follower and not touching:
            e = replace(e, after=_with_article(e.after, follower[1]))
        word = re.match(r"[^\W\d_]+", e.after)
        if word and out and not text[out[-1].end : e.start].strip():
            out[-1] = replace(out[-1], after=_with_article(out[-1].after, word[0]))
        elif word:
            at = max(out[-1].end if out else 0, e.start - 20)
            before = ARTICLE_BEFORE.search(text, at, e.start)  # with a position, it sees what lies before
            if before and _is_article(text, before.start()) and is_free(before.start(), e.start):
                stands = before[0].rstrip()
                mended = _with_article(stands, word[0])
                if mended != stands:
                    after = mended + before[0][len(stands) :] + e.after
                    e = replace(e, start=before.start(), before=text[before.start() : e.end], after=after)
        out.append(e)
    return tuple(e for e in out if e.before != e.after)


def _is_article(text: str, at: int) -> bool:
    """Whether the *a* or *A* at `at` is an article: *hepatitis A* and *group A* are names."""
    if text[at] == "a":
        return True
    while at and text[at - 1] == " ":
        at -= 1
    return not at or text[at - 1] in '.!?:\n“"'


def _with_article(words: str, follower: str) -> str:
    """`words` with a final *a* or *an* made to fit the word that follows; acronyms are let be."""
    m = re.search(r"(?<![\w-])(an?|An)\Z", words) or re.match(r"A\Z", words)
    if m is None or (len(follower) > 1 and follower.isupper()):
        return words
    article = article_for(follower)
    return words[: m.start()] + (article.capitalize() if m[0][0].isupper() else article)

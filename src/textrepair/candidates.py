"""What each suspect could have been, written as it would stand there: inflected, cased, spaced."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from textrepair.lexicon.guard import flips_meaning
from textrepair.lexicon.synonyms import synonyms
from textrepair.suspects import Suspect

MOST = 16  # thesaurus candidates a word: the right one is hardly ever further down


@dataclass(frozen=True)
class Candidate:
    """`source[start:end]` may have been `after`.

    `origin` names what proposed it, a lexicon entry or the thesauri, `tier` the lexicon's tier or
    empty, `closeness` the log probability that a spinner turns the one into the other.
    """

    start: int
    end: int
    before: str
    after: str
    kind: str
    origin: str
    tier: str
    closeness: float


def find_candidates(text: str, suspects: Iterable[Suspect]) -> list[Candidate]:
    """The candidates of every suspect; what would flip a meaning is not among them."""
    out = []
    for s in suspects:
        before = text[s.start : s.end]
        for after, kind, origin, tier, closeness in _proposals(s, before.lower()):
            # the table holds no opposites, and the meaning of an `auto` term was judged as a whole
            if tier != "ask" or not flips_meaning(before, after):
                written = like(before, after)
                if written != before:
                    out.append(Candidate(s.start, s.end, before, written, kind, origin, tier, closeness))
    return out


def _proposals(suspect: Suspect, lower: str) -> list[tuple[str, str, str, str, float]]:
    found: dict[str, tuple[str, str, str, str, float]] = {}
    close = {c: w for c, _, w in synonyms().get(lower, ())}
    # two entries for one form: the more careful tier holds for both
    tier = "auto" if all(f.entry.tier == "auto" for f in suspect.forms) else "ask"
    for form in suspect.forms:
        entry = form.entry
        kind = "wording" if entry.domain == "general" else "terminology"
        for rank, canonical in enumerate(form.canonical):
            closeness = max(close.get(canonical, -7.0), -1.5 - 0.5 * rank)
            found.setdefault(
                canonical,
                (canonical, kind, f"lexicon:{entry.domain} {entry.spun!r} ({tier})", tier, closeness),
            )
    ranked = sorted(close.items(), key=lambda cw: -cw[1])[:MOST]
    for canonical, closeness in ranked:
        found.setdefault(canonical, (canonical, "wording", "reranker:thesaurus", "", closeness))
    return list(found.values())


def like(before: str, after: str) -> str:
    """`after` in the letter case and with the white space of `before`.

    >>> like("Sufferers", "patients"), like("IN SPITE OF", "despite"), like("for\\ninstance", "such as")
    ('Patients', 'DESPITE', 'such\\nas')
    """
    words, gaps = after.split(" "), re.findall(r"\s+", before)
    # a line break is layout: it is kept even where the new wording has fewer gaps
    gaps = sorted(gaps, key=lambda g: "\n" not in g)[: len(words) - 1] if len(gaps) >= len(words) else gaps
    gaps += [" "] * (len(words) - 1 - len(gaps))
    written = "".join(w + g for w, g in zip(words, [*gaps, ""], strict=True))
    letters = [c for c in before if c.isalpha()]
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return written.upper()
    if letters and letters[0].isupper() and written[:1].islower():
        return written[0].upper() + written[1:]
    return written


VOWEL_SOUND = re.compile(
    r"(?!eu|uni(?!n|m)|use|usu|uti|ubi|uro|one\b|once)[aeiou]|hour|honest|honou?r|heir", re.I
)


def article_for(word: str) -> str:
    """The indefinite article before a word, by its sound as far as spelling tells.

    >>> [article_for(w) for w in ("advantage", "benefit", "hour", "unit", "uninjured")]
    ['an', 'a', 'an', 'a', 'an']
    """
    return "an" if VOWEL_SOUND.match(word) else "a"


def mend_article(text: str, start: int, after: str) -> tuple[int, str] | None:
    """Where the edit should begin, and the article it should then write, if the article must change.

    >>> mend_article("an illness", 3, "disease")
    (0, 'a ')
    """
    m = re.search(r"(?<!\w)(an?)(\s+)\Z", text[max(0, start - 20) : start], re.IGNORECASE)
    word = re.match(r"[^\W\d_]+", after)
    if m is None or word is None or m[1].lower() == article_for(word[0]):
        return None
    article = article_for(word[0])
    return start - len(m[0]), (article.capitalize() if m[1][0].isupper() else article) + m[2]

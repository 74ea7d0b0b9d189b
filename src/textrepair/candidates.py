"""What each suspect could have been, written as it would stand there: inflected, cased, spaced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from textrepair.edits import Edit
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


def agree(text: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """The edits with *a* and *an* mended next to restored words, so that undoing one undoes both.

    Where the article stands in the source, the edit of the word after it grows to hold it; where
    another edit writes the article, that edit writes the right one.

    >>> [e] = agree("an illness", [Edit(3, 10, "illness", "disease", "terminology", 0.9, "x")])
    >>> e.before, e.after
    ('an illness', 'a disease')
    """
    out: list[Edit] = []
    for k, e in enumerate(edits):
        follower = re.match(r"\s+([^\W\d_]+)", text[e.end : e.end + 60])
        touching = k + 1 < len(edits) and not text[e.end : edits[k + 1].start].strip()
        if follower and not touching:
            e = replace(e, after=_with_article(e.after, follower[1]))
        word = re.match(r"[^\W\d_]+", e.after)
        if word and out and not text[out[-1].end : e.start].strip():
            out[-1] = replace(out[-1], after=_with_article(out[-1].after, word[0]))
        elif word:
            at = out[-1].end if out else max(0, e.start - 20)
            before = re.search(r"(?<!\w)an?\s+\Z", text[at : e.start], re.IGNORECASE)
            if before and (mended := _with_article(before[0].rstrip(), word[0])) != before[0].rstrip():
                start = e.start - len(before[0])
                gap = text[start + len(before[0].rstrip()) : e.start]
                e = replace(e, start=start, before=text[start : e.end], after=mended + gap + e.after)
        out.append(e)
    return tuple(e for e in out if e.before != e.after)


def _with_article(words: str, follower: str) -> str:
    """`words` with a final *a* or *an* made to fit the word that follows; acronyms are let be."""
    m = re.search(r"(?<!\w)(an?)\Z", words, re.IGNORECASE)
    if m is None or (len(follower) > 1 and follower.isupper()):
        return words
    article = article_for(follower)
    return words[: m.start()] + (article.capitalize() if m[1][0].isupper() else article)

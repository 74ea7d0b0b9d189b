"""How a wording is written where another one stands: in the same letter case, with the same white space."""

from __future__ import annotations

import re

from textrepair.pipeline.terms import SMALL

TIE = re.compile(r"\s+|(?<=\w)[\u2010\u2011-](?=\w)")
INITIAL = re.compile(r"(?<!['’\w])[^\W\d_]+")


def like(before: str, after: str) -> str:
    """`after` in the letter case and with the white space of `before`.

    >>> like("Sufferers", "patients"), like("IN SPITE OF", "despite"), like("for\\ninstance", "such as")
    ('Patients', 'DESPITE', 'such\\nas')
    >>> like("Flag to Commotion Proportion", "signal to noise ratio"), like("Bosom peril", "breast cancer")
    ('Signal to Noise Ratio', 'Breast cancer')
    >>> like("SUFFERERS with", "patients with"), like("long-haul impact", "long term effect")
    ('PATIENTS with', 'long-term effect')
    >>> like("IoT gadgets", "iot devices")
    'IoT devices'
    """
    if before.isalpha() and before.islower():
        return after
    if mixed := {w.lower(): w for w in before.split() if not w.isupper() and w[1:] != w[1:].lower()}:
        even = re.sub(r"\S+", lambda m: m[0].lower() if m[0].lower() in mixed else m[0], before)
        return re.sub(r"\S+", lambda m: mixed.get(m[0].lower(), m[0]), like(even, after))
    if len(ties := TIE.findall(before)) == after.count(" ") and "-" not in after:
        pieces = zip(after.split(" "), [*ties, ""], strict=True)
        after = "".join(word + (" " if tie.isspace() else tie) for word, tie in pieces)
    words, gaps = after.split(" "), re.findall(r"\s+", before)
    if len(words) == len(gaps) + 1 > 1 and any(w.isupper() and len(w) > 1 for w in before.split()):
        words = [b if b.lower() == a else like(b, a) for b, a in zip(before.split(), words, strict=True)]
        return "".join(w + g for w, g in zip(words, [*gaps, ""], strict=True))
    # a line break is layout: it is kept even where the new wording has fewer gaps
    gaps = sorted(gaps, key=lambda g: "\n" not in g)[: len(words) - 1] if len(gaps) >= len(words) else gaps
    gaps += [" "] * (len(words) - 1 - len(gaps))
    written = "".join(w + g for w, g in zip(words, [*gaps, ""], strict=True))
    letters = [c for c in before if c.isalpha()]
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return written.upper()
    if _titled(before, after):
        written = INITIAL.sub(lambda m: m[0] if m[0] in SMALL else m[0][0].upper() + m[0][1:], written)
    if letters and letters[0].isupper() and written[:1].islower():
        return written[0].upper() + written[1:]
    return written


def _titled(before: str, after: str) -> bool:
    """Whether what is replaced is written like a title: with capitals behind the first word too."""
    stays = {*after.lower().split(), *SMALL}
    goes = [w for w in before.split()[1:] if w.lower() not in stays]
    return bool(goes) and all(w[0].isupper() for w in goes)

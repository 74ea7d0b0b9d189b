"""Advertisements a spinner planted between sentences: a product's name and a vendor's keyword."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textrepair.damage.dictionary import known
from textrepair.damage.page import Page, Proposal

# keywords that vendors of chemicals optimise their pages for
STRONG = (
    "Purity & Documentation|Purity and Documentation|MedChemExpress|MedChem Express|Biological Activity"
    "|biological activity|chemical information|Chemical Information|Technical Information|Data Sheet"
    "|custom synthesis|Custom Synthesis|supplier|Supplier|manufacturer|Manufacturer|price|Price"
)
KEYWORDS = (
    rf"{STRONG}|Purity|purity|site|web|web site|website|cost|Formula|In Vivo|In Vitro|in vivo|in vitro"
    rf"|Storage"
    "|Solubility|Autophagy|Epigenetics|Apoptosis|MSDS|Inhibitor|Antagonist|Agonist"
)
BUY = "buy|order|purchase|Buy|Order|Purchase|get|Get"
# a piece of a chemical's name: no sentence ends inside it
NAME = r"(?:[^\s.!?;:]{1,60}(?:[.,]\d[^\s.!?;:]{0,40})?[ ]){1,4}?"
BETWEEN = r"(?<=[a-z)\]’”][.!?])"  # a sentence ended, without a blank behind it
ON = r"(?=\s+[A-Z(“\"]|\s*\Z)"  # and the next one begins

RULES = {
    "product and keyword": re.compile(rf"{BETWEEN}(?P<name>{NAME})(?:{KEYWORDS}){ON}"),
    "offer of a product": re.compile(
        rf"{BETWEEN} ?(?:{BUY}) (?P<name>{NAME.replace('[ ]', '(?:[ ]|(?=[ ]))')}){ON}"
    ),
    "product and vendor": re.compile(rf"{BETWEEN}[ ](?P<name>{NAME})(?:{STRONG}){ON}"),
}
# what only the names of chemicals, drugs and codes look like
PRODUCT = re.compile(
    r"[A-Za-z]{1,8}-?\d{2,}|\d[A-Za-z]{0,2}[-,(\d]|(?<![^\W\d_])[A-Za-zα-ω]-[A-Za-zα-ω0-9(]|[α-ω]-|-[α-ω]|\)-[A-Za-z]"
    r"|\w(?:nib|mab|statin|mycin|cillin|oxacin|azole|sartan|dipine|olol|gliptin|parib|ciclib|ylamine|oside|idine"
    r"|amide|azine|oxide|chloride|sulfate|sulphate|mesylate|hydrochloride|glutide|tinib)(?![^\W\d_])"
)


def find(page: Page) -> Iterator[Proposal]:
    """Every planted advertisement; what is left reads on from one sentence to the next.

    >>> text = "It failed in mice.n-Octyl glucopyranoside Purity The next trial did not."
    >>> [text[p.start : p.end] for p in find(Page(text))]
    ['n-Octyl glucopyranoside Purity']
    """
    for rule, pattern in RULES.items():
        for m in pattern.finditer(page.text):
            if PRODUCT.search(m["name"]) or _unheard_of(m["name"]):
                yield Proposal(m.start(), m.end(), "", "injected", rule)


def _unheard_of(name: str) -> bool:
    """Whether all words of `name` are capitalised and unknown: a brand."""
    return all(len(w) > 4 and w[0].isupper() and not known(w.strip("()").lower()) for w in name.split())

"""Advertisements a spinner planted between sentences: a product's name and a vendor's keyword."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textrepair.damage.dictionary import known
from textrepair.damage.page import Page, Proposal
from textrepair.first_look import FirstLook

# keywords that vendors of chemicals optimise their pages for
SURE = "Purity & Documentation|Purity and Documentation|Storage & Stability|Storage and Stability"
STRONG = (
    f"{SURE}|MedChemExpress|MedChem Express|medchemexpress|Biological Activity|biological activity"
    "|chemical information|Chemical Information|Technical Information|Data Sheet"
    "|custom synthesis|Custom Synthesis|supplier|Supplier|manufacturer"
    "|Manufacturer|price|Price"
)
ROLES = "Inhibitor|Antagonist|Agonist|Activator|Inducer|Modulator|Blocker|Protein|Proteins|Antibody"
LISTED = (
    "Synonyms|Formulation|Molecular Weight|Accession|Source|Species|Formula|Purity|Storage|Solubility|MSDS"
)
KEYWORDS = (
    rf"{STRONG}|{LISTED}|{ROLES}|purity|site|web|web site|website|cost|In Vivo|In Vitro|in vivo|in vitro"
    "|Autophagy|Epigenetics|Apoptosis|Compound|IC50"
)
BUY = "buy|order|purchase|Buy|Order|Purchase|get|Get"
# a piece of a chemical's name: no sentence ends inside it
NAME = r"(?:[^\s.!?;:]{1,60}(?:[.,]\d[^\s.!?;:]{0,40})?[ ]){1,4}?"
WRITTEN = r"(?=[^\s.!?;:()]{0,30}[A-Z0-9])[^\s.!?;:()]{1,60}[ ]"  # a word as names have it
CAPTION = r"(?!(?:Table|Fig|Supp|Box|Scheme|Section|Appendix|Chapter))"  # whose heads are such words
BETWEEN = rf"(?<=[a-z)\]’”][.!?]){CAPTION}"  # a sentence ended, without a blank behind it
ON = r"(?=\s+[A-Z(“\"]|\s*\Z)"  # and the next one begins
WITHIN, STILL = (
    rf"(?<=[a-z,][ ])(?!\d+[ ]){CAPTION}",
    r"[ ](?=[a-z])(?!numbers?\b|no\b|codes?\b)",
)  # inside a sentence

RULES = {
    "product and keyword": re.compile(rf"{BETWEEN}(?P<name>{NAME})(?:{KEYWORDS})(?:[ ](?:{KEYWORDS}))*{ON}"),
    "offer of a product": re.compile(
        rf"{BETWEEN} ?(?:{BUY}) (?P<name>{NAME.replace('[ ]', '(?:[ ]|(?=[ ]))')}){ON}"
    ),
    "product and vendor": re.compile(rf"{BETWEEN}[ ]{CAPTION}(?P<name>{NAME})(?:{STRONG}){ON}"),
    "title of an antibody": re.compile(
        rf"{BETWEEN}(?P<name>(?:Rabbit|Mouse|Goat|Rat) (?:[Pp]oly|[Mm]ono)clonal to \S{{1,60}}"
        rf"(?: \([\w/-]{{1,20}}\))?){ON}"
    ),
    "in mid-sentence": re.compile(
        rf"{WITHIN}(?:(?P<name>(?:{WRITTEN}){{1,2}})(?:{ROLES}) (?:{LISTED}|{STRONG})|\d{{2,7}}-\d\d-\d"
        rf" (?:{LISTED}|{STRONG}|IC50)|(?:{WRITTEN}){{1,2}}(?:{SURE})){STILL}"
    ),
}
LOOK = FirstLook(RULES.values())
ROLE_LISTED = re.compile(rf"(?:{ROLES}) (?:{LISTED}|{STRONG})")
# what only the names of chemicals, drugs and codes look like
PRODUCT = re.compile(
    r"[A-Za-z]{1,8}-?\d{2,}|(?<![^\W_])[A-Z][A-Za-z]*-?\d|[A-Z][α-ω]|clonal to|\d[A-Za-z]{0,2}[-,(\d]"
    r"|(?<![^\W\d_])[A-Za-zα-ω]-[A-Za-zα-ω0-9(]|[α-ω]-|-[α-ω]|\)-[A-Za-z]"
    r"|\w(?:nib|mab|statin|mycin|cillin|oxacin|azole|sartan|dipine|olol|gliptin|parib|ciclib|ylamine|oside|idine"
    r"|amide|azine|oxide|chloride|sulfate|sulphate|mesylate|hydrochloride|glutide|tinib)(?![^\W\d_])"
)


def find(page: Page) -> Iterator[Proposal]:
    """Every planted advertisement; what is left reads on from one sentence to the next.

    >>> text = "It failed in mice.n-Octyl glucopyranoside Purity The next trial did not."
    >>> [text[p.start : p.end] for p in find(Page(text))]
    ['n-Octyl glucopyranoside Purity']
    """
    matches = LOOK(page.text)
    for rule, pattern in RULES.items():
        for m in matches(pattern):
            named = m["name"] is None or PRODUCT.search(m["name"]) or _unheard_of(m["name"])
            if named or ROLE_LISTED.search(m[0]):
                yield Proposal(m.start(), m.end(), "", "injected", rule)


def _unheard_of(name: str) -> bool:
    """Whether all words of `name` are capitalised and unknown: a brand."""
    return all(len(w) > 4 and w[0].isupper() and not known(w.strip("()").lower()) for w in name.split())

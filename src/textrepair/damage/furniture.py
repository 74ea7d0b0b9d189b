"""Page furniture: what a web page or a printed page has around its text.

A deletion needs more than a pattern. What stands in mid-sentence goes only if the sentence reads on
without it, and it recurs, stands where a line ends, or is glued to a word: authors cite papers in their
sentences too. Lines go where a page has furniture: counters at its top or beside links, dates and addresses
where there are links at all, and none of what a colon introduces.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from textrepair.damage.dictionary import DATA
from textrepair.damage.page import Page, Proposal
from textrepair.first_look import FirstLook
from textrepair.lexicon.ngrams import SIZE, log_count
from textrepair.lexicon.protected import IsOutside
from textrepair.lexicon.quotations import quotations
from textrepair.lexicon.words import count_of

MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
DAY = (
    rf"\d\d? {MONTH[:-1]}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?,? \d{{4}}|{MONTH} \d\d?, \d{{4}}"
)
TITLE = r"[A-Z][A-Za-z.]{1,25}(?: (?:[A-Z][A-Za-z.]{0,25}|of|and|in|for|&)){0,6}"
# the foot of a page: "Agronomy 2021, 11, 258 3 of 17", "Okafor et al. Soil Science (2014) 37:258 Page 3 of 9"
PAGE_OF = (
    rf"{TITLE} (?:19|20)\d\d, \d{{1,3}}, \w{{1,7}} \d{{1,3}} of \d{{1,3}}"
    rf"|[A-Z][\w’'-]{{1,25}}(?: et al\.| and [A-Z][\w’'-]{{1,25}})? {TITLE} \((?:19|20)\d\d\) \d{{1,4}}:"
    r"\w{1,7} Page \d{1,3} of \d{1,3}"
    r"|(?:SCIENTIFIC REPORTS|Scientific Reports|NATURE COMMUNICATIONS) ?\| ?\((?:19|20)\d\d\) \d{1,3}:"
    r"\d{1,6} ?\| ?(?:DOI: ?|https?://doi\.org/|www\.nature\.com/)\S{1,60}"
)
# wording no author writes, wherever it stands
PHRASES = re.compile(
    r"View Article and Find Full Text PDF|Download full-text PDF(?: \|)?|(?:NIH-PA |EPA |HHS )?Author"
    r" Manuscript"
    r"(?: (?:NIH-PA |EPA |HHS )?Author Manuscript)+|NIH-PA Author Manuscript"
    r"|HHS Public Access(?= ?(?:Author|[\r\n]|\Z))"
    r"|PubMed ID:\s?https?://www\.ncbi\.nlm\.nih\.gov/pubmed/\d+"
    r"|Content courtesy of Springer Nature, terms of use apply\.(?: Rights reserved\.?)?|Vol\.:\(0123456789\)"
    rf"|Frontiers in [A-Z][A-Za-z ]{{2,40}} \| www\.frontiersin\.org \d{{1,3}} {MONTH} \d{{4}} \| Volume"
    rf" \d+ \| Article \d+"
    rf"|PLO[Ss] ONE \| https?://doi\.org/10\.1371/\S{{1,60}} {MONTH} \d\d?, \d{{4}} \d{{1,3}} ?/ ?\d{{1,3}}"
    rf"|(?:{TITLE} )?Author manuscript; available in PMC \d{{4}} {MONTH} \d\d?\.?"
    rf"|(?:(?<=[a-z,.] )|(?m:^))(?:{PAGE_OF})"
    rf"|Downloaded from https?://\S{{1,200}}(?: by [a-z ]{{3,40}})? on (?:\d\d? )?{MONTH}(?: \d\d?,)? \d{{4}}"
)
# what stands between and behind the dates of a paper; words in small letters make a sentence of it
DATED = r"(?:[^\na-z]|(?<=[A-Z])[a-z]{2,12}|\b(?:in|form|revised|online|by|and)\b){0,80}"
# lines that say nothing but what a reader may click, or where the page came from
LINKS = re.compile(
    r"(?=[-: ]{3,40}[|])[-|: ]{4,400}|(?:https?://\S{1,300}|10\.\d{4,9}/\S{1,200}) \| DOI Listing \|?"
    r"|Page \d{1,4} of \d{1,4}|Cited by(?: \(?\d{1,6}\)?)?|Viewed by \d{1,6}"
    r"|www\.nature\.com/scientificreports/?"
    # where a reference may be looked up: "[CrossRef] [PubMed]"; names of databases alone are a list of them
    r"|(?=.*(?:[\[·]|Article|Cross[Rr]ef|Google Scholar|Full Text|Green Version))"
    r"(?:[\[|·]{0,2} ?(?:Article|CrossRef|PubMed|Google Scholar|Full Text|Abstract|Central|Web of Science"
    r"|Scopus|CAS|ADS|MathSciNet|Medline|View Article|PubMed/NCBI|Crossref|Green Version)[\]|·]{0,2} ?){2,12}"
    r"|\[(?:CrossRef|PubMed|Google Scholar|Green Version|Crossref)\]"
    r"|PMID: ?\d{1,9};?(?: (?:PMCID: ?PMC\d{1,9}|DOI: ?10\.\d{4,9}/\S{1,100})\.?){0,2}"
)
# the dates of a paper; letters and applications have some of them too, which say less
HISTORY = re.compile(rf"Received:? (?:on )?(?:{DAY}){DATED}Accepted:? (?:on )?(?:{DAY}){DATED}")
OF_PAPERS = re.compile(r"[Rr]evised|Published|online")
RULED = re.compile(r"(?=[-: ]{3,40}[|])[-|: ]{4,400}")  # the line under the head of a table
LABELS = frozenset((DATA / "labels.txt").read_text(encoding="utf8").split("\n"))
COUNTER = re.compile(
    r"(?:\d{1,6}(?:\.\d+)?%?|\d{1,6} (?:minutes?|mins?|views?|reads?|citations?|shares?|downloads?))"
)
MOST_CHARACTERS = 1500  # characters of a line that may be furniture
TELLING = re.compile("view|read|citation|share|download")  # a counter that says what it counts
DATE = re.compile(rf"(?:\d\d? )?{MONTH},? \d{{4}}")
JOURNAL = re.compile(
    r"(?:[A-Z(][\w().&-]*|of|and|the|in|for|de|&)(?: (?:[A-Z(][\w().&-]*|of|and|the|in|for|de|&)){0,9}"
)
AFFILIATION = re.compile(
    r"\b(?:Universit|Hospital|Hôpital|Department|Institut|Laborator|Faculty|School of|Cent(?:er|re)"
    r"|Clinic|College|Academy"
    r"|Division of|Inserm|Service de|Key Lab)"
)
VERB = re.compile(r"\b(?:was|were|is|are|has|have|had|we|We|this|these|can|may|will|that|which)\b")
# "lupusKamen DL, et al. Lupus Sci Med 2022;9:e000704.PMID:23539298 doi:10.1136/… patients": in mid-sentence
HEAD = re.compile(
    r"(?<=[a-z,])[ \n]?(?P<head>(?P<author>(?:(?:[Vv]an|[Dd]e|von|der|[Dd]e la|El|Al|Le) )?[A-Z][\w’'-]{1,25}"
    r" [A-Z]{1,3},? et al\.?) (?P<journal>[A-Z][A-Za-z.]{0,20}"
    r"(?: (?:[A-Z][A-Za-z.]{0,20}|of|and|the|in|for|&)){0,7}) (?:19|20)\d\d;\w{1,5}(?:\([\w"
    r" ]{1,8}\))?:e?\d{1,8}(?:[-–]\d{1,6})?\.?"
    r"(?: ?PMID: ?\d{1,9}\.?)?(?: ?doi: ?\S{1,100})?)"
)

LOOK = FirstLook([PHRASES, HEAD])


def find(page: Page) -> Iterator[Proposal]:
    """Every piece of furniture, for deletion; whole lines go with their ends.

    >>> text = "We found none.\\nView Article and Find Full Text PDF"
    >>> [text[p.start : p.end] for p in find(Page(text))]
    ['View Article and Find Full Text PDF']
    """
    text = page.text
    matches = LOOK(text)
    shown = {(a + 1, b - 1) for a, b in quotations(text)}  # a text may speak of such wording
    phrases = [m.span() for m in matches(PHRASES) if m.span() not in shown]
    yield from _heads(text, matches(HEAD))
    yield from _lines(page, phrases)


def _heads(text: str, heads: Iterable[re.Match[str]]) -> Iterator[Proposal]:
    """Running heads in mid-sentence: they follow a lower-case word, and one goes on behind them."""
    found = []
    for m in heads:
        end = _with_journal(text, m)
        if goes_on := re.compile(r"\s*(?=[a-z(])").match(text, end):
            found.append((m, end, goes_on.end(), _reads_on(text, m.start(), goes_on.end())))
    alike: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for m, _, _, reads in found:
        alike[m["author"], m["journal"]].append(reads)
    for m, end, behind, reads in found:
        all_alike = alike[m["author"], m["journal"]]
        if not reads and not (len(all_alike) > 2 and sum(all_alike) >= MOSTLY * len(all_alike)):
            continue
        edges = text[m.start() : m.start("head")], text[end:behind]
        if len(all_alike) > 1 or not all(edges) or "\n" in "".join(edges):
            before, after = text[m.start() - 1 : m.start()], text[behind : behind + 1]
            line_end = "\n" if "\n" in "".join(edges) else ""
            gap = line_end or (" " if before.isalnum() and after.isalnum() else "")
            yield Proposal(m.start(), behind, gap or " ", "furniture", "running head")


def _with_journal(text: str, head: re.Match[str]) -> int:
    """Where a head ends, with its journal's name once more, whose first words may be glued to it."""
    words = head["journal"].split()
    for k in range(len(words)):
        rest = " ".join(words[k:])
        glued = k == 0 or head["head"].endswith(words[k - 1])
        if glued and re.compile(r"\s?" + re.escape(rest) + r"(?!\w)").match(text, head.end()):
            return head.end() + len(rest) + text[head.end()].isspace()
    return head.end()


MOSTLY = 0.75  # share of the places of a head that recurs that read on without it, for all of them to go
# words whose object a citation or a phrase is, whatever follows: "follows Okafor BN, et al. ... in this"
CITING = frozenset(
    "adapted adapts adopted adopts button cite cited cites citing click clicked compare compared consult"
    " consulted contradict contradicts extend extended extends follow followed following follows header"
    " included label like line link modified phrase quote quoted quotes read reads replicate replicated"
    " replicates reproduce reproduced see stamp text unlike use used uses using word words".split()
)
# words behind which a citation may be what the author speaks of: "the method of", "as shown by", "and"
GOVERNING = frozenset(
    "about above after against along among and as at before behind below beside between beyond but by"
    " despite during except for from in including into near of on or per see since than that"
    " through to toward towards under until upon via when where whereas which while with within"
    " without".split()
)

SELDOM_BY_CHANCE = (
    1.0  # log10 of how often a pair would stand by chance, below which its absence says nothing
)


def _reads_on(text: str, start: int, end: int, governing: frozenset[str] | None = GOVERNING) -> bool:
    """Whether the sentence reads on without `text[start:end]`.

    Behind a word that may govern a citation (any word where `governing` is None) science must write the next
    word oftener than by chance, unless both are too rare together to tell.
    """
    before = re.search(r"([A-Za-z]+),?\s?\Z", text[max(0, start - 30) : start])
    if before and before[1].lower() in CITING:
        return False
    if governing is not None and (before is None or before[1].lower() not in governing):
        return True
    after = re.compile(r"\s?([a-z]+)").match(text, end)
    if before is None or after is None or before[1][0].isupper():
        return False
    left, right = before[1], after[1]
    by_chance = count_of(left) + count_of(right) - SIZE
    return log_count(f"{left} {right}") > by_chance or by_chance < SELDOM_BY_CHANCE


FIRM = re.compile(r"\||Vol\.:|PubMed ID:|terms of use")  # of phrases that no sentence takes in
OPENS = re.compile(r"(?:\A|[\r\n.!?:;)\]|’”\"'])[ \t]*\Z")  # before a sentence
GOES_ON = re.compile(r"\s*(?:\Z|[^\Wa-z]|[(\[“‘|\"'])")  # with another sentence


def _lines(page: Page, phrases: list[tuple[int, int]]) -> Iterator[Proposal]:
    text, lines = page.text, page.lines
    rest = []  # each line as it reads without the phrases
    k = 0
    for start, end in lines:
        left, at = [], start
        while k < len(phrases) and phrases[k][0] < end:
            left.append(text[at : phrases[k][0]])
            at = phrases[k][1]
            k += 1
        line = "".join([*left, text[at:end]]).strip()
        rest.append(line if len(line) < MOST_CHARACTERS else "prose")
    rules = _rules(rest, [bool(text[start:end].strip()) for start, end in lines], bool(phrases))
    for (start, end), rule in zip(lines, rules, strict=True):
        if rule:
            yield Proposal(start, _behind(text, end), "", "furniture", rule)
    whole = [span for span, rule in zip(lines, rules, strict=True) if rule]
    yield from _inside(text, phrases, whole)


def _rules(rest: list[str], written: list[bool], has_phrases: bool) -> list[str]:
    """For each line the rule by which it is furniture, or nothing.

    `rest`: each line as it reads without the phrases of furniture; `written`: whether it holds anything.
    """
    rules = [""] * len(rest)
    for i, line in enumerate(rest):
        if (not line and written[i]) or line in LABELS or LINKS.fullmatch(line):
            rules[i] = "link"
    for i, line in enumerate(
        rest
    ):  # rows of tables are no furniture, the lines under heads only beside links
        beside = [k for k in (i - 1, i + 1) if 0 <= k < len(rest)]
        if RULED.fullmatch(line):
            rules[i] = "link" if any(rules[k] == "link" for k in beside) else ""
        elif "|" in line and any("|" in rest[k] and not rules[k] for k in beside):
            rules[i] = ""
        elif line.startswith("PMID") and any(rest[k].startswith("PMID") for k in beside):
            rules[i] = ""  # of a list of papers
    has_links = has_phrases or "link" in rules
    for i, line in enumerate(rest):
        if HISTORY.fullmatch(line) and (has_links or OF_PAPERS.search(line)):
            rules[i] = "link"
    for i, line in enumerate(rest[:-1]):
        if DATE.fullmatch(line) and _affiliation(rest[i + 1]) and not rules[i]:
            journal = i and not rules[i - 1] and len(rest[i - 1]) < 120 and JOURNAL.fullmatch(rest[i - 1])
            # at the top of a page the abstract follows, in a list of posts another one
            if has_links or (journal and i == 1 and VERB.search("".join(rest[i + 2 : i + 3]))):
                rules[i], rules[i + 1] = "date", "affiliation"
                if journal:
                    rules[i - 1] = "journal"
    _mark_counters(rest, rules)
    listed = False  # by a colon
    for i, line in enumerate(rest):
        if rules[i] and listed:
            rules[i] = ""
        elif line:
            listed = line.endswith(":") and not rules[i]
    return rules


def _mark_counters(rest: list[str], rules: list[str]) -> None:
    """Mark three counters or more in a row, of several kinds, at the top of a page or beside its links."""
    i = 0
    while i < len(rest):
        j = i
        while j < len(rest) and COUNTER.fullmatch(rest[j]):
            j += 1
        kinds = {re.sub(r"[\d.]+", "", line).rstrip("s") for line in rest[i:j]}
        beside = not any(rest[:i]) or "link" in (*rules[max(0, i - 1) : i], *rules[j : j + 1])
        # a page says once how long it takes to read
        telling = any(map(TELLING.search, kinds)) or sum(" min" in line for line in rest[i:j]) == 1
        if j - i >= 3 and len(kinds) > 1 and telling and beside:
            rules[i:j] = ["counter"] * (j - i)
        i = max(j, i + 1)


def _inside(text: str, phrases: list[tuple[int, int]], whole: list[tuple[int, int]]) -> Iterator[Proposal]:
    """Phrases in lines that stay: glued to a word, between sentences, or where one reads on without them."""
    is_free = IsOutside(whole)
    for start, end in phrases:
        before, after = text[start - 1 : start] if start else "\n", text[end : end + 1]
        apart = OPENS.search(text, max(0, start - 9), start) and GOES_ON.match(text, end)
        glued = before.isalnum() or after.isalnum()
        stray = glued or apart or FIRM.search(text, start, end) or _reads_on(text, start, end, None)
        if stray and is_free(start, end):
            if before == " " and after in (" ", "\n", ""):
                start -= 1
            gap = " " if before.isalnum() and after.isalnum() else ""
            yield Proposal(start, end, gap, "furniture", "phrase")


def _affiliation(line: str) -> bool:
    """Whether a line says where authors work, and nothing else."""
    return bool(
        len(line) > 20 and line.count(",") >= 2 and AFFILIATION.search(line) and not VERB.search(line)
    )


def _behind(text: str, end: int) -> int:
    """The offset behind the line end at `end`."""
    return end + (2 if text.startswith("\r\n", end) else int(end < len(text)))

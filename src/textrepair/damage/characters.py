"""Lost and broken characters: mojibake, ligatures, invisible characters, letters that went missing."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from textrepair.damage import ligatures
from textrepair.damage.dictionary import DATA, known, log_uses
from textrepair.damage.page import Page, Proposal
from textrepair.first_look import FindMatches, FirstLook
from textrepair.lexicon.opposed import opposed
from textrepair.lexicon.quotations import mentions

INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]+")
# a soft hyphen where a line was broken, and what is left of its word
SOFT_END = re.compile(
    r"(?<=[^\W\d_])\u00ad+[ \t]{0,8}(\r?\n)[ \t]{0,8}([^\W\d_][^\s\u00ad]{0,60})(?!\S)"
    r"(?:[ \t]|(?=(\r?\n|\Z)))"
)
LIGATURES = re.compile("[A-Za-z]{0,40}[\ufb00-\ufb06][A-Za-z\ufb00-\ufb06]{0,40}(?: [a-z]{1,20})?")
# what UTF-8 read as Latin-1 or Windows-1252 leaves: a lead byte and what follows it
MARKED = re.compile(r"(?<![^ \t\r\n])[^ \t\r\n]*[^\x00-\x7f][^ \t\r\n]*")
MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
# cell markers run together: a sign between them went missing
SIGNLESS = re.compile(
    r"(?<![\w-])CD\d{1,3}(?:R[AO])?(?:CD\d{1,3}|Ig[ADEGM](?![a-z])|CCR\d|F[Oo][Xx][Pp]3)\w*"
)
TGF = re.compile(
    r"(?<![\w-])([A-Za-z]\w{1,15})([-\u2010-\u2013])TGF(?![\w\-\u2010-\u2015])(?! ?(?:\W?beta"
    r"|\(?[\u0370-\u03ff]))"
)
# names that end in a Greek letter, and what is left of them without it: "TNF-", "interferon-"
NAME = r"(?<![\w+-])([A-Za-z][A-Za-z]{1,11}(?:-\d{1,2})?)[-\u2010-\u2013]"
LETTERED = re.compile(NAME + r" ?([\u03b1-\u03c9])(?![^\W\d_])")
UNLETTERED = re.compile(
    NAME + r"(?=[ ,.;:)\]])(?!.? ?(?:[\u03b1-\u03c9-]|(?i:alpha|beta|gamma|delta|kappa)\b))"
    r"(?!.? ?[a-z]+(?:ed|ing|ent|ive|like)(?!\w))"
)
NF_KAPPA_B = re.compile(r"(?<![\w-])NF-[ ?\ufffd]?B(?![\w-])")
ONLY = {"TNF": "α", "TGF": "β"}  # names that science hardly writes with another letter
SUSPENDED = re.compile(r" (?:and|or|to|und)\b|[,/]")
# "IL-1- and TNF-induced"
TIED_LATER = re.compile(r"(?:,? ?(?:and|or|to|und|/) ?|, )[^\s,;]{1,30}[-\u2010-\u2013][a-z]{2}")
# a letter's mark that a printed page sets apart: "Sjo¨gren", "Sj¨ogren", "na¨ıve"
MARKS = {"¨": ("\u0308", "aeiouyAEIOUY"), "¸": ("\u0327", "cCsS"), "ˇ": ("\u030c", "cszCSZ")}
SET_APART = re.compile(r"([^\W\d_])([¨¸ˇ])([^\W\d_])")
ENTITY = re.compile(r"&(?:amp;){0,9}(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[A-Za-z]{2,8}\d?);")
MARKUP = re.compile(  # of a text that is about it, or holds it
    r"</(?:a|p|div|span|li|ul|td|tr|table|em|strong|h\d)>|&(?:amp;){0,9}lt;/?[A-Za-z][^&<>\n]{0,40}&(?:amp;){0,9}gt;"
    r"|(?<![^\W_])(?:X?HTML5?|XML|SGML|[Mm]arkup|[Aa]mpersands?|[Cc]haracter (?:entit|reference)\w{1,3})"
    r"(?![^\W_])"
)
ENCODINGS = re.compile(
    r"\b(?:UTF-?8|Latin-?1|ISO[- ]8859|Windows-125\d|cp125\d|Unicode|mojibake)\b", re.IGNORECASE
)
QUOTES = "\"'“”‘’`"
AROUND = QUOTES + ".,;:"
CLOSED = re.compile(
    "\u00e2\u20ac(?=[\\s.,;:)\\]]|\\Z)"
)  # a closing quotation mark whose last byte no page shows

LOOK = FirstLook(
    (INVISIBLE, SOFT_END, LIGATURES, TGF, NF_KAPPA_B, UNLETTERED, SET_APART, MARKUP, ENTITY, CLOSED, MOJIBAKE)
    + (SIGNLESS,)
)


def find(page: Page) -> Iterator[Proposal]:
    """Every character that went missing or came out as others, with what it was.

    >>> text = "na ve cells, e\ufb03cacy, 5 Â±\u00a01"
    >>> [(text[p.start : p.end], p.after) for p in find(Page(text))]
    [('eﬃcacy', 'efficacy'), ('na ve', 'naïve'), ('Â', '')]
    """
    matches = LOOK(page.text)
    yield from _invisible(page.text, matches)
    yield from _ligatures(matches)
    yield from ligatures.find(page.text)
    yield from _lost(page)
    yield from _greek(page.text, matches)
    yield from _set_apart(matches)
    yield from _entities(matches)
    yield from _mojibake(page.text, matches)
    for m in matches(SIGNLESS):
        yield Proposal(m.start(), m.end(), m[0], "artifact", "superscript lost")


def _invisible(text: str, matches: FindMatches) -> Iterator[Proposal]:
    ends = {m.start(): m for m in matches(SOFT_END)}
    for m in ends.values():  # the line then ends after the word, so that the layout stays
        line_end = m[1] if m[3] is None else ""
        yield Proposal(m.start(), m.end(), m[2] + line_end, "artifact", "soft hyphen at a line end")
    for m in matches(INVISIBLE):
        if m.start() in ends:
            continue
        if not m.start() and m[0][0] == "\ufeff" and m.end() == 1:
            continue  # a byte order mark where one belongs
        before = re.compile(r"[a-z]*\Z").search(text, max(0, m.start() - 40), m.start())
        after = re.compile(r"[a-z]*").match(text, m.end(), m.end() + 40)
        a, b = before[0] if before else "", after[0] if after else ""
        parted = "\u200b" in m[0] and a and b and known(a) and known(b) and not known(a + b)
        yield Proposal(m.start(), m.end(), " " if parted else "", "artifact", "invisible characters")


def _ligatures(matches: FindMatches) -> Iterator[Proposal]:
    for m in matches(LIGATURES):
        word, _, rest = m[0].partition(" ")
        whole = re.sub("[\ufb00-\ufb06]", lambda c: unicodedata.normalize("NFKC", c[0]), word)
        uses = log_uses((whole + rest).lower())
        joins = bool(rest) and not log_uses(whole.lower()) and uses > 0
        if len(word) == 1 and (not rest or log_uses(rest) > uses):
            continue  # a text about them
        end = m.end() if joins else m.start() + len(word)
        yield Proposal(m.start(), end, whole + rest * joins, "artifact", "ligature")


@cache
def _letters() -> dict[str, list[tuple[str, str]]]:
    """First run of letters of a damaged form → (damaged form, right form).

    An encoder drops what it cannot write, or puts a blank or a mark. One of double bytes reads such a
    letter and the next as a single character before it drops it: *naïve* → *na e*.
    """
    table: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for right in (DATA / "letters.txt").read_text(encoding="utf8").split("\n"):
        forms = {re.sub(r"[^\x00-\x7f’–]", loss, right) for loss in ("", " ", "?", "\ufffd")}
        forms |= {re.sub(r"[^\x00-\x7f’–]\w", loss, right) for loss in (" ", "?", "\ufffd")}
        for form in forms - {right}:
            first = re.match(r"[A-Za-z]+", form)
            if (
                first
                and (form[-1].isalpha() or form[-1] == "\ufffd")
                and len(form) > 3
                and not (form.isalpha() and known(form.lower()))
            ):
                table[first[0]].append((form, right))
    return {first: sorted(forms, key=lambda f: -len(f[0])) for first, forms in table.items()}


def _lost(page: Page) -> Iterator[Proposal]:
    text, table = page.text, _letters()
    if table.keys().isdisjoint(page.written):
        return
    for (start, _), word in zip(page.words, page.written, strict=True):
        if word not in table or (start and text[start - 1] in "-’'"):
            continue
        for form, right in table[word]:
            at = start + len(form)
            if text.startswith(form, start) and not text[at : at + 1].isalnum():
                yield Proposal(start, at, right, "artifact", "letter lost")
                break


def _greek(text: str, matches: FindMatches) -> Iterator[Proposal]:
    """*GARP-TGF* is *GARP-TGFβ*, and *interferon-* what the text says it is elsewhere."""
    for m in matches(TGF):  # in compounds science never leaves the letter out
        if "ubuloglomerular" in text:
            break  # whose feedback is *TGF* too
        if not SUSPENDED.match(text, m.end()) or text[m.end() : m.end() + 1] == ",":
            written = "-β" if "TGF-β" in text and "TGFβ" not in text else "β"
            yield Proposal(m.end() - 3, m.end(), "TGF" + written, "artifact", "Greek letter lost")
    for m in matches(NF_KAPPA_B):
        yield Proposal(m.start(), m.end(), "NF-κB", "artifact", "Greek letter lost")
    unlettered = list(matches(UNLETTERED))
    letters: dict[str, set[str]] = defaultdict(set)
    for m in LETTERED.finditer(text) if unlettered else ():
        letters[m[1].lower()].add(m[2])
    stands = cache(text.__contains__)
    for m in unlettered:
        here = letters[m[1].lower()] or set(ONLY.get(m[1], ()))
        # where *TNF+* stands, *TNF-* are the cells without it
        if len(here) == 1 and not stands(f"{m[1]}+") and not TIED_LATER.match(text, m.end()):
            yield Proposal(m.start(), m.end(), m[0] + min(here), "artifact", "Greek letter lost")


def _set_apart(matches: FindMatches) -> Iterator[Proposal]:
    for m in matches(SET_APART):
        before, (mark, bearers), after = m[1], MARKS[m[2]], m[3].replace("ı", "i")
        bears = after != m[3] or before not in bearers, after in bearers
        if bears[0] == bears[1]:  # the mark belongs to one of the two
            both = before + after + mark if bears[1] else before + mark + after
            mended = unicodedata.normalize("NFC", both)
            yield Proposal(m.start(), m.end(), mended, "artifact", "mark set apart")


def _entities(matches: FindMatches) -> Iterator[Proposal]:
    """Characters as web pages write them: *&lt;*."""
    if any(matches(MARKUP)):
        return
    for m in matches(ENTITY):
        mended = html.unescape(re.sub("&(?:amp;)+(?=.)", "&", m[0]))
        if mended != m[0] and len(mended) == 1:
            yield Proposal(m.start(), m.end(), mended, "artifact", "entity")


def _mojibake(text: str, matches: FindMatches) -> Iterator[Proposal]:
    for m in matches(CLOSED):
        yield Proposal(m.start(), m.end(), "”", "artifact", "mojibake")
    if not any(matches(MOJIBAKE)):
        return
    from ftfy import fix_encoding

    shown = {text[a:b].strip(QUOTES) for a, b in mentions(text)}  # what a text is about
    broken = [(m, fix_encoding(m[0])) for m in MARKED.finditer(text) if MOJIBAKE.search(m[0])]
    surely = any(m[0] != mended for m, mended in broken)
    for m, mended in broken:
        if m[0].strip(AROUND) in shown or _compared(text, *m.span(), mended):
            continue
        if mended == m[0] and surely:  # what alone might be letters
            mended = _decoded(m[0])
        if mended != m[0]:
            same = _shared(m[0], mended)
            tail = _shared(m[0][same:][::-1], mended[same:][::-1])
            start, end = m.start() + same, m.end() - tail
            yield Proposal(start, end, mended[same : len(mended) - tail], "artifact", "mojibake")


def _compared(text: str, start: int, end: int, mended: str) -> bool:
    """Whether the text sets what is broken against what it should be, or tells of encodings and shows it."""
    said, bare = text[start:end].strip(AROUND), mended.strip(AROUND)
    if not bare or said == bare:
        return False
    at = text.index(said, start)
    alone = len(bare) == 1 and bare.isalpha() and ENCODINGS.search(text) is not None
    return alone or (bare.isalnum() and any(opposed(text, [(at, at + len(said), bare)])))


def _decoded(text: str) -> str:
    """The text as UTF-8 where that is what was read as Windows-1252, else as it stands."""
    try:
        return text.encode("sloppy-windows-1252").decode()
    except UnicodeError:
        return text


def _shared(a: str, b: str) -> int:
    """How many characters two texts begin with in common."""
    return next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))

"""Stretches of text no edit may touch: quotations, references, formulae, names, and what users name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from textrepair.errors import TextrepairError
from textrepair.first_look import FindMatches, FirstLook
from textrepair.lexicon.habits import habits_for
from textrepair.lexicon.opposed import OF_WORDINGS, about_wordings
from textrepair.lexicon.quotations import mentions, quotations
from textrepair.lexicon.references import OF_REFERENCES, references

Span = tuple[int, int]
# name → pattern; bounded repeats, so that no text makes one run away
PATTERNS = {
    "url": r"\b(?:https?://|www\.)[^\s<>\"]{1,2000}",
    "doi": r"\b(?:doi:\s?\S{1,200}|10\.\d{4,9}/\S{1,200})",
    "e-mail": r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}",
    "code": r"```(?s:.)*?```|~~~(?s:.)*?~~~|`[^`\n]{1,200}`|(?m:^)[ \t]{0,20}>>> [^\n]{1,500}"
    # blocks of code of other markup: Org, AsciiDoc, reStructuredText
    r"|#\+(?:BEGIN|begin)_(?:SRC|src|EXAMPLE|example|QUOTE|quote)\b(?s:.){0,20000}?#\+(?:END|end)_"
    r"|(?m:^)\[source[^\]\n]{0,100}\]\n----\n(?s:.){0,20000}?\n----"
    r"|(?m:^)[ \t]{0,40}\.\. (?:code|code-block|sourcecode|parsed-literal|math|literalinclude)::[^\n]{0,200}"
    r"(?:\n(?:[ \t]+[^\n]{0,500})?){1,500}",
    "formula": r"\$(?=\S)[^$\n]{1,500}(?<=\S)\$(?!\d)|\\\([^\n]{1,500}?\\\)|\\\[(?s:.){1,1000}?\\\]"
    r"|\\begin\{(?:equation|align|gather|multline|eqnarray|cases|array)\*?\}(?s:.){1,2000}?\\end\{"
    r"|\\[a-zA-Z]{2,20}\{[^{}\n]{0,200}\}",
    "template": r"\{\{[^{}]{1,1000}\}\}|\$\{[^{}\n]{1,100}\}",
    "idiom": r"\b([a-z]{2,30}) (?:after|by|for|upon|on|to|over|in) \1\b",  # nation after nation
    # of a term of two or three words too
    "sic": r"(?:[\w-]{1,60}\s){0,2}[\w-]{1,60}\s?(?:\[sic!?\]|\(sic!?\))",
    "log": r"(?m:^)\[?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"
    r"|\d\d:\d\d:\d\d\S{0,10} \[?(?:DEBUG|INFO|WARN|ERROR|FATAL))[^\n]{0,1000}"
    r"|(?m:^)Traceback \(most[^\n]{1,100}(?:\n[ \t]+[^\n]{1,500}){1,500}(?:\n\w[^\n]{0,500})?",
    # the names of those who wrote in a year
    "citation": r"\b[A-Z][\w’'-]{1,30}(?:(?:,? (?:and|&) |, )[A-Z][\w’'-]{1,30}){0,5},?"
    r" \(?(?:1[6-9]|20)\d\d[a-z]?(?=[),;:])",
    "titled": r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Lady|Lord)\.?\s[A-Z][\w’'-]{1,30}",
    "person": r"\b[A-Z][\w’'-]{1,30}(?:\s[A-Z]{1,3}\b)?,?\set\sal\b",
}

# What names of streets, places, institutions, companies and teams end with, or begin with: the words in them
# are ordinary ones, and nobody's wording.
LAST = """
    Street Lane Road Avenue Boulevard Terrace Crescent Alley Plaza Court Row Way Square Bridge Park Garden
    Gardens Bay Beach Island Islands Valley Hill Hills Cave Ridge Creek River Falls Village County
    Hospital Clinic Center Centre Laboratory Department Hospice Infirmary Institute University College
    School Academy Museum Library Theatre Church Foundation Society Committee Council Commission Ministry
    Agency Fund Trust Charity Alliance Coalition Club Inn Hotel House Hall Ltd Limited Inc Corp
    Corporation Company LLC PLC GmbH Partners Solutions Holdings Band Orchestra Rovers United Wanderers
    Rangers Programme
    """.split()
FIRST = """
    University Institute Department School Faculty Ministry College Academy Society Centre Center Museum
    Journal Hospital Foundation Association Bureau Office Council House Bank Church
    """.split()
BEFORE = "Lake Cape Mount Mt Port Fort Saint St Camp Isle".split()
WORD = r"[A-Z][\w’'-]{1,30}"
NAMES = {
    "ends as a name": rf"\b(?:{WORD} (?:& )?){{1,5}}(?:{'|'.join(LAST)})\b(?! [A-Z])",
    "begins as a name": rf"\b(?:{'|'.join(FIRST)}) (?:of|for) (?:the )?{WORD}"
    rf"(?:,? (?:and |of |& )?{WORD}){{0,5}}"
    rf"|\b(?:{'|'.join(BEFORE)})\.? {WORD}",
}
# What is written for machines: no synonyms there; where it is broken or in the way, damage is mended.
TECHNICAL = {
    "address": r"\b(?:ftp|file|s3|gs|ssh|git)://[^\s<>\"]{1,2000}"
    r"|(?<![\w/@.-])(?:[\w-]{1,63}\.){1,8}(?:com|org|net|edu|gov|io)\b(?:/[^\s<>\"]{0,2000})?",
    "path": r"\b[A-Za-z]:\\[^\s<>\"|?*]{1,500}"
    r"|(?<!\S)(?:~|\.{1,2})?/[\w.@+-]{1,100}(?:/[\w.@+-]{0,100}){0,20}"
    r"|(?<![\w/])(?:[\w.-]{1,100}/){1,20}[\w-]{1,100}\.[A-Za-z][A-Za-z\d]{0,4}\b",
    "file": r"(?<![\w./`])[\w-]{1,100}\.(?:csv|tsv|txt|pdf|docx?|xlsx?|pptx?|py|ipynb|md|rst|tex|bib"
    r"|html?|xml|jsonl?|ya?ml|toml|zip|gz|tar|png|jpe?g|gif|svg|tiff?|cpp|hpp|java|js|sh|sql|dat|fasta|fastq|bam|vcf|rds|RData)\b",
    "tag": r"(?<![\w&#@])[#@][A-Za-z]\w{1,60}|</?[A-Za-z][\w:-]{0,40}"
    r"(?:\s{1,9}[\w:-]{1,40}=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'|[^\s\"'<>]{1,300})){0,20}\s?/?>"
    r"|(?<![\w$])\$[A-Za-z_]\w{1,60}",
    "call": r"\b[\w.]{1,100}\(\)|\b[A-Za-z_]\w{0,60}\[(?:\"[^\"\n]{1,100}\"|'[^'\n]{1,100}')\]"
    r"|\b[A-Za-z]\w{0,60}_\w{0,60}\([^()\n]{0,300}\)|\b[a-z_]\w{0,60}\.[a-z_]\w{0,60}\([^()\n]{0,300}\)",
    "command": r"(?m:^)(?: {4}|\t)[ \t]{0,20}(?:\$ |sudo |pip3? |conda |npm |npx |apt(?:-get)? |git |docker"
    r" |curl |wget |cd |brew |cargo |Rscript |python3? |export \w{1,60}=)[^\n]{1,500}",
    "settings": r"(?m:^)\[[\w.-]{1,60}\]\n(?:[\w.-]{1,60}[ \t]{0,20}=[^\n]{0,500}\n?){1,200}",
    "patch": r"(?m:^)--- [^\n]{1,200}\n\+\+\+ [^\n]{1,200}(?:\n[-+ @\\][^\n]{0,500}){1,2000}",
    # histories of a program's changes, as Debian, GNU and Git write them: fragments that look spun
    "history": r"(?m:^)[\w.+-]{1,60} \([\w.+:~-]{1,60}\) [\w -]{1,60}; urgency=[^\n]{1,100}\n"
    r"(?:(?:[ \t][^\n]{0,500})?\n){1,500}? -- [^\n]{1,200}"
    r"|(?m:^)\d{4}-\d\d-\d\d {1,2}[^\n<>]{1,100}<[^\n<>]{1,100}>\n(?:(?:[ \t][^\n]{0,500})?\n){1,500}"
    r"|(?m:^)commit [0-9a-f]{40}\b[^\n]{0,100}\n"
    r"(?:(?:(?:Author|AuthorDate|Commit|CommitDate|Date|Merge): |[ \t])[^\n]{0,500}\n|\n){1,500}"
    r"|(?m:^)(?:\* )?(?=[a-f]{0,39}\d)[0-9a-f]{7,40} [^\n]{1,500}"
    # all of a text that is called so, and the list below a release
    r"|\A\W{0,20}(?i:(?:change ?log|release notes|version history)\b[^\n]{0,80}"
    r"|what['’]s new(?: in [\w.-]{1,30}(?: v?\d[\w.]{0,20})?)?\W{0,9})\n(?s:.)*"
    r"|(?m:^)[#=\s]{0,9}(?i:changes (?:in|since|from) (?:version |release |v)?\d|version \d|release \d"
    r"|v\d+\.\d|\[\d+\.\d)[^\n]{0,80}"
    r"(?:\n{1,2}[ \t]{0,9}[-*+•] [^\n]{0,500}(?:\n[ \t]{2,}[^\n]{1,500}){0,50}){1,500}",
    "query": r"\b(?:SELECT\b[^;]{1,300}?\bFROM|INSERT INTO|CREATE TABLE|DELETE FROM"
    r"|UPDATE\b[^;\n]{1,100}?\bSET)\b[^;\n]{0,500}",
    "line of code": r"(?m:^)(?:[ \t]{0,20}(?:\.\.\.|\$|In \[\d{1,4}\]:)[ \t][^\n]{1,500}"
    r"|import \w[^\n]{0,200}"
    r"|from [\w.]{1,100} import [^\n]{1,300}|[ \t]{0,20}(?:def|class) \w{1,60}[(:][^\n]{0,300}"
    r"|[ \t]{0,20}[\w.]{1,60} (?:=|<-|:=|\+=) [\w.]{1,60}\([^\n]{0,300}\);?(?m:$))",
}


def compile_patterns(patterns: Iterable[str]) -> list[re.Pattern[str]]:
    """Users' regular expressions; `TextrepairError` names one that does not compile."""
    out = []
    for p in patterns:
        try:
            out.append(re.compile(p))
        except re.error as e:
            raise TextrepairError(f"protect_patterns: {p!r} is no regular expression: {e}") from None
    return out


def compile_terms(terms: Iterable[str]) -> list[re.Pattern[str]]:
    """Users' terms as patterns: whole words, in any letter case, with any white space between them.

    >>> [bool(p.search("Immune\\nmodulatory")) for p in compile_terms(["immune modulatory", " "])]
    [True]
    """
    spaced = (r"\s+".join(map(re.escape, t.split())) for t in terms if t.strip())
    return [re.compile(rf"(?<!\w){t}(?!\w)", re.IGNORECASE) for t in spaced]


def spans_of(text: str, patterns: Iterable[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    """Offsets of everything the patterns match, but for empty matches."""
    return (m.span() for pattern in patterns for m in pattern.finditer(text) if m.end() > m.start())


# words of old English that no author or spinner of science writes: their paragraphs are of another time
OLD = re.compile(
    r"\b(?:hath|doth|hast|dost|didst|[Tt]hou|thee|[Tt]hy|thine|quoth|shalt|[Mm]ethinks|forsooth|saith|spake)\b(?!-)"
    r"|(?<![\w’'])[’'][Tt](?:is|was)\b"
)


def of_old(text: str, matches: FindMatches) -> Iterator[Span]:
    """Offsets of the paragraphs that are old English."""
    behind = 0  # the last one, which is looked for once
    for m in matches(OLD):
        if m.start() >= behind:
            end = text.find("\n\n", m.end())
            start = text.rfind("\n\n", 0, m.start()) + 1
            behind = end if end >= 0 else len(text)
            yield start, behind


COMPILED = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}
UNWORDED = [re.compile(pattern) for pattern in (*NAMES.values(), *TECHNICAL.values())]
LOOK = FirstLook([*COMPILED.values(), *UNWORDED, OLD, *OF_REFERENCES, *OF_WORDINGS])
# name → what finds its spans in a text
BUILT_IN: dict[str, Callable[[str], Iterable[Span]]] = {
    **{name: partial(spans_of, patterns=[pattern]) for name, pattern in COMPILED.items()},
    "quotation": quotations,
    "mention": mentions,
}


def protected_spans(text: str, terms: Sequence[str], patterns: Sequence[re.Pattern[str]]) -> Iterator[Span]:
    """Offsets of everything no synonym is written into: built in, users' terms (any case) and patterns.

    >>> list(protected_spans("He wrote “the sufferers”.", [], []))[:1]
    [(9, 24)]
    """
    matches = LOOK(text)
    yield from (
        m.span()
        for pattern in (*COMPILED.values(), *UNWORDED)
        for m in matches(pattern)
        # spinners write some idioms themselves: *point by point* for *detailed*
        if pattern is not COMPILED["idiom"] or not habits_for(m[0].lower())
    )
    yield from quotations(text)  # mentions are some of them
    yield from references(text, matches)
    yield from of_old(text, matches)
    yield from about_wordings(text, matches)
    yield from spans_of(text, (*compile_terms(terms), *patterns))


class IsOutside:
    """Whether a span touches none of the given spans.

    >>> free = IsOutside([(4, 9), (7, 12)])
    >>> free(0, 4), free(11, 13)
    (True, False)
    """

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        merged: list[list[int]] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([start, end])
        self._starts = [s for s, _ in merged]
        self._ends = [e for _, e in merged]

    def __call__(self, start: int, end: int) -> bool:
        """True where `start` to `end` is free."""
        k = bisect_right(self._ends, start)
        return k == len(self._starts) or self._starts[k] >= end

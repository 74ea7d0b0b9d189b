"""How likely each rule is right: the score of what it proposes.

Set from precision as `benchmarks/damage.py` measures it (`benchmarks/results/damage.json`): how often a
rule fired on clean text, how often on damage planted into clean text, and how often it then gave back
what had stood there. A rule that fires on text as authors write it stays below every threshold in
use: *glued, rarely neighbours* is right of three planted places in four, and meets names on clean text.
"""

# family → rule → probability that a proposal is right
SCORES: dict[str, dict[str, float]] = {
    "furniture": {
        "phrase": 0.98,
        "running head": 0.97,
        "link": 0.97,
        "date": 0.97,
        "affiliation": 0.97,
        "journal": 0.95,
        "counter": 0.95,
    },
    "advertisements": {
        "product and keyword": 0.95,
        "offer of a product": 0.95,
        "product and vendor": 0.9,
        "title of an antibody": 0.95,
        "in mid-sentence": 0.9,
    },
    "numbers": {
        "reference numbers": 0.99,
        "reference in brackets": 0.98,
        "DOI": 0.99,
        "volume and page": 0.99,
        "decimal": 0.98,
        "space inside a decimal": 0.97,
        "translocation": 0.97,
        "number of cases": 0.97,
        "range": 0.97,
        "name with a number": 0.98,
        "percentage": 0.95,
        "unit": 0.95,
        "reference alone in brackets": 0.95,
        "time": 0.95,
        "figure or table": 0.95,
        "figure alone in prose": 0.7,
        "percentage, alone": 0.1,
        "unit, alone": 0.1,
        "reference alone in brackets, alone": 0.1,
        "time, alone": 0.1,
        "figure or table, alone": 0.1,
    },
    "characters": {
        "invisible characters": 0.98,
        "soft hyphen at a line end": 0.98,
        "ligature": 0.99,
        "ligature set apart": 0.98,
        "ligature lost": 0.97,
        "letter lost": 0.98,
        "Greek letter lost": 0.9,
        "mark set apart": 0.97,
        "entity": 0.98,
        "mojibake": 0.98,
        "superscript lost": 0.9,
    },
    "words": {
        "glued words": 0.98,
        "glued terms": 0.93,
        "glued, rarely neighbours": 0.3,
        "glued to an acronym": 0.95,
        "glued to a figure": 0.97,
        "hyphen inside a word": 0.95,
        "hyphen at a line end": 0.97,
        "hyphen at a former line end": 0.95,
        "space behind a ligature": 0.97,
        "letters set apart": 0.95,
        "space inside a word": 0.9,
        "heading run into its text": 0.95,
        "sentence run into the next": 0.98,
        "comma without a space": 0.95,
        "bracket without a space": 0.97,
    },
    "truncation": {
        "start of the text": 0.8,
        "end of the text": 0.8,
        "cut off": 0.8,
    },
}

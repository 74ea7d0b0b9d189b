"""The features that documents and candidates are judged by, each a named function in a table."""

from textrepair.pipeline.features import (  # noqa: F401 - they fill the table
    candidate,
    hidden,
    large,
    origin,
    spinners,
)
from textrepair.pipeline.features.context import (
    FEATURES,
    ByLarge,
    CandidatesInContext,
    is_listed_term,
    is_unwritten,
)
from textrepair.pipeline.features.document import BY_ENCODING, BY_WORDS, Words
from textrepair.pipeline.features.large import OF_LARGE
from textrepair.pipeline.features.place import Place, Replaced
from textrepair.pipeline.features.table import Rows, Table, log_odds
from textrepair.pipeline.features.word import OF_WORD, WordInContext

__all__ = [
    "BY_ENCODING",
    "BY_WORDS",
    "FEATURES",
    "OF_LARGE",
    "OF_WORD",
    "ByLarge",
    "CandidatesInContext",
    "Place",
    "Replaced",
    "Rows",
    "Table",
    "WordInContext",
    "Words",
    "is_listed_term",
    "is_unwritten",
    "log_odds",
]

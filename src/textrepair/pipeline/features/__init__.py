"""The features that documents and candidates are judged by, each a named function in a table."""

from textrepair.pipeline.features import candidate, hidden, spinners  # noqa: F401 - they fill the table
from textrepair.pipeline.features.context import (
    FEATURES,
    CandidateInContext,
    Place,
    Replaced,
    is_listed_term,
    is_unwritten,
)
from textrepair.pipeline.features.document import BY_ENCODING, BY_WORDS, Words
from textrepair.pipeline.features.table import Table, log_odds

__all__ = [
    "BY_ENCODING",
    "BY_WORDS",
    "FEATURES",
    "CandidateInContext",
    "Place",
    "Replaced",
    "Table",
    "Words",
    "is_listed_term",
    "is_unwritten",
    "log_odds",
]

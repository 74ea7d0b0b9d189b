"""What opens any model by transformers: its tokenizer checked, the library kept quiet, its errors told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from textrepair.errors import TextrepairError


def open_tokenizer(where: str, name: str, vocabulary: int, remedy: str) -> Any:
    """The fast tokenizer of a model of so many pieces, which cuts nothing off and adds no padding.

    Raises `TextrepairError`, which begins with `where` and ends with the `remedy`, for one that cannot be
    read, is slow, or belongs to another model.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True, trust_remote_code=False)
    except Exception as error:  # the library raises whatever its parts do
        raise TextrepairError(
            f"{where}: its tokenizer cannot be read ({first_line(error)}); {remedy}"
        ) from error
    if not tokenizer.is_fast:
        raise TextrepairError(f"{where}: its tokenizer keeps no offsets (it is a slow one); {remedy}")
    # libraries make an empty tokenizer where there is no file for one; vocabularies are padded a little
    if not vocabulary / 2 <= len(tokenizer) <= vocabulary:
        raise TextrepairError(
            f"{where}: its tokenizer has {len(tokenizer):,} pieces and its model {vocabulary:,}: "
            f"they do not belong together; {remedy}"
        )
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    return tokenizer


def first_line(error: Exception) -> str:
    """What an error says, as a part of a sentence."""
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the library's bars and notes on weights that are not used, and leave it as it was."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]

"""Words and their pieces, by a model's tokenizer: the same few thousand come up again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from textrepair.rerank.evidence import align

if TYPE_CHECKING:
    from tokenizers import Tokenizer

ALIGNED = 1 << 15  # candidates whose pieces are remembered


class Pieces:
    """What a tokenizer makes of words and of their pieces, remembered."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._split: dict[str, tuple[str, ...]] = {}
        self._encoded: dict[str, list[int]] = {}
        self._whole: dict[int, str] = {}
        self.aligned = lru_cache(ALIGNED)(self._aligned)

    def of(self, word: str) -> list[int]:
        """The pieces of a word."""
        if word not in self._encoded:
            self._encoded[word] = self._tokenizer.encode(word, add_special_tokens=False).ids
        return self._encoded[word]

    def word(self, piece: int) -> str:
        """The word that a piece of the vocabulary is; empty if it is a part of one, or no word."""
        if piece not in self._whole:
            token = self._tokenizer.id_to_token(piece) or ""
            self._whole[piece] = token if token.isalpha() and len(token) > 2 else ""
        return self._whole[piece]

    def read(self, pieces: Sequence[int]) -> str:
        """What a row of pieces reads."""
        return str(self._tokenizer.decode(pieces)) if pieces else ""

    def _aligned(self, stand: tuple[str, ...], after: str) -> list[list[int]]:
        """For each word that stands the pieces of `after` that answer to it."""
        return [[i for w in words for i in self.of(w)] for _, words in align(self._words(after), stand)]

    def _words(self, text: str) -> tuple[str, ...]:
        if text not in self._split:
            self._split[text] = tuple(w for w, _ in self._tokenizer.pre_tokenizer.pre_tokenize_str(text))
        return self._split[text]

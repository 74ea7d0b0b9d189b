"""What a model is made of: the files of a corpus, real swaps, a base."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from textrepair.errors import TextrepairError
from textrepair.files import check_there, sha256
from textrepair.texts import read_texts, refuse
from textrepair.training.base import Base
from textrepair.training.channels import default_channels, seen_terms, tables_fingerprint, training_channels
from textrepair.training.packed import Corpus
from textrepair.training.spinner import Channel

Channels = Sequence[tuple[float, Channel]]


@dataclass(frozen=True)
class Materials:
    """What a model is made of: the files of a `corpus`, and `bases` to start from (of several, their mean).

    `pairs`, `tortured`: real swaps to learn from, see `textrepair.training.channels`. `clean`: whole clean
    documents to measure harm on, no part of the corpus; without them it is measured on excerpts of spared
    documents. `skip_bad`: lines that cannot be read are left out. `layers`: so many of the base's layers are
    kept, evenly spaced.
    """

    corpus: tuple[Path, ...]
    bases: tuple[str, ...] = ("en_sci_sm",)
    pairs: Path | None = None
    tortured: Path | None = None
    clean: Path | None = None
    skip_bad: bool = False
    layers: int | None = None

    def check(self) -> None:
        """Raise `TextrepairError` for a text that is not there."""
        for path in (*self.corpus, *([self.clean] if self.clean else [])):
            check_there(path)

    def channels(self) -> tuple[Channels, Channels]:
        """The near simulated spinners, and all that training draws from."""
        pairs, tortured = self.pairs, self.tortured
        try:
            if tortured and not any(seen_terms(tortured)):
                raise ValueError("no tortured phrase beside the term expected for it")
            return default_channels(pairs, tortured), training_channels(pairs, tortured)
        except OSError as error:
            raise TextrepairError(f"{error.filename}: cannot be read: {error.strerror}") from None
        except KeyError as error:
            raise TextrepairError(f"{pairs}: no column {error}; it needs spun, original and kind") from None
        except ValueError as error:
            raise TextrepairError(f"{pairs or ''} {tortured or ''}: not as expected: {error}") from None

    def hashes(self, corpus: Corpus, base: Base) -> dict[str, str]:
        """The hashes of all that the model is made of, of the `corpus` as it was read; a training of other
        things is not gone on with.
        """
        return {
            "corpus": corpus.fingerprint(),
            "base": base.sha256,
            "pairs": sha256(self.pairs) if self.pairs else "",
            "tortured": sha256(self.tortured) if self.tortured else "",
            "tables": tables_fingerprint(),
        }


@dataclass
class Source:
    """One file of a corpus, and what was found in it."""

    path: Path
    documents: int = 0
    skipped: int = 0

    def read(self, skipped: Callable[[TextrepairError], None] | None) -> Iterator[str]:
        """The documents of the file, counted; bad lines are told to `skipped`, without it they are errors."""

        def count(error: TextrepairError) -> None:
            self.skipped += 1
            if skipped:
                skipped(error)

        for text in read_texts(self.path, count if skipped else refuse):
            self.documents += 1
            yield text

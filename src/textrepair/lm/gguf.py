"""Any causal language model in a GGUF file, read by llama.cpp."""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from textrepair.errors import TextrepairError, missing_extra
from textrepair.lm.limits import LEAST_PIECES, MOST_PIECES, check_memory
from textrepair.lm.opinion import BRANCH, Branch

SIDE_BY_SIDE = 24  # branches, each a sequence of its own
PIECES_A_BATCH = 256  # the logits of all of them stand in memory at once
REMEDY = "give a GGUF file of a causal language model, as llama.cpp reads them, or a model folder"


class _Fed(NamedTuple):
    """A piece as it is read, at its place in a sequence; `wanted`: what may come next, and is asked of."""

    piece: int
    at: int
    sequence: int
    wanted: Sequence[int]


class Gguf:
    """A causal language model of a GGUF file, open in llama.cpp."""

    def __init__(self, model: Any, context: Any, longest: int, identity: str) -> None:
        import llama_cpp

        self._lib, self._model, self._context = llama_cpp, model, context
        self._vocabulary = llama_cpp.llama_model_get_vocab(model)
        self._memory = llama_cpp.llama_get_memory(context)
        self._batch = llama_cpp.llama_batch_init(PIECES_A_BATCH, 0, 1)
        self._lengths: dict[int, int] = {}  # bytes of a piece
        special = (
            llama_cpp.llama_vocab_bos(self._vocabulary),
            llama_cpp.llama_vocab_eos(self._vocabulary),
            0,
        )
        self._first = next(piece for piece in special if piece >= 0)
        self.pieces: int = llama_cpp.llama_vocab_n_tokens(self._vocabulary)
        self.longest, self.identity = longest, identity

    def encode(self, text: str) -> tuple[list[int], list[int]]:
        """The pieces of a text behind a first one, and where they begin; see `LanguageModel.encode`."""
        data = text.encode()
        room = (self._lib.llama_token * (len(data) + 8))()
        count = self._lib.llama_tokenize(self._vocabulary, data, len(data), room, len(room), False, False)
        ids = room[:count]
        lengths = [self._length(piece) for piece in ids]
        # some tokenizers read a space before a text
        begins = [max(0, at) for at in accumulate(lengths, initial=len(data) - sum(lengths))][:-1]
        if len(data) > len(text):
            of_characters = [*accumulate((len(c.encode()) for c in text), initial=0)]
            begins = [bisect_right(of_characters, at) - 1 for at in begins]
        return [self._first, *ids], [0, *begins]

    def _length(self, piece: int) -> int:
        if piece not in self._lengths:
            room = ctypes.create_string_buffer(256)
            length = self._lib.llama_token_to_piece(self._vocabulary, piece, room, len(room), 0, True)
            self._lengths[piece] = abs(length)  # negative where there is not room for it
        return self._lengths[piece]

    def read(
        self, ids: Sequence[int], own: Sequence[int], branches: Sequence[Branch]
    ) -> tuple[dict[int, float], list[list[float]]]:
        """Log probabilities; see `LanguageModel.read`.

        Each branch is a sequence of its own that shares with the row what stands before it.
        """
        lib = self._lib
        lib.llama_memory_clear(self._memory, True)
        # a piece is told by the one before it
        wanted: dict[int, list[int]] = {}
        for at, piece in [*((k, ids[k]) for k in own), *((b.at, b.ids[0]) for b in branches)]:
            wanted.setdefault(at - 1, []).append(piece)
        row = (_Fed(piece, at, 0, wanted.get(at, ())) for at, piece in enumerate(ids))
        said = {(fed.at, piece): chance for fed, piece, chance in self._decode(row)}
        out = [[said[b.at - 1, b.ids[0]]] for b in branches]
        for first in range(0, len(branches), SIDE_BY_SIDE):
            some = branches[first : first + SIDE_BY_SIDE]
            for sequence, b in enumerate(some, 1):
                lib.llama_memory_seq_cp(self._memory, 0, sequence, 0, b.at)
            fed = (
                _Fed(b.ids[k], b.at + k, sequence, b.ids[k + 1 : k + 2])
                for sequence, b in enumerate(some, 1)
                for k in range(len(b.ids) - 1)
            )
            for of, _, chance in self._decode(fed):
                out[first + of.sequence - 1].append(chance)
            for sequence in range(1, len(some) + 1):
                lib.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return {k: said[k - 1, ids[k]] for k in own}, out

    def _decode(self, fed: Iterable[_Fed]) -> Iterator[tuple[_Fed, int, float]]:
        """Have pieces read, in batches: for each the log probability of every one wanted after it."""
        pieces = [*fed]
        batch = self._batch
        for first in range(0, len(pieces), PIECES_A_BATCH):
            some = pieces[first : first + PIECES_A_BATCH]
            batch.n_tokens = len(some)
            for k, one in enumerate(some):
                batch.token[k], batch.pos[k], batch.logits[k] = one.piece, one.at, bool(one.wanted)
                batch.n_seq_id[k], batch.seq_id[k][0] = 1, one.sequence
            if failed := self._lib.llama_decode(self._context, batch):
                raise RuntimeError(
                    f"llama.cpp cannot read a batch of {len(some)} pieces (its code is {failed})"
                )
            for k, one in enumerate(some):
                if one.wanted:
                    at = self._lib.llama_get_logits_ith(self._context, k)
                    logits = np.ctypeslib.as_array(at, shape=(self.pieces,))
                    most = logits.max()
                    total = float(most) + float(np.log(np.exp(logits - most).sum(dtype=np.float64)))
                    yield from ((one, piece, float(logits[piece]) - total) for piece in one.wanted)


def open_gguf(name: str) -> Gguf:
    """The causal language model in the GGUF file at `name`.

    Raises `TextrepairError` when there is none, or none that can be used, or llama-cpp-python is missing.
    """
    where, path = f"lm {name!r}", Path(name)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            begins = file.read(1 << 20)
            file.seek(max(0, size - (1 << 20)))
            ends = file.read()
    except OSError as error:
        raise TextrepairError(f"{where}: cannot be read ({error.strerror}); {REMEDY}") from error
    if not begins.startswith(b"GGUF"):
        raise TextrepairError(f"{where}: the file is no GGUF file; {REMEDY}")
    with missing_extra("lm"):
        import llama_cpp as lib
    check_memory(name, size)
    logging.getLogger("llama-cpp-python").setLevel(
        logging.CRITICAL + 1
    )  # it prints what its logger lets through
    lib.llama_backend_init()
    model = lib.llama_model_load_from_file(os.fsencode(path), lib.llama_model_default_params())
    if model is None:
        raise TextrepairError(
            f"{where}: llama.cpp cannot load it: damaged, cut off, or newer than it; {REMEDY}"
        )
    if lib.llama_model_has_encoder(model) or not lib.llama_model_has_decoder(model):
        raise TextrepairError(f"{where}: its model is no causal language model; {REMEDY}")
    if lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model):
        raise TextrepairError(f"{where}: a recurrent model keeps no key-value cache to share; {REMEDY}")
    longest = min(MOST_PIECES, lib.llama_model_n_ctx_train(model))
    if longest < LEAST_PIECES:
        raise TextrepairError(
            f"{where}: it reads {longest} pieces at once, and {LEAST_PIECES} are needed; {REMEDY}"
        )
    context = lib.llama_init_from_model(model, _context_params(lib, longest))
    if context is None:
        raise TextrepairError(
            f"{where}: llama.cpp cannot open it for reading: its model is none that predicts words"
        )
    return Gguf(model, context, longest, hashlib.sha256(begins + ends + str(size).encode()).hexdigest()[:16])


def _context_params(lib: Any, longest: int) -> Any:
    params = lib.llama_context_default_params()
    params.n_ctx = longest + SIDE_BY_SIDE * BRANCH
    params.n_batch = params.n_ubatch = PIECES_A_BATCH
    params.n_seq_max = SIDE_BY_SIDE + 1
    params.n_threads = params.n_threads_batch = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    params.kv_unified = True  # what stands before is shared, not copied
    params.swa_full = True  # a layer's short window is no reason to forget it
    return params

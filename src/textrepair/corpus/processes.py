"""Worker processes on this machine, one model each.

`concurrent.futures` gives up its whole pool when one worker dies, and its workers outlive a parent
that is killed; so these few lines stand on `multiprocessing` itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from textrepair.corpus.outcome import Outcome
from textrepair.corpus.worker import RepairerSpec
from textrepair.errors import TextrepairError
from textrepair.machine import cores

MOST_FAILED_STARTS = 3  # starts that may fail in a row

STARTING, IDLE, BUSY = range(3)


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    state: int = STARTING


class Processes:
    """`count` worker processes (None: one a core) that share the machine's cores; a context manager.

    A worker that dies is replaced. Raises `TextrepairError` where workers die as they start.
    """

    def __init__(self, spec: RepairerSpec, count: int | None = None) -> None:
        count = count or cores()
        self._spec = spec
        self._threads = max(1, cores() // count)
        self._context = multiprocessing.get_context("spawn")  # forking a process with threads is no use
        self._failed = 0
        self._workers = [self._start() for _ in range(count)]

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for w in self._workers:
            w.pipe.close()
            w.process.terminate()
        for w in self._workers:
            w.process.join()

    def __len__(self) -> int:
        return len(self._workers)

    def _start(self) -> _Worker:
        mine, theirs = self._context.Pipe()
        process = self._context.Process(target=serve, args=(theirs, self._spec, self._threads), daemon=True)
        process.start()
        theirs.close()  # so that a worker's death ends the pipe
        return _Worker(process, mine)

    def idle(self) -> list[int]:
        """The numbers of those that have nothing to do."""
        return [n for n, w in enumerate(self._workers) if w.state == IDLE]

    def submit(self, worker: int, texts: list[str]) -> None:
        """Give an idle worker a batch."""
        self._workers[worker].state = BUSY
        with suppress(OSError):  # it died while idle: `collect` will see that
            self._workers[worker].pipe.send(texts)

    def collect(self, *, block: bool) -> list[tuple[int, list[Outcome] | None]]:
        """Finished batches by worker; None for the batch of a worker that died."""
        waited = wait([w.pipe for w in self._workers if w.state != IDLE], None if block else 0)
        done: list[tuple[int, list[Outcome] | None]] = []
        for n, w in enumerate(self._workers):
            if w.pipe not in waited:
                continue
            try:
                message = w.pipe.recv()
            except (EOFError, OSError):
                self._replace(n)
                if w.state == BUSY:
                    done.append((n, None))
                continue
            if isinstance(message, Exception):
                raise message
            if w.state == BUSY:
                done.append((n, message))
            w.state = IDLE
            self._failed = 0
        return done

    def _replace(self, n: int) -> None:
        gone = self._workers[n]
        gone.pipe.close()
        gone.process.join()
        self._failed += gone.state == STARTING
        if self._failed == MOST_FAILED_STARTS:
            raise TextrepairError(
                f"workers die as they start (exit code {gone.process.exitcode}); "
                f"if memory is short, use fewer than {len(self._workers)} with --workers"
            )
        self._workers[n] = self._start()


def serve(pipe: Connection, spec: RepairerSpec, threads: int) -> None:
    """The life of a worker: load, say so, then answer batches until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        try:
            repair = spec.open(threads)
        except TextrepairError as error:
            pipe.send(error)
            return
        pipe.send("ready")
        while True:
            pipe.send(repair(pipe.recv()))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

"""Keep what a run does: outputs whole or not at all, a journal row by row, a manifest shard by shard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from textrepair.corpus.account import Account, Summary
from textrepair.corpus.feed import Began, Ended, Took, unforeseen
from textrepair.corpus.identity import digest
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.record import Journal, Manifest, Place, line_of, outcomes
from textrepair.corpus.rows import Job, Row, UnwritableError, Writer
from textrepair.corpus.shards import Shard, form
from textrepair.corpus.streams import OutputError, WholeFile, writing


class Keeper:
    """Writes the outputs under `place`; `owner` is the run's key, `fresh` forgets journals."""

    def __init__(self, place: Place, manifest: Manifest, owner: str, job: Job, *, fresh: bool) -> None:
        self._place, self._manifest, self._owner, self._job = place, manifest, owner, job
        self._fresh = fresh
        self._digests: dict[str, str] = {}
        self._file: WholeFile | None = None
        self._journal: Journal | None = None
        self._writer: Writer
        self._how: Mapping[str, str]
        self.problem = ""  # why the shard at hand cannot be written
        self._note: Callable[[int, Outcome], None]

    def done(self, shard: Shard) -> dict[str, Any] | None:
        """The account of a shard that an earlier run finished, if neither side has changed since."""
        entry = self._manifest.done.get(shard.name)
        path = self._place.path(shard.name)
        if entry is None or not path.is_file() or path.stat().st_size != entry["size"]:
            return None
        same = (shard.state and shard.state == entry["state"]) or self._digest(shard) == entry["input"]
        account: dict[str, Any] = entry["account"]
        return account if same else None

    def journal(self, shard: Shard) -> Journal:
        """The shard's journal, with what an earlier run did of these very bytes."""
        owner = digest([self._owner.encode(), self._digest(shard).encode()])
        path = self._place.journal(shard.name)
        with writing(path):
            return Journal(path, owner, fresh=self._fresh)

    def began(self, step: Began) -> None:
        """Open the output of a shard."""
        self.problem = ""
        path = self._place.path(step.shard.name)
        with self._noting(path):
            self._file = WholeFile(path, form(path.name)[1])
            if step.journal is not None:
                self._journal, self._note = step.journal, step.journal.open()
            self._how = step.format.how
            self._writer = step.format.writer(self._file.stream, self._job.edits_column)

    def took(self, step: Took, outcome: Outcome) -> Outcome:
        """Write one row; returns what became of it, for there may be no place for its repaired text."""
        if self.problem:
            return outcome
        with self._noting(self._place.path(step.shard.name)):
            try:
                stood = self._put(step.row, outcome)
            except UnwritableError as error:
                outcome = Outcome(refused="no-place", detail=str(error))
                stood = self._put(step.row, outcome)
            if stood:
                outcome = replace(outcome, stood=stood)
            if not step.kept:
                self._note(step.number, outcome)
        return outcome

    @contextmanager
    def _noting(self, path: Path) -> Iterator[None]:
        """Name `path` where the disk fails; what a library makes of one shard's values is its `problem`."""
        try:
            with writing(path):
                yield
        except OutputError:
            raise
        except Exception as error:
            self.problem = unforeseen(error)

    def _put(self, row: Row, outcome: Outcome) -> str:
        changes = [(e.start, e.end, e.after) for e in outcome.edits]
        told = self._job.edits_column and not outcome.refused
        return self._writer.put(row, changes, edits=[vars(e) for e in outcome.edits] if told else None)

    def ended(self, step: Ended, account: Account) -> None:
        """Put a whole output in its place, or drop one that cannot be made whole, with its `problem`."""
        path = self._place.path(step.shard.name)
        if not step.problem and not self.problem and self._file is not None:
            with self._noting(path):
                self._writer.close()
        if step.problem or self.problem or self._file is None or self._journal is None:
            self.stop()
            return
        with writing(path):
            self._journal.close()
            size = self._file.commit()
            self._manifest.add(
                {
                    "shard": step.shard.name,
                    "input": self._digest(step.shard),
                    "state": step.shard.state,
                    "size": size,
                    "how": self._how,
                    "account": account.to_dict(),
                }
            )
        self._file = self._journal = None
        del self._digests[step.shard.name]

    def stop(self) -> None:
        """Leave nothing half-written; the journal stays."""
        if self._file is not None:
            self._file.discard()
        if self._journal is not None:
            self._journal.close()
        self._file = self._journal = None

    def finish(self, shards: Iterable[Shard], summary: Summary) -> None:
        """Write `rejects.jsonl` and `summary.json` for what is in the output now."""
        record = self._place.record
        with writing(record):
            rejects = WholeFile(record / "rejects.jsonl", "")
            for shard in shards:
                entry = self._manifest.done.get(shard.name)
                if entry and entry["account"]["refused"]:
                    for row, o in enumerate(outcomes(self._place.journal(shard.name))):
                        if o.refused:
                            rejects.stream.write(line_of({"shard": shard.name, **o.to_dict(row)}))
            rejects.commit()
            file = WholeFile(record / "summary.json", "")
            file.stream.write(line_of(summary.to_dict()))
            file.commit()

    def _digest(self, shard: Shard) -> str:
        if shard.name not in self._digests:
            self._digests[shard.name] = shard.digest()
        return self._digests[shard.name]

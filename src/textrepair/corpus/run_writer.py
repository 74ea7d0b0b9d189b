"""Write what a run does: outputs whole or not at all, a journal row by row, a manifest shard by shard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from textrepair.corpus.counts import Counts, Summary
from textrepair.corpus.identity import digest
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.reading import RowRead, ShardEnded, ShardOpened, unforeseen
from textrepair.corpus.record import Journal, Manifest, OutputPaths, json_line, outcomes
from textrepair.corpus.rows import Row, RowOptions, UnwritableError, Writer
from textrepair.corpus.shards import Shard, form
from textrepair.corpus.streams import OutputError, WholeFile, writing


class RunWriter:
    """Writes the outputs under `paths`; `owner` is the run's key, `fresh` forgets journals."""

    def __init__(
        self, paths: OutputPaths, manifest: Manifest, owner: str, options: RowOptions, *, fresh: bool
    ) -> None:
        self._paths, self._manifest, self._owner, self._options = paths, manifest, owner, options
        self._fresh = fresh
        self._digests: dict[str, str] = {}
        self._file: WholeFile | None = None
        self._journal: Journal | None = None
        self._writer: Writer
        self._how: Mapping[str, str]
        self.problem = ""  # why the shard at hand cannot be written
        self._note: Callable[[int, Outcome], None]

    def counts_before(self, shard: Shard) -> dict[str, Any] | None:
        """The counts of a shard that an earlier run finished, if neither side has changed since."""
        entry = self._manifest.done.get(shard.name)
        path = self._paths.path(shard.name)
        if entry is None or not path.is_file() or path.stat().st_size != entry["size"]:
            return None
        same = (shard.state and shard.state == entry["state"]) or self._digest(shard) == entry["input"]
        counts: dict[str, Any] = entry["counts"]
        return counts if same else None

    def journal(self, shard: Shard) -> Journal:
        """The shard's journal, with what an earlier run did of these very bytes."""
        owner = digest([self._owner.encode(), self._digest(shard).encode()])
        path = self._paths.journal(shard.name)
        with writing(path):
            return Journal(path, owner, fresh=self._fresh)

    def open_shard(self, event: ShardOpened) -> None:
        """Open the output of a shard."""
        self.problem = ""
        path = self._paths.path(event.shard.name)
        with self._naming_failures(path):
            self._file = WholeFile(path, form(path.name)[1])
            if event.journal is not None:
                self._journal, self._note = event.journal, event.journal.open()
            self._how = event.format.how
            self._writer = event.format.writer(self._file.stream, self._options.edits_column)

    def write_row(self, event: RowRead, outcome: Outcome) -> Outcome:
        """Write one row; returns what became of it, for there may be no place for its repaired text."""
        if self.problem:
            return outcome
        with self._naming_failures(self._paths.path(event.shard.name)):
            try:
                raw = self._put(event.row, outcome)
            except UnwritableError as error:
                outcome = Outcome(refused="no-place", detail=str(error))
                raw = self._put(event.row, outcome)
            if raw:
                outcome = replace(outcome, raw=raw)
            if not event.done_before:
                self._note(event.number, outcome)
        return outcome

    @contextmanager
    def _naming_failures(self, path: Path) -> Iterator[None]:
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
        with_edits = self._options.edits_column and not outcome.refused
        return self._writer.put(row, changes, edits=[vars(e) for e in outcome.edits] if with_edits else None)

    def end_shard(self, event: ShardEnded, counts: Counts) -> None:
        """Put a whole output in its place, or drop one that cannot be made whole, with its `problem`."""
        path = self._paths.path(event.shard.name)
        if not event.problem and not self.problem and self._file is not None:
            with self._naming_failures(path):
                self._writer.close()
        if event.problem or self.problem or self._file is None or self._journal is None:
            self.abandon()
            return
        with writing(path):
            self._journal.close()
            size = self._file.commit()
            self._manifest.add(
                {
                    "shard": event.shard.name,
                    "input": self._digest(event.shard),
                    "state": event.shard.state,
                    "size": size,
                    "how": self._how,
                    "counts": counts.to_dict(),
                }
            )
        self._file = self._journal = None
        del self._digests[event.shard.name]

    def abandon(self) -> None:
        """Leave nothing half-written; the journal stays."""
        if self._file is not None:
            self._file.discard()
        if self._journal is not None:
            self._journal.close()
        self._file = self._journal = None

    def finish(self, shards: Iterable[Shard], summary: Summary) -> None:
        """Write `rejects.jsonl` and `summary.json` for what is in the output now."""
        record = self._paths.record
        with writing(record):
            rejects = WholeFile(record / "rejects.jsonl", "")
            for shard in shards:
                entry = self._manifest.done.get(shard.name)
                if entry and entry["counts"]["refused"]:
                    for row, o in enumerate(outcomes(self._paths.journal(shard.name))):
                        if o.refused:
                            rejects.stream.write(json_line({"shard": shard.name, **o.to_dict(row)}))
            rejects.commit()
            file = WholeFile(record / "summary.json", "")
            file.stream.write(json_line(summary.to_dict()))
            file.commit()

    def _digest(self, shard: Shard) -> str:
        if shard.name not in self._digests:
            self._digests[shard.name] = shard.digest()
        return self._digests[shard.name]

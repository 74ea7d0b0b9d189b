"""Clean a corpus: rows in, through workers, rows out, with a record from which to go on and to undo."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from textrepair.corpus.counts import Counts, Summary
from textrepair.corpus.identity import identify, key
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.processes import Processes
from textrepair.corpus.reading import RowRead, ShardEnded, ShardOpened, read_shards
from textrepair.corpus.record import OutputPaths, locked_manifest
from textrepair.corpus.rows import RowOptions
from textrepair.corpus.run_writer import RunWriter
from textrepair.corpus.schedule import Workers, in_order
from textrepair.corpus.shards import Shard, find
from textrepair.corpus.worker import RepairerSpec
from textrepair.errors import TextrepairError
from textrepair.models import find_model
from textrepair.pipeline.judgement import Decision
from textrepair.settings import Settings

DEFAULT_OPTIONS, DEFAULT_SPEC = RowOptions(), RepairerSpec()

Engine = Callable[[RepairerSpec], AbstractContextManager[Workers]]


def clean(
    inputs: Sequence[str | PathLike[str]],
    out: str | PathLike[str] | None,
    *,
    options: RowOptions = DEFAULT_OPTIONS,
    spec: RepairerSpec = DEFAULT_SPEC,
    engine: Engine = Processes,
    fresh: bool = False,
    on_row: Callable[[Shard, int, Outcome], None] = lambda shard, row, outcome: None,
    on_progress: Callable[[Summary, float], None] = lambda summary, share: None,
) -> Summary:
    """Repair every row of `inputs` into `out`: one output file for each input file, one row for each row.

    `inputs` are paths, folders, globs or fsspec URLs; `out` is a folder or, for one input, a file, or
    None for a trial that writes nothing. `engine` starts workers for `spec`, by default one for each core.
    `on_row` is told of every row's outcome, `on_progress` of the counts so far and the share of the input
    behind it. A run that was cut off goes on where it stopped; `fresh` begins anew.

    Returns the `Summary`; shards that could not be read are in its `failed`. Raises
    `TextrepairError` for bad input or settings and for a second run on the same output, and
    `OutputError` where the output cannot be written. Worker processes import the calling script, so
    it must guard what it does by `if __name__ == "__main__"`.
    """
    began = time.monotonic()
    shards, left_out = find([str(i) for i in inputs])
    if options.edits_column and any(s.is_text for s in shards):
        raise TextrepairError("plain text has no column for edits; leave out --edits-column")
    identity = identify(spec) | {name: json.dumps(value) for name, value in vars(options).items()}
    summary = Summary(shards=len(shards), left_out=left_out)
    with ExitStack() as stack:
        writer = None
        if out is not None:
            paths = OutputPaths(Path(out), single=len(shards) == 1)
            paths.check(shards)
            manifest = stack.enter_context(locked_manifest(paths.record, identity, fresh=fresh))
            writer = RunWriter(paths, manifest, key(identity), options, fresh=fresh)
            stack.callback(writer.abandon)
        run = _Run(summary, *thresholds(spec), writer, on_row)
        todo = [s for s in shards if not (writer and _done(writer, s, summary))]
        total = max(1, sum(s.size for s in shards))
        behind = sum(s.size for s in shards) - sum(s.size for s in todo)
        if todo:
            events = read_shards(todo, options, writer.journal if writer else lambda shard: None)
            for item in in_order(events, stack.enter_context(engine(spec))):
                match item.payload:
                    case ShardOpened() as event:
                        run.opened(event)
                    case RowRead() as event:
                        run.read(event, item.outcome or Outcome())
                        on_progress(summary, (behind + event.share * event.shard.size) / total)
                    case ShardEnded() as event:
                        run.ended(event)
                        behind += event.shard.size
                        on_progress(summary, behind / total)
        summary.seconds = round(time.monotonic() - began, 3)
        if writer:
            writer.finish(shards, summary)
    return summary


@dataclass
class _Run:
    """The rows of a run, written and counted as they come; there is no `writer` in a trial."""

    summary: Summary
    gate: float
    spun_from: float
    writer: RunWriter | None
    on_row: Callable[[Shard, int, Outcome], None]
    counts: Counts = field(default_factory=Counts)  # of the shard at hand

    def opened(self, event: ShardOpened) -> None:
        if self.writer:
            self.writer.open_shard(event)

    def read(self, event: RowRead, outcome: Outcome) -> None:
        if self.writer:
            outcome = self.writer.write_row(event, outcome)
        self.counts.add(outcome, self.gate, self.spun_from)
        self.summary.add(outcome, self.gate, self.spun_from)
        self.summary.new_words += 0 if event.done_before else outcome.words
        self.on_row(event.shard, event.number, outcome)

    def ended(self, event: ShardEnded) -> None:
        if self.writer:
            self.writer.end_shard(event, self.counts)
        if problem := event.problem or (self.writer.problem if self.writer else ""):
            self.summary.failed[event.shard.url] = problem
            self.summary.include(self.counts.to_dict(), times=-1)  # its rows stand nowhere
        self.counts = Counts()


def thresholds(spec: RepairerSpec) -> tuple[float, float]:
    """The probabilities below which a document is not shown to the model, from which it counts as spun."""
    gate: float = Settings(**spec.settings).gate  # type: ignore[arg-type]
    return gate, Decision.read(find_model(spec.model) / "decision.json").spun_document_threshold


def _done(writer: RunWriter, shard: Shard, summary: Summary) -> bool:
    """Whether an earlier run finished the shard; its counts are then in the summary."""
    try:
        counts = writer.counts_before(shard)
    except OSError:
        return False  # reading it will say what is wrong
    if counts is not None:
        summary.include(counts)
        summary.before += 1
    return counts is not None

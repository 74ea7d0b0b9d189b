"""Clean a corpus: rows in, through workers, rows out, with a record from which to go on and to undo."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from os import PathLike
from pathlib import Path

from textrepair.corpus.account import Account, Summary
from textrepair.corpus.feed import Began, Ended, Took, feed
from textrepair.corpus.identity import identify, key
from textrepair.corpus.keeping import Keeper
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.processes import Processes
from textrepair.corpus.record import Place, opened
from textrepair.corpus.rows import Job
from textrepair.corpus.schedule import Workers, in_order
from textrepair.corpus.shards import Shard, find
from textrepair.corpus.work import Work
from textrepair.errors import TextrepairError
from textrepair.models import find_model
from textrepair.pipeline.judgement import Decision
from textrepair.settings import Settings

AS_USUAL, DEFAULTS = Job(), Work()

Engine = Callable[[Work, int | None], AbstractContextManager[Workers]]


def clean(
    inputs: Sequence[str | PathLike[str]],
    out: str | PathLike[str] | None,
    *,
    job: Job = AS_USUAL,
    work: Work = DEFAULTS,
    workers: int | None = None,
    engine: Engine = Processes,
    fresh: bool = False,
    on_row: Callable[[Shard, int, Outcome], None] = lambda shard, row, outcome: None,
    on_progress: Callable[[Summary, float], None] = lambda summary, share: None,
) -> Summary:
    """Repair every row of `inputs` into `out`: one output file for each input file, one row for each row.

    `inputs` are paths, folders, globs or fsspec URLs; `out` is a folder or, for one input, a file, or
    None for a trial that writes nothing. `workers` is how many `engine` starts for `work` (None: one
    for each core it finds). `on_row` is told of every row's outcome, `on_progress` of the counts so far
    and the share of the input behind it. A run that was cut off goes on where it stopped; `fresh` begins
    anew.

    Returns the `Summary`; shards that could not be read are in its `failed`. Raises
    `TextrepairError` for bad input or settings and for a second run on the same output, and
    `OutputError` where the output cannot be written. Worker processes import the calling script, so
    it must guard what it does by `if __name__ == "__main__"`.
    """
    began = time.monotonic()
    shards, left_out = find([str(i) for i in inputs])
    if job.edits_column and any(s.is_text for s in shards):
        raise TextrepairError("plain text has no column for edits; leave out --edits-column")
    identity = identify(work) | {name: json.dumps(value) for name, value in vars(job).items()}
    gate = Settings(**work.settings).gate  # type: ignore[arg-type]
    line = Decision.read(find_model(work.model) / "decision.json").spun_document_threshold
    summary = Summary(shards=len(shards), left_out=left_out)
    with ExitStack() as stack:
        keeper = None
        if out is not None:
            place = Place(Path(out), single=len(shards) == 1)
            place.check(shards)
            manifest = stack.enter_context(opened(place.record, identity, fresh=fresh))
            keeper = Keeper(place, manifest, key(identity), job, fresh=fresh)
            stack.callback(keeper.stop)
        todo = [s for s in shards if not (keeper and _done(keeper, s, summary))]
        total = max(1, sum(s.size for s in shards))
        behind = sum(s.size for s in shards) - sum(s.size for s in todo)
        account = Account()
        if todo:
            pool = stack.enter_context(engine(work, workers))
            for item in in_order(feed(todo, job, keeper.journal if keeper else lambda shard: None), pool):
                match item.what:
                    case Began() as step:
                        if keeper:
                            keeper.began(step)
                    case Took() as step:
                        outcome = item.outcome or Outcome()
                        if keeper:
                            outcome = keeper.took(step, outcome)
                        account.add(outcome, gate, line)
                        summary.add(outcome, gate, line)
                        summary.new_words += 0 if step.kept else outcome.words
                        on_row(step.shard, step.number, outcome)
                        on_progress(summary, (behind + step.share * step.shard.size) / total)
                    case Ended() as step:
                        if keeper:
                            keeper.ended(step, account)
                        if problem := step.problem or (keeper.problem if keeper else ""):
                            summary.failed[step.shard.url] = problem
                            summary.include(account.to_dict(), times=-1)  # its rows stand nowhere
                        account = Account()
                        behind += step.shard.size
                        on_progress(summary, behind / total)
        summary.seconds = round(time.monotonic() - began, 3)
        if keeper:
            keeper.finish(shards, summary)
    return summary


def _done(keeper: Keeper, shard: Shard, summary: Summary) -> bool:
    """Whether an earlier run finished the shard; its counts are then in the summary."""
    try:
        account = keeper.done(shard)
    except OSError:
        return False  # reading it will say what is wrong
    if account is not None:
        summary.include(account)
        summary.before += 1
    return account is not None

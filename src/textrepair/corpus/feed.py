"""Shards as a stream of steps: one begins, each of its rows, it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from textrepair.corpus.outcome import Outcome
from textrepair.corpus.record import Journal
from textrepair.corpus.rows import Format, Job, Row
from textrepair.corpus.schedule import Item
from textrepair.corpus.shards import Shard
from textrepair.corpus.streams import DAMAGE, OutputError
from textrepair.errors import TextrepairError

LONGEST = 5_000_000  # characters of a document: a very long novel has three million


@dataclass(frozen=True)
class Began:
    """A shard was opened; `journal` is None in a trial."""

    shard: Shard
    format: Format
    journal: Journal | None


@dataclass(frozen=True)
class Took:
    """Row `number` (from 0) was read, `share` of the shard with it; `kept` if an earlier run did it."""

    shard: Shard
    number: int
    row: Row
    share: float
    kept: bool


@dataclass(frozen=True)
class Ended:
    """A shard is read, or cannot be: then `problem` says why and what to do."""

    shard: Shard
    problem: str = ""


Step = Began | Took | Ended


def feed(
    shards: Iterable[Shard], job: Job, journal: Callable[[Shard], Journal | None]
) -> Iterator[Item[Step]]:
    """The steps of all shards; items whose rows need repair carry the text, others their outcome.

    What is wrong with a shard's bytes ends that shard alone. Files are closed as soon as they are
    read, for of small ones there may be thousands between reading and writing.
    """
    for shard in shards:
        try:
            yield from _steps(shard, job, journal)
        except DAMAGE as error:
            what = str(error) or type(error).__name__
            problem = f"damaged, cut short or unreadable: {what}; put a whole copy in its place"
            yield Item(Ended(shard, problem))
        except TextrepairError as error:
            yield Item(Ended(shard, str(error)))
        except OutputError:
            raise
        except Exception as error:  # of a library that reads: one bad file stops no other
            yield Item(Ended(shard, unforeseen(error)))
        else:
            yield Item(Ended(shard))


def unforeseen(error: Exception) -> str:
    """What to say of an error that nobody thought of."""
    return f"cannot be read or written: {type(error).__name__}: {error!s:.300}; please report it"


def _steps(shard: Shard, job: Job, journal: Callable[[Shard], Journal | None]) -> Iterator[Item[Step]]:
    own = journal(shard)
    kept = own.kept() if own else iter(())
    with shard.raw() as raw:
        format_ = shard.open(raw, job)
        yield Item(Began(shard, format_, own))
        for number, row in enumerate(format_.rows()):
            known = next(kept, None)
            outcome = known or _settled(row)
            share = format_.share()
            share = share if share >= 0 else raw.tell() / max(1, shard.size)
            took = Took(shard, number, row, share, known is not None)
            yield Item(took, None if outcome else row.text, outcome)
    if shard.state and shard.again().state != shard.state:
        raise TextrepairError("changed while it was read; run the same command again")


def _settled(row: Row) -> Outcome | None:
    """What becomes of a row that no worker needs to see."""
    if row.refused:
        return Outcome(refused=row.refused, detail=row.detail)
    if not row.text or row.text.isspace():
        return Outcome()
    if len(row.text) > LONGEST:
        return Outcome(
            refused="too-long", detail=f"{len(row.text):,} characters; the most is {LONGEST:,}: split it"
        )
    return None

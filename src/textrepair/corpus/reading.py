"""Shards read as a stream of events: one is opened, each of its rows is read, it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from textrepair.corpus.outcome import Outcome
from textrepair.corpus.record import Journal
from textrepair.corpus.rows import Format, Row, RowOptions
from textrepair.corpus.schedule import Item
from textrepair.corpus.shards import Shard
from textrepair.corpus.streams import DAMAGE, OutputError
from textrepair.errors import TextrepairError

MOST_CHARACTERS = 5_000_000  # characters of a document: a very long novel has three million


@dataclass(frozen=True)
class ShardOpened:
    """A shard was opened; `journal` is None in a trial."""

    shard: Shard
    format: Format
    journal: Journal | None


@dataclass(frozen=True)
class RowRead:
    """Row `number` (from 0) was read, `share` of the shard with it; `done_before`: by an earlier run."""

    shard: Shard
    number: int
    row: Row
    share: float
    done_before: bool


@dataclass(frozen=True)
class ShardEnded:
    """A shard is read, or cannot be: then `problem` says why and what to do."""

    shard: Shard
    problem: str = ""


Event = ShardOpened | RowRead | ShardEnded


def read_shards(
    shards: Iterable[Shard], options: RowOptions, journal: Callable[[Shard], Journal | None]
) -> Iterator[Item[Event]]:
    """The events of all shards; items whose rows need repair carry the text, others their outcome.

    What is wrong with a shard's bytes ends that shard alone. Files are closed as soon as they are
    read, for of small ones there may be thousands between reading and writing.
    """
    for shard in shards:
        try:
            yield from _events_of(shard, options, journal)
        except DAMAGE as error:
            what = str(error) or type(error).__name__
            problem = f"damaged, cut short or unreadable: {what}; put a whole copy in its place"
            yield Item(ShardEnded(shard, problem))
        except TextrepairError as error:
            yield Item(ShardEnded(shard, str(error)))
        except OutputError:
            raise
        except Exception as error:  # of a library that reads: one bad file stops no other
            yield Item(ShardEnded(shard, unforeseen(error)))
        else:
            yield Item(ShardEnded(shard))


def unforeseen(error: Exception) -> str:
    """What to say of an error that nobody thought of."""
    return f"cannot be read or written: {type(error).__name__}: {error!s:.300}; please report it"


def _events_of(
    shard: Shard, options: RowOptions, journal: Callable[[Shard], Journal | None]
) -> Iterator[Item[Event]]:
    journal_of_shard = journal(shard)
    earlier = journal_of_shard.earlier_outcomes() if journal_of_shard else iter(())
    with shard.raw() as raw:
        format_ = shard.open(raw, options)
        yield Item(ShardOpened(shard, format_, journal_of_shard))
        for number, row in enumerate(format_.rows()):
            known = next(earlier, None)
            outcome = known or _known_outcome(row)
            share = format_.share()
            share = share if share >= 0 else raw.tell() / max(1, shard.size)
            event = RowRead(shard, number, row, share, known is not None)
            yield Item(event, None if outcome else row.text, outcome)
    if shard.state and shard.again().state != shard.state:
        raise TextrepairError("changed while it was read; run the same command again")


def _known_outcome(row: Row) -> Outcome | None:
    """What becomes of a row that no worker needs to see."""
    if row.refused:
        return Outcome(refused=row.refused, detail=row.detail)
    if not row.text or row.text.isspace():
        return Outcome()
    if len(row.text) > MOST_CHARACTERS:
        return Outcome(
            refused="too-long",
            detail=f"{len(row.text):,} characters; the most is {MOST_CHARACTERS:,}: split it",
        )
    return None

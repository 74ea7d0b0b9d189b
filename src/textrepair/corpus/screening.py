"""Screen a corpus: each document read once, the most suspicious ones first, what was swapped in it told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from os import PathLike
from pathlib import Path

from textrepair.corpus.cleaning import Engine, thresholds
from textrepair.corpus.counts import Summary
from textrepair.corpus.finding import Finding, Phrase, ScreenerSpec
from textrepair.corpus.identity import digest, identify, key
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.processes import Processes
from textrepair.corpus.reading import RowRead, ShardEnded, ShardOpened, read_shards
from textrepair.corpus.record import Journal, Manifest, json_line, locked_manifest, outcomes
from textrepair.corpus.rows import RowOptions
from textrepair.corpus.schedule import in_order
from textrepair.corpus.shards import Shard, find
from textrepair.corpus.streams import WholeFile, writing
from textrepair.errors import TextrepairError

DEFAULT_OPTIONS, DEFAULT_SPEC = RowOptions(), ScreenerSpec()


@dataclass(frozen=True)
class Screened:
    """A document: its `id` (of its column, or FILE:ROW), where it stands, and what was swapped in it.

    `probability` that it is spun; what else there is of it see `Finding`.
    """

    id: str
    file: str
    row: int
    words: int
    probability: float
    swapped: float
    per_1000: float
    phrases: tuple[Phrase, ...] = ()
    lexicons: tuple[str, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """Plain values only."""
        return asdict(self)


def screen(
    inputs: Sequence[str | PathLike[str]],
    record: str | PathLike[str] | None = None,
    *,
    options: RowOptions = DEFAULT_OPTIONS,
    spec: ScreenerSpec = DEFAULT_SPEC,
    engine: Engine = Processes,
    fresh: bool = False,
    on_progress: Callable[[Summary, float], None] = lambda summary, share: None,
) -> tuple[list[Screened], Summary]:
    """Every document of `inputs`, the most suspicious first, and the counts of the run.

    `inputs` are paths, folders, globs or fsspec URLs, as for `clean`; PDF is read too. `record` is a folder
    that keeps what was read: a run that was cut off goes on where it stopped, and one over a corpus that has
    grown reads only what is new; `fresh` begins anew. What else there is to say is said at `clean`.
    """
    began = time.monotonic()
    shards, left_out = find([str(i) for i in inputs], read_only=True)
    if record is not None:  # the table that an earlier run wrote may lie among them
        table = Path(record).absolute().with_suffix("").as_posix()
        others = [s for s in shards if s.path != table]
        if len(others) < len(shards) and not Path(record).is_dir():  # and no such run was
            raise TextrepairError(f"{table}: is read, and would be overwritten; choose another place with -o")
        shards = others
    identity = identify(spec) | {name: json.dumps(value) for name, value in vars(options).items()}
    run = _Run(Summary(shards=len(shards), left_out=left_out), *thresholds(spec))
    with ExitStack() as stack:
        kept = None
        if record is not None:
            manifest = stack.enter_context(locked_manifest(Path(record), identity, fresh=fresh))
            kept = _Record(Path(record), manifest, key(identity), fresh=fresh)
        todo = [s for s in shards if not (kept and run.has_counted(s, kept))]
        total = max(1, sum(s.size for s in shards))
        behind = sum(s.size for s in shards) - sum(s.size for s in todo)
        if todo:
            events = read_shards(todo, options, kept.journal if kept else lambda shard: None)
            for item in in_order(events, stack.enter_context(engine(spec))):
                match item.payload:
                    case ShardOpened() as event:
                        run.opened(event)
                    case RowRead() as event:
                        run.read(event, item.outcome or Outcome())
                        on_progress(run.summary, (behind + event.share * event.shard.size) / total)
                    case ShardEnded() as event:
                        run.ended(event, kept)
                        behind += event.shard.size
                        on_progress(run.summary, behind / total)
        run.summary.seconds = round(time.monotonic() - began, 3)
        if kept:
            kept.finish(run.summary)
    return sorted(run.found, key=lambda s: (-s.probability, -s.per_1000, s.file, s.row)), run.summary


class _Record:
    """What was read before, a journal a file, and the files that are whole."""

    def __init__(self, folder: Path, manifest: Manifest, owner: str, *, fresh: bool) -> None:
        self.folder, self.manifest, self._owner, self._fresh = folder, manifest, owner, fresh

    def _path(self, shard: Shard) -> Path:
        return self.folder / "rows" / f"{shard.name}.jsonl"

    def journal(self, shard: Shard) -> Journal:
        """The journal of a shard, with what an earlier run read of these very bytes."""
        owner = digest([self._owner.encode(), shard.digest().encode()])
        with writing(self._path(shard)):
            return Journal(self._path(shard), owner, fresh=self._fresh, kind=Finding)

    def before(self, shard: Shard) -> Iterator[Outcome] | None:
        """The rows of a shard that an earlier run read to its end, if it has not changed since."""
        entry = self.manifest.done.get(shard.name)
        if entry is None or not self._path(shard).is_file() or shard.digest() != entry["input"]:
            return None
        return outcomes(self._path(shard), Finding)

    def add(self, shard: Shard) -> None:
        """Say that a shard is whole."""
        with writing(self.folder):
            self.manifest.add({"shard": shard.name, "input": shard.digest()})

    def finish(self, summary: Summary) -> None:
        """Write `summary.json`."""
        with writing(self.folder):
            file = WholeFile(self.folder / "summary.json", "")
            file.stream.write(json_line(summary.to_dict()))
            file.commit()


@dataclass
class _Run:
    """The documents that were found, and the counts, as rows come."""

    summary: Summary
    gate: float
    spun_from: float
    found: list[Screened] = field(default_factory=list)
    journal: Journal | None = None
    note: Callable[[int, Outcome], None] = lambda row, outcome: None

    def has_counted(self, shard: Shard, kept: _Record) -> bool:
        """Whether an earlier run read the shard; its rows are counted then."""
        try:
            rows = kept.before(shard)
        except OSError:
            return False  # reading it will say what is wrong
        for number, outcome in enumerate(rows or ()):
            self._count(shard, number, outcome)
        self.summary.before += rows is not None
        return rows is not None

    def opened(self, event: ShardOpened) -> None:
        self.journal = event.journal
        if self.journal is not None:
            with writing(self.journal.path):
                self.note = self.journal.open()

    def read(self, event: RowRead, outcome: Outcome) -> None:
        if isinstance(outcome, Finding):
            outcome = replace(outcome, id=event.row.id or f"{event.shard.name}:{event.number}")
        if self.journal is not None and not event.done_before:
            with writing(self.journal.path):
                self.note(event.number, outcome)
        self.summary.new_words += 0 if event.done_before else outcome.words
        self._count(event.shard, event.number, outcome)

    def ended(self, event: ShardEnded, kept: _Record | None) -> None:
        if self.journal is not None:
            self.journal.close()
            self.journal = None
        if event.problem:
            self.summary.failed[event.shard.url] = event.problem
            self._add_unread(event.shard, 0, event.shard.name, f"not read: {event.problem}")
        elif kept:
            kept.add(event.shard)

    def _add_unread(self, shard: Shard, number: int, id: str, note: str) -> None:
        """Add a row, or a whole file, of which nothing is known but why."""
        self.found.append(Screened(id, shard.url, number, 0, 0.0, 0.0, 0.0, note=note))

    def _count(self, shard: Shard, number: int, outcome: Outcome) -> None:
        self.summary.add(outcome, self.gate, self.spun_from)
        if outcome.refused:
            note = f"not read ({outcome.refused}): {outcome.detail}"
            self._add_unread(shard, number, f"{shard.name}:{number}", note)
        if isinstance(outcome, Finding) and outcome.words:
            self.found.append(
                Screened(
                    outcome.id, shard.url, number, outcome.words, outcome.spun, outcome.swapped,
                    outcome.per_1000, outcome.phrases, outcome.lexicons, outcome.note,
                )
            )  # fmt: skip

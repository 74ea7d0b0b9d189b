"""Undo edits of a cleaned corpus from the record that lies beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from fsspec.implementations.local import LocalFileSystem

from textrepair.corpus.record import Manifest, OutputPaths, outcomes
from textrepair.corpus.rows import Change, RowOptions
from textrepair.corpus.shards import Shard, form
from textrepair.corpus.streams import DAMAGE, WholeFile, writing
from textrepair.edits import Edit
from textrepair.errors import TextrepairError


@dataclass(frozen=True)
class Choice:
    """Which edits to undo: those that fit all that is not None.

    `file` is a path under the output, `row` a number from 0, `before` the words that were replaced, in
    any case, `kind` one of `textrepair.edits.KINDS`, `below` a score.
    """

    file: str | None = None
    row: int | None = None
    before: str | None = None
    kind: str | None = None
    below: float | None = None

    def __call__(self, row: int, edit: Edit) -> bool:
        """Whether to undo the edit.

        >>> e = Edit(0, 1, "a", "x", "wording", 0.9, "r")
        >>> Choice()(3, e), Choice(row=3, below=0.8)(3, e)
        (True, False)
        """
        return (
            self.row in (None, row)
            and (self.before is None or self.before.lower() == edit.before.lower())
            and self.kind in (None, edit.kind)
            and (self.below is None or edit.score < self.below)
        )


def revert(out: Path, back: Path, choice: Choice = Choice()) -> tuple[int, int]:
    """Write what `clean` wrote to `out` to `back`, with the edits of `choice` undone.

    Returns how many edits were undone and how many kept. Raises `TextrepairError` where `out` has no
    record, was changed since, or `back` holds files already; `OutputError` where it cannot be written.
    """
    paths = OutputPaths(out, single=out.is_file())
    manifest = Manifest(paths.record / "manifest.jsonl")
    names = sorted(manifest.done)
    if not names:
        raise TextrepairError(f"{out}: no record of a run beside it ({paths.record}); nothing can be undone")
    if choice.file is not None and choice.file not in names:
        raise TextrepairError(f"{choice.file}: not among the {len(names)} files of {out}, such as {names[0]}")
    target = OutputPaths(back, single=paths.file is not None)
    paths.check_inside(names)
    target.check_inside(names)
    for name in names:
        if target.path(name).exists():
            raise TextrepairError(f"{target.path(name)}: exists already; choose another place with -o")
    undone = kept = 0
    given = RowOptions(**{f.name: json.loads(manifest.identity[f.name]) for f in fields(RowOptions)})
    for name in names:
        options = replace(given, **manifest.done[name]["how"])
        if choice.file in (None, name):
            some, others = _revert_file(paths, target, name, options, choice)
        else:
            some, others = _revert_file(paths, target, name, options, lambda row, edit: False)
        undone, kept = undone + some, kept + others
    return undone, kept


def _revert_file(
    paths: OutputPaths,
    target: OutputPaths,
    name: str,
    options: RowOptions,
    choice: Callable[[int, Edit], bool],
) -> tuple[int, int]:
    path = paths.path(name)
    shard = Shard(LocalFileSystem(), str(path), path.name, 0, "")
    with writing(target.path(name)):
        file = WholeFile(target.path(name), form(target.path(name).name)[1])
    undone = kept = 0
    try:
        with shard.raw() as raw:
            source = shard.open(raw, replace(options, edits_column=None))  # the column is there by now
            with writing(file.path):
                writer = source.writer(file.stream, options.edits_column)
            for n, (row, outcome) in enumerate(
                zip(source.rows(), outcomes(paths.journal(name)), strict=True)
            ):
                left = tuple(e for e in outcome.edits if not choice(n, e))
                changes = undo(row.text or "", outcome.edits, set(left))
                edits_left = [vars(e) for e in left] if options.edits_column and changes else None
                with writing(file.path):
                    writer.put(row, changes, edits=edits_left, raw="" if left else outcome.raw)
                undone, kept = undone + len(outcome.edits) - len(left), kept + len(left)
        with writing(file.path):
            writer.close()
            file.commit()
    except (*DAMAGE, ValueError) as error:
        if isinstance(error, TextrepairError):
            raise
        raise TextrepairError(
            f"{path}: is not what the run wrote there: {error or type(error).__name__}; restore the file"
        ) from None
    finally:
        file.discard()
    return undone, kept


def undo(text: str, edits: Sequence[Edit], keep: Container[Edit] = ()) -> list[Change]:
    """The changes of `text` that take back `edits`, which gave it (on offsets before them), but for `keep`.

    Raises `ValueError` where an edit's result does not stand in `text`.

    >>> undo("the patients", [Edit(4, 13, "sufferers", "patients", "terminology", 0.9, "x")])
    [(4, 12, 'sufferers')]
    """
    changes, shift = list[Change](), 0
    for e in edits:
        start = e.start + shift
        end = start + len(e.after)
        if text[start:end] != e.after:
            raise ValueError(f"at {start:,} stands {text[start:end]!r}, not {e.after!r}")
        if e not in keep:
            changes.append((start, end, e.before))
        shift += len(e.after) - len(e.before)
    return changes

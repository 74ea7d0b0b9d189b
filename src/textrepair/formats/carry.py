"""Edits of a prose as edits of the source in markup that it was read from."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

from textrepair.edits import Edit, Held, Repair, splice
from textrepair.formats.prose import Prose

TOKEN = re.compile(r"\s+|\S+")


@dataclass(frozen=True)
class _Change:
    """One change of the prose, and the same in the source."""

    prose: Edit
    source: Edit


def carry(prose: Prose, repair: Repair, read: Callable[[str], Prose], escape: Callable[[str], str]) -> Repair:
    """The repair of a prose as that of its source.

    An edit that a tag stands in is made on both sides of the tag, word for word, or held. So is one after
    which the source would not be read (`read`) as the same markup around the repaired prose.
    """
    made: list[_Change] = []
    held: list[Held] = []
    for edit in repair.edits:
        changes = _carried(prose, edit, escape)
        made += changes
        if not changes:
            held.append(_not_made(prose, edit))
    sound = _sound(prose, made, read)
    done = set(sound)
    held += [_not_made(prose, c.prose) for c in made if c not in done]
    for h in repair.held:
        changes = _carried(prose, h, escape)
        held += [Held(**{**asdict(c.source), "why_not": h.why_not}) for c in changes] or [_not_made(prose, h)]
    detection = repair.detection.moved(prose.source, prose.span)
    return Repair(prose.source, tuple(c.source for c in sound), tuple(sorted(held)), repair.spun, detection)


def _not_made(prose: Prose, edit: Edit) -> Held:
    """An edit that the markup does not let be made, on the source."""
    first, last = prose.span(edit.start, edit.end)
    values = {**asdict(edit), "start": first, "end": last}
    values |= {"before": prose.source[first:last], "why_not": "markup"}
    return Held(**values)


def _sound(prose: Prose, changes: list[_Change], read: Callable[[str], Prose]) -> list[_Change]:
    """As many of the changes as leave the markup as it is."""

    def reads(these: list[_Change]) -> bool:
        again = read(splice(prose.source, (c.source for c in these)))
        expected = splice(prose.text, (c.prose for c in these))
        return again.text.split() == expected.split() and again.around() == prose.around()

    if not changes or reads(changes):
        return changes
    half = len(changes) // 2
    first, second = (_sound(prose, some, read) if half else [] for some in (changes[:half], changes[half:]))
    both = [*first, *second]
    return both if reads(both) else first


def _carried(prose: Prose, edit: Edit, escape: Callable[[str], str]) -> list[_Change]:
    """What to change in the source for an edit of its prose; nothing where that cannot be."""
    p = prose.piece(max(edit.start, edit.end - 1)) or prose.piece(edit.start - 1)
    if p and p.plain and not p.fixed and p.at <= edit.start and edit.end <= p.at + len(p.text):
        return [_change(prose, edit, (edit.start, edit.end, edit.after), p.start - p.at, escape)]
    out: list[_Change] = []
    for start, end, after in _differences(prose, edit):
        inside = [prose.piece(at) for at in range(start, end)] or [prose.piece(start - 1)]
        if any(p is None or p.fixed for p in inside):
            return []
        pieces = list(dict.fromkeys(p for p in inside if p))
        joined = all(a.end == b.start for a, b in pairwise(pieces))
        whole = all(p.plain or (start <= p.at and p.at + len(p.text) <= end) for p in pieces)
        if not joined or not (whole or (start == end and start == pieces[0].at + len(pieces[0].text))):
            return []
        first, last = pieces[0], pieces[-1]
        source_start = first.start + start - first.at if first.plain else first.start
        source_end = last.start + end - last.at if last.plain else last.end
        if start == end:
            source_start = source_end
        text = escape(after)
        there = replace(
            edit,
            start=source_start,
            end=source_end,
            before=prose.source[source_start:source_end],
            after=text,
        )
        here = replace(edit, start=start, end=end, before=prose.text[start:end], after=after)
        out.append(_Change(here, there))
    return [] if _parted(prose, out) else _joined(prose, edit, out)


def _joined(prose: Prose, edit: Edit, changes: list[_Change]) -> list[_Change]:
    """The changes as one, where no markup lies between: a line may end there, or an entity be."""
    if len(changes) < 2:
        return changes
    first, last = changes[0], changes[-1]
    inside = dict.fromkeys(prose.piece(at) for at in range(first.prose.start, last.prose.end))
    if any(a and b and a.end != b.start for a, b in pairwise(inside)):
        return changes
    one = []
    for text, parts in (
        (prose.text, [c.prose for c in changes]),
        (prose.source, [c.source for c in changes]),
    ):
        start, end = parts[0].start, parts[-1].end
        local = [replace(e, start=e.start - start, end=e.end - start) for e in parts]
        before = text[start:end]
        one.append(replace(edit, start=start, end=end, before=before, after=splice(before, local)))
    return [_Change(*one)]


def _parted(prose: Prose, changes: Sequence[_Change]) -> bool:
    """Whether something that stands in no source lies between the changes: a cell's end, a formula."""
    if len(changes) < 2:
        return False
    return any(prose.piece(at) is None for at in range(changes[0].prose.start, changes[-1].prose.end))


def _change(
    prose: Prose, edit: Edit, what: tuple[int, int, str], shift: int, escape: Callable[[str], str]
) -> _Change:
    start, end, after = what
    there = replace(edit, start=start + shift, end=end + shift, after=escape(after))
    return _Change(edit, replace(there, before=prose.source[there.start : there.end]))


def _differences(prose: Prose, edit: Edit) -> Iterator[tuple[int, int, str]]:
    """The changes that an edit is made of, word for word, without what stays and without ends of blocks."""
    before, after = TOKEN.findall(edit.before), TOKEN.findall(edit.after)
    offsets = [edit.start]
    for token in before:
        offsets.append(offsets[-1] + len(token))
    if len(before) == len(after):
        steps: Iterable[tuple[int, int, str]] = (
            (offsets[k], offsets[k + 1], b)
            for k, (a, b) in enumerate(zip(before, after, strict=True))
            if a != b
        )
    else:
        matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
        steps = (
            (offsets[i], offsets[j], "".join(after[k:m]))
            for tag, i, j, k, m in matcher.get_opcodes()
            if tag != "equal"
        )
    for start, end, new in steps:
        word = prose.piece(start)
        if not (word and word.plain and end <= word.at + len(word.text)):
            start, end, new = _unlike(prose.text, start, end, new)
        while start < end and prose.text[end - 1].isspace() and prose.piece(end - 1) is None:
            end -= 1
        while start < end and prose.text[start].isspace() and prose.piece(start) is None:
            start += 1
        if start < end or new:
            yield start, end, new


def _unlike(text: str, start: int, end: int, new: str) -> tuple[int, int, str]:
    """What of a change is none, letter for letter, is left out: markup may stand there."""
    while start < end and new and text[start] == new[0]:
        start, new = start + 1, new[1:]
    while start < end and new and text[end - 1] == new[-1]:
        end, new = end - 1, new[:-1]
    return start, end, new

"""What a corpus is divided into before anything is learnt from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from textrepair.errors import TextrepairError
from textrepair.files import lines
from textrepair.training.split import LEARNT_FROM, MEASURED_ON, RECORD, is_held_out, split


def _write(path: Path, records: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf8")
    return path


def _ids(folder: Path) -> list[str]:
    return [json.loads(line)["id"] for path in sorted(folder.iterdir()) for _, line in lines(path)]


def _records(number: int, **more: str) -> list[dict[str, str]]:
    return [
        {"id": f"{more.get('source', 'paper')}-{k}", "text": "A few words. " * 5, **more}
        for k in range(number)
    ]


def test_a_document_is_on_the_same_side_whatever_stands_around_it(tmp_path: Path) -> None:
    records = _records(400, field="physics")
    split([_write(tmp_path / "a.jsonl", records)], tmp_path / "one")
    split([_write(tmp_path / "b.jsonl", records[::-1][:300])], tmp_path / "two")
    held = [set(_ids(tmp_path / name / MEASURED_ON)) for name in ("one", "two")]
    assert held[1] <= held[0]
    assert held[0] == {r["id"] for r in records if is_held_out(r["id"])}
    assert 10 <= len(held[0]) <= 30
    assert not held[0] & set(_ids(tmp_path / "one" / LEARNT_FROM))
    assert len(_ids(tmp_path / "one" / LEARNT_FROM)) + len(held[0]) == 400


def test_licences_are_left_out_and_sources_capped(tmp_path: Path) -> None:
    records = _records(300, licence="CC BY-SA 4.0", source="wiki") + _records(300, source="minutes")
    corpus = _write(tmp_path / "c.jsonl", records + _records(900, source="arXiv", field="physics"))
    made = split([corpus], tmp_path / "out", leave_out=["BY-SA"], most={"minutes": 0.1})
    learnt = _ids(tmp_path / "out" / LEARNT_FROM)
    assert not any(name.startswith("wiki") for name in learnt)
    assert 50 < sum(name.startswith("minutes") for name in learnt) < 150
    assert json.loads((tmp_path / "out" / RECORD).read_text()) == made
    assert set(made["words"][LEARNT_FROM]) == {"c", "physics"}


def test_a_line_without_an_id_is_named(tmp_path: Path) -> None:
    corpus = _write(tmp_path / "c.jsonl", [*_records(2), {"text": "No id."}])
    with pytest.raises(TextrepairError, match=r"c\.jsonl:3: no JSON object with `id` and `text`"):
        split([corpus], tmp_path / "out")

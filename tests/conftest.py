"""What every test shares: no network, no deadlines, and a lexicon that forces one change."""

from __future__ import annotations

import gzip
import lzma
import os
from pathlib import Path

import pytest
from hypothesis import settings

from corpora import CLEAN, SPUN, jsonl
from textrepair import Repairer, load
from textrepair.corpus.finding import ScreenerSpec, findings
from textrepair.corpus.outcome import Outcome
from textrepair.corpus.worker import RepairerSpec, outcomes

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"

# Wall-clock deadlines fail on a busy machine; on CI a run must be one that can be repeated.
settings.register_profile("textrepair", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("textrepair")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail where a test is skipped")


def pytest_sessionfinish(session: pytest.Session) -> None:
    skipped = session.config.pluginmanager.get_plugin("terminalreporter").stats.get("skipped")
    if skipped and session.config.getoption("no_skips"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    """A lexicon with one certain entry, so that a test knows of a change that will be made."""
    path = tmp_path / "lexicon.tsv"
    path.write_text(
        "spun\tcanonical\tpos\tdomain\ttier\tnote\nzorbified\ttreated\tPHRASE\tgeneral\tauto\t\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="session")
def repairer() -> Repairer:
    """The default model and lexicon."""
    return load()


class Inline:
    """One worker in this very process, for tests that are not on processes; a corpus engine."""

    def __init__(self, repairer: Repairer) -> None:
        self.repairer = repairer
        self.texts: list[str] = []  # all it was ever given
        self._read = outcomes
        self._done: list[tuple[int, list[Outcome] | None]] = []

    def __call__(self, spec: RepairerSpec, count: int | None = None) -> Inline:
        self._read = findings if isinstance(spec, ScreenerSpec) else outcomes
        return self

    def __enter__(self) -> Inline:
        self._done = []
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __len__(self) -> int:
        return 1

    def idle(self) -> list[int]:
        return [] if self._done else [0]

    def submit(self, worker: int, texts: list[str]) -> None:
        self.texts += texts
        self._done = [(worker, self._read(self.repairer, texts))]

    def collect(self, *, block: bool) -> list[tuple[int, list[Outcome] | None]]:
        done, self._done = self._done, []
        return done


@pytest.fixture
def inline(repairer: Repairer) -> Inline:
    """An engine that needs no further process."""
    return Inline(repairer)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One shard of each kind of corpus, and two files that are none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.jsonl").write_bytes(jsonl(SPUN, CLEAN))
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(jsonl(CLEAN, SPUN, SPUN)))
    (folder / "deep/c.csv.xz").write_bytes(lzma.compress(f"id,text\n1,{SPUN}\n2,{CLEAN}\n".encode()))
    (folder / "deep/d.tsv").write_bytes(f"text\tid\n{SPUN}\t1\n".encode())
    zst = pa.Codec("zstd").compress(f"\ufeff{SPUN}\r\n\r\n{CLEAN}".encode(), asbytes=True)
    (folder / "e.txt.zst").write_bytes(zst)
    pq.write_table(pa.table({"text": [SPUN, None, CLEAN], "n": [1, 2, 3]}), folder / "f.parquet")
    (folder / "README.md").write_text("no part of the corpus")
    (folder / ".hidden.jsonl").write_text("nor this")
    return folder

"""What every test shares: no network, no deadlines, and a lexicon that forces one change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from textrepair import Repairer, load

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"

# Wall-clock deadlines fail on a busy machine; on CI a run must be one that can be repeated.
settings.register_profile("textrepair", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("textrepair")


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

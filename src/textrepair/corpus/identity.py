"""What a run's results hang on: model, lexicon, settings, as hashes and values that can be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path

from textrepair.corpus.worker import RepairerSpec
from textrepair.errors import TextrepairError
from textrepair.lexicon.entries import DATA, read
from textrepair.lexicon.protected import compile_patterns
from textrepair.models import check_model, find_model
from textrepair.sources import REMOTE
from textrepair.sources.manifest import NAME, checked


def identify(spec: RepairerSpec) -> dict[str, str]:
    """Name → hash or value of everything that decides what `spec` does with a text.

    Raises `TextrepairError` where the work cannot be done: an unknown model or setting, a damaged
    model, a bad lexicon. Nothing heavy is loaded to find that out.

    >>> identify(RepairerSpec()).keys() >= {"lexicon", "model", "min_score", "protect", "textrepair"}
    True
    """
    from textrepair.settings import Settings

    valid = [f.name for f in fields(Settings)]
    for unknown in spec.settings.keys() - set(valid):
        raise TextrepairError(f"unknown setting {unknown!r}; the settings are {', '.join(valid)}")
    settings = Settings(**spec.settings)  # type: ignore[arg-type]
    compile_patterns(settings.protect_patterns)
    folder = find_model(spec.model)
    check_model(folder)
    for path in spec.lexicon:
        read(Path(path))
    lexicons = [*sorted(p for p in DATA.iterdir() if p.is_file()), *map(Path, spec.lexicon)]
    sources = {}
    if settings.sources is not None and not settings.sources.startswith(REMOTE):
        checked(Path(settings.sources))
        sources["sources"] = digest([(Path(settings.sources) / NAME).read_bytes()])
    return {
        "textrepair": version("textrepair"),
        "model": digest([(folder / "manifest.json").read_bytes()]),
        "lexicon": digest([p.read_bytes() for p in lexicons]),
        **{name: json.dumps(value) for name, value in asdict(settings).items()},
        **sources,
    }


def digest(parts: list[bytes]) -> str:
    """One SHA-256 of several byte strings.

    >>> digest([b"a", b"bc"]) == digest([b"ab", b"c"])
    False
    """
    return hashlib.sha256(b"".join(hashlib.sha256(p).digest() for p in parts)).hexdigest()


def key(identity: Mapping[str, str]) -> str:
    """One hash of an identity."""
    return digest([json.dumps(identity, sort_keys=True).encode()])

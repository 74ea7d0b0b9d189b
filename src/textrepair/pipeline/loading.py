"""A `Repairer` from the name of its model, lexicons and settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from os import PathLike, fspath
from pathlib import Path

from textrepair.errors import TextrepairError
from textrepair.lexicon.lexicon import stack
from textrepair.lexicon.words import science
from textrepair.machine import uncollected
from textrepair.models import whole_model
from textrepair.pipeline.repair import Repairer
from textrepair.settings import Settings


def load(
    name: str = "en_sci_sm",
    *,
    lexicon: str | PathLike[str] | Sequence[str | PathLike[str]] | None = None,
    **settings: object,
) -> Repairer:
    """A `Repairer` with the model `name` (built-in name or folder) and lexicons stacked on the default.

    Settings are the fields of `Settings`. Raises `TextrepairError` for an unknown model or setting,
    a lexicon that cannot be read, a model file that is damaged, and a reranker that cannot be used.
    """
    valid = [f.name for f in fields(Settings)]
    for unknown in settings.keys() - set(valid):
        raise TextrepairError(f"unknown setting {unknown!r}; the settings are {', '.join(valid)}")
    folder = whole_model(name)
    if isinstance(settings.get("sources"), PathLike):
        settings["sources"] = fspath(settings["sources"])  # type: ignore[call-overload]
    chosen = Settings(**settings)  # type: ignore[arg-type]
    paths = [lexicon] if isinstance(lexicon, str | PathLike) else list(lexicon or ())
    with uncollected():
        lexicons = stack(tuple(Path(p) for p in paths))
        _ = (lexicons.finder, science())  # now, not at the first repair
    return Repairer(folder, lexicons, chosen)

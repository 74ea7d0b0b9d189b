"""From a corpus to a model folder: read, learn the field and its spins, calibrate, write the card."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sklearn.exceptions import ConvergenceWarning

from textrepair.errors import TextrepairError
from textrepair.files import partial
from textrepair.models import find_model, write_manifest
from textrepair.pipeline.judgement import Decision
from textrepair.texts import read_texts, refuse
from textrepair.training.base import Base, read_mean
from textrepair.training.calibrate import calibrate
from textrepair.training.calibration_examples import calibration_examples
from textrepair.training.card import card
from textrepair.training.channels import planted_channel
from textrepair.training.denoise import CHECKPOINT, HELD, Recipe, Status, train
from textrepair.training.evaluation import measure
from textrepair.training.examples import Example
from textrepair.training.graph import write_graphs
from textrepair.training.harm import measure_harm
from textrepair.training.materials import Materials, Source
from textrepair.training.packed import Corpus, pack
from textrepair.training.parallel import score_in_parallel
from textrepair.training.record import command, measured, trained
from textrepair.training.samples import Sampler
from textrepair.training.shipping import ship

# Documents as likely spun as this are judged as such. At .7 .25 of excerpts with a few planted terms are, not
# .36, but of swaps in short spun passages .29 are undone, for .34 (measured on 2026-11-28).
SPUN_FROM = 0.5
# The highest learning rate: a new head has all to learn; one that names words already is only adapted
# (Gururangan et al. 2020). Of a base `WIDTH` wide; wider ones take smaller steps.
NEW_HEAD, ADAPTING, WIDTH = 4e-4, 2e-4, 384


class Watch:
    """Hears how a training goes on; this one keeps it to itself."""

    def begins(self, what: str) -> None:
        """Something that takes its time begins."""

    def step(self, status: Status) -> None:
        """One step is done."""

    def read(self, done: int, of: int) -> None:
        """So many excerpts are read, of all that are calibrated on."""

    def skipped(self, error: TextrepairError) -> None:
        """A line of the corpus was left out."""


def train_model(
    materials: Materials,
    out: Path,
    *,
    recipe: Recipe | None = None,
    harm: float = 1.0,
    device: str = "auto",
    state: Path | None = None,
    reads_first: str | None = None,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Make the model folder `out`; what was done and measured is returned.

    `harm`: edits per 10,000 clean words the threshold may allow. `device`: `cpu`, `cuda`, or `auto` for the
    better one there is. `state`: the folder in which the training is kept apart from the model, so that it
    can be gone on with under a larger budget into another `out`; without it, it ends with the model. A
    training that was interrupted goes on where it stood; the folder can be loaded when its manifest stands,
    which is written last. `reads_first`: the smaller model that is to read everything, where this one is to
    read again only what that finds spun (`textrepair.training.shipping`); nothing is calibrated then.

    Raises `TextrepairError` for bad input and `OSError` when `out` cannot be written.
    """
    recipe, watch, where = recipe or Recipe(), watch or Watch(), state or out
    _check_out(out)
    materials.check()
    if reads_first is not None:
        find_model(reads_first)  # now, not after hours
    device = _device(device)
    base = read_mean(materials.bases, recipe.seed, materials.layers)
    watch.begins("Loading the simulated spinners")
    near, channels = materials.channels()
    sources, corpus = _read_corpus(materials, watch)
    terms = planted_channel(materials.tortured)
    # now, so that too few of them are known before hours are spent
    examples = calibration_examples(corpus, near, channels, terms) if reads_first is None else []
    for folder in (out, where):
        folder.mkdir(parents=True, exist_ok=True)
    rate = _rate(base)
    sampler = Sampler(corpus, channels, terms, base.tokenizer, recipe.seed)
    watch.begins("Training")
    made_of = materials.hashes(corpus, base)
    steps = train(
        base.model, sampler, out, recipe, state=state or out, rate=rate, made_of=made_of, device=device
    )
    for status in steps:
        watch.step(status)
    base.tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    decision: dict[str, Any] = {}
    if reads_first is None:
        write_graphs(out)
        decision = _calibrate(examples, out, materials.clean, harm, watch)
    else:
        ship(out, reads_first)
    record = {
        "command": command(materials, recipe, harm, reads_first),
        **trained(materials, sources, corpus, base, recipe, rate),
        **measured(status, base, device, decision),
    }
    _finish(out, record, reads_first)
    return record


def _read_corpus(materials: Materials, watch: Watch) -> tuple[list[Source], Corpus]:
    watch.begins("Reading the corpus")
    sources = [Source(path) for path in materials.corpus]
    return sources, pack([s.read(watch.skipped if materials.skip_bad else None) for s in sources])


def _finish(out: Path, record: dict[str, Any], reads_first: str | None) -> None:
    """Write the card and, last, the manifest; the state of the training is not needed any more."""
    (out / "training.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")
    (out / "README.md").write_text(card(out.resolve().name, record, reads_first), encoding="utf8")
    write_manifest(out)
    for path in (out / CHECKPOINT, out / HELD):
        path.unlink(missing_ok=True)


def _rate(base: Base) -> float:
    """The highest learning rate for a base."""
    narrower = min(1.0, WIDTH / base.model.config.hidden_size)
    return (NEW_HEAD if base.headless else ADAPTING) * narrower**2


def _calibrate(
    examples: Sequence[Example], out: Path, clean: Path | None, harm: float, watch: Watch
) -> dict[str, Any]:
    """Fit the decision of the model in `out`, and measure it."""
    watch.begins("Reading the excerpts to calibrate on")
    scored_examples = score_in_parallel(examples, out, lambda done: watch.read(done, len(examples)))
    watch.begins("Calibrating")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # how many rounds to fit is part of the recipe
        rows, by_words, seen = calibrate(
            examples, scored_examples, out / "decision.json", harm=harm, spun_from=SPUN_FROM
        )
    on_clean: dict[str, Any] = {}
    if clean:
        watch.begins("Measuring harm")
        on_clean = measure_harm(out, read_texts(clean, refuse), harm=harm)
    return measure(examples, rows, by_words, seen, Decision.read(out / "decision.json")) | on_clean


def _check_out(out: Path) -> None:
    if (out / "manifest.json").exists():
        raise TextrepairError(f"{out}: holds a finished model; give another folder")
    for path in (out, *out.parents):
        if path.exists() and not path.is_dir():
            raise TextrepairError(f"{path}: is a file; give a folder")
    begun = {
        "model.safetensors",
        *(name for of in (CHECKPOINT, HELD) for name in (of, partial(Path(of)).name)),
    }
    if out.exists() and (names := {p.name for p in out.iterdir()}) and not names & begun:
        raise TextrepairError(f"{out}: holds other files, such as {min(names)}; give a new folder")


def _device(wanted: str) -> str:
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise TextrepairError("device 'cuda': this torch finds no GPU; train with 'cpu', or mend the driver")
    return wanted if wanted != "auto" else "cuda" if there else "cpu"

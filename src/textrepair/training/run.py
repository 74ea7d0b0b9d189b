"""From a corpus to a model folder: read, learn the field and its spins, calibrate, write the card."""

from __future__ import annotations

import itertools
import json
import os
import random
import shlex
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from sklearn.exceptions import ConvergenceWarning

import textrepair
from textrepair.errors import TextrepairError
from textrepair.files import check_there, sha256
from textrepair.models import write_manifest
from textrepair.pipeline.judgement import Decision
from textrepair.training.base import Base, read_mean
from textrepair.training.calibrate import calibrate
from textrepair.training.card import card
from textrepair.training.channels import (
    default_channels,
    planted_channel,
    seen_terms,
    tables_fingerprint,
    training_channels,
)
from textrepair.training.denoise import CHECKPOINT, HELD, Recipe, Status, train
from textrepair.training.evaluation import measure
from textrepair.training.examples import CLEAN, LONG, MIXED, PLANTED, Example, excerpt, passages
from textrepair.training.gathering import gather_all
from textrepair.training.graph import write_graphs
from textrepair.training.harm import measure_harm
from textrepair.training.objective import precision
from textrepair.training.packed import Corpus, pack
from textrepair.training.samples import Sampler
from textrepair.training.spinner import Channel
from textrepair.training.texts import read_texts, refuse

CALIBRATED_ON = 2000  # documents, if so many are spared
LEFT_CLEAN, WITH_TERMS = 0.35, 0.35  # shares of mixed excerpts: clean, and clean but for a few terms
# Documents as likely spun as this are judged as such. At .7 .25 of excerpts with a few planted terms are, not
# .36, but of swaps in short spun passages .29 are undone, for .34 (measured on 2026-11-28).
SPUN_FROM = 0.5
Channels = Sequence[tuple[float, Channel]]
FEWEST_SPINS = 20  # swaps to calibrate on; fewer say nothing
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


@dataclass
class Source:
    """One file of a corpus, and what was found in it."""

    path: Path
    documents: int = 0
    skipped: int = 0

    def read(self, *, skip_bad: bool, watch: Watch) -> Iterator[str]:
        """The documents of the file, counted."""

        def count(error: TextrepairError) -> None:
            self.skipped += 1
            watch.skipped(error)

        for text in read_texts(self.path, count if skip_bad else refuse):
            self.documents += 1
            yield text


def train_model(
    corpus: Sequence[Path],
    out: Path,
    *,
    base: str | Sequence[str] = "en_sci_sm",
    recipe: Recipe | None = None,
    pairs: Path | None = None,
    tortured: Path | None = None,
    harm: float = 1.0,
    clean: Path | None = None,
    skip_bad: bool = False,
    device: str = "auto",
    state: Path | None = None,
    layers: int | None = None,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Make the model folder `out` from the files of a corpus; what was done and measured is returned.

    `base`: what to start from, see `read_base`; of several, their mean. `pairs`, `tortured`: real swaps to
    learn from, see `textrepair.training.channels`. `harm`: edits per 10,000 clean words the threshold may
    allow.
    `clean`: whole clean documents to measure that on, no part of the corpus; without them it is measured on
    excerpts of spared documents.
    `skip_bad`: leave lines out that cannot be read. `device`: `cpu`, `cuda`, or `auto` for the better
    one there is. `state`: the folder in which the training is kept apart from the model, so that it can be
    gone on with under a larger budget into another `out`; without it, it ends with the model. `layers`: so
    many of the base's layers, evenly spaced. A training that was interrupted goes on where it stood; the
    folder can be loaded when its manifest stands, which is written last.

    Raises `TextrepairError` for bad input and `OSError` when `out` cannot be written.
    """
    recipe, watch = recipe or Recipe(), watch or Watch()
    _check_out(out)
    for path in [*corpus, *([clean] if clean else [])]:
        check_there(path)
    device = _device(device)
    bases = [base] if isinstance(base, str) else list(base)
    started_from = read_mean(bases, recipe.seed, layers)
    watch.begins("Loading the simulated spinners")
    near, channels = _channels(pairs, tortured)
    watch.begins("Reading the corpus")
    sources = [Source(path) for path in corpus]
    packed = pack([s.read(skip_bad=skip_bad, watch=watch) for s in sources])
    terms = planted_channel(tortured)
    # now, so that too few of them are known before hours are spent
    examples = calibration_examples(packed, near, channels, terms)
    for folder in (out, state or out):
        folder.mkdir(parents=True, exist_ok=True)
    narrower = min(1.0, WIDTH / started_from.model.config.hidden_size)
    rate = (NEW_HEAD if started_from.headless else ADAPTING) * narrower**2
    made_of = {
        "corpus": packed.fingerprint(),
        "base": started_from.sha256,
        "pairs": sha256(pairs) if pairs else "",
        "tortured": sha256(tortured) if tortured else "",
        "tables": tables_fingerprint(),
    }
    sampler = Sampler(packed, channels, terms, started_from.tokenizer, recipe.seed)
    watch.begins("Training")
    steps = train(
        started_from.model,
        sampler,
        sampler.on("held out"),
        out,
        recipe,
        state=state or out,
        rate=rate,
        made_of=made_of,
        device=device,
        workers=0 if device == "cpu" else min(8, (os.cpu_count() or 2) - 1),
    )
    for status in steps:
        watch.step(status)
    started_from.tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    write_graphs(out)
    watch.begins("Reading the excerpts to calibrate on")
    scored_examples = gather_all(examples, out, lambda done: watch.read(done, len(examples)))
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
    decision = measure(examples, rows, by_words, seen, Decision.read(out / "decision.json")) | on_clean
    record = {
        "command": _command(sources, bases, recipe, pairs, tortured, clean, harm, skip_bad=skip_bad),
        "data": _data(packed, sources, pairs, tortured),
        "recipe": {
            **asdict(recipe),
            "rate": rate,
            "base": " + ".join(Path(name).name for name in bases),
            "base_sha256": started_from.sha256,
        },
        "architecture": _architecture(started_from),
        "device": torch.cuda.get_device_name()
        if device == "cuda"
        else f"{torch.get_num_threads()} CPU threads",
        "precision": str(precision(device)).removeprefix("torch."),
        "versions": {"textrepair": textrepair.__version__, "torch": torch.__version__},
        "measured": [asdict(m) for m in status.history],
        "stopped_early": status.stopped,
        "before": started_from.record,
        "decision": {k: None if v != v else v for k, v in decision.items()},  # JSON knows no nan
    }
    (out / "training.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")
    (out / "README.md").write_text(card(out.resolve().name, record), encoding="utf8")
    write_manifest(out)
    for path in (out / CHECKPOINT, out / HELD):
        path.unlink(missing_ok=True)
    return record


def _check_out(out: Path) -> None:
    if (out / "manifest.json").exists():
        raise TextrepairError(f"{out}: holds a finished model; give another folder")
    for path in (out, *out.parents):
        if path.exists() and not path.is_dir():
            raise TextrepairError(f"{path}: is a file; give a folder")
    begun = {name for of in (CHECKPOINT, HELD) for name in (of, f".{of}.part")} | {"model.safetensors"}
    if out.exists() and (names := {p.name for p in out.iterdir()}) and not names & begun:
        raise TextrepairError(f"{out}: holds other files, such as {min(names)}; give a new folder")


def _device(wanted: str) -> str:
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise TextrepairError("device 'cuda': this torch finds no GPU; train with 'cpu', or mend the driver")
    return wanted if wanted != "auto" else "cuda" if there else "cpu"


def _channels(pairs: Path | None, tortured: Path | None) -> tuple[Channels, Channels]:
    """The near simulated spinners, and all that training draws from."""
    try:
        if tortured and not any(seen_terms(tortured)):
            raise ValueError("no tortured phrase beside the term expected for it")
        return default_channels(pairs, tortured), training_channels(pairs, tortured)
    except OSError as error:
        raise TextrepairError(f"{error.filename}: cannot be read: {error.strerror}") from None
    except KeyError as error:
        raise TextrepairError(f"{pairs}: no column {error}; it needs spun, original and kind") from None
    except ValueError as error:
        raise TextrepairError(f"{pairs or ''} {tortured or ''}: not as expected: {error}") from None


def calibration_examples(
    corpus: Corpus, near: Channels, channels: Channels, terms: Channel, documents: int = CALIBRATED_ON
) -> list[Example]:
    """Excerpts of the spared documents, clean, planted with terms, and spun; each file has an equal share.

    Of each document there are `MIXED` ones, by the `near` spinners, since whole pages are spun by such; then
    `PLANTED` ones that are clean but for a few terms, by all `channels`, since published terms are often
    farther, and what is learnt of terms grows with their number; then `CLEAN` ones, which are long: at one
    wrong edit in 10,000 words, what such edits look like is learnt from many words or not at all, and so is
    what clean documents look like.
    """
    rng = random.Random(3)
    share = max(1, documents // len(corpus.spared))
    texts = [t for of_file in corpus.spared for t in rng.sample(of_file, min(len(of_file), share))]
    rng.shuffle(texts)

    def some(number: int, spinners: Channels, clean: float, planted: float, seed: int) -> Iterator[Example]:
        excerpts = (excerpt(text, rng) for text in texts for _ in range(number))
        return passages(excerpts, spinners, terms, clean=clean, planted=planted, seed=seed)

    mixed = some(MIXED, near, LEFT_CLEAN, WITH_TERMS, 7)
    only_planted = some(PLANTED, channels, 0.0, 1.0, 11)
    examples: list[Example] = []
    for document, text in enumerate(texts):
        of_text = [*itertools.islice(mixed, MIXED), *itertools.islice(only_planted, PLANTED)]
        of_text += (Example(excerpt(text, rng, LONG), ()) for _ in range(CLEAN))
        examples += [replace(example, document=document) for example in of_text]
    swaps = sum(len(example.gold) for example in examples)
    if swaps < FEWEST_SPINS:
        raise TextrepairError(
            f"only {swaps} words of the documents spared for calibration could be spun; {FEWEST_SPINS} are "
            "needed: give more text, in English"
        )
    return examples


def _command(
    sources: Sequence[Source],
    bases: Sequence[str],
    recipe: Recipe,
    pairs: Path | None,
    tortured: Path | None,
    clean: Path | None,
    harm: float,
    *,
    skip_bad: bool,
) -> str:
    """The command that does the same again, beside the files."""
    budget = ["--minutes", f"{recipe.minutes:g}"] if recipe.steps is None else ["--steps", str(recipe.steps)]
    words = ["textrepair", "train", *(s.path.name for s in sources)]
    words += [word for base in bases for word in ("--from", Path(base).name)] + budget
    words += ["--every", str(recipe.every), "--seed", str(recipe.seed), "--harm", f"{harm:g}"]
    for option, path in (("--pairs", pairs), ("--tortured", tortured), ("--clean", clean)):
        words += [option, path.name] if path else []
    words += ["--skip-bad"] if skip_bad else []
    return shlex.join([*words, "--out", "MODEL"])


def _data(
    corpus: Corpus, sources: Sequence[Source], pairs: Path | None, tortured: Path | None
) -> dict[str, Any]:
    documents = len(corpus.offsets) - 1
    parts = [corpus.part(k) for k in range(documents)]
    return {
        "files": [
            {"file": s.path.name, "documents": s.documents, "skipped": s.skipped, "sha256": sha256(s.path)}
            for s in sources
        ],
        "documents": documents,
        "words": len(corpus.ids),
        "trained_on": parts.count("trained on"),
        "held_out": parts.count("held out"),
        "spared": parts.count("spared"),
        "pairs": pairs.name if pairs else "",
        "tortured": tortured.name if tortured else "",
    }


def _architecture(base: Base) -> str:
    config, parameters = base.model.config, sum(p.numel() for p in base.model.parameters())
    kind = "MPNet" if hasattr(base.model, "relative") else "BERT"
    return (
        f"{kind}, {config.num_hidden_layers} layers, width {config.hidden_size}, "
        f"{parameters / 1e6:.1f} million parameters, {config.vocab_size:,} word pieces"
        f"{', with a new masked-LM head' if base.headless else ''}"
    )

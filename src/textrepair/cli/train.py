"""`textrepair train` and `textrepair spin`: a model for another field, and spun text to measure it on."""

from __future__ import annotations

import importlib.util
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textrepair.cli.common import CannotWrite, exit_codes, write_out
from textrepair.errors import TextrepairError, numbered

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from textrepair.training.denoise import Status
    from textrepair.training.run import Watch

Corpus = Annotated[
    list[Path],
    typer.Argument(
        metavar="CORPUS...",
        help="Clean text: JSON lines with `text` (.jsonl), or plain text in which blank lines part the "
        "documents; as it is or as .gz, .xz, .zst.",
    ),
]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="Leave out lines that cannot be read, and count them.")
]


def train(
    corpus: Corpus,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the model goes.")],
    base: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="NAME",
            help="What to start from: a built-in model (en_sci_sm if nothing is said), or a folder of an "
            "uncased BERT or MPNet (config.json, model.safetensors, tokenizer.json), with or without a head. "
            "Repeat it to start from the mean of several.",
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            "--minutes", min=0.0, help="How long to train; 90 if nothing is said. Calibrating comes on top."
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option("--steps", min=0, help="How many steps to train instead; 0 only calibrates."),
    ] = None,
    every: Annotated[
        int, typer.Option("--every", min=1, help="Steps between checkpoints, each with a measurement.")
    ] = 100,
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=2**63 - 1, help="Draws the passages, swaps and masks.")
    ] = 1,
    device: Annotated[
        str, typer.Option("--device", metavar="cpu|cuda", help="Where to train; the GPU if there is one.")
    ] = "auto",
    harm: Annotated[
        float,
        typer.Option("--harm", min=0.0, help="Edits in 10,000 clean words the model's threshold may allow."),
    ] = 1.0,
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", metavar="TSV", help="Swaps seen on real pages: spun, original, kind."),
    ] = None,
    tortured: Annotated[
        Path | None,
        typer.Option("--tortured", metavar="CSV", help="A Problematic Paper Screener export."),
    ] = None,
    clean: Annotated[
        Path | None,
        typer.Option(
            "--clean",
            metavar="FILE",
            help="Whole clean documents, not among the corpus, to measure --harm on: surer than the excerpts "
            "of the corpus that are spared for it, and slower.",
        ),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state",
            metavar="FOLDER",
            help="Keep the training here, apart from the model: with the same --state, more --minutes and "
            "another --out it goes on from where its learning rate began to fall.",
        ),
    ] = None,
    layers: Annotated[
        int | None,
        typer.Option(
            "--layers", min=1, help="Keep so many of the layers, evenly spaced; all if nothing is said."
        ),
    ] = None,
    reads_first: Annotated[
        str | None,
        typer.Option(
            "--reads-first",
            metavar="NAME",
            help="Make it the larger model of a pair: the smaller one named here reads everything, and this "
            "one again what that finds spun. Nothing is calibrated; fit it to spun pages with gold.",
        ),
    ] = None,
    skip_bad: SkipBad = False,
) -> None:
    """Train a model for your field on clean text of that field.

    It learns the language of the field (unless it undoes spins already),
    then to undo simulated spins, then how far to trust itself. The best
    weights by held-out spins are kept, and training ends early when they get
    no better. A run that was interrupted goes on where it stood when the same
    command is given again. The folder gets a model card, and loads with
    textrepair.load or --model.

    Needs the extra: pip install 'textrepair\\[train]'

    [bold]Examples[/bold]

    textrepair train papers.jsonl.xz --out my_field
    \b
    textrepair train papers/*.txt --minutes 480 --out my_field
    \b
    textrepair fix --model my_field paper.txt
    """
    if minutes is not None and steps is not None:
        raise typer.BadParameter("--minutes and --steps exclude each other")
    if device not in ("auto", "cpu", "cuda"):
        raise typer.BadParameter(f"--device: unknown device {device!r}; use cpu or cuda")
    with exit_codes():
        if not all(map(importlib.util.find_spec, ("onnx", "sklearn"))):
            raise TextrepairError("training needs more packages: pip install 'textrepair[train]'")
        with _shown() as watch:
            from textrepair.training.denoise import CHECKPOINT, HELD, Recipe
            from textrepair.training.materials import Materials
            from textrepair.training.run import train_model

            try:
                record = train_model(
                    Materials(
                        tuple(corpus), tuple(base or ["en_sci_sm"]), pairs, tortured, clean, skip_bad, layers
                    ),
                    out,
                    recipe=Recipe(
                        steps=steps, minutes=90 if minutes is None else minutes, seed=seed, every=every
                    ),
                    harm=harm,
                    device=device,
                    state=state,
                    reads_first=reads_first,
                    watch=watch,
                )
            except OSError as error:
                raise CannotWrite(f"{error.filename or out}: cannot be written: {error.strerror}") from error
            except FloatingPointError as error:
                raise TextrepairError(f"the training came apart: {error}; try another --seed") from error
            except KeyboardInterrupt:
                if any(path.exists() for path in (out / CHECKPOINT, (state or out) / HELD)):
                    going_on = f"the same command goes on from what is kept in {state or out}"
                    typer.echo(f"textrepair: interrupted; {going_on}", err=True)
                raise
        before, *after = (m["loss"] for m in record["measured"])
        if after and min(after) >= before:
            kept = f"those of {record['recipe']['base']} were kept; train longer, or on more text"
            typer.echo(f"textrepair: no weights read held-out spins better: {kept}", err=True)
        skipped = sum(f["skipped"] for f in record["data"]["files"])
        left = f"; {numbered(skipped, 'line')} left out" if skipped else ""
        typer.echo(f"textrepair: {out} is ready{left}; try: textrepair fix --model {out} FILE", err=True)


@contextmanager
def _shown() -> Iterator[Watch]:
    """A watch that tells standard error: measurements as lines, the rest as a bar on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True, highlight=False)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield _watch(bar, bar.add_task("Loading the model", total=None))


def _watch(bar: Progress, task: TaskID) -> Watch:
    from textrepair.training.run import Watch

    class Bar(Watch):
        """Shows how a training goes on."""

        def begins(self, what: str) -> None:
            bar.reset(task, description=what, total=None)

        def step(self, status: Status) -> None:
            going_on = math.isnan(status.loss)
            what = status.stage if going_on else f"{status.stage}, loss {status.loss:.2f}"
            bar.update(task, description=what, total=1.0, completed=status.done)
            if status.new:
                m = status.history[-1]
                typer.echo(
                    f"textrepair: step {m.step}, {m.minutes:.1f} min: {m.stage}; held-out spins: "
                    f"loss {m.loss:.3f}, {m.spun:.1%} of spun and {m.kept:.1%} of other pieces read right",
                    err=True,
                )
            elif going_on:
                typer.echo(f"textrepair: going on from step {status.step}", err=True)

        def read(self, done: int, of: int) -> None:
            bar.update(task, total=of, completed=done)

        def skipped(self, error: TextrepairError) -> None:
            typer.echo(f"textrepair: left out: {error}", err=True)

    return Bar()


def spin(
    corpus: Corpus,
    *,
    rate: Annotated[
        float | None,
        typer.Option(
            "--rate",
            min=0.0,
            max=1.0,
            help="Chance of a replaceable word to be swapped: up to 0.4 about the share of words that are. "
            "Without it, each document draws its own, from 0.05 to 0.8.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws spinners and swaps.")] = 1,
    skip_bad: SkipBad = False,
) -> None:
    """Spin clean text as article spinners do, and tell what was swapped.

    Prints one JSON object a line for each document: the spun `text`, the
    `rate`, and as `gold` each swap with its offsets, what stands there (`spun`)
    and what stood there (`accept`). For making training and test data, and for
    nothing else.

    Needs the extra: pip install 'textrepair\\[train]'

    [bold]Examples[/bold]

    textrepair spin abstracts.jsonl.xz > spun.jsonl
    \b
    textrepair spin --rate 0.1 --seed 7 paper.txt | jq '.gold[].spun'
    """
    with exit_codes():
        from textrepair.texts import read_texts, refuse
        from textrepair.training.channels import default_channels
        from textrepair.training.spinner import spin_documents

        skipped: list[TextrepairError] = []
        texts = (text for path in corpus for text in read_texts(path, skipped.append if skip_bad else refuse))
        for document in spin_documents(texts, default_channels(), seed=seed, rate=rate):
            write_out(f"{json.dumps(document, ensure_ascii=False)}\n".encode())
        if skipped:
            typer.echo(
                f"textrepair: {numbered(len(skipped), 'line')} left out, the first {skipped[0]}", err=True
            )

"""The options that several commands share: those of a repairer as one record, and others one by one."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

from textrepair.machine import RUNTIMES


def _probability(score: float | None) -> float | None:
    if score is not None and math.isnan(score):  # which is neither below nor above a bound
        raise typer.BadParameter("must be a number from 0 to 1")
    return score


Model = Annotated[
    str,
    typer.Option("--model", metavar="NAME", help="Name or folder of the model.", rich_help_panel="Settings"),
]
Reranker = Annotated[
    str | None,
    typer.Option(
        "--reranker",
        metavar="NAME",
        help="Folder or Hugging Face name of a masked language model to judge with instead of the model's "
        "own. Slower, and its scores are not calibrated.",
        rich_help_panel="Settings",
    ),
]
Lm = Annotated[
    str | None,
    typer.Option(
        "--lm",
        metavar="NAME",
        help="Folder, Hugging Face name or GGUF file of a causal language model, for a second opinion of "
        "what is doubted in spun text. It takes seconds a page. GGUF needs textrepair\\[lm].",
        rich_help_panel="Settings",
    ),
]
MinScore = Annotated[
    float | None,
    typer.Option(
        "--min-score",
        min=0.0,
        max=1.0,
        callback=_probability,
        help="Make changes with at least this probability of being right; "
        "higher changes less. The model brings its own default.",
        rich_help_panel="Settings",
    ),
]
MaxHarm = Annotated[
    float | None,
    typer.Option(
        "--max-harm",
        min=0.0,
        metavar="N",
        help="Instead of --min-score: be as bold as makes at most N changes per 10,000 words of clean text, "
        "by the model's measured curve.",
        rich_help_panel="Settings",
    ),
]
Gate = Annotated[
    float,
    typer.Option(
        "--gate",
        min=0.0,
        max=1.0,
        callback=_probability,
        metavar="P",
        help="Do not show the model documents less likely spun than this: 0.5 reads clean text several times "
        "faster, and misses single terms planted in it.",
        rich_help_panel="Settings",
    ),
]
Lexicon = Annotated[
    list[str] | None,
    typer.Option(
        "--lexicon",
        metavar="PATH",
        help="A lexicon (TSV) of your own to use as well. Repeatable.",
        rich_help_panel="Settings",
    ),
]
Protect = Annotated[
    list[str] | None,
    typer.Option(
        "--protect", metavar="TERM", help="A term never to change. Repeatable.", rich_help_panel="Settings"
    ),
]
ProtectPattern = Annotated[
    list[str] | None,
    typer.Option(
        "--protect-pattern",
        metavar="REGEX",
        help="Never change what this regular expression matches. Repeatable.",
        rich_help_panel="Settings",
    ),
]
Families = Annotated[
    list[str] | None,
    typer.Option(
        "--families",
        metavar="NAME,…",
        help="Repair only these: synonyms, furniture, advertisements, numbers, characters, words, "
        "truncation. Repeatable; everything by default.",
        rich_help_panel="Settings",
    ),
]
Sources = Annotated[
    str | None,
    typer.Option(
        "--sources",
        metavar="INDEX",
        help="An index that textrepair index made: where it holds the original, its words are restored.",
        rich_help_panel="Settings",
    ),
]
Runtime = Annotated[
    str,
    typer.Option(
        "--runtime",
        metavar="NAME",
        help="What runs the model: onnxruntime gives the same edits on every machine; auto takes a GPU if "
        "there is one; openvino (textrepair\\[openvino]), torch and cuda are faster on some machines.",
        rich_help_panel="Settings",
    ),
]
Html = Annotated[
    bool,
    typer.Option("--html", help="The input is HTML: repair its main text. Needs textrepair\\[html]."),
]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="NAME",
        help="What the files are written in: text, latex, markdown, rst, xml or html; of markup only the "
        "prose is edited. auto goes by the name of a file, and of standard input by how it begins.",
    ),
]
Column = Annotated[str, typer.Option("--column", metavar="NAME", help="The column that holds the text.")]
ByLine = Annotated[
    bool, typer.Option("--by-line", help="Each line of a text file is a document, not the whole file.")
]


@dataclass(frozen=True)
class RepairerOptions:
    """What all commands that repair let users set, in the order in which `--help` lists it."""

    model: Model = "en_sci_sm"
    reranker: Reranker = None
    lm: Lm = None
    min_score: MinScore = None
    max_harm: MaxHarm = None
    gate: Gate = 0.0
    lexicon: Lexicon = None
    protect: Protect = None
    protect_pattern: ProtectPattern = None
    families: Families = None
    sources: Sources = None
    runtime: Runtime = RUNTIMES[0]

    def settings(self) -> dict[str, Any]:
        """What `textrepair.load` is given.

        >>> settings = RepairerOptions(families=["words, numbers"]).settings()
        >>> settings["families"], settings["protect_patterns"]
        (['words', 'numbers'], ())
        """
        same = ("reranker", "lm", "min_score", "max_harm", "gate", "sources", "runtime")
        settings: dict[str, Any] = {
            "name": self.model,
            "lexicon": self.lexicon or (),
            "protect": self.protect or (),
            "protect_patterns": self.protect_pattern or (),
            **{name: getattr(self, name) for name in same},
        }
        if self.families:  # names, or commas between names
            names = (name.strip() for value in self.families for name in value.split(","))
            settings["families"] = [name for name in names if name]
        return settings


def with_repairer_options(command: Callable[..., None]) -> Callable[..., None]:
    """A command for Typer whose parameter `options`, a `RepairerOptions`, stands for an option a field.

    Typer reads the options of a command from its signature, in which the fields are written out.
    """
    signature = inspect.signature(command, eval_str=True)
    hints = get_type_hints(RepairerOptions, include_extras=True)
    own = [p for p in signature.parameters.values() if p.name != "options"]
    shared = [
        inspect.Parameter(f.name, inspect.Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name])
        for f in fields(RepairerOptions)
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        options = RepairerOptions(**{f.name: given.pop(f.name) for f in fields(RepairerOptions)})
        command(**given, options=options)

    run.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in (*own, *shared)}
    return run

"""`textrepair lexicon score` and `mine`: what texts say of entries, listed and not yet listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from textrepair.cli.common import check_output, exit_codes, save
from textrepair.cli.measuring import (
    Clean,
    Json,
    KeepGoing,
    Name,
    Output,
    Spun,
    progress,
    read_lexicon,
    show,
    texts,
)
from textrepair.cli.options import Model
from textrepair.errors import numbered


def score(
    name: Name,
    *,
    clean: Clean = None,
    spun: Spun = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the lexicon with the proposed tiers and figures.",
        ),
    ] = None,
    rerank: Annotated[
        bool,
        typer.Option(
            "--rerank", help="Count also the edits the model agrees to, each entry taken as `ask` (slow)."
        ),
    ] = False,
    model: Model = "en_sci_sm",
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes that count.")] = 1,
    as_json: Json = False,
    keep_going: KeepGoing = False,
) -> None:
    """Measure each entry on clean and spun text, and propose the tier it earns.

    An entry fires where its spun side stands; it is right where its first
    canonical form is what the spun text's gold accepts. Precision comes
    with a 95 % Wilson interval. Proposed is `auto` for a precision of .95
    or, unseen, 500,000 clean words without it; `never` for what is surely
    more often wrong than right; `ask` for the rest. Without spun text
    nothing can be right, and four firings on clean text mean `never`.

    [bold]Examples[/bold]

    textrepair lexicon score tortured.tsv --clean clean.jsonl.xz -o scored.tsv
    \b
    textrepair lexicon score own.tsv --clean clean.jsonl.xz --spun spun.jsonl --rerank --json
    """
    with exit_codes():
        from textrepair.bench.lexicon_scores import score_entries

        check_output(output, "scored.tsv", [name, *(clean or ()), *(spun or ())])
        entries = read_lexicon(name, keep_going=keep_going)
        with progress("Words read") as advance:
            result = score_entries(
                entries,
                lambda: texts(clean, spun),
                jobs=jobs,
                model=model if rerank else None,
                advance=advance,
            )
        if output is not None:
            from textrepair.lexicon.entries import write

            save(write(result.measured()).encode(), output)
        if as_json:
            save((json.dumps(result.to_dict(), indent=1, ensure_ascii=False) + "\n").encode(), None)
        else:
            show(result.tables())


def mine(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="Suspicious text, JSON lines or plain, or decisions of textrepair review."
        ),
    ],
    *,
    output: Output = None,
    least: Annotated[
        int, typer.Option("--least", min=1, metavar="N", help="Documents an entry must be found in.")
    ] = 2,
    model: Model = "en_sci_sm",
) -> None:
    """Propose entries from suspicious text: what the model keeps restoring, as a file to review.

    Each row has counts and lines of evidence, and an empty first column:
    write `yes` there to accept it, then import the file. What was accepted
    or corrected in textrepair review has its `yes`, were it only once; from
    such decisions alone a lexicon is written, since nothing is left to
    review.

    [bold]Example[/bold]

    textrepair lexicon mine suspicious.jsonl.xz -o review.tsv
    \b
    textrepair lexicon import review.tsv -o own.tsv
    \b
    textrepair lexicon mine paper.txt.decisions.jsonl -o own.tsv
    """
    with exit_codes():
        from textrepair.decisions import is_decisions
        from textrepair.decisions import read as decisions_of
        from textrepair.mining import mine as proposals_of
        from textrepair.mining import review_file

        check_output(output, "review.tsv", files)
        with progress("Texts read") as advance:
            decided = [path for path in files if is_decisions(path)]
            others = [path for path in files if path not in decided]
            proposals = proposals_of(
                (t.text for t in texts(others, None)) if others else (),
                reviewed=(d for path in decided for d in decisions_of(path)),
                least=least,
                model=model,
                advance=advance,
            )
        save(review_file(proposals).encode(), output)
        typer.echo(f"textrepair: {numbered(len(proposals), 'proposal')}", err=True)

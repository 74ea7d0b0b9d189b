"""`textrepair lexicon`: write, check, import, measure and compare lexicons."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from textrepair.cli.common import EPILOG, check_output, exit_codes, save, working
from textrepair.cli.lexicon_evidence import mine, score
from textrepair.cli.measuring import Json, KeepGoing, Name, Output, read_lexicon
from textrepair.errors import TextrepairError, numbered

lexicon = typer.Typer(
    name="lexicon",
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Check, import, measure and compare lexicons.",
    epilog=EPILOG,
)


@lexicon.command(epilog=EPILOG)
def lint(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH|default", help="Lexicons; several are also checked as a stack."),
    ],
    *,
    keep_going: KeepGoing = False,
) -> None:
    """Check lexicons: rows that cannot be read, duplicates, cycles, ordinary science, flipped meanings.

    Findings are lines of file:row, what kind it is, the rule and the
    message. Errors end with code 2, warnings do not. Where several
    lexicons differ on a form, it is told which one speaks.

    [bold]Examples[/bold]

    textrepair lexicon lint own.tsv
    \b
    textrepair lexicon lint default own.tsv
    """
    with exit_codes():
        from textrepair.lexicon.entries import default_entries, named
        from textrepair.lexicon.lexicon import Lexicon
        from textrepair.lexicon.lint import lint as findings_of

        lines, errors, warnings, stack = [], 0, 0, []
        for path in paths:
            entries, problems = named(path)
            lines += [p.replace(": ", ": error: row: ", 1) for p in problems]
            errors += len(problems)
            if problems and not keep_going:
                continue
            files = Counter(e.where.rpartition(":")[0] for e in entries)  # the built-in one is several
            found = [
                f
                for file in files
                for f in findings_of(
                    [e for e in entries if e.where.rpartition(":")[0] == file],
                    default_entries() if path != "default" else entries,
                )
            ]
            lines += map(str, found)
            errors += sum(f.error for f in found)
            warnings += sum(not f.error for f in found)
            stack.append(entries)
        lines += [f"conflict: {c}" for c in Lexicon(stack).conflicts]
        save("".join(f"{line}\n" for line in lines).encode(), None)
        checked = sum(map(len, stack))
        found_in = f"{numbered(errors, 'error')}, {numbered(warnings, 'warning')}"
        typer.echo(f"textrepair: {found_in} in {numbered(checked, 'entry', 'entries')}", err=True)
        if errors and not keep_going:
            raise typer.Exit(2)


@lexicon.command("import", epilog=EPILOG)
def import_(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="What to import.")],
    *,
    output: Output = None,
    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="pps|csv|json|skos|review",
            help="pps: the Problematic Paper Screener's export. csv: two columns, spun and canonical. "
            "json: objects with the columns of a lexicon, or one of spun → canonical. skos: labels of "
            "concepts (Turtle, RDF/XML, JSON-LD; needs textrepair\\[skos]). review: accepted rows of `mine`. "
            "Left out, the file tells.",
        ),
    ] = "",
    domain: Annotated[
        str, typer.Option("--domain", metavar="NAME", help="The domain of entries that name none.")
    ] = "imported",
    source: Annotated[
        str, typer.Option("--source", metavar="TEXT", help="Where they come from; else the file's name.")
    ] = "",
    refused: Annotated[
        Path | None,
        typer.Option("--refused", metavar="FILE", help="Write refused rows and their reasons here (TSV)."),
    ] = None,
) -> None:
    """Make a lexicon of a published list; every row is used, or refused with a named reason.

    Imported entries are of the tier `ask`, until `textrepair lexicon score` gives them the tier they earn.

    [bold]Examples[/bold]

    textrepair lexicon import tortured.csv -o tortured.tsv
    \b
    textrepair lexicon import pairs.csv --domain computing --refused left-out.tsv -o pairs.tsv
    """
    with exit_codes():
        from textrepair.lexicon.entries import write
        from textrepair.lexicon.exchange import FORMATS, import_file

        if format and format not in FORMATS:
            raise TextrepairError(f"unknown format {format!r}; use one of {', '.join(FORMATS)}")
        for place, example in ((output, "own.tsv"), (refused, "refused.tsv")):
            check_output(place, example, [path])
        with working(f"Importing {path}", time.monotonic()):
            imported = import_file(path, format=format, domain=domain, source=source)
        if refused is not None:
            rows = [("where", "reason", "message"), *imported.refused]
            save("".join("\t".join(r) + "\n" for r in rows).encode(), refused)
        if not imported.entries:
            first = ": ".join(imported.refused[0]) if imported.refused else "it has none"
            raise TextrepairError(f"{path}: none of its {imported.rows:,} rows can be used; {first}")
        save(write(imported.entries).encode(), output)
        entries = numbered(len(imported.entries), "entry", "entries")
        used = imported.rows - len(imported.refused)
        reasons = ", ".join(f"{n} {reason}" for reason, n in imported.reasons.items())
        typer.echo(
            f"textrepair: {numbered(imported.rows, 'row')}: {used:,} used ({entries}), "
            f"{len(imported.refused):,} refused" + (f" ({reasons})" if reasons else ""), err=True
        )  # fmt: skip


@lexicon.command(epilog=EPILOG)
def export(
    name: Name,
    *,
    output: Output = None,
    format: Annotated[
        str,
        typer.Option("--format", metavar="tsv|csv|json|skos", help="What to write; tsv is a sorted lexicon."),
    ] = "tsv",
    keep_going: KeepGoing = False,
) -> None:
    """Write a lexicon in another format, or its good rows, sorted, in its own.

    [bold]Examples[/bold]

    textrepair lexicon export default --format json -o default.json
    \b
    textrepair lexicon export own.tsv --keep-going -o clean.tsv
    """
    with exit_codes():
        from textrepair.lexicon.exchange import EXPORTS
        from textrepair.lexicon.exchange import export as text_of

        if format not in EXPORTS:
            raise TextrepairError(f"unknown format {format!r}; use one of {', '.join(EXPORTS)}")
        check_output(output, "own.tsv", [name])
        save(text_of(read_lexicon(name, keep_going=keep_going), format).encode(), output)


@lexicon.command(epilog=EPILOG)
def diff(before: Name, after: Name, *, as_json: Json = False, keep_going: KeepGoing = False) -> None:
    """Show how two lexicons differ: entries gone (-), come (+) and changed (~).

    [bold]Example[/bold]

    textrepair lexicon diff tortured.tsv scored.tsv
    """
    with exit_codes():
        from textrepair.lexicon.diff import changes
        from textrepair.lexicon.diff import diff as compare
        from textrepair.lexicon.entries import row_of

        d = compare(*(read_lexicon(n, keep_going=keep_going) for n in (before, after)))
        if as_json:
            result = {
                "removed": [row_of(e) for e in d.removed],
                "added": [row_of(e) for e in d.added],
                "changed": [{"spun": a.spun, "pos": a.pos, **changes(a, b)} for a, b in d.changed],
            }
            save((json.dumps(result, indent=1, ensure_ascii=False) + "\n").encode(), None)
            return
        lines = [
            f"{sign} {e.spun}\t{'|'.join(e.canonical)}\t{e.tier}"
            for sign, side in (("-", d.removed), ("+", d.added)) for e in side
        ]  # fmt: skip
        for a, b in d.changed:
            what = [f"{c}: {x or '(empty)'} → {y or '(empty)'}" for c, (x, y) in changes(a, b).items()]
            lines.append(f"~ {a.spun}\t{'; '.join(what)}")
        save("".join(f"{line}\n" for line in lines).encode(), None)
        typer.echo(
            f"textrepair: {len(d.removed):,} gone, {len(d.added):,} come, {len(d.changed):,} changed",
            err=True,
        )


for command in (score, mine):
    lexicon.command(epilog=EPILOG)(command)

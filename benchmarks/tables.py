"""The tables, figures and plots of README.md, benchmarks/README.md and docs, made from the committed results.

    python benchmarks/tables.py

Every script that measures real pages, harm or systems ends with this. Each table stands between two marks;
how a figure in running text names where it comes from is told in `textrepair.bench.figures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from textrepair.bench.__main__ import table as seed
from textrepair.bench.figures import DAGGER, results, stale, with_figures
from textrepair.bench.plots import plot_cost, plot_rates, plot_reliability, plot_systems
from textrepair.bench.tally import share

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results"
PAGES = [
    ROOT / "README.md",
    ROOT / "benchmarks/README.md",
    # but for the notebook, which tells the past
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if path.name != "notebook.md"),
]
ORIGINALS = 3  # of those that textrepair names for a word
GROUPS = ("all", "heavy", "moderate", "light")


def ranged(figure: float | None, interval: list[float | None]) -> str:
    """A share with its 95 % interval."""
    return f"{share(figure)} ({share(interval[0])}–{share(interval[1])})"


def rows(header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, ("---",) * len(header), *lines])


def real(found: Mapping[str, Any]) -> str:
    """Real pages, by how densely they are spun."""
    lines = []
    for name in GROUPS:
        t = found["groups"][name]
        sure = t["intervals"]
        lines.append(
            (
                name, str(t["pages"]), str(t["swaps"]), ranged(t["recall"], sure["recall"]),
                ranged(t["precision"], sure["precision"]),
                ranged(t["detection"]["words"]["recall_at_0.9"], sure["words_recall_at_0.9"]),
                share(t["candidates"]["single"]["recall"]), share(t["candidates"]["several"]["recall"]),
            )
        )  # fmt: skip
    header = (
        f"real spun pages, `{found['model']}`", "pages", "swaps", "restored", "precision",
        "swapped words told at precision .90", "right candidate there: single words", "several words",
    )  # fmt: skip
    return rows(header, lines)


def harm(found: Mapping[str, Any]) -> str:
    """Clean documents, by field."""
    fields = {"all": found["all"], **found["fields"]}
    lines = []
    for name, f in fields.items():
        low, high = f["interval"]
        figures = f"{f['words']:,}", str(f["edits"]), f"{f['per_10000_words']:.2f} ({low:.2f}–{high:.2f})"
        lines.append((name, *figures))
    header = f"clean documents held out, `{found['model']}`", "words", "edits of synonyms", "in 10,000 words"
    return rows(header, lines)


def systems(found: Mapping[str, Any]) -> str:
    """Every system on real pages, on public texts and on clean ones."""
    lines = []
    texts = max(s["public"]["texts"] for s in found["systems"].values())
    words = max(s["harm"]["words"] for s in found["systems"].values())
    for name, s in found["systems"].items():
        made, public = s["right"] + s["other"] + s["beside"], s["public"]
        fewer_texts = f" (of {public['texts']} texts)" if public["texts"] < texts else ""
        fewer_words = f" (of {s['harm']['words']:,} words)" if s["harm"]["words"] < words else ""
        made_public = public["right"] + public["other"] + public["beside"]
        lines.append(
            (
                f"{f'**{name}**' if name.startswith('textrepair') else name}{'†' * stale(s)}",
                ranged(s["recall"], s["intervals"]["recall"]),
                ranged(s["precision"], s["intervals"]["precision"]) if made else "",
                f"{s['exact_sentences']} of {s['spun_sentences']}",
                str(s["meaning_flipped"]) if made else "",
                share(s["detection"]["words"]["recall_at_0.9"]),
                f"{share(public['recall'])}, {share(public['precision'])}{fewer_texts}"
                if made_public
                else "",
                "{:,.1f} ({:,.1f}–{:,.1f})".format(s["harm"]["per_10000_words"], *s["harm"]["interval"])
                + fewer_words,
                f"{s['words_per_second']:,.0f}" if made else "",
            )
        )
    header = (
        "", "real pages: restored", "precision", "sentences exact", "meaning flipped",
        "swapped words told at precision .90", "public texts: restored, precision",
        "clean text: edits in 10,000 words", "words a second",
    )  # fmt: skip
    return rows(header, lines)


def detection(found: Mapping[str, Any]) -> str:
    """What is told of words and of sentences by the spans that `detect` gives."""
    lines = []
    for unit in ("words", "sentences"):
        f = found["by_spans"][unit]
        shares = (f[of] for of in ("recall_at_0.9", "recall_at_0.8", "roc_auc", "calibration_error"))
        lines.append((unit, f"{f['number']:,}", *map(share, shares)))
    header = (
        "on real spun pages", "number", "swapped ones told at precision .90", "at .80",
        "area under the ROC curve", "calibration error",
    )  # fmt: skip
    return rows(header, lines)


def not_run(found: Mapping[str, Any]) -> str:
    """What was not run, and what was tried."""
    return "\n".join(f"- **{name}**: {reason}." for name, reason in found["not_run"].items())


def rates(found: Mapping[str, Any]) -> str:
    """Simulated spinners at several rates."""
    lines = []
    for name, of in found["spinners"].items():
        for r in of:
            sure = r["intervals"]
            lines.append(
                (
                    name, f"{r['rate']:.0%}", f"{r['swaps']:,}", ranged(r["recall"], sure["recall"]),
                    ranged(r["precision"], sure["precision"]), ranged(r["told"], sure["told"]),
                    f"{r['documents_that_look_spun']} of {r['texts']}",
                )
            )  # fmt: skip
    header = (
        "abstracts spun by", "rate", "swaps", "restored", "precision", "swapped words told at precision .90",
        "texts that look spun",
    )  # fmt: skip
    return rows(header, lines)


def planted(found: Mapping[str, Any]) -> str:
    """Published phrases that training never saw, in clean text, and a spinner of another kind."""
    lines = []
    for name, f in ((name, f) for name, f in found.items() if isinstance(f, dict)):
        at = f["at 0.4"]
        lines.append(
            (
                name, str(f["texts"]), str(f["substitutions"]), share(at["recall"]), share(at["precision"]),
                share(at["touched"]), str(at["elsewhere"]), share(f["candidate_recall"]),
            )
        )  # fmt: skip
    header = (
        "never seen in training; threshold .4", "texts", "swaps", "restored", "precision", "touched",
        "edits elsewhere",
        "right candidate there",
    )  # fmt: skip
    return rows(header, lines)


def abstracts(found: Mapping[str, Any]) -> str:
    """Abstracts spun by hand, by how densely."""
    lines = [
        (name, str(f["texts"]), str(f["swaps"]), share(f["recall"]), share(f["precision"]))
        for name, f in found.items()
        if isinstance(f, dict)
    ]
    return rows(("abstracts spun by hand", "texts", "swaps", "restored", "precision, strict"), lines)


def damage(found: Mapping[str, Any]) -> str:
    """Damage planted in clean text, by kind, and what is made of clean text itself."""
    lines = [(name, f"{f['of']:,}", share(f["recall"])) for name, f in found["planted"].items()]
    harmed = found["harm"]
    read = harmed["read"]
    return (
        rows(("damage planted in clean text", "planted", "mended"), lines)
        + f"\n\nOf clean text, {harmed['words']:,} words, {harmed['edits']} places are changed "
        f"({harmed['per_10000_words']:.2f} in 10,000 words). Read one by one, "
        f"{read['mends']} mend damage that it came with, {read['space for a lost hyphen']} put a space where "
        f"a hyphen was lost, {read['needless']} are needless, and {read['not read']} are not read yet."
    )


def own_wording(found: Mapping[str, Any]) -> str:
    """Passages whose authors wrote what a lexicon lists."""
    share_changed = found["changed"] / max(1, found["passages"])
    lines = [("all", f"{found['passages']:,}", str(found["changed"]), f"{share_changed:.3f}")]
    lines += [
        (field, str(f["passages"]), str(f["changed"]), f"{f['changed'] / f['passages']:.3f}")
        for field, f in found["fields"].items()
    ]
    return rows(("clean passages that hold a listed phrase", "passages", "changed", "share"), lines)


def failures(found: Mapping[str, Any]) -> str:
    """What failed, what systems put there, what textrepair told of it, and why ours failed."""
    out = []
    for number, f in enumerate(found["failures"], start=1):
        wanted = f"Wanted: *{f['wanted']}* for **{f['spun']}**."
        by = f"Restored by: {'; '.join(f['restored_by'])}." if f["restored_by"] else ""
        instead = f"In its place: {wrote(f['made'])}." if f["made"] else ""
        not_run = f"Not run: {'; '.join(f['not_run'])}." if f["not_run"] else ""
        did = " ".join(filter(None, (wanted, by, instead, not_run)))
        out.append(
            f"{number}. {f['sentence']}\n\n   {did}\n\n   Told by textrepair: {told(f['told'])}. "
            f"*Why:* {f['why']}"
        )
    return "\n\n".join(out)


def wrote(made: Mapping[str, str]) -> str:
    """What systems put where they were wrong, each wording once."""
    by_wording: dict[str, list[str]] = {}
    for name, put in made.items():
        by_wording.setdefault(put, []).append(name)
    return "; ".join(f"*{put}* ({'; '.join(names)})" for put, names in by_wording.items())


def told(found: Mapping[str, Any]) -> str:
    """How likely textrepair finds a text spun and its words swapped, and the likeliest originals."""
    words = []
    for word in found["words"]:
        originals = ", ".join(f"*{text}* {share(p)}" for text, p in word["originals"][:ORIGINALS])
        swapped = f"*{word['text']}* swapped {share(word['swapped'])}"
        words.append(f"{swapped} ({originals})" if originals else swapped)
    return "; ".join([f"the text spun {share(found['spun'])}", *(words or ["no word of it swapped"])])


def with_sources(found: Mapping[str, Any]) -> str:
    """What is restored with and without the source, and what was published of SRAP."""
    names = {"abstracts": "abstracts spun by hand (public)", "real pages": "real pages, originals verified"}
    lines = []
    for name, f in ((name, found[name]) for name in names if name in found):
        figures = [f[way][of] for way in ("without", "with sources") for of in ("restored", "precision")]
        lines.append((names[name], str(f["texts"]), str(f["without"]["swaps"]), *map(share, figures)))
    srap = found["SRAP, as published"]
    published = f"{srap['without']:.2%}", "", f"{srap['with a source']:.2%}", ""
    lines.append(("SRAP, as published, on its own texts (arXiv 2512.10435)", "", "", *published))
    ways = ["without a source: restored", "precision", "with its source in the index: restored", "precision"]
    return rows(("", "texts", "swaps", *ways), lines)


def spinner(found: Mapping[str, Any]) -> str:
    """What the simulator swaps, by the rate that is asked for."""
    kinds = "word", "phrase", "function", "number", "agreement"
    lines = [
        (rate, f"{f['share_of_words']:.1%}", f"{f['swaps']:,}", *(f"{f['kinds'][kind]:,}" for kind in kinds))
        for rate, f in found["rates"].items()
    ]
    return rows(("rate", "words swapped", "swaps", *kinds), lines)


def put(markdown: str, mark: str, table: str) -> str:
    """The text with a table between the two marks of that name."""
    before, opened, rest = markdown.partition(f"<!-- {mark} -->\n")
    _, closed, after = rest.partition(f"<!-- /{mark} -->")
    assert opened + closed, f"there are no marks named {mark}"
    return f"{before}{opened}\n{table}\n\n{closed}{after}"


README, BENCHMARKS = ROOT / "README.md", ROOT / "benchmarks/README.md"
TABLES: dict[tuple[Path, str], tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    (README, "real pages"): ("real_pages", real),
    (README, "real pages, en_sci_md"): ("real_pages_md", real),
    (BENCHMARKS, "with sources"): ("sources", with_sources),
    (README, "bench"): ("seed", seed),
    (BENCHMARKS, "real pages"): ("real_pages", real),
    (BENCHMARKS, "real pages, en_sci_md"): ("real_pages_md", real),
    (BENCHMARKS, "systems"): ("systems", systems),
    (BENCHMARKS, "detection"): ("detection", detection),
    (BENCHMARKS, "not run"): ("systems", not_run),
    (BENCHMARKS, "failures"): ("systems", failures),
    (BENCHMARKS, "harm"): ("harm", harm),
    (BENCHMARKS, "own wording"): ("own_wording", own_wording),
    (BENCHMARKS, "spin rates"): ("spin_rates", rates),
    (BENCHMARKS, "planted"): ("unseen", planted),
    (BENCHMARKS, "abstracts"): ("pages", abstracts),
    (BENCHMARKS, "damage"): ("damage", damage),
    (ROOT / "docs/how-to/spin.md", "spinner"): ("spinner", spinner),
}


def plots() -> dict[str, bytes]:
    """Every picture, by its name."""
    real_pages, of_systems, of_harm = results("real_pages"), results("systems"), results("harm")
    return {
        "systems": plot_systems(of_systems["systems"], real_pages),
        "cost": plot_cost(of_systems["systems"], real_pages, of_harm),
        "spin_rates": plot_rates(results("spin_rates")["spinners"]),
        "reliability": plot_reliability(real_pages),
    }


def renewed(page: Path) -> str:
    """A page with its tables and figures as the results have them now."""
    markdown = page.read_text(encoding="utf8")
    for (path, mark), (name, table) in TABLES.items():
        if path == page:
            found = results(name)
            made = table(found)
            old = stale(found) or "†" in made
            markdown = put(markdown, mark, f"{made}\n\n{DAGGER}" if old else made)
    return with_figures(markdown)


def main() -> None:
    """Write every table and figure into its page, and draw the plots."""
    for page in PAGES:
        page.write_text(renewed(page), encoding="utf8")
    for name, picture in plots().items():
        (RESULTS / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    main()

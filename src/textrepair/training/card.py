"""The model card a training writes: what the model was made of, how, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIMITS = """\
It has seen simulated spins of its corpus, in English. Real spinners differ from simulated ones: measure it
on pages you know before you trust its scores. Where the document looks clean it changes only what stands
out, and a word that fits its place and is common in the field is usually left as it is."""

DECISION = {
    "by_words_auc_fitted": "area under the curve, is a document spun, by its words alone (as fitted)",
    "by_encoding_auc_fitted": "area under the curve, is a document spun, as the model sees it (as fitted)",
    "candidate_auc_held_out": "area under the curve, is a candidate right (held out)",
    "clean_documents_that_look_clean": "share of clean excerpts that look clean",
    "spun_documents_that_look_clean": "share of spun excerpts that look clean",
    "threshold": "threshold: the score an edit needs",
    "spun_precision_held_out": "precision at the threshold, spun excerpts (held out)",
    "spun_recall_held_out": "recall at the threshold, spun excerpts (held out)",
    "spun_gold_held_out": "swaps in spun excerpts (held out)",
    "planted_precision_held_out": "precision at the threshold, planted terms (held out)",
    "planted_recall_held_out": "recall at the threshold, planted terms (held out)",
    "planted_gold_held_out": "words of planted terms (held out)",
    "calibration_error": "expected calibration error of the score (held out)",
    "clean_words": "words of clean excerpts",
}


MEASURED = {
    "stage": "stage",
    "step": "step",
    "minutes": "minutes",
    "loss": "loss",
    "spun": "spun pieces read right",
    "kept": "others read right",
    "found": "spun found",
}

CARD = """\
# {name}

A reranker for textrepair: an in-place masked language model. It reads a passage as it stands and predicts,
at every word piece, what the original piece was, or *nothing* for surplus ones. Load it with
`textrepair.load("path/of/this/folder")`, or `textrepair fix --model path/of/this/folder`.

## Data

{files}

{data[words]:,} words and marks in {data[documents]:,} documents: {data[trained_on]:,} trained on, \
{data[held_out]:,} held out to measure on, {data[spared]:,} spared for the calibration.
Swaps seen on real pages: {pairs}. Published tortured phrases: \
{tortured}. All other swaps come from the thesaurus table and the lexicon of textrepair.

## Recipe

```console
$ {record[command]}
```

Started from {started_from}: {record[architecture]}. \
Seed {how[seed]}; {budget}; {how[size]} passages of {how[length]} word pieces a step; AdamW, learning rate \
up to {how[rate]:g} and down to the end; {record[precision]} on {record[device]}; \
textrepair {record[versions][textrepair]}, \
torch {record[versions][torch]}.

## Measured

On simulated spins of documents held out from training:

{measured}

The weights are those with the least loss{early}.

{decision}

## Limits

{limits}

## Files

`config.json`, {weights}, `encoder.onnx` and `head.onnx` (the
network without its weights), `tokenizer.json` and `decision.json` (judgements and threshold) are what loading
reads, checked by `manifest.json`. `training.json` is this card as data.
"""

ALONE = "On the whole pipeline, with documents spared from training:\n\n{table}"
PAIRED = """\
It reads again what `{reads_first}` finds spun. What it says is weighed once the judgement of places is fitted
to spun pages with gold, by `python -m textrepair.bench.fitting PAGES --model FOLDER`."""


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """A Markdown table.

    >>> print(table(("a", "b"), [(1, 2.5)]))
    | a | b |
    |---|---|
    | 1 | 2.5 |
    """
    lines = [head, ("---",) * len(head), *rows]
    return (
        "\n".join("| " + " | ".join(map(str, r)) + " |" for r in lines)
        .replace("| --- ", "|---")
        .replace("|--- |", "|---|")
    )


def _started_from(how: Mapping[str, Any]) -> str:
    names, sums = how["base"].split(" + "), how["base_sha256"].split(" + ")
    bases = [f"`{name}` (SHA-256 `{of[:16]}…`)" for name, of in zip(names, sums, strict=True)]
    return f"the mean of {', '.join(bases)}" if len(bases) > 1 else bases[0]


def card(name: str, record: Mapping[str, Any], reads_first: str | None = None) -> str:
    """The card of the model `name`, from the record that `textrepair.training.run` keeps of a training.

    `reads_first`: the smaller model of the pair, if the model is the larger one of two.
    """
    data, how = record["data"], record["recipe"]
    decision = table(
        ("measure", "value"), [(what, record["decision"].get(k)) for k, what in DECISION.items()]
    )
    weights = "in half precision" if reads_first is None else "in eight bits, in several files"
    files = [
        (f"`{f['file']}`", f"{f['documents']:,}", f["skipped"], f"`{f['sha256'][:16]}…`")
        for f in data["files"]
    ]
    return CARD.format(
        name=name,
        limits=LIMITS,
        files=table(("file", "documents", "lines left out", "SHA-256"), files),
        data=data,
        pairs=data["pairs"] or "none given",
        tortured=data["tortured"] or "none given",
        record=record,
        how=how,
        started_from=_started_from(how),
        budget=f"{how['steps']} steps" if how["steps"] is not None else f"{how['minutes']:g} minutes",
        measured=table(tuple(MEASURED.values()), [tuple(m[k] for k in MEASURED) for m in record["measured"]]),
        early=" (training stopped early)" if record["stopped_early"] else "",
        decision=PAIRED.format(reads_first=reads_first) if reads_first else ALONE.format(table=decision),
        weights=f"the weights (`model*.safetensors`, {weights})",
    )

"""spaCy: a pipeline component that says of every `Doc` how to repair it.

A `Doc` never changes its text. The component leaves it the `Repair` in `doc._.repair`, what was swapped in
`doc._.detection`, and in `doc.spans["textrepair"]` one span for each edit, in the same order, labelled with
its kind; `span._.edits` are the edits in any span: a sentence, an entity, one of these.

>>> import spacy
>>> nlp = spacy.blank("en")
>>> _ = nlp.add_pipe("textrepair")
>>> doc = nlp("The sufferers were treated for bosom peril.")
>>> doc._.repair.text
'The patients were treated for breast cancer.'
>>> [(span.text, span.label_, span._.edits[0].after) for span in doc.spans["textrepair"]]
[('sufferers', 'terminology', 'patients'), ('bosom peril', 'terminology', 'breast cancer')]
"""

# Annotations are evaluated here, since spaCy checks the settings of a component by them.
import itertools
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc, Span
from spacy.util import raise_error

from textrepair.detection import Detection
from textrepair.edits import Edit, Held, Repair
from textrepair.machine import RUNTIMES

if TYPE_CHECKING:
    from textrepair.pipeline.repair import Repairer

KEY = "textrepair"  # of the spans
OWN = ("._.", KEY)  # how the key begins of the plain values from which `doc._.repair` is made
_inherited: list["Repairer"] = []  # opened by the process this one was forked from, never closed here
BATCH = 32  # documents repaired at a time; more are hardly faster, and each holds its candidates


class TextRepair(Pipe):
    """The component `textrepair`: repairs documents in batches with the settings of `textrepair.load`.

    Pickled, it is only its name and settings. A process that was forked or spawned opens a model of its
    own, on one thread unless `OMP_NUM_THREADS` says otherwise: what runs threads does not survive a fork.
    Raises what `textrepair.load` raises.
    """

    def __init__(
        self,
        name: str,
        settings: Mapping[str, Any],
        error_handler: Callable[..., Any] = raise_error,
    ) -> None:
        self.name = name
        self.settings = settings
        self.set_error_handler(error_handler)
        self._open()

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.name, self.settings, self.get_error_handler())

    def _open(self) -> None:
        from textrepair.pipeline.loading import load

        self._repairer, self._process = load(**self.settings), os.getpid()

    @property
    def repairer(self) -> "Repairer":
        """The `Repairer` of this process."""
        if self._process != os.getpid():
            # Closing a model joins its threads, which a fork does not copy: that would crash.
            _inherited.append(self._repairer)
            self._open()
        return self._repairer

    def __call__(self, doc: Doc) -> Doc:
        """`doc`, with its repair."""
        doc._.repair = self.repairer.explain(doc.text)
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = BATCH) -> Iterator[Doc]:
        """The documents of `stream` in order, each with its repair.

        Those that cannot be repaired go to the error handler, one by one, and spoil no others.
        """
        documents = iter(stream)
        while docs := list(itertools.islice(documents, min(batch_size, BATCH))):
            yield from self._repaired(docs)

    def _repaired(self, docs: Sequence[Doc]) -> Sequence[Doc]:
        repairer = self.repairer
        try:
            for doc, repair in zip(docs, repairer.pipe([d.text for d in docs]), strict=True):
                doc._.repair = repair
        except Exception as error:
            if len(docs) > 1:
                return [d for doc in docs for d in self._repaired([doc])]
            self.get_error_handler()(self.name, self, list(docs), error)
            return ()
        return docs


@Language.factory(
    "textrepair",
    default_config={
        "model": "en_sci_sm",
        "lexicon": [],
        "min_score": None,
        "max_harm": None,
        "protect": [],
        "protect_patterns": [],
        "gate": 0.0,
        "reranker": None,
        "lm": None,
        "families": None,
        "sources": None,
        "runtime": RUNTIMES[0],
    },
    assigns=["doc._.repair", "doc._.detection", "doc.spans", "span._.edits"],
)
def create(
    nlp: Language,
    name: str,
    model: str,
    lexicon: Sequence[str],
    min_score: float | None,
    max_harm: float | None,
    protect: Sequence[str],
    protect_patterns: Sequence[str],
    gate: float,
    reranker: str | None,
    lm: str | None,
    families: Sequence[str] | None,
    sources: str | None,
    runtime: str,
) -> TextRepair:
    """The component for `nlp.add_pipe("textrepair", config={...})`; settings as for `textrepair.load`.

    Where `families` is None, everything is repaired.
    """
    settings = {
        "lexicon": lexicon,
        "min_score": min_score,
        "max_harm": max_harm,
        "protect": protect,
        "protect_patterns": protect_patterns,
        "gate": gate,
        "reranker": reranker,
        "lm": lm,
        "sources": sources,
        "runtime": runtime,
        **({} if families is None else {"families": families}),
    }
    return TextRepair(name, {"name": model, **settings})


def get_repair(doc: Doc) -> Repair | None:
    """The repair of a `doc` that went through the component, or was made of one that did; None for another.

    A `Doc` made of a span (`as_doc(copy_user_data=True)`) has the edits inside it, one made of several
    (`Doc.from_docs`) those of all, and is as spun as the most spun of them.
    """
    text = doc.text
    found = sorted((key[2], doc.user_data[key]) for key in _keys(doc))
    if not found:
        return None
    edits = (Edit(**e) for shift, (made, *_) in found for e in _moved(made, "before", shift, text))
    held = (Held(**h) for shift, (_, kept, *_) in found for h in _moved(kept, "before", shift, text))
    spun = max(spun for _, (_, _, spun, _) in found)
    told = _together([(shift, of_one) for shift, (*_, of_one) in found], text)
    return Repair(text, tuple(edits), tuple(held), spun, told)


def get_detection(doc: Doc) -> Detection | None:
    """What was swapped in a `doc` that went through the component; None for another."""
    repair = get_repair(doc)
    return repair.detection if repair else None


def _together(found: Sequence[tuple[int, Mapping[str, Any]]], text: str) -> Detection:
    """Detections as plain values, each some characters on, as one of `text`.

    Of several, or of a part, the share of swapped words is that of the parts with the most, and the interval
    holds those of all.
    """
    return Detection.from_dict(
        {
            "spun": max(d["spun"] for _, d in found),
            "swapped": max(d["swapped"] for _, d in found),
            "interval": (min(d["interval"][0] for _, d in found), max(d["interval"][1] for _, d in found)),
            "spans": [s for shift, d in found for s in _moved(d["spans"], "text", shift, text)],
            "sentences": [
                {**s, "start": s["start"] + shift, "end": s["end"] + shift}
                for shift, d in found
                for s in d["sentences"]
                if s["start"] + shift >= 0 and s["end"] + shift <= len(text)
            ],
        },
        text,
    )


def _keys(doc: Doc) -> list[Any]:
    keys: Iterable[Any] = doc.user_data
    return [key for key in keys if isinstance(key, tuple) and key[:2] == OWN]


def _moved(
    records: Iterable[Mapping[str, Any]], stands: str, shift: int, text: str
) -> Iterator[Mapping[str, Any]]:
    """Edits or spans as plain values, `shift` characters on, but for those that do not stand in `text`."""
    for e in records:
        start, end = e["start"] + shift, e["end"] + shift
        if start >= 0 and text[start:end] == e[stands]:
            yield {**e, "start": start, "end": end}


def set_repair(doc: Doc, repair: Repair) -> None:
    """Keep a `repair` of `doc`, and mark the tokens it changes in `doc.spans["textrepair"]`."""
    # plain values: a `Doc` between processes, or on a disk, holds nothing else
    edits, held = ([asdict(e) for e in of_one] for of_one in (repair.edits, repair.held))
    for key in _keys(doc):
        del doc.user_data[key]
    # spaCy moves what has a key of this form along when it cuts and joins documents
    whole: Any = (*OWN, 0, len(doc.text))
    doc.user_data[whole] = [edits, held, repair.spun, repair.detection.to_dict()]
    doc.spans[KEY] = [span for _, span in _marked(doc, repair.edits)]


def get_edits(span: Span) -> tuple[Edit, ...]:
    """The edits that change tokens of `span`."""
    repair = get_repair(span.doc)
    marked = _marked(span.doc, repair.edits if repair else ())
    return tuple(e for e, s in marked if s.start < span.end and span.start < s.end)


def _marked(doc: Doc, edits: Iterable[Edit]) -> Iterator[tuple[Edit, Span]]:
    """Each edit with the tokens it changes.

    The white space at its edges is no part of them. One of nothing else, which inserts something or
    takes a space away, changes the tokens it parts or joins: those on both sides of it.
    """
    starts = [token.idx for token in doc]
    for e in edits:
        core = e.before.strip()
        start, end = e.start - 1, e.end + 1
        if core:
            start = e.start + e.before.index(core)
            end = start + len(core)
        first = bisect_right(starts, max(start, 0)) - 1
        yield e, Span(doc, first, bisect_left(starts, end), label=e.kind)


Doc.set_extension("repair", getter=get_repair, setter=set_repair, force=True)
Doc.set_extension("detection", getter=get_detection, force=True)
Span.set_extension("edits", getter=get_edits, force=True)

"""What became of one row: its edits, or why it was refused; one JSON line of a shard's journal."""

from __future__ import annotations

from dataclasses import dataclass

from textrepair.edits import Edit, splice

# Every short name under which a row is refused. It leaves as it came, and stands in `rejects.jsonl`.
REFUSALS = {
    "no-json": "the line is no JSON object",
    "no-utf8": "the row is not UTF-8",
    "no-csv": "the record cannot be read as CSV",
    "no-column": "the row lacks the column",
    "no-text": "the column holds something other than text",
    "no-place": "the repaired text cannot stand in its file",
    "too-long": "the text is longer than any document",
    "worker-lost": "two workers died over this text",
    "failed": "repairing it raised an error",
}


@dataclass(frozen=True)
class Outcome:
    """`words` read (0 for a row without text), how `spun` the document is, the `edits` made.

    A refused row has the short name of `REFUSALS` in `refused` and what exactly was wrong in `detail`.
    `raw` is how the text was written in its file, where undoing the edits would write it otherwise.
    """

    words: int = 0
    spun: float = 0.0
    edits: tuple[Edit, ...] = ()
    refused: str = ""
    detail: str = ""
    raw: str = ""

    def repaired(self, text: str) -> str:
        """`text`, of which this is the outcome, with the edits made."""
        return splice(text, self.edits)

    def to_dict(self, row: int) -> dict[str, object]:
        """The journal line of row number `row` (from 0, in the order of the shard).

        >>> Outcome(12, 0.25).to_dict(3)
        {'row': 3, 'words': 12, 'spun': 0.25, 'edits': ()}
        """
        if self.refused:
            return {"row": row, "refused": self.refused, "detail": self.detail}
        line: dict[str, object] = {"row": row, "words": self.words, "spun": self.spun, "edits": self.edits}
        return {**line, "raw": self.raw} if self.raw else line

    @classmethod
    def from_dict(cls, line: dict[str, object]) -> Outcome:
        """The outcome of a journal line.

        >>> Outcome.from_dict({"row": 3, "refused": "no-json", "detail": "line 4"}).refused
        'no-json'
        """
        fields = {k: v for k, v in line.items() if k != "row"}
        edits = fields.pop("edits", ())
        return cls(**fields, edits=tuple(Edit(**e) for e in edits))  # type: ignore[arg-type, attr-defined]

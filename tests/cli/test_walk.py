"""From a folder of very many documents to a lexicon of one's own, in the documentation's four commands."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from typer.testing import CliRunner

from corpora import pdf
from reviewing import serving
from textrepair import cli
from textrepair.edits import SWAPS
from textrepair.lexicon.entries import read

SPUN = (Path(__file__).parents[2] / "seeds/000_93fcc8338e17c8dc.txt").read_text(encoding="utf8")
CLEAN = (
    "Serum samples were collected at centre {} from patients with type 2 diabetes mellitus. Fasting plasma "
    "glucose and insulin were measured by enzyme-linked immunosorbent assay. Insulin resistance was "
    "estimated by the homeostasis model assessment. Multivariate logistic regression analysis was adjusted "
    "for age, sex and body mass index. Statistical significance was defined as P < 0.05."
)
GERMAN = "Die Patienten mit Brustkrebs wurden in der Klinik behandelt und sind danach genesen. " * 3


def run(*args: str | Path) -> str:
    done = CliRunner().invoke(cli.app, [*map(str, args)])
    assert done.exit_code == 0, done.output
    return done.stderr


def write_documents(folder: Path) -> None:
    """A thousand documents of many kinds, one of them spun, and a file that is none."""
    folder.mkdir()
    clean = [CLEAN.format(n) for n in range(997)]
    for n, text in enumerate(clean[:200]):
        is_pdf = n % 4 == 0
        name, written = (f"{n}.pdf", pdf(*text.split(". "))) if is_pdf else (f"{n}.txt", text.encode())
        (folder / name).write_bytes(written)
    (folder / "rows.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in clean[200:600]))
    with (folder / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("id", "text"), *((str(n), t) for n, t in enumerate(clean[600:]))])
    (folder / "worst.txt").write_text(SPUN, encoding="utf8")
    (folder / "german.txt").write_text(GERMAN, encoding="utf8")
    (folder / "empty.txt").write_text("\n", encoding="utf8")
    (folder / "figure.png").write_bytes(b"\x89PNG\r\n")


def test_a_thousand_mixed_documents_lead_to_a_lexicon(tmp_path: Path) -> None:
    folder, table = tmp_path / "manuscripts", tmp_path / "screened.csv"
    write_documents(folder)
    said = run("screen", folder, "-o", table, "--workers", "1")
    with table.open(newline="", encoding="utf8") as file:
        rows = [*csv.DictReader(file)]
    assert said.startswith("textrepair: 999 documents")  # the empty one holds none
    assert "1 file left out, hidden or of another kind" in said
    assert len(rows) == 999
    assert rows[0]["file"].endswith("worst.txt")
    assert float(rows[0]["probability"]) > 0.9 > float(rows[1]["probability"])
    [german] = [row for row in rows if row["file"].endswith("german.txt")]
    assert german["note"] == "not English"

    worst, report = folder / "worst.txt", tmp_path / "report.html"
    run("report", worst, "-o", report)
    page = report.read_text(encoding="utf8")
    assert all(phrase["text"] in page for phrase in json.loads(rows[0]["phrases"]))

    wanted = ["fatigue", "heart failure", "sample size"]
    with serving(worst) as served:
        parts = served.ask("pages/0")["parts"]
        swaps = {p["before"]: p["proposal"] for p in parts if p.get("kind") in SWAPS}
        for number, after in zip(swaps.values(), wanted, strict=False):
            body = json.dumps({"proposal": number, "verdict": "correct", "after": after}).encode()
            served.ask("decisions", body)

    own = tmp_path / "own.tsv"
    run("lexicon", "mine", served.decisions, "-o", own)
    assert sorted(c for entry in read(own) for c in entry.canonical) == wanted

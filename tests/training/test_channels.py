"""What of a published list of tortured phrases is planted."""

from __future__ import annotations

from pathlib import Path

import pytest

from textrepair.training.channels import tortured_terms

HEADER = "Tortured phrase,Expected phrase\n"


@pytest.mark.parametrize(
    ("row", "terms"),
    [
        ('"""bosom peril""",breast cancer', [("breast cancer", "bosom peril")]),
        (
            '"""data technology (IT)""",information technology (IT)',
            [("information technology", "data technology")],
        ),
        (
            '"""hop signal""",jump signal / leap signal',
            [("jump signal", "hop signal"), ("leap signal", "hop signal")],
        ),
        ('"""highlight extraction"" NOT specular",feature extraction', []),
        ('"""bunching clustering""~10",cluster analysis', []),
        ('"""supply route"" AND artery",coronary artery', []),
        ('"""strange thing""",???', []),
        ('"""blunder""",error', []),
    ],
)
def test_a_row_gives_its_terms(row: str, terms: list[tuple[str, str]], tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text(HEADER + row + "\n", encoding="utf8")
    assert list(tortured_terms(export)) == terms

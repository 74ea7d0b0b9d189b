"""Small corpora, and what the tests that clean them ask of the result."""

from __future__ import annotations

import json
from pathlib import Path

SPUN = "The sufferers were treated for bosom peril."
CLEAN = "Two patients were treated with a new drug."


def fixed(inline, text: str) -> str:
    return inline.repairer.fix(text)


def files(folder: Path) -> dict[str, bytes]:
    """Every file of an output but for its record."""
    paths = [p for p in folder.rglob("*") if p.is_file() and "_textrepair" not in p.parts]
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}


def jsonl(*texts: str) -> bytes:
    return b"".join(json.dumps({"id": n, "text": t}).encode() + b"\n" for n, t in enumerate(texts))


def pdf(*lines: str) -> bytes:
    """A PDF of one page with these lines."""
    shown = b"\n".join(b"(" + line.encode() + b") Tj T*" for line in lines)
    content = b"BT /F1 12 Tf 14 TL 50 700 Td\n" + shown + b"\nET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end

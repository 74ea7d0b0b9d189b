"""General English as a corpus: the text of three Debian packages, 2.7 million words.

    apt-get download anarchism debian-handbook r-cran-janeaustenr
    for f in *.deb; do dpkg -x $f unpacked; done
    python benchmarks/english.py unpacked english.jsonl

The packages are an FAQ on anarchism, the Debian Administrator's Handbook and six novels by Jane Austen.
What is written are JSON lines with `id`, `text` and `field`, documents of some 1,500 words each; the same
every time.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from lxml import html

# Words of a document; the fewest of a document and of a paragraph.
LENGTH, LEAST, SHORTEST = 1500, 100, 12
NO_PROSE = "//script|//style|//pre|//table"
PARAGRAPHS = "//p|//blockquote[not(p)]|//div[@class='para' or @class='simpara']"
STRING = re.compile(rb"\x00\x04\x00\t|\x00\x00\x80\t|\x00\x01\x00\t|\x00\x00\x00\t")  # how R marks one


def of_page(path: Path) -> list[str]:
    """The paragraphs of an HTML page."""
    page = html.parse(str(path), parser=html.HTMLParser(encoding="utf8")).getroot()
    for element in page.xpath(NO_PROSE):
        if element.getparent() is not None:
            element.drop_tree()
    return [" ".join(p.text_content().split()) for p in page.xpath(PARAGRAPHS)]


def of_novels(database: Path) -> Iterator[list[str]]:
    """The paragraphs of each novel of the R package: a database of compressed vectors of lines."""
    packed = database.read_bytes()
    at = 0
    while at < len(packed):
        unpacker = zlib.decompressobj()
        vector = unpacker.decompress(packed[at + 4 :])
        at = len(packed) - len(unpacker.unused_data)
        lines, read = [], 0
        for m in STRING.finditer(vector):
            if m.start() >= read:
                (length,) = struct.unpack(">i", vector[m.end() : m.end() + 4])
                read = m.end() + 4 + max(0, length)
                lines.append(vector[m.end() + 4 : read].decode("utf8"))
        yield [" ".join(p.split()) for p in re.split(r"\n\s*\n", "\n".join(lines))]


def documents(paragraphs: Iterable[str]) -> Iterator[str]:
    """Paragraphs in a row, together some `LENGTH` words."""
    some: list[str] = []
    for paragraph in paragraphs:
        if len(paragraph.split()) >= SHORTEST:
            some.append(paragraph)
        if sum(len(p.split()) for p in some) >= LENGTH:
            yield "\n".join(some)
            some = []
    if some:
        yield "\n".join(some)


def sources(unpacked: Path) -> Iterator[tuple[str, list[str]]]:
    """The name and the paragraphs of every source."""
    for page in sorted(unpacked.glob("**/doc/anarchism/html/*.html")):
        yield f"anarchism-{page.stem}", of_page(page)
    for page in sorted(unpacked.glob("**/debian-handbook/html/en-US/*.html")):
        yield f"debian-handbook-{page.stem}", of_page(page)
    [novels] = unpacked.glob("**/janeaustenr/data/Rdata.rdb")
    for k, paragraphs in enumerate(of_novels(novels)):
        yield f"austen-{k}", paragraphs


def main(
    unpacked: Annotated[Path, typer.Argument(help="Folder the three packages were unpacked into.")],
    out: Annotated[Path, typer.Argument(help="JSON lines to write.")],
) -> None:
    """Write the corpus, and say how large it is."""
    seen: set[str] = set()
    words = 0
    with out.open("w", encoding="utf8") as f:
        for name, paragraphs in sources(unpacked):
            for k, text in enumerate(documents(paragraphs)):
                if text not in seen and len(text.split()) >= LEAST:
                    seen.add(text)
                    words += len(text.split())
                    row = {"id": f"{name}-{k}", "text": text, "field": "general English"}
                    f.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{len(seen):,} documents, {words:,} words")


if __name__ == "__main__":
    typer.run(main)

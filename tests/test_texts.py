"""Corpora: every format gives the same documents, and what cannot be read is named by file and line."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import sys
from pathlib import Path

import pytest
from backports import zstd

from textrepair import TextrepairError
from textrepair.texts import read_texts

TEXTS = ["One document.\nTwo lines – of it.", "Another."]
JSON = "\n".join(json.dumps({"id": k, "text": t}) for k, t in enumerate(TEXTS)).encode()
BLOCKS = f"{TEXTS[0]}\n\n \n{TEXTS[1]}".encode()
PACK = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstd.compress}


@pytest.mark.parametrize("pack", PACK)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
@pytest.mark.parametrize(("suffix", "data"), [(".jsonl", JSON), (".txt", BLOCKS), ("", BLOCKS)])
def test_every_format_gives_the_same_documents(tmp_path, suffix, data, mark, pack):
    path = tmp_path / f"corpus{suffix}{pack}"
    path.write_bytes(PACK[pack](mark + data))
    assert [t.strip() for t in read_texts(path)] == TEXTS


def test_several_compressed_parts_in_one_file_are_all_read(tmp_path):
    path = tmp_path / "corpus.jsonl.zst"
    path.write_bytes(zstd.compress(JSON + b"\n") + zstd.compress(JSON))
    assert list(read_texts(path)) == TEXTS * 2


GOOD = b'{"text": "Good."}\n'
BAD_LINES = {
    "not UTF-8: byte 0xe9 at offset 13": b'{"text": "caf\xe9"}\n',
    "no JSON: Expecting value": b"text\n",
    "no JSON: Exceeds": b'{"text": 1' + b"0" * 5000 + b"}\n",
    "no `text`; the fields are 'id', 'body'": b'{"id": 1, "body": "x"}\n',
    "no `text`; the fields are none": b"{}\n",
    "not an object with a string": b'{"text": 5}\n',
    "not an object": b'["text"]\n',
    "`text` holds half a surrogate pair": b'{"text": "\\ud800"}\n',
    "no JSON: .*": b"[" * 200_000 + b"\n",
}


@pytest.mark.parametrize(("message", "line"), BAD_LINES.items(), ids=range(len(BAD_LINES)))
def test_a_bad_line_is_named_or_counted(tmp_path, message, line):
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(GOOD + line + GOOD)
    with pytest.raises(TextrepairError, match=rf"corpus\.jsonl:2: ({message}).*--skip-bad"):
        list(read_texts(path))
    left_out: list[TextrepairError] = []
    assert list(read_texts(path, left_out.append)) == ["Good.", "Good."]
    assert len(left_out) == 1


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("c.jsonl", b"", "holds no text"),
        ("c.jsonl", b"\n\n", "holds no text"),
        ("c.jsonl", b'{"text": " "}', "holds no text"),
        ("c.txt", b" \n", "holds no text"),
        ("c.txt", b"caf\xe9", r"c\.txt:1: not UTF-8"),
        ("c.txt.gz", b"plain", "damaged: Not a gzipped file"),
        ("c.txt.gz", gzip.compress(BLOCKS)[:-12], "damaged: "),
        ("c.txt.bz2", b"plain", "cannot be read: Invalid data stream"),
        ("c.txt.bz2", bz2.compress(BLOCKS)[:-12], "damaged: "),
        ("c.txt.xz", b"plain", "damaged: "),
        ("c.txt.xz", lzma.compress(BLOCKS)[:-12], "damaged: "),
        ("c.txt.zst", b"plain", "damaged: "),
        ("c.txt.zst", zstd.compress(BLOCKS)[:-3], "damaged: "),
    ],
)
def test_a_file_without_text_or_damaged_is_named(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(TextrepairError, match=rf"{name}.*{message}" if "txt:1" not in message else message):
        list(read_texts(tmp_path / name))


@pytest.mark.parametrize(("name", "message"), [("", "is a folder"), ("none.txt", "cannot be read: No such")])
def test_what_is_no_file_is_named(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(TextrepairError, match=message):
        list(read_texts(tmp_path / name))


def test_zst_without_its_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    (tmp_path / "c.txt.zst").write_bytes(zstd.compress(BLOCKS))
    with pytest.raises(TextrepairError, match=r"c\.txt\.zst: reading \.zst needs .* pip install"):
        list(read_texts(tmp_path / "c.txt.zst"))

"""The command line, with the real model: what goes where, byte for byte, and every way to fail."""

from __future__ import annotations

import codecs
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import textrepair
from corpora import pdf
from textrepair import cli
from textrepair.cli.options import RepairerOptions
from textrepair.edits import Edit, Held, Repair, splice
from textrepair.errors import TextrepairError
from textrepair.settings import Settings

TEXT = "Two patients were zorbified with a new drug.\r\n\r\nNo one was harmed.\nThe end"
COMMAND = [sys.executable, "-c", "from textrepair.cli import main; main()"]


def run(*args: str | Path, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(cli.app, [str(a) for a in args], input=stdin)


def repaired(text: str) -> Repair:
    """What the stand-in makes of `text`: `zorbified` becomes `treated`, `new` is held back."""
    edits = [
        Edit(i, i + 9, "zorbified", "treated", "terminology", 0.97, "lexicon:own")
        for i in range(len(text))
        if text.startswith("zorbified", i)
    ]
    held = [
        Held(i, i + 3, "new", "novel", "wording", 0.31, "reranker", "low-score")
        for i in range(len(text))
        if text.startswith("new", i)
    ]
    return Repair(text, tuple(edits), tuple(held), 0.5)


class StandIn:
    """Takes the place of a `Repairer` where a test is on the command line alone."""

    def __init__(self, during: Callable[[], None] = lambda: None) -> None:
        self.during = during
        self.settings: dict[str, object] = {}

    def load(self, **settings: object) -> StandIn:
        self.settings = settings
        return self

    def only(self, *, format: str) -> StandIn:
        return self

    def pipe(self, texts: Iterable[str], batch_size: int = 32) -> Iterator[Repair]:
        self.during()
        return map(repaired, list(texts))


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    one = StandIn()
    monkeypatch.setattr(textrepair, "load", one.load, raising=False)
    return one


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.txt"
    path.write_bytes(TEXT.encode())
    return path


@pytest.fixture
def latin(tmp_path: Path) -> Path:
    path = tmp_path / "latin.txt"
    path.write_bytes("a café was zorbified".encode("latin-1"))
    return path


# With the real model ---------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["plain", "bom"])
def test_fix_writes_the_repaired_bytes_and_nothing_else(paper: Path, lexicon: Path, mark: bytes) -> None:
    paper.write_bytes(mark + TEXT.encode())
    fixed = run("fix", paper, "--lexicon", lexicon)
    assert fixed.exit_code == 0, fixed.stderr
    assert fixed.stdout_bytes.startswith(mark + b"Two ")
    assert b" treated with " in fixed.stdout_bytes
    assert fixed.stdout_bytes.count(b"\r\n") == 2
    assert fixed.stdout_bytes.endswith(b"end")
    assert fixed.stderr.count("\n") == 1

    told = run("explain", "--json", paper, "--lexicon", lexicon)
    record = json.loads(told.stdout)
    assert record["file"] == str(paper)
    assert record["source"].encode() == paper.read_bytes()
    edits = [Edit(**e) for e in record["edits"]]
    assert "zorbified" in [e.before for e in edits]
    assert splice(record["source"], edits).encode() == fixed.stdout_bytes == record["text"].encode()


def test_a_protected_term_is_left_alone(paper: Path, lexicon: Path) -> None:
    for option in (["--protect", "zorbified"], ["--protect-pattern", "zorb[a-z]+"]):
        fixed = run("fix", paper, "--lexicon", lexicon, *option)
        assert fixed.exit_code == 0, fixed.stderr
        assert b"zorbified" in fixed.stdout_bytes


def test_an_ordinary_sentence_is_explained() -> None:
    told = run("explain", "-", stdin=b"Two sufferers had an ailment.")
    assert told.exit_code == 0, told.stderr
    assert "held back, spun: " in told.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    "option",
    [
        ["--model", "no-such-model"],
        ["--lexicon", "no-such-lexicon.tsv"],
        ["--protect-pattern", "(unbalanced"],
    ],
)
def test_a_bad_setting_is_bad_usage(paper: Path, option: list[str]) -> None:
    result = run("fix", paper, *option)
    assert result.exit_code == 2
    assert option[1] in result.stderr
    assert result.stdout == ""


@pytest.mark.slow
def test_the_real_command_reads_a_pipe_and_writes_bytes(lexicon: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "fix", "--lexicon", str(lexicon)],
        input="a zorbified é\r\n".encode(),
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" é\r\n".encode())
    assert b"treated" in done.stdout


@pytest.mark.slow
def test_the_reader_may_go_away(paper: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    for verb in ("fix", "explain"):
        done = subprocess.run(
            [*COMMAND, verb, str(paper)], stdout=write, stderr=subprocess.PIPE, check=False, timeout=120
        )
        assert done.returncode == 141
        assert done.stderr == b""
    os.close(write)


# What goes where -------------------------------------------------------------------------------


def test_several_files_come_out_in_order(tmp_path: Path, stand_in: StandIn) -> None:
    (tmp_path / "b").write_bytes(b"zorbified ")
    (tmp_path / "a").write_bytes(b"and ")
    result = run("fix", tmp_path / "b", tmp_path / "a", "-", stdin=b"end")
    assert result.stdout_bytes == b"treated and end"
    assert result.stderr == ("textrepair: 1 change (1 terminology) in 1 of 3 documents, 0 held back\n")


def test_settings_reach_the_repairer(paper: Path, stand_in: StandIn) -> None:
    given = ["--model", "m", "--min-score", "0.5", "--gate", "0.3", "--lexicon", "l", "--lexicon", "k"]
    run("explain", paper, *given)
    assert stand_in.settings == {
        "name": "m",
        "lexicon": ["l", "k"],
        "min_score": 0.5,
        "max_harm": None,
        "gate": 0.3,
        "reranker": None,
        "lm": None,
        "sources": None,
        "runtime": "onnxruntime",
        "protect": (),
        "protect_patterns": (),
    }
    run("fix", paper, "--protect", "a b", "--protect", "c", "--protect-pattern", "x+")
    assert stand_in.settings["protect"] == ["a b", "c"]
    assert stand_in.settings["protect_patterns"] == ["x+"]
    assert stand_in.settings["lexicon"] == ()


def test_explain_shows_change_kind_reason_and_score(paper: Path, stand_in: StandIn) -> None:
    lines = run("explain", paper).stdout.splitlines()
    assert lines[0] == "  Two patients were [-zorbified-]{+treated+}#1 with a new drug. …"
    assert lines[2].split() == ["#1", "zorbified", "→", "treated", "terminology", "0.97", "lexicon:own"]
    assert lines[-1] == "1 change (1 terminology), 1 held back, spun: 0.50"
    assert "low-score" not in "".join(lines)
    assert "low-score" in run("explain", "--held", paper).stdout


def test_explain_colours_only_where_wanted(
    paper: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in run("explain", paper).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = run("explain", paper).stdout
    assert "\x1b[9;31mzorbified\x1b[0m \x1b[4;32mtreated\x1b[0m" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    plain = run("explain", paper).stdout
    assert "[-zorbified-]{+treated+}#1" in plain
    assert "\x1b" not in plain


def test_a_text_cannot_drive_the_terminal(tmp_path: Path, stand_in: StandIn) -> None:
    path = tmp_path / "evil.txt"
    path.write_bytes(b"zorbified \x1b]0;title\x07 \x9b".replace(b"\x9b", "\x9b".encode()))
    shown = run("explain", path).stdout
    assert not {"\x1b", "\x07", "\x9b"} & set(shown)
    assert "␛]0;title␇" in shown


def test_many_changes_are_all_shown_and_numbered(tmp_path: Path, stand_in: StandIn) -> None:
    path = tmp_path / "long.txt"
    path.write_text(" ".join(f"word{i} zorbified." for i in range(40)) + " far" * 200 + " zorbified")
    shown = run("explain", path).stdout
    for n in range(1, 42):
        assert shown.count(f"[-zorbified-]{{+treated+}}#{n}") == 1 + sum(
            str(m).startswith(str(n)) for m in range(n + 1, 42)
        )
        assert f"#{n}" in [line.split()[0] for line in shown.splitlines() if line.strip()]
    words = shown.split()
    assert all(words.count(f"word{i}") == 1 for i in range(40)), "excerpts overlap or leave words out"
    assert shown.count("far") < 100


def test_json_is_one_line_a_document(tmp_path: Path, stand_in: StandIn) -> None:
    path = tmp_path / "odd.txt"
    path.write_bytes("zorbified\u2028é\x85\n".encode())
    result = run("explain", "--json", path, "-", stdin=b"new")
    first, second = map(json.loads, result.stdout_bytes.decode().splitlines())
    assert first["source"] == "zorbified\u2028é\x85\n"
    assert first["edits"][0]["after"] == "treated"
    assert second["file"] == "-"
    assert second["held"][0]["why_not"] == "low-score"
    assert result.stderr == ""


@pytest.mark.skipif(shutil.which("patch") is None, reason="the patch program is not installed")
def test_diff_applies(paper: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(paper.parent)
    paper.write_bytes(codecs.BOM_UTF8 + TEXT.encode())
    diff = run("explain", "--diff", "paper.txt").stdout_bytes
    fixed = run("fix", "paper.txt").stdout_bytes
    subprocess.run(["patch", "-p1", "--binary", "-s"], input=diff, check=True)
    assert paper.read_bytes() == fixed != codecs.BOM_UTF8 + TEXT.encode()


# In place --------------------------------------------------------------------------------------


def test_in_place_keeps_the_original_the_mode_and_the_link(paper: Path, stand_in: StandIn) -> None:
    paper.chmod(0o640)
    link = paper.with_name("link.txt")
    link.symlink_to(paper.name)
    clean = paper.with_name("clean.txt")
    clean.write_bytes(b"nothing to do")
    result = run("fix", "--in-place", link, clean)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    assert paper.read_bytes() == TEXT.replace("zorbified", "treated").encode()
    assert paper.with_name("paper.txt.orig").read_bytes() == TEXT.encode()
    assert stat.S_IMODE(paper.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert sorted(p.name for p in paper.parent.iterdir()) == [
        "clean.txt", "link.txt", "paper.txt", "paper.txt.orig",
    ]  # fmt: skip


def test_in_place_reads_a_file_once_by_whatever_path(paper: Path, stand_in: StandIn) -> None:
    link = paper.parent / "link.txt"
    link.symlink_to(paper)
    result = run("fix", "--in-place", paper, link, f"{paper.parent}/./{paper.name}")
    assert result.exit_code == 0, result.stderr
    assert "documents" not in result.stderr


def test_in_place_never_overwrites_another_backup(paper: Path, stand_in: StandIn) -> None:
    other = paper.with_name("a.txt")
    other.write_bytes(b"zorbified")
    backup = paper.with_name("paper.txt.orig")
    backup.write_bytes(b"precious")
    result = run("fix", "-i", other, paper)
    assert result.exit_code == 2
    assert "paper.txt.orig: exists already" in result.stderr
    assert (other.read_bytes(), paper.read_bytes(), backup.read_bytes()) == (
        b"zorbified",
        TEXT.encode(),
        b"precious",
    )
    backup.write_bytes(TEXT.encode())
    assert run("fix", "-i", other, paper).exit_code == 0
    assert b"treated" in paper.read_bytes()


def test_in_place_leaves_a_file_alone_that_changed_meanwhile(paper: Path, stand_in: StandIn) -> None:
    stand_in.during = lambda: paper.write_bytes(b"zorbified by another hand") and None
    result = run("fix", "-i", paper)
    assert result.exit_code == 2
    assert "changed meanwhile" in result.stderr
    assert paper.read_bytes() == b"zorbified by another hand"
    assert [p.name for p in paper.parent.iterdir()] == ["paper.txt"]


def test_in_place_that_fails_leaves_the_file_whole(
    paper: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    result = run("fix", "-i", paper)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert [p.name for p in paper.parent.iterdir()] == ["paper.txt"]
    assert paper.read_bytes() == TEXT.encode()


# Bad input and usage ---------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [["fix"], ["fix", "--in-place"], ["explain"], ["explain", "--json"]])
def test_one_bad_file_stops_everything_before_it_starts(
    paper: Path, latin: Path, stand_in: StandIn, verb: list[str]
) -> None:
    result = run(*verb, paper, latin)
    assert result.exit_code == 2
    assert result.stdout_bytes == b""
    assert f"{latin}: is not UTF-8: byte 0xe9 at offset 5;" in result.stderr
    assert "iconv -f WINDOWS-1252 -t UTF-8" in result.stderr
    assert paper.read_bytes() == TEXT.encode()
    assert sorted(p.name for p in paper.parent.iterdir()) == ["latin.txt", "paper.txt"]
    assert stand_in.settings == {}, "the model was loaded for nothing"


@pytest.mark.parametrize(
    ("data", "remedy"),
    [
        (b"%PDF-1.7\n\xe2\xe3", "pdftotext"),
        ("zorbified".encode("utf-16"), "iconv -f UTF-16"),
        (b"PK\x03\x04\xff", "plain text"),
        (b"\x1f\x8b\x08\xff", "gunzip"),
        (b"BZh91AY&SY\xff", "bunzip2"),
        (b"\xfd7zXZ\x00\xff", "unxz"),
        (b"(\xb5/\xfd\xff", "unzstd"),
        (b"PAR1\x15\x04\xff", "textrepair clean"),
        (b"\x7fELF\x02\x01\x00\x00\xff", "no text"),
    ],
)
def test_a_known_format_gets_its_own_remedy(tmp_path: Path, data: bytes, remedy: str) -> None:
    path = tmp_path / "in put"
    path.write_bytes(data)
    result = run("fix", path)
    assert result.exit_code == 2
    assert remedy in result.stderr
    assert "{" not in result.stderr


@pytest.mark.parametrize("name", ["a.csv", "a.TSV", "a.jsonl", "a.json"])
def test_rows_are_not_read_as_one_text(tmp_path: Path, stand_in: StandIn, name: str) -> None:
    (tmp_path / name).write_text("text\nzorbified\n")
    result = run("fix", tmp_path / name)
    assert result.exit_code == 2
    assert f"textrepair clean {tmp_path / name} -o OUT" in result.stderr
    assert run("fix", "--format", "text", tmp_path / name).exit_code == 0


def test_a_report_is_not_begun_where_a_folder_is_in_its_place(
    paper: Path, tmp_path: Path, stand_in: StandIn
) -> None:
    result = run("report", paper, "-o", tmp_path)
    assert result.exit_code == 2
    assert f"{tmp_path}: is a folder; name a file in it, for example {tmp_path}/report.html" in result.stderr
    assert stand_in.settings == {}, "the model was loaded for nothing"


@pytest.mark.parametrize("folder", ["none", "paper.txt"])
def test_a_report_is_not_begun_where_no_folder_is_for_it(
    paper: Path, tmp_path: Path, stand_in: StandIn, folder: str
) -> None:
    result = run("report", paper, "-o", tmp_path / folder / "x.html")
    assert result.exit_code == 2
    assert f"{tmp_path / folder}: no such folder" in result.stderr
    assert stand_in.settings == {}, "the model was loaded for nothing"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((f"a{suffix}", "code") for suffix in (".py", ".R", ".sh", ".cpp", ".java", ".ts", ".sql", ".sty")),
        *((name, "code") for name in ("Makefile", "Dockerfile", "fix.patch")),
        *((f"a{suffix}", "settings") for suffix in (".yaml", ".toml", ".INI")),
        *((name, "settings") for name in (".env", "CMakeLists.txt", "requirements.txt")),
        *((f"a{suffix}", "records of references") for suffix in (".bib", ".ris")),
        *(("a.eml", "mail"), ("a.vtt", "subtitles"), ("a.srt", "subtitles"), ("a.po", "a table of words")),
        *((f"a{suffix}", "data") for suffix in (".svg", ".ipynb", ".fasta")),
        *((f"a{suffix}", "markup that is not read") for suffix in (".org", ".adoc", ".rtf")),
    ],
)
def test_what_nobody_words_as_prose_is_not_read_so(
    tmp_path: Path, stand_in: StandIn, name: str, kind: str
) -> None:
    path = tmp_path / name
    path.write_text("zorbified\n")
    for command in (["fix"], ["fix", "--in-place"], ["explain"], ["report"]):
        result = run(*command, path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"{path}: is {kind}, by its name" in result.stderr
        assert "say --format text" in result.stderr
    assert path.read_text() == "zorbified\n"
    assert run("fix", "--format", "text", path).stdout == "treated\n"


@pytest.mark.parametrize("name", ["a.txt", "a.text", "a", "README", "a.log", "draft.2", "a.v2"])
def test_other_names_are_those_of_text(tmp_path: Path, stand_in: StandIn, name: str) -> None:
    (tmp_path / name).write_text("zorbified\n")
    assert run("fix", tmp_path / name).stdout == "treated\n"


def test_a_report_shows_the_text_of_a_pdf(tmp_path: Path, stand_in: StandIn) -> None:
    path, page = tmp_path / "a.pdf", tmp_path / "report.html"
    path.write_bytes(pdf("Two patients were zorbified."))
    assert run("report", path, "-o", page).exit_code == 0
    assert "<del>zorbified</del>" in page.read_text(encoding="utf8")
    path.write_bytes(pdf())
    result = run("report", path, "-o", page)
    assert result.exit_code == 2
    assert f"{path}: holds no text: a scan, perhaps; run OCR first" in result.stderr


def test_every_unreadable_input_is_named(tmp_path: Path) -> None:
    result = run("fix", tmp_path, tmp_path / "none.txt")
    assert result.exit_code == 2
    assert f"{tmp_path}: is a folder" in result.stderr
    assert "none.txt: cannot be read: No such file or directory" in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["fix", "--in-place"],
        ["fix", "--in-place", "-"],
        ["fix", "-", "-"],
        ["fix", "--min-score", "1.5"],
        ["fix", "--min-score", "nan"],
        ["fix", "--gate", "1.5"],
        ["fix", "--gate", "nan"],
        ["explain", "--json", "--diff"],
        ["explain", "--diff", "--held"],
        ["mend"],
    ],
)
def test_bad_usage(args: list[str], stand_in: StandIn) -> None:
    result = run(*args, stdin=b"text")
    assert result.exit_code == 2
    assert result.stderr
    assert result.stdout == ""


def test_an_error_of_the_library_is_a_message(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(**_: object) -> None:
        raise TextrepairError("no model 'x'; the models here are: y")

    monkeypatch.setattr(textrepair, "load", load, raising=False)
    result = run("fix", paper)
    assert (result.exit_code, result.stderr) == (2, "textrepair: no model 'x'; the models here are: y\n")


def test_an_unexpected_error_is_not_hidden(paper: Path, stand_in: StandIn) -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    stand_in.during = fail
    result = run("fix", paper)
    assert result.exit_code == 1
    assert isinstance(result.exception, RuntimeError)


def test_interrupt(paper: Path, stand_in: StandIn) -> None:
    stand_in.during = lambda: signal.raise_signal(signal.SIGINT)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
    try:
        assert run("fix", paper).exit_code == 130
    finally:
        signal.signal(signal.SIGINT, before)


# Without work ----------------------------------------------------------------------------------


def test_version() -> None:
    from importlib.metadata import version

    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"textrepair {version('textrepair')}\n")


@pytest.mark.parametrize("args", [["--help"], ["fix", "--help"], ["explain", "-h"]])
def test_help_documents_the_exit_codes(args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 0
    assert "Exit codes" in result.stdout
    assert "130 interrupted" in result.stdout


def test_help_goes_to_standard_error_when_a_person_gives_no_file() -> None:
    pty = pytest.importorskip("pty")
    mine, theirs = pty.openpty()
    done = subprocess.run([*COMMAND, "fix"], stdin=theirs, capture_output=True, check=False, timeout=60)
    os.close(mine)
    os.close(theirs)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Usage: textrepair fix" in done.stderr


HTML = (
    b"<html><body><nav><a href='/'>Home</a></nav><main><h1>A study</h1>"
    b"<p>Two patients were zorbified with a drug.</p>"
    b"<p>The trial was run in two towns over three years, and nobody was lost to follow-up in either.</p>"
    b"<p>Both of them recovered, though one had to be seen again in the winter of the second year.</p>"
    b"</main><footer>Contact</footer></body></html>"
)


def test_families_are_named_one_by_one_or_with_commas(stand_in: StandIn, paper: Path) -> None:
    assert run("fix", "--families", "words,numbers", "--families", "synonyms", paper).exit_code == 0
    assert stand_in.settings["families"] == ["words", "numbers", "synonyms"]
    assert run("fix", paper).exit_code == 0
    assert "families" not in stand_in.settings


def test_every_setting_of_a_repairer_has_an_option() -> None:
    options = RepairerOptions(families=["words"]).settings()
    # the format is that of a file, and every command that reads files asks for it
    assert set(options) == {"name", "lexicon", *(f.name for f in fields(Settings))} - {"format"}


def test_an_unknown_family_is_bad_usage(paper: Path) -> None:
    result = run("fix", "--families", "typos", paper)
    assert result.exit_code == 2
    assert "none named 'typos'" in result.stderr
    assert "truncation" in result.stderr


def test_html_in_text_out(stand_in: StandIn, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(HTML)
    result = run("fix", "--html", path)
    assert result.exit_code == 0
    assert "Two patients were treated with a drug." in result.stdout
    assert "Home" not in result.stdout
    assert "<" not in result.stdout


def test_html_that_cannot_be_used(stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"")
    empty = run("fix", "--html", path)
    assert empty.exit_code == 2
    assert f"{path}: holds no text" in empty.stderr
    path.write_bytes(HTML)
    assert run("fix", "--html", "--in-place", path).exit_code == 2
    assert run("explain", "--html", "--diff", path).exit_code == 2
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    missing = run("fix", "--html", path)
    assert missing.exit_code == 2
    assert "pip install 'textrepair[html]'" in missing.stderr
    assert path.read_bytes() == HTML

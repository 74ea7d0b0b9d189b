"""The review answers its own page alone, and what was decided is on the disk, bound to its text."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reviewing import REPAIR, SOURCE, Served, explained, serving
from textrepair import cli
from textrepair.bench.texts import read_texts
from textrepair.decisions import Decisions, Reviewed, around, hash_of, read
from textrepair.edits import Edit, Repair
from textrepair.lexicon.entries import read as entries
from textrepair.mining import mine
from textrepair.review.app import decided as decide
from textrepair.review.proposals import LENGTH, MOST_ON_PAGE, Reviewable, cuts

MINED = Repair(
    "The treatment rejoinder was a gigantic gadget.",
    (
        Edit(4, 23, "treatment rejoinder", "treatment answer", "terminology", 0.8, "x", source="reranker:x"),
        Edit(30, 45, "gigantic gadget", "large device", "wording", 0.7, "x", source="reranker:x"),
    ),
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(explained(tmp_path, REPAIR)) as found:
        yield found


def post(served: Served, number: int, verdict: str, after: str | None = None, **headers: str) -> Any:
    body = json.dumps({"proposal": number, "verdict": verdict, "after": after}).encode()
    return served.ask("decisions", body, headers)


def test_each_decision_is_in_the_file_before_it_is_answered(served: Served) -> None:
    assert post(served, 0, "accept")["counts"] == {"accepted": 1, "rejected": 0, "corrected": 0}
    assert post(served, 1, "reject")["decision"] == {"verdict": "rejected", "after": "bosom peril"}
    assert post(served, 2, "correct", "illness")["decision"] == {"verdict": "corrected", "after": "illness"}
    found = read(served.decisions)
    assert [(d.before, d.verdict, d.after) for d in found] == [
        ("sufferers", "accepted", "patients"),
        ("bosom peril", "rejected", "bosom peril"),
        ("ailment", "corrected", "illness"),
    ]
    assert all(d.text == hash_of(SOURCE) and SOURCE[d.start : d.end] == d.before for d in found)
    assert served.ask("decisions", method="DELETE")["proposal"] == 2
    assert [d.before for d in read(served.decisions)] == ["sufferers", "bosom peril"]


@pytest.mark.parametrize(
    ("given", "verdict"), [("patients", "accepted"), ("sufferers", "rejected"), ("people", "corrected")]
)
def test_a_correction_is_called_what_it_amounts_to(served: Served, given: str, verdict: str) -> None:
    assert post(served, 0, "correct", given)["decision"]["verdict"] == verdict


def test_a_kill_harms_nothing_and_the_review_goes_on(tmp_path: Path) -> None:
    edits = explained(tmp_path, REPAIR)
    with serving(edits) as first:
        post(first, 0, "accept")
        post(first, 1, "reject")
        os.kill(first.process.pid, signal.SIGKILL)
    with first.decisions.open("ab") as file:
        file.write(b'{"text": "cut o')
    with serving(edits) as again:
        assert again.ask("state")["next"] == 2
        post(again, 2, "accept")
    assert [d.verdict for d in read(first.decisions)] == ["accepted", "rejected", "accepted"]


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("state", {"Origin": "http://elsewhere.example"}, 403),
        ("state", {"Origin": "null"}, 403),
        ("state", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("state", {"Host": "elsewhere.example"}, 400),
        ("../state", {}, 404),
        ("../wrong-token/state", {}, 404),
        ("../", {}, 404),
        ("pages/99", {}, 404),
    ],
)
def test_nobody_else_is_answered(served: Served, path: str, headers: dict[str, str], code: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        served.ask(path, headers=headers)
    assert refused.value.code == code
    assert "sufferers" not in refused.value.read().decode()


def test_another_origin_decides_nothing(served: Served) -> None:
    with pytest.raises(urllib.error.HTTPError):
        post(served, 0, "accept", Origin="http://127.0.0.1:1")
    assert not served.decisions.exists()


def test_only_the_loopback_address_is_bound(served: Served) -> None:
    assert served.address.startswith("http://127.0.0.1:")
    port = int(served.address.split(":")[2].split("/")[0])
    with socket.socket() as other:  # an address of this machine all the same
        assert other.connect_ex(("127.0.0.2", port)) != 0


def test_the_page_may_load_nothing_from_elsewhere(served: Served) -> None:
    with urllib.request.urlopen(served.address) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert b"http" not in answer.read().replace(b"http-equiv", b"")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"proposal": 99, "verdict": "accept"}', b'{"proposal": 0, "verdict": "praise"}',
     b'{"proposal": 0, "verdict": "correct"}', b'{"proposal": 0, "verdict": "correct", "after": 3}',
     json.dumps({"proposal": 0, "verdict": "correct", "after": "x" * 3000}).encode()],
)  # fmt: skip
def test_what_is_no_decision_is_refused_and_not_saved(served: Served, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        served.ask("decisions", body)
    assert refused.value.code == 400
    assert json.loads(refused.value.read())["error"]
    assert not served.decisions.exists()


def test_two_programs_do_not_overwrite_each_other(tmp_path: Path) -> None:
    edits = explained(tmp_path, REPAIR)
    with serving(edits) as one, serving(edits) as two:
        post(one, 0, "accept")
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(two, 1, "accept")
        assert "another program" in json.loads(refused.value.read())["error"]
    assert [d.before for d in read(one.decisions)] == ["sufferers"]


def run(*args: object) -> Any:
    return CliRunner().invoke(cli.app, ["review", "--no-browser", *map(str, args)])


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(explained(tmp_path, REPAIR), "--port", port)
    assert done.exit_code == 2
    assert f"port {port} is in use; leave out --port" in done.stderr


def test_decisions_of_another_text_are_refused(tmp_path: Path) -> None:
    with serving(explained(tmp_path, REPAIR)) as served:
        post(served, 0, "accept")
    other = explained(
        tmp_path, Repair("the ailment", (Edit(4, 11, "ailment", "disease", "wording", 0.9, "x"),))
    )
    done = run(other)
    assert done.exit_code == 2
    assert "holds decisions of another text" in done.stderr
    assert "--decisions" in done.stderr


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"%PDF-1.7\n\xff\xfe", "cannot be read as PDF"),
        ("a.txt", b"\x00\xff\xfe\xfa", "is not UTF-8"),
        ("a.jsonl", b'{"text": "a corpus"}\n', "a.jsonl:1: is not what textrepair explain --json writes"),
        ("a.jsonl", b"", "is empty"),
        ("b.jsonl", None, "No such file"),
    ],
)
def test_what_cannot_be_reviewed_is_told(tmp_path: Path, name: str, data: bytes | None, said: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    done = run(tmp_path / name)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_browser_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    nowhere = {"BROWSER": "none-of-that-name", "DISPLAY": "", "WAYLAND_DISPLAY": "", "PATH": str(tmp_path)}
    with serving(explained(tmp_path, REPAIR), "--browser", **nowhere) as served:
        assert "no browser could be opened: open the address yourself" in served.next_line()


def test_a_damaged_file_of_decisions_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    path.write_bytes(b'{"text": "x", "verdict": "accepted"}\n')
    done = run(explained(tmp_path, REPAIR), "--decisions", path)
    assert done.exit_code == 2
    assert f"{path}:1: no decision of a review" in done.stderr


def test_a_folder_that_is_missing_is_told_before_anything_is_decided(tmp_path: Path) -> None:
    done = run(explained(tmp_path, REPAIR), "--decisions", tmp_path / "none/d.jsonl")
    assert done.exit_code == 2
    assert f"{tmp_path / 'none'}: no such folder" in done.stderr


def decision(start: int, verdict: str = "accepted") -> Reviewed:
    return Reviewed("h", "f", start, start + 1, "", "a", "", "b", "b", verdict, "wording")


def test_undone_twice_is_back_at_the_first(tmp_path: Path) -> None:
    log = Decisions(tmp_path / "d.jsonl")
    for start in (0, 5, 0):
        log.add(decision(start, "accepted" if start else "rejected"))
    log.undo()
    assert [(d.start, d.verdict) for d in log.standing] == [(0, "rejected"), (5, "accepted")]
    log.undo()
    log.undo()
    assert log.undo() is None
    assert Decisions(log.path).standing == []


def test_pages_hold_all_of_a_text_once_and_cut_no_proposal() -> None:
    source = "An ailment of some kind. " * 90_000  # over 2 MB, in a single line
    edits = [
        Edit(at + 3, at + 10, "ailment", "disease", "wording", 0.9, "x") for at in range(0, len(source), 25)
    ]
    asked = Reviewable([("a", Repair(source, tuple(edits)))])
    assert "".join(source[p.start : p.end] for p in asked.pages) == source
    assert [n for p in asked.pages for n in range(p.first, p.last)] == [*range(len(edits))]
    for page in asked.pages:
        assert page.end - page.start <= LENGTH + 10
        assert page.last - page.first <= MOST_ON_PAGE
        assert all(
            page.start <= p.start <= p.end <= page.end for p in asked.proposals[page.first : page.last]
        )


def test_a_document_of_two_megabytes_is_reviewed_page_by_page(tmp_path: Path) -> None:
    line = "An ailment of some kind. " * 40
    source, ailments = line * 2_100, range(3, 2_100 * len(line), len(line))
    edits = [Edit(at, at + 7, "ailment", "disease", "wording", 0.9, "x") for at in ailments]
    with serving(explained(tmp_path, Repair(source, tuple(edits)))) as served:
        state = served.ask("state")
        assert state["next"] == 0
        assert len(json.dumps(served.ask("pages/0"))) < 100_000
        assert post(served, len(edits) - 1, "correct", "illness")["counts"]["corrected"] == 1
        assert "illness" in json.dumps(served.ask(f"pages/{len(state['pages']) - 1}"))
    assert [(d.start, d.after) for d in read(served.decisions)] == [(edits[-1].start, "illness")]


def test_insertions_at_the_very_end_are_on_a_page() -> None:
    text = "a" * LENGTH
    asked = Reviewable([("a", Repair(text, (Edit(LENGTH, LENGTH, "", ".", "truncation", 0.9, "x"),)))])
    assert asked.pages[-1].last == 1
    assert [*cuts("", [])] == [(0, 0, 0, 0)]


@pytest.mark.parametrize(("start", "end"), [(0, 3), (150, 157), (293, 300)])
def test_context_is_of_whole_words(start: int, end: int) -> None:
    text = "words of " * 34
    left, right = around(text, start, end)
    assert text[start - len(left) : end + len(right)].startswith(left)
    assert start == len(left) or text[start - len(left) - 1] == " "


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "from textrepair.cli import main\n"
        f"sys.argv = ['textrepair', 'review', {str(explained(tmp_path, REPAIR))!r}]\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'textrepair[review]'" in done.stderr


def made(path: Path, repair: Repair, *verdicts: tuple[int, str | None]) -> Path:
    """Decisions on proposals by number: what is to stand there, or None to reject."""
    log, asked = Decisions(path), Reviewable([("a.txt", repair)]).proposals
    for number, after in verdicts:
        p = asked[number]
        log.add(decide(p, p.before if after is None else after))
    return path


def test_what_was_corrected_once_is_in_a_lexicon_with_its_evidence(tmp_path: Path) -> None:
    decisions = made(tmp_path / "d.jsonl", MINED, (0, "therapy response"), (1, None))
    own = tmp_path / "own.tsv"
    done = CliRunner().invoke(cli.app, ["lexicon", "mine", str(decisions), "-o", str(own)])
    assert done.exit_code == 0, done.output
    [entry] = entries(own)
    assert (entry.spun, entry.canonical, entry.tier) == ("treatment rejoinder", ("therapy response",), "ask")
    assert entry.evidence == "1 text, 1 by a reviewer: The treatment rejoinder was a gigantic gadget."


def test_what_was_rejected_more_often_than_made_is_no_entry(tmp_path: Path) -> None:
    once = made(tmp_path / "a.jsonl", MINED, (0, "therapy response"))
    other = Repair(MINED.source + " ", tuple(replace(e, after="therapy response") for e in MINED.edits[:1]))
    no = made(tmp_path / "b.jsonl", other, (0, None))
    again = made(tmp_path / "c.jsonl", replace(other, source=other.source + " "), (0, None))
    assert [p.spun for p in mine((), reviewed=[*read(once), *read(no)])] == ["treatment rejoinder"]
    assert mine((), reviewed=[*read(once), *read(no), *read(again)]) == []


def test_a_correction_that_flips_the_meaning_is_no_entry(tmp_path: Path) -> None:
    repair = Repair("There was an increase of it.", (Edit(13, 21, "increase", "x", "wording", 0.9, "x"),))
    assert mine((), reviewed=read(made(tmp_path / "e.jsonl", repair, (0, "decrease")))) == []


def test_mended_damage_is_no_entry(tmp_path: Path) -> None:
    repair = Repair("A na e cell.", (Edit(2, 6, "na e", "naïve", "artifact", 0.9, "x"),))
    assert mine((), reviewed=read(made(tmp_path / "d.jsonl", repair, (0, "naïve")))) == []


def test_score_reads_decisions_as_spun_text_with_gold(tmp_path: Path) -> None:
    decisions = made(tmp_path / "d.jsonl", MINED, (0, "therapy response"), (1, None))
    [text] = read_texts(decisions, spun=True)
    assert text.text == MINED.source
    assert [(text.text[g.start : g.end], g.accept) for g in text.gold or ()] == [
        ("treatment rejoinder", ("therapy response",))
    ]
    own = tmp_path / "own.tsv"
    own.write_text(
        "spun\tcanonical\tpos\tdomain\ttier\n"
        "treatment rejoinder\ttherapy response\tPHRASE\tmined\task\n"
        "gigantic gadget\tlarge device\tPHRASE\tmined\task\n",
        encoding="utf8",
    )
    arguments = ["lexicon", "score", str(own), "--spun", str(decisions), "--json"]
    done = CliRunner().invoke(cli.app, arguments)
    assert done.exit_code == 0, done.output
    found = {e["spun"]: (e["alone"]["spun"], e["alone"]["right"]) for e in json.loads(done.stdout)["entries"]}
    assert found == {"treatment rejoinder": (1, 1), "gigantic gadget": (1, 0)}


def test_passages_of_decisions_far_apart_are_texts_of_their_own(tmp_path: Path) -> None:
    source = f"An ailment here. {'Nothing at all. ' * 30}An ailment there."
    starts = [3, source.rindex("ailment")]
    repair = Repair(source, tuple(Edit(a, a + 7, "ailment", "disease", "wording", 0.9, "x") for a in starts))
    first, last = read_texts(made(tmp_path / "d.jsonl", repair, (0, "disease"), (1, "illness")), spun=True)
    assert first.text.startswith("An ailment here.")
    assert last.text.endswith("An ailment there.")
    for text in (first, last):
        [gold] = text.gold or ()
        assert text.text[gold.start : gold.end] == "ailment"

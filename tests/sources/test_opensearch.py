"""Sources that an engine on other machines holds, asked by its own client over HTTP.

The server answers as the REST interface of OpenSearch is documented to; it is not OpenSearch itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

import textrepair
from textrepair import TextrepairError
from textrepair.sources import opened
from textrepair.sources.trace import trace

pytestmark = pytest.mark.engines

ORIGINAL = (
    "Iron overload is a common complication in patients with thalassaemia who receive regular blood "
    "transfusions. In this study we measured serum ferritin in 212 patients from Kenya over 24 months. "
    "Mean ferritin decreased from 2450 to 1310 ng/mL in the treatment group, while it did not change in "
    "the placebo group. Adverse events were mild, and no patient left the study because of them."
)
SPUN = (
    ORIGINAL.replace("patients", "sufferers")
    .replace("study", "investigation")
    .replace("decreased", "diminished")
    .replace("Adverse events were mild", "Unfavorable occasions were gentle")
)
OTHER = "Galaxies form in haloes of dark matter. We simulate 40 of them with cold gas and stars. " * 6


class Engine(BaseHTTPRequestHandler):
    """Indexes in memory: documents by id, found by the terms that stand in their words."""

    indexes: dict[str, dict[str, dict[str, object]]]
    created: dict[str, dict[str, object]]

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, body: object, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _given(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def do_HEAD(self) -> None:
        names = self.path.strip("/").split("?")[0].replace("%2C", ",").split(",")
        self._answer({}, 200 if all(n in self.indexes for n in names) else 404)

    def do_PUT(self) -> None:
        name = self.path.strip("/")
        self.created[name] = json.loads(self._given())
        self.indexes[name] = {}
        self._answer({"acknowledged": True, "shards_acknowledged": True, "index": name})

    def do_POST(self) -> None:
        path, given = self.path.split("?")[0].strip("/"), self._given()
        if path == "_bulk":
            self._answer({"took": 1, "errors": False, "items": [*self._added(given.splitlines())]})
        elif path.endswith("/_refresh"):
            self._answer({"_shards": {"total": 2, "successful": 2, "failed": 0}})
        elif path.endswith("/_mget"):
            there = self.indexes[path.removesuffix("/_mget")]
            ids = json.loads(given)["ids"]
            self._answer(
                {"docs": [{"_id": i, "found": i in there, "_source": there.get(i, {})} for i in ids]}
            )
        else:
            self._answer(self._searched(path.removesuffix("/_search"), json.loads(given)))

    def _added(self, lines: list[str]) -> Iterator[object]:
        for action, source in zip(map(json.loads, lines[::2]), map(json.loads, lines[1::2]), strict=True):
            of = action["index"]
            self.indexes[of["_index"]][of["_id"]] = source
            yield {"index": {"_index": of["_index"], "_id": of["_id"], "result": "created", "status": 201}}

    def _searched(self, name: str, query: dict[str, object]) -> object:
        if name not in self.indexes:
            return {"error": {"type": "index_not_found_exception"}, "status": 404}
        wanted = [c["term"]["words"] for c in query["query"]["bool"]["should"]]  # type: ignore[index]
        hits = []
        for i, source in self.indexes[name].items():
            words = set(re.findall(r"\d+(?:[.,]\d+)+|\w+", str(source["words"]).lower()))
            if score := sum(t["boost"] for t in wanted if t["value"] in words):
                hits.append({"_index": name, "_id": i, "_score": score, "_source": source})
        hits.sort(key=lambda h: -h["_score"])
        return {"took": 1, "timed_out": False, "hits": {"hits": hits[: query["size"]]}}  # type: ignore[index]


@pytest.fixture
def url() -> Iterator[str]:
    Engine.indexes, Engine.created = {}, {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"opensearch+http://127.0.0.1:{server.server_port}/papers"
    server.shutdown()
    server.server_close()


@pytest.fixture
def full(url: str) -> str:
    from textrepair.sources.opensearch import fill

    fill(url, [("galaxies", OTHER), ("iron", f"{OTHER} {ORIGINAL} {OTHER}")])
    return url


def test_a_passage_is_traced_in_an_engine_as_in_a_folder(full: str) -> None:
    (passage,) = trace(SPUN, opened(full))
    best = passage.sources[0]
    assert (best.document, best.start) == ("iron", len(OTHER) + 1)
    assert best.probability > 0.9
    analyzer = Engine.created["papers"]["settings"]["analysis"]["analyzer"]["words"]  # type: ignore[index]
    assert analyzer["filter"] == ["long", "lowercase", "small"]


def test_words_are_restored_from_an_engine(full: str) -> None:
    assert textrepair.fix(SPUN, sources=full) == ORIGINAL


def test_bad_engines_are_named_with_a_remedy(url: str) -> None:
    with pytest.raises(TextrepairError, match="papers: there is no such index; fill it with"):
        opened(url)
    with pytest.raises(TextrepairError, match=r"write opensearch\+https://HOST:PORT/NAME"):
        opened("opensearch+papers")
    with pytest.raises(TextrepairError, match=r"ConnectionError.*look whether the server is up") as told:
        opened("opensearch+http://me:secret@127.0.0.1:9/papers")
    assert "secret" not in str(told.value)

"""Passages in OpenSearch, by its own client: an index that stands on other machines.

    fill("opensearch+https://user:password@search.example.org:9200/papers", [("paper 1", "The text …")])
    textrepair.load(sources="opensearch+https://user:password@search.example.org:9200/papers")

Two indexes: NAME holds the words of passages, NAME-texts the documents they are from. Words are cut as in the
embedded index, and a query is the same: weighted terms, any of which may be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opensearchpy import OpenSearch as Client
from opensearchpy.exceptions import OpenSearchException
from opensearchpy.helpers import bulk

from textrepair.errors import TextrepairError
from textrepair.lexicon.words import CLOSED
from textrepair.sources import REMOTE
from textrepair.sources.retriever import Found, surrounded
from textrepair.sources.words import LONGEST_WORD, WORD_OF_INDEX, passages_of

TEXTS = "-texts"
PASSAGES: dict[str, Any] = {
    "settings": {
        "analysis": {
            "tokenizer": {"words": {"type": "pattern", "pattern": WORD_OF_INDEX, "group": 0}},
            "filter": {
                "small": {"type": "stop", "stopwords": sorted(CLOSED)},
                "long": {"type": "length", "max": LONGEST_WORD},
            },
            "analyzer": {
                "words": {"type": "custom", "tokenizer": "words", "filter": ["long", "lowercase", "small"]}
            },
        }
    },
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "words": {"type": "text", "analyzer": "words", "index_options": "docs"},
            "document": {"type": "keyword", "index": False},
            "start": {"type": "integer", "index": False},
        },
    },
}
DOCUMENTS: dict[str, Any] = {"mappings": {"enabled": False}}


class OpenSearch:
    """An index in OpenSearch, to be searched. A `Retriever`.

    `url` is `opensearch+https://HOST:PORT/NAME`, or `opensearch+http://`, with user and password where they
    are asked for. Raises `TextrepairError` where nothing answers or there is no such index.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._client, self._name = _opened(url)
        with _answering(url):
            there = self._client.indices.exists(index=f"{self._name},{self._name}{TEXTS}")
        if not there:
            raise TextrepairError(
                f"{_shown(url)}: there is no such index; fill it with textrepair.sources.opensearch.fill"
            )

    def search(self, terms: Mapping[str, float], *, limit: int, around: int) -> list[Found]:
        """The `limit` passages that score best; of those that stand side by side the first."""
        if not terms:
            return []
        should = [{"term": {"words": {"value": t, "boost": weight}}} for t, weight in terms.items()]
        query = {
            "query": {"bool": {"should": should}},
            "size": limit,
            "_source": ["document", "start"],
            "track_total_hits": False,
        }
        with _answering(self._url):
            hits = self._client.search(index=self._name, body=query)["hits"]["hits"]
            if not hits:
                return []
            keys = list(dict.fromkeys(h["_source"]["document"] for h in hits))
            docs = self._client.mget(index=self._name + TEXTS, body={"ids": keys})["docs"]
        texts = {d["_id"]: (d["_source"]["name"], d["_source"]["text"]) for d in docs if d["found"]}
        places = ((float(h["_score"]), h["_source"]["document"], h["_source"]["start"]) for h in hits)
        return list(surrounded(places, texts.get, around))

    def alike(self, text: str, *, limit: int, around: int) -> list[Found]:
        """None: there are no vectors in the engine."""
        return []


def fill(url: str, documents: Iterable[tuple[str, str]]) -> None:
    """Make the index of `url`, if need be, and put documents in it, each a name and a text.

    A document takes the place of one with its name, whose passages beyond its own stay.
    """
    client, name = _opened(url)
    with _answering(url):
        for index, body in ((name, PASSAGES), (name + TEXTS, DOCUMENTS)):
            if not client.indices.exists(index=index):
                client.indices.create(index=index, body=body)
        bulk(client, _actions(name, documents))
        client.indices.refresh(index=f"{name},{name}{TEXTS}")


def _actions(name: str, documents: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for of, text in documents:
        yield {"_index": name + TEXTS, "_id": of, "name": of, "text": text}
        for start, end in passages_of(text):
            passage = {"words": text[start:end], "document": of, "start": start}
            yield {"_index": name, "_id": f"{of} {start}", **passage}


def _opened(url: str) -> tuple[Client, str]:
    """The client for a URL, and the name of the index; nothing is sent yet."""
    host, _, name = url.removeprefix(REMOTE).rpartition("/")
    if not url.startswith(REMOTE) or "://" not in host or not name:
        raise TextrepairError(f"{_shown(url)}: is no index; write {REMOTE}https://HOST:PORT/NAME")
    return Client(host), name


@contextmanager
def _answering(url: str) -> Iterator[None]:
    """Name the server where it does not answer, or not as it should."""
    try:
        yield
    except OpenSearchException as error:
        raise TextrepairError(
            f"{_shown(url)}: {type(error).__name__}: {str(error)[:300]}; look whether the server is up"
        ) from None


def _shown(url: str) -> str:
    """The URL without a password."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"

"""The pages and decisions as an application that answers nobody but its own page (Starlette)."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from textrepair.decisions import Decisions, Reviewed
from textrepair.errors import TextrepairError
from textrepair.review.proposals import Page, Proposal, Reviewable
from textrepair.view import visible

HOST = "127.0.0.1"
MOST_LETTERS = 2_000  # characters of a correction
HEADERS = {
    # what is no file of ours is neither loaded nor run, whatever a text holds
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",  # it would tell the token
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
OURS = {
    "": ("textrepair.review", "page.html", "text/html"),
    "page.js": ("textrepair.review", "page.js", "text/javascript"),
    "page.css": ("textrepair.review", "page.css", "text/css"),
    "colours.css": ("textrepair.report", "colours.css", "text/css"),
}


class OnlyOurselves:
    """Refuses what a page of another origin asks for, and sets `HEADERS` on every answer."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app, self.origin = app, origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse to."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        given = Request(scope).headers
        is_strange = given.get("origin", self.origin) != self.origin
        is_strange |= given.get("sec-fetch-site", "none") not in ("none", "same-origin")
        answer = Response("Another origin asked.", 403) if is_strange else self.app
        await answer(scope, receive, with_headers)


def app(asked: Reviewable, decisions: Decisions, token: str, port: int) -> Starlette:
    """The application, at the address `http://127.0.0.1:PORT/TOKEN/`; everything else is not found."""
    review = _Review(asked, decisions)
    routes = [
        *(Route(f"/{name}", _file(*where)) for name, where in OURS.items()),
        Route("/state", review.state),
        Route("/pages/{number:int}", review.page),
        Route("/decisions", review.decide, methods=["POST"]),
        Route("/decisions", review.undo, methods=["DELETE"]),
    ]
    return Starlette(
        routes=[Mount(f"/{token}", routes=routes)],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[HOST], www_redirect=False),
            Middleware(OnlyOurselves, origin=f"http://{HOST}:{port}"),
        ],
        exception_handlers={HTTPException: _told, OSError: _not_saved, TextrepairError: _not_saved},
    )


def _file(package: str, name: str, kind: str) -> Any:
    async def answer(request: Request) -> Response:
        return Response(files(package).joinpath(name).read_bytes(), media_type=kind)

    return answer


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)


async def _not_saved(request: Request, error: Exception) -> Response:
    why = error.strerror if isinstance(error, OSError) else str(error)
    return JSONResponse({"error": f"The decision was not saved: {why}"}, 500)


class _Review:
    """What is asked, and the decisions so far."""

    def __init__(self, asked: Reviewable, decisions: Decisions) -> None:
        self.asked, self.decisions = asked, decisions
        self.number = {p.place: n for n, p in enumerate(asked.proposals)}

    async def state(self, request: Request) -> Response:
        """Documents, pages, and where the review stands: the first proposal without a decision."""
        open_ = (n for n, p in enumerate(self.asked.proposals) if self.decisions.of(p.place) is None)
        return JSONResponse(
            {
                "file": str(self.decisions.path),
                "documents": [visible(name) for name in self.asked.names],
                "pages": [[p.document, p.first, p.last] for p in self.asked.pages],
                "proposals": len(self.asked.proposals),
                "next": next(open_, 0),
                "counts": self._counts(),
            }
        )

    async def page(self, request: Request) -> Response:
        """The parts of a page in order: text, or a proposal."""
        number = request.path_params["number"]
        if number >= len(self.asked.pages):
            raise HTTPException(404, f"There is no page {number + 1}; the last is {len(self.asked.pages)}.")
        return JSONResponse({"parts": self._parts(self.asked.pages[number])})

    async def decide(self, request: Request) -> Response:
        """Save a decision: `proposal` by number, `verdict` (accept, reject or correct) and `after`."""
        try:
            given = await request.json()
            proposal = self.asked.proposals[given["proposal"]]
            after = {"accept": proposal.after, "reject": proposal.before, "correct": given.get("after")}[
                given["verdict"]
            ]
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            raise HTTPException(400, "No such proposal or verdict; load the page anew.") from None
        if not isinstance(after, str) or (not after.strip() and not proposal.is_edit):
            raise HTTPException(400, "Nothing is proposed here: press e and write what stood there.")
        if len(after) > MOST_LETTERS and given["verdict"] == "correct":
            raise HTTPException(
                400, f"A correction has at most {MOST_LETTERS:,} characters, not {len(after):,}."
            )
        decision = decided(proposal, after)
        self.decisions.add(decision)
        return self._answer(decision)

    async def undo(self, request: Request) -> Response:
        """Take the last decision back, and say on which proposal it was."""
        return self._answer(self.decisions.undo())

    def _answer(self, decision: Reviewed | None) -> Response:
        number = self.number.get(decision.place) if decision else None
        now = None if number is None else self._decided(self.asked.proposals[number])
        return JSONResponse({"proposal": number, "decision": now, "counts": self._counts()})

    def _counts(self) -> dict[str, int]:
        known = (self.decisions.of(place) for place in self.number)
        verdicts = [d.verdict for d in known if d]
        return {v: verdicts.count(v) for v in ("accepted", "rejected", "corrected")}

    def _decided(self, proposal: Proposal) -> dict[str, str] | None:
        decision = self.decisions.of(proposal.place)
        return {"verdict": decision.verdict, "after": visible(decision.after)} if decision else None

    def _parts(self, page: Page) -> list[dict[str, Any]]:
        source, at = self.asked.sources[page.document], page.start
        parts: list[dict[str, Any]] = []
        for number in range(page.first, page.last):
            p = self.asked.proposals[number]
            parts.append({"text": visible(source[at : p.start])})
            parts.append(
                {
                    "proposal": number, "before": visible(p.before), "after": visible(p.after),
                    "kind": p.kind, "score": p.score, "reason": visible(p.reason), "edit": p.is_edit,
                    "others": [visible(o) for o in p.others], "decision": self._decided(p),
                }
            )  # fmt: skip
            at = p.end
        parts.append({"text": visible(source[at : page.end])})
        return parts


def decided(p: Proposal, after: str) -> Reviewed:
    """What it means that `after` is to stand there."""
    verdict = "rejected" if after == p.before else "accepted" if after == p.after else "corrected"
    return Reviewed(p.text, p.file, p.start, p.end, p.left, p.before, p.right, p.after, after, verdict,
                    p.kind, p.source)  # fmt: skip

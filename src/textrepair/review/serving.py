"""The review as a server of this machine alone, until it is interrupted (uvicorn)."""

from __future__ import annotations

import errno
import secrets
import socket
import webbrowser
from collections.abc import Callable

import uvicorn

from textrepair.decisions import Decisions
from textrepair.errors import TextrepairError
from textrepair.review.app import HOST, app
from textrepair.review.proposals import Reviewable


def bound(port: int) -> socket.socket:
    """A socket on the loopback address at that port, or at a free one for 0.

    Raises `TextrepairError` where the port is in use or not ours to take.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        why = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be taken: {error.strerror}"
        raise TextrepairError(f"port {port} {why}; leave out --port, and a free one is taken") from None
    return listener


def serve(
    asked: Reviewable,
    decisions: Decisions,
    listener: socket.socket,
    *,
    browser: bool,
    tell: Callable[[str], None],
) -> None:
    """Answer the page at an address that `tell` is told, and open it in a browser, until Ctrl-C."""
    token, port = secrets.token_urlsafe(32), listener.getsockname()[1]
    address = f"http://{HOST}:{port}/{token}/"
    config = uvicorn.Config(
        app(asked, decisions, token, port), log_level="error", access_log=False, lifespan="off", ws="none"
    )
    tell(f"review at {address}")
    if browser and not _opened(address):
        tell("no browser could be opened: open the address yourself, on this machine")
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:  # the way to end it
        pass
    finally:
        listener.close()


def _opened(address: str) -> bool:
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False

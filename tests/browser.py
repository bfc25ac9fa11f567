"""A browser for the web face: asks the app over ASGI, without a socket. For those who need one there is ``served``."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from lxml import html
from starlette.types import ASGIApp

from tests.fakes import (
    NOON,
    FakeHeartbeats,
    FakeSecrets,
    FakeShelf,
    a_link,
    a_release,
    a_withdrawal,
    an_english_release,
    an_excerpt,
    article_id,
)
from worker.model.measures import Family
from worker.web.app import create_app

TOKEN = "correct horse battery staple"
Get = Callable[..., httpx.Response]


def a_full_shelf() -> FakeShelf:
    """One article of each sort on the portal, some in the feeds."""
    shelf = FakeShelf()
    shelf.put("portal", a_release(1), an_english_release(2), an_excerpt(3), a_link(4), a_withdrawal(5))
    shelf.put("out", a_release(1), an_english_release(2), a_withdrawal(5))
    shelf.put("partner", a_release(1))
    return shelf


def browser(shelf: FakeShelf, beats: FakeHeartbeats, measures: Callable[[], list[Family]] | None = None) -> Get:
    """``get(path, method="GET", peer=address, **headers)``; underscores in header names are hyphens, redirects are not
    followed."""
    secrets = FakeSecrets({"env:PARTNER_FEED_TOKEN": TOKEN})
    app = create_app(shelf, heartbeats=beats, clock=lambda: NOON, resolve=secrets, measures=measures)

    def ask(path: str, method: str = "GET", peer: str = "127.0.0.1", **headers: str) -> httpx.Response:
        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(peer, 50000))
            async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
                asked = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, path, headers={"accept-encoding": "identity", **asked})

        return asyncio.run(exchange())

    return ask


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The app on its real server, as long as the context lasts; gives its address, without a slash at the end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def article(number: int = 1) -> str:
    """The path of an article's page on the portal of ``a_full_shelf``."""
    return f"/portal/portal/article/{article_id(number)}"


def tree(answer: httpx.Response) -> Any:
    return html.document_fromstring(answer.text)


def words_of(element: Any) -> str:
    return " ".join(element.text_content().split())

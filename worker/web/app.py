"""The web face: pages, feeds, health. It reads the shelf and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog
from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker.errors import NewsroadError
from worker.model.delivery import Rendition
from worker.model.measures import Family
from worker.ports import Changes, Clock, Copies, Heartbeats, Shelf
from worker.renderers import page
from worker.settings import resolve_secret
from worker.web import changes as changes_api
from worker.web import feeds, files, health, media, metrics, portal
from worker.web.answer import answer
from worker.web.site import Site, plain_frame, say

SECURITY_HEADERS = {
    # No script, no frame, nothing from elsewhere but the pictures and sound of a text.
    "content-security-policy": (
        "default-src 'none'; img-src 'self' http: https:; media-src http: https:; style-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
}

_log = structlog.get_logger(__name__)


def create_app(
    shelf: Shelf,
    *,
    heartbeats: Heartbeats | None,
    clock: Clock,
    resolve: Callable[[str], str] = resolve_secret,
    copies: Copies | None = None,
    changes: Changes | None = None,
    measures: Callable[[], Iterable[Family]] | None = None,
) -> FastAPI:
    """The ASGI app. ``heartbeats`` None: ``/readyz`` speaks for this process only. ``resolve`` reads feed tokens.
    ``copies`` None: no pictures are served; ``changes`` None: nothing can be pulled; ``measures`` None: no
    ``/metrics``."""
    app = FastAPI(title="Newsroad", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    site = Site(shelf, clock, resolve)
    if measures is not None:
        app.include_router(metrics.router(measures))
    for routes in (
        health.router(heartbeats, clock),
        files.router(),
        feeds.router(site),
        portal.router(site),
    ):
        app.include_router(routes)
    if copies is not None:
        app.include_router(media.router(copies))
    if changes is not None:
        app.include_router(changes_api.router(changes, resolve))
    _answer_errors(app, shelf)
    app.add_middleware(_SecurityHeaders)
    return app


def _answer_errors(app: FastAPI, shelf: Shelf) -> None:
    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code != 404:
            return _words(request, error.status_code, f"{error.status_code} {error.detail}\n", error.headers)
        operator = shelf.operator()
        rendition = page.message(plain_frame(operator), say(operator)["not_found_title"], say(operator)["not_found"])
        return answer(request, rendition, status=404)

    @app.exception_handler(NewsroadError)
    @app.exception_handler(Exception)
    def failed(request: Request, error: Exception) -> Response:
        known = isinstance(error, NewsroadError)
        _log.error("web.failed", path=request.url.path, error=str(error) if known else repr(error))
        text = "This page cannot be shown just now; please try again in a minute.\n暂时无法显示此页，请稍后再试。\n"
        return _words(request, 503 if known else 500, text, SECURITY_HEADERS)


def _words(request: Request, status: int, text: str, headers: object = None) -> Response:
    extra = {str(name): str(value) for name, value in headers.items()} if isinstance(headers, dict) else {}
    return answer(request, Rendition("text/plain; charset=utf-8", text.encode(), extra), status=status)


class _SecurityHeaders:
    """Adds the headers to every answer that does not carry its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)

"""Publishers and partners of the simulated day, in a process of their own: ``python -m bench.day_places SECRET``.

``PUT /feed/N`` sets what ``GET /feed/N`` answers from then on, with an ETag. ``POST /to/NAME`` takes a signed delivery
and writes it down; ``PUT /state/NAME/down`` lets that partner answer 503, ``…/up`` take again. ``GET /log`` tells all
that was taken, in order. Prints its port.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b

from aiohttp import web

from bench.processes import started, until_left
from worker.demo.partner import verify


@dataclass(frozen=True, slots=True)
class Taken:
    """One delivery that a partner took: ``at`` by the sender's clock, in Unix seconds; ``action`` is publish, update or
    retract; ``title`` is empty for a retract."""

    partner: str
    id: str
    at: int
    action: str
    article: str
    sequence: int
    title: str


class Places:
    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.feeds: dict[str, tuple[bytes, str]] = {}
        self.down: set[str] = set()
        self.log: list[tuple[str, str, int, str, str, int, str]] = []
        self.refused = 0

    async def put_feed(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.feeds[request.match_info["number"]] = (body, f'"{blake2b(body, digest_size=8).hexdigest()}"')
        return web.Response()

    async def get_feed(self, request: web.Request) -> web.Response:
        body, etag = self.feeds[request.match_info["number"]]
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, headers={"ETag": etag, "Content-Type": "application/rss+xml; charset=utf-8"})

    async def take(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name in self.down:
            self.refused += 1
            return web.Response(status=503)
        body = await request.read()
        headers = {key.lower(): value for key, value in request.headers.items()}
        stamp = int(headers.get("webhook-timestamp", "0"))  # partners live on the simulated day too
        if not verify(body, headers, [self.secret], now=stamp):
            return web.Response(status=401)
        told = json.loads(body)["data"]
        title = told.get("title") or ""
        self.log.append((name, headers["webhook-id"], stamp, told["action"], told["id"], told["sequence"], title))
        return web.Response(status=204)

    async def set_state(self, request: web.Request) -> web.Response:
        change = self.down.add if request.match_info["state"] == "down" else self.down.discard
        change(request.match_info["name"])
        return web.Response()

    async def tell(self, _request: web.Request) -> web.Response:
        return web.json_response({"taken": self.log, "refused": self.refused})

    async def serve(self) -> None:
        app = web.Application(client_max_size=2**24)
        app.router.add_put("/feed/{number}", self.put_feed)
        app.router.add_get("/feed/{number}", self.get_feed)
        app.router.add_post("/to/{name}", self.take)
        app.router.add_put("/state/{name}/{state}", self.set_state)
        app.router.add_get("/log", self.tell)
        await until_left(app, "0.0.0.0")


class Elsewhere:
    """That process, seen from the bench."""

    def __init__(self, port: int, secret: str) -> None:
        self.port, self.secret = port, secret

    def feed(self, number: int) -> str:
        """Each feed has a loopback address, and so a host, of its own."""
        return f"http://127.20.{number // 250}.{1 + number % 250}:{self.port}/feed/{number}"

    def partner(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/to/{name}"

    def publish(self, number: int, document: bytes) -> None:
        self._put(f"/feed/{number}", document)

    def state(self, name: str, state: str) -> None:
        self._put(f"/state/{name}/{state}", b"")

    def log(self) -> tuple[list[Taken], int]:
        """What was taken, in order, and how many sends were answered 503."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/log", timeout=60) as answer:
            told = json.load(answer)
        return [Taken(*row) for row in told["taken"]], told["refused"]

    def _put(self, path: str, body: bytes) -> None:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, method="PUT")
        urllib.request.urlopen(request, timeout=30).close()


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Start publishers and partners, ended on leaving."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with started("bench.day_places", secret) as port:
        yield Elsewhere(port, secret)


if __name__ == "__main__":
    asyncio.run(Places(sys.argv[1]).serve())

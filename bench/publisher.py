"""The publishers, in a process of their own: ``python -m bench.publisher FEEDS``.

Serves ``/feed/N`` on every loopback address, gzipped; prints its port. ``POST /phase/NAME`` changes what it says:
``validators`` (ETag and Last-Modified, 304), ``plain`` (neither; the same bytes), ``new`` (one more item each, with
validators), ``hanging`` (as ``validators``, but where ``hangs(N)``, ``/small/N`` answers at the next phase only).
``/small/N`` is a feed of one item. ``POST /show`` puts an item on top of ``/shown``.
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b

from aiohttp import web

from bench.feeds import feed
from bench.processes import started


def hangs(number: int) -> bool:
    """One host in a hundred."""
    return number % 100 == 7


def address(number: int) -> str:
    """A loopback address of its own for each source, so that each is a host of its own."""
    return f"127.{10 + number // 60000}.{number // 250 % 240}.{1 + number % 250}"


class Publisher:
    def __init__(self, feeds: int) -> None:
        self.started = datetime.now(UTC)
        self.feeds = feeds
        self.phase = "validators"
        self.over = asyncio.Event()  # this phase
        self.port = 0
        self.bodies: dict[tuple[int, int], tuple[bytes, str]] = {}
        self.shown: list[str] = []

    def body(self, number: int, new: int) -> tuple[bytes, str]:
        key = (number, new)
        if key not in self.bodies:
            whole = feed(number, f"{address(number)}:{self.port}", self.started, new=new)
            self.bodies[key] = (gzip.compress(whole, 5, mtime=0), f'"{blake2b(whole, digest_size=8).hexdigest()}"')
        return self.bodies[key]

    def prepare(self) -> None:
        for number in range(self.feeds):
            for new in (0, 1):
                self.body(number, new)

    async def feed(self, request: web.Request) -> web.Response:
        body, etag = self.body(int(request.match_info["number"]), 1 if self.phase == "new" else 0)
        return self._answer(request, body, etag, with_validators=self.phase != "plain")

    def _answer(self, request: web.Request, body: bytes, etag: str, *, with_validators: bool) -> web.Response:
        headers = {"Content-Type": "application/rss+xml; charset=utf-8"}
        if with_validators:
            headers |= {"ETag": etag, "Last-Modified": format_datetime(self.started, usegmt=True)}
            if request.headers.get("If-None-Match") == etag:
                return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers | {"Content-Encoding": "gzip"})

    async def small(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        if self.phase == "hanging" and hangs(number):
            await self.over.wait()
        etag = f'"small-{number}"'
        if request.headers.get("If-None-Match") == etag:
            return self._answer(request, b"", etag, with_validators=True)
        whole = feed(number, f"{address(number)}:{self.port}", self.started, items=1)
        return self._answer(request, gzip.compress(whole, 1), etag, with_validators=True)

    async def show(self, request: web.Request) -> web.Response:
        self.shown.append(await request.text())
        return web.Response()

    async def show_feed(self, request: web.Request) -> web.Response:
        whole = (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Bench</title>'
            "<link>http://127.0.0.1/</link><description>-</description>"
            + "".join(self.shown[::-1][:50])
            + "</channel></rss>"
        ).encode()
        return self._answer(request, gzip.compress(whole, 1), f'"{len(self.shown)}"', with_validators=True)

    async def set_phase(self, request: web.Request) -> web.Response:
        self.phase = request.match_info["name"]
        self.over.set()
        self.over = asyncio.Event()
        return web.Response()

    async def serve(self) -> None:
        app = web.Application()
        app.router.add_get("/feed/{number}", self.feed)
        app.router.add_get("/small/{number}", self.small)
        app.router.add_get("/shown", self.show_feed)
        app.router.add_post("/show", self.show)
        app.router.add_post("/phase/{name}", self.set_phase)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "0.0.0.0", 0, backlog=1024)
        await site.start()
        self.port = runner.addresses[0][1]
        self.prepare()
        print(self.port, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until our parent is gone


class Elsewhere:
    """The publishers' process, seen from a bench."""

    def __init__(self, port: int) -> None:
        self.port = port

    def address(self, path: str, number: int) -> str:
        return f"http://{address(number)}:{self.port}/{path}/{number}"

    def phase(self, name: str) -> None:
        self.post(f"/phase/{name}")

    def post(self, path: str, text: str = "") -> None:
        url = f"http://127.0.0.1:{self.port}{path}"
        urllib.request.urlopen(urllib.request.Request(url, text.encode(), method="POST"), timeout=30).close()


@contextmanager
def publishers(feeds: int) -> Iterator[Elsewhere]:
    """Start ``feeds`` publishers in a process of their own, ended on leaving."""
    with started("bench.publisher", str(feeds)) as port:
        yield Elsewhere(port)


if __name__ == "__main__":
    asyncio.run(Publisher(int(sys.argv[1])).serve())

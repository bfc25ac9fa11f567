"""The partners, in a process of their own: ``python -m bench.sink SECRET``. Prints its port.

``/fast/NAME`` answers 204 at once, ``/slow/NAME`` after 100 ms, ``/dead/NAME`` takes everything and never answers.
Every signature is checked; ``/tally`` tells how many held and how many did not.
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

from aiohttp import web

from bench.processes import started, until_left
from worker.demo.partner import verify

LATENCY = 0.1


class Partners:
    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.tally = {"signed": 0, "unsigned": 0}

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        signed = verify(body, headers, [self.secret])
        self.tally["signed" if signed else "unsigned"] += 1
        return web.Response(status=204 if signed else 401)

    async def fast(self, request: web.Request) -> web.Response:
        return await self._take(request)

    async def slow(self, request: web.Request) -> web.Response:
        await asyncio.sleep(LATENCY)
        return await self._take(request)

    async def dead(self, request: web.Request) -> web.Response:
        await asyncio.sleep(300)
        return await self._take(request)

    async def count(self, _request: web.Request) -> web.Response:
        return web.json_response(self.tally)

    async def serve(self) -> None:
        app = web.Application(client_max_size=2**24)
        for name, answer in (("fast", self.fast), ("slow", self.slow), ("dead", self.dead)):
            app.router.add_post(f"/{name}/{{partner}}", answer)
        app.router.add_get("/tally", self.count)
        await until_left(app)


class Sink:
    """The partners' process, seen from a bench."""

    def __init__(self, port: int, secret: str) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.secrets = {"BENCH_SECRET": secret}

    def tally(self) -> dict[str, int]:
        with urllib.request.urlopen(f"{self.address}/tally", timeout=30) as answer:
            return dict(json.load(answer))


@contextmanager
def sink() -> Iterator[Sink]:
    """Start the partners in a process of their own, ended on leaving."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with started("bench.sink", secret) as port:
        yield Sink(port, secret)


if __name__ == "__main__":
    asyncio.run(Partners(sys.argv[1]).serve())

"""A small HTTP peer on loopback that answers as told, however badly, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_network

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request as it came in. ``at`` is monotonic seconds; ``connection`` numbers the sockets."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float
    connection: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a script gets: the arrival, a way to write raw bytes, and a way to drop the connection."""

    arrival: Arrival
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Drop the connection at once, without a proper end."""
        self.writer.transport.abort()


Script = Callable[[Exchange], Awaitable[None]]


def answer(status: int = 200, body: bytes = b"", *, headers: dict[str, str] | None = None) -> bytes:
    """Return a complete answer with its length."""
    lines = [f"HTTP/1.1 {status} Text", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if status not in {204, 304}:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body


@dataclass(slots=True)
class Peer:
    """The server. ``scripts`` maps a path (without query) to what it does: bytes to send, or a coroutine
    function. ``greeting`` is sent before anything is asked."""

    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    greeting: bytes = b""
    scripts: dict[str, bytes | Script] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    open_connections: int = 0
    _started: threading.Event = field(default_factory=threading.Event)
    _stop: Callable[[], object] = field(default=lambda: None)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Peer:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()), daemon=True)
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._thread is not None
        self._stop()
        self._thread.join()

    def url(self, path: str = "/", host: str = "") -> str:
        """Return the address of ``path`` here; ``host`` overrides the name the client is to use."""
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'https' if self.tls else 'http'}://{name}:{self.port}{path}"

    def targets(self) -> list[str]:
        """Return the request targets seen so far, in order."""
        return [arrival.target for arrival in self.arrivals]

    async def _live(self) -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(over.set)
        server = await asyncio.start_server(self._serve, self.host, self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await over.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        number = self.connections
        writer.write(self.greeting)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    arrival = await self._read(reader, number)
                    self.arrivals.append(arrival)
                    await self._reply(Exchange(arrival, writer))
        finally:
            self.open_connections -= 1
            writer.close()

    @staticmethod
    async def _read(reader: asyncio.StreamReader, number: int) -> Arrival:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        at = time.monotonic()
        first, *fields = head.split("\r\n")[:-2]
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Arrival(method, target, headers, body, at, number)

    async def _reply(self, exchange: Exchange) -> None:
        script = self.scripts.get(exchange.arrival.target.partition("?")[0], answer(404, b"no such page"))
        if isinstance(script, bytes):
            await exchange.send(script)
        else:
            await script(exchange)

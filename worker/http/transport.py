"""One HTTP exchange: a Request in, an Outcome out, whatever the other side does.

Built straight on aiohttp. An httpx client on top, answered at once by an empty transport, costs 0.19 ms CPU a request
on a machine where aiohttp's whole exchange costs 0.3: too much for an interface nothing here needs. The seam for tests
and for another library is ``Wire``, two methods.

What aiohttp does by default and we do not want: it sends a GET again when a kept-alive connection turns out dead, it
keeps cookies, follows redirects to any host, re-encodes addresses, reads the proxy settings of the environment, and
unfolds compressed bodies without bound.
"""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urljoin

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest, ConnectionKey
from aiohttp.connector import AddrInfoType, Connection
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from yarl import URL

from worker.http.guard import Guard, check_url, origin, wire_url
from worker.http.inflate import BodyError, Gunzip, Plain, coding
from worker.model.fetch import FetchError, Outcome, Phase, Request

COURTESY_BYTES = 64 * 1024  # of a body nobody depends on: an error page, the answer to a write
_FIELD_BYTES = 16 * 1024
_FIELDS = 200
_DNS_SECONDS = 10
# Below the 5 s after which many servers drop an idle connection: one dropped just as we write costs us the request.
_KEEP_ALIVE_SECONDS = 4.0
_IDLE_HOSTS = 200
_LARGE_BODY = 512 * 1024  # aiohttp warns when handed more than 1 MiB as bytes
_DETAIL_LENGTH = 300
_READS = frozenset({"GET", "HEAD"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Wire(Protocol):
    """The seam: what Http needs of the network. Made, used and closed on the loop thread."""

    async def exchange(self, request: Request) -> Outcome:
        """Make one exchange within ``request.deadline``. Never raises but on cancellation."""

    async def close(self) -> None:
        """Close every connection."""


@dataclass(slots=True)
class _Progress:
    """How far the exchange at hand has come; filled in by the connector, which alone knows.

    ``sent`` holds for the exchange; the other fields for its newest request, since a redirect may connect again.
    """

    sent: bool = False
    connected: bool = False
    dialled: bool = False
    refusals: list[str] = field(default_factory=list)
    remote_address: str | None = None


_progress: ContextVar[_Progress] = ContextVar("_progress")


class _Refused(OSError):
    """The guard does not let us dial this address."""


class _Connector(aiohttp.TCPConnector):
    """Dials what the guard allows, notes progress, and keeps a bounded number of idle connections."""

    def __init__(self, guard: Guard, connections: int) -> None:
        super().__init__(
            limit=connections,
            ttl_dns_cache=_DNS_SECONDS,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
            socket_factory=self._open_socket,
        )
        self._guard = guard
        self._idle_hosts = min(connections, _IDLE_HOSTS)

    def _open_socket(self, addr_info: AddrInfoType) -> socket.socket:
        """Make the socket for one candidate address; called for literal addresses too, right before connecting."""
        family, kind, protocol, _, sockaddr = addr_info
        progress = _progress.get()
        if refusal := self._guard.refusal(sockaddr):
            progress.refusals.append(refusal)
            raise _Refused(refusal)
        progress.dialled = True
        return socket.socket(family, kind, protocol)

    async def connect(self, req: ClientRequest, traces: list[Any], timeout: aiohttp.ClientTimeout) -> Connection:
        """Give a connection, new or kept; what fails up to here was not sent."""
        connection = await super().connect(req, traces, timeout)
        progress = _progress.get()
        progress.sent = progress.connected = True
        if connection.transport is not None and (peer := connection.transport.get_extra_info("peername")):
            progress.remote_address = peer[0]
        return connection

    def _release(self, key: ConnectionKey, protocol: ResponseHandler, *, should_close: bool = False) -> None:
        # aiohttp's limit counts connections in use only; with every host asked once, idle ones would pile up.
        super()._release(key, protocol, should_close=should_close or len(self._conns) >= self._idle_hosts)


class _Unusable(Exception):
    """The exchange cannot go on, for a reason we found ourselves."""

    def __init__(self, error: FetchError, detail: str) -> None:
        super().__init__(detail)
        self.error = error


@dataclass(slots=True)
class _Answer:
    """What has arrived so far; ``status`` belongs to the newest request of the exchange, None while it is open."""

    url: str
    hops: list[tuple[int, str]] = field(default_factory=list)
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    collected: Plain = field(default_factory=lambda: Plain(0))
    detail: str = ""

    @property
    def final(self) -> bool:
        """Whether the status alone says it all: the host refused or failed, and a lost body was only its comment."""
        return self.status is not None and not 200 <= self.status < 300


class AiohttpWire:
    """Exchanges over one aiohttp session. Create and use it on the loop thread only."""

    def __init__(self, *, user_agent: str, guard: Guard, clock: Callable[[], datetime], connections: int) -> None:
        self._clock = clock
        self._session = aiohttp.ClientSession(
            connector=_Connector(guard, connections),
            headers={"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_FIELD_BYTES,
            max_field_size=_FIELD_BYTES,
            max_headers=_FIELDS,
        )
        # No public switch exists; aiohttp's own test client sets the same attribute, and a test of ours watches it.
        self._session._retry_connection = False

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    async def exchange(self, request: Request) -> Outcome:
        """Make one exchange; see ``Outcome`` for what comes back. Never raises but on cancellation."""
        started = self._clock()
        progress = _Progress()
        _progress.set(progress)
        answer = _Answer(request.url)
        error: FetchError | None = None
        try:
            async with asyncio.timeout(request.deadline):
                await self._converse(request, answer, progress)
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError, BodyError, _Unusable) as failure:
            error, answer.detail = _diagnose(failure, progress, request)
        if answer.final and error in {FetchError.TIMEOUT, FetchError.RESET}:
            error = None
        return Outcome(
            tag=request.tag,
            url=answer.url,
            phase=_phase(error, progress),
            status=answer.status,
            headers=answer.headers,
            body=answer.collected.body() if error is None else b"",
            error=error,
            detail=answer.detail,
            started=started,
            finished=self._clock(),
            hops=tuple(answer.hops),
            remote_address=progress.remote_address,
            packed=answer.collected.packed() if error is None else None,
        )

    async def _converse(self, request: Request, answer: _Answer, progress: _Progress) -> None:
        """Send the request, follow redirects within the host, read the answer that stays."""
        if problem := check_url(request.url):
            raise _Unusable(FetchError.BAD_URL, problem)
        url = wire_url(request.url)
        while True:
            progress.connected = progress.dialled = False
            progress.refusals.clear()
            response = await self._send(request, url)
            try:
                answer.status, answer.headers = response.status, _flat(response)
                target = _target(request, url, answer)
                if target is None:
                    await _read(request, response, answer)
                    return
            finally:
                response.release()  # back to the pool, or closed when something of the body is still to come
            answer.hops.append((response.status, target))
            answer.url, answer.status, answer.headers = target, None, {}
            url = target

    async def _send(self, request: Request, url: str) -> aiohttp.ClientResponse:
        body = request.body
        return await self._session.request(
            request.method,
            URL(url, encoded=True),
            headers=request.headers,
            data=io.BytesIO(body) if body is not None and len(body) > _LARGE_BODY else body,
            allow_redirects=False,
        )


def _flat(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the header fields as one dict: lower-case names, repeated ones joined, no undecodable bytes."""
    flat: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        text = value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        flat[key] = f"{flat[key]}, {text}" if key in flat else text
    return flat


def _target(request: Request, url: str, answer: _Answer) -> str | None:
    """Return where to go on within the same scheme, host and port; None when this answer is the one to hand back."""
    location = answer.headers.get("location", "").strip()
    if answer.status not in _REDIRECTS or not location or not request.follow or request.method not in _READS:
        return None
    target = location if "://" in location.partition("?")[0] else urljoin(url, location)
    target = target.partition("#")[0].replace(" ", "%20")
    if check_url(target) is not None:
        return None
    target = wire_url(target)
    if origin(target) != origin(url):
        return None
    if len(answer.hops) >= request.follow:
        raise _Unusable(FetchError.REDIRECTS, f"more than {request.follow} redirects within the host")
    return target


async def _read(request: Request, response: aiohttp.ClientResponse, answer: _Answer) -> None:
    """Read the body: exactly and within bounds where it matters, up to 64 KiB and as it comes where it does not."""
    courtesy = answer.final or request.method not in _READS
    limit = min(request.max_bytes, COURTESY_BYTES) if courtesy else request.max_bytes
    try:
        compressed = coding(answer.headers.get("content-encoding", ""))
        answer.collected = collected = Gunzip(limit) if compressed else Plain(limit)
        while chunk := await response.content.readany():
            collected.feed(chunk)
        collected.finish()
    except BodyError as failure:
        if not courtesy:
            raise
        answer.detail = str(failure)


def _phase(error: FetchError | None, progress: _Progress) -> Phase:
    if error is None:
        return Phase.ANSWERED
    return Phase.UNKNOWN if progress.sent and error is not FetchError.BAD_URL else Phase.NOT_SENT


def _diagnose(failure: Exception, progress: _Progress, request: Request) -> tuple[FetchError, str]:
    """Return the error and a line of detail for what stopped an exchange."""
    if isinstance(failure, (BodyError, _Unusable)):
        return failure.error, str(failure)
    if isinstance(failure, TimeoutError):
        return FetchError.TIMEOUT, f"no {'answer' if progress.connected else 'connection'} in {request.deadline:g} s"
    if progress.refusals and not progress.dialled:
        refusals = "; ".join(dict.fromkeys(progress.refusals))
        return FetchError.GUARD, f"{refusals}; if this network is yours, add it to NEWSROAD_ALLOW_NETWORKS"
    # aiohttp's full text of a protocol error is drawn over several lines and quotes the address.
    text = failure.message if isinstance(failure, aiohttp.ClientResponseError) else str(failure)
    return _network_error(failure, progress), " ".join(text.split())[:_DETAIL_LENGTH] or type(failure).__name__


def _network_error(failure: Exception, progress: _Progress) -> FetchError:
    if isinstance(failure, aiohttp.ClientSSLError):
        return FetchError.TLS
    if isinstance(failure, ValueError):  # refused by aiohttp, yarl or the resolver before anything was written
        return FetchError.BAD_URL
    if progress.connected:
        return FetchError.TOO_LARGE if isinstance(failure.__cause__, LineTooLong) else FetchError.RESET
    return FetchError.DNS if isinstance(failure, aiohttp.ClientConnectorDNSError) else FetchError.CONNECT

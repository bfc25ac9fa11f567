"""``/metrics`` for Prometheus, in its text format 0.0.4. For this machine's monitoring only: whatever came through a
proxy is answered as if nothing were there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address
from threading import Lock

from fastapi import APIRouter, HTTPException, Request, Response

from worker.model.delivery import Rendition
from worker.model.measures import Family, Labels
from worker.web.answer import answer

PREFIX = "newsroad_"
FRESH = 5.0  # seconds for which a reading is shown again
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "via")

Read = Callable[[], Iterable[Family]]


class Shown:
    """The last reading, for whoever asks within a few seconds of it. ``timer`` is monotonic seconds."""

    def __init__(self, read: Read, timer: Callable[[], float] = time.monotonic) -> None:
        self._read, self._timer = read, timer
        self._lock = Lock()
        self._last: tuple[float, bytes] | None = None

    def __call__(self) -> bytes:
        with self._lock:
            if self._last is None or self._timer() - self._last[0] >= FRESH:
                self._last = (self._timer(), exposition(self._read()))
            return self._last[1]


def router(read: Read) -> APIRouter:
    routes = APIRouter()
    shown = Shown(read)

    @routes.get("/metrics")
    def metrics(request: Request) -> Response:
        if any(name in request.headers for name in PROXIED) or _is_stranger(request):
            raise HTTPException(404)
        return answer(request, Rendition(CONTENT_TYPE, shown()))

    return routes


def _is_stranger(request: Request) -> bool:
    """Whether who asks has a public address: for a web face that was opened to the network without a proxy."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_global


def exposition(families: Iterable[Family]) -> bytes:
    """The families as Prometheus reads them."""
    lines = []
    for family in families:
        name = PREFIX + family.name
        lines += [f"# HELP {name} {_escaped(family.help, quotes=False)}", f"# TYPE {name} {family.kind}"]
        lines += [f"{name}{one.suffix}{_labels(one.labels)} {one.value:.10g}" for one in family.samples]
    return "\n".join([*lines, ""]).encode()


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}" if labels else ""


def _escaped(text: str, *, quotes: bool = True) -> str:
    plain = text.replace("\\", "\\\\").replace("\n", "\\n")
    return plain.replace('"', '\\"') if quotes else plain

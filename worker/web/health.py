"""``/livez``: the process answers. ``/readyz``: it can do its work, and how long ago each part said it lives."""

from __future__ import annotations

import json
from datetime import datetime

from fastapi import APIRouter, Request, Response

from worker.model.delivery import Rendition
from worker.ports import Clock, Heartbeats
from worker.renderers.terms import rfc3339
from worker.web.answer import answer

STALE = 60.0
"""Seconds without a tick after which nothing new is polled or delivered; pages still answer."""


def router(heartbeats: Heartbeats | None, clock: Clock) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/livez", methods=["GET", "HEAD"])
    def livez(request: Request) -> Response:
        return answer(request, Rendition("text/plain; charset=utf-8", b"ok\n"))

    @routes.api_route("/readyz", methods=["GET", "HEAD"])
    def readyz(request: Request) -> Response:
        status, facts = _state(heartbeats, clock())
        body = json.dumps(facts, ensure_ascii=False, indent=1).encode() + b"\n"
        return answer(request, Rendition("application/json", body), status=status)

    return routes


def _state(heartbeats: Heartbeats | None, now: datetime) -> tuple[int, dict[str, object]]:
    if heartbeats is None:
        return 200, {"state": "ok", "detail": "this process keeps no heartbeats"}
    try:
        beats = heartbeats.last()
    except Exception:  # noqa: BLE001 (whatever keeps the database from answering, the balancer must be told)
        return 503, {"state": "unavailable", "detail": "the database does not answer"}
    parts = {
        name: {"last": rfc3339(at), "age_s": round((now - at).total_seconds(), 1)} for name, at in sorted(beats.items())
    }
    tick = beats.get("tick")
    if tick is None:
        return 200, {"state": "degraded", "detail": "no tick yet: are beat and a worker running?", "parts": parts}
    if (now - tick).total_seconds() > STALE:
        detail = (
            f"no tick for more than {STALE:.0f} s: nothing new is polled or delivered; look at beat and the workers"
        )
        return 200, {"state": "degraded", "detail": detail, "parts": parts}
    return 200, {"state": "ok", "parts": parts}

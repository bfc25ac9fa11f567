"""The ``newsroad`` console script and the web face's ASGI app: the worker's own, with Celery's hints wired in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks import app
from tasks.hints import CeleryHints
from worker.bootstrap import build_services, use_hints

if TYPE_CHECKING:
    from fastapi import FastAPI


def main() -> None:
    """Run the command line."""
    from worker.cli.main import main as run

    use_hints(CeleryHints(app))
    run()


def asgi() -> FastAPI:
    """The web face, for ``uvicorn --factory tasks.entry:asgi``."""
    from worker.web.app import create_app

    services = build_services(hints=CeleryHints(app))
    return create_app(services.shelf, heartbeats=services.pulse, clock=services.clock)

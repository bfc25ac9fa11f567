"""The ``newsroad`` console script and the web face's ASGI app: the worker's own, with Celery's hints wired in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


def main() -> None:
    """Run the command line. What a command does not need is not imported: ``probe`` starts without a store."""
    from worker.cli.main import main as run

    run(_wire)


def _wire() -> None:
    from tasks.hints import CeleryHints
    from worker.bootstrap import use_hints

    use_hints(CeleryHints())


def asgi() -> FastAPI:
    """The web face, for ``uvicorn --factory tasks.entry:asgi``."""
    from tasks.hints import CeleryHints
    from worker.bootstrap import build_services
    from worker.log import configure
    from worker.web.app import create_app

    services = build_services(hints=CeleryHints())
    configure(services.settings.log_level, services.settings.log_format)
    return create_app(
        services.shelf,
        heartbeats=services.pulse,
        clock=services.clock,
        copies=services.copies,
        changes=services.changes,
        measures=services.measure,
    )

"""One Services per worker child, made on first use: after the fork, and again after another fork."""

from __future__ import annotations

import os

from tasks.hints import CeleryHints
from worker.bootstrap import Services, build_services

_made: tuple[int, Services] | None = None


def services() -> Services:
    """The Services of this process."""
    global _made  # noqa: PLW0603 - one per process is the point
    if _made is None or _made[0] != os.getpid():
        _made = (os.getpid(), build_services(hints=CeleryHints()))
    return _made[1]

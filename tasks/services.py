"""One Services per worker child, made on first use: after the fork, and again after another fork.

The product is imported by workers only, once in the parent, so that the children share its pages; beat and Flower
load this package too and need none of it.
"""

from __future__ import annotations

import gc
import mmap
import os
from typing import TYPE_CHECKING

from celery.signals import worker_init, worker_shutting_down

if TYPE_CHECKING:
    from worker.bootstrap import Services

_made: tuple[int, Services] | None = None
_stopping = mmap.mmap(-1, 1)  # shared with the children: only the parent hears the signal


@worker_init.connect
def _preload(**_event: object) -> None:
    from tasks.quiet import say_less
    from worker.bootstrap import preload
    from worker.log import configure
    from worker.settings import read_settings

    settings = read_settings()
    configure(settings.log_level, settings.log_format)
    say_less()
    preload()
    gc.collect()
    gc.freeze()  # the children's collector leaves these pages alone, so that they stay shared


@worker_shutting_down.connect
def _stop(**_event: object) -> None:
    """Close every child's window: what is in flight ends, nothing new starts, leases are given back."""
    _stopping[0] = 1


def services() -> Services:
    """The Services of this process."""
    global _made  # noqa: PLW0603 - one per process is the point
    if _made is None or _made[0] != os.getpid():
        from tasks.hints import CeleryHints
        from worker.bootstrap import build_services

        made = build_services(hints=CeleryHints())
        made.stopping = lambda: bool(_stopping[0])
        _made = (os.getpid(), made)
    return _made[1]

"""Celery's ``Hints``: sending a knock must never hurt the work that was just committed."""

from __future__ import annotations

import structlog

log = structlog.get_logger("newsroad.hints")


class CeleryHints:
    """Knocks by name, so that the process that rings need not import the task. Celery itself is imported when
    something is first rung for: most commands never do, and it costs them a second."""

    def poll(self) -> None:
        self._ring("poll", (), "poll")

    def ingest(self, snapshot: int, source: str) -> None:
        self._ring("ingest", (snapshot, source), "ingest")

    def deliver(self, destination: str) -> None:
        self._ring("deliver", (destination,), "deliver")

    def recheck(self) -> None:
        self._ring("recheck", (), "upkeep")

    def reindex(self) -> None:
        self._ring("reindex", (), "upkeep")

    def _ring(self, name: str, arguments: tuple[object, ...], queue: str) -> None:
        from kombu.exceptions import OperationalError
        from redis.exceptions import RedisError

        from tasks import app

        try:
            app.send_task(name, args=arguments, queue=queue, retry=False)
        except (OperationalError, RedisError, OSError) as error:
            # The broker is away. The row is committed and due; the tick knocks again when it is back.
            log.warning("knock lost", stage=name, error=str(error))

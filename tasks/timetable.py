"""Beat's timetable on a clock that may have been wrong.

Beat counts from when it last knocked, by the clock of the machine, and keeps that in a file. A clock that was set back
leaves last knocks in the future: nothing would be knocked at until that day comes, after a restart neither.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler

from tasks.quiet import say_less

say_less()  # beat alone imports this

SKEW = timedelta(seconds=10)


class Timetable(PersistentScheduler):  # type: ignore[misc]
    """As Celery's own, but a last run that lies in the future counts as one just now."""

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at > now + SKEW:
                entry.last_run_at = now
                self._heap = None  # made anew from the entries
        return super().tick(*args, **kwargs)

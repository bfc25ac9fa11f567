"""When a schedule changes, what waits for it is due by the new one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from worker import openings
from worker.model.catalog import Catalogue, Destination
from worker.model.delivery import DeliveryState
from worker.openings import Timetable
from worker.store.declared import destination
from worker.store.engine import among
from worker.store.schema import article, delivery

CHUNK = 500

_WAITING = (
    sa.select(delivery.c.id, article.c.created_at)
    .join(destination, destination.c.id == delivery.c.destination_id)
    .join(article, article.c.id == delivery.c.article_id)
    .where(
        destination.c.key == sa.bindparam("key"),
        delivery.c.state == DeliveryState.DUE.value,
        delivery.c.priority > 0,
        delivery.c.failures == 0,  # a retry has a time of its own; the claim sees to the windows
        delivery.c.due_at > sa.bindparam("now", type_=delivery.c.due_at.type),
    )
)
_RETIME = sa.update(delivery).where(among(delivery.c.id, "ids")).values(due_at=sa.bindparam("b_due"))


def retime(connection: Connection, before: Catalogue, after: Catalogue, now: datetime) -> None:
    """Give what waits for destinations whose times changed between these catalogues its due time anew. A delay counts
    from when the article came to us, the publication being long packed away."""
    old = {one.key: _times(one, before) for one in before.destinations}
    for one in after.destinations:
        times = _times(one, after)
        if one.key not in old or old[one.key] == times:
            continue
        due: dict[datetime, list[int]] = {}
        for row in connection.execute(_WAITING, {"key": one.key, "now": now}):
            due.setdefault(openings.due_at(one.schedule, times[0], row.created_at, now), []).append(row.id)
        for moment, ids in due.items():
            for at in range(0, len(ids), CHUNK):
                connection.execute(_RETIME, {"ids": ids[at : at + CHUNK], "b_due": moment})


def _times(one: Destination, catalogue: Catalogue) -> tuple[Timetable, int]:
    calendars = {calendar.key: calendar for calendar in catalogue.calendars}
    return openings.timetable(one.schedule, calendars, catalogue.operator.zone), one.schedule.delay

"""Which deliveries pass the stops in force, as conditions of a query. Retractions, which always do, are up to the
query; so is joining ``destination`` to ``delivery``."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from worker.model.stops import Stopped
from worker.store.declared import channel, destination, source
from worker.store.schema import delivery, entry, placement, version


def of_destination(name: str = "") -> sa.ColumnElement[bool]:
    """No stop is of everything, nor of this destination."""
    shut = sa.bindparam(f"{name}shut", expanding=True, type_=sa.String)
    return sa.and_(sa.not_(sa.bindparam(f"{name}everything", type_=sa.Boolean)), destination.c.key.not_in(shut))


def of_text(name: str = "") -> sa.ColumnElement[bool]:
    """The source that the version leads with is not stopped, nor are all the channels on which the article goes to
    this destination."""
    stopped = (
        sa.exists()
        .correlate(delivery)
        .where(
            version.c.article_id == delivery.c.article_id,
            version.c.number == delivery.c.version,
            entry.c.id == version.c.entry_id,
            source.c.id == entry.c.source_id,
            source.c.key.in_(sa.bindparam(f"{name}sources", expanding=True, type_=sa.String)),
        )
    )
    way = (
        sa.exists()
        .correlate(delivery, destination)
        .where(
            placement.c.article_id == delivery.c.article_id,
            channel.c.id == placement.c.channel_id,
            sa.tuple_(destination.c.key, channel.c.key).in_(sa.bindparam(f"{name}ways", expanding=True)),
        )
    )
    narrowed = destination.c.key.in_(sa.bindparam(f"{name}narrowed", expanding=True, type_=sa.String))
    return sa.and_(~stopped, sa.or_(~narrowed, way))


def looks_at_texts(stopped: Stopped) -> bool:
    """Whether ``of_text`` says more than yes: looking at texts costs, so most queries leave it out."""
    return bool(stopped.sources or stopped.channels)


def parameters(stopped: Stopped, name: str = "") -> dict[str, Any]:
    """What the conditions' parameters are, for ``stopped``."""
    return {
        f"{name}everything": stopped.everything,
        f"{name}shut": sorted(stopped.destinations),
        f"{name}sources": sorted(stopped.sources),
        f"{name}narrowed": sorted(stopped.channels),
        f"{name}ways": sorted((key, way) for key, ways in stopped.channels.items() for way in ways),
    }

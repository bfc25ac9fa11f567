"""Rows of hosts and resources as the poll stage claims them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from worker.model.catalog import FOLLOW, DataCall, SourceKind
from worker.model.feed import Role
from worker.model.polling import DueResource, HostClaim, PageTimes, ResourceState
from worker.store.schema import resource

LEADING_ROLES = (Role.FEED, Role.LISTING)
LEADING = tuple(role.value for role in LEADING_ROLES)
PAGE_RETRY = 600  # seconds: what the back-off of a page that fails begins with
# What one poll needs of a resource; its `seen` may be long.
DUE = (
    *(resource.c.id, resource.c.host_id, resource.c.role, resource.c.key.label("resource_key"), resource.c.url),
    *(resource.c.ask_url, resource.c.etag, resource.c.last_modified, resource.c.body_hash, resource.c.floor_seconds),
    *(resource.c.failures, resource.c.redirects, resource.c.state, resource.c.due_at, resource.c.step),
    *(resource.c.read_at, resource.c.misses, resource.c.missing_since),
)


def host_claim(row: Any, due: tuple[DueResource, ...], now: datetime) -> HostClaim:
    """A ``host`` row with its due resources, as claimed at ``now``."""
    return HostClaim(
        id=row.id,
        name=row.name,
        domain=row.domain,
        pace=row.pace,
        resources=due,
        robots=row.robots,
        stale=row.robots_until is None or row.robots_until <= now,
        scheme=due[0].url.partition(":")[0].lower() if due else "https",
    )


def due_resource(row: Any) -> DueResource:
    """A row of the columns ``DUE``, with ``source`` (its key) and ``declared``."""
    role, declared = Role(row.role), row.declared
    site = declared["kind"] == SourceKind.SITE
    plain = {
        "id": row.id,
        "source": row.source,
        "url": row.ask_url,
        "own_url": row.url,
        "etag": row.etag,
        "last_modified": row.last_modified,
        "body_hash": row.body_hash,
        "floor": row.floor_seconds,
        "failures": row.failures,
        "redirects": row.redirects,
        "hint_cap": declared["hint_cap"],
        "role": role,
        "state": ResourceState(row.state),
    }
    if role in LEADING_ROLES:
        call = declared.get("listing", {}).get("request") if site and row.resource_key is None else None
        return DueResource(
            **plain,
            every=declared["every"],
            call=DataCall(call["method"], call["form"]) if call else None,
            times=PageTimes(step=row.step),
        )
    followed = role in (Role.ARTICLE, Role.PART)
    settle = declared.get("settle", 0) if role is Role.ARTICLE else 0
    steps = tuple(declared.get("follow", FOLLOW)) if followed else ()
    times = PageTimes(
        steps=(settle, *steps) if settle else steps,
        step=row.step,
        read_at=row.read_at,
        settles=bool(settle),
        misses=row.misses,
        missing_since=row.missing_since,
    )
    return DueResource(**plain, every=PAGE_RETRY, times=times)

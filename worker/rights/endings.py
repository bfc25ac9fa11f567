"""What the end of a grant changes, and who must know of it beforehand. Pure.

A grant that ends takes nothing back unless it says so (``on_expiry = "withdraw"``): what is out under it stays as it
is, in the version that is out, and nothing new goes out under it. A grant that left the file has ended, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from worker.model.catalog import Catalogue, Grant, Use
from worker.model.delivery import Decision, Reason

WARN_DAYS = (60, 30, 7)
"""So many days before a grant ends people are told, once for each."""

_UNDER = (Reason.GRANT_ACTIVE, Reason.GRANT_ENDED, Reason.THIRD_PARTY_IN_FEED)


@dataclass(frozen=True, slots=True)
class Given:
    """What one destination has of an article. ``before`` is the newest decision about it there, ``out`` the use it was
    given (None: nothing is out), ``same``: what is out is the version in question, ``maybe``: something may be out."""

    before: Decision | None = None
    out: Use | None = None
    same: bool = False
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """A grant that ends soon: in ``days`` whole days, which is within ``step``, the nearest of ``WARN_DAYS``."""

    grant: Grant
    ends: datetime
    days: int
    step: int


def ending_grants(catalogue: Catalogue, now: datetime) -> tuple[Ending, ...]:
    """The grants that end within 60 days of ``now`` (aware UTC), the next one first. One that another grant of the same
    terms goes on from is left out: nothing ends with it.

    How many live articles hang on each is the store's to tell: ``People.hanging``, by the grant's key.
    A warning is due once for each ``(grant.key, step)``.
    """
    found = []
    for grant in catalogue.grants:
        if grant.valid_until is None or grant.valid_until <= now:
            continue
        left = grant.valid_until - now
        step = min((days for days in WARN_DAYS if left <= timedelta(days=days)), default=None)
        if step is not None and not any(_goes_on(grant, other) for other in catalogue.grants):
            found.append(Ending(grant, grant.valid_until, left.days, step))
    return tuple(sorted(found, key=lambda one: (one.ends, one.grant.key)))


def _goes_on(grant: Grant, other: Grant) -> bool:
    """Whether ``other`` permits the same beyond the end of ``grant``, without a gap."""
    if other.key == grant.key or grant.valid_until is None:
        return False
    gap = other.valid_from is not None and other.valid_from > grant.valid_until
    longer = other.valid_until is None or other.valid_until > grant.valid_until
    return _terms(other) == _terms(grant) and longer and not gap


def _terms(grant: Grant) -> Grant:
    return replace(grant, key="", version=0, valid_from=None, valid_until=None, notice=None, reference=None)


def is_over(grant: Grant, now: datetime) -> bool:
    return grant.valid_until is not None and grant.valid_until <= now


def at_the_end(given: Given, ended: Iterable[Grant], now: datetime) -> tuple[Use, Grant] | None:
    """What becomes of an article that a destination got under one of ``ended`` (over, or gone from the file): the use
    that stays, ``HOLD`` for a version that came after it, ``REJECT`` where the grant wants it back; with that grant.
    None: it has nothing under any of them."""
    before = given.before
    grant = next((one for one in ended if before is not None and one.key == before.grant), None)
    if before is None or grant is None:
        return None
    taken_back = before.use is Use.REJECT and before.reasons[0] is Reason.EXPIRED
    under = taken_back or not set(_UNDER).isdisjoint(before.reasons)
    if taken_back or (under and _wants_back(grant, now) and (given.out is not None or given.maybe)):
        return Use.REJECT, grant
    if not under or given.out is None:
        return None
    return (given.out if given.same else Use.HOLD), grant


def _wants_back(grant: Grant, now: datetime) -> bool:
    return grant.on_expiry == "withdraw" and is_over(grant, now)

"""What the deliver stage reads and writes: claims on destinations, and what each attempt changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from worker.model.catalog import Use
from worker.model.delivery import Action, Answer, Decision, DeliveryState, Release, Withdrawal
from worker.model.media import MediaCopy
from worker.model.stops import Stopped


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """One claimed delivery. Its attempt is already counted; ``unknown`` says its last attempt has no known answer."""

    id: int
    uuid: UUID
    article: int
    article_uuid: UUID
    sequence: int
    action: Action
    version: int
    use: Use
    attempts: int
    failures: int
    unknown: bool
    created_at: datetime
    first_released: datetime | None
    urgent: bool = False

    @property
    def passes(self) -> bool:
        """Whether no window, fixed time, rate or cap keeps it."""
        return self.urgent or self.action is Action.RETRACT


@dataclass(frozen=True, slots=True)
class Terms:
    """What a destination's schedule allows at one moment. Retractions and what is urgent know no terms.

    ``opens`` is when it opens again, None while it is open. ``gap`` lies between two sends. At most ``cap`` new
    articles go from ``day_began`` on; the others go at ``tomorrow``, its first opening of the days to come.
    """

    opens: datetime | None = None
    gap: timedelta | None = None
    cap: int | None = None
    day_began: datetime | None = None
    tomorrow: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """What may be claimed at one moment: ``terms`` by the key of a destination that has a schedule; ``local`` are the
    destinations that are never claimed."""

    stopped: Stopped = field(default_factory=Stopped)
    terms: Mapping[str, Terms] = field(default_factory=dict)
    local: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pushed:
    """A delivery that a person made go now. ``was_due`` is when it would have gone, ``dropped``: not at all."""

    delivery: UUID
    article: UUID
    destination: str
    was_due: datetime
    dropped: bool


@dataclass(frozen=True, slots=True)
class DestinationClaim:
    """A destination leased to us with deliveries to make, retractions first. ``failures`` counts attempts that failed
    in a row; ``probes`` how often an open one was probed; ``open`` is true while only a probe may go; ``probe_at`` is
    when the ladder probes next: a new retraction is tried before that, and moves nothing when it fails."""

    key: str
    failures: int
    probes: int
    open: bool
    deliveries: tuple[DueDelivery, ...]
    probe_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The article that another was merged into, and its channels."""

    article: UUID
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What one delivery is decided again and rendered from, beside its text. ``reason`` is why the article was
    withdrawn, for a retraction. ``media`` are its copies, by the address's key. ``out`` is the use in which the
    destination has the article (None: it has not), in version ``out_version``. ``merged`` is what the article has
    become part of, which withdrew it."""

    channels: tuple[str, ...]
    approval: Decision | None = None
    approval_version: int = 0
    reason: str | None = None
    withdrawn: bool = False
    media: Mapping[bytes, MediaCopy] = field(default_factory=dict)
    out: Use | None = None
    out_version: int = 0
    merged: Merged | None = None


@dataclass(frozen=True, slots=True)
class Attempted:
    """What one attempt changes in its delivery. ``state`` DUE means again at ``due_at``. ``unknown``: nobody knows what
    came of an earlier one, and whatever less than an acceptance comes of this one, the partner may have the article."""

    delivery: int
    destination: str
    state: DeliveryState
    due_at: datetime
    at: datetime
    attempt: int
    failures: int
    answer: Answer
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class DestinationChange:
    """How a destination's state moves after a batch: its breaker, or a stop that a person must lift.

    ``opened_at`` None closes the breaker. ``state`` is ``active``, ``held`` or ``disabled``.
    """

    key: str
    failures: int
    opened_at: datetime | None
    probe_at: datetime | None
    probes: int
    state: str = "active"
    state_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Shelved:
    """One row to put on a local destination's shelf: the article is shown or retracted, by the kind of ``subject``."""

    article: int
    destination: str
    sequence: int
    sort_at: datetime
    subject: Release | Withdrawal

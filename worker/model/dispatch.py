"""What the deliver stage reads and writes: claims on destinations, and what each attempt changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from worker.model.catalog import Use
from worker.model.delivery import Action, Answer, Decision, DeliveryState, Release, Withdrawal
from worker.model.media import MediaCopy


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


@dataclass(frozen=True, slots=True)
class DestinationClaim:
    """A destination leased to us with deliveries to make, retractions first. ``failures`` counts attempts that failed
    in a row; ``probes`` how often an open one was probed; ``open`` is true while only a probe may go."""

    key: str
    failures: int
    probes: int
    open: bool
    deliveries: tuple[DueDelivery, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What one delivery is decided again and rendered from, beside its text. ``reason`` is why the article was
    withdrawn, for a retraction. ``media`` are its copies, by the address's key."""

    channels: tuple[str, ...]
    approval: Decision | None = None
    approval_version: int = 0
    reason: str | None = None
    withdrawn: bool = False
    media: Mapping[bytes, MediaCopy] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempted:
    """What one attempt changes in its delivery. ``state`` DUE means again at ``due_at``."""

    delivery: int
    destination: str
    state: DeliveryState
    due_at: datetime
    at: datetime
    attempt: int
    failures: int
    answer: Answer


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

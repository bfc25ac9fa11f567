"""What the poll stage reads and writes: claims on hosts, and what each poll changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DueResource:
    """One resource to ask. ``url`` is the address to ask now (a redirect's target, if one is pending);
    ``etag`` and ``last_modified`` are opaque; ``floor`` in seconds, the publisher's own hint kept from the last 200;
    ``redirects`` how many hosts the present chase has crossed."""

    id: int
    source: str
    url: str
    own_url: str
    etag: str | None
    last_modified: str | None
    body_hash: bytes | None
    floor: int
    failures: int
    redirects: int
    every: int
    hint_cap: int


@dataclass(frozen=True, slots=True)
class HostClaim:
    """A host leased to us with its due resources, earliest first. ``pace`` is seconds between requests."""

    id: int
    name: str
    domain: str
    pace: float
    resources: tuple[DueResource, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new body: the snapshot to come."""

    url: str
    content_type: str | None
    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll changes in its resource's row. ``ask`` is where to ask next (own address, or a redirect's target
    on another host); ``outcome`` is one line for people; ``pause`` stops the registrable domain until then."""

    resource: int
    at: datetime
    due_at: datetime
    ask: str
    etag: str | None
    last_modified: str | None
    body_hash: bytes | None
    floor: int
    failures: int
    redirects: int
    outcome: str
    moved: bool = False  # ``ask`` is on another host than the one just asked
    fetched: Fetched | None = None
    pause: datetime | None = None


@dataclass(frozen=True, slots=True)
class HostResult:
    """What a batch brought for one host. ``release`` gives the lease back."""

    host: int
    domain: str
    polled: tuple[Polled, ...]
    next_request_at: datetime
    release: bool


@dataclass(frozen=True, slots=True)
class NewSnapshot:
    id: int
    source: str


@dataclass(frozen=True, slots=True)
class SnapshotClaim:
    """A snapshot leased for ingest, with what its source's entries are read by. ``seen`` holds the digests of items
    already stored (16 bytes each) as an ordered set, newest first."""

    id: int
    resource: int
    source: str
    source_id: int
    url: str
    content_type: str | None
    fetched_at: datetime
    body: bytes
    deaths: int
    guid_mode: str
    first_contact: bool
    seen: Mapping[bytes, None] = field(default_factory=dict)

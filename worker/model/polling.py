"""What the poll stage reads and writes: claims on hosts, and what each poll changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from worker.model.catalog import DataCall
from worker.model.feed import ParsedEntry, Role

PAGE_TRIES = 12  # failures in a row after which a page that was never read is given up: about a week


class ResourceState(StrEnum):
    """How a resource stands with its publisher."""

    ACTIVE = "active"
    CHALLENGED = "challenged"  # answers with a script for browsers instead of a page
    FORBIDDEN = "forbidden"  # robots.txt keeps us out
    MISSING = "missing"  # not found, often enough and long enough
    GONE = "gone"  # 410: taken away for good


@dataclass(frozen=True, slots=True)
class PageTimes:
    """When an article's page is read: ``steps`` are seconds after ``read_at``, the first good reading, at which it is
    read again; ``step`` how many good readings there were. ``settles``: the second reading comes before the first
    publication."""

    steps: tuple[int, ...] = ()
    step: int = 0
    read_at: datetime | None = None
    settles: bool = False
    misses: int = 0
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueResource:
    """One resource to ask. ``url`` is the address to ask now (a redirect's target, if one is pending);
    ``etag`` and ``last_modified`` are opaque; ``floor`` in seconds, the publisher's own hint kept from the last 200;
    ``redirects`` how many hosts the present chase has crossed. ``call`` is how a data call is made; ``times`` counts
    for articles, their parts and media only."""

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
    role: Role = Role.FEED
    state: ResourceState = ResourceState.ACTIVE
    call: DataCall | None = None
    times: PageTimes = field(default_factory=PageTimes)

    @property
    def bound(self) -> bool:
        """Whether robots.txt counts: for everything but a feed, which its publisher offers to be polled."""
        return self.role is not Role.FEED


@dataclass(frozen=True, slots=True)
class HostClaim:
    """A host leased to us with its due resources, earliest first. ``pace`` is seconds between requests. ``robots`` is
    its robots.txt as last read (None: never), which must be read again when it is ``stale``; ``scheme`` is that of its
    resources."""

    id: int
    name: str
    domain: str
    pace: float
    resources: tuple[DueResource, ...]
    robots: str | None = None
    stale: bool = True
    scheme: str = "https"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A new body: the snapshot to come. ``status`` is 200; 404 or 410 for an article that is not there any more; for a
    picture whatever refused it (0: no answer at all). ``ready_at`` is when it may be ingested at the earliest (None:
    at once). ``packed`` is the body as the publisher packed it (gzip), if it did: what need not be packed again."""

    url: str
    content_type: str | None
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    status: int = 200
    ready_at: datetime | None = None
    packed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll changes in its resource's row. ``ask`` is where to ask next (own address, or a redirect's target
    on another host); ``outcome`` is one line for people; ``pause`` stops the host until then, the other hosts of its
    registrable domain for an hour of it.

    ``due_at`` None: it is not asked again. ``settled``: a reading that waited is ready now. ``attention`` is put before
    people with its source.
    """

    resource: int
    at: datetime
    due_at: datetime | None
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
    state: ResourceState = ResourceState.ACTIVE
    step: int = 0
    read_at: datetime | None = None
    misses: int = 0
    missing_since: datetime | None = None
    settled: bool = False
    attention: str | None = None


@dataclass(frozen=True, slots=True)
class RobotsRead:
    """A host's robots.txt as just read: ``text`` holds until ``until``."""

    text: str
    until: datetime


@dataclass(frozen=True, slots=True)
class HostResult:
    """What a batch brought for one host. ``release`` gives the lease back."""

    host: int
    domain: str
    polled: tuple[Polled, ...]
    next_request_at: datetime
    release: bool
    robots: RobotsRead | None = None


@dataclass(frozen=True, slots=True)
class NewSnapshot:
    id: int
    source: str


MOST_RETURNED = 4
"""Items that came back into a feed at once, up to which they are read again."""


@dataclass(frozen=True, slots=True)
class SnapshotClaim:
    """A snapshot leased for ingest, with what its source's entries are read by. ``seen`` holds the digests of items
    already stored (16 bytes each) as an ordered set, newest first: these are not read again. Of a feed's, ``returned``
    are those among them that had left it and came back, ``left`` those that left it since: what comes back is read once
    more.

    ``status``, ``own_url`` (the resource's address; ``url`` is the one that answered), ``hint`` (what led here said of
    it) and ``parts`` (by address key, what the later pages of an article hold) are for pages. ``taken`` is how many
    articles the source's first contact has brought already, ``depth`` how many pages of a listing led here.
    ``catalogue`` is the version of the catalogue that was in force when it was claimed, ``lease`` the token it is held
    by. ``flood_line``: its resource came with a flood; what is dated up to then is old.
    """

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
    returned: Mapping[bytes, None] = field(default_factory=dict)
    left: Mapping[bytes, None] = field(default_factory=dict)
    role: Role = Role.FEED
    status: int = 200
    own_url: str = ""
    hint: ParsedEntry | None = None
    parts: Mapping[bytes, ParsedEntry] = field(default_factory=dict)
    taken: int = 0
    depth: int = 0
    catalogue: int | None = None
    lease: str = ""
    flood_line: datetime | None = None

    def came_back(self, digests: Iterable[bytes]) -> list[bytes]:
        """Those of a document's items that had left its feed and are in it again."""
        return [each for each in dict.fromkeys(digests) if each in self.left]


@dataclass(frozen=True, slots=True)
class LeasedSnapshot:
    """A snapshot leased for ingest, by the token ``lease``, and still packed. ``unpack`` is for after the commit of its
    lease: one that ends its reader then is charged with a death, and nothing else is undone."""

    id: int
    lease: str
    unpack: Callable[[], SnapshotClaim]

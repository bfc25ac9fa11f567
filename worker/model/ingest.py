"""What the ingest stage passes along: entries ready to be identified, what the database knows of them, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from worker.model.article import Credit
from worker.model.catalog import Source, Use
from worker.model.correction import NONE, Fixes
from worker.model.delivery import Action, Decision, DeliveryState
from worker.model.feed import ParsedEntry, ParsedFeed
from worker.model.flood import Flood
from worker.model.media import MediaCopy
from worker.model.nearness import Filed, Reading, Verdict
from worker.model.polling import SnapshotClaim
from worker.model.stops import Stop


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry was read: ids of the snapshot and of its source, the source's key, when it was fetched."""

    snapshot: int
    source_id: int
    source: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry with everything that can be worked out before the transaction.

    ``aliases`` are its keys within its source, best first. ``text`` is the key of its normalised text, ``link`` that
    of its canonical link when the link is on its own publisher's domain, ``core`` that of its text without dateline
    and lines around it; all three are global. All keys are 16 bytes. ``routed``: it brings its article on the road; of
    a source's first contact only some do. ``reading`` is its text as it is compared (None: it is not now), ``host`` the
    site it stands on, ``address`` the key of its link. ``held``: it came with a flood, and waits for a person.
    """

    origin: Origin
    entry: ParsedEntry
    aliases: tuple[bytes, ...]
    text: bytes | None
    link: bytes | None
    content: bytes
    terms: bytes
    credit: Credit
    routed: bool = True
    core: bytes | None = None
    reading: Reading | None = None
    host: str = ""
    address: str | None = None
    language: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class ReadSnapshot:
    """A snapshot with everything that can be worked out before the transaction. ``entries`` are its unseen ones, oldest
    first; ``guid_mode`` is how its source's guids are to be understood from here on. Where much of it was new at once
    (``flood``), ``marks`` say up to which date pages that it leads to are old, by the keys of their addresses."""

    claim: SnapshotClaim
    source: Source
    feed: ParsedFeed
    guid_mode: str
    entries: tuple[Prepared, ...] = ()
    flood: Flood | None = None
    marks: Mapping[bytes, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finished:
    """A snapshot that is ingested whole: digests of its items, newest first, and ``floor``, the seconds for which its
    document asks to be left alone (ttl). It is let be once for ``rest``, which is the longer the more it brought."""

    claim: SnapshotClaim
    digests: Iterable[bytes]
    guid_mode: str
    floor: int = 0
    rest: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry as stored. ``leads``: its text is the article's. ``estranged``: it joined, then became another text.
    ``removed``: by its source, or with its article, which was withdrawn."""

    id: int
    article: int
    revision: int
    content: bytes
    terms: bytes
    removed: bool
    leads: bool = True
    estranged: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of a chunk: entries by source id and alias, articles by global key, keys that a tombstone
    blocks, each with the id of the one source for which it does (0: for all). ``changed`` are articles that may show
    another text than they began with, ``buried`` such ones by the keys that only their tombstones block for all."""

    entries: Mapping[tuple[int, bytes], KnownEntry]
    articles: Mapping[bytes, int]
    blocked: frozenset[tuple[int, bytes]]
    changed: frozenset[int] = frozenset()
    buried: Mapping[bytes, int] = field(default_factory=dict)


class Fate(StrEnum):
    NEW = "new"
    JOINED = "joined"
    REVISED = "revised"
    SAME = "same"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Identified:
    """What one prepared entry turned out to be. ``article`` is the one it joins or belongs to; ``joins`` is the
    position in the same chunk of the new entry whose article it joins. ``by`` says what joined it (text, link, or the
    nearness of its text). ``estranged``: after this it has nothing in common with its article but having joined it
    once; ``doubted``: it or its article was edited, and only a comparison can tell. ``reclaims``: its text was once
    that of an article which shows another by now. ``verdict`` is on its text, ``filed`` what later texts are recognised
    by."""

    prepared: Prepared
    fate: Fate
    known: KnownEntry | None = None
    article: int | None = None
    joins: int | None = None
    by: str | None = None
    estranged: bool = False
    verdict: Verdict | None = None
    filed: Filed | None = None
    doubted: bool = False
    reclaims: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """One entry as written. ``entry`` and ``article`` are ids; ``uuid`` is the public one of the article it begins."""

    identified: Identified
    entry: int
    article: int
    revision: int
    uuid: UUID | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """One live entry of an article, for choosing its lead and telling its provenance. An ``estranged`` one carried
    the text once and carries another now: it stays in the provenance and never leads. ``missing``: its page is not
    found any more. ``held_back``: it came with a flood and was not let go. ``joined_by`` says what joined it, None for
    the one that began the article; ``read_at`` when this revision of it came."""

    entry: int
    revision: int
    source: str
    first_seen: datetime
    read_at: datetime
    credit: Credit
    document: ParsedEntry
    estranged: bool = False
    missing: bool = False
    joined_by: str | None = None
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """What one destination has of one article. ``out`` is the use it was last given (None: nothing is out);
    ``maybe`` is true when something was sent whose answer is unknown. ``withheld_…`` say which newer text was not sent,
    ``narrowed`` which use made us take the article back instead; ``rehearsed_…`` what it would have if what was
    rehearsed had been sent, ``dropped_version`` which version a person dropped last instead of letting it go.
    ``held_since`` is since when the decision's version waits for a person (None: it does not). ``let_go``: what waited
    there has come due and goes now. ``pending_due`` is when what waits goes (None: it is under way), ``updated_at``
    when the last update since the article was published there was taken."""

    destination: str
    sequence: int = 0
    out: Use | None = None
    out_version: int = 0
    maybe: bool = False
    pending: bool = False
    pending_action: Action | None = None
    pending_version: int = 0
    pending_use: Use | None = None
    first_released: datetime | None = None
    decision: Decision | None = None
    decision_version: int = 0
    approval: Decision | None = None
    approval_version: int = 0
    pending_urgent: bool = False
    dropped_version: int = 0
    rehearsed: Use | None = None
    rehearsed_version: int = 0
    withheld_version: int = 0
    withheld_use: Use | None = None
    narrowed: Use | None = None
    held_since: datetime | None = None
    let_go: bool = False
    pending_due: datetime | None = None
    updated_at: datetime | None = None

    @property
    def is_there(self) -> bool:
        """Whether the destination has the article, or may have it."""
        return self.out is not None or self.maybe

    @property
    def is_coming(self) -> bool:
        """Whether what waits brings the article or a change of it."""
        return self.pending and self.pending_action is not Action.RETRACT

    @property
    def is_leaving(self) -> bool:
        """Whether what waits takes the article back."""
        return self.pending and self.pending_action is Action.RETRACT

    def narrowed_by(self, use: Use) -> bool:
        """Whether ``use`` shows less than is out."""
        return self.out is not None and use.shows_less_than(self.out)


@dataclass(frozen=True, slots=True)
class Current:
    """A version as stored: which revision of which entry leads, its credit as stated, what people corrected in it."""

    number: int
    entry: int
    revision: int
    source: str
    first_seen: datetime
    credit: Credit
    document: ParsedEntry
    fixes: Fixes = NONE


@dataclass(frozen=True, slots=True)
class Story:
    """An article with all that a decision looks at. ``copies`` are live ones, earliest first; ``current`` is None
    until the article is first routed; ``pairs`` go by destination key, ``media`` (its copies) by the address's key;
    ``fixes`` are its corrections in force. ``merged``: what withdrew it is that a person made it a part of another.
    ``floor``: a destination that it was never sent to may have seen sequences up to here, before a restore."""

    article: int
    uuid: UUID
    lead: int
    current: Current | None
    withdrawn: bool
    copies: tuple[Copy, ...]
    channels: tuple[str, ...]
    pairs: Mapping[str, Pair]
    media: Mapping[bytes, MediaCopy] = field(default_factory=dict)
    fixes: Fixes = NONE
    stops: tuple[Stop, ...] = ()
    merged: bool = False
    floor: int = 0

    @property
    def carried(self) -> bool:
        """Whether anybody still carries its text."""
        return any(not copy.estranged for copy in self.copies)

    def pair(self, destination: str) -> Pair:
        """What ``destination`` has of it; nothing, where it was never heard of."""
        return self.pairs.get(destination) or Pair(destination, self.floor)


@dataclass(frozen=True, slots=True)
class VersionRow:
    article: int
    number: int
    entry: int
    revision: int
    credit: Credit
    title: str
    fixes: Fixes = NONE


@dataclass(frozen=True, slots=True)
class Order:
    """One delivery to write down. ``visible_at`` is when its text was fetched, for telling the latency."""

    article: int
    destination: str
    sequence: int
    action: Action
    version: int
    use: Use
    due_at: datetime
    visible_at: datetime | None = None
    state: DeliveryState = DeliveryState.DUE
    first: bool = False
    urgent: bool = False
    waited: bool = False
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision to append. ``cancels``: what waits for this pair must not go out any more."""

    article: int
    destination: str
    version: int
    decision: Decision
    cancels: bool = False

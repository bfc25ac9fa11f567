"""From a version to a partner's answer: decision, release, rendition, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from worker.model.article import Credit
from worker.model.catalog import Use
from worker.model.feed import Enclosure
from worker.model.page import Attachment, PageImage


class Action(StrEnum):
    PUBLISH = "publish"
    UPDATE = "update"
    RETRACT = "retract"


class DeliveryState(StrEnum):
    """``DUE`` waits for its time · ``SENDING`` in flight under a lease · ``ACCEPTED`` done ·
    ``SUPERSEDED`` a later sequence took its place · ``PARKED`` refused for good or three deaths; a person replays it ·
    ``CANCELLED`` the decision changed before it was ever sent · ``REHEARSED`` all but sent, its destination rehearses ·
    ``WITHHELD`` an update that its destination takes only by hand, or never."""

    DUE = "due"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    PARKED = "parked"
    CANCELLED = "cancelled"
    REHEARSED = "rehearsed"
    WITHHELD = "withheld"


class Reason(StrEnum):
    """Why a decision says what it says. The texts in zh and en are in ``worker.rights.notices``."""

    EMBARGO_ACTIVE = "EMBARGO_ACTIVE"
    EXPIRED = "EXPIRED"
    DEST_OUT_OF_SCOPE = "DEST_OUT_OF_SCOPE"
    GRANT_ACTIVE = "GRANT_ACTIVE"
    THIRD_PARTY_IN_FEED = "THIRD_PARTY_IN_FEED"
    SELECT_INDIVIDUALLY = "SELECT_INDIVIDUALLY"
    LICENCE_OPEN = "LICENCE_OPEN"
    LICENCE_NC_CONFLICT = "LICENCE_NC_CONFLICT"
    LICENCE_ND_NO_DERIV = "LICENCE_ND_NO_DERIV"
    LICENCE_NOT_FROM_ORIGIN = "LICENCE_NOT_FROM_ORIGIN"
    LICENCE_CONFLICT = "LICENCE_CONFLICT"
    FEED_SUMMARY = "FEED_SUMMARY"
    FEED_FULL_NOT_LICENCE = "FEED_FULL_NOT_LICENCE"
    DEFAULT_DENY = "DEFAULT_DENY"
    LEAD_NOT_PERMITTED = "LEAD_NOT_PERMITTED"
    PAGE_MISSING = "PAGE_MISSING"
    FIELD_TITLE = "FIELD:title"
    FIELD_PUBLISHED = "FIELD:published"
    FIELD_SOURCE = "FIELD:source"
    FIELD_AUTHOR = "FIELD:author"
    FIELD_BODY = "FIELD:body"
    FIELD_PAGES = "FIELD:pages"
    IMAGE_ESSENTIAL = "IMAGE_ESSENTIAL"
    MEDIA_PENDING = "MEDIA_PENDING"
    COLUMN_UNMAPPED = "COLUMN_UNMAPPED"
    WORD_LISTED = "WORD_LISTED"
    SENSITIVE_PERIOD = "SENSITIVE_PERIOD"
    APPROVAL_NEEDED = "APPROVAL_NEEDED"
    SECOND_APPROVAL = "SECOND_APPROVAL"
    DEADLINE_PASSED = "DEADLINE_PASSED"
    BEFORE_SINCE = "BEFORE_SINCE"
    FAULT = "FAULT"
    GRANT_ENDED = "GRANT_ENDED"
    ECHO = "ECHO"
    WITHDRAWN = "WITHDRAWN"
    MERGED = "MERGED"
    APPROVED = "APPROVED"
    SECONDED = "SECONDED"
    REJECTED = "REJECTED"


WAITS_BY_ITSELF = (Reason.EMBARGO_ACTIVE, Reason.MEDIA_PENDING, Reason.GRANT_ENDED)
"""First of a hold's reasons, they say that it waits for no person."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be done with one version at one destination. Append-only; the newest counts.

    ``valid_until`` (exclusive) is when it must be made again. ``by`` is None for a rule, a person's name otherwise.
    """

    use: Use
    reasons: tuple[Reason, ...]
    obligations: tuple[str, ...] = ()
    grant: str | None = None
    grant_version: int | None = None
    valid_until: datetime | None = None
    by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelPath:
    """A channel and its ancestors, outermost first: what a breadcrumb shows. Pairs of (key, title)."""

    steps: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        return self.steps[-1][0]

    @property
    def title(self) -> str:
        return self.steps[-1][1]


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who sends: the operator as footers, feeds and payloads name it."""

    name: str
    contact: str
    address: str | None = None
    site: str = ""
    licence_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """The credit in words, in the article's language or, where we have no words in that, the operator's: ``language``
    (``zh`` or ``en``; empty in what was stored before). Made by ``worker.rights.credit`` only.

    ``line_html`` and ``line_text`` stand at the top of every body; ``notice`` (copyright, licence, the grantor's own
    words, the complaint address) at its foot. All ``*_html`` are escaped and safe to insert.
    """

    line_text: str
    line_html: str
    notice_text: str
    notice_html: str
    language: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for a credit that says nothing: what cannot be built cannot leave."""
        if not self.line_text.strip() or not self.line_html.strip():
            raise ValueError("an attribution needs its credit line")


@dataclass(frozen=True, slots=True)
class Release:
    """One version as one destination may have it: the input of every renderer. No attribution, no release.

    For LINK_ONLY ``body`` is None and ``excerpt`` None; for EXCERPT ``body`` is None; for FULL_TEXT ``body`` is clean
    HTML. The credit line is *not* inside ``body``: renderers put it at the top (``worker.rights.credit.dress``).
    ``images`` and ``attachments`` are those that the body carries, with its addresses for them.
    ``address`` is the article's page on our own portal, if it has one. ``first_released`` and ``released`` are when
    this destination was first and last given it. ``columns`` are the partner's own for it, where they are mapped.
    """

    article: UUID
    sequence: int
    version: int
    action: Action
    use: Use
    title: str
    language: str
    body: str | None
    excerpt: str | None
    published: datetime | None
    updated: datetime | None
    first_released: datetime
    released: datetime
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    channels: tuple[ChannelPath, ...]
    credit: Credit
    attribution: Attribution
    imprint: Imprint
    reasons: tuple[Reason, ...] = ()
    obligations: tuple[str, ...] = ()
    grant: str | None = None
    valid_until: datetime | None = None
    address: str | None = None
    images: tuple[PageImage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError where more is carried than ``use`` allows, or nothing may be shown at all."""
        if self.use in (Use.HOLD, Use.REJECT):
            raise ValueError(f"nothing may be released under {self.use.value}")
        if self.body is not None and self.use is not Use.FULL_TEXT:
            raise ValueError(f"{self.use.value} carries no body")
        if self.excerpt is not None and self.use is Use.LINK_ONLY:
            raise ValueError("link_only carries no excerpt")


@dataclass(frozen=True, slots=True)
class MergedInto:
    """The article that another has become part of. ``address`` is its page on our own portal, if it has one."""

    article: UUID
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The trace an article leaves at one destination after a retract. No title of the text, only that it is gone, and
    where it has gone if a person merged it into another.

    ``language`` is the tag of the words that say so."""

    article: UUID
    sequence: int
    version: int
    when: datetime
    reason: str
    language: str
    by: str
    first_released: datetime
    channels: tuple[ChannelPath, ...] = ()
    line_text: str = ""
    merged_into: MergedInto | None = None


@dataclass(frozen=True, slots=True)
class Rendition:
    """The bytes that leave."""

    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Result(StrEnum):
    """The four outcomes of a send. ``NOT_SENT`` and ``UNKNOWN`` are tried again, ``REFUSED`` by its status."""

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What a refusal means for the delivery and its destination."""

    DONE = "done"
    RETRY = "retry"
    PARK = "park"  # this delivery will never be taken as it is
    HOLD_DESTINATION = "hold_destination"  # credentials: every delivery would fail alike
    DISABLE_DESTINATION = "disable_destination"  # the receiver said it is gone for good


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back of one send. ``retry_after`` in seconds; ``excerpt`` the first 2 KiB of the answer, for people."""

    result: Result
    verdict: Verdict
    status: int | None = None
    detail: str = ""
    excerpt: str = ""
    retry_after: float | None = None
    remote_id: str | None = None
    remote_url: str | None = None
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt at one delivery, as a remote destination kind gets it.

    ``delivery`` is the delivery's public id, the same on every attempt; ``attempt`` counts from 1. ``options`` is an
    instance of the kind's options model. ``resolve`` gives the value behind ``env:NAME`` or ``file:PATH`` and raises
    SecretError. ``now`` is aware UTC. ``last`` is what became of the attempt before this one: after ``UNKNOWN`` a kind
    without a stable id at the other end looks before it sends again.
    """

    delivery: UUID
    attempt: int
    destination: str
    subject: Release | Withdrawal
    options: object
    resolve: Callable[[str], str]
    now: datetime
    last: Result | None = None

    @property
    def action(self) -> Action:
        return Action.RETRACT if isinstance(self.subject, Withdrawal) else self.subject.action


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says of itself. ``self_url`` is the feed's own address, ``home`` the channel's page or the site."""

    title: str
    self_url: str
    home: str
    feed_id: str
    language: str
    updated: datetime
    imprint: Imprint
    channel: str = ""
    hubs: tuple[str, ...] = ()

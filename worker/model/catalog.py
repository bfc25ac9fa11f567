"""What newsroad.toml declares, as the database holds it after ``apply`` and as pipelines read it.

Keys (``key``) are the file's ids: lower-case letters, digits, ``-`` and ``_``. Intervals are seconds. Zones are IANA
names. Every list is a tuple, so that a value can be hashed and compared whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from worker.model.page import PageRules


@dataclass(frozen=True, slots=True)
class Operator:
    """The one who runs this installation. ``site`` is the public base URL of the web face, without a final slash;
    ``address`` the postal address; ``language`` and ``zone`` what people are shown when nothing else is known;
    ``sends_from`` the addresses and networks that our requests come from, for partners' firewalls."""

    name: str
    contact: str
    address: str | None = None
    site: str = "http://127.0.0.1:8400"
    licence_numbers: tuple[str, ...] = ()
    editor: str | None = None
    language: str = "zh"
    zone: str = "Asia/Shanghai"
    sends_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """``domains`` are registrable domains it owns; ``aliases`` other names it is credited by."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    url: str | None = None


class SourceKind(StrEnum):
    FEED = "feed"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class FirstContact:
    """Of the entries found on the first poll, those at most ``max_age`` old, at most ``entries``, are routed."""

    entries: int = 20
    max_age: int = 24 * 3600


@dataclass(frozen=True, slots=True)
class DataCall:
    """How a listing behind a data call is asked for: ``form`` is sent url-encoded as the body of a POST, as the query
    of a GET."""

    method: str = "GET"
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """How articles are found on a ``site`` source's listing; empty means: by the general rules.

    ``links`` selects (CSS) the links or what holds them; ``match`` and ``exclude`` are regular expressions searched in
    the absolute address. ``pages`` is how many pages of the listing are walked. For a data call, ``items`` is the path
    to the items (``data.list``, or an element's name), and ``link``, ``title``, ``date`` are each item's keys, or CSS
    selectors where items are HTML; ``link`` may be a template such as ``/article/{id}.html``.
    """

    links: str | None = None
    match: str | None = None
    exclude: str | None = None
    pages: int = 1
    request: DataCall | None = None
    items: str | None = None
    link: str | None = None
    title: str | None = None
    date: str | None = None


REQUIRED = ("title", "published", "source")
FOLLOW = (600, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600)


@dataclass(frozen=True, slots=True)
class Source:
    """``every`` is the wished interval, ``hint_cap`` the most that a publisher's max-age or ttl may stretch it to.

    ``required`` are fields without which an article is held (None: as ``needs`` says). For articles read from pages
    (kind ``site``, or ``body = "page"``): ``floor`` is the weakest rule they may come from, ``settle`` seconds from the
    first reading to the second, only after which it goes out, ``follow`` seconds after the first reading at which a
    page is read again.
    ``approval`` is how many people must agree before an article goes out: ``auto`` none, ``one``, or ``two`` different
    ones.
    """

    key: str
    publisher: str
    kind: SourceKind
    url: str
    every: int = 900
    zone: str = "UTC"
    language: str | None = None
    category: str | None = None
    hint_cap: int = 3600
    pace: float = 1.0
    first_contact: FirstContact = field(default_factory=FirstContact)
    body: str = "feed"  # or "page": a feed's entries are read from the pages they link to
    listing: Listing = field(default_factory=Listing)
    rules: PageRules = field(default_factory=PageRules)
    required: tuple[str, ...] | None = None
    floor: str = "meta"
    settle: int = 0
    follow: tuple[int, ...] = FOLLOW
    approval: str = "auto"

    @property
    def from_pages(self) -> bool:
        """Whether its articles are read from their own pages."""
        return self.kind is SourceKind.SITE or self.body == "page"

    @property
    def needs(self) -> tuple[str, ...]:
        """The fields without which an article of its is held: of a plain feed none, unless it says so."""
        if self.required is not None:
            return self.required
        return REQUIRED if self.from_pages else ()


class Scope(StrEnum):
    """``own``: the grantor's own work. ``carried``: also what it carries of others."""

    OWN = "own"
    CARRIED = "carried"


class Basis(StrEnum):
    CONTRACT = "contract"
    LETTER = "letter"
    LICENCE = "licence"
    STATUTE = "statute"


class Use(StrEnum):
    """What may be done with one version at one destination, widest first."""

    FULL_TEXT = "full_text"
    EXCERPT = "excerpt"
    LINK_ONLY = "link_only"
    HOLD = "hold"
    REJECT = "reject"

    def shows_less_than(self, other: Use) -> bool:
        return _WIDEST_FIRST[self] > _WIDEST_FIRST[other]


_WIDEST_FIRST = {use: place for place, use in enumerate(Use)}


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission of one publisher. Empty tuples mean "no limit". ``version`` counts changes to the row.

    ``valid_until`` is exclusive. ``notice`` is a text the grantor wants printed word for word. ``on_expiry`` says what
    becomes of the articles that are out when it ends: ``keep`` or ``withdraw``.
    """

    key: str
    publisher: str
    version: int = 1
    scope: Scope = Scope.OWN
    basis: Basis = Basis.CONTRACT
    use: Use = Use.FULL_TEXT
    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    subscribers: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    commercial: bool = True
    media: bool = False
    selection: str = "auto"  # or "individual": a person picks each article
    obligations: tuple[str, ...] = ()
    notice: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    on_expiry: str = "keep"
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles a channel takes. Empty means "any"; ``max_age`` in seconds, None for no limit.

    Words are matched case-folded against title and body text; one included word suffices, one excluded word refuses.
    """

    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    key: str
    title: str
    parent: str | None = None
    select: Selection = field(default_factory=Selection)
    language: str | None = None
    approval: str = "auto"  # as a source's


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A partner. ``domains`` and ``aliases`` tell when a text came from them in the first place (ECHO)."""

    key: str
    name: str
    contact: str | None = None
    domains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    commercial: bool = True
    territory: str | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a destination takes articles; empty: at any time. ``windows`` (``workdays 08:30-18:00``) and the times
    ``at`` (``07:30``), at which what waits goes out as one ordered batch, are read in ``zone`` (None: the operator's)
    and on the days of ``calendar``.

    ``delay`` seconds after the origin published is the earliest; at most ``rate`` a minute and ``daily_cap`` new
    articles a day go out; those of the sources ``first`` go before all others. Retractions know no schedule.
    """

    windows: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    zone: str | None = None
    calendar: str | None = None
    delay: int = 0
    rate: int | None = None
    daily_cap: int | None = None
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are workdays where they are not Monday to Friday: ``days_off`` and moved ``workdays``, ISO dates."""

    key: str
    days_off: tuple[str, ...] = ()
    workdays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """A list of words. An article that has one of them in one of ``fields`` (title, body) is held or rejected
    (``action``), in ``channels`` or, when none is named, everywhere. Words are compared folded and never replaced."""

    key: str
    words: tuple[str, ...]
    fields: tuple[str, ...] = ("title", "body")
    action: str = "hold"
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A sensitive time: from ``begins`` until ``ends`` (exclusive, aware UTC) articles of ``channels`` (none named:
    all) are held, except those of the publishers ``exempt``."""

    key: str
    begins: datetime
    ends: datetime
    channels: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Alerts:
    """Whom to tell what needs a person, and when. Spans are seconds.

    ``webhook`` and ``emails`` are told; ``secret`` (a reference) signs what the webhook gets. ``digest`` is when the
    daily summary goes, in the operator's zone. ``silence`` × its own habit is how long a source may bring nothing new;
    ``failing`` how long a destination may fail; ``holds`` how many articles may wait; ``published_by`` the time on a
    workday (of ``calendar``) by which something must have gone out; ``disk`` the free bytes below which to warn.
    """

    webhook: str | None = None
    secret: str | None = None
    emails: tuple[str, ...] = ()
    digest: str | None = "08:30"
    silence: float = 4.0
    failing: int = 1800
    holds: int = 50
    published_by: str | None = None
    calendar: str | None = None
    disk: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """``deadline`` is after how many seconds a hold that nobody decided is dropped; None: never."""

    deadline: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleRules:
    """``recognise`` is for how many seconds a text is found again by texts that are nearly the same, ``updates`` how
    many pass at least between two updates of one article at one destination."""

    recognise: int = 120 * 86_400
    updates: int = 600


@dataclass(frozen=True, slots=True)
class Destination:
    """One place where channels go. ``kind`` names an entry of ``worker.destinations.KINDS``; ``options`` are that
    kind's own, already checked against its options model, secrets still as references (``env:NAME``, ``file:PATH``).

    ``mode`` is ``live``, or ``rehearse``: everything but sending. ``columns`` maps channel keys to the partner's own
    columns; with any, an article of none of them is held. ``updates`` says what becomes of a changed article that the
    partner has: ``send``, ``notify`` (a person tells the partner) or ``never``.
    """

    key: str
    subscriber: str
    kind: str
    channels: tuple[str, ...]
    options: Mapping[str, object] = field(default_factory=dict)
    concurrency: int = 8
    schedule: Schedule = field(default_factory=Schedule)
    mode: str = "live"
    columns: Mapping[str, str] = field(default_factory=dict)
    updates: str = "send"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole file, resolved: includes read, defaults applied, references checked. Ordered as written.

    ``renames`` maps (table, new key) to the old key (``was = "old"``).
    """

    operator: Operator
    publishers: tuple[Publisher, ...] = ()
    sources: tuple[Source, ...] = ()
    grants: tuple[Grant, ...] = ()
    channels: tuple[Channel, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    destinations: tuple[Destination, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    guards: tuple[Guard, ...] = ()
    periods: tuple[Period, ...] = ()
    alerts: Alerts = field(default_factory=Alerts)
    review: ReviewRules = field(default_factory=ReviewRules)
    articles: ArticleRules = field(default_factory=ArticleRules)
    renames: Mapping[tuple[str, str], str] = field(default_factory=dict)

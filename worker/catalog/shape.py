"""What newsroad.toml may hold: one shape per table, beside the value of ``worker.model.catalog`` that it builds.

A shape knows spelling only. Defaults are the model's own: what the file leaves out is not passed on.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from worker.catalog.alertvalues import Clock, Mail, reference
from worker.catalog.sitevalues import DateFormat, Floor, Following, FormValue, Pattern, Required, Selector
from worker.catalog.values import (
    Contact,
    Days,
    Domain,
    Key,
    Language,
    Mark,
    Moment,
    Network,
    Pace,
    Seconds,
    SecondsOrZero,
    Text,
    Url,
    Window,
    Zone,
    as_utc,
)
from worker.catalog.wordvalues import Words
from worker.model.catalog import (
    Alerts,
    ArticleRules,
    Basis,
    Calendar,
    Channel,
    DataCall,
    FirstContact,
    Grant,
    Guard,
    Listing,
    Operator,
    Period,
    Publisher,
    ReviewRules,
    Schedule,
    Scope,
    Selection,
    Source,
    SourceKind,
    Subscriber,
    Use,
)
from worker.model.page import PageRules

Approval = Literal["auto", "one", "two"]


class Shape(BaseModel):
    """One table of the file. ``build`` makes the model's value of what was written."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    builds: ClassVar[type]

    def build(self, **more: object) -> Any:
        given = {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}
        given.pop("was", None)
        built = {name: value.build() if isinstance(value, Shape) else value for name, value in given.items()}
        return self.builds(**built, **more)


class OperatorShape(Shape):
    builds = Operator

    name: Text
    contact: Contact
    address: Text | None = None
    site: Url | None = None
    licence_numbers: tuple[Text, ...] = ()
    editor: Text | None = None
    language: Language | None = None
    zone: Zone | None = None
    sends_from: tuple[Network, ...] = ()

    def build(self, **more: object) -> Operator:
        operator: Operator = super().build(**more)
        return replace(operator, site=operator.site.rstrip("/"))


class PublisherShape(Shape):
    builds = Publisher

    name: Text
    aliases: tuple[Text, ...] = ()
    domains: tuple[Domain, ...] = ()
    url: Url | None = None
    was: Key | None = None


class FirstContactShape(Shape):
    builds = FirstContact

    entries: Annotated[StrictInt, Field(ge=0)] | None = None
    max_age: Seconds | None = None


class DataCallShape(Shape):
    builds = DataCall

    method: Literal["GET", "POST"] | None = None
    form: dict[str, FormValue] = Field(default_factory=dict)


class ListingShape(Shape):
    builds = Listing

    links: Selector | None = None
    match: Pattern | None = None
    exclude: Pattern | None = None
    pages: Annotated[StrictInt, Field(ge=1, le=20)] | None = None
    request: DataCallShape | None = None
    items: Text | None = None
    link: Text | None = None
    title: Text | None = None
    date: Text | None = None


class RulesShape(Shape):
    builds = PageRules

    title: Selector | None = None
    subtitle: Selector | None = None
    published: Selector | None = None
    date_format: DateFormat | None = None
    source: Selector | None = None
    source_default: Text | None = None
    author: Selector | None = None
    author_default: Text | None = None
    editor: Selector | None = None
    original_link: Selector | None = None
    breadcrumb: Selector | None = None
    category: Selector | None = None
    body: Selector | None = None
    next_page: Selector | None = None
    cut: tuple[Selector, ...] = ()
    cut_after: tuple[Text, ...] = ()


class SourceShape(Shape):
    builds = Source

    publisher: Text
    kind: SourceKind
    url: Url
    every: Seconds | None = None
    zone: Zone | None = None
    language: Language | None = None
    category: Text | None = None
    hint_cap: Seconds | None = None
    pace: Pace | None = None
    first_contact: FirstContactShape | None = None
    body: Literal["feed", "page"] | None = None
    listing: ListingShape | None = None
    rules: RulesShape | None = None
    required: Required = ()
    floor: Floor | None = None
    settle: SecondsOrZero | None = None
    follow: Following = ()
    approval: Approval | None = None
    was: Key | None = None


class GrantShape(Shape):
    builds = Grant

    publisher: Text
    scope: Scope | None = None
    basis: Basis | None = None
    use: Use | None = None
    sources: tuple[Text, ...] = ()
    channels: tuple[Text, ...] = ()
    subscribers: tuple[Text, ...] = ()
    destinations: tuple[Text, ...] = ()
    languages: tuple[Language, ...] = ()
    territories: tuple[Text, ...] = ()
    commercial: StrictBool | None = None
    media: StrictBool | None = None
    selection: Literal["auto", "individual"] | None = None
    obligations: tuple[Text, ...] = ()
    notice: Text | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    on_expiry: Literal["keep", "withdraw"] | None = None
    reference: Text | None = None
    was: Key | None = None

    def build_in(self, zone: str, **more: object) -> Grant:
        """``zone`` is the operator's, for dates and times without an offset. A plain ``valid_until`` date is the last
        day on which the grant holds."""
        grant: Grant = self.build(**more)
        return replace(
            grant,
            valid_from=as_utc(self.valid_from, zone) if self.valid_from else None,
            valid_until=as_utc(self.valid_until, zone, end_of_day=True) if self.valid_until else None,
        )


class SelectionShape(Shape):
    builds = Selection

    sources: tuple[Text, ...] = ()
    categories: tuple[Text, ...] = ()
    languages: tuple[Language, ...] = ()
    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()
    max_age: Seconds | None = None


class ChannelShape(Shape):
    builds = Channel

    title: Text
    parent: Text | None = None
    select: SelectionShape | None = None
    language: Language | None = None
    approval: Approval | None = None
    was: Key | None = None


class SubscriberShape(Shape):
    builds = Subscriber

    name: Text
    contact: Text | None = None
    domains: tuple[Domain, ...] = ()
    aliases: tuple[Text, ...] = ()
    commercial: StrictBool | None = None
    territory: Text | None = None
    was: Key | None = None


class DestinationShape(BaseModel):
    """The keys that every destination has; all others are options of its kind."""

    model_config = ConfigDict(extra="allow", frozen=True)

    subscriber: Text
    kind: Text
    channels: Annotated[tuple[Text, ...], Field(min_length=1)]
    concurrency: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    mode: Literal["live", "rehearse"] | None = None
    updates: Literal["send", "notify", "never"] | None = None
    columns: dict[str, Text] = Field(default_factory=dict)
    windows: tuple[Window, ...] = ()
    at: tuple[Mark, ...] = ()
    zone: Zone | None = None
    calendar: Text | None = None
    delay: Seconds | None = None
    rate: Annotated[StrictInt, Field(ge=1)] | None = None
    daily_cap: Annotated[StrictInt, Field(ge=1)] | None = None
    first: tuple[Text, ...] = ()
    was: Key | None = None

    def common(self) -> dict[str, Any]:
        """What was written of the keys that ``Destination`` has itself, by its names; those of a schedule in one."""
        written = {name: getattr(self, name) for name in self.model_fields_set if name in DestinationShape.model_fields}
        timed = {part.name: written.pop(part.name) for part in fields(Schedule) if part.name in written}
        written.pop("was", None)
        return {**written, **({"schedule": Schedule(**timed)} if timed else {})}


class CalendarShape(Shape):
    builds = Calendar

    days_off: tuple[Days, ...] = ()
    workdays: tuple[Days, ...] = ()
    was: Key | None = None


class GuardShape(Shape):
    builds = Guard

    words: Words
    fields: tuple[Literal["title", "body"], ...] = ()
    action: Literal["hold", "reject"] | None = None
    channels: tuple[Text, ...] = ()
    was: Key | None = None


class PeriodShape(BaseModel):
    """``from`` and ``except`` are the file's words for what Python cannot name so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    begins: Moment = Field(alias="from")
    ends: Moment = Field(alias="to")
    channels: tuple[Text, ...] = ()
    exempt: tuple[Text, ...] = Field(default=(), alias="except")
    note: Text | None = None
    was: Key | None = None

    def build_in(self, zone: str, *, key: str) -> Period:
        """``zone`` is the operator's, for what is written without an offset. A plain ``to`` date is the last day."""
        begins, ends = as_utc(self.begins, zone), as_utc(self.ends, zone, end_of_day=True)
        return Period(key, begins, ends, self.channels, self.exempt, self.note)


class AlertsShape(Shape):
    builds = Alerts

    webhook: Url | None = None
    secret: Annotated[str | None, AfterValidator(reference), Field(json_schema_extra={"secret": True})] = None
    emails: tuple[Mail, ...] = ()
    digest: Clock | None = None
    silence: Annotated[float, Field(gt=1)] | None = None
    failing: Seconds | None = None
    holds: Annotated[StrictInt, Field(ge=1)] | None = None
    published_by: Clock | None = None
    calendar: Text | None = None
    disk: Annotated[StrictInt, Field(ge=0)] | None = None


class ReviewShape(Shape):
    builds = ReviewRules

    deadline: Seconds | None = None


class ArticlesShape(Shape):
    builds = ArticleRules

    recognise: Seconds | None = None
    updates: SecondsOrZero | None = None


SINGLE: dict[str, type[Shape]] = {
    "operator": OperatorShape,
    "alerts": AlertsShape,
    "review": ReviewShape,
    "articles": ArticlesShape,
}
"""Tables without keys: declared once, if at all."""

SHAPES: dict[str, type[BaseModel]] = {
    "publishers": PublisherShape,
    "sources": SourceShape,
    "grants": GrantShape,
    "channels": ChannelShape,
    "subscribers": SubscriberShape,
    "destinations": DestinationShape,
    "calendars": CalendarShape,
    "guards": GuardShape,
    "periods": PeriodShape,
}
"""Table → shape, in the order in which a plan lists them."""

"""Stand-ins for the outside, and articles of our own writing to show. Times are fixed, so that bytes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from worker.errors import SecretError
from worker.model.article import AuthorState, Credit, Hop, HopBasis, HopRole
from worker.model.catalog import Channel, Destination, Operator, Use
from worker.model.delivery import Action, ChannelPath, FeedHead, Imprint, MergedInto, Reason, Release, Withdrawal
from worker.model.feed import Enclosure, Person
from worker.ports import ShelfPage, ShelfRow
from worker.rights.credit import attribute, imprint_of, language_of, withdrawal_line

T = TypeVar("T")

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""

OPERATOR = Operator(
    name="北辰转载平台",
    contact="rights@beichen.example",
    address="上海市示例路 1 号",
    site="https://news.beichen.example",
    licence_numbers=("示例新闻许可 31-001 号",),
    editor="周岚",
)
IMPRINT: Imprint = imprint_of(OPERATOR)

NATION = ChannelPath((("domestic", "国内"), ("nation", "民族")))
DOMESTIC = ChannelPath((("domestic", "国内"),))
WORLD = ChannelPath((("world", "World"),))

CHANNELS = (
    Channel(key="domestic", title="国内"),
    Channel(key="nation", title="民族", parent="domestic"),
    Channel(key="world", title="World", language="en"),
)

CREDIT = Credit(
    origin="江城民族事务局",
    original_title="江城代表团赴高原州对接教育协作",
    original_link="https://mzj.jiangcheng.example/xw/202611/1001.html",
    publisher="jiangcheng",
    site="https://mzj.jiangcheng.example/",
    via=("同心在线",),
    hops=(
        Hop(
            HopRole.ORIGINATOR,
            "江城民族事务局",
            HopBasis.DECLARED,
            "jiangcheng",
            None,
            "https://mzj.jiangcheng.example/",
        ),
        Hop(HopRole.REPUBLISHER, "同心在线", HopBasis.SOURCE, "tongxin", "https://tongxin.example/a/9", None, "tx"),
    ),
    copyright_notice="版权归原作者所有；转载请注明江城民族事务局",
    editor="周岚",
)
ENGLISH = Credit(
    origin="Harbour Gazette",
    original_title="Tide tables redrawn after a wet spring",
    original_link="https://gazette.example/tides?a=1&b=2",
    publisher="gazette",
    site="https://gazette.example/",
    authors=(
        Person(name="Ida Quill", email="ida@gazette.example", uri="https://gazette.example/ida"),
        Person("Tom Reed"),
    ),
    author_state=AuthorState.NAMED,
    hops=(
        Hop(
            HopRole.ORIGINATOR,
            "Harbour Gazette",
            HopBasis.SOURCE,
            "gazette",
            "https://gazette.example/tides?a=1&b=2",
            "https://gazette.example/",
            "gazette-feed",
        ),
    ),
    license="https://creativecommons.org/licenses/by/4.0/",
    license_scope="entry",
)


def article_id(number: int) -> UUID:
    return UUID(int=(0x5EED << 112) | (0x4 << 76) | (0x8 << 60) | number)


def a_release(number: int = 1, **changes: Any) -> Release:
    """An unsigned Chinese reprint in full text, or what ``changes`` make of it; its attribution follows its credit."""
    facts: dict[str, Any] = {
        "article": article_id(number),
        "sequence": 1,
        "version": 1,
        "action": Action.PUBLISH,
        "use": Use.FULL_TEXT,
        "title": "江城代表团赴高原州对接教育协作",
        "language": "zh-CN",
        "body": "<p>代表团一行走访了三所学校，商定明年的教师交流计划。</p>\n<p>双方还就冬季取暖设备签署了备忘录。</p>",
        "excerpt": None,
        "published": NOON - timedelta(hours=4),
        "updated": None,
        "first_released": NOON,
        "released": NOON,
        "categories": ("教育", "协作"),
        "enclosures": (),
        "channels": (NATION, DOMESTIC),
        "credit": CREDIT,
        "imprint": IMPRINT,
        "reasons": (Reason.GRANT_ACTIVE,),
        "obligations": ("CREDIT_SOURCE", "LINK_BACK", "KEEP_TITLE", "NO_EDIT"),
        "grant": "jiangcheng-2026",
        "valid_until": datetime(2027, 1, 1, tzinfo=UTC),
        "address": f"{OPERATOR.site}/portal/portal/article/{article_id(number)}",
        **changes,
    }
    facts.setdefault(
        "attribution",
        attribute(
            facts["credit"],
            use=facts["use"],
            language=language_of(facts["language"], OPERATOR.language),
            title=facts["title"],
            published=facts["published"],
            zone=OPERATOR.zone,
            imprint=IMPRINT,
        ),
    )
    return Release(**facts)


def an_english_release(number: int = 2, **changes: Any) -> Release:
    """A signed English article under an open licence, with two enclosures."""
    return a_release(
        number,
        **{
            "title": "Tide tables redrawn after a wet spring",
            "language": "en",
            "body": "<p>The harbour office has redrawn its tables &amp; moved the spring marks by a hand.</p>",
            "excerpt": "The harbour office has redrawn its tables & moved the spring marks.",
            "credit": ENGLISH,
            "channels": (WORLD,),
            "categories": ("harbour",),
            "reasons": (Reason.LICENCE_OPEN,),
            "obligations": ("KEEP_LICENCE",),
            "grant": None,
            "valid_until": None,
            "enclosures": (
                Enclosure("https://gazette.example/tides.mp3", "audio/mpeg", 123456),
                Enclosure("https://gazette.example/tides.pdf"),
            ),
            "published": NOON - timedelta(hours=2),
            **changes,
        },
    )


UYGHUR = Credit(
    origin="تەڭرىتاغ خەۋەرلىرى",
    original_title="ئۈرۈمچىدە يېڭى كۇتۇپخانا ئېچىلدى",
    original_link="https://tengritagh.example/x/7.html",
    publisher="tengritagh",
    site="https://tengritagh.example/",
)


def a_uyghur_release(number: int = 6, **changes: Any) -> Release:
    """Right to left, in a language that we have no words of our own in."""
    facts = {
        "title": "ئۈرۈمچىدە يېڭى كۇتۇپخانا ئېچىلدى",
        "language": "ug",
        "body": "<p>بۈگۈن ئۈرۈمچىدە يېڭى كۇتۇپخانا ئېچىلدى، نۇرغۇن ئوقۇغۇچىلار كېلىپ كىتاب ئوقۇدى.</p>",
        "credit": UYGHUR,
        "categories": (),
    }
    return a_release(number, **{**facts, **changes})


def a_mongolian_release(number: int = 7, **changes: Any) -> Release:
    """In the traditional script, which is written in columns."""
    facts = {
        "title": "ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ ᠦᠨ ᠰᠣᠶᠣᠯ",
        "language": "mn-Mong",
        "body": "<p>ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ ᠦᠨ ᠰᠣᠶᠣᠯ ᠤᠨ ᠥᠪ ᠢ ᠬᠠᠮᠠᠭᠠᠯᠠᠬᠤ ᠬᠤᠷᠠᠯ ᠥᠨᠥᠳᠥᠷ ᠬᠥᠬᠡᠬᠣᠲᠠ ᠳᠤ ᠨᠡᠭᠡᠭᠳᠡᠪᠡ᠃</p>",
        "categories": (),
    }
    return a_release(number, **{**facts, **changes})


def an_excerpt(number: int = 3, **changes: Any) -> Release:
    excerpt = "代表团一行走访了三所学校。"
    facts = {"use": Use.EXCERPT, "body": None, "excerpt": excerpt, "reasons": (Reason.FEED_FULL_NOT_LICENCE,)}
    return a_release(number, **{**facts, "grant": None, "obligations": (), "valid_until": None, **changes})


def a_link(number: int = 4, **changes: Any) -> Release:
    facts = {"use": Use.LINK_ONLY, "body": None, "excerpt": None, "reasons": (Reason.DEFAULT_DENY,), "grant": None}
    return a_release(number, **{**facts, "obligations": (), "valid_until": None, **changes})


def a_withdrawal(number: int = 5, **changes: Any) -> Withdrawal:
    language = changes.get("language", "zh-CN")
    when = NOON + timedelta(hours=1)
    facts: dict[str, Any] = {
        "article": article_id(number),
        "sequence": 2,
        "version": 1,
        "when": when,
        "reason": "NOTICE_UPHELD",
        "language": language,
        "by": OPERATOR.name,
        "first_released": NOON,
        "channels": (NATION, DOMESTIC),
        "line_text": withdrawal_line(when, language_of(language, "zh"), OPERATOR.zone),
        **changes,
    }
    return Withdrawal(**facts)


def a_merged_withdrawal(number: int = 5, *, address: str | None = "", **changes: Any) -> Withdrawal:
    """Of an article that has become part of the first one."""
    page = f"https://news.beichen.example/portal/portal/article/{article_id(1)}" if address == "" else address
    plain = a_withdrawal(number, reason="MERGED", **changes)
    line = withdrawal_line(plain.when, language_of(plain.language, "zh"), OPERATOR.zone, merged=True)
    return replace(plain, merged_into=MergedInto(article_id(1), page), line_text=line)


def row_of(subject: Release | Withdrawal, changed: datetime | None = None) -> ShelfRow:
    if isinstance(subject, Withdrawal):
        return ShelfRow(subject.article, None, subject, changed or subject.when)
    return ShelfRow(subject.article, subject, None, changed or subject.released)


def every_row() -> tuple[ShelfRow, ...]:
    """One row of each sort that outputs must carry."""
    return tuple(row_of(one) for one in (a_release(), an_english_release(), an_excerpt(), a_link(), a_withdrawal()))


def a_head(**changes: Any) -> FeedHead:
    head = FeedHead(
        title="民族",
        self_url="https://news.beichen.example/feeds/out/nation.atom",
        home="https://news.beichen.example/portal/portal/nation/",
        feed_id="urn:newsroad:feed:out:nation",
        language="zh",
        updated=NOON,
        imprint=IMPRINT,
        channel="nation",
    )
    return replace(head, **changes)


PORTAL = Destination(key="portal", subscriber="ourselves", kind="portal", channels=("domestic", "world"))
OPEN_FEED = Destination(
    key="out",
    subscriber="ourselves",
    kind="feed",
    channels=("domestic", "nation", "world"),
    options={"access": "public"},
)
PARTNER_FEED = Destination(
    key="partner", subscriber="partner", kind="feed", channels=("nation",), options={"token": "env:PARTNER_FEED_TOKEN"}
)


@dataclass
class FakeShelf:
    """``worker.ports.Shelf`` in memory. Rows are kept newest first; a cursor is the position of the next row.

    ``read`` counts whole pages read, ``broken`` is raised by every question, as a database that is away would.
    """

    rows: dict[str, list[ShelfRow]] = field(default_factory=dict)
    places: tuple[Destination, ...] = (PORTAL, OPEN_FEED, PARTNER_FEED)
    columns: tuple[Channel, ...] = CHANNELS
    runs: Operator = OPERATOR
    generations: dict[str, int] = field(default_factory=dict)
    broken: Exception | None = None
    read: int = 0
    merged: dict[UUID, UUID] = field(default_factory=dict)
    near: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)

    def put(self, destination: str, *subjects: Release | Withdrawal, changed: datetime | None = None) -> None:
        kept = self.rows.setdefault(destination, [])
        for subject in subjects:
            row = row_of(subject, changed)
            known = [position for position, old in enumerate(kept) if old.article == row.article]
            if known:
                kept[known[0]] = row
            else:
                kept.append(row)
        self.generations[destination] = self.generation(destination) + 1

    def operator(self) -> Operator:
        return self._answer(self.runs)

    def destinations(self) -> tuple[Destination, ...]:
        return self._answer(self.places)

    def channels(self) -> tuple[Channel, ...]:
        return self._answer(self.columns)

    def generation(self, destination: str) -> int:
        return self._answer(self.generations.get(destination, 0))

    def page(
        self, destination: str, channel: str, *, limit: int, cursor: str | None = None, withdrawn: bool = False
    ) -> ShelfPage:
        self.read += 1
        rows = [
            row
            for row in self.rows.get(destination, [])
            if channel in _channels_of(row) and (withdrawn or row.release is not None)
        ]
        start = int(cursor) if cursor and cursor.isdigit() else 0
        older = str(start + limit) if len(rows) > start + limit else None
        return self._answer(ShelfPage(tuple(rows[start : start + limit]), self.generation(destination), older))

    def related(self, destination: str, article: UUID, limit: int) -> tuple[ShelfRow, ...]:
        near = self.near.get(article, ())
        return tuple(row for row in self.rows.get(destination, []) if row.article in near)[:limit]

    def row(self, destination: str, article: UUID) -> ShelfRow | None:
        found = (row for row in self.rows.get(destination, []) if row.article == article)
        return self._answer(next(found, None))

    def merged_into(self, article: UUID) -> UUID | None:
        return self._answer(self.merged.get(article))

    def _answer(self, value: T) -> T:
        if self.broken is not None:
            raise self.broken
        return value


def _channels_of(row: ShelfRow) -> set[str]:
    subject = row.release or row.withdrawal
    assert subject is not None
    return {path.key for path in subject.channels}


@dataclass
class FakeHeartbeats:
    """``worker.ports.Heartbeats`` in memory."""

    beats: dict[str, datetime] = field(default_factory=dict)
    broken: Exception | None = None

    def beat(self, name: str, at: datetime) -> None:
        self.beats[name] = at

    def last(self) -> dict[str, datetime]:
        if self.broken is not None:
            raise self.broken
        return dict(self.beats)


@dataclass
class FakeSecrets:
    """What ``resolve_secret`` gives, without an environment."""

    known: Mapping[str, str]
    asked: list[str] = field(default_factory=list)

    def __call__(self, reference: str) -> str:
        self.asked.append(reference)
        if reference not in self.known:
            raise SecretError(f"secret {reference}: the variable is not set here")
        return self.known[reference]


def texts(rows: Sequence[ShelfRow]) -> list[Release]:
    return [row.release for row in rows if row.release is not None]

"""Which copy leads, and when an update goes: the rules alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes import NOON, OPERATOR
from worker.model.article import Credit
from worker.model.catalog import Catalogue, Grant, Publisher, Scope, Source, SourceKind, Use
from worker.model.delivery import Action
from worker.model.feed import ParsedEntry
from worker.model.ingest import Copy, Order, Pair
from worker.pipeline.leading import choose_lead
from worker.pipeline.timing import turn_of
from worker.pipeline.view import View, make_view

NAMES = {"daily": "江城日报", "wire": "同心社", "portal": "转载网"}
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def view(*grants: Grant) -> View:
    sources = tuple(Source(key, key, SourceKind.FEED, f"https://{key}.example/feed") for key in NAMES)
    publishers = tuple(Publisher(key, name) for key, name in NAMES.items())
    return make_view(Catalogue(operator=OPERATOR, publishers=publishers, sources=sources, grants=grants), frozenset())


OWN = view(Grant("daily", "daily"))
CARRIED = view(Grant("daily", "daily"), Grant("wire", "wire", scope=Scope.CARRIED))


def copy(entry: int, source: str, names: str | None = None, *, long: int = 100, said: int = 0, **more: Any) -> Copy:
    """A copy that was seen ``entry`` minutes after noon and says it was published ``said`` minutes before noon."""
    publisher = names or source
    seen = NOON + entry * MINUTE
    return Copy(
        entry=entry,
        revision=more.pop("revision", 1),
        source=source,
        first_seen=seen,
        read_at=more.pop("read_at", seen),
        credit=Credit(NAMES[publisher], "题", None, publisher=publisher),
        document=ParsedEntry(title="题", content=f"<p>{'文' * long}。</p>", published=NOON - said * MINUTE),
        **more,
    )


@pytest.mark.parametrize(
    ("copies", "leads"),
    [
        ([copy(1, "daily"), copy(2, "daily", long=117)], 1),  # as full as the longer one
        ([copy(1, "daily"), copy(2, "daily", long=120)], 2),
        ([copy(1, "daily"), copy(2, "daily", long=120), copy(3, "daily", long=140)], 2),  # the earliest of the fullest
        ([copy(1, "daily"), copy(2, "wire", "daily", long=300)], 2),  # by a grant for what it carries
        ([copy(1, "daily"), copy(2, "daily", long=300, missing=True)], 1),
        ([copy(1, "daily"), copy(2, "daily", long=300, estranged=True)], 1),
        # A stranger's copy, however long and whatever it says.
        ([copy(1, "daily"), copy(2, "portal", long=900)], 1),
        ([copy(1, "daily"), copy(2, "portal", "daily", long=900)], 1),
        ([copy(1, "daily"), copy(2, "portal", long=900, said=600)], 1),
        ([copy(1, "daily"), copy(2, "portal", long=900, joined_by="revision")], 1),
        ([copy(1, "daily"), copy(2, "portal", "daily", long=900, joined_by="revision")], 1),
        # Who copied and came first does not keep the publisher out, unless it says that it published before.
        ([copy(1, "portal", long=900), copy(2, "daily", said=30)], 2),
        ([copy(1, "portal", said=30), copy(2, "daily", long=900)], 1),
        ([copy(1, "portal", "daily", long=900), copy(2, "daily")], 2),
        ([copy(1, "portal", said=30), copy(2, "wire"), copy(3, "daily", said=60)], 3),
        # New figures replace old ones, in whatever length; what was published or edited later stands.
        ([copy(1, "daily", long=300), copy(2, "daily", joined_by="revision")], 2),
        ([copy(1, "daily"), copy(2, "daily", joined_by="revision"), copy(3, "daily", joined_by="revision")], 3),
        ([copy(1, "daily"), copy(2, "wire", "daily", said=90, joined_by="revision")], 1),
        ([copy(1, "daily", revision=2, read_at=NOON + HOUR), copy(2, "daily", joined_by="revision")], 1),
        # What a publisher took out of its text does not come back with a copy read before.
        ([copy(1, "daily", long=50, revision=2, read_at=NOON + HOUR), copy(2, "wire", "daily", long=300)], 1),
    ],
)
def test_who_leads(copies: list[Copy], leads: int) -> None:
    assert choose_lead(copies, 1, CARRIED).entry == leads
    assert choose_lead(copies, leads, CARRIED).entry == leads, "and goes on leading"


def test_without_anybody_who_may_speak_the_present_lead_stays() -> None:
    copies = [copy(1, "portal", "daily"), copy(2, "wire", "daily", long=300)]
    assert choose_lead(copies, 1, OWN).entry == 1
    assert choose_lead(copies, 2, OWN).entry == 2
    assert choose_lead(copies[:1], 7, OWN).entry == 1


def test_a_grant_for_other_sources_makes_no_home() -> None:
    copies = [copy(1, "portal"), copy(2, "daily", said=30)]
    assert choose_lead(copies, 1, view(Grant("daily", "daily", sources=("elsewhere",)))).entry == 1


def update(use: Use = Use.FULL_TEXT, action: Action = Action.UPDATE) -> Order:
    return Order(1, "hook", 4, action, 3, use, NOON)


def pair(updated: datetime | None = None, waiting: datetime | None = None, **more: Any) -> Pair:
    waits = {"pending": True, "pending_action": Action.UPDATE, "pending_due": waiting} if waiting else {}
    return Pair("hook", 3, Use.FULL_TEXT, 2, updated_at=updated, **waits, **more)


@pytest.mark.parametrize(
    ("order", "known", "after"),
    [
        (update(), pair(), 0),  # the first after publishing
        (update(), pair(NOON - 4 * MINUTE), 6),
        (update(), pair(NOON - HOUR), 0),
        (update(Use.EXCERPT), pair(NOON - 4 * MINUTE), 0),  # shows less
        (update(action=Action.PUBLISH), pair(NOON - 4 * MINUTE), 0),
        (update(), pair(NOON - 4 * MINUTE, NOON + 2 * MINUTE), 2),  # in the place of one that waits
        (update(), pair(NOON - 4 * MINUTE, NOON - MINUTE), 0),
        (update(), pair(pending=True, pending_action=Action.UPDATE), 10),  # one is under way
    ],
)
def test_updates_of_an_article_go_ten_minutes_apart(order: Order, known: Pair, after: int) -> None:
    assert turn_of(order, known, 600, NOON) == NOON + after * MINUTE
    assert turn_of(order, known, 0, NOON) == NOON

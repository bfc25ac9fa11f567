"""Who is warned of the end of a grant, when, and how much hangs on it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.road import CATALOGUE, Item, Road
from worker.model.catalog import Catalogue, Grant, Operator
from worker.rights.endings import ending_grants

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GRANT = Grant("old", "paper", valid_until=NOW + 20 * DAY)


def told(*grants: Grant) -> list[tuple[str, int, int]]:
    found = ending_grants(Catalogue(Operator("示例", "a@b.example"), grants=grants), NOW)
    return [(one.grant.key, one.days, one.step) for one in found]


@pytest.mark.parametrize(
    ("left", "step"),
    [(61 * DAY, None), (60 * DAY, 60), (31 * DAY, 60), (30 * DAY, 30), (7 * DAY, 7), (timedelta(hours=1), 7)],
)
def test_sixty_thirty_and_seven_days_before(left: timedelta, step: int | None) -> None:
    expected = [] if step is None else [("old", left.days, step)]
    assert told(replace(GRANT, valid_until=NOW + left)) == expected


def test_what_has_ended_and_what_never_does_warns_nobody() -> None:
    assert told(replace(GRANT, valid_until=NOW), replace(GRANT, valid_until=None)) == []


def test_the_next_to_end_comes_first() -> None:
    sooner = replace(GRANT, key="sooner", publisher="other", valid_until=NOW + DAY)
    assert [key for key, _, _ in told(GRANT, sooner)] == ["sooner", "old"]


@pytest.mark.parametrize(
    ("following", "silent"),
    [
        ({"valid_from": NOW + 20 * DAY, "reference": "2027-014"}, True),
        ({"valid_from": NOW + 21 * DAY}, False),
        ({"valid_until": NOW + 10 * DAY}, False),
        ({"destinations": ("hook",)}, False),
        ({"publisher": "other"}, False),
    ],
)
def test_a_grant_that_is_renewed_does_not_end(following: dict[str, object], silent: bool) -> None:
    renewed = replace(GRANT, key="new", **{"valid_until": None, **following})
    assert ("old" not in {key for key, _, _ in told(GRANT, renewed)}) is silent


def test_status_and_doctor_tell_with_what_hangs_on_it(road: Road) -> None:
    road.publish("jiang", Item("m1", "江城民族团结表彰会"), Item("m2", "江城运动会", "运动会今日开幕。" * 40))
    road.run()
    until = (datetime.now(UTC) + 20 * DAY).date()
    grant = '[grants.jiang]\npublisher = "jiang"\n'
    for line, words in (("", "stay as they are"), ('on_expiry = "withdraw"\n', "will be taken back")):
        road.write(CATALOGUE.replace(grant, f"{grant}valid_until = {until}\n{line}"))
        assert road.cli("apply").code == 0
        road.services.recheck()
        ending = road.json("status")["endings"]
        assert [(one["grant"], one["publisher"], one["articles"]) for one in ending] == [("jiang", "江城民族事务局", 2)]
        assert re.search(r"Grant +jiang \(江城民族事务局\) ends in 2[01] d", road.cli("status").text)
        assert f"2 articles out under it {words}" in road.cli("doctor").text

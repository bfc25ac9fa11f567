"""Episodes: told once, one all-clear, nothing lost or doubled; the daily summary. On both stores, by a set clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest

from tests.watching import Watched, a_catalogue
from worker.model.alerts import DestinationFigure, SourceFigure, Unconfirmed
from worker.model.catalog import Alerts, Grant, Publisher
from worker.model.report import Count
from worker.store.alerts import AlertStore
from worker.store.engine import Database

FAILING = DestinationFigure(
    key="jiang-hook",
    subscriber="江门户",
    contact="desk@jiang.example",
    state="open",
    reason="answered 503",
    failing_since=datetime(2026, 11, 23, 23, 0, tzinfo=UTC),
    waiting=12,
)
WELL = replace(FAILING, state="active", reason=None, failing_since=None, waiting=0)


@pytest.fixture
def watched(database: Database) -> Watched:
    return Watched(database)


def test_an_episode_is_told_once_and_gets_one_all_clear(watched: Watched) -> None:
    watched.look()
    watched.pass_on(destinations=(FAILING,))
    for _ in range(5):
        watched.pass_on()
    told = "「江门户」的 jiang-hook 自 11-24 07:00 起投递失败，12 条在等；answered 503；联系人：desk@jiang.example"
    for recipient in ("webhook", "desk@beichen.example"):
        assert watched.ears.subjects(recipient) == [f"[北辰转载平台] {told}"]
    for _ in range(12):
        watched.pass_on(destinations=(WELL,))
    assert len(watched.ears.subjects()) == 2
    assert watched.ears.subjects()[1].startswith("[北辰转载平台] 已解除：「江门户」的 jiang-hook")
    (episode,) = AlertStore(watched.database).episodes(10, over=True)
    assert episode.told_at == watched.now - timedelta(seconds=30 * 17)
    assert episode.all_clear_at == episode.closed_at
    assert AlertStore(watched.database).episodes(10, over=False) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_flaps_is_one_episode(watched: Watched) -> None:
    watched.look()
    for _ in range(6):
        watched.pass_on(destinations=(FAILING,))
        watched.pass_on(120, destinations=(WELL,))
    assert len(watched.ears.subjects()) == 1
    watched.pass_on(300)
    assert len(watched.ears.subjects()) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_many_at_once_are_one_message(watched: Watched) -> None:
    many = tuple(replace(FAILING, key=f"hook-{number}") for number in range(30))
    watched.look(destinations=many)
    assert watched.ears.subjects() == ["[北辰转载平台] 30 项新告警"]
    text = watched.ears.heard[0][1].text
    assert text.count("投递失败") == 20
    assert "……另有 10 项，查看：newsroad alerts" in text
    assert len(watched.ears.heard[0][1].facts["began"]) == 30


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unconfirmed_retraction_names_whom_to_call(watched: Watched) -> None:
    delivery = UUID(int=0xABCDEF << 104)
    one = Unconfirmed(
        *(delivery, UUID(int=7), "江城代表团赴高原州对接教育协作", "jiang-hook", "江门户", "周岚 0571-1234567"),
        *(watched.now - timedelta(minutes=9, seconds=45), "due", "answered 503"),
    )
    watched.look(unconfirmed=(one,))
    assert watched.ears.heard == []
    watched.pass_on()
    assert "《江城代表团赴高原州对接教育协作》的撤稿，「江门户」（jiang-hook）" in watched.ears.subjects()[0]
    assert "请联系：周岚 0571-1234567" in watched.ears.heard[0][1].text
    assert "newsroad delivery show abcdef00" in watched.ears.heard[0][1].text
    watched.pass_on(unconfirmed=())
    assert watched.ears.subjects()[1].startswith("[北辰转载平台] 已解除：《江城")


def test_a_telling_that_fails_is_tried_again_ever_later_and_per_recipient(watched: Watched) -> None:
    watched.ears.refusing = {"webhook"}
    watched.look(destinations=(FAILING,))
    assert watched.ears.subjects("desk@beichen.example") != []
    waited = []
    store = AlertStore(watched.database)
    for _ in range(9):
        (waiting,) = store.waiting()
        assert waiting.detail == "answered 503"
        waited.append((waiting.due_at - watched.now).total_seconds())
        watched.now = waiting.due_at
        watched.look()
    assert waited == [30, 60, 120, 300, 900, 1800, 3600, 3600, 3600]
    watched.pass_on(600, destinations=(WELL,))
    watched.ears.refusing = set()
    watched.pass_on(3600)
    told = watched.ears.subjects()
    assert "投递失败" in told[0]
    assert "日报" in told[1]
    assert "已解除" in told[2]
    assert watched.ears.subjects("desk@beichen.example") == told, "whoever took it is not told again"
    assert store.waiting() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_after_a_week_it_is_no_news(watched: Watched) -> None:
    watched.ears.refusing = {"webhook"}
    watched.look(destinations=(FAILING,))
    watched.pass_on(7 * 86400)
    watched.ears.refusing = set()
    watched.pass_on(7200)
    assert [subject for subject in watched.ears.subjects() if "投递失败" in subject] == []
    assert AlertStore(watched.database).waiting() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_repeat_carries_the_same_id(watched: Watched) -> None:
    seen: list[UUID] = []
    watched.ears.refusing = {"webhook"}
    tell = watched.ears.tell

    def noted(recipient: str, message: object, name: UUID, made_at: datetime) -> object:
        seen.append(name)
        return tell(recipient, message, name, made_at)

    watched.ears.tell = noted
    watched.ears.names = ("webhook",)
    watched.look(destinations=(FAILING,))
    watched.pass_on(60)
    assert len(seen) == 2
    assert len(set(seen)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_left_the_catalogue_is_not_told(watched: Watched) -> None:
    watched.ears.refusing = {"webhook"}
    watched.look(destinations=(FAILING,))
    watched.ears.names, watched.ears.refusing = ("desk@beichen.example",), set()
    watched.pass_on(60)
    assert AlertStore(watched.database).waiting() == []
    assert watched.ears.subjects("webhook") == []


def at_once(*calls: Callable[[], object]) -> None:
    start = Barrier(len(calls))

    def begin(call: Callable[[], object]) -> None:
        start.wait()
        call()

    threads = [Thread(target=begin, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_watches_at_once_open_and_tell_nothing_twice(watched: Watched) -> None:
    many = tuple(replace(FAILING, key=f"hook-{number}") for number in range(10))
    watched.figured.figures = replace(watched.figured.figures, destinations=many, tick_at=watched.now)
    watches = [watched.watch() for _ in range(4)]
    for watch in watches:
        watch.store.begin = lambda now, apart: (True, now)
    at_once(*(watch.run for watch in watches))
    assert len(AlertStore(watched.database).episodes(100, over=True)) == 10
    assert len(watched.ears.subjects("webhook")) == 1
    assert len(watched.ears.subjects("desk@beichen.example")) == 1


def test_a_look_right_after_another_is_none(watched: Watched) -> None:
    watched.look()
    assert watched.pass_on(5) == "looked just now"
    assert watched.pass_on(30).startswith("0 open")


def test_a_watch_that_dies_while_telling_leaves_it_to_the_next(watched: Watched) -> None:
    watched.ears.names = ("webhook",)

    def die() -> None:
        raise KeyboardInterrupt

    watched.ears.before = die
    with pytest.raises(KeyboardInterrupt):
        watched.look(destinations=(FAILING,))
    watched.ears.before = lambda: None
    watched.pass_on(30)
    assert watched.ears.heard == [], "it may still be told by the first one"
    watched.pass_on(60)
    assert len(watched.ears.subjects()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_grant_is_told_at_sixty_thirty_and_seven_days(watched: Watched) -> None:
    watched.catalogue = a_catalogue(
        publishers=(Publisher("jiang", "江城民族事务局"),),
        grants=(Grant("jiang-2026", "jiang", valid_until=watched.now + timedelta(days=61)),),
    )
    for _ in range(24):
        watched.pass_on(3 * 86400)
    told = [one for one in watched.ears.subjects() if "授权" in one]
    assert [one.split("还有 ")[-1].split(" 天")[0] for one in told[:3]] == ["58", "28", "7"]
    assert "已于 2027-01-24 08:00 到期" in told[3]
    assert "已解除" in told[4]
    assert len(told) == 5


def test_the_daily_summary_comes_once_a_day_and_says_that_all_is_well(watched: Watched) -> None:
    watched.counted.count = Count(new=20, held=2, published=18, retracted=1)
    watched.look()
    for _ in range(12):
        watched.pass_on(6 * 3600)
    digests = [one for who, one, _ in watched.ears.heard if who == "webhook"]
    assert [one.facts["day"] for one in digests] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert digests[0].subject == "[北辰转载平台] 11-23 日报：一切正常"
    assert "来稿：新 20，修订 0，重复 0；待审 2，否决 0，逾期放弃 0" in digests[0].text
    assert "江门户（hook）：发布 18，更新 0，撤回 1" in digests[0].text
    assert digests[0].facts["total"]["published"] == 18
    assert {one.first for one in watched.counted.spans} == {one.last for one in watched.counted.spans}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_daily_summary_is_said_late_rather_than_twice_or_never(watched: Watched) -> None:
    """08:00 the first look; the machine is off from then until 15:00."""
    watched.look()
    watched.pass_on(7 * 3600)
    watched.pass_on(60)
    assert len([one for one in watched.ears.subjects() if "日报" in one]) == 1
    watched.catalogue = a_catalogue(alerts=Alerts(emails=("desk@beichen.example",), digest="16:00"))
    watched.pass_on(2 * 3600)
    assert len([one for one in watched.ears.subjects() if "日报" in one]) == 1, "another time the same day"


def test_two_watches_at_once_say_one_daily_summary(watched: Watched) -> None:
    watched.look()
    watched.now += timedelta(hours=1)
    watches = [watched.watch() for _ in range(4)]
    for watch in watches:
        watch.store.begin = lambda now, apart: (True, now)
    watched.figured.figures = replace(watched.figured.figures, tick_at=watched.now)
    at_once(*(watch.run for watch in watches))
    assert len([one for one in watched.ears.subjects() if "日报" in one]) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_open_alerts_stand_in_the_summary(watched: Watched) -> None:
    watched.look(destinations=(FAILING,))
    watched.pass_on(3600)
    digest = next(one for _, one, _ in watched.ears.heard if one.type == "alerts.digest")
    assert digest.subject == "[北辰转载平台] 11-23 日报：1 项告警未解除"
    assert "「江门户」的 jiang-hook" in digest.text
    assert digest.facts["ok"] is False


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_quiet_source_is_learned_of_once(watched: Watched) -> None:
    newest = watched.now - timedelta(hours=8)
    source = SourceFigure("jiang", "江城民族事务局", 0, "200", None, newest)
    watched.figured.entries["jiang"] = [newest - timedelta(hours=number) for number in range(14 * 24)]
    watch = watched.watch()
    watched.figured.figures = replace(watched.figured.figures, sources=(source,))
    for _ in range(3):
        watched.now += timedelta(seconds=30)
        watched.figured.figures = replace(watched.figured.figures, tick_at=watched.now)
        watch.run()
    assert watched.figured.asked == ["jiang"]
    assert watched.ears.subjects() == [
        "[北辰转载平台] 来源「江城民族事务局」（jiang）已 8 小时 没有新稿，平时最多隔 60 分钟（只算它平时发稿的时段）"
    ]

"""Alerts of a real newsroom: figures read off both stores, told to a real receiver, the clock set by the test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.harness import new_secret
from tests.mailbox import mailbox
from tests.road import Item, Road
from tests.stages import OTHER, Stages, item, rss
from worker.bootstrap import utc_now
from worker.demo.partner import Partner, verify
from worker.demo.site import Document
from worker.model.alerts import Figures
from worker.model.catalog import Alerts, Subscriber
from worker.store.schema import delivery, stop

DOWN = Document(b"busy", status=503)


@pytest.fixture
def desk(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> Iterator[Partner]:
    """Whom alerts are told; ``hook``'s partner has a contact."""
    secret = new_secret()
    monkeypatch.setenv("DESK", secret)
    with Partner([secret], check=lambda *given: verify(*given, now=stages.now.timestamp())) as desk:
        stages.declare(
            alerts=Alerts(webhook=desk.url("/alerts"), secret="env:DESK", disk=0),
            subscribers=(Subscriber("partner", "伙伴报社", contact="周岚 0571-1234567"),),
        )
        yield desk


def look(stages: Stages) -> Figures:
    return stages.services.figures.look(
        stages.now,
        watched_at=None,
        published_since=stages.now - timedelta(days=1),
        withheld_since=stages.now - timedelta(days=1),
        by_hand=["hook"],
    )


def watch(stages: Stages, minutes: float = 0.5) -> str:
    stages.now += timedelta(minutes=minutes)
    stages.services.pulse.beat("tick", stages.now)
    return stages.services.watch()


def subjects(desk: Partner) -> list[str]:
    return [one.payload["data"]["subject"] for one in desk.accepted()]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_partner_that_is_down_is_told_and_its_recovery_too(stages: Stages, desk: Partner) -> None:
    stages.partner.next_answers = [DOWN] * 6
    stages.publish("alpha", rss(item("a", "江城代表团走访学校")))
    stages.run()
    for _ in range(6):
        watch(stages, 4)
        stages.deliver()
    assert subjects(desk) == []
    for _ in range(8):
        watch(stages, 4)
        stages.deliver()
    (told,) = desk.accepted()
    assert told.payload["type"] == "alerts.changed"
    assert "「伙伴报社」的 hook 自 11-24 20:11 起投递失败" in told.payload["data"]["text"]
    assert "联系人：周岚 0571-1234567" in told.payload["data"]["text"]
    stages.partner.next_answers.clear()
    for _ in range(40):
        if look(stages).destinations[0].failing_since is None:
            break
        watch(stages, 60)
        stages.deliver()
    watch(stages, 6)
    assert [one for one in subjects(desk) if "已解除" in one and "hook" in one]
    assert stages.services.alerts.episodes(10, over=False) == []


def test_an_unconfirmed_retraction_is_told_with_whom_to_call(stages: Stages, desk: Partner) -> None:
    stages.publish("alpha", rss(item("a", "江城代表团走访学校")))
    stages.run()
    stages.partner.next_answers = [DOWN] * 4
    stages.take_down()
    stages.deliver()
    (one,) = look(stages).unconfirmed
    assert (one.title, one.destination, one.subscriber, one.contact) == (
        *("江城代表团走访学校", "hook", "伙伴报社"),
        "周岚 0571-1234567",
    )
    watch(stages, 9)
    assert subjects(desk) == []
    watch(stages, 1)
    assert subjects(desk) == ["[示例门户] 《江城代表团走访学校》的撤稿，「伙伴报社」（hook）自 11-24 20:11 起未确认"]
    stages.partner.next_answers.clear()
    stages.now += timedelta(hours=2)
    stages.deliver()
    assert look(stages).unconfirmed == ()
    watch(stages)
    assert subjects(desk)[-1].startswith("[示例门户] 已解除：《江城代表团走访学校》的撤稿")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_retractions_at_a_place_that_left_the_file_still_name_whom_to_call(stages: Stages, desk: Partner) -> None:
    stages.publish("alpha", rss(item("a", "江城代表团走访学校")))
    stages.run()
    stages.partner.next_answers = [DOWN] * 4
    stages.take_down()
    stages.declare(destinations=stages.catalogue.destinations[1:])
    (one,) = look(stages).unconfirmed
    assert one.contact == "周岚 0571-1234567"


def test_the_figures_are_those_of_the_database(stages: Stages, desk: Partner) -> None:
    stages.publish("alpha", rss(item("a", "江城代表团走访学校")))
    stages.publish("beta", rss(item("b", "草原大雪", OTHER)))
    stages.run()
    figures = look(stages)
    assert [(one.key, one.name, one.failures, one.newest_at) for one in figures.sources] == [
        ("alpha", "甲报", 0, stages.now),
        ("beta", "乙网", 0, stages.now),
    ]
    assert figures.published_at == stages.now
    stages.sites["alpha"].put("/feed.xml", DOWN)
    stages.run()
    assert look(stages).sources[0].failures == 1
    stages.now += timedelta(days=2)
    assert look(stages).published_at is None


def test_what_people_stopped_is_known(stages: Stages) -> None:
    def row(scope: str, key: str = "", hours: int | None = None, lifted: bool = False) -> dict[str, object]:
        until = None if hours is None else stages.now + timedelta(hours=hours)
        lifted_at = stages.now if lifted else None
        whole = {"at": stages.now, "by": "周岚", "reason": "排查"}
        return {"scope": scope, "key": key, "until": until, "lifted_at": lifted_at, **whole}

    with stages.services.database.write() as connection:
        rows = [row("source", "alpha"), row("source", "beta", hours=1), row("all", lifted=True)]
        connection.execute(sa.insert(stop), rows)
    assert look(stages).stopped.sources == {"alpha", "beta"}
    assert not look(stages).stopped.everything
    stages.now += timedelta(hours=1)
    assert look(stages).stopped.sources == {"alpha"}


def test_a_withheld_update_is_shown_until_something_later_takes_its_place(stages: Stages, desk: Partner) -> None:
    stages.publish("alpha", rss(item("a", "江城代表团走访学校")))
    stages.run()
    first, *_ = stages.deliveries("hook")
    made = {name: getattr(first, name) for name in ("article_id", "destination_id", "version", "use", "due_at")}

    def write(sequence: int, state: str) -> None:
        more = {"uuid": f"00000000-0000-4000-8000-00000000000{sequence}", "sequence": sequence, "state": state}
        with stages.services.database.write() as connection:
            connection.execute(sa.insert(delivery).values(**made, **more, action="update", created_at=stages.now))

    write(2, "withheld")
    (one,) = look(stages).withheld
    assert (one.title, one.subscriber, one.contact) == ("江城代表团走访学校", "伙伴报社", "周岚 0571-1234567")
    write(3, "withheld")
    (one,) = look(stages).withheld
    assert str(one.delivery).endswith("3")
    stages.now += timedelta(days=1, seconds=1)
    assert look(stages).withheld == ()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_summary_of_a_real_day(stages: Stages, desk: Partner) -> None:
    watch(stages)
    stages.publish("alpha", rss(item("a", "江城代表团走访学校"), item("b", "草原大雪", OTHER)))
    stages.run()
    watch(stages, 24 * 60)
    digest = next(one.payload for one in desk.accepted() if one.payload["type"] == "alerts.digest")
    assert digest["data"]["day"] == "2026-11-24"
    assert digest["data"]["total"]["new"] == 2
    places = {one["destination"]: one for one in digest["data"]["destinations"]}
    assert (places["hook"]["published"], places["hook"]["subscriber"]) == (2, "伙伴报社")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_before_the_first_apply_there_is_nothing_to_watch(stages: Stages) -> None:
    with stages.services.database.write() as connection:
        connection.execute(sa.text("DELETE FROM installation"))
    stages.services.catalogue._loaded = None
    assert stages.services.watch() == "no catalogue yet"


ALERTS = """
[alerts]
webhook = "<hook>"
secret = "env:PARTNER_SECRET"
emails = ["desk@beichen.example"]

[channels.culture]"""


def with_alerts(road: Road) -> Road:
    road.change("\n[channels.culture]", ALERTS)
    return road


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_test_goes_to_everybody_and_shows_what_came_of_it(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    assert road.cli("alerts", "test").code == 4, "nobody is named yet"
    assert " alerts:" not in road.cli("doctor").text
    with_alerts(road)
    assert "NEWSROAD_SMTP_URL and NEWSROAD_SMTP_FROM are not both set here" in road.cli("doctor").text
    shown = road.cli("alerts", "test")
    assert shown.code == 1
    assert "no mail server: set NEWSROAD_SMTP_URL and NEWSROAD_SMTP_FROM" in shown.text
    assert road.partner.accepted()[-1].payload["type"] == "alerts.test"
    with mailbox() as box:
        monkeypatch.setenv("NEWSROAD_SMTP_URL", f"smtp://127.0.0.1:{box.port}")
        monkeypatch.setenv("NEWSROAD_SMTP_FROM", "北辰 <alerts@beichen.example>")
        told = road.json("alerts", "test")["recipients"]
        assert told == [
            {"recipient": "webhook", "ok": True, "detail": "answered 204"},
            {"recipient": "desk@beichen.example", "ok": True, "detail": "taken by 127.0.0.1"},
        ]
        assert "all that [alerts] names can be told" in road.cli("doctor").text
        assert box.taken[0]["Subject"] == "[北辰转载平台] 告警测试"


def later(road: Road, minutes: int) -> None:
    """Watch as if it were so much later; the tick goes on."""
    now = utc_now() + timedelta(minutes=minutes)
    road.services.clock = lambda: now
    road.services.pulse.beat("tick", now)
    road.services.watch()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_people_see_what_is_open_and_whom_to_call(road: Road) -> None:
    road.change('name = "江门户"', 'name = "江门户"\ncontact = "周岚 0571-1234567"')
    meeting = Item("m1", "江城代表团赴高原州对接教育协作")
    road.publish("jiang", meeting)
    road.run()
    assert "Nobody is told: name a webhook or emails under [alerts]" in road.cli("alerts").text
    taken = ("--by", "周岚", "--reason", "rights", "--note", "原作者来函", "--yes", "--wait", "0")
    done = road.json("takedown", str(road.uuid(meeting.title)), *taken)
    assert [(one["destination"], one["contact"]) for one in done["unconfirmed"]] == [("hook", "周岚 0571-1234567")]
    line = f"the retraction of “{meeting.title}” at hook; call 江门户: 周岚 0571-1234567"
    assert line in road.cli("status").text
    assert line in road.cli("delivery", "list", "--state", "due").text
    assert "Not confirmed" not in road.cli("delivery", "list", "--state", "accepted").text
    assert [one["title"] for one in road.json("status")["unconfirmed"]] == [meeting.title]
    clock = road.services.clock
    later(road, 11)
    (alert,) = road.json("alerts")["alerts"]
    assert (alert["kind"], alert["told_at"]) == ("retraction_unconfirmed", None)
    assert "1 retraction_unconfirmed: newsroad alerts" in road.cli("status").text
    road.services.clock = clock
    road.deliver()
    later(road, 12)
    assert road.json("alerts")["alerts"] == []
    assert road.json("alerts", "--all")["alerts"][0]["closed_at"] is not None
    assert "Not confirmed" not in road.cli("status").text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('digest = "8:30"', 'must be a time of day such as "08:30"'),
        ('published_by = "25:00"', "must be a time of day"),
        ('emails = ["周岚"]', "must be an e-mail address"),
        ('emails = ["a@b.example\\nBcc: c@d.example"]', "must be an e-mail address"),
        ('secret = "geheim"\nwebhook = "https://chat.example/x"', "must be a reference, never the secret itself"),
        ('secret = "env:X"', "name a webhook"),
        ('calendar = "cn"', 'there is no "cn"'),
        ("silence = 1", "must be more than 1"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_alerts_that_could_not_work_are_refused(road: Road, written: str, said: str) -> None:
    refused = road.change("\n[channels.culture]", f"\n[alerts]\n{written}\n\n[channels.culture]", code=2)
    assert said in refused.text
    assert "geheim" not in refused.text

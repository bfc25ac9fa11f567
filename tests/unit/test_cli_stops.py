"""What a person types on a working day: pause, resume, push, calendar; and what status, doctor and explain say."""

from __future__ import annotations

import json

import pytest

from tests.road import CATALOGUE, Item, Road

HOOK = '[destinations.hook]\nsubscriber = "partner"\nkind = "webhook"\nchannels = ["news"]'
ONE, TWO = (
    Item("m1", "江城代表团赴高原州对接教育协作"),
    Item("m2", "民族文化展览开幕", body="展览展出两百件藏品。" * 20),
)


def test_a_stop_is_seen_everywhere_and_lifting_it_says_how_much_waits(road: Road) -> None:
    stopped = road.cli("pause", "--all", "--reason", "机房检修", "--until", "2h", "--by", "值班")
    assert stopped.code == 0, stopped.text
    assert "STOPPED everything since" in stopped.text
    assert "newsroad resume --all --as newest" in stopped.text
    road.publish("jiang", ONE)
    road.run()
    assert road.partner.ledger == []
    assert "STOPPED everything since" in road.cli("status").text.splitlines()[0]
    assert json.loads(road.cli("status", "--json").text)["stops"][0]["reason"] == "机房检修"
    assert "by 值班: 机房检修" in road.cli("doctor").text
    explained = road.cli("article", "explain", str(road.uuid(ONE.title)), "--destination", "hook").text
    assert "STOPPED everything" in explained
    asked = road.cli("resume", "--all")
    assert (asked.code, "2 deliveries wait behind this stop" in asked.text) == (4, True), asked.text
    lifted = road.cli("resume", "--all", "--as", "newest", "--max-age", "24h", "--by", "值班")
    assert "Lifted: everything. 2 deliveries go out to 2 destinations, 0 dropped." in lifted.text
    road.deliver()
    assert len(road.partner.accepted()) == 1
    assert "STOPPED" not in road.cli("status").text


def test_refusals_say_what_to_type_instead(road: Road) -> None:
    assert "--all, --source KEY, --channel KEY or --destination KEY" in road.cli("pause", "--reason", "x").text
    assert "one thing at a time" in road.cli("pause", "--all", "--source", "jiang", "--reason", "x").text
    assert road.cli("pause", "--source", "nobody", "--reason", "x").code == 3
    assert "is over already" in road.cli("pause", "--all", "--reason", "x", "--until", "2020-01-01").text
    not_stopped = road.cli("resume", "--all", "--as", "all")
    assert (not_stopped.code, "everything is not stopped" in not_stopped.text) == (3, True)
    road.cli("pause", "--source", "jiang", "--reason", "核实中", "--by", "王")
    assert "stopped already, by 王: 核实中" in road.cli("pause", "--source", "jiang", "--reason", "x").text
    assert "--as newest" in road.cli("resume", "--source", "jiang", "--as", "all", "--max-age", "1h").text


def test_many_that_wait_are_not_let_go_without_a_yes(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.cli.stops.UNASKED", 1)
    road.cli("pause", "--all", "--reason", "x")
    road.publish("jiang", ONE)
    road.run()
    refused = road.cli("resume", "--all", "--as", "drop")
    assert refused.code == 4
    assert "0 deliveries go out, 2 dropped" in refused.text
    assert "newsroad resume --all --as drop --yes" in refused.text
    assert road.cli("resume", "--all", "--as", "drop", "--yes").code == 0
    road.deliver()
    assert road.partner.ledger == []
    explained = road.cli("article", "explain", str(road.uuid(ONE.title)), "--language", "zh").text
    assert "解除暂停时由人放弃" in explained


def test_a_calendar_tells_when_it_opens_what_waits_and_a_push_passes_it(road: Road) -> None:
    # Never open while the test runs: the window lies a good day ahead, whatever day it is.
    day = (road.services.clock().weekday() + 3) % 7
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day]
    road.change(HOOK, f'{HOOK}\nwindows = ["{name} 09:00-18:00"]\nzone = "Asia/Shanghai"')
    road.publish("jiang", TWO, ONE)
    road.run()
    shown = road.cli("destination", "calendar", "hook", "--count", "2").text
    assert f"windows: {name} 09:00-18:00 (Asia/Shanghai)" in shown
    assert ONE.title in shown
    told = json.loads(road.cli("destination", "calendar", "hook", "--json").text)
    assert [turn["waiting"] for turn in told["openings"][:3]] == [0, 2, 0]
    article = str(road.uuid(ONE.title))
    assert "--now" in road.cli("article", "push", article, "--destination", "hook").text
    assert "--everywhere" in road.cli("article", "push", article, "--now").text
    pushed = road.cli(
        "article", "push", article, "--now", "--destination", "hook", "--by", "值班编辑", "--note", "突发"
    )
    assert (pushed.code, "hook: goes now" in pushed.text) == (0, True), pushed.text
    road.deliver()
    assert [one.payload["data"]["title"] for one in road.partner.accepted()] == [ONE.title]
    again = road.cli("article", "push", article, "--now", "--everywhere")
    assert (again.code, "nothing of it waits" in again.text) == (4, True)
    assert "push" in road.cli("audit").text


def test_a_rehearsed_delivery_shows_what_would_have_gone(road: Road) -> None:
    road.change(HOOK, f'{HOOK}\nmode = "rehearse"')
    road.publish("jiang", ONE)
    road.run()
    assert road.partner.ledger == []
    shown = road.cli("delivery", "show", str(road.uuid(ONE.title)), "--destination", "hook").text
    assert ": rehearsed" in shown
    assert f"> POST {road.partner.url('/')}" in shown
    assert ONE.title in shown
    assert road.partner.secrets[0].removeprefix("whsec_") not in shown
    assert "演练" in road.cli("article", "explain", str(road.uuid(ONE.title)), "--language", "zh").text


def test_doctor_says_when_a_calendar_in_use_has_run_out(road: Road) -> None:
    calendar = '\n[calendars.cn]\ndays_off = ["2019-10-01..2019-10-07"]\n'
    road.change(CATALOGUE, CATALOGUE.replace(HOOK, f'{HOOK}\ncalendar = "cn"') + calendar)
    told = road.cli("doctor").text
    assert "calendar: cn has no days of" in told
    assert "[calendars.cn]" in told

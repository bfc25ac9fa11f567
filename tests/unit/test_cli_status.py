"""``status``, ``source``, ``destination`` and ``delivery``: what an operator sees, and what resuming does."""

from __future__ import annotations

from threading import Thread

from tests.harness import eventually
from tests.road import Item, Road
from worker.demo.site import Document

MEETING = Item("m1", "江城代表团赴高原州对接教育协作")
REPRINT = Item("r1", "高原州举办青年歌会", credits="高原日报")


def test_status_counts_what_came_and_went(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.run()  # else whichever arrives first is new, and the other the duplicate
    road.publish("tongxin", REPRINT, Item("r2", MEETING.title, MEETING.body))
    road.run()
    seen = road.json("status", "--today")
    assert {row["key"]: (row["new"], row["duplicate"], row["held"]) for row in seen["sources"]} == {
        "jiang": (1, 0, 0),
        "tongxin": (1, 1, 1),
    }
    assert seen["entries"] == {"new": 2, "revised": 0, "duplicate": 1, "held": 1, "dropped": 0}
    assert seen["source_states"]["ok"] == 2
    places = {row["key"]: row for row in seen["destinations"]}
    assert [places[key]["published"] for key in ("feeds", "hook", "exhibitions")] == [1, 1, 0]
    assert places["hook"]["latency_p50_ms"] is not None
    assert places["hook"]["latency_p50_ms"] <= places["hook"]["latency_p95_ms"]
    assert places["exhibitions"]["latency_p95_ms"] is None
    assert seen["deliveries"] == {"due": 0, "parked": 0, "accepted": 2, "oldest_due_age_s": None}


def test_a_revision_and_a_takedown_are_counted(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.run()
    road.publish("jiang", Item("m1", MEETING.title, "另附会议安排。" * 60))
    road.run()
    taken = ("--by", "周岚", "--reason", "rights", "--note", "原作者来函", "--yes", "--wait", "0")
    road.cli("takedown", str(road.uuid(MEETING.title)), *taken)
    road.deliver()
    seen = road.json("status")
    assert seen["entries"]["revised"] == 1
    hook = next(row for row in seen["destinations"] if row["key"] == "hook")
    assert (hook["published"], hook["updated"], hook["retracted"]) == (1, 1, 1)


def test_status_reads_well_for_people(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.run()
    shown = road.cli("status").text
    assert "2: 2 ok" in shown
    assert "1 new, 0 revised, 0 duplicate; held for a person: 0" in shown
    assert "0 waiting, 0 parked, 2 accepted" in shown
    assert "never: no worker has run yet" in shown


def test_a_failing_source_says_what_it_met(road: Road) -> None:
    road.site.put("/jiang", Document(b"gone fishing", status=503))
    road.run()
    rows = {row["key"]: row for row in road.json("source", "list")["sources"]}
    assert rows["jiang"]["state"] == "failing"
    assert rows["jiang"]["failures"] == 1
    assert rows["tongxin"]["state"] == "ok"
    assert [row["key"] for row in road.json("source", "list", "--state", "failing")["sources"]] == ["jiang"]
    assert "503" in road.cli("source", "show", "jiang").text


def test_a_body_that_is_no_feed_is_set_aside_and_told(road: Road) -> None:
    road.site.put("/jiang", Document(b"<html><body>Wartung</body></html>", "text/html"))
    road.run()
    shown = road.json("source", "show", "jiang")
    assert shown["quarantined"] == 1
    assert [one["state"] for one in shown["snapshots"]] == ["quarantined"]
    assert shown["snapshots"][0]["reason"]
    assert road.json("status")["quarantined"] == 1


def test_a_paused_source_is_not_asked_and_apply_does_not_wake_it(road: Road) -> None:
    road.run()
    assert road.json("source", "pause", "jiang", "--by", "周岚", "--note", "对方改版") == {
        "source": "jiang",
        "paused": True,
    }
    asked = road.site.count("/jiang")
    road.change('name = "同心在线"', 'name = "同心网"')
    road.services.poller().run()
    assert road.site.count("/jiang") == asked
    refused = road.cli("source", "poll", "jiang", "--now")
    assert refused.code == 4
    assert "newsroad source resume jiang" in refused.text
    assert road.json("source", "show", "jiang")["state"] == "paused"
    assert road.cli("source", "resume", "jiang").code == 0
    road.services.poller().run()
    assert road.site.count("/jiang") == asked + 1
    assert road.cli("source", "pause", "nobody").code == 3


def test_a_poll_asked_for_says_when_nobody_does_it(road: Road) -> None:
    road.run()
    assert "to ask at once: --now" in road.cli("source", "poll", "jiang").text
    shown = road.cli("source", "poll", "jiang", "--now", "--wait", "0")
    assert shown.code == 0
    assert "due, but not asked within 0 s (last tick never)" in shown.text
    assert road.services.polling.waiting(road.services.clock()) == 1


def test_a_poll_asked_for_tells_what_came_of_it(road: Road) -> None:
    road.run()

    def a_worker() -> None:
        eventually(lambda: road.services.polling.waiting(road.services.clock()))
        road.services.poller().run()

    worker = Thread(target=a_worker)
    worker.start()
    told = road.json("source", "poll", "jiang", "--now")
    worker.join()
    assert told["polled"] is True
    assert "304" in told["outcome"]


def test_refused_credentials_hold_the_destination_until_a_person_resumes_it(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.partner.next_answers = [Document(b"", status=401)]
    road.run()
    shown = road.json("destination", "show", "hook")
    assert shown["state"] == "held"
    assert shown["waiting"] == 1
    assert "newsroad destination resume hook" in road.cli("destination", "show", "hook").text
    assert "held" in road.cli("status").text
    assert road.json("destination", "resume", "hook", "--by", "周岚")["was"] == "held"
    road.deliver()
    assert road.json("destination", "show", "hook")["published"] == 1
    assert road.cli("destination", "resume", "nowhere").code == 3


def test_a_resume_that_lets_many_go_asks_first(road: Road) -> None:
    road.run()  # first contact, with nothing there yet
    road.partner.next_answers = [Document(b"", status=401)] * 25
    for many in (13, 25):
        items = (Item(f"n{number}", f"第{number}次例会纪要", f"第{number}次会议。" * 40) for number in range(many))
        road.publish("jiang", *items)
        road.run()
    road.partner.next_answers.clear()
    assert road.json("destination", "show", "hook")["waiting"] == 25
    refused = road.cli("destination", "resume", "hook")
    assert refused.code == 4
    assert "25 deliveries wait" in refused.text
    assert road.json("destination", "show", "hook")["state"] == "held"
    assert road.cli("destination", "resume", "hook", "--yes").code == 0
    road.deliver()
    assert road.json("destination", "show", "hook")["published"] == 25


def test_what_a_partner_refuses_is_parked_and_can_be_replayed(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.partner.next_answers = [Document(b"no such desk", status=422)]
    road.run()
    parked = road.json("delivery", "list", "--state", "parked")["deliveries"]
    assert [(row["destination"], row["title"]) for row in parked] == [("hook", MEETING.title)]
    short = parked[0]["uuid"][:8]
    shown = road.json("delivery", "show", short)
    assert [(one["status"], one["excerpt"]) for one in shown["receipts"]] == [(422, "no such desk")]
    assert f"newsroad delivery replay {short}" in road.cli("delivery", "show", short).text
    partners = road.partner.ledger[-1].id
    for known in (partners, partners[:12], partners.removeprefix("msg_")):
        assert road.json("delivery", "show", known)["uuid"] == parked[0]["uuid"], known
    assert road.json("status")["deliveries"]["parked"] == 1
    assert road.json("delivery", "replay", short, "--by", "周岚")["replayed"] == [parked[0]["uuid"]]
    road.deliver()
    again = road.json("delivery", "show", short)
    assert again["state"] == "accepted"
    assert [one["status"] for one in again["receipts"]] == [422, 204]
    assert road.cli("delivery", "replay", short).code == 4


def test_deliveries_are_listed_newest_first_and_found_by_the_article(road: Road) -> None:
    road.publish("jiang", MEETING)
    road.run()
    rows = road.json("delivery", "list", "--since", "2h")["deliveries"]
    assert {row["destination"] for row in rows} == {"feeds", "hook"}
    assert len(road.json("delivery", "list", "--limit", "1")["deliveries"]) == 1
    address = "https://jiang.example/a/m1"
    assert road.json("delivery", "show", address, "--destination", "hook")["destination"] == "hook"
    ambiguous = road.cli("delivery", "show", address)
    assert ambiguous.code == 4
    assert "feeds" in ambiguous.text
    assert road.cli("delivery", "list", "--since", "someday").code == 4
    assert road.cli("delivery", "list", "--destination", "nowhere").code == 3
    assert road.json("delivery", "list", "--since", "2099-01-01")["deliveries"] == []


def test_what_names_no_delivery_is_told_where_they_are(road: Road) -> None:
    road.run()
    for verb in ("show", "replay"):
        answer = road.cli("delivery", verb, "no-such")
        assert answer.code == 3
        assert "no delivery's id begins with 'no-such'" in answer.text
        assert "newsroad delivery list" in answer.text

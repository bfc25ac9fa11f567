"""What happens to a delivery when its partner is away, refuses, or its sender dies; and that time only runs forward."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.stages import NOON, OTHER, STORY, Stages, item, rss, telling
from worker.demo.site import Document
from worker.model.catalog import Channel, Destination
from worker.store.schema import receipt


def answer(status: int, **headers: str) -> Document:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Document(b"", "text/plain", status=status, headers=named)


def one_article(stages: Stages, text: str = STORY, title: str = "走访") -> None:
    stages.publish("alpha", rss(item("a1", title, text)))
    stages.run()


def test_a_failed_delivery_comes_again_with_the_same_id_at_the_published_times(stages: Stages) -> None:
    stages.partner.next_answers = [answer(500), answer(503), answer(204)]
    one_article(stages)
    assert [row.state for row in stages.deliveries()] == ["due"]
    assert timedelta(seconds=4) <= stages.deliveries()[0].due_at - stages.now <= timedelta(seconds=6)
    stages.now += timedelta(seconds=7)
    stages.services.deliverer().run()
    assert timedelta(minutes=4) <= stages.deliveries()[0].due_at - stages.now <= timedelta(minutes=6)
    stages.run()
    assert [row.state for row in stages.deliveries()] == ["accepted"]
    assert len({one.id for one in stages.partner.ledger}) == 1
    assert [one.status for one in stages.partner.ledger] == [500, 503, 204]
    assert [row.status for row in stages.rows(receipt) if row.status is not None] == [500, 503, 204]


def test_retry_after_is_a_floor(stages: Stages) -> None:
    stages.partner.next_answers = [answer(429, Retry_After="3600")]
    one_article(stages)
    assert stages.deliveries()[0].due_at - stages.now >= timedelta(hours=1)


def test_a_refusal_for_good_parks_this_delivery_alone(stages: Stages) -> None:
    stages.partner.next_answers = [answer(422)]
    one_article(stages)
    assert [row.state for row in stages.deliveries()] == ["parked"]
    stages.publish("alpha", rss(item("a2", "大雪", OTHER)))
    stages.run()
    assert stages.sent == [("published", "大雪")]
    assert stages.services.deliveries.replay(UUID(stages.deliveries()[0].uuid), stages.now, by="值班")
    stages.run()
    assert stages.sent[-1] == ("published", "走访")


def test_a_redirect_is_a_failure_and_is_not_followed(stages: Stages) -> None:
    stages.partner.next_answers = [answer(302, Location=stages.partner.url("/elsewhere"))]
    one_article(stages)
    assert [row.state for row in stages.deliveries()] == ["parked"]
    assert "redirect" in stages.deliveries()[0].detail
    assert [asked.question.path for asked in stages.partner.asked] == ["/hook"]


def test_wrong_credentials_hold_the_destination_not_the_article(stages: Stages) -> None:
    stages.partner.next_answers = [answer(401)]
    one_article(stages)
    assert stages.destination().state == "held"
    assert [(row.state, row.failures) for row in stages.deliveries()] == [("due", 0)]
    stages.run()
    assert len(stages.partner.ledger) == 1, "nothing is sent to a held destination"
    stages.services.deliveries.resume("hook", stages.now, by="值班")
    stages.run()
    assert stages.sent == [("published", "走访")]


def test_gone_disables_the_destination_and_loses_nothing(stages: Stages) -> None:
    stages.partner.next_answers = [answer(410)]
    one_article(stages)
    assert stages.destination().state == "disabled"
    stages.services.deliveries.resume("hook", stages.now, by="值班")
    stages.run()
    assert stages.sent == [("published", "走访")]


def test_gone_or_unknown_is_what_a_retraction_wants(stages: Stages) -> None:
    one_article(stages)
    stages.partner.next_answers = [answer(404)]
    stages.take_down()
    stages.services.deliverer().run()
    assert [row.state for row in stages.deliveries()] == ["accepted", "accepted"]


def test_after_five_failures_one_probe_goes_and_the_rest_wait_uncharged(stages: Stages) -> None:
    stages.declare(destinations=(_with(stages, concurrency=1), stages.catalogue.destinations[1]))
    stages.partner.next_answers = [answer(500)] * 6
    items = [item(f"a{n}", f"第{n}条", telling(n)) for n in range(9)]
    stages.publish("alpha", rss(*items))
    stages.run()
    assert len(stages.partner.ledger) == 5
    assert stages.destination().opened_at is not None
    assert sorted(row.attempts for row in stages.deliveries()) == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    stages.now = stages.destination().probe_at + timedelta(seconds=1)
    stages.services.deliverer().run()
    assert len(stages.partner.ledger) == 6, "a failed probe lets nothing else through"
    stages.now = stages.destination().probe_at + timedelta(seconds=1)
    stages.services.deliverer().run()
    stages.run(minutes=60)
    assert stages.destination().opened_at is None
    assert len(stages.sent) == 9


def test_a_new_retraction_does_not_wait_for_the_next_probe(stages: Stages) -> None:
    one_article(stages)
    stages.partner.next_answers = [answer(500)] * 7
    stages.publish("alpha", rss(*(item(f"b{n}", f"第{n}条", telling(n)) for n in range(5))))
    stages.run()
    stages.run(minutes=1)
    probe_at = stages.destination().probe_at
    assert probe_at is not None
    assert probe_at - stages.now > timedelta(minutes=3), "open, and not to be probed yet"
    stages.now += timedelta(minutes=2)
    stages.take_down()
    stages.services.deliverer().run()
    assert len(stages.partner.ledger) == 8, "tried at once, and refused"
    assert stages.destination().probe_at == probe_at, "what goes out of turn does not move the ladder"
    stages.now += timedelta(seconds=50)
    stages.services.deliverer().run()
    assert len(stages.partner.ledger) == 8, "a partner that is down is asked once for it"
    stages.now = probe_at + timedelta(seconds=1)
    stages.services.deliverer().run()
    assert [one.payload["data"]["action"] for one in stages.partner.accepted()[1:3]] == ["retract", "publish"]
    assert stages.destination().opened_at is None


def test_whoever_rings_for_one_destination_serves_the_others_too(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", STORY)))
    stages.poll()
    stages.ingest()
    assert stages.services.deliverer().run(first="elsewhere") == "elsewhere: nothing was due; to others: 1 accepted"
    assert stages.sent == [("published", "走访")]
    assert stages.services.deliverer().run(first="hook") == "hook: nothing was due"


def _with(stages: Stages, **changes: object) -> Destination:
    return replace(stages.catalogue.destinations[0], **changes)


def test_partners_of_one_run_get_the_same_text_but_each_their_own_channels_and_name(stages: Stages) -> None:
    hook = stages.catalogue.destinations[0]
    city = Destination("city", "partner", "webhook", ("city",), hook.options)
    channels = (*stages.catalogue.channels, Channel("city", "本市"))
    stages.declare(channels=channels, destinations=(hook, _with(stages, key="twin"), city))
    one_article(stages)
    sent = {one.payload["destination"]: one.payload["data"] for one in stages.partner.accepted()}
    assert sent.keys() == {"hook", "twin", "city"}
    assert sent["hook"] == sent["twin"]
    assert [path["key"] for path in sent["city"].pop("channels")] == ["city"]
    assert [path["key"] for path in sent["hook"].pop("channels")] == ["news"]
    assert sent["city"] == sent["hook"]


def test_a_retry_never_lands_after_its_successor(stages: Stages) -> None:
    stages.partner.next_answers = [answer(500)]
    one_article(stages)
    stages.publish("alpha", rss(item("a1", "走访（更正）")))
    stages.run(minutes=0.01)
    stages.run(minutes=60)
    assert [(row.sequence, row.state) for row in stages.deliveries()] == [(1, "superseded"), (2, "accepted")]
    assert stages.sent == [("published", "走访（更正）")], "what was refused was never there"


def test_a_takedown_during_an_outage_ends_withdrawn(stages: Stages) -> None:
    one_article(stages)
    stages.partner.next_answers = [answer(500), answer(500)]
    stages.publish("alpha", rss(item("a1", "走访（更正）")))
    stages.run(minutes=0.01)
    stages.take_down()
    stages.services.deliverer().run()
    stages.run(minutes=60)
    assert [row.state for row in stages.deliveries()] == ["accepted", "superseded", "accepted"]
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


def test_retractions_reach_a_held_destination(stages: Stages) -> None:
    one_article(stages)
    stages.partner.next_answers = [answer(403)]
    stages.publish("alpha", rss(item("a1", "走访（更正）")))
    stages.run()
    assert stages.destination().state == "held"
    stages.take_down()
    stages.services.deliverer().run()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


def test_what_was_taken_down_does_not_come_back(stages: Stages) -> None:
    one_article(stages)
    stages.take_down()
    stages.publish("alpha", rss(item("new-guid", "换了题目", STORY)))
    stages.publish("beta", rss(item("b1", "走访", STORY)))
    stages.run()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]
    assert stages.titles() == []


def test_a_deletion_by_the_source_withdraws_and_a_strangers_does_nothing(stages: Stages) -> None:
    one_article(stages)
    stone = '<at:deleted-entry ref="a1" when="2026-11-24T11:00:00Z"/>'
    stages.publish("beta", rss(item("b1", "别的", OTHER), head=stone))
    stages.run()
    assert ("withdrawn", "") not in stages.sent
    stages.publish("alpha", rss(head=stone))
    stages.run()
    assert stages.sent[-1][0] == "withdrawn"
    assert stages.articles()[0].state == "withdrawn"


def test_a_deletion_of_one_copy_leaves_the_article_to_the_other(stages: Stages) -> None:
    one_article(stages)
    stages.publish("beta", rss(item("b1", "走访", STORY)))
    stages.run()
    stages.publish("beta", rss(head='<at:deleted-entry ref="b1" when="2026-11-24T11:00:00Z"/>'))
    stages.run()
    assert stages.articles()[0].state == "live"
    assert [kind for kind, _ in stages.sent] == ["published"]


def test_a_surge_of_deletions_is_not_believed(stages: Stages) -> None:
    items = [item(f"a{n}", f"第{n}条", telling(n)) for n in range(8)]
    stages.publish("alpha", rss(*items))
    stages.run()
    stones = "".join(f'<at:deleted-entry ref="a{n}" when="2026-11-24T11:00:00Z"/>' for n in range(8))
    stages.publish("alpha", rss(head=stones))
    stages.run()
    assert {row.state for row in stages.articles()} == {"live"}
    assert "withdrawn" not in {kind for kind, _ in stages.sent}


def test_a_death_of_a_batch_makes_it_go_one_by_one_and_the_third_of_one_parks_it(stages: Stages) -> None:
    store = stages.services.deliveries
    items = [item(f"a{n}", f"第{n}条", telling(n)) for n in range(2)]
    stages.publish("alpha", rss(*items))
    stages.services.poller().run()
    stages.services.ingester().run()

    def claim_and_die() -> int:
        claims = store.claim(
            stages.now, limit=9, batch=64, lease=f"dead-{stages.now}", until=stages.now + timedelta(seconds=60)
        )
        stages.now += timedelta(seconds=61)
        return sum(len(one.deliveries) for one in claims)

    assert claim_and_die() == 2
    assert claim_and_die() == 1
    assert claim_and_die() == 1
    assert claim_and_die() == 1
    stages.run()
    states = sorted(row.state for row in stages.deliveries())
    assert states == ["accepted", "parked"]
    parked = next(row for row in stages.deliveries() if row.state == "parked")
    assert "died 3 times" in parked.detail


def test_a_lost_lease_writes_nothing(stages: Stages) -> None:
    store = stages.services.deliveries
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.services.poller().run()
    stages.services.ingester().run()
    until = stages.now + timedelta(seconds=60)
    first = store.claim(stages.now, limit=9, batch=9, lease="first", until=until)
    stages.now += timedelta(seconds=61)
    second = store.claim(stages.now, limit=9, batch=9, lease="second", until=stages.now + timedelta(seconds=60))
    assert first[0].deliveries[0].id == second[0].deliveries[0].id
    store.record((), (), lease="first", release=["hook"], now=stages.now)
    assert [row.state for row in stages.deliveries()] == ["sending"]
    assert stages.destination().lease == "second"


def test_two_senders_never_hold_one_destination(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.services.poller().run()
    stages.services.ingester().run()
    until = stages.now + timedelta(seconds=60)
    assert stages.services.deliveries.claim(stages.now, limit=9, batch=9, lease="one", until=until)
    assert stages.services.deliveries.claim(stages.now, limit=9, batch=9, lease="two", until=until) == []


def test_a_snapshot_that_kills_its_reader_is_set_aside_after_three_deaths(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访")))
    stages.publish("beta", rss(item("b1", "大雪", OTHER)))
    stages.services.poller().run()
    snapshots = stages.services.snapshots
    for _ in range(3):
        claim = snapshots.claim(stages.now, lease="dies", until=stages.now + timedelta(seconds=60), snapshot_id=1)
        assert claim is not None
        stages.now += timedelta(seconds=61)
    stages.run()
    assert [row.state for row in stages.snapshots()] == ["quarantined", "done"]
    assert "died 3 times" in stages.snapshots()[0].reason


def test_a_destination_that_left_the_file_gets_nothing_but_its_retractions(stages: Stages) -> None:
    one_article(stages)
    stages.declare(destinations=(stages.catalogue.destinations[1],))
    stages.publish("alpha", rss(item("a1", "走访（更正）")))
    stages.run()
    assert stages.sent == [("published", "走访")]
    stages.take_down()
    stages.services.deliverer().run()
    assert [kind for kind, _ in stages.sent] == ["published", "withdrawn"]


def test_a_secret_that_cannot_be_read_holds_the_destination(stages: Stages) -> None:
    options = {**stages.catalogue.destinations[0].options, "secret": "env:NOT_SET_ANYWHERE"}
    stages.declare(destinations=(_with(stages, options=options), stages.catalogue.destinations[1]))
    one_article(stages)
    assert stages.destination().state == "held"
    assert "NOT_SET_ANYWHERE" in stages.destination().state_reason
    assert stages.partner.ledger == []


def test_latency_is_told_from_when_the_text_was_fetched(stages: Stages) -> None:
    one_article(stages)
    row = stages.deliveries()[0]
    assert row.visible_at == NOON + timedelta(minutes=11)
    assert row.finished_at >= row.visible_at

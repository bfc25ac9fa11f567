"""How publishers are asked: politely, with their own validators, and never given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.stages import STORY, Stages, item, rss
from worker.demo.site import Document
from worker.store.schema import host

FEED = rss(item("a1", "走访"))


def asked(stages: Stages, key: str = "alpha") -> list[dict[str, str]]:
    """The headers of every request that ``key``'s site got, oldest first."""
    return [dict(one.question.headers) for one in stages.sites[key].asked]


def due_in(stages: Stages, key: str = "alpha") -> timedelta:
    return stages.resource(key).due_at - stages.now


def test_validators_go_back_byte_for_byte_and_are_replaced_after_every_answer(stages: Stages) -> None:
    odd = replace(FEED, validators=False, headers={"ETag": 'W/"a,b"', "Last-Modified": "Di, 24 Nov 2026 irgendwann"})
    stages.publish("alpha", odd)
    stages.run()
    stages.publish("alpha", replace(odd, headers={"ETag": '"v2"'}))
    stages.run()
    stages.run()
    first, second, third = asked(stages)
    assert "if-none-match" not in first
    assert second["if-none-match"] == 'W/"a,b"'
    assert second["if-modified-since"] == "Di, 24 Nov 2026 irgendwann"
    assert third["if-none-match"] == '"v2"', "replaced although the body was the same"
    assert "if-modified-since" not in third, "dropped: the last 200 did not send one"


def test_a_304_may_renew_the_validators(stages: Stages) -> None:
    stages.publish("alpha", FEED)
    stages.run()
    stages.publish("alpha", Document(b"", status=304, validators=False, headers={"ETag": '"new"'}))
    stages.run()
    assert stages.resource().etag == '"new"'
    assert stages.resource().last_modified is not None, "what a 304 does not send stays"


def test_the_same_body_is_no_snapshot(stages: Stages) -> None:
    stages.publish("alpha", replace(FEED, validators=False))
    stages.run()
    stages.run()
    assert len(stages.snapshots()) == 1
    assert stages.resource().outcome == "unchanged: same body"


def test_a_body_that_came_packed_is_kept_as_it_came(stages: Stages) -> None:
    stages.publish("alpha", rss(*(item(f"a{number}", f"走访 {number}") for number in range(9))))
    stages.poll()
    assert {bytes(row.body[:2]) for row in stages.snapshots()} == {b"\x1f\x8b"}
    stages.ingest()
    assert len(stages.entries()) == 9
    assert {row.state for row in stages.snapshots()} == {"done"}


def test_the_user_agent_names_the_operator_and_how_to_reach_them(stages: Stages) -> None:
    stages.publish("alpha", FEED)
    stages.run()
    agent = asked(stages)[0]["user-agent"]
    assert agent.startswith("Newsroad/")
    assert "editor@portal.example" in agent


def test_max_age_is_a_floor_up_to_the_cap_and_outlives_a_304(stages: Stages) -> None:
    stages.publish("alpha", replace(FEED, headers={"Cache-Control": "max-age=1800"}))
    stages.run()
    assert due_in(stages) >= timedelta(minutes=30)
    stages.publish("alpha", Document(b"", status=304, validators=False))
    stages.run()
    assert due_in(stages) >= timedelta(minutes=30), "a 304 does not forget it"
    stages.publish("alpha", replace(rss(), headers={"Cache-Control": "max-age=999999"}))
    stages.run()
    assert due_in(stages) <= timedelta(hours=1) * 1.1, "the source's hint_cap"


def test_a_feeds_ttl_is_a_floor_too(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访"), head="<ttl>45</ttl>"))
    stages.run()
    assert due_in(stages) >= timedelta(minutes=45)
    stages.publish("alpha", Document(b"", status=304, validators=False))
    stages.run()
    assert due_in(stages) >= timedelta(minutes=45)


def test_errors_back_off_and_never_end(stages: Stages) -> None:
    stages.publish("alpha", Document(b"", status=500))
    waits = []
    for _ in range(12):
        stages.poll()
        waits.append(due_in(stages))
        stages.now = stages.resource().due_at
    assert max(waits) <= timedelta(hours=24)
    assert max(waits[6:]) > max(waits[:2])
    assert stages.resource().failures == 12
    stages.publish("alpha", rss(item("a1", "走访", published=stages.now)))
    stages.run()
    assert stages.resource().failures == 0
    assert stages.sent == [("published", "走访")]


def test_retry_after_is_obeyed_on_429_and_503(stages: Stages) -> None:
    stages.publish("alpha", Document(b"", status=503, headers={"Retry-After": "7200"}))
    stages.poll()
    assert due_in(stages) >= timedelta(hours=2)


def test_a_429_stops_the_whole_registrable_domain(stages: Stages) -> None:
    stages.publish("alpha", Document(b"", status=429, headers={"Retry-After": "3600"}))
    stages.poll()
    stages.publish("beta", FEED)
    stages.run()
    assert len(stages.sites["beta"].asked) <= 1, "beta is on the same domain (the loopback address)"
    stages.run(minutes=61)
    assert stages.sites["beta"].count("/feed.xml", 200) == 1


def test_a_redirect_within_the_host_is_followed_at_once(stages: Stages) -> None:
    site = stages.sites["alpha"]
    site.put("/new.xml", FEED)
    stages.publish("alpha", Document(b"", status=302, headers={"Location": "/new.xml"}))
    stages.run()
    assert stages.sent == [("published", "走访")]


def test_a_redirect_to_another_host_waits_for_that_hosts_turn(stages: Stages) -> None:
    other = stages.sites["beta"]
    other.put("/moved.xml", FEED)
    stages.publish("alpha", Document(b"", status=302, headers={"Location": other.url("/moved.xml")}))
    stages.poll()
    stages.run(minutes=0.1)
    assert other.count("/moved.xml", 200) == 1
    stages.deliver()
    assert stages.sent == [("published", "走访")]
    assert stages.resource().ask_url == stages.resource().url, "a temporary move is forgotten"
    stages.run(minutes=30)
    assert stages.sites["alpha"].count("/feed.xml") == 2


def test_a_redirect_to_a_private_address_is_refused(stages: Stages) -> None:
    stages.publish("alpha", Document(b"", status=302, headers={"Location": "http://169.254.169.254/latest/meta-data"}))
    stages.poll()
    stages.run(minutes=0.1)
    assert "guard" in stages.resource().outcome
    assert stages.snapshots() == []


def test_one_request_at_a_time_and_the_hosts_pace_between_two(stages: Stages) -> None:
    site = stages.sites["alpha"]
    sources = []
    for number in range(3):
        site.put(f"/{number}.xml", rss(item(f"x{number}", f"第{number}篇", f"{number}" + STORY)))
        sources.append(replace(stages.catalogue.sources[0], key=f"s{number}", url=site.url(f"/{number}.xml"), pace=0.3))
    stages.declare(sources=tuple(sources))
    begun = datetime.now(UTC)  # not when the first arrived, which may have been late
    stages.run()
    waited = [(one.at - begun).total_seconds() for one in site.asked]
    assert [seconds >= number * 0.3 for number, seconds in enumerate(waited)] == [True] * 3


def test_two_pollers_never_hold_one_host(stages: Stages) -> None:
    until = stages.now + timedelta(seconds=60)
    first = stages.services.polling.claim(stages.now, limit=9, lease="one", until=until, per_host=9)
    second = stages.services.polling.claim(stages.now, limit=9, lease="two", until=until, per_host=9)
    assert {claim.name for claim in first}.isdisjoint({claim.name for claim in second})
    assert len(first) == 2


def test_a_poller_that_lost_its_lease_writes_nothing(stages: Stages) -> None:
    polling = stages.services.polling
    stages.publish("alpha", FEED)
    polling.claim(stages.now, limit=9, lease="first", until=stages.now + timedelta(seconds=60), per_host=9)
    stages.now += timedelta(seconds=61)
    polling.claim(stages.now, limit=9, lease="second", until=stages.now + timedelta(seconds=60), per_host=9)
    assert polling.record([], lease="first") == []
    polling.release("first")
    assert {row.lease for row in stages.rows(host)} == {"second"}


def test_what_hangs_when_a_run_ends_is_cut_and_asked_first_by_the_next(stages: Stages) -> None:
    stages.publish("alpha", replace(FEED, delay=10))
    stages.publish("beta", Document(b"", status=500))
    before = stages.resource()
    assert str(stages.services.poller().run(seconds=3.5)) == "1 refused", (  # asked in the first 1.5 s
        "beta's answer counts, alpha's is not waited for"
    )
    assert stages.resource() == before, "a cut says nothing of the host"
    assert {row.lease for row in stages.rows(host)} == {None}
    stages.now += timedelta(seconds=1)
    first = stages.services.polling.claim(stages.now, limit=1, lease="next", until=stages.now, per_host=9)
    assert [due.source for claim in first for due in claim.resources] == ["alpha"]


def test_a_new_address_keeps_what_was_seen(stages: Stages) -> None:
    stages.publish("alpha", FEED)
    stages.run()
    stages.sites["alpha"].put("/moved.xml", FEED)
    moved = replace(stages.catalogue.sources[0], url=stages.sites["alpha"].url("/moved.xml"))
    stages.declare(sources=(moved, stages.catalogue.sources[1]))
    stages.run()
    assert stages.sites["alpha"].count("/moved.xml", 200) == 1
    assert stages.sent == [("published", "走访")]


def test_a_source_that_left_the_file_is_asked_no_more(stages: Stages) -> None:
    stages.publish("alpha", FEED)
    stages.run()
    stages.declare(sources=(stages.catalogue.sources[1],))
    count = len(stages.sites["alpha"].asked)
    stages.run(minutes=60)
    assert len(stages.sites["alpha"].asked) == count
    assert stages.titles() == ["走访"], "what is out stays"

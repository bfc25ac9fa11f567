"""/metrics: what monitoring reads parses, has the documented names, counts once, and is not for proxies."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.browser import a_full_shelf, browser
from tests.fakes import FakeHeartbeats
from tests.stages import OTHER, Stages, item, rss
from worker.demo.site import Document
from worker.model.measures import Family, Sample
from worker.store.engine import Database
from worker.store.measures import MOST_LABELS, Measures, _capped
from worker.web.metrics import Shown, exposition

Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(content: bytes) -> Numbers:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
    }


def read_now(stages: Stages) -> Numbers:
    """As of now, with what the last half minute did."""
    stages.now += timedelta(seconds=40)
    return parsed(exposition(stages.services.measure()))


def test_what_went_is_counted_once(stages: Stages) -> None:
    read_now(stages)
    stages.publish("alpha", rss(item("a", "江城代表团走访学校"), item("b", "草原大雪", OTHER)))
    stages.publish("beta", rss(item("c", "无授权的转载", "另一篇没有授权的文章，说的是今年的收成和市场价格。" * 5)))
    stages.partner.next_answers = [Document(b"", status=503)]
    stages.run()
    stages.run(minutes=5)
    numbers = read_now(stages)
    assert numbers["newsroad_items_total", (("outcome", "new"), ("reason", ""))] == 3
    attempts = {
        dict(labels)["status_class"]: value
        for (name, labels), value in numbers.items()
        if name == "newsroad_delivery_attempts_total" and ("kind", "webhook") in labels
    }
    assert attempts["5xx"] == 1
    assert attempts["2xx"] >= 2
    hook = ("kind", "webhook")
    assert numbers["newsroad_delivery_end_to_end_seconds_count", (hook,)] == attempts["2xx"]
    assert numbers["newsroad_delivery_end_to_end_seconds_bucket", (hook, ("le", "+Inf"))] == attempts["2xx"]
    assert numbers["newsroad_outbox_pending", (("state", "due"),)] == 0
    assert numbers["newsroad_target_breaker_state", (("target", "hook"),)] == 0
    assert numbers["newsroad_db_up", ()] == 1
    assert read_now(stages)["newsroad_items_total", (("outcome", "new"), ("reason", ""))] == 3, "again counts nothing"
    stages.take_down()
    stages.deliver()
    assert read_now(stages)["newsroad_takedown_propagation_seconds_count", (hook,)] == 1


def test_every_documented_name_is_there_and_every_name_is_documented(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a", "江城代表团走访学校")))
    stages.services.pulse.beat("tick", stages.now)
    read_now(stages)
    stages.run()
    stages.take_down()
    stages.deliver()
    numbers = read_now(stages)
    content = exposition(stages.services.measure()).decode()
    shown = {line.split()[2] for line in content.splitlines() if line.startswith("# TYPE")}
    page = (Path(__file__).parents[2] / "docs" / "production.md").read_text(encoding="utf-8")
    section = page.split("## Monitoring")[1].split("\n##")[0]
    documented = {
        f"newsroad_{row.split('`')[1].split('{')[0]}" for row in section.splitlines() if row.startswith("| `")
    }
    assert shown == documented
    assert {name for name, _ in numbers} >= shown - {
        "newsroad_delivery_latency_seconds",
        "newsroad_delivery_end_to_end_seconds",
        "newsroad_takedown_propagation_seconds",
        "newsroad_alerts_open",
    }


def test_a_proxy_is_refused_and_a_scraper_is_answered() -> None:
    get = browser(a_full_shelf(), FakeHeartbeats({}), measures=lambda: [Family("db_up", "gauge", "Up.", (Sample(1),))])
    answered = get("/metrics")
    assert answered.status_code == 200
    assert answered.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert parsed(answered.content) == {("newsroad_db_up", ()): 1}
    for header in ("x_forwarded_for", "x_forwarded_proto", "forwarded", "x_real_ip", "via"):
        refused = get("/metrics", **{header: "203.0.113.9"})
        assert refused.status_code == 404
        assert "newsroad_" not in refused.text
    assert browser(a_full_shelf(), FakeHeartbeats({}))("/metrics").status_code == 404


def test_a_stranger_from_the_internet_is_refused_where_no_proxy_stands_before_it() -> None:
    families = [Family("db_up", "gauge", "Up.", (Sample(1),))]
    get = browser(a_full_shelf(), FakeHeartbeats({}), measures=lambda: families)
    for peer, status in {"127.0.0.1": 200, "172.18.0.1": 200, "8.8.8.8": 404, "::ffff:8.8.8.8": 404}.items():
        assert get("/metrics", peer=peer).status_code == status, peer


def test_many_scrapes_at_once_are_one_reading() -> None:
    read: list[float] = []
    now = [100.0]

    def reading() -> list[Family]:
        read.append(now[0])
        return [Family("db_up", "gauge", "Up.", (Sample(1),))]

    shown = Shown(reading, timer=lambda: now[0])
    for moment in (100.0, 101.0, 104.9, 105.0, 109.0):
        now[0] = moment
        assert shown() == b"# HELP newsroad_db_up Up.\n# TYPE newsroad_db_up gauge\nnewsroad_db_up 1\n"
    assert read == [100.0, 105.0]


def test_a_database_that_is_gone_is_told(tmp_path: Path, stages: Stages) -> None:
    gone = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    numbers = parsed(exposition(Measures(gone, "1.0").read(stages.now)))
    assert numbers == {
        ("newsroad_build_info", (("version", "1.0"),)): 1,
        ("newsroad_db_up", ()): 0,
    }
    gone.close()


def test_names_cannot_break_out_of_their_line() -> None:
    wild = 'a"b\\c\n# TYPE x'
    content = exposition([Family("alerts_open", "gauge", "Two\nlines.", (Sample(1, (("kind", wild),)),))])
    assert parsed(content) == {("newsroad_alerts_open", (("kind", wild),)): 1}


def test_so_many_sources_are_named_and_no_more() -> None:
    samples = _capped("source", {f"s{number}": float(number) for number in range(1000)})
    assert len(samples) == MOST_LABELS + 1
    assert samples[0].labels == (("source", "s999"),)
    assert samples[-1] == Sample(799.0, (("source", "other"),))

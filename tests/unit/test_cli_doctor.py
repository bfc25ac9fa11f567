"""``doctor``: every fault is named with its cure, in words, and no secret is shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import redis

from tests.road import Item, Road
from worker.cli.doctor import Finding, Health, broker, exposure, folder
from worker.demo.site import Document
from worker.pipeline import settle
from worker.settings import Settings
from worker.store.engine import Database
from worker.store.migrate import migrate


def findings(road: Road) -> dict[str, list[str]]:
    """Words of all findings that are not well, by check; the command's exit code must agree with them."""
    shown = road.cli("doctor", "--json")
    seen = json.loads(shown.text)
    failed = any(one["health"] == "fail" for one in seen["findings"])
    assert (shown.code, seen["ok"]) == ((1, False) if failed else (0, True))
    found: dict[str, list[str]] = {}
    for one in seen["findings"]:
        if one["health"] != "ok":
            assert one["cure"], one
            found.setdefault(one["check"], []).append(one["words"])
    return found


@pytest.fixture
def well(road: Road, broker: str, monkeypatch: pytest.MonkeyPatch) -> Road:
    """A newsroom whose broker answers, whose clock ticks and whose sources were polled."""
    environment = {**road.environment, "NEWSROAD_REDIS_URL": broker, "NEWSROAD_ALLOW_NETWORKS": ""}
    monkeypatch.setattr(Road, "environment", environment)
    road.run()
    road.services.pulse.beat("tick", datetime.now(UTC))
    return road


def test_a_newsroom_that_is_well_has_nothing_to_cure(well: Road) -> None:
    assert findings(well) == {}
    text = well.cli("doctor").text
    assert "✓ secrets: all 2 can be had" in text
    assert "✓ broker maxmemory-policy: noeviction" in text


def test_a_clock_that_stopped(well: Road) -> None:
    well.services.pulse.beat("tick", datetime.now(UTC) - timedelta(minutes=5))
    (words,) = findings(well)["tick"]
    assert words.startswith("last heard 30")


def test_a_file_that_is_not_in_force_or_broken(well: Road) -> None:
    text = (well.home / "newsroad.toml").read_text(encoding="utf-8")
    (well.home / "newsroad.toml").write_text(text.replace('title = "文化"', 'title = "人文"'), encoding="utf-8")
    assert "1 changed" in findings(well)["catalogue"][0]
    (well.home / "newsroad.toml").write_text(text + "\n[sources.x]\n", encoding="utf-8")
    assert "is refused" in findings(well)["catalogue"][0]


def test_a_secret_that_cannot_be_had_is_named_and_not_shown(well: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = well.partner.secrets[0]
    monkeypatch.delenv("PARTNER_SECRET")
    monkeypatch.setattr(Road, "environment", {**well.environment, "PARTNER_SECRET": ""})
    shown = well.cli("doctor").text
    assert "hook: secret env:PARTNER_SECRET" in shown
    assert secret not in shown


def test_a_destination_that_is_held_and_a_source_that_sends_no_feed(well: Road) -> None:
    well.site.put("/tongxin", Document(b"<html><body>Wartung</body></html>", "text/html"))
    well.publish("jiang", Item("m1", "江城代表团赴高原州对接教育协作"))
    well.partner.next_answers = [Document(b"", status=401)]
    well.run()
    found = findings(well)
    assert found["destinations"] == ["hook stopped"]
    assert found["sources"] == ["with bodies set aside: tongxin"]


def test_a_folder_that_everybody_may_read(well: Road) -> None:
    well.home.chmod(0o755)
    (words,) = findings(well)["folder"]
    assert "can be read by everybody (755)" in words


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_without_a_schema(well: Road, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = f"sqlite:///{tmp_path / 'other.db'}"
    monkeypatch.setattr(Road, "environment", {**well.environment, "NEWSROAD_DATABASE_URL": empty})
    assert "newsroad migrate" in findings(well)["database"][0]


def test_a_broker_that_is_away_does_not_give_its_password_away(tmp_path) -> None:
    settings = Settings(home=tmp_path, redis_url="redis://:topsecret@127.0.0.1:1/0")
    (finding,) = broker(settings)
    assert finding.health is Health.FAIL
    assert "topsecret" not in finding.words + finding.cure
    (own,) = broker(Settings(home=tmp_path))
    assert own.cure == "start everything with: newsroad run"


def test_a_broker_that_may_drop_knocks(tmp_path, broker_server: str) -> None:
    with redis.Redis.from_url(broker_server.replace("redis+socket://", "unix://")) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            found = list(broker(Settings(home=tmp_path, redis_url=broker_server)))
        finally:
            client.config_set("maxmemory-policy", "noeviction")
    assert [one.check for one in found if one.health is Health.FAIL] == ["broker maxmemory-policy"]


def test_what_the_environment_opens(tmp_path) -> None:
    def words(**changes: object) -> list[str]:
        return [one.words for one in exposure(Settings(home=tmp_path, **changes)) if one.health is not Health.OK]

    assert words() == []
    assert "loopback" in words(allow_networks="127.0.0.0/8")[0]
    assert "10.0.0.0/8" in words(allow_networks="127.0.0.0/8,10.0.0.0/8")[0]
    assert words(flower_password="short") == ["its password has fewer than 12 characters"]
    assert words(flower_password="long enough by far") == []


def test_a_folder_that_is_not_there_yet(tmp_path) -> None:
    found = list(folder(Settings(home=tmp_path / "later")))
    assert [type(one) for one in found] == [Finding]
    assert found[0].health is Health.OK


def test_the_folder_that_a_command_makes_is_for_its_owner_alone(tmp_path) -> None:
    home = tmp_path / "made"
    database = Database(f"sqlite:///{home / 'newsroad.db'}")
    migrate(database)
    database.close()
    assert [one.health for one in folder(Settings(home=home)) if one.check == "folder"] == [Health.OK]


def test_an_article_that_could_not_be_decided_about(well: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_case: object) -> None:
        raise RuntimeError("少了一个栏目")

    monkeypatch.setattr(settle, "decide", fails)
    well.publish("jiang", Item("1", "江城代表团走访学校"))
    well.run()
    (words,) = findings(well)["decisions"]
    assert words.startswith("1 article could not be decided about, by a fault of Newsroad: RuntimeError: 少了")
    assert "江城代表团走访学校" in well.cli("review", "list", "--reason", "FAULT").text

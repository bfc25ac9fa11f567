"""``newsroad destination test``: the whole road by hand, and nothing real is touched by it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import sqlalchemy as sa

import worker
from tests.road import CATALOGUE, Item, Road
from worker.demo.site import Document
from worker.partners.article import TITLE
from worker.store import acts
from worker.store.schema import article, change, decision, delivery, shelf

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET_LINE = 'secret = "env:PARTNER_SECRET"\n\n[destinations.exhibitions]'


def hook(road: Road, *lines: str) -> None:
    """Put ``lines`` into the section of ``hook``."""
    road.change(SECRET_LINE, SECRET_LINE.replace("\n\n[", "\n" + "\n".join(lines) + "\n\n["))


def counts(road: Road) -> list[int]:
    with road.services.database.read() as connection:
        tables = (article, delivery, decision, shelf, change)
        return [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables]


def test_a_marked_article_arrives_and_nothing_real_is_touched(road: Road) -> None:
    road.publish("jiang", Item("1", "江城代表团走访学校"))
    road.run()
    before = counts(road)
    shown = road.cli("destination", "test", "hook", "--by", "编辑甲", "--note", "开通")
    assert shown.code == 0, shown.text
    assert "accepted" in shown.text
    last = road.partner.accepted()[-1].payload
    assert (last["type"], last["data"]["title"], last["destination"]) == ("article.published", TITLE, "hook")
    assert "请勿对外发布" in last["data"]["body_html"]
    assert "北辰转载平台" in last["data"]["credit"]["line"]
    assert [path["key"] for path in last["data"]["channels"]] == ["news"]
    schema = json.loads((Path(worker.__file__).parent / "static" / "webhook-payload.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(last)
    assert counts(road) == before
    (row,) = road.json("audit", "--verb", "test")["acts"]
    assert (row["by"], row["note"], row["target"]) == ("编辑甲", "开通", "destination hook")
    assert row["detail"]["after"] == {"publish": "accepted"}


def test_request_and_answer_are_shown_without_the_secret(road: Road) -> None:
    road.partner.next_answers = [Document('{"code":0,"message":"已收到"}'.encode(), "application/json", status=200)]
    shown = road.cli("destination", "test", "hook").text
    assert f"> POST {road.partner.url('/')}" in shown
    assert re.search(r"> webhook-signature: v1,\S+", shown), "what a receiver compares its own with"
    assert '> {"type":"article.published"' in shown
    assert re.search(r"< 200 after 0\.\d\d s", shown)
    assert '< {"code":0,"message":"已收到"}' in shown
    assert 'ok = { json = "code", equals = 0 }' in shown, "a sign of theirs is worth a hint"
    assert road.partner.secrets[0] not in shown
    assert road.partner.secrets[0].removeprefix("whsec_") not in shown


@SQLITE
def test_its_retraction_follows_and_a_second_test_stands_above_the_first(road: Road) -> None:
    road.cli("destination", "test", "hook")
    assert road.cli("destination", "test", "hook", "--retract").code == 0
    taken = [one.payload["data"] for one in road.partner.accepted()]
    assert [one["action"] for one in taken] == ["publish", "publish", "retract"]
    assert [one["sequence"] for one in taken] == [1, 2, 3]
    assert len({one["id"] for one in taken}) == 1


@SQLITE
def test_a_test_after_a_restore_stands_above_those_that_the_backup_knows_nothing_of(road: Road) -> None:
    road.cli("destination", "test", "hook")
    with road.services.database.write() as connection:
        detail = {"after": {"sequence": 100_000}}
        now = road.services.clock()
        acts.record(connection, by="值班", verb=acts.RESTORE, target="database", now=now, detail=detail)
    road.cli("destination", "test", "hook")
    assert [one.payload["data"]["sequence"] for one in road.partner.accepted()] == [1, 100_001]


@SQLITE
def test_what_the_options_make_of_the_answer_is_told(road: Road) -> None:
    hook(road, 'ok = { json = "code", equals = 0 }', 'remote_url_from = "data.url"', 'remote_id_from = "data.id"')
    said = {"code": 0, "data": {"id": 17, "url": "https://partner.example/a/17"}}
    road.partner.next_answers = [Document(json.dumps(said).encode(), "application/json", status=200)]
    shown = road.json("destination", "test", "hook")
    (one,) = shown["deliveries"]
    assert shown["accepted"] is True
    assert (one["remote_id"], one["remote_url"]) == ("17", "https://partner.example/a/17")


@SQLITE
def test_a_refusal_in_the_partners_words_fails_with_what_to_mend(road: Road) -> None:
    hook(road, 'ok = { json = "code", equals = 0 }')
    road.partner.next_answers = [Document('{"code":40003,"msg":"栏目不存在"}'.encode(), "application/json", status=200)]
    shown = road.cli("destination", "test", "hook")
    assert shown.code == 1
    assert "栏目不存在" in shown.text
    assert "its code is 40003, not 0" in shown.text


@SQLITE
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Document(b"no", "text/plain", status=401), "same key"),
        (Document(b"no", "text/plain", status=404), "takes POST requests"),
        (Document(b"<html>login</html>", "text/html", status=200), "login page"),
        (Document(b"", "text/plain", status=301, headers={"Location": "https://x.example/"}), "https://x.example/"),
    ],
)
def test_each_answer_says_what_to_mend(road: Road, answer: Document, words: str) -> None:
    road.partner.next_answers = [answer]
    shown = road.cli("destination", "test", "hook")
    assert words in shown.text
    assert shown.code == (0 if answer.status == 200 else 1)
    assert road.json("destination", "show", "hook")["state"] == "active", "a test stops nothing"


@SQLITE
def test_the_guard_stands_before_a_test_as_before_everything(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Road, "environment", {**road.environment, "NEWSROAD_ALLOW_NETWORKS": ""})
    shown = road.cli("destination", "test", "hook", "--retract")
    assert shown.code == 1
    assert "NEWSROAD_ALLOW_NETWORKS" in shown.text
    assert "retract" not in shown.text, "nothing was sent, so there is nothing to take back"
    assert road.partner.ledger == []


@SQLITE
def test_a_missing_secret_is_named(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARTNER_SECRET")
    monkeypatch.setattr(Road, "environment", {**road.environment, "PARTNER_SECRET": ""})
    shown = road.cli("destination", "test", "hook")
    assert shown.code == 1
    assert "env:PARTNER_SECRET" in shown.text


@SQLITE
def test_where_readers_look_is_told_for_what_sends_nothing(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    site = "https://news.beichen.example"
    assert f"{site}/feeds/feeds/news.atom" in road.cli("destination", "test", "feeds").text
    pull = '[destinations.inbox]\nsubscriber = "partner"\nkind = "pull"\nchannels = ["news"]\ntoken = "env:PULL"\n'
    page = '[destinations.page]\nsubscriber = "partner"\nkind = "portal"\nchannels = ["news"]\n'
    road.write(CATALOGUE + pull + page)
    assert road.cli("apply", "--yes").code == 0
    monkeypatch.setattr(Road, "environment", {**road.environment, "PULL": "token"})
    shown = road.json("destination", "test", "inbox")
    assert shown["places"] == [
        {"what": "changes", "address": f"{site}/api/v1/changes?since=0", "needs": "Authorization: Bearer TOKEN"}
    ]
    assert f"{site}/portal/page/news/" in road.cli("destination", "test", "page").text


@SQLITE
def test_nothing_of_that_name(road: Road) -> None:
    shown = road.cli("destination", "test", "nowhere")
    assert shown.code == 3
    assert "newsroad destination list" in shown.text

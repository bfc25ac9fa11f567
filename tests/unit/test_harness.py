"""The ground the other tests stand on holds: fresh stores, validators that work, signatures that are checked."""

from __future__ import annotations

import gzip
import urllib.request
from datetime import UTC, datetime
from urllib.error import HTTPError

import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook

from tests.harness import new_secret, verified_by_the_library
from worker.demo.partner import Partner, verify
from worker.demo.site import Document, Site
from worker.store.engine import Database
from worker.store.migrate import HEAD, current


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as answer:
        with answer:
            return answer.code, dict(answer.headers), answer.read()


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers)) as answer:
            return answer.status
    except HTTPError as answer:
        answer.close()
        return answer.code


def test_every_test_gets_a_migrated_store(database: Database) -> None:
    assert current(database) == HEAD
    with database.write() as connection:
        connection.execute(sa.text("CREATE TABLE left_behind (n INTEGER)"))


def test_and_a_fresh_one(database: Database) -> None:
    with database.read() as connection:
        assert "left_behind" not in sa.inspect(connection).get_table_names()


def test_a_site_answers_304_to_its_own_validators(publisher: Site) -> None:
    url = publisher.put("/feed.xml", Document(b"<rss/>", modified=datetime(2026, 1, 2, 3, 4, 5, 6, UTC)))
    _, headers, body = get(url)
    assert body == b"<rss/>"
    assert headers["Last-Modified"] == "Fri, 02 Jan 2026 03:04:05 GMT"
    assert get(url, If_None_Match=headers["ETag"])[0] == 304
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert publisher.count("/feed.xml", 304) == 2


def test_a_site_compresses_for_those_who_ask(publisher: Site) -> None:
    url = publisher.put("/feed.xml", Document(b"<rss/>" * 100))
    _, headers, body = get(url, Accept_Encoding="gzip")
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == b"<rss/>" * 100
    assert get(publisher.url("/absent"))[0] == 404


@pytest.mark.parametrize("check", [verify, verified_by_the_library])
def test_both_checks_of_signatures_agree(check) -> None:
    key, body, now = new_secret(), b'{"action": "publish"}', datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key).sign("msg_1", now, body.decode()),
    }
    assert check(body, headers, [new_secret(), key])
    assert not check(body, headers, [new_secret()])
    assert not check(body + b" ", headers, [key])
    assert not check(body, {**headers, "webhook-id": "msg_2"}, [key])
    assert not check(body, {**headers, "webhook-timestamp": str(int(now.timestamp()) - 301)}, [key])
    assert not check(body, {}, [key])


def test_a_partner_keeps_what_is_signed_and_refuses_the_rest(partner: Partner) -> None:
    now, body = datetime.now(UTC), b'{"action": "publish"}'
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": Webhook(partner.secrets[0]).sign("msg_1", now, body.decode()),
    }
    partner.next_answers = [Document(b"", status=503)]
    assert [post(partner.url("/hook"), body, headers) for _ in range(3)] == [503, 204, 204]
    assert post(partner.url("/hook"), body, {}) == 401
    assert [one.payload for one in partner.accepted()] == [{"action": "publish"}]
    assert [one.status for one in partner.ledger] == [503, 204, 204, 401]

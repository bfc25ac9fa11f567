"""Health, files, headers and failures of the web face."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import jsonschema
import pytest

from tests.browser import Get, article, tree, words_of
from tests.fakes import (
    NOON,
    OPERATOR,
    FakeHeartbeats,
    FakeShelf,
)
from worker.errors import StoreError
from worker.web.app import SECURITY_HEADERS


def test_a_living_process_says_so_even_without_its_database(get: Get, shelf: FakeShelf, beats: FakeHeartbeats) -> None:
    shelf.broken = beats.broken = StoreError("away")
    assert get("/livez").status_code == 200


def test_ready_while_the_tick_is_fresh(get: Get, beats: FakeHeartbeats) -> None:
    answer = get("/readyz")
    assert (answer.status_code, answer.json()["state"]) == (200, "ok")
    assert answer.json()["parts"]["tick"]["age_s"] == 2.0


@pytest.mark.parametrize("age", [None, 61])
def test_a_stale_tick_is_degraded_but_pages_answer(get: Get, beats: FakeHeartbeats, age: int | None) -> None:
    beats.beats = {} if age is None else {"tick": NOON - timedelta(seconds=age)}
    answer = get("/readyz")
    assert (answer.status_code, answer.json()["state"]) == (200, "degraded")
    assert "beat" in answer.json()["detail"]


def test_not_ready_without_the_database(get: Get, beats: FakeHeartbeats) -> None:
    beats.broken = StoreError("no such host db.internal")
    answer = get("/readyz")
    assert (answer.status_code, answer.json()["state"]) == (503, "unavailable")
    assert "db.internal" not in answer.text


@pytest.mark.parametrize(
    ("error", "status"), [(StoreError("at db.internal"), 503), (RuntimeError("at db.internal"), 500)]
)
def test_a_failure_is_told_in_words_without_its_insides(
    get: Get, shelf: FakeShelf, error: Exception, status: int
) -> None:
    shelf.broken = error
    answer = get("/portal/portal/")
    assert answer.status_code == status
    assert "db.internal" not in answer.text
    assert "请稍后再试" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/portal/portal/",
        article(),
        article(5),
        "/nothing",
        "/feeds/out/nation.rss",
        "/feeds/partner/nation.rss",
        "/livez",
    ],
)
def test_every_answer_carries_the_security_headers(get: Get, path: str) -> None:
    headers = get(path).headers
    for name, value in SECURITY_HEADERS.items():
        assert headers[name] == value
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]


def test_pages_need_nothing_from_elsewhere(get: Get) -> None:
    for path in ("/portal/portal/", "/portal/portal/nation/", article()):
        page = tree(get(path))
        loaded = page.xpath("//link[@rel='stylesheet' or @rel='icon']/@href") + page.xpath("//script/@src")
        assert loaded
        assert all(urlsplit(link).netloc == "" and get(link).status_code == 200 for link in loaded)
        assert not page.xpath("//*[@style]")


def test_the_payload_schema_is_served(get: Get) -> None:
    answer = get("/schemas/webhook-payload.json")
    assert answer.headers["content-type"] == "application/schema+json"
    jsonschema.Draft202012Validator.check_schema(answer.json())


def test_nothing_can_be_written(get: Get) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert get("/portal/portal/", method).status_code == 405


def test_english_operators_get_an_english_frame(get: Get, shelf: FakeShelf) -> None:
    shelf.runs = replace(OPERATOR, language="en", zone="Europe/London")
    page = tree(get(article(2)))
    assert words_of(page.cssselect(".crumbs > *")[0]) == "Home"
    assert words_of(page.cssselect("article .when")[0]) == "2026-11-23 02:00"
    assert "没有" not in get("/nothing").text

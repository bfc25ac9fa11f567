"""Requests that mean harm: no failure of ours, no file of ours, nothing that was withdrawn."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.browser import served
from tests.stages import OTHER, STORY, Stages, item, rss, telling
from worker.errors import SecretError
from worker.model.catalog import Destination
from worker.settings import resolve_secret
from worker.web.app import SECURITY_HEADERS, create_app

TOKEN = "a-token-of-some-length"


@dataclass(frozen=True)
class Shown:
    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Reader:
    """Asks the web face on its real server; paths and header bytes go out as they are given."""

    port: int | None

    def __call__(self, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Shown:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            given = {"Host": "web.test", **(headers or {})}
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                connection.putheader(name, value.encode())
            connection.endheaders()
            answer = connection.getresponse()
            shown = {name.lower(): value for name, value in answer.getheaders()}
            return Shown(answer.status, shown, answer.read().decode("utf-8", "replace"))
        finally:
            connection.close()


@pytest.fixture
def ask(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setenv("FEED_TOKEN", TOKEN)
    destinations = (
        Destination("hook", "partner", "webhook", ("news",), stages.catalogue.destinations[0].options),
        Destination("feeds", "partner", "feed", ("news",), {"access": "public"}),
        Destination("closed", "partner", "feed", ("news",), {"token": "env:FEED_TOKEN"}),
        Destination("portal", "partner", "portal", ("news",), {}),
    )
    stages.declare(destinations=destinations)
    stages.publish("alpha", rss(item("a1", "走访", STORY), item("a2", "大雪", OTHER)))
    stages.run()
    services = stages.services
    app = create_app(services.shelf, heartbeats=services.pulse, clock=services.clock)
    with served(app) as url:
        yield Reader(urlsplit(url).port)


ODD = (
    *(
        "%00",
        "%0d%0aX: y",
        "..",
        "%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "%ff",
        "\u00b2",
        "%C2%B2-1",
        "1-%C2%B2",
        "%D9%A3-%D9%A3",
    ),
    *("9" * 17 + "-" + "9" * 18, "0-0", "99999999999999999-1", "-", "'", '"', "<script>", "{{7*7}}", "%", "a" * 5_000),
)
PLACES = {
    "files": ("/{0}", "/static/{0}", "/static/../{0}", "/schemas/{0}"),
    "feeds": ("/{0}/news.rss", "/feeds/{0}.rss", "/feeds/news.{0}", "/closed/news.rss?token={0}"),
    "portal": ("/{0}", "/{0}/", "/portal/{0}", "/portal/{0}/", "/portal/news/?older={0}", "/portal/article/{0}"),
}


@pytest.mark.parametrize("kind", PLACES)
def test_no_address_makes_us_fail(ask: Reader, kind: str) -> None:
    root = "" if kind == "files" else f"/{kind}"
    for place, odd in product(PLACES[kind], ODD):
        for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE"):
            answer = ask(root + place.format(quote(odd, safe="%/<>'\"{};,:*-")), method)
            assert answer.status < 500, (place, method, odd)
            assert "root:" not in answer.text, (place, method, odd)
            assert answer.headers.keys() >= set(SECURITY_HEADERS), (place, method, odd)


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Modified-Since": "Mon, 01 Jan 99999999999999 00:00:00 GMT"},
        {"If-Modified-Since": "Mon, 01 Jan 9999 00:00:00 -2359"},
        {"If-Modified-Since": "Mon, 01 Jan 0001 00:00:00 +2359"},
        {"If-Modified-Since": "\u0663"},
        {"If-None-Match": "W/" * 5_000},
        {"Host": "evil.example"},
        {"Host": ""},
        {"Host": "a b<script>"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "javascript"},
        {"Accept-Encoding": "gzip;q=" + "0" * 5_000},
        {"Authorization": "Bearer " + "x" * 5_000},
        {"Authorization": "Basic ::::"},
        {"Range": "bytes=0-1,0-1,0-1"},
    ],
    ids=str,
)
def test_no_header_makes_us_fail_or_turns_our_links_elsewhere(ask: Reader, headers: dict[str, str]) -> None:
    for path in ("/", "/portal/portal/", "/portal/portal/news/", "/feeds/feeds/news.rss", "/static/portal.css", "/x"):
        answer = ask(path, headers=headers)
        assert answer.status < 500, path
        assert "evil.example" not in answer.text + str(answer.headers), path


def test_a_closed_feed_is_kept_by_no_shared_cache(ask: Reader) -> None:
    open_answer = ask(f"/feeds/closed/news.rss?token={TOKEN}")
    assert open_answer.status == 200
    assert "private" in open_answer.headers["cache-control"]
    for token in ("", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "%00", "%C3%A9", "%ff"):
        refused = ask(f"/feeds/closed/news.rss?token={token}")
        assert refused.status == 401
        assert refused.headers["cache-control"] == "no-store"
        assert "代表团" not in refused.text


def test_nothing_of_a_withdrawn_article_is_left(ask: Reader, stages: Stages) -> None:
    uuid, title = stages.articles()[0].uuid, stages.articles()[0].title
    text = {"走访": "代表团", "大雪": "牧民"}[title]
    paths = [f"/portal/portal/article/{uuid}", "/portal/portal/", "/portal/portal/news/"]
    paths += [f"/feeds/feeds/news.{one}" for one in ("rss", "atom", "json")]
    stages.take_down()
    for path in paths:
        answer = ask(path)
        assert text not in answer.text, path
        assert title not in answer.text, path
    assert ask(paths[0]).status == 410


@pytest.mark.parametrize("content", ["", " \n"])
def test_an_empty_secret_file_is_no_secret(tmp_path: Path, content: str) -> None:
    (tmp_path / "token").write_text(content)
    with pytest.raises(SecretError, match="is empty"):
        resolve_secret(f"file:{tmp_path / 'token'}")


def test_a_secret_file_that_is_no_text_is_refused_without_its_content(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"CANARY\xff\xfe")
    with pytest.raises(SecretError) as caught:
        resolve_secret(f"file:{tmp_path / 'token'}")
    assert "CANARY" not in str(caught.value)


def test_articles_of_any_length_make_no_page_or_feed_without_end(
    ask: Reader, stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks has us write out all of it, and some millions of characters are one article as well."""
    assert ask("/feeds/feeds/news.rss").text.count("<item>") == 2
    monkeypatch.setattr("worker.store.shelf.MOST_BYTES", 1_000)
    stages.publish("alpha", rss(item("a1", "走访", STORY), item("a2", "大雪", OTHER), item("a3", "第三", telling(3))))
    stages.run()
    assert ask("/feeds/feeds/news.rss").text.count("<item>") == 1
    found, cursor = list[str](), ""
    for _ in range(3):
        page = stages.services.shelf.page("portal", "news", limit=20, cursor=cursor)
        found += [row.release.title for row in page.rows if row.release is not None]
        cursor = page.older or ""
    assert (sorted(found), cursor) == (["大雪", "第三", "走访"], "")
    assert "older=" in ask("/portal/portal/news/").text

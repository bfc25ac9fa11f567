"""A publisher that means harm: what it answers hurts nobody but itself, on either store."""

from __future__ import annotations

import json

import pytest

from tests.stages import OTHER, STORY, Stages, item, rss
from worker.demo.site import Document
from worker.model.catalog import Grant

LONG = "x" * 9_000


def answering(status: int = 200, content_type: str = "application/rss+xml", **headers: str) -> Document:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Document(rss(item("a1", "走访", STORY)).body, content_type, status, named, validators=False)


@pytest.mark.parametrize(
    "answer",
    [
        answering(ETag=f'"{LONG}"'),
        answering(Last_Modified=LONG),
        answering(content_type=f"application/rss+xml; charset=utf-8; {LONG}"),
        answering(301, Location="http://[::1"),
        answering(301, Location="http://[not-an-address]/"),
        answering(301, Location="//["),
        answering(301, Location=f"http://{'a' * 400}.example/"),
        answering(301, Location=f"http://{'a.' * 400}example/"),
        answering(301, Location="http:///nowhere"),
        answering(301, Location=f"http://elsewhere.example/{LONG}"),
        answering(301, Location=f"/{LONG}"),
        answering(301, Location="http://x.example:99999/"),
        answering(301, Location="http://user:password@x.example/"),
        answering(301, Location="javascript:alert(1)"),
        answering(429, Retry_After="Mon, 01 Jan 99999999999999 00:00:00 GMT"),
        answering(503, Retry_After="99999999999999"),
        answering(Cache_Control="max-age=9999999999", Age="-1"),
        answering(Expires="Mon, 01 Jan 9999 00:00:00 -2300", Date="99999999999999999999 Jan 1"),
    ],
    ids=lambda answer: f"{answer.status} {' '.join(f'{k}: {v}' for k, v in answer.headers.items())}"[:60],
)
def test_no_answer_keeps_other_publishers_from_being_polled(stages: Stages, answer: Document) -> None:
    stages.publish("beta", answer)
    stages.publish("alpha", rss(item("b1", "大雪", OTHER)))
    stages.run()
    assert "大雪" in stages.titles()
    stages.publish("alpha", rss(item("b2", "晴", STORY + OTHER)))
    stages.run()
    stages.run()
    assert "晴" in stages.titles(), "nor does what was remembered of it"


@pytest.mark.parametrize("answer", [answering(ETag=LONG), answering(Last_Modified=LONG)], ids=["etag", "date"])
def test_a_validator_too_long_to_keep_is_not_kept_in_part(stages: Stages, answer: Document) -> None:
    stages.publish("alpha", answer)
    stages.run()
    stages.run()
    asked = stages.sites["alpha"].asked[-1].question.headers
    assert "if-none-match" not in asked
    assert "if-modified-since" not in asked


@pytest.mark.parametrize("title", ["a\0b", "\ud800", "\x1b[2J", "\u202egnp.exe", "\x9b31m", "\ufffe"])
def test_characters_no_store_or_document_takes_do_not_stop_an_article(stages: Stages, title: str) -> None:
    node = {
        "id": f"id{title}",
        "title": f"走访{title}",
        "content_html": f"<p>{STORY}{title}</p>",
        "authors": [{"name": f"张三{title}"}],
        "tags": [f"文化{title}"],
        "_syn_rights": {"copyright_notice": f"版权{title}", "source": {"name": f"某报{title}"}},
    }
    document = {"version": "https://jsonfeed.org/version/1.1", "title": f"t{title}", "items": [node]}
    stages.declare(grants=(Grant("contract", "alpha"), Grant("beta-own", "beta")))
    stages.publish("beta", Document(json.dumps(document).encode(), "application/feed+json"))
    stages.publish("alpha", rss(item("a1", "大雪", OTHER)))
    stages.run()
    assert {row.state for row in stages.snapshots()} == {"done"}
    assert "大雪" in stages.titles()


def deep(opening: str, closing: str, times: int) -> bytes:
    return b'{"version": "x", "items": [{"id": "1", "x": ' + (opening * times + "1" + closing * times).encode() + b"}]}"


@pytest.mark.parametrize("times", [100, 300, 480, 600, 900, 960, 990, 5_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_json_nested_deep_is_read_or_set_aside(stages: Stages, opening: str, closing: str, times: int) -> None:
    stages.publish("alpha", Document(deep(opening, closing, times), "application/feed+json"))
    stages.run()
    assert {row.state for row in stages.snapshots()} <= {"done", "quarantined"}

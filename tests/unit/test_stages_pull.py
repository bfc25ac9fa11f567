"""What partners pull, on each store: as a webhook would have said it, in order, nothing lost, nothing too much."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from referencing import Registry, Resource

import worker
from tests.fakes import NOON, a_release
from tests.stages import OTHER, STORY, Stages, item, rss
from worker.errors import StoreError
from worker.model.catalog import Destination, Grant, Subscriber, Use
from worker.model.delivery import Action, DeliveryState
from worker.model.dispatch import Shelved
from worker.model.ingest import Order
from worker.store import changes as change_store
from worker.store.schema import change
from worker.web.app import create_app

TOKEN, OTHER_TOKEN = "partner-token-1", "partner-token-2"
Get = Callable[..., httpx.Response]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
STATIC = Path(worker.__file__).parent / "static"


@pytest.fixture
def pulled(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> Stages:
    """Beside ``hook`` and ``feeds`` the partner pulls ``inbox``, a stranger ``theirs``."""
    monkeypatch.setenv("PULL", TOKEN)
    monkeypatch.setenv("THEIRS", OTHER_TOKEN)
    stages.declare(
        subscribers=(Subscriber("partner", "伙伴报社"), Subscriber("stranger", "别家")),
        destinations=(
            *stages.catalogue.destinations,
            Destination("inbox", "partner", "pull", ("news",), {"token": "env:PULL"}),
            Destination("theirs", "stranger", "pull", ("news",), {"token": "env:THEIRS"}),
        ),
    )
    return stages


@pytest.fixture
def get(pulled: Stages) -> Get:
    services = pulled.services
    app = create_app(services.shelf, heartbeats=None, clock=services.clock, changes=services.changes)

    def ask(query: str = "", token: str | None = TOKEN, **headers: str) -> httpx.Response:
        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
                shown = {"authorization": f"Bearer {token}"} if token is not None else {}
                return await client.get(f"/api/v1/changes{query}", headers={**shown, **headers})

        return asyncio.run(exchange())

    return ask


def publish(stages: Stages, *titles: str) -> None:
    """Let alpha carry one article for each title, all of them anew."""
    texts = (STORY, OTHER)
    stages.publish("alpha", rss(*(item(str(at), title, texts[at]) for at, title in enumerate(titles))))
    stages.run()


def told(get: Get, query: str = "", token: str = TOKEN) -> list[tuple[str, str | None]]:
    """(type without its prefix, title) of what is handed out."""
    answer = get(query, token)
    assert answer.status_code == 200, answer.text
    return [(one["type"].removeprefix("article."), one["data"].get("title")) for one in answer.json()["changes"]]


def test_it_says_what_the_webhook_says(pulled: Stages, get: Get) -> None:
    publish(pulled, "代表团走访学校")
    publish(pulled, "代表团走访学校（更正）")
    before = get().json()["changes"]
    pulled.take_down()
    pulled.deliver()
    after = get().json()["changes"]
    pushed = [one.payload for one in pulled.partner.accepted()]
    assert [one["type"] for one in pushed] == ["article.published", "article.updated", "article.withdrawn"]
    for given, sent in zip([*before, *after], pushed, strict=True):
        assert {**given, "destination": "hook"} == {**sent, "seq": given["seq"]}
        assert given["destination"] == "inbox"


@SQLITE
def test_the_answer_obeys_its_schema(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一", "标题二")
    publish(pulled, "标题三", "标题二")
    pulled.take_down()
    schema, payload = (
        json.loads((STATIC / f"{name}.schema.json").read_text("utf-8")) for name in ("changes", "webhook-payload")
    )
    registry: Registry[Any] = Registry().with_resource(payload["$id"], Resource.from_contents(payload))
    answer = get().json()
    assert answer["changes"]
    validator = jsonschema.Draft202012Validator(schema, registry=registry)
    validator.validate(answer)
    del answer["changes"][0]["data"]["id"]
    assert not validator.is_valid(answer)


def test_pages_lose_nothing_and_repeat_nothing(pulled: Stages, get: Get) -> None:
    publish(pulled, "一", "二")
    publish(pulled, "三", "四")
    since, seen = 0, []
    for _ in range(10):
        page = get(f"?since={since}&limit=1").json()
        seen += [(one["seq"], one["data"]["title"]) for one in page["changes"]]
        since = page["next"]
        if not page["more"]:
            break
    assert sorted(title for _, title in seen[:2]) == ["一", "二"]
    assert sorted(title for _, title in seen[2:]) == ["三", "四"]
    assert [seq for seq, _ in seen] == sorted({seq for seq, _ in seen})
    assert get(f"?since={since}").json() == {"changes": [], "next": since, "more": False}
    assert told(get) == [
        *((("published", title)) for _, title in seen[:2]),
        *(("updated", title) for _, title in seen[2:]),
    ]


@SQLITE
def test_a_page_of_long_texts_ends_early(pulled: Stages, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(pulled, "一", "二")
    monkeypatch.setattr(change_store, "MOST_CHARACTERS", 10)
    first = get().json()
    assert (len(first["changes"]), first["more"]) == (1, True)
    rest = get(f"?since={first['next']}").json()
    assert (len(rest["changes"]), rest["more"]) == (1, False)


def test_after_a_takedown_nobody_is_handed_the_text(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一", "另一篇")
    publish(pulled, "标题一改", "另一篇")
    pulled.take_down()
    gone = pulled.articles()[0].title
    assert gone not in get().text
    kinds = [kind for kind, _ in told(get)]
    assert kinds.count("withdrawn") == 1
    assert kinds.count("published") == 1, "the other article is as it was"
    assert len(pulled.rows(change, change.c.article_id == pulled.articles()[0].id)) == 2, "one retraction a destination"


def test_less_than_before_is_all_that_is_handed_out(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一")
    pulled.declare(grants=(Grant("contract", "alpha", use=Use.LINK_ONLY),))
    pulled.recheck()
    (only,) = get().json()["changes"]
    assert (only["type"], only["data"]["use"], only["data"]["sequence"]) == ("article.updated", "link_only", 2)
    assert "走访学校和医院" not in get().text


@SQLITE
def test_a_person_who_asks_for_everything_gets_the_history_of_what_may_be_shown(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一")
    publish(pulled, "标题二")
    assert told(get) == [("published", "标题一"), ("updated", "标题二")]


@SQLITE
def test_a_wrong_token_is_refused_in_words(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一")
    for shown in (None, "", "wrong", TOKEN + "x", TOKEN[:-1]):
        answer = get("", shown)
        assert answer.status_code == 401, shown
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "Authorization: Bearer" in answer.json()["error"]
        assert "令牌" in answer.json()["error"]
        assert "标题" not in answer.text


@SQLITE
def test_a_token_in_the_address_opens_nothing(pulled: Stages, get: Get) -> None:
    assert get(f"?token={TOKEN}", None).status_code == 401


def test_a_token_opens_its_subscribers_destinations_only(pulled: Stages, get: Get) -> None:
    archive = Destination("archive", "partner", "pull", ("news",), {"token": "env:PULL"})
    copied = Destination("copied", "stranger", "pull", ("news",), {"token": "env:PULL"})
    pulled.declare(destinations=(*pulled.catalogue.destinations, archive, copied))
    publish(pulled, "标题一")
    assert {one["destination"] for one in get().json()["changes"]} == {"inbox", "archive"}
    assert {one["destination"] for one in get("", OTHER_TOKEN).json()["changes"]} == {"theirs"}


ODD = ("since=x", "since=-1", "since=1.5", "since=", "since=٣", f"since={10**19}", "limit=0", "limit=x")


@SQLITE
def test_a_question_that_makes_no_sense_is_refused_in_words(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一")
    for query in ODD:
        answer = get(f"?{query}")
        assert answer.status_code == 400, query
        assert "must be a whole number" in answer.json()["error"]


def test_a_since_that_was_never_given_is_told(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一")
    newest = max(row.id for row in pulled.rows(change))
    answer = get(f"?since={newest + 1}")
    assert answer.status_code == 400
    assert f"Ask again from {newest}" in answer.json()["error"]


@SQLITE
def test_nothing_is_kept_by_caches(pulled: Stages, get: Get) -> None:
    assert get().headers["cache-control"] == "no-store"
    assert get("", "wrong").headers["cache-control"] == "no-store"


@SQLITE
def test_an_unset_token_is_no_open_door(pulled: Stages, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULL")
    assert get().status_code == 503
    assert get("", "").status_code == 401
    assert get("", OTHER_TOKEN).status_code == 200, "others are served as ever"


@SQLITE
def test_while_the_database_is_away_it_says_so_in_json(
    pulled: Stages, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreError("the database does not answer")

    monkeypatch.setattr(pulled.services.changes, "pullers", away)
    answer = get()
    assert answer.status_code == 503
    assert "again in a minute" in answer.json()["error"]


def test_a_destination_that_left_the_catalogue_gives_its_retractions_only(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一", "标题二")
    last = get().json()["next"]
    pulled.declare(destinations=tuple(one for one in pulled.catalogue.destinations if one.key != "inbox"))
    assert told(get) == []
    pulled.take_down()
    (only,) = get(f"?since={last}").json()["changes"]
    assert only["type"] == "article.withdrawn"


@SQLITE
def test_a_withheld_update_is_not_handed_out(pulled: Stages, get: Get) -> None:
    places = pulled.catalogue.destinations
    pulled.declare(destinations=tuple(replace(one, updates="never") if one.key == "inbox" else one for one in places))
    publish(pulled, "标题一")
    publish(pulled, "标题二")
    assert told(get) == [("published", "标题一")]
    assert told(get, "", OTHER_TOKEN) == [("published", "标题一"), ("updated", "标题二")]


def test_a_number_never_shows_up_behind_one_that_was_read(pulled: Stages, get: Get) -> None:
    """Whoever writes second waits until the first can be seen."""
    done = threading.Event()

    def write(services: Any, article: int) -> None:
        release = a_release(article)
        order = Order(article, "inbox", 1, Action.PUBLISH, 1, Use.FULL_TEXT, NOON, state=DeliveryState.ACCEPTED)
        shelved = Shelved(article, "inbox", 1, NOON, release)
        services.write(versions=(), placements=(), rulings=(), orders=(order,), shelved=(shelved,), now=NOON)

    def second() -> None:
        services = pulled.make_services(pulled.services.database)
        with services.works.open() as work:
            write(work, 102)
        done.set()
        services.close()

    thread = threading.Thread(target=second)
    with pulled.services.works.open() as work:
        write(work, 101)
        thread.start()
        assert not done.wait(0.3)
        assert get().json()["changes"] == []
    thread.join(20)
    changes = get().json()["changes"]
    assert [one["data"]["id"] for one in changes] == [f"urn:uuid:{a_release(one).article}" for one in (101, 102)]


@SQLITE
def test_it_survives_a_day(pulled: Stages, get: Get) -> None:
    publish(pulled, "标题一")
    pulled.now += timedelta(days=400)
    pulled.services.prune()
    assert told(get) == [("published", "标题一")]


@SQLITE
def test_no_more_is_read_than_a_page_may_hold(pulled: Stages, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(pulled, "一", "二")
    monkeypatch.setattr(change_store, "MOST_PACKED", 10)
    first = get().json()
    assert (len(first["changes"]), first["more"]) == (1, True)
    rest = get(f"?since={first['next']}").json()
    assert (len(rest["changes"]), rest["more"]) == (1, False)

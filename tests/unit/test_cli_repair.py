"""``article merge`` and ``article split``: they say first what they would do, want a name and a yes, and every page and
command knows afterwards where an article has gone."""

from __future__ import annotations

from contextlib import AbstractContextManager

import httpx
import pytest

from tests.browser import served
from tests.road import CATALOGUE, Item, Road
from worker.demo.site import Document
from worker.web.app import create_app

VISIT = Item("m1", "江城代表团赴高原州对接教育协作")
SNOW = Item(
    "s1", "草原大雪牧民转场", "昨夜一场大雪覆盖了北方草原，牧民们连夜把羊群赶进暖棚，气象部门提醒注意防寒。" * 5
)
A, B = "https://jiang.example/a/m1", "https://jiang.example/a/s1"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SIGNED = ("--by", "周岚", "--note", "同一篇通稿")


def two(road: Road) -> tuple[str, str]:
    """The ids of two articles that are out at ``feeds`` and ``hook``."""
    road.publish("jiang", SNOW, VISIT)
    road.run()
    return str(road.uuid(VISIT.title)), str(road.uuid(SNOW.title))


@SQLITE
def test_it_shows_what_it_would_do_and_does_nothing_yet(road: Road) -> None:
    a, b = two(road)
    told = road.json("article", "merge", A, B, "--dry-run")["would_merge"]
    assert (told["article"], told["other"], len(told["entries"])) == (a, b, 1)
    assert [(one["destination"], one["article"], one["other"]["action"]) for one in told["places"]] == [
        ("feeds", None, "retract"),
        ("hook", None, "retract"),
    ]
    road.cli("article", "fix", B, "author=李明", *SIGNED)
    assert road.json("article", "merge", A, B, "--dry-run")["would_merge"]["lost"] == {"author": "李明"}
    unasked = road.cli("article", "merge", A, B, *SIGNED, "--language", "en")
    assert unasked.code == 4
    assert "--yes" in unasked.text
    assert "retract" in unasked.text
    assert SNOW.title in unasked.text
    assert "its correction of author is lost: 李明" in unasked.text
    assert road.cli("article", "merge", A, B, "--yes").code == 4, "it wants a name and a note"
    assert road.json("article", "show", b)["state"] == "live"


@SQLITE
def test_two_articles_of_one_title_are_told_apart_by_their_ids(road: Road) -> None:
    road.publish("jiang", VISIT, Item("s2", VISIT.title, SNOW.body))
    road.run()
    ids = {str(one["uuid"]) for one in road.json("article", "find", VISIT.title)["articles"]}
    assert len(ids) == 2
    told = road.cli("article", "merge", *ids, "--dry-run").text
    assert all(f"{one[:8]} {VISIT.title}" in told for one in ids)


def test_everything_knows_where_it_has_gone(road: Road) -> None:
    a, b = two(road)
    done = road.json("article", "merge", A, B, *SIGNED, "--yes")["merged"]
    assert (done["article"], done["other"]) == (a, b)
    road.deliver()
    assert road.partner.accepted()[-1].payload["data"]["merged_into"]["id"] == f"urn:uuid:{a}"
    assert road.json("article", "show", B)["uuid"] == a, "its links lead to the other"
    shown = road.json("article", "show", b)
    assert (shown["state"], shown["merged_into"], shown["copies"]) == ("merged", a, [])
    assert f"merged into {a}" in road.cli("article", "show", b).text
    assert f"merged into {a}" in road.cli("article", "find", SNOW.title).text
    explained = road.cli("article", "explain", b, "--language", "zh").text
    assert "已并入另一篇文章" in explained
    standings = {one["standing"] for one in road.json("article", "explain", b)["destinations"] if one["deliveries"]}
    assert standings == {"merged"}
    assert [copy["joined_by"] for copy in road.json("article", "show", a)["copies"]] == [None, "merge"]
    acts = road.json("audit", "--article", b)["acts"]
    assert [(row["verb"], row["by"], row["note"]) for row in acts] == [("merge", *SIGNED[1::2])]


@SQLITE
def test_what_is_done_to_a_merged_id_is_done_to_what_it_is_now(road: Road) -> None:
    a, b = two(road)
    road.cli("article", "merge", A, B, *SIGNED, "--yes")
    fixed = road.cli("article", "fix", b, "title=江城代表团走访", *SIGNED)
    assert fixed.code == 0
    assert f"was merged into {a}" in fixed.text
    assert road.json("article", "show", a)["corrections"][0]["value"] == "江城代表团走访"
    again = road.cli("article", "merge", A, b, *SIGNED, "--yes")
    assert again.code == 4
    assert f"was merged into {a}" in again.text
    down = ("--by", "周岚", "--reason", "rights", "--note", "来函", "--wait", "0", "--yes")
    assert road.cli("takedown", f"https://news.beichen.example/portal/p/article/{b}", *down).code == 0
    assert road.json("article", "show", a)["state"] == "withdrawn"
    gone = road.cli("article", "merge", a, A, *SIGNED, "--yes")
    assert gone.code == 4
    assert "withdrawn" in gone.text


@SQLITE
def test_a_copy_is_split_off_by_its_number_or_its_link(road: Road) -> None:
    a, _ = two(road)
    road.cli("article", "merge", A, B, *SIGNED, "--yes")
    entry = road.json("article", "show", a)["copies"][1]["entry"]
    told = road.json("article", "split", str(entry), "--dry-run")["would_split"]
    assert (told["article"], told["entry"], told["led"], told["other"]) == (a, entry, False, None)
    assert [(one["destination"], one["other"]["action"]) for one in told["places"]] == [
        ("feeds", "publish"),
        ("hook", "publish"),
    ]
    assert road.cli("article", "split", B, *SIGNED).code == 4, "nobody was asked"
    done = road.json("article", "split", "http://www.jiang.example/a/s1?utm_source=mail", *SIGNED, "--yes")["split"]
    assert road.json("article", "show", B)["uuid"] == done["other"]
    assert len(road.json("article", "show", a)["copies"]) == 1
    last = road.cli("article", "split", str(entry), *SIGNED, "--yes")
    assert last.code == 4
    assert "all there is" in last.text
    assert road.cli("article", "split", "4711", *SIGNED, "--yes").code == 3
    assert road.cli("article", "split", "https://jiang.example/a/none", *SIGNED, "--yes").code == 3


@SQLITE
def test_a_link_that_several_copies_have_is_not_guessed(road: Road) -> None:
    reprint = Item("m1", VISIT.title)
    road.publish("jiang", VISIT)
    road.run()
    body = f"<rss version='2.0'><channel><title>t</title>{reprint.xml('jiang.example')}</channel></rss>"
    road.site.put("/tongxin", Document(body.encode(), "application/rss+xml"))
    road.run()
    asked = road.cli("article", "split", A, "--dry-run")
    assert asked.code == 4
    assert "say which by its id" in asked.text
    assert "tongxin" in asked.text


def web_face(road: Road) -> AbstractContextManager[str]:
    services = road.services
    return served(create_app(services.shelf, heartbeats=None, clock=services.clock))


PORTAL = """
[destinations.portal]
subscriber = "partner"
kind = "portal"
channels = ["news"]
"""


@SQLITE
def test_a_page_leads_to_the_others_in_one_hop_for_ever(road: Road) -> None:
    road.write(CATALOGUE + PORTAL)
    assert road.cli("apply").code == 0
    a, b = two(road)
    third = Item("t1", "古城墙修缮完工", "历时三年的古城墙修缮工程昨日通过验收，文物部门公布了修缮中发现的砖铭。" * 5)
    road.publish("jiang", third, SNOW, VISIT)
    road.run()
    c = str(road.uuid(third.title))
    with web_face(road) as address, httpx.Client(base_url=address) as client:
        page = {one: f"/portal/portal/article/{one}" for one in (a, b, c)}
        assert [client.get(page[one]).status_code for one in (a, b, c)] == [200, 200, 200]
        road.cli("article", "merge", a, b, *SIGNED, "--yes")
        moved = client.get(page[b])
        assert (moved.status_code, moved.headers["location"]) == (301, page[a])
        assert moved.headers["cache-control"] == "public, no-cache"
        assert client.head(page[b]).status_code == 301
        road.cli("article", "merge", c, a, *SIGNED, "--yes")
        assert [client.get(page[one]).headers["location"] for one in (a, b)] == [page[c], page[c]]
        atom = client.get("/feeds/feeds/news.atom").text
        assert atom.count("at:deleted-entry ref") == 2
        assert f'href="https://news.beichen.example{page[a]}"' in atom
        down = ("--by", "周岚", "--reason", "rights", "--note", "来函", "--wait", "0", "--yes")
        road.cli("takedown", c, *down)
        assert client.get(page[b]).headers["location"] == page[c]
        assert client.get(page[c]).status_code == 410

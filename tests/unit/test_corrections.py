"""What people correct stays corrected, goes out as an update, and never earns a permission."""

from __future__ import annotations

from typing import Any

import pytest

from tests.road import Item, Road

MEETING = Item("m1", "江城代表团赴高原州对接教育协作")
REPRINT = Item("r1", "高原州举办青年歌会", credits="高原日报")
OWN, ADDRESS = "https://jiang.example/a/m1", "https://tongxin.example/a/r1"
SIGNED = ("--by", "周岚", "--note", "原文核对")


def last(road: Road) -> dict[str, Any]:
    """What the partner took last."""
    payload = road.partner.accepted()[-1].payload
    return {"type": payload["type"], **payload["data"]}


def sent(road: Road) -> list[str]:
    return [one.payload["type"].removeprefix("article.") for one in road.partner.accepted()]


@pytest.fixture
def out(road: Road) -> Road:
    """An article of 江城民族事务局 that the partner has."""
    road.publish("jiang", MEETING)
    road.run()
    assert sent(road) == ["published"]
    return road


def test_a_correction_goes_out_and_outlives_what_is_fetched_later(out: Road) -> None:
    out.change(
        'site = "https://news.beichen.example"', 'site = "https://news.beichen.example"\n\n[articles]\nupdates = "0s"'
    )
    done = out.json("article", "fix", OWN, "author=李明、王芳", "title=江城代表团赴高原州", *SIGNED)
    assert done["before"] == {"author": None, "title": MEETING.title}
    assert done["after"] == {"author": "李明、王芳", "title": "江城代表团赴高原州"}
    assert {one["destination"]: one["action"] for one in done["reached"]} == {"feeds": "update", "hook": "update"}
    out.deliver()
    assert last(out)["type"] == "article.updated"
    assert [one["name"] for one in last(out)["credit"]["authors"]] == ["李明", "王芳"]
    assert "作者：李明、王芳" in last(out)["credit"]["line"]
    out.publish("jiang", Item("m1", MEETING.title, "各位代表商定了来年的教师交流计划，并走访了三所学校。" * 6))
    out.run()
    assert sent(out) == ["published", "updated", "updated"]
    assert last(out)["title"] == "江城代表团赴高原州"
    assert "商定了来年" in last(out)["body_html"]
    assert [one["name"] for one in last(out)["credit"]["authors"]] == ["李明", "王芳"]
    shown = out.services.shelf.page("feeds", "news", limit=10).rows[0].release
    assert shown is not None
    assert "作者：李明、王芳" in shown.attribution.line_text


def test_an_undone_correction_says_again_what_the_source_says(out: Road) -> None:
    out.cli("article", "fix", OWN, "author=李明", "category=要闻", *SIGNED)
    out.deliver()
    assert last(out)["categories"] == ["要闻"]
    done = out.json("article", "fix", OWN, "--undo", "author", *SIGNED)
    assert (done["version"], done["before"], done["after"]) == (3, {"author": "李明"}, {"author": None})
    out.deliver()
    assert last(out)["credit"]["authors"] == []
    assert last(out)["categories"] == ["要闻"]
    again = out.cli("article", "fix", OWN, "--undo", "author", *SIGNED)
    assert again.code == 4
    assert "is not corrected" in again.text
    rows = out.json("article", "show", OWN)["corrections"]
    assert [(row["field"], row["lifted_at"] is None) for row in rows] == [("category", True), ("author", False)]


def test_who_corrected_what_and_why_is_shown(out: Road) -> None:
    out.cli("article", "fix", OWN, "author=李明", *SIGNED)
    shown = out.cli("article", "show", OWN).text
    assert "李明" in shown
    assert "周岚" in shown
    assert "原文核对" in shown
    assert "作者 经 周岚 更正为“李明”" in out.cli("article", "explain", OWN, "--language", "zh").text
    assert "author was corrected by 周岚" in out.cli("article", "explain", OWN, "--language", "en").text
    assert out.json("article", "show", OWN)["credit"]["authors"][0]["name"] == "李明"


def test_versions_that_went_out_stay_as_they_were(out: Road) -> None:
    out.cli("article", "fix", OWN, "author=李明", *SIGNED)
    (article,) = {row.article_id for row in _versions(out)}
    made = out.services.deliveries.currents([(article, 1), (article, 2)])
    assert [made[article, number].fixes.author for number in (1, 2)] == [None, "李明"]


def _versions(road: Road) -> list[Any]:
    import sqlalchemy as sa

    from worker.store.schema import version

    with road.services.database.read() as connection:
        return list(connection.execute(sa.select(version)))


def test_times_are_read_where_the_operator_is_and_categories_choose_channels(out: Road) -> None:
    fixes = ("published=2025-03-01T08:30", "category=文化", "title=江城民族服饰展览开幕")
    done = out.json("article", "fix", OWN, *fixes, *SIGNED)
    assert {one["destination"]: one["action"] for one in done["reached"]} == {
        "feeds": "update",
        "hook": "update",
        "exhibitions": "publish",
    }
    assert "2025-03-01 08:30" in out.cli("article", "show", OWN).text
    out.deliver()
    assert last(out)["published"] == "2025-03-01T00:30:00Z"
    assert out.json("article", "find", "服饰展览")["articles"][0]["version"] == 2


def test_a_corrected_link_is_the_originals_in_every_output(out: Road) -> None:
    out.cli("article", "fix", OWN, "original_link=https://jiang.example/xw/1001.html", *SIGNED)
    out.deliver()
    assert last(out)["original"]["link"] == "https://jiang.example/xw/1001.html"
    assert 'href="https://jiang.example/xw/1001.html"' in last(out)["body_html"]
    assert out.json("article", "show", OWN)["provenance"][0]["link"] == "https://jiang.example/xw/1001.html"


def test_a_missing_field_that_is_supplied_ends_its_hold(road: Road) -> None:
    road.change('language = "zh"\n\n[sources.tongxin]', 'language = "zh"\nrequired = ["author"]\n\n[sources.tongxin]')
    road.publish("jiang", MEETING)
    road.run()
    assert {row["decision"]["reasons"][0] for row in road.json("review", "list")["held"]} == {"FIELD:author"}
    done = road.json("article", "fix", OWN, "author=李明", *SIGNED)
    assert {one["action"] for one in done["reached"]} == {"publish"}
    road.cli("article", "fix", OWN, "--undo", "author", *SIGNED)
    assert len(road.json("review", "list")["held"]) == 2


def test_calling_a_reprint_the_carriers_own_earns_no_grant(road: Road) -> None:
    road.publish("tongxin", REPRINT)
    road.run()
    done = road.json("article", "fix", ADDRESS, "source=同心在线", *SIGNED)
    assert {(one["decision"]["use"], one["decision"]["reasons"][0]) for one in done["reached"]} == {
        ("hold", "THIRD_PARTY_IN_FEED")
    }
    road.run()
    assert sent(road) == []
    assert "来源：同心在线" in road.json("article", "show", ADDRESS)["credit_line"]
    approved = road.json("review", "approve", ADDRESS, "--destination", "hook", *SIGNED)
    assert approved["reviewed"][0]["action"] == "publish"
    road.deliver()
    assert last(road)["original"]["publisher"] == "同心在线"
    assert last(road)["credit"]["license"] is None


def test_crediting_another_publisher_earns_none_of_its_grants(road: Road) -> None:
    road.publish("tongxin", REPRINT)
    road.run()
    done = road.json("article", "fix", ADDRESS, "source=江城民族事务局", *SIGNED)
    assert {one["decision"]["use"] for one in done["reached"]} == {"hold"}
    assert road.json("article", "show", ADDRESS)["credit"]["publisher"] == "jiang"


def test_no_correction_sends_a_partner_its_own_text(road: Road) -> None:
    road.change('name = "江门户"', 'name = "高原日报"')
    road.publish("tongxin", REPRINT)
    road.run()
    done = road.json("article", "fix", ADDRESS, "source=江城民族事务局", *SIGNED)
    assert {tuple(one["decision"]["reasons"]) for one in done["reached"]} == {("ECHO",)}


def test_a_correction_that_narrows_leaves_what_is_out_until_a_person_says_so(out: Road) -> None:
    done = out.cli("article", "fix", OWN, "source=高原日报", "--language", "en", *SIGNED)
    assert "newsroad review approve" in done.text
    out.deliver()
    assert sent(out) == ["published"]
    assert {row["decision"]["reasons"][0] for row in out.json("review", "list")["held"]} == {"THIRD_PARTY_IN_FEED"}
    out.cli("review", "approve", OWN, "--all", *SIGNED)
    out.deliver()
    assert sent(out) == ["published", "updated"]
    assert "来源：高原日报（经 江城民族事务局 转载）" in last(out)["credit"]["line"]
    assert [(hop["role"], hop["basis"], hop["name"]) for hop in last(out)["credit"]["hops"]] == [
        ("originator", "corrected", "高原日报"),
        ("republisher", "source", "江城民族事务局"),
    ]


def test_where_the_grant_covers_what_is_carried_the_corrected_source_goes_out_at_once(road: Road) -> None:
    road.change('[grants.jiang]\npublisher = "jiang"', '[grants.jiang]\npublisher = "jiang"\nscope = "carried"')
    road.publish("jiang", MEETING)
    road.run()
    road.cli("article", "fix", OWN, "source=高原日报", *SIGNED)
    road.deliver()
    assert sent(road) == ["published", "updated"]
    assert last(road)["original"]["publisher"] == "高原日报"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("body=另一篇",), "source, author, title, published, category, original_link"),
        (("author",), "FIELD=VALUE"),
        (("title= ",), "--undo title"),
        (("author=佚名",), "author="),
        (("source=本站",), "stands for nobody"),
        (("source=北辰转载平台",), "ourselves"),
        (("published=昨天",), "2026-12-31"),
        (("published=2999-01-01",), "future"),
        (("original_link=ftp://jiang.example/1",), "https://"),
        (("original_link=https://a:b@jiang.example/1",), "https://"),
        (("original_link=https://news.beichen.example/1",), "our own site"),
        (("title=江城\x1b[31m",), "cannot be printed"),
        (("author=李明", "author=王芳"), "twice"),
        (("author=李明", "--undo", "author"), "both"),
        (("--undo", "body"), "no field"),
        (("title=" + MEETING.title,), "says so already"),
        ((), "FIELD=VALUE"),
    ],
)
def test_what_cannot_be_a_correction_is_refused_and_says_what_can(out: Road, typed: tuple[str, ...], said: str) -> None:
    shown = out.cli("article", "fix", OWN, *typed, *SIGNED)
    assert shown.code == 4
    assert said in shown.text
    assert out.json("article", "show", OWN)["version"] == 1
    assert out.json("audit")["acts"] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_needs_a_name_a_reason_and_a_live_article(out: Road) -> None:
    assert out.cli("article", "fix", OWN, "author=李明", "--by", "周岚").code == 4
    assert out.cli("article", "fix", "https://jiang.example/none", "author=李明", *SIGNED).code == 3
    out.cli("takedown", OWN, *SIGNED, "--reason", "error", "--yes", "--wait", "0")
    gone = out.cli("article", "fix", OWN, "author=李明", *SIGNED)
    assert gone.code == 4
    assert "was withdrawn" in gone.text


def test_a_copy_that_joins_later_is_in_the_provenance_that_is_shown(out: Road) -> None:
    out.publish("tongxin", Item("copy", MEETING.title, MEETING.body))
    out.run()
    shown = out.json("article", "show", OWN)
    assert [(hop["role"], hop["source"]) for hop in shown["provenance"]] == [
        ("originator", "jiang"),
        ("republisher", "tongxin"),
    ]
    assert [version["number"] for version in shown["versions"]] == [1]
    assert "同心在线 (tongxin)" in out.cli("article", "show", OWN).text

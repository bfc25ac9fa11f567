"""Partner sites: from a listing page to a credited article, on real stores and over real HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import portal
from tests.portal import SNOW, VISIT, article, listing, run
from tests.stages import NOON, Stages, telling
from worker.demo.site import Document
from worker.model.catalog import FirstContact, Listing
from worker.model.feed import ParsedEntry
from worker.store.pack import unpack
from worker.store.schema import resource, revision, snapshot

ONE = ("/news/202611/101.html", "书车开进村小操场", "2026-11-24")
TWO = ("/news/202611/102.html", "大雪之后的护林员巡山路", "2026-11-24")
PAGES = {ONE[0]: article(), TWO[0]: article("大雪之后的护林员巡山路", SNOW, author="李明", original=None)}


@pytest.fixture
def site(stages: Stages) -> Stages:
    for path, document in PAGES.items():
        stages.sites["alpha"].put(path, document)
    declare(stages)
    return stages


def declare(stages: Stages, **changes: Any) -> None:
    portal.declare(stages, **{"first_contact": FirstContact(entries=20, max_age=24 * 3600), "follow": (), **changes})


def show(stages: Stages, *articles: tuple[str, str, str], more: str = "") -> None:
    stages.sites["alpha"].put("/news/", listing(*articles, more=more))
    stages.services.polling.poll_now("alpha", stages.now)


def asked(stages: Stages) -> list[str]:
    return [one.question.path for one in stages.sites["alpha"].asked]


def pages(stages: Stages) -> list[Any]:
    return list(stages.rows(resource, resource.c.role == "article"))


def data(stages: Stages) -> dict[str, dict[str, Any]]:
    return {one.payload["data"]["title"]: one.payload["data"] for one in stages.partner.accepted()}


def test_a_listing_page_becomes_credited_articles(site: Stages) -> None:
    show(site, ONE, TWO)
    run(site)
    assert asked(site)[0] == "/robots.txt", "asked before anything else"
    assert set(site.titles()) == {"书车开进村小操场", "大雪之后的护林员巡山路"}
    reprint = data(site)["书车开进村小操场"]
    credit, original = reprint["credit"], reprint["original"]
    assert original["publisher"] == "国家民族事务委员会"
    assert original["link"] == "https://www.neac.gov.cn/seac/xwzx/202611/1170001.shtml"
    assert credit["author_state"] == "placeholder"
    assert credit["via"] == ["山川民族网"]
    assert VISIT[0] in reprint["body_html"]
    for furniture in ("免责声明", "相关新闻", "点击数", "当前位置", "文章来源", "版权所有"):
        assert furniture not in reprint["body_html"], furniture


def test_the_page_says_when_and_by_whom(site: Stages) -> None:
    show(site, TWO)
    run(site)
    mine = data(site)["大雪之后的护林员巡山路"]
    assert mine["published"] == "2026-11-24T10:30:00Z", "18:30 in the page's zone"
    assert [author["name"] for author in mine["credit"]["authors"]] == ["李明"]


def test_first_contact_takes_the_newest_and_never_the_archive(stages: Stages) -> None:
    declare(stages, first_contact=FirstContact(entries=3, max_age=24 * 3600))
    many = [
        (f"/news/202611/{number}.html", f"第{number}号乡村图书故事连载", "2026-11-24") for number in range(300, 320)
    ]
    for path, title, _ in many:
        stages.sites["alpha"].put(path, article(title, (*VISIT, title * 5)))
    show(stages, *many)
    run(stages)
    assert [one.url.rpartition("/")[2] for one in pages(stages)] == ["300.html", "301.html", "302.html"]
    fresh = ("/news/202611/400.html", "新来的第四百号乡村图书故事", "2026-11-24")
    stages.sites["alpha"].put(fresh[0], article(fresh[1], (telling(400), "全新的结尾。" * 5)))
    show(stages, fresh, *many)
    run(stages)
    assert len(pages(stages)) == 4, "what the archive holds stays there; what is new is read"
    assert fresh[1] in stages.titles()


def test_old_articles_of_a_first_contact_are_recorded_and_not_sent(site: Stages) -> None:
    site.sites["alpha"].put(ONE[0], article(time="2026-10-01 09:00"))
    show(site, ONE)
    run(site)
    assert len(site.entries()) == 1
    assert site.titles() == []


def test_an_unchanged_page_is_asked_with_its_validators_and_a_changed_one_is_an_update(site: Stages) -> None:
    declare(site, follow=(600, 3600))
    show(site, ONE)
    run(site)
    run(site, rounds=1, minutes=11)
    assert site.sites["alpha"].count(ONE[0], 304) == 1
    site.sites["alpha"].put(ONE[0], article(extra="<p>　　更正：书车一次能装七百多册图书。</p>"))
    run(site, rounds=1, minutes=60)
    assert [kind for kind, _ in site.sent] == ["published", "updated"]
    run(site, rounds=2, minutes=24 * 60)
    assert site.sites["alpha"].count(ONE[0]) == 3, "its following is over"


def test_a_page_that_settles_is_read_twice_before_it_goes_out(site: Stages) -> None:
    declare(site, settle=300)
    show(site, ONE)
    run(site, rounds=3, minutes=1)
    assert site.sent == []
    site.sites["alpha"].put(ONE[0], article(extra="<p>　　本文已经编辑补充了第二天的消息。</p>"))
    run(site, rounds=2, minutes=3)
    assert [kind for kind, _ in site.sent] == ["published"], "once, as it settled"
    assert "第二天的消息" in data(site)["书车开进村小操场"]["body_html"]


def test_a_settled_page_goes_out_even_when_its_second_reading_fails(site: Stages) -> None:
    declare(site, settle=300)
    show(site, ONE)
    run(site, rounds=2, minutes=1)
    site.sites["alpha"].put(ONE[0], Document(b"", status=500, validators=False))
    run(site, rounds=2, minutes=10)
    assert [kind for kind, _ in site.sent] == ["published"]


@pytest.mark.parametrize(
    ("field", "document"),
    [("source", article(source=None)), ("published", article(time="昨夜"))],
    ids=["source", "published"],
)
def test_what_lacks_a_required_field_is_held_and_not_guessed(site: Stages, field: str, document: Document) -> None:
    undated = (ONE[0], ONE[1], "")
    site.sites["alpha"].put(ONE[0], document)
    show(site, undated)
    run(site)
    assert site.sent == []
    held = site.services.people.held(50)
    assert held[0].decision.reasons[0] == f"FIELD:{field}"


def test_robots_that_forbid_us_are_obeyed_and_told(site: Stages) -> None:
    robots = Document(b"User-agent: *\nDisallow: /\n", "text/plain", validators=False)
    site.sites["alpha"].put("/robots.txt", robots)
    show(site, ONE, TWO)
    run(site)
    assert set(asked(site)) == {"/robots.txt"}
    row = site.services.people.source("alpha", site.now, NOON)
    assert row.state == "forbidden"
    assert "robots.txt" in (row.attention or "")
    site.sites["alpha"].put("/robots.txt", replace(robots, body=b"User-agent: newsroad\nAllow: /\n"))
    run(site, rounds=4, minutes=13 * 60)
    assert ONE[0] in asked(site), "read again a day later"


def test_a_path_that_robots_forbid_is_not_asked(site: Stages) -> None:
    robots = f"User-agent: newsroad\nDisallow: {TWO[0]}\n"
    site.sites["alpha"].put("/robots.txt", Document(robots.encode(), "text/plain"))
    show(site, ONE, TWO)
    run(site)
    assert ONE[0] in asked(site)
    assert TWO[0] not in asked(site)


def test_robots_that_cannot_be_had_stop_everything_for_now(site: Stages) -> None:
    site.sites["alpha"].put("/robots.txt", Document(b"", status=503, validators=False))
    show(site, ONE)
    run(site)
    assert set(asked(site)) == {"/robots.txt"}


def test_a_challenge_is_not_stormed(site: Stages) -> None:
    script = Document(b"<script>document.cookie='__jsl_clearance=1'</script>", "text/html", 521, validators=False)
    site.sites["alpha"].put("/news/", script)
    site.services.polling.poll_now("alpha", site.now)
    run(site, rounds=5, minutes=60)
    assert asked(site).count("/news/") == 1
    row = site.services.people.source("alpha", site.now, NOON)
    assert row.state == "challenged"
    assert "allow-list" in (row.attention or "")


def test_a_page_that_fails_is_retried_alone(site: Stages) -> None:
    site.sites["alpha"].put(ONE[0], Document(b"", status=500, validators=False))
    show(site, ONE, TWO)
    run(site)
    assert site.titles() == ["大雪之后的护林员巡山路"]
    site.sites["alpha"].put(ONE[0], article())
    run(site, rounds=2, minutes=60)
    assert len(site.titles()) == 2


def test_410_withdraws(site: Stages) -> None:
    declare(site, follow=(600,))
    show(site, ONE)
    run(site)
    site.sites["alpha"].put(ONE[0], Document(b"", status=410, validators=False))
    run(site, rounds=1, minutes=11)
    assert [kind for kind, _ in site.sent] == ["published", "withdrawn"]


def test_404_over_a_day_holds_and_asks_a_person_and_its_return_lets_go(site: Stages) -> None:
    declare(site, follow=(600, 3600, 7 * 86400))
    show(site, ONE)
    run(site)
    site.sites["alpha"].remove(ONE[0])
    run(site, rounds=1, minutes=11)
    assert site.services.people.source("alpha", site.now, NOON).attention is None
    run(site, rounds=3, minutes=14 * 60)
    assert [kind for kind, _ in site.sent] == ["published"], "what is out stays out"
    assert "not found" in (site.services.people.source("alpha", site.now, NOON).attention or "")
    assert site.services.people.held(50)[0].decision.reasons[0] == "PAGE_MISSING"
    site.sites["alpha"].put(ONE[0], article())
    run(site, rounds=2, minutes=25 * 60)
    assert site.services.people.held(50) == []


@pytest.mark.parametrize("there", ["/", "/login.html?back=1", "/index.html"])
def test_a_redirect_to_a_home_or_login_page_is_no_article(site: Stages, there: str) -> None:
    site.sites["alpha"].put(ONE[0], Document(b"", status=302, validators=False, headers={"Location": there}))
    site.sites["alpha"].put(there, article("欢迎访问山川民族网首页"))
    show(site, ONE)
    run(site)
    assert site.entries() == []


def test_an_article_over_several_pages_is_one(site: Stages) -> None:
    pager = (
        '<div class="pages"><a href="101.html">1</a> <a href="101_2.html">2</a> <a href="101_2.html">下一页</a></div>'
    )
    site.sites["alpha"].put(ONE[0], article(after=pager))
    second = article(
        paragraphs=("第二页上写着书车的路线：先到东村，再到西村，最后回到县城的图书馆门口。" * 2,), after=pager
    )
    site.sites["alpha"].put("/news/202611/101_2.html", second)
    show(site, ONE)
    run(site, rounds=6)
    assert [kind for kind, _ in site.sent] == ["published"], "not before it is whole"
    body = data(site)["书车开进村小操场"]["body_html"]
    assert body.index(VISIT[0]) < body.index("第二页上写着")


def test_further_listing_pages_are_walked_as_far_as_declared(site: Stages) -> None:
    declare(site, listing=Listing(pages=2))
    next_link = '<a href="index_2.html">下一页</a>'
    site.sites["alpha"].put("/news/index_2.html", listing(TWO, more='<a href="index_3.html">下一页</a>'))
    show(site, ONE, more=next_link)
    run(site, rounds=4)
    assert len(site.titles()) == 2
    assert "/news/index_3.html" not in asked(site)


def test_crawl_delay_is_a_floor(site: Stages) -> None:
    site.sites["alpha"].put("/robots.txt", Document(b"User-agent: *\nCrawl-delay: 2\n", "text/plain"))
    show(site, ONE, TWO)
    run(site, rounds=3)
    times = [one.at for one in site.sites["alpha"].asked if one.question.path in (ONE[0], TWO[0])]
    assert times[1] - times[0] >= timedelta(seconds=1), "two, less what the first may have been late"


def test_the_same_article_again_is_no_new_one(site: Stages) -> None:
    show(site, ONE)
    run(site)
    show(site, TWO, ONE)
    run(site)
    assert len(site.articles()) == 2
    assert site.sites["alpha"].count(ONE[0]) == 1
    assert {row.state for row in site.rows(snapshot)} == {"done"}


def test_pages_that_are_over_are_let_go_and_do_not_come_back(site: Stages) -> None:
    show(site, ONE)
    run(site)
    site.now += timedelta(days=31)
    site.services.prune()
    site.services.prune()
    assert pages(site) == []
    show(site, ONE, TWO)
    run(site)
    assert [page.url.rpartition("/")[2] for page in pages(site)] == ["102.html"]
    assert len(site.articles()) == 2


def test_what_a_page_states_and_points_to_is_kept_and_not_followed(site: Stages) -> None:
    show(site, ONE)
    run(site)
    document = unpack(ParsedEntry, site.rows(revision)[0].document)
    assert any("30日内与本网联系" in statement.text for statement in document.statements)
    assert [related.title for related in document.related] == ["另一则不相干的消息标题"]
    assert "/news/202611/900.html" not in asked(site)


def test_a_pause_ends_no_following_and_forgets_no_page(site: Stages) -> None:
    declare(site, follow=(10 * 86_400, 20 * 86_400))
    site.sites["alpha"].put("/robots.txt", Document(f"User-agent: *\nDisallow: {TWO[0]}\n".encode(), "text/plain"))
    show(site, ONE, TWO)
    run(site)
    site.services.polling.pause("alpha", site.now, by="周岚")
    site.now += timedelta(days=12)
    site.sites["alpha"].remove("/robots.txt")
    site.services.polling.resume("alpha", site.now, by="周岚")
    run(site)
    assert site.sites["alpha"].count(ONE[0]) == 2, "followed for as long as declared"
    assert TWO[0] in asked(site), "what was forbidden is asked when it is no more"

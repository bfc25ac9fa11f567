"""Pictures and attached files: carried where a grant covers them, as each destination wants them. On real stores and
over real HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.pictured import SITE, approve, body, declare, figure, held, kept, ours, picture, settle_down, tell
from tests.pictures import SVG, docx, pdf, png
from tests.portal import VISIT, article, listing
from tests.stages import OTHER, STORY, Stages, item, rss
from worker.demo.site import Document, Site
from worker.model.catalog import Publisher, Scope, Source, SourceKind
from worker.store.schema import media, resource, snapshot


def test_copies_are_fetched_checked_and_shown_under_our_address(stages: Stages) -> None:
    declare(stages)
    url = picture(stages)
    tell(stages, STORY + figure(url) + OTHER)
    assert kept(stages) == [("stored", "image/png")]
    assert stages.rows(media)[0].body == png(mark="/p/1.png")
    assert f'src="{ours(stages)}"' in body(stages)
    assert url not in body(stages)
    assert "图为书车。李明 摄" in body(stages), "the caption stays with its picture"
    assert [kind for kind, _ in stages.sent] == ["published"], "once, with its pictures"
    sent = stages.partner.accepted()[-1].payload["data"]
    assert sent["images"] == [{"url": ours(stages), "caption": "图为书车。李明 摄", "credit": None}]
    shown = stages.services.shelf.page("feeds", "news", limit=5).rows[0].release
    assert shown is not None
    assert ours(stages) in (shown.body or "")
    assert all(row.body is None for row in stages.rows(snapshot) if row.url == url), "kept once"


def test_a_text_waits_for_its_pictures_and_goes_without_those_that_never_come(stages: Stages) -> None:
    declare(stages)
    there, slow = picture(stages), picture(stages, "/p/2.png", status=503, validators=False)
    tell(stages, STORY + figure(there, "来了") + figure(slow, "没来") + OTHER)
    assert stages.sent == []
    assert set(held(stages)) == {"MEDIA_PENDING"}
    stages.now += timedelta(minutes=61)
    stages.recheck()
    assert [kind for kind, _ in stages.sent] == ["published"]
    assert "来了" in body(stages)
    assert "没来" not in body(stages), "a picture goes with its caption"
    assert slow not in body(stages)
    assert held(stages) == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"status": 404, "body": b"", "validators": False}, "404"),
        ({"status": 410, "body": b"", "validators": False}, "410"),
        ({"body": SVG}, "no picture"),
        ({"body": b"<html><script>alert(1)</script></html>"}, "no picture"),
        ({"body": png(filler=9 * 1024 * 1024)}, "larger"),
        ({"body": png(filler=11 * 1024 * 1024)}, "could not be fetched"),
        (
            {"status": 302, "headers": {"Location": "http://169.254.169.254/latest/meta"}, "validators": False},
            "403",
        ),
        ({"status": 302, "headers": {"Location": "javascript:alert(1)"}, "validators": False}, "302"),
        ({"status": 302, "headers": {"Location": "/login.html"}, "validators": False}, "fetched"),
    ],
    ids=["404", "410", "svg", "html", "heavy", "heavier", "inside", "script", "login"],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_picture_is_refused_and_nobody_waits(stages: Stages, answer: dict[str, Any], why: str) -> None:
    declare(stages)
    stages.sites["alpha"].put("/login.html", Document(png(), "image/png"))
    url = picture(stages, "/p/x.png", **answer)
    tell(stages, STORY + figure(url) + OTHER)
    row = stages.rows(media)[0]
    assert (row.state, row.body) == ("refused", None)
    assert why in row.reason
    assert [kind for kind, _ in stages.sent] == ["published"]
    assert "<img" not in body(stages)
    assert stages.rows(resource, resource.c.role == "media")[0].due_at is None


def test_a_picture_on_another_host_has_its_own_lane_and_robots(stages: Stages) -> None:
    declare(stages)
    cdn = stages.sites["beta"]
    cdn.put("/robots.txt", Document(b"User-agent: *\nDisallow: /secret/\n", "text/plain", validators=False))
    open_one = cdn.put("/open/1.png", Document(png(), "image/png"))
    secret = cdn.put("/secret/1.png", Document(png(), "image/png"))
    tell(stages, STORY + figure(open_one, "公开") + figure(secret, "不公开") + OTHER)
    paths = [one.question.path for one in cdn.asked]
    assert paths.index("/robots.txt") < paths.index("/open/1.png")
    assert "/secret/1.png" not in paths
    assert "公开" in body(stages)
    assert "不公开" not in body(stages)
    assert "robots.txt" in (stages.services.people.source("alpha", stages.now, stages.now).attention or "")


def test_a_redirect_to_another_host_is_followed_in_that_hosts_lane(stages: Stages) -> None:
    declare(stages)
    there = stages.sites["beta"].put("/real.png", Document(png(), "image/png"))
    url = picture(stages, "/p/1.png", status=302, headers={"Location": there}, validators=False)
    tell(stages, STORY + figure(url) + OTHER)
    assert kept(stages) == [("stored", "image/png")]
    assert ours(stages) in body(stages)


def test_linked_pictures_stay_where_the_publisher_has_them(stages: Stages) -> None:
    declare(stages, "link")
    url = picture(stages)
    tell(stages, STORY + figure(url) + OTHER)
    assert f'src="{url}"' in body(stages)
    assert stages.sites["alpha"].count("/p/1.png") == 0
    assert stages.rows(media) == []


@pytest.mark.parametrize(("images", "covers"), [("drop", True), ("link", False), ("host", False)])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_leave_or_wish_the_text_goes_alone(stages: Stages, images: str, covers: bool) -> None:
    declare(stages, images, covers=covers)
    extra = f'<enclosure url="{picture(stages, "/p/2.png")}" type="image/png" length="9"/>'
    tell(stages, STORY + figure(picture(stages)) + OTHER, extra=extra)
    sent = stages.partner.accepted()[-1].payload["data"]
    assert "<img" not in sent["body_html"]
    assert "图为书车" not in sent["body_html"]
    assert (sent["images"], sent["attachments"], sent["enclosures"]) == ([], [], [])
    assert stages.rows(media) == []


@pytest.mark.parametrize(("images", "covers"), [("drop", True), ("link", False), ("host", False)])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_few_words_that_lose_their_pictures_wait_for_a_person(stages: Stages, images: str, covers: bool) -> None:
    declare(stages, images, covers=covers)
    tell(stages, "一张图看懂。" + figure(picture(stages)))
    assert stages.sent == []
    assert set(held(stages)) == {"IMAGE_ESSENTIAL"}
    approve(stages)
    assert [kind for kind, _ in stages.sent] == ["published"]
    assert "<img" not in body(stages)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_few_words_whose_pictures_cannot_be_had_wait_for_a_person(stages: Stages) -> None:
    declare(stages)
    tell(stages, "一张图看懂。" + figure(picture(stages, body=SVG)))
    assert stages.sent == []
    assert set(held(stages)) == {"IMAGE_ESSENTIAL"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_few_words_with_their_pictures_go(stages: Stages) -> None:
    declare(stages)
    tell(stages, "一张图看懂。" + figure(picture(stages)))
    assert ours(stages) in body(stages)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_person_picks_has_its_pictures_ready(stages: Stages) -> None:
    declare(stages, selection="individual")
    tell(stages, STORY + figure(picture(stages)) + OTHER)
    assert set(held(stages)) == {"SELECT_INDIVIDUALLY"}
    assert kept(stages) == [("stored", "image/png")]
    approve(stages)
    assert ours(stages) in body(stages)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_thousand_pictures_are_thirty_copies(stages: Stages) -> None:
    declare(stages)
    urls = [picture(stages, f"/p/{number}.png") for number in range(1000)]
    tell(stages, STORY + "".join(figure(url, f"第{number}幅") for number, url in enumerate(urls)) + OTHER)
    assert len(stages.rows(media)) == 30
    assert body(stages).count("<img") == 30
    assert body(stages).count("<figcaption") == 30


def test_enclosures_and_files_follow_the_same_rules(stages: Stages) -> None:
    declare(stages)
    site: Site = stages.sites["alpha"]
    file = site.put("/f/report.pdf", Document(pdf(), "application/pdf"))
    bomb = site.put("/f/bomb.docx", Document(docx("zeros", size=50 * 1024 * 1024), "application/zip"))
    bad = site.put("/f/bad.pdf", Document(b"MZ not a document", "application/pdf"))
    sound = site.url("/f/talk.mp3")
    extra = "".join(f'<enclosure url="{url}"/>' for url in (file, bomb, bad))
    tell(stages, STORY, extra=extra + f'<enclosure url="{sound}" type="audio/mpeg"/>')
    sent = stages.partner.accepted()[-1].payload["data"]["enclosures"]
    kinds = {one["url"].rpartition(".")[2]: one["type"] for one in sent}
    assert kinds["pdf"] == "application/pdf"
    assert "docx" in kinds
    assert kinds["mp3"] == "audio/mpeg"
    assert len(sent) == 3
    assert sum(one["url"].startswith(f"{SITE}/media/") for one in sent) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_new_picture_in_a_correction_is_copied_before_the_update_goes(stages: Stages) -> None:
    declare(stages)
    tell(stages, STORY + figure(picture(stages)) + OTHER)
    later = picture(stages, "/p/2.png")
    tell(stages, STORY + figure(later, "新图") + OTHER)
    assert [kind for kind, _ in stages.sent] == ["published", "updated"]
    assert "新图" in body(stages)
    assert f"{SITE}/media/" in body(stages)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_nobody_sends_is_not_copied(stages: Stages) -> None:
    declare(stages)
    old = stages.now - timedelta(days=30)
    stages.publish("alpha", rss(item("a1", "旧闻", STORY + figure(picture(stages)), published=old)))
    settle_down(stages)
    assert stages.rows(media) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:image/png;base64,AAAA", "//", "http://", "ftp://x/y.png"])
def test_addresses_that_are_none_do_no_harm(stages: Stages, url: str) -> None:
    declare(stages)
    tell(stages, STORY + figure(url) + OTHER)
    assert [kind for kind, _ in stages.sent] == ["published"]
    assert "<img" not in body(stages)


PAGE = "/news/202611/101.html"


@pytest.mark.parametrize(("covers", "images"), [(True, "host"), (True, "link"), (False, "host")])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_bring_pictures_with_caption_and_credit_and_their_files(
    stages: Stages, covers: bool, images: str
) -> None:
    site = stages.sites["alpha"]
    photo = picture(stages, "/p/1.png")
    file = site.put("/f/notice.pdf", Document(pdf(), "application/pdf"))
    caption = "孩子们在书车旁。李明 摄"
    extra = (
        f'<p style="text-align:center"><img src="{photo}"></p><p style="text-align:center">{caption}</p>'
        f'<p>　　附件：<a href="{file}">活动通知.pdf</a></p>'
    )
    site.put(PAGE, article("书车开进村小操场", VISIT, extra=extra))
    site.put("/news/", listing((PAGE, "书车开进村小操场", "2026-11-24")))
    declare(stages, images, covers=covers, scope=Scope.CARRIED)
    plain = Source("alpha", "alpha", SourceKind.SITE, site.url("/news/"), 600, "Asia/Shanghai", "zh", pace=0, follow=())
    stages.declare(sources=(plain,), publishers=(Publisher("alpha", "山川民族网", domains=("127.0.0.1",)),))
    settle_down(stages, 7)
    sent = stages.partner.accepted()[-1].payload["data"]
    text = sent["body_html"]
    if not covers:
        assert "<img" not in text
        assert caption not in text
        assert file not in text
        assert "活动通知" in text, "a link to a file becomes plain words"
        assert (sent["images"], sent["attachments"]) == ([], [])
        return
    assert text.count("<img") == 1
    assert caption in text
    assert [(one["caption"], one["credit"]) for one in sent["images"]] == [(caption, "李明")]
    assert [one["title"] for one in sent["attachments"]]
    urls = [sent["images"][0]["url"], sent["attachments"][0]["url"]]
    if images == "link":
        assert urls == [photo, file]
    else:
        assert all(url.startswith(f"{SITE}/media/{stages.articles()[0].uuid}/") for url in urls)
        assert [url.rpartition(".")[2] for url in urls] == ["png", "pdf"]
        assert photo not in text
        assert file not in text
    assert all(url in text for url in urls)

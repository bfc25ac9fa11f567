"""What comes twice goes out once; what changes goes out as an update; what a stranger claims changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.stages import NOON, OTHER, STORY, Stages, item, rss, telling
from worker.model.catalog import Grant, Subscriber
from worker.store.schema import decision, revision


def link(name: str, publisher: str = "alpha") -> str:
    return f"https://www.{publisher}.example/{name}.html"


def test_an_article_goes_to_webhook_and_feed_once(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    stages.run()
    assert stages.sent == [("published", "走访")]
    assert stages.titles() == ["走访"]


def test_a_changed_text_is_an_update_of_the_same_article(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    stages.publish("alpha", rss(item("a1", "走访", STORY + "补充：明年再来。", link=link("a1"))))
    stages.run()
    assert stages.sent == [("published", "走访"), ("updated", "走访")]
    first, second = (one.payload["data"] for one in stages.partner.accepted())
    assert first["id"] == second["id"]
    assert (first["sequence"], second["sequence"]) == (1, 2)
    assert "明年再来" in second["body_html"]


def test_an_edit_under_the_same_date_is_seen(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "题目", link=link("a1"))))
    stages.run()
    stages.publish("alpha", rss(item("a1", "题目改了", link=link("a1"))))
    stages.run()
    assert stages.sent == [("published", "题目"), ("updated", "题目改了")]


def test_changed_terms_make_a_revision_too(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"), extra="<dc:creator>李明</dc:creator>")))
    stages.run()
    assert stages.sent[-1] == ("updated", "走访")
    assert [one["name"] for one in stages.partner.accepted()[-1].payload["data"]["credit"]["authors"]] == ["李明"]


def test_a_change_of_spacing_or_date_alone_is_no_news(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    moved = item("a1", "走访", f"{STORY[:20]}\n  {STORY[20:]}", link=link("a1"), published=NOON)
    stages.publish("alpha", rss(moved))
    stages.run()
    assert stages.sent == [("published", "走访")]
    assert len(stages.rows(revision)) == 1


def test_a_guid_that_only_changes_its_scheme_is_the_same_entry(stages: Stages) -> None:
    stages.publish("alpha", rss(item("http://www.alpha.example/?p=1", "走访")))
    stages.run()
    stages.publish("alpha", rss(item("https://alpha.example/?p=1", "走访")))
    stages.run()
    assert len(stages.entries()) == 1
    assert stages.sent == [("published", "走访")]


def test_one_guid_for_all_items_keeps_them_apart(stages: Stages) -> None:
    stages.publish("alpha", rss(item("same", "甲", STORY, link=link("1")), item("same", "乙", OTHER, link=link("2"))))
    stages.run()
    stages.publish("alpha", rss(item("same", "丙", telling(3), link=link("3")), item("same", "甲", link=link("1"))))
    stages.run()
    assert sorted(stages.sent) == [("published", "丙"), ("published", "乙"), ("published", "甲")]


def test_items_without_guid_or_date_are_known_again(stages: Stages) -> None:
    bare = item(None, "走访", link=link("a1"), published=None)
    stages.publish("alpha", rss(bare))
    stages.run()
    stages.publish("alpha", rss(item(None, "别的", OTHER, link=link("a2"), published=None), bare))
    stages.run()
    assert stages.sent == [("published", "走访"), ("published", "别的")]


def test_a_repeat_inside_one_document_is_one_entry_and_the_first_counts(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "新", OTHER, link=link("a1")), item("a1", "旧", STORY, link=link("a1"))))
    stages.run()
    assert stages.sent == [("published", "新")]


def test_the_same_text_from_another_source_joins_and_adds_provenance(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    stages.publish("beta", rss(item("b1", "走访见闻", link=link("b1", "beta"), extra="<source>甲报</source>")))
    stages.run()
    assert len(stages.articles()) == 1
    assert [row.joined_by for row in stages.entries()] == [None, "text"]
    assert stages.sent == [("published", "走访")], "a copy that joined is nothing new downstream"


def test_the_origins_own_copy_takes_the_lead_from_a_reprint(stages: Stages) -> None:
    reprint = item(
        "b1", "走访", link=link("b1", "beta"), extra='<source url="https://www.alpha.example/">甲报</source>'
    )
    stages.declare(grants=(Grant("contract", "alpha"), Grant("beta-own", "beta")))
    stages.publish("beta", rss(reprint))
    stages.run()
    assert stages.sent == [], "a reprinter cannot grant what is another's: held"
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    assert stages.sent == [("published", "走访")]
    credit = stages.partner.accepted()[0].payload["data"]["credit"]
    assert credit["line"].startswith("来源：甲报")
    assert "乙网" not in credit["line"], "the text came straight from its origin"


def test_a_link_claimed_by_a_stranger_joins_nothing(stages: Stages) -> None:
    stages.declare(grants=(Grant("contract", "alpha"), Grant("beta-own", "beta")))
    stages.publish("beta", rss(item("b1", "冒名", OTHER, link=link("a1"))))
    stages.run()
    stages.publish("alpha", rss(item("a1", "走访", STORY, link=link("a1"))))
    stages.run()
    assert len(stages.articles()) == 2
    published = [one.payload["data"] for one in stages.partner.accepted() if one.payload["data"]["title"] == "走访"]
    assert "代表团" in published[0]["body_html"]


def test_two_feeds_of_one_publisher_join_by_link(stages: Stages) -> None:
    second = replace(stages.catalogue.sources[1], publisher="alpha")
    stages.declare(sources=(stages.catalogue.sources[0], second))
    stages.publish("alpha", rss(item("a1", "走访", STORY, link=link("a1"))))
    stages.run()
    stages.publish("beta", rss(item("x9", "走访", STORY + "（另版）", link=link("a1") + "?utm_source=rss")))
    stages.run()
    assert len(stages.articles()) == 1
    assert stages.sent == [("published", "走访")]


def test_two_copies_in_two_snapshots_ingested_in_any_order_make_one_article(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.publish("beta", rss(item("b1", "走访", link=link("b1", "beta"))))
    stages.run()
    assert len(stages.articles()) == 1
    assert len(stages.entries()) == 2


def test_first_contact_records_all_and_sends_the_recent_few(stages: Stages) -> None:
    few = replace(stages.catalogue.sources[0].first_contact, entries=2)
    stages.declare(sources=(replace(stages.catalogue.sources[0], first_contact=few), stages.catalogue.sources[1]))
    old = item("old", "旧闻", OTHER, published=NOON - timedelta(days=3))
    news = [item(f"n{n}", f"第{n}条", telling(n), published=NOON - timedelta(hours=n)) for n in (1, 2, 3)]
    stages.publish("alpha", rss(*news, old))
    stages.run()
    assert sorted(title for _, title in stages.sent) == ["第1条", "第2条"]
    assert len(stages.entries()) == 4
    stages.publish("alpha", rss(item("n9", "新的", "全新的一条。" * 30), *news, old))
    stages.run()
    assert stages.sent[-1] == ("published", "新的")


def test_without_a_grant_only_title_and_link_go_out(stages: Stages) -> None:
    stages.publish(
        "beta", rss(item("b1", "走访", link=link("b1", "beta"), extra="<dc:rights>未经许可不得转载</dc:rights>"))
    )
    stages.run()
    data = stages.partner.accepted()[0].payload["data"]
    assert data["use"] == "link_only"
    assert "代表团" not in data["body_html"]
    assert data["original"]["link"] == link("b1", "beta")


def test_what_came_from_the_subscriber_is_not_sent_back(stages: Stages) -> None:
    stages.declare(subscribers=(Subscriber("partner", "伙伴报社", aliases=("甲报",)),))
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    assert stages.sent == []
    assert {row.reasons for row in stages.rows(decision)} == {"ECHO"}


def test_a_partner_that_shows_what_we_sent_keeps_it_and_its_corrections(stages: Stages) -> None:
    """Its own page is a source of ours as well: that is our article coming back, no reason to take it away."""
    stages.declare(subscribers=(Subscriber("partner", "伙伴报社", aliases=("乙网",)),))
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    stages.publish("beta", rss(item("b1", "走访", link=link("b1", "beta"))))
    stages.run()
    stages.publish("alpha", rss(item("a1", "走访（更正）", link=link("a1"))))
    stages.run()
    assert [kind for kind, _ in stages.sent] == ["published", "updated"]


def test_a_partner_that_had_it_first_gets_it_from_nobody(stages: Stages) -> None:
    stages.declare(
        subscribers=(Subscriber("partner", "伙伴报社", aliases=("乙网",)),), grants=(Grant("contract", "alpha"),)
    )
    stages.publish("beta", rss(item("b1", "走访", link=link("b1", "beta"))))
    stages.run()
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    assert stages.sent == []


def test_our_own_article_coming_back_adds_no_hop(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    ours = item("p1", "走访", link="https://portal.example/portal/x/article/1", extra="<source>示例门户</source>")
    stages.publish("beta", rss(ours))
    stages.run()
    assert len(stages.articles()) == 1
    assert stages.sent == [("published", "走访")]


def test_a_malformed_feed_keeps_its_whole_items(stages: Stages) -> None:
    whole = rss(item("a1", "走访", link=link("a1")), item("a2", "大雪", OTHER, link=link("a2")))
    cut = replace(whole, body=whole.body[: whole.body.rindex(b"</content") - 30])
    stages.publish("alpha", cut)
    stages.run()
    assert ("published", "走访") in stages.sent


def test_what_is_no_feed_is_set_aside_with_its_reason(stages: Stages) -> None:
    stages.publish("alpha", replace(rss(), body=b"<html><body>502 Bad Gateway</body></html>"))
    stages.run()
    assert [row.state for row in stages.snapshots()] == ["quarantined"]
    assert stages.snapshots()[0].reason
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.run()
    assert stages.sent == [("published", "走访")], "its resource goes on with the next different body"


def test_no_delivery_without_a_decision(stages: Stages) -> None:
    stages.publish("alpha", rss(item("a1", "走访", link=link("a1"))))
    stages.publish("beta", rss(item("b1", "大雪", OTHER, link=link("b1", "beta"))))
    stages.run()
    pairs = {(row.article_id, row.destination_id) for row in stages.deliveries() if row.state != "cancelled"}
    allowed = stages.rows(decision, decision.c.use.in_(("full_text", "excerpt", "link_only")))
    decided = {(row.article_id, row.destination_id) for row in allowed}
    assert pairs <= decided


def test_a_feeds_own_language_holds_where_the_catalogue_names_none(stages: Stages) -> None:
    plain = replace(stages.catalogue.sources[0], language=None)
    stages.declare(sources=(plain, *stages.catalogue.sources[1:]))
    stages.publish("alpha", rss(item("a1", "走访"), head="<language>en</language>"))
    stages.run()
    assert stages.partner.accepted()[0].payload["data"]["language"] == "en"

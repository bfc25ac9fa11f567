"""Which of an article's copies is shown, when its updates go, and where it stands: on both stores."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.stages import NOON, Stages, item, rss, telling
from tests.unit.test_stages_copies import LEAD, OTHER_QUAKE, QUAKE, RELIEF, ROADS, TITLE
from worker.model.catalog import ArticleRules, Channel, Destination, Grant, Scope, Selection, Use
from worker.pipeline.correct import correct
from worker.pipeline.settle import waiting_lead
from worker.store.schema import article, decision, placement, recheck, version

BRIEF = f"{LEAD}</p><p>{ROADS}"
LONGER = f"{QUAKE}</p><p>{telling(41)}</p><p>{telling(42)}"
FROM_ALPHA = '<source url="https://www.alpha.example/">甲报</source>'
ALPHA = Grant("contract", "alpha")


def arrive(stages: Stages, source: str, guid: str, text: str, *, minutes: float = 11, **more: Any) -> None:
    title = more.pop("title", TITLE)
    link = f"https://www.{source}.example/{guid}.html"
    stages.publish(source, rss(item(guid, title, text, link=link, **more)))
    stages.run(minutes=minutes)


def is_one(stages: Stages) -> bool:
    return len({row.article_id for row in stages.entries()}) == 1


def shown(stages: Stages) -> Any:
    return stages.partner.accepted()[-1].payload["data"]


def leading(stages: Stages) -> int:
    return int(stages.articles()[0].lead_id)


def settle_again(stages: Stages) -> None:
    with stages.services.database.write() as connection:
        connection.execute(sa.insert(recheck).from_select(["article_id"], sa.select(article.c.id)))
    stages.recheck()


def changes_nothing(stages: Stages) -> bool:
    """Settles twice more, and looks whether a row came of it."""
    tables = (version, decision, placement)
    before = [len(stages.rows(each)) for each in tables], len(stages.deliveries()), len(stages.deliveries("feeds"))
    settle_again(stages)
    settle_again(stages)
    after = [len(stages.rows(each)) for each in tables], len(stages.deliveries()), len(stages.deliveries("feeds"))
    return before == after


def test_a_reprinted_excerpt_comes_first_and_the_publishers_text_is_one_update(stages: Stages) -> None:
    arrive(stages, "beta", "b1", BRIEF, title="快讯", extra=FROM_ALPHA)
    assert shown(stages)["use"] == "link_only"
    arrive(stages, "alpha", "a1", QUAKE)
    assert is_one(stages)
    assert stages.sent == [("published", "快讯"), ("updated", TITLE)]
    assert stages.titles() == [TITLE]
    assert shown(stages)["credit"]["line"].startswith("来源：甲报")
    assert changes_nothing(stages)


def test_the_fuller_text_of_the_same_publisher_leads_and_what_reads_alike_makes_no_update(stages: Stages) -> None:
    arrive(stages, "alpha", "a1", BRIEF, title="快讯")
    arrive(stages, "alpha", "a2", QUAKE)
    arrive(stages, "alpha", "a3", BRIEF, title="快讯")
    arrive(stages, "alpha", "a4", f"{QUAKE}</p><p>责任编辑：李四")
    assert is_one(stages)
    assert stages.sent == [("published", "快讯"), ("updated", TITLE)]
    assert "折叠床" in shown(stages)["body_html"]
    assert changes_nothing(stages)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"extra": FROM_ALPHA},
        {"published": NOON - timedelta(hours=20)},
        {"published": NOON + timedelta(hours=3)},
        {"text": LONGER.replace("12人", "15人").replace("34人", "40人")},
    ],
    ids=["signs-it", "names-the-publisher", "says-it-was-first", "says-it-is-newer", "has-new-figures"],
)
def test_a_strangers_longer_copy_takes_nothing_over(stages: Stages, claims: dict[str, Any]) -> None:
    arrive(stages, "alpha", "a1", QUAKE)
    arrive(stages, "beta", "b1", claims.pop("text", LONGER), **claims)
    assert is_one(stages)
    assert stages.sent == [("published", TITLE)]
    assert leading(stages) == 1
    arrive(stages, "beta", "b1", f"{LONGER}</p><p>{telling(43)}", **claims)
    arrive(stages, "beta", "b2", f"{telling(44)}</p><p>{LONGER}", **claims)
    assert stages.sent == [("published", TITLE)]
    assert changes_nothing(stages)


def test_the_publisher_takes_its_text_back_from_whoever_copied_and_signed_it(stages: Stages) -> None:
    arrive(stages, "beta", "b1", LONGER, title="昭通地震", published=NOON)
    assert "乙网" in shown(stages)["credit"]["line"]
    arrive(stages, "alpha", "a1", QUAKE)
    assert stages.sent == [("published", "昭通地震"), ("updated", TITLE)]
    assert shown(stages)["credit"]["line"].startswith("来源：甲报")
    assert shown(stages)["use"] == "full_text"
    assert changes_nothing(stages)


def test_two_reports_that_a_stranger_put_into_one_stay_two(stages: Stages) -> None:
    """Its longer text must not make one article of what others wrote apart."""
    arrive(stages, "beta", "b1", f"{QUAKE}</p><p>{telling(45)}</p><p>{telling(46)}", title="今日要闻", published=NOON)
    arrive(stages, "alpha", "a1", QUAKE)
    arrive(stages, "alpha", "a2", f"{telling(45)}</p><p>{telling(46)}", title="另一件事")
    assert [row.article_id for row in stages.entries()] == [1, 1, 2]
    assert [title for _, title in stages.sent][1:] == [TITLE, "另一件事"]


def test_new_figures_of_the_publisher_are_an_update_and_old_ones_are_none(stages: Stages) -> None:
    arrive(stages, "alpha", "a1", f"{QUAKE}</p><p>{telling(47)}", published=NOON)
    arrive(
        stages,
        "alpha",
        "a2",
        QUAKE.replace("12人", "15人").replace("34人", "40人"),
        published=NOON + timedelta(hours=1),
    )
    assert [row.joined_by for row in stages.entries()] == [None, "revision"]
    assert "15人" in shown(stages)["body_html"]
    arrive(stages, "alpha", "a3", f"{QUAKE}</p><p>{telling(47)}</p><p>本报记者", title="地震快讯")
    assert is_one(stages)
    assert [kind for kind, _ in stages.sent] == ["published", "updated"]
    assert changes_nothing(stages)


def carrying(stages: Stages, use: Use, channels: tuple[str, ...] = ()) -> None:
    """``beta`` carries others by a grant of ``use``."""
    stages.declare(grants=(ALPHA, Grant("carried", "beta", scope=Scope.CARRIED, use=use, channels=channels)))


def waiting(stages: Stages) -> dict[str, list[str]]:
    with stages.services.works.open() as work:
        (story,) = work.stories([stages.articles()[0].id])
    found = waiting_lead(story, stages.services.view(), stages.now)
    return {} if found is None else {key: list(one.reasons) for key, one in found.refused.items()}


def test_a_fuller_copy_waits_until_it_may_be_shown_where_the_article_is(stages: Stages) -> None:
    carrying(stages, Use.EXCERPT)
    arrive(stages, "alpha", "a1", BRIEF, title="快讯")
    arrive(stages, "beta", "b1", QUAKE, extra=FROM_ALPHA)
    assert is_one(stages)
    assert stages.sent == [("published", "快讯")]
    assert waiting(stages) == {"hook": ["GRANT_ACTIVE"], "feeds": ["GRANT_ACTIVE"]}
    assert changes_nothing(stages)
    arrive(stages, "alpha", "a1", f"{BRIEF}</p><p>本报将继续关注。", title="快讯")
    assert stages.sent[1:] == [("updated", "快讯")], "the lead it has goes on"
    carrying(stages, Use.FULL_TEXT)
    stages.now += timedelta(minutes=11)
    stages.recheck()
    assert stages.sent[1:] == [("updated", "快讯")], "what was read before the publisher edited its own does not follow"
    arrive(stages, "beta", "b1", f"{QUAKE}</p><p>（完）", extra=FROM_ALPHA)
    assert stages.sent[2:] == [("updated", TITLE)]
    assert waiting(stages) == {}
    assert changes_nothing(stages)


def test_a_grant_lets_a_waiting_lead_through(stages: Stages) -> None:
    later = NOON + timedelta(hours=2)
    carried = Grant("carried", "beta", scope=Scope.CARRIED, valid_from=later)
    stages.declare(grants=(ALPHA, carried))
    arrive(stages, "alpha", "a1", BRIEF, title="快讯")
    arrive(stages, "beta", "b1", QUAKE, extra=FROM_ALPHA)
    assert stages.sent == [("published", "快讯")]
    assert set(waiting(stages)) == {"hook", "feeds"}
    stages.now = later + timedelta(seconds=1)
    stages.recheck()
    assert stages.sent[1:] == [("updated", TITLE)], "and nobody had to ask"
    assert shown(stages)["credit"]["line"].startswith("来源：甲报")


def test_a_lead_that_goes_is_followed_where_its_heir_may_be_shown(stages: Stages) -> None:
    carrying(stages, Use.EXCERPT)
    arrive(stages, "alpha", "a1", QUAKE)
    arrive(stages, "beta", "b1", QUAKE, extra=FROM_ALPHA)
    stages.publish("alpha", rss(head='<at:deleted-entry ref="a1" when="2026-11-24T12:30:00Z"/>'))
    stages.run()
    assert stages.sent == [("published", TITLE)]
    newest = stages.rows(decision)[-1]
    assert (newest.use, newest.reasons.split()[0]) == ("hold", "LEAD_NOT_PERMITTED")


# The pace of updates


def place(stages: Stages) -> None:
    portal = Destination("site", "partner", "portal", ("news",), {})
    stages.declare(destinations=(*stages.catalogue.destinations, portal))


def edit(stages: Stages, number: int, *, minutes: float) -> None:
    arrive(stages, "alpha", "a1", f"{QUAKE}</p><p>第{number}次更新。", title=f"第{number}版", minutes=minutes)


def on_shelf(stages: Stages, key: str) -> str:
    (row,) = stages.services.shelf.page(key, "news", limit=5).rows
    return row.release.title if row.release else ""


def everywhere(stages: Stages) -> set[str]:
    return {stages.sent[-1][1], on_shelf(stages, "feeds"), on_shelf(stages, "site")}


def test_updates_of_one_article_go_ten_minutes_apart_and_the_newest_goes(stages: Stages) -> None:
    place(stages)
    edit(stages, 1, minutes=1)
    edit(stages, 2, minutes=1)
    assert everywhere(stages) == {"第2版"}, "the first update waits for nothing"
    edit(stages, 3, minutes=1)
    edit(stages, 4, minutes=1)
    assert everywhere(stages) == {"第2版"}
    for key in ("hook", "feeds", "site"):
        *_, third, fourth = stages.deliveries(key)
        assert (third.state, fourth.state) == ("superseded", "due")
        assert fourth.due_at == third.due_at == stages.deliveries(key)[1].finished_at + timedelta(minutes=10)
        assert "one update of an article in 10 minutes" in fourth.detail
    assert changes_nothing(stages)
    stages.run(minutes=7.9)
    assert everywhere(stages) == {"第2版"}
    stages.run(minutes=0.2)
    assert everywhere(stages) == {"第4版"}
    assert [title for _, title in stages.sent] == ["第1版", "第2版", "第4版"]


def test_the_pace_is_set_and_holds_nothing_that_must_go(stages: Stages) -> None:
    stages.declare(articles=ArticleRules(updates=3600))
    edit(stages, 1, minutes=1)
    edit(stages, 2, minutes=1)
    edit(stages, 3, minutes=1)
    assert stages.deliveries()[-1].due_at == stages.deliveries()[1].finished_at + timedelta(hours=1)
    stages.declare(grants=(Grant("contract", "alpha", use=Use.EXCERPT),))
    stages.recheck()
    assert (stages.sent[-1], shown(stages)["use"]) == (("updated", "第3版"), "excerpt"), "less is shown at once"
    edit(stages, 4, minutes=1)
    assert stages.sent[-1] == ("updated", "第3版")
    stages.services.deliveries.push(stages.articles()[0].id, ["hook"], stages.now, by="编辑")
    stages.deliver()
    assert stages.sent[-1] == ("updated", "第4版"), "what a person pushes goes"
    fix(stages, "更正的题目")
    assert stages.sent[-1] == ("updated", "更正的题目"), "and so does what a person corrects"
    edit(stages, 5, minutes=1)
    stages.take_down()
    stages.deliver()
    assert stages.sent[-1][0] == "withdrawn"


def fix(stages: Stages, title: str) -> None:
    services, uuid = stages.services, UUID(stages.articles()[0].uuid)
    correct(services.desk(), uuid, {"title": title}, (), by="编辑", note="来函更正")
    stages.deliver()


# Channels


def test_an_article_is_in_the_channels_of_all_its_copies(stages: Stages) -> None:
    culture = Channel("culture", "文化", select=Selection(categories=("文化",)))
    quiet = Channel("quiet", "其他", select=Selection(categories=("文化",), exclude=("地震",)))
    beta = Channel("reprints", "转载", select=Selection(sources=("beta",)))
    there = Destination("there", "partner", "feed", ("culture",), {})
    stages.declare(
        channels=(*stages.catalogue.channels, culture, quiet, beta),
        destinations=(*stages.catalogue.destinations, there),
    )
    arrive(stages, "alpha", "a1", QUAKE)
    assert stages.deliveries("there") == []
    arrive(stages, "beta", "b1", BRIEF, title="昭通快讯", extra=f"<category>文化</category>{FROM_ALPHA}")
    assert len(stages.rows(placement)) == 3, "news, culture and reprints; what it says is not for the quiet one"
    (row,) = stages.services.shelf.page("there", "culture", limit=5).rows
    assert row.release is not None
    assert (row.release.title, row.release.use, row.release.credit.origin) == (TITLE, Use.FULL_TEXT, "甲报")
    assert stages.sent == [("published", TITLE)]
    assert changes_nothing(stages)


# Copies that are edited


def estranged(stages: Stages) -> list[bool]:
    return [bool(row.estranged) for row in stages.entries()]


def test_an_edited_copy_stays_one_while_it_carries_the_text(stages: Stages) -> None:
    arrive(stages, "alpha", "a1", QUAKE)
    arrive(stages, "beta", "b1", QUAKE, extra=FROM_ALPHA)
    arrive(stages, "beta", "b1", f"{QUAKE}</p><p>乙网编辑整理。", title="地震", extra=FROM_ALPHA)
    assert estranged(stages) == [False, False]
    arrive(stages, "beta", "b1", OTHER_QUAKE, title="泸定地震", extra=FROM_ALPHA)
    assert estranged(stages) == [False, True], "a look-alike is no copy"
    arrive(stages, "beta", "b1", f"{QUAKE}</p><p>乙网编辑再次整理。", extra=FROM_ALPHA)
    assert estranged(stages) == [False, False]


def test_a_copy_cannot_walk_an_article_away_step_by_step(stages: Stages) -> None:
    arrive(stages, "beta", "b1", QUAKE, published=NOON, extra=FROM_ALPHA)
    arrive(stages, "alpha", "a1", QUAKE)
    parts, others = [LEAD, RELIEF, ROADS], [telling(number) for number in (51, 52, 53, 54)]
    steps = [parts, [*parts, others[0]], [*parts, *others[:2]], [*parts[:2], *others[:3]], [parts[0], *others], others]
    for step in steps[1:]:
        arrive(stages, "beta", "b1", "</p><p>".join(step), published=NOON, extra=FROM_ALPHA)
    assert estranged(stages) == [True, False]
    arrive(stages, "alpha", "a2", "</p><p>".join(others), title="另一件事")
    assert [row.article_id for row in stages.entries()] == [1, 1, 2]
    assert stages.sent[-1] == ("published", "另一件事")
    assert shown_of(stages, TITLE)["use"] == "full_text"


def shown_of(stages: Stages, title: str) -> Any:
    return [one.payload["data"] for one in stages.partner.accepted() if one.payload["data"].get("title") == title][-1]

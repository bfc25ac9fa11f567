"""Much of a known source new at once: what it had stays what it is, its archive stays away, what is new goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

import pytest

from tests.stages import NOON, Stages, item, rss
from worker.model.catalog import FirstContact
from worker.model.ingest import Prepared
from worker.model.review import ActFilter
from worker.pipeline.foresee import unagreed
from worker.pipeline.letgo import let_go
from worker.pipeline.take import Taking
from worker.store import moves
from worker.store.declared import source
from worker.store.schema import alias, entry, revision

TITLES = (
    "书车开进村小操场", "大雪之后的护林员巡山路", "织锦老人的最后一堂课", "牧场上的流动诊所", "一座桥和三个村子",
    "春耕前的种子大会", "灯会上的两代扎灯人", "山里来了支教队", "古城墙下的夜市", "湖边的候鸟统计员",
)  # fmt: skip
OLD = "http://www.alpha.example/a/{}.html"


def telling(number: int) -> str:
    """A text of its own for every number."""
    signs = "".join(chr(0x4E00 + sign) for sign in Random(number).choices(range(20_000), k=150))
    return "".join(f"{signs[at : at + 25]}。" for at in range(0, 150, 25))


def dated(number: int) -> datetime:
    return NOON - timedelta(hours=1 + number)


def entries(
    guid: str = "a{}", link: str | None = OLD, *, numbers: Iterable[int] = range(10), shift: timedelta | None = None
) -> list[str]:
    """The source's items, newest first, under these names; ``shift`` moves their dates."""
    made = []
    for number in numbers:
        title = TITLES[number] if number < len(TITLES) else f"旧闻之{number}：{telling(number)[:8]}"
        published = dated(number) + (shift or timedelta())
        address = link.format(number) if link is not None else None
        made.append(item(guid.format(number), title, telling(number), link=address, published=published))
    return made


def fresh(number: int, at: datetime) -> str:
    """An item that was never there before."""
    title = f"新闻之{number}：{telling(5000 + number)[:9]}"
    return item(f"fresh{number}", title, telling(5000 + number), link=OLD.format(f"n{number}"), published=at)


def attention(stages: Stages) -> str:
    return stages.rows(source, source.c.key == "alpha")[0].attention or ""


def held(stages: Stages) -> int:
    return len(stages.rows(entry, entry.c.held_at.is_not(None)))


@pytest.fixture
def ten(stages: Stages) -> Stages:
    """Ten articles of ``alpha`` are out; a day passes."""
    stages.declare()
    stages.publish("alpha", rss(*entries()))
    stages.run()
    assert len(stages.sent) == 10
    stages.now += timedelta(days=2)
    return stages


def again(stages: Stages, *items: str) -> list[tuple[str, str]]:
    """What is sent because the feed is ``items`` now."""
    before = len(stages.sent)
    stages.publish("alpha", rss(*items))
    stages.run()
    return stages.sent[before:]


def test_new_ids_under_the_same_links_are_no_news(ten: Stages) -> None:
    for guid in ("tag:alpha.example,2026:{}", "urn:uuid:6e1f-{}", "http://www.alpha.example/?p={}"):
        assert again(ten, *entries(guid)) == []
    assert len(ten.entries()) == 10
    assert len(ten.rows(revision)) == 10


def test_ids_change_and_later_the_links_as_well(ten: Stages) -> None:
    again(ten, *entries("tag:{}"))
    moved = entries("tag:{}", "https://neu.example/2026/11/{}", numbers=[3])
    assert [kind for kind, _ in again(ten, *moved, *entries("tag:{}"))] == ["updated"], "one link changed: an update"
    assert len(ten.entries()) == 10


def test_a_feed_that_makes_up_its_names_at_every_poll_says_nothing_new(
    ten: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "MOST_NAMES", 6)
    for at in range(5):
        assert again(ten, *entries(f"{at}-{{}}")) == []
    assert len(ten.rows(alias)) <= 10 * 7, "and they are not kept for ever"
    for at in range(5):
        assert again(ten, *entries(f"{at}+{{}}", f"https://new.example/{at}/{{}}")) == []
    assert len(ten.entries()) == 10
    assert len(ten.rows(alias)) <= 10 * 7


def test_a_site_that_moved_to_another_domain_and_path_publishes_nothing_again(ten: Stages) -> None:
    moved = entries("https://new.example/?p=9{}", "https://new.example/2026/11/story-{}")
    assert again(ten, *moved) == []
    assert len(ten.entries()) == 10
    assert len(ten.rows(revision)) == 10, "a link alone is no revision"
    assert "10 known by link, title or text" in attention(ten)
    assert "source resume alpha" in attention(ten)
    assert again(ten, *moved, fresh(1, ten.now)) == [("published", f"新闻之1：{telling(5001)[:9]}")]
    assert again(ten, *entries()) == [], "and back: both names are known"
    further = entries("n{}", "https://third.example/{}")
    body = telling(0) + "更正：书车能装七百册。"
    further[0] = item("n0", TITLES[0], body, link="https://third.example/0", published=dated(0))
    assert again(ten, *further) == [("updated", TITLES[0])], "what was rewritten on the way is an update"


def test_pictures_that_moved_along_are_no_revision(stages: Stages) -> None:
    def pictured(host: str) -> list[str]:
        bodies = [f'{telling(number)}<img src="https://{host}/{number}.jpg">' for number in range(6)]
        return [
            item(f"{host}{number}", TITLES[number], body, link=f"https://{host}/{number}", published=dated(number))
            for number, body in enumerate(bodies)
        ]

    stages.declare()
    stages.publish("alpha", rss(*pictured("old.example")))
    stages.run()
    stages.now += timedelta(days=2)
    assert again(stages, *pictured("new.example")) == []
    assert len(stages.rows(revision)) == 6


def test_titles_edited_and_host_moved_are_known_by_path_and_date(ten: Stages) -> None:
    moved = [one.replace("<title>", "<title>甲报：") for one in entries("n{}", "https://new.example/a/{}.html")]
    sent = again(ten, *moved)
    assert {kind for kind, _ in sent} == {"updated"}, "the title is another, the article is the same"
    assert len(ten.entries()) == 10


def test_numbers_that_another_system_gives_anew_are_not_taken_for_the_same(ten: Stages) -> None:
    others = [
        item(f"x{n}", f"另一篇{telling(n + 700)[:6]}", telling(n + 700), link=f"https://new.example/a/{n}.html",
             published=NOON - timedelta(days=40 + n))
        for n in range(10)
    ]  # fmt: skip
    assert again(ten, *others) == []
    assert len(ten.entries()) == 20
    assert held(ten) == 10


def test_a_title_that_repeats_matches_nothing(stages: Stages) -> None:
    stages.declare()
    weather = [item(f"w{n}", "今日天气", telling(n), link=OLD.format(n), published=dated(n)) for n in range(6)]
    stages.publish("alpha", rss(*weather))
    stages.run()
    stages.now += timedelta(days=2)
    moved = [
        item(f"v{n}", "今日天气", telling(n + 50), link=f"https://new.example/w{n}", published=dated(n))
        for n in range(6)
    ]
    assert again(stages, *moved) == []
    assert len(stages.entries()) == 12
    assert held(stages) == 6


def test_an_archive_that_a_feed_suddenly_serves_is_recorded_and_waits(ten: Stages) -> None:
    archive = entries(numbers=range(10, 210), shift=-timedelta(days=30))
    assert again(ten, fresh(1, ten.now), *entries(), *archive) == [("published", f"新闻之1：{telling(5001)[:9]}")]
    assert len(ten.entries()) == 211
    assert held(ten) == 200
    assert "201 of 211 entries were new at once" in attention(ten)
    assert "200 held back, 1 really new went on" in attention(ten)
    assert "source backfill alpha" in attention(ten)
    assert again(ten, *archive) == []


def test_a_reader_that_dies_on_the_way_lets_nothing_out_the_second_time(
    ten: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written of a flood before is known then; the rest is no less of one."""
    take, calls = Taking.take, count()

    def dying(self: Taking, chunk: Sequence[Prepared]) -> None:
        if next(calls) == 1:
            raise RuntimeError("killed")
        take(self, chunk)

    monkeypatch.setattr(Taking, "take", dying)
    monkeypatch.setattr("worker.pipeline.ingest.TRANSACTION", 50)
    archive = entries(numbers=range(10, 65), shift=-timedelta(days=30))
    ten.publish("alpha", rss(fresh(1, ten.now), *archive))
    ten.poll()
    with pytest.raises(RuntimeError, match="killed"):
        ten.ingest()
    assert held(ten) == 50
    ten.now += timedelta(minutes=2)
    before = len(ten.sent)
    ten.ingest()
    ten.deliver()
    assert held(ten) == 55
    assert [title[:4] for _, title in ten.sent[before:]] == ["新闻之1"]


def test_an_archive_is_one_behind_a_long_feed_too(ten: Stages) -> None:
    again(ten, *[fresh(n, ten.now) for n in range(60)])
    archive = entries(numbers=range(10, 40), shift=-timedelta(days=30))
    assert again(ten, *[fresh(n, ten.now) for n in range(60)], *archive) == []
    assert held(ten) == 30


def test_dates_that_are_all_set_to_now_do_not_make_old_news_new(ten: Stages) -> None:
    moved = [
        item(f"n{n}", TITLES[n], telling(n), link=f"https://new.example/s/{n}", published=ten.now) for n in range(10)
    ]
    assert again(ten, *moved, fresh(1, ten.now)) == []
    assert len(ten.entries()) == 11
    assert held(ten) == 1, "where dates say nothing, what nobody knows waits"


def test_really_new_ones_beside_a_move_go_on_up_to_a_first_contacts_number(stages: Stages) -> None:
    stages.declare(sources=(replace(stages.catalogue.sources[0], first_contact=FirstContact(entries=10)),))
    stages.publish("alpha", rss(*entries()))
    stages.run()
    stages.now += timedelta(days=2)
    new = [fresh(n, stages.now - timedelta(minutes=n)) for n in range(14)]
    moved = entries("n{}", "https://new.example/{}")
    archive = entries("z{}", numbers=range(20, 40), shift=-timedelta(days=30))
    sent = again(stages, *new, *moved, *archive)
    assert len(sent) == 10
    assert held(stages) == 24
    assert any(title.startswith("新闻之0：") for _, title in sent), "the newest of them"
    assert not any(title.startswith("新闻之13：") for _, title in sent)


def test_another_feed_of_the_publisher_under_the_same_key_brings_only_its_news(ten: Stages) -> None:
    alpha = ten.catalogue.sources[0]
    ten.declare(sources=(replace(alpha, url=ten.sites["alpha"].url("/culture.xml")), ten.catalogue.sources[1]))
    other = entries("c{}", OLD, numbers=range(30, 50), shift=-timedelta(days=9))
    ten.sites["alpha"].put("/culture.xml", rss(fresh(1, ten.now), *other))
    before = len(ten.sent)
    ten.run()
    assert [title[:4] for _, title in ten.sent[before:]] == ["新闻之1"]
    assert held(ten) == 20


def test_a_renamed_source_is_the_same_source(ten: Stages) -> None:
    alpha = replace(ten.catalogue.sources[0], key="gamma")
    renames = {("sources", "gamma"): "alpha"}
    ten.declare(sources=(alpha, ten.catalogue.sources[1]), renames=renames)
    before = len(ten.sent)
    ten.sites["alpha"].put("/feed.xml", rss(*entries("g{}")))
    ten.services.polling.poll_now("gamma", ten.now)
    ten.run()
    assert ten.sent[before:] == []
    assert len(ten.entries()) == 10


def test_an_edition_in_another_language_is_not_taken_for_the_articles(ten: Stages) -> None:
    english = [
        item(f"en{n}", f"Report number {n} from the county", f"The delegation number {n} visited the school and spoke "
             "with the teachers about the year that lies ahead of them. " * 5,
             link=f"http://en.alpha.example/a/{n}.html", published=dated(n))
        for n in range(10)
    ]  # fmt: skip
    assert again(ten, *english) == []
    assert {row.revision for row in ten.entries()} == {1}
    assert held(ten) == 10


def test_a_feed_that_is_empty_for_a_while_brings_nothing_back(ten: Stages) -> None:
    assert again(ten) == []
    assert again(ten, *entries()) == []
    assert len(ten.entries()) == 10
    assert attention(ten) == ""


def test_a_feed_that_was_empty_at_first_contact_brings_no_archive_later(stages: Stages) -> None:
    stages.declare()
    stages.publish("alpha", rss())
    stages.run()
    assert again(stages, *entries(shift=-timedelta(days=9))) == []
    assert held(stages) == 10


def test_breaking_news_is_no_flood_nor_is_a_week_out_of_reach(ten: Stages) -> None:
    assert len(again(ten, *[fresh(n, ten.now - timedelta(minutes=n)) for n in range(30)])) == 30
    assert attention(ten) == ""
    dayonly = [fresh(100 + n, ten.now.replace(hour=0, minute=0)) for n in range(12)]
    assert len(again(ten, *dayonly)) == 12, "a date without a time is older than the last poll, and no old one"
    ten.now += timedelta(days=7)  # out of reach
    assert len(again(ten, *[fresh(200 + n, ten.now - timedelta(hours=4 * n)) for n in range(40)])) == 40


def test_few_are_no_flood(stages: Stages) -> None:
    stages.declare()
    stages.publish("alpha", rss(*entries(numbers=[0])))
    stages.run()
    stages.now += timedelta(days=2)
    late = entries("late{}", "http://www.alpha.example/l/{}.html", numbers=[1, 2], shift=-timedelta(days=5))
    assert len(again(stages, *late, *entries(numbers=[0]))) == 2


def test_undated_entries_are_news_in_the_number_of_a_first_contact(stages: Stages) -> None:
    stages.declare()

    def undated(numbers: Iterable[int]) -> list[str]:
        return [item(f"u{n}", f"无日期{n}", telling(n), link=OLD.format(n), published=None) for n in numbers]

    stages.publish("alpha", rss(*undated(range(5))))
    stages.run()
    assert len(again(stages, *undated(range(10, 28)))) == 18
    assert again(stages, *undated(range(100, 150))) == []
    assert held(stages) == 50


@pytest.mark.parametrize(
    ("mode", "first", "later"),
    [
        ("guid_only", ("g{}", "https://www.alpha.example/"), ("new:{}", "https://www.alpha.example/")),
        ("anchor", ("g{}", "https://www.alpha.example/log#{}"), ("new:{}", "https://new.example/log#{}")),
        ("guid_link", ("same", "https://www.alpha.example/{}"), ("other", "https://new.example/{}")),
    ],
)
def test_every_way_of_naming_entries_survives_a_move(
    stages: Stages, mode: str, first: tuple[str, str], later: tuple[str, str]
) -> None:
    stages.declare()
    stages.publish("alpha", rss(*entries(*first)))
    stages.run()
    assert len(stages.sent) == 10
    assert stages.rows(source, source.c.key == "alpha")[0].guid_mode == mode
    stages.now += timedelta(days=2)
    assert again(stages, *entries(*later)) == []
    assert len(stages.entries()) == 10


def test_deletions_of_the_old_names_take_nothing_back(ten: Stages) -> None:
    stones = "".join(f'<at:deleted-entry ref="a{n}" when="2026-11-26T12:00:00Z"/>' for n in range(4))
    before = len(ten.sent)
    ten.publish("alpha", rss(*entries("n{}", "https://new.example/{}"), head=stones))
    ten.run()
    assert ten.sent[before:] == []
    assert "4 deletions beside them not applied" in attention(ten)


def test_what_was_taken_down_does_not_come_back_by_moving(ten: Stages) -> None:
    ten.take_down()
    ten.run()
    before = len(ten.sent)
    assert again(ten, *entries("n{}", "https://new.example/{}")) == []
    assert len(ten.sent) == before
    assert len(ten.entries()) == 10


def test_a_person_lets_go_what_was_held_back_counted_first(ten: Stages) -> None:
    again(ten, *entries(), *entries(numbers=range(10, 40), shift=-timedelta(days=30)))
    services = ten.services
    waiting = services.people.held_back("alpha")
    assert len(waiting) == 30
    articles = [one.article for one in waiting]
    foreseen = services.foresee_let_go(articles)
    assert {key: counts.publish for key, counts in foreseen.touched().items()} == {"hook": 30, "feeds": 30}
    assert unagreed(foreseen, None, None) == "--allow-publish 60"
    before = len(ten.sent)
    assert let_go(services.desk(), articles[:12], source="alpha", by="编辑", note="专栏旧文") == 12
    ten.deliver()
    assert len(ten.sent) - before == 12
    assert held(ten) == 18
    assert let_go(services.desk(), articles[:12], source="alpha", by="编辑") == 0, "once"
    act = services.people.acts(5, wanted=ActFilter(verb="backfill"))[-1]
    assert (act.by, act.target, act.note) == ("编辑", "source alpha", "专栏旧文")

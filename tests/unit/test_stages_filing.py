"""The index by which texts are recognised: what waits is filed later, what is old leaves, all of it is made anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.stages import NOON, Stages, item, rss, telling
from worker.bootstrap import NoHints
from worker.identity.near import NEAR_VERSION
from worker.identity.near.index import MOST_PER_KEY
from worker.model.catalog import ArticleRules, FirstContact
from worker.pipeline import filing
from worker.store.engine import INGEST_LOCK
from worker.store.near import forget
from worker.store.nearby import near_key, near_site, near_text
from worker.store.schema import article_key, entry, revision

LEAD = (
    "据中国地震台网测定，11月23日8时15分，云南省昭通市鲁甸县发生5.6级地震，震源深度10公里，已造成12人死亡、34人受伤。"
)
RELIEF = (
    "应急管理部派出工作组赶赴现场指导抗震救灾，国家粮食和物资储备局向灾区紧急调运帐篷2000顶、折叠床5000张、棉被8000床。"
)
ROADS = "鲁甸县委宣传部负责人介绍，通往震中的道路已经抢通，电力和通信正在逐步恢复。"
WEATHER = "救援人员连夜为受灾群众搭建临时住所，气象部门预计未来三天震区以多云天气为主。"
QUAKE = f"{LEAD}</p><p>{RELIEF}</p><p>{ROADS}{WEATHER}"
ADVERT = "双十一全场家电低至五折，点击领取！"
OLD = NOON - timedelta(days=3)


class Heard(NoHints):
    """Notes that the stage was rung for."""

    def __init__(self) -> None:
        self.times = 0

    def reindex(self) -> None:
        self.times += 1


def arrive(stages: Stages, title: str, text: str, *, source: str = "beta", guid: str = "b1") -> None:
    link = f"https://www.{source}.example/{guid}.html"
    stages.publish(source, rss(item(guid, title, text, link=link, published=stages.now)))
    stages.run()


def bring(stages: Stages, *texts: str) -> None:
    """A first contact with these texts, all too old to go out."""
    items = [
        item(f"a{number}", f"旧闻第{number}号：{text[:6]}", text, published=OLD) for number, text in enumerate(texts)
    ]
    stages.publish("alpha", rss(*items))
    stages.run()


def homes(stages: Stages) -> list[int]:
    return [row.article_id for row in stages.entries()]


def waiting(stages: Stages) -> int:
    return stages.services.filing.state().waiting


def test_the_rest_of_a_first_contact_is_filed_when_it_is_quiet(stages: Stages) -> None:
    bring(stages, QUAKE)
    assert (waiting(stages), stages.rows(near_text)) == (1, [])
    stages.services.hints = heard = Heard()
    stages.services.knock()
    assert heard.times == 0, "it has only just come"
    stages.now += timedelta(minutes=11)
    stages.publish("beta", rss(item("b0", "别的", telling(1))))
    stages.poll()
    stages.services.knock()
    assert heard.times == 0, "a snapshot waits"
    stages.ingest()
    stages.services.knock()
    assert heard.times == 1
    assert stages.services.file_waiting() == "1 text filed"
    assert waiting(stages) == 0
    stages.services.knock()
    assert heard.times == 1
    arrive(stages, "记者直击", f"{ADVERT}</p><p>{QUAKE}")
    assert homes(stages)[2] == homes(stages)[0]


def test_filing_merges_nothing(stages: Stages) -> None:
    bring(stages, QUAKE, f"{ADVERT}</p><p>{QUAKE}")
    stages.now += timedelta(minutes=11)
    stages.services.file_waiting()
    assert len(set(homes(stages))) == 2
    assert stages.sent == []


def test_what_came_too_long_ago_gets_the_key_of_its_text_alone(stages: Stages) -> None:
    stages.declare(articles=ArticleRules(recognise=86_400))
    bring(stages, QUAKE)
    stages.now += timedelta(days=2)
    before = len(stages.rows(article_key))
    stages.services.file_waiting()
    assert stages.rows(near_text) == []
    assert len(stages.rows(article_key)) == before + 1
    arrive(stages, "地震", f"新华社昆明11月23日电（记者 王磊）{QUAKE}</p><p>责任编辑：李四")
    assert homes(stages)[1] == homes(stages)[0]


def test_what_recurs_on_a_site_is_learnt_from_a_first_contact(stages: Stages) -> None:
    bar = "本站征集城市生活故事与摄影作品，优秀来稿将在首页展示并寄送样报一份。" * 6
    bring(stages, *(f"{telling(number)}</p><p>{bar}" for number in range(5)))
    stages.now += timedelta(minutes=11)
    stages.services.file_waiting()
    assert len(stages.rows(near_site)) == 1
    (host,) = {row.host for row in stages.rows(near_site)}
    assert len(stages.services.filing.furniture({host}).sites[host].known([])) == 0
    arrive(stages, "转载", telling(4))
    assert homes(stages)[-1] in homes(stages)[:5], "found without the bar"


def test_an_edit_keeps_the_keys_it_had(stages: Stages) -> None:
    arrive(stages, "鲁甸地震", QUAKE, source="alpha", guid="a1")
    before = {row.key for row in stages.rows(near_key)}
    arrive(stages, "鲁甸地震", f"{QUAKE}{telling(1)[:26]}", source="alpha", guid="a1")
    assert len(before & {row.key for row in stages.rows(near_key)}) > 10
    arrive(stages, "记者直击", f"{ADVERT}</p><p>{QUAKE}")
    assert len(set(homes(stages))) == 1


def test_copies_are_found_by_themselves_when_the_first_is_gone(stages: Stages) -> None:
    arrive(stages, "鲁甸地震", QUAKE, source="alpha", guid="a1")
    arrive(stages, "记者直击", f"{ADVERT}</p><p>{QUAKE}")
    first, second = (row.id for row in stages.entries())
    assert len(stages.rows(near_key, near_key.c.entry_id == first)) > 10
    with stages.services.database.write(lock=INGEST_LOCK) as connection:
        assert forget(connection, [first]) == 1
    assert {row.entry_id for row in stages.rows(near_key)} == {second}
    arrive(stages, "救援", f"{QUAKE}</p><p>{telling(2)[:52]}", guid="b2")
    assert len(set(homes(stages))) == 1


@pytest.mark.parametrize("text", [QUAKE, "央行宣布下调存款准备金率。"], ids=["long", "short"])
def test_a_copy_by_the_letter_stands_for_the_first_that_its_source_deleted(stages: Stages, text: str) -> None:
    arrive(stages, "央行宣布全面降准", text, source="alpha", guid="a1")
    arrive(stages, "央行宣布全面降准", text)
    assert len(stages.rows(near_text)) == 1
    assert stages.services.filing.mark(every=True, told=quiet) == 2
    stages.services.reindex(quiet)
    assert len(stages.rows(near_text)) == 1, "one is enough while the first is there"
    stone = '<at:deleted-entry ref="a1" when="2026-11-24T13:00:00Z"/>'
    stages.publish("alpha", rss(item("a2", "别的", telling(1)), head=stone))
    stages.run()
    stages.services.file_waiting()
    arrive(stages, "央行宣布全面降准", f"{text}本报将继续关注。", guid="b2")
    assert len(set(homes(stages))) == 2
    assert homes(stages)[-1] == homes(stages)[1]


def test_a_text_deleted_by_its_source_leaves_the_index(stages: Stages) -> None:
    arrive(stages, "鲁甸地震", QUAKE, source="alpha", guid="a1")
    assert stages.rows(near_text) != []
    stone = '<at:deleted-entry ref="a1" when="2026-11-24T13:00:00Z"/>'
    stages.publish("alpha", rss(item("a2", "别的", telling(1)), head=stone))
    stages.run()
    assert {row.entry_id for row in stages.rows(near_key)} == {stages.entries()[1].id}


def test_upkeep_drops_what_is_older_than_the_window_and_keeps_exact_keys(stages: Stages) -> None:
    arrive(stages, "鲁甸地震", QUAKE, source="alpha", guid="a1")
    exact = len(stages.rows(article_key))
    stages.now += timedelta(days=119)
    stages.services.prune()
    assert len(stages.rows(near_text)) == 1
    stages.now += timedelta(days=2)
    assert "1 texts in the index dropped" in stages.services.prune()
    assert (stages.rows(near_text), stages.rows(near_key), stages.rows(near_site)) == ([], [], [])
    assert len(stages.rows(article_key)) == exact


def test_a_key_that_a_whole_chunk_has_keeps_only_so_many(stages: Stages) -> None:
    many = replace(stages.catalogue.sources[0], first_contact=FirstContact(entries=60, max_age=86_400))
    stages.declare(sources=(many, stages.catalogue.sources[1]))
    stages.publish("alpha", rss(*(item(f"a{number}", "今日天气预报", telling(number)) for number in range(40))))
    stages.run()
    with stages.services.database.read() as connection:
        held = connection.execute(sa.select(sa.func.count()).select_from(near_key).group_by(near_key.c.key)).scalars()
        assert max(held) == MOST_PER_KEY


def outdate(stages: Stages) -> None:
    """As if all had been filed by the version before this one."""
    with stages.services.database.write() as connection:
        connection.execute(sa.update(entry).values(near=NEAR_VERSION - 1))
        connection.execute(sa.update(near_text).values(version=NEAR_VERSION - 1))


def quiet(_count: int) -> None:
    """Nobody watches."""


def test_another_version_is_never_compared_and_replaced_by_a_scan(stages: Stages) -> None:
    arrive(stages, "鲁甸地震", QUAKE, source="alpha", guid="a1")
    before = [row.key for row in stages.rows(near_key)]
    outdate(stages)
    arrive(stages, "记者直击", f"{ADVERT}</p><p>{QUAKE}")
    assert len(set(homes(stages))) == 2
    store = stages.services.filing
    assert store.state().outdated
    assert store.mark(every=False, told=quiet) == 1
    assert stages.services.reindex(quiet) == 1
    assert not store.state().outdated
    assert {row.version for row in stages.rows(near_text)} == {NEAR_VERSION}
    first = stages.entries()[0].id
    assert [row.key for row in stages.rows(near_key, near_key.c.entry_id == first)] == before
    assert len(set(homes(stages))) == 2, "what is there stays as it is"


def test_a_scan_that_was_broken_off_goes_on(stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing, "CHUNK", 2)
    bring(stages, *(telling(number) for number in range(5)))
    stages.now += timedelta(minutes=11)

    def fall(count: int) -> None:
        raise KeyboardInterrupt(count)

    with pytest.raises(KeyboardInterrupt):
        stages.services.reindex(fall)
    assert waiting(stages) == 3
    stages.services.hints = heard = Heard()
    stages.services.knock()
    assert heard.times == 0, "a command was just doing it"
    told: list[int] = []
    assert stages.services.reindex(told.append) == 3
    assert told == [2, 3]
    assert len(stages.rows(near_text)) == 5


def test_everything_anew_is_as_it_was(stages: Stages) -> None:
    arrive(stages, "鲁甸地震", QUAKE, source="alpha", guid="a1")
    arrive(stages, "记者直击", f"{ADVERT}</p><p>{QUAKE}")
    before = [tuple(row) for table in (near_text, near_key, near_site) for row in stages.rows(table)]
    assert stages.services.filing.mark(every=True, told=quiet) == 2
    stages.now += timedelta(minutes=11)
    stages.services.reindex(quiet)
    after = [tuple(row) for table in (near_text, near_key) for row in stages.rows(table)]
    assert after == before[: len(after)]


def test_what_changed_between_reading_and_filing_is_left_for_the_next_time(stages: Stages) -> None:
    bring(stages, telling(1), telling(2))
    stages.now += timedelta(minutes=11)
    store = stages.services.filing

    class Meddled:
        read = staticmethod(store.read)
        furniture = staticmethod(store.furniture)

        @staticmethod
        def file(made, now):
            with stages.services.database.write() as connection:
                connection.execute(sa.update(entry).where(entry.c.id == 1).values(revision=2))
            return store.file(made, now)

    found = filing.chunks(Meddled(), timedelta(days=120), stages.services.clock, stages.now)
    assert next(found) == 1
    assert waiting(stages) == 1


def test_an_entry_whose_text_cannot_be_read_keeps_no_other_waiting(stages: Stages) -> None:
    bring(stages, telling(1), telling(2))
    stages.now += timedelta(minutes=11)
    with stages.services.database.write() as connection:
        connection.execute(sa.update(revision).where(revision.c.entry_id == 1).values(document=b"\x78broken"))
    assert stages.services.file_waiting() == "2 texts filed"
    assert [row.entry_id for row in stages.rows(near_text)] == [2]

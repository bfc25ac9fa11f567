"""A source in the catalogue that turned hostile, and what it may reach through likeness: it keeps no other's text out,
shows nothing in its place, and buries nothing with its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest

from tests.stages import NOON, Stages, item, rss, telling
from tests.unit.test_stages_copies import LEAD, OTHER_QUAKE, QUAKE, RELIEF, TITLE
from worker.identity.near.index import MOST_PER_KEY, first_of_each, looked_at, too_many
from worker.identity.near.keys import _SALT, _shingles, keys_of
from worker.identity.near.reading import read
from worker.model.catalog import Channel, Destination
from worker.store.declared import source
from worker.store.nearby import near_key, nearness

LONG_AGO = NOON - timedelta(hours=20)
PAGE = "https://www.alpha.example/2026/11/24/1.html"
ENGLISH = "The delegation visited three schools in the mountains and talked with teachers about next year. " * 4
one_store = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def arrive(stages: Stages, source_: str, guid: str, text: str, **more: Any) -> None:
    title = more.pop("title", TITLE)
    link = more.pop("link", f"https://www.{source_}.example/{guid}.html")
    stages.publish(source_, rss(item(guid, title, text, link=link, **more)))
    stages.run()


def homes(stages: Stages) -> list[int]:
    return [row.article_id for row in stages.entries()]


def full(stages: Stages) -> list[tuple[str, str]]:
    """(title, beginning of the credit) of every article that the partner has in full, as it has it now."""
    newest = {one.payload["data"]["id"]: one.payload["data"] for one in stages.partner.accepted()}
    whole = [one for one in newest.values() if one.get("use") == "full_text"]
    return [(one["title"], one["credit"]["line"][:5]) for one in whole]


# Claims to what another will write


def test_one_article_cannot_show_one_text_after_the_other_and_have_what_others_write_later(stages: Stages) -> None:
    for text in (telling(1), QUAKE, telling(2), telling(3)):
        arrive(stages, "beta", "b1", text, title="买它", published=LONG_AGO)
    arrive(stages, "alpha", "a1", QUAKE)
    arrive(stages, "alpha", "a2", telling(2), title="另一件事")
    assert full(stages) == [(TITLE, "来源：甲报"), ("另一件事", "来源：甲报")]
    assert homes(stages) == [1, 2, 3]
    arrive(stages, "beta", "b2", QUAKE, title="转载")
    arrive(stages, "beta", "b3", telling(3), title="买它")
    assert homes(stages)[3:] == [2, 1], "who writes a text has it from then on; what is shown stays what it is"


def test_a_takedown_of_what_once_showed_a_text_buries_only_what_it_shows(stages: Stages) -> None:
    arrive(stages, "beta", "b1", QUAKE, title="买它", published=LONG_AGO)
    arrive(stages, "beta", "b1", telling(5), title="买它", published=LONG_AGO)
    stages.take_down()
    arrive(stages, "alpha", "a1", QUAKE)
    assert full(stages) == [(TITLE, "来源：甲报")]
    arrive(stages, "alpha", "a2", telling(5), title="买它")
    assert full(stages) == [(TITLE, "来源：甲报")]


@one_store
def test_what_was_edited_before_it_was_taken_down_stays_down_as_it_was(stages: Stages) -> None:
    arrive(stages, "alpha", "a1", f"{QUAKE}</p><p>{telling(6)}")
    arrive(stages, "alpha", "a1", QUAKE)
    stages.take_down()
    arrive(stages, "beta", "b1", f"{QUAKE}</p><p>{telling(6)}")
    assert full(stages) == []
    assert len(stages.articles()) == 1


def test_a_source_cannot_have_what_was_taken_down_forgotten_by_editing_it(stages: Stages) -> None:
    arrive(stages, "beta", "b1", QUAKE, title="买它")
    stages.take_down()
    arrive(stages, "beta", "b1", telling(5), title="另一件事")
    arrive(stages, "alpha", "a1", QUAKE)
    arrive(stages, "alpha", "a2", REPRINT)
    assert full(stages) == []
    assert len(stages.articles()) == 1


@one_store
def test_who_copied_first_and_then_shows_another_text_leads_no_more(stages: Stages) -> None:
    arrive(stages, "beta", "b1", QUAKE, title="昭通地震", published=LONG_AGO)
    arrive(stages, "alpha", "a1", QUAKE)
    arrive(stages, "beta", "b1", telling(9), title="买它", published=LONG_AGO)
    assert full(stages) == [(TITLE, "来源：甲报")]


@one_store
@pytest.mark.parametrize(
    "text", [OTHER_QUAKE, QUAKE.replace("12人", "11人").replace("34人", "30人")], ids=["other", "older-figures"]
)
def test_the_address_and_title_of_tomorrows_bulletin_are_no_claim_to_it(stages: Stages, text: str) -> None:
    arrive(stages, "beta", "b1", text, link=PAGE, published=LONG_AGO)
    arrive(stages, "alpha", "a1", QUAKE, link=PAGE)
    assert full(stages) == [(TITLE, "来源：甲报")]


@one_store
def test_an_excerpt_of_what_was_taken_down_is_kept_from_going_out_but_not_from_people(stages: Stages) -> None:
    arrive(stages, "beta", "b1", f"{telling(5)}</p><p>{telling(6)}</p><p>{QUAKE}", title="买它", published=LONG_AGO)
    stages.take_down()
    arrive(stages, "alpha", "a1", QUAKE)
    assert full(stages) == []
    words = stages.rows(source, source.c.key == "alpha")[0].attention
    assert "near (excerpt) an article that was taken down" in words
    assert "newsroad article split 2" in words


# Hiding another's text from its reprints


def pieces(text: str, number: int) -> str:
    """A text of its own that is found by what ``text`` is found by: the pieces that are its keys, put together so that
    nothing between them is one."""
    reading = read(TITLE, text)
    own, _ = keys_of(reading.script, reading.body(), reading.title, None)
    bound, salt, random = max(own.sketch[:13]), _SALT[reading.script], Random(number)
    made = ""
    for shingle in _shingles(reading.script, reading.body()):
        if crc32(shingle, salt) not in own.sketch:
            continue
        piece = shingle.decode("utf-16-le")
        for _ in range(1_000):
            joint = "".join(chr(0x4E00 + random.randrange(15_000)) for _ in range(2))
            between = _shingles(reading.script, f"{made[-11:]}{joint}{piece}")
            if all(crc32(each, salt) > bound or crc32(each, salt) in own.sketch for each in between):
                break
        made += joint + piece
    return made


REPRINT = (
    f"双十一全场家电低至五折，点击领取！</p><p>{LEAD.replace('当地政府', '地方政府')}</p>"
    f"<p>{RELIEF.replace('未来三天', '今后三天')}</p><p>{telling(3)}"
)


@dataclass(frozen=True, slots=True)
class Held:
    article: str
    host: str


def held(*articles: str) -> list[Held]:
    """``alpha/3`` is the article 3 on the site of ``alpha``."""
    return [Held(each, f"www.{each.partition('/')[0]}.example") for each in articles]


def names(found: Sequence[Held]) -> list[str]:
    return [each.article for each in found]


def test_of_one_house_three_texts_are_compared_and_then_others() -> None:
    ranked = held("beta/1", "beta/2", "beta/3", "beta/4", "beta/5", "beta/6", "alpha/1")
    assert names(first_of_each(ranked, 5)) == ["beta/1", "beta/2", "beta/3", "alpha/1", "beta/4"]
    assert names(first_of_each(ranked[:5], 5)) == ["beta/1", "beta/2", "beta/3", "beta/4", "beta/5"]


def test_under_a_crowded_key_every_house_is_looked_at_and_the_fullest_gives_way() -> None:
    crowd = held("alpha/1", *(f"beta/{number}" for number in range(MOST_PER_KEY - 1)))
    assert names(looked_at(crowd))[:3] == ["beta/30", "alpha/1", "beta/29"]
    assert crowd[too_many(crowd)].article == "beta/0"
    assert names(looked_at(crowd[:5])) == names(crowd[:5])
    makers = [Held(f"{number}", f"feeds.example/{number}") for number in range(MOST_PER_KEY)]
    assert too_many(makers) == 0, "feeds that one maker of feeds serves are not one house"


def test_pieces_of_a_text_do_not_drive_it_out_of_the_store(stages: Stages) -> None:
    arrive(stages, "beta", "b0", telling(77), title="开始")
    arrive(stages, "alpha", "a1", QUAKE)
    keys = {row.key for row in stages.rows(near_key, near_key.c.entry_id == 2)}
    spam = [item(f"g{n}", f"买它{telling(500 + n)[:10]}", pieces(QUAKE, n)) for n in range(MOST_PER_KEY + 2)]
    for half in (spam[:17], spam[17:]):
        stages.publish("beta", rss(*half))
        stages.run()
    assert {row.key for row in stages.rows(near_key, near_key.c.entry_id == 2)} == keys
    arrive(stages, "alpha", "a9", REPRINT, title="记者直击")
    assert homes(stages)[-1] == homes(stages)[1]


# What stands beside another's article


def beside(stages: Stages, title: str) -> list[str]:
    shelf = stages.services.shelf
    rows = shelf.page("site", "news", limit=100).rows
    uuid = next(row.article for row in rows if row.release is not None and row.release.title == title)
    assert isinstance(uuid, UUID)
    return [row.release.title for row in shelf.related("site", uuid, 5) if row.release is not None]


def test_whoever_quotes_an_article_often_fills_not_all_the_room_beside_it(stages: Stages) -> None:
    site = Destination("site", "partner", "portal", ("news",), {})
    stages.declare(channels=(Channel("news", "要闻"),), destinations=(*stages.catalogue.destinations, site))
    arrive(stages, "alpha", "a1", QUAKE)
    arrive(stages, "alpha", "a2", OTHER_QUAKE, title="四川泸定发生6.8级地震 已致66人死亡")
    for number, quoted in enumerate((LEAD, RELIEF, f"{LEAD[-55:]}</p><p>{RELIEF[:60]}")):
        arrive(stages, "beta", f"b{number}", f"{telling(60 + number)[:75]}</p><p>{quoted}", title=f"买它{number}")
    related = nearness.c.verdict == "related"
    assert [row.of_entry for row in stages.rows(nearness, related)] == [1, 1, 1]
    assert beside(stages, TITLE) == ["买它2", "买它1", "四川泸定发生6.8级地震 已致66人死亡"]


def language_link(address: str) -> str:
    return f'<atom:link rel="alternate" hreflang="zh" href="{address}" xmlns:atom="http://www.w3.org/2005/Atom"/>'


@one_store
def test_who_claims_to_be_a_page_of_a_site_is_no_language_version_of_it(stages: Stages) -> None:
    stages.publish("alpha", rss(item("zh", TITLE, QUAKE, link=PAGE)))
    stages.run()
    claimed = item("en", "Buy it", ENGLISH, link="https://www.alpha.example/en/1", extra=language_link(PAGE))
    stages.publish("beta", rss(claimed))
    stages.run()
    assert stages.rows(nearness) == []


@one_store
def test_who_claims_an_address_first_is_not_what_the_site_means_by_it(stages: Stages) -> None:
    stages.publish("beta", rss(item("zh", "买它", telling(8), link=PAGE)))
    stages.run()
    stages.publish("alpha", rss(item("zh", TITLE, QUAKE, link=PAGE)))
    stages.run()
    english = item("en", "Earthquake", ENGLISH, link="https://www.alpha.example/en/1", extra=language_link(PAGE))
    stages.publish("alpha", rss(english))
    stages.run()
    assert [(row.verdict, row.of_entry) for row in stages.rows(nearness)] == [("related", 2)]

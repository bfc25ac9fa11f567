"""Which channels take a version."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from worker.model.article import Credit, Version
from worker.model.catalog import Channel, Selection, Source, SourceKind
from worker.routing import Router, paths

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
SOURCES = {
    "paper": Source("paper", "p", SourceKind.FEED, "https://p.example/", language="zh-CN", category="要闻"),
    "wire": Source("wire", "w", SourceKind.FEED, "https://w.example/"),
}
VERSION = Version(
    article=UUID(int=1),
    number=1,
    title="ＡＩ技术走进课堂",
    body="<p>The <b>Euro</b>pean schools move toward new tools.</p><p>河上新桥&amp;通车</p>",
    summary=None,
    language=None,
    published=NOW - timedelta(hours=2),
    updated=None,
    categories=("Science ",),
    enclosures=(),
    link=None,
    source="paper",
    first_seen=NOW,
    credit=Credit("p", "t", None),
)


def taken(version: Version = VERSION, text: str | None = None, **select: Any) -> bool:
    router = Router([Channel("c", "C", select=Selection(**select))], SOURCES)
    return router.select(version, NOW, text) == ("c",)


def test_selecting_nothing_takes_everything() -> None:
    assert taken()


@pytest.mark.parametrize(
    ("select", "takes"),
    [
        ({"sources": ("paper", "x")}, True),
        ({"sources": ("wire",)}, False),
        ({"categories": ("SCIENCE",)}, True),
        ({"categories": ("要闻",)}, True),  # the source's own
        ({"categories": ("sport",)}, False),
        ({"languages": ("zh",)}, True),  # the source's own
        ({"languages": ("zh-Hant",)}, True),
        ({"languages": ("en",)}, False),
        ({"max_age": 7200}, True),
        ({"max_age": 7199}, False),
        ({"sources": ("paper",), "categories": ("sport",)}, False),
        ({"include": ("ai",)}, True),  # full width in the title, Chinese adjoining
        ({"include": ("AI技术",)}, True),
        ({"include": ("课堂",)}, True),
        ({"include": ("新桥&通车",)}, True),
        ({"include": ("war",)}, False),  # "toward" is not war
        ({"include": ("school",)}, False),
        ({"include": ("school*",)}, True),
        ({"include": ("european",)}, True),  # mark-up inside a word parts nothing
        ({"include": ("new   Tools",)}, True),
        ({"include": ("tools. 河",)}, True),
        ({"include": ("nothing", "tools")}, True),
        ({"include": ("nothing",)}, False),
        ({"exclude": ("tools",)}, False),
        ({"exclude": ("nothing",)}, True),
        ({"include": ("ai",), "exclude": ("桥",)}, False),
    ],
)
def test_a_selection(select: dict[str, Any], takes: bool) -> None:
    assert taken(**select) is takes


def test_a_text_without_language_is_not_in_a_limited_channel() -> None:
    assert not taken(replace(VERSION, source="wire"), languages=("zh",))


def test_without_a_date_the_age_counts_from_first_sight() -> None:
    assert taken(replace(VERSION, published=None), max_age=60)


def test_words_are_sought_in_the_text_given() -> None:
    assert taken(text="elections ahead", include=("elections",))
    assert not taken(text="elections ahead", include=("tools",))


TREE = [
    Channel("news", "News"),
    Channel("asia", "Asia", parent="news", select=Selection(categories=("asia",))),
    Channel("japan", "Japan", parent="asia", select=Selection(categories=("japan",))),
    Channel("rest", "The rest", parent="news", select=Selection(categories=("rest",))),
    Channel("all", "All"),
    Channel("sport", "Sport", select=Selection(categories=("sport",))),
    Channel("ball", "Ball games", parent="sport", select=Selection(sources=("wire",))),
]


@pytest.mark.parametrize(
    ("category", "source", "keys"),
    [
        ("japan", "x", ("news", "asia", "japan", "all")),
        ("asia", "x", ("news", "asia", "all")),
        ("else", "x", ("all",)),  # a column of columns takes only what they take
        ("sport", "x", ("all", "sport")),
        ("else", "wire", ("all", "sport", "ball")),
    ],
)
def test_columns_nest(category: str, source: str, keys: tuple[str, ...]) -> None:
    version = replace(VERSION, categories=(category,), source=source)
    assert Router(TREE, {}).select(version, NOW) == keys


def test_paths_lead_from_the_outermost_channel() -> None:
    found = paths(TREE)
    assert found["japan"].steps == (("news", "News"), ("asia", "Asia"), ("japan", "Japan"))
    assert (found["japan"].key, found["japan"].title) == ("japan", "Japan")
    assert list(found) == [channel.key for channel in TREE]


def test_a_missing_parent_or_a_circle_does_no_harm() -> None:
    found = paths([Channel("a", "A", parent="gone"), Channel("b", "B", parent="c"), Channel("c", "C", parent="b")])
    assert found["a"].steps == (("a", "A"),)
    assert found["b"].steps == (("c", "C"), ("b", "B"))


def test_every_part_that_refuses_is_told() -> None:
    channels = [
        *TREE,
        Channel("picky", "Picky", select=Selection(("wire",), ("sport",), ("en",), ("nothing",), ("tools",), 60)),
    ]
    refused = Router(channels, SOURCES).refusals(VERSION, NOW)
    assert refused["all"] == ()
    assert refused["news"] == ("children",)
    assert refused["asia"] == ("categories",)
    assert refused["picky"] == ("sources", "categories", "languages", "max_age", "include", "exclude")

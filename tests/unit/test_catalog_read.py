"""newsroad.toml: what it says, and what is said about it when it is wrong."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from worker.catalog import read_catalogue
from worker.catalog.shape import SHAPES as ALL_SHAPES
from worker.catalog.shape import FirstContactShape, OperatorShape, SelectionShape, Shape
from worker.errors import CatalogueError
from worker.model.catalog import (
    Catalogue,
    Channel,
    Destination,
    FirstContact,
    Grant,
    Operator,
    Publisher,
    Scope,
    Selection,
    Source,
    SourceKind,
    Subscriber,
)


class FeedOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    access: str = "token"
    limit: int = Field(default=50, ge=1)


class WebhookOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: str
    secret: str = Field(json_schema_extra={"secret": True})
    old_secrets: tuple[str, ...] = Field(default=(), json_schema_extra={"secret": True})


KINDS: dict[str, type[BaseModel]] = {"feed": FeedOptions, "webhook": WebhookOptions}

GOOD = """\
[operator]
name = "示例新闻网"
contact = "editor@portal.example"
site = "https://portal.example/"
licence_numbers = ["京ICP备00000000号"]

[publishers.ethnic]
name = "民族事务报"
aliases = ["民族报"]
domains = ["Ethnic.example"]

[sources.ethnic-news]
publisher = "ethnic"
kind = "feed"
url = "https://ethnic.example/rss.xml"
every = "15m"
zone = "Asia/Shanghai"
pace = 0.5
first_contact = { entries = 5, max_age = "2d" }

[grants.ethnic-2026]
publisher = "ethnic"
scope = "carried"
channels = ["news"]
valid_from = 2026-01-01
valid_until = 2026-12-31

[channels.news]
title = "要闻"

[channels.policy]
title = "政策"
parent = "news"
select.sources = ["ethnic-news"]
select.include = ["政策"]
select.max_age = 3600

[subscribers.partner]
name = "合作网站"

[destinations.partner-feed]
kind = "feed"
subscriber = "partner"
channels = ["news", "policy"]
access = "public"

[destinations.partner-hook]
kind = "webhook"
subscriber = "partner"
channels = ["news"]
url = "https://partner.example/hook"
secret = "env:PARTNER_SECRET"
concurrency = 2
was = "partner-push"
"""


def write(folder: Path, text: str, name: str = "newsroad.toml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def findings(path: Path) -> list[str]:
    """The findings without the folder they are in."""
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(path, KINDS)
    return [finding.replace(f"{path.parent}/", "") for finding in caught.value.findings]


def test_a_whole_file_is_read_as_written(tmp_path: Path) -> None:
    assert read_catalogue(write(tmp_path, GOOD), KINDS) == Catalogue(
        operator=Operator(
            name="示例新闻网",
            contact="editor@portal.example",
            site="https://portal.example",
            licence_numbers=("京ICP备00000000号",),
        ),
        publishers=(Publisher("ethnic", "民族事务报", ("民族报",), ("ethnic.example",)),),
        sources=(
            Source(
                key="ethnic-news",
                publisher="ethnic",
                kind=SourceKind.FEED,
                url="https://ethnic.example/rss.xml",
                every=900,
                zone="Asia/Shanghai",
                pace=0.5,
                first_contact=FirstContact(entries=5, max_age=172800),
            ),
        ),
        grants=(
            Grant(
                key="ethnic-2026",
                publisher="ethnic",
                scope=Scope.CARRIED,
                channels=("news",),
                valid_from=datetime(2025, 12, 31, 16, tzinfo=UTC),
                valid_until=datetime(2026, 12, 31, 16, tzinfo=UTC),
            ),
        ),
        channels=(
            Channel("news", "要闻"),
            Channel("policy", "政策", "news", Selection(sources=("ethnic-news",), include=("政策",), max_age=3600)),
        ),
        subscribers=(Subscriber("partner", "合作网站"),),
        destinations=(
            Destination("partner-feed", "partner", "feed", ("news", "policy"), {"access": "public"}),
            Destination(
                "partner-hook",
                "partner",
                "webhook",
                ("news",),
                {"url": "https://partner.example/hook", "secret": "env:PARTNER_SECRET"},
                concurrency=2,
            ),
        ),
        renames={("destinations", "partner-hook"): "partner-push"},
    )


@pytest.mark.parametrize(
    ("written", "seconds"), [('"90s"', 90), ('"15m"', 900), ('"1h"', 3600), ('"2d"', 172800), ("45", 45)]
)
def test_spans_of_time(tmp_path: Path, written: str, seconds: int) -> None:
    text = GOOD.replace('every = "15m"', f"every = {written}")
    assert read_catalogue(write(tmp_path, text), KINDS).sources[0].every == seconds


def test_a_time_with_an_offset_is_exact(tmp_path: Path) -> None:
    text = GOOD.replace("valid_until = 2026-12-31", 'valid_until = "2026-12-31T18:00:00+08:00"')
    assert read_catalogue(write(tmp_path, text), KINDS).grants[0].valid_until == datetime(2026, 12, 31, 10, tzinfo=UTC)


def test_defaults_stand_behind_every_entry_of_their_table(tmp_path: Path) -> None:
    text = (
        '[defaults.source]\nlanguage = "zh"\nhint_cap = "2h"\nfirst_contact.entries = 3\nfirst_contact.max_age = "1h"\n'
        '[defaults.destination]\nconcurrency = 4\n[defaults.destination.feed]\nlimit = 10\naccess = "token"\n'
    )
    catalogue = read_catalogue(write(tmp_path, text + GOOD), KINDS)
    assert catalogue.sources[0].language == "zh"
    assert catalogue.sources[0].hint_cap == 7200
    assert catalogue.sources[0].first_contact == FirstContact(entries=5, max_age=172800)
    feed, hook = catalogue.destinations
    assert (feed.concurrency, feed.options) == (4, {"access": "public", "limit": 10})
    assert (hook.concurrency, sorted(hook.options)) == (2, ["secret", "url"])


def test_a_wrong_default_is_reported_once_where_it_stands(tmp_path: Path) -> None:
    more = '[sources.b]\npublisher = "ethnic"\nkind = "feed"\nurl = "https://ethnic.example/b"\n'
    text = '[defaults.source]\nlanguage = "chinese!"\n' + GOOD + more
    allowed = 'such as "zh", "zh-Hant", "en", "bo"'
    assert findings(write(tmp_path, text)) == [
        f"newsroad.toml:2: defaults.source.language: 'chinese!' is no language tag ({allowed})"
    ]


def test_included_files_add_their_entries_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write(
            tmp_path,
            f'[sources.{name}]\npublisher = "ethnic"\nkind = "feed"\nurl = "https://ethnic.example/{name}"\n',
            f"sources/{name}.toml",
        )
    catalogue = read_catalogue(write(tmp_path, 'include = ["sources/*.toml"]\n' + GOOD), KINDS)
    assert [source.key for source in catalogue.sources] == ["ethnic-news", "a", "b"]


def test_what_includes_get_wrong(tmp_path: Path) -> None:
    write(tmp_path, '[sources.ethnic-news]\nurl = "https://other.example/"\n', "sources/a.toml")
    write(tmp_path, '[operator]\nname = "B"\ncontact = "b@b.example"\n[defaults.source]\nevery = 1\n', "sources/b.toml")
    text = 'include = ["sources/*.toml", "gone.toml"]\n' + GOOD
    assert findings(write(tmp_path, text)) == [
        'newsroad.toml:1: include: there is no file "gone.toml"',
        "sources/a.toml:1: sources.ethnic-news: is declared twice (first in newsroad.toml:13)",
        "sources/b.toml:1: operator: is declared twice (first in newsroad.toml:2)",
        "sources/b.toml:4: defaults: belongs in newsroad.toml, not in a file that it includes",
    ]


FINDINGS = Path(__file__).with_name("catalog_findings.txt")
"""Blocks of ``- what GOOD says``, ``+ what a broken file says instead``, and the findings about it."""


def broken() -> list[tuple[str, str, list[str]]]:
    blocks = [block.splitlines() for block in FINDINGS.read_text(encoding="utf-8").split("\n\n")]
    return [(good[2:].replace("\\n", "\n"), bad[2:].replace("\\n", "\n"), rest) for good, bad, *rest in blocks]


@pytest.mark.parametrize(("good", "bad", "expected"), broken(), ids=[bad for _, bad, _ in broken()])
def test_a_broken_file_is_refused_with_line_key_and_cure(
    tmp_path: Path, good: str, bad: str, expected: list[str]
) -> None:
    assert good in GOOD
    path = write(tmp_path, GOOD.replace(good, bad, 1))
    assert findings(path) == [f"newsroad.toml:{line}" for line in expected]


def test_all_findings_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace('every = "15m"', "every = true").replace('parent = "news"', 'parent = "nosuch"')
    text = text.replace('contact = "editor@portal.example"', "contact = 5")
    assert [finding.split(": ")[:2] for finding in findings(write(tmp_path, text))] == [
        ["newsroad.toml:3", "operator.contact"],
        ["newsroad.toml:16", "sources.ethnic-news.every"],
        ["newsroad.toml:33", "channels.policy.parent"],
    ]


def test_two_sources_with_one_address(tmp_path: Path) -> None:
    more = '[sources.again]\npublisher = "ethnic"\nkind = "feed"\nurl = "https://ethnic.example/rss.xml#a"\n'
    problem = "https://ethnic.example/rss.xml#a is polled already by [sources.ethnic-news]"
    assert findings(write(tmp_path, GOOD + more)) == [f"newsroad.toml:58: sources.again.url: {problem}"]


def test_a_literal_among_several_secrets_is_never_shown(tmp_path: Path) -> None:
    text = GOOD.replace("concurrency = 2", 'old_secrets = ["env:OLD", "whsec_clear"]')
    found = findings(write(tmp_path, text))
    assert len(found) == 1
    assert "old_secrets: must be a reference" in found[0]
    assert "whsec_clear" not in found[0]


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    assert findings(tmp_path / "newsroad.toml") == [
        "newsroad.toml:1: there is no such file (`newsroad init` writes one to start from)"
    ]
    (tmp_path / "newsroad.toml").write_bytes('[operator]\nname = "示例"\n'.encode("gb18030"))
    assert findings(tmp_path / "newsroad.toml") == ["newsroad.toml:2: is not UTF-8 text (save the file as UTF-8)"]


def test_a_text_not_yet_written_can_be_checked(tmp_path: Path) -> None:
    path = write(tmp_path, 'include = ["sources/*.toml"]\n' + GOOD)
    new = tmp_path / "sources" / "new.toml"
    text = '[sources.new]\npublisher = "ethnic"\nkind = "feed"\nurl = "https://ethnic.example/new"\n'
    catalogue = read_catalogue(path, KINDS, edited={new: text})
    assert [source.key for source in catalogue.sources] == ["ethnic-news", "new"]


MODELS = {
    "publishers": Publisher,
    "sources": Source,
    "grants": Grant,
    "channels": Channel,
    "subscribers": Subscriber,
}


def test_the_file_can_say_whatever_the_model_holds() -> None:
    pairs: list[tuple[type[BaseModel], type]] = [(ALL_SHAPES[table], model) for table, model in MODELS.items()]
    pairs += [(OperatorShape, Operator), (SelectionShape, Selection), (FirstContactShape, FirstContact)]
    for shape, model in pairs:
        assert issubclass(shape, Shape)
        declared = {field.name for field in fields(model)} - {"key", "version"}
        assert set(shape.model_fields) - {"was"} == declared

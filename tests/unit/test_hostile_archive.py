"""Whoever reprints another's archive publishes none of it: not in its owner's name, and not by having it let go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.stages import NOON, Stages, item, rss, telling
from worker.model.catalog import FirstContact, Grant
from worker.pipeline.letgo import let_go
from worker.store.declared import source

LONG_AGO = NOON - timedelta(days=200)
OLD = range(10)


def archive(stages: Stages, key: str, *, dated: bool = True, extra: str = "", at: range = OLD) -> None:
    """``key`` serves the old texts, as of long ago or as of now."""
    published = LONG_AGO if dated else stages.now
    parts = [
        item(f"{key}{number}", f"旧闻{number}", telling(number), published=published, extra=extra) for number in at
    ]
    stages.publish(key, rss(*parts))
    stages.run()


def begin(stages: Stages, *grants: Grant) -> None:
    """Both sources have been read once."""
    stages.declare(grants=(Grant("contract", "alpha"), *grants))
    for number, key in enumerate(("alpha", "beta")):
        stages.publish(key, rss(item(f"{key}-first", f"新闻{number}", telling(90 + number))))
        stages.run()


def let_all_go(stages: Stages, key: str) -> int:
    services = stages.services
    held = [one.article for one in services.people.held_back(key)]
    done = let_go(services.desk(), held, source=key, by="编辑")
    stages.deliver()
    return done


def attention(stages: Stages, key: str) -> str:
    return str(stages.rows(source, source.c.key == key)[0].attention or "")


def test_what_a_first_contact_only_recorded_is_not_published_by_a_reprint(stages: Stages) -> None:
    stages.declare(grants=(Grant("contract", "alpha"), Grant("beta-own", "beta")))
    archive(stages, "alpha")
    stages.publish("beta", rss(item("beta-first", "新闻", telling(91))))
    stages.run()
    for at in (range(4), range(4, 8)):
        archive(stages, "beta", dated=False, at=at, extra='<source url="https://alpha.example/">甲报</source>')
    assert stages.sent == [("published", "新闻")]
    assert attention(stages, "beta") == ""


def test_what_is_held_back_is_not_let_go_by_a_reprint_but_by_a_person(stages: Stages) -> None:
    begin(stages, Grant("beta-own", "beta"))
    archive(stages, "alpha")
    before = len(stages.sent)
    archive(stages, "beta", dated=False, at=range(4))
    assert len(stages.sent) == before
    assert "is not published: alpha had its text before" in attention(stages, "beta")
    assert let_all_go(stages, "alpha") == len(OLD)
    assert len(stages.sent) == before + len(OLD)


def test_letting_a_reprinters_archive_go_lets_nobody_elses_go(stages: Stages) -> None:
    begin(stages, Grant("beta-own", "beta"))
    archive(stages, "alpha")
    before = len(stages.sent)
    archive(stages, "beta")
    assert let_all_go(stages, "beta") == 0
    assert len(stages.sent) == before


def test_whom_we_have_no_agreement_with_keeps_back_nothing_of_one_whom_we_have_one_with(stages: Stages) -> None:
    begin(stages)
    archive(stages, "beta")
    before = len(stages.sent)
    archive(stages, "alpha", dated=False, at=range(3))
    assert sorted(stages.sent[before:]) == [("published", f"旧闻{number}") for number in range(3)]


def test_a_new_source_of_the_same_publisher_brings_out_what_was_recorded(stages: Stages) -> None:
    """The documented way to publish what a first contact found too old."""
    archive(stages, "alpha")
    assert stages.sent == []
    declared = stages.catalogue.sources
    patient = replace(declared[0], key="alpha-archive", first_contact=FirstContact(entries=20, max_age=365 * 24 * 3600))
    stages.declare(sources=(declared[0], patient))
    stages.run()
    assert len(stages.sent) == len(OLD)


def test_news_beyond_the_number_of_a_first_contact_goes_with_a_reprint(stages: Stages) -> None:
    stages.publish("beta", rss(item("beta-first", "新闻", telling(91))))
    stages.run()
    stages.publish("alpha", rss(*(item(f"a{number}", f"今日{number}", telling(number)) for number in range(22))))
    stages.run()
    missing = {f"今日{number}" for number in range(22)} - {title for _, title in stages.sent}
    assert len(missing) == 2
    number = int(min(missing).removeprefix("今日"))
    stages.publish("beta", rss(item("b1", f"今日{number}", telling(number))))
    stages.run()
    assert stages.sent[-1] == ("published", f"今日{number}")

"""What a plan says about the difference between two catalogues."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from worker.catalog.plan import Change, ChangeKind, FieldChange, Plan, diff
from worker.model.catalog import (
    Catalogue,
    Channel,
    Destination,
    FirstContact,
    Grant,
    Operator,
    Publisher,
    Selection,
    Source,
    SourceKind,
    Subscriber,
)

OPERATOR = Operator(name="示例", contact="editor@portal.example")
SOURCE = Source("news", "ethnic", SourceKind.FEED, "https://ethnic.example/rss")
HOOK = Destination("hook", "partner", "webhook", ("top",), {"url": "https://p.example/", "key": "env:A"})
OLD = Catalogue(
    operator=OPERATOR,
    publishers=(Publisher("ethnic", "民族报"),),
    sources=(SOURCE,),
    grants=(Grant("contract", "ethnic", version=3),),
    channels=(Channel("top", "要闻"),),
    subscribers=(Subscriber("partner", "伙伴"),),
    destinations=(HOOK,),
)


def test_the_same_catalogue_changes_nothing() -> None:
    again = replace(
        OLD, grants=(Grant("contract", "ethnic"),), destinations=(replace(HOOK, options=dict(HOOK.options)),)
    )
    assert diff(OLD, again) == Plan(())
    assert not diff(OLD, again)
    assert diff(OLD, again).summary() == "nothing to change"


def test_everything_is_new_before_the_first_apply() -> None:
    plan = diff(None, OLD)
    assert plan.lines() == [
        "+ operator  示例",
        "+ publishers.ethnic  民族报",
        "+ sources.news  https://ethnic.example/rss",
        "+ grants.contract  ethnic",
        "+ channels.top  要闻",
        "+ subscribers.partner  伙伴",
        "+ destinations.hook  https://p.example/",
    ]
    assert plan.summary() == "7 added"


def test_changed_keys_are_shown_before_and_after_as_the_file_writes_them() -> None:
    new = replace(
        OLD,
        sources=(replace(SOURCE, every=300, first_contact=FirstContact(entries=5)),),
        grants=(Grant("contract", "ethnic", media=True, valid_until=datetime(2026, 12, 31, 16, tzinfo=UTC)),),
        channels=(Channel("top", "要闻", select=Selection(sources=("news",), max_age=86400)),),
        destinations=(replace(HOOK, options={"url": "https://p.example/", "key": "env:B"}),),
    )
    assert diff(OLD, new).lines() == [
        "~ sources.news",
        "    every: 15m → 5m",
        "    first_contact.entries: 20 → 5",
        "~ grants.contract",
        "    media: false → true",
        "    valid_until: (none) → 2026-12-31T16:00:00+00:00",
        "~ channels.top",
        "    select.sources: (none) → news",
        "    select.max_age: (none) → 1d",
        "~ destinations.hook",
        "    key: env:A → env:B",
    ]


def test_what_leaves_the_file_is_retired() -> None:
    plan = diff(OLD, replace(OLD, destinations=()))
    assert plan.changes == (Change("destinations", "hook", ChangeKind.RETIRED),)
    assert plan.lines() == ["- destinations.hook  (retired: nothing new; what is out stays until withdrawn)"]


def test_a_rename_keeps_the_entry() -> None:
    new = replace(
        OLD, destinations=(replace(HOOK, key="push", concurrency=2),), renames={("destinations", "push"): "hook"}
    )
    plan = diff(OLD, new)
    assert plan.changes == (
        Change("destinations", "push", ChangeKind.RENAMED, (FieldChange("concurrency", 8, 2),), was="hook"),
    )
    assert plan.lines() == ["> destinations.push  (was hook)", "    concurrency: 8 → 2"]


def test_a_rename_that_was_made_already_changes_nothing() -> None:
    new = replace(OLD, destinations=(replace(HOOK, key="push"),), renames={("destinations", "push"): "hook"})
    assert not diff(new, new)


def test_a_rename_of_what_never_was_is_an_addition() -> None:
    extra = Channel("politics", "时政")
    new = replace(OLD, channels=(*OLD.channels, extra), renames={("channels", "politics"): "policy"})
    assert [change.kind for change in diff(OLD, new).changes] == [ChangeKind.ADDED]


def test_the_operator_is_compared_too() -> None:
    new = replace(OLD, operator=replace(OPERATOR, licence_numbers=("京ICP备00000000号",)))
    assert diff(OLD, new).lines() == ["~ operator", "    licence_numbers: (none) → 京ICP备00000000号"]


def test_json_names_table_key_change_and_fields() -> None:
    new = replace(OLD, sources=(replace(SOURCE, zone="Asia/Shanghai"),))
    assert diff(OLD, new).as_json() == [
        {
            "table": "sources",
            "key": "news",
            "change": "changed",
            "was": None,
            "fields": {"zone": {"before": "UTC", "after": "Asia/Shanghai"}},
        }
    ]

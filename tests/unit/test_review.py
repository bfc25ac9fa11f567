"""A person's word on what is held: it lets exactly this version out, until a day, and never beats a rule above it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.road import Item, Road
from worker.pipeline.recheck import recheck as settle_again
from worker.store.schema import act, article, decision, entry, recheck

REPRINT = Item("r1", "高原州举办青年歌会", credits="高原日报")
ADDRESS = "https://tongxin.example/a/r1"
SIGNED = ("--by", "周岚", "--note", "高原日报来函同意")


@pytest.fixture
def held(road: Road) -> Road:
    """A reprint that waits for a person at both destinations of its channel."""
    road.publish("tongxin", REPRINT)
    road.run()
    return road


def test_what_is_held_is_listed_with_its_reason(held: Road) -> None:
    rows = held.json("review", "list")["held"]
    assert {(row["title"], row["destination"]) for row in rows} == {(REPRINT.title, "feeds"), (REPRINT.title, "hook")}
    assert rows[0]["decision"]["reasons"] == ["THIRD_PARTY_IN_FEED"]
    assert [row["destination"] for row in held.json("review", "list", "--destination", "hook")["held"]] == ["hook"]
    assert len(held.json("review", "list", "--limit", "1")["held"]) == 1
    shown = held.json("review", "show", ADDRESS)
    assert "各位代表" in shown["text"]
    assert [one["standing"] for one in shown["destinations"]] == ["held", "held"]
    assert REPRINT.title in held.cli("review", "show", ADDRESS).text


def test_an_approval_lets_it_out_where_it_was_given(held: Road) -> None:
    done = held.json("review", "approve", ADDRESS, "--destination", "hook", *SIGNED, "--days", "7")["reviewed"]
    assert [(one["destination"], one["action"], one["decision"]["use"]) for one in done] == [
        ("hook", "publish", "full_text")
    ]
    held.deliver()
    assert [one.payload["type"] for one in held.partner.accepted()] == ["article.published"]
    told = held.json("article", "explain", ADDRESS)["destinations"]
    assert {one["destination"]: one["standing"] for one in told} == {
        "feeds": "held",
        "hook": "shown",
        "exhibitions": "not_selected",
    }
    hook = next(one for one in told if one["destination"] == "hook")
    assert hook["decision"]["by"] == "周岚"
    assert hook["decision"]["reasons"][:2] == ["APPROVED", "THIRD_PARTY_IN_FEED"]
    assert hook["decision"]["valid_until"] is not None


def test_it_holds_for_that_version_only(held: Road) -> None:
    held.cli("review", "approve", ADDRESS, "--all", *SIGNED)
    held.deliver()
    held.publish("tongxin", Item("r1", REPRINT.title, "主办方更正了演出人数。" * 60, credits="高原日报"))
    held.run()
    assert {row["version"] for row in held.json("review", "list")["held"]} == {2}
    told = {one["destination"]: one for one in held.json("article", "explain", ADDRESS)["destinations"]}
    assert told["hook"]["standing"] == "older"
    assert told["hook"]["out_version"] == 1


def test_it_goes_to_the_shelf_at_once(held: Road) -> None:
    held.cli("review", "approve", ADDRESS, "--all", *SIGNED, "--use", "excerpt")
    rows = held.services.shelf.page("feeds", "news", limit=10).rows
    assert [row.release.use.value for row in rows if row.release] == ["excerpt"]
    assert held.json("review", "list")["held"] == []


def test_every_word_is_on_record(held: Road) -> None:
    held.cli("review", "approve", ADDRESS, "--destination", "hook", *SIGNED)
    held.cli("review", "reject", ADDRESS, "--destination", "feeds", *SIGNED)
    with held.services.database.read() as connection:
        acts = connection.execute(sa.select(act.c.verb, act.c.by, act.c.note).order_by(act.c.id)).all()
        named = connection.execute(sa.select(sa.func.count()).where(decision.c.decided_by == "周岚")).scalar_one()
    assert [tuple(row) for row in acts] == [("approve", *SIGNED[1::2]), ("reject", *SIGNED[1::2])]
    assert named == 2


def test_a_rejection_takes_back_what_is_out(held: Road) -> None:
    held.cli("review", "approve", ADDRESS, "--all", *SIGNED)
    held.deliver()
    done = held.json("review", "reject", ADDRESS, "--destination", "hook", "--destination", "feeds", *SIGNED)
    assert {one["action"] for one in done["reviewed"]} == {"retract"}
    held.deliver()
    assert [one.payload["type"] for one in held.partner.accepted()][-1] == "article.withdrawn"
    assert held.services.shelf.page("feeds", "news", limit=10).rows == ()
    held.run()  # the same feed again brings nothing back
    assert [one.payload["type"] for one in held.partner.accepted()][-1] == "article.withdrawn"


@pytest.mark.parametrize(
    "missing",
    [
        ("--destination", "hook", "--by", "周岚"),
        ("--destination", "hook", "--note", "来函"),
        ("--destination", "hook", "--by", " ", "--note", "来函"),
        SIGNED,
        ("--destination", "hook", "--all", *SIGNED),
        ("--destination", "hook", *SIGNED, "--until", "2020-01-01"),
        ("--destination", "hook", *SIGNED, "--use", "hold"),
        ("--destination", "exhibitions", *SIGNED),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_name_note_place_or_end_nothing_is_written(held: Road, missing: tuple[str, ...]) -> None:
    assert held.cli("review", "approve", ADDRESS, *missing).code == 4
    assert len(held.json("review", "list")["held"]) == 2


def test_a_partner_that_does_not_exist_is_named(held: Road) -> None:
    shown = held.cli("review", "approve", ADDRESS, "--destination", "nowhere", *SIGNED)
    assert shown.code == 3
    assert "nowhere" in shown.text


def test_a_word_does_not_beat_an_echo(road: Road) -> None:
    road.change('name = "江门户"', 'name = "高原日报"')
    road.publish("tongxin", REPRINT)
    road.run()
    shown = road.cli("review", "approve", ADDRESS, "--destination", "hook", *SIGNED)
    assert shown.code == 4
    assert "[ECHO]" in shown.text
    assert road.partner.accepted() == []


def test_a_withdrawn_article_is_not_approved(held: Road) -> None:
    held.cli("takedown", ADDRESS, *SIGNED, "--reason", "error", "--yes", "--wait", "0")
    shown = held.cli("review", "approve", ADDRESS, "--destination", "hook", *SIGNED)
    assert shown.code == 4
    assert "was withdrawn" in shown.text


def test_a_lead_that_may_not_be_shown_in_full_waits_until_a_person_says_so(road: Road) -> None:
    road.change('[grants.tongxin]\npublisher = "tongxin"\n', "")
    own = Item("m1", "江城代表团赴高原州对接教育协作")
    road.publish("jiang", own)
    road.run()
    road.publish("tongxin", Item("copy", own.title, own.body))
    road.run()
    address = "https://tongxin.example/a/copy"
    with road.services.database.write() as connection:
        connection.execute(sa.update(entry).where(entry.c.joined_by.is_(None)).values(removed_at=road.services.clock()))

    def decide_again() -> set[str]:
        with road.services.database.write() as connection:
            connection.execute(sa.insert(recheck).from_select(["article_id"], sa.select(article.c.id)))
        settle_again(road.services.works, road.services.view, road.services.hints, road.services.clock)
        road.deliver()
        return {row["decision"]["reasons"][0] for row in road.json("review", "list")["held"]}

    assert [decide_again() for _ in range(2)] == [{"LEAD_NOT_PERMITTED"}] * 2
    assert [one.payload["type"] for one in road.partner.accepted()] == ["article.published"]
    road.cli("review", "approve", address, "--all", *SIGNED, "--use", "excerpt")
    assert decide_again() == set()
    assert [one.payload["type"] for one in road.partner.accepted()] == ["article.published", "article.updated"]

"""``channel``: what the columns hold, and what a selection that is only written yet would catch and miss.
``destination backfill`` counts first."""

from __future__ import annotations

from tests.road import CATALOGUE, Item, Road
from worker.pipeline.recheck import recheck

SHOW = Item("m1", "江城举办民族服饰展览", category="文化")
TALK = Item("m2", "江城召开文化工作座谈会", "座谈会讨论来年安排。" * 40, category="文化")
MATCH = Item("m3", "江城龙舟展览赛开赛", "各队今晨下水。" * 40, category="体育")
SELECT = 'select = { categories = ["文化"], include = ["展览"] }'


def published(road: Road) -> Road:
    road.publish("jiang", SHOW, TALK, MATCH)
    road.run()
    return road


def test_channels_are_listed_with_what_they_hold(road: Road) -> None:
    found = {one["key"]: one for one in published(road).json("channel", "list")["channels"]}
    assert {key: one["articles"] for key, one in found.items()} == {"news": 3, "culture": 1}
    assert found["culture"]["selects"] == "categories: 文化; with: 展览"
    assert found["news"]["destinations"] == ["feeds", "hook"]
    shown = road.json("channel", "show", "culture")
    assert [one["title"] for one in shown["newest"]] == [SHOW.title]
    assert "everything" in road.cli("channel", "show", "news").text


def test_a_preview_tells_what_is_caught_and_what_is_just_missed(road: Road) -> None:
    published(road)
    told = road.json("channel", "preview", "culture")
    assert (told["looked_at"], told["takes"]) == (3, 1)
    assert {(one["title"], one["refused_by"]) for one in told["missed"]} == {
        (TALK.title, "include"),
        (MATCH.title, "categories"),
    }
    road.write(CATALOGUE.replace(SELECT, 'select = { include = ["展览", "座谈"] }'))
    told = road.json("channel", "preview", "culture", "--days", "1")
    assert {one["title"] for one in told["articles"]} == {SHOW.title, TALK.title, MATCH.title}
    assert road.json("channel", "show", "culture")["articles"] == 1, "it is only tried, and only written yet"
    words = road.cli("channel", "preview", "culture").text
    assert "Of 3 articles of the last 3 days it takes 3." in words


def test_a_preview_of_another_file(road: Road) -> None:
    published(road)
    other = road.home / "other.toml"
    other.write_text(
        (road.home / "newsroad.toml").read_text(encoding="utf-8") + '\n[channels.sport]\ntitle = "体育"\n'
        'select = { categories = ["体育"] }\n',
        encoding="utf-8",
    )
    assert road.json("channel", "preview", "sport", "--file", str(other))["takes"] == 1
    unknown = road.cli("channel", "preview", "spart", "--file", str(other))
    assert unknown.code == 3
    assert 'did you mean "sport"' in unknown.text


def test_a_changed_selection_says_whom_it_concerns(road: Road) -> None:
    published(road)
    road.write(CATALOGUE.replace(SELECT, 'select = { include = ["座谈"] }'))
    assert "articles recorded before stay where they are. Try it: newsroad channel preview culture" in (
        road.cli("plan").text
    )


def test_a_new_destination_is_filled_by_name_and_counted_first(road: Road) -> None:
    published(road)
    again = CATALOGUE.split("[destinations.hook]")[1].split("[destinations.exhibitions]")[0]
    road.write(f"{CATALOGUE}\n[destinations.twin]{again}")
    assert "destinations.twin: begins now; to fill it: newsroad destination backfill twin" in road.cli("apply").text
    explained = road.json("article", "explain", "https://jiang.example/a/m1")["destinations"]
    assert {one["destination"]: one["standing"] for one in explained}["twin"] == "before"
    told = road.json("destination", "backfill", "twin", "--since", "1d", "--dry-run")
    assert (told["destinations"]["twin"]["publish"], told["articles"], told["done"]) == (3, 3, False)
    refused = road.cli("destination", "backfill", "twin", "--since", "1d", "--allow-publish", "2")
    assert refused.code == 4
    assert "newsroad destination backfill twin --since 1d --allow-publish 3" in refused.text
    filled = road.cli("destination", "backfill", "twin", "--since", "1d", "--by", "周岚", "--note", "新伙伴")
    assert filled.code == 0, filled.text
    recheck(road.services.works, road.services.view, road.services.hints, road.services.clock)
    road.deliver()
    assert road.json("destination", "show", "twin")["published"] == 3
    assert road.json("destination", "backfill", "twin", "--since", "1d")["destinations"] == {}
    assert road.cli("destination", "backfill", "none", "--since", "1d").code == 3
    assert road.cli("destination", "backfill", "twin", "--since", "2999-01-01").code == 4

"""The queue: what waits, oldest first and filtered; one word on many, each by itself; what a new version changes."""

from __future__ import annotations

import pytest

from tests.road import CATALOGUE, Item, Road
from worker.errors import Refused
from worker.pipeline.review import rejection, review_seen

SONG = Item("r1", "高原州举办青年歌会", credits="高原日报")
SNOW = Item("r2", "高原州连降大雪", "昨夜一场大雪覆盖了草原，牧民们把羊群赶进暖棚。" * 8, credits="高原日报")
FAIR = Item("r3", "江城举办冬季庙会", "庙会上有各族小吃和手工艺品，市民络绎不绝。" * 8, credits="高原日报")
SIGNED = ("--by", "周岚", "--note", "高原日报来函同意")
ADDRESS = "https://tongxin.example/a/r1"


@pytest.fixture
def queue(road: Road) -> Road:
    """Three reprints, of two sources, that wait at two destinations each."""
    road.publish("tongxin", SONG)
    road.run()
    road.publish("tongxin", SNOW, SONG)
    road.publish("jiang", FAIR)
    road.run()
    assert len(road.json("review", "list")["held"]) == 6
    return road


def titles(road: Road, *arguments: str) -> list[str]:
    """What is listed, each title once."""
    return list(dict.fromkeys(row["title"] for row in road.json("review", "list", *arguments)["held"]))


def test_the_oldest_comes_first_and_filters_narrow_it(queue: Road) -> None:
    assert titles(queue)[0] == SONG.title
    assert titles(queue, "--source", "jiang") == [FAIR.title]
    assert titles(queue, "--match", "高原州 大雪") == [SNOW.title]
    assert len(titles(queue, "--channel", "news")) == 3
    assert titles(queue, "--channel", "culture") == []
    assert len(titles(queue, "--reason", "THIRD_PARTY_IN_FEED")) == 3
    assert titles(queue, "--reason", "FIELD:author") == []
    assert titles(queue, "--older-than", "1d") == []
    assert len(titles(queue, "--older-than", "1s")) in (0, 1, 2, 3)
    assert len(queue.json("review", "list", "--destination", "hook", "--destination", "feeds")["held"]) == 6


def test_an_article_is_one_line_with_its_channels_destinations_and_why(queue: Road) -> None:
    shown = queue.cli("review", "list", "--match", "歌会", "--language", "en").text
    assert "feeds, hook" in shown
    assert "news" in shown
    assert "cannot grant it" in shown
    assert "无权代为许可" in queue.cli("review", "list", "--language", "zh").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--source", "nobody"), 3, "newsroad source list"),
        (("--channel", "nothing"), 3, "news, culture"),
        (("--destination", "nowhere"), 3, "newsroad destination list"),
        (("--reason", "THIRD_PARTY"), 4, "THIRD_PARTY_IN_FEED"),
        (("--older-than", "lately"), 4, "lately"),
    ],
)
def test_a_filter_that_names_nothing_known_is_refused(
    road: Road, arguments: tuple[str, ...], code: int, said: str
) -> None:
    shown = road.cli("review", "list", *arguments)
    assert shown.code == code
    assert said in shown.text


def test_many_are_approved_at_once_after_being_listed_and_counted(queue: Road) -> None:
    chosen = ("--source", "tongxin", "--reason", "THIRD_PARTY_IN_FEED")
    looked = queue.cli("review", "approve", *chosen, *SIGNED, "--dry-run")
    assert looked.code == 0
    assert "2 articles at 2 destinations" in looked.text
    refused = queue.cli("review", "approve", *chosen, *SIGNED)
    assert refused.code == 4
    assert "--yes" in refused.text
    assert SNOW.title in refused.text
    assert len(queue.json("review", "list")["held"]) == 6
    done = queue.json("review", "approve", *chosen, *SIGNED, "--yes")
    assert (len(done["reviewed"]), done["failed"]) == (4, [])
    queue.deliver()
    assert {one.payload["data"]["title"] for one in queue.partner.accepted()} == {SONG.title, SNOW.title}
    assert titles(queue) == [FAIR.title]
    assert len(queue.json("audit", "--verb", "approve")["acts"]) == 4


def test_a_filter_on_the_destination_decides_there_only(queue: Road) -> None:
    done = queue.json("review", "reject", "--destination", "hook", *SIGNED, "--yes")["reviewed"]
    assert {one["destination"] for one in done} == {"hook"}
    assert {row["destination"] for row in queue.json("review", "list")["held"]} == {"feeds"}


def test_what_is_refused_of_many_leaves_the_rest_decided(queue: Road) -> None:
    start = CATALOGUE.index("[sources.jiang]")
    end = CATALOGUE.index("[sources.tongxin]")
    queue.write(CATALOGUE[:start] + CATALOGUE[end:])
    assert queue.cli("apply", "--yes").code == 0
    done = queue.cli("review", "approve", "--reason", "THIRD_PARTY_IN_FEED", *SIGNED, "--yes")
    assert done.code == 4
    assert "1 of 3 articles were left as they are" in done.text
    assert titles(queue) == [FAIR.title]


def test_several_named_articles_are_decided_each_by_itself(queue: Road) -> None:
    named = (ADDRESS, "https://tongxin.example/a/r2")
    done = queue.json("review", "approve", *named, "--all", *SIGNED)
    assert {one["destination"] for one in done["reviewed"]} == {"feeds", "hook"}
    assert titles(queue) == [FAIR.title]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "arguments", [(), ("--all",), (ADDRESS, "--all", "--source", "jiang"), (ADDRESS, "--all", "--dry-run")]
)
def test_it_must_be_said_which(queue: Road, arguments: tuple[str, ...]) -> None:
    assert queue.cli("review", "approve", *arguments, *SIGNED, "--yes").code == 4
    assert len(queue.json("review", "list")["held"]) == 6


def test_a_word_on_a_list_holds_only_for_what_was_listed(queue: Road) -> None:
    services, uuid = queue.services, queue.uuid(SONG.title)
    desk = services.desk()
    with pytest.raises(Refused, match="has changed since"):
        review_seen(desk, uuid, rejection(by="周岚", note="重复"), ["hook"], 2)
    review_seen(desk, uuid, rejection(by="周岚", note="重复"), ["hook"], 1)
    with pytest.raises(Refused, match="waits for nobody"):
        review_seen(desk, uuid, rejection(by="周岚", note="重复"), ["hook"], 1)


def test_a_new_version_is_shown_against_the_one_that_was_approved(queue: Road) -> None:
    assert queue.json("review", "show", ADDRESS)["changes"] is None
    queue.cli("review", "approve", ADDRESS, "--all", *SIGNED)
    queue.deliver()
    body = "主办方更正了演出人数。" + SONG.body
    queue.publish("tongxin", SNOW, Item("r1", "高原州举办青年歌会（更正）", body, credits="高原日报"))
    queue.run()
    queue.cli("article", "fix", ADDRESS, "author=李明", *SIGNED)
    changes = queue.json("review", "show", ADDRESS)["changes"]
    assert (changes["against"]["version"], changes["against"]["by"]) == (1, "周岚")
    fields = {one["name"]: (one["before"], one["after"]) for one in changes["fields"]}
    assert fields["title"] == (SONG.title, "高原州举办青年歌会（更正）")
    assert fields["author"] == (None, "李明")
    assert [one["text"] for one in changes["sentences"] if one["mark"] == "new"] == [
        "高原州举办青年歌会（更正）。",
        "主办方更正了演出人数。",
    ]
    shown = queue.cli("review", "show", ADDRESS, "--language", "zh").text
    assert "+ 主办方更正了演出人数。" in shown
    assert "- 高原州举办青年歌会。" in shown
    assert "\x1b[" not in shown
    assert "approved by 周岚" in shown


def test_a_version_that_was_sent_without_a_word_is_a_baseline_as_well(road: Road) -> None:
    own = Item("m1", "江城代表团赴高原州")
    road.publish("jiang", own)
    road.run()
    road.cli("article", "fix", "https://jiang.example/a/m1", "source=高原日报", *SIGNED)
    changes = road.json("review", "show", "https://jiang.example/a/m1")["changes"]
    assert (changes["against"]["version"], changes["against"]["by"]) == (1, None)
    assert [one["name"] for one in changes["fields"]] == ["source", "via"]

"""newsroad guard: what there is, what a list finds in a text, what is out already; and two people at the terminal."""

from __future__ import annotations

import pytest

from tests.road import CATALOGUE, Item, Road

LISTS = """
[guards.names]
words = "file:names.txt"

[guards.adverts]
words = ["点击购买"]
fields = ["title"]
action = "reject"
channels = ["culture"]

[periods.congress]
from = 2027-03-03
to = 2027-03-12
note = "两会"
"""
ARTICLE = Item("a1", "江城举办读书会", body="活动由張三丰主持，各位代表围绕教育协作、文化交流展开讨论。" * 4)


def declare(road: Road, words: str = "张三丰\n", more: str = LISTS) -> None:
    (road.home / "names.txt").write_text(words, encoding="utf-8")
    road.write(CATALOGUE + more)


@pytest.fixture
def out(road: Road) -> Road:
    """One article that is out, and then a list that has a word of it, not applied yet."""
    road.publish("jiang", ARTICLE)
    road.run()
    declare(road)
    return road


def test_what_is_out_is_scanned_with_the_lists_to_come(out: Road) -> None:
    found = out.json("guard", "scan", "--since", "30d", "--declared")
    assert found["versions"] == 1
    [hit] = found["hits"]
    assert (hit["title"], hit["guard"], hit["word"], hit["field"]) == (ARTICLE.title, "names", "张三丰", "body")
    assert "活动由【張三丰】主持" in hit["context"]
    assert hit["destinations"] == ["feeds", "hook"]
    assert out.json("guard", "scan", "--declared", "--guard", "adverts")["hits"] == []
    assert out.json("guard", "scan", "--declared", "--since", "2099-01-01")["versions"] == 0
    shown = out.cli("guard", "scan", "--declared").text
    assert "feeds, hook" in shown
    assert "1 articles with a listed word" in shown


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_taken_back_is_not_out(out: Road) -> None:
    address = "https://jiang.example/a/a1"
    out.cli("review", "reject", address, "--destination", "hook", "--by", "周岚", "--note", "误发")
    out.deliver()
    [hit] = out.json("guard", "scan", "--declared")["hits"]
    assert hit["destinations"] == ["feeds"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_lists_in_force_are_asked_unless_said_otherwise(out: Road) -> None:
    assert "no word lists" in out.cli("guard", "scan").text
    assert out.json("guard", "list") == {"guards": [], "periods": []}
    assert out.cli("apply", "--yes").code == 0
    listed = out.json("guard", "list")
    assert [(one["key"], one["words"], one["action"]) for one in listed["guards"]] == [
        ("names", 1, "hold"),
        ("adverts", 1, "reject"),
    ]
    assert [one["note"] for one in listed["periods"]] == ["两会"]
    assert "congress" in out.cli("guard", "list").text
    assert len(out.json("guard", "scan")["hits"]) == 1
    assert out.cli("guard", "scan", "--guard", "nonsense").code == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_text_is_tested_from_a_file_or_standard_input(out: Road) -> None:
    out.cli("apply", "--yes")
    text = out.home / "text.txt"
    text.write_bytes("欢迎點擊購買，张三 丰也来了。".encode("gb18030"))
    hits = out.json("guard", "test", str(text))["hits"]
    assert {(hit["guard"], hit["word"]) for hit in hits} == {("names", "张三丰"), ("adverts", "点击购买")}
    assert "【點擊購買】" in out.cli("guard", "test", str(text)).text
    assert "Nothing of 2 lists" in out.cli("guard", "test", "-", text="今天天气很好").text
    assert "cannot be read" in out.cli("guard", "test", str(out.home / "none.txt")).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_hit_is_shown_where_people_decide(road: Road) -> None:
    declare(road)
    assert road.cli("apply", "--yes").code == 0
    road.publish("jiang", ARTICLE)
    road.run()
    address = "https://jiang.example/a/a1"
    for command in (("review", "show"), ("article", "explain")):
        shown = road.cli(*command, address).text
        assert "WORD_LISTED" in shown
        assert "names: " in shown
        assert "活动由【張三丰】主持" in shown
    decided = road.json("review", "show", address)["decisions"]
    assert {one["decision"]["note"].partition(":")[0] for one in decided} == {"names"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_people_at_the_terminal(road: Road) -> None:
    road.change("[channels.news]\n", '[channels.news]\napproval = "two"\n')
    road.publish("jiang", ARTICLE)
    road.run()
    said = ("review", "approve", "https://jiang.example/a/a1", "--destination", "hook", "--note", "已核对")
    assert road.cli(*said, "--by", "周岚").code == 0
    road.deliver()
    assert road.partner.accepted() == []
    again = road.cli(*said, "--by", " 周　岚 ")
    assert again.code == 4
    assert "second, different person" in again.text
    assert road.cli(*said, "--by", "李明").code == 0
    road.deliver()
    assert [one.payload["type"] for one in road.partner.accepted()] == ["article.published"]

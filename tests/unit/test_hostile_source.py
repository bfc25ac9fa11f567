"""A source that means to take another's place: it changes no article, credit or delivery but its own."""

from __future__ import annotations

from tests.stages import NOON, OTHER, STORY, Stages, item, rss
from worker.model.catalog import Grant

BOTH = (Grant("contract", "alpha"), Grant("beta-own", "beta"))
SPAM = "买它买它买它，全场五折，最后三天，错过再等一年，点击这里立刻下单，数量有限先到先得，欢迎转告亲朋好友。" * 4
THIRD = "图书馆把阅览室的开放时间延长到夜里十点，读者可以在网上预约座位，周末还有面向儿童的故事会和手工课程。" * 3


def shown(stages: Stages) -> dict[str, str]:
    """Title → credit line, as the partner has it now."""
    newest: dict[str, dict[str, object]] = {}
    for one in stages.partner.accepted():
        newest[one.payload["data"]["id"]] = one.payload["data"]
    return {str(one["title"]): str(one["credit"]["line"]) for one in newest.values() if "credit" in one}


def alpha_then_beta(stages: Stages, extra: str = "", text: str = STORY) -> None:
    stages.declare(grants=BOTH)
    stages.publish("alpha", rss(item("https://www.alpha.example/a1", "走访", link="https://www.alpha.example/a1")))
    stages.run()
    stages.publish(
        "beta",
        rss(item("https://www.alpha.example/a1", "走访", text, link="https://www.alpha.example/a1", extra=extra)),
    )
    stages.run()


def test_claiming_anothers_guid_link_and_text_changes_nothing_of_it(stages: Stages) -> None:
    alpha_then_beta(stages, extra="<author>beta@beta.example (乙网编辑)</author><rights>乙网版权所有</rights>")
    assert len(stages.partner.accepted()) == 1
    assert "甲报" in shown(stages)["走访"]
    assert "乙网" not in shown(stages)["走访"]


def test_claiming_anothers_guid_and_link_with_other_text_makes_an_article_of_its_own(stages: Stages) -> None:
    alpha_then_beta(stages, text=SPAM)
    assert len(stages.articles()) == 2
    mine = [one.payload["data"] for one in stages.partner.accepted() if "代表团" in one.payload["data"]["body_html"]]
    assert len(mine) == 1


def test_an_edit_of_a_joined_copy_never_reaches_the_article(stages: Stages) -> None:
    alpha_then_beta(stages)
    stages.publish("beta", rss(item("https://www.alpha.example/a1", "促销", SPAM, link="https://www.alpha.example/a1")))
    stages.run()
    assert list(shown(stages)) == ["走访"]
    assert len(stages.partner.accepted()) == 1


def test_an_edit_of_a_joined_copy_claims_no_text_for_the_article(stages: Stages) -> None:
    """Else what a third publisher writes would join a stranger's article and never be seen."""
    alpha_then_beta(stages)
    stages.publish("beta", rss(item("https://www.alpha.example/a1", "馆讯", THIRD)))
    stages.run()
    stages.publish("alpha", rss(item("a3", "图书馆", THIRD), item("https://www.alpha.example/a1", "走访")))
    stages.run()
    assert "图书馆" in shown(stages)
    assert len(stages.articles()) == 2


def test_a_copy_that_became_another_text_does_not_follow_when_the_original_goes(stages: Stages) -> None:
    alpha_then_beta(stages)
    stages.publish("beta", rss(item("https://www.alpha.example/a1", "促销", SPAM)))
    stages.run()
    tombstone = f'<at:deleted-entry ref="https://www.alpha.example/a1" when="{NOON.isoformat()}"/>'
    stages.publish("alpha", rss(head=tombstone))
    stages.run()
    stages.run()
    assert not [one for one in stages.partner.accepted() if one.payload["data"].get("title") == "促销"]


def test_a_strangers_tombstone_removes_nothing(stages: Stages) -> None:
    stages.declare(grants=BOTH)
    stages.publish("alpha", rss(item("https://www.alpha.example/a1", "走访", link="https://www.alpha.example/a1")))
    stages.run()
    tombstone = f'<at:deleted-entry ref="https://www.alpha.example/a1" when="{NOON.isoformat()}"/>'
    stages.publish("beta", rss(item("b", "大雪", OTHER), head=tombstone))
    stages.run()
    assert [kind for kind, _ in stages.sent] == ["published", "published"]


def test_publishing_and_burying_anothers_text_first_does_not_keep_it_out(stages: Stages) -> None:
    stages.declare(grants=BOTH)
    stages.publish("beta", rss(item("b1", "走访")))
    stages.run()
    stages.publish("beta", rss(head=f'<at:deleted-entry ref="b1" when="{NOON.isoformat()}"/>'))
    stages.run()
    stages.publish("alpha", rss(item("a1", "走访", link="https://www.alpha.example/a1")))
    stages.run()
    assert "甲报" in shown(stages)["走访"]


def test_a_longer_copy_does_not_take_the_lead(stages: Stages) -> None:
    alpha_then_beta(stages, text=STORY + SPAM)
    assert "甲报" in shown(stages)["走访"]
    mine = [one.payload["data"] for one in stages.partner.accepted() if "甲报" in one.payload["data"]["credit"]["line"]]
    assert [one["title"] for one in mine] == ["走访"]
    assert all("买它" not in one["body_html"] for one in mine)


def test_naming_anothers_author_or_name_earns_nothing(stages: Stages) -> None:
    stages.declare(grants=(Grant("contract", "alpha"),))
    stages.publish(
        "beta", rss(item("b1", "冒名", SPAM, extra="<dc:publisher>甲报</dc:publisher><source>甲报</source>"))
    )
    stages.run()
    assert stages.sent == [("published", "冒名")]
    for one in stages.partner.accepted():
        assert one.payload["data"]["use"] == "link_only"
        assert "买它" not in one.payload["data"]["body_html"]

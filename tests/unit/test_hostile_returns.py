"""A text that its publisher takes back, and a feed that goes to and fro: followed once, and not for ever."""

from __future__ import annotations

from tests.stages import Stages, item, rss, telling
from worker.store.schema import revision

RIGHT, WRONG = telling(1), telling(1) + "此句有误。"


def show(stages: Stages, text: str, *others: str) -> None:
    stages.publish("alpha", rss(item("a1", "文", text), *others))
    stages.run(minutes=20)


def test_an_edit_that_is_taken_back_is_taken_back_everywhere(stages: Stages) -> None:
    for text in (RIGHT, WRONG, RIGHT):
        show(stages, text)
    assert [kind for kind, _ in stages.sent] == ["published", "updated", "updated"]
    assert "此句有误" not in stages.partner.accepted()[-1].payload["data"]["body_html"]


def test_so_is_one_that_was_out_for_a_day_while_other_news_came(stages: Stages) -> None:
    news = [item(f"n{number}", f"消息{number}", telling(10 + number)) for number in range(4)]
    show(stages, RIGHT)
    for number in range(4):
        show(stages, WRONG, *news[: number + 1])
    show(stages, RIGHT, *news)
    assert "此句有误" not in stages.partner.accepted()[-1].payload["data"]["body_html"]
    assert len(stages.sent) == 3 + len(news)


def test_a_feed_that_goes_to_and_fro_is_not_followed_for_ever(stages: Stages) -> None:
    for number in range(12):
        show(stages, WRONG if number % 2 else RIGHT)
    assert len(stages.sent) == 4
    assert len(stages.rows(revision)) == 4


def test_what_was_away_and_comes_back_as_it_was_is_no_news(stages: Stages) -> None:
    everything = [item(f"n{number}", f"消息{number}", telling(10 + number)) for number in range(12)]
    for document in (everything, [], everything, everything[:3], everything):
        stages.publish("alpha", rss(*document))
        stages.run(minutes=20)
    assert [kind for kind, _ in stages.sent] == ["published"] * 12
    assert len(stages.rows(revision)) == 12


def test_a_feed_that_was_away_leaves_room_for_an_edit_that_is_taken_back(stages: Stages) -> None:
    news = [item(f"n{number}", f"消息{number}", telling(10 + number)) for number in range(6)]
    for text, others in ((RIGHT, news), (WRONG, news), (WRONG, []), (WRONG, news), (RIGHT, news)):
        show(stages, text, *others)
    assert "此句有误" not in stages.partner.accepted()[-1].payload["data"]["body_html"]


def test_two_texts_that_change_places_and_back_are_where_they_were(stages: Stages) -> None:
    one, other = telling(1), telling(2)
    for first, second in ((one, other), (other, one), (one, other)):
        stages.publish("alpha", rss(item("a1", "甲", first), item("a2", "乙", second)))
        stages.run(minutes=20)
    shown = {sent.payload["data"]["title"]: sent.payload["data"]["body_html"] for sent in stages.partner.accepted()}
    assert one[:25] in shown["甲"]
    assert other[:25] in shown["乙"]

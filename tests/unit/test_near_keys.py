"""What an index stores: stable keys of few bytes."""

from __future__ import annotations

import pytest

from worker.identity.near.keys import KEYS, exact_key, keys_of, packed
from worker.identity.near.likeness import head_slots, slots
from worker.identity.near.numerals import value_of
from worker.identity.near.reading import read
from worker.model.nearness import Script

TEXT = "".join(chr(0x4E00 + (number * 7919) % 20000) for number in range(600))


def test_keys_are_the_same_in_every_process() -> None:
    keys, _ = keys_of(Script.HAN, TEXT, "标题标题标题标题", "example.cn/1")
    assert exact_key(read("标题标题标题标题", TEXT)).hex() == "eb367f83409e1f5d22b05f98face3857"
    assert keys.near[:2] == (2544702530, 3984288210)
    assert len(keys.near) == KEYS
    assert len(packed(keys.sketch)) == 4 * KEYS


def test_a_part_shares_keys_with_the_whole() -> None:
    whole, _ = keys_of(Script.HAN, TEXT, "", None)
    _, question = keys_of(Script.HAN, TEXT[:200], "", None)
    assert set(whole.near) & set(question.keys)


def test_scripts_are_told_apart() -> None:
    assert read("", "中文 with some English words in it 但是还是中文").script is Script.HAN
    assert read("", "Only English words here, and one 中").script is Script.WORDS
    assert read("", "བོད་ལྗོངས་ཀྱི་ལོ་རྒྱུས།").script is Script.OTHER


def test_tail_lines_and_datelines_are_left_out() -> None:
    body = "中国科学院的一项研究显示，青藏高原的湖泊面积在过去三十年里明显扩大，这与降水增加和冰川消融都有关系。" * 3
    plain = read("", body)
    dressed = read(
        "", f"新华社拉萨11月23日电（记者 王磊）{body}\n（责任编辑：张三）\n来源：新华网\n免责声明：本文不代表本站观点"
    )
    assert dressed.body() == plain.body()


@pytest.mark.parametrize(
    ("one", "other"), [("1.2万".replace(".", ""), "十二万"), ("12000", "一万二千"), ("3", "三"), ("二〇二六", "2026")]
)
def test_numbers_have_one_value_however_they_are_written(one: str, other: str) -> None:
    assert value_of(one) == value_of(other) is not None


def test_slots_are_whole_numerals_and_words() -> None:
    found, _ = head_slots(Script.HAN, "地震已造成12人死亡", "地震已造成15人死亡")
    assert [(slot.old, slot.new) for slot in found] == [("12", "15")]
    words = slots(
        Script.WORDS,
        ("the", "mayor", "of", "kent", "met", "the", "press"),
        ("the", "mayor", "of", "essex", "met", "the", "press"),
    )
    assert [(slot.old, slot.new) for slot in words] == [("kent", "essex")]

"""Texts made to cost: they are compared in bounded time, and what is kept of them stays small."""

from __future__ import annotations

import json
import time
from random import Random

import pytest

from worker.identity.digest import normal_form
from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.index import MemoryIndex
from worker.identity.near.keys import exact_key
from worker.identity.near.reading import LONGEST, normal_title, read
from worker.model.feed import ParsedEntry
from worker.model.nearness import EntryText, Nearness
from worker.pipeline.beside import beside
from worker.ports import Learnt

MANY = 300_000
HAN = "据中国地震台网测定，云南省昭通市鲁甸县发生地震，救援人员正连夜为受灾群众搭建住所。"


def letters(seed: int, count: int) -> str:
    random = Random(seed)
    return "".join(chr(0x4E00 + random.randrange(15_000)) for _ in range(count))


@pytest.mark.parametrize(
    "text",
    [
        f"hello world {'.' * MANY}x",
        f"hello world {'.)' * MANY}x",
        f"{'བོད་ཡིག ' * 20}{'.' * MANY}x",
        f"a{'　' * MANY}b",
        "<" * MANY,
        "<a" * MANY,
        f"{HAN}{'1' * MANY}",
        f"{HAN}{'！' * MANY}x",
        "来源：" * MANY,
        "\n".join(["责任编辑" * 30] * 3_000),
    ],
    ids=["dots", "closed-dots", "dots-in-tibetan", "wide-blanks", "angles", "tags", "digits", "marks", "来源", "编辑"],
)
def test_no_text_or_title_takes_long_to_read(text: str) -> None:
    begun = time.process_time()
    read(text[:20_000], text)
    normal_title(text[:20_000])
    normal_form(text)
    assert time.process_time() - begun < 3


def test_of_a_text_without_end_the_beginning_is_compared(near: Recogniser) -> None:
    long = "。".join(letters(number, 40) for number in range(20_000))
    near.observe(Text("1", "甲", long))
    begun = time.process_time()
    verdict = near.observe(Text("2", "乙", f"{letters(7, 60)}。{long}"))
    assert verdict.nearness is Nearness.SAME
    assert time.process_time() - begun < 2
    assert not exact_key(read("甲", long)), "nobody knows how it goes on"
    assert exact_key(read("甲", long[:LONGEST]))


@pytest.fixture
def near() -> Recogniser:
    return Recogniser(MemoryIndex())


def test_what_is_kept_of_a_comparison_is_small_however_long_its_words_are(near: Recogniser) -> None:
    random = Random(3)
    old = [f"w{random.randrange(9**6):x}" for _ in range(3_000)]
    new = list(old)
    for at in range(20, 3_000, 50):
        old[at], new[at] = "1" * 500, "2" * 500
    near.observe(Text("1", "One title", " ".join(old)))
    verdict = near.observe(Text("2", "One title", " ".join(new)))
    assert verdict.evidence["figures"]
    assert len(json.dumps(verdict.evidence)) < 4_000


def entry_text(sentences: list[str]) -> EntryText:
    return EntryText(ParsedEntry(title="题", content=f"<p>{''.join(f'{each}。' for each in sentences)}</p>"), "")


@pytest.mark.parametrize("kind", ["two-letters", "two-sentences"])
def test_two_texts_made_to_be_alike_everywhere_are_laid_side_by_side_in_time(kind: str) -> None:
    random = Random(5)
    if kind == "two-sentences":
        one, other = ([f"这是第{(at % 2) * factor}种句子" for at in range(3_000)] for factor in (1, 2))
    else:
        one, other = (
            ["".join(random.choice(signs) for _ in range(280)) for _ in range(1_000)] for signs in ("甲乙", "丙乙")
        )
    begun = time.process_time()
    found = beside(entry_text(one), entry_text(other), near_furniture())
    assert time.process_time() - begun < 15
    assert found.rows


def near_furniture() -> Learnt:
    return Recogniser(MemoryIndex()).furniture

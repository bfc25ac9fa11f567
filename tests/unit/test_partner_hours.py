"""When articles come, as a partner reads it."""

from __future__ import annotations

import pytest

from worker.model.catalog import Schedule
from worker.partners.hours import ladder_words, schedule_words, span_words


def test_windows_and_times_are_said_in_both_languages() -> None:
    written = Schedule(windows=("mon-fri 09:00-17:00", "22:00 - 02:00"), at=("07:30", "sat,sun 10:00"), delay=1800)
    said = schedule_words(written, "Asia/Shanghai")
    assert said.zh[0] == "推送时段：周一至周五 09:00-17:00、22:00 - 02:00（时区 Asia/Shanghai）。"
    assert said.en[0] == "Articles come Mon-Fri 09:00-17:00, 22:00 - 02:00 (Asia/Shanghai)."
    assert said.en[1].endswith("in order, at 07:30, Sat,Sun 10:00 (Asia/Shanghai).")
    assert said.zh[1].endswith("07:30、周六、周日 10:00（时区 Asia/Shanghai）。")
    assert said.zh[2] == "原发布方发布 30 分钟之后才推送。"


def test_no_schedule_is_said_as_well() -> None:
    said = schedule_words(Schedule(rate=6, daily_cap=20), "UTC")
    assert said.zh == ("不限时间，稿件就绪即推送。", "每分钟最多 6 篇。", "每天最多 20 篇新稿。")


def test_the_ladder_is_the_one_in_force() -> None:
    en, zh = ladder_words()
    assert en.startswith("5 s, 5 min, 30 min, 2 h")
    assert zh.endswith("20 小时、1 天")


@pytest.mark.parametrize(("seconds", "words"), [(90, "90 秒"), (5400, "90 分钟"), (172800, "2 天")])
def test_spans_are_whole_units(seconds: int, words: str) -> None:
    assert span_words(seconds)[1] == words

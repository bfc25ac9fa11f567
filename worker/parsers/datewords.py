"""East Asian dates in plain digits: 二〇二六年十一月二十三日 下午三时 → 2026年11月23日 下午3时. Nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DIGITS: Final = {"○": 0, "零": 0} | {char: value for value, char in enumerate("〇一二三四五六七八九")}
_NUMERALS = "〇零○一二三四五六七八九十廿卅"
_NUMBER = re.compile(rf"(?<![期周週拜])[{_NUMERALS}]+(?=\s*[年月日号號时時点點分秒])")
# As programs write in Chinese what they write in English otherwise: 23 11月 2026, 11月 23, 2026.
_YEAR_LAST = re.compile(
    r"(?<![\d年])(?:(?P<day>\d{1,2})[\s,-]+(?P<month>\d{1,2})\s*月|(?P<month_>\d{1,2})\s*月\s*(?P<day_>\d{1,2})日?)"
    r"(?:\s*[,-]\s*|\s+)(?P<year>[12]\d{3})(?![\d:年])"
)
_HALF_BEHIND = re.compile(r"(\d{1,2}:\d{2}(?::\d{2})?)\s*([上下]午)(?!\s*\d)")
_HALF_HOUR = re.compile(r"(?<=[点點時时])\s*半")

# The year before the first of each era.
_ERAS: Final = {"中華民國": 1911, "中华民国": 1911, "民國": 1911, "民国": 1911, "平成": 1988, "令和": 2018}
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s*(元|\d{{1,3}}|[{_NUMERALS}]{{1,4}})(?=\s*[年/.\-])")

_WEEKDAY = re.compile(
    r"[(\[]?(?:(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]|[日月火水木金土]曜日?|[월화수목금토일]요일)[)\]]?,?"
    r"|[(\[][一二三四五六日月火水木金土월화수목금토일][)\]]"
)
_ZONES: Final = {"北京": "+0800", "台北": "+0800", "臺北": "+0800", "香港": "+0800", "日本": "+0900", "东京": "+0900"}
_ZONE = re.compile(rf"\(?({'|'.join(_ZONES)})(?:时间|時間)\)?[:,]?")
_ZONED = re.compile(r"(?:[+\-]\d{2}:?\d{2}|[zZ]|GMT|UTC)\s*$")
_CLOCK = re.compile(r"\d\s*[:时時点點]")
_LABEL = re.compile(
    r"^(?:(?:发布|發布|發佈|发表|更新|刊登|出版)?(?:时间|時間|日期)|(?:发布|發佈|發布|发表|更新|刊登|出版)(?:于|於)?)\s*:?\s*"
)
_DONE = re.compile(r"\s*(?:发布|發布|發佈|发表|更新|刊登)$")


def plain(text: str) -> str:
    """``text`` with digits for numerals, the common era for 民國, 令和 and 平成, an offset for 北京时间, and without
    weekdays and labels (发布时间：). Full-width signs become narrow ones. Other texts come back as they are."""
    text = unicodedata.normalize("NFKC", text)
    text = _DONE.sub("", _LABEL.sub("", text))
    text = _WEEKDAY.sub(" ", text)
    text = _ERA.sub(lambda era: str(_ERAS[era[1]] + (1 if era[2] == "元" else _number(era[2]))), text)
    text = _NUMBER.sub(lambda found: str(_number(found[0])), text)
    text = _YEAR_LAST.sub(_year_first, text)
    text = _HALF_BEHIND.sub(r"\2 \1", text)
    text = _HALF_HOUR.sub("30分", text)
    if zone := _ZONE.search(text):
        text = text[: zone.start()] + " " + text[zone.end() :]
        if _CLOCK.search(text) and not _ZONED.search(text):
            text = f"{text} {_ZONES[zone[1]]}"
    return " ".join(text.split())


def _year_first(found: re.Match[str]) -> str:
    return f"{found['year']}年{found['month'] or found['month_']}月{found['day'] or found['day_']}日"


def _number(text: str) -> int:
    """二〇二六, 十一, 二十三, 廿三 or 23 as a number; 0, which no date has, for a run that is none."""
    if text.isdigit() and text.isascii():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        return int("".join(str(_DIGITS[char]) for char in text)[:9])
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return 0
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)

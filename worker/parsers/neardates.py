"""The date that stands beside a link on a listing: a short text that is a date and little else."""

from __future__ import annotations

import re
from datetime import datetime

from worker.parsers.dates import parse_date

_CLOCK = r"(?:[\sT]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"
_FULL = re.compile(rf"(?<!\d)((?:19|20)\d\d\s*[-./年]\s*\d{{1,2}}\s*[-./月]\s*\d{{1,2}}\s*日?{_CLOCK})(?!\d)")
_ENGLISH = re.compile(
    r"((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}"
    r"|\d{1,2}(?:st|nd|rd|th)?\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?\s+\d{4})",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(rf"(?<![\d.])(\d{{1,2}})\s*[-./月]\s*(\d{{1,2}})\s*日?({_CLOCK})(?![\d.])")
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})\s*月?")
_DAY = re.compile(r"(\d{1,2})\s*日?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LABEL = re.compile(
    r"(?:(?:发布|发表|更新|添加|录入)?(?:时间|日期)|(?:published|posted|updated)(?: on)?)\s*[:：]?\s*", re.IGNORECASE
)
_FRAME = " \t\r\n\xa0\u3000[]()（）【】〔〕<>《》|·•,，:："
_MOST_AROUND = 14  # letters of a label (发布时间：) or a source's name beside the date
_LONGEST = 80


def date_in(text: str, zone: str, *, whole: bool = False, address: dict[str, str] | None = None) -> datetime | None:
    """The date that ``text`` is, as aware UTC. ``whole``: nothing may stand around it. A month and day take their year
    from ``address`` (``links.address_date``) where it names the same month, else they are no date."""
    if len(text) > _LONGEST or not any(map(str.isdigit, text)):
        return None
    line = _LABEL.sub("", text.strip(_FRAME), count=1) if whole else text.strip(_FRAME)
    for pattern in (_FULL, _ENGLISH):
        if found := pattern.search(line):
            if len(line) - len(found[0]) > (0 if whole else _MOST_AROUND):
                return None
            return parse_date(_plain(found[1]), zone)
    if address and (found := _MONTH_DAY.search(line)) and len(line) - len(found[0]) <= (0 if whole else _MOST_AROUND):
        month, day, clock = found.groups()
        if int(month) == int(address["month"]) and int(day) == int(address.get("day", day)):
            return parse_date(_plain(f"{address['year']}-{month}-{day}{clock}"), zone)
    return None


def may_be_month_day(text: str) -> bool:
    """Could ``text`` be a date without its year?"""
    line = text.strip(_FRAME)
    found = _MONTH_DAY.search(line) if len(line) <= _LONGEST else None
    return found is not None and len(line) - len(found[0]) <= _MOST_AROUND


def joined_date(first: str, second: str, zone: str) -> datetime | None:
    """The date whose day and month stand apart, as calendar leaves are set: ``16`` over ``2023-09``, ``09-16`` over
    ``2023``."""
    one, two = first.strip(_FRAME), second.strip(_FRAME)
    if len(one) > 12 or len(two) > 12:
        return None
    for leaf, rest in ((one, two), (two, one)):
        if (month := _YEAR_MONTH.fullmatch(rest)) and (day := _DAY.fullmatch(leaf)):
            return parse_date(f"{month[1]}-{month[2]}-{day[1]}", zone)
        if _YEAR.fullmatch(rest) and (part := _MONTH_DAY.fullmatch(leaf)):
            return parse_date(f"{rest}-{part[1]}-{part[2]}", zone)
    return None


def _plain(text: str) -> str:
    return re.sub(r"\s*([-./年月])\s*", r"\1", text.replace("：", ":"))

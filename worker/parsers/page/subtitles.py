"""The second line of a headline: 副标题, 引题, a standfirst the markup calls one."""

from __future__ import annotations

import re

from worker.parsers.page.head import Head
from worker.parsers.page.scan import Line, hidden, key, marks, squeeze
from worker.parsers.page.zones import Zones

_LABEL = re.compile(r"^\s*(?:副\s?标\s?题|副\s?標\s?題|副题|引\s?题|肩\s?题)\s{0,3}[:：]\s{0,3}(\S.{1,150})$")
_MARK = re.compile(
    r"sub-?_?(?:title|head|headline)|(?<![a-z_-])sub(?![a-z_-])|standfirst|\bdek\b|\bdeck\b|\bintro-?title|yinti|futi|\bft\b|fubiaoti|kicker-?sub"
)
_STAMP = re.compile(r"[:：]\d|来源|作者|\d{4}[-年/]")
_METAS = ("subtitle", "articlesubtitle", "secondtitle")
_LONGEST = 300


def read_subtitle(zones: Zones, title: Line, head: Head) -> tuple[str, str] | None:
    for line in zones.masthead:
        if abs(line.index - title.index) > 5 or line is title or len(line.text) > _LONGEST or hidden(line.block):
            continue
        text = line.running()
        if match := _LABEL.match(text):
            return match[1], "masthead"
        marked = _MARK.search(marks(line.block)) and len(text) >= 4 and key(text) != key(title.running())
        if marked and not _STAMP.search(text):
            return squeeze(text), "masthead"
        if text.startswith(("——", "—", "--")) and 0 < line.index - title.index <= 2 and 6 <= len(text) <= 80:
            return text.lstrip("—- "), "masthead"
    value = head.meta(*_METAS)
    return (value, "meta") if value and len(value) <= _LONGEST else None

"""A destination's schedule and the ladder of attempts in plain words, English and Chinese, for the partner."""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.model.catalog import Schedule
from worker.schedule import LADDER

_UNITS = ((86400, "d", "天"), (3600, "h", "小时"), (60, "min", "分钟"), (1, "s", "秒"))


@dataclass(frozen=True, slots=True)
class Said:
    """The same lines in both languages."""

    en: tuple[str, ...]
    zh: tuple[str, ...]


def schedule_words(schedule: Schedule, zone: str) -> Said:
    """``zone`` is the operator's, for a schedule without one."""
    zone = schedule.zone or zone
    lines: list[tuple[str, str]] = []
    if schedule.windows:
        listed = [_day_words(one) for one in schedule.windows]
        lines.append(
            (
                f"Articles come {', '.join(en for en, _ in listed)} ({zone}).",
                f"推送时段：{'、'.join(zh for _, zh in listed)}（时区 {zone}）。",
            )
        )
    if schedule.at:
        listed = [_day_words(one) for one in schedule.at]
        lines.append(
            (
                f"What is ready comes in one batch, in order, at {', '.join(en for en, _ in listed)} ({zone}).",
                f"定时成批按序推送：{'、'.join(zh for _, zh in listed)}（时区 {zone}）。",
            )
        )
    if not lines:
        lines.append(("At any time, as soon as an article is ready.", "不限时间，稿件就绪即推送。"))
    lines += _limits(schedule)
    return Said(tuple(en for en, _ in lines), tuple(zh for _, zh in lines))


def _limits(schedule: Schedule) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    if schedule.delay:
        en, zh = span_words(schedule.delay)
        lines.append((f"Not before {en} after the origin published it.", f"原发布方发布 {zh}之后才推送。"))
    if schedule.rate:
        lines.append((f"At most {schedule.rate} a minute.", f"每分钟最多 {schedule.rate} 篇。"))
    if schedule.daily_cap:
        cap = schedule.daily_cap
        lines.append((f"At most {cap} new articles a day.", f"每天最多 {cap} 篇新稿。"))
    return lines


_DAYS = {
    "workdays": ("on workdays", "工作日"),
    "weekends": ("on days off", "休息日"),
    "daily": ("daily", "每天"),
    "mon": ("Mon", "周一"),
    "tue": ("Tue", "周二"),
    "wed": ("Wed", "周三"),
    "thu": ("Thu", "周四"),
    "fri": ("Fri", "周五"),
    "sat": ("Sat", "周六"),
    "sun": ("Sun", "周日"),
}
_WHEN = re.compile(r"(?:([a-z][a-z,-]*)\s+)?(.+)")


def _day_words(written: str) -> tuple[str, str]:
    """``workdays 08:30-18:00`` as people say it."""
    found = _WHEN.fullmatch(written.strip().lower())
    days, hours = (found[1] or "", found[2]) if found else ("", written)
    if not days:
        return hours, hours
    en, zh = days, days
    for word, (english, chinese) in _DAYS.items():
        en, zh = en.replace(word, english), zh.replace(word, chinese)
    zh = zh.replace("-", "至").replace(",", "、")
    return f"{en} {hours}", f"{zh} {hours}"


def ladder_words() -> tuple[str, str]:
    """The waits before each further attempt, in English and Chinese."""
    spans = [span_words(wait) for wait in LADDER if wait]
    return ", ".join(en for en, _ in spans), "、".join(zh for _, zh in spans)


def span_words(seconds: int) -> tuple[str, str]:
    """``7200`` → ``2 h``, ``2 小时``; whole units only."""
    for size, en, zh in _UNITS:
        if seconds % size == 0:
            return f"{seconds // size} {en}", f"{seconds // size} {zh}"
    raise ValueError(f"{seconds} is no whole number of seconds")

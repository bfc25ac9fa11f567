"""The value of a number however it is written: 12000, 1.2万, 一万二千. Points are gone from texts in normal form."""

from __future__ import annotations

import re

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "壹": 1}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿壹]+")
_MIXED = re.compile(r"(\d+)([万亿千百]?)")


def value_of(words: str) -> int | None:
    """The number the words hold, the digits alone where a point may have been lost; None when there is not just one."""
    mixed = _MIXED.findall(words)
    if len(mixed) == 1:
        digits, unit = mixed[0]
        return int(digits[:18]) * {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}[unit]
    if mixed:
        return None
    chinese = _CHINESE.findall(words)
    return _chinese(chinese[0]) if len(chinese) == 1 else None


def _chinese(words: str) -> int:
    if not any(each in _UNITS or each in _LARGE for each in words):
        return int("".join(str(_DIGITS[each]) for each in words))
    total = section = digit = 0
    for each in words:
        if each in _DIGITS:
            digit = _DIGITS[each]
        elif each in _UNITS:
            section += (digit or 1) * _UNITS[each]
            digit = 0
        else:
            total = (total + section + digit or 1) * _LARGE[each]
            section = digit = 0
    return total + section + digit

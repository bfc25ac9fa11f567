"""How the values of a ``site`` source are written in newsroad.toml: selectors, patterns, date formats, waits.

Each type here checks one spelling and says in its error what is allowed instead. What passes never raises at work.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from worker.catalog.values import meant, seconds_of, shown
from worker.model.page import CONFIDENCE

REQUIRABLE = ("title", "published", "source", "author", "body")
_LONGEST = 500


def _selector(value: str) -> str:
    problem = "is too long" if len(value) > _LONGEST else ""
    try:
        if not problem:
            CSSSelector(value, translator="html")
    except (SelectorError, ValueError, RecursionError) as error:
        problem = str(error) or "cannot be read"
    if problem:
        raise ValueError(f'{shown(value)} is no CSS selector: {problem} (write "ul.list a", "#content", "h1")')
    return value


def _pattern(value: str) -> str:
    problem = "is too long" if len(value) > _LONGEST else ""
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError) as error:
        problem = str(error)
    if problem:
        allowed = r"write '/\d{6}/\d+\.html'"
        raise ValueError(f"{shown(value)} is no regular expression: {problem} ({allowed})")
    return value


def _date_format(value: str) -> str:
    sample = datetime(2026, 11, 24, 13, 57, 8)  # noqa: DTZ001  (a wall clock, as pages show it)
    try:
        read = datetime.strptime(sample.strftime(value), value)  # noqa: DTZ007
        if (read.year, read.month, read.day) == (2026, 11, 24):
            return value
        problem = "it does not give year, month and day"
    except (ValueError, re.error) as error:
        problem = str(error)
    raise ValueError(f'{shown(value)} is no date format: {problem} (write "%Y-%m-%d %H:%M", "%Y年%m月%d日")')


def _floor(value: object) -> str:
    if isinstance(value, str) and value in CONFIDENCE:
        return value
    allowed = ", ".join(f'"{name}"' for name in CONFIDENCE)
    raise ValueError(f"{shown(value)} is not allowed here ({meant(str(value), CONFIDENCE)}allowed: {allowed})")


def _field(value: str) -> str:
    if value in REQUIRABLE:
        return value
    allowed = ", ".join(f'"{name}"' for name in REQUIRABLE)
    raise ValueError(f"{shown(value)} is not allowed here ({meant(value, REQUIRABLE)}allowed: {allowed})")


def _once(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(value)) < len(value):
        raise ValueError("names a field twice")
    return value


def _ascending(value: tuple[int, ...]) -> tuple[int, ...]:
    if list(value) != sorted(set(value)):
        raise ValueError('must ascend, each after the one before, like ["10m", "1h", "1d"]')
    return value


def _form_value(value: object) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"must be a text in quotes or a number, not {shown(value)}")


Selector = Annotated[str, Field(min_length=1), AfterValidator(_selector)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]
DateFormat = Annotated[str, Field(min_length=1), AfterValidator(_date_format)]
Floor = Annotated[str, PlainValidator(_floor)]
Required = Annotated[tuple[Annotated[str, AfterValidator(_field)], ...], AfterValidator(_once)]
Following = Annotated[
    tuple[Annotated[int, BeforeValidator(seconds_of)], ...], AfterValidator(_ascending), Field(max_length=20)
]
FormValue = Annotated[str, BeforeValidator(_form_value)]

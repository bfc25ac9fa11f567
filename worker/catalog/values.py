"""How single values are written in newsroad.toml: spans of time, moments, zones, addresses, keys, languages.

Each type here checks one spelling and says in its error what is allowed instead.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from ipaddress import ip_address, ip_network
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from worker import openings
from worker.http.guard import check_url

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
KEY_RULE = "lower-case letters, digits, - and _, at most 64"

_SPAN = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DOMAIN = re.compile(r"[^\s/:@]+")
_MAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")


def near(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that was probably meant by ``word``."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def meant(word: str, known: Iterable[str]) -> str:
    """``did you mean "this"? `` when something of ``known`` was probably meant, else nothing."""
    guess = near(word, known)
    return f'did you mean "{guess}"? ' if guess else ""


def span_text(seconds: int) -> str:
    """Seconds the way the file writes them: 900 → ``15m``."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"


def seconds_of(value: object, *, zero: bool = False) -> int:
    """A span as whole seconds; ``zero`` allows none at all. Raises ValueError saying what is allowed."""
    allowed = 'must be a span of time such as "90s", "15m", "1h" or "2d", or a whole number of seconds'
    if isinstance(value, int) and not isinstance(value, bool):
        seconds = value
    elif isinstance(value, str) and (match := _SPAN.fullmatch(value.strip())):
        seconds = int(match[1]) * _UNITS[match[2]]
    else:
        raise ValueError(f"{allowed}, not {shown(value)}")
    if seconds < 0 or (seconds == 0 and not zero):
        raise ValueError("must be longer than nothing")
    return seconds


def _pace(value: object) -> float:
    if isinstance(value, float) or value == 0:
        return float(value) if not isinstance(value, bool) else seconds_of(value)
    return float(seconds_of(value))


def read_moment(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        for read in (date.fromisoformat, datetime.fromisoformat):
            try:
                return read(value)
            except ValueError:
                continue
    raise ValueError(
        f"must be a date such as 2026-12-31 or a time such as 2026-12-31T18:00:00+08:00, not {shown(value)}"
    )


def as_utc(moment: date, zone: str, *, end_of_day: bool = False) -> datetime:
    """``moment`` as aware UTC. A time without an offset is read in ``zone``; a plain date is the start of that day
    there, or the start of the next one when ``end_of_day``."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment + timedelta(days=end_of_day), time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())  # reads some six hundred files


_BEIJING = re.compile(r"beijing|peking|北京|^cst$|^(utc|gmt)?\+0?8(:?00)?$", re.IGNORECASE)  # what China's zone is not


def _zone(value: str) -> str:
    known = _zones()
    if value in known:
        return value
    guess = "Asia/Shanghai" if _BEIJING.search(value) else near(value, known)
    hint = f'did you mean "{guess}"?' if guess else 'allowed: names such as "Asia/Shanghai", "UTC"'
    raise ValueError(f"there is no time zone {value!r} ({hint})")


def _url(value: str) -> str:
    problem = check_url(value)
    if problem:
        raise ValueError(f"{problem} (write the whole address: https://…)")
    return value


def _contact(value: str) -> str:
    if not value.strip():
        raise ValueError(
            "is empty; write the e-mail address or web page where readers, publishers and partners reach you "
            "(it stands in footers, feeds, payloads and the User-Agent)"
        )
    if _MAIL.fullmatch(value) or check_url(value) is None:
        return value
    raise ValueError(f"must be an e-mail address or an http(s) address, not {value!r}")


def _key(value: str) -> str:
    if KEY.fullmatch(value):
        return value
    raise ValueError(f"{value!r} is no key ({KEY_RULE})")


def _language(value: str) -> str:
    if LANGUAGE.fullmatch(value):
        return value
    raise ValueError(f'{value!r} is no language tag (such as "zh", "zh-Hant", "en", "bo")')


def _network(value: str) -> str:
    try:
        return str(ip_network(value)) if "/" in value else str(ip_address(value))
    except ValueError:
        raise ValueError(f'{value!r} is no address (write "203.0.113.7", or a network as "203.0.113.0/28")') from None


def _domain(value: str) -> str:
    if _DOMAIN.fullmatch(value):
        return value.lower().rstrip(".")
    raise ValueError(f'{value!r} is no domain (write "example.cn", without https:// and path)')


def _window(value: str) -> str:
    openings.read_window(value)
    return value


def _mark(value: str) -> str:
    openings.read_mark(value)
    return value


def _days(value: str) -> str:
    openings.read_days(value)
    return value


def _text(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("has a control character in it, which nobody sees and terminals obey (write it anew)")
    return value


def is_reference(value: str) -> bool:
    """Whether ``value`` says where a secret is (``env:NAME``, ``file:PATH``) and is not one itself."""
    scheme, _, rest = value.partition(":")
    return scheme in {"env", "file"} and bool(rest.strip())


def shown(value: object) -> str:
    """A value as the file has it, cut to a readable length."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


Seconds = Annotated[int, BeforeValidator(seconds_of)]
SecondsOrZero = Annotated[int, BeforeValidator(partial(seconds_of, zero=True))]
Pace = Annotated[float, BeforeValidator(_pace), Field(ge=0)]
Moment = Annotated[date, PlainValidator(read_moment)]
Zone = Annotated[str, AfterValidator(_zone)]
Url = Annotated[str, AfterValidator(_url)]
Contact = Annotated[str, AfterValidator(_contact)]
Key = Annotated[str, AfterValidator(_key)]
Language = Annotated[str, AfterValidator(_language)]
Domain = Annotated[str, AfterValidator(_domain)]
Network = Annotated[str, AfterValidator(_network)]
Window = Annotated[str, AfterValidator(_window)]
Mark = Annotated[str, AfterValidator(_mark)]
Days = Annotated[str, AfterValidator(_days)]
Text = Annotated[str, Field(min_length=1), AfterValidator(_text)]

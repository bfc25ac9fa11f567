"""How the values of [alerts] are written in newsroad.toml: times of day, e-mail addresses, the reference to a
secret."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from worker.catalog.values import is_reference, shown

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MAIL = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]+\.[!-?A-~]+")
_LONGEST = 254  # characters of an address (RFC 5321, 4.5.3.1.3)


def _clock(value: str) -> str:
    if _CLOCK.fullmatch(value):
        return value
    raise ValueError(f'must be a time of day such as "08:30", not {shown(value)}')


def _mail(value: str) -> str:
    if _MAIL.fullmatch(value) and len(value) <= _LONGEST and not set(value) & set('<>(),;:"'):
        return value
    raise ValueError(f'must be an e-mail address such as "desk@example.cn", not {shown(value)}')


def reference(value: str | None) -> str | None:
    """``env:NAME`` or ``file:PATH``; the error does not repeat what was written."""
    if value is None or is_reference(value):
        return value
    raise ValueError('must be a reference, never the secret itself (write "env:ALERTS_SECRET" or "file:PATH")')


Clock = Annotated[str, AfterValidator(_clock)]
Mail = Annotated[str, AfterValidator(_mail)]

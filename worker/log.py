"""Structured logs, one line an event, on standard error. Secrets never reach them: values of keys that could hold one
are masked, and names and passwords inside addresses are cut out."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog

_SECRET_KEY = re.compile(r"secret|token|password|authorization|cookie|signature", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/@\s]+@")
_TOKEN_QUERY = re.compile(r"([?&][\w.-]{0,40}(?:token|key|secret|password|signature)=)[^&\s]+", re.IGNORECASE)


# What steers a terminal or turns lines round: controls but tab and newline, and the bidirectional overrides.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


def readable(text: str) -> str:
    """``text`` from outside as a terminal may show it: what would steer it stands there as an escape, ``\\u001b``.

    Inside a JSON string that is the very same string; tabs and newlines stay.
    """
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def redact(_logger: Any, _name: str, event: Any) -> Any:
    """Mask what could be a secret in every value of an event."""
    return {key: "***" if _SECRET_KEY.search(key) else clean(value) for key, value in event.items()}


def clean(value: object) -> object:
    """``value`` without credentials inside addresses, and fit for a terminal."""
    if not isinstance(value, str):
        return value
    value = readable(value)
    return _TOKEN_QUERY.sub(r"\1***", _USER_INFO.sub("***@", value))


def configure(level: str = "INFO", style: str = "console") -> None:
    """Set up logging for this process; ``style`` is ``console`` or ``json``."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=max(number, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )

"""A partner's own signs in its answer: whether it took the delivery, and under which id and address it has it.

Many content systems answer 200 to everything and say in JSON what they mean by it. Pure, and nothing in an answer
raises: it is as hostile as any document from outside.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from worker.destinations.kind import Options
from worker.http.guard import check_url
from worker.model.delivery import Answer, Result, Verdict
from worker.model.fetch import Outcome

_BEGINNING = 120  # characters of an answer that a refusal repeats
_LONGEST_ID = 300
_LONGEST_URL = 2000
_MARKUP = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|\?xml|!--)", re.IGNORECASE)
_CHARSET = re.compile(r"charset=\"?([\w.-]+)", re.IGNORECASE)
_ABSENT = object()


def _checked_path(path: str) -> str:
    if not path or any(not step or step != step.strip() for step in path.split(".")):
        raise ValueError(
            'must be names joined by dots, with positions from 0 in lists, as in "data.url" or "data.0.id"'
        )
    return path


class Sign(BaseModel):
    """The member of the JSON answer, at the dotted path ``json``, that must equal ``equals`` for a delivery to count as
    taken. A text, a number and a truth value are never equal to one another."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    path: str = Field(alias="json", max_length=200)
    equals: Any

    _path = field_validator("path")(_checked_path)

    @field_validator("equals")
    @classmethod
    def _plain_value(cls, value: object) -> object:
        if not isinstance(value, (str, int, float)) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError('must be a text, a number, true or false, as in { json = "code", equals = 0 }')
        return value


class AnswerOptions(Options):
    """What to look for in an answer of 2xx. Without ``ok`` the status alone decides."""

    ok: Sign | None = None
    remote_url_from: str | None = Field(default=None, max_length=200)
    remote_id_from: str | None = Field(default=None, max_length=200)

    @field_validator("remote_url_from", "remote_id_from")
    @classmethod
    def _dotted(cls, path: str | None) -> str | None:
        return None if path is None else _checked_path(path)

    @property
    def asks(self) -> bool:
        return self.ok is not None or self.remote_url_from is not None or self.remote_id_from is not None


@dataclass(frozen=True, slots=True)
class _Body:
    """An answer's JSON, or that it has none; ``begins`` is how it begins, for people."""

    value: object
    is_json: bool
    is_markup: bool
    begins: str


def read_signs(answer: Answer, outcome: Outcome, options: AnswerOptions) -> Answer:
    """``answer`` (judged by its status) as the partner's own signs have it. Only an accepted 2xx is looked into.

    What it refuses by its own sign it may take later, as with a 5xx: it is tried again along the ladder and parked at
    its end.
    """
    taken = answer.result is Result.ACCEPTED and answer.status is not None and 200 <= answer.status < 300
    if not taken or not options.asks:
        return answer
    body = _read(outcome)
    refusal = _refusal(body, options)
    if refusal is not None:
        words = f"the partner answered {answer.status}, but {refusal}; it is tried again at the next time of the ladder"
        return replace(answer, result=Result.REFUSED, verdict=Verdict.RETRY, detail=words)
    url, no_url = _kept(_url, body, options.remote_url_from, "http(s) address")
    known_as, no_id = _kept(_id, body, options.remote_id_from, "id")
    missing = "".join(f", but its answer has no {words}" for words in (no_url, no_id) if words)
    return replace(answer, remote_url=url, remote_id=known_as, detail=f"{answer.detail}{missing}")


def _read(outcome: Outcome) -> _Body:
    content_type = outcome.headers.get("content-type", "").lower()
    text = _decoded(outcome.body, content_type)
    begins = " ".join(text[:2000].split())[:_BEGINNING].replace("\0", "\ufffd")
    markup = bool(_MARKUP.match(outcome.body)) or ("html" in content_type and bool(outcome.body.strip()))
    try:
        return _Body(json.loads(text), True, False, begins)
    except (ValueError, RecursionError):  # a number of more than 4,300 digits is a ValueError as well
        return _Body(None, False, markup, begins)


def _decoded(body: bytes, content_type: str) -> str:
    """UTF-8 as JSON must be, else what the header declares, else the usual charset of those who forget to say."""
    declared = _CHARSET.search(content_type)
    for charset in ("utf-8-sig", declared[1] if declared else "", "gb18030"):
        try:
            return body.decode(charset)
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def _refusal(body: _Body, options: AnswerOptions) -> str | None:
    """Why an answer of 2xx is none, or None."""
    sign = options.ok
    begins = f"it begins: {body.begins}" if body.begins else "it is empty"
    if body.is_markup:
        return f"with a web page where JSON is due ({begins})"
    if sign is None:
        return None
    if not body.is_json:
        return f"without JSON, in which {sign.path} would say whether it was taken ({begins})"
    found = value_at(body.value, sign.path)
    if found is _ABSENT:
        return f"its JSON has no {sign.path}, which must be {_said(sign.equals)} ({begins})"
    if not same(found, sign.equals):
        return f"its {sign.path} is {_said(found)}, not {_said(sign.equals)} ({begins})"
    return None


def value_at(value: object, path: str) -> object:
    """What stands in ``value`` (JSON) at the dotted ``path``; a marker that equals nothing where there is nothing."""
    for step in path.split("."):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step[:9]) < len(value):
            value = value[int(step[:9])]
        else:
            return _ABSENT
    return value


def same(found: object, wanted: object) -> bool:
    """JSON's own equality: 0 is 0.0, but neither "0" nor false."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
        return found == wanted
    return isinstance(found, str) and found == wanted


def _said(value: object) -> str:
    """``value`` as JSON. Half a character, which no database takes, stays the escape that it came as."""
    try:
        words = json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
    except (ValueError, RecursionError):
        words = "something unprintable"
    return words if len(words) <= _BEGINNING else f"{words[:_BEGINNING]}…"


def _kept(read: Any, body: _Body, path: str | None, what: str) -> tuple[str | None, str]:
    """The value that ``read`` keeps of what stands at ``path``; where it is due and missing, words for that."""
    if path is None:
        return None, ""
    kept = read(value_at(body.value, path)) if body.is_json else None
    return kept, "" if kept is not None else f"{what} at {path}"


def _url(value: object) -> str | None:
    """Only an address that a browser opens by itself, and whose host nobody can mistake, is kept: people click it."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL:
        return None
    url = value.strip()
    plain = all(character.isprintable() and not character.isspace() for character in url)
    return url if plain and check_url(url) is None else None


def _id(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    try:
        text = str(value).strip()
    except ValueError:  # more digits than Python writes
        return None
    return text if text and len(text) <= _LONGEST_ID and text.isprintable() else None

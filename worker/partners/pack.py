"""What a partner is given: what arrives and when, schemas, examples, and receivers that work as they are."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from worker.destinations import PullOptions, WebhookOptions
from worker.destinations.kind import Options
from worker.destinations.payload import payload
from worker.destinations.pull import CHANGES
from worker.destinations.webhook import key_of, message_id, sign
from worker.errors import Refused
from worker.model.catalog import Destination
from worker.model.delivery import Action, Release, Withdrawal
from worker.partners.article import trial_release, trial_withdrawal
from worker.partners.hours import ladder_words, schedule_words
from worker.pipeline.release import carried
from worker.pipeline.view import View

SAMPLE_KEY = "whsec_" + base64.b64encode(b"newsroad's sample key: no secret").decode()
_ROOT = Path(__file__).parents[1]
_PROGRAMS, _SCHEMAS = _ROOT / "static" / "partner", _ROOT / "static"
_PAYLOAD, _CHANGES = "webhook-payload.schema.json", "changes.schema.json"


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a pack; ``private``: only its owner may read it."""

    name: str
    content: bytes
    private: bool = False


def pack(
    destination: Destination, options: object, view: View, now: datetime, *, secret: str | None = None
) -> list[Packed]:
    """The files for the partner behind ``destination``; with ``secret`` (its value) that as well.

    Raises Refused for a kind whose readers need nothing but an address.
    """
    if isinstance(options, WebhookOptions):
        own = _webhook(destination, options, view, now)
        private = "secret.txt"
    elif isinstance(options, PullOptions):
        own = _pull(destination, view, now)
        private = "token.txt"
    else:
        raise Refused(
            f"{destination.key} is of kind {destination.kind}: there is nothing to write but an address; "
            f"see: newsroad destination test {destination.key}"
        )
    kind = "webhook" if isinstance(options, WebhookOptions) else "pull"
    facts = _facts(destination, options, view, now, with_secret=secret is not None)
    files = [Packed(f"README.{tongue}.md", _page(f"{kind}.{tongue}.md", facts)) for tongue in ("zh", "en")]
    files += [*own, Packed(_PAYLOAD, (_SCHEMAS / _PAYLOAD).read_bytes())]
    if secret is not None:
        files.append(Packed(private, f"{secret}\n".encode(), private=True))
    return files


def _page(name: str, facts: Mapping[str, object]) -> bytes:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # no other command about destinations needs it

    # Markdown for people, not HTML: nothing is to be escaped.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(_ROOT / "templates" / "partner"),
        undefined=StrictUndefined,
        trim_blocks=False,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(facts).encode()


def _facts(
    destination: Destination, options: Options, view: View, now: datetime, *, with_secret: bool
) -> dict[str, object]:
    operator = view.catalogue.operator
    ladder = ladder_words()
    webhook = options if isinstance(options, WebhookOptions) else None
    return {
        "operator": operator,
        "subscriber": view.subscribers[destination.subscriber],
        "destination": destination,
        "url": webhook.url if webhook else operator.site + CHANGES,
        "timeout": round(webhook.timeout) if webhook else 0,
        "ok": webhook.ok if webhook else None,
        "ok_value": json.dumps(webhook.ok.equals, ensure_ascii=False) if webhook and webhook.ok else "",
        "remote_url": webhook.remote_url_from if webhook else None,
        "channels": carried(tuple(view.paths), destination, view),
        "columns": sorted(destination.columns.items()),
        "when": schedule_words(destination.schedule, operator.zone),
        "ladder": {"en": ladder[0], "zh": ladder[1]},
        "written": now.astimezone(ZoneInfo(operator.zone)).date().isoformat(),
        "with_secret": with_secret,
        "zh_first": operator.language.startswith("zh"),
    }


def _stations(destination: Destination, view: View, now: datetime) -> list[tuple[str, Release | Withdrawal]]:
    """The life of the test article: published, changed, withdrawn."""
    updated = trial_release(destination, view, now, sequence=2, action=Action.UPDATE)
    return [
        ("1-publish", trial_release(destination, view, now, sequence=1)),
        ("2-update", updated),
        ("3-retract", trial_withdrawal(destination, view, now + timedelta(hours=1), sequence=3)),
    ]


def _webhook(destination: Destination, options: WebhookOptions, view: View, now: datetime) -> list[Packed]:
    files = [_program(name) for name in ("receiver.py", "receiver.php", "receiver.mjs", "try.py")]
    files.append(Packed("sample-secret.txt", f"{SAMPLE_KEY}\n".encode()))
    for name, subject in _stations(destination, view, now):
        body = payload(subject, destination.key)
        message = message_id(uuid5(NAMESPACE_URL, f"{destination.key}/{name}"))
        headers = {"content-type": "application/json", **sign([key_of(SAMPLE_KEY)], message, now, body)}
        request = {"method": "POST", "url": options.url, "headers": headers, "body": body.decode()}
        files.append(Packed(f"examples/{name}.json", _json(request)))
    return files


def _pull(destination: Destination, view: View, now: datetime) -> list[Packed]:
    files = [_program(name) for name in ("client.py", "client.php", "client.mjs")]
    files.append(Packed(_CHANGES, (_SCHEMAS / _CHANGES).read_bytes()))
    described = (_SCHEMAS / "openapi.json").read_text("utf-8").replace('"changes.json"', f'"{_CHANGES}"')
    files.append(Packed("openapi.json", described.encode()))
    files.append(Packed("settings.json", _json({"url": view.catalogue.operator.site + CHANGES})))
    changes = [
        {"seq": at, **json.loads(payload(subject, destination.key))}
        for at, (_, subject) in enumerate(_stations(destination, view, now), start=4711)
    ]
    files.append(Packed("examples/answer.json", _json({"changes": changes, "next": 4713, "more": False})))
    return files


def _program(name: str) -> Packed:
    return Packed(name, (_PROGRAMS / name).read_bytes())


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"

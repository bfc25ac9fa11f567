"""What the verbs of ``newsroad probe`` share: reading files and addresses, printing a line."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from worker.errors import NotFound
from worker.log import readable
from worker.model.feed import Document
from worker.model.fetch import Request

Node = dict[str, Any]

_GZIP = b"\x1f\x8b"
_MOST_BYTES = 64 * 1024 * 1024
_WANTED = 'write {"file": NAME}, and if you like "url", "content_type" and "zone"'


def document_of(what: str, url: str | None, content_type: str | None, zone: str) -> Document:
    """The document in a file (``-`` is standard input) or at an address."""
    if what.startswith(("http://", "https://")) and not Path(what).exists():
        return fetched(what, url, content_type, zone)
    return Document(read(what), url, content_type, zone)


def asked_in(line: bytes) -> dict[str, str]:
    """What one line of ``--jsonl`` asks for: ``file``, maybe ``url``, ``content_type`` and ``zone``; keys without a
    value are left out. NotFound, with what to write instead, where the line cannot be understood."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NotFound(f"this line is no JSON ({error}); {_WANTED}") from error
    if not isinstance(asked, dict) or asked.get("file") is None:
        raise NotFound(f"this line names no file; {_WANTED}")
    given = {key: asked[key] for key in ("file", "url", "content_type", "zone") if asked.get(key) is not None}
    for key, value in given.items():
        if not isinstance(value, str):
            raise NotFound(f'"{key}" is no text but {json.dumps(value)[:80]}; {_WANTED}')
    if given["file"] == "-":
        raise NotFound('"-" cannot be a file here: standard input holds the lines; name a file')
    if "zone" in given and not _is_zone(given["zone"]):
        raise NotFound(f'"zone" is no IANA zone: {given["zone"][:80]}; write one like Asia/Shanghai')
    return given


def named_in(line: bytes) -> Any:
    """The ``file`` of a line as it stands there, to be repeated in the answer; None where there is none."""
    try:
        return json.loads(line)["file"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def read(name: str) -> bytes:
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise NotFound(f"{name}: {reason}; name a file that can be read") from error
    if body.startswith(_GZIP):
        try:
            with gzip.open(BytesIO(body)) as packed:
                return packed.read(_MOST_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise NotFound(f"{name}: looks like gzip, but cannot be unpacked ({error})") from error
    return body


def fetched(address: str, url: str | None, content_type: str | None, zone: str) -> Document:
    """The document at an address. Any address goes, private ones too: whoever types it could as well use curl."""
    from worker.http.client import Http
    from worker.http.guard import Guard

    everywhere = Guard(allow=(ip_network("0.0.0.0/0"), ip_network("::/0")), ports=None)
    http = Http(user_agent="newsroad probe", guard=everywhere, clock=lambda: datetime.now(UTC))
    try:
        outcome = http.fetch(Request(0, address, follow=5))
    finally:
        http.close()
    if outcome.error is not None or outcome.status != 200:
        reason = outcome.detail or outcome.error or f"the answer was {outcome.status}"
        raise NotFound(f"{address}: {reason}; check the address, or save it and name the file")
    return Document(outcome.body, url or outcome.url, content_type or outcome.headers.get("content-type"), zone)


def lines() -> Iterator[str]:
    """Every line of standard input, blank ones too: one answer a line keeps both in step."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def print_node(node: Mapping[str, Any]) -> None:
    sys.stdout.write(readable(json.dumps(node, ensure_ascii=False)) + "\n")
    sys.stdout.flush()


def check_zone(zone: str) -> None:
    if not _is_zone(zone):
        raise typer.BadParameter(f"{zone} is no IANA zone; write one like Asia/Shanghai", param_hint="--zone")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True

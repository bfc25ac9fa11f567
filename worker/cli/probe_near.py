"""``newsroad probe near``: what each of many texts is to those before it, without a database."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, cast

import typer

from worker.cli.probe_input import Node, check_zone
from worker.errors import NotFound
from worker.identity.language import language_of
from worker.identity.near.engine import Recogniser, Text
from worker.identity.near.index import MemoryIndex
from worker.identity.urls import host_of, link_key
from worker.log import readable
from worker.model.nearness import Verdict
from worker.parsers.dates import parse_date

_GZIP = b"\x1f\x8b"
_LONGEST = 32_000_000  # bytes of a line


def near_command(
    what: Annotated[
        str | None, typer.Argument(metavar="FILE", help="JSON Lines, also .gz; standard input without it, or with -.")
    ] = None,
    zone: Annotated[str, typer.Option(help="IANA zone for times that name none.")] = "Asia/Shanghai",
) -> None:
    """Read {id, title, text, published?, url?, source?} lines, print for each which article it is and why."""
    check_zone(zone)
    recogniser = Recogniser(MemoryIndex())
    with _opened(what) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                sys.stdout.write(readable(json.dumps(probe_line(line, number, recogniser, zone), ensure_ascii=False)))
                sys.stdout.write("\n")
                # Whoever types the lines waits for the answer; a file does not.
                if what in {None, "-"}:
                    sys.stdout.flush()


def probe_line(line: bytes, number: int, recogniser: Recogniser, zone: str) -> Node:
    """The answer to one line. One that is no text says so in its evidence and is compared with nothing."""
    name: Any = None
    try:
        asked = _asked(line)
        name = asked["id"]
        verdict = recogniser.observe(_text(asked, number, zone))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"line {number} cannot be read: {error}" if name is None else f"cannot be read: {error}"
        return {
            "id": name,
            "article": name,
            "verdict": "new",
            "of": None,
            "jaccard": 0.0,
            "containment": 0.0,
            "evidence": {"why": why},
        }
    return as_node(name, verdict)


def as_node(name: Any, verdict: Verdict) -> Node:
    """A verdict as the JSON object that is printed. Ids are given back as they came, numbers as numbers."""
    return {
        "id": name,
        "article": _id(verdict.article),
        "verdict": verdict.nearness.value,
        "of": None if verdict.of is None else _id(verdict.of),
        "jaccard": verdict.jaccard,
        "containment": verdict.containment,
        "evidence": {key: _named(key, value) for key, value in verdict.evidence.items()},
    }


def _asked(line: bytes) -> dict[str, Any]:
    """The object of a line. Raises ValueError for any other line, in words."""
    asked = json.loads(line, parse_constant=_no_number)
    if not isinstance(asked, dict) or "id" not in asked:
        raise ValueError('write {"id", "title", "text"} in each line')
    return asked


def _no_number(written: str) -> None:
    raise ValueError(f"{written} is no JSON")


def _text(asked: dict[str, Any], number: int, zone: str) -> Text:
    url, source = asked.get("url") or None, asked.get("source") or ""
    host = (host_of(str(url)) if url else None) or str(source)
    return Text(
        json.dumps([asked["id"], number], ensure_ascii=False),  # two lines under one id are two texts
        str(asked.get("title") or ""),
        str(asked.get("text") or ""),
        _published(asked.get("published"), zone),
        host.removeprefix("www."),
        link_key(str(url)) if url else None,
        language_of(None, str(asked.get("text") or "")),
    )


def _published(written: Any, zone: str) -> datetime | None:
    return parse_date(str(written), zone) if written else None


def _id(written: str) -> Any:
    return json.loads(written)[0]


def _named(key: str, value: object) -> Any:
    """A part of the evidence with the ids in it as they came."""
    if key == "also" and isinstance(value, list):
        return [_id(str(each)) for each in value]
    return _id(str(value)) if key == "far_from" else value


def _lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    """The lines of ``file``. Raises NotFound for one without end, and where it cannot be unpacked any further."""
    try:
        while line := file.readline(_LONGEST + 1):
            if len(line) > _LONGEST:
                raise NotFound(f"{name}: a line has more than {_LONGEST // 1_000_000} MB; write one text a line")
            yield line
    except (OSError, EOFError, zlib.error) as error:
        raise NotFound(f"{name}: cannot be read to its end ({error})") from error


@contextmanager
def _opened(what: str | None) -> Iterator[Iterator[bytes]]:
    """The lines of a file, unpacked where it is gzip, or of standard input. Raises NotFound."""
    if what is None or what == "-":
        yield _lines(sys.stdin.buffer, "standard input")
        return
    with _unpacked(Path(what)) as file:
        yield _lines(file, what)


def _unpacked(path: Path) -> BinaryIO:
    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == _GZIP
        return cast(BinaryIO, gzip.open(path)) if is_packed else path.open("rb")
    except OSError as error:
        raise NotFound(f"{path}: {error.strerror or error}; name a file that can be read") from error

"""Metadata of article pages against labels: pure counting, no files, no clock.

A label is one line of ``labels.jsonl``: ``title``, ``published`` (``YYYY-MM-DD`` or ``YYYY-MM-DD HH:MM`` in the page's
zone), ``source``, ``author`` (several names by a space), ``original_url``. ``-`` says that the page has none, so that
any value is an error; ``?`` is not scored; ``|`` parts alternatives, of which ``-`` may be one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

FIELDS = ("title", "date", "minute", "source", "author", "original_url")


def folded(text: str) -> str:
    """White space and width do not count when words are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def judge(label: Mapping[str, str], found: Mapping[str, object], zone: str) -> dict[str, str]:
    """``right``, ``wrong``, ``missed`` (a value was there) or ``invented`` (none was), for each field that is scored.

    ``found`` has ``title``, ``published`` (aware), ``source`` (a name), ``authors`` (names) and ``original_url``.
    """
    verdicts = {"title": _text(label.get("title"), found.get("title"))}
    verdicts |= _times(label.get("published"), found.get("published"), zone)
    verdicts["source"] = _text(label.get("source"), found.get("source"))
    verdicts["author"] = _names(label.get("author"), found.get("authors"))
    verdicts["original_url"] = _text(label.get("original_url"), found.get("original_url"))
    return {name: verdict for name, verdict in verdicts.items() if verdict}


def _text(label: str | None, value: object) -> str:
    if not label or label == "?":
        return ""
    given = folded(str(value)) if value else ""
    # A title may hold the bar itself, so the whole label is an alternative too.
    return _verdict({folded(part) for part in (*label.split("|"), label)}, given)


def _verdict(accepted: set[str], given: str) -> str:
    if given in accepted or (not given and "-" in accepted):
        return "right"
    if accepted == {"-"}:
        return "invented"
    return "wrong" if given else "missed"


def _times(label: str | None, value: object, zone: str) -> dict[str, str]:
    if not label or label == "?":
        return {}
    local = value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) else None
    days = {part.strip()[:10] for part in label.split("|")}
    verdicts = {"date": _verdict(days, f"{local:%Y-%m-%d}" if local else "")}
    minutes = {part.strip() for part in label.split("|")}
    if all(len(part) > 10 for part in minutes):
        verdicts["minute"] = _verdict(minutes, f"{local:%Y-%m-%d %H:%M}" if local else "")
    return verdicts


def _names(label: str | None, value: object) -> str:
    if not label or label == "?":
        return ""
    names = [folded(str(name)) for name in value] if isinstance(value, list | tuple) else []
    # Two who are joined are told apart by a space; names in Latin letters hold spaces, so only the letters count.
    return _verdict({"".join(sorted(folded(part))) for part in label.split("|")}, "".join(sorted("".join(names))))


def tally(verdicts: list[dict[str, str]]) -> dict[str, str]:
    """One line a field: right of those labelled, and how the rest went wrong."""
    lines = {}
    for name in FIELDS:
        counts = Counter(verdict[name] for verdict in verdicts if name in verdict)
        total = sum(counts.values())
        if total:
            rest = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()) if kind != "right")
            lines[name] = f"{counts['right']}/{total} = {counts['right'] / total:.3f}" + (f" ({rest})" if rest else "")
    return lines


def invented_authors(labels: Sequence[Mapping[str, str]], verdicts: Sequence[Mapping[str, str]]) -> tuple[int, int]:
    """Pages without an author on which one was found, and pages without an author."""
    without = [verdict for label, verdict in zip(labels, verdicts, strict=True) if label.get("author") == "-"]
    return sum(verdict.get("author") == "invented" for verdict in without), len(without)

"""What no single value of holds by rule shows: word lists that are not there, periods that end before they begin,
columns of channels that never go there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from worker.catalog.check import Tables, dangling
from worker.catalog.files import Declared, Finding
from worker.catalog.values import as_utc, read_moment


def check_periods(tables: Tables, zone: str) -> Iterator[Finding]:
    """Periods that end before they begin. ``zone`` is the operator's."""
    for entry in tables["periods"].values():
        try:
            begin, end = (read_moment(entry.values.get(name)) for name in ("from", "to"))
        except ValueError:  # one is not there, or has a finding of its own
            continue
        if as_utc(begin, zone) >= as_utc(end, zone, end_of_day=True):
            yield entry.finding(("to",), f"{end} is not after from = {begin}")


def check_columns(tables: Tables) -> Iterator[Finding]:
    """Columns of what is no channel, or of a channel that never brings anything to that destination."""
    channels = tables["channels"]
    for entry in tables["destinations"].values():
        written, going = entry.values.get("columns"), entry.values.get("channels")
        if not isinstance(written, Mapping) or not isinstance(going, list):
            continue
        for key in written:
            if key not in channels:
                yield entry.finding(("columns", key), dangling(key, "channels", channels))
            elif not _is_near(key, going, channels):
                names = ", ".join(str(one) for one in going)
                cure = f"map one of these, a channel above or below them, or leave it out: {names}"
                yield entry.finding(("columns", key), f"nothing of [channels.{key}] goes here ({cure})")


def _is_near(key: str, going: list[object], channels: Mapping[str, Declared]) -> bool:
    """Whether any of ``going`` is ``key``, above it or below it."""
    above = _line(key, channels)
    return any(one in above or key in _line(str(one), channels) for one in going)


def _line(key: str, channels: Mapping[str, Declared]) -> list[str]:
    """A channel and those above it."""
    line: list[str] = []
    step: object = key
    while isinstance(step, str) and step in channels and step not in line:
        line.append(step)
        step = channels[step].values.get("parent")
    return line

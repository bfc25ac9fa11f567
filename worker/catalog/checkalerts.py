"""What is wrong with [alerts] that no single value shows."""

from __future__ import annotations

from collections.abc import Iterator

from worker.catalog.check import dangling
from worker.catalog.files import Finding, Reading


def check_alerts(reading: Reading) -> Iterator[Finding]:
    """A calendar that is not there; a secret that signs nothing."""
    if "alerts" not in reading.single:
        return
    file, values = reading.single["alerts"]
    name, calendars = values.get("calendar"), reading.declared["calendars"]
    if isinstance(name, str) and name and name not in calendars:
        yield file.finding(("alerts", "calendar"), dangling(name, "calendars", calendars))
    if "secret" in values and "webhook" not in values:
        yield file.finding(("alerts", "secret"), "signs what the webhook gets, and there is none (name a webhook)")

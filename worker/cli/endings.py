"""The grants that end soon, as ``status`` and ``doctor`` show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from worker.bootstrap import Services
from worker.cli.output import Times, span
from worker.model.words import counted
from worker.rights.endings import ending_grants


@dataclass(frozen=True, slots=True)
class EndingRow:
    """One grant that ends within 60 days; ``articles`` are live ones that hang on it."""

    grant: str
    publisher: str
    ends: datetime
    days: int
    on_expiry: str
    articles: int


def ending_rows(services: Services, now: datetime) -> list[EndingRow]:
    """The grants of the catalogue in force that end within 60 days, the next one first."""
    current = services.catalogue.current()
    if current is None:
        return []
    endings = ending_grants(current, now)
    counts = services.people.hanging({one.grant.key: one.ends for one in endings}, now)
    names = {one.key: one.name for one in current.publishers}
    return [
        EndingRow(
            grant=one.grant.key,
            publisher=names[one.grant.publisher],
            ends=one.ends,
            days=one.days,
            on_expiry=one.grant.on_expiry,
            articles=counts[one.grant.key],
        )
        for one in endings
    ]


def ending_words(row: EndingRow, times: Times) -> str:
    """Which grant ends when, and what becomes of what is out under it."""
    articles = counted(row.articles, "article")
    if row.on_expiry == "withdraw":
        then = f"{articles} out under it will be taken back"
    else:
        then = f"{articles} out under it stay as they are, nothing new goes out under it"
    left = span((row.ends - times.now).total_seconds())
    return f"{row.grant} ({row.publisher}) ends in {left}, {times.at(row.ends)}; {then}"

"""What happens on the simulated day, and what every partner must have had at its end. Pure, by seed.

The day is Tuesday 24 November 2026 in Shanghai, a workday; it runs on until Wednesday noon, so that night windows and
morning batches empty what Tuesday brought.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from random import Random
from zoneinfo import ZoneInfo

from bench.feeds import HAN
from worker.model.catalog import Schedule

ZONE = "Asia/Shanghai"
_LOCAL = ZoneInfo(ZONE)
BEGINS = datetime(2026, 11, 24, 6, 0, tzinfo=_LOCAL).astimezone(UTC)
ENDS = datetime(2026, 11, 25, 12, 0, tzinfo=_LOCAL).astimezone(UTC)
STEP = timedelta(minutes=5)

DOWN = (BEGINS + timedelta(hours=4), BEGINS + timedelta(hours=7))  # 10:00 to 13:00, the partner d0
STOP = (BEGINS + timedelta(hours=8), BEGINS + timedelta(hours=9))  # 14:00 to 15:00, everything
LAST_REVISION = BEGINS + timedelta(hours=19)  # 01:00: night windows close at two
TAKEDOWNS = (BEGINS + timedelta(hours=5), BEGINS + timedelta(hours=8, minutes=20))  # one of them during the stop

SCHEDULES = (
    Schedule(),
    Schedule(windows=("workdays 08:30-18:00",)),
    Schedule(windows=("daily 22:00-02:00",)),
    Schedule(at=("07:30", "17:00")),
    Schedule(windows=("workdays 09:00-12:00", "workdays 14:00-18:00")),
    Schedule(delay=1800),
    Schedule(at=("09:00",)),
    Schedule(first=("s0", "s1")),
)
_OPEN: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("08:30", "18:00"),),
    (("22:00", "24:00"), ("00:00", "02:00")),
    (),
    (("09:00", "12:00"), ("14:00", "18:00")),
    (),
    (),
    (),
)
"""The windows once more, as the check reads them: the bench does not ask the product whether it was right."""
_BATCHES: dict[int, tuple[str, ...]] = {3: ("07:30", "17:00"), 6: ("09:00",)}


@dataclass(frozen=True, slots=True)
class Piece:
    """One article: which source has it, when it appears and when, if ever, it is revised."""

    number: int
    source: int
    at: datetime
    text: str
    revised_at: datetime | None = None

    def title(self, revised: bool) -> str:
        return f"{self.number:05d} {self.text[:12]}{'（更新）' if revised else ''}"

    def item(self, now: datetime) -> str:
        revised = self.revised_at is not None and self.revised_at <= now
        text = self.text + ("更正后的数字以本次为准。" if revised else "")
        link = f"https://s{self.source}.example/{self.number}.html"
        return (
            f"<item><title>{self.title(revised)}</title><link>{link}</link>"
            f'<guid isPermaLink="false">piece-{self.number}</guid><pubDate>{format_datetime(self.at)}</pubDate>'
            f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
        )


@dataclass(frozen=True, slots=True)
class Day:
    sources: int
    destinations: int
    pieces: tuple[Piece, ...]

    def schedule(self, destination: int) -> Schedule:
        return SCHEDULES[destination % len(SCHEDULES)]

    def changed(self, since: datetime, now: datetime) -> set[int]:
        """Sources whose feed changed in (since, now]."""
        moments = ((piece.source, moment) for piece in self.pieces for moment in (piece.at, piece.revised_at))
        return {source for source, moment in moments if moment is not None and since < moment <= now}

    def feed(self, source: int, now: datetime) -> bytes:
        """That source's feed as it stands at ``now``, newest first, at most 50 items."""
        shown = [piece for piece in self.pieces if piece.source == source and piece.at <= now][::-1][:50]
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>来源{source}</title>'
            f"<link>https://s{source}.example/</link><description>-</description><language>zh-CN</language>"
            + "".join(piece.item(now) for piece in shown)
            + "</channel></rss>"
        ).encode()


def write(sources: int, articles: int, destinations: int) -> Day:
    """A day of so many articles: most of them in the morning and late afternoon, one in ten revised later."""
    rng = Random(f"{sources}/{articles}")
    hours = [rng.triangular(0.1, 17.5, 4) if rng.random() < 0.6 else rng.uniform(0.1, 17.5) for _ in range(articles)]
    pieces = []
    for number, hour in enumerate(sorted(hours)):
        at = BEGINS + timedelta(seconds=int(hour * 3600))
        later = at + timedelta(minutes=rng.randint(20, 180))
        revised = later if number % 10 == 5 and later < LAST_REVISION else None
        text = "，".join("".join(rng.choices(HAN, k=rng.randint(8, 18))) for _ in range(45)) + "。"
        pieces.append(Piece(number, number % sources, at, text, revised))
    return Day(sources, destinations, tuple(pieces))


def allowed(destination: int, moment: datetime) -> bool:
    """Whether that destination takes articles at ``moment``; a send may come up to one step after a batch's time."""
    kind = destination % len(SCHEDULES)
    local = moment.astimezone(_LOCAL).timetz().replace(tzinfo=None)
    if kind in _BATCHES:
        return any(_within(local, text, STEP * 3) for text in _BATCHES[kind])
    spans = _OPEN[kind]
    return not spans or any(_read(first) <= local and (last == "24:00" or local < _read(last)) for first, last in spans)


def _within(local: time, text: str, slack: timedelta) -> bool:
    begin = datetime.combine(datetime(2026, 1, 1), _read(text))  # noqa: DTZ001 - only a time of day
    return timedelta(0) <= datetime.combine(begin.date(), local) - begin <= slack


def _read(text: str) -> time:
    return time.fromisoformat(text)

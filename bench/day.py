"""A simulated working day on real stores, the clock virtual: ``python -m bench.day``.

60 sources, 500 articles, 40 destinations with mixed schedules; one partner is down for three hours, everything is
stopped for one, two articles are taken down, one of them during the stop. Polling, ingest and sends are the real
stages over real HTTP; only time is made. At the end every partner's log is compared with the script: every obligation
met exactly once, in order, inside its hours. Then the same day twice as large: what it costs is a ratio of CPU.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench.day_places import Elsewhere, Taken, elsewhere
from bench.day_script import BEGINS, DOWN, ENDS, STEP, STOP, TAKEDOWNS, ZONE, Day, allowed, write
from bench.report import Line, close, parser, say
from worker.bootstrap import Services
from worker.model import catalog
from worker.model.report import Dimension, Span
from worker.model.stops import Letting, Scope
from worker.pipeline.stopping import stopped
from worker.pipeline.withdraw import take_down
from worker.settings import Settings
from worker.store.declared import destination
from worker.store.engine import Database
from worker.store.migrate import migrate
from worker.store.schema import article, delivery

GROWTH = 2.2
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Lived:
    """What one day cost and what was wrong with it. ``problems`` are sentences; there should be none."""

    cpu: float
    sends: int
    refused: int
    problems: tuple[str, ...]


class Newsroom:
    """One newsroom in this process, living through a day."""

    def __init__(self, services: Services, day: Day, places: Elsewhere) -> None:
        self.services, self.day, self.places = services, day, places
        self.now = BEGINS
        services.clock = lambda: self.now

    def declare(self) -> None:
        day, places = self.day, self.places
        hook = {"secret": "env:BENCH_SECRET"}
        keys = range(day.sources)
        self.services.catalogue.apply(
            catalog.Catalogue(
                operator=catalog.Operator(name="演练门户", contact="editor@portal.example", zone=ZONE),
                publishers=tuple(
                    catalog.Publisher(f"p{one}", f"来源{one}", domains=(f"s{one}.example",)) for one in keys
                ),
                sources=tuple(
                    catalog.Source(
                        key=f"s{one}",
                        publisher=f"p{one}",
                        kind=catalog.SourceKind.FEED,
                        url=places.feed(one),
                        every=600,
                        pace=0.0,
                        zone=ZONE,
                    )
                    for one in keys
                ),
                grants=tuple(catalog.Grant(f"g{one}", f"p{one}") for one in keys),
                channels=(catalog.Channel("all", "全部"),),
                subscribers=(catalog.Subscriber("partner", "合作方"),),
                destinations=tuple(
                    catalog.Destination(
                        f"d{one}",
                        "partner",
                        "webhook",
                        ("all",),
                        {**hook, "url": places.partner(f"d{one}")},
                        schedule=day.schedule(one),
                    )
                    for one in range(day.destinations)
                ),
            ),
            self.now,
        )

    def live(self) -> None:
        """From six in the morning until the next day's noon, five minutes at a time."""
        for source in range(self.day.sources):
            self.places.publish(source, self.day.feed(source, self.now))
        self._work()
        while self.now < ENDS:
            before, self.now = self.now, self.now + STEP
            for source in self.day.changed(before, self.now):
                self.places.publish(source, self.day.feed(source, self.now))
            self._events(before)
            self._work()

    def _events(self, before: datetime) -> None:
        """What people and partners do between ``before`` and now."""
        for moment, state in zip(DOWN, ("down", "up"), strict=True):
            if before < moment <= self.now:
                self.places.state("d0", state)
        if before < STOP[0] <= self.now:
            self._pause()
        if before < STOP[1] <= self.now:
            self._resume()
        for number, moment in enumerate(TAKEDOWNS):
            if before < moment <= self.now:
                self._take_down(number)

    def _pause(self) -> None:
        self.services.stops.pause(Scope.ALL, "", by="值班", reason="演练", until=None, now=self.now)

    def _resume(self) -> None:
        view, standing = self.services.view(), self.services.stops.in_force(self.now)
        lifted, left = stopped(standing, view), stopped((), view)
        self.services.stops.resume(standing, lifted, left, Letting(), by="值班", note="演练完毕", now=self.now)

    def _take_down(self, number: int) -> None:
        """The ``number``-th article from the first one on, all of which went out hours ago."""
        with self.services.database.read() as connection:
            uuid = connection.execute(sa.select(article.c.uuid).order_by(article.c.id).offset(number).limit(1)).scalar()
        services = self.services
        take_down(
            services.desk(),
            [UUID(uuid)],
            reason="NOTICE",
            by="值班",
            note="演练",
        )

    def _work(self) -> None:
        """All stages, until nothing is due."""
        services = self.services
        services.poller().run()
        while services.ingester().run() is not None:
            pass
        services.recheck()
        while services.deliveries.waiting(self.now):
            services.deliverer().run()

    def problems(self, taken: list[Taken]) -> Iterator[str]:
        """Where the partners' logs and the script part."""
        ids = Counter(one.id for one in taken)
        histories: dict[tuple[str, str], list[Taken]] = defaultdict(list)
        for one in taken:
            histories[one.partner, one.article].append(one)
        if doubled := sum(count > 1 for count in ids.values()):
            yield f"{doubled} deliveries were accepted more than once"
        down = self._taken_down()
        titles = {piece.title(piece.revised_at is not None and piece.revised_at < ENDS) for piece in self.day.pieces}
        for key in (f"d{one}" for one in range(self.day.destinations)):
            shown = set()
            for (partner, uuid), history in histories.items():
                if partner == key:
                    shown |= self._shown(history)
                    yield from _misordered(history, withdrawn=uuid in down)
            missing = {title for title in titles - shown if title not in down.values()}
            if missing:
                yield f"{key} never got {len(missing)} articles, such as {min(missing)}"
        yield from _out_of_hours(taken)
        yield from self._retractions()
        yield from self._misreported(taken)
        if waiting := self._count(delivery.c.state.in_(("due", "sending"))):
            yield f"{waiting} deliveries still wait"

    @staticmethod
    def _shown(history: list[Taken]) -> set[str]:
        last = history[-1]
        return set() if last.action == "retract" else {last.title}

    def _taken_down(self) -> dict[str, str]:
        """Title by uuid of what was taken down."""
        with self.services.database.read() as connection:
            rows = connection.execute(sa.select(article.c.uuid, article.c.title).where(article.c.state != "live"))
            return {f"urn:uuid:{row.uuid}": row.title for row in rows}

    def _retractions(self) -> Iterator[str]:
        """Retractions go at once, whatever is stopped; to a partner that is down, when it is up again."""
        with self.services.database.read() as connection:
            found = connection.execute(
                sa.select(destination.c.key, delivery.c.created_at, delivery.c.finished_at)
                .join(destination, destination.c.id == delivery.c.destination_id)
                .where(delivery.c.action == "retract")
            ).all()
        for row in found:
            down = row.key == "d0" and DOWN[0] <= row.created_at < DOWN[1]
            if not down and (row.finished_at - row.created_at).total_seconds() > STOP_SECONDS:
                yield f"{row.key}: a retraction of {row.created_at:%H:%M} UTC was confirmed at {row.finished_at:%H:%M}"

    def _misreported(self, taken: list[Taken]) -> Iterator[str]:
        """Where ``newsroad report`` differs from what the partners wrote down."""
        zone = ZoneInfo(ZONE)
        span = Span(BEGINS.astimezone(zone).date(), ENDS.astimezone(zone).date(), ZONE)
        found = self.services.reports.reckon(span, (Dimension.DESTINATION,), self.now)
        told = Counter((one.partner, one.action) for one in taken)
        for row in found.rows:
            key = row.group[0]
            counted = (row.count.published, row.count.updated, row.count.retracted)
            theirs = tuple(told[key, action] for action in ("publish", "update", "retract"))
            if counted != theirs:
                yield f"the report says {counted} of {key or 'none'}, the partner {theirs}"
        everything = (found.total.count.published, found.total.count.updated, found.total.count.retracted)
        if sum(everything) != len(taken):
            yield f"the report's total is {everything}, the partners took {len(taken)}"

    def _count(self, condition: sa.ColumnElement[bool]) -> int:
        with self.services.database.read() as connection:
            return int(
                connection.execute(sa.select(sa.func.count()).select_from(delivery).where(condition)).scalar_one()
            )


def _out_of_hours(taken: list[Taken]) -> Iterator[str]:
    """Articles that went out outside their destination's hours, or while everything was stopped."""
    begin, end = STOP
    for one in taken:
        at = datetime.fromtimestamp(one.at, UTC)
        if one.action == "retract":
            continue
        if not allowed(int(one.partner.removeprefix("d")), at):
            yield f"{one.partner} was sent to at {at:%H:%M} UTC, outside its hours"
        if begin < at < end:
            yield f"{one.partner} was sent to at {at:%H:%M} UTC, during the stop"


def _misordered(history: list[Taken], *, withdrawn: bool) -> Iterator[str]:
    """What is wrong with what one partner had of one article, in order."""
    actions = [one.action for one in history]
    wanted = {("publish",), ("publish", "update")}
    if withdrawn:
        wanted = {(*some, "retract") for some in wanted}
    if tuple(actions) not in wanted:
        yield f"{history[0].partner} had {' '.join(actions)} of {history[0].title}"
    numbers = [one.sequence for one in history]
    if numbers != sorted(set(numbers)):
        yield f"{history[0].partner} had sequences {numbers} of {history[0].title}"


@contextmanager
def services(url: str | None) -> Iterator[Services]:
    """An empty newsroom: SQLite in a folder of its own, or the empty database at ``url``."""
    with tempfile.TemporaryDirectory(prefix="newsroad-day-") as home:
        address = url or f"sqlite:///{home}/newsroad.db"
        settings = Settings(home=Path(home), database_url=address, allow_networks=(ip_network("127.0.0.0/8"),))
        made = Services(settings, Database(address), rng=Random(7))
        migrate(made.database)
        try:
            yield made
        finally:
            made.close()


def live(day: Day, url: str | None) -> Lived:
    with elsewhere() as places, services(url) as made:
        os.environ["BENCH_SECRET"] = places.secret
        newsroom = Newsroom(made, day, places)
        newsroom.declare()
        began = time.process_time()
        newsroom.live()
        cpu = time.process_time() - began
        taken, refused = places.log()
        return Lived(cpu, len(taken), refused, tuple(newsroom.problems(taken)))


def main() -> int:
    arguments = parser(__doc__)
    arguments.add_argument("--sources", type=int, default=60)
    arguments.add_argument("--articles", type=int, default=500)
    arguments.add_argument("--destinations", type=int, default=40)
    arguments.add_argument(
        "--database", help="an empty PostgreSQL database; SQLite without it. Only the day itself runs"
    )
    chosen = arguments.parse_args()
    say(f"{chosen.sources} sources, {chosen.articles} articles, {chosen.destinations} destinations")
    one = live(write(chosen.sources, chosen.articles, chosen.destinations), chosen.database)
    lived = {"day": one}
    if chosen.database is None:
        say("the same day twice as large")
        lived["twice"] = live(write(2 * chosen.sources, 2 * chosen.articles, chosen.destinations), None)
    for name, day in lived.items():
        for problem in day.problems[:20]:
            say(f"  {name}: {problem}")
    lines = [Line(f"{name}: obligations not met as written", len(day.problems), "", 0) for name, day in lived.items()]
    lines += [Line(f"{name}: CPU per send", day.cpu * 1000 / max(1, day.sends), "ms") for name, day in lived.items()]
    if "twice" in lived:
        lines.append(Line("twice as large costs", lived["twice"].cpu / one.cpu, "×", GROWTH))
    found = {
        name: {"cpu": one.cpu, "sends": one.sends, "refused": one.refused, "problems": list(one.problems)}
        for name, one in lived.items()
    }
    return close("A working day", lines, "baseline", found, as_json=chosen.json)


if __name__ == "__main__":
    sys.exit(main())

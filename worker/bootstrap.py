"""The one place where everything is put together: settings → Services."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version
from random import Random
from shutil import disk_usage

import structlog

from worker import destinations, sources
from worker.errors import NotFound
from worker.http.client import Http
from worker.http.guard import Guard
from worker.identity.chinese import simplified
from worker.identity.urls import registrable_domain
from worker.model.alerts import Disk
from worker.model.article import Credit
from worker.model.catalog import Alerts, ArticleRules, Catalogue, Destination, Operator, ReviewRules
from worker.model.feed import ParsedEntry
from worker.model.measures import Family
from worker.model.words import counted
from worker.pipeline.deliver import Deliverer
from worker.pipeline.desk import Desk
from worker.pipeline.dispatch import Dispatcher
from worker.pipeline.filing import file_waiting, rebuild
from worker.pipeline.foresee import Foreseen, foresee
from worker.pipeline.ingest import Ingester
from worker.pipeline.poll import Poller
from worker.pipeline.recheck import queue_ended, recheck
from worker.pipeline.shelving import shelve_due
from worker.pipeline.tick import knock
from worker.pipeline.upkeep import prune
from worker.pipeline.view import View, make_view
from worker.pipeline.watch import Habits, Watch
from worker.ports import Clock, Hints
from worker.settings import Settings, read_server, read_settings, resolve_secret
from worker.store import reach
from worker.store.ahead import set_back
from worker.store.alerts import AlertStore
from worker.store.catalogue import TABLES, CatalogueStore
from worker.store.changes import Changes
from worker.store.deliveries import Deliveries
from worker.store.engine import Database, sqlite_path
from worker.store.figures import FigureStore
from worker.store.filing import Filing
from worker.store.measures import Measures
from worker.store.media import HostedCopies
from worker.store.pack import prepare
from worker.store.people import People
from worker.store.polling import Polling
from worker.store.pulse import Pulse
from worker.store.report import Reports
from worker.store.shelf import Shelves
from worker.store.snapshots import Snapshots
from worker.store.stops import Stops
from worker.store.work import StoreWorks
from worker.tellers import Tellers

MOST_FORESEEN = 20_000
"""So many articles, the newest, are looked at to count what a change would send."""

LOCAL = frozenset(name for name, kind in destinations.KINDS.items() if kind.local)
REMOTE = {name: kind for name, kind in destinations.KINDS.items() if isinstance(kind, destinations.RemoteKind)}


def utc_now() -> datetime:
    return datetime.now(UTC)


@cache
def release() -> str:
    """Which release this is. To find out takes a millisecond, and every run of a stage names it to whom it asks."""
    return version("newsroad")


class NoHints:
    """For processes without a broker: the tick finds what is due."""

    def poll(self) -> None:
        pass

    def ingest(self, snapshot: int, source: str) -> None:
        pass

    def deliver(self, destination: str) -> None:
        pass

    def recheck(self) -> None:
        pass

    def reindex(self) -> None:
        pass


@dataclass(slots=True)
class Services:
    """Everything a stage, a command or a page needs, built once per process. Connects to nothing until used."""

    settings: Settings
    database: Database
    clock: Clock = utc_now
    hints: Hints = field(default_factory=NoHints)
    stopping: Callable[[], bool] = lambda: False
    rng: Random = field(default_factory=Random)
    catalogue: CatalogueStore = field(init=False)
    polling: Polling = field(init=False)
    snapshots: Snapshots = field(init=False)
    works: StoreWorks = field(init=False)
    deliveries: Deliveries = field(init=False)
    stops: Stops = field(init=False)
    shelf: Shelves = field(init=False)
    filing: Filing = field(init=False)
    changes: Changes = field(init=False)
    copies: HostedCopies = field(init=False)
    people: People = field(init=False)
    pulse: Pulse = field(init=False)
    alerts: AlertStore = field(init=False)
    figures: FigureStore = field(init=False)
    reports: Reports = field(init=False)
    measures: Measures = field(init=False)
    habits: Habits = field(init=False, default_factory=Habits)
    _http: tuple[str, Http] | None = field(init=False, default=None)
    _view: tuple[int, View] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.catalogue = CatalogueStore(self.database)
        self.polling = Polling(self.database)
        self.snapshots = Snapshots(self.database)
        self.works = StoreWorks(self.database, self.catalogue)
        self.deliveries = Deliveries(self.database)
        self.stops = Stops(self.database)
        self.shelf = Shelves(self.database)
        self.filing = Filing(self.database)
        self.changes = Changes(self.database)
        self.copies = HostedCopies(self.database)
        self.people = People(self.database)
        self.pulse = Pulse(self.database)
        self.alerts = AlertStore(self.database)
        self.figures = FigureStore(self.database)
        self.reports = Reports(self.database)
        self.measures = Measures(self.database, release())

    def view(self, version: int | None = None) -> View:
        """The catalogue in force, indexed. Raises NotFound before the first ``apply``. Whoever has just read which
        ``version`` that is spares the database the question."""
        if version is not None and self._view is not None and self._view[0] == version:
            return self._view[1]
        loaded = self.catalogue.loaded()
        if loaded is None:
            raise NotFound("no catalogue is in force; run: newsroad apply")
        if self._view is None or self._view[0] != loaded.version:
            view = make_view(loaded.catalogue, LOCAL, loaded.retired, gone=loaded.gone, since=loaded.since)
            self._view = (loaded.version, view)
        return self._view[1]

    def foresee(self, new: Catalogue, told: Callable[[int], None] = lambda _: None) -> Foreseen:
        """What putting ``new`` in force would publish, update and retract: as far as it makes articles due for another
        decision. Nothing does before the first ``apply``. ``told`` hears how many articles were looked at so far."""
        loaded = self.catalogue.loaded()
        if loaded is None:
            return Foreseen({})
        now = self.clock()
        since = reach.since_after(loaded.catalogue, loaded.since, loaded.ids.destinations, new, now)
        gone = reach.gone_after(loaded.catalogue, loaded.gone, new)
        view = make_view(new, LOCAL, loaded.retired, gone=gone, since=since)
        ids = self.catalogue.reached(reach.reach_of(loaded.catalogue, loaded.left, new), MOST_FORESEEN + 1)
        found = foresee(self.people, view, now, ids[:MOST_FORESEEN], told=told)
        return replace(found, complete=len(ids) <= MOST_FORESEEN)

    def foresee_backfill(self, key: str, since: datetime, told: Callable[[int], None] = lambda _: None) -> Foreseen:
        """What letting the destination ``key`` begin at ``since`` would send: to it, and to others that the same
        articles reach by channels that are newer than they."""
        view = self.view()
        earlier = replace(view, since={**view.since, key: min(since, view.since.get(key, since))})
        ids = self.people.routed_since(since, MOST_FORESEEN + 1)
        found = foresee(self.people, earlier, self.clock(), ids[:MOST_FORESEEN], only=key, told=told)
        return replace(found, complete=len(ids) <= MOST_FORESEEN)

    def foresee_let_go(self, articles: Sequence[int], told: Callable[[int], None] = lambda _: None) -> Foreseen:
        """What letting go articles that are held back with a flood would send."""
        found = foresee(self.people, self.view(), self.clock(), articles[:MOST_FORESEEN], told=told)
        return replace(found, complete=len(articles) <= MOST_FORESEEN)

    def desk(self) -> Desk:
        """What people act with, on the catalogue in force. Raises NotFound before the first ``apply``."""
        return Desk(self.works, self.view(), self.hints, self.clock)

    def http(self) -> Http:
        """The client for publishers and partners, guarded. Its User-Agent names the operator's contact."""
        agent = self._user_agent()
        if self._http is None or self._http[0] != agent:
            self._http = (
                agent,
                Http(user_agent=agent, guard=Guard(self.settings.allow_networks), clock=self.clock),
            )
        return self._http[1]

    def _user_agent(self) -> str:
        operator = self.catalogue.operator()
        contact = f" (+{operator.site}; {operator.contact})" if operator else ""
        return f"Newsroad/{release()}{contact}".encode("ascii", "ignore").decode()

    def poller(self) -> Poller:
        return Poller(self.polling, self.http(), self.hints, self.clock, self.rng, self.stopping)

    def ingester(self) -> Ingester:
        return Ingester(self.snapshots, self.works, self.view, sources.KINDS, self.hints, self.clock)

    def deliverer(self) -> Deliverer:
        view = self.view()
        dispatcher = Dispatcher(self.deliveries, view, read_options, resolve_secret, self.clock)
        return Deliverer(
            self.deliveries,
            dispatcher,
            REMOTE,
            self.http(),
            self.clock,
            self.rng,
            self.stopping,
            lambda seen: shelve_due(self.deliveries, self.works, self.view, self.clock, seen),
        )

    def knock(self) -> str:
        """Ring every stage with due work."""
        stages = (self.polling, self.snapshots, self.deliveries, self.filing)
        return knock(*stages, self.pulse, self.hints, self.clock)

    def recheck(self) -> str:
        """Settle what changed or expired rights made due."""
        if self.catalogue.current() is None:
            return "no catalogue yet"
        return counted(recheck(self.works, self.view, self.hints, self.clock), "delivery", "deliveries")

    def prune(self) -> str:
        """Drop what need not be kept any longer, note how far decisions have ended, and set back what a clock that ran
        ahead has put off."""
        if ahead := set_back(self.database, self.clock()):
            structlog.get_logger(__name__).warning("clock.ran_ahead", rows=ahead)
        queue_ended(self.works, self.clock)
        return prune(self.people, self.filing, self.window(), self.clock)

    def window(self) -> timedelta:
        """For how long after it came a text is recognised when it comes again."""
        current = self.catalogue.current()
        return timedelta(seconds=(current.articles if current is not None else ArticleRules()).recognise)

    def file_waiting(self) -> str:
        """File some of the texts that wait for it."""
        return counted(file_waiting(self.filing, self.window(), self.clock), "text") + " filed"

    def reindex(self, told: Callable[[int], None]) -> int:
        """File all texts that wait, while everything else goes on; ``told`` hears how many so far."""
        return rebuild(self.filing, self.window(), self.clock, self.filing.beat, told)

    def tellers(self, current: Catalogue) -> Tellers:
        """Whom ``[alerts]`` of ``current`` names, ready to be told."""
        settings = self.settings
        server = read_server(settings.smtp_url) if settings.smtp_url else None
        return Tellers(current.alerts, self.http, resolve_secret, self.clock, server, settings.smtp_from)

    def watch(self) -> str:
        """Look at everything, tell people what needs them."""
        current = self.catalogue.current()
        if current is None:
            return "no catalogue yet"
        tellers = self.tellers(current)
        looking = Watch(
            *(current, self.alerts, self.figures, self.reports, tellers),
            *(lambda: volumes(self.settings), self.clock, self.habits),
        )
        return looking.run()

    def measure(self) -> tuple[Family, ...]:
        """What monitoring reads."""
        return self.measures.read(self.clock())

    def close(self) -> None:
        if self._http is not None:
            self._http[1].close()
        self.database.close()


def volumes(settings: Settings) -> tuple[Disk, ...]:
    """The volumes that our folder and a SQLite database are on, each once."""
    folders = (settings.home, *((file.parent,) if (file := sqlite_path(settings.database)) else ()))
    found: dict[int, Disk] = {}
    for folder in folders:
        if folder.exists():
            found.setdefault(folder.stat().st_dev, Disk(str(folder.resolve()), disk_usage(folder).free))
    return tuple(found.values())


def read_options(destination: Destination) -> object:
    """The destination's options as its kind's options model."""
    return destinations.KINDS[destination.kind].options.model_validate(dict(destination.options))


def preload() -> None:
    """Make what every process that works makes at its first task, and what takes an eighth of a second in all. A worker
    does so before it forks: its children, and those that replace them, start with it and share its pages."""
    prepare(*(kind for _, kind in TABLES.values()), Operator, Alerts, ReviewRules, ArticleRules, ParsedEntry, Credit)
    registrable_domain("news.example")
    simplified("繁體")


def build_services(settings: Settings | None = None, hints: Hints | None = None) -> Services:
    """Services on the given settings, or on the environment's. Raises SettingsError."""
    settings = settings or read_settings()
    services = Services(settings, Database(settings.database))
    if hints is not None:
        services.hints = hints
    return services


_hints: Hints | None = None


def use_hints(hints: Hints) -> None:
    """Let every Services of this process ring ``hints``: how the console script gets Celery's."""
    global _hints  # noqa: PLW0603 - set once, at start-up, by tasks.entry
    _hints = hints


@contextmanager
def open_services() -> Iterator[Services]:
    """Services for one command, closed afterwards. Raises SettingsError."""
    services = build_services(hints=_hints)
    try:
        yield services
    finally:
        services.close()

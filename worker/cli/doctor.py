"""``newsroad doctor``: is everything as it must be, and if not, what to do."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from zoneinfo import ZoneInfo

import redis
import typer
from rich.text import Text

from worker.bootstrap import Services, open_services, read_options
from worker.catalog import read_catalogue
from worker.catalog.plan import diff
from worker.cli.alerts import unreachable
from worker.cli.endings import ending_rows, ending_words
from worker.cli.output import DAY, JsonOption, Times, console, plain, print_json
from worker.cli.stops import banner, selector
from worker.destinations import OPTIONS, secret_references
from worker.destinations.kind import Options
from worker.errors import CatalogueError, SecretError, StoreError
from worker.log import readable
from worker.model.delivery import Reason
from worker.model.overview import Overview, SourceState
from worker.model.review import HeldFilter
from worker.model.words import counted
from worker.openings import workdays_of
from worker.settings import Settings, resolve_secret
from worker.store.migrate import require

TICK_AGE = timedelta(seconds=30)
LEAST_FREE = 0.05
LEAST_PASSWORD = 12
FILED_WITHIN = timedelta(days=1)
MOST_HELD = 1000  # holds that are counted
TOLD = 5  # names listed in one line
OCTOBER = 10  # from when next year's days off should be known


class Health(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``cure`` is what to do; empty when all is well."""

    check: str
    health: Health
    words: str
    cure: str = ""


Findings = Iterator[Finding]


def doctor(as_json: JsonOption = False) -> None:
    """Check database, broker, catalogue, secrets, folder, sources and destinations; exits with 1 if a check fails."""
    with open_services() as services:
        findings = list(examine(services))
    failed = any(one.health is Health.FAIL for one in findings)
    if as_json:
        print_json({"ok": not failed, "findings": plain(findings)})
    else:
        _show(findings)
    if failed:
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    marks = {Health.OK: ("✓", "green"), Health.WARN: ("!", "yellow"), Health.FAIL: ("✗", "red")}
    out = console()
    for one in findings:
        mark, style = marks[one.health]
        out.print(Text.assemble((mark, style), f" {one.check}: {readable(one.words)}"), soft_wrap=True)
        if one.cure:
            out.print(Text(readable(f"    {one.cure}")), soft_wrap=True)


def examine(services: Services) -> Findings:
    """Every check, in the order in which one depends on another; those on the database stop when it is not usable."""
    settings = services.settings
    yield from folder(settings)
    yield from broker(settings)
    yield from exposure(settings)
    usable = True
    for finding in database(services):
        usable = usable and finding.health is not Health.FAIL
        yield finding
    if not usable:
        return
    overview = services.people.overview(services.clock(), services.clock() - DAY)
    yield from tick(overview)
    yield from catalogue(services)
    yield from calendars(services)
    yield from grants(services)
    yield from secrets(services)
    yield from told(services)
    yield from stopped(services)
    yield from places(overview)
    yield from undecided(services)
    yield from origins(overview)
    yield from index(services)


def folder(settings: Settings) -> Findings:
    """The folder is for us alone and has room."""
    home = settings.home.resolve()
    if not home.exists():
        yield Finding("folder", Health.OK, f"{home} is not there yet; it is made when it is needed")
        return
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & stat.S_IROTH:
        yield Finding("folder", Health.FAIL, f"{home} can be read by everybody ({mode:o})", f"chmod o-rwx {home}")
    else:
        yield Finding("folder", Health.OK, f"{home} is not open to others")
    usage = shutil.disk_usage(home)
    free = usage.free / usage.total
    words = f"{free:.0%} of the disk free ({usage.free / 1e9:.1f} GB)"
    if free < LEAST_FREE:
        yield Finding("disk", Health.FAIL, words, f"free space on the disk of {home}, or move NEWSROAD_HOME")
    else:
        yield Finding("disk", Health.OK, words)


def broker(settings: Settings) -> Findings:
    """The broker answers, never evicts and keeps its file."""
    own = settings.redis_url is None
    url = settings.broker.replace("redis+socket://", "unix://")
    name = "the embedded broker" if own else "the broker"
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True) as client:
            client.ping()
            yield Finding("broker", Health.OK, f"{name} answers")
            yield from _broker_settings(client)
    except (redis.RedisError, OSError, ValueError) as error:
        cure = "start everything with: newsroad run" if own else "start it, or correct NEWSROAD_REDIS_URL"
        kind = type(error).__name__  # its words may hold the address, with the password in it
        yield Finding(
            "broker", Health.FAIL, f"{name} does not answer ({kind}); nothing is lost, everything waits", cure
        )


def _broker_settings(client: redis.Redis) -> Findings:
    wanted = {
        "maxmemory-policy": ("noeviction", "a full broker must refuse, not drop knocks"),
        "appendonly": ("yes", ""),
    }
    for name, (right, why) in wanted.items():
        try:
            found = client.config_get(name).get(name)
        except redis.ResponseError:
            yield Finding(f"broker {name}", Health.WARN, "it does not tell", f"make sure that {name} is {right}")
            continue
        if found == right:
            yield Finding(f"broker {name}", Health.OK, right)
        else:
            words = f"{found}, should be {right}" + (f": {why}" if why else "")
            level = Health.FAIL if name == "maxmemory-policy" else Health.WARN
            yield Finding(f"broker {name}", level, words, f"CONFIG SET {name} {right}, and write it into its file")


def exposure(settings: Settings) -> Findings:
    """What the environment opens: networks behind the address guard, Flower's password."""
    open_nets = [str(net) for net in settings.allow_networks if not net.is_loopback]
    if open_nets:
        words = f"feeds and partners may point into {_some(open_nets)}"
        cure = "keep NEWSROAD_ALLOW_NETWORKS to what a source or a partner really is in"
        yield Finding("address guard", Health.WARN, words, cure)
    elif settings.allow_networks:
        words = "loopback may be asked (NEWSROAD_ALLOW_NETWORKS); right for tests, not for production"
        yield Finding("address guard", Health.WARN, words, "unset NEWSROAD_ALLOW_NETWORKS in production")
    else:
        yield Finding("address guard", Health.OK, "only public addresses are asked")
    password = settings.flower_password
    if password is not None and len(password) < LEAST_PASSWORD:
        words = f"its password has fewer than {LEAST_PASSWORD} characters"
        yield Finding("Flower", Health.FAIL, words, "set a longer NEWSROAD_FLOWER_PASSWORD, or unset it")


def database(services: Services) -> Findings:
    """It answers, has this release's schema and can be written."""
    try:
        require(services.database)
        services.pulse.beat("doctor", services.clock())
    except StoreError as error:
        yield Finding("database", Health.FAIL, str(error), "newsroad migrate, or see docs/settings.md")
        return
    yield Finding("database", Health.OK, "answers, can be written, has this release's schema")


def tick(overview: Overview) -> Findings:
    """The clock ticks: without it only what was rung moves."""
    if overview.tick_at is None:
        yield Finding("tick", Health.FAIL, "never heard of", "start workers and beat: newsroad run")
        return
    age = overview.at - overview.tick_at
    if age > TICK_AGE:
        words = f"last heard {age.total_seconds():.0f} s ago"
        yield Finding("tick", Health.FAIL, words, "see whether beat and the tick worker run: newsroad run")
    else:
        yield Finding("tick", Health.OK, f"heard {age.total_seconds():.0f} s ago")


def catalogue(services: Services) -> Findings:
    """What is in force is what the file says; the operator can be reached; the web face is served safely."""
    current, settings = services.catalogue.current(), services.settings
    if current is None:
        yield Finding("catalogue", Health.FAIL, "none is in force", "newsroad init, then newsroad apply")
        return
    try:
        plan = diff(current, read_catalogue(settings.catalogue, OPTIONS))
    except CatalogueError as error:
        yield Finding(
            "catalogue", Health.WARN, f"{settings.catalogue} is refused: {error.findings[0]}", "newsroad check"
        )
    else:
        if plan:
            words = f"{settings.catalogue} is not what is in force: {plan.summary()}"
            yield Finding("catalogue", Health.WARN, words, "newsroad plan, then newsroad apply")
        else:
            yield Finding("catalogue", Health.OK, f"{settings.catalogue} is in force")
    if not current.operator.contact.strip():
        yield Finding("operator", Health.FAIL, "has no contact", "write operator.contact into the catalogue")
    if not _is_loopback(settings.web_host) and not current.operator.site.startswith("https://"):
        words = f"the web face listens on {settings.web_host} and operator.site is not https"
        cure = 'put a TLS proxy before it and write operator.site = "https://…"'
        yield Finding("web face", Health.WARN, words, cure)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def calendars(services: Services) -> Findings:
    """Calendars in use know this year's days off and, from October on, next year's."""
    current = services.catalogue.current()
    if current is None:
        return
    today = services.clock().astimezone(ZoneInfo(current.operator.zone)).date()
    wanted = [today.year, *([today.year + 1] if today.month >= OCTOBER else [])]
    used = {one.schedule.calendar for one in current.destinations} | {current.alerts.calendar}
    for one in current.calendars:
        days = workdays_of(one)
        years = {day.year for day in days.free | days.worked}
        missing = [str(year) for year in wanted if year not in years]
        if one.key in used and missing:
            words = f"{one.key} has no days of {', '.join(missing)}: holidays would count as workdays"
            cure = f"add days_off and workdays to [calendars.{one.key}], then: newsroad apply"
            yield Finding("calendar", Health.WARN, words, cure)


def grants(services: Services) -> Findings:
    """No permission ends within 60 days."""
    times = Times(services)
    for row in ending_rows(services, times.now):
        cure = f"renew it and move valid_until of [grants.{row.grant}], or let it end: docs/how-to/grants-that-end.md"
        yield Finding("grant", Health.WARN, ending_words(row, times), cure)


def stopped(services: Services) -> Findings:
    """Nothing is stopped by a person."""
    times = Times(services)
    for one in services.stops.in_force(times.now):
        cure = f"lift it with: newsroad resume {selector(one.scope, one.key)} --as newest (or all, or drop)"
        yield Finding("stop", Health.WARN, banner([one], times)[0], cure)


def secrets(services: Services) -> Findings:
    """Every secret that a destination names can be had here. Values are never shown."""
    current = services.catalogue.current()
    missing: list[str] = []
    count = 0
    for one in current.destinations if current else ():
        options = read_options(one)
        for reference in secret_references(options) if isinstance(options, Options) else ():
            count += 1
            try:
                resolve_secret(reference)
            except SecretError as error:
                missing.append(f"{one.key}: {error}")
    if missing:
        cure = "give them to the workers' environment; if only this shell lacks them, nothing is wrong"
        yield Finding("secrets", Health.FAIL, _some(missing), cure)
    elif count:
        yield Finding("secrets", Health.OK, f"all {count} can be had")


def told(services: Services) -> Findings:
    """Whom [alerts] names can be told."""
    current = services.catalogue.current()
    if current is None or not services.tellers(current).recipients():
        return
    problems = unreachable(services, current)
    if problems:
        yield Finding("alerts", Health.FAIL, _some(problems), "docs/how-to/alerts.md; then: newsroad alerts test")
    else:
        yield Finding("alerts", Health.OK, "all that [alerts] names can be told")


def places(overview: Overview) -> Findings:
    """No destination is stopped, nothing was given up."""
    stopped = [row.key for row in overview.destinations if row.state in ("held", "disabled")]
    failing = [row.key for row in overview.destinations if row.state == "open"]
    parked = sum(row.parked for row in overview.destinations)
    if stopped:
        cure = "newsroad destination show KEY tells why; then: newsroad destination resume KEY"
        yield Finding("destinations", Health.FAIL, f"{_some(stopped)} stopped", cure)
    if failing:
        yield Finding(
            "destinations", Health.WARN, f"{_some(failing)} failing, tried again by themselves", "ask the partner"
        )
    if parked:
        cure = "newsroad delivery list --state parked, then: newsroad delivery replay ID"
        yield Finding("deliveries", Health.WARN, f"{parked} given up", cure)
    if not (stopped or failing or parked):
        yield Finding("destinations", Health.OK, f"all {len(overview.destinations)} can be delivered to")


def undecided(services: Services) -> Findings:
    """Every article could be decided about."""
    rows = services.people.held(MOST_HELD, HeldFilter(reason=Reason.FAULT.value))
    if rows:
        articles = counted(len({row.article for row in rows}), "article")
        words = f"{articles} could not be decided about, by a fault of Newsroad: {rows[0].decision.note}"
        cure = "report it; it is tried again by itself. Which ones: newsroad review list --reason FAULT"
        yield Finding("decisions", Health.WARN, words, cure)


def origins(overview: Overview) -> Findings:
    """Sources answer, their bodies can be read, nobody waits for a person unseen."""
    rows = overview.sources
    waiting = (SourceState.ATTENTION, SourceState.CHALLENGED, SourceState.FORBIDDEN)
    attention = [row.key for row in rows if row.state in waiting]
    checks = (
        ("failing", [row.key for row in rows if row.failures > 3], "newsroad source show KEY"),
        ("not asked in time", _late(overview), "see whether a poll worker runs, and newsroad source show KEY"),
        ("asking for attention", attention, "newsroad source show KEY; when seen to: newsroad source resume KEY"),
        ("with bodies set aside", [row.key for row in rows if row.quarantined], "newsroad source show KEY tells why"),
    )
    for words, found, cure in checks:
        if found:
            yield Finding("sources", Health.WARN, f"{words}: {_some(found)}", cure)
    if not any(found for _, found, _ in checks):
        yield Finding("sources", Health.OK, f"all {len(rows)} are well")


def index(services: Services) -> Findings:
    """Texts are recognised when they come again: all of them are filed, and by this release."""
    found, now = services.filing.state(), services.clock()
    waits = f"{counted(found.waiting, 'text')} waiting to be filed"
    if found.outdated:
        words = "a part is of another version, and texts in it are recognised letter by letter only"
        yield Finding("index", Health.WARN, words, "newsroad reindex, while everything runs")
    elif found.oldest is not None and now - found.oldest > FILED_WITHIN:
        cure = "newsroad reindex files them now; the upkeep worker does it when no snapshot waits"
        yield Finding("index", Health.WARN, f"{waits} for longer than a day", cure)
    else:
        yield Finding("index", Health.OK, waits if found.waiting else "every text is recognised when it comes again")


def _late(overview: Overview) -> list[str]:
    """Sources that were due more than three of their intervals ago."""
    return [
        row.key
        for row in overview.sources
        if row.due_at is not None and overview.at - row.due_at > timedelta(seconds=3 * row.every)
    ]


def _some(names: list[str]) -> str:
    more = f" and {len(names) - TOLD} more" if len(names) > TOLD else ""
    return ", ".join(names[:TOLD]) + more

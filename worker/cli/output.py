"""How commands read what people type and print what they ask for: ids and addresses, times, tables, JSON."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from pydantic import TypeAdapter, ValidationError
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from worker.bootstrap import Services
from worker.catalog.values import Seconds, as_utc, read_moment
from worker.errors import NotFound, Refused
from worker.log import readable
from worker.model.catalog import Operator
from worker.model.overview import ArticleRow
from worker.store.migrate import require
from worker.store.pack import to_plain

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many lines at most.")]
ByOption = Annotated[str | None, typer.Option("--by", help="Who does it, for the record; your login name if absent.")]
NoteOption = Annotated[str | None, typer.Option("--note", help="Why, for the record.")]
NeededByOption = Annotated[str, typer.Option("--by", help="Who says so. Needed.")]
NeededNoteOption = Annotated[str, typer.Option("--note", help="Why. Needed.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
LanguageOption = Annotated[
    str | None, typer.Option("--language", help="zh or en; the operator's own language if absent.")
]
ArticleArgument = Annotated[
    str, typer.Argument(metavar="ARTICLE", help="Its id, the beginning of it, or any address it has anywhere.")
]

DAY = timedelta(days=1)


def plain(value: object) -> Any:
    """``value`` (a model value or containers of them) as JSON has it; times in RFC 3339."""
    if is_dataclass(value) and not isinstance(value, type):
        return to_plain(value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) else value


def print_json(value: object) -> None:
    say(json.dumps(plain(value), ensure_ascii=False, indent=2))


def print_table(names: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str | None = None) -> None:
    """A table; columns of numbers are set right, absent values are ``–``. Without rows only ``empty`` is said."""
    listed = [[("–" if one is None else one) for one in row] for row in rows]
    if not listed:
        if empty:
            say(empty)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for at, name in enumerate(names):
        numbers = all(isinstance(row[at], int) or row[at] == "–" for row in listed)
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for row in listed:
        table.add_row(*(Text(readable(str(one))) for one in row))
    console().print(table)


def console() -> Console:
    """Where commands print. A pipe has no width of its own, so nothing is cut there."""
    wide = None if sys.stdout.isatty() else 200
    return Console(file=sys.stdout, highlight=False, width=wide)


def say(words: str = "", *, err: bool = False) -> None:
    """Print ``words``, which may quote a publisher or partner: nothing in them steers the terminal."""
    typer.echo(readable(words), err=err)


def ask(question: str, *, unasked: str, no: str = "Nothing was changed.") -> None:
    """Go on only if somebody says yes. Raises Refused: with ``unasked``, which tells what to type instead, where there
    is nobody to ask, with ``no`` where the answer is no."""
    if not sys.stdin.isatty():
        raise Refused(unasked)
    if not typer.confirm(question, err=True):
        raise Refused(no)


def ready(services: Services) -> Services:
    """``services`` on a database with this release's schema. Raises StoreError saying what to run."""
    require(services.database)
    return services


def operator(services: Services) -> Operator:
    """The operator of the catalogue in force, a nameless one before the first ``apply``."""
    return services.catalogue.operator() or Operator(name="", contact="")


def language(services: Services, asked: str | None) -> str:
    """``zh`` or ``en``. Raises Refused for anything else asked for."""
    if asked is not None and asked not in ("zh", "en"):
        raise Refused(f"--language {asked}: zh and en are spoken")
    return asked or ("zh" if operator(services).language.startswith("zh") else "en")


class Times:
    """Moments as people of one time zone read them."""

    def __init__(self, services: Services) -> None:
        self.zone = ZoneInfo(operator(services).zone)
        self.now = services.clock()

    def at(self, moment: datetime | None) -> str | None:
        """``11-24 12:00:05``, with the year when it is not this one."""
        if moment is None:
            return None
        local = moment.astimezone(self.zone)
        return local.strftime(
            "%m-%d %H:%M:%S" if local.year == self.now.astimezone(self.zone).year else "%Y-%m-%d %H:%M"
        )

    def text(self, value: str) -> str:
        """``value``, told as ``at`` does if it is a moment in RFC 3339."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return value if moment.tzinfo is None else self.at(moment) or value

    def ago(self, moment: datetime | None) -> str | None:
        """``12 s ago``, ``in 3 min``."""
        if moment is None:
            return None
        seconds = (self.now - moment).total_seconds()
        return f"{span(seconds)} ago" if seconds >= 0 else f"in {span(-seconds)}"

    def midnight(self) -> datetime:
        """When today began here."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    def read(self, text: str, *, end_of_day: bool = False) -> datetime:
        """A moment that somebody typed: a date or a date with a time, in this zone unless it names another.

        Raises Refused.
        """
        try:
            return as_utc(read_moment(text), str(self.zone), end_of_day=end_of_day)
        except ValueError as error:
            raise Refused(f"{text}: {error}") from None

    def since(self, text: str) -> datetime:
        """A moment, or a span that ends now: ``2h``, ``3d``. Raises Refused."""
        try:
            return self.now - timedelta(seconds=TypeAdapter(Seconds).validate_python(text))
        except ValidationError:
            return self.read(text)


def span(seconds: float) -> str:
    """A length of time in its largest unit."""
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"


def person(by: str | None) -> str:
    """Who does it: as given, else the login name."""
    if by and by.strip():
        return by.strip()[:200]
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "operator"


def the_article(services: Services, text: str, *, follow: bool = True) -> ArticleRow:
    """The one article that ``text`` names; of one that was merged into another that other, unless told not to
    ``follow``. Raises NotFound, or Refused with the candidates when there are several."""
    rows = services.people.named(text)
    if len(rows) == 1 and rows[0].merged_into is not None and follow:
        say(f"{rows[0].uuid} was merged into {rows[0].merged_into}: this is about that one", err=True)
        return services.people.named(str(rows[0].merged_into))[0]
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise NotFound(
            f"no article is known by {text!r}. Give its id, the beginning of its id (4 characters), its address here, "
            "at its origin or at a partner; by title: newsroad article find WORDS"
        )
    listed = "\n".join(f"  {row.uuid}  {row.title}" for row in rows)
    raise Refused(f"{text!r} names {len(rows)} articles; say which:\n{listed}")

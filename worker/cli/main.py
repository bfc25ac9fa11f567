"""The ``newsroad`` command: every noun listed, its module imported when it is used, errors printed as words.

Loading all nouns costs a second or two (store, network, catalogue, rich); one alone costs what it needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, Final

import typer
import typer.core
import typer.main

from worker.errors import NewsroadError, Refused
from worker.log import configure, readable
from worker.settings import read_settings

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "status": ("status", "Show how sources, deliveries and destinations stand."),
    "doctor": ("doctor", "Check database, broker, catalogue, secrets, folder, sources and destinations."),
    "takedown": ("takedown", "Take articles back from every place they reached."),
    "pause": ("stops", "Stop what goes out, within seconds."),
    "resume": ("stops", "Lift a stop, having said how much of what waited goes out."),
    "report": ("report", "Count what came in and what became of it."),
    "alerts": ("alerts", "What needs a person, and whether people can be told."),
    "run": ("run", "Start every process for one machine."),
    "demo": ("demo", "Show the whole road: local sample publishers, a partner, every process."),
    "init": ("catalogue", "Write a commented catalogue to start from."),
    "check": ("catalogue", "Say whether the catalogue can be applied."),
    "plan": ("catalogue", "Show what `apply` would change, publish and retract."),
    "apply": ("catalogue", "Put the catalogue in force."),
    "source": ("source_lists", "What is polled: the sources of the catalogue."),
    "destination": ("destination_times", "Where articles go."),
    "channel": ("channel", "The columns: what they select and what they hold."),
    "article": ("article_repair", "Articles: what they are and where they are."),
    "delivery": ("delivery", "What was, is and will be sent."),
    "audit": ("audit", "List what people did, newest first: who, what, why, before, after."),
    "guard": ("guard", "Word lists and sensitive periods: what they hold, what is out already."),
    "review": ("review", "What waits for a person's word."),
    "migrate": ("maintenance", "Bring the database to the schema of this release."),
    "reindex": ("reindex", "Make anew what texts are recognised by when they come again."),
    "backup": ("maintenance", "Write everything the database holds to one file."),
    "restore": ("maintenance", "Put a backup into an empty database."),
    "probe": ("probe", "Show what the parser makes of a feed, a page, an address or a date."),
}
"""Name → module under ``worker.cli`` that holds it, and its line in ``newsroad --help``."""

_WITHOUT_SERVICES = frozenset({"probe"})


class _Nouns(Mapping[str, Any]):
    """Every command by name, its module imported on first look."""

    def __getitem__(self, name: str) -> Any:
        if name not in COMMANDS:
            raise KeyError(name)
        return _load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@cache
def _load(name: str) -> Any:
    module = import_module(f"worker.cli.{COMMANDS[name][0]}")
    root = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    nouns: typer.Typer | None = getattr(module, "app", None)
    if nouns is None:
        root.command(name)(getattr(module, name))
    elif any(verb.name == name for verb in nouns.registered_commands):
        root.add_typer(nouns)
    else:
        root.add_typer(nouns, name=name)
    return typer.main.get_group(root).commands[name]


class _Root(typer.core.TyperGroup):
    """The group of all nouns; listing them imports none."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Nouns()  # type: ignore[assignment]  # only ever read

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - typer's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


app = typer.Typer(
    name="newsroad",
    cls=_Root,
    help="Polls news feeds, recognises the same story twice, credits its source, pushes it downstream.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsroad {version('newsroad')}")
        raise typer.Exit


@app.callback()
def _before(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which release this is.")
    ] = False,
) -> None:
    wire: Callable[[], None] | None = context.obj
    if wire is not None and context.invoked_subcommand not in _WITHOUT_SERVICES:
        wire()


def _check_words(arguments: Sequence[str]) -> None:
    """Raises Refused when one of ``arguments`` is no text. A terminal or script that writes GBK sends such: what was
    typed is known no more, and nothing takes half a character."""
    for position, argument in enumerate(arguments, 1):
        if not argument.isascii() and any("\ud800" <= sign <= "\udfff" for sign in argument):
            raise Refused(
                f"argument {position} is not UTF-8: set the terminal, or save the script, as UTF-8 (not GBK). "
                f"第 {position} 个参数不是 UTF-8：请把终端或脚本改为 UTF-8（不是 GBK）。"
            )


def main(wire: Callable[[], None] | None = None) -> None:
    """Run one command. Exits with the error's own code when it fails, 130 on Ctrl-C.

    ``wire`` is called before any command that works with Services: it is where hints are put in.
    """
    try:
        settings = read_settings()
        configure(settings.log_level, settings.log_format)
        _check_words(sys.argv[1:])
        app(prog_name="newsroad", obj=wire)
    except NewsroadError as error:
        typer.echo(readable(f"newsroad: {error}"), err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)

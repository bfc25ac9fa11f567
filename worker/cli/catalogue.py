"""``newsroad init | check | plan | apply``: the file, what is wrong with it, what it would change, making it so."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from worker.bootstrap import Services, open_services
from worker.catalog import read_catalogue
from worker.catalog.plan import Plan, diff
from worker.destinations import OPTIONS
from worker.errors import CatalogueError, Refused
from worker.model.catalog import Catalogue
from worker.pipeline.foresee import Foreseen
from worker.settings import read_settings
from worker.store import migrate

Consequences = Mapping[str, tuple[int, int, int]]
"""Destination key → how many articles an apply would publish, update and retract there."""

UNASKED = 20
"""So many articles are published by an apply without a question; none is retracted without one."""

app = typer.Typer()

FileArgument = Annotated[
    Path | None, typer.Argument(metavar="[PATH]", help="The catalogue; newsroad.toml unless NEWSROAD_CATALOGUE is set.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("init")
def init_command(path: FileArgument = None) -> None:
    """Write a commented catalogue to start from."""
    path = path or read_settings().catalogue
    starter = files("worker").joinpath("templates", "newsroad.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter)
    except FileExistsError:
        raise Refused(f"{path} is there already; name another file, or move that one away first") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from error
    typer.echo(f"Wrote {path}. Fill in operator.contact, put your own sources in, then: newsroad check")


@app.command("check")
def check_command(path: FileArgument = None, as_json: JsonOption = False) -> None:
    """Say whether the catalogue can be applied, and if not, every line that is wrong. Exits with 2 on findings."""
    path = path or read_settings().catalogue
    try:
        catalogue = read_catalogue(path, OPTIONS)
    except CatalogueError as error:
        if not as_json:
            raise
        typer.echo(_json({"file": str(path), "ok": False, "findings": error.findings}))
        raise typer.Exit(error.exit_code) from None
    if as_json:
        typer.echo(_json({"file": str(path), "ok": True, "findings": []}))
    else:
        typer.echo(f"{path}: all right ({_contents(catalogue)})")


@app.command("plan")
def plan_command(path: FileArgument = None, as_json: JsonOption = False) -> None:
    """Show what `apply` would change, publish and retract. Changes nothing."""
    catalogue = read_catalogue(path or read_settings().catalogue, OPTIONS)
    with open_services() as services:
        plan, foreseen = _foresee(services, catalogue)
    if as_json:
        typer.echo(_json(_as_json(plan, foreseen)))
    else:
        _show(plan, foreseen)


@app.command("apply")
def apply_command(
    path: FileArgument = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, however many articles it concerns.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put the catalogue in force."""
    catalogue = read_catalogue(path or read_settings().catalogue, OPTIONS)
    with open_services() as services:
        plan, foreseen = _foresee(services, catalogue)
        if not as_json:
            _show(plan, foreseen)
        if plan:
            _agree(foreseen.touched(), yes=yes)
            if migrate.current(services.database) is None:
                migrate.migrate(services.database)
            services.catalogue.apply(catalogue, services.clock())
    if as_json:
        typer.echo(_json({**_as_json(plan, foreseen), "applied": bool(plan)}))
    elif plan:
        typer.echo("Applied.")


def weight(consequences: Consequences) -> str | None:
    """What an apply needs somebody's word for, as a sentence; None when it may simply be done."""
    publish = sum(counts[0] for counts in consequences.values())
    retract = sum(counts[2] for counts in consequences.values())
    if publish <= UNASKED and retract == 0:
        return None
    return f"This would publish {publish} and retract {retract} articles at {len(consequences)} destinations."


def _agree(consequences: Consequences, *, yes: bool) -> None:
    question = None if yes else weight(consequences)
    if question is None:
        return
    if not sys.stdin.isatty():
        raise Refused(f"{question} Nothing was changed; look at `newsroad plan`, then: newsroad apply --yes")
    if not typer.confirm(f"{question} Go on?", err=True):
        raise Refused("Nothing was changed.")


def _foresee(services: Services, catalogue: Catalogue) -> tuple[Plan, Foreseen]:
    if migrate.current(services.database) is None:  # a new installation: nothing is in force, nothing is out
        return diff(None, catalogue), Foreseen({}, 0, complete=True)
    migrate.require(services.database)
    return diff(services.catalogue.current(), catalogue), services.foresee(catalogue)


def _show(plan: Plan, foreseen: Foreseen) -> None:
    for line in plan.lines():
        typer.echo(line)
    typer.echo(f"Catalogue: {plan.summary()}.")
    if not foreseen.complete:
        typer.echo(f"Articles: the newest {foreseen.articles} were looked at; older ones may follow them.")
    consequences = foreseen.touched()
    if consequences:
        table = Table("destination", "to publish", "to update", "to retract", box=None)
        for key, counts in consequences.items():
            table.add_row(key, *map(str, counts))
        Console(file=sys.stdout).print(table)
    elif plan:
        typer.echo("Articles: nothing is published or retracted by this.")


def _as_json(plan: Plan, foreseen: Foreseen) -> dict[str, object]:
    return {
        "changes": plan.as_json(),
        "destinations": {
            key: {"publish": publish, "update": update, "retract": retract}
            for key, (publish, update, retract) in foreseen.touched().items()
        },
        "articles": {"looked_at": foreseen.articles, "complete": foreseen.complete},
    }


def _contents(catalogue: Catalogue) -> str:
    tables = ("publishers", "sources", "grants", "channels", "subscribers", "destinations")
    counts = {table: len(getattr(catalogue, table)) for table in tables}
    return ", ".join(f"{count} {table.removesuffix('s') if count == 1 else table}" for table, count in counts.items())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)

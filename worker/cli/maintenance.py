"""``newsroad backup | restore | migrate``: the database as a file, back again, and to this release's schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from worker.bootstrap import open_services
from worker.cli.output import ByOption, JsonOption, YesOption, ask, person, print_json
from worker.log import readable
from worker.settings import Settings
from worker.store.backup import Manifest, Say, back_up
from worker.store.engine import sqlite_path
from worker.store.migrate import migrate
from worker.store.restore import read_manifest, require_empty, restore, verify

app = typer.Typer()

TOLD = ("source", "destination", "entry", "article", "delivery")


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database to the schema of this release; running it again changes nothing."""
    with open_services() as services:
        before, after = migrate(services.database)
    typer.echo(f"schema {after}, as before" if before == after else f"schema {before or 'none'} → {after}")


@app.command("backup")
def backup_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; must not exist yet.")],
    as_json: JsonOption = False,
) -> None:
    """Write everything the database holds to one file, while Newsroad runs on. Secrets are not in it."""
    with open_services() as services, _progress("backing up") as say:
        manifest = back_up(services.database, file, now=services.clock(), product=version("newsroad"), say=say)
    _print(file, manifest, as_json=as_json, done="written")


@app.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    only_verify: Annotated[bool, typer.Option("--verify", help="Check the file, restore nothing.")] = False,
    yes: YesOption = False,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup into an empty database, SQLite or PostgreSQL, whichever of them it came from."""
    if only_verify:
        with _progress("checking") as say:
            manifest = verify(file, say)
        _print(file, manifest, as_json=as_json, done="whole: every hash, count and reference holds")
        return
    with open_services() as services:
        manifest = read_manifest(file)
        require_empty(services.database, manifest)
        _agree(file, manifest, _place(services.settings), yes=yes)
        with _progress("restoring") as say:
            restore(services.database, file, say, now=services.clock(), by=person(by))
    _print(file, manifest, as_json=as_json, done="restored")
    if not as_json:
        typer.echo(
            "What was being sent when the backup was made is looked for before it is sent again. Next: newsroad run"
        )


def _agree(file: Path, manifest: Manifest, place: str, *, yes: bool) -> None:
    if yes:
        return
    question = f"Restore {file} ({_contents(manifest)}) into {place}?"
    ask(question, unasked=f"{question} Nothing was changed; to go on: newsroad restore {file} --yes")


def _place(settings: Settings) -> str:
    """The database in force, in words without a password."""
    from sqlalchemy import make_url

    return str(sqlite_path(settings.database) or make_url(settings.database).render_as_string())


def _contents(manifest: Manifest) -> str:
    counts = ", ".join(f"{table} {manifest.rows(table)}" for table in TOLD)
    return readable(
        f"of {manifest.created:%Y-%m-%d %H:%M} UTC by Newsroad {manifest.product}, schema {manifest.schema}: {counts}"
    )


def _print(file: Path, manifest: Manifest, *, as_json: bool, done: str) -> None:
    if as_json:
        print_json({"file": str(file), "bytes": file.stat().st_size, "manifest": manifest})
    else:
        typer.echo(f"{file}: {done} ({_contents(manifest)}; {file.stat().st_size / 1e6:.1f} MB)")


@contextmanager
def _progress(doing: str) -> Iterator[Say]:
    """A line that tells how far it is, for people; nothing on a pipe."""
    console = Console(stderr=True)
    with console.status(doing) as line:
        yield lambda table, rows: line.update(f"{doing} {table}: {rows} rows")

"""``newsroad migrate``: bring the database to this release's schema."""

from __future__ import annotations

import typer

from worker.bootstrap import open_services
from worker.store.migrate import migrate

app = typer.Typer()


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database to the schema of this release; running it again changes nothing."""
    with open_services() as services:
        before, after = migrate(services.database)
    typer.echo(f"schema {after}, as before" if before == after else f"schema {before or 'none'} → {after}")

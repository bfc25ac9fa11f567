"""The ``newsroad`` command: every noun registered, errors printed as words, never as tracebacks."""

from __future__ import annotations

import sys

import typer

from worker.cli import article, catalogue, delivery, destination, maintenance, probe, review, sources
from worker.cli.demo import demo
from worker.cli.doctor import doctor
from worker.cli.run import run
from worker.cli.status import status
from worker.cli.takedown import takedown
from worker.errors import NewsroadError
from worker.log import configure
from worker.settings import read_settings

app = typer.Typer(
    name="newsroad",
    help="Polls news feeds, recognises the same story twice, credits its source, pushes it downstream.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(catalogue.app)
app.command("status")(status)
app.command("doctor")(doctor)
app.add_typer(sources.app, name="source")
app.add_typer(destination.app, name="destination")
app.add_typer(article.app, name="article")
app.add_typer(delivery.app, name="delivery")
app.add_typer(review.app, name="review")
app.command("takedown")(takedown)
app.add_typer(maintenance.app)
app.command("run")(run)
app.command("demo")(demo)
app.add_typer(probe.app, name="probe")


def main() -> None:
    """Run one command. Exits with the error's own code when it fails, 130 on Ctrl-C."""
    try:
        settings = read_settings()
        configure(settings.log_level, settings.log_format)
        app()
    except NewsroadError as error:
        typer.echo(f"newsroad: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)

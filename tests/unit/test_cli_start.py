"""A command loads what it needs and no more; the list of commands loads none of them."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest
import typer.main
from typer.testing import CliRunner

from worker.cli.main import COMMANDS, app

HEAVY = ("celery", "kombu", "sqlalchemy", "alembic", "aiohttp", "fastapi", "psycopg", "redis", "feedparser", "opencc")


def loaded_by(*arguments: str) -> set[str]:
    script = (
        f"import sys; sys.argv = ['newsroad', *{arguments!r}]\n"
        "from tasks.entry import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, input="", check=True)
    return set(answer.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), ("probe", "url"), ("probe", "feed", "--jsonl"), ("probe", "date")]
)
def test_what_needs_no_database_and_no_broker_loads_neither(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments) == set()


def test_a_command_that_only_reads_loads_no_celery() -> None:
    assert "celery" not in loaded_by("status", "--help")


def test_help_lists_every_command_with_its_line() -> None:
    text = " ".join(CliRunner().invoke(app, ["--help"]).output.split())
    for name, (_, line) in COMMANDS.items():
        assert f"{name} {line}" in text


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_line_in_the_list_is_how_the_commands_own_help_begins(name: str) -> None:
    command = typer.main.get_command(app).commands[name]
    assert command.name == name
    assert command.get_short_help_str(1_000).startswith(COMMANDS[name][1].removesuffix("."))


def test_a_misspelt_command_is_put_right() -> None:
    assert "'source'" in CliRunner().invoke(app, ["sorce"]).output


def test_it_says_which_release_it_is() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"newsroad {version('newsroad')}\n"

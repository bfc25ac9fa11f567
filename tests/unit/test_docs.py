"""The map is true: every command, option, setting and kind has its page, and no link of a page leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from worker import destinations
from worker.cli.main import app
from worker.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ROOT_COMMAND = typer.main.get_command(app)
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def options(command: object) -> Iterator[str]:
    """Long options of a command and of the verbs below it; typer's own left out."""
    for parameter in getattr(command, "params", ()):
        yield from (name for name in getattr(parameter, "opts", ()) if name.startswith("--") and name != "--help")
    for verb in getattr(command, "commands", {}).values():
        yield from options(verb)


@pytest.mark.parametrize("name", sorted(ROOT_COMMAND.commands))
def test_a_command_has_a_page_that_names_its_verbs_and_options(name: str) -> None:
    command = ROOT_COMMAND.commands[name]
    page = (DOCS / "commands" / f"{name}.md").read_text(encoding="utf-8")
    wanted = {*getattr(command, "commands", {}), *options(command)}
    assert {word for word in wanted if word not in page} == set()


@pytest.mark.parametrize("page", sorted((DOCS / "commands").glob("*.md")), ids=lambda page: page.stem)
def test_no_page_is_about_a_command_that_is_gone(page: Path) -> None:
    assert page.stem in ROOT_COMMAND.commands


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_a_setting_is_described(name: str) -> None:
    assert f"`NEWSROAD_{name.upper()}`" in (DOCS / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", sorted(destinations.KINDS))
def test_a_destination_kind_has_a_page_that_names_its_options(kind: str) -> None:
    page = (DOCS / "destinations" / f"{kind}.md").read_text(encoding="utf-8")
    wanted = destinations.KINDS[kind].options.model_fields
    assert {name for name in wanted if name not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:|#", target):
            continue
        assert (page.parent / target.partition("#")[0]).exists(), f"{page.name}: {target}"

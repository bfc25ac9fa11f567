"""The map is true: every command, option, setting and kind has its page, nothing that pages name is gone, and no link
leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

import dev
from worker import destinations, renderers, sources
from worker.cli.main import app
from worker.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ROOT_COMMAND = typer.main.get_command(app)
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
NOT_OURS = {"NEWSROAD_DB_PASSWORD"}  # docker-compose.yml's own
MAP_LINES = 200


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def code_in(text: str) -> Iterator[str]:
    """Lines of code blocks and words in backticks, without prompt and comment."""
    for block in re.findall(r"```\w*\n(.*?)```", text, flags=re.DOTALL):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            yield re.sub(r"\s+#.*", "", line.strip().removeprefix("$ "))
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def slugs(page: Path) -> set[str]:
    """The anchors of a page's headings, as repositories' web faces make them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    heads = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


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


def test_every_source_kind_is_described() -> None:
    page = (DOCS / "catalogue.md").read_text(encoding="utf-8")
    assert {kind for kind in sources.KINDS if f'`"{kind}"`' not in page} == set()


def test_every_output_format_is_described() -> None:
    page = (DOCS / "destinations" / "feed.md").read_text(encoding="utf-8")
    assert {name for name in renderers.RENDERERS if f'"{name}"' not in page} == set()


def test_the_map_stays_a_map() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= MAP_LINES


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name_of)
def test_a_page_can_be_found(page: Path) -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert page.name == "README.md" or f"({page.relative_to(DOCS).as_posix()})" in index


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_command_that_is_not_there(page: Path) -> None:
    for line in code_in(page.read_text(encoding="utf-8")):
        for words in re.findall(r"(?:^|[;&|] *|/bin/|migrate )newsroad ([a-z][^;&|]*)", line):
            name, *rest = words.split()
            assert name in ROOT_COMMAND.commands, f"newsroad {words}"
            command = ROOT_COMMAND.commands[name]
            verbs = getattr(command, "commands", {})
            assert not verbs or not rest or rest[0] in verbs or rest[0].startswith("-"), f"newsroad {words}"
            known = {*options(command), "--help"}
            used = set(re.findall(r"(?<![\w-])--[a-z-]+", words))
            assert used <= known, f"newsroad {words}: {used - known}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_make_or_dev_command_that_is_not_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    for line in code_in(page.read_text(encoding="utf-8")):
        if named := re.match(r"make ([a-z]+)", line):
            assert named[1] in targets, line
        if named := re.match(r"python3 dev\.py ([a-z]+)", line):
            assert re.search(rf"^  {named[1]}\b", dev.USAGE, flags=re.MULTILINE), line


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_setting_that_is_not_there(page: Path) -> None:
    known = {f"NEWSROAD_{name.upper()}" for name in Settings.model_fields} | NOT_OURS
    assert set(re.findall(r"\bNEWSROAD_[A-Z_]+[A-Z]\b", page.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in (*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in slugs(there), f"{page.name}: {target}"

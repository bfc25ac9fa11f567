"""docs/catalogue.md names every key that newsroad.toml may hold, with its default; the examples are right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from pydantic import BaseModel

from worker.catalog import read_catalogue
from worker.catalog.say import names
from worker.catalog.shape import (
    SHAPES,
    SINGLE,
    DataCallShape,
    DestinationShape,
    FirstContactShape,
    ListingShape,
    RulesShape,
    SelectionShape,
)
from worker.catalog.values import span_text
from worker.destinations import OPTIONS
from worker.model.catalog import (
    Alerts,
    ArticleRules,
    DataCall,
    FirstContact,
    Grant,
    Guard,
    Listing,
    Operator,
    ReviewRules,
    Selection,
    Source,
)
from worker.model.page import CONFIDENCE, PageRules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of the tables under ``heading`` by what their first cell names in code quotes."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {row[0].strip("`"): row for row in cells if row[0].startswith("`")}


def documented() -> Iterator[tuple[str, type[BaseModel], str]]:
    yield from ((f"[{name}]", shape, "") for name, shape in SINGLE.items())
    yield from ((f"[{table}.KEY]", shape, "") for table, shape in SHAPES.items())
    yield "[sources.KEY]", FirstContactShape, "first_contact."
    yield "[sources.KEY]", ListingShape, "listing."
    yield "[sources.KEY]", DataCallShape, "listing.request."
    yield "[sources.KEY]", RulesShape, "rules."
    yield "[channels.KEY]", SelectionShape, "select."


@pytest.mark.parametrize(("heading", "shape", "prefix"), list(documented()))
def test_every_key_has_its_row(heading: str, shape: type[BaseModel], prefix: str) -> None:
    missing = [name for name in names(shape) if prefix + name not in rows(heading)]
    assert missing == []


SUB_TABLES = ("first_contact.", "listing.", "rules.", "select.")


@pytest.mark.parametrize(
    ("heading", "shape", "sub"),
    [(f"[{table}.KEY]", shape, SUB_TABLES) for table, shape in SHAPES.items()],
)
def test_no_row_names_a_key_that_is_not_there(heading: str, shape: type[BaseModel], sub: tuple[str, ...]) -> None:
    known = {*names(shape), *(OPTIONS if shape is DestinationShape else ())}
    assert {name for name in rows(heading) if not name.startswith(sub)} == known


@pytest.mark.parametrize("kind", OPTIONS)
def test_every_option_of_a_kind_is_named(kind: str) -> None:
    named = re.findall(r"`(\w+)`", rows("[destinations.KEY]")[kind][1])
    assert named == list(OPTIONS[kind].model_fields)
    page = (ROOT / "docs" / "destinations" / f"{kind}.md").read_text(encoding="utf-8")
    assert [name for name in named if f"`{name}`" not in page] == []


SPANS = {10368000: '"120d"', 600: '"10m"', 86400: '"1d"', 3600: '"1h"', 1800: '"30m"', 900: '"15m"'}


def written(default: object) -> str:
    """A default as the page writes it."""
    match default:
        case bool():
            return str(default).lower()
        case int() if default in SPANS:
            return SPANS[default]
        case str():
            return f'"{default}"'
        case tuple():
            words = [span_text(one) if isinstance(one, int) else one for one in default]
            return "[" + ", ".join(f'"{word}"' for word in words) + "]"
        case None:
            return "–"
    return str(default)


@pytest.mark.parametrize(
    ("heading", "model", "prefix"),
    [
        ("[operator]", Operator, ""),
        ("[sources.KEY]", Source, ""),
        ("[sources.KEY]", FirstContact, "first_contact."),
        ("[sources.KEY]", Listing, "listing."),
        ("[sources.KEY]", DataCall, "listing.request."),
        ("[sources.KEY]", PageRules, "rules."),
        ("[grants.KEY]", Grant, ""),
        ("[channels.KEY]", Selection, "select."),
        ("[guards.KEY]", Guard, ""),
        ("[alerts]", Alerts, ""),
        ("[review]", ReviewRules, ""),
        ("[articles]", ArticleRules, ""),
    ],
)
def test_defaults_are_those_of_the_model(heading: str, model: type, prefix: str) -> None:
    table = rows(heading)
    for field in fields(model):
        row = table.get(prefix + field.name)
        if row is not None and field.default is not MISSING:
            assert row[2].strip("`") == written(field.default), field.name


def test_every_rule_that_finds_fields_is_named_surest_first() -> None:
    assert re.findall(r'"([\w-]+)"', rows("[sources.KEY]")["floor"][1]) == list(CONFIDENCE)


def test_the_examples_in_the_page_are_toml() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= 4
    assert all(tomllib.loads(block) for block in blocks)


def test_the_first_example_of_the_page_passes_the_check(tmp_path: Path) -> None:
    path = tmp_path / "newsroad.toml"
    path.write_text(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0], encoding="utf-8")
    assert read_catalogue(path, OPTIONS).operator.name == "山河新闻网"


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda path: path.name)
def test_the_examples_pass_the_check(path: Path) -> None:
    assert read_catalogue(path, OPTIONS).destinations


def test_the_links_of_the_page_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).resolve().exists(), target

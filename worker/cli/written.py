"""What commands write into the catalogue's files: checked as a whole first, and only with somebody's word."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from worker.catalog import read_catalogue
from worker.cli.output import ask
from worker.destinations import OPTIONS
from worker.errors import CatalogueError, Refused


def check_with(catalogue: Path, target: Path, text: str, sources: Collection[str]) -> None:
    """Raise Refused unless the catalogue passes the check with ``text`` in ``target``, and then has these ``sources``:
    a file that it does not include changes nothing."""
    try:
        checked = read_catalogue(catalogue, OPTIONS, edited={target: text})
    except CatalogueError as error:
        raise Refused(f"Nothing was written: the catalogue would not pass the check.\n{error}") from error
    if not set(sources) <= {source.key for source in checked.sources}:
        near, folder = target.resolve(), catalogue.resolve().parent
        name = near.relative_to(folder).as_posix() if near.is_relative_to(folder) else target
        raise Refused(f'{catalogue} does not include {target}; add it first: include = ["{name}"]')


def text_of(target: Path) -> str | None:
    """What ``target`` holds, None where there is no such file."""
    return target.read_bytes().decode("utf-8-sig") if target.exists() else None


def ask_to_write(target: Path) -> None:
    """Raise Refused unless somebody says yes."""
    unasked = "Nothing was written; to write it without being asked, add --yes"
    ask(f"Write this into {target}?", unasked=unasked, no="Nothing was written.")

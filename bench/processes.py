"""The outside world of a bench, in processes of its own: what each serves, starting and ending them, and the
environment of a peer."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from bench.report import say

HERE = Path(__file__).parent


async def until_left(app: web.Application, host: str = "127.0.0.1") -> None:
    """Serve ``app``, its port printed on standard output, until the bench that started this process is gone."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host, 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def started(module: str, *arguments: str) -> Iterator[int]:
    """The port of ``python -m module arguments``, which is ended on leaving."""
    command = (sys.executable, "-m", module, *arguments)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield int(running.stdout.readline())
        finally:
            running.terminate()


@contextmanager
def interpreter(library: str, constraints: str) -> Iterator[str]:
    """A Python with what the file ``constraints`` beside this one names, in an environment that is gone on leaving."""
    with tempfile.TemporaryDirectory(prefix="newsroad-peer-") as folder:
        say(f"installing {library} into an environment of its own")
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        wanted = ("-r", str(HERE / constraints))
        subprocess.run((python, "-m", "pip", "install", "--quiet", *wanted), check=True, stdout=sys.stderr)
        yield python

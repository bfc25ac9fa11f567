"""``python3 dev.py``: what it starts is what the terminal talks to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLOW_TO_STOP = """#!{python}
import signal, sys, threading
asked = threading.Event()
signal.signal(signal.SIGINT, lambda *_: asked.set())
print("ready", flush=True)
asked.wait(20)
threading.Event().wait(0.6)
print("stopped in good order", flush=True)
sys.exit(7)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals and exec of POSIX")
def test_ctrl_c_lets_the_demonstration_stop_in_its_own_time(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "newsroad"
    program.parent.mkdir()
    program.write_text(SLOW_TO_STOP.format(python=sys.executable))
    program.chmod(0o755)
    starter = f"import dev, pathlib; dev.VENV = pathlib.Path({str(tmp_path)!r}); dev.setup = lambda: None; dev.main()"
    command = (sys.executable, "-c", starter, "demo", "--keep")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as terminal:
        assert terminal.stdout is not None
        assert "newsroad demo" in terminal.stdout.readline()
        assert terminal.stdout.readline() == "ready\n"
        os.killpg(terminal.pid, signal.SIGINT)  # as a terminal does: everybody in the foreground at once
        said, _ = terminal.communicate(timeout=20)
    assert said == "stopped in good order\n"
    assert terminal.returncode == 7

"""Keeps the processes of one machine: starts them, passes on what they say, restarts what dies, stops them together.

Every process leads a process group of its own, so that what it forked goes with it. Should we be killed outright, the
kernel ends the leaders for us (Linux). One thread, one loop, no signal handlers here: who runs the loop owns them.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

Say = Callable[[str, str], None]
"""Takes a program's name (or "newsroad") and one line."""

OURSELVES = "newsroad"
SETTLED = 60.0  # a life this long ends a chain of deaths
ALARM = 5  # deaths in a chain before it is announced as trouble
ALARM_DELAY = 30.0
STOP_GRACE = 15.0
PR_SET_PDEATHSIG = 1

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _no() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep. ``environment`` is added to ours. ``rank`` orders the stop, lowest first.

    ``elsewhere`` tells whether somebody else does this job already; while it does, the program is not started.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    rank: int = 0
    elsewhere: Callable[[], bool] = _no


def restart_delay(chain: int) -> float:
    """Seconds to wait after the ``chain``-th death in a row (each after a life shorter than SETTLED)."""
    return ALARM_DELAY if chain >= ALARM else 0.5 * 2 ** (chain - 1)


def _die_with_parent() -> None:
    """Runs between fork and exec; a signal set here survives the exec (prctl(2))."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class _Kept:
    """A program and what became of it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.running: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.due = 0.0
        self.chain = 0
        self.rest = b""


class Supervisor:
    """``keep`` programs, then call ``turn`` for ever; ``stop`` at the end. Times are monotonic seconds."""

    def __init__(self, say: Say, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._selector = selectors.DefaultSelector()

    def keep(self, program: Program) -> None:
        """Start ``program`` now and look after it from here on."""
        kept = self._kept[program.name] = _Kept(program)
        self._start_if_due(kept)

    def process_id(self, name: str) -> int | None:
        """The process id of a running program."""
        running = self._kept[name].running
        return running.pid if running is not None and running.poll() is None else None

    def turn(self, wait: float = 0.2) -> None:
        """One round: pass on output, notice deaths, start what is due. Returns after ``wait`` seconds at the latest."""
        self._pass_on(wait)
        for kept in self._kept.values():
            self._notice_death(kept)
            self._start_if_due(kept)

    def turn_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Turn until ``condition`` holds (True) or ``seconds`` have passed (False)."""
        end = self._clock() + seconds
        while not condition():
            if self._clock() >= end:
                return False
            self.turn(0.1)
        return True

    def stop(self, grace: float = STOP_GRACE) -> bool:
        """End everything, rank after rank: SIGTERM, then SIGKILL when ``grace`` seconds are over (for the first rank;
        later ones get 2 s). Returns whether all ended of their own accord."""
        clean = True
        for rank in sorted({kept.program.rank for kept in self._kept.values()}):
            clean &= self._stop_rank([kept for kept in self._kept.values() if kept.program.rank == rank], grace)
            grace = 2.0
        self._pass_on(0)
        self._selector.close()
        self._kept.clear()
        return clean

    def _stop_rank(self, kept: list[_Kept], grace: float) -> bool:
        running = {one.program.name: one.running for one in kept if one.running is not None}
        for process in running.values():
            process.terminate()
        end = self._clock() + grace
        while any(process.poll() is None for process in running.values()) and self._clock() < end:
            self._pass_on(0.1)
        late = [name for name, process in running.items() if process.poll() is None]
        if late:
            self._say(OURSELVES, f"{', '.join(late)} did not end within {grace:.0f} s and will be killed")
        for one in kept:
            if one.running is not None:
                self._bury(one)
        return not late

    def _start_if_due(self, kept: _Kept) -> None:
        program = kept.program
        if kept.running is not None or self._clock() < kept.due:
            return
        if program.elsewhere():
            kept.due = self._clock() + 1.0
            return
        kept.started = self._clock()
        kept.running = subprocess.Popen(
            program.command,
            env={**os.environ, **program.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 (one thread here, and the hook makes one system call)
        )
        assert kept.running.stdout is not None
        os.set_blocking(kept.running.stdout.fileno(), False)
        self._selector.register(kept.running.stdout, selectors.EVENT_READ, kept)

    def _notice_death(self, kept: _Kept) -> None:
        if kept.running is None or kept.running.poll() is None:
            return
        code = kept.running.returncode
        lived = self._clock() - kept.started
        kept.chain = 1 if lived >= SETTLED else kept.chain + 1
        delay = restart_delay(kept.chain)
        kept.due = self._clock() + delay
        self._bury(kept)
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        self._say(OURSELVES, f"{kept.program.name} {how} after {lived:.0f} s; starting it again in {delay:g} s")
        if kept.chain == ALARM:
            self._say(
                OURSELVES,
                f"{kept.program.name} keeps dying ({ALARM} times in a row): read its last lines above; "
                f"from now on it is tried every {ALARM_DELAY:.0f} s",
            )

    def _bury(self, kept: _Kept) -> None:
        """Kill what is left of the process and of what it forked, and pass on its last words."""
        process = kept.running
        assert process is not None
        assert process.stdout is not None
        with suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._read(kept)
        self._flush(kept)
        self._selector.unregister(process.stdout)
        process.stdout.close()
        kept.running = None

    def _pass_on(self, wait: float) -> None:
        if not self._selector.get_map():
            time.sleep(wait)
            return
        for key, _ in self._selector.select(wait):
            kept: _Kept = key.data
            if not self._read(kept):
                # End of file: it closed its output, and the death will be noticed. Until then, do not spin.
                time.sleep(0.01)

    def _read(self, kept: _Kept) -> bool:
        """Pass on the complete lines there are; False at the end of the output."""
        assert kept.running is not None
        assert kept.running.stdout is not None
        try:
            while chunk := os.read(kept.running.stdout.fileno(), 65536):
                *lines, kept.rest = (kept.rest + chunk).split(b"\n")
                for line in lines:
                    self._say(kept.program.name, line.decode("utf-8", "replace").rstrip("\r"))
        except BlockingIOError:
            return True
        return False

    def _flush(self, kept: _Kept) -> None:
        if kept.rest:
            self._say(kept.program.name, kept.rest.decode("utf-8", "replace"))
            kept.rest = b""

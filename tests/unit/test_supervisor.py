"""Processes are kept: what they say is passed on, what dies comes back, what is stopped ends, with all it forked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from worker.supervisor import ALARM, ALARM_DELAY, OURSELVES, Program, Supervisor, restart_delay


class Ear:
    """Collects what was said."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    def said(self, name: str) -> list[str]:
        return [line for who, line in self.lines if who == name]

    def heard(self, name: str, word: str) -> bool:
        return any(word in line for line in self.said(name))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def supervisor(ear: Ear) -> Iterator[Supervisor]:
    supervisor = Supervisor(ear)
    yield supervisor
    supervisor.stop(grace=1)


def python(name: str, code: str, **more: object) -> Program:
    return Program(name, (sys.executable, "-u", "-c", code), **more)


SLEEPER = "import time; print('up'); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"


def test_passes_on_what_a_process_says_line_by_line(supervisor: Supervisor, ear: Ear) -> None:
    supervisor.keep(python("poll", "print('第一行'); print('second'); import time; time.sleep(60)"))
    assert supervisor.turn_until(lambda: ear.heard("poll", "second"), 10)
    assert ear.said("poll") == ["第一行", "second"]


def test_last_words_without_a_line_end_are_passed_on_too(supervisor: Supervisor, ear: Ear) -> None:
    supervisor.keep(python("poll", "import sys; sys.stdout.write('alas')"))
    assert supervisor.turn_until(lambda: ear.heard("poll", "alas"), 10)


def test_starts_again_what_was_killed_and_says_so(supervisor: Supervisor, ear: Ear) -> None:
    supervisor.keep(python("poll", SLEEPER))
    first = supervisor.process_id("poll")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert supervisor.turn_until(lambda: supervisor.process_id("poll") not in (None, first), 10)
    assert any(
        "poll was ended by SIGKILL" in line and "starting it again in 0.5 s" in line for line in ear.said(OURSELVES)
    )


def test_the_wait_doubles_and_settles_at_half_a_minute() -> None:
    assert [restart_delay(chain) for chain in range(1, 8)] == [0.5, 1, 2, 4, ALARM_DELAY, ALARM_DELAY, ALARM_DELAY]


def test_a_process_that_keeps_dying_is_announced_and_still_tried(ear: Ear) -> None:
    now = [0.0]
    supervisor = Supervisor(ear, clock=lambda: now[0])
    supervisor.keep(Program("poll", ("false",)))
    for deaths in range(1, ALARM + 3):
        while len([line for line in ear.said(OURSELVES) if "exit code 1" in line]) < deaths:
            supervisor.turn(0.01)
        now[0] += restart_delay(deaths)
        supervisor.turn(0.01)
    supervisor.stop(grace=1)
    assert len([line for line in ear.said(OURSELVES) if "keeps dying" in line]) == 1
    assert "starting it again in 30 s" in ear.said(OURSELVES)[-1]


def test_stop_ends_everything_and_reports_a_clean_end(ear: Ear) -> None:
    supervisor = Supervisor(ear)
    for name in ("poll", "web"):
        supervisor.keep(python(name, SLEEPER))
    assert supervisor.turn_until(lambda: ear.heard("poll", "up") and ear.heard("web", "up"), 10)
    ids = [supervisor.process_id(name) for name in ("poll", "web")]
    assert supervisor.stop(grace=5)
    assert not any(one is not None and psutil.pid_exists(one) for one in ids)


def test_what_does_not_stop_is_killed_with_all_it_forked(ear: Ear) -> None:
    fork = f"import subprocess, sys; subprocess.Popen([sys.executable, '-uc', {STUBBORN!r}]);" + STUBBORN
    supervisor = Supervisor(ear)
    supervisor.keep(python("poll", fork))
    assert supervisor.turn_until(lambda: ear.said("poll").count("up") == 2, 10)
    leader = psutil.Process(supervisor.process_id("poll"))
    family = [leader, *leader.children()]
    assert not supervisor.stop(grace=0.5)
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert ear.heard(OURSELVES, "poll did not end within")


def test_what_a_killed_process_leaves_behind_goes_too(supervisor: Supervisor, ear: Ear) -> None:
    fork = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]).pid);" + SLEEPER
    supervisor.keep(python("poll", fork))
    assert supervisor.turn_until(lambda: len(ear.said("poll")) >= 2, 10)
    orphan = psutil.Process(int(next(line for line in ear.said("poll") if line.isdigit())))
    leader = supervisor.process_id("poll")
    assert leader is not None
    os.kill(leader, signal.SIGKILL)
    assert supervisor.turn_until(lambda: ear.heard(OURSELVES, "SIGKILL"), 10)
    assert psutil.wait_procs([orphan], timeout=5)[1] == []


def test_ranks_stop_in_order(ear: Ear) -> None:
    last = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit()));"
    last += "print('up'); time.sleep(60)"
    supervisor = Supervisor(ear)
    supervisor.keep(python("broker", last, rank=1))
    supervisor.keep(python("poll", last.replace("bye", "gone")))
    assert supervisor.turn_until(lambda: ear.heard("poll", "up") and ear.heard("broker", "up"), 10)
    assert supervisor.stop(grace=5)
    assert [line for _, line in ear.lines if line != "up"] == ["gone", "bye"]


def test_a_job_done_elsewhere_is_taken_over_when_that_ends(ear: Ear) -> None:
    now, elsewhere = [0.0], [True]
    supervisor = Supervisor(ear, clock=lambda: now[0])
    supervisor.keep(python("broker", SLEEPER, elsewhere=lambda: elsewhere[0]))
    assert supervisor.process_id("broker") is None
    elsewhere[0] = False
    now[0] += 1
    supervisor.turn(0.01)
    assert supervisor.process_id("broker") is not None
    supervisor.stop(grace=5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process for it")
def test_nothing_outlives_us_when_we_are_killed(tmp_path: Path) -> None:
    keeper = (
        "from worker.supervisor import Program, Supervisor; import sys\n"
        f"s = Supervisor(lambda name, line: print(line, flush=True)); code = {SLEEPER!r}\n"
        "s.keep(Program('poll', (sys.executable, '-uc', code)))\n"
        "print(s.process_id('poll'), flush=True)\n"
        "while True: s.turn()\n"
    )
    with subprocess.Popen([sys.executable, "-c", keeper], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        child = psutil.Process(int(running.stdout.readline()))
        running.kill()
        assert psutil.wait_procs([child], timeout=5)[1] == []

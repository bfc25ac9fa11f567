"""``newsroad demo`` keeps its promises: it plays to the end, in time, says where everything is, and leaves nothing
behind. It is played once, with ``--keep``; that it ends by itself without is in tests/unit/test_cli_demo.py."""

from __future__ import annotations

import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.harness import eventually
from worker.demo.outputs import get
from worker.programs import newsroad_command


def leftovers() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("newsroad-demo-*"))


def test_it_plays_to_the_end_and_says_where_everything_is_until_ctrl_c(tmp_path: Path) -> None:
    before, began, log = leftovers(), time.monotonic(), tmp_path / "demo.log"
    with log.open("wb") as output:
        playing = subprocess.Popen(newsroad_command("demo", "--keep"), stdout=output, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: "Left running" in log.read_text() or playing.poll() is not None, 300)
        assert playing.poll() is None, log.read_text()
        assert time.monotonic() - began < 300  # 45 s on a machine of its own; tests share theirs
        tells_what_came_of_it(log.read_text())

        eventually(lambda: "  log " in log.read_text())
        addresses = dict(re.findall(r"^  (portal|feed|publisher) +(http\S+)", log.read_text(), re.MULTILINE))
        assert set(addresses) == {"portal", "feed", "publisher"}
        assert {get(url).status for url in addresses.values()} == {200}
    finally:
        playing.send_signal(signal.SIGINT)
        code = playing.wait(60)
    assert code == 0, log.read_text()
    assert log.read_text().splitlines()[-1].startswith("Stopped every process in ")
    assert leftovers() == before


def tells_what_came_of_it(told: str) -> None:
    assert told.count("✓") == 7
    outputs = ("webhook", "RSS", "Atom", "JSON Feed", "portal page")
    for words in ("304", "国家民族事务委员会", "answers 410", "珠湾日报", "3 sources", "(edition)", *outputs):
        assert words in told
    row = re.search(r"gateway\s*│\s*webhook\s*│\s*(\d+)\s*│\s*(\d+)\s*│\s*(\d+)", told)
    assert row is not None, told
    assert [int(count) for count in row.groups()] == [10, 1, 1]

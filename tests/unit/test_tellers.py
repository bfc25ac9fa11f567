"""Telling people, over loopback: a real mail server, a real webhook receiver that checks signatures by itself."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest
import structlog
import trustme

from tests.mailbox import Mailbox, mailbox
from worker.bootstrap import utc_now
from worker.demo.partner import Partner
from worker.demo.site import Document
from worker.http.client import Http
from worker.http.guard import Guard
from worker.http.mail import compose, send
from worker.model.alerts import Message, Told
from worker.model.catalog import Alerts
from worker.model.mail import MailServer
from worker.settings import read_server
from worker.tellers import Tellers

NAME = UUID("0197a5c2-3b4d-4e5f-8a6b-7c8d9e0f1a2b")
MADE = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
SUBJECT = "[北辰转载平台] 《江城代表团赴高原州对接教育协作》的撤稿，「江门户」（hook）自 11-24 09:20 起未确认"
TEXT = f"新告警：\n- {SUBJECT}。请联系：周岚 0571-1234567。\n"
MESSAGE = Message("alerts.changed", SUBJECT, TEXT, {"operator": "北辰转载平台", "began": [{"id": 7}], "over": []})


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


Tell = Callable[..., Told]


def by_mail(server: MailServer | None, sender: str | None = "北辰转载平台 <alerts@beichen.example>") -> Tellers:
    def no_http() -> Http:
        raise AssertionError("mail needs no HTTP")

    return Tellers(Alerts(emails=("desk@men.example",)), no_http, str, utc_now, server, sender)


def test_a_mail_arrives_whole_with_chinese_headers(box: Mailbox) -> None:
    told = by_mail(read_server(f"smtp://127.0.0.1:{box.port}")).tell("desk@men.example", MESSAGE, NAME, MADE)
    assert told == Told(ok=True, detail="taken by 127.0.0.1")
    (mail,) = box.taken
    assert mail["Subject"] == SUBJECT
    assert mail["From"] == "北辰转载平台 <alerts@beichen.example>"
    assert mail["To"] == "desk@men.example"
    assert mail["Date"] == "Tue, 24 Nov 2026 01:30:00 +0000"
    assert mail["Message-ID"] == f"<{NAME.hex}.alerts@beichen.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == TEXT
    assert box.recipients == [["desk@men.example"]]
    (raw,) = box.raw
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78, "RFC 5322, 2.1.1"
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_subject_is_one_line_whatever_a_title_holds(box: Mailbox) -> None:
    wild = Message("alerts.changed", "《题》\r\nBcc: all@men.example\r\n\r\n正文", "x\n")
    assert by_mail(read_server(f"smtp://127.0.0.1:{box.port}")).tell("desk@men.example", wild, NAME, MADE).ok
    (mail,) = box.taken
    assert mail["Bcc"] is None
    assert mail["Subject"] == "《题》 Bcc: all@men.example 正文"
    assert box.recipients == [["desk@men.example"]]


@pytest.mark.parametrize(
    ("answer", "words"),
    [("451 try later", "answered 451 try later"), ("554 5.7.1 内容被拒", "answered 554 5.7.1 内容被拒")],
)
def test_what_the_server_says_is_passed_on(box: Mailbox, answer: str, words: str) -> None:
    box.answers = [answer]
    told = by_mail(read_server(f"smtp://127.0.0.1:{box.port}")).tell("desk@men.example", MESSAGE, NAME, MADE)
    assert not told.ok
    assert words in told.detail


def test_name_and_password_go_under_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with mailbox(tls=context, user="值班", password="p/@:密码") as box:
        url = f"smtp://%E5%80%BC%E7%8F%AD:p%2F%40%3A%E5%AF%86%E7%A0%81@localhost:{box.port}"
        stranger = by_mail(read_server(url)).tell("desk@men.example", MESSAGE, NAME, MADE)
        assert "certificate" in stranger.detail.lower()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert by_mail(read_server(url)).tell("desk@men.example", MESSAGE, NAME, MADE).ok
        wrong = by_mail(read_server(url.replace("p%2F", "geheim%2F"))).tell("desk@men.example", MESSAGE, NAME, MADE)
        assert wrong == Told(ok=False, detail="localhost refused our name or password (535)")
        assert len(box.taken) == 1
        assert box.logins == ["值班", "值班"]


def test_a_password_never_goes_without_tls(box: Mailbox) -> None:
    told = by_mail(read_server(f"smtp://u:geheim@127.0.0.1:{box.port}")).tell("desk@men.example", MESSAGE, NAME, MADE)
    assert not told.ok
    assert "STARTTLS" in told.detail
    assert "geheim" not in told.detail + repr(by_mail(read_server("smtp://u:geheim@host")))
    assert box.taken == []


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        told = by_mail(read_server(f"smtp://127.0.0.1:{port}")).tell("desk@men.example", MESSAGE, NAME, MADE)
    assert not told.ok
    assert f"127.0.0.1:{port}" in told.detail


def test_a_server_that_answers_drop_by_drop_holds_nobody_up() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def drop() -> None:
            with listening.accept()[0] as session, suppress(OSError):
                while not over.wait(0.02):
                    session.sendall(b"220-wait\r\n")

        over, dropping = Event(), Thread(target=drop)
        dropping.start()
        server = MailServer("127.0.0.1", listening.getsockname()[1])
        mail = compose(sender="a@b.example", to="c@d.example", subject="x", text="y", name="n", at=MADE)
        begun = time.monotonic()
        try:
            assert send(server, mail, seconds=5, whole=0.3)
            assert time.monotonic() - begun < 30, "it goes on for ever"
        finally:
            over.set()
            dropping.join()


def test_without_a_mail_server_it_says_what_to_set() -> None:
    told = by_mail(None).tell("desk@men.example", MESSAGE, NAME, MADE)
    assert told == Told(ok=False, detail="no mail server: set NEWSROAD_SMTP_URL and NEWSROAD_SMTP_FROM")


def test_a_webhook_is_signed_and_the_same_on_every_attempt(partner: Partner, http: Http) -> None:
    rules = Alerts(webhook=partner.url("/alerts"), secret="env:ALERTS")
    tellers = Tellers(rules, lambda: http, lambda _: partner.secrets[0], utc_now)
    assert tellers.recipients() == ("webhook",)
    partner.next_answers = [Document(b"", status=503)]
    assert tellers.tell("webhook", MESSAGE, NAME, MADE) == Told(ok=False, detail="answered 503")
    assert tellers.tell("webhook", MESSAGE, NAME, MADE) == Told(ok=True, detail="answered 204")
    first, second = partner.ledger
    assert first.signed
    assert second.signed
    assert first.id == second.id == f"msg_{NAME.hex}"
    assert second.payload == {
        "type": "alerts.changed",
        "timestamp": "2026-11-24T01:30:00Z",
        "data": {
            "subject": SUBJECT,
            "text": TEXT,
            "operator": "北辰转载平台",
            "began": [{"id": 7}],
            "over": [],
        },
    }


def test_a_webhook_inside_our_own_network_is_refused(partner: Partner) -> None:
    guarded = Http(user_agent="test", guard=Guard(()), clock=utc_now)
    tellers = Tellers(Alerts(webhook=partner.url("/alerts")), lambda: guarded, str, utc_now)
    told = tellers.tell("webhook", MESSAGE, NAME, MADE)
    guarded.close()
    assert not told.ok
    assert "127.0.0.1" in told.detail
    assert partner.ledger == []


def test_a_secret_that_cannot_be_had_is_told_by_its_name_only(http: Http) -> None:
    from worker.settings import resolve_secret

    rules = Alerts(webhook="https://chat.example/hook", secret="env:NO_SUCH_SECRET")
    told = Tellers(rules, lambda: http, resolve_secret, utc_now).tell("webhook", MESSAGE, NAME, MADE)
    assert not told.ok
    assert "NO_SUCH_SECRET" in told.detail


def test_no_secret_is_logged(partner: Partner, http: Http, box: Mailbox) -> None:
    rules = Alerts(webhook=partner.url("/alerts"), secret="env:ALERTS", emails=("desk@men.example",))
    server = read_server(f"smtp://127.0.0.1:{box.port}")
    with structlog.testing.capture_logs() as logs:
        tellers = Tellers(rules, lambda: http, lambda _: partner.secrets[0], utc_now, server, "a@b.example")
        for recipient in tellers.recipients():
            assert tellers.tell(recipient, MESSAGE, NAME, MADE).ok
    assert partner.secrets[0] not in str(logs) + repr(tellers)

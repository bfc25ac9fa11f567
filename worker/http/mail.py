"""Mail to people, by SMTP: one message to one address, within a time limit.

The server is the operator's own choice, given by the environment, so the address guard has no say in it. What a server
answers is passed on in words; name and password never are.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from threading import Timer

from worker.model.mail import MailServer

SECONDS = 10.0  # for each step
WHOLE = 20.0  # for all of them


def compose(*, sender: str, to: str, subject: str, text: str, name: str, at: datetime) -> EmailMessage:
    """A plain text message in UTF-8. ``name`` is the unique part of its Message-ID, the same on every attempt, so that
    a repeat can be told; ``at`` is aware UTC. Raises ValueError for a sender or recipient that is no address."""
    message = EmailMessage(policy=SMTP)
    shown, address = parseaddr(sender)
    message["From"] = Address(display_name=shown, addr_spec=address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{name}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's vacation note answers it
    message.set_content(text, cte="base64" if not text.isascii() else None)
    return message


def send(server: MailServer, message: EmailMessage, *, seconds: float = SECONDS, whole: float = WHOLE) -> str | None:
    """Hand ``message`` in; None when the server took it, else why not, in words. Each step may take
    ``seconds``, all of them ``whole``: a server that answers drop by drop holds nobody up."""
    taken = False
    try:
        with _session(server, seconds) as session, _cut_after(whole, session):
            _connect(session, server)
            session.send_message(message)
            taken = True
    except smtplib.SMTPAuthenticationError as error:
        return f"{server.host} refused our name or password ({error.smtp_code})"
    except smtplib.SMTPRecipientsRefused as error:
        return "; ".join(f"{code} {_words(said)}" for code, said in error.recipients.values())
    except smtplib.SMTPResponseException as error:
        return None if taken else f"{server.host} answered {error.smtp_code} {_words(error.smtp_error)}"
    except (smtplib.SMTPException, OSError) as error:  # ssl's and socket's errors are OSErrors
        return None if taken else f"{server.host}:{server.port}: {_words(error)}"
    return None


def _session(server: MailServer, seconds: float) -> smtplib.SMTP:
    """Not connected yet, so that the greeting is under the time limit, too."""
    if server.implicit:
        session: smtplib.SMTP = smtplib.SMTP_SSL(timeout=seconds, context=ssl.create_default_context())
    else:
        session = smtplib.SMTP(timeout=seconds)
    session._host = server.host  # type: ignore[attr-defined]  # whom TLS must find there; connect() does not note it
    return session


@contextmanager
def _cut_after(seconds: float, session: smtplib.SMTP) -> Iterator[None]:
    def cut() -> None:
        if session.sock is not None:
            with suppress(OSError):
                session.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _connect(session: smtplib.SMTP, server: MailServer) -> None:
    code, said = session.connect(server.host, server.port)
    if code != 220:
        raise smtplib.SMTPConnectError(code, said)
    if not server.implicit:
        session.ehlo_or_helo_if_needed()
        offered = session.has_extn("starttls")
        if server.user is not None or (offered and not _is_here(server.host)):
            session.starttls(context=ssl.create_default_context())
    if server.user is not None:
        _log_in(session, server.user, server.password or "")


def _log_in(session: smtplib.SMTP, user: str, password: str) -> None:
    if f"{user}{password}".isascii():
        session.login(user, password)
        return
    session.ehlo_or_helo_if_needed()
    plain = f"\0{user}\0{password}".encode()  # RFC 4616 has it in UTF-8, which smtplib does not know
    code, said = session.docmd("AUTH", f"PLAIN {b64encode(plain).decode('ascii')}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(said: object) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said) or type(said).__name__
    return " ".join(text.split())[:200]

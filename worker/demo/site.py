"""A publisher's web site on loopback: settable documents with ETag, Last-Modified and gzip, and a log of who asked."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Document:
    """What one path answers. ``validators`` off: no ETag, no Last-Modified, so every answer is a full 200.

    ``delay`` seconds are waited before the answer; ``headers`` are added to it, whatever its status.
    """

    body: bytes
    content_type: str = "application/xml"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: datetime = field(default_factory=lambda: datetime.now(UTC))
    validators: bool = True
    delay: float = 0.0

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified.replace(microsecond=0), usegmt=True)

    def same_as(self, headers: Mapping[str, str]) -> bool:
        """RFC 9110 §13.2.2: If-None-Match decides alone where it is given."""
        if not self.validators:
            return False
        if tag := headers.get("if-none-match"):
            return self.etag in [one.strip().removeprefix("W/") for one in tag.split(",")]
        return headers.get("if-modified-since") == self.last_modified


@dataclass(frozen=True, slots=True)
class Question:
    """One request as it arrived: ``path`` with its query, header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and the status it was given. ``at`` is aware UTC."""

    at: datetime
    question: Question
    status: int


class LocalServer:
    """A real HTTP/1.1 server on 127.0.0.1, a port of its own, threads for its requests. A context manager.

    Subclasses say in ``answer`` what to reply; every exchange is kept in ``asked``, oldest first.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.changed = threading.Condition()
        self._server = _Listener(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer(self, question: Question) -> Document:
        """What to reply. A LookupError becomes a 404."""
        raise LookupError(question.path)

    def count(self, path: str | None = None, status: int | None = None) -> int:
        """How many requests came for ``path`` and were given ``status`` (None: any)."""
        with self.changed:
            return sum(path in (None, one.question.path) and status in (None, one.status) for one in self.asked)

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``condition`` holds, looking again after every request; False when time is up."""
        end = time.monotonic() + seconds
        with self.changed:
            while not condition():
                if (left := end - time.monotonic()) <= 0:
                    return False
                self.changed.wait(left)
        return True

    def record(self, asked: Asked) -> None:
        with self.changed:
            self.asked.append(asked)
            self.changed.notify_all()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        with suppress(OSError):  # this wakes the listener, which looks every 50 ms; macOS does not know it
            self._server.socket.shutdown(socket.SHUT_RDWR)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Site(LocalServer):
    """A publisher's site: ``put`` documents, and see in ``asked`` how they were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._documents: dict[str, Document] = {}

    def put(self, path: str, document: Document) -> str:
        """Publish ``document`` at ``path`` from now on; returns its address."""
        self._documents[path] = document
        return self.url(path)

    def remove(self, path: str) -> None:
        del self._documents[path]

    def answer(self, question: Question) -> Document:
        return self._documents[question.path]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, owner: LocalServer) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.owner = owner


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True
    server: _Listener

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """The log is ``LocalServer.asked``; nothing goes to standard error."""

    def _exchange(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        question = Question(self.command, self.path, headers, body)
        try:
            document = self.server.owner.answer(question)
        except LookupError:
            document = Document(b"not here\n", "text/plain", status=404, validators=False)
        if document.delay:
            time.sleep(document.delay)
        unchanged = document.status == 200 and question.method in ("GET", "HEAD") and document.same_as(headers)
        status = 304 if unchanged else document.status
        self.server.owner.record(Asked(datetime.now(UTC), question, status))
        with suppress(ConnectionError):  # the client may hang up; that is its right
            self._reply(document, status, gzipped="gzip" in headers.get("accept-encoding", ""))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _exchange  # noqa: N815 (http.server looks for these)

    def _reply(self, document: Document, status: int, *, gzipped: bool) -> None:
        body = document.body
        self.send_response(status)
        for name, value in document.headers.items():
            self.send_header(name, value)
        if document.validators and document.status == 200:
            self.send_header("ETag", document.etag)
            self.send_header("Last-Modified", document.last_modified)
        if status not in (204, 304):
            self.send_header("Content-Type", document.content_type)
            if gzipped:
                body = gzip.compress(body, mtime=0)
                self.send_header("Content-Encoding", "gzip")
                self.send_header("Vary", "Accept-Encoding")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD" and status not in (204, 304):
            self.wfile.write(body)

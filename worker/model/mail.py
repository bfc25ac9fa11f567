"""Where mail is handed in."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. ``implicit``: TLS from the first byte. Else STARTTLS: name and password go under it or
    not at all; without them it is used where the server offers it, but for a relay on this machine."""

    host: str
    port: int
    implicit: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)

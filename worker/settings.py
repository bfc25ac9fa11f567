"""The environment, read in one place: ``NEWSROAD_…`` variables. What newsrooms declare is in newsroad.toml instead."""

from __future__ import annotations

import os
import re
from email.utils import parseaddr
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from worker.errors import SecretError, SettingsError
from worker.model.mail import MailServer

Port = Annotated[int, Field(ge=1, le=65535)]
_STORES = ("sqlite://", "postgresql://", "postgres://", "postgresql+psycopg://")
SUBMISSION, SMTPS = 587, 465
_ADDRESS = re.compile(r"[!-?A-~]+@[!-?A-~]+")
_BROKERS = ("redis://", "rediss://", "redis+socket://")


class Settings(BaseSettings):
    """Every variable has a page in docs/settings.md; a test fails when one is missing there."""

    model_config = SettingsConfigDict(env_prefix="NEWSROAD_", extra="ignore", frozen=True)

    home: Path = Path("newsroad-data")
    """Folder for the SQLite file, the embedded broker's socket and file, the lock of ``newsroad run``."""
    catalogue: Path = Path("newsroad.toml")
    """The file that ``check``, ``plan`` and ``apply`` read."""
    database_url: str | None = None
    """``postgresql://…`` or ``sqlite:///…``; unset: ``newsroad.db`` in ``home``."""
    redis_url: str | None = None
    """The broker; unset: the embedded one, on a socket in ``home``."""
    allow_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = ()
    """Networks that the address guard lets through although they are not public: ``10.1.0.0/16,127.0.0.1/32``."""
    web_host: str = "127.0.0.1"
    web_port: Port = 8400
    flower_host: str = "127.0.0.1"
    flower_port: Port = 5555
    flower_user: str = "newsroad"
    flower_password: str | None = None
    """``newsroad run`` makes one up and prints it when it is unset."""
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    """Prefork children of each worker process that ``newsroad run`` starts."""
    smtp_url: str | None = None
    """``smtp://user:password@host:587`` or ``smtps://…``: where alerts by e-mail are handed in."""
    smtp_from: str | None = None
    """The address they come from, ``Newsroad <alerts@example.cn>``."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    """``console`` or ``json``."""

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_store(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(_STORES):
            raise ValueError("must begin with postgresql:// or sqlite:///; leave it unset for SQLite in NEWSROAD_HOME")
        return url

    @field_validator("redis_url")
    @classmethod
    def _known_broker(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(_BROKERS):
            raise ValueError("must begin with redis://, rediss:// or redis+socket://; unset: the embedded broker")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _known_server(cls, url: str | None) -> str | None:
        if url is not None:
            read_server(url)
        return url

    @field_validator("smtp_from")
    @classmethod
    def _one_address(cls, sender: str | None) -> str | None:
        if sender is not None and not _ADDRESS.fullmatch(parseaddr(sender)[1]):
            raise ValueError('must be one e-mail address, "alerts@example.cn" or "Newsroad <alerts@example.cn>"')
        return sender

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy address in force, with the driver named."""
        url = self.database_url or f"sqlite:///{(self.home / 'newsroad.db').resolve()}"
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @cached_property
    def broker(self) -> str:
        """The Celery broker address in force: the given one, or the embedded broker's socket in ``home``."""
        return self.redis_url or f"redis+socket://{(self.home / 'broker.sock').resolve()}"


def read_server(url: str) -> MailServer:
    """``smtp://user:password@host:587``, ``smtps://user:password@host``, ``smtp://localhost:25``. Raises ValueError,
    which never repeats the password."""
    form = "must be smtp://user:password@host:587 or smtps://user:password@host"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"{form} (/ @ : in the password as %2F %40 %3A)") from None
    known = parts.scheme in ("smtp", "smtps")
    if not known or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(form)
    implicit = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=port or (SMTPS if implicit else SUBMISSION),
        implicit=implicit,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def read_settings() -> Settings:
    """Read the environment. Raises SettingsError naming the variable and what it may hold."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"NEWSROAD_{'_'.join(str(part) for part in finding['loc'][:1]).upper()}: "
            + finding["msg"].removeprefix("Value error, ")
            for finding in error.errors()
        ]
        raise SettingsError("The environment is not usable:\n" + "\n".join(lines)) from None


def resolve_secret(reference: str) -> str:
    """The value behind ``env:NAME`` or ``file:PATH``, read now. Raises SecretError; never echoes a literal."""
    scheme, _, rest = reference.partition(":")
    if scheme == "env":
        value = os.environ.get(rest)
        if not value:
            raise SecretError(f"secret env:{rest}: the variable is not set here; export {rest} for this process")
        return value
    if scheme == "file":
        try:
            value = Path(rest).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SecretError(f"secret file:{rest}: {error.strerror}; make the file readable for this user") from error
        except UnicodeDecodeError:
            raise SecretError(f"secret file:{rest}: the file is not UTF-8 text; write the secret as text") from None
        if not value:
            raise SecretError(
                f"secret file:{rest}: the file is empty; an empty secret would open the door to everybody"
            )
        return value
    raise SecretError("a secret must be written as env:NAME or file:PATH, never as the value itself")

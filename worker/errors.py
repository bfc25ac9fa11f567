"""The error tree.

NewsroadError
├── CatalogueError      newsroad.toml cannot be accepted; carries every finding with file, line, key and cure
├── LeaseLost           what was worked on is another's by now; nothing was written
├── NotFound            an id or address names nothing we know
├── Refused             a command would do harm and says what would make it safe
├── SecretError         env:NAME or file:PATH cannot be resolved
├── SettingsError       the environment is wrong (database, broker, folder)
└── StoreError          the database cannot do what was asked (schema too old or too new, backup damaged)
    └── TooSlow         it gave a statement up: it is overloaded, or the statement is at fault; only repeating tells

Expected outcomes (a 404, a refused delivery, a malformed feed) are values, not errors.
The CLI prints ``str(error)`` and exits with ``error.exit_code``; nobody ever sees a traceback of these.
"""

from __future__ import annotations


class NewsroadError(Exception):
    """Base of everything we raise on purpose. The message says what failed, where, and what to do."""

    exit_code = 1


class CatalogueError(NewsroadError):
    """newsroad.toml was refused whole. ``findings`` are lines ready to print: ``file:line: key: problem (hint)``."""

    exit_code = 2

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


class LeaseLost(NewsroadError):
    """A lease ended while its work was under way, and another may have it: nothing of the transaction may stand."""


class NotFound(NewsroadError):
    """An id or address names nothing we know."""

    exit_code = 3


class Refused(NewsroadError):
    """A command would do harm as it stands; the message says what would make it safe."""

    exit_code = 4


class SecretError(NewsroadError):
    """A secret reference (``env:NAME`` or ``file:PATH``) cannot be resolved."""

    exit_code = 5


class SettingsError(NewsroadError):
    """The environment is wrong: a variable, a folder, an unreachable database or broker."""

    exit_code = 6


class StoreError(NewsroadError):
    """The database cannot do what was asked of it."""

    exit_code = 7


class TooSlow(StoreError):
    """A statement took longer than the database's operator allows. ``said`` are the database's words."""

    def __init__(self, said: str) -> None:
        super().__init__(f"the database gave up: {said}; look at its load, and at its statement_timeout")
        self.said = said

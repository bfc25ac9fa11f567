"""One memory for compiled statements, whichever engine asks.

SQLAlchemy remembers per engine what it has compiled, and a process of the product has one. A test opens several, all
new: putting the same statements together for each of them anew took a third of the suite's time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

MOST = 5000


class Remembered(dict[Any, Any]):
    """The mapping SQLAlchemy takes for its option ``compiled_cache``. A key begins with the engine's dialect: here all
    dialects of one name are one. Holds at most ``MOST``, then begins anew."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self) >= MOST:
            self.clear()
        super().__setitem__(_shared(key), compiled)


def _shared(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *statement = key
    return (dialect.name, dialect.driver, *statement)


def share_compiled_statements() -> None:
    """From now on, in this process."""
    remembered = Remembered()

    def give(connection: Connection) -> None:
        connection.execution_options(compiled_cache=remembered)

    event.listen(Engine, "engine_connect", give)

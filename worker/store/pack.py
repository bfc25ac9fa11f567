"""Values of ``worker.model`` as bytes and back: JSON by pydantic, packed with zlib."""

from __future__ import annotations

import zlib
from typing import Any, TypeVar

from pydantic import TypeAdapter

Value = TypeVar("Value")

SHORT = 16_000  # bytes


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    """Building one costs milliseconds, so each kind's is kept."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def squeeze(plain: bytes) -> bytes:
    """``plain`` as zlib has it. Short ones with small tables: clearing the usual 256 KB costs more than the packing."""
    if len(plain) > SHORT:
        return zlib.compress(plain, 1)
    packer = zlib.compressobj(1, zlib.DEFLATED, 13, 6)
    return packer.compress(plain) + packer.flush()


def pack(value: object) -> bytes:
    """``value`` (a frozen dataclass of ours) as packed JSON. What has its default is left out: most fields do. A
    default of a packed type may therefore never change its meaning; a new field's is what older rows had."""
    return squeeze(_adapter(type(value)).dump_json(value, exclude_defaults=True))


def unpack(kind: type[Value], packed: bytes) -> Value:
    """The value that ``pack`` was given. Raises pydantic.ValidationError when it is of another kind."""
    value: Value = _adapter(kind).validate_json(zlib.decompress(packed))
    return value


def to_plain(value: object) -> dict[str, Any]:
    """``value`` as a JSON-ready dictionary, for a ``declared`` column or ``--json`` output."""
    plain: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")
    return plain


def from_plain(kind: type[Value], plain: dict[str, Any]) -> Value:
    """The value behind a ``declared`` column."""
    value: Value = _adapter(kind).validate_python(plain)
    return value

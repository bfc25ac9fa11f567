"""Values of ``worker.model`` as bytes and back: JSON by pydantic, packed with zlib where that pays."""

from __future__ import annotations

import zlib
from collections.abc import Set
from typing import Any, TypeVar

from pydantic import TypeAdapter

Value = TypeVar("Value")

SHORT = 16_000  # bytes
TINY = 400  # bytes under which zlib saves a few dozen and costs ten times what writing the JSON does


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}
_AGAIN: dict[int, tuple[object, bytes]] = {}  # by identity; the value is held, so that no other has its id meanwhile
_MOST_AGAIN = 128


def _adapter(kind: type) -> TypeAdapter[Any]:
    """Building one costs milliseconds, so each kind's is kept."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def prepare(*kinds: type) -> None:
    """Make the adapters of these kinds now, not when the first value is packed or unpacked."""
    for kind in kinds:
        _adapter(kind)


def squeeze(plain: bytes) -> bytes:
    """``plain`` as zlib has it."""
    packer = _packer(len(plain))
    return packer.compress(plain) + packer.flush()


def _packer(size: int, beside: bytes | None = None) -> zlib._Compress:
    """For ``size`` bytes. Few ones with small tables: clearing the usual 256 KB costs more than the packing."""
    window, memory = (13, 6) if size <= SHORT else (15, 8)
    if beside is None:
        return zlib.compressobj(1, zlib.DEFLATED, window, memory)
    return zlib.compressobj(1, zlib.DEFLATED, window, memory, zdict=beside)


def unpack_body(packed: bytes | None) -> bytes:
    """A snapshot's body: packed by us (zlib) or by its publisher (gzip). Raises zlib.error for anything else."""
    return zlib.decompress(packed, zlib.MAX_WBITS | 32) if packed else b""


def pack(value: object, *, without: Set[str] = frozenset()) -> bytes:
    """``value`` (a frozen dataclass of ours) as packed JSON, a tiny one as it is. What has its default is left out:
    most fields do. A default of a packed type may therefore never change its meaning; a new field's is what older
    rows had. The fields ``without`` are left out whatever they hold."""
    plain = _plain(value, without)
    return plain if len(plain) < TINY else squeeze(plain)


def pack_again(value: object) -> bytes:
    """As ``pack``, for what a transaction packs more than once: a new entry's credit is its article's as well. Only the
    very same object is known again: to compare values takes as long as to pack them."""
    known = _AGAIN.get(id(value))
    if known is None or known[0] is not value:
        if len(_AGAIN) >= _MOST_AGAIN:
            _AGAIN.clear()
        known = _AGAIN[id(value)] = (value, pack(value))
    return known[1]


def pack_beside(value: object, markup: bytes, *, without: Set[str] = frozenset()) -> tuple[bytes, bytes | None]:
    """``value`` as ``pack`` has it, and the ``markup`` it was read from (None when there is none) packed with the value
    as its dictionary: half the time and a third of the bytes of packing it alone. ``unpack_markup`` takes both."""
    plain = _plain(value, without)
    whole = plain if len(plain) < TINY else squeeze(plain)
    if not markup:
        return whole, None
    packer = _packer(len(plain) + len(markup), plain)
    return whole, packer.compress(markup) + packer.flush()


def unpack_markup(packed: bytes, beside: bytes) -> bytes:
    """The markup that ``pack_beside`` was given; ``beside`` is the value it was packed with, as stored. Reads what was
    packed alone as well."""
    return zlib.decompressobj(zdict=_unpacked(beside)).decompress(packed)


def unpack(kind: type[Value], packed: bytes) -> Value:
    """The value that ``pack`` was given. Raises pydantic.ValidationError when it is of another kind."""
    value: Value = _adapter(kind).validate_json(_unpacked(packed))
    return value


def _plain(value: object, without: Set[str]) -> bytes:
    return _adapter(type(value)).dump_json(value, exclude=set(without) or None, exclude_defaults=True)


def _unpacked(packed: bytes) -> bytes:
    """JSON begins with a brace, which nothing of zlib's does."""
    return packed if packed[:1] == b"{" else zlib.decompress(packed)


def to_plain(value: object) -> dict[str, Any]:
    """``value`` as a JSON-ready dictionary, for a ``declared`` column or ``--json`` output."""
    plain: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")
    return plain


def from_plain(kind: type[Value], plain: dict[str, Any]) -> Value:
    """The value behind a ``declared`` column."""
    value: Value = _adapter(kind).validate_python(plain)
    return value

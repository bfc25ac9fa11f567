"""Reading a body within bounds: bytes, and how much a compressed byte may unfold to.

A decoder step is not bounded by the caller who stops reading (a 1.6 KB brotli body can unfold to 3 GB in one step),
so the step itself is: ``zlib`` is asked for at most so many bytes at a time, and nothing but gzip is accepted.
"""

from __future__ import annotations

import zlib

from worker.model.fetch import FetchError

RATIO = 100
RATIO_FROM = 1024 * 1024  # small bodies may compress as well as they like
_STEP = 256 * 1024
_MEMBERS = 1000  # concatenated gzip members; each costs a new decoder, however little it unfolds to
_GZIP_MAGIC = b"\x1f\x8b"


class BodyError(Exception):
    """The body cannot be used; ``error`` and the message go into the outcome."""

    def __init__(self, error: FetchError, detail: str) -> None:
        super().__init__(detail)
        self.error = error


def coding(content_encoding: str) -> str | None:
    """Return ``"gzip"`` or None (plain) for a Content-Encoding value; raise BodyError for any other or several."""
    names = [name for name in map(str.strip, content_encoding.lower().split(",")) if name not in {"", "identity"}]
    if not names:
        return None
    if len(names) > 1:
        raise BodyError(FetchError.ENCODING, f"stacked encodings: {content_encoding}")
    if names[0] not in {"gzip", "x-gzip"}:
        raise BodyError(FetchError.ENCODING, f"encoding not asked for: {names[0]}")
    return "gzip"


class Plain:
    """Collects a body as it comes, at most ``max_bytes``."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._pieces: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Add ``chunk``; raise BodyError TOO_LARGE beyond ``max_bytes`` (what fits is kept)."""
        room = self._max_bytes - self._size
        self._size += len(chunk)
        self._pieces.append(chunk if len(chunk) <= room else chunk[:room])
        if len(chunk) > room:
            raise BodyError(FetchError.TOO_LARGE, f"more than {self._max_bytes} bytes")

    def finish(self) -> None:
        """Nothing is pending in a plain body."""

    def body(self) -> bytes:
        """Return what was collected so far."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def packed(self) -> bytes | None:
        """Return a complete body as it came, where that is one stream of gzip and shorter; else None."""
        return None


class Gunzip(Plain):
    """Collects a gzip body decoded, at most ``max_bytes``, at most 100:1 once over 1 MiB."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(max_bytes)
        self._decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._read = 0
        self._wire: list[bytes] = []
        self._members = 1
        self._trailing = False

    def feed(self, chunk: bytes) -> None:
        """Decode ``chunk``; raise BodyError TOO_LARGE, RATIO or ENCODING (what was decoded is kept)."""
        if self._trailing:
            return
        self._read += len(chunk)
        if self._read > self._max_bytes + _STEP:
            raise BodyError(FetchError.TOO_LARGE, f"more than {self._max_bytes} bytes, compressed")
        self._wire.append(chunk)
        pending = True
        while pending and not self._trailing:
            chunk, pending = self._step(chunk)

    def _step(self, chunk: bytes) -> tuple[bytes, bool]:
        """Decode one bounded piece; return the input that is left, and whether there may be more output."""
        limit = min(self._max_bytes - self._size + 1, _STEP)
        try:
            piece = self._decoder.decompress(chunk, limit)
        except zlib.error as error:
            raise BodyError(FetchError.ENCODING, f"broken gzip: {error}") from None
        super().feed(piece)
        left = self._decoder.unused_data if self._decoder.eof else self._decoder.unconsumed_tail
        self._check_ratio(self._read - len(left))
        if self._decoder.eof:
            return self._next_member(left), bool(left)
        return left, bool(left) or len(piece) == limit  # a full piece: zlib may hold output back

    def _check_ratio(self, consumed: int) -> None:
        if self._size > RATIO_FROM and self._size > RATIO * consumed:
            raise BodyError(FetchError.RATIO, f"{consumed} bytes unfold to more than {RATIO}:1")

    def _next_member(self, left: bytes) -> bytes:
        """Start the next gzip member if there is one; anything else after a member is padding, which is ignored."""
        if left and not _GZIP_MAGIC.startswith(left[:2]):
            self._trailing = True
        elif left:
            self._members += 1
            if self._members > _MEMBERS:
                raise BodyError(FetchError.ENCODING, f"more than {_MEMBERS} gzip members")
            self._decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return left

    def finish(self) -> None:
        """Raise BodyError ENCODING when the stream ended inside a member; an empty body is no body and fine."""
        if self._read and not self._decoder.eof:
            raise BodyError(FetchError.ENCODING, "truncated gzip")

    def packed(self) -> bytes | None:
        single = self._members == 1 and not self._trailing and self._decoder.eof
        return b"".join(self._wire) if single and self._read < self._size else None

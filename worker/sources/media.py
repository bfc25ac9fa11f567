"""Pictures and files → what they really are. Nothing is decoded or unpacked: only heads and lists of names are read.

What we pass on must be what it says, of a kind that no browser runs, and no burden to whoever opens it. SVG is none of
these: it can carry scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from struct import unpack_from

from worker.model.feed import ParsedFeed
from worker.model.media import FILES, PICTURES, CheckedMedia
from worker.model.polling import SnapshotClaim

FORMAT = "media"
MiB = 1024 * 1024
LARGEST_PICTURE = 5 * MiB
LARGEST_FILE = 10 * MiB  # what one answer may hold at all
MOST_PIXELS = 80_000_000
LONGEST_SIDE = 20_000
MOST_SEGMENTS = 10_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = {
    b"word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OLD_OFFICE = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_MACROS = (b"vbaProject.bin", "_VBA_PROJECT".encode("utf-16-le"))
_UNSPECIFIC = re.compile(
    r"|\*/\*|application/(?:octet-stream|force-download|download|x-download|binary|unknown)|binary/.*"
)
_SIZED = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))


def read(claim: SnapshotClaim) -> ParsedFeed:
    """What a fetched picture or file is, or why it is not kept. Never raises for anything it contains."""
    if claim.status != 200:
        why = f"HTTP {claim.status}" if claim.status else "it could not be fetched"
        return ParsedFeed(FORMAT, media=CheckedMedia(reason=why))
    return ParsedFeed(FORMAT, media=check(claim.body, claim.content_type))


def check(body: bytes, declared: str | None) -> CheckedMedia:
    """Look at the bytes; ``declared`` is the answer's Content-Type, which may be missing or say nothing, not lie."""
    kind = _kind(body)
    if kind is None:
        return CheckedMedia(reason="no picture or document of a kind that is copied")
    said = (declared or "").partition(";")[0].strip().lower()
    if not _agrees(said, kind):
        return CheckedMedia(reason=f"it is {kind} and was sent as {said[:60]}")
    why = _picture_refused(body, kind) if kind in PICTURES else _file_refused(body)
    return CheckedMedia(reason=why) if why is not None else CheckedMedia(content_type=kind)


def _agrees(said: str, kind: str) -> bool:
    """Servers confuse one kind of picture with another, and one office format with another; no more than that."""
    if _UNSPECIFIC.fullmatch(said):
        return True
    if kind in PICTURES:
        return said.startswith("image/") and "svg" not in said
    if kind == "application/pdf":
        return said in (kind, "application/x-pdf")
    return said in FILES or said in ("application/zip", "application/x-zip-compressed", "application/vnd.ms-office")


def _kind(body: bytes) -> str | None:
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return _file_kind(body)


def _file_kind(body: bytes) -> str | None:
    """Documents by the names inside them: an archive or compound file that is no document is none of ours."""
    if body.startswith(b"%PDF-"):
        return "application/pdf"
    if body.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in body:
        return next((kind for name, kind in _OFFICE.items() if name in body), None)
    if body.startswith(_OLE):
        return next((kind for name, kind in _OLD_OFFICE.items() if name.encode("utf-16-le") in body), None)
    return None


def _file_refused(body: bytes) -> str | None:
    if len(body) > LARGEST_FILE:
        return f"larger than {LARGEST_FILE // MiB} MiB"
    return "it holds macros" if any(mark in body for mark in _MACROS) else None


def _picture_refused(body: bytes, kind: str) -> str | None:
    if len(body) > LARGEST_PICTURE:
        return f"larger than {LARGEST_PICTURE // MiB} MiB"
    sizes = list(_sizes(body, kind))
    if not sizes or any(not width or not height for width, height in sizes):
        return "its head does not say how large it is"
    if any(max(size) > LONGEST_SIDE or size[0] * size[1] > MOST_PIXELS for size in sizes):
        return "more pixels than a picture of the news has"
    return None


def _sizes(body: bytes, kind: str) -> Iterator[tuple[int, int]]:
    """(width, height) in pixels of every frame or layer whose head is plain to see."""
    reader = {
        "image/jpeg": _jpeg,
        "image/png": _png,
        "image/gif": _gif,
        "image/webp": _webp,
        "image/avif": _avif,
    }[kind]
    return reader(body)


def _png(body: bytes) -> Iterator[tuple[int, int]]:
    if body[12:16] == b"IHDR" and len(body) >= 24:
        yield unpack_from(">II", body, 16)


def _gif(body: bytes) -> Iterator[tuple[int, int]]:
    if len(body) >= 10:
        yield unpack_from("<HH", body, 6)


def _jpeg(body: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    for _ in range(MOST_SEGMENTS):
        if at + 9 > len(body) or body[at] != 0xFF:
            return
        marker, length = body[at + 1], int.from_bytes(body[at + 2 : at + 4])
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker in _SIZED:
            height, width = unpack_from(">HH", body, at + 5)
            yield width, height
        if marker in (0xD9, 0xDA) or length < 2:
            return
        at += 2 + length


def _webp(body: bytes) -> Iterator[tuple[int, int]]:
    chunk, head = body[12:16], body[20:30]
    if len(head) < 10:
        return
    if chunk == b"VP8 ":
        yield int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    elif chunk == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        yield (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif chunk == b"VP8X":
        yield int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1


def _avif(body: bytes) -> Iterator[tuple[int, int]]:
    head = body[: 64 * 1024]
    at = head.find(b"ispe")
    while at >= 0 and at + 16 <= len(head):
        yield unpack_from(">II", head, at + 8)
        at = head.find(b"ispe", at + 4)

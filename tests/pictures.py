"""Pictures and files of our own making: heads that say their size, no content worth looking at."""

from __future__ import annotations

import io
import zipfile
import zlib
from random import Random
from struct import pack


def png(width: int = 640, height: int = 480, *, filler: int = 0, mark: str = "") -> bytes:
    """A PNG whose head names these sides. ``filler`` bytes make it heavier, ``mark`` makes it another one."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    content = chunk(b"tEXt", b"note\0" + mark.encode() + Random(7).randbytes(filler))
    return b"\x89PNG\r\n\x1a\n" + head + content + chunk(b"IEND", b"")


def jpeg(width: int = 640, height: int = 480) -> bytes:
    app = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x11\x08" + pack(">HH", height, width) + b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"
    return b"\xff\xd8" + app + frame + b"\xff\xd9"


def gif(width: int = 64, height: int = 48) -> bytes:
    return b"GIF89a" + pack("<HH", width, height) + b"\x00\x00\x00;"


def webp(width: int = 640, height: int = 480) -> bytes:
    head = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + pack("<I", 4 + 8 + len(head)) + b"WEBPVP8X" + pack("<I", len(head)) + head


def avif(width: int = 640, height: int = 480) -> bytes:
    brand = b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"
    return brand + b"\x00\x00\x00\x14ispe\x00\x00\x00\x00" + pack(">II", width, height)


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def docx(*more: str, names: tuple[str, ...] = ("[Content_Types].xml", "word/document.xml"), size: int = 10) -> bytes:
    """An archive with these names in it; ``more`` are further ones, each unpacks to ``size`` bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"0" * 10)
        for name in more:
            archive.writestr(name, b"0" * size)
    return file.getvalue()


def old_office(name: str = "WordDocument", *more: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"".join(one.encode("utf-16-le") + b"\0\0" for one in (name, *more))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

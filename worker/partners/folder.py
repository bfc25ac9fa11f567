"""A pack as a folder or a zip file. What holds a secret can be read by its owner only, from the first byte on."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

from worker.errors import Refused
from worker.partners.pack import Packed

_WRITTEN = (2026, 1, 1, 0, 0, 0)  # the same bytes for the same files


def write(files: Sequence[Packed], into: Path) -> None:
    """Write ``files`` into the new folder ``into``, or as one file when its name ends in ``.zip``.

    Raises Refused where something is already, or cannot be written.
    """
    try:
        if into.exists() and (into.is_file() or any(into.iterdir())):
            raise Refused(f"{into} is there already; name a new folder or file")
        if into.suffix == ".zip":
            into.parent.mkdir(parents=True, exist_ok=True)
            _put(into, _zipped(files), private=any(one.private for one in files))
            return
        for one in files:
            place = into / one.name
            place.parent.mkdir(parents=True, exist_ok=True)
            _put(place, one.content, private=one.private)
    except OSError as error:
        raise Refused(f"{into} cannot be written: {error.strerror}; name another place") from error


def _put(place: Path, content: bytes, *, private: bool) -> None:
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644), "wb") as file:
        file.write(content)


def _zipped(files: Sequence[Packed]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            entry = zipfile.ZipInfo(one.name, date_time=_WRITTEN)
            entry.external_attr = (0o600 if one.private else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, one.content)
    return memory.getvalue()

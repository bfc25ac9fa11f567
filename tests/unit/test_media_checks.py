"""What may be copied is told by its bytes, read without unpacking or decoding anything."""

from __future__ import annotations

import time

import pytest

from tests.pictures import SVG, avif, docx, gif, jpeg, old_office, pdf, png, webp
from worker.model.media import ENDINGS
from worker.sources.media import check

XLSX = docx(names=("[Content_Types].xml", "xl/workbook.xml"))
PPTX = docx(names=("[Content_Types].xml", "ppt/presentation.xml"))


@pytest.mark.parametrize(
    ("body", "declared", "ending"),
    [
        (png(), "image/png", "png"),
        (jpeg(), "image/jpeg", "jpg"),
        (gif(), "image/gif", "gif"),
        (webp(), "image/webp", "webp"),
        (avif(), "image/avif", "avif"),
        (pdf(), "application/pdf", "pdf"),
        (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
        (XLSX, "application/zip", "xlsx"),
        (PPTX, None, "pptx"),
        (old_office(), "application/msword", "doc"),
        (old_office("Workbook"), "application/vnd.ms-excel", "xls"),
        (old_office("PowerPoint Document"), "application/octet-stream", "ppt"),
        (jpeg(), "image/webp", "jpg"),
        (png(), "", "png"),
    ],
)
def test_a_kind_is_told_by_its_bytes(body: bytes, declared: str | None, ending: str) -> None:
    found = check(body, declared)
    assert found.reason is None
    assert ENDINGS[found.content_type or ""] == ending


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (SVG, "image/svg+xml"),
        (SVG, "image/png"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "image/png"),
        (b"", "image/png"),
        (png(), "text/html"),
        (png(), "image/svg+xml"),
        (pdf(), "image/png"),
        (png(30_000, 10), "image/png"),
        (png(15_000, 15_000), "image/png"),
        (png(0, 10), "image/png"),
        (jpeg(60_000, 60_000), "image/jpeg"),
        (jpeg()[:20], "image/jpeg"),
        (webp(16_000, 16_000), "image/webp"),
        (avif(16_000, 16_000), "image/avif"),
        (png(filler=6 * 1024 * 1024), "image/png"),
        (pdf() + bytes(11 * 1024 * 1024), "application/pdf"),
        (docx(names=("payload.exe",)), "application/zip"),
        (docx("word/vbaProject.bin"), "application/zip"),
        (old_office("WordDocument", "_VBA_PROJECT"), "application/msword"),
        (old_office("SomethingElse"), "application/msword"),
        (b"MZ\x90\x00", "application/pdf"),
    ],
)
def test_what_is_no_plain_picture_or_document_is_refused(body: bytes, declared: str) -> None:
    found = check(body, declared)
    assert found.content_type is None
    assert found.reason


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = docx("word/media/zeros", size=200 * 1024 * 1024)
    assert len(bomb) < 1024 * 1024
    begun = time.process_time()
    assert check(bomb, "application/zip").content_type is not None, "served as it came, to whoever downloads it"
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("head", [b"\xff\xd8\xff", b"\xff\xd8\xff\xff", b"\xff\xd8\xff\xe0\x00\x02", b"....ftypavif"])
def test_a_hostile_head_costs_little(head: bytes) -> None:
    begun = time.process_time()
    for filler in (b"\xff", b"\xff\xe0\x00\x02", b"ispe"):
        body = (head + filler * (5 * 1024 * 1024 // len(filler)))[: 5 * 1024 * 1024]
        assert check(body, "image/jpeg").content_type is None
    assert time.process_time() - begun < 5

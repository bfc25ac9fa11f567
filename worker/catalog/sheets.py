"""Lists of sources as other programs write them: CSV of spreadsheet programs, OPML of feed readers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml import etree
from pydantic import TypeAdapter, ValidationError

from worker.catalog.values import LANGUAGE, meant, seconds_of
from worker.catalog.values import Zone as ZoneName
from worker.errors import Refused
from worker.http.guard import check_url
from worker.model.catalog import Catalogue, SourceKind

LARGEST = 5_000_000  # bytes
COLUMNS = ("url", "title", "publisher", "category", "language", "every", "zone", "kind")
_CHINESE = {
    "地址": "url",
    "网址": "url",
    "链接": "url",
    "名称": "title",
    "标题": "title",
    "发布者": "publisher",
    "发布单位": "publisher",
    "来源": "publisher",
    "栏目": "category",
    "分类": "category",
    "语言": "language",
    "间隔": "every",
    "时区": "zone",
    "类型": "kind",
}
_ZONE: TypeAdapter[str] = TypeAdapter(ZoneName)
# What spreadsheet programs may take for one: in full width too, behind blanks too.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")


class _Reader(Protocol):
    """What ``csv.reader`` gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One source of a list, as written; empty texts are None. ``line`` is where it begins, ``site`` the page that a
    feed belongs to, ``every`` seconds or a span such as ``15m``."""

    line: int
    url: str
    title: str | None = None
    publisher: str | None = None
    category: str | None = None
    language: str | None = None
    every: str | None = None
    zone: str | None = None
    kind: str | None = None
    site: str | None = None


def read_sheet(body: bytes, name: str) -> list[SheetRow]:
    """The sources that a CSV or OPML file lists. Raises Refused with every line that is wrong, and its cure."""
    if len(body) > LARGEST:
        raise Refused(f"{name} has more than {LARGEST // 1_000_000} MB; a list of sources is smaller")
    rows = _outlines(body, name) if _is_markup(body) else _records(_decoded(body, name), name)
    findings = [f"{name}:{row.line}: {problem}" for row in rows for problem in _problems(row)]
    if findings:
        raise Refused("\n".join((*findings, "Nothing was written.")))
    if not rows:
        raise Refused(f"{name} lists no sources; wanted is a CSV with the columns {', '.join(COLUMNS)}, or OPML")
    return rows


def _is_markup(body: bytes) -> bool:
    return body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or body[:4] in (b"\xff\xfe<\0", b"\xfe\xff\0<")


def _decoded(body: bytes, name: str) -> str:
    """UTF-8 with or without BOM, UTF-16 with one, else GB18030, which spreadsheet programs of China write."""
    for charset in ("utf-16",) if body[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    raise Refused(f"{name} is neither UTF-8 nor GB18030 text; save it as CSV UTF-8")


def _records(text: str, name: str) -> list[SheetRow]:
    first = text.partition("\n")[0]
    mark = max(",;\t，", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        header = [_column(cell, name) for cell in next(reader, [])]
        if "url" not in header:
            raise Refused(f"{name}:1: there is no column url (the first line names the columns: {', '.join(COLUMNS)})")
        return list(_rows(reader, header))
    except csv.Error as error:
        raise Refused(f"{name}:{reader.line_num}: is not CSV: {error}; nothing was written") from None


def _column(cell: str, name: str) -> str:
    column = cell.strip().lower()
    column = _CHINESE.get(column, column)
    if column and column not in COLUMNS:
        raise Refused(
            f"{name}:1: column {cell.strip()!r} is not known ({meant(column, COLUMNS)}allowed: {', '.join(COLUMNS)})"
        )
    return column


def _rows(reader: _Reader, header: Sequence[str]) -> Iterator[SheetRow]:
    line = reader.line_num + 1
    for cells in reader:
        values = {name: _cell(cell) for name, cell in zip(header, cells, strict=False) if name}
        if any(values.values()):
            yield SheetRow(line, values.pop("url", None) or "", **values)
        line = reader.line_num + 1


def _cell(cell: str) -> str | None:
    """What a cell holds; without the mark that keeps a spreadsheet from taking it for a formula."""
    cell = cell.strip()
    return (cell[1:] if cell[:1] == "'" and _FORMULA.match(cell[1:]) else cell) or None


def _outlines(body: bytes, name: str) -> list[SheetRow]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(f"{name}:{error.lineno or 1}: is not XML: {error.msg}; nothing was written") from None
    return [_outline(one) for one in root.iter("outline") if one.get("xmlUrl") or one.get("xmlurl")]


def _outline(one: etree._Element) -> SheetRow:
    title = one.get("title") or one.get("text")
    language = one.get("language") or ""
    return SheetRow(
        line=int(one.sourceline or 1),  # type: ignore[call-overload]  # the stubs have no type for it
        url=(one.get("xmlUrl") or one.get("xmlurl") or "").strip(),
        title=(title or "").strip() or None,
        category=_category(one),
        language=language if LANGUAGE.fullmatch(language) and language != "unknown" else None,
        site=one.get("htmlUrl") or None,
    )


def _category(one: etree._Element) -> str | None:
    """Its own (the last part of ``/a/b``), or the folder it is in."""
    own = (one.get("category") or "").split(",")[0].strip().rpartition("/")[2]
    above = one.getparent()
    folder = (above.get("title") or above.get("text")) if above is not None and above.tag == "outline" else None
    return own or (folder or "").strip() or None


def _problems(row: SheetRow) -> Iterator[str]:
    if not row.url:
        yield "there is no address (write the address of the feed into url)"
    elif problem := check_url(row.url):
        yield f'url: "{row.url[:80]}": {problem} (write the whole address: https://…)'
    checks: tuple[tuple[str, str | None, Callable[[str], object]], ...] = (
        ("every", row.every, lambda value: seconds_of(span_of(value))),
        ("zone", row.zone, _ZONE.validate_python),
        ("language", row.language, _language),
        ("kind", row.kind, _kind),
    )
    for name, value, read in checks:
        try:
            if value is not None:
                read(value)
        except ValidationError as error:
            yield f"{name}: {error.errors()[0]['msg'].removeprefix('Value error, ')}"
        except ValueError as error:
            yield f"{name}: {error}"


def span_of(written: str) -> int | str:
    """A span as the file has it: digits alone are seconds."""
    return int(written) if re.fullmatch(r"\d+", written) else written


def _language(value: str) -> None:
    if not LANGUAGE.fullmatch(value):
        raise ValueError(f'"{value}" is no language tag (such as "zh", "zh-Hant", "en", "bo")')


def _kind(value: str) -> None:
    if value not in set(SourceKind):
        raise ValueError(f'"{value}" is no kind of source (allowed: {", ".join(SourceKind)})')


def to_csv(catalogue: Catalogue) -> bytes:
    """The sources as CSV that spreadsheet programs open rightly: UTF-8 with BOM. ``title`` is the publisher's name."""
    names = {one.key: one.name for one in catalogue.publishers}
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for one in catalogue.sources:
        cells = (
            *(one.url, names[one.publisher], one.publisher, one.category or "", one.language or ""),
            *(str(one.every), one.zone, one.kind.value),
        )
        writer.writerow([harmless(cell) for cell in cells])
    return written.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A text for a cell. One that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def to_opml(catalogue: Catalogue) -> bytes:
    """The feeds as OPML 2.0, in folders by category. Sites have no feed and are left out."""
    names = {one.key: one.name for one in catalogue.publishers}
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = catalogue.operator.name
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for one in catalogue.sources:
        if one.kind is not SourceKind.FEED:
            continue
        parent = body
        if one.category:
            if one.category not in folders:
                folders[one.category] = etree.SubElement(body, "outline", text=one.category, title=one.category)
            parent = folders[one.category]
        name = names[one.publisher]
        outline = etree.SubElement(parent, "outline", type="rss", text=name, title=name, xmlUrl=one.url)
        if one.language:
            outline.set("language", one.language)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)

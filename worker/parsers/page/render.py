"""Lines → HTML: paragraphs, headings, lists, quotes, tables and figures, and the text they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from lxml.html import HtmlElement

from worker.parsers.clean import escape_text
from worker.parsers.page.figures import Figures
from worker.parsers.page.lines import Line

_CELLS = frozenset({"td", "th"})
_OWN = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ATTRIBUTES = ("colspan", "rowspan", "start", "cite")
_FILLED_BY_TEXT = frozenset({"li", "dt", "dd", "td", "th", "caption", "figcaption", "pre"})
_SHORT = 40


def layout_tables(lines: Sequence[Line]) -> set[HtmlElement]:
    """Tables that only place things: a column, or cells that hold whole texts. Their cells are read as paragraphs."""
    rows: dict[HtmlElement, set[HtmlElement]] = {}
    cells: dict[HtmlElement, dict[HtmlElement, int]] = {}
    for line in lines:
        table = None
        for each in line.around:
            if each.tag == "table":
                table = each
            elif each.tag == "tr" and table is not None:
                rows.setdefault(table, set()).add(each)
            elif each.tag in _CELLS and table is not None:
                held = cells.setdefault(table, {})
                held[each] = held.get(each, 0) + (len(line.text) > 2 * _SHORT)
    found = set()
    for table, held in cells.items():
        if len(held) <= len(rows.get(table, ())) or max(held.values()) > 3 or len(held) < 3:
            found.add(table)
    return found


def _around(line: Line, layout: set[HtmlElement]) -> list[HtmlElement]:
    kept: list[HtmlElement] = []
    inside = False
    for each in line.around:
        if each.tag == "table":
            inside = each in layout
        if each.tag in {"figure", "figcaption"} or (inside and each.tag in {"table", "tr", "td", "th", "caption"}):
            continue
        kept.append(each)
    return kept


def _open(element: HtmlElement) -> str:
    named = "".join(
        f' {name}="{escape_text(value[:200]).replace(chr(34), "")}"'
        for name in _ATTRIBUTES
        if (value := element.get(name))
    )
    return f"<{element.tag}{named}>"


def body_html(lines: Sequence[Line], pictures: Figures) -> str:
    """Pictures stand with their captions; markup as the publisher wrote it, to be cleaned."""
    layout = layout_tables(lines)
    out: list[str] = []
    current: list[HtmlElement] = []
    for chunk in _chunks([pair for pair in enumerate(lines) if pair[0] not in pictures.captions]):
        first = chunk[0][1]
        around = _around(first, layout)
        shared = 0
        while shared < min(len(current), len(around)) and current[shared] is around[shared]:
            shared += 1
        out.extend(f"</{each.tag}>" for each in reversed(current[shared:]))
        out.extend(_open(each) for each in around[shared:])
        current = around
        out.append(_leaf(chunk, around, pictures))
    out.extend(f"</{each.tag}>" for each in reversed(current))
    return "".join(out)


def _chunks(lines: Sequence[tuple[int, Line]]) -> Iterator[list[tuple[int, Line]]]:
    """Lines that make one paragraph: short ones that only a ``<br>`` parts stay together."""
    chunk: list[tuple[int, Line]] = []
    for index, line in lines:
        last = chunk[-1][1] if chunk else None
        together = (
            last is not None
            and line.soft
            and line.image is None
            and last.image is None
            and line.block is last.block
            and len(line.text) < _SHORT
            and len(last.text) < _SHORT
        )
        if chunk and not together:
            yield chunk
            chunk = []
        chunk.append((index, line))
    if chunk:
        yield chunk


def _leaf(chunk: list[tuple[int, Line]], around: list[HtmlElement], pictures: Figures) -> str:
    index, first = chunk[0]
    if first.image is not None:
        image = pictures.images.get(index)
        if image is None:
            return ""
        alt = escape_text((first.image.get("alt") or "")[:300]).replace('"', "&quot;")
        source = escape_text(image.url).replace('"', "&quot;")
        caption = f"<figcaption>{escape_text(image.caption)}</figcaption>" if image.caption else ""
        return f'<figure><img src="{source}" alt="{alt}">{caption}</figure>'
    inner = "<br>".join(line.html for _, line in chunk)
    inside = around[-1] if around else None
    if first.tag in _OWN:
        return f"<{first.tag}>{inner}</{first.tag}>"
    if inside is not None and inside.tag in _FILLED_BY_TEXT and inside is first.block:
        return inner
    return f"<p>{inner}</p>" if inner else ""


def body_text(lines: Sequence[Line], pictures: Figures) -> str:
    """A line a paragraph, captions left out; the cells of a row on one line, tab-separated."""
    said: list[str] = []
    layout = layout_tables(lines)
    for row, members in groupby(enumerate(lines), key=lambda pair: _row(pair[1], layout)):
        if row is None:
            for index, line in members:
                if line.text and index not in pictures.captions:
                    said.append(line.text)
        else:
            said.append("\t".join(line.text for _, line in members if line.image is None).strip("\t"))
    return "\n".join(said)


def _row(line: Line, layout: set[HtmlElement]) -> HtmlElement | None:
    """The innermost row of a table that is one."""
    row = None
    inside = False
    for each in line.around:
        if each.tag == "table":
            inside = each not in layout
        elif each.tag == "tr" and inside:
            row = each
    return row

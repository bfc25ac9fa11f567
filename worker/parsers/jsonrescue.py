"""JSON Feeds that are no valid JSON: mended where that is enough, else every complete item is read on its own."""

from __future__ import annotations

import json
import re
from typing import Any

Node = dict[str, Any]

_DECODER = json.JSONDecoder(strict=False)
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_NEXT = re.compile(r"[}\]][\s,]*(?=\{)")  # where another item may begin after one that cannot be read
_FIELD = re.compile(r'"(\w{1,40})"\s*:\s*(?=["\[{\dtfn])')
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]+|\\.)*"?|,(?=\s*[}\]])', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([\"\\/bfnrt]|u[0-9a-fA-F]{4})|(.))", re.DOTALL)
_CONTENT = frozenset({"url", "title", "content_html", "content_text"})
_MOST_ATTEMPTS = 300  # at finding where an item begins: each may read on to the end
_MOST_FIELDS = 40


def rescued(text: str) -> tuple[Node, tuple[str, ...]] | None:
    """A feed as far as it can be read, with what was wrong in words; None where there is nothing like one."""
    try:
        root = json.loads(_STRING_OR_COMMA.sub(_mended, text), strict=False)
        return (root, ("the feed is not valid JSON; it was mended",)) if isinstance(root, dict) else None
    except (ValueError, RecursionError):
        pass
    opened = _ITEMS.search(text)
    if opened is None:
        return None
    items, warnings, end = _items(text, opened.end())
    fields = _fields(text[end:]) | _fields(text[: opened.start()])
    if not items and "jsonfeed" not in str(fields.get("version")):
        return None
    return {**fields, "items": items}, ("the feed is not valid JSON; its items were read one by one", *warnings)


def _mended(part: re.Match[str]) -> str:
    return _ESCAPE.sub(_escape, part[0]) if part[0][0] == '"' else ""


def _escape(match: re.Match[str]) -> str:
    if match[1]:
        return match[0]
    return "'" if match[2] == "'" else "\\\\" + match[2]


def _items(text: str, position: int) -> tuple[list[Node], tuple[str, ...], int]:
    """The items of the list that begins at ``position``, what was wrong, and where the list ends."""
    items: list[Node] = []
    warnings: list[str] = []
    attempts = _MOST_ATTEMPTS
    while (position := _after_blanks(text, position)) < len(text):
        node, end = _value(text, position)
        if end == position:
            following, attempts = _next_item(text, position, attempts)
            if text[position] == "]" and following is None:
                break
            lost = "an item could not be read and was left out"
            warnings.append(lost if following else "the document breaks off inside an item; that item was left out")
            end = following or len(text)
        elif node is not None:
            items.append(node)
        position = end
    return items, tuple(dict.fromkeys(warnings)), position


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n,":
        position += 1
    return position


def _value(text: str, position: int) -> tuple[Node | None, int]:
    """The object at ``position`` and its end; the same position where there is nothing that can be read."""
    try:
        node, end = _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError):
        return None, position
    return (node if isinstance(node, dict) else None), end


def _next_item(text: str, position: int, attempts: int) -> tuple[int | None, int]:
    """Where the next object begins that looks like an item, not like an author or attachment of one."""
    for found in _NEXT.finditer(text, position):
        attempts -= 1
        if attempts <= 0:
            break
        node, _ = _value(text, found.end())
        if node is not None and "id" in node and _CONTENT & node.keys():
            return found.end(), attempts
    return None, attempts


def _fields(text: str) -> Node:
    """The members of the feed itself in a piece of its text."""
    found: Node = {}
    position = 0
    for _ in range(_MOST_FIELDS):
        key = _FIELD.search(text, position)
        if key is None:
            break
        try:
            value, position = _DECODER.raw_decode(text, key.end())
        except (ValueError, RecursionError):
            position = key.end()
            continue
        found.setdefault(key[1], value)
    return found

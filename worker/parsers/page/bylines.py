"""Who wrote it and who edited it: labels in the masthead, (记者X) in the text, lines at its end, the head."""

from __future__ import annotations

import re
from dataclasses import dataclass

from worker.model.page import NameState, PageAuthor
from worker.parsers.page import labels
from worker.parsers.page.head import Head, texts
from worker.parsers.page.people import authors_of, is_no_latin_name, is_person, people_in
from worker.parsers.page.scan import Line, hidden, key, marks, squeeze
from worker.parsers.page.zones import Zones

_BRACKETED = re.compile(
    r"[(（\[【]([^()（）\[\]【】]{0,40}?(?:记者|記者|通讯员|作者|撰文|文[/／｜|:：丨])[^()（）\[\]【】]{1,60})[)）\]】]"
)
_ROLE_THEN_NAMES = re.compile(
    r"(?:作者|记者|記者|通讯员|通訊員|撰文|撰稿|实习生|文[/／｜|:：丨])\s{0,3}[:：/／｜|丨]?\s{0,3}(.+)$"
)
_ALONE = re.compile(
    r"^[\s(（【\[▲■●◎○◆□△※·—\-]{0,4}(?:[\u3400-\u9fffA-Za-z0-9+·\-—《》“”（）]{0,20}?)(?:见习|实习|特约|首席|特派|驻[\u3400-\u9fff]{1,5})?(?:(?:记者|記者|通讯员|撰文|作者|采写)\s{0,3}[:：/／｜|丨]?|文\s{0,2}[:：/／｜|丨])\s{0,4}(.{2,60})$"
)
_DATELINE = re.compile(
    r"^.{0,40}?(?:讯|电|訊|電|报道|报导)?\s{0,4}[(（【]?\s{0,2}(?:[\u3400-\u9fff]{0,12}?)(?:记者|記者)\s{0,3}[:：]?\s{0,3}([\u3400-\u9fff·、，\s]{2,40}?)(?=[)）】]|\s{2}|\s|报道|報道|[:：]|$)"
)
_JOINED = re.compile(r"[记記]者([\u3400-\u9fff]{4,9})\d{1,2}日(?:专|專)?[电電讯訊]")
_WROTE = re.compile(r"作者\s?([\u3400-\u9fff]{2,4}?)(?:系|係|为|為|是|单位|現為|现为)")
_REPORTER = re.compile(
    r"(?:^|[\s〔（(【\[])(?:[\u3400-\u9fff]{0,8}?)(?:[记記]者\s*|作者\s+)"
    r"([\u3400-\u9fff]{2,4}(?:[、\s][\u3400-\u9fff]{2,4}){0,3})(?=[\s/／〕）)】]|$)"
)
_PHOTO = re.compile(r"[摄攝]\s*[)）】]?$|供图|图片|拍摄|/图|图[/／]|制图|[摄攝]影")
_BY = re.compile(r"^\s*(?:by|written by|words by|story by|posted by|author:?)\s+(\S.{2,80})$", re.IGNORECASE)
_BY_MARK = re.compile(r"byline|\bauthor|\bwriter|zuozhe|contributor")
_BY_LINK = re.compile(r"/(?:authors?|profiles?|people|staff|contributors?|by|writers?|user|columnists?)/")
_FULL_NAME = re.compile(r"[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]*){1,3}")
_NEAR_LINES = 36
_EDITOR_METAS = ("editor", "contenteditor", "article:editor", "editorname", "责任编辑")
_METAS = (
    "article:author",
    "author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "citation_author",
)
_ID = re.compile(r"[\s_(（\[-]*(?:[A-Za-z]{1,4}[_-]?\d{1,8}|\d{2,10}|(?<=[\u3400-\u9fff_])_?[A-Z]{1,4})[)）\]]?$")


@dataclass(frozen=True, slots=True)
class Signed:
    authors: tuple[PageAuthor, ...]
    rule: str


def read_authors(zones: Zones, head: Head, not_authors: set[str]) -> Signed | None:
    """``not_authors`` are folded names (site, source, editor) that stand in for nobody: only a label overrules them."""
    rules = (_in_masthead, _in_things, _in_text, _at_end, _in_metas, _english)
    for rule in rules:
        signed = rule(zones, head, not_authors)
        if signed is not None and signed.authors:
            return signed
    return None


def _in_masthead(zones: Zones, _head: Head, _not: set[str]) -> Signed | None:
    for line in zones.masthead:
        for chunk in re.split(r"\s{2,}", line.text) if len(line.text) <= 60 else ():
            signed = labels.SIGNED.fullmatch(chunk)
            if signed and (names := people_in(signed["author"], strict=True)):
                return Signed(tuple(PageAuthor(name) for name in names), "masthead")
    if signed_there := _labelled(zones.masthead, "masthead"):
        return signed_there
    return _reported(zones.under, "masthead")


def _reported(lines: list[Line], rule: str) -> Signed | None:
    """``来源：茶乡社 记者 李明``: a reporter named without a colon, on a short line among other fields."""
    for line in lines:
        reporter = _REPORTER.search(line.text) if len(line.text) <= 120 else None
        if reporter and not _PHOTO.search(line.text) and (names := people_in(reporter[1], strict=True)):
            return Signed(tuple(PageAuthor(name) for name in names), rule)
    return None


def _labelled(lines: list[Line], rule: str) -> Signed | None:
    found: list[PageAuthor] = []
    for given in labels.labelled(lines, labels.AUTHOR):
        if hidden(given.line.block) or _PHOTO.search(given.value) or len(given.line.text) > 200:
            continue
        found += authors_of(_whole(given))
        if found and "记者" not in given.line.text:
            break
    return Signed(tuple(dict.fromkeys(found)), rule) if found else None


def _whole(given: labels.Labelled) -> str:
    """The value; where gaps part several names, with the names behind the gap."""
    more = given.rest[len(given.value) :][:60]
    if not more.startswith("  ") or not is_person(given.value.strip()):
        return given.value
    extra = people_in(labels.until_next(more), strict=True)
    return " ".join([given.value, *extra])


def _in_things(_zones: Zones, head: Head, not_authors: set[str]) -> Signed | None:
    """Persons whom JSON-LD calls the author; organisations and names of the site are none."""
    value = head.thing("author", "creator")
    found: list[PageAuthor] = []
    for item in value[:12] if isinstance(value, list) else [value]:
        if isinstance(item, dict) and "organization" in str(item.get("@type", "")).lower():
            continue
        for name in texts(item)[:3]:
            if key(name) not in not_authors:
                found += [author for author in authors_of(name) if _credible(author, not_authors)]
    return Signed(tuple(dict.fromkeys(found)), "json-ld") if found else None


def _credible(author: PageAuthor, not_authors: set[str]) -> bool:
    """A name from the head counts where it is a person's, or not Chinese at all."""
    if _is_other(author.name, not_authors):
        return False
    return author.state is NameState.NAMED and (is_person(author.name) or not re.search("[\u3400-\u9fff]", author.name))


def _is_other(name: str, not_authors: set[str]) -> bool:
    own = key(name)
    return len(own) < 2 or any(own in other for other in not_authors)


def _in_text(zones: Zones, _head: Head, _not: set[str]) -> Signed | None:
    """记者 X in the first paragraphs: alone on a line, in brackets, or in the dateline."""
    for line in zones.under + zones.opening[:3]:
        text = squeeze(line.text[:200])
        names = (
            _alone(text, whole=True)
            or _bracketed(text[:120])
            or _dateline(text[:100])
            or _joined_dateline(text[:60])
            or _alone(text, whole=False)
        )
        if names:
            return Signed(tuple(PageAuthor(name) for name in names), "byline")
    for line in zones.opening[3:]:
        # Below an abstract or key points a byline stands alone or not at all.
        if len(line.text) <= 60 and (names := _alone(squeeze(line.text), whole=True)):
            return Signed(tuple(PageAuthor(name) for name in names), "byline")
    return None


def _alone(text: str, *, whole: bool) -> list[str]:
    """``本报记者 李明`` on a line of its own, and no caption's. ``whole``: nothing but names stands there."""
    match = _ALONE.match(text) if len(text) <= 60 and not _PHOTO.search(text) else None
    names = people_in(match[1], strict=True) if match else []
    return names if match and (not whole or key("".join(names)) == key(match[1])) else []


def _joined_dateline(text: str) -> list[str]:
    """``記者王小明台北20日電``: name, place and day without a gap."""
    match = _JOINED.search(text)
    if match is None:
        return []
    return next(([match[1][:size]] for size in (3, 2) if is_person(match[1][:size])), [])


def _bracketed(text: str) -> list[str]:
    for match in _BRACKETED.finditer(text):
        inner = match[1]
        if _PHOTO.search(inner):
            continue
        if (wrote := _WROTE.match(inner)) and is_person(wrote[1]):
            return [wrote[1]]
        names: list[str] = []
        for part in re.split(r"(?=记者|記者|通讯员|通訊員|作者|撰文|实习生)", inner):
            if role := _ROLE_THEN_NAMES.search(part):
                names += people_in(role[1], strict=True)
        if names:
            return list(dict.fromkeys(names))
    return []


def _dateline(text: str) -> list[str]:
    match = _DATELINE.match(text)
    if match is None or _PHOTO.search(text[match.end() : match.end() + 4]):
        return []
    if not re.search(r"[讯电訊電]|记者[:：]|報|报", text[: match.start(1)]):
        return []
    return people_in(match[1], strict=True)


def _at_end(zones: Zones, _head: Head, _not: set[str]) -> Signed | None:
    for line in zones.tail[:8] + list(reversed(zones.closing)):
        text = squeeze(line.text[-200:])
        if names := _bracketed(text[-100:]) or _in_last_brackets(text):
            return Signed(tuple(PageAuthor(name) for name in names), "byline")
    short = [
        line for line in zones.closing + zones.tail[:8] if len(line.text) <= (160 if line.text[:1] in "(（" else 80)
    ]
    if signed := _labelled(short, "byline"):
        return signed
    sourced = [line for line in short if labels.SOURCE.search(line.text)]
    if signed := _reported(sourced, "byline"):
        return signed
    for line in short:
        text = squeeze(line.text)
        if names := _alone(text, whole=False):
            return Signed(tuple(PageAuthor(name) for name in names), "byline")
    return None


def _in_last_brackets(text: str) -> list[str]:
    """``……。（张三 李四）`` at the end of a paragraph: nothing but names."""
    match = re.search(r"[。！？”…!?.]\s?[(（]((?:文[/／]图?)?[\u3400-\u9fff·、，,\s]{2,24})[)）]$", text)
    if match is None:
        return []
    words = [word for word in re.split(r"[、，,\s]+", re.sub(r"^文[/／]?图?\s*", "", match[1])) if word]
    return (
        words
        if words and all(is_person(word) for word in words)
        else people_in(match[1], strict=True)
        if all(len(word) == 1 for word in words)
        else []
    )


def _in_metas(zones: Zones, head: Head, not_authors: set[str]) -> Signed | None:
    """A name in ``meta author``, where it is a person's; on a Chinese page, where the page shows it too."""
    chinese = bool(
        re.search("[\u3400-\u9fff]{4}", head.title + "".join(line.text[:100] for line in zones.masthead[-4:]))
    )
    shown = " ".join(line.text[:300] for line in zones.masthead + zones.opening + zones.closing + zones.tail)
    beside = {key(piece.text) for line in zones.masthead[-14:] for piece in line.pieces}
    found: list[PageAuthor] = []
    for value in head.all(*_METAS):
        if value.startswith("http"):
            continue
        if chinese and key(value) in beside and not _is_other(value, not_authors):
            found.append(PageAuthor(value, NameState.NAMED if is_person(value) else NameState.PEN_NAME))
            break
        found += [
            author
            for author in authors_of(value)
            if _credible(author, not_authors) and (author.name in shown if chinese else " " in author.name)
        ]
        if found:
            break
    return Signed(tuple(dict.fromkeys(found)), "meta") if found else None


def _english(zones: Zones, _head: Head, not_authors: set[str]) -> Signed | None:
    for line in zones.masthead + zones.opening[:1]:
        text = squeeze(line.text[:160])
        if len(text) <= 100 and (match := _BY.match(text)):
            found = [author for author in authors_of(match[1]) if key(author.name) not in not_authors]
            if found:
                return Signed(tuple(found), "byline")
    return _under_mark(zones, not_authors)


def _under_mark(zones: Zones, not_authors: set[str]) -> Signed | None:
    """A name alone in a place that the markup, or where it links to, calls the author's."""
    for line in zones.masthead[-_NEAR_LINES:]:
        for piece in line.pieces:
            text = piece.text.removeprefix("By ").removeprefix("by ")
            if not (is_person(text) or _FULL_NAME.fullmatch(text)) or key(text) in not_authors:
                continue
            if is_no_latin_name(text):
                continue
            link = (piece.link.get("href") or "")[:300] if piece.link is not None else ""
            above = piece.element.getparent()
            named = marks(piece.element) + " " + (marks(above) if above is not None else "")
            if _BY_MARK.search(named) or (not zones.ideographic and _BY_LINK.search(link)):
                return Signed((PageAuthor(text),), "byline")
    return None


def read_editor(zones: Zones, head: Head) -> tuple[str, str] | None:
    """The section's or responsible editor, freed of the house's ids, and the rule that found it."""
    for given in labels.labelled(zones.closing + zones.tail + zones.masthead, labels.EDITOR):
        if len(given.line.text) <= 200 and (name := _editor(given.value)):
            return name, "masthead"
    for value in head.all(*_EDITOR_METAS):
        if name := _editor(value):
            return name, "meta"
    return None


def _editor(value: str) -> str | None:
    text = squeeze(value).strip(" ()（）[]【】:：")
    if names := people_in(text, strict=True):
        return " ".join(names)
    bare = _ID.sub("", text).strip(" _()（）[]【】:：")
    if names := people_in(bare, strict=True):
        return " ".join(names)
    if not 2 <= len(bare) <= 20 or re.search(r"[。！？!?:：<>{}]|\d{3}", bare):
        return None
    return bare

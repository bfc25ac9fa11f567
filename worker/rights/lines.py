"""The words of a credit: the line at the top, the notice at the foot.

Nothing here ever names us as author or rights holder. Whatever came from outside is escaped; links are http(s) only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from markupsafe import escape

from worker.identity.language import primary
from worker.identity.names import fold_name
from worker.model.article import Credit, HopRole
from worker.model.catalog import Use
from worker.model.delivery import Attribution, Imprint
from worker.rights.licences import Licence, recognise
from worker.rights.publishers import host_of

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def language_of(tag: str | None, default: str) -> str:
    """The language our words are in beside a text: ``zh`` for any Chinese tag, ``en`` for any English one. Beside a
    text in a language we have no words in, or in none that is known, they are in that of ``default`` (itself a tag)."""
    spoken = (primary(each) for each in (tag, default))
    return next((each for each in spoken if each in {"zh", "en"}), "en")


def attribute(
    credit: Credit,
    *,
    use: Use,
    language: str,
    title: str,
    published: datetime | None,
    zone: str,
    imprint: Imprint,
    grant_notice: str | None = None,
    changed: bool = False,
) -> Attribution:
    """The words of ``credit`` in ``language`` (``zh`` or ``en``).

    ``title`` is the one shown; the original is printed beside it when they differ. ``published`` is told in ``zone``.
    ``grant_notice`` is printed word for word. ``changed`` says that the full text lost something (its images).
    """
    zh = language == "zh"
    line = _line_zh(credit, use, title) if zh else _line_en(credit, use, title, _date(published, zone, "en"))
    changes = changed or use is Use.EXCERPT
    complaint = _complaint(imprint.name, imprint.contact, zh)
    notes = [_copyright(credit, zh), _licence_line(credit, zh, changes), grant_notice, complaint]
    pieces = [note for note in notes if note]
    return Attribution(
        line_text=_text(line),
        line_html=_html(line),
        notice_text="\n".join(note if isinstance(note, str) else _text(note) for note in pieces),
        notice_html="<br>".join(map(_paragraph, pieces)),
        language=language,
    )


# A line is a list of pieces: plain words, or (words, address) for a link.
_Link = tuple[str, str]
_Piece = str | _Link
_Line = list[_Piece]


def _text(line: _Line) -> str:
    return "".join([piece if isinstance(piece, str) else piece[0] for piece in line])


def _html(line: _Line) -> str:
    return "".join([_escaped(piece) if isinstance(piece, str) else _anchor(*piece) for piece in line])


def _anchor(words: str, url: str) -> str:
    if host_of(url) is None:
        return _escaped(words)
    return f'<a href="{_escaped(url)}" rel="noopener">{_escaped(words)}</a>'


# Most of the words are the same in every credit: labels, names, our own notice.
@lru_cache(maxsize=512)
def _escaped(words: str) -> str:
    return str(escape(words))


def _paragraph(note: str | _Line) -> str:
    return "<br>".join(_escaped(note).splitlines()) if isinstance(note, str) else _html(note)


def _joined(parts: Iterable[_Line], separator: str) -> _Line:
    line: _Line = []
    for part in parts:
        if line:
            line.append(separator)
        line.extend(part)
    return line


def _link(credit: Credit) -> str | None:
    return credit.original_link if host_of(credit.original_link) else None


def _has_origin(credit: Credit) -> bool:
    """False where the text admits to be from elsewhere and names nobody: then we say who carried it, not who wrote."""
    return credit.publisher is not None or any(hop.role is HopRole.ORIGINATOR for hop in credit.hops)


def _people(credit: Credit, zh: bool) -> str | None:
    names = [person.name for person in credit.authors if person.name]
    if not names:
        return None
    if zh:
        return "、".join(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _retitled(credit: Credit, title: str) -> bool:
    original = credit.original_title
    return bool(original) and title != original and fold_name(title) != fold_name(original)


def _line_zh(credit: Credit, use: Use, title: str) -> _Line:
    link, via = _link(credit), "、".join(credit.via)
    author: _Line = [f"作者：{_people(credit, zh=True) or '原文未署名'}"]
    parts: list[_Line]
    if use is Use.EXCERPT:
        opening: _Line = [f"摘自 {credit.origin}《{credit.original_title or title}》"]
        if link:
            opening += ["，全文见 ", (link, link)]
        parts = [opening, [f"经 {via} 转载"] if via else [], author]
    else:
        label = "来源：" if _has_origin(credit) else "转自："
        origin: _Line = [label, (credit.origin, link) if link else credit.origin]
        if via:
            origin.append(f"（经 {via} 转载）")
        if not _has_origin(credit):
            origin.append("（首发出处未注明）")
        parts = [origin, author]
        if _retitled(credit, title):
            parts.append([f"原标题：{credit.original_title}"])
    if credit.editor and use is not Use.LINK_ONLY:
        parts.append([f"责任编辑：{credit.editor}"])
    if link and use is not Use.EXCERPT:
        parts.append([("原文链接", link)])
    return _joined([part for part in parts if part], " | ")


def _line_en(credit: Credit, use: Use, title: str, date: str | None) -> _Line:
    link, people = _link(credit), _people(credit, zh=False)
    via = f", via {', '.join(credit.via)}" if credit.via else ""
    on = f" on {date}" if date else ""
    origin: _Piece = (credit.origin, link) if link else credit.origin
    if use is Use.EXCERPT:
        opening: _Line = [f"Excerpt from “{credit.original_title or title}”, originally published by ", origin, via, on]
    elif _has_origin(credit):
        opening = ["Originally published by ", origin, via, on]
    else:
        opening = ["Carried by ", origin, via, on, "; its first publisher is not stated"]
    parts: list[_Line] = [opening, [f"By {people}" if people else "Unsigned in the original"]]
    if use is not Use.EXCERPT and _retitled(credit, title):
        parts.append([f"Original title: {credit.original_title}"])
    if credit.editor and use is not Use.LINK_ONLY:
        parts.append([f"Editor: {credit.editor}"])
    if link:
        parts.append([("Read the full text" if use is Use.EXCERPT else "Read the original", link)])
    return [*_joined([[piece for piece in part if piece] for part in parts], ". "), "."]


def _copyright(credit: Credit, zh: bool) -> str:
    """The origin's own words if it has any; never ours."""
    if credit.copyright_notice:
        return (
            f"原文版权声明：{credit.copyright_notice}"
            if zh
            else f"Copyright notice of the original: {credit.copyright_notice}"
        )
    return "著作权归原权利人所有。" if zh else "Rights remain with the original rightsholder."


def _licence_line(credit: Credit, zh: bool, changes: bool) -> _Line | None:
    """Title, author, source, licence (TASL); only for a licence that the origin itself declared."""
    licence = _origins_own(credit)
    if licence is None:
        return None
    title, people = credit.original_title, _people(credit, zh)
    if zh:
        words = [f"《{title}》" if title else "", people or "原文未署名", credit.origin]
        tail = "有改动" if changes else "无改动"
        return ["，".join(filter(None, words)), "，采用 ", (licence.name, licence.uri), f"，{tail}"]
    words = [f"“{title}”" if title else "", f"by {people}" if people else "unsigned"]
    tail = "changes were made" if changes else "no changes were made"
    return [" ".join(filter(None, words)), f", {credit.origin}, ", (licence.name, licence.uri), f"; {tail}."]


def _origins_own(credit: Credit) -> Licence | None:
    first = next((hop for hop in credit.hops if hop.role is HopRole.ORIGINATOR), None)
    return recognise(credit.license) if first is not None and first.source is not None else None


@lru_cache(maxsize=16)
def _complaint(name: str, contact: str, zh: bool) -> str:
    if zh:
        return (
            f"如涉及作品内容、版权等问题，请在 30 日内与{name}联系：{contact}。"
            "我们核实后即予更正或撤下，逾期提出的同样受理。"
        )
    return (
        f"Questions about content or copyright: please write to {name} within 30 days at {contact}. "
        "We correct or withdraw what is wrong; later notices are answered as well."
    )


def _date(moment: datetime | None, zone: str, language: str) -> str | None:
    if moment is None:
        return None
    day = moment.astimezone(ZoneInfo(zone)).date()
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def withdrawal_line(when: datetime, language: str, zone: str, *, merged: bool = False) -> str:
    """What stands where a text was; ``when`` aware, told as a date in ``zone``. ``merged``: it is part of another
    article now."""
    date = _date(when, zone, language)
    if merged:
        return (
            f"[已合并] 本文已于 {date} 并入另一篇文章"
            if language == "zh"
            else f"[Merged] part of another article since {date}"
        )
    return f"[已撤回] 本文已于 {date} 撤回" if language == "zh" else f"[Withdrawn] removed on {date}"

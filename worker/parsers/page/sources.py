"""Where the page says its text came from, and the link it gives to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from worker.identity.names import clean_name, fold_name, means_elsewhere
from worker.model.page import PageSource
from worker.parsers.clean import safe_url
from worker.parsers.page import labels
from worker.parsers.page.head import Head, addresses, texts
from worker.parsers.page.people import is_person, people_in
from worker.parsers.page.scan import Line, Piece, hidden, marks
from worker.parsers.page.zones import Zones

_LONGEST = 40
_BAD = re.compile(
    r"[。！？!?；;{}]|https?:|www\.|^\d+$|^[\W_]+$|未经|授权|转载请|版权|侵权|如有|本文|以上|点击|^null$|undefined",
    re.IGNORECASE,
)
_METAS = ("contentsource", "source", "article:source", "og:article:source", "mediaid", "copyrightholder", "dc.source")
_MARK = re.compile(
    r"source|\borigin|(?<!rich_)media(?!-?(?:list|box|s\b))|\bfrom\b|laiyuan|(?<![a-z])ly(?![a-z])|publisher|provider|account|profile|nick-?_?name"
)
_WEAK_MARK = re.compile(r"\bname\b|_name\b|-name\b|author|\bwriter")
_ORGANISATION = re.compile(
    r"(?:网|報|报|社|台|新闻|新聞|日报|晚报|周刊|週刊|杂志|在线|客户端|频道|传媒|传播|电视|广播|电台|中心|通讯|时报|资讯|财经|观察|快讯|发布|政府|委员会|委|局|厅|部|办|院|大学|学院|协会|公司|集团|研究所|出版社|头条|之声|月刊|早报|号)$"
)
_ABOUT = re.compile(r"微信号|功能介绍|粉丝|简介")
_NO_NAME = re.compile(r"[:：/／]|\d{3}|[记記]者|作者|[编編][辑輯]")
_ASIDE = re.compile(r"\s?[\[【(（][^\]】)）]{0,12}[\]】)）]?$")
_PUBLISHER = re.compile(r"(?:网|報|报|社|台|新闻|日报|晚报|周刊|杂志|客户端|在线|头条|发布|传媒|融媒体中心)$")
_MOMENT = re.compile(
    r"\d{2,4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?\s{0,4}(?:\d{1,2}[:：时]\d{1,2}(?:[:：分]\d{1,2})?分?秒?)?|\d{1,2}[-月]\d{1,2}日?\s{0,2}\d{1,2}:\d\d|(?:[今昨前][天日]\s?)?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|\d{1,3}\s?(?:分钟|小时|天)前"
)
_PLACES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西"
    "|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|中国"
)
_COLUMN = re.compile(
    "(?:公司|行业|国内|国际|社会|时政|综合|本地|本市|校园|学院|学校|学术|部门|工作|通知|媒体|热点|最新|图片|企业|集团|党建|教学|科研"
    "|基层|地方|各地|政务|民生|科技|财经|娱乐|体育|重要|头条|产业|产品|市场|技术|项目|活动|会议|组织|支部)"
    "(?:新闻|动态|要闻|公告|资讯|快讯|报道|信息|通知|活动|风采)"
)
_NOISE = re.compile(
    rf"^(?:(?:发布|发表|更新|刊发|创建|上传)?(?:时间|日期|于)?|[週周星期]{{1,2}}[一二三四五六日天](?:\s?[上下]午)?|[上下]午|[A-Z+-]{{1,3}}|\d[\d,.万+]*\s*(?:评论|阅读|人|次|条|跟贴|跟帖|w|k)?|昨[天日]|前天|今[天日]|刚刚|今天是|现在是|.{{0,8}}时间|优质.{{0,8}}作者|.{{0,8}}创作者|官方[账帐]号|已认证|.{{0,8}}领域.{{0,8}}|微信号|功能介绍|(?:{_PLACES})[省市]?|原创|分享.*|评论.*|收藏|举报|打印|字号|字体|[大中小]|关注|\+关注|订阅|\+?\s*订阅|展开|听|播报|收听|朗读|正文|来自.{{0,6}}|发布于.{{0,8}}|北京|微信|微博|QQ.*|空间|阅读.*|浏览.*|点击.*|人参与|跟贴|责任编辑.*|编辑.*|作者.*|时间.*|日期.*|来源.*|[:：|·•\-—/]+|最?[后後]?更新.*|置顶|独家|快讯|打开|APP.*|手机.*|下载.*|复制.*|返回.*|首页|新闻|资讯|要闻|文化|国内|国际|社会|娱乐|体育|财经|科技|汽车|房产|健康|教育|股票|军事|图片|视频|专题|滚动|时政)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sourced:
    source: PageSource
    rule: str
    line: Line | None = None
    piece: Piece | None = None


def read_source(zones: Zones, head: Head, dated: Line | None, title: Line | None, base: str | None) -> Sourced | None:
    """The first that speaks: a label in the masthead or at the text's end, the name beside the time, the head."""
    said = [
        found
        for place, rule in ((zones.masthead, "masthead"), (zones.closing + zones.tail, "tail"))
        for found in _labelled(place, rule, base)
    ]
    named = next((found for found in said if not means_elsewhere(found.source.name)), None)
    if named is not None:
        return named
    beside = _beside(zones, dated, title, base) if zones.ideographic else None
    if beside is not None:
        return beside
    if said:
        return said[0]
    for value in head.all(*_METAS):
        if (source := _source(value, None, base)) is not None and not source.name.isascii():
            return Sourced(source, "meta")
    if (told := _in_things(head, base)) is not None or zones.ideographic:
        return told
    site = head.meta("og:site_name")
    return Sourced(PageSource(site), "meta") if site and len(site) <= 60 else None


def _labelled(lines: list[Line], rule: str, base: str | None) -> Iterator[Sourced]:
    for given in labels.labelled(lines, labels.SOURCE):
        if rule == "masthead" or _stands_alone(given):
            source = _source(given.value, given.piece, base)
            if source is not None and not hidden(given.line.block):
                yield Sourced(source, rule, given.line, given.piece)


def _stands_alone(given: labels.Labelled) -> bool:
    """In running text 来源 is a word; only at a line's begin, in brackets, or on a short line is it a label."""
    before = given.line.text[: given.start]
    return len(given.line.text) <= 60 or len(before) <= 12 or bool(re.search(r"[(（【\[][^)）】\]]{0,12}$", before))


def _source(value: str, piece: Piece | None, base: str | None) -> PageSource | None:
    cut = re.split(r"[)）\]】]\s*$|[)）](?=.)", value)[0] if not re.search(r"[(（\[【]", value) else value
    name = clean_name(cut.strip(" 　,，。.;；"))
    if name is None or len(name) > _LONGEST or len(fold_name(name)) < 2 or _BAD.search(name) or _NOISE.match(name):
        return None
    return PageSource(name, _href(piece, base))


def _href(piece: Piece | None, base: str | None) -> str | None:
    if piece is None or piece.link is None:
        return None
    href = (piece.link.get("href") or "")[:2000]
    return safe_url(href, base) if href and not href.startswith("#") else None


def _after_title(zones: Zones, title: Line | None) -> list[Line]:
    return [line for line in zones.masthead if title is not None and 0 < line.index - title.index <= 3]


def _near(zones: Zones, dated: Line | None, title: Line | None) -> list[Line]:
    """The line of the time, those next to it and those right below the title; none where the time stands elsewhere."""
    if dated is None:
        return _after_title(zones, title)
    if dated not in zones.masthead:
        return []
    close = [line for line in zones.masthead if 0 < abs(line.index - dated.index) <= 2 and line is not title]
    by_place = {line.index: line for line in (dated, *close, *_after_title(zones, title))}
    return [line for _, line in sorted(by_place.items()) if not _ABOUT.search(line.text[:60])]


def _beside(zones: Zones, dated: Line | None, title: Line | None, base: str | None) -> Sourced | None:
    """A bare name on the line of the time stamp, or on a short line next to it that the markup calls a source."""
    near = _near(zones, dated, title)
    for line in near:
        for mark in (_MARK, _WEAK_MARK):
            if (sourced := _under_mark(line, mark, base)) is not None:
                return sourced
    for line in sorted(near, key=lambda line: line is not dated):
        first = re.split(r"\s{2,}", line.text.strip())[0]
        signed = labels.SIGNED.fullmatch(first)
        if signed and _ORGANISATION.search(signed["source"]) and people_in(signed["author"], strict=True):
            return Sourced(PageSource(signed["source"]), "beside-time", line)
        if len(line.text) > (160 if line is dated else 40):
            continue
        for text, piece in _bare(line):
            if _believed(text, piece, line, dated, base) and (source := _source(text, piece, base)) is not None:
                return Sourced(source, "beside-time", line, piece)
    return None


def _under_mark(line: Line, mark: re.Pattern[str], base: str | None) -> Sourced | None:
    for text, piece in _bare(line) if len(line.text) <= 160 else ():
        if is_person(text) or _NO_NAME.search(text) or not _marked(piece, mark) or hidden(piece.element):
            continue
        if (source := _source(text, piece, base)) is not None:
            return Sourced(source, "beside-time", line, piece)
    return None


def _bare(line: Line) -> list[tuple[str, Piece]]:
    """The words of a line that are no time, button or label; those nearest to its time first."""
    chunks = [
        (_without_person(_ASIDE.sub("", labels.until_next(chunk).strip(" 　:：|｜丨·•-—【】,，"))), piece)
        for piece in line.pieces
        for chunk in re.split(r"\s{2,}|\s?[|｜丨·•]\s?", _MOMENT.sub("  \0  ", piece.text[:200]))
    ]
    times = [place for place, (chunk, _) in enumerate(chunks) if chunk == "\0"]
    order = sorted(range(len(chunks)), key=lambda place: min((abs(place - at) for at in times), default=0))
    return [chunks[place] for place in order if 2 <= len(chunks[place][0]) <= 24 and not _NOISE.match(chunks[place][0])]


def _without_person(text: str) -> str:
    """``茶乡网 李明``: the name of the publisher without the person's behind it."""
    first, _, last = text.rpartition(" ")
    return first if first and is_person(last) and _ORGANISATION.search(first) else text


def _believed(text: str, piece: Piece, line: Line, dated: Line | None, base: str | None) -> bool:
    """Is a bare name a source? It ends like a publisher, the markup says so, or it stands alone with the time."""
    if _NO_NAME.search(text) or _COLUMN.fullmatch(text) or hidden(piece.element):
        return False
    named = _marked(piece, _MARK) or _marked(piece, _WEAK_MARK)
    if is_person(text) or line is not dated:
        alone = dated is not None and len(line.pieces) == 1 and abs(line.index - dated.index) == 1
        return (named and not is_person(text)) or (alone and not is_person(text) and bool(_PUBLISHER.search(text)))
    alone = len(_bare(line)) == 1
    return named or alone or bool(_ORGANISATION.search(text)) or (piece.link is not None and _leads_away(piece, base))


def _marked(piece: Piece, mark: re.Pattern[str]) -> bool:
    """Does the markup around the piece call it a source, an account or a name?"""
    element = piece.element
    for _ in range(2):
        if mark.search(marks(element)):
            return True
        above = element.getparent()
        if above is None:
            return False
        element = above
    return False


def _leads_away(piece: Piece, base: str | None) -> bool:
    href = _href(piece, base)
    return href is not None and (base is None or href.split("/")[2:3] != base.split("/")[2:3])


def _in_things(head: Head, base: str | None) -> Sourced | None:
    for field in ("sourceOrganization", "publisher"):
        given = head.thing(field)
        for name in texts(given)[:1]:
            if not _BAD.search(name) and 2 <= len(name) <= 60:
                urls = [url for given_url in addresses(given) if (url := safe_url(given_url, base))]
                return Sourced(PageSource(name, urls[0] if urls else None), "json-ld")
    return None

"""Labelled values in a line: 来源：X, 作者：X, 责编：X, and where each value ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from worker.parsers.page.scan import Line, Piece

_COLON = r"\s{0,3}[:：︰∶]\s{0,4}"
_BAR = r"\s{0,3}[:：︰∶|｜丨/／]\s{0,4}"
SIGNED = re.compile(
    r"(?P<author>[\u3400-\u9fff]{2,4}(?:[、 ][\u3400-\u9fff]{2,4})*)\s?[/／]\s?(?P<source>[\u3400-\u9fffA-Za-z]{2,14})"
)
SOURCE = re.compile(
    r"(?<!图片)(?<!图)(?<!数据)(?<!视频)(?<!照片)(?<!资料)(?<!图源)(?:(?:文章|信息|新闻|新聞|稿件|内容|內容|本文|原文|消息|资讯|文稿)?[来來]\s{0,4}源(?:于|於|网站|媒体|单位|出处)?"
    rf"|稿\s{{0,4}}源|[转轉][载載]?自|[来來]自|摘\s?自|出\s{{0,2}}处|供稿单位|发布单位|发布机构|发文机关){_BAR}"
    rf"|(?:^|(?<=\s\s)|(?<=[|｜]\s\s))(?:文章|信息)?来源\s{{2,4}}(?=\S)|\b(?:source|via){_COLON}",
    re.IGNORECASE,
)
AUTHOR = re.compile(
    r"(?:(?:文章|本文|原文|原)?作\s{0,4}者|撰\s{0,4}文者?|撰稿人?|采\s?写|执\s?笔|文字|署\s?名|笔\s?者|本报记者|[记記]\s{0,2}者|通[讯訊][员員])"
    rf"(?:[记記]者)?{_BAR}|(?<![图圖文\w])文{_BAR}|(?<=[图圖])文{_BAR}|(?:^|(?<=\s\s))作者\s{{2,4}}(?=\S)|\b(?:authors?|written\s+by|by){_COLON}",
    re.IGNORECASE,
)
EDITOR = re.compile(
    rf"(?:责\s{{0,4}}任\s{{0,4}}编\s{{0,4}}辑|責\s?任\s?編\s?輯|责\s{{0,4}}编|責\s?編|(?<!原)(?<!总)(?<!主)[编編]\s{{0,4}}[辑輯]|值班编辑){_BAR}|\b(?:editor|edited\s+by){_COLON}",
    re.IGNORECASE,
)
PUBLISHED = re.compile(
    rf"(?:发\s?布|發\s?布|发\s?表|發\s?表|刊\s?发|上\s?传|上\s?线|录\s?入|添\s?加|出\s?版|成\s?文|更\s?新|创\s?建|文章|撰写|来稿)?\s?(?:时\s{{0,3}}间|時\s?間|日\s{{0,4}}期)(?:{_COLON}|\s{{1,4}}(?=\d))|(?:发布于|发表于|发布|發佈於?|发表|刊发){_COLON}?\s{{0,3}}(?=\d)"
    r"|\b(?:published|posted|date|publish date)(?:\s+on)?[:\s]{1,3}",
    re.IGNORECASE,
)
UPDATED = re.compile(
    r"(?:更\s?新|修\s?改)(?:时\s?间|時\s?間|日\s?期|于|於)?[:：]?\s{0,4}|\b(?:last\s+)?updated(?:\s+on)?[:\s]{1,3}",
    re.IGNORECASE,
)
_BUTTONS = (
    "字\\s?[号號体體型]|大\\s?中\\s?小|[【\\[]|分享|评论|評論|打印|列印|收藏|关闭|关注|点击|點擊|浏览|瀏覽|阅读|閱讀|人气|热度|次数|访问|选择字"
    "|我要|纠错|举报|扫一扫|手机看|手机版|保护视力|视力保护|返回|下载|转发|点赞|语音|播放|原标题|缩小|放大|调整字|发布|發布|發佈|发表|更新"
    "|跟[帖贴]|参与|有\\s?\\d|作\\s?者|[编編][辑輯]|责编|[记記]者|通[讯訊][员員]|第\\s?\\d+\\s?期|\\d+\\s?(?:次|人|条|评)"
)
_LABELS = (
    "责\\s{0,4}任\\s{0,4}编\\s{0,4}辑|责\\s{0,4}编|責\\s?編|責\\s?任\\s?編\\s?輯|[编編]\\s{0,4}[辑輯]|作\\s{0,4}者|[记記]者|通[讯訊][员員]|来\\s{0,4}源|來源|时\\s{0,4}间|時間"
    "|日\\s{0,4}期|审核|审稿|编审|监制|校对|图\\s?片|圖\\s?片|供图|制图|配图|摄影|摄像|签发|责校|初审|复审|终审|签审|栏目|分类|频道|标签|关键词|关键字|类别|索引号|文号|所属|人气|浏览|点击|阅读|供稿|撰稿|文章编辑|核稿"
)
_NEXT = re.compile(
    r"\s{2,}|[|｜丨•·]\s|\s[|｜丨•·/—-]|[(（\[【]\s{0,2}(?:字|大|关|打|编|责|记|作|来|点|浏|查|繁|分)|[<>›»]"
    r"|(?:19|20)\d{2}\s?[-年/.]\s?\d{1,2}|\d{1,2}:\d{2}"
    rf"|(?<![^\s)）\]】])(?:{_BUTTONS})|(?:发布|发表|更新|浏览|点击|阅读|访问|责任|文章)?(?:{_LABELS})(?:次数|量|数|[人员者])?\s{{0,2}}[:：/|｜丨／]",
    re.IGNORECASE,
)


_ANY_MARK = re.compile(r"[:：︰∶|｜丨/／]|(?:来源|作者)\s{2}")


@dataclass(frozen=True, slots=True)
class Labelled:
    """``value`` stands behind a label in ``line`` at ``start``; ``piece`` is the first text it is made of."""

    value: str
    line: Line
    start: int
    piece: Piece | None = None
    rest: str = ""


def labelled(lines: list[Line], label: re.Pattern[str], *, longest: int = 60) -> Iterator[Labelled]:
    """The values behind a label, in reading order; ``rest`` is what follows on the line, unbounded by other labels."""
    for place, line in enumerate(lines):
        text = line.text[:600]
        if not _ANY_MARK.search(text):
            continue
        for match in label.finditer(text):
            value = until_next(text[match.end() :])[: longest + 1]
            if value:
                yield Labelled(value, line, match.end(), _piece_at(line, match.end()), text[match.end() :])
            elif not text[match.end() :].strip() and place + 1 < len(lines) and _goes_on(line, lines[place + 1]):
                below = lines[place + 1]
                if value := until_next(below.text)[: longest + 1]:
                    yield Labelled(value, below, 0, below.pieces[0], below.text)


def until_next(text: str) -> str:
    """``text`` up to where another label, a date, a gap or a button begins."""
    text = text.lstrip()
    stop = _NEXT.search(text)
    return (text[: stop.start()] if stop else text).strip(" \t:：,，;；、|｜丨·-—/&（(【[")


def _goes_on(line: Line, below: Line) -> bool:
    """Is the next line the cell beside this one (``dt``/``dd``, two ``td``, two ``span`` made blocks)?"""
    if not re.search(r"[:：]\s*$", line.text) or re.search(r"[:：]", below.text[:12]) or len(below.text) > 60:
        return False
    own, other = line.block, below.block
    above = own.getparent()
    return above is not None and (
        other is own or other.getparent() is above or other.getparent() is own or above is other
    )


def _piece_at(line: Line, start: int) -> Piece | None:
    """The piece of the line in which the text at ``start`` stands; the next one where a gap stands there."""
    place = 0
    for piece in line.pieces:
        if start < place + len(piece.text):
            return piece
        place += len(piece.text) + 2
    return None

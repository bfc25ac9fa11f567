"""Edits as portals make them: seeded, Chinese and English, all words our own.

An edit takes a title and a text and gives both back as another site would print them.
"""
# ruff: noqa: E501 -- running text reads worse when it is broken

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

Piece = tuple[str, str]  # title, text
Edit = Callable[[random.Random, str, str], Piece]

_SENTENCE_ZH = re.compile(r"(?<=[。！？!?])")
_SENTENCE_EN = re.compile(r"(?<=[.!?])\s+")
_WORDS_ZH = (
    ("表示", "指出"), ("目前", "当前"), ("进行", "开展"), ("因为", "由于"), ("但是", "不过"), ("可以", "能够"), ("已经", "业已"),
    ("开始", "启动"), ("非常", "十分"), ("认为", "觉得"), ("问题", "难题"), ("需要", "须"), ("以及", "和"), ("没有", "未"),
    ("通过", "经由"), ("相关", "有关"), ("公布", "发布"), ("记者", "本报记者"), ("企业", "公司"), ("重要", "关键"), ("称", "说"),
    ("孩子", "小孩"), ("如果", "要是"), ("同时", "与此同时"), ("昨日", "昨天"), ("美国", "美方"), ("市场", "行情"),
)  # fmt: skip
_WORDS_EN = (
    ("said", "stated"), ("but", "however"), ("because", "since"), ("big", "large"), ("also", "as well"), ("about", "around"),
    ("many", "numerous"), ("help", "assist"), ("show", "demonstrate"), ("begin", "start"), ("first", "initial"), ("new", "fresh"),
    ("people", "persons"), ("government", "administration"), ("company", "firm"), ("last", "previous"), ("more than", "over"),
    ("children", "kids"), ("use", "employ"), ("while", "whereas"), ("after", "following"), ("make", "produce"),
)  # fmt: skip
PLACES_ZH = ("北京", "上海", "广州", "成都", "武汉", "西安", "沈阳", "昆明")
_AGENCIES_ZH = (
    "新华社{p}{m}月{d}日电（记者 {n}）",
    "中新网{p}{m}月{d}日电 （{n}）",
    "本报讯（记者{n}）",
    "据{p}日报报道，",
    "央视网消息：",
    "人民网{p}{m}月{d}日讯（{n}）",
)
_AGENCIES_EN = ("{p}, {m} {d} (Reuters) - ", "{p} (AP) — ", "{p}, {m} {d} (Xinhua) -- ", "{p}: ")
NAMES_ZH = ("王磊", "李娜", "张伟", "刘洋", "陈静", "杨帆", "赵敏", "周涛", "吴昊", "郑爽", "孙丽", "马超")
_ADS_ZH = (
    "2026年轻松理财计划火热招募中，点此了解详情", "【推广】这款扫地机器人卖疯了，限时五折", "关注我们的公众号，每天获取最新资讯",
    "相关阅读：今冬第一场雪来了", "相关阅读：这些城市的房价又变了", "下载客户端，看更多精彩内容", "点击查看专题报道", "广告：本地装修首选某某装饰",
)  # fmt: skip
_ADS_EN = (
    "ADVERTISEMENT", "Sign up for our daily newsletter and never miss a headline.", "Read more: Ten gadgets you need this winter",
    "Sponsored: Refinance your home today at record low rates", "Related: What the storm means for travellers", "Follow us on social media for updates.",
)  # fmt: skip
_HEADS_ZH = (
    "专家解读",
    "多地出台",
    "最新进展",
    "全城关注",
    "网友热议",
    "记者探访",
    "今起实施",
    "独家对话",
    "深度观察",
    "速看",
)
_TAILS_ZH = (
    "养老新政",
    "楼市调控",
    "地铁新线",
    "寒潮预警",
    "中考改革",
    "医保目录",
    "春运车票",
    "乡村咖啡馆",
    "国产大飞机",
    "夜间经济",
    "快递涨价",
    "博物馆热",
)
_HEADS_EN = (
    "Ten ways to",
    "Why experts say",
    "The truth about",
    "How one town plans to",
    "What to know about",
    "Inside the fight over",
)
_TAILS_EN = (
    "save on heating",
    "the new tax rule",
    "winter travel",
    "school lunches",
    "electric buses",
    "the housing market",
    "cheap flights",
    "local football",
)
MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
CITIES_EN = ("LONDON", "BEIJING", "NEW YORK", "PARIS", "NAIROBI", "DELHI")


def _sentences(text: str, zh: bool) -> list[str]:
    pattern = _SENTENCE_ZH if zh else _SENTENCE_EN
    return [each for line in text.split("\n") for each in pattern.split(line) if each.strip()]


def _join(sentences: Sequence[str], zh: bool) -> str:
    """Sentences as paragraphs of two or three."""
    paragraphs = [sentences[at : at + 3] for at in range(0, len(sentences), 3)]
    return "\n".join(("" if zh else " ").join(paragraph) for paragraph in paragraphs)


def _headline(zh: bool) -> Edit:
    def edit(rng: random.Random, title: str, text: str) -> Piece:
        if zh:
            return f"{rng.choice(_HEADS_ZH)}：{title[len(title) // 3 :][::1] or title}", text
        return f"{rng.choice(_HEADS_EN)} {' '.join(title.split()[2:])}", text

    return edit


def _merged(zh: bool) -> Edit:
    return lambda _rng, title, text: (title, text.replace("\n", "" if zh else " "))


def _widths(_rng: random.Random, title: str, text: str) -> Piece:
    wide = {ord(each): ord(each) + 0xFEE0 for each in "0123456789ABCXYZabcxyz%"}
    swap = str.maketrans({"“": "「", "”": "」", "，": ",", "：": ":", "（": "(", "）": ")"})
    return title.translate(swap), text.translate(wide).translate(swap)


def _quotes(_rng: random.Random, title: str, text: str) -> Piece:
    swap = str.maketrans({'"': "“", "'": "’", "-": "–"})
    return title.translate(swap), text.translate(swap)


def _dateline(zh: bool) -> Edit:
    def edit(rng: random.Random, title: str, text: str) -> Piece:
        where, month, day = rng.choice(PLACES_ZH), rng.randint(1, 12), rng.randint(1, 28)
        if zh:
            head = rng.choice(_AGENCIES_ZH).format(p=where, m=month, d=day, n=rng.choice(NAMES_ZH))
        else:
            head = rng.choice(_AGENCIES_EN).format(p=rng.choice(CITIES_EN), m=rng.choice(MONTHS), d=day)
        return title, head + text

    return edit


def _tail(zh: bool) -> Edit:
    def edit(rng: random.Random, title: str, text: str) -> Piece:
        if zh:
            name = rng.choice(NAMES_ZH)
            lines = [
                f"来源：{rng.choice(PLACES_ZH)}晚报",
                f"责任编辑：{name}",
                f"（编辑 {name}）",
                "免责声明：本文仅代表作者个人观点，与本网无关，请读者仅作参考。",
                "版权声明：未经授权，不得转载。",
            ]
        else:
            lines = [
                "Source: The Daily Courier",
                "Editing by A. Smith",
                "Copyright 2026. All rights reserved.",
                "The views expressed here do not necessarily reflect those of this site.",
            ]
        return title, "\n".join([text, *rng.sample(lines, rng.randint(2, len(lines)))])

    return edit


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("s2tw")


def _traditional(_rng: random.Random, title: str, text: str) -> Piece:
    return _converter().convert(title), _converter().convert(text)


def _numbers(zh: bool) -> Edit:
    def edit(_rng: random.Random, title: str, text: str) -> Piece:
        text = re.sub(r"(?<![\d.])(\d{1,3})(\d{3})(?![\d年.])", r"\1,\2", text)
        if zh:
            text = re.sub(r"(?<![\d.,])([1-9])(?=[人名家个位])", lambda m: "零一二三四五六七八九"[int(m[1])], text)
        else:
            text = text.replace("%", " percent")
        return title, text

    return edit


def _ads(zh: bool) -> Edit:
    def edit(rng: random.Random, title: str, text: str) -> Piece:
        parts = _sentences(text, zh)
        for advert in rng.sample(_ADS_ZH if zh else _ADS_EN, rng.randint(2, 4)):
            parts.insert(rng.randint(1, max(1, len(parts) - 1)), "\n" + advert + "\n")
        return title, ("" if zh else " ").join(parts)

    return edit


def _light(zh: bool) -> Edit:
    return lambda rng, title, text: (title, _reworded(rng, text, zh, swapped=0.5, cut=0.06, clauses=0))


def _heavy(zh: bool) -> Edit:
    return lambda rng, title, text: (title, _reworded(rng, text, zh, swapped=0.6, cut=0.25, clauses=4))


def _reworded(rng: random.Random, text: str, zh: bool, *, swapped: float, cut: float, clauses: int) -> str:
    """Words exchanged with that chance, sentences cut, and of every ``clauses`` clauses one turned about."""
    kept = [each for each in _sentences(text, zh) if rng.random() >= cut] or _sentences(text, zh)
    for old, new in _WORDS_ZH if zh else _WORDS_EN:
        if rng.random() < swapped:
            kept = [each.replace(old, new) if zh else re.sub(rf"\b{old}\b", new, each) for each in kept]
    if clauses:
        kept = [_turned(rng, each, zh, clauses) for each in kept]
    return _join(kept, zh)


def _turned(rng: random.Random, sentence: str, zh: bool, clauses: int) -> str:
    """One clause of so many with its beginning replaced and its middle shortened."""
    parts = re.split(r"(?<=[，,；;])", sentence)
    for place, part in enumerate(parts):
        if rng.randrange(clauses) or len(part) < 8:
            continue
        if zh:
            middle = len(part) // 2
            parts[place] = (
                rng.choice(("据了解，", "事实上，", "有分析称，", "值得一提的是，"))
                + part[: middle - 1]
                + part[middle + 1 :]
            )
        else:
            words = part.split(" ")
            middle = len(words) // 2
            parts[place] = " ".join(
                (rng.choice(("In fact,", "Reportedly,", "As noted,")), *words[:middle], *words[middle + 1 :])
            )
    return "".join(parts)


def _sidebar(zh: bool) -> Edit:
    def edit(rng: random.Random, title: str, text: str) -> Piece:
        heads, tails = (_HEADS_ZH, _TAILS_ZH) if zh else (_HEADS_EN, _TAILS_EN)
        glue = "" if zh else " "
        lines = [
            f"{rng.choice(heads)}{glue}{rng.choice(tails)}{glue}{rng.randint(1, 99)}" for _ in range(rng.randint(8, 16))
        ]
        bar = "\n".join(lines)
        return title, f"{bar}\n{text}" if rng.random() < 0.5 else f"{text}\n{bar}"

    return edit


def _cut(zh: bool, low: float, high: float) -> Edit:
    def edit(rng: random.Random, title: str, text: str) -> Piece:
        parts = _sentences(text, zh)
        want, kept = rng.uniform(low, high) * len(text), []
        for part in parts:
            kept.append(part)
            if sum(map(len, kept)) >= want:
                break
        return title, _join(kept, zh)

    return edit


def edits(zh: bool) -> Mapping[str, Edit]:
    """Every edit of one language by name."""
    single: dict[str, Edit] = {
        "headline": _headline(zh),
        "paragraphs merged": _merged(zh),
        "widths and quotes": _widths if zh else _quotes,
        "dateline": _dateline(zh),
        "tail lines": _tail(zh),
        "number formats": _numbers(zh),
        "adverts inside": _ads(zh),
        "light edit": _light(zh),
        "sidebar": _sidebar(zh),
        "cut to 40-70 %": _cut(zh, 0.4, 0.7),
        "summary 12-20 %": _cut(zh, 0.12, 0.2),
        "heavy edit": _heavy(zh),
    }
    if zh:
        single["traditional script"] = _traditional
    mild = [single[name] for name in single if name not in {"summary 12-20 %", "heavy edit", "cut to 40-70 %"}]

    def three(rng: random.Random, title: str, text: str) -> Piece:
        for edit in rng.sample(mild, 3):
            title, text = edit(rng, title, text)
        return title, text

    return single | {"three at once": three}

"""Reprints as portals print them: the text in their page, their own lead, their captions, half of it. Seeded, Chinese and
English, all words our own. ``near_edits`` changes one thing at a time; here whole pages are made.
"""
# ruff: noqa: E501 -- running text reads worse when it is broken

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import partial

from bench.near_edits import NAMES_ZH, Edit, Piece, edits

_HEADS = {
    True: [
        "深度｜幕后细节曝光",
        "突发！全网都在关注",
        "最新回应来了",
        "一图读懂这件事",
        "刚刚，官方通报",
        "网友炸锅了",
    ],
    False: ["What we know so far", "Here is why it matters", "The story everybody talks about", "Inside the news"],
}
_NOTES = {
    True: (
        "编者按：近段时间以来，相关话题持续引发社会各界关注，本网特转发此文，供读者朋友们参考，也欢迎在评论区留下您的看法。",
        "导读：这件事究竟是怎么回事？背后又有哪些鲜为人知的细节？小编带大家一起来看看。",
    ),
    False: (
        "Editor's note: readers have asked us about this subject for weeks, so we are publishing this piece from a partner in full.",
        "This report has been making the rounds, and our team thought it deserved a wider audience here as well.",
    ),
}
_CAPTIONS = {
    True: (
        "图为活动现场。{n} 摄",
        "▲ 资料图片（图源：视觉中国）",
        "{n}在现场接受采访（{n}/摄）",
        "点击图片查看高清大图",
    ),
    False: (
        "A view of the scene. Photo: {n}/Staff",
        "File photo (Image credit: Getty)",
        "People walk past the site on Monday. | {n}",
    ),
}
_ADVERTS = {
    True: "想知道如何用三千元理财月入过万吗？添加老师微信，免费领取价值998元的投资秘籍，名额有限，先到先得，错过再等一年！",
    False: "Looking for a better mattress? Readers of this site get twenty percent off with the code SLEEP20, and shipping is free until Sunday night.",
}
_LEADS = {
    True: "据多家媒体消息，近日一则新闻在朋友圈刷屏，引来不少网友围观讨论，事情的来龙去脉是这样的。",
    False: "It has been one of the most discussed subjects of the week, and the details are only now becoming clear.",
}
_TOPICS = {
    True: [
        "油价",
        "地铁",
        "奶茶",
        "演唱会",
        "高考志愿",
        "二手房",
        "外卖骑手",
        "露营",
        "短剧",
        "电动车",
        "社保",
        "奥运选手",
    ],
    False: [
        "fuel prices",
        "the new stadium",
        "school meals",
        "the heatwave",
        "airport queues",
        "the chess final",
        "night trains",
    ],
}
_TAILS = {
    True: ["怎么回事？官方回应", "又上热搜了", "迎来重大变化", "这些细节你注意到了吗", "专家这样说", "最新消息"],
    False: [
        "explained",
        "in pictures",
        "raise new questions",
        "divide the town",
        "are back again",
        "take a surprising turn",
    ],
}
_SPELLING = (
    ("color", "colour"), ("center", "centre"), ("program ", "programme "), ("defense", "defence"), ("organiz", "organis"), ("percent", "per cent"),
    ("labor", "labour"), ("favor", "favour"), ("traveled", "travelled"), ("analyz", "analys"), ("realiz", "realis"), ("Mr. ", "Mr "),
)  # fmt: skip
_SENTENCE = {True: re.compile(r"(?<=[。！？])"), False: re.compile(r"(?<=[.!?])\s+")}


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _paragraphs(text: str, zh: bool) -> list[str]:
    """The lines of a text, or where there are few, two or three sentences each."""
    lines = _lines(text)
    if len(lines) >= 4:
        return lines
    parts = [each for line in lines for each in _SENTENCE[zh].split(line) if each.strip()]
    return [("" if zh else " ").join(parts[at : at + 2]) for at in range(0, len(parts), 2)]


def _headline(rng: random.Random, title: str, zh: bool) -> str:
    head = rng.choice(_HEADS[zh])
    return rng.choice((head, f"{head}：{title[-8:]}" if zh else f"{head}: {title[-20:]}", title))


def _links(rng: random.Random, many: int, zh: bool) -> list[str]:
    glue = "" if zh else " "
    return [f"{rng.choice(_TOPICS[zh])}{glue}{rng.choice(_TAILS[zh])}" for _ in range(many)]


def _page(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    """The whole page: crumbs, masthead, share bar, text, editor line, lists of links, copyright."""
    when = f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} {rng.randint(0, 23):02}:{rng.randint(0, 59):02}"
    if zh:
        top = [
            "首页 > 新闻 > 国内新闻 > 正文",
            title,
            f"{when} 来源：某某晚报 作者：{rng.choice(NAMES_ZH)}",
            "字号：大 中 小",
            "分享到：微信 微博 QQ空间",
        ]
        bottom = [
            f"[责任编辑：{rng.choice(NAMES_ZH)}]",
            "相关新闻",
            *_links(rng, 6, zh),
            "24小时热门",
            *(f"{n} {each}" for n, each in enumerate(_links(rng, 8, zh), 1)),
            "关于我们 | 联系我们 | 广告服务 | 版权声明",
            "Copyright © 2026 All Rights Reserved 京ICP备00000000号",
        ]
    else:
        top = [
            "Skip to main content",
            "Home / News / World",
            title,
            f"Published {when}",
            "By Staff Reporter",
            "Share on Facebook Share on X Email this article",
        ]
        bottom = [
            "Related stories",
            *_links(rng, 6, zh),
            "Most read",
            *(f"{n} {each}" for n, each in enumerate(_links(rng, 8, zh), 1)),
            "Sign up for our newsletter",
            "© 2026 The Daily Example. All rights reserved. Terms of use | Privacy policy",
        ]
    return _headline(rng, title, zh), "\n".join([*top, text, *bottom])


def _note(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    return _headline(rng, title, zh), f"{rng.choice(_NOTES[zh])}\n{text}"


def _half(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    lines = _paragraphs(text, zh)
    want, kept = rng.uniform(0.45, 0.6) * len(text), list[str]()
    for line in lines:
        kept.append(line)
        if sum(map(len, kept)) >= want:
            break
    end = "……点击阅读全文" if zh else "Continue reading this story on our partner site."
    return _headline(rng, title, zh), "\n".join([*kept, end])


def _advert(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    lines = _paragraphs(text, zh)
    at = rng.randint(1, max(1, len(lines) - 1))
    return title, "\n".join([*lines[:at], _ADVERTS[zh], *lines[at:]])


def _captions(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    lines = _paragraphs(text, zh)
    for _ in range(3):
        caption = rng.choice(_CAPTIONS[zh]).format(n=rng.choice(NAMES_ZH) if zh else "A. Miller")
        lines.insert(rng.randint(0, len(lines)), caption)
    return title, "\n".join(lines)


def _own_lead(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    """The first paragraph is the portal's, and the last one is gone."""
    lines = _paragraphs(text, zh)
    return _headline(rng, title, zh), "\n".join([_LEADS[zh], *(lines[1:-1] if len(lines) > 6 else lines[1:])])


def _moved(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    """A paragraph from below is printed first."""
    lines = _paragraphs(text, zh)
    lines.insert(0, lines.pop(rng.randint(len(lines) // 2, len(lines) - 1)))
    return _headline(rng, title, zh), "\n".join(lines)


def _typos(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    """One character in a hundred is another: read from a scan, or typed."""
    letters = "的一是在不了有和人这" if zh else "abcdefghijklmnopqrstuvwxyz"
    return title, "".join(rng.choice(letters) if each.isalpha() and rng.random() < 0.01 else each for each in text)


def _channel(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    """As a messenger account prints it: a sentence a line, calls to follow at both ends."""
    lines = [part.strip() for line in _lines(text) for part in _SENTENCE[zh].split(line) if part.strip()]
    if zh:
        return _headline(rng, title, zh), "\n\n".join(
            ["点击上方蓝字关注我们 👆", *lines, "觉得不错，请点个在看 ❤", "长按识别二维码关注"]
        )
    return _headline(rng, title, zh), "\n\n".join(
        ["Follow us for more 👇", *lines, "Like and share if you agree ❤", "#news #today"]
    )


def _written_otherwise(zh: bool, _rng: random.Random, title: str, text: str) -> Piece:
    """Dates, percentages and spelling in the manner of another house."""
    if zh:
        text = re.sub(r"(?<!\d)20\d\d年(?=\d{1,2}月)", "", text)
        text = re.sub(r"(\d+(?:\.\d+)?)%", lambda found: f"百分之{found[1]}", text)
        return title, text.replace("美元", "美金").replace("公里", "千米")
    for old, new in _SPELLING:
        text = text.replace(old, new)
    text = re.sub(r"\b(Jan|Feb|Aug|Sept|Oct|Nov|Dec)\. (?=\d)", r"\1 ", text)
    return title, text.replace("“", '"').replace("”", '"').replace(" — ", " - ")


def _pulled(zh: bool, rng: random.Random, title: str, text: str) -> Piece:
    """Two sentences of it are set once more between the paragraphs."""
    lines = _paragraphs(text, zh)
    long = [part for line in lines for part in _SENTENCE[zh].split(line) if len(part) > 15]
    for quote in rng.sample(long, min(2, len(long))):
        lines.insert(rng.randint(1, len(lines)), f"“{quote.strip()}”")
    return title, "\n".join(lines)


_STYLES = {
    "whole page": _page, "editor's note": _note, "half, read on there": _half, "advert paragraph": _advert, "captions": _captions,
    "own lead": _own_lead, "paragraph moved": _moved, "typing errors": _typos, "messenger account": _channel, "house style": _written_otherwise,
    "pull quotes": _pulled,
}  # fmt: skip


def styles(zh: bool) -> Mapping[str, Edit]:
    """Every way of printing by name, and some one upon the other."""
    made: dict[str, Edit] = {name: partial(style, zh) for name, style in _STYLES.items()}
    if zh:
        made["traditional page"] = _after(edits(zh)["traditional script"], made["whole page"])
    made["half on a page"] = _after(made["half, read on there"], made["whole page"])
    made["note, captions, advert"] = _after(made["editor's note"], made["captions"], made["advert paragraph"])
    return made


def _after(*chain: Edit) -> Edit:
    def edit(rng: random.Random, title: str, text: str) -> Piece:
        for each in chain:
            title, text = each(rng, title, text)
        return title, text

    return edit

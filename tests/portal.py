"""Pages of a made-up Chinese portal, shaped like the reprint that started this project. All text is our own."""

# ruff: noqa: E501 (lines of markup as they stand in a page)

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.stages import Stages
from worker.demo.site import Document
from worker.model.catalog import Grant, Publisher, Scope, Source, SourceKind

DISCLAIMER = (
    "免责声明：本网转载此文旨在传递更多信息，版权归原作者所有。"
    "如涉及作品内容、版权和其它问题，请在30日内与本网联系，我们将在第一时间更正或删除。"
)
VISIT = (
    "近日，县里的图书馆同三所村小结成对子，每周五下午由馆员带着书车上门，孩子们在操场边就能挑书。",
    "据介绍，书车一次能装六百多册图书，其中三成是民族文字的绘本，由退休教师义务整理编目，借阅全部免费。",
    "孩子们最喜欢的是朗读角。轮到谁读，谁就站到车尾的小台子上，读完一段，大家一起鼓掌，再换下一位同学。",
    "图书馆负责人说，下一步要把书车开进牧区的夏季草场，让放假回家的孩子也有书可读，并征集村民的老故事。",
)
SNOW = (
    "一场大雪过后，护林员巴图和同伴踏着没膝的积雪巡山，查看防火隔离带，也给饮水点破冰，方便野生动物饮水。",
    "这片林区有三十二名护林员，平均每人每天要走十五公里。今年他们第一次用上了能在零下四十度工作的记录仪。",
    "记录仪拍到了两只狍子和一小群马鹿，工作人员据此在背风坡补放了干草，等开春之后再统计过冬的数量。",
)


def article(
    title: str = "书车开进村小操场",
    paragraphs: tuple[str, ...] = VISIT,
    *,
    time: str = "2026-11-24 18:30",
    source: str | None = "国家民族事务委员会",
    author: str | None = "佚名",
    original: str | None = "https://www.neac.gov.cn/seac/xwzx/202611/1170001.shtml",
    extra: str = "",
    after: str = "",
) -> Document:
    """One article page in GB18030. ``extra`` ends the text, ``after`` follows it; ``source`` None: none is named."""
    named = f"<span>文章来源：{source}</span>" if source else ""
    signed = f"<span>作者：{author}</span>" if author else ""
    link = f'<p>原文链接：<a href="{original}">{original}</a></p>' if original else ""
    text = "".join(f"<p>　　{paragraph}</p>" for paragraph in paragraphs)
    body = f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="gb2312"><title>{title}_山川民族网</title></head><body>
<div class="top"><a href="/">首页</a> <a href="/news/">新闻</a> <a href="/about.html">关于我们</a></div>
<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/news/">新闻中心</a> &gt; <a href="/news/">民族要闻</a></div>
<div class="main"><h1>{title}</h1>
<div class="info"><span>发布时间：{time}</span> {named} {signed} <span>点击数：128</span></div>
<div class="content">{text}{extra}{link}</div>{after}
<div class="disclaimer">{DISCLAIMER}</div>
<div class="related"><h3>相关新闻</h3><ul><li><a href="/news/202611/900.html">另一则不相干的消息标题</a></li></ul></div></div>
<div class="footer">版权所有 山川民族网 备案号：示例</div></body></html>"""
    return Document(body.encode("gb18030"), "text/html")


def listing(*articles: tuple[str, str, str], more: str = "") -> Document:
    """A listing page of (path, title, date), newest first."""
    lines = "".join(f'<li><a href="{path}">{title}</a><span>{date}</span></li>' for path, title, date in articles)
    body = f"""<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>新闻中心_山川民族网</title></head><body>
<div class="nav"><a href="/">首页</a><a href="/news/">新闻</a><a href="/about.html">关于我们</a></div>
<div class="list"><ul>{lines}</ul></div><div class="pages">{more}</div>
<div class="footer">版权所有 山川民族网</div></body></html>"""
    return Document(body.encode(), "text/html; charset=utf-8")


def declare(stages: Stages, **changes: Any) -> None:
    """``alpha`` has no feed: it is read from its pages, and may carry what it reprints."""
    site = Source(
        key="alpha",
        publisher="alpha",
        kind=SourceKind.SITE,
        url=stages.sites["alpha"].url("/news/"),
        every=600,
        zone="Asia/Shanghai",
        pace=0.0,
        language="zh",
    )
    alpha = Publisher("alpha", "山川民族网", domains=("127.0.0.1",))
    stages.declare(
        sources=(replace(site, **changes),),
        publishers=(alpha, Publisher("neac", "国家民族事务委员会", domains=("neac.gov.cn",))),
        grants=(Grant("contract", "alpha", scope=Scope.CARRIED),),
    )


def run(stages: Stages, *, rounds: int = 3, minutes: float = 1) -> None:
    """Listing, pages, deliveries: each round is one look at everything due."""
    for _ in range(rounds):
        stages.run(minutes=minutes)

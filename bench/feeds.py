"""Synthetic feeds: 50 items, about 102 KB, every text different, by seed. The words are common ones and say nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

ITEMS = 50

HAN = (
    "山水城乡学校老师学生图书音乐舞蹈节日市场茶叶稻田河流桥梁村庄民族文化交流活动展览传统手工"
    "技艺青年儿童春夏秋冬清晨傍晚记录整理介绍参观学习合作发展服务社区医院道路天气新鲜热闹安静"
)
_WORDS = (
    "river school market library teacher music harvest bridge village exhibition tradition craft "
    "young winter morning record visit learn work together service community road weather quiet "
    "lively paper stone garden window letter story season public evening road map train voice "
    "number answer question picture history valley field water"
)
WORDS = _WORDS.split()


def _paragraph(rng: Random, *, chinese: bool) -> str:
    if chinese:
        return "，".join("".join(rng.choices(HAN, k=rng.randint(8, 18))) for _ in range(8)) + "。"
    return " ".join(rng.choices(WORDS, k=52)).capitalize() + "."


def item(feed: int, number: int, host: str, when: datetime, *, chinese: bool) -> str:
    """One item: a title, four paragraphs, a picture."""
    rng = Random(f"{feed}/{number}")
    title = "".join(rng.choices(HAN, k=18)) if chinese else " ".join(rng.choices(WORDS, k=8)).capitalize()
    author = ("记者 " + "".join(rng.choices(HAN, k=2))) if chinese else f"{rng.choice(WORDS).title()} Writer"
    link = f"http://{host}/articles/{number}.html"
    paragraphs = [f"&lt;p&gt;{_paragraph(rng, chinese=chinese)}&lt;/p&gt;" for _ in range(4)]
    image = f'&lt;p&gt;&lt;img src="/images/{number}.jpg" alt="" width="640" height="480"&gt;&lt;/p&gt;'
    more = f'&lt;p&gt;&lt;a href="{link}" class="more" onclick="go()"&gt;…&lt;/a&gt;&lt;/p&gt;'
    return (
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">{host}-{number}</guid>'
        f"<dc:creator>{author}</dc:creator><category>{rng.choice(HAN)}</category><category>news</category>"
        f"<pubDate>{format_datetime(when)}</pubDate>"
        f"<description>{''.join(paragraphs)}{image}{more}</description></item>\n"
    )


def feed(number: int, host: str, now: datetime, *, items: int = ITEMS, new: int = 0) -> bytes:
    """Feed ``number`` as RSS 2.0; odd ones are Chinese. ``new`` items have come in on top of the first ones since."""
    chinese = number % 2 == 1
    start = now.astimezone(UTC).replace(microsecond=0)
    written = [
        item(number, at, host, start - timedelta(minutes=20 * (items - at)), chinese=chinese)
        for at in range(items + new - 1, new - 1, -1)
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>Bench {number}</title><link>http://{host}/</link><description>Synthetic</description>"
        f"<language>{'zh-CN' if chinese else 'en'}</language>\n{''.join(written)}</channel></rss>\n"
    ).encode()

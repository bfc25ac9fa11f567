"""What the class and id of an element say it is. Names are guesses: whoever uses them checks them against the text."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache


class Kind(IntEnum):
    PLAIN = 0
    BODY = 1  # named as the text of an article
    FURNITURE = 2  # named as something around it
    RELATED = 3
    COMMENTS = 4
    CAPTION = 5


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^a-z]+")
_BODY = words(
    "trs_editor trs_ueditor trs_uedit_view artibody article_body articlebody article-body article_content "
    "articlecontent article-content news_content newscontent news-content post_body post_text post-content "
    "entry-content entry_content entrycontent post_content js_content rm_txt_con content_area "
    "main-content-article text_area cnt-main-article-qq ucap-content ozoom show_text detail_content news_txt "
    "newstext endtext story-body storybody story-content article__body article__content articletext "
    "article-text contenttext xl-content news-body newsbody td-post-content body-copy"
)
_RELATED = words(
    "related relatednews recommend recommended recommends recommendation recommendations relate relates "
    "relation xiangguan tuijian xgxw xgyd xgwz xgnews relevant morenews readmore readnext outbrain taboola "
    "guess youlike trending popular mostread mostpopular hotnews hotlist jrtj rdtj recirc promoted promo"
)
_COMMENTS = words("comment comments commentlist pinglun disqus respond replies cmt changyan liuyan feedback gentie")
_FURNITURE = words(
    "share shares sharing bdsharebuttonbox bdshare jiathis addthis sharethis social sns fenxiang sidebar "
    "aside nav navbar navigation menu topnav subnav breadcrumb breadcrumbs crumb crumbs footer foot copyright "
    "banner toolbar tools ad ads adv advert advertisement adsbygoogle guanggao gg sponsor sponsored "
    "newsletter subscribe subscription signup login register modal popup popover cookie cookies gdpr consent "
    "qrcode ewm erweima weixin wechat weibo pager pagination pagenav pages paging pagelist prevnext prenext "
    "tags tag taglist keywords disclaimer shengming mianze statement bianji zebian zrbj toplink backtop gotop "
    "totop widget widgets skip sr-only screen-reader-text visuallyhidden fontsize zihao print dayin correct "
    "jiucuo zan like dianzan reward dashang shoucang favor collect rank ranking paihang hot author-bio "
    "authorbio bio metadata postmeta gallery slideshow carousel"
)
_CAPTIONS = words("caption captions figcaption photocredit imgcaption cutline imagecaption tushuo")
_FURNITURE_TAGS = frozenset({"nav", "aside", "footer", "form", "menu"})


@lru_cache(maxsize=8_192)
def _kind_of_name(name: str) -> Kind:
    lowered = name.lower()
    if any(part in _BODY for part in lowered.split()):
        return Kind.BODY
    found = set(_WORD.split(_CAMEL.sub("-", name[:300]).lower()))
    found |= set(lowered.split())
    for kind, known in (
        (Kind.COMMENTS, _COMMENTS),
        (Kind.RELATED, _RELATED),
        (Kind.FURNITURE, _FURNITURE),
        (Kind.CAPTION, _CAPTIONS),
    ):
        if not found.isdisjoint(known):
            return kind
    return Kind.PLAIN


def kind_of(tag: str, classes: str | None, identifier: str | None) -> Kind:
    """The kind an element is by its own names; an element inside it may say otherwise."""
    if tag in _FURNITURE_TAGS:
        return Kind.FURNITURE
    if tag in {"figure", "figcaption"}:
        return Kind.CAPTION
    if not classes and not identifier:
        return Kind.PLAIN
    return _kind_of_name(f"{identifier or ''} {classes or ''}"[:500])

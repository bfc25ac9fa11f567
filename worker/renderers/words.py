"""The few words we add of our own, in the two languages we speak. What is said of a text is in its own language."""

from __future__ import annotations

from collections.abc import Mapping

from worker.identity.language import primary

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "feed_rights": "各条目著作权归各自权利人所有",
        "feed_description": "{title}：由 {name} 转发，各条目来源见正文首行。联系：{contact}",
        "withdrawn": "[已撤回]",
        "withdrawn_line": "本文已撤回。",
        "merged": "[已合并]",
        "home": "首页",
        "channels": "栏目",
        "source": "来源",
        "via": "转载途径",
        "elsewhere": "另有转载",
        "author": "作者",
        "unsigned": "原文未署名",
        "editor": "责任编辑",
        "original_title": "原标题",
        "original_link": "原文链接",
        "published": "发布时间",
        "updated": "更新时间",
        "released": "本站收录",
        "rights_default": "著作权归原权利人所有",
        "licence": "许可",
        "about": "稿件信息",
        "read_original": "阅读原文",
        "related": "相关新闻",
        "others": "本栏目其他文章",
        "more": "更多",
        "more_in": "更多“{title}”文章",
        "older": "更早的文章",
        "newest": "回到最新",
        "empty": "这个栏目暂时没有文章。",
        "empty_portal": "这里暂时没有文章。",
        "subscribe": "订阅：",
        "contact": "联系：",
        "licence_numbers": "许可证号",
        "footer": "本站转载内容均注明来源，著作权归各自权利人所有。",
        "enclosures": "附件",
        "not_found_title": "没有这个页面",
        "not_found": "这个地址没有内容，可能链接有误，或文章不在本站。",
        "gone_title": "文章已撤回",
        "gone": "这篇文章已从本站撤下，不再提供。",
        "index_title": "可阅读与订阅的内容",
        "portals": "门户",
        "feeds": "订阅源",
        "token_needed": "需要令牌",
        "nothing_yet": "还没有配置门户或订阅源。请在 newsroad.toml 中添加 kind = “portal” 或 “feed” 的 destination。",
        "separator": "、",
    },
    "en": {
        "feed_rights": "Each entry is copyright of its own rights holder",
        "feed_description": "{title}: passed on by {name}; every entry names its source first. Contact: {contact}",
        "withdrawn": "[Withdrawn]",
        "withdrawn_line": "This article was withdrawn.",
        "merged": "[Merged]",
        "home": "Home",
        "channels": "Channels",
        "source": "Source",
        "via": "Reached us via",
        "elsewhere": "Also carried by",
        "author": "Author",
        "unsigned": "Unsigned in the original",
        "editor": "Editor",
        "original_title": "Original title",
        "original_link": "Original",
        "published": "Published",
        "updated": "Updated",
        "released": "Listed here",
        "rights_default": "Rights remain with the original rightsholder",
        "licence": "Licence",
        "about": "About this article",
        "read_original": "Read the original",
        "related": "Related news",
        "others": "More in this channel",
        "more": "More",
        "more_in": "More in {title}",
        "older": "Older articles",
        "newest": "Back to the newest",
        "empty": "There are no articles in this channel yet.",
        "empty_portal": "There are no articles here yet.",
        "subscribe": "Subscribe: ",
        "contact": "Contact: ",
        "licence_numbers": "Licence numbers",
        "footer": "Every text here names its source; copyright stays with each rights holder.",
        "enclosures": "Attachments",
        "not_found_title": "No such page",
        "not_found": "There is nothing at this address: the link may be wrong, or the article is not shown here.",
        "gone_title": "Article withdrawn",
        "gone": "This article was taken down here and is no longer available.",
        "index_title": "What there is to read and to subscribe to",
        "portals": "Portals",
        "feeds": "Feeds",
        "token_needed": "token needed",
        "nothing_yet": "No portal or feed yet: add a destination of kind “portal” or “feed” to newsroad.toml.",
        "separator": ", ",
    },
}


def words(language: str | None) -> Mapping[str, str]:
    """The table for a BCP 47 tag: Chinese for ``zh``, ``zh-…``, ``cmn``, ``yue``; English for all else."""
    return WORDS["zh" if primary(language) == "zh" else "en"]


def spoken(language: str) -> str:
    """The tag of the language that ``words`` are in for a tag: itself, or English."""
    return language if primary(language) in WORDS else "en"

"""How an article stands at a destination, in words, in zh and en."""

from __future__ import annotations

from worker.model.catalog import Use
from worker.model.delivery import Action, DeliveryState
from worker.model.nearness import Nearness
from worker.pipeline.explain import Standing

# Pairs: Chinese, then English.
STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.SHOWN: ("已在该处，为最新版本", "it is there, as it should be"),
    Standing.OLDER: (
        "该处是较早的版本或用法，未再更新",
        "an earlier version or use of it is there and was not replaced",
    ),
    Standing.WAITING: ("正在等待投递", "a delivery is on its way"),
    Standing.HELD: ("暂缓，等待人工决定（newsroad review show）", "held: a person must say (newsroad review show)"),
    Standing.DROPPED: (
        "逾期无人决定，不再发送；仍可批准（newsroad review approve）",
        "dropped: nobody decided in time; it can still be approved (newsroad review approve)",
    ),
    Standing.LET_GO: (
        "解除暂停时由人放弃，未发送；可用 newsroad article push 补发",
        "dropped by a person when a stop was lifted; newsroad article push takes it up",
    ),
    Standing.REHEARSED: ("演练：除实际发送外均已完成", "rehearsed: all but sent, its destination rehearses"),
    Standing.REJECTED: ("不予发送", "not to be sent"),
    Standing.PARKED: (
        "投递已搁置，可人工重投（newsroad delivery replay）",
        "the delivery was given up; replay it (newsroad delivery replay)",
    ),
    Standing.NOT_ROUTED: (
        "首次接触时仅登记：超出该来源 first_contact 的时限或篇数",
        "recorded only: on first contact it was older than, or beyond the number of, the source's first_contact",
    ),
    Standing.NOT_SELECTED: ("该目的地的频道都没有选中它", "no channel that goes there takes it"),
    Standing.NOT_SETTLED: (
        "现在会被选中，但当时没有；下次修订时发送",
        "it would go there now, but did not when it was decided; its next revision goes",
    ),
    Standing.BEFORE: (
        "早于该目的地开始接收的时间（补发：newsroad destination backfill）",
        "it came before the destination began (newsroad destination backfill sends it)",
    ),
    Standing.RETRACTED: ("已从该处撤回", "it was there and was taken back"),
    Standing.WITHDRAWN: ("文章已撤下", "the article was withdrawn"),
    Standing.MERGED: ("已并入另一篇文章", "it was merged into another article"),
    Standing.RETIRED: ("该目的地已移出目录", "the destination has left the catalogue"),
}

PARTS: dict[str, tuple[str, str]] = {
    "sources": ("来源不在", "its source is none of"),
    "categories": ("栏目不在", "its category is none of"),
    "languages": ("语种不在", "its language is none of"),
    "max_age": ("早于时限", "it is older than"),
    "include": ("不含所需词语", "it has none of the words"),
    "exclude": ("含有排除词语", "it has one of the excluded words"),
    "children": ("其子频道都没有选中", "none of its sub-channels takes it"),
}

USES: dict[Use, tuple[str, str]] = {
    Use.FULL_TEXT: ("全文", "full text"),
    Use.EXCERPT: ("摘要", "excerpt"),
    Use.LINK_ONLY: ("仅链接", "link only"),
    Use.HOLD: ("暂缓", "hold"),
    Use.REJECT: ("不用", "reject"),
}

ACTIONS: dict[Action, tuple[str, str]] = {
    Action.PUBLISH: ("发布", "publish"),
    Action.UPDATE: ("更新", "update"),
    Action.RETRACT: ("撤回", "retract"),
}

STATES: dict[DeliveryState, tuple[str, str]] = {
    DeliveryState.DUE: ("待发", "due"),
    DeliveryState.SENDING: ("发送中", "being sent"),
    DeliveryState.ACCEPTED: ("已接收", "accepted"),
    DeliveryState.SUPERSEDED: ("已被后续取代", "superseded"),
    DeliveryState.PARKED: ("已搁置", "parked"),
    DeliveryState.CANCELLED: ("已取消", "cancelled"),
    DeliveryState.REHEARSED: ("已演练", "rehearsed"),
    DeliveryState.WITHHELD: ("未发送的更新", "withheld"),
}

VERDICTS: dict[Nearness, tuple[str, str]] = {
    Nearness.SAME: ("同一稿", "the same"),
    Nearness.EXTENDED: ("更长的稿", "a longer version"),
    Nearness.EXCERPT: ("节选", "an excerpt"),
    Nearness.REVISION: ("更新稿", "a revision"),
    Nearness.EDITION: ("同类的另一篇", "a look-alike of its own"),
    Nearness.RELATED: ("相关", "related"),
    Nearness.NEW: ("另一篇", "another text"),
}

ARTICLE_STATES: dict[str, tuple[str, str]] = {
    "live": ("在库", "live"),
    "withdrawn": ("已撤下", "withdrawn"),
    "merged": ("已并入另一篇", "merged"),
}

# What made a copy join where its text was not compared: an exact key, a person.
JOINS: dict[str, tuple[str, str]] = {
    "text": (
        "正文除简繁、全半角、标点和电头外逐字相同",
        "letter for letter the same, but for script, width and datelines",
    ),
    "link": ("同一原文链接", "the same link at the first publisher"),
    "merge": ("经人工合并", "by a person's word"),
}

# What our own shelf answers; a partner's answer is told as it came.
ANSWERS: dict[str, tuple[str, str]] = {
    "on the shelf": ("已上架", "on the shelf"),
    "off the shelf": ("已下架", "off the shelf"),
}

# The grounds of a takedown, and a deletion by the source.
GROUNDS: dict[str, tuple[str, str]] = {
    "operator": ("本站决定", "operator"),
    "rights": ("权利人主张", "rights"),
    "publisher": ("来源方要求", "publisher"),
    "authority": ("主管部门要求", "authority"),
    "privacy": ("个人信息", "privacy"),
    "error": ("差错", "error"),
}

FIELDS: dict[str, tuple[str, str]] = {
    "source": ("来源", "source"),
    "author": ("作者", "author"),
    "title": ("标题", "title"),
    "published": ("发布时间", "published"),
    "category": ("栏目", "category"),
    "original_link": ("原文链接", "original link"),
}

PHRASES: dict[str, tuple[str, str]] = {
    "joined": ("条目 {0}（{1}）《{2}》并入：对照 {4} 为{3}", "entry {0} ({1}) “{2}” joined: {3}, compared with {4}"),
    "apart": (
        "条目 {0} 与 {1}《{2}》（{3}）分开：{4}",
        "entry {0} and {1} “{2}” ({3}) are kept apart: {4}",
    ),
    "would_lead": (
        "条目 {0}（{1}）《{2}》应作主稿，但在以下全文刊出的目的地未获许可，暂不采用 [{3}]",
        "entry {0} ({1}) “{2}” would lead and waits: it may not be shown in full where the article is [{3}]",
    ),
    "split_since": ("后经人工拆分", "split off by a person since"),
    "merged_since": ("后经人工合并", "merged by a person since"),
    "beside": (
        "并排对照：newsroad article explain {0} --with {1}",
        "side by side: newsroad article explain {0} --with {1}",
    ),
    "contained": ("较短一方包含", "of the shorter text contained"),
    "more": ("……另有 {0} 句未列出", "… sentences not shown: {0}"),
    "signs": (
        "= 相同　≠ 有改动　< 只在左边　> 只在右边　· 站点固定内容，不参与比较",
        "= same   ≠ changed   < only left   > only right   · the site's own, not compared",
    ),
    "channel": ("频道", "channel"),
    "placed": ("已收入", "takes it"),
    "would": ("现在会收入", "would take it now"),
    "not": ("未收入", "does not take it"),
    "line": ("{0}：{1}", "{0}: {1}"),
    "known_as": ("{0}，{1}，{2}", "{0}, {1}, {2}"),
    "unmade": ("尚无版本", "no version yet"),
    "merged_into": ("已并入 {0}", "merged into {0}"),
    "keyed_more": (
        "……另有 {0} 条同样并入（newsroad article show）",
        "… and {0} more joined so (newsroad article show)",
    ),
    "keyed": ("条目 {0}（{1}）《{2}》并入：{3}", "entry {0} ({1}) “{2}” joined: {3}"),
    "decision": ("决定（第 {0} 版）", "decision (version {0})"),
    "back": ("{0}. {1}（第 {2} 版）：{4}", "{0}. {1} (version {2}): {4}"),
    "went": ("{0}. {1}第 {2} 版，{3}：{4}", "{0}. {1} version {2}, {3}: {4}"),
    "answer": ("（{0}）", " ({0})"),
    "version": ("第 {0} 版", "version {0}"),
    "delivery": ("投递", "delivery"),
    "due": ("{0}", "{0}"),
    "destination": ("目的地状态", "the destination is"),
    "withdrawn": ("{0} 由 {1} 撤下（{2}）：{3}", "withdrawn {0} by {1} ({2}): {3}"),
    "removed": ("来源 {0} 已于 {1} 删除此条", "{0} deleted its entry {1}"),
    "corrected": ("{0} 经 {1} 更正为“{2}”（{3}）：{4}", "{0} was corrected by {1} to “{2}” ({3}): {4}"),
    "gone": (
        "来源 {0} 已移出目录：已发的保留，不再发新的",
        "{0} has left the catalogue: what is out stays, nothing new goes",
    ),
    "nowhere": ("目录中没有目的地", "there is no destination in the catalogue"),
}


def pick(pair: tuple[str, str], language: str) -> str:
    return pair[0] if language == "zh" else pair[1]


def phrase(name: str, language: str, *values: object) -> str:
    return pick(PHRASES[name], language).format(*values)


def ground(reason: str, language: str) -> str:
    """Why an article was taken down, in a word; a code that is not known here as it is."""
    return pick(GROUNDS.get(reason.lower(), (reason, reason)), language)


def refusals(parts: tuple[tuple[str, str], ...], language: str) -> str:
    """Why a channel does not take an article: each part of its selection with what it asks for."""
    told = [f"{pick(PARTS[name], language)} {asks}".strip() for name, asks in parts]
    return ("；" if language == "zh" else "; ").join(told)

"""Reasons and obligations in words for operators and partners, in zh and en."""

from __future__ import annotations

from worker.model.catalog import Use
from worker.model.delivery import Decision, Reason

# Pairs: Chinese, then English.
REASONS: dict[Reason, tuple[str, str]] = {
    Reason.EMBARGO_ACTIVE: ("尚在禁发期内，到时自动重新判定", "Under embargo; decided again when it ends"),
    Reason.EXPIRED: (
        "许可或内容已过有效期，按无此许可处理",
        "The permission has ended; what remains allowed without it applies",
    ),
    Reason.DEST_OUT_OF_SCOPE: (
        "许可不包含该目的地（地区、频道、语种、合作方或商业用途）",
        "The permission does not reach this destination (partner, channel, language, territory or commercial use)",
    ),
    Reason.GRANT_ACTIVE: ("已获来源方许可，许可有效", "Permitted by the publisher; the grant is in force"),
    Reason.THIRD_PARTY_IN_FEED: (
        "合作方转载的第三方内容，合作方无权代为许可，待人工处理",
        "The publisher carries another's text and cannot grant it; a person decides",
    ),
    Reason.SELECT_INDIVIDUALLY: ("许可要求逐篇人工选用，待人工处理", "The grant wants each article picked by a person"),
    Reason.LICENCE_OPEN: ("原作者以开放许可协议发布", "The origin publishes it under an open licence"),
    Reason.LICENCE_NC_CONFLICT: (
        "许可协议禁止商业使用，而该合作方为商业用途",
        "The licence forbids commercial use and this partner is commercial",
    ),
    Reason.LICENCE_ND_NO_DERIV: (
        "许可协议禁止改动，须原文照发",
        "The licence allows no changes; the text goes out unedited",
    ),
    Reason.LICENCE_NOT_FROM_ORIGIN: (
        "许可协议由转载方声明，并非来自原始发布者，待人工处理",
        "The licence is declared by a republisher, not by the origin; a person decides",
    ),
    Reason.LICENCE_CONFLICT: (
        "许可协议与版权声明相互矛盾，待人工处理",
        "The licence and the copyright notice contradict each other; a person decides",
    ),
    Reason.FEED_SUMMARY: (
        "来源仅提供摘要，照摘要原样发布",
        "The publisher offers a summary only; exactly that is shown",
    ),
    Reason.FEED_FULL_NOT_LICENCE: (
        "公开全文订阅不等于授权，仅作摘录",
        "A public full-text feed is not a licence; an excerpt only",
    ),
    Reason.DEFAULT_DENY: ("未找到任何许可，仅保留标题、来源与链接", "No permission found; title, credit and link only"),
    Reason.LEAD_NOT_PERMITTED: (
        "正文来源发生变化，新来源未获许可，待人工处理",
        "The text now comes from another source that is not permitted here; a person decides",
    ),
    Reason.PAGE_MISSING: (
        "原网页已多次无法打开，待人工核实",
        "The original page is not found any more; a person decides",
    ),
    Reason.FIELD_TITLE: ("未能可靠识别标题，待人工处理", "No title was found surely enough; a person decides"),
    Reason.FIELD_PUBLISHED: (
        "未能可靠识别发布时间，待人工处理",
        "No publication time was found surely enough; a person decides",
    ),
    Reason.FIELD_SOURCE: ("未能可靠识别文章来源，待人工处理", "No source was found surely enough; a person decides"),
    Reason.FIELD_AUTHOR: ("未能可靠识别作者，待人工处理", "No author was found surely enough; a person decides"),
    Reason.FIELD_BODY: ("未能可靠识别正文，待人工处理", "No text was found surely enough; a person decides"),
    Reason.FIELD_PAGES: (
        "文章后续分页尚未读到，读齐后自动重新判定",
        "Later pages of the article were not read yet; decided again when they are",
    ),
    Reason.IMAGE_ESSENTIAL: (
        "正文很短，而图片或附件不能一并发布，待人工处理",
        "A short text that loses its pictures or files; a person decides",
    ),
    Reason.MEDIA_PENDING: (
        "图片或附件尚在抓取，取齐后自动重新判定，至多等一小时",
        "Its pictures and files are being copied; decided again when they are there, after an hour at most",
    ),
    Reason.COLUMN_UNMAPPED: (
        "所属栏目在该合作方没有对应栏目，请在 columns 中补上",
        "None of its channels is mapped to a column of this partner; add it to columns",
    ),
    Reason.WORD_LISTED: ("含词表中的词语", "Has a word of one of the lists"),
    Reason.SENSITIVE_PERIOD: (
        "处于敏感时段，等待人工审核，时段结束后自动重新判定",
        "Falls into a sensitive period; waits for a person, and is decided again when it ends",
    ),
    Reason.APPROVAL_NEEDED: ("须经人工审核后发布", "Must be approved by a person before it goes out"),
    Reason.SECOND_APPROVAL: ("须由另一人再次审核", "Must be approved by a second, different person"),
    Reason.DEADLINE_PASSED: ("逾期无人审核，不再发布", "Nobody decided in time; it is dropped"),
    Reason.GRANT_ENDED: (
        "许可已到期：已发出的保持原样，新版本不再发出",
        "The grant has ended: what is out stays as it is, newer versions do not go out",
    ),
    Reason.BEFORE_SINCE: (
        "早于该目的地开始接收的时间，不补发（补发用 newsroad destination backfill）",
        "It came before this destination began; to send it all the same: newsroad destination backfill",
    ),
    Reason.FAULT: (
        "程序出错，未能判定；已发出的保持原样，稍后自动重试，请把附注报告给维护者",
        "A fault of Newsroad kept it from being decided; what is out stays. It tries again; please report the note",
    ),
    Reason.ECHO: (
        "内容原本来自或经过该合作方，不再回送",
        "The text comes from or through this partner; it is not sent back",
    ),
    Reason.WITHDRAWN: ("已撤回", "Withdrawn"),
    Reason.MERGED: ("已由人工并入另一篇文章", "A person merged it into another article"),
    Reason.APPROVED: ("经人工批准", "Approved by a person"),
    Reason.SECONDED: ("并经第二人同意", "And agreed to by a second person"),
    Reason.REJECTED: ("经人工否决", "Rejected by a person"),
}

USES: dict[Use, tuple[str, str]] = {
    Use.FULL_TEXT: ("可发全文", "Full text"),
    Use.EXCERPT: ("可发摘要", "Excerpt"),
    Use.LINK_ONLY: ("仅标题与链接", "Title and link only"),
    Use.HOLD: ("暂缓，待处理", "On hold"),
    Use.REJECT: ("不予发布", "Not released"),
}

OBLIGATIONS: dict[str, tuple[str, str]] = {
    "CREDIT_SOURCE": ("注明首发来源与作者", "Credit the first publisher and the author"),
    "LINK_BACK": ("附原文链接", "Link to the original"),
    "KEEP_TITLE": ("不改标题", "Keep the title"),
    "NO_EDIT": ("不改正文", "Do not edit the text"),
    "KEEP_LINKS": ("保留文中链接", "Keep the links in the text"),
    "KEEP_TRACKER": ("保留统计代码", "Keep the publisher's counter"),
    "KEEP_LICENCE": ("注明许可协议并附链接", "Name the licence and link to it"),
    "SHARE_ALIKE": ("以相同方式共享", "Share alike"),
    "NON_COMMERCIAL": ("不得用于商业目的", "No commercial use"),
    "NO_SALE": ("不得转售", "Not to be sold on"),
    "CREDIT_TOP": ("来源注明于文首", "Credit at the top"),
    "AUTHOR_INSTITUTION": ("注明作者所属机构", "Name the author's institution"),
    "OWN_WORK_ONLY": ("仅限其自有作品", "The publisher's own work only"),
    "MEDIA_EXCLUDED": ("不含图片与音视频", "Images, sound and film are not included"),
}


def reason_text(reason: Reason, language: str) -> str:
    """``language`` is ``zh`` or ``en``; anything else reads English."""
    return _pick(REASONS[reason], language)


def obligation_text(obligation: str, language: str) -> str:
    """A contract's own obligations, unknown here, come back as they were written."""
    return _pick(OBLIGATIONS.get(obligation, (obligation, obligation)), language)


def explain(decision: Decision, language: str) -> list[str]:
    """The decision as lines for a person: what, why, under which grant, what goes with it, until when, by whom; what a
    list found, in its context."""
    zh = language == "zh"
    lines = [_pick(USES[decision.use], language)]
    lines += [f"{reason_text(reason, language)} [{reason.value}]" for reason in decision.reasons]
    if decision.grant is not None:
        version = "" if decision.grant_version is None else f" v{decision.grant_version}"
        lines.append(f"许可：{decision.grant}{version}" if zh else f"Grant: {decision.grant}{version}")
    if decision.obligations:
        texts = [obligation_text(name, language) for name in decision.obligations]
        lines.append("义务：" + "；".join(texts) if zh else "Obligations: " + "; ".join(texts))
    if decision.valid_until is not None:
        moment = decision.valid_until.strftime("%Y-%m-%d %H:%M UTC")
        lines.append(f"有效至 {moment}，届时重新判定" if zh else f"Decided again at {moment}")
    if decision.by is None and decision.note:
        lines.append(decision.note)
    if decision.by is not None:
        note = decision.note or ""
        lines.append(f"经办人：{decision.by}　{note}".rstrip() if zh else f"By {decision.by}: {note}".rstrip(": "))
    return lines


def _pick(pair: tuple[str, str], language: str) -> str:
    return pair[0] if language == "zh" else pair[1]

"""Names as documents write them: folded for comparison, freed of their labels, told apart from stand-ins."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from worker.identity.chinese import simplified

_LABELS = (
    "(?:文章|文稿|信息|资讯|資訊|新闻|新聞|内容|內容|资料|資料|原文|稿件)?[来來]源|稿源|供稿(?:单位|單位)?"
    "|[转轉][载載]?自|摘自|首[发發]于|原[载載](?:于)?|sources?|from|via"
)
_AUTHOR_LABELS = "(?:文章)?作者|撰文|撰稿|文|[记記]者|通[讯訊][员員]|authors?|written by|by"
_SEPARATOR = r"\s*[:：/|｜]\s*"
_LABEL = re.compile(
    rf"(?:{_LABELS}){_SEPARATOR}|(?:[转轉][载載]?自|摘自|首[发發]于|原[载載]于|[据據])\s*", re.IGNORECASE
)
_REPORTER = r"(?:本[报報网網刊台社])?(?:[记記]者|通[讯訊][员員])\s+"  # 记者 何青; without a space it may be a name
_AUTHOR_LABEL = re.compile(rf"(?:{_AUTHOR_LABELS}){_SEPARATOR}|(?:written\s+by|by)\s+|{_REPORTER}", re.IGNORECASE)
_SUFFIX = re.compile(r"\s*(?:供稿)$")
_PAIRS = ("《》", "〈〉", "「」", "『』", "“”", "‘’", '""', "''", "()", "（）", "[]", "【】")
_NUMBERED = re.compile(r"(?<!\d)\d+$")

# Words that stand for the very site the text is on.
_OURSELF = frozenset(
    {"本站", "本网", "本网站", "本报", "本刊", "本台", "本社", "原创", "本站原创", "本网原创", "本报讯", "original"}
)

# Words that admit the text came from elsewhere without saying where.
_ELSEWHERE = frozenset(
    {"网络", "互联网", "网络来源", "来源网络", "来源于网络", "网络综合", "综合", "综合报道", "综合整理", "网上", "转载"}
    | {
        "网络转载",
        "网络整理",
        "本站整理",
        "整理",
        "网友",
        "网友投稿",
        "投稿",
        "internet",
        "theinternet",
        "web",
        "theweb",
        "various",
    }
)

# Words put where a person's name belongs.
_NOBODY = frozenset(
    {
        "佚名",
        "匿名",
        "无名",
        "无名氏",
        "未知",
        "不详",
        "不明",
        "未署名",
        "无",
        "暂无",
        "管理员",
        "系统管理员",
        "网站管理员",
    }
    | {
        "小编",
        "编辑",
        "责任编辑",
        "编辑部",
        "本站编辑",
        "网站编辑",
        "站长",
        "记者",
        "本报记者",
        "本网记者",
        "本站记者",
        "作者",
    }
    | {"admin", "administrator", "sysadmin", "root", "superuser", "webmaster", "staff", "staffwriter", "staffreporter"}
    | {"editor", "editors", "theeditors", "editorial", "editorialteam", "editorialstaff", "newsroom", "newsdesk"}
    | {"anonymous", "anon", "unknown", "unknownauthor", "none", "null", "nil", "na", "guest", "user", "author"}
    | {
        "postmaster",
        "noreply",
        "donotreply",
        "info",
        "contact",
        "website",
        "siteadmin",
        "webteam",
        "webadmin",
        "adminuser",
    }
)


# Inner departments, folded; before them at most what says "ours": 校, 党委, 机关 …
_DEPARTMENT = re.compile(
    "(?:本|我|校|院|局|委|厅|部|市|县|区|省|机关|党委|党政|党组|总部|集团|公司|中心){0,2}"
    "(?:办公厅|办公室|新闻(?:中心|办|办公室|处|科|司|社|部)|信息(?:中心|处|科|办|部)|融媒体中心|网络中心|编辑部|采编部"
    "|宣传(?:部|处|科|司|中心|教育(?:司|处|中心))|研究室|政研室|秘书(?:处|局|科)|综合(?:处|司|科|部|办公室)"
    "|机关党委|组织(?:部|人事处)|人事(?:处|司|科|部)|统战部|政策(?:法规|研究)(?:司|处|室|科)|法规(?:司|处|科)"
    "|教务处|学生处|学工处|科研处|团委|校团委|工会|纪委|财务(?:司|处|科)|规划(?:司|处|科)|国际(?:司|处|合作(?:司|处)))"
    "|(?:the)?(?:press|media|news|communications?|publicrelations|informations?)(?:office|centre|center|department|desk|team)"
)


_LONGEST_KEPT = 100  # characters of a line that is remembered


@lru_cache(maxsize=8192)
def fold_name(name: str) -> str:
    """``name`` for comparison only: NFKC, simplified, case-folded, without spaces and punctuation. May be empty."""
    text = unicodedata.normalize("NFKC", name).casefold()
    if not text.isascii():
        text = simplified(text)
    return "".join(char for char in text if unicodedata.category(char)[0] in "LNMS")


def clean_name(text: str | None) -> str | None:
    """The bare name in a source line such as ``文章来源：新华社``; None when nothing is left. Keeps placeholders."""
    return _clean(text, _LABEL)


def clean_author(text: str | None) -> str | None:
    """The bare name in an author line such as ``作者：李明`` or ``By Jane Roe``; an address alone is no name."""
    name = _clean(text, _AUTHOR_LABEL)
    if name is None:
        return None
    if "@" in name and " " not in name:
        local = name.partition("@")[0]
        return local if is_placeholder(local) else None
    return name


def _clean(text: str | None, label: re.Pattern[str]) -> str | None:
    if text is None:
        return None
    return _kept_clean(text, label) if len(text) <= _LONGEST_KEPT else _cleaned(text, label)


def _cleaned(text: str, label: re.Pattern[str]) -> str | None:
    name = " ".join(text.split())
    before = None
    while name and name != before:
        before = name
        name = _unwrap(name.strip())
        match = label.match(name)
        if match:
            name = name[match.end() :]
    if label is _LABEL:
        name = _SUFFIX.sub("", name) if len(fold_name(name)) > 3 else name
    return name.strip() or None if fold_name(name) else None


# The same few names stand in every entry of a source.
_kept_clean = lru_cache(maxsize=4096)(_cleaned)


def _unwrap(name: str) -> str:
    for pair in _PAIRS:
        inner = name[1:-1]
        if len(name) > 2 and name[0] == pair[0] and name[-1] == pair[1] and not set(pair) & set(inner):
            return inner
    return name


def is_placeholder(name: str) -> bool:
    """Whether ``name`` is a stand-in (佚名, admin, 本站) and names nobody. Pen names are names."""
    folded = _bare(name)
    return folded in _NOBODY or folded in _OURSELF or folded in _ELSEWHERE


def is_department(name: str) -> bool:
    """Whether ``name`` is an inner department (办公厅, 党委宣传部, press office) that says nothing of whose it is."""
    return _DEPARTMENT.fullmatch(fold_name(name)) is not None


def means_elsewhere(name: str) -> bool:
    """A stand-in in a source line other than "this site": the text comes from somewhere unnamed."""
    return is_placeholder(name) and _bare(name) not in _OURSELF


def _bare(name: str) -> str:
    folded = fold_name(name)
    return _NUMBERED.sub("", folded) or folded  # admin1, editor02

"""Why one text is, or is not, what it is to another: a code with its values, and words for it in zh and en. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from worker.model.nearness import Why

# Chinese, then English. A value is a share, a number, or what was changed: the same in every language.
_WORDS: Final[dict[str, tuple[str, str]]] = {
    "exact": (
        "除简繁、全半角、标点和电头外逐字相同",
        "letter for letter the same, but for script, width, punctuation and datelines",
    ),
    "shared": ("两稿合计有 {0} 相同", "{0} of both texts together is shared"),
    "holds": (
        "较短一方有 {0} 见于较长一方；新稿长度为前稿的 {1} 倍",
        "{0} of the shorter text is in the longer; the new one is {1} times as long",
    ),
    "part": (
        "较短一方有 {0} 见于较长一方；新稿长度为前稿的 {1}",
        "{0} of the shorter text is in the longer; the new one has {1} of the length",
    ),
    "part_too_small": (
        "较短一方有 {0} 见于较长一方，不足以合为一篇",
        "{0} of the shorter text is in the longer, too little for one article",
    ),
    "too_little": ("相同之处太少", "too little in common"),
    "language": ("有相同段落，但语种不同", "shared passages, but another language"),
    "own_sentences": (
        "标题不同，且各有自己的句子：只是侧栏或背景相同",
        "another title, and each has sentences of its own: a common sidebar or background",
    ),
    "outside_leads": (
        "相同之处不在任何一方的导语里，标题也不同：侧栏或背景",
        "what they share is in neither lead, and the titles differ: a sidebar or background",
    ),
    "title_one_figure": ("标题相同，改了一处数字：{0}", "same title, one figure changed: {0}"),
    "address_one_figure": ("网址相同，改了一处数字：{0}", "same address, one figure changed: {0}"),
    "address": ("网址相同，{0} 的数字未变，有改动：{1}", "same address, {0} of the figures kept, changed: {1}"),
    "address_figures": ("网址相同，{0} 的数字未变", "same address, {0} of the figures kept"),
    "title": ("标题相同，{0} 的数字未变，有改动：{1}", "same title, {0} of the figures kept, changed: {1}"),
    "title_figures": ("标题相同，{0} 的数字未变", "same title, {0} of the figures kept"),
    "numbers": (
        "同一模板，数字不同：只有 {0} 相同（{1}）",
        "one template, other figures: only {0} of them are the same ({1})",
    ),
    "numbers_moved": (
        "同一模板，数字不同：只有 {0} 相同",
        "one template, other figures: only {0} of them are the same",
    ),
    "slots": ("同一模板，相同位置的数字不同：{0}", "one template, other figures in the same places: {0}"),
    "head": ("导语讲的是另一件事：{0}", "the lead tells of something else: {0}"),
    "names": ("同一模板，名称不同：{0}", "one template, other names: {0}"),
    "far": (
        "但与该文章所围绕的另一稿相去太远",
        "but far from another text around which the article stands",
    ),
    "digest": (
        "收有几篇互不相干的文章：是汇编",
        "it holds several articles that have nothing to do with each other: a digest",
    ),
    "short_title": ("短稿，同日且标题相同", "a short text with an equal title on the same day"),
    "short_figures": ("短稿，标题相同，但数字不同", "a short text with an equal title, but other figures"),
    "short": ("太短，无法比较，也没有完全相同的", "too short to compare, and nothing equal"),
    "nothing": ("没有见过类似的稿件", "nothing like it was seen"),
    "translation": (
        "据其页面所称，是同一内容的另一语种",
        "the same in another language, as its page says",
    ),
}


def told(reasons: Iterable[Why]) -> dict[str, object]:
    """Reasons as they stand in evidence: ``why`` in English, ``reasons`` for words in any language."""
    every = list(reasons)
    return {"why": _joined(every, "en"), "reasons": [{"code": one.code, "values": list(one.values)} for one in every]}


def words(evidence: Mapping[str, object], language: str) -> str:
    """The reasons in ``evidence`` in zh or en; what it says in English where it holds no codes that are known here."""
    reasons = [_why(one) for one in _listed(evidence.get("reasons"))]
    known = [one for one in reasons if one is not None and one.code in _WORDS]
    if not known or len(known) < len(reasons):
        return str(evidence.get("why") or "–")
    return _joined(known, language)


def _joined(reasons: Iterable[Why], language: str) -> str:
    place = 0 if language == "zh" else 1
    return ("，" if language == "zh" else "; ").join(_WORDS[one.code][place].format(*one.values) for one in reasons)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _why(stored: object) -> Why | None:
    if not isinstance(stored, Mapping):
        return None
    return Why(str(stored.get("code")), tuple(map(str, _listed(stored.get("values")))))

"""The language of a page as BCP 47: what it declares, where its own letters agree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from lxml.html import HtmlElement

from worker.parsers.page.head import Head, texts

_TAG = re.compile(r"(?P<primary>[a-z]{2,3})(?P<rest>(?:[-_][a-z0-9]{2,8}){0,3})", re.IGNORECASE)
_HAN = re.compile("[\u3400-\u9fff]")
_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_LATIN = re.compile("[A-Za-z]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_SIMPLE = re.compile("[们这国时会来对说过个学发经长门车东业为关见问头电书两义习网报记开华严现进实应总战术机条动传]")
_TRADITIONAL = re.compile(
    "[們這國時會來對說過個學發經長門車東業為關見問頭電書兩義習網報記開華嚴現進實應總戰術機條動傳]"
)
_ENGLISH = re.compile(r"\b(?:the|and|of|to|in|that|is|for|was|with|on)\b", re.IGNORECASE)
_CHINESE = {"zh", "cn", "chi", "zho", "cmn", "yue"}
_ENOUGH = 20
_SHAPES: dict[int, Callable[[str], str]] = {4: str.title, 2: str.upper}


def read_language(root: HtmlElement, head: Head, sample: Iterable[str]) -> tuple[str, str] | None:
    """The tag, and the rule: what is declared and believed, else what the letters show."""
    text = " ".join(sample)[:2500]
    shown = _by_letters(text)
    declared = [
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
        *texts(head.thing("inLanguage")),
    ]
    declared += [head.meta("content-language", "language", "og:locale", "dc.language", "inlanguage")]
    for value in declared:
        tag = _normal(value)
        if tag is not None and _agrees(tag, shown):
            return tag, "declared"
    return (shown, "letters") if shown else None


def _normal(value: str | None) -> str | None:
    match = _TAG.match((value or "").strip()[:40])
    if match is None:
        return None
    primary = match["primary"].lower()
    if primary == "cn":
        return "zh-CN"
    rest = re.split("[-_]", match["rest"])[1:]
    return "-".join([primary, *(_SHAPES.get(len(part), str.lower)(part) for part in rest)])


def _agrees(tag: str, shown: str | None) -> bool:
    if shown is None:
        return True
    primary, seen = tag.split("-", maxsplit=1)[0], shown.split("-", maxsplit=1)[0]
    if seen == "zh":
        if primary not in _CHINESE:
            return False
        simple = re.search(r"-(?:CN|SG|Hans)\b", tag) is not None
        traditional = re.search(r"-(?:TW|HK|MO|Hant)\b", tag) is not None
        return not (simple and shown == "zh-Hant") and not (traditional and shown == "zh-Hans")
    if seen in {"ja", "ko"}:
        return primary == seen
    return primary not in _CHINESE | {"ja", "ko"} and not (seen == "en" and primary != "en")


def _by_letters(text: str) -> str | None:
    han, kana, hangul = (len(kind.findall(text)) for kind in (_HAN, _KANA, _HANGUL))
    latin = len(_LATIN.findall(text))
    if kana > _ENOUGH and kana * 5 > han:
        return "ja"
    if hangul > _ENOUGH and hangul > han:
        return "ko"
    if han > _ENOUGH and han * 4 > latin:
        return "zh-Hant" if len(_TRADITIONAL.findall(text)) > len(_SIMPLE.findall(text)) else "zh-Hans"
    if latin > 10 * _ENOUGH and len(_ENGLISH.findall(text)) * 60 > latin:
        return "en"
    return None

"""Names of people in bylines: told from the words around them, cut apart, and judged."""

from __future__ import annotations

import re

from worker.identity.names import clean_author, fold_name, is_placeholder
from worker.model.page import NameState, PageAuthor
from worker.parsers.page.surnames import COMMON_WORDS, DOUBLE_SURNAMES, SURNAMES

_NOT_NAMES = re.compile(
    r"[的了着吗呢吧啊我你他她它您们]|了解|获悉|从|於|于[近今昨本]|近日|今天|昨日|昨天|日前|注意|采访|发现|看到|报道|报导|表示|通过|通讯|向记|来到|走进|对此|随后"
    r"|图片|供图|平台|公司|学院|大学|中学|小学|医院|协会|委员|法院|支队|视频|微信|公众|客户|中心|编辑|记者|网$|报$|社$|台$|局$|委$|厅$|部$|办$|讯$|电$|摄$|拍$|获$"
)
_SPLIT = re.compile(
    r"\s*[、，,;；/／&＆|｜丨+]\s*|\s{1,8}|(?<=[\u3400-\u9fff])[和与](?=[\u3400-\u9fff]{2,3}(?:$|\s|、))"
)
_OFFICE = re.compile(r"(?:学院|中心|大学|学校|公司|集团|委员会|支部|[部处院社办局委网报厅馆所站])$")
_ROLE = re.compile(
    r"^(?:[\u3400-\u9fffA-Za-z·]{0,14}?(?:特约|见习|实习|首席|驻[\u3400-\u9fff]{1,6})?(?:记者|記者|通讯员|通訊員|实习生|评论员|撰稿人|撰稿|撰文|作者|编译|整理|报道员)|文字?|图文|圖文|图|文图)(?:[:：/／|｜丨]|\s)*"
)
_TAIL = re.compile(
    r"\s*(?:[(（\[【][^()（）]{0,40}[)）\]】]?|发自.{0,20}|文$|/文|摄影报道|摄$|报道$|報道$|报导$|報導$|编译$|整理$|撰文$|著$|供稿$|等$|/?(?:图|文图|图文)$)\s*$"
)
_TITLED = re.compile(
    r"(?:研究员|研究生|教授|博士|院士|部长|主任|院长|所长|校长|局长|处长|会长|理事长|秘书长|书记|总裁|董事长|经理|主席|委员|律师|评论员|作家|专家|学者|导师|讲师|总编辑|主编|医师|医生|老师|分析师|工程师|经济学家)\s{0,2}([\u3400-\u9fff]{2,3})$"
)
_JUNK = re.compile(
    r"https?:|www\.|@|[\d]{5,}|[。！？!?]|点击|阅读|浏览|来源|时间|版权|转载|字号|\{\{|\$\{|undefined|^null$|^[\W\d_]+$",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
_NO_LATIN_NAME = re.compile(
    rf"(?:mon|tues|wednes|thurs|fri|satur|sun)day|{_MONTH}(?:,?\s\d|$)|updated|published|posted|read more|share|staff$"
    r"|view\b|\d|.*\b(?:correspondent|reporter|columnist|editor|writer|contributor)s?$",
    re.IGNORECASE,
)
# What follows a name on its line: the day, the date.
_AFTER_NAME = re.compile(rf"\s+(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|{_MONTH},?\s\d|\d).*", re.IGNORECASE)
_LATIN_NAME = re.compile(
    r"(?:[A-ZÀ-ÞÁ-Ž][\w'’.\-À-ž]*|de|da|del|van|von|der|bin|al|el|la|le|dos|di|du)(?:\s+(?:[A-ZÀ-Þ][\w'’.\-À-ž]*|de|da|del|van|von|der|bin|al|el|la|le|dos|di|du|Jr\.?|I{2,3})){0,4}"
)


def is_person(name: str) -> bool:
    """Does it look like the name of a Chinese person: a surname and one or two more, or a name with a middle dot?"""
    if not re.fullmatch(r"[\u3400-\u9fff]+(?:[·•・][\u3400-\u9fff]+)*", name) or name in COMMON_WORDS:
        return False
    if re.search("[·•・]", name):
        return 3 <= len(name) <= 16
    if name.startswith(DOUBLE_SURNAMES):
        return 3 <= len(name) <= 4
    return 2 <= len(name) <= 3 and name[0] in SURNAMES and not _NOT_NAMES.search(name)


def people_in(text: str, *, strict: bool) -> list[str]:
    """The names a byline lists, up to the first word that is none. ``strict`` takes only names of persons."""
    names: list[str] = []
    rest = _without_roles(_joined_letters(text.strip()))
    for token in _SPLIT.split(rest):
        word = token.strip(" 　()（）[]【】:：")
        if not is_person(word):
            word = _TAIL.sub("", _ROLE.sub("", word)).strip(" 　:：")
        if not word:
            continue
        if not is_person(word):
            break
        names.append(word)
        if len(names) >= 12:
            break
    return names if names or strict else []


def _without_roles(text: str) -> str:
    while shorter := _ROLE.sub("", text).strip():
        if shorter == text:
            break
        text = shorter
    return text


def _joined_letters(text: str) -> str:
    """``邹 明`` is one name of two letters."""
    return re.sub(
        r"(?<![\u3400-\u9fff])([\u3400-\u9fff])[\s\u3000]{1,3}([\u3400-\u9fff])(?![\u3400-\u9fff])", r"\1\2", text
    )


def authors_of(value: str, *, pen: bool = False) -> tuple[PageAuthor, ...]:
    """What a labelled author's value names: persons, stand-ins, pen names; nothing where it is no name at all."""
    text = _unclosed(clean_author(value) or "")
    if not text or _JUNK.search(text) or len(text) > 80:
        return ()
    if is_placeholder(text):
        return (PageAuthor(text, NameState.PLACEHOLDER),)
    if names := people_in(text, strict=True):
        return tuple(PageAuthor(name) for name in dict.fromkeys(names))
    if titled := _TITLED.search(_TAIL.sub("", text)):
        return (PageAuthor(titled[1]),) if is_person(titled[1]) else ()
    if text.isascii() or not re.search(r"[\u3400-\u9fff]", text):
        return _latin(text)
    return _others(text, pen=pen)


def is_no_latin_name(text: str) -> bool:
    """Is it a date, an office or a button, where a name in Latin letters could stand?"""
    return _NO_LATIN_NAME.match(text) is not None


def _unclosed(text: str) -> str:
    """``text`` without the closing bracket of one that opened before it."""
    for opening, closing in ("()", "（）", "[]", "【】", "「」"):
        if text.endswith(closing) and opening not in text:
            text = text[:-1]
    return text.strip()


def _others(text: str, *, pen: bool) -> tuple[PageAuthor, ...]:
    """Chinese words that are no plain personal names: pen names and offices."""
    bare = _TAIL.sub("", _without_roles(text)).strip()
    if re.search(r"[,，、;；&＆]", bare):
        words = [word for word in re.split(r"\s*[,，、;；&＆\s]\s*", bare) if word]
        if all(len(word) <= 12 for word in words) and len(words) <= 6:
            return tuple(PageAuthor(word, NameState.PEN_NAME) for word in words)
        return ()
    words = bare.split()
    if any(is_person(word) for word in words):
        words = [word for word in words if not _OFFICE.search(word)]
        bare = " ".join(words)
    if len(bare) > 24 or not fold_name(bare):
        return ()
    if len(words) > 1 and all(2 <= len(word) <= 4 for word in words):
        return tuple(PageAuthor(word, NameState.NAMED if is_person(word) else NameState.PEN_NAME) for word in words)
    state = NameState.PEN_NAME if pen or not is_person(bare) else NameState.NAMED
    return (PageAuthor(bare, state),)


def _latin(text: str) -> tuple[PageAuthor, ...]:
    bare = re.split(
        r"\s+[|•·–—-]\s+|\s{2,}|,\s*(?=[A-Z]{2,5}\b|[a-z]|(?:Staff|Special|Correspondent|Reporter|Contributor|Editor|Associated|AP|The|USA))",
        text,
    )[0]
    bare = re.sub(r"^(?:by|written by|author|posted by)[:\s]+", "", bare, flags=re.IGNORECASE).strip(" ,.")
    bare = _AFTER_NAME.sub("", bare)
    found = []
    for word in re.split(r"\s*(?:,\s*and\b|,|;|&|/|\band\b|\bwith\b)\s*", bare):
        if not word:
            continue
        if is_no_latin_name(word):
            break
        if is_placeholder(word):
            found.append(PageAuthor(word, NameState.PLACEHOLDER))
        elif len(word) <= 50 and _LATIN_NAME.fullmatch(word):
            found.append(PageAuthor(word))
        elif len(word) <= 30 and re.fullmatch(r"[\w.\- ]+", word):
            found.append(PageAuthor(word, NameState.PEN_NAME))
        else:
            break
    return tuple(dict.fromkeys(found))[:12]

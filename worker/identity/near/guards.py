"""Look-alikes: texts of one template that tell different things. Each guard gives its finding, the verdict weighs them.

A bulletin repeats its sentences with other figures, a meeting report with another bureau; a reprint changes words but
neither the figures nor whom it is about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from worker.identity.near.exchange import exchanged
from worker.identity.near.likeness import Slot, head_slots, slots, units_of
from worker.identity.near.numerals import value_of
from worker.identity.near.places import COUNTRIES
from worker.model.nearness import Reading, Script

_NUMERAL = re.compile(r"\d+")
_HEAD: Final = {Script.HAN: 160, Script.WORDS: 60, Script.OTHER: 300}
_ENOUGH_NUMERALS = 6
_KEPT = 0.6
_SOME_NUMERALS = 4
_NEARLY_ALL = 0.9
_ALIGNED = 0.65  # share of the leads that is equal where one is held against the other
_LOOSE_FRAME = 1  # characters beside the numeral that may differ
_NEARLY = 0.75  # Jaccard
_SHOWN = 60  # characters of what stands in a place
_MANY = 3  # figures in equal places that make a template of what shares little
_BODY_OF = "局厅委部办院校区县市镇乡村州省盟旗所处队司署团店馆站港社厂行台"  # 教育|局, 海淀|区
_OFFICE = re.compile(
    r"(?:局长|厅长|部长|主任|书记|市长|县长|区长|省长|主席|院长|校长|所长|处长|科长|镇长|乡长|会长|委员|总经理|董事长|总裁)$"
)
_PERSON_AFTER = re.compile(r"同志|先生|女士|教授|院士|等\d*人|某")
_PERSON_BEFORE = re.compile(
    r"(?:嫌疑人|被告人|被告|原告|当事人|发言人|负责人|受害人|被害人|死者|患者|伤者|选手|球员|队员|运动员|记者)$"
)
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢唐许冯宋韩邓彭曹曾田萧肖潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖庞樊殷施洪翟安倪牛"
)
_TELLING = 4  # letters; the, of, and, in, for
_MISSPELT = 0.8  # two words more alike than this are one, written otherwise
_DATE_AFTER = re.compile(r"^(?:年|月|日)")
_DATELINE_AFTER = re.compile(r"^日?(?:电|讯|消息|报道)")
_MONTHS_AND_DAYS = frozenset(
    word
    for words in (
        "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september",
        "october november december monday tuesday wednesday thursday friday saturday sunday",
    )
    for word in words.split()
)
_DAY = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})日(?!电|讯|消息|报道)")
_MONTH = "jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
_MONTH_DAY = re.compile(rf"\b((?:{_MONTH})[a-z]*) (\d{{1,2}})\b")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}}) ((?:{_MONTH})[a-z]*)\b")
_TIME = re.compile(r"\d+[年月日时分]")
_ASCII_DATE = re.compile(r"\b(?:" + "|".join(sorted(_MONTHS_AND_DAYS)) + r")\b")


@dataclass(frozen=True, slots=True)
class Findings:
    """What speaks against two texts being one.

    ``kept`` is the share of the numerals of the side with fewer that the other has too (1 when neither has any) out of
    ``numerals``; ``figures`` are places where another figure stands, ``dates`` how many of them are parts of a date,
    ``words`` how many places have another word; ``head_*`` count the same in the lead, ``names`` are pairs of names
    exchanged there; ``in_title`` says that the titles differ in just the words the leads differ in.
    """

    kept: float
    numerals: int
    told_kept: float  # the same share of the numerals that are no part of a date or an hour
    figures: tuple[str, ...]
    places: int  # figures that differ in them: a day and its month are two
    dates: int
    words: int
    head_figures: int
    head_dates: int
    head_words: int
    names: tuple[str, ...]
    subjects: tuple[str, ...]  # names exchanged throughout
    countries: int  # places where another country stands
    in_title: bool
    other_days: bool  # both leads name days, and not one in common
    has_capitals: bool  # names are told by their capitals, which is surer than by their neighbours

    @property
    def is_template(self) -> bool:
        """Whether even texts that share little are of one template: figure stands for figure in many places."""
        return self.numerals >= _ENOUGH_NUMERALS and self.kept < _KEPT and len(self.figures) >= _MANY

    def edition(self, jaccard: float) -> str | None:
        """The guard that holds the two for two events, if one does. One figure in a text that is else nearly the same
        is no ground."""
        if self.numerals >= _ENOUGH_NUMERALS and self.kept < _KEPT:
            return "numbers"
        if self.places >= 2 or (self.figures and self.words >= 5 and jaccard < _NEARLY):
            return "slots"
        if self.other_days or self.head_dates or (self.head_figures and self.head_words >= 2):
            return "head"
        if (
            self.subjects
            or max(len(self.names), self.countries) >= 2
            or (self.names and (self.in_title or self.head_figures or self.has_capitals))
        ):
            return "names"
        return None

    def words_and_numbers(self, jaccard: float) -> dict[str, object]:
        """What of it is worth showing."""
        guard = self.edition(jaccard)
        shown: dict[str, object] = {"guard": guard} if guard else {}
        if self.figures:
            shown["figures"] = list(self.figures[:8])
        if self.kept < 1:
            shown["figures_kept"] = round(self.kept, 2)
        if self.names or self.subjects:
            shown["names"] = list(dict.fromkeys((*self.subjects, *self.names)))[:6]
        return shown


def findings(old: Reading, new: Reading, old_body: str, new_body: str) -> Findings:
    """Compare two texts of one script, given with their bodies in normal form as they are compared now."""
    script = new.script
    old_numerals, new_numerals = (Counter(_NUMERAL.findall(body)) for body in (old_body, new_body))
    kept, numerals = _kept_numerals(old_numerals, new_numerals)
    told_kept, _ = _kept_numerals(
        *(Counter(_NUMERAL.findall(_without_times(script, body))) for body in (old_body, new_body))
    )
    before, after = units_of(script, old_body), units_of(script, new_body)
    head, aligned = head_slots(script, before[: _HEAD[script]], after[: _HEAD[script]])
    whole = slots(script, before, after)
    if aligned < _ALIGNED:
        head = [span for span in whole if span.at < _HEAD[script]]
    rest = [span for span in whole if span.at >= _HEAD[script]]
    moved = _moved(old_numerals, new_numerals)
    figures = [span for span in (*head, *rest) if is_figure(span) and not moved(span)]
    early = [span for span in head if not _has_digit(span) and not is_figure(span)]
    named = [span for span in early if _is_name(script, span, old, new)]
    named += [span for span in rest if script is Script.HAN and _is_country(span)]
    countries = sum(script is Script.HAN and _is_country(span) for span in named) if aligned >= _ALIGNED else 0
    names = sorted(set(map(_shown, named)))
    wordy = [span for span in whole if not _has_digit(span)]
    other_subject = () if _keep_figures(kept, numerals) else exchanged(old, new, old_body, new_body, wordy)
    return Findings(
        kept=kept,
        numerals=numerals,
        told_kept=told_kept,
        figures=tuple(map(_shown, figures)),
        places=sum(map(_differing, figures)),
        dates=sum(_is_date(script, span) for span in figures),
        words=len(early) + sum(not _has_digit(span) for span in rest),
        head_figures=sum(span in figures for span in head) if aligned >= _ALIGNED else 0,
        head_dates=sum(span in figures and _is_date(script, span) for span in head) if aligned >= _ALIGNED else 0,
        head_words=len(early),
        names=tuple(names) if aligned >= _ALIGNED else (),
        subjects=tuple(map(_shown, other_subject)),
        countries=countries,
        in_title=_in_title(script, old.title, new.title, early),
        other_days=_are_other_days(script, old, new),
        has_capitals=script is Script.WORDS,
    )


def _shown(span: Slot) -> str:
    """An exchange as it is kept: a word may be as long as its text."""
    return "→".join(each if len(each) <= _SHOWN else f"{each[:_SHOWN]}…" for each in (span.old, span.new))


def _kept_numerals(old: Counter[str], new: Counter[str]) -> tuple[float, int]:
    fewer = min(old.total(), new.total())
    return ((old & new).total() / fewer if fewer else 1.0), fewer


def _keep_figures(kept: float, numerals: int) -> bool:
    """Whether two texts tell so many of the same figures that they are one, whoever is named in it."""
    return numerals >= _SOME_NUMERALS and kept >= _NEARLY_ALL


def _without_times(script: Script, body: str) -> str:
    if script is Script.WORDS:
        return _DAY_MONTH.sub("", _MONTH_DAY.sub("", body))
    return _TIME.sub("", body)


def _moved(old: Counter[str], new: Counter[str]) -> Callable[[Slot], bool]:
    """Whether the figures of a place are not exchanged but only stand elsewhere: both texts have each as often."""

    def is_moved(span: Slot) -> bool:
        numerals = _NUMERAL.findall(f"{span.old} {span.new}")
        return bool(numerals) and all(old[each] == new[each] for each in numerals)

    return is_moved


def _has_digit(span: Slot) -> bool:
    return any(map(str.isdigit, span.old + span.new))


def is_figure(span: Slot) -> bool:
    """Another figure, not another way of writing it, nor one that lost its neighbours to a cut."""
    old, new = _NUMERAL.findall(span.old), _NUMERAL.findall(span.new)
    if span.old in _MONTHS_AND_DAYS and span.new in _MONTHS_AND_DAYS:
        return span.old[:3] != span.new[:3]
    if old == new and old:
        return False
    frames = tuple(_ASCII_DATE.sub("", _NUMERAL.sub("", words)).strip() for words in (span.old, span.new))
    if frames[0] != frames[1] and max(map(len, frames)) > _LOOSE_FRAME:
        return False
    if old and new:
        if len(old) != len(new) or _is_cut("".join(old), "".join(new)):
            return False
        if len(old) > 1:
            return True
    one, other = value_of(_with_unit(span.old, span.after)), value_of(_with_unit(span.new, span.after))
    return one is not None and other is not None and one != other


def _figures(words: str) -> list[str]:
    found: list[str] = _NUMERAL.findall(words)
    return found


def _differing(span: Slot) -> int:
    """How many figures of a place are others, one at least."""
    old, new = _figures(span.old), _figures(span.new)
    return max(1, sum(one != other for one, other in zip(old, new, strict=False)))


def _is_cut(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(longer) - len(shorter) >= 2 and (longer.startswith(shorter) or longer.endswith(shorter))


def _with_unit(words: str, after: str) -> str:
    return words + after[0] if after and after[0] in "万亿" else words


def _is_date(script: Script, span: Slot) -> bool:
    if script is Script.HAN:
        if _DATELINE_AFTER.match(span.after):
            return False
        return bool(_DATE_AFTER.match(span.after)) or any(each in span.old and each in span.new for each in "月日年")
    return bool(_ASCII_DATE.search(f"{span.before} {span.old} {span.new} {span.after}"))


def _are_other_days(script: Script, old: Reading, new: Reading) -> bool:
    """Whether both begin with one sentence told of two days, and name no day in common at their beginning: an update
    keeps the day of what it tells of, and so does who prints it a day later. Sentences as they were printed, since one
    that is nearly the same every day is soon taken for furniture."""
    one, other = _dated(script, old), _dated(script, new)
    if one is None or other is None or not one[1].isdisjoint(other[1]):
        return False
    first, second = (_NUMERAL.sub("", sentence) for sentence in (one[0], other[0]))
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIGNED


def _dated(script: Script, reading: Reading) -> tuple[str, set[tuple[str, ...]]] | None:
    """Of the beginning of a text the first sentence that names a day, and all days that are named."""
    most = 6 * _HEAD[script] if script is Script.WORDS else _HEAD[script]
    dated, days, length = "", set[tuple[str, ...]](), 0
    for position, sentence in enumerate(reading.sentences):
        if length >= most:
            break
        if position in reading.loose:
            continue
        named = _days(script, sentence[: most - length])
        dated = dated or (sentence[:most] if named else "")
        days |= named
        length += len(sentence)
    return (dated, days) if dated else None


def _days(script: Script, words: str) -> set[tuple[str, ...]]:
    if script is not Script.WORDS:
        return set(_DAY.findall(words))
    found = [*_MONTH_DAY.findall(words), *((month, day) for day, month in _DAY_MONTH.findall(words))]
    return {(month[:3], day) for month, day in found}


def _is_name(script: Script, span: Slot, old: Reading, new: Reading) -> bool:
    """A place, a body or a person, by what stands around it, or by its capitals."""
    if script is Script.WORDS:
        return _is_capital_name(span, old, new)
    if script is not Script.HAN:
        return False
    lengths = (len(span.old), len(span.new))
    if max(lengths) > 8:
        return False
    if max(lengths) <= 4 and _is_of_a_person(span):
        return span.old[0] in _SURNAMES and span.new[0] in _SURNAMES
    if _is_country(span) or min(lengths) < 2:
        return _is_country(span)
    return (span.after[:1] or "-") in _BODY_OF or (span.old[-1] in _BODY_OF and span.new[-1] in _BODY_OF)


def _is_of_a_person(span: Slot) -> bool:
    return bool(_OFFICE.search(span.before) or _PERSON_BEFORE.search(span.before) or _PERSON_AFTER.match(span.after))


def _is_country(span: Slot) -> bool:
    """Whether one country stands for another, with what both have in common: 塞尔维[亚] and 肯尼[亚]."""
    begun = [span.before[len(span.before) - many :] for many in range(min(3, len(span.before)) + 1)]
    ends = [span.after[:many] for many in range(min(3, len(span.after)) + 1)]
    return any(
        f"{head}{span.old}{tail}" in COUNTRIES and f"{head}{span.new}{tail}" in COUNTRIES
        for head in begun
        for tail in ends
    )


def _is_capital_name(span: Slot, old: Reading, new: Reading) -> bool:
    one, other = set(span.old.split()), set(span.new.split())
    if not (one <= old.names and other <= new.names) or (one | other) & _MONTHS_AND_DAYS:
        return False
    return SequenceMatcher(None, span.old, span.new).ratio() < _MISSPELT


def _in_title(script: Script, old: str, new: str, early: Sequence[Slot]) -> bool:
    """Whether the old title becomes the new one when the words exchanged in the lead are exchanged in it."""
    if old == new or not old or not new:
        return False
    changed = old
    for span in early:
        changed = changed.replace(span.old, span.new)
    return changed != old and (changed == new or titles_alike(script, changed, new) >= 0.85)


def pairs_of(script: Script, title: str) -> frozenset[str]:
    """What titles are compared by: pairs of characters, or single words but those too short to tell anything."""
    if script is Script.WORDS:
        return frozenset(word for word in title.split() if len(word) >= _TELLING or word.isdigit())
    return frozenset(title[at : at + 2] for at in range(len(title) - 1))


def titles_alike(script: Script, one: str, other: str) -> float:
    """From 0 to 1."""
    a, b = pairs_of(script, one), pairs_of(script, other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def without_figures(title: str) -> str:
    """A title with its figures left out, so that 已致12人死亡 and 已致15人死亡 are one."""
    return _NUMERAL.sub("#", title)

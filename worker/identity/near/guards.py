"""Look-alikes: texts of one template that tell different things. Each guard gives its finding, the verdict weighs them.

A bulletin repeats its sentences with other figures, a meeting report with another bureau; a reprint changes words but
neither the figures nor whom it is about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from worker.identity.near.likeness import Slot, Units, slots, units_of
from worker.identity.near.numerals import value_of
from worker.identity.near.reading import Script

_NUMERAL = re.compile(r"\d+")
_HEAD: Final = {Script.HAN: 160, Script.WORDS: 60, Script.OTHER: 300}
_ENOUGH_NUMERALS = 6
_KEPT = 0.6
_BODY_OF = (
    "局厅委部办院校区县市镇乡村州省盟旗所处队司署会团店馆站港社厂行台"  # 教育|局, 海淀|区
)
_OFFICE = re.compile(r"(?:局长|厅长|部长|主任|书记|市长|县长|区长|省长|主席|院长|校长|所长|处长|科长|镇长|乡长|会长|委员|总经理|董事长|总裁)$")
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢唐许冯宋韩邓彭曹曾田萧肖潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖庞樊殷施洪翟安倪牛"
)
_DATE_AFTER = re.compile(r"^(?:年|月|日|号|时|点)")
_ASCII_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september"
    r"|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What speaks against two texts being one.

    ``kept`` is the share of the numerals of the side with fewer that the other has too (1 when there are too few to
    tell), ``figures`` and ``words`` the places where another figure or another word stands, ``dates`` how many of the
    figures are parts of a date, ``head_*`` the same in the lead, ``names`` pairs of names that were exchanged there.
    """

    kept: float
    numerals: int
    figures: tuple[str, ...]
    dates: int
    words: int
    head_figures: int
    head_words: int
    names: tuple[str, ...]
    title_names: tuple[str, ...]

    @property
    def edition(self) -> str | None:
        """The guard that holds the two for two events, if one does."""
        if self.numerals >= _ENOUGH_NUMERALS and self.kept < _KEPT:
            return "numbers"
        if len(self.figures) >= 2 or (self.figures and self.words >= 5):
            return "slots"
        if self.head_figures and self.head_words >= 2:
            return "head"
        if self.title_names or len(self.names) >= 2:
            return "names"
        return None


def look(script: Script, old: str, new: str, old_title: str, new_title: str) -> Findings:
    """Compare two texts in normal form, and their titles."""
    kept, numerals = _kept_numerals(old, new)
    spans = slots(script, units_of(script, old), units_of(script, new))
    figures = [span for span in spans if _is_figure(script, span)]
    words = [span for span in spans if not _has_digit(span)]
    head = _HEAD[script]
    early = [span for span in words if span.at < head]
    names = _names(script, early)
    return Findings(
        kept=kept,
        numerals=numerals,
        figures=tuple(f"{span.old}→{span.new}" for span in figures),
        dates=sum(_is_date(script, span) for span in figures),
        words=len(words),
        head_figures=sum(span.at < head for span in figures),
        head_words=len(early),
        names=names,
        title_names=_title_names(script, old_title, new_title, early),
    )


def _kept_numerals(old: str, new: str) -> tuple[float, int]:
    before, after = Counter(_NUMERAL.findall(old)), Counter(_NUMERAL.findall(new))
    fewer = min(before.total(), after.total())
    return ((before & after).total() / fewer if fewer else 1.0), fewer


def _has_digit(span: Slot) -> bool:
    return any(map(str.isdigit, span.old + span.new))


def _is_figure(script: Script, span: Slot) -> bool:
    """Another figure, not another way of writing it."""
    old, new = _NUMERAL.findall(span.old), _NUMERAL.findall(span.new)
    if old and new:
        return old != new and value_of(_with_unit(span.old, span.after)) != value_of(_with_unit(span.new, span.after))
    if script is Script.HAN and not old and not new:
        one, other = value_of(span.old), value_of(span.new)
        return one is not None and other is not None and one != other
    if script is Script.HAN and (old or new):
        one, other = value_of(span.old), value_of(span.new)
        return one is not None and other is not None and one != other
    return False


def _with_unit(words: str, after: str) -> str:
    return words + after[:1] if after[:1] in "万亿" and after else words


def _is_date(script: Script, span: Slot) -> bool:
    if script is Script.HAN:
        return bool(_DATE_AFTER.match(span.after)) or any(each in span.old and each in span.new for each in "月日年")
    return bool(_ASCII_DATE.search(f"{span.before} {span.old} {span.after}"))


def _names(script: Script, spans: Sequence[Slot]) -> tuple[str, ...]:
    """Exchanged names of places, bodies and office holders among the spans, each pair once."""
    if script is not Script.HAN:
        return ()
    found = {f"{span.old}→{span.new}" for span in spans if _is_name(span)}
    return tuple(sorted(found))


def _is_name(span: Slot) -> bool:
    lengths = (len(span.old), len(span.new))
    if max(lengths) > 8:
        return False
    if _OFFICE.search(span.before) and max(lengths) <= 4:
        return span.old[0] in _SURNAMES and span.new[0] in _SURNAMES
    if min(lengths) < 2:
        return False
    return (span.after[:1] or "-") in _BODY_OF or (span.old[-1] in _BODY_OF and span.new[-1] in _BODY_OF)


def _title_names(script: Script, old: str, new: str, early: Sequence[Slot]) -> tuple[str, ...]:
    """Words exchanged in the lead that are exchanged in the same way between the titles."""
    if old == new or not old or not new:
        return ()
    found = []
    for span in early:
        if span.old in old and span.new in new and span.old not in new and span.new not in old:
            bare = (old.replace(span.old, "\0"), new.replace(span.new, "\0"))
            if bare[0] == bare[1] or _frame_share(script, *bare) >= 0.6:
                found.append(f"{span.old}→{span.new}")
    return tuple(sorted(set(found)))


def _frame_share(script: Script, one: str, other: str) -> float:
    """How alike two titles are once the exchanged word is out of them: share of common pairs."""
    a, b = pairs_of(script, one), pairs_of(script, other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def pairs_of(script: Script, title: str) -> frozenset[str]:
    """What titles are compared by: pairs of characters, or single words."""
    if script is Script.WORDS:
        return frozenset(title.split())
    return frozenset(title[at : at + 2] for at in range(len(title) - 1))


def titles_alike(script: Script, one: str, other: str) -> float:
    """From 0 to 1."""
    a, b = pairs_of(script, one), pairs_of(script, other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def without_figures(title: str) -> str:
    """A title with its figures left out, so that 已致12人死亡 and 已致15人死亡 are one."""
    return _NUMERAL.sub("#", title)


def equal_units(one: Units, other: Units) -> bool:
    return one == other

"""Names of months, halves of the day and zones, as feeds spell them."""

from __future__ import annotations

import unicodedata
from typing import Final

# One paragraph per language: the twelve months, each with its spellings separated by "|".
_LANGUAGES = """
january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sep|sept october|oct
november|nov december|dec

janvier|janv février|fevrier|févr|fevr|fév|fev mars avril|avr mai juin juillet|juil août|aout|aoû septembre
octobre novembre décembre|decembre|déc

januar|jänner|jan februar|feber|feb märz|maerz|mär|mrz april mai juni juli august september oktober|okt november
dezember|dez

enero|ene febrero marzo abril|abr mayo junio julio agosto|ago septiembre|setiembre|set octubre noviembre
diciembre|dic

gennaio|gen febbraio marzo aprile maggio|mag giugno|giu luglio|lug agosto settembre ottobre|ott novembre
dicembre

janeiro fevereiro março|marco abril maio junho julho agosto setembro outubro|out novembro dezembro

januari februari maart|mrt april mei juni juli augustus september oktober november december

januari februari mars april maj juni juli augusti september oktober november december

januar februar marts april maj juni juli august september oktober november december|des

tammikuuta|tammikuu helmikuuta|helmikuu maaliskuuta|maaliskuu huhtikuuta|huhtikuu toukokuuta|toukokuu
kesäkuuta|kesäkuu heinäkuuta|heinäkuu elokuuta|elokuu syyskuuta|syyskuu lokakuuta|lokakuu marraskuuta|marraskuu
joulukuuta|joulukuu

stycznia|styczeń|sty lutego|luty|lut marca|marzec kwietnia|kwiecień|kwi maja|maj czerwca|czerwiec|cze
lipca|lipiec|lip sierpnia|sierpień|sie września|wrzesień|wrz października|październik|paź listopada|lis
grudnia|grudzień|gru

ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec srpna|srpen září
října|říjen listopadu prosince|prosinec

января|январь|янв февраля|февраль|фев|февр марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн июля|июль|июл
августа|август|авг сентября|сентябрь|сен|сент октября|октябрь|окт ноября|ноябрь|ноя|нояб декабря|декабрь|дек

січня|січень|січ лютого|лютий|лют березня|березень|бер квітня|квітень|квіт травня|травень|трав
червня|червень|черв липня|липень|лип серпня|серпень|серп вересня|вересень|вер жовтня|жовтень|жовт листопада|лист
грудня|грудень|груд

ianuarie|ian februarie martie aprilie mai iunie|iun iulie|iul august septembrie octombrie noiembrie|noi
decembrie

január február március|márc április|ápr május|máj június|jún július|júl augusztus szeptember|szept október
november december

ocak|oca şubat|subat|şub mart nisan|nis mayıs|mayis haziran|haz temmuz|tem ağustos|agustos|ağu eylül|eylul|eyl
ekim|eki kasım|kasim|kas aralık|aralik|ara

ιανουαρίου|ιαν φεβρουαρίου|φεβ μαρτίου|μαρ απριλίου|απρ μαΐου|μαϊ|μαι ιουνίου|ιουν ιουλίου|ιουλ αυγούστου|αυγ
σεπτεμβρίου|σεπ οκτωβρίου|οκτ νοεμβρίου|νοε δεκεμβρίου|δεκ
"""
ENGLISH: Final = tuple(month.partition("|")[0] for month in _LANGUAGES.split("\n\n", 1)[0].split())


def without_accents(text: str) -> str:
    """``août`` as ``aout``: writers leave accents out, and Greek ones move from case to case."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


_SPELT: Final[dict[str, int]] = {
    spelling: number
    for language in reversed(_LANGUAGES.split("\n\n"))
    for number, month in enumerate(language.split(), start=1)
    for spelling in month.split("|")
}
MONTHS: Final[dict[str, int]] = {without_accents(name): number for name, number in _SPELT.items()} | _SPELT

WEEKDAY_OR_MONTH: Final = frozenset(("mar",))  # mardi, martes, martedì: a month only where no other is named
WORD_OR_ZONE: Final = frozenset(("at", "et", "ct", "pt", "mt", "met", "est", "eat", "cat", "art"))

# noon is before and after twelve; night is before midnight, or else after it: then nobody can tell of which day.
_HALVES = {
    "am": "am 上午 午前 凌晨 오전 πμ",
    "morning": "早上 早晨 清晨 清早 早 早間 早间",
    "noon": "中午 正午 午间 午間",
    "pm": "pm 下午 午後 午后 傍晚 오후 μμ",
    "night": "晚上 晚间 晚間 晚 夜 夜间 夜間 夜里 深夜 半夜",
}
MERIDIEM: Final[dict[str, str]] = {word: half for half, words in _HALVES.items() for word in words.split()}

# Minutes east of UTC. RFC 822 names first; then what feeds write although the letters are ambiguous in theory:
# CST and IST are read as RFC 822 and India have them, unless they are the source's own zone's; BST is British Summer
# Time. The military letters were defined with the wrong sign once, so all of them say only that the time is UTC (RFC
# 5322 §4.3).
_ZONES = {
    -600: "HST",
    -540: "AKST",
    -480: "PST PT AKDT",
    -420: "MST PDT MT",
    -360: "CST MDT CT",
    -300: "EST CDT ET PET",
    -240: "EDT AST AT CLT VET",
    -210: "NST",
    -180: "ADT BRT ART CLST",
    -150: "NDT",
    -120: "BRST",
    0: "Z UT UTC GMT WET ZULU A B C D E F G H I K L M N O P Q R S T U V W X Y",
    60: "BST WEST CET MEZ MET",
    120: "CEST MESZ MEST SAST CAT EET",
    180: "EEST MSK EAT TRT",
    240: "MSD GST",
    300: "PKT",
    330: "IST",
    345: "NPT",
    420: "ICT WIB",
    480: "HKT SGT MYT PHT AWST CTT",
    540: "JST KST",
    570: "ACST",
    600: "AEST",
    630: "ACDT",
    660: "AEDT",
    720: "NZST",
    780: "NZDT",
}

ZONES: Final[dict[str, int]] = {name: minutes for minutes, names in _ZONES.items() for name in names.split()}

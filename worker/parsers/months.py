"""Names of months, halves of the day and zones, as feeds spell them."""

from __future__ import annotations

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

MONTHS: Final[dict[str, int]] = {
    spelling: number
    for language in reversed(_LANGUAGES.split("\n\n"))
    for number, month in enumerate(language.split(), start=1)
    for spelling in month.split("|")
}

MERIDIEM: Final[dict[str, str]] = {
    "am": "am",
    "pm": "pm",
    "上午": "am",
    "早上": "am",
    "早晨": "am",
    "凌晨": "am",
    "清晨": "am",
    "下午": "pm",
    "中午": "pm",
    "晚上": "pm",
    "傍晚": "pm",
    "晚间": "pm",
    "午前": "am",
    "午後": "pm",
    "오전": "am",
    "오후": "pm",
}

# Minutes east of UTC. RFC 822 names first; then what feeds write although the letters are ambiguous in theory:
# CST and IST are read as RFC 822 and India have them, BST as British Summer Time.
_ZONES = {
    -720: "Y",
    -600: "HST",
    -540: "AKST",
    -480: "PST PT AKDT",
    -420: "MST PDT MT",
    -360: "CST MDT CT",
    -300: "EST CDT ET PET",
    -240: "EDT AST CLT VET",
    -210: "NST",
    -180: "ADT BRT ART CLST",
    -150: "NDT",
    -120: "BRST",
    -60: "N",
    0: "Z UT UTC GMT WET ZULU",
    60: "BST WEST CET MEZ MET A",
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
    720: "NZST M",
    780: "NZDT",
}

ZONES: Final[dict[str, int]] = {name: minutes for minutes, names in _ZONES.items() for name in names.split()}

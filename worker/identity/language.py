"""Which language a text is in, by its own letters, and whether two language tags speak of two languages. Pure.

What a page or a feed declares is wrong more often than its letters: a Uyghur page of a Chinese portal says ``zh-CN``.
So letters that leave no doubt go first, what is declared goes where it fits the letters, and what fits nothing is
unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_SAMPLE: Final = 600  # characters
_ENOUGH = 20  # letters
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile("[A-Za-z]+")  # the same, where there is nothing else: a quarter of the time

# ISO 15924, and the ranges of its letters.
_SCRIPTS: Final = (
    ("Hani", "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"),
    ("Latn", "A-Za-z\u00c0-\u024f\u1e00-\u1eff"),
    ("Kana", "\u3041-\u30ff"),
    ("Hang", "\u1100-\u11ff\uac00-\ud7a3"),
    (
        "Arab",
        "\u0620-\u064a\u066e-\u06d3\u06d5-\u06d5\u06ee-\u06ff\u0750-\u077f\u08a0-\u08c7\ufb50-\ufdff\ufe70-\ufefc",
    ),
    ("Tibt", "\u0f40-\u0fbc"),
    ("Cyrl", "\u0400-\u052f"),
    ("Mong", "\u1820-\u18aa"),
    ("Thai", "\u0e01-\u0e4e"),
    ("Deva", "\u0900-\u097f"),
    ("Hebr", "\u05d0-\u05f2"),
    ("Grek", "\u0370-\u03ff"),
    ("Laoo", "\u0e81-\u0edf"),
    ("Mymr", "\u1000-\u109f"),
    ("Khmr", "\u1780-\u17d3"),
    ("Beng", "\u0980-\u09ff"),
    ("Taml", "\u0b80-\u0bff"),
    ("Telu", "\u0c00-\u0c7f"),
    ("Guru", "\u0a00-\u0a7f"),
    ("Gujr", "\u0a80-\u0aff"),
    ("Knda", "\u0c80-\u0cff"),
    ("Mlym", "\u0d00-\u0d7f"),
    ("Sinh", "\u0d80-\u0dff"),
    ("Geor", "\u10a0-\u10ff"),
    ("Armn", "\u0530-\u058f"),
    ("Ethi", "\u1200-\u139f"),
    ("Yiii", "\ua000-\ua48c"),
    ("Thaa", "\u0780-\u07b1"),
    ("Syrc", "\u0710-\u074f"),
    ("Talu", "\u1980-\u19df"),
)
_RANGES = tuple((name, re.compile(f"[{ranges}]")) for name, ranges in _SCRIPTS)
# The language that nearly every text in the script is in; a declared one that is written so as well is believed first.
_MOSTLY: Final = {
    "Hang": "ko",
    "Tibt": "bo", "Mong": "mn-Mong", "Thai": "th", "Deva": "hi", "Hebr": "he", "Grek": "el", "Laoo": "lo", "Mymr": "my",
    "Khmr": "km", "Beng": "bn", "Taml": "ta", "Telu": "te", "Guru": "pa", "Gujr": "gu", "Knda": "kn", "Mlym": "ml",
    "Sinh": "si", "Geor": "ka", "Armn": "hy", "Ethi": "am", "Yiii": "ii", "Thaa": "dv", "Syrc": "syr", "Talu": "khb",
}  # fmt: skip
# Letters that tell the languages of one script apart, and the least share of them among all letters; the first wins.
_TELLING: Final = {
    "Arab": (
        ("ckb", "ێڕڵڤ", 0.02),
        ("kk-Arab", "ٴٵٶٷٸ", 0.005),
        ("ky-Arab", "ۅۉ", 0.005),
        ("ug", "ېۈۆۇۋڭە", 0.1),
        ("sd", "ڄڃڌڏڙڻڦڪ", 0.02),
        ("ps", "ټډړږښځڅڼۍ", 0.015),
        ("ur", "ٹڈڑےںھہ", 0.04),
        ("fa", "پچژگکی", 0.06),
        ("ar", "ةأإىيكئ", 0.06),
    ),
    "Cyrl": (
        ("tg", "ҷӣӯ", 0.005),
        ("uz-Cyrl", "ҳ", 0.005),
        ("kk", "ұқғ", 0.02),
        ("tt", "җә", 0.01),
        ("ky", "ң", 0.004),
        ("mn-Cyrl", "өү", 0.02),
        ("be", "ў", 0.004),
        ("uk", "їєґ", 0.005),
        ("mk", "ѓќѕ", 0.003),
        ("sr", "ђћџљњј", 0.01),
        ("ru", "ыэё", 0.01),
        ("bg", "ъ", 0.005),
    ),
}
_LITTLE_WORDS: Final = {
    language: frozenset(words.split())
    for language, words in (
        ("en", "the and of to in that is for was with on by as at from has have are it said"),
        ("fr", "le la les des et du un une est dans pour que qui sur au aux avec par ce ne pas"),
        ("de", "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine auch"),
        ("es", "el la los las de y en que del un una por con para se es al lo su como más"),
        ("pt", "o a os as de e do da em que um uma para com não no na se por dos mais foi"),
        ("it", "il lo la i gli le di e che un una per con del della non è in si da nel alla"),
        ("nl", "de het een en van in is dat op te zijn voor met niet aan er om ook door"),
        ("id", "yang dan di dengan untuk dari ini pada dalam tidak itu akan oleh ke telah"),
        ("vi", "và của là các trong đã cho có được với không một những người này khi về"),
        ("tr", "ve bir bu da de için ile olarak çok daha olan gibi ancak sonra kadar"),
        ("pl", "w i na z się do że nie o jest to od po za przez jak dla"),
        ("sv", "och i att det som en på är av för med till den har inte om ett"),
    )
}
_LANGUAGES_OF: Final = {
    word: tuple(language for language, words in _LITTLE_WORDS.items() if word in words)
    for word in frozenset().union(*_LITTLE_WORDS.values())
}
_SIMPLE = frozenset("们这国时会来对说过个学发经长门车东业为关见问头电书两义习网报记开华严现进实应总战术机条动传")
_TRADITIONAL = frozenset("們這國時會來對說過個學發經長門車東業為關見問頭電書兩義習網報記開華嚴現進實應總戰術機條動傳")

# What a language is written in, where it is known; a text in none of these is not in it.
_WRITTEN: Final = {
    **dict.fromkeys(("zh", "lzh"), ("Hani",)),
    **dict.fromkeys(("ja",), ("Hani", "Kana")),
    **dict.fromkeys(("ko",), ("Hang", "Hani")),
    **dict.fromkeys(("bo", "dz"), ("Tibt",)),
    **dict.fromkeys(("ug", "kk", "ky"), ("Arab", "Cyrl", "Latn")),
    **dict.fromkeys(("az", "uz", "tk"), ("Latn", "Cyrl", "Arab")),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "sd", "ckb"), ("Arab",)),
    **dict.fromkeys(("mn",), ("Mong", "Cyrl")),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "tg", "tt"), ("Cyrl",)),
    **dict.fromkeys(("he", "yi"), ("Hebr",)),
    **dict.fromkeys((*_LITTLE_WORDS, "da", "no", "fi", "cs", "hu", "ro", "ca", "ms", "sw"), ("Latn",)),
    **{tag[:2]: (script,) for script, tag in _MOSTLY.items() if script in {"Thai", "Grek", "Laoo", "Khmr", "Yiii"}},
}
_ONE_LANGUAGE: Final = {
    **dict.fromkeys(("cn", "chi", "zho", "cmn", "yue", "wuu", "hak", "nan", "gan", "hsn", "lzh"), "zh"),
    **dict.fromkeys(("nb", "nn", "nob", "nno", "nor"), "no"),
    **dict.fromkeys(("pes", "prs", "fas", "per"), "fa"),
    **dict.fromkeys(("khk", "mvf", "mon"), "mn"),
    **dict.fromkeys(("arb", "ara"), "ar"),
    **dict.fromkeys(("bod", "tib"), "bo"),
    **dict.fromkeys(("uig",), "ug"),
    **dict.fromkeys(("kaz",), "kk"),
    **dict.fromkeys(("eng",), "en"),
    **dict.fromkeys(("jpn",), "ja"),
    **dict.fromkeys(("kor",), "ko"),
    **dict.fromkeys(("rus",), "ru"),
    **dict.fromkeys(("fra", "fre"), "fr"),
    **dict.fromkeys(("deu", "ger"), "de"),
    **dict.fromkeys(("spa",), "es"),
    **dict.fromkeys(("iw", "heb"), "he"),
    **dict.fromkeys(("in", "ind"), "id"),
}
_UNKNOWN = frozenset({"", "und", "mul", "zxx", "unknown", "x"})


def primary(tag: str | None) -> str | None:
    """The language of a BCP 47 tag without script and region, all Chinese ones as ``zh``; None where it names none."""
    first = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    return None if first in _UNKNOWN else _ONE_LANGUAGE.get(first, first)


def script_of(tag: str | None) -> str | None:
    """The script subtag of a tag, as ``Arab``; None where it has none."""
    parts = (tag or "").strip().replace("_", "-").split("-")[1:3]
    return next((part.title() for part in parts if len(part) == 4 and part.isalpha()), None)


def other_language(one: str | None, other: str | None) -> bool:
    """Whether two tags surely speak of two languages; an unknown one is never another, nor is another script."""
    a, b = primary(one), primary(other)
    return a is not None and b is not None and a != b


def language_of(declared: str | None, text: str) -> str | None:
    """The language of ``text`` (plain or HTML) as a tag: what is ``declared`` where the letters bear it out, else what
    the letters show, else None."""
    sample = sample_of(text)
    script, shown = _shown(sample)
    first = primary(declared)
    if first is None:
        return shown
    if shown is not None and primary(shown) == first:
        return shown if _is_other_chinese(str(declared), shown) else declared
    written = _WRITTEN.get(first)
    if script is not None and written is not None and script not in written:
        return shown
    if shown is None or (written is not None and _MOSTLY.get(script or "") == shown):
        return declared
    if written is None and script not in {"Hani", "Kana", "Hang"}:
        return declared  # a language that we cannot tell by its letters
    return shown


def language_by_letters(text: str) -> str | None:
    """The language that the letters of ``text`` (plain or HTML) leave no doubt about, as a tag: ``zh-Hans``, ``ug``,
    ``mn-Mong``; else None."""
    return _shown(sample_of(text))[1]


def sample_of(text: str) -> str:
    """The beginning and the middle of a text without markup: as much as a judgement on its letters needs."""
    head = text if len(text) <= 2 * _SAMPLE else text[:_SAMPLE] + " " + text[len(text) // 2 :][:_SAMPLE]
    return _TAG.sub(" ", head) if "<" in head else head


class _ScriptOf(dict[str, str]):
    """Character → the script it is a letter of, "" for all else; worked out at first sight."""

    def __missing__(self, char: str) -> str:
        script = self[char] = next((name for name, letters in _RANGES if letters.match(char)), "")
        return script


_script_of_letter = _ScriptOf()


def _shown(sample: str) -> tuple[str | None, str | None]:
    """The script most letters are of, and the language, where they show one."""
    if sample.isascii():
        most = sum(map(len, _ASCII_WORD.findall(sample)))
        return ("Latn" if most else None), (_by_little_words(sample) if most > _ENOUGH else None)
    letters = Counter(sample)
    counts: dict[str, int] = {}
    for char, times in letters.items():
        if script := _script_of_letter[char]:
            counts[script] = counts.get(script, 0) + times
    han, kana, latin = (counts.get(script, 0) for script in ("Hani", "Kana", "Latn"))
    if kana + han > _ENOUGH and kana > _ENOUGH // 2 and kana * 5 > han and kana * 4 > latin:
        return "Kana", "ja"
    # An ideograph is half a word: a quarter of the letters is as much as a text's names and terms take away.
    if han > _ENOUGH and han * 4 > latin and han > counts.get("Hang", 0):
        traditional, simple = (_times(those, letters) for those in (_TRADITIONAL, _SIMPLE))
        return "Hani", "zh-Hant" if traditional > simple else "zh-Hans"
    if not counts:
        return None, None
    script, most = max(counts.items(), key=lambda each: each[1])
    return script, _language_in(script, most, sample) if most > _ENOUGH else None


def _language_in(script: str, most: int, sample: str) -> str | None:
    if script == "Latn":
        return _by_little_words(sample)
    letters = Counter(sample.lower())
    for language, telling, least in _TELLING.get(script, ()):
        if _times(telling, letters) >= least * most:
            return language
    return _MOSTLY.get(script)


def _by_little_words(sample: str) -> str | None:
    """One word in eight at least is among the language's most frequent, and clearly fewer among any other's."""
    words = (_ASCII_WORD if sample.isascii() else _WORD).findall(sample.lower())
    if len(words) < _ENOUGH // 2:
        return None
    counts = dict.fromkeys(_LITTLE_WORDS, 0)
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            counts[language] += 1
    (second, _), (most, language) = sorted((count, language) for language, count in counts.items())[-2:]
    return language if most * 8 >= len(words) and most * 2 >= second * 3 else None


def _times(those: Iterable[str], times: Counter[str]) -> int:
    """How often any of ``those`` occurs. A counter asked for what it does not hold is slow to say so."""
    return sum([times[each] for each in those if each in times])


def _is_other_chinese(declared: str, shown: str) -> bool:
    """Whether simplified is declared of a text in traditional characters, or the other way round."""
    subtags = {part.title() for part in declared.replace("_", "-").split("-")[1:]}
    if shown == "zh-Hant":
        return bool(subtags & {"Cn", "Sg", "Hans"})
    return shown == "zh-Hans" and bool(subtags & {"Tw", "Hk", "Mo", "Hant"})

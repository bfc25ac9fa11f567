"""Whatever a feed is written in and whatever it claims, the parser sees UTF-8."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parsers.charset import decode

CHINESE = "国务院关于推进乡村振兴的意见，各地区各部门要认真贯彻落实"
TRADITIONAL = "立法會今日討論房屋政策，議員提出多項修訂建議"


def document(text: str, encoding: str, label: str | None) -> bytes:
    prolog = f'<?xml version="1.0" encoding="{label}"?>' if label else '<?xml version="1.0"?>'
    return (prolog + f"<rss><channel><title>{text}</title></channel></rss>").encode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding", "label", "content_type", "charset"),
    [
        (CHINESE, "utf-8", "utf-8", None, "utf-8"),
        (CHINESE, "utf-8", "gbk", "text/xml; charset=gb2312", "utf-8"),
        (CHINESE, "utf-8", None, "text/xml; charset=iso-8859-1", "utf-8"),
        (CHINESE, "gb2312", "gb2312", None, "gb18030"),
        (CHINESE + "镕囍", "gbk", "gb2312", None, "gb18030"),
        (CHINESE + "\U00020000", "gb18030", "gb2312", None, "gb18030"),
        (CHINESE, "gbk", "gbk", "text/xml; charset=iso-8859-1", "gb18030"),
        (CHINESE, "gbk", None, "text/xml; charset=gb2312", "gb18030"),
        (CHINESE * 3, "gbk", None, None, "gb18030"),
        (CHINESE * 3, "gbk", "utf-8", None, "gb18030"),
        (CHINESE * 3, "gbk", None, "text/xml; charset=ISO-8859-1", "gb18030"),
        (TRADITIONAL, "big5", "big5", None, "big5hkscs"),
        (TRADITIONAL + "嗰啲", "big5hkscs", "big5", None, "big5hkscs"),
        (TRADITIONAL * 3, "big5", None, None, "big5hkscs"),
        ("東京で会議が開かれた", "shift_jis", "Shift_JIS", None, "cp932"),
        ("東京で会議が開かれた", "euc-jp", "EUC-JP", None, "euc-jp"),
        ("서울에서 회의가 열렸다", "euc-kr", "euc-kr", None, "cp949"),
        ("Œuvre d’été — déjà vu", "windows-1252", "iso-8859-1", None, "windows-1252"),
        ("Новости дня", "windows-1251", "windows-1251", None, "windows-1251"),
        ("Новости дня", "koi8-r", "koi8-r", None, "koi8-r"),
        # labels that browsers know and Python does not, or takes for less than they mean
        (CHINESE + "镕囍", "gbk", "csGB2312", None, "gb18030"),
        (CHINESE + "镕囍", "gbk", "EUC-CN", None, "gb18030"),
        (TRADITIONAL, "big5", "x-big5", None, "big5hkscs"),
        ("서울에서 회의가 열렸다 펲", "cp949", "ks_c_5601-1989", None, "cp949"),
        ("Новости дня", "windows-1251", "win-1251", None, "cp1251"),
        ("Œuvre d’été — déjà vu", "windows-1252", "ms-ansi", None, "windows-1252"),
        # seven bits that only look like ASCII
        ("東京で会議が開かれた", "iso-2022-jp", "ISO-2022-JP", None, "iso-2022-jp"),
        ("東京で会議が開かれた", "iso-2022-jp", None, "text/xml; charset=iso-2022-jp", "iso-2022-jp"),
        ("東京で会議が開かれた", "iso-2022-jp", None, None, "iso-2022-jp"),
        (CHINESE, "hz", "HZ-GB-2312", None, "hz"),
        # said to be something else, or nothing
        ("서울에서 새로운 박물관이 문을 열었다. 많은 사람들이 찾아왔다", "euc-kr", None, None, "cp949"),
        ("Über Öl", "cp037", "ibm037", None, "ibm037"),
    ],
)
def test_the_text_survives(text: str, encoding: str, label: str | None, content_type: str | None, charset: str) -> None:
    found, utf8 = decode(document(text, encoding, label), content_type)
    assert text in utf8.decode("utf-8")
    assert found == charset


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"", "utf-32-be"),
    ],
)
def test_wide_encodings_with_and_without_mark(mark: bytes, encoding: str) -> None:
    charset, utf8 = decode(mark + document(CHINESE, encoding, "utf-16"), "text/xml; charset=gbk")
    assert charset == encoding
    assert CHINESE in utf8.decode("utf-8")
    assert not utf8.startswith(codecs.BOM_UTF8)


def test_the_prolog_says_utf_8_afterwards() -> None:
    _, utf8 = decode(document(CHINESE, "gbk", "GBK"), None)
    assert utf8.startswith(b'<?xml version="1.0" encoding="utf-8"?>')


def test_a_prolog_claiming_utf_16_over_plain_bytes_is_corrected() -> None:
    _, utf8 = decode(b'<?xml version="1.0" encoding="UTF-16"?><rss/>', None)
    assert utf8 == b'<?xml version="1.0" encoding="utf-8"?><rss/>'


def test_control_characters_go() -> None:
    assert decode(b"<rss>a\x00b\x0bc\x1fd\te\r\n</rss>", None)[1] == b"<rss>abcd\te\r\n</rss>"


def test_a_stray_western_byte_in_utf_8_is_itself_and_spoils_nothing() -> None:
    body = document(CHINESE, "utf-8", "utf-8").replace(b"</title>", b" Espa\xf1a</title>")
    charset, utf8 = decode(body, None)
    assert charset == "utf-8"
    assert CHINESE + " España" in utf8.decode("utf-8")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'\xef\xbb\xbf<?xml version="1.0"?><rss><title>\xe4\xb8\xad Espa\xf1a</title></rss>', "中 España"),
        (
            "<rss><title>Ça va, 中文, </title><item>caf?</item><item>na?ve</item></rss>".encode().replace(
                b"?", b"\xe9"
            ),
            "Ça va, 中文",
        ),
        (b'<?xml version="1.0" encoding="no-such-charset"?><rss><title>5 \x80</title></rss>', "5 €"),
    ],
)
def test_a_few_strange_bytes_do_not_make_another_encoding(body: bytes, text: str) -> None:
    assert text in decode(body, None)[1].decode("utf-8")


def test_what_only_looks_like_escapes_stays_as_it_is() -> None:
    assert decode(b"<rss>in ~{hz~} and \\x1b$B</rss>", "text/xml")[1] == b"<rss>in ~{hz~} and \\x1b$B</rss>"


def test_a_chinese_character_cut_in_half_costs_one_character() -> None:
    _, utf8 = decode(document(CHINESE, "utf-8", "utf-8").replace("振兴".encode(), "振".encode() + b"\xe5\x85"), None)
    assert "乡村振�的意见" in utf8.decode("utf-8")


def test_one_broken_byte_does_not_unmake_gb18030() -> None:
    charset, utf8 = decode(document(CHINESE * 4, "gbk", "gb2312") + b"\xff", None)
    assert charset == "gb18030"
    assert CHINESE in utf8.decode("utf-8")


@pytest.mark.parametrize("label", ["no-such-charset", "rot13", "hex", "idna", "x" * 90])
def test_a_label_that_is_no_charset_is_ignored(label: str) -> None:
    charset, utf8 = decode(document(CHINESE * 3, "gbk", label), f"text/xml; charset={label}")
    assert charset == "gb18030"
    assert CHINESE in utf8.decode("utf-8")


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=30)))
def test_no_bytes_raise_and_the_answer_is_utf_8(body: bytes, content_type: str | None) -> None:
    charset, utf8 = decode(body, content_type)
    utf8.decode("utf-8")
    assert charset

"""Names as documents write them."""

import pytest

from worker.identity.names import clean_author, fold_name
from worker.model.catalog import Publisher
from worker.rights.provenance import Publishers, clean_name, is_placeholder


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("文章来源：新华社", "新华社"),
        ("来源: 新华社", "新华社"),
        ("稿源：《人民日报》", "人民日报"),
        ("信息来源 ： 某市统计局", "某市统计局"),
        ("转自:民族在线", "民族在线"),
        ("转自民族在线", "民族在线"),
        ("（来源：新华社）", "新华社"),
        ("来源：转自：新华社", "新华社"),
        ("据新华社", "新华社"),
        ("某县融媒体中心供稿", "某县融媒体中心"),
        ("Source: Example Wire", "Example Wire"),
        ("Source Weekly", "Source Weekly"),
        ("来源网", "来源网"),
        ("深圳腾讯", "深圳腾讯"),
        ("  Example \n Wire ", "Example Wire"),
        ("来源：", None),
        ("——", None),
        ("", None),
        (None, None),
    ],
)
def test_a_source_line_yields_the_bare_name(written: str | None, name: str | None) -> None:
    assert clean_name(written) == name


STAND_INS = (
    "佚名 匿名 未知 管理员 admin Admin1 ADMIN 本站 网络 網絡 小编 编辑 来源网络 本报记者 Staff webmaster "
    "ｗｅｂｍａｓｔｅｒ Anonymous Staff-Writer N/A"
)


@pytest.mark.parametrize("name", STAND_INS.split())
def test_stand_ins_are_no_names(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["鲁迅", "巴金", "Mark Twain", "老舍", "半夏", "2049", "网易", "编辑之友"])
def test_pen_names_are_names(name: str) -> None:
    assert not is_placeholder(name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("作者：李明", "李明"),
        ("文/李明", "李明"),
        ("By Jane Roe", "Jane Roe"),
        ("by: Jane Roe", "Jane Roe"),
        ("Byron Smith", "Byron Smith"),
        ("jane@paper.example", None),
        ("admin@paper.example", "admin"),
        ("文静", "文静"),
        ("记者站", "记者站"),
        ("记者 何青", "何青"),
        ("本报记者　何青", "何青"),
        ("通訊員 王五", "王五"),
        ("记者之家", "记者之家"),
    ],
)
def test_an_author_line_yields_the_bare_name(written: str, name: str | None) -> None:
    assert clean_author(written) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("國家民族事務委員會", "国家民族事务委员会"),
        ("Example  Wire", "EXAMPLE WIRE"),
        ("Ｅｘａｍｐｌｅ Wire", "Example Wire"),
        ("人民日报·海外版", "人民日报 海外版"),
        ("《人民日报》", "人民日报"),
    ],
)
def test_spelling_does_not_part_names(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


WIRE = Publisher("wire", "Example Wire", aliases=("通讯样社",), domains=("wire.example", "wire.com.cn"))
PAPER = Publisher("paper", "样报", domains=("blogs.paper.example",))
PUBLISHERS = Publishers((WIRE, PAPER))


def test_publishers_are_found_by_any_spelling_of_their_names() -> None:
    assert PUBLISHERS.by_name("EXAMPLE　WIRE") == WIRE
    assert PUBLISHERS.by_name("通訊樣社") == WIRE
    assert PUBLISHERS.by_name("Example Wire Service") is None
    assert PUBLISHERS.by_name("") is None


def test_publishers_are_found_by_address() -> None:
    assert PUBLISHERS.by_url("https://news.wire.example/a?b=1") == WIRE
    assert PUBLISHERS.by_host("www.wire.com.cn:8443") == WIRE
    assert PUBLISHERS.by_host("com.cn") is None
    assert PUBLISHERS.by_url("https://notwire.example/") is None
    assert PUBLISHERS.by_url("https://wire.example.evil.example/") is None
    assert PUBLISHERS.by_url("javascript:alert(1)") is None


def test_a_declared_sub_domain_does_not_speak_for_the_whole_domain() -> None:
    assert PUBLISHERS.by_host("a.blogs.paper.example") == PAPER
    assert PUBLISHERS.by_host("www.paper.example") is None


def test_publishers_may_share_a_domain() -> None:
    both = Publishers((Publisher("a", "A", domains=("127.0.0.1",)), Publisher("b", "B", domains=("127.0.0.1",))))
    assert both.by_host("127.0.0.1:8001") == both.get("a")
    assert both.owns("b", "127.0.0.1:8002")

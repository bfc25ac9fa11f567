"""[guards], [periods], columns: what the file may say, and what is said about it when it is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from worker.catalog import read_catalogue
from worker.catalog.plan import diff
from worker.destinations import OPTIONS
from worker.errors import CatalogueError
from worker.model.catalog import Catalogue, Guard, Period
from worker.store.pack import from_plain, to_plain

HEAD = """\
[operator]
name = "示例新闻网"
contact = "editor@portal.example"
zone = "Asia/Shanghai"
[publishers.paper]
name = "样报"
[channels.news]
title = "要闻"
[channels.local]
title = "本地"
parent = "news"
[channels.sport]
title = "体育"
[subscribers.partner]
name = "伙伴"
[destinations.hook]
subscriber = "partner"
kind = "portal"
channels = ["news"]
"""


def read(folder: Path, text: str) -> Catalogue:
    (folder / "newsroad.toml").write_text(HEAD + text, encoding="utf-8")
    return read_catalogue(folder / "newsroad.toml", OPTIONS)


def guard(
    folder: Path, listed: str | bytes | None, text: str = '[guards.a]\nwords = "file:lists/words.txt"\n'
) -> Guard:
    if listed is not None:
        (folder / "lists").mkdir(exist_ok=True)
        data = listed if isinstance(listed, bytes) else listed.encode()
        (folder / "lists" / "words.txt").write_bytes(data)
    return read(folder, text).guards[0]


def findings(folder: Path, text: str, listed: str | bytes | None = None) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        guard(folder, listed, text)
    return [finding.replace(f"{folder}/", "") for finding in caught.value.findings]


@pytest.mark.parametrize(
    "listed",
    [
        "# 词表\n\n张三\n 李四 \r\n张三\n",
        "\ufeff张三\n李四\n".encode(),
        "张三\n李四\n".encode("gb18030"),
    ],
)
def test_words_are_read_from_a_file_beside_the_catalogue(tmp_path: Path, listed: str | bytes) -> None:
    assert guard(tmp_path, listed).words == ("张三", "李四")


def test_words_stand_in_the_file_as_well_and_all_keys_arrive(tmp_path: Path) -> None:
    text = (
        '[guards.a]\nwords = ["张三", "elect*"]\nfields = ["title"]\naction = "reject"\nchannels = ["news"]\n'
        '[periods.congress]\nfrom = 2027-03-03\nto = 2027-03-12\nchannels = ["news"]\n'
        'except = ["paper"]\nnote = "两会"\n'
    )
    found = read(tmp_path, text)
    assert found.guards == (Guard("a", ("张三", "elect*"), ("title",), "reject", ("news",)),)
    begins, ends = datetime(2027, 3, 2, 16, tzinfo=UTC), datetime(2027, 3, 12, 16, tzinfo=UTC)
    assert found.periods == (Period("congress", begins, ends, ("news",), ("paper",), "两会"),)
    assert from_plain(Guard, to_plain(found.guards[0])) == found.guards[0]


def test_a_file_is_looked_for_beside_the_one_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "own.txt").write_text("张三", encoding="utf-8")
    (tmp_path / "all.txt").write_text("李四", encoding="utf-8")
    (tmp_path / "rules" / "a.toml").write_text(
        '[guards.a]\nwords = "file:own.txt"\n[guards.b]\naction = "reject"\n', encoding="utf-8"
    )
    (tmp_path / "newsroad.toml").write_text(
        f'include = ["rules/*.toml"]\n{HEAD}[defaults.guard]\nwords = "file:all.txt"\n', encoding="utf-8"
    )
    found = read_catalogue(tmp_path / "newsroad.toml", OPTIONS).guards
    assert [(one.key, one.words) for one in found] == [("a", ("张三",)), ("b", ("李四",))]


IN_FILE = '[guards.a]\nwords = "file:lists/words.txt"\n'


@pytest.mark.parametrize(
    ("listed", "finding"),
    [
        ("", "lists/words.txt:1: guards.a: has no words (write one a line; lines that begin with # are comments)"),
        (
            "# 空\n",
            "lists/words.txt:1: guards.a: has no words (write one a line; lines that begin with # are comments)",
        ),
        ("张三\n*\n", 'lists/words.txt:2: guards.a: "*" is no word (nothing is left of it to look for)'),
        ("张三\n\u200b\n", 'lists/words.txt:2: guards.a: "\u200b" is no word (nothing is left of it to look for)'),
        (
            "张三\n" + "长" * 101,
            (
                f'lists/words.txt:2: guards.a: "{"长" * 58}… is too long for a word (at most 100 characters; '
                "one word a line)"
            ),
        ),
        (
            b"ok\nok\n\xff\xff\xff\n",
            "lists/words.txt:3: guards.a: is neither UTF-8 nor GB18030 text (save the file as UTF-8)",
        ),
        ("张三".encode("utf-16"), "lists/words.txt:1: guards.a: is UTF-16 text (save the file as UTF-8)"),
    ],
)
def test_a_word_list_that_is_none_is_refused_with_its_line(tmp_path: Path, listed: str | bytes, finding: str) -> None:
    assert findings(tmp_path, IN_FILE, listed) == [finding]


def test_a_word_list_that_is_not_there_is_refused_where_it_is_named(tmp_path: Path) -> None:
    [found] = findings(tmp_path, IN_FILE)
    assert found == (
        'newsroad.toml:21: guards.a.words: there is no file "lists/words.txt" '
        "(write one word a line into it; paths are relative to the file that names them)"
    )


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            '[guards.a]\nwords = "words.txt"\n',
            (
                'newsroad.toml:21: guards.a.words: must be a list of words, like ["one", "two"], or "file:words.txt", '
                'not "words.txt"'
            ),
        ),
        (
            '[guards.a]\nwords = ["file:a.txt"]\n',
            'newsroad.toml:21: guards.a.words: "file:a.txt" must not stand in a list (write words = "file:a.txt")',
        ),
        (
            "[guards.a]\nwords = []\n",
            (
                'newsroad.toml:21: guards.a.words: must not be empty (write a list of words, like ["one", "two"], '
                'or "file:words.txt")'
            ),
        ),
        (
            '[guards.a]\nwords = ["甲"]\nchannels = ["new"]\n',
            'newsroad.toml:22: guards.a.channels: there is no [channels.new] (did you mean "news"?)',
        ),
        (
            '[periods.p]\nfrom = 2027-03-03\nto = 2027-03-12\nexcept = ["papper"]\n',
            'newsroad.toml:23: periods.p.except: there is no [publishers.papper] (did you mean "paper"?)',
        ),
        (
            "[periods.p]\nfrom = 2027-03-03T10:00:00\nto = 2027-03-03T09:00:00\n",
            "newsroad.toml:22: periods.p.to: 2027-03-03 09:00:00 is not after from = 2027-03-03 10:00:00",
        ),
        (
            'columns = { locl = "1" }\n',
            'newsroad.toml:20: destinations.hook.columns.locl: there is no [channels.locl] (did you mean "local"?)',
        ),
        (
            'columns = { sport = "1" }\n',
            (
                "newsroad.toml:20: destinations.hook.columns.sport: nothing of [channels.sport] goes here "
                "(map one of these, a channel above or below them, or leave it out: news)"
            ),
        ),
    ],
)
def test_what_points_nowhere_is_refused(tmp_path: Path, text: str, finding: str) -> None:
    assert findings(tmp_path, text) == [finding]


def test_columns_of_a_channel_below_are_welcome(tmp_path: Path) -> None:
    assert read(tmp_path, 'columns = { local = "7" }\n').destinations[0].columns == {"local": "7"}


def test_a_plan_does_not_print_ten_thousand_words(tmp_path: Path) -> None:
    listed = [f"词{number}" for number in range(10_000)]
    old = read(tmp_path, '[guards.a]\nwords = ["甲"]\n')
    new = Catalogue(**{**{name: getattr(old, name) for name in old.__slots__}, "guards": (Guard("a", tuple(listed)),)})
    line = diff(old, new).lines()[1]
    assert line.startswith("    words: 甲 → 词0, 词1,")
    assert line.endswith("词19, … (10,000 in all)")

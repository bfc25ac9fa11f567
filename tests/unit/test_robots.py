"""robots.txt, as RFC 9309 has it: which addresses may be asked for, how fast, where the sitemaps are."""

from __future__ import annotations

from time import process_time

import pytest

from worker.parsers.robots import ALLOW_ALL, LARGEST, REFUSE_ALL, read_robots, robots_body

TEXT = """\
# everyone
User-agent: *
Disallow: /private/
Allow: /private/open.html
Disallow: /*.php$
Crawl-delay: 5

User-agent: otherbot
User-agent: Newsroad/2.0
Disallow: /search
Crawl-delay: 2.5

Sitemap: https://a.example/sitemap.xml
Sitemap: /relative.xml
sitemap: https://a.example/news.xml
"""


def test_our_own_group_outranks_the_one_for_everybody() -> None:
    robots = read_robots(TEXT)
    assert not robots.allows("https://a.example/search?q=1")
    assert robots.allows("https://a.example/private/x.html")
    assert robots.crawl_delay == 2.5


def test_without_a_group_of_ours_the_one_for_everybody_holds() -> None:
    robots = read_robots(TEXT, agent="stranger")
    assert not robots.allows("https://a.example/private/x.html")
    assert robots.allows("https://a.example/private/open.html")
    assert not robots.allows("https://a.example/x.php")
    assert robots.allows("https://a.example/x.php?a=1")
    assert robots.allows("https://a.example/search")
    assert robots.crawl_delay == 5


def test_sitemaps_are_whole_addresses() -> None:
    assert read_robots(TEXT).sitemaps == ("https://a.example/sitemap.xml", "https://a.example/news.xml")


@pytest.mark.parametrize(
    "text", ["", "nonsense", "Disallow: /", "User-agent: otherbot\nDisallow: /", "User-agent: *\nDisallow:"]
)
def test_what_forbids_nothing_allows_all(text: str) -> None:
    robots = read_robots(text)
    assert robots.allows("https://a.example/anything")
    assert (robots.crawl_delay, robots.sitemaps) == (None, ())


@pytest.mark.parametrize("name", ["news", "road", "newsroadster", "bot", "newsroad-images"])
def test_names_that_only_look_like_ours_are_not(name: str) -> None:
    text = f"User-agent: {name}\nDisallow: /\n"
    assert read_robots(text).allows("https://a.example/x")


def test_chinese_paths_in_any_spelling() -> None:
    robots = read_robots("User-agent: *\nDisallow: /内部/\n")
    assert not robots.allows("https://a.example/%E5%86%85%E9%83%A8/1.html")
    assert not robots.allows("https://a.example/内部/1.html")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end(line_end: str) -> None:
    assert not read_robots(TEXT.replace("\n", line_end), agent="x").allows("https://a.example/private/")


def test_robots_txt_itself_may_always_be_asked_for_and_nonsense_never() -> None:
    robots = read_robots(REFUSE_ALL)
    assert robots.allows("https://a.example/robots.txt")
    assert not robots.allows("https://a.example/")
    assert not robots.allows("http://[::1")


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (200, b"User-agent: *\nDisallow: /x", "User-agent: *\nDisallow: /x"),
        (200, b"\xef\xbb\xbfUser-agent: *", "User-agent: *"),
        (200, b"<html>not found</html>", ALLOW_ALL),
        (204, b"", ALLOW_ALL),
        (301, b"moved", ALLOW_ALL),
        (401, b"User-agent: *\nDisallow: /", ALLOW_ALL),
        (404, b"User-agent: *\nDisallow: /", ALLOW_ALL),
        (500, b"", REFUSE_ALL),
        (503, b"User-agent: *\nAllow: /", REFUSE_ALL),
    ],
)
def test_what_counts_after_which_answer(status: int, body: bytes, text: str) -> None:
    assert robots_body(status, body) == text


def test_only_the_first_500_kib_count() -> None:
    body = b"User-agent: *\nDisallow: /a\n" + b"#" * LARGEST + b"\nDisallow: /b\n"
    robots = read_robots(robots_body(200, body))
    assert not robots.allows("https://a.example/a")
    assert robots.allows("https://a.example/b")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"User-agent: a{n}" for n in range(17_000)) + "\n" + "Allow: /a\n" * 25_000,
        "User-agent: a\nAllow: /b\n" * 20_000,
        "User-agent: *\nDisallow: /" + "*a" * 200_000,
        "User-agent: " + "*" * 400_000 + "\nDisallow: /",
        "User-agent: *\nDisallow: /\ud800\nCrawl-delay: 1e999\nCrawl-delay: -1\nCrawl-delay: nan",
        "\x00\xff" * 100_000,
        "Sitemap: https://a.example/" + "x" * 400_000,
    ],
    ids=range(7),
)
def test_hostile_texts_are_read_in_bounded_time(text: str) -> None:
    robots = read_robots(text)
    assert robots.allows("https://a.example/" + "a" * 2_000)
    assert robots.crawl_delay is None


def test_no_number_of_wildcards_makes_looking_at_an_address_dear() -> None:
    """It is looked at by the poller, in whose time all other hosts wait."""
    rules = ["User-agent: other", *("Disallow: /*x*y" for _ in range(5_000))]
    rules += ["User-agent: *", "Disallow: /drafts/*.html", "Disallow: /*b$"]
    rules += [f"Disallow: /{number}*a*a*a*a*a*b" for number in range(10_000, 20_000)]
    robots = read_robots("\n".join([*rules, *("Disallow: /c*a*a*a*a*a*b" for _ in range(5_000)), "Allow: /11111*"]))
    robots.allows("https://a.example/")
    before = process_time()
    for number in range(50):
        robots.allows(f"https://a.example/c{'a' * 1_900}{number}")
    assert process_time() - before < 1.5
    assert not robots.allows("https://a.example/drafts/1.html")
    assert robots.allows("https://a.example/drafts/1.jpg")
    assert robots.allows("https://a.example/10000/1"), "a wildcard that counts"
    assert not robots.allows("https://a.example/19999/1"), "of what is too much, what begins alike is refused"
    assert not robots.allows("https://a.example/11111/1")

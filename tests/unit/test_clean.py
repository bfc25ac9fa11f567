"""HTML from outside is harmless, complete and absolute after one cleaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parsers.clean import clean_html, plain_text, safe_url

BASE = "https://news.example.org/2026/11/story.html"


def test_the_html_of_news_survives() -> None:
    html = (
        "<h2>Heading</h2><p>Text <strong>bold</strong> <em>thin</em><br>line</p><ul><li>one</li></ul>"
        "<blockquote>said</blockquote>"
        '<table><tbody><tr><td colspan="2">cell</td></tr></tbody></table><pre><code>x</code></pre>'
        '<figure><img src="https://cdn.example.org/a.jpg" alt="A"><figcaption>A</figcaption></figure>'
        "<ruby>漢<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>"
    )
    assert clean_html(html, BASE) == html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<iframe src='https://evil.example/'></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\nscript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>1</script>'>x</a>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<form action='https://evil.example/'><input name=q><button>go</button></form>",
        "<p style='position:fixed' class=x id=y onclick=z>text</p>",
        "<object data=x></object><embed src=x><base href='https://evil.example/'><meta http-equiv=refresh>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_that_runs_styles_or_posts_survives(hostile: str) -> None:
    cleaned = clean_html(hostile, BASE)
    for word in (
        "script",
        "onerror=",
        "onclick=",
        "<iframe",
        "<svg",
        "<form",
        "<input",
        "style=",
        "class=",
        "id=",
        "<meta",
    ):
        assert word not in cleaned.replace("&lt;", "")


@pytest.mark.parametrize(
    "embedded",
    [
        '<iframe src="https://video.example/1" />',
        "<iframe src=https://video.example/1>",
        '<object data="x.swf"><param name="a" value="b">',
        '<script src="x.js"/>',
        "<video controls src=a.mp4 />",
        '<audio src="a.mp3">',
        '<iframe src="a"></iframe><iframe src="b"/>',
    ],
)
def test_what_is_embedded_and_never_closed_does_not_swallow_the_rest(embedded: str) -> None:
    assert clean_html(f"<p>before</p>{embedded}<p>after</p>", BASE) == "<p>before</p><p>after</p>"


def test_a_script_without_an_end_does_not_show_its_code() -> None:
    assert clean_html("<p>before</p><script>var a = 1;", BASE) == "<p>before</p>"


def test_links_and_images_become_absolute_and_links_keep_no_opener() -> None:
    cleaned = clean_html('<a href="../a?x=1&amp;y=2">a</a><img src="/i.png"><img src="//cdn.example.net/j.png">', BASE)
    assert cleaned == (
        '<a href="https://news.example.org/2026/a?x=1&amp;y=2" rel="noopener noreferrer">a</a>'
        '<img src="https://news.example.org/i.png"><img src="https://cdn.example.net/j.png">'
    )


def test_without_a_base_a_relative_link_loses_its_address_and_a_relative_image_goes() -> None:
    assert clean_html('<p><a href="/a">a</a><img src="/i.png" alt="i"></p>', None) == (
        '<p><a rel="noopener noreferrer">a</a></p>'
    )


@pytest.mark.parametrize("name", ["data-src", "data-original", "data-lazy-src"])
def test_a_late_loading_image_shows_its_picture(name: str) -> None:
    html = f'<img class="lazy" src="data:image/gif;base64,R0lGOD" {name}="/a.jpg" alt="A">'
    assert clean_html(html, BASE) == '<img src="https://news.example.org/a.jpg" alt="A">'


def test_the_copy_for_browsers_without_scripts_is_no_second_picture() -> None:
    html = '<img data-src="/a.jpg" src="/blank.gif"><noscript><img src="/a.jpg"></noscript>'
    assert clean_html(html, BASE) == '<img src="https://news.example.org/a.jpg">'


@pytest.mark.parametrize(
    "pixel",
    [
        '<img src="https://t.example.com/p" width="1" height="1">',
        '<img height=1 width=1 src="https://t.example.com/p">',
        '<img src="https://t.example.com/p" width="0px" height="0px"/>',
        '<img src="https://pixel.wp.com/b.gif?x=1">',
    ],
)
def test_counting_pixels_go(pixel: str) -> None:
    assert clean_html(f"<p>text</p>{pixel}", BASE) == "<p>text</p>"


def test_plain_text_is_left_alone() -> None:
    assert clean_html("  三个代表 1 > 0  ", BASE) == "三个代表 1 &gt; 0"


def test_formulas_keep_their_letters() -> None:
    assert clean_html("<p>size <math><mi>N</mi></math> doubles</p>", BASE) == "<p>size N doubles</p>"


def test_windows_quotes_among_the_control_characters_come_back() -> None:
    assert clean_html("<p>it\x92s</p>", BASE) == "<p>it’s</p>"


def test_absurdly_deep_markup_becomes_text() -> None:
    assert clean_html("<div>" * 100_000 + "text", BASE) == "text"


@given(st.text(alphabet=st.sampled_from("<>\"'&;=/ abpimgsrc\n中\u3000\xa0!-"), max_size=120))
def test_cleaning_twice_changes_nothing(html: str) -> None:
    once = clean_html(html, BASE)
    assert clean_html(once, BASE) == once


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("a<b>b</b>c", "abc"),
        ("AT&amp;T &#8212; &nbsp; x", "AT&T — x"),
        ("Vec<T> and a < b", "Vec<T> and a < b"),
        ("习近平\u3000主持会议", "习近平\u3000主持会议"),
        ("\u3000\u3000缩进 ", "缩进"),
        ("<script>x</script>y<!-- z -->", "y"),
        ("line\n  break", "line break"),
    ],
)
def test_the_text_of_markup(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x?y=1&z=%2C#f", "https://a.example/x?y=1&z=%2C#f"),
        ("  http://a.example/ \n", "http://a.example/"),
        ("HTTPS://A.example/X", "HTTPS://A.example/X"),
        ("https://例子.测试/路径", "https://例子.测试/路径"),
        ("/x", "https://news.example.org/x"),
        ("../y", "https://news.example.org/2026/y"),
        ("?q=1", "https://news.example.org/2026/11/story.html?q=1"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("javascript:alert(1)", None),
        ("mailto:a@example.org", None),
        ("ftp://a.example/", None),
        ("http://", None),
        ("http:///x", None),
        ("https://a b/", None),
        ("https://a.example/\x01x", None),
        ("https://a.example/a\nb", None),
        ("http://a.example:port/", None),
        ("", None),
        (None, None),
    ],
)
def test_only_absolute_web_addresses_pass(url: str | None, safe: str | None) -> None:
    assert safe_url(url, BASE) == safe


@pytest.mark.parametrize("element", ["blockquote", "q", "ins", "del"])
@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "java&#9;script:alert(1)", '"onclick="x']
)
def test_where_a_quote_is_from_is_an_address_or_nothing(element: str, address: str) -> None:
    """Some sites make a link of it by script."""
    assert clean_html(f"<{element} CITE='{address}'>x</{element}>", None) == f"<{element}>x</{element}>"
    kept = f'<{element} cite="https://news.example.org/1?a=1&amp;b=2">x</{element}>'
    assert clean_html(f"<{element} cite='/1?a=1&b=2'>x</{element}>", BASE) == kept
    assert clean_html(kept, None) == kept

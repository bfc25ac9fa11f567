"""Two spellings of one address have one key; two addresses never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.identity.urls import host_of, link_key, registrable_domain

SAME = [
    # spelling
    ("http://Example.COM/a", "http://example.com/a"),
    ("http://example.com:80/a", "http://example.com/a"),
    ("https://example.com:443/a", "https://example.com/a"),
    ("http://example.com", "http://example.com/"),
    ("http://example.com/a/./b/../c", "http://example.com/a/c"),
    ("http://example.com/%7Euser", "http://example.com/~user"),
    ("http://example.com/%e4%b8%ad", "http://example.com/中"),
    ("http://例子.中国/", "http://xn--fsqu00a.xn--fiqs8s/"),
    ("http://example.com./a", "http://example.com/a"),
    (" http://example.com/a\n", "http://example.com/a"),
    ("http://user:pw@example.com/a", "http://example.com/a"),
    ("http://example.com/a?", "http://example.com/a"),
    # query and fragment
    ("http://example.com/?b=2&a=1", "http://example.com/?a=1&b=2"),
    ("http://example.com/?a=x%20y", "http://example.com/?a=x+y"),
    ("http://example.com/?a=", "http://example.com/?a"),
    ("http://example.com/?&a=1&&", "http://example.com/?a=1"),
    ("http://example.com/a#top", "http://example.com/a"),
    # what follows readers around
    ("http://example.com/a?utm_source=rss&utm_medium=feed", "http://example.com/a"),
    ("http://example.com/a?id=3&fbclid=IwAR0", "http://example.com/a?id=3"),
    ("http://example.com/a?gclid=x&mc_cid=y&mtm_campaign=z", "http://example.com/a"),
    ("https://www.sohu.com/a/700?spm=smpc.home.1&scm=1002", "https://www.sohu.com/a/700"),
    ("http://example.cn/a?from=timeline&isappinstalled=0", "http://example.cn/a"),
    ("http://example.cn/a?from=groupmessage", "http://example.cn/a"),
    ("https://news.sina.com.cn/c/x.shtml?cre=tianyi&mod=pchp&loc=1", "https://news.sina.com.cn/c/x.shtml"),
    ("https://baijiahao.baidu.com/s?id=17&wfr=spider&for=pc", "https://baijiahao.baidu.com/s?id=17"),
    (
        "https://mp.weixin.qq.com/s?__biz=M&mid=22&idx=1&sn=ab&chksm=9f&scene=27#wechat_redirect",
        "https://mp.weixin.qq.com/s?__biz=M&mid=22&idx=1&sn=ab",
    ),
    ("https://www.toutiao.com/article/1/?log_from=ab", "https://www.toutiao.com/article/1/"),
    ("https://www.bilibili.com/video/BV1?vd_source=1&spm_id_from=333", "https://www.bilibili.com/video/BV1"),
    # sessions and aliases
    ("http://example.com/a;jsessionid=1A2B?x=1", "http://example.com/a?x=1"),
    ("http://example.com/a?PHPSESSID=abc", "http://example.com/a"),
    ("https://example.com/a", "http://example.com/a"),
    ("http://www.example.com/a", "http://example.com/a"),
    ("http://m.example.com/a", "http://www.example.com/a"),
    ("http://example.com/index.html", "http://example.com/"),
    ("http://example.com/news/index.shtml", "http://example.com/news/"),
]

APART = [
    ("http://example.com/a?id=1", "http://example.com/a?id=2"),
    ("http://example.com/?123", "http://example.com/?124"),
    ("http://example.com/a?source=xinhua", "http://example.com/a?source=people"),
    ("http://example.com/a?ref=1", "http://example.com/a"),
    ("http://example.com/a?from=2", "http://example.com/a"),
    ("http://example.com/a?cid=1", "http://example.com/a?cid=2"),
    ("http://example.com/a?mc=11", "http://example.com/a?mc=12"),
    ("http://example.com/a?keyword=x", "http://example.com/a"),
    ("http://example.com/a?for=x", "http://example.com/a"),
    ("http://example.com/a?loc=x", "http://example.com/a"),
    ("http://example.com/a?f=1", "http://example.com/a?f=2"),
    ("http://example.com/A", "http://example.com/a"),
    ("http://example.com/a", "http://example.com/b"),
    ("http://example.com:8080/a", "http://example.com/a"),
    ("http://news.example.com/a", "http://sport.example.com/a"),
    ("http://example.com/#!/a", "http://example.com/#!/b"),
    ("http://example.com/#/a", "http://example.com/#/b"),
    ("http://example.com/a%2Fb", "http://example.com/a/b"),
    ("http://example.com/?a=1&a=2", "http://example.com/?a=1"),
    ("http://example.com/?a=1%262", "http://example.com/?a=1&2"),
    ("https://www.youtube.com/watch?v=a", "https://www.youtube.com/watch?v=b"),
    ("https://mp.weixin.qq.com/s/abc", "https://mp.weixin.qq.com/s/abd"),
    ("https://www.gov.cn/a", "https://www.gov.uk/a"),
    ("http://m.com/a", "http://com.example/a"),
    ("http://example.com/index.php/a", "http://example.com/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_address_share_a_key(one: str, other: str) -> None:
    assert link_key(one) == link_key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_different_addresses_keep_apart(one: str, other: str) -> None:
    assert link_key(one) != link_key(other)


@pytest.mark.parametrize("url", [url for pair in (*SAME, *APART) for url in pair])
def test_a_key_is_its_own_key(url: str) -> None:
    key = link_key(url)
    assert key is not None
    assert link_key(key) == key


def test_an_anchor_counts_when_it_is_told_to() -> None:
    assert link_key("http://example.com/a#b", keep_fragment=True) == "https://example.com/a#b"


@pytest.mark.parametrize(
    "url", ["", "mailto:a@example.org", "javascript:1", "/a", "http://", "http://[::1", "http://a:b/"]
)
def test_what_is_no_web_address_has_no_key(url: str) -> None:
    assert link_key(url) is None
    assert host_of(url) is None


@given(st.text(max_size=40))
def test_keys_are_stable_for_any_text(text: str) -> None:
    key = link_key("http://example.com/" + text)
    assert key is None or link_key(key) == key


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://News.Example.org/a", "news.example.org:80"),
        ("https://news.example.org/a", "news.example.org:443"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ("http://[::1]/", "[::1]:80"),
        ("https://例子.中国/", "xn--fsqu00a.xn--fiqs8s:443"),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.neac.gov.cn", "neac.gov.cn"),
        ("www.gov.cn", "www.gov.cn"),
        ("news.sina.com.cn:443", "sina.com.cn"),
        ("WWW.BBC.CO.UK", "bbc.co.uk"),
        ("someone.github.io", "someone.github.io"),
        ("example.org", "example.org"),
        ("localhost:8000", "localhost"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:80", "::1"),
    ],
)
def test_the_domain_somebody_registered(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain

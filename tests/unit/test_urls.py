"""Two spellings of one address have one key; two addresses never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.identity.urls import host_of, link_key, own_canonical, registrable_domain

MBD = "https://mbd.baidu.com/newspage/data/landingsuper?context={%22nid%22:%22n_1%22}"
WEIXIN = "https://mp.weixin.qq.com/s?__biz=M&mid=22&idx=1&sn=ab"
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
    ("http://example.com:443/a", "https://example.com/a"),
    ("HTTP://example.com/a", "http://example.com/a"),
    ("http://EXAMPLE。com/a", "http://example.com/a"),
    ("http://example.com/a/../../b", "http://example.com/b"),
    # query and fragment
    ("http://example.com/?b=2&a=1", "http://example.com/?a=1&b=2"),
    ("http://example.com/?a=x%20y", "http://example.com/?a=x+y"),
    ("http://example.com/?a=", "http://example.com/?a"),
    ("http://example.com/?&a=1&&", "http://example.com/?a=1"),
    ("http://example.com/a?x=%E4%B8%AD", "http://example.com/a?x=中"),
    ("http://example.com/a?x=a%2Cb%3Ac", "http://example.com/a?x=a,b:c"),
    ("http://example.com/a?to=http%3A%2F%2Fb.example%2F", "http://example.com/a?to=http://b.example/"),
    ("http://example.com/a?id=1&amp;page=2", "http://example.com/a?id=1&page=2"),
    ("http://example.com/a?id=1&amp;amp;utm_source=rss", "http://example.com/a?id=1"),
    ("http://example.com/?p=1&#038;lang=zh", "http://example.com/?p=1&lang=zh"),
    ("http://example.com/?p=1&#x26;lang=zh", "http://example.com/?lang=zh&p=1"),
    ("http://example.com/?p=1&amp;#038;utm_source=rss", "http://example.com/?p=1"),
    ("http://example.com/a#top", "http://example.com/a"),
    ("http://example.com/a#:~:text=words", "http://example.com/a"),
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
    ("http://example.com/a?UTM_Source=x&id=1", "http://example.com/a?id=1"),
    ("https://k.sina.cn/article_1_2.html?from=news&subch=onews", "https://k.sina.cn/article_1_2.html"),
    ("https://mbd.baidu.com/newspage/data/landingsuper?context=%7B%22nid%22%3A%22n_1%22%7D&n_type=1", MBD),
    (
        "https://mp.weixin.qq.com/s?__biz=M%3D%3D&mid=22&idx=1&sn=ab",
        "https://mp.weixin.qq.com/s?__biz=M==&mid=22&idx=1&sn=ab",
    ),
    ("http://mp.weixin.qq.com/s?__biz=M&amp;mid=22&amp;idx=1&amp;sn=ab&amp;key=9", WEIXIN),
    ("https://mp.weixin.qq.com/s/Ab-c?scene=1&poc_token=x&key=9", "https://mp.weixin.qq.com/s/Ab-c"),
    ("https://m.toutiao.com/article/7/?timestamp=1&app=news&use_new_style=1&x=2", "https://www.toutiao.com/article/7/"),
    ("https://www.163.com/dy/article/A.html?f=post2020&spss=adap", "https://3g.163.com/dy/article/A.html"),
    ("https://www.sohu.com/a/7_1?f=index_chan08news&fr=a&sf_a=b", "https://m.sohu.com/a/7_1"),
    ("https://new.qq.com/rain/a/2024?suid=&media_id=", "https://new.qq.com/rain/a/2024"),
    ("https://news.ifeng.com/c/8A?f=mid", "https://news.ifeng.com/c/8A"),
    (
        "https://www.guancha.cn/internation/2024_720.shtml?s=zwyxgtjbt",
        "https://m.guancha.cn/internation/2024_720.shtml",
    ),
    ("https://www.thepaper.cn/newsDetail_forward_1?commTag=true", "https://m.thepaper.cn/newsDetail_forward_1"),
    ("https://www.bbc.co.uk/news/1?at_medium=RSS&at_campaign=rss&ns_mchannel=rss", "https://www.bbc.co.uk/news/1"),
    ("https://example.com/a?srsltid=Af&gad_source=1&mibextid=x", "https://example.com/a"),
    ("https://example.com/a?WT.mc_id=x&id=2&spMailingID=7", "https://example.com/a?id=2"),
    ("https://xw.qq.com/a/1?tdsourcetag=s_pctim_aiomsg&qq_aio_chat_type=2", "https://xw.qq.com/a/1"),
    ("https://www.wsj.com/articles/a-1?mod=hp_lead_pos1&reflink=x", "https://www.wsj.com/articles/a-1"),
    ("https://www.example.com/a?amp=1", "https://www.example.com/a"),
    ("https://www.example.com/a?amp", "https://www.example.com/a"),
    ("https://www.example.com/a?outputType=amp", "https://www.example.com/a"),
    ("https://amp.example.com/a", "https://www.example.com/a"),
    # sessions and aliases
    ("http://example.com/a;jsessionid=1A2B?x=1", "http://example.com/a?x=1"),
    ("http://example.com/a?PHPSESSID=abc", "http://example.com/a"),
    ("http://example.com/a?t=1&sid=0123456789abcdef0123456789abcdef", "http://example.com/a?t=1"),
    ("http://example.com/(S(4dsj2kxk3ab5))/a.aspx", "http://example.com/a.aspx"),
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
    ("http://example.com/?123", "http://example.com/"),
    ("http://example.com/a?eid=1", "http://example.com/a"),
    ("http://example.com/a?mc=11", "http://example.com/a"),
    ("http://example.com/a?cre=1&mod=2", "http://example.com/a"),
    ("http://example.com/a?chksm=1", "http://example.com/a?chksm=2"),
    ("http://example.com/a?scene=1", "http://example.com/a"),
    ("http://example.com/a?key=1", "http://example.com/a"),
    ("http://example.com/a?fr=1", "http://example.com/a"),
    ("http://example.com/a?wfr=1", "http://example.com/a"),
    ("http://example.com/a?s=1", "http://example.com/a?s=2"),
    ("http://example.com/share?share_id=1", "http://example.com/share?share_id=2"),
    ("http://conference.example/programme?session_id=4", "http://conference.example/programme?session_id=5"),
    ("http://example.com/a?id=A", "http://example.com/a?id=a"),
    ("http://example.com/a?x=1%2B1", "http://example.com/a?x=1+1"),
    ("http://example.com/a?to=http%3A%2F%2Fb%2F%3Fx%3D1%26y%3D2", "http://example.com/a?to=http://b/?x=1&y=2"),
    ("http://example.com/a/", "http://example.com/a"),
    ("http://example.com/a;v=1", "http://example.com/a;v=2"),
    ("http://example.com/100%25", "http://example.com/100"),
    ("https://a.github.io/x", "https://b.github.io/x"),
    ("http://example.com/?post_type=member&#038;p=1", "http://example.com/?post_type=member&#038;p=2"),
    ("http://example.com/a?=1", "http://example.com/a?=2"),
    ("http://example.com/a?amp=2", "http://example.com/a?amp=3"),
    ("http://example.com/a?output=json", "http://example.com/a"),
    ("http://example.com/a?mod=1", "http://example.com/a?mod=2"),
    ("http://example.com/a/amp/", "http://example.com/a/"),
    ("http://mobile.example.com/", "http://example.com/"),  # a desk for telephones, at Chinese portals
    ("http://amp.com/a", "http://com.example/a"),
    # at hosts of which we know what selects
    ("https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=1&sn=a", "https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=2&sn=b"),
    (
        "http://mp.weixin.qq.com/s?__biz=M&amp;mid=1&amp;idx=1&amp;sn=a",
        "http://mp.weixin.qq.com/s?__biz=M&amp;mid=2&amp;idx=1&amp;sn=b",
    ),
    (
        "https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=1&signature=a",
        "https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=1&signature=b",
    ),
    (
        "https://mp.weixin.qq.com/mp/appmsg/show?__biz=M&appmsgid=1&itemidx=1",
        "https://mp.weixin.qq.com/mp/appmsg/show?__biz=M&appmsgid=2&itemidx=1",
    ),
    (
        "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=M&album_id=1",
        "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=M&album_id=2",
    ),
    ("https://baijiahao.baidu.com/s?id=1", "https://baijiahao.baidu.com/s?id=2"),
    ("https://www.bilibili.com/video/BV1?p=1", "https://www.bilibili.com/video/BV1?p=2"),
    ("https://www.youtube.com/results?search_query=a", "https://www.youtube.com/results?search_query=b"),
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


def test_the_tables_are_as_large_as_the_reference_asks() -> None:
    assert len(SAME) >= 40
    assert len(APART) >= 27
    assert 2 * len(SAME) + 2 * len(APART) >= 134  # each is held against its own key below


def test_thousands_of_labels_are_folded_like_one() -> None:
    assert link_key("http://" + "www." * 20_000 + "example.com/a") == "https://example.com/a"


@pytest.mark.parametrize(
    ("declared", "address"),
    [
        ("https://www.example.com/news/1.html", "https://m.example.com/n/1?from=timeline"),
        ("http://news.sina.com.cn/c/1.shtml", "https://k.sina.com.cn/article_1.html"),
    ],
)
def test_a_page_may_name_another_address_of_its_own_site(declared: str, address: str) -> None:
    assert own_canonical(declared, address) == declared


@pytest.mark.parametrize(
    "declared",
    [
        None,
        "",
        "javascript:1",
        "https://elsewhere.example/news/1.html",
        "https://news.co.uk/1",
        "https://www.site.com.cn/",
        "https://www.site.com.cn",
        "https://site.com.cn/index.html",
        "https://site.com.cn/?from=timeline",
        "https://site.com.cn/#top",
    ],
)
def test_a_page_names_neither_another_site_nor_the_front_page(declared: str | None) -> None:
    assert own_canonical(declared, "https://www.site.com.cn/news/2.html") is None


def test_an_anchor_counts_when_it_is_told_to() -> None:
    assert link_key("http://example.com/a#b", keep_fragment=True) == "https://example.com/a#b"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:a@example.org",
        "javascript:1",
        "/a",
        "http://",
        "http://[::1",
        "http://a:b/",
        "http://a.example\\@b.example/",
    ],
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

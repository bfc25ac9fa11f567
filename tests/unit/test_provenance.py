"""Who wrote it first, who carried it."""

from dataclasses import replace

import pytest

from worker.identity.names import is_department
from worker.model.article import AuthorState, Credit, HopBasis, HopRole
from worker.model.catalog import Grant, Operator, Publisher, Scope, Source, SourceKind
from worker.model.feed import ParsedEntry, ParsedFeed, Person, SourceRef
from worker.rights.provenance import Publishers, Scene, merge, speaks_for, trace

WIRE = Publisher("wire", "通讯样社", ("Example Wire",), ("wire.example",), "https://wire.example/")
PAPER = Publisher("paper", "样报", ("Sample Daily",), ("paper.example",), "https://www.paper.example/")
OTHER = Publisher("other", "他报", (), ("other.example",))
PUBLISHERS = Publishers((WIRE, PAPER, OTHER))
US = Operator("样站", "desk@portal.example", site="https://portal.example", editor="王编辑")
OWN = frozenset({"portal.example"})
SOURCE = Source("paper-news", "paper", SourceKind.FEED, "https://www.paper.example/rss.xml")
FEED = ParsedFeed("rss", title="样报要闻", link="https://www.paper.example/", rights="© 样报")
ENTRY = ParsedEntry(b"d" * 16, b"", title="河上新桥通车", link="https://www.paper.example/a/1")


def traced(entry: ParsedEntry = ENTRY, feed: ParsedFeed = FEED, source: Source = SOURCE, **changes: object) -> Credit:
    return trace(replace(entry, **changes), Scene(feed, source, PUBLISHERS, US, OWN))


def test_a_publishers_own_work_is_its_own() -> None:
    credit = traced()
    assert (credit.origin, credit.publisher, credit.via) == ("样报", "paper", ())
    assert credit.original_link == "https://www.paper.example/a/1"
    assert credit.original_title == "河上新桥通车"
    assert credit.copyright_notice == "© 样报"
    assert credit.editor == "王编辑"
    (hop,) = credit.hops
    assert (hop.role, hop.basis, hop.source, hop.publisher) == (
        HopRole.ORIGINATOR,
        HopBasis.SOURCE,
        "paper-news",
        "paper",
    )


@pytest.mark.parametrize("name", ["通讯样社", "來源：通訊樣社", "EXAMPLE WIRE", "转自通讯样社"])
def test_a_declared_source_is_the_origin_and_the_polled_publisher_carried_it(name: str) -> None:
    credit = _from(SourceRef(name))
    assert (credit.origin, credit.publisher, credit.via) == ("通讯样社", "wire", ("样报",))
    assert [(hop.role, hop.name) for hop in credit.hops] == [
        (HopRole.ORIGINATOR, "通讯样社"),
        (HopRole.REPUBLISHER, "样报"),
    ]
    assert credit.copyright_notice is None, "the paper's own notice does not cover the wire's text"
    assert credit.original_link == "https://www.paper.example/a/1"


def _from(ref: SourceRef, entry: ParsedEntry = ENTRY, **changes: object) -> Credit:
    changed = replace(entry, **changes)
    return trace(replace(changed, source=ref), Scene(FEED, SOURCE, PUBLISHERS, US, OWN))


def test_an_unlisted_source_is_credited_by_name() -> None:
    credit = _from(SourceRef("远方日报", "https://far.example/feed"))
    assert (credit.origin, credit.publisher, credit.via) == ("远方日报", None, ("样报",))


@pytest.mark.parametrize(
    "ref",
    [
        SourceRef("样报"),
        SourceRef("Sample Daily - Sport"),
        SourceRef("样报要闻", "https://www.paper.example/rss.xml"),
        SourceRef("样报体育版", "https://sport.paper.example/feed"),
        SourceRef("本站"),
        SourceRef(None, "https://www.paper.example/rss.xml"),
        SourceRef(None, None, rights="© 样报"),
    ],
)
def test_a_source_element_naming_the_publisher_itself_changes_nothing(ref: SourceRef) -> None:
    credit = _from(ref)
    assert (credit.origin, credit.publisher, credit.via) == ("样报", "paper", ())


def test_a_name_that_only_begins_alike_is_another() -> None:
    assert _from(SourceRef("样报网络电视")).publisher is None


def test_a_source_without_name_is_known_by_its_address() -> None:
    assert _from(SourceRef(None, "https://feeds.wire.example/all")).publisher == "wire"
    assert _from(SourceRef("通讯样社体育部", "https://wire.example/sport")).origin == "通讯样社体育部"


@pytest.mark.parametrize("name", ["网络", "来源：互联网", "综合"])
def test_from_the_web_credits_no_first_publisher(name: str) -> None:
    credit = _from(SourceRef(name))
    assert (credit.origin, credit.publisher, credit.license, credit.copyright_notice) == ("样报", None, None, None)
    assert [hop.role for hop in credit.hops] == [HopRole.REPUBLISHER]


def test_an_agency_in_the_authors_place_is_the_origin() -> None:
    credit = traced(authors=(Person("Example Wire"),))
    assert (credit.publisher, credit.authors, credit.author_state) == ("wire", (), AuthorState.UNSIGNED)


def test_a_via_link_is_believed_when_it_lies_with_the_declared_source() -> None:
    credit = _from(SourceRef("通讯样社"), via="https://www.wire.example/7.html")
    assert credit.original_link == "https://www.wire.example/7.html"
    assert credit.hops[0].basis is HopBasis.LINK
    assert credit.claimed == ()


def test_an_unlisted_sources_link_is_believed_on_the_address_given_of_it() -> None:
    ref = SourceRef("远方日报", "https://far.example/feed")
    assert _from(ref, link="https://www.far.example/9").original_link == "https://www.far.example/9"
    assert _from(ref, link="https://wire.example/9").original_link is None


@pytest.mark.parametrize("field", ["via", "link"])
def test_a_strangers_link_is_a_claim_and_nobodys_credit(field: str) -> None:
    credit = traced(**{field: "https://wire.example/7"})
    assert (credit.origin, credit.publisher) == ("样报", "paper")
    assert credit.original_link in ("https://www.paper.example/a/1", None)
    (claim,) = credit.claimed
    assert (claim.role, claim.publisher, claim.link) == (HopRole.CLAIMED, "wire", "https://wire.example/7")
    assert claim.source == "paper-news"
    assert all(hop.publisher != "wire" for hop in credit.hops)


def test_a_link_elsewhere_than_the_declared_source_is_a_claim() -> None:
    credit = _from(SourceRef("通讯样社"), via="https://other.example/7")
    assert credit.original_link == "https://www.paper.example/a/1"
    assert [claim.publisher for claim in credit.claimed] == ["other"]


def test_a_permalink_guid_stands_in_for_a_claimed_link() -> None:
    credit = traced(link="https://cdn.example/x", guid="https://www.paper.example/a/1", guid_is_permalink=True)
    assert credit.original_link == "https://www.paper.example/a/1"


def test_a_publisher_without_domains_is_at_home_where_its_feed_says() -> None:
    publishers = Publishers((Publisher("blog", "小镇博客"), WIRE))
    source = Source("blog", "blog", SourceKind.FEED, "https://feeds.host.example/blog")
    feed = ParsedFeed("rss", link="https://blog.example/")
    entry = replace(ENTRY, link="https://blog.example/1")
    assert trace(entry, Scene(feed, source, publishers, US, OWN)).original_link == "https://blog.example/1"
    stolen = replace(feed, link="https://wire.example/")
    entry = replace(ENTRY, link="https://wire.example/1")
    assert trace(entry, Scene(stolen, source, publishers, US, OWN)).original_link is None


class TestOurOwnArticlesComingBack:
    @pytest.mark.parametrize("ref", [SourceRef("样站"), SourceRef(None, "https://portal.example/feed.xml")])
    def test_naming_us_as_the_source_adds_no_hop(self, ref: SourceRef) -> None:
        credit = _from(ref)
        assert (credit.hops, credit.via, credit.publisher) == ((), (), None)

    @pytest.mark.parametrize("field", ["via", "link"])
    def test_linking_to_us_adds_no_hop(self, field: str) -> None:
        credit = traced(**{field: "https://portal.example/a/1"})
        assert (credit.hops, credit.claimed, credit.publisher) == ((), (), None)

    def test_the_first_publisher_named_beside_us_stays_credited(self) -> None:
        credit = _from(SourceRef("通讯样社"), via="https://portal.example/a/1")
        assert [(hop.name, hop.role) for hop in credit.hops] == [("通讯样社", HopRole.ORIGINATOR)]
        assert credit.via == ()

    def test_a_source_on_our_own_host_is_no_echo(self) -> None:
        source = replace(SOURCE, url="http://127.0.0.1:9000/feed")
        entry = replace(ENTRY, link="http://127.0.0.1:9000/1")
        credit = trace(entry, Scene(FEED, source, PUBLISHERS, US, frozenset({"127.0.0.1"})))
        assert credit.publisher == "paper"
        assert credit.original_link == "http://127.0.0.1:9000/1"


class TestAuthors:
    def test_the_entrys_own_come_first(self) -> None:
        credit = traced(
            feed=replace(FEED, authors=(Person("主编"),)), authors=(Person("作者：李明"), Person("By 李明"))
        )
        assert [person.name for person in credit.authors] == ["李明"]
        assert credit.author_state is AuthorState.NAMED

    def test_the_sources_own_come_next(self) -> None:
        credit = _from(SourceRef("通讯样社", authors=(Person("张三"),)))
        assert [person.name for person in credit.authors] == ["张三"]

    def test_the_feeds_are_inherited_by_its_own_work_only(self) -> None:
        feed = replace(FEED, authors=(Person("陈主笔"),))
        assert [person.name for person in traced(feed=feed).authors] == ["陈主笔"]
        reprint = trace(replace(ENTRY, source=SourceRef("通讯样社")), Scene(feed, SOURCE, PUBLISHERS, US, OWN))
        assert (reprint.authors, reprint.author_state) == ((), AuthorState.UNSIGNED)

    @pytest.mark.parametrize("name", ["样报", "Sample Daily", "样站", "样报要闻"])
    def test_an_organisation_is_no_person(self, name: str) -> None:
        credit = traced(authors=(Person(name),))
        assert (credit.authors, credit.author_state, credit.publisher) == ((), AuthorState.UNSIGNED, "paper")

    def test_a_placeholder_is_no_person_and_is_not_forgotten(self) -> None:
        credit = traced(authors=(Person("admin"),))
        assert (credit.authors, credit.author_state) == ((), AuthorState.PLACEHOLDER)
        assert traced(authors=(Person("佚名"), Person("李明"))).author_state is AuthorState.NAMED


class TestTerms:
    def test_the_items_own_notice_beats_the_feeds(self) -> None:
        assert traced(rights="© 李明").copyright_notice == "© 李明"
        assert _from(SourceRef("通讯样社", rights="© 通讯样社")).copyright_notice == "© 通讯样社"

    def test_a_licence_is_the_items_then_its_sources_then_the_feeds(self) -> None:
        feed = replace(FEED, license="https://creativecommons.org/licenses/by/4.0/")
        assert traced(feed=feed).license_scope == "feed"
        own = traced(feed=feed, license="https://creativecommons.org/licenses/by-nc/4.0/")
        assert (own.license, own.license_scope) == ("https://creativecommons.org/licenses/by-nc/4.0/", "entry")
        reprint = trace(replace(ENTRY, source=SourceRef("通讯样社")), Scene(feed, SOURCE, PUBLISHERS, US, OWN))
        assert (reprint.license, reprint.license_scope) == (None, None)
        assert _from(SourceRef("通讯样社", license="https://l.example/x")).license_scope == "source"

    def test_an_unspecified_licence_stops_inheritance(self) -> None:
        feed = replace(FEED, license="https://creativecommons.org/licenses/by/4.0/")
        assert traced(feed=feed, license="http://purl.org/atompub/license#unspecified").license is None


class TestMerging:
    def test_who_else_carried_it_is_recorded_once_and_the_origin_stays(self) -> None:
        lead = trace(
            replace(ENTRY, link="https://wire.example/1"),
            Scene(
                ParsedFeed("rss"),
                Source("wire", "wire", SourceKind.FEED, "https://wire.example/rss"),
                PUBLISHERS,
                US,
                OWN,
            ),
        )
        copy = _from(SourceRef("通讯样社"))
        merged = merge(lead, [copy, copy])
        assert (merged.origin, merged.publisher) == ("通讯样社", "wire")
        assert merged.via == (), "the text that is sent did not come by way of the reprinter"
        assert [hop.role for hop in merged.hops] == [HopRole.ORIGINATOR, HopRole.REPUBLISHER]
        assert merged.authors == lead.authors

    def test_another_copys_idea_of_the_origin_is_only_its_claim(self) -> None:
        merged = merge(traced(), [_from(SourceRef("远方日报"))])
        assert merged.via == ()
        assert [claim.name for claim in merged.claimed] == ["远方日报"]

    def test_another_publisher_claiming_the_same_text_becomes_a_republisher(self) -> None:
        source = Source("other", "other", SourceKind.FEED, "https://other.example/rss")
        copy = trace(
            replace(ENTRY, link="https://other.example/1"), Scene(ParsedFeed("rss"), source, PUBLISHERS, US, OWN)
        )
        merged = merge(traced(), [copy])
        assert merged.publisher == "paper"
        assert [(hop.role, hop.name) for hop in merged.hops][1:] == [(HopRole.REPUBLISHER, "他报")]
        assert merge(merged, [copy]) == merged

    def test_the_credit_tells_the_way_of_the_text_that_is_sent(self) -> None:
        reprint = _from(SourceRef("通讯样社"))
        assert merge(reprint, [traced()]).via == ("样报",)

    def test_our_own_article_coming_back_adds_nothing(self) -> None:
        assert merge(traced(), [_from(SourceRef("样站"))]) == traced()


def test_only_the_credited_publisher_or_a_licensed_carrier_speaks() -> None:
    reprint = _from(SourceRef("通讯样社"))
    assert speaks_for(SOURCE, traced(), ())
    assert not speaks_for(SOURCE, reprint, ())
    assert not speaks_for(SOURCE, reprint, [Grant("g", "paper"), Grant("w", "wire", scope=Scope.CARRIED)])
    assert speaks_for(SOURCE, reprint, [Grant("g", "paper", scope=Scope.CARRIED)])
    assert not speaks_for(SOURCE, reprint, [Grant("g", "paper", scope=Scope.CARRIED, sources=("paper-local",))])


@pytest.mark.parametrize("name", ["办公厅", "新闻中心", "党委宣传部", "机关党委", "Press Office", "辦公廳"])
def test_a_department_is_no_publisher(name: str) -> None:
    assert is_department(name)


@pytest.mark.parametrize("name", ["新华社", "央视新闻", "中国新闻社", "国家民委", "北京日报", "人民网", "公安部"])
def test_a_publisher_is_no_department(name: str) -> None:
    assert not is_department(name)


def test_a_department_is_its_publisher_by_the_page_it_stands_on() -> None:
    assert _from(SourceRef("办公厅")).publisher == "paper"


def test_a_department_is_its_publisher_by_the_address_of_the_original() -> None:
    credit = _from(SourceRef("办公厅"), via="https://www.wire.example/news/7.html")
    assert (credit.origin, credit.publisher) == ("通讯样社", "wire")
    assert credit.original_link == "https://www.wire.example/news/7.html"
    assert credit.via == ("样报",)

"""What every output format owes a reader and a rights holder, run over each renderer there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.fakes import (
    CREDIT,
    ENGLISH,
    NOON,
    OPERATOR,
    a_head,
    a_link,
    a_release,
    a_withdrawal,
    an_english_release,
    an_excerpt,
    article_id,
    every_row,
    row_of,
)
from worker.model.article import AuthorState, Hop, HopBasis, HopRole
from worker.model.catalog import Use
from worker.model.delivery import Attribution, FeedHead, Rendition
from worker.model.feed import Person
from worker.ports import ShelfRow
from worker.renderers import RENDERERS

Entry = dict[str, Any]
NR = "{urn:newsroad:rights:1}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(params=sorted(RENDERERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def render(name: str) -> Callable[[FeedHead, Sequence[ShelfRow]], Rendition]:
    return RENDERERS[name]


def read_back(name: str, body: bytes) -> list[Entry]:
    """Entries as a reader's program sees them: {id, title, html, link, authors, license, publisher, use, …}."""
    if name == "json":
        return [_from_json(entry) for entry in json.loads(body)["items"]]
    parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    uses = [use.text for use in etree.fromstring(body).iter(f"{NR}use")]
    uses += [None] * (len(parsed.entries) - len(uses))
    return [{**_from_xml(entry), "use": use} for entry, use in zip(parsed.entries, uses, strict=True)]


def _from_json(entry: Entry) -> Entry:
    rights = entry["_newsroad"]
    return {
        "id": entry["id"],
        "title": entry["title"],
        "html": entry["content_html"],
        "authors": [author["name"] for author in entry.get("authors", [])],
        "origin": rights.get("source", {}).get("name"),
        "origin_link": entry.get("external_url"),
        "license": rights.get("license"),
        "use": rights.get("use"),
        "rights": rights.get("copyright_notice"),
    }


def _from_xml(entry: Any) -> Entry:
    links = {link.rel: link.href for link in entry.links}
    content = entry.content[0].value if "content" in entry else entry.get("summary", "")
    return {
        "id": entry.id,
        "title": entry.title,
        "html": content,
        "authors": [author["name"] for author in entry.get("authors", []) if author.get("name")],
        "origin": entry.get("publisher"),
        "origin_link": links.get("via"),
        "license": links.get("license"),
        "rights": entry.get("rights"),
    }


def test_every_entry_opens_with_its_credit_line(name: str, render: Any) -> None:
    shown = [a_release(), an_english_release(), an_excerpt(), a_link()]
    entries = read_back(name, render(a_head(), [row_of(one) for one in shown]).body)
    assert len(entries) == len(shown)
    for entry, release in zip(entries, shown, strict=True):
        opening = entry["html"].index(release.attribution.line_html)
        assert opening <= len('<p class="newsroad-credit">')
        assert release.attribution.notice_html in entry["html"]


def test_credit_is_machine_readable(name: str, render: Any) -> None:
    chinese, english = read_back(name, render(a_head(), [row_of(a_release()), row_of(an_english_release())]).body)
    assert chinese["origin"] == "江城民族事务局"
    assert chinese["origin_link"] == CREDIT.original_link
    assert chinese["rights"] == CREDIT.copyright_notice
    assert chinese["license"] == "http://purl.org/atompub/license#unspecified"
    assert chinese["use"] == "full_text"
    assert english["origin"] == "Harbour Gazette"
    assert english["authors"] == ["Ida Quill", "Tom Reed"]
    assert english["license"] == ENGLISH.license


def test_the_way_of_the_text_is_told_hop_by_hop(name: str, render: Any) -> None:
    text = render(a_head(), [row_of(a_release())]).body.decode()
    assert "同心在线" in text
    assert "republisher" in text
    assert "GRANT_ACTIVE" in text
    assert "jiangcheng-2026" in text
    assert "2027-01-01T00:00:00Z" in text


@pytest.mark.parametrize("state", [AuthorState.UNSIGNED, AuthorState.PLACEHOLDER])
def test_an_unsigned_reprint_gets_no_author_and_never_ours(name: str, render: Any, state: AuthorState) -> None:
    credit = replace(CREDIT, author_state=state, authors=(Person("佚名"),) if state is AuthorState.PLACEHOLDER else ())
    body = render(a_head(), [row_of(a_release(credit=credit))]).body
    (entry,) = read_back(name, body)
    assert OPERATOR.name not in entry["authors"]
    assert "佚名" not in entry["authors"]
    assert "原文未署名" in entry["html"] or state is AuthorState.PLACEHOLDER


def test_nobody_takes_us_for_author_or_rights_holder(name: str, render: Any) -> None:
    body = render(a_head(), every_row()).body
    if name == "json":
        feed = json.loads(body)
        assert "authors" not in feed
        assert "author" not in feed
        assert OPERATOR.name not in feed["_newsroad"]["rights"]
        return
    parsed = feedparser.parse(body)
    assert OPERATOR.name not in parsed.feed.get("rights", "")
    for entry in parsed.entries:
        assert all(author.get("name") != OPERATOR.name for author in entry.get("authors", []))
        assert OPERATOR.name not in entry.get("rights", "")
    if name == "rss":
        assert "author" not in parsed.feed


def test_operator_and_contact_are_in_the_feed(name: str, render: Any) -> None:
    text = render(a_head(), []).body.decode()
    assert OPERATOR.name in text
    assert OPERATOR.contact in text


def test_a_licence_a_republisher_declared_is_not_passed_on(name: str, render: Any) -> None:
    stranger = Hop(HopRole.ORIGINATOR, "Harbour Gazette", HopBasis.DECLARED, "gazette")
    (entry,) = read_back(
        name, render(a_head(), [row_of(an_english_release(credit=replace(ENGLISH, hops=(stranger,))))]).body
    )
    assert entry["license"] == "http://purl.org/atompub/license#unspecified"


def test_a_withdrawn_article_leaves_its_trace_and_nothing_of_its_text(name: str, render: Any) -> None:
    withdrawal = a_withdrawal(1)
    text = render(a_head(), [row_of(withdrawal)]).body.decode()
    assert f"urn:uuid:{article_id(1)}" in text
    assert "NOTICE_UPHELD" in text
    assert withdrawal.line_text in text
    assert "代表团" not in text


def test_a_withdrawn_article_keeps_its_id(name: str, render: Any) -> None:
    before = render(a_head(), [row_of(a_release(1))]).body.decode()
    after = render(a_head(), [row_of(a_withdrawal(1))]).body.decode()
    assert f"urn:uuid:{article_id(1)}" in before
    assert f"urn:uuid:{article_id(1)}" in after


def test_the_same_rows_give_the_same_bytes(name: str, render: Any) -> None:
    assert render(a_head(), every_row()) == render(a_head(), every_row())


def test_the_feed_is_as_new_as_its_newest_row(name: str, render: Any) -> None:
    rows = [row_of(a_release(1), NOON), row_of(an_english_release(2), NOON + timedelta(hours=3))]
    text = render(a_head(updated=NOON + timedelta(days=9)), rows).body.decode()
    assert "2026-12-02" not in text
    assert "02 Dec 2026" not in text
    assert ("2026-11-23T07:00:00Z" in text) or ("Mon, 23 Nov 2026 07:00:00 GMT" in text)


def test_no_row_without_attribution_can_be_built() -> None:
    for line_text, line_html in (("", ""), (" ", "<b> </b>"), ("来源", ""), ("", "来源")):
        with pytest.raises(ValueError, match="credit line"):
            Attribution(line_text, line_html, "notice", "notice")


@pytest.mark.parametrize(
    ("use", "body", "excerpt"),
    [
        (Use.HOLD, None, None),
        (Use.REJECT, None, None),
        (Use.EXCERPT, "<p>all of it</p>", None),
        (Use.LINK_ONLY, "<p>all of it</p>", None),
        (Use.LINK_ONLY, None, "some of it"),
    ],
)
def test_no_release_carries_more_than_its_use_allows(use: Use, body: str | None, excerpt: str | None) -> None:
    with pytest.raises(ValueError, match=r"carries no|may be released"):
        replace(a_release(), use=use, body=body, excerpt=excerpt)


HOSTILE = [
    'Title </title><script>alert("1")</script> & ]]> <b>',
    "bell \x07 nul \x00 esc \x1b \ufffe surrogate \ud800 end",
    "家 👨‍👩‍👧‍👦 🇨🇳 𠮷野家 e\u0301",
    "\u202eright to left\u202c עברית العربية",
    "C2PA\ufeff\U000e0100\U000e0101",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_odd_characters_in_a_title_arrive_or_are_left_out_but_break_nothing(name: str, render: Any, title: str) -> None:
    body = f"<p>{title.replace('<', '&lt;')}</p>"
    release = replace(a_release(), title=title, body=body, categories=(title,))
    (entry,) = read_back(name, render(a_head(title=title), [row_of(release)]).body)
    for word in ("script", "end", "𠮷野家", "עברית", "C2PA"):
        assert (word in title) == (word in entry["title"])


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_gives_a_well_formed_document(title: str, origin: str) -> None:
    release = a_release(title=title, credit=replace(CREDIT, origin=origin or "x", copyright_notice=title))
    for name, render in RENDERERS.items():
        body = render(a_head(), [row_of(release)]).body
        if name == "json":
            json.loads(body)
        else:
            etree.fromstring(body)


def test_an_entry_without_any_link_is_still_valid(name: str, render: Any) -> None:
    bare = replace(CREDIT, original_link=None, site=None)
    (entry,) = read_back(name, render(a_head(), [row_of(a_release(credit=bare, address=None))]).body)
    assert entry["origin"] == "江城民族事务局"


def test_atom_says_whose_an_unsigned_entry_is() -> None:
    """RFC 4287 §4.2.1: without its own author an entry takes its source's, and only then the feed's, which is us."""
    feed = etree.fromstring(RENDERERS["atom"](a_head(), every_row()).body)
    for entry in feed.iter(f"{ATOM}entry"):
        own = entry.findall(f"{ATOM}author")
        inherited = entry.findall(f"{ATOM}source/{ATOM}author/{ATOM}name")
        assert own or [name.text for name in inherited] == ["江城民族事务局"]


def test_rss_keeps_a_stub_because_it_has_no_tombstone() -> None:
    root = etree.fromstring(
        RENDERERS["rss"](a_head(), [row_of(a_withdrawal(1)), row_of(a_withdrawal(2, language="en"))]).body
    )
    assert [title.text for title in root.findall("channel/item/title")] == ["[已撤回]", "[Withdrawn]"]
    assert root.find("channel/item/link") is None


def test_json_lists_what_was_withdrawn() -> None:
    feed = json.loads(RENDERERS["json"](a_head(), every_row()).body)
    assert [one["id"] for one in feed["_newsroad"]["withdrawn"]] == [f"urn:uuid:{article_id(5)}"]
    assert feed["items"][-1]["_newsroad"]["withdrawn"]["reason"] == "NOTICE_UPHELD"


def test_rss_has_one_enclosure_and_links_to_the_rest() -> None:
    root = etree.fromstring(RENDERERS["rss"](a_head(), [row_of(an_english_release())]).body)
    assert len(root.findall("channel/item/enclosure")) == 1
    rest = [link.get("href") for link in root.iter(f"{ATOM}link") if link.get("rel") == "enclosure"]
    assert rest == ["https://gazette.example/tides.pdf"]

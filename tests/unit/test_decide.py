"""One line per rule of worker/rights/decide.py, with its traps."""

# ruff: noqa: E501  (a table reads better in lines than in columns)

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from worker.identity.urls import link_digest
from worker.model.article import Credit, Hop, HopBasis, HopRole, Version
from worker.model.catalog import Destination, Grant, Publisher, Scope, Source, SourceKind, Subscriber, Use
from worker.model.delivery import Decision, Reason
from worker.model.media import MediaCopy, MediaState
from worker.model.page import Attachment, PageImage
from worker.rights.decide import Case, decide, is_reserved
from worker.rights.endings import Given
from worker.rights.publishers import Publishers

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FULL, EXCERPT, LINK, HOLD, REJECT = Use
PUBLISHERS = Publishers(
    (
        Publisher("paper", "样报", ("Sample Daily",), ("paper.example",)),
        Publisher("wire", "通讯样社", (), ("wire.example",)),
        Publisher("partner-house", "邻报集团", ("邻报",), ("partner.example",)),
    )
)
BY = "https://creativecommons.org/licenses/by/4.0/"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"
BY_NC = "https://creativecommons.org/licenses/by-nc/4.0/"
BY_ND = "https://creativecommons.org/licenses/by-nd/4.0/"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"

OWN = Credit(
    "样报",
    "河上新桥通车",
    "https://www.paper.example/1",
    publisher="paper",
    hops=(
        Hop(HopRole.ORIGINATOR, "样报", HopBasis.SOURCE, "paper", "https://www.paper.example/1", None, "paper-news"),
    ),
)
REPRINT = Credit(
    "通讯样社",
    "河上新桥通车",
    "https://www.paper.example/1",
    publisher="wire",
    via=("样报",),
    hops=(
        Hop(HopRole.ORIGINATOR, "通讯样社", HopBasis.DECLARED, "wire"),
        Hop(HopRole.REPUBLISHER, "样报", HopBasis.SOURCE, "paper", None, None, "paper-news"),
    ),
)
CLAIM = Hop(HopRole.CLAIMED, "通讯样社", HopBasis.LINK, "wire", "https://wire.example/7", None, "paper-news")
VERSION = Version(
    article=UUID(int=1),
    number=3,
    title="河上新桥通车",
    body="<p>正文。</p>",
    summary="<p>摘要。</p>",
    language="zh-CN",
    published=NOW,
    updated=None,
    categories=(),
    enclosures=(),
    link=None,
    source="paper-news",
    first_seen=NOW,
    credit=OWN,
)
CASE = Case(
    version=VERSION,
    source=Source("paper-news", "paper", SourceKind.FEED, "https://www.paper.example/rss"),
    destination=Destination("partner-hook", "partner", "webhook", ("news",)),
    subscriber=Subscriber("partner", "合作方", territory="CN"),
    publishers=PUBLISHERS,
    grants=(),
    channels=("news", "news-local"),
    now=NOW,
)
GRANT = Grant("p-17", "paper", version=4)
CARRIED = replace(GRANT, key="p-18", scope=Scope.CARRIED)
APPROVAL = Decision(FULL, (Reason.APPROVED,), by="李编辑", note="已核实", valid_until=NOW + DAY)
HOUR = timedelta(hours=1)
IMAGE = "https://www.paper.example/a.png"
PICTURED = {"body": f'<p>看图。</p><figure><img src="{IMAGE}"></figure>', "images": (PageImage(IMAGE),)}
LONG = {**PICTURED, "body": f'<p>{"正文。" * 40}</p><img src="{IMAGE}">'}
ATTACHED = {"body": f'<p>通知见<a href="{IMAGE}">附件</a>。</p>', "attachments": (Attachment(IMAGE),)}
MEDIA = replace(GRANT, media=True)


@dataclass(frozen=True)
class Row:
    name: str
    use: Use
    reasons: str
    grants: tuple[Grant, ...] = ()
    credit: Credit = OWN
    version: dict[str, Any] = field(default_factory=dict)
    subscriber: dict[str, Any] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    until: datetime | None = None
    grant: str | None = None


def ended(grant: Grant) -> Grant:
    return replace(grant, valid_until=NOW)


def licensed(uri: str, credit: Credit = OWN, notice: str | None = None) -> Credit:
    return replace(credit, license=uri, license_scope="entry", copyright_notice=notice)


def wanting(images: str, **case: Any) -> dict[str, Any]:
    return {"destination": Destination("partner-hook", "partner", "webhook", ("news",), {"images": images}), **case}


def copied(state: MediaState, since: datetime = NOW) -> dict[bytes, MediaCopy]:
    return {link_digest(IMAGE): MediaCopy(state, since, "image/png")}


def without(**limits: Any) -> tuple[Grant, ...]:
    return (replace(GRANT, **limits),)


UNDER = Decision(FULL, (Reason.GRANT_ACTIVE,), grant="p-17", grant_version=4)


def out(same: bool) -> dict[str, Any]:
    return {"given": Given(UNDER, FULL, same=same)}


ROWS = [
    Row("2 embargo holds even under a grant", HOLD, "EMBARGO_ACTIVE", (GRANT,), case={"embargo_until": NOW + DAY}, until=NOW + DAY),
    Row("2 an embargo that ends now is over", FULL, "GRANT_ACTIVE", (GRANT,), case={"embargo_until": NOW}, grant="p-17"),
    Row("3 the origin's own expiry has passed", REJECT, "EXPIRED", (GRANT,), case={"expires": NOW}),
    Row("3 an expiry to come bounds the decision", FULL, "GRANT_ACTIVE", (GRANT,), case={"expires": NOW + DAY}, until=NOW + DAY, grant="p-17"),
    Row("3 an ended grant leaves what is allowed without", EXCERPT, "EXPIRED FEED_FULL_NOT_LICENCE", (ended(GRANT),), grant="p-17"),
    Row("3 what is out under an ended grant stays", FULL, "GRANT_ENDED", (ended(GRANT),), case=out(True), grant="p-17"),
    Row("3 what is out under a grant that left the file stays", FULL, "GRANT_ENDED", (), case={**out(True), "gone": (GRANT,)}, grant="p-17"),
    Row("3 also where another grant leaves this destination out", FULL, "GRANT_ENDED", without(key="p-20", destinations=("elsewhere",)), case={**out(True), "gone": (GRANT,)}, grant="p-17"),
    Row("3 but not where it is left out by the grant itself", REJECT, "DEST_OUT_OF_SCOPE", (ended(replace(GRANT, destinations=("elsewhere",))),), case=out(True), grant="p-17"),
    Row("3 no newer version goes under it, nor on a person's yes", HOLD, "GRANT_ENDED", (ended(GRANT),), case={**out(False), "approval": APPROVAL}, grant="p-17"),
    Row("3 what may be out goes as less", EXCERPT, "EXPIRED FEED_FULL_NOT_LICENCE", (ended(GRANT),), case={"given": Given(UNDER, None, maybe=True)}, grant="p-17"),
    Row("3 a grant may want it back", REJECT, "EXPIRED", (ended(replace(GRANT, on_expiry="withdraw")),), case=out(True), grant="p-17"),
    Row("3 taken back it stays, whatever the line says later", REJECT, "EXPIRED", (ended(GRANT),), case={"given": Given(Decision(REJECT, (Reason.EXPIRED,), grant="p-17"))}, grant="p-17"),
    Row("3 an ended grant beside an open licence", FULL, "LICENCE_OPEN", (ended(GRANT),), licensed(BY)),
    Row("3 an ended grant beside one in force", FULL, "GRANT_ACTIVE", (ended(GRANT), replace(GRANT, key="p-19")), grant="p-19"),
    Row("3 an ended carrier's grant leaves a link", LINK, "EXPIRED DEFAULT_DENY", (ended(CARRIED),), REPRINT, grant="p-18"),
    Row("4 another destination's grant", REJECT, "DEST_OUT_OF_SCOPE", without(destinations=("elsewhere",)), grant="p-17"),
    Row("4 another subscriber's grant", REJECT, "DEST_OUT_OF_SCOPE", without(subscribers=("someone",)), grant="p-17"),
    Row("4 another channel", REJECT, "DEST_OUT_OF_SCOPE", without(channels=("sport",)), grant="p-17"),
    Row("4 one channel inside is enough", FULL, "GRANT_ACTIVE", without(channels=("sport", "news-local")), grant="p-17"),
    Row("4 another language", REJECT, "DEST_OUT_OF_SCOPE", without(languages=("en",)), grant="p-17"),
    Row("4 a language by its primary subtag", FULL, "GRANT_ACTIVE", without(languages=("zh-Hant",)), grant="p-17"),
    Row("4 an unknown language is not covered", REJECT, "DEST_OUT_OF_SCOPE", without(languages=("zh",)), version={"language": None}, grant="p-17"),
    Row("4 another territory", REJECT, "DEST_OUT_OF_SCOPE", without(territories=("DE", "FR")), grant="p-17"),
    Row("4 the same territory in other letters", FULL, "GRANT_ACTIVE", without(territories=("cn",)), grant="p-17"),
    Row("4 an unknown territory is not covered", REJECT, "DEST_OUT_OF_SCOPE", without(territories=("CN",)), subscriber={"territory": None}, grant="p-17"),
    Row("4 commercial partner, non-commercial grant", REJECT, "DEST_OUT_OF_SCOPE", without(commercial=False), grant="p-17"),
    Row("4 non-commercial partner, non-commercial grant", FULL, "GRANT_ACTIVE", without(commercial=False), subscriber={"commercial": False}, grant="p-17"),
    Row("4 a limited grant running out widens nothing", REJECT, "DEST_OUT_OF_SCOPE", (ended(replace(GRANT, destinations=("elsewhere",))),), grant="p-17"),
    Row("4 an open licence holds where the grant does not reach", FULL, "LICENCE_OPEN", without(destinations=("elsewhere",)), licensed(BY)),
    Row("4 a grant for another source is no grant here", EXCERPT, "FEED_FULL_NOT_LICENCE", without(sources=("paper-sport",))),
    Row("7 a grant in force", FULL, "GRANT_ACTIVE", (GRANT,), grant="p-17"),
    Row("7 its end bounds the decision", FULL, "GRANT_ACTIVE", without(valid_until=NOW + DAY), until=NOW + DAY, grant="p-17"),
    Row("7 it begins now", FULL, "GRANT_ACTIVE", without(valid_from=NOW), grant="p-17"),
    Row("7 it has not begun", EXCERPT, "FEED_FULL_NOT_LICENCE", without(valid_from=NOW + DAY), until=NOW + DAY),
    Row("7 a grant of less", EXCERPT, "GRANT_ACTIVE", without(use=EXCERPT), grant="p-17"),
    Row("7 the narrower of two", EXCERPT, "GRANT_ACTIVE", (GRANT, replace(GRANT, key="p-99", use=EXCERPT)), grant="p-99"),
    Row("7 equals: the smaller key", FULL, "GRANT_ACTIVE", (replace(GRANT, key="p-99"), GRANT), grant="p-17"),
    Row("7 the grant outranks a licence", EXCERPT, "GRANT_ACTIVE", without(use=EXCERPT), licensed(BY), grant="p-17"),
    Row("7 another publisher's grant is not ours to use", EXCERPT, "FEED_FULL_NOT_LICENCE", (Grant("w", "wire"),)),
    Row("7 a carrier's grant covers its own work too", FULL, "GRANT_ACTIVE", (CARRIED,), grant="p-18"),
    Row("7 a carrier's grant covers what it carries", FULL, "GRANT_ACTIVE", (CARRIED,), REPRINT, grant="p-18"),
    Row("9 own-work grant, agency copy", HOLD, "THIRD_PARTY_IN_FEED", (GRANT,), REPRINT, grant="p-17"),
    Row("9 the agency's own grant does not pass through the paper", HOLD, "THIRD_PARTY_IN_FEED", (GRANT, Grant("w", "wire", scope=Scope.CARRIED)), REPRINT, grant="p-17"),
    Row("9 naming the agency earns nothing", LINK, "DEFAULT_DENY", (Grant("w", "wire"),), REPRINT),
    Row("9 a link to a publisher we know narrows", HOLD, "THIRD_PARTY_IN_FEED", (GRANT,), replace(OWN, claimed=(CLAIM,)), grant="p-17"),
    Row("9 someone else's copy claiming so does not", FULL, "GRANT_ACTIVE", (GRANT,), replace(OWN, claimed=(replace(CLAIM, source="other-feed"),)), grant="p-17"),
    Row("9 a link to nobody we know does not", FULL, "GRANT_ACTIVE", (GRANT,), replace(OWN, claimed=(replace(CLAIM, publisher=None),)), grant="p-17"),
    Row("9 no first publisher named", HOLD, "THIRD_PARTY_IN_FEED", (GRANT,), replace(OWN, publisher=None), grant="p-17"),
    Row("9 and 20 with a licence on top", HOLD, "THIRD_PARTY_IN_FEED LICENCE_NOT_FROM_ORIGIN", (GRANT,), licensed(BY, REPRINT), grant="p-17"),
    Row("10 each article is picked by a person", HOLD, "SELECT_INDIVIDUALLY GRANT_ACTIVE", without(selection="individual"), grant="p-17"),
    Row("10 said as an obligation", HOLD, "SELECT_INDIVIDUALLY GRANT_ACTIVE", without(obligations=("SELECT_INDIVIDUALLY",)), grant="p-17"),
    Row("17 CC BY from the origin", FULL, "LICENCE_OPEN", (), licensed(BY)),
    Row("17 CC BY-SA", FULL, "LICENCE_OPEN", (), licensed(BY_SA)),
    Row("17 CC0", FULL, "LICENCE_OPEN", (), licensed(CC0)),
    Row("17 CC BY and a commercial partner", FULL, "LICENCE_OPEN", (), licensed(BY, notice="© 样报, some rights reserved")),
    Row("18 NC, commercial partner", LINK, "LICENCE_NC_CONFLICT", (), licensed(BY_NC)),
    Row("18 NC, non-commercial partner", FULL, "LICENCE_OPEN", (), licensed(BY_NC), subscriber={"commercial": False}),
    Row("18 NC, but a grant", FULL, "GRANT_ACTIVE", (GRANT,), licensed(BY_NC), grant="p-17"),
    Row("18 NC under an ended grant", LINK, "EXPIRED LICENCE_NC_CONFLICT", (ended(GRANT),), licensed(BY_NC), grant="p-17"),
    Row("19 ND goes out unedited", FULL, "LICENCE_ND_NO_DERIV", (), licensed(BY_ND)),
    Row("20 a licence hung on another's text", HOLD, "LICENCE_NOT_FROM_ORIGIN", (), licensed(BY, REPRINT)),
    Row("20 even one said to be the source's", HOLD, "LICENCE_NOT_FROM_ORIGIN", (), replace(licensed(BY, REPRINT), license_scope="source")),
    Row("20 the carrier's grant makes it irrelevant", FULL, "GRANT_ACTIVE", (CARRIED,), licensed(BY, REPRINT), grant="p-18"),
    Row("21 licence against notice", HOLD, "LICENCE_CONFLICT", (), licensed(BY, notice="版权所有，未经许可不得转载")),
    Row("22 a summary-only feed", EXCERPT, "FEED_SUMMARY", version={"summary_only": True}),
    Row("22 whose notice forbids", LINK, "DEFAULT_DENY", (), replace(OWN, copyright_notice="禁止转载"), version={"summary_only": True}),
    Row("22 a bare © is no statement", EXCERPT, "FEED_SUMMARY", (), replace(OWN, copyright_notice="© 2026 样报"), version={"summary_only": True}),
    Row("23 a full-text feed without licence", EXCERPT, "FEED_FULL_NOT_LICENCE"),
    Row("23 an unknown licence is none", EXCERPT, "FEED_FULL_NOT_LICENCE", (), licensed("https://l.example/terms")),
    Row("42 a title alone", LINK, "DEFAULT_DENY", version={"body": None, "summary": None}),
    Row("42 another's text without any grant", LINK, "DEFAULT_DENY", (), REPRINT),
    Row("echo by name", REJECT, "ECHO", (GRANT,), subscriber={"name": "樣報"}),
    Row("echo by alias", REJECT, "ECHO", (CARRIED,), REPRINT, subscriber={"aliases": ("通讯 样社",)}),
    Row("echo by the publisher's alias", REJECT, "ECHO", (GRANT,), subscriber={"name": "SAMPLE DAILY"}),
    Row("echo by domain of a link", REJECT, "ECHO", (GRANT,), subscriber={"domains": ("www.paper.example",)}),
    Row("echo by the publisher's domain", REJECT, "ECHO", (CARRIED,), REPRINT, subscriber={"domains": ("wire.example",)}),
    Row("echo by a link its own source claims", REJECT, "ECHO", (GRANT,), replace(OWN, claimed=(replace(CLAIM, publisher=None),)), subscriber={"domains": ("wire.example",)}),
    Row("no echo by a stranger's claim", FULL, "GRANT_ACTIVE", (GRANT,), replace(OWN, claimed=(replace(CLAIM, source="x"),)), subscriber={"domains": ("wire.example",)}, grant="p-17"),
    Row("no echo by a longer domain", FULL, "GRANT_ACTIVE", (GRANT,), subscriber={"domains": ("r.example", "newspaper.example")}, grant="p-17"),
    Row("withdrawn beats all", REJECT, "WITHDRAWN", (GRANT,), case={"withdrawn": True, "approval": APPROVAL}),
    Row("approval lifts agency copy", FULL, "APPROVED THIRD_PARTY_IN_FEED", (GRANT,), REPRINT, case={"approval": APPROVAL}, until=NOW + DAY, grant="p-17"),
    Row("approval lifts a pick", FULL, "APPROVED SELECT_INDIVIDUALLY GRANT_ACTIVE", without(selection="individual"), case={"approval": APPROVAL}, until=NOW + DAY, grant="p-17"),
    Row("a pick is no more than the grant", EXCERPT, "APPROVED SELECT_INDIVIDUALLY GRANT_ACTIVE", without(selection="individual", use=EXCERPT), case={"approval": APPROVAL}, until=NOW + DAY, grant="p-17"),
    Row("a pick ends with the grant", FULL, "APPROVED SELECT_INDIVIDUALLY GRANT_ACTIVE", without(selection="individual", valid_until=NOW + DAY / 2), case={"approval": APPROVAL}, until=NOW + DAY / 2, grant="p-17"),
    Row("approval may narrow", LINK, "APPROVED GRANT_ACTIVE", (GRANT,), case={"approval": replace(APPROVAL, use=LINK)}, until=NOW + DAY, grant="p-17"),
    Row("approval that ran out", HOLD, "THIRD_PARTY_IN_FEED", (GRANT,), REPRINT, case={"approval": replace(APPROVAL, valid_until=NOW)}, grant="p-17"),
    Row("approval without an end", HOLD, "THIRD_PARTY_IN_FEED", (GRANT,), REPRINT, case={"approval": replace(APPROVAL, valid_until=None)}, grant="p-17"),
    Row("approval does not beat echo", REJECT, "ECHO", (GRANT,), subscriber={"name": "样报"}, case={"approval": APPROVAL}),
    Row("approval does not beat an embargo", HOLD, "EMBARGO_ACTIVE", (GRANT,), case={"approval": APPROVAL, "embargo_until": NOW + 2 * DAY}, until=NOW + 2 * DAY),
    Row("approval does not beat an ended grant", EXCERPT, "EXPIRED FEED_FULL_NOT_LICENCE", (ended(GRANT),), case={"approval": APPROVAL}, grant="p-17"),
    Row("approval does not beat scope", REJECT, "DEST_OUT_OF_SCOPE", without(destinations=("elsewhere",)), case={"approval": APPROVAL}, grant="p-17"),
    Row("a person's no", REJECT, "REJECTED", (GRANT,), case={"approval": Decision(REJECT, (Reason.REJECTED,), by="李编辑")}),
    Row("a person's no that ran out", FULL, "GRANT_ACTIVE", (GRANT,), case={"approval": Decision(REJECT, (Reason.REJECTED,), by="李", valid_until=NOW)}, grant="p-17"),
    Row("pictures: a few words that lose them wait", HOLD, "IMAGE_ESSENTIAL GRANT_ACTIVE", (GRANT,), version=PICTURED, grant="p-17"),
    Row("pictures: so do those under a licence", HOLD, "IMAGE_ESSENTIAL LICENCE_OPEN", (), licensed(BY), version=PICTURED),
    Row("pictures: and those that lose their files", HOLD, "IMAGE_ESSENTIAL GRANT_ACTIVE", (GRANT,), version=ATTACHED, grant="p-17"),
    Row("pictures: covered they go", FULL, "GRANT_ACTIVE", (MEDIA,), version=PICTURED, grant="p-17"),
    Row("pictures: a destination that wants none loses them", HOLD, "IMAGE_ESSENTIAL GRANT_ACTIVE", (MEDIA,), version=PICTURED, case=wanting("drop"), grant="p-17"),
    Row("pictures: a text of some length stands alone", FULL, "GRANT_ACTIVE", (GRANT,), version=LONG, grant="p-17"),
    Row("pictures: an excerpt never had them", EXCERPT, "FEED_FULL_NOT_LICENCE", version=PICTURED),
    Row("pictures: approved without them", FULL, "APPROVED IMAGE_ESSENTIAL GRANT_ACTIVE", (GRANT,), version=PICTURED, case={"approval": APPROVAL}, until=NOW + DAY, grant="p-17"),
    Row("copies: unknown ones are waited for", HOLD, "MEDIA_PENDING GRANT_ACTIVE", (MEDIA,), version=LONG, case=wanting("host"), until=NOW + HOUR, grant="p-17"),
    Row("copies: so are those under way", HOLD, "MEDIA_PENDING GRANT_ACTIVE", (MEDIA,), version=LONG, case=wanting("host", media=copied(MediaState.PENDING, NOW - HOUR / 2)), until=NOW + HOUR / 2, grant="p-17"),
    Row("copies: an hour at most", FULL, "GRANT_ACTIVE", (MEDIA,), version=LONG, case=wanting("host", media=copied(MediaState.PENDING, NOW - HOUR)), grant="p-17"),
    Row("copies: not at all when it is out already", FULL, "GRANT_ACTIVE", (MEDIA,), version=LONG, case=wanting("host", waits=False), grant="p-17"),
    Row("copies: there they are", FULL, "GRANT_ACTIVE", (MEDIA,), version=PICTURED, case=wanting("host", media=copied(MediaState.STORED)), grant="p-17"),
    Row("copies: refused, a few words wait", HOLD, "IMAGE_ESSENTIAL GRANT_ACTIVE", (MEDIA,), version=PICTURED, case=wanting("host", media=copied(MediaState.REFUSED)), grant="p-17"),
    Row("copies: refused, a text goes", FULL, "GRANT_ACTIVE", (MEDIA,), version=LONG, case=wanting("host", media=copied(MediaState.REFUSED)), grant="p-17"),
    Row("copies: none without a grant of them", FULL, "GRANT_ACTIVE", (GRANT,), version=LONG, case=wanting("host"), grant="p-17"),
    Row("copies: a person need not wait", FULL, "APPROVED MEDIA_PENDING GRANT_ACTIVE", (MEDIA,), version=LONG, case=wanting("host", approval=APPROVAL), until=NOW + HOUR, grant="p-17"),
]  # fmt: skip


def decided(row: Row) -> Decision:
    return decide(
        replace(
            CASE,
            version=replace(VERSION, credit=row.credit, **row.version),
            subscriber=replace(CASE.subscriber, **row.subscriber),
            grants=row.grants,
            **row.case,
        )
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(row: Row) -> None:
    decision = decided(row)
    assert (decision.use, " ".join(decision.reasons)) == (row.use, row.reasons)
    assert decision.valid_until == row.until
    assert decision.grant == row.grant
    assert decision.grant_version == (4 if row.grant else None)
    assert decided(replace(row, grants=row.grants[::-1])) == decision, "the order of grants decides nothing"


def test_obligations_come_from_grant_licence_and_use() -> None:
    plain = decided(Row("", FULL, "", (GRANT,)))
    assert plain.obligations == ("CREDIT_SOURCE", "LINK_BACK", "KEEP_TITLE", "NO_EDIT", "MEDIA_EXCLUDED")
    with_media = decided(Row("", FULL, "", without(media=True, obligations=("KEEP_TRACKER", "LINK_BACK"))))
    assert with_media.obligations == ("CREDIT_SOURCE", "LINK_BACK", "KEEP_TITLE", "NO_EDIT", "KEEP_TRACKER")
    share_alike = decided(Row("", FULL, "", (), licensed(BY_SA)))
    assert share_alike.obligations[-2:] == ("KEEP_LICENCE", "SHARE_ALIKE")
    assert decided(Row("", HOLD, "", (GRANT,), REPRINT)).obligations == ()
    picked = decided(Row("", FULL, "", without(selection="individual", media=True), case={"approval": APPROVAL}))
    assert "MEDIA_EXCLUDED" not in picked.obligations
    assert "NO_EDIT" in picked.obligations


def test_an_approval_names_who_and_why() -> None:
    decision = decided(Row("", FULL, "", (GRANT,), REPRINT, case={"approval": APPROVAL}))
    assert (decision.by, decision.note) == ("李编辑", "已核实")
    assert "MEDIA_EXCLUDED" in decision.obligations


@pytest.mark.parametrize(
    ("notice", "reserved"),
    [
        ("禁止转载", True),
        ("未经本报书面授权，任何单位不得转载", True),
        ("未經許可，請勿轉載", True),
        ("版权所有 侵权必究", True),
        ("© Sample Daily. All rights reserved.", True),
        ("May not be reproduced without the prior written permission of Sample Daily", True),
        ("Do not republish", True),
        ("版权所有 样报", False),
        ("© 2026 Sample Daily", False),
        ("Some rights reserved", False),
        ("欢迎转载，请注明出处", False),
        ("转载请注明出处", False),
        (None, False),
    ],
)
def test_words_that_reserve_a_text(notice: str | None, reserved: bool) -> None:
    assert is_reserved(notice) is reserved

"""The test article: marked as such in its title and text, of the operator's own writing, an id of its own for each
destination. It is in no table, so that nothing real is counted, numbered or superseded by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from worker.model.article import Credit, Hop, HopBasis, HopRole
from worker.model.catalog import Destination, Use
from worker.model.delivery import Action, Release, Withdrawal
from worker.pipeline.release import carried, columns_at
from worker.pipeline.view import View
from worker.rights.credit import attribute, language_of, make_withdrawal

TITLE = "测试稿件，请勿发布 / Test article, do not publish"
REASON = "TEST"


def article_id(destination: Destination, site: str) -> UUID:
    """The same for every test of one destination: a receiver replaces the last one instead of collecting them."""
    return uuid5(NAMESPACE_URL, f"{site}/test/{destination.key}")


def trial_release(
    destination: Destination, view: View, now: datetime, *, sequence: int, action: Action = Action.PUBLISH
) -> Release:
    """The test article as ``destination`` would get one of all its channels, in full text."""
    operator, imprint = view.catalogue.operator, view.imprint
    chinese = language_of(operator.language, "zh") == "zh"
    credit = Credit(
        origin=operator.name,
        original_title=TITLE,
        original_link=f"{operator.site}/",
        site=f"{operator.site}/",
        hops=(Hop(HopRole.ORIGINATOR, operator.name, HopBasis.SOURCE, site=f"{operator.site}/"),),
        editor=operator.editor,
    )
    words = attribute(
        credit,
        use=Use.FULL_TEXT,
        language="zh" if chinese else "en",
        title=TITLE,
        published=now,
        zone=operator.zone,
        imprint=imprint,
    )
    channels = tuple(carried(tuple(view.paths), destination, view))
    release = Release(
        article=article_id(destination, operator.site),
        sequence=sequence,
        version=sequence,
        action=action,
        use=Use.FULL_TEXT,
        title=TITLE,
        language=operator.language,
        body=_body(destination.key, changed=action is Action.UPDATE),
        excerpt=None,
        published=now,
        updated=now if action is Action.UPDATE else None,
        first_released=now,
        released=now,
        categories=(),
        enclosures=(),
        channels=tuple(sorted(channels, key=lambda path: -len(path.steps))),
        credit=credit,
        attribution=words,
        imprint=imprint,
    )
    return replace(release, columns=columns_at(channels, destination, view))


def trial_withdrawal(destination: Destination, view: View, now: datetime, *, sequence: int) -> Withdrawal:
    """What takes the test article back."""
    operator = view.catalogue.operator
    return make_withdrawal(
        article_id(destination, operator.site),
        sequence=sequence,
        version=max(1, sequence - 1),
        when=now,
        reason=REASON,
        language=operator.language,
        operator=operator,
        first_released=now,
        channels=carried(tuple(view.paths), destination, view),
    )


def _body(key: str, *, changed: bool) -> str:
    zh = "这是修改后的测试稿件。" if changed else "这是一篇测试稿件。"
    en = "This is the test article, changed." if changed else "This is a test article."
    return (
        f"<p>{zh}它用来检验 {key} 的收稿、署名、分段和撤稿，不是新闻，请勿对外发布。</p>\n"
        f"<p>{en} It tries how {key} receives, credits and withdraws. It is no news; please do not publish it.</p>"
    )

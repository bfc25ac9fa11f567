"""What may be done with one version at one destination.

Layers, highest first: blocks (withdrawn, echo, embargo, expiry) · a person's word on exactly this version · holds by
rule (``holds``) · grants of the publisher we polled · licences declared by the origin itself · what a public feed
implies · deny.

- Only the polled publisher's grants are looked at. One with scope ``own`` covers what that publisher is credited for,
  one with scope ``carried`` everything its source brings. Naming another publisher never earns that one's grants.
- Of several active grants the narrower wins: the lesser use, then a person's pick before automatic, then no images;
  ties go to the smaller key.
- A publisher whose grants all leave this destination out has said where its text may go: it is rejected. Scope
  is judged whatever the grant's dates, so that a limited grant running out never widens anything.
- When the only grant that covers the destination has ended, or left the file, what is out under it stays as it is, or
  is taken back where the grant says so (``endings``). What is new falls to what is allowed without it, EXPIRED first.
- An open licence from the origin itself holds beside a grant that does not reach this destination.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from worker.identity.names import fold_name
from worker.model.article import Credit, Hop, Version
from worker.model.catalog import Destination, Grant, Scope, Source, Subscriber, Use
from worker.model.delivery import Decision, Reason
from worker.model.media import MediaCopy
from worker.rights import media
from worker.rights.endings import Given, at_the_end, is_over
from worker.rights.holds import NO_RULES, Rules, awaits_second, held, stands_above, under_rules
from worker.rights.licences import Licence, recognise
from worker.rights.publishers import Publishers, host_of, on_domain

INDIVIDUAL = "individual"
_RANK = {use: rank for rank, use in enumerate(Use)}
_FINAL = (Reason.EXPIRED, Reason.GRANT_ENDED, Reason.DEST_OUT_OF_SCOPE)  # no person's yes stands above these
_ALWAYS = ("CREDIT_SOURCE", "LINK_BACK", "KEEP_TITLE")

# Words by which a notice reserves the text: no reprint, reprint only with consent, all rights reserved.
_RESERVED = re.compile(
    r"all\s+rights\s+reserved|(?:do\s+not|may\s+not\s+be|must\s+not\s+be)\s+(?:re)?(?:publish|produc|print|us|cop|distribut)"
    r"|(?:without|requires?|subject\s+to)\s+(?:\w+\s+){0,4}(?:permission|consent|authori[sz]ation)"
    r"|(?:禁止|不得|谢绝|严禁|请勿|禁止任何形式的?|不許|嚴禁)(?:\S{0,8})(?:转载|转发|复制|使用|摘编|轉載|複製)"
    r"|未经(?:\S{0,12})(?:授权|许可|同意|允许)|未經(?:\S{0,12})(?:授權|許可|同意|允許)|(?:版权所有|版權所有).{0,6}(?:侵权必究|翻印必究|不得)"
    r"|保留(?:所有|一切|全部)权利|保留(?:所有|一切)權利",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One version before one destination.

    ``source`` is the lead's. ``grants`` may hold any publisher's; those of the source's publisher count. ``channels``
    are the keys of the version's channels that go to this destination. ``approval`` is a person's newest word on
    exactly this version here (a caller never passes one given for another version). ``expires`` is when the origin
    says its text ends. ``media`` are the article's copies of pictures and files, by key; ``waits`` whether the text
    waits for those that are outstanding, which one that is out already does not. ``there``: this destination has the
    article from us; ``given`` what it has, ``gone`` the publisher's grants that left the file; ``rules`` are what holds
    by rule see. All times are aware UTC.
    """

    version: Version
    source: Source
    destination: Destination
    subscriber: Subscriber
    publishers: Publishers
    grants: tuple[Grant, ...]
    channels: tuple[str, ...]
    now: datetime
    approval: Decision | None = None
    embargo_until: datetime | None = None
    expires: datetime | None = None
    withdrawn: bool = False
    media: Mapping[bytes, MediaCopy] = field(default_factory=dict)
    waits: bool = True
    there: bool = False
    given: Given = field(default_factory=Given)
    gone: tuple[Grant, ...] = ()
    rules: Rules = NO_RULES


def decide(case: Case) -> Decision:
    """The decision, with its reasons (weightiest first), obligations, grant, and the moment it must be made again."""
    blocked = _blocked(case)
    if blocked is not None:
        return blocked
    ruled = _pictured(case, _complete(case, _ruled(case)))
    ruled = under_rules(ruled, case.rules, case.given.out if case.given.same else None)
    decision = _with_approval(case, ruled)
    ends = [decision.valid_until, case.expires]
    return replace(decision, valid_until=_nearest(case.now, ends))


def is_own_work(source: Source, credit: Credit) -> bool:
    """Whether the polled publisher is the one credited, and its text does not link to another one's that we know."""
    if credit.publisher is None or credit.publisher != source.publisher:
        return False
    return not any(
        hop.source == source.key and hop.publisher is not None and hop.publisher != source.publisher
        for hop in credit.claimed
    )


def _credits(version: Version) -> tuple[Credit, ...]:
    """The credit as shown, and as stated where people corrected it: what either forbids is forbidden."""
    return (version.credit,) if version.stated is None else (version.credit, version.stated)


# Blocks


def _blocked(case: Case) -> Decision | None:
    if case.withdrawn:
        return Decision(Use.REJECT, (Reason.WITHDRAWN,))
    if any(
        is_echo(credit, case.source, case.subscriber, case.publishers, there=case.there)
        for credit in _credits(case.version)
    ):
        return Decision(Use.REJECT, (Reason.ECHO,))
    if case.expires is not None and case.expires <= case.now:
        return Decision(Use.REJECT, (Reason.EXPIRED,))
    if case.embargo_until is not None and case.now < case.embargo_until:
        return Decision(Use.HOLD, (Reason.EMBARGO_ACTIVE,), valid_until=_nearest(case.now, [case.embargo_until]))
    return None


def is_echo(
    credit: Credit, source: Source, subscriber: Subscriber, publishers: Publishers, *, there: bool = False
) -> bool:
    """Whether the subscriber is in the provenance, by name, alias or domain, its own or its publisher's.

    A claimed hop counts when the lead's own source claims it: sending a partner what links to the partner helps nobody.
    A partner who has the article from us (``there``) and then shows it as a source of ours is no reason to take it
    back: only the lead's own way to us counts then.
    """
    names = {fold_name(name) for name in (subscriber.name, *subscriber.aliases)} - {""}
    claimed = [hop for hop in credit.claimed if hop.source == source.key]
    hops = [hop for hop in credit.hops if not there or hop.source in (None, source.key)]
    for hop in (*hops, *claimed):
        if fold_name(hop.name) in names or _on_domains(hop, subscriber.domains):
            return True
        publisher = publishers.get(hop.publisher)
        if publisher is None:
            continue
        if names & {fold_name(name) for name in (publisher.name, *publisher.aliases)}:
            return True
        if any(on_domain(domain, subscriber.domains) for domain in publisher.domains):
            return True
    return fold_name(credit.origin) in names or on_domain(host_of(credit.original_link), subscriber.domains)


def _on_domains(hop: Hop, domains: tuple[str, ...]) -> bool:
    return any(on_domain(host_of(url), domains) for url in (hop.link, hop.site))


def _complete(case: Case, ruled: Decision) -> Decision:
    """Nothing is published by guess: what lacks a required field waits for a person, whatever its rights."""
    if not case.version.lacks or ruled.use in (Use.HOLD, Use.REJECT):
        return ruled
    return held(ruled, *(Reason(f"FIELD:{name}") for name in case.version.lacks))


def _pictured(case: Case, ruled: Decision) -> Decision:
    """What is to go with copies of its pictures waits for them, an hour at most; a short text that loses all of them
    waits for a person."""
    if ruled.use is not Use.FULL_TEXT or ruled.reasons[0] is Reason.GRANT_ENDED:
        return ruled
    grant = next((grant for grant in case.grants if grant.key == ruled.grant), None)
    wish = media.choice(case.destination)
    lost = wish == "drop" or not media.covers(ruled, grant)
    if wish == "host" and not lost:
        until = media.waits_until(case.version, case.media, case.now) if case.waits else None
        if until is not None:
            ends = _nearest(case.now, [ruled.valid_until, until])
            return replace(held(ruled, Reason.MEDIA_PENDING), valid_until=ends)
        lost = case.waits and media.is_lost(case.version, case.media)
    return held(ruled, Reason.IMAGE_ESSENTIAL) if lost and media.depends_on_media(case.version) else ruled


# A person's word


def _with_approval(case: Case, ruled: Decision) -> Decision:
    """``ruled`` under a person's word. It never beats an ended grant, or a grant that leaves the destination out."""
    approval = case.approval
    if approval is None or (approval.valid_until is not None and approval.valid_until <= case.now):
        return ruled
    if approval.use is Use.REJECT:
        return replace(approval, valid_until=_nearest(case.now, [approval.valid_until]))
    if approval.valid_until is None or ruled.reasons[0] in _FINAL or stands_above(ruled):
        return ruled
    if (waits := awaits_second(ruled, case.rules, approval, case.now)) is not None:
        return waits
    grant = next((grant for grant in case.grants if grant.key == ruled.grant), None)
    picked = Reason.SELECT_INDIVIDUALLY in ruled.reasons
    use = max(approval.use, grant.use, key=_RANK.__getitem__) if picked and grant else approval.use
    covered = grant if Reason.GRANT_ACTIVE in ruled.reasons else None
    said = [Reason.APPROVED, *(reason for reason in approval.reasons if reason is Reason.SECONDED)]
    obligations = _obligations(use, covered, ruled.obligations, approval.obligations)
    return replace(
        ruled,
        use=use,
        reasons=(*said, *(reason for reason in ruled.reasons if reason not in said)),
        obligations=obligations,
        valid_until=_nearest(case.now, [approval.valid_until, ruled.valid_until]),
        by=approval.by,
        note=approval.note,
    )


# Rules


def _ruled(case: Case) -> Decision:
    relevant = [grant for grant in case.grants if _speaks_of(grant, case.source)]
    inside = [grant for grant in relevant if in_scope(grant, case)]
    active = [grant for grant in inside if _begun(grant, case.now) and not is_over(grant, case.now)]
    turns = _nearest(case.now, [moment for grant in inside for moment in (grant.valid_from, grant.valid_until)])
    own = all(is_own_work(case.source, credit) for credit in _credits(case.version))
    covering = [grant for grant in active if own or grant.scope is Scope.CARRIED]
    if covering:
        return replace(_granted(min(covering, key=_narrowness)), valid_until=turns)
    if active:
        return replace(_third_party(case, min(active, key=_narrowness)), valid_until=turns)
    over = [grant for grant in inside if is_over(grant, case.now)]
    if (lasting := at_the_end(case.given, [*over, *case.gone], case.now)) is not None:
        return replace(_lasting(*lasting), valid_until=_nearest(case.now, [turns, lasting[1].valid_until]))
    licensed = _licensed(case, own)
    if licensed is not None and licensed.use is Use.FULL_TEXT:
        return replace(licensed, valid_until=turns)
    if relevant and not inside:
        grant = min(relevant, key=_narrowness)
        return Decision(Use.REJECT, (Reason.DEST_OUT_OF_SCOPE,), grant=grant.key, grant_version=grant.version)
    ended = [grant for grant in over if own or grant.scope is Scope.CARRIED]
    fallen = licensed or _implied(case, own)
    if ended:
        last = max(ended, key=lambda grant: (grant.valid_until, grant.key))
        fallen = replace(fallen, reasons=(Reason.EXPIRED, *fallen.reasons), grant=last.key, grant_version=last.version)
    return replace(fallen, valid_until=turns)


def _speaks_of(grant: Grant, source: Source) -> bool:
    return grant.publisher == source.publisher and (not grant.sources or source.key in grant.sources)


def in_scope(grant: Grant, case: Case) -> bool:
    """Whether the grant, whatever its dates, reaches this destination. What is unknown is not covered."""
    language = case.version.language or case.source.language
    return (
        _lists(grant.destinations, (case.destination.key,))
        and _lists(grant.subscribers, (case.subscriber.key,))
        and _lists(grant.channels, case.channels)
        and _lists(_folded(grant.languages), (primary_subtag(language),) if language else ())
        and _lists(_upper(grant.territories), _upper((case.subscriber.territory or "",)))
        and (grant.commercial or not case.subscriber.commercial)
    )


def _lists(limit: Iterable[str], values: Iterable[str]) -> bool:
    allowed = frozenset(limit)
    return not allowed or not allowed.isdisjoint(values)


def primary_subtag(tag: str) -> str:
    """``zh-Hans-CN`` and ``zh_CN`` → ``zh``."""
    return re.split(r"[-_]", tag.strip().casefold(), maxsplit=1)[0]


def _folded(tags: Iterable[str]) -> Iterator[str]:
    return (primary_subtag(tag) for tag in tags)


def _upper(codes: Iterable[str]) -> list[str]:
    return [code.strip().upper() for code in codes if code.strip()]


def _begun(grant: Grant, now: datetime) -> bool:
    return grant.valid_from is None or grant.valid_from <= now


def _narrowness(grant: Grant) -> tuple[int, bool, bool, str]:
    return (-_RANK[grant.use], not _individual(grant), grant.media, grant.key)


def _individual(grant: Grant) -> bool:
    return grant.selection == INDIVIDUAL or Reason.SELECT_INDIVIDUALLY.value in grant.obligations


def _granted(grant: Grant) -> Decision:
    """What a grant allows; it waits where the grantor wants each article picked by a person."""
    named = Decision(grant.use, (Reason.GRANT_ACTIVE,), grant=grant.key, grant_version=grant.version)
    if _individual(grant) and grant.use not in (Use.HOLD, Use.REJECT):
        named = replace(named, use=Use.HOLD, reasons=(Reason.SELECT_INDIVIDUALLY, Reason.GRANT_ACTIVE))
    return replace(named, obligations=_obligations(grant.use, grant))


def _lasting(use: Use, grant: Grant) -> Decision:
    """What the end of ``grant`` leaves: ``use`` of what is out under it."""
    why = Reason.EXPIRED if use is Use.REJECT else Reason.GRANT_ENDED
    return Decision(use, (why,), _obligations(use, grant), grant=grant.key, grant_version=grant.version)


def _third_party(case: Case, grant: Grant) -> Decision:
    """The grantor cannot grant what it credits to another, nor license it: a licence it hangs on that is doubtful."""
    reasons: tuple[Reason, ...] = (Reason.THIRD_PARTY_IN_FEED,)
    if recognise(case.version.credit.license) is not None:
        reasons = (*reasons, Reason.LICENCE_NOT_FROM_ORIGIN)
    return Decision(Use.HOLD, reasons, grant=grant.key, grant_version=grant.version)


def _licensed(case: Case, own: bool) -> Decision | None:
    """What a declared licence allows; None when it is none that we know."""
    credit = case.version.credit
    licence = recognise(credit.license)
    if licence is None:
        return None
    if not own:
        return Decision(Use.HOLD, (Reason.LICENCE_NOT_FROM_ORIGIN,))
    if is_reserved(credit.copyright_notice):
        return Decision(Use.HOLD, (Reason.LICENCE_CONFLICT,))
    if licence.nc and case.subscriber.commercial:
        return Decision(Use.LINK_ONLY, (Reason.LICENCE_NC_CONFLICT,), _obligations(Use.LINK_ONLY))
    reason = Reason.LICENCE_ND_NO_DERIV if licence.nd else Reason.LICENCE_OPEN
    return Decision(Use.FULL_TEXT, (reason,), _obligations(Use.FULL_TEXT, None, _terms(licence)))


def _terms(licence: Licence) -> tuple[str, ...]:
    flags = ((licence.by, "KEEP_LICENCE"), (licence.sa, "SHARE_ALIKE"), (licence.nc, "NON_COMMERCIAL"))
    return tuple(name for flag, name in flags if flag)


def is_reserved(notice: str | None) -> bool:
    """Whether a copyright notice in so many words reserves the reuse of the text."""
    return notice is not None and _RESERVED.search(notice) is not None


def _implied(case: Case, own: bool) -> Decision:
    """What a public feed implies, for a publisher's own whose notice does not reserve the text; else deny."""
    version = case.version
    if not own or is_reserved(version.credit.copyright_notice) or not (version.summary or version.body):
        return Decision(Use.LINK_ONLY, (Reason.DEFAULT_DENY,), _obligations(Use.LINK_ONLY))
    reason = Reason.FEED_SUMMARY if version.summary_only else Reason.FEED_FULL_NOT_LICENCE
    return Decision(Use.EXCERPT, (reason,), _obligations(Use.EXCERPT))


def _obligations(use: Use, grant: Grant | None = None, *more: Iterable[str]) -> tuple[str, ...]:
    """What goes with ``use``, each once. Images have rights of their own: without a grant of them they stay behind."""
    if use in (Use.HOLD, Use.REJECT):
        return ()
    names = list(_ALWAYS)
    if use is Use.FULL_TEXT:
        names.append("NO_EDIT")
    if grant is None or not grant.media or use is not Use.FULL_TEXT:
        names.append("MEDIA_EXCLUDED")
    names.extend(grant.obligations if grant is not None else ())
    for extra in more:
        names.extend(extra)
    return tuple(dict.fromkeys(name for name in names if name != Reason.SELECT_INDIVIDUALLY.value))


def _nearest(now: datetime, moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None and moment > now), default=None)

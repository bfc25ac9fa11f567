"""One text after another: read it, look it up, compare, give a verdict, file it, learn from it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from worker.identity.near.core import CERTAIN, Core, guarded_bodies, held, is_remnant, pair_of, set_alike, speak_alike
from worker.identity.near.furniture import Furniture
from worker.identity.near.guards import findings, pairs_of
from worker.identity.near.keys import exact_key, keys_of
from worker.identity.near.likeness import likeness
from worker.identity.near.reading import SHORTEST, read
from worker.identity.near.reasons import told
from worker.identity.near.verdict import (
    RELATED_FROM,
    TITLE_ALIKE,
    WHOLE,
    Pair,
    could_be_template,
    guarded,
    is_untouched,
    overlap_of,
)
from worker.model.nearness import Filed, Keys, Nearness, Question, Reading, Verdict, Why
from worker.ports import Learnt, NearIndex

_VERIFIED: Final = 5  # candidates compared in full
_REMEMBERED = 64  # texts whose runs are kept between two looks at them
NEAR_JACCARD: Final = 0.2  # with less than both of another, a text is far from it
NEAR_CONTAINMENT: Final = 0.6
_NEAR_HELD = 0.55  # of the shorter in the order of the longer, which counts more of it than whole runs
_NEAR_HELD_OF_PART = 0.66  # of a part that others of the article hold
_DIGEST = 3  # articles that have nothing in common
_APART = 0.1  # containment
_MOST_OF_NEW = 0.8  # a text of which another holds that much is that other, whatever else stands on its page
_ONE_DAY = timedelta(days=1)
_RANK = (
    Nearness.SAME,
    Nearness.REVISION,
    Nearness.EXTENDED,
    Nearness.EXCERPT,
    Nearness.EDITION,
    Nearness.RELATED,
    Nearness.NEW,
)


@dataclass(frozen=True, slots=True)
class Text:
    """What is looked at: ``text`` plain or HTML, ``published`` aware or None, ``host`` any name of the site or empty,
    ``address`` a key of the text's address (``urls.link_key``) or None, ``language`` a BCP 47 tag or None."""

    id: str
    title: str
    text: str
    published: datetime | None = None
    host: str = ""
    address: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """One candidate by its shares alone."""

    old: Filed
    before: Core
    core: Core  # of the new text, as it is held against this one
    pair: Pair
    nearness: Nearness
    why: Why


@dataclass(frozen=True, slots=True)
class Ready:
    """A text with what it is asked for and filed by; ``core`` is what of it is compared."""

    filed: Filed  # as the first of an article of its own
    core: Core
    question: Question


@dataclass(slots=True)
class Recogniser:
    """Verdicts over an index. Not safe for threads; texts are given in the order in which they came."""

    index: NearIndex
    furniture: Learnt = field(default_factory=Furniture)
    _cores: OrderedDict[str, Core] = field(default_factory=OrderedDict)

    def observe(self, text: Text) -> Verdict:
        """The verdict on one text, which from then on belongs to what later ones are compared with."""
        ready = self.ready(text.id, read(text.title, text.text), text.host, text.address, text.published, text.language)
        verdict = self.judge(ready)
        learn(self.furniture, self.file(ready, verdict.article))
        return verdict

    def ready(
        self,
        id_: str,
        reading: Reading,
        host: str,
        address: str | None,
        published: datetime | None,
        language: str | None = None,
    ) -> Ready:
        """A text that was read, with its keys, without the furniture known by now; see ``Text``."""
        core = self._core(reading, host)
        keys, question = _keys(reading, core, address)
        filed = Filed(id_, id_, reading, keys, host, address, published, len(core.body), language)
        return Ready(filed, core, question)

    def judge(self, ready: Ready) -> Verdict:
        """What a text is to those filed before."""
        return self._judge(ready.filed, ready.core, ready.question)

    def compare(self, old: Filed, ready: Ready) -> Verdict:
        """What a text is to this one, whether or not the index would have found it."""
        if ready.filed.keys.exact and old.keys.exact == ready.filed.keys.exact:
            return _exactly(old)
        if len(ready.core.body) < SHORTEST:
            return self._judge_short(ready.filed, ready.core, [old])
        return self._weighed(self._look(old, ready.filed, ready.core), ready.filed)

    def joins(self, ready: Ready, old: Filed) -> bool:
        """Whether a text, of some length, is one with ``old``, whatever else was filed."""
        if len(ready.core.body) < SHORTEST:
            return False
        look_ = self._look(old, ready.filed, ready.core)
        return self._weighed(look_, ready.filed).nearness.joins

    def file(self, ready: Ready, article: str) -> Filed:
        """Add a text to the index, as one of ``article``."""
        filed = replace(ready.filed, article=article)
        self.index.add(filed)
        self._remember(filed.id, ready.core)
        return filed

    def _judge(self, new: Filed, core: Core, question: Question) -> Verdict:
        known = self.index.exact(new.keys.exact) if new.keys.exact else None
        if known is not None and known.reading.script is new.reading.script:
            return _exactly(known)
        if len(core.body) < SHORTEST:
            return self._judge_short(new, core, self.index.candidates(question, _VERIFIED))
        looks = []
        for old in self.index.candidates(question, _VERIFIED):
            look_ = self._look(old, new, core)
            looks.append(look_)
            if look_.nearness is Nearness.SAME and look_.pair.likeness.jaccard >= CERTAIN:
                break
        looks.sort(key=_order, reverse=True)
        best = self._digest(looks, new, core) if looks and _is_digest(looks) else self._best(looks, new, core)
        if best is None:
            return Verdict(Nearness.NEW, new.id, evidence=_evidence([Why("nothing")], core))
        if best.nearness is Nearness.NEW:
            return replace(best, jaccard=0.0, containment=0.0, evidence=_reasons_of(best.evidence))
        also = {each.old.article for each in looks if each.nearness is not Nearness.NEW} - {best.article}
        also -= {each.old.article for each in looks if each.old.id == best.of}
        return replace(best, evidence={**best.evidence, "also": sorted(also)}) if also else best

    def _best(self, looks: Sequence[_Look], new: Filed, core: Core) -> Verdict | None:
        """Guards cost more than shares: only those that would join are asked, the best first, until one does."""
        best: Verdict | None = None
        for look_ in looks:
            verdict = self._weighed(look_, new)
            if best is None or (verdict.nearness.joins and not best.nearness.joins):
                best = verdict
            if best.nearness.joins:
                return self._by_the_whole(best, looks, new, core)
        return best

    def _digest(self, looks: Sequence[_Look], new: Filed, core: Core) -> Verdict:
        best = replace(self._weighed(looks[0], new), nearness=Nearness.RELATED, article=new.id)
        return replace(best, evidence=_evidence([Why("digest")], core))

    def _by_the_whole(self, best: Verdict, looks: Sequence[_Look], new: Filed, core: Core) -> Verdict:
        """``best``, or where it was measured against a part of an article only (its excerpts crowd out the rest), what
        the first or fullest text of it says that is the same."""
        if best.nearness not in (Nearness.EXTENDED, Nearness.EXCERPT):
            return best
        seen = {each.old.id for each in looks}
        for pillar in self.index.pillars(best.article):
            if pillar.id not in seen and (whole := self._look(pillar, new, core)).nearness is Nearness.SAME:
                verdict = self._weighed(whole, new)
                if verdict.nearness.joins:
                    return verdict
        return best

    def _judge_short(self, new: Filed, core: Core, olds: Sequence[Filed]) -> Verdict:
        """Too short to compare: an equal title on the same day joins unless figures differ, nothing else does."""
        title = new.reading.title
        for old in olds:
            if old.reading.title != title or not _same_day(old.published, new.published) or not speak_alike(old, new):
                continue
            found = findings(old.reading, new.reading, old.reading.body(), core.body)
            evidence = _evidence([Why("short_title")], core)
            if found.numerals and found.kept < 1:
                evidence = _evidence([Why("short_figures")], core, figures_kept=round(found.kept, 2))
                return Verdict(Nearness.EDITION, new.id, old.id, evidence=evidence, of_article=old.article)
            nearness = Nearness.SAME if len(old.reading.body()) < SHORTEST else Nearness.EXCERPT
            return Verdict(nearness, old.article, old.id, evidence=evidence, of_article=old.article)
        return Verdict(Nearness.NEW, new.id, evidence=_evidence([Why("short")], core))

    def _look(self, old: Filed, new: Filed, core: Core) -> _Look:
        before, core = set_alike(old.reading, self._core_of(old), new.reading, core)
        pair = pair_of(old, new, before, core)
        nearness, why = overlap_of(pair)
        return _Look(old, before, core, pair, nearness, why)

    def _weighed(self, look_: _Look, new: Filed) -> Verdict:
        """The verdict on one candidate after the guards."""
        old, core, pair, nearness, why = look_.old, look_.core, look_.pair, look_.nearness, look_.why
        measured: dict[str, object] = {"title": round(pair.title, 2), "lead": round(pair.lead, 2)}
        remnant = is_remnant(old.reading, look_.before) or is_remnant(new.reading, core)
        untouched = is_untouched(pair) and not remnant
        if could_be_template(pair) if not nearness.joins else not untouched:
            found = findings(old.reading, new.reading, *guarded_bodies(old.reading, look_.before, new.reading, core))
            nearness, why = guarded(nearness, why, pair, found)
            measured |= found.words_and_numbers(pair.likeness.jaccard)
        far = self._far_from(old, new.reading, core, nearness, pair) if nearness.joins else None
        if far is not None:
            nearness = Nearness.RELATED
            measured["far_from"] = far
        return Verdict(
            nearness,
            old.article if nearness.joins else new.id,
            None if nearness is Nearness.NEW else old.id,
            round(pair.likeness.jaccard, 3),
            round(pair.likeness.containment, 3),
            _evidence([why] if far is None else [why, Why("far")], core, **measured),
            None if nearness is Nearness.NEW else old.article,
        )

    def _far_from(self, old: Filed, reading: Reading, whole: Core, nearness: Nearness, pair: Pair) -> str | None:
        """The id of the text of the article from which the new one is too far, if there is one.

        An article grows around its first text and not along a chain of copies; of many long texts that quote one short
        one, only those that are like each other are one article, and of the pieces of a digest only one. A piece is no
        witness against the whole, nor against another piece under the article's own title.
        """
        pillars = self.index.pillars(old.article)
        is_whole = nearness in (Nearness.SAME, Nearness.REVISION)
        near_held = _NEAR_HELD_OF_PART if nearness is Nearness.EXCERPT else _NEAR_HELD
        fullest = max((pillar.length for pillar in pillars), default=0)
        for place, pillar in enumerate(pillars):
            is_piece = place > 0 and pillar.length < WHOLE * fullest
            if pillar.id == old.id or (is_piece and (is_whole or pair.title >= TITLE_ALIKE)):
                continue
            before, core = set_alike(pillar.reading, self._core_of(pillar), reading, whole)
            like = likeness(before.grams, core.grams)
            if like.jaccard < NEAR_JACCARD and held(like, before, core) < near_held:
                return pillar.id
        return None

    def _core(self, reading: Reading, host: str) -> Core:
        dropped = frozenset(self.furniture.known(host, reading.marks) | reading.loose)
        body = reading.body(dropped)
        if len(body) < SHORTEST and dropped:
            dropped = frozenset()
            body = reading.body()
        return Core(reading.script, body, dropped)

    def _core_of(self, filed: Filed) -> Core:
        """The core of a text filed before, made again when furniture was learnt since."""
        core = self._cores.get(filed.id)
        if core is not None:
            now = self.furniture.known(filed.host, filed.reading.marks) | filed.reading.loose
            if core.dropped == now or (not core.dropped and not now):
                self._cores.move_to_end(filed.id)
                return core
        core = self._core(filed.reading, filed.host)
        self._remember(filed.id, core)
        return core

    def _remember(self, id_: str, core: Core) -> None:
        self._cores[id_] = core
        if len(self._cores) > _REMEMBERED:
            self._cores.popitem(last=False)


def learn(furniture: Learnt, filed: Filed) -> None:
    """Take the sentences of a text into account."""
    reading = filed.reading
    title = pairs_of(reading.script, reading.title)
    sentences = zip(reading.marks, reading.sentences, strict=True)
    furniture.learn(filed.host, sentences, title, filed.article, filed.published)


def _keys(reading: Reading, core: Core, address: str | None) -> tuple[Keys, Question]:
    keys, question = keys_of(reading.script, core.body, reading.title, address)
    keys = replace(keys, exact=exact_key(reading))
    if len(core.body) >= SHORTEST:
        return keys, question
    # A short text identifies nothing without its title, and is found by nothing else.
    return replace(keys, near=(), sketch=()), replace(question, keys=keys.named, ranks=frozenset())


def _exactly(old: Filed) -> Verdict:
    return Verdict(Nearness.SAME, old.article, old.id, 1.0, 1.0, told([Why("exact")]), old.article)


def _is_digest(looks: Sequence[_Look]) -> bool:
    """Whether a text holds several articles which have nothing in common but that: news in brief, a page of a paper.
    One of them may be most of it, and others shortened."""
    if not looks[0].nearness.joins or _share_of_new(looks[0]) >= _MOST_OF_NEW:
        return False
    apart: list[_Look] = []
    for look_ in looks:
        if look_.pair.likeness.containment >= RELATED_FROM and all(
            likeness(look_.before.grams, other.before.grams).containment < _APART for other in apart
        ):
            apart.append(look_)
    return len(apart) >= _DIGEST


def _share_of_new(look_: _Look) -> float:
    """How much of the new text the old one holds."""
    like = look_.pair.likeness
    return like.containment / max(1.0, like.longer)


def _order(look_: _Look) -> tuple[int, float, float]:
    like = look_.pair.likeness
    return (-_RANK.index(look_.nearness), like.jaccard, like.containment)


def _reasons_of(evidence: Mapping[str, object]) -> Mapping[str, object]:
    return {key: evidence[key] for key in ("why", "reasons", "sentences_left_out") if key in evidence}


def _evidence(reasons: Sequence[Why], core: Core, **measured: object) -> Mapping[str, object]:
    evidence: dict[str, object] = {**told(reasons), **measured}
    if core.dropped:
        evidence["sentences_left_out"] = len(core.dropped)
    return evidence


def _same_day(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) < _ONE_DAY

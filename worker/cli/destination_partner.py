"""``newsroad destination test | pack``: a partner's first hour."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer

from worker.bootstrap import Services, open_services, read_options
from worker.cli.destination import DestinationArgument
from worker.cli.destination_backfill import app
from worker.cli.output import ByOption, JsonOption, NoteOption, person, plain, print_json, ready, say
from worker.destinations import KINDS, PullOptions, RemoteKind, WebhookOptions, secret_references
from worker.destinations.kind import Options
from worker.errors import NotFound, Refused
from worker.model.catalog import Destination
from worker.model.delivery import Parcel, Release, Result, Withdrawal
from worker.model.review import ActFilter
from worker.partners.advice import advice
from worker.partners.article import article_id, trial_release, trial_withdrawal
from worker.partners.folder import write
from worker.partners.pack import pack
from worker.partners.places import Place, places
from worker.partners.trial import Exchanged, Secrets, Tried, try_out
from worker.settings import resolve_secret

__all__ = ["app"]

VERB = "test"


@app.command("test")
def trial_command(
    key: DestinationArgument,
    retract: Annotated[bool, typer.Option("--retract", help="Take the test article back afterwards.")] = False,
    by: ByOption = None,
    note: NoteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a marked test article through the whole road; show request, answer and what to mend."""
    with open_services() as services:
        ready(services)
        destination = the_destination(services, key)
        options = read_options(destination)
        kind = KINDS[destination.kind]
        if not isinstance(kind, RemoteKind):
            _show_places(services, destination, options, as_json=as_json)
            return
        sequence = _last_sequence(services, destination) + 1
        tried = _send(services, destination, options, kind, sequence, retract=retract)
        _record(services, destination, tried, sequence, by=person(by), note=note)
    if as_json:
        print_json(_as_json(services, destination, options, tried))
    else:
        _show(destination, options, tried)
    if any(one.answer.result is not Result.ACCEPTED for one in tried):
        raise typer.Exit(1)


def the_destination(services: Services, key: str) -> Destination:
    """The declared destination. Raises NotFound, or Refused when it has left the catalogue."""
    view = services.view()
    if key in view.destinations:
        return view.destinations[key]
    if key in view.retired:
        raise Refused(f"{key} has left the catalogue; write it into the file again, then: newsroad apply")
    raise NotFound(f"no destination is called {key}; see: newsroad destination list")


def _send(
    services: Services, destination: Destination, options: object, kind: RemoteKind, sequence: int, *, retract: bool
) -> list[Tried]:
    """The test article, and its retraction unless nothing was sent before it."""
    view, now = services.view(), services.clock()
    release = trial_release(destination, view, now, sequence=sequence)
    tried = [_try(services, destination, options, kind, release)]
    if retract and tried[0].answer.result is not Result.NOT_SENT:
        gone = trial_withdrawal(destination, view, now, sequence=sequence + 1)
        tried.append(_try(services, destination, options, kind, gone))
    return tried


def _try(
    services: Services, destination: Destination, options: object, kind: RemoteKind, subject: Release | Withdrawal
) -> Tried:
    parcel = Parcel(
        delivery=uuid4(),
        attempt=1,
        destination=destination.key,
        subject=subject,
        options=options,
        resolve=Secrets(resolve_secret),
        now=services.clock(),
    )
    return try_out(kind, parcel, services.http().fetch)


def _target(destination: Destination) -> str:
    return f"destination {destination.key}"


def _last_sequence(services: Services, destination: Destination) -> int:
    """Of the tests before, or the highest there can have been before a restore: a receiver drops what is not above the
    last one it took."""
    loaded = services.catalogue.loaded()
    floor = loaded.floor if loaded is not None else 0
    acts = services.people.acts(10_000, wanted=ActFilter(verb=VERB))
    mine = [row.detail for row in acts if row.target == _target(destination) and isinstance(row.detail, dict)]
    return max((floor, *(int(detail.get("sequence", 0)) for detail in mine)))


def _record(
    services: Services, destination: Destination, tried: list[Tried], sequence: int, *, by: str, note: str | None
) -> None:
    detail = {
        "sequence": sequence + len(tried) - 1,
        "article": str(article_id(destination, services.view().catalogue.operator.site)),
        "after": {one.action.value: one.answer.result.value for one in tried},
    }
    with services.works.open() as work:
        work.note(by=by, verb=VERB, target=_target(destination), note=note, now=services.clock(), detail=detail)


def _as_json(services: Services, destination: Destination, options: object, tried: list[Tried]) -> dict[str, object]:
    return {
        "destination": destination.key,
        "kind": destination.kind,
        "article": article_id(destination, services.view().catalogue.operator.site),
        "accepted": all(one.answer.result is Result.ACCEPTED for one in tried),
        "deliveries": [
            {
                "action": one.action.value,
                "exchanges": [plain(asdict(exchange)) for exchange in one.exchanges],
                "result": one.answer.result.value,
                "verdict": one.answer.verdict.value,
                "detail": one.answer.detail,
                "remote_id": one.answer.remote_id,
                "remote_url": one.answer.remote_url,
                "advice": advice(one, options),
            }
            for one in tried
        ],
    }


def _show(destination: Destination, options: object, tried: list[Tried]) -> None:
    for one in tried:
        say(f"{one.action.value} of the test article to {destination.key} ({destination.kind})")
        for exchange in one.exchanges:
            _show_exchange(exchange)
        say(f"  {one.answer.result.value}: {one.answer.detail}")
        if one.answer.remote_id or one.answer.remote_url:
            say(f"  at the partner: {one.answer.remote_url or '–'} (id {one.answer.remote_id or '–'})")
        for words in advice(one, options):
            say(f"  → {words}")
    if destination.mode == "rehearse":
        say(f"{destination.key} rehearses: nothing but tests is really sent there")


def _show_exchange(exchange: Exchanged) -> None:
    for line in exchange.lines():
        say(f"  > {line}")
    if exchange.status is None:
        say(f"  < no answer after {exchange.elapsed:.2f} s: {exchange.error}: {exchange.detail}")
        return
    say(f"  < {exchange.status} after {exchange.elapsed:.2f} s")
    for name in ("content-type", "location", "retry-after"):
        if name in exchange.answer_headers:
            say(f"  < {name}: {exchange.answer_headers[name]}")
    for line in exchange.answer_body.splitlines()[:20]:
        say(f"  < {line}")


def _show_places(services: Services, destination: Destination, options: object, *, as_json: bool) -> None:
    """A local kind sends nothing: its readers come here. Raises SecretError when their token cannot be read."""
    if isinstance(options, Options):
        for reference in secret_references(options):
            resolve_secret(reference)
    found = places(destination, options, services.view().catalogue.operator.site, destination.channels)
    if as_json:
        print_json({"destination": destination.key, "kind": destination.kind, "places": [asdict(one) for one in found]})
        return
    say(f"{destination.key} ({destination.kind}) sends nothing; who wants its articles asks here:")
    for place in found:
        say(_place_line(place))


def _place_line(place: Place) -> str:
    return f"  {place.address}  ({place.what}{f'; needs {place.needs}' if place.needs else ''})"


@app.command("pack")
def pack_command(
    key: DestinationArgument,
    into: Annotated[Path, typer.Option("--into", help="A new folder to write, or a file that ends in .zip.")],
    with_secret: Annotated[
        bool, typer.Option("--with-secret", help="Put the key or token in, in clear, in a file of its own.")
    ] = False,
    by: ByOption = None,
    note: NoteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what a partner needs: words in zh and en, schemas, signed examples, receivers that work as they are."""
    with open_services() as services:
        ready(services)
        destination = the_destination(services, key)
        options = read_options(destination)
        reference = _reference(options)
        secret = resolve_secret(reference) if with_secret and reference else None
        files = pack(destination, options, services.view(), services.clock(), secret=secret)
        write(files, into)
        detail = {"after": {"files": len(files), "with_secret": with_secret}}
        with services.works.open() as work:
            now = services.clock()
            work.note(by=person(by), verb="pack", target=_target(destination), note=note, now=now, detail=detail)
    if as_json:
        print_json({"destination": key, "into": str(into), "files": [one.name for one in files]})
        return
    for one in files:
        say(f"{into}/{one.name}")
    if with_secret:
        private = next(one.name for one in files if one.private)
        say(
            f"{private} holds the secret in clear: hand it over on a way that nobody else reads, then delete it",
            err=True,
        )


def _reference(options: object) -> str:
    """What to hand over. Other kinds have nothing; ``pack`` says so."""
    if isinstance(options, WebhookOptions):
        return options.secret
    return options.token if isinstance(options, PullOptions) else ""

"""``newsroad alerts``: what needs a person now, what did before, and whether people can be told."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4
from zoneinfo import ZoneInfo

import typer

from worker.bootstrap import Services, open_services
from worker.cli.output import JsonOption, LimitOption, Times, plain, print_json, print_table, ready, say, span
from worker.destinations.webhook import key_of
from worker.errors import NotFound, Refused, SecretError
from worker.model.alerts import Episode, WaitingTelling
from worker.model.catalog import Catalogue
from worker.pipeline.alert_words import Words
from worker.pipeline.messages import trial_message
from worker.settings import resolve_secret

app = typer.Typer(help="What needs a person, and whether people can be told.", invoke_without_command=True)

UNHEARD = "Nobody is told: name a webhook or emails under [alerts] in newsroad.toml, then: newsroad apply"


@app.callback()
def alerts(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """Show what needs a person now, the newest first, and what could not be told."""
    if context.invoked_subcommand is not None:
        return
    with open_services() as services:
        times = Times(ready(services))
        episodes = services.alerts.episodes(limit, over=every)
        waiting = services.alerts.waiting()
        recipients = services.tellers(current).recipients() if (current := services.catalogue.current()) else ()
    if as_json:
        print_json({"alerts": plain(episodes), "untold": plain(waiting), "recipients": list(recipients)})
        return
    print_table(
        ("alert", "kind", "since", "told", "over", "what"),
        [_line(one, times) for one in episodes],
        empty="Nothing needs a person." if not every else "There never was an alert.",
    )
    for one in waiting:
        say(waiting_words(one, times))
    if not recipients:
        say(UNHEARD)


def _line(one: Episode, times: Times) -> tuple[object, ...]:
    over = None
    if one.closed_at is not None:
        over = f"{times.at(one.closed_at)}, after {span((one.closed_at - one.opened_at).total_seconds())}"
    return (one.id, one.kind.value, times.at(one.opened_at), times.at(one.told_at), over, one.words)


def waiting_words(one: WaitingTelling, times: Times) -> str:
    """Whom a message has not reached, and why."""
    again = f"tried {one.attempts} times, again {times.ago(one.due_at)}"
    return f"Not told to {one.recipient} since {times.at(one.made_at)} ({again}): {one.detail or 'under way'}"


def unreachable(services: Services, current: Catalogue) -> list[str]:
    """Why somebody whom [alerts] names cannot be told, as far as that shows without telling."""
    found = [f"{one.recipient}: {one.detail}" for one in services.alerts.waiting()]
    settings, rules = services.settings, current.alerts
    if rules.emails and not (settings.smtp_url and settings.smtp_from):
        found.append("mail: NEWSROAD_SMTP_URL and NEWSROAD_SMTP_FROM are not both set here")
    if rules.secret is not None:
        try:
            key_of(resolve_secret(rules.secret))
        except SecretError as error:
            found.append(f"webhook: {error}")
    return found


@app.command("test")
def try_command(as_json: JsonOption = False) -> None:
    """Send a test to everybody whom [alerts] names, and show what came of it; exits with 1 if one was not reached."""
    with open_services() as services:
        current = ready(services).catalogue.current()
        if current is None:
            raise NotFound("no catalogue is in force; run: newsroad apply")
        told = _try(services, current)
    if as_json:
        print_json({"recipients": told})
    else:
        print_table(
            ("recipient", "reached", "what came of it"),
            [(one["recipient"], "yes" if one["ok"] else "no", one["detail"]) for one in told],
        )
    if not all(one["ok"] for one in told):
        raise typer.Exit(1)


def _try(services: Services, current: Catalogue) -> list[dict[str, object]]:
    tellers = services.tellers(current)
    operator = current.operator
    message = trial_message(operator=operator.name, words=Words(operator.language, ZoneInfo(operator.zone)))
    if not tellers.recipients():
        raise Refused(UNHEARD)
    found: list[dict[str, object]] = []
    for recipient in tellers.recipients():
        answer = tellers.tell(recipient, message, uuid4(), services.clock())
        found.append({"recipient": recipient, "ok": answer.ok, "detail": answer.detail})
    return found

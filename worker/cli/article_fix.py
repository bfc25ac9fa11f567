"""``newsroad article fix``: correct what a source got wrong, for good and everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from worker.bootstrap import open_services
from worker.cli import article_words as words
from worker.cli.article import app
from worker.cli.output import (
    ArticleArgument,
    JsonOption,
    LanguageOption,
    Times,
    language,
    plain,
    print_json,
    ready,
    say,
    the_article,
)
from worker.errors import Refused
from worker.model.catalog import Use
from worker.model.correction import FIELDS
from worker.pipeline.correct import Corrected, Reached, checked, correct
from worker.rights.notices import reason_text

__all__ = ["app"]


@app.command("fix")
def fix_command(
    text: ArticleArgument,
    fixes: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE…", help=f"What is right: {', '.join(FIELDS)}.")
    ] = None,
    undo: Annotated[
        list[str] | None,
        typer.Option("--undo", metavar="FIELD", help="Say again what the source says; may be repeated."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who corrects. Needed.")] = "",
    note: Annotated[str, typer.Option("--note", help="Why. Needed.")] = "",
    tongue: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct an article. It stays corrected whatever is fetched later, and goes out as an update."""
    with open_services() as services:
        times, chosen = Times(ready(services)), language(services, tongue)
        values = _values(fixes or [])
        if not values and not undo:
            raise Refused(f"say what is right: FIELD=VALUE, or --undo FIELD; fields: {', '.join(FIELDS)}")
        view = services.view()
        published = _published(values, times)
        found = checked(values, published, view)
        row = the_article(services, text)
        done = correct(services.desk(), row.uuid, found, list(dict.fromkeys(undo or [])), by=by, note=note)
    if as_json:
        print_json(plain(done))
    else:
        _tell(row.title, done, times, chosen)


def _values(fixes: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in fixes:
        name, sign, value = text.partition("=")
        if not sign:
            raise Refused(f"{text}: write FIELD=VALUE; fields: {', '.join(FIELDS)}")
        if name in found:
            raise Refused(f"{name} is given twice")
        found[name] = value
    return found


def _published(values: dict[str, str], times: Times) -> datetime | None:
    """The moment that was typed, read in the operator's zone."""
    text = values.get("published")
    if text is None:
        return None
    moment = times.read(text.strip())
    if moment > times.now:
        raise Refused(f"published: {text} lies in the future")
    return moment


def _tell(title: str, done: Corrected, times: Times, tongue: str) -> None:
    say(f"{title}: {words.phrase('version', tongue, done.version)}")
    for name, value in done.before.items():
        before, after = (times.text(one) if one else "–" for one in (value, done.after[name]))
        say(f"  {words.pick(words.FIELDS[name], tongue)}: {before} → {after}")
    for one in done.reached:
        say(f"  {one.destination}: {_fate(one, done, tongue)}")


def _fate(one: Reached, done: Corrected, tongue: str) -> str:
    """What becomes of the corrected version at one destination."""
    if one.action is not None:
        return words.pick(words.ACTIONS[one.action], tongue)
    why = reason_text(one.decision.reasons[0], tongue)
    use = words.pick(words.USES[one.decision.use], tongue)
    if one.decision.use is not Use.HOLD:
        return f"{use}: {why}"
    return f"{use}: {why}; newsroad review approve {str(done.article)[:8]} --destination {one.destination}"

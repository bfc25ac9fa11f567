"""The report: every delivery once, on the day it ended in the operator's zone; sums add up; the file as bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from worker.cli.report import as_csv, as_plain, read_dimensions
from worker.errors import Refused
from worker.model.catalog import Catalogue, Channel, Destination, Operator, Publisher, Source, SourceKind, Subscriber
from worker.model.delivery import DeliveryState
from worker.model.report import OUTCOMES, Count, Dimension, Reckoned, ReportRow, Span
from worker.store.catalogue import CatalogueStore
from worker.store.declared import channel, destination, source
from worker.store.engine import Database
from worker.store.report import Reports, cuts, first_decision
from worker.store.schema import article, decision, delivery, entry, placement, revision, version

MIDNIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""The beginning of the 24th in Shanghai."""
DAY = Span(date(2026, 11, 24), date(2026, 11, 24), "Asia/Shanghai")
DAYS = Span(date(2026, 11, 23), date(2026, 11, 25), "Asia/Shanghai")

CATALOGUE = Catalogue(
    operator=Operator(name="北辰转载平台", contact="rights@beichen.example"),
    publishers=(Publisher("jiang", "江城民族事务局"), Publisher("sum", "=SUM(A1)日报")),
    sources=(
        Source("jiang", "jiang", SourceKind.FEED, "https://jiang.example/feed"),
        Source("sum", "sum", SourceKind.FEED, "https://sum.example/feed"),
    ),
    channels=(Channel("domestic", "国内"), Channel("minzu", "民族", parent="domestic"), Channel("culture", "文化")),
    subscribers=(Subscriber("men", "江门户"), Subscriber("at", "@高原")),
    destinations=(
        Destination("hook", "men", "webhook", ("domestic", "minzu"), {"url": "https://men.example", "secret": "env:X"}),
        Destination("at", "at", "webhook", ("culture",), {"url": "https://at.example", "secret": "env:X"}),
    ),
)


@dataclass
class Ledger:
    """A database filled row by row."""

    database: Database
    ids: dict[str, dict[str, int]] = field(default_factory=dict)
    articles: int = 0

    def __post_init__(self) -> None:
        CatalogueStore(self.database).apply(CATALOGUE, MIDNIGHT - timedelta(days=9))
        with self.database.read() as connection:
            for table in (source, channel, destination):
                self.ids[table.name] = dict(connection.execute(sa.select(table.c.key, table.c.id)).all())

    def write(self, table: sa.Table, *rows: dict[str, Any]) -> None:
        with self.database.write() as connection:
            connection.execute(sa.insert(table), list(rows))

    def article(self, key: str, channels: Sequence[str], seen: datetime, joined: str | None = None) -> int:
        self.articles += 1
        number = self.articles
        whole = {"uuid": str(uuid4()), "lead_id": number, "version": 1, "title": "代表团走访学校", "created_at": seen}
        self.write(article, {"id": number, **whole})
        owner = {"source_id": self.ids["source"][key], "article_id": number, "first_seen_at": seen, "revision": 1}
        digests = {"content_digest": b"0" * 16, "terms_digest": b"0" * 16, "joined_by": joined}
        self.write(entry, {"id": number, **owner, **digests})
        self.write(
            version,
            {"article_id": number, "number": 1, "entry_id": number, "revision": 1, "credit": b"{}", "created_at": seen},
        )
        for one in channels:
            self.write(placement, {"article_id": number, "channel_id": self.ids["channel"][one]})
        return number

    def deliver(
        self,
        number: int,
        key: str,
        at: datetime | None,
        *,
        action: str = "publish",
        state: str = "accepted",
        waited: float = 2.0,
    ) -> None:
        ended = at if state not in ("due", "sending") else None
        moment = at or MIDNIGHT
        with self.database.read() as connection:
            sequence = connection.execute(
                sa.select(sa.func.count()).where(
                    delivery.c.article_id == number, delivery.c.destination_id == self.ids["destination"][key]
                )
            ).scalar_one()
        self.write(
            delivery,
            {
                "uuid": str(uuid4()),
                "article_id": number,
                "destination_id": self.ids["destination"][key],
                "sequence": sequence + 1,
                "action": action,
                "version": 1,
                "use": "full_text",
                "state": state,
                "due_at": moment,
                "visible_at": moment - timedelta(seconds=waited),
                "created_at": moment,
                "finished_at": ended,
            },
        )

    def decide(self, number: int, key: str, at: datetime, use: str, reasons: str = "DEFAULT_DENY") -> None:
        target = {"article_id": number, "destination_id": self.ids["destination"][key], "version": 1}
        self.write(decision, {**target, "use": use, "reasons": reasons, "decided_at": at})

    def reckon(self, span: Span, *by: Dimension) -> Reckoned:
        return Reports(self.database).reckon(span, by, MIDNIGHT)


@pytest.fixture
def ledger(database: Database) -> Ledger:
    """Three days around the 24th, with one of everything."""
    ledger = Ledger(database)
    first = ledger.article("jiang", ("domestic", "minzu"), MIDNIGHT + timedelta(hours=9))
    second = ledger.article("sum", ("domestic", "culture"), MIDNIGHT - timedelta(seconds=1))
    third = ledger.article("sum", ("culture",), MIDNIGHT + timedelta(hours=10), joined="text")
    ledger.write(
        revision,
        {"entry_id": first, "number": 2, "seen_at": MIDNIGHT + timedelta(hours=11), "document": b"{}", "credit": b"{}"},
    )
    ledger.deliver(first, "hook", MIDNIGHT, waited=1.234)
    ledger.deliver(first, "hook", MIDNIGHT + timedelta(hours=12), action="update", waited=20)
    ledger.deliver(first, "hook", MIDNIGHT + timedelta(hours=24, microseconds=-1), action="retract")
    ledger.deliver(second, "hook", MIDNIGHT - timedelta(microseconds=1))
    ledger.deliver(second, "at", MIDNIGHT + timedelta(hours=24))
    ledger.deliver(third, "at", MIDNIGHT + timedelta(hours=13), state="parked")
    for at, state in enumerate(("superseded", "cancelled", "rehearsed", "withheld", "due", "sending")):
        ledger.deliver(third, "at", MIDNIGHT + timedelta(hours=14 + at), state=state, action="update")
    ledger.decide(second, "at", MIDNIGHT + timedelta(hours=1), "hold")
    ledger.decide(second, "at", MIDNIGHT + timedelta(hours=2), "hold", "DEADLINE_PASSED,DEFAULT_DENY")
    ledger.decide(third, "hook", MIDNIGHT + timedelta(hours=3), "reject", "REJECTED")
    ledger.decide(third, "hook", MIDNIGHT + timedelta(hours=4), "full_text", "APPROVED")
    return ledger


def test_every_outcome_is_counted_once_on_its_day(ledger: Ledger) -> None:
    total = ledger.reckon(DAY, Dimension.DAY).total.count
    assert total == Count(
        new=1,
        revised=1,
        duplicate=1,
        held=1,
        rejected=1,
        dropped=1,
        published=1,
        updated=1,
        retracted=1,
        parked=1,
        superseded=1,
        cancelled=1,
        rehearsed=1,
        withheld=1,
        waiting=2,
    )
    whole = ledger.reckon(DAYS, Dimension.DAY)
    assert [(row.group[0], row.count.published, row.count.new) for row in whole.rows] == [
        ("2026-11-23", 1, 1),
        ("2026-11-24", 1, 1),
        ("2026-11-25", 1, 0),
    ]


@pytest.mark.parametrize("size", [2, 6])
def test_the_groups_add_up_to_the_total_however_they_are_made(ledger: Ledger, size: int) -> None:
    wanted = ledger.reckon(DAYS, Dimension.DAY).total
    for by in list(permutations(Dimension, size))[::7][:6]:
        found = ledger.reckon(DAYS, *by)
        assert found.total == wanted, by
        for name in OUTCOMES:
            assert sum(getattr(row.count, name) for row in found.rows) == getattr(wanted.count, name), (by, name)


def test_a_delivery_belongs_to_the_deepest_channel_its_destination_takes_it_by(ledger: Ledger) -> None:
    rows = ledger.reckon(DAYS, Dimension.DESTINATION, Dimension.CHANNEL).rows
    published = {row.group: row.count.published for row in rows if row.count.published}
    assert published == {("hook", "minzu"): 1, ("hook", "domestic"): 1, ("at", "culture"): 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_delivery_belongs_to_the_publisher_whose_text_went(ledger: Ledger) -> None:
    rows = {row.group[0]: row.count for row in ledger.reckon(DAYS, Dimension.PUBLISHER).rows}
    assert (rows["jiang"].published, rows["sum"].published) == (1, 2)
    assert (rows["sum"].held, rows["sum"].rejected) == (1, 1)


def test_latency_is_told_to_two_digits(ledger: Ledger) -> None:
    total = ledger.reckon(DAY, Dimension.DAY).total
    assert (total.latency_p50_ms, total.latency_p95_ms) == (2000, 20000)
    rows = {row.group[0]: row for row in ledger.reckon(DAY, Dimension.OUTCOME).rows}
    assert rows["published"].latency_p50_ms == 1200
    assert rows["parked"].latency_p50_ms is None


def test_days_are_the_zones_own_where_its_clock_changes() -> None:
    """Berlin's 25 October 2026 has 25 hours, its 29 March 23."""
    found = list(cuts(Span(date(2026, 10, 23), date(2026, 10, 27), "Europe/Berlin")))
    assert [(cut.first.day, cut.days, (cut.end - cut.begin).total_seconds() / 3600) for cut in found] == [
        (23, 2, 48),
        (25, 1, 25),
        (26, 2, 48),
    ]
    short = list(cuts(Span(date(2026, 3, 29), date(2026, 3, 29), "Europe/Berlin")))
    assert [(cut.end - cut.begin).total_seconds() / 3600 for cut in short] == [23]
    (year,) = cuts(Span(date(2026, 1, 1), date(2026, 12, 31), "Asia/Shanghai"))
    assert year.days == 365


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_day_keeps_its_last_hour(ledger: Ledger) -> None:
    number = ledger.article("jiang", ("domestic",), MIDNIGHT - timedelta(days=90))
    ledger.deliver(number, "hook", datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC))
    span = Span(date(2026, 10, 20), date(2026, 10, 30), "Europe/Berlin")
    assert [row.group for row in ledger.reckon(span, Dimension.DAY).rows] == [("2026-10-25",)]


def test_every_state_of_a_delivery_has_an_outcome(ledger: Ledger) -> None:
    number = ledger.article("jiang", (), MIDNIGHT)
    for state in DeliveryState:
        ledger.deliver(number, "hook", MIDNIGHT + timedelta(minutes=1), state=state.value)
    count = ledger.reckon(DAY, Dimension.DAY).total.count
    assert sum(count.plain().values()) == 16 + 1 + len(DeliveryState)


def test_what_was_decided_is_found_without_an_index(ledger: Ledger) -> None:
    with ledger.database.read() as connection:
        assert first_decision(connection, MIDNIGHT) == 1
        assert first_decision(connection, MIDNIGHT + timedelta(hours=3)) == 3
        assert first_decision(connection, MIDNIGHT + timedelta(days=9)) == 5


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_file_is_what_spreadsheets_read(ledger: Ledger) -> None:
    found = ledger.reckon(DAYS, Dimension.PUBLISHER, Dimension.DESTINATION, Dimension.OUTCOME)
    content = as_csv(found)
    assert (
        content
        == (
            "\ufeffpublisher,publisher_name,destination,subscriber,outcome,number,latency_p50_ms,latency_p95_ms\r\n"
            "jiang,江城民族事务局,,,new,1,,\r\n"
            "jiang,江城民族事务局,,,revised,1,,\r\n"
            "jiang,江城民族事务局,hook,江门户,published,1,1200,1200\r\n"
            "jiang,江城民族事务局,hook,江门户,updated,1,20000,20000\r\n"
            "jiang,江城民族事务局,hook,江门户,retracted,1,2000,2000\r\n"
            "sum,'=SUM(A1)日报,,,new,1,,\r\n"
            "sum,'=SUM(A1)日报,,,duplicate,1,,\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,held,1,,\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,dropped,1,,\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,published,1,2000,2000\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,parked,1,,\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,superseded,1,,\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,cancelled,1,,\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,rehearsed,1,,\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,withheld,1,,\r\n"
            "sum,'=SUM(A1)日报,at,'@高原,waiting,2,,\r\n"
            "sum,'=SUM(A1)日报,hook,江门户,rejected,1,,\r\n"
            "sum,'=SUM(A1)日报,hook,江门户,published,1,2000,2000\r\n"
        ).encode()
    )
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert sum(int(row["number"]) for row in rows) == sum(found.total.count.plain().values())


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "＝1", "＋1", "－1", "＠x"]
)
def test_nothing_in_the_file_is_a_formula(name: str) -> None:
    row = ReportRow(("k",), Count(published=1))
    found = Reckoned(DAY, (Dimension.PUBLISHER,), (row,), row, MIDNIGHT, {Dimension.PUBLISHER: {"k": name}})
    (cells,) = list(csv.reader(io.StringIO(as_csv(found).decode("utf-8-sig"), newline="")))[1:]
    assert cells[1] == f"'{name}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_json_has_the_same_figures(ledger: Ledger) -> None:
    found = as_plain(ledger.reckon(DAY, Dimension.DESTINATION))
    assert (found["from"], found["to"], found["zone"], found["by"]) == (
        "2026-11-24",
        "2026-11-24",
        "Asia/Shanghai",
        ["destination"],
    )
    hook = next(row for row in found["rows"] if row["destination"] == "hook")
    assert (hook["subscriber"], hook["published"], hook["latency_p95_ms"]) == ("江门户", 1, 20000)
    assert found["total"]["published"] == 1


@pytest.mark.parametrize("text", ["", "tag", "day;source"])
def test_an_unknown_dimension_is_refused_with_those_there_are(text: str) -> None:
    with pytest.raises(Refused, match="publisher, source, destination, channel, outcome, day"):
        read_dimensions(text)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_writes_the_file(
    ledger: Ledger, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from worker.cli.main import app

    monkeypatch.setenv("NEWSROAD_DATABASE_URL", database_url)
    days = ("--from", "2026-11-23", "--to", "2026-11-25")
    done = CliRunner().invoke(app, ["report", *days, "--by", "destination,day", "--csv", str(tmp_path / "a.csv")])
    assert done.exit_code == 0, done.output
    piped = CliRunner().invoke(app, ["report", *days, "--by", "destination,day", "--csv", "-"])
    assert piped.stdout_bytes == (tmp_path / "a.csv").read_bytes()
    assert piped.stdout_bytes.startswith(b"\xef\xbb\xbfdestination,subscriber,day,new,")
    shown = CliRunner().invoke(app, ["report", *days, "--by", "destination"]).output
    assert "江门户" in shown
    assert "total" in shown
    for wrong in (("--from", "morgen"), ("--from", "2026-11-25", "--to", "2026-11-24"), ("--from", "2020-01-01")):
        assert isinstance(CliRunner().invoke(app, ["report", *wrong]).exception, Refused)

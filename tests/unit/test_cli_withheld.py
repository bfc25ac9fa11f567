"""What a partner is not sent, and how it is found again by the address that they gave it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from tests.road import CATALOGUE, Item, Road
from worker.demo.site import Document
from worker.pipeline.withdraw import take_down
from worker.store.schema import delivery

SECRET_LINE = 'secret = "env:PARTNER_SECRET"\n\n[destinations.exhibitions]'


def declare(road: Road, *lines: str) -> None:
    """The sample catalogue with ``lines`` in the section of ``hook`` and a contact at the partner's."""
    text = CATALOGUE.replace(SECRET_LINE, SECRET_LINE.replace("\n\n[", "\n" + "\n".join(lines) + "\n\n["))
    road.write(text.replace('name = "江门户"', 'name = "江门户"\ncontact = "网管 010-1234"'))
    applied = road.cli("apply", "--yes")
    assert applied.code == 0, applied.text


def test_whom_to_tell_is_named_wherever_a_withheld_update_is_listed(road: Road) -> None:
    declare(road, 'updates = "notify"')
    road.publish("jiang", Item("1", "江城代表团走访学校"))
    road.run()
    road.publish("jiang", Item("1", "江城代表团走访学校（更正）"))
    road.run()
    listed = road.cli("delivery", "list", "--state", "withheld").text
    for shown in (road.cli("status").text, listed):
        assert "江城代表团走访学校（更正）" in shown
        assert "tell 江门户: 网管 010-1234" in shown
    assert "nothing was sent" in listed
    (row,) = road.json("delivery", "list", "--state", "withheld")["withheld"]
    assert (row["destination"], row["subscriber"], row["contact"]) == ("hook", "江门户", "网管 010-1234")
    assert len(road.json("status")["withheld"]) == 1
    services = road.services
    take_down(services.desk(), [road.uuid("更正")], reason="operator", by="编辑")
    assert road.json("status")["withheld"] == [], "a retraction takes its place"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_never_told_is_only_on_record(road: Road) -> None:
    declare(road, 'updates = "never"')
    road.publish("jiang", Item("1", "江城代表团走访学校"))
    road.run()
    road.publish("jiang", Item("1", "江城代表团走访学校（更正）"))
    road.run()
    assert "tell 江门户" not in road.cli("status").text
    assert [row["state"] for row in road.json("delivery", "list", "--state", "withheld")["deliveries"]] == ["withheld"]


def test_an_article_is_found_by_the_address_in_the_partners_answer(road: Road) -> None:
    declare(road, 'ok = { json = "code", equals = 0 }', 'remote_url_from = "data.url"', 'remote_id_from = "data.id"')
    address = "https://partner.example/新闻/17.html"
    busy = Document('{"code":500,"msg":"系统繁忙"}'.encode(), "application/json", status=200)
    taken = json.dumps({"code": 0, "data": {"id": 17, "url": address}})
    road.partner.next_answers = [busy, Document(taken.encode(), "application/json", status=200)]
    road.publish("jiang", Item("1", "江城代表团走访学校"))
    road.run()
    (row,) = road.json("delivery", "list", "--destination", "hook")["deliveries"]
    assert (row["state"], row["result"]) == ("due", "refused"), "it is tried again, like a 5xx"
    assert "系统繁忙" in row["detail"]
    with road.services.database.write() as connection:
        connection.execute(sa.update(delivery).values(due_at=road.services.clock()))
    road.deliver()
    shown = road.json("delivery", "show", row["uuid"])
    assert shown["state"] == "accepted"
    assert [(one["remote_id"], one["remote_url"]) for one in shown["receipts"]][-1] == ("17", address)
    assert [one["title"] for one in road.json("article", "find", address)["articles"]] == ["江城代表团走访学校"]

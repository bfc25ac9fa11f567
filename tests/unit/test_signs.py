"""What partners say in their answers: their own sign of success, the id and the address they gave an article."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from tests.fakes import NOON, FakeSecrets, a_release, a_withdrawal
from worker.catalog.read import read_catalogue
from worker.destinations import KINDS, OPTIONS
from worker.destinations.webhook import Webhook, WebhookOptions
from worker.errors import CatalogueError
from worker.model.delivery import Answer, Parcel, Release, Result, Verdict, Withdrawal
from worker.model.fetch import Outcome, Phase

SECRETS = FakeSecrets({"env:PARTNER": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
CODE = {"json": "code", "equals": 0}


def answered(
    body: bytes | str | dict[str, Any] | list[Any],
    *,
    status: int = 200,
    content_type: str = "application/json",
    subject: Release | Withdrawal | None = None,
    **options: Any,
) -> Answer:
    """What a webhook with ``options`` makes of this answer."""
    chosen = WebhookOptions.model_validate({"url": "https://partner.example/", "secret": "env:PARTNER", **options})
    conversation = Webhook().send(Parcel(UUID(int=7), 1, "a", subject or a_release(), chosen, SECRETS, NOON))
    request = next(conversation)
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers, later = {"content-type": content_type}, NOON + timedelta(seconds=1)
    outcome = Outcome(0, request.url, Phase.ANSWERED, status, headers, raw, None, "", NOON, later)
    with pytest.raises(StopIteration) as end:
        conversation.send(outcome)
    answer: Answer = end.value.value
    return answer


def test_without_a_sign_the_status_alone_decides() -> None:
    assert answered("<html>welcome</html>", content_type="text/html").result is Result.ACCEPTED


@pytest.mark.parametrize(
    ("sign", "body"),
    [
        (CODE, {"code": 0}),
        (CODE, {"code": 0.0}),
        ({"json": "success", "equals": True}, {"success": True}),
        ({"json": "status", "equals": "成功"}, {"status": "成功"}),
        ({"json": "result.0.state", "equals": "ok"}, {"result": [{"state": "ok"}]}),
        ({"json": "0.done", "equals": True}, [{"done": True}]),
    ],
)
def test_the_partners_sign_is_found(sign: dict[str, Any], body: Any) -> None:
    assert answered(body, ok=sign).result is Result.ACCEPTED


@pytest.mark.parametrize(
    ("sign", "body", "words"),
    [
        (CODE, {"code": 500, "message": "栏目不存在"}, "its code is 500, not 0"),
        (CODE, {"code": "0"}, 'its code is "0", not 0'),
        (CODE, {"code": False}, "its code is false, not 0"),
        (CODE, {"code": None}, "its code is null, not 0"),
        ({"json": "success", "equals": True}, {"success": 1}, "its success is 1, not true"),
        (CODE, {"message": "未登录"}, "its JSON has no code, which must be 0"),
        (CODE, ["code"], "its JSON has no code"),
        ({"json": "list.9.state", "equals": "ok"}, {"list": []}, "its JSON has no list.9.state"),
    ],
)
def test_a_refusal_in_the_partners_own_words_is_tried_again(sign: dict[str, Any], body: Any, words: str) -> None:
    answer = answered(body, ok=sign)
    assert (answer.result, answer.verdict, answer.status) == (Result.REFUSED, Verdict.RETRY, 200)
    assert words in answer.detail
    assert "tried again" in answer.detail


def test_a_refusal_repeats_how_the_answer_begins() -> None:
    assert "栏目不存在" in answered('{"code":500,"message":"栏目不存在"}', ok=CODE).detail


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (
            "<!DOCTYPE html><title>请登录</title>",
            "text/html",
            "a web page where JSON is due (it begins: <!DOCTYPE html>",
        ),
        ("<html>502</html>", "application/json", "a web page where JSON is due"),
        ("ok", "text/plain", "without JSON, in which code would say whether it was taken (it begins: ok)"),
        ("", "application/json", "(it is empty)"),
        ("{" * 5000, "application/json", "without JSON"),
        ("[" * 200_000, "application/json", "without JSON"),
        ('{"code":' + "9" * 5000 + "}", "application/json", "without JSON"),
    ],
)
def test_what_is_no_json_is_a_refusal(body: str, content_type: str, words: str) -> None:
    answer = answered(body, content_type=content_type, ok=CODE)
    assert (answer.result, answer.verdict) == (Result.REFUSED, Verdict.RETRY)
    assert words in answer.detail
    assert len(answer.detail) < 500, "the whole of it is kept and shown"


def test_a_page_is_a_refusal_where_an_address_is_to_be_read() -> None:
    answer = answered("<html>请登录</html>", content_type="text/html; charset=utf-8", remote_url_from="data.url")
    assert (answer.result, answer.verdict) == (Result.REFUSED, Verdict.RETRY)


def test_a_sign_changes_nothing_about_a_refusal_by_status() -> None:
    answer = answered({"code": 0}, status=401, ok=CODE)
    assert (answer.result, answer.verdict) == (Result.REFUSED, Verdict.HOLD_DESTINATION)


def test_gone_is_what_a_retraction_wanted_whatever_the_body_says() -> None:
    answer = answered({"code": 404}, status=404, subject=a_withdrawal(), ok=CODE)
    assert (answer.result, answer.verdict) == (Result.ACCEPTED, Verdict.DONE)


def test_json_in_the_charset_of_the_place_is_read() -> None:
    body = json.dumps({"code": 0, "message": "接收成功", "data": {"id": "民-9"}}, ensure_ascii=False).encode("gbk")
    answer = answered(body, ok=CODE, remote_id_from="data.id")
    assert (answer.result, answer.remote_id) == (Result.ACCEPTED, "民-9")
    marked = answered(b"\xef\xbb\xbf" + b'{"code":0}', ok=CODE)
    assert marked.result is Result.ACCEPTED


def test_the_partners_address_and_id_are_kept() -> None:
    body = {"data": [{"id": 1024, "url": "https://partner.example/文章/1024"}]}
    answer = answered(body, remote_url_from="data.0.url", remote_id_from="data.0.id")
    assert (answer.remote_url, answer.remote_id) == ("https://partner.example/文章/1024", "1024")
    assert answer.detail == "accepted"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://partner.example/1",
        "//partner.example/1",
        "/a/1",
        "https://",
        "https://partner.example/a b",
        "https://partner.example/\u202egnp",
        "https://partner.example/" + "a" * 2000,
        7,
        None,
    ],
)
def test_only_an_address_that_people_can_open_is_kept(url: object) -> None:
    answer = answered({"url": url}, remote_url_from="url")
    assert (answer.result, answer.remote_url) == (Result.ACCEPTED, None)
    assert "no http(s) address at url" in answer.detail


@pytest.mark.parametrize("known_as", [True, 1.5, "", "a" * 301, "a\0b", {"id": 1}])
def test_an_odd_id_is_not_kept(known_as: object) -> None:
    answer = answered({"id": known_as}, remote_id_from="id")
    assert (answer.result, answer.remote_id) == (Result.ACCEPTED, None)
    assert "no id at id" in answer.detail


CATALOGUE = """
[operator]
name = "示例门户"
contact = "editor@portal.example"
[channels.news]
title = "要闻"
[subscribers.partner]
name = "伙伴"
[destinations.hook]
subscriber = "partner"
kind = "webhook"
channels = ["news"]
url = "https://partner.example/"
secret = "env:PARTNER"
"""


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ('ok = { json = "code" }', "15: destinations.hook.ok.equals: is missing (it must be given)"),
        ("ok = { json = 7, equals = 0 }", "15: destinations.hook.ok.json: must be a text in quotes, not 7"),
        ('ok = { path = "code", equals = 0, json = "code" }', "15: destinations.hook.ok.path: unknown key (allowed: "),
        ('ok = { json = "code", equals = [0] }', "15: destinations.hook.ok.equals: must be a text, a number, true or "),
        ('ok = { json = "code", equals = nan }', "15: destinations.hook.ok.equals: must be a text, a number, true or "),
        ('ok = { json = "a..b", equals = 0 }', "15: destinations.hook.ok.json: must be names joined by dots"),
        ('remote_url_from = ".url"', "15: destinations.hook.remote_url_from: must be names joined by dots"),
        ('remote_id_from = ""', "15: destinations.hook.remote_id_from: must be names joined by dots"),
    ],
)
def test_a_wrong_sign_is_refused_with_its_line_and_what_is_allowed(tmp_path: Path, line: str, finding: str) -> None:
    path = tmp_path / "newsroad.toml"
    path.write_text(CATALOGUE + line + "\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as refused:
        read_catalogue(path, OPTIONS)
    (only,) = refused.value.findings
    assert f"/newsroad.toml:{finding}" in only


def test_a_sign_survives_the_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "newsroad.toml"
    path.write_text(CATALOGUE + 'ok = { json = "data.code", equals = "0" }\n', encoding="utf-8")
    (hook,) = read_catalogue(path, OPTIONS).destinations
    again = KINDS["webhook"].options.model_validate(dict(hook.options))
    assert isinstance(again, WebhookOptions)
    assert again.ok is not None
    assert (again.ok.path, again.ok.equals) == ("data.code", "0")


def test_a_path_is_not_endless() -> None:
    with pytest.raises(ValidationError):
        WebhookOptions(url="https://x.example/", secret="env:A", remote_id_from="a." * 200 + "b")


def test_half_a_character_in_a_sign_is_told_as_it_came_and_can_be_stored() -> None:
    refused = answered('{"code": "\\ud800"}', ok=CODE)
    assert refused.result is Result.REFUSED
    assert '"\\ud800", not 0' in refused.detail
    assert refused.detail.encode()


@pytest.mark.parametrize(
    "url", ["https://portal.example@evil.example/", "https://evil.example\\@portal.example/", "https://127.1/"]
)
def test_an_address_whose_host_can_be_mistaken_is_not_kept(url: str) -> None:
    assert answered({"url": url}, remote_url_from="url").remote_url is None

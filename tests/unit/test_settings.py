"""The environment: what cannot work is refused at once, in words that name the variable and never a password."""

from __future__ import annotations

import pytest

from worker.errors import SettingsError
from worker.settings import read_settings
from worker.store.engine import make_engine

WRONG = [
    ("NEWSROAD_WEB_PORT", "70000"),
    ("NEWSROAD_FLOWER_PORT", "0"),
    ("NEWSROAD_DATABASE_URL", "mysql://u:geheim@host/x"),
    ("NEWSROAD_REDIS_URL", "localhost:6379"),
    ("NEWSROAD_LOG_FORMAT", "xml"),
    ("NEWSROAD_SMTP_URL", "smtp://u:geh@eim/x@host"),
    ("NEWSROAD_SMTP_URL", "mail://u:geheim@host"),
    ("NEWSROAD_SMTP_URL", "smtp://u:geheim@host:port"),
    ("NEWSROAD_SMTP_FROM", "告警"),
    ("NEWSROAD_ALLOW_NETWORKS", "10.0.0.0/99"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_that_would_fail_later_is_refused_now(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert f"\n{name}: " in str(refused.value)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql+psycopg://u:ge/heim@host:port/x", "postgresql+psycopg://u@host:geheim/x"])
def test_an_address_that_is_none_is_told_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="NEWSROAD_DATABASE_URL is no address") as refused:
        make_engine(url, write=True)
    assert "heim" not in str(refused.value)

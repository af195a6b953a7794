"""Fixtures of the crash tests: a fresh installation, and a fake WeChat API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import schema
from tests.bot.channels.wechat import fake_api
from tests.bot.channels.wechat.fake_api import FakeApi
from tests.crash.server import Installation, WarmServers


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A WeChat API that takes customer-service messages."""
    with fake_api.running() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, api: FakeApi) -> Installation:
    """An installation with an up-to-date, empty database."""
    installation = Installation(tmp_path, api.url)
    with installation.engine() as engine:
        schema.upgrade(engine)
    return installation


@pytest.fixture
def servers(home: Installation) -> Iterator[WarmServers]:
    """Servers that start in a moment; all gone at the end."""
    warm = WarmServers(home)
    try:
        yield warm
    finally:
        warm.close()

"""Fixtures of the crash tests: a fresh installation, and a fake WeChat API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import schema
from tests.bot.channels.wechat import fake_api
from tests.bot.channels.wechat.fake_api import FakeApi
from tests.crash.server import Installation, WarmServers


@pytest.fixture(scope="module")
def api() -> Iterator[FakeApi]:
    """A WeChat API that takes customer-service messages."""
    with fake_api.running() as running:
        yield running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, api: FakeApi) -> Installation:
    """An installation with an up-to-date database; it outlives many servers."""
    return upgraded(tmp_path_factory.mktemp("home"), api.url)


@pytest.fixture
def spare(tmp_path: Path, api: FakeApi) -> Installation:
    """An installation that a test may break."""
    return upgraded(tmp_path, api.url)


def upgraded(folder: Path, api_url: str) -> Installation:
    """Return an installation with an empty database."""
    installation = Installation(folder, api_url)
    with installation.engine() as engine:
        schema.upgrade(engine)
    return installation


@pytest.fixture(scope="module")
def servers(home: Installation) -> Iterator[WarmServers]:
    """Servers that start in a moment; all gone at the end."""
    warm = WarmServers(home)
    try:
        yield warm
    finally:
        warm.close()

"""Fixtures of the WeChat tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.channels.wechat.api_world import World
from tests.bot.channels.wechat.fake_api import running


@pytest.fixture
def world() -> Iterator[World]:
    """Return a fresh platform and process."""
    with running() as api:
        world = World(api)
        yield world
        for client in world.clients:
            client._http.close()

"""Fixtures: a fake Bot API, and a process with the channel on, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.bootstrap import App
from tests.bot.channels.telegram import fake_api
from tests.bot.channels.telegram.fake_api import FakeBotApi
from tests.bot.channels.telegram.kit import NOW, Process, on_telegram


@pytest.fixture
def api() -> Iterator[FakeBotApi]:
    """A Bot API of this test."""
    with fake_api.running() as running:
        yield running


@pytest.fixture
def process(make_app: Callable[[], App], api: FakeBotApi, tmp_path: Path) -> Process:
    """A process whose clock stands still."""
    app = make_app()
    app.clock = lambda: NOW
    return Process(on_telegram(app, api, tmp_path), api)

"""A core system, and a branch whose policies are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.bootstrap import App
from tests.bot.channels.core_kit import Branch, Core, listening, settled


@pytest.fixture
def core() -> Iterator[Core]:
    """A core system on a free port."""
    with listening() as state:
        yield state


@pytest.fixture
def branch(make_app: Callable[[], App], core: Core) -> Branch:
    """The product with the core system as its source, and a verified customer."""
    return settled(make_app(), core)

"""The web chat, served for real."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.browser.fake_chat import FakeChat, chat_application, serving


@pytest.fixture(scope="module")
def chat() -> FakeChat:
    """The conversation behind all the tests of this module; sessions keep them apart."""
    return FakeChat()


@pytest.fixture(scope="module")
def client(chat: FakeChat) -> Iterator[httpx.Client]:
    """A client of the web chat, served for real."""
    with serving(chat_application(chat)) as address, httpx.Client(base_url=address) as client:
        yield client

"""The memory of used (timestamp, nonce) pairs stays bounded and fails closed."""

from __future__ import annotations

import pytest

from bot.channels.wechat.signature import Query, UsedPairs
from bot.errors import ConfigurationError, Forbidden
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import AT, Account


def pair(at: int, nonce: int) -> Query:
    """Return a query with this stamp and nonce."""
    return Query("", str(at), str(nonce), "", "", None)


def test_full_memory_refuses_old_stamps() -> None:
    """When pairs must be forgotten, their time is closed: no replay slips through."""
    used = UsedPairs(window=600, limit=10)
    for number in range(11):
        used.check(pair(AT + number, number), b"x", AT)
    with pytest.raises(Forbidden):
        used.check(pair(AT, 0), b"other", AT)
    with pytest.raises(Forbidden):
        used.check(pair(AT + 5, 5), b"other", AT)
    used.check(pair(AT + 20, 1), b"x", AT)


def test_expired_pairs_are_forgotten() -> None:
    """Pairs outside the window make room, because freshness refuses them."""
    used = UsedPairs(window=600, limit=1000)
    for number in range(2000):
        used.check(pair(AT + number, 7), b"x", AT + number)
    assert len(used) <= 601


def test_bad_key_is_named() -> None:
    """A key that is not base64 is a configuration error with a remedy."""
    with pytest.raises(ConfigurationError, match="aes_key"):
        Account(platform.settings(aes_key="!" * 43))

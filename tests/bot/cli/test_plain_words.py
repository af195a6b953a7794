"""Every error reaches the operator as one Chinese line."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import ArgumentError, OperationalError

from bot import settings
from bot.cli.plain_words import told
from bot.errors import BadRequest, ConfigurationError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BadRequest("手机号不对"), "手机号不对"),
        (FileNotFoundError(2, "No such file or directory", "/x"), "找不到文件或文件夹 /x"),
        (PermissionError(13, "Permission denied", "/x"), "没有权限读写 /x"),
        (OperationalError("SELECT 1", {}, Exception("connection refused")), "database_url"),
        (OperationalError("SELECT 1", {}, Exception("no such table: x")), "anda db upgrade"),
        (ArgumentError("Could not parse"), "database_url"),
        (TypeError("'int' object"), "没有料到的错误（TypeError"),
    ],
)
def test_errors_in_words(error: Exception, words: str) -> None:
    """What happened and what to do; a name of the program only where nothing else is known."""
    assert words in told(error)
    assert "\n" not in told(error)


def test_a_wrong_setting_is_told_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key, and what to write there."""
    monkeypatch.setenv("ANDA_DIALOGUE__MISSES_BEFORE_HANDOFF", "zero")
    with pytest.raises(ConfigurationError, match=r"dialogue\.misses_before_handoff：应是整数"):
        settings.load()

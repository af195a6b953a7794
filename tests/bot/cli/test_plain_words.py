"""Every error reaches the operator as one Chinese line."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy.exc import ArgumentError, OperationalError

from bot import settings
from bot.cli.plain_words import told
from bot.cli.serve import refuse_taken
from bot.errors import AndaError, BadRequest, ConfigurationError


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


def test_settings_that_do_not_go_together_have_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No empty key stands before the words."""
    monkeypatch.setenv("ANDA_PUBLIC_URL", "https://anda.example")
    with pytest.raises(ConfigurationError, match=r"有误：demo: true 不能用于"):
        settings.load()


def test_an_hour_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an hour looks like is said with the key."""
    monkeypatch.setenv("ANDA_DESK__OPENS", "25:00")
    with pytest.raises(ConfigurationError, match=r"desk\.opens：应是时间"):
        settings.load()


def test_a_port_in_use_is_told_in_chinese() -> None:
    """Which one, and what to do; a free one is left free, and so is an address of others."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AndaError, match=f"端口 {port} 已经有程序在用"):
            refuse_taken("127.0.0.1", port)
    refuse_taken("127.0.0.1", port)
    with pytest.raises(AndaError, match="这台机器上不能用"):
        refuse_taken("192.0.2.1", port)

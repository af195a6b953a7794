"""The access log in Chinese: nothing of it is left in the machine's words."""

from __future__ import annotations

import pytest

from bot.console import audit_words as say


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("customer C1 joined with C2", "客户 C1 和 C2 合并成一个"),
        ("customer C1 taken apart with C2", "客户 C1 和 C2 拆开"),
        ("customer C1 masked", "客户 C1 （遮挡）"),
        ("identity verified V2", "核验了身份（V2）"),
        ("identity unbound", "解除了绑定"),
        ("grants revoked all", "撤销了全部授权"),
        ("erasure of personal data", "删除个人信息"),
        ("claims board, 11 rows", "案件看板，11 行"),
        ("audit, 11 rows", "审计，11 行"),
        ("privacy requests, 2 rows", "个人信息请求列表，2 行"),
        ("campaign preview renewal, 4 rows", "主动消息试运行，4 行"),
        ("conversation 7 found", "会话 7 （搜到）"),
        ("photo 3 of CL1", "照片 3 ，属于 CL1"),
    ],
)
def test_what_was_seen_is_said_in_words(written: str, read: str) -> None:
    """Sentences as a whole, lists with their count, the rest word by word."""
    assert say.what(written) == read


def test_who_and_why_are_said_in_words() -> None:
    """People by their names, customers by their talk, programs as what they are."""
    assert say.who("刘洋") == "刘洋"
    assert say.who("staff:刘洋") == "刘洋"
    assert say.who("customer:12") == "客户（会话 #12）"
    assert say.who("api:core") == "接口：core"
    assert say.who("system:retention") == "系统"
    assert say.why("authorization revoked") == "微信通知撤回授权"
    assert say.why("客户来电核对") == "客户来电核对"

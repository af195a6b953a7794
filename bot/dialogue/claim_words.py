"""Sentences about claims that several flows share."""

from __future__ import annotations

import re

from bot.desks.claims import Urged

_URGING = re.compile(
    r"没(?:有)?(?:个|一点|任何|啥|什么)?(?:消息|动静|进展|回音|回信|下文|结果)|没人(?:联系|管|理|问|回)"
    r"|催|(?:这么|太|好)(?:久|慢|长时间)|拖(?:了|着|到)|等(?:了|得)[^,，。]{0,6}(?:天|周|星期|礼拜|月|久)"
    r"|(?:几|好多|[一二两三四五六七八九十\d]+)(?:个)?(?:天|周|星期|礼拜|月)(?:了|过去)"
)


def urges(text: str) -> bool:
    """Tell whether a question about a claim is a complaint that nothing happens."""
    return _URGING.search(text) is not None


def hurried(urged: Urged) -> str:
    """Return who answers by when, and that it is on record."""
    at = urged.answer_by
    when = f"{at.month}月{at.day}日 {at:%H:%M}"
    again = "这件事已经催过，我又记了一次：" if urged.again else "已经帮您催了："
    return (
        f"{again}报案 {urged.number} 的负责人{urged.owner}已收到提醒，最晚 {when} 前给您回话，"
        f"登记号 {urged.ticket}。到时还没有回音，直接告诉我，也可以投诉。"
    )

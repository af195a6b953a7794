"""What staff read of a customer who cannot be written to: why, and which way is left."""

from __future__ import annotations

from dataclasses import dataclass

from bot.console.parts import Room
from storage.unit_of_work import UnitOfWork
from storage.unreachable import WayLeft, ways_left

_WHY = {"wechat": "客户取消了关注", "telegram": "客户停用了机器人"}
_NAMES = {"wechat": "微信", "telegram": "Telegram"}


@dataclass(frozen=True)
class Gone:
    """``brief`` stands in a list, ``why`` and ``way`` over the conversation; ``path`` leads there.

    ``link`` is what the path is called, '' where there is none.
    """

    brief: str
    why: str
    way: str
    path: str = ""
    link: str = ""


def gone(uow: UnitOfWork, here: Room, conversation: int) -> Gone | None:
    """Return it for a conversation, None while its customer can be reached."""
    found = ways_left(uow.connection, [conversation]).get(conversation)
    return in_words(found, claims=here.may("claims", "read")) if found else None


def in_words(left: WayLeft, *, claims: bool = True) -> Gone:
    """Return what staff read; ``claims`` tells whether they may open one."""
    why = f"{_WHY.get(left.channel, '客户离开了')}，这里发不到了"
    if left.other is not None:
        name = _NAMES.get(left.other_channel, left.other_channel)
        path = f"/console/inbox?tab=all&c={left.other}"
        call = f"，或者打电话 {left.phone}" if left.phone else ""
        return Gone(f"联系不上，改用{name}", why, f"可以在{name}里回{call}", path, "去那个会话")
    if left.phone:
        return Gone("联系不上，打电话", why, f"可以打电话 {left.phone}")
    if left.claim:
        path = f"/console/claims/{left.claim}" if claims else ""
        return Gone("联系不上，打报案电话", why, "可以打报案时留的电话", path, left.claim)
    return Gone("联系不上", why, "没有别的联系方式，等客户自己再来")

"""An agent writes into the customer's form that somebody is hurt: what a spoken word would do."""

from __future__ import annotations

from typing import Any

from bot.console.parts import Room
from bot.dialogue.flow import Flow
from bot.full_desk import FullDesk
from storage.back_office import TransactionBackOffice
from storage.conversations import OpenConversation

SLOT = "injured"
_REASON = "坐席更正：有人受伤"


def is_hurt(slot: str, value: Any) -> bool:
    """Tell whether this correction says that somebody is hurt."""
    return slot == SLOT and value is True


def raise_alarm(here: Room, desk: FullDesk, conversation: OpenConversation, flow: Flow) -> str:
    """Register the claim at once as an emergency and call the desk; return what is noted of it.

    The customer hears of it by the agent who is talking with them: nobody else cuts in.
    """
    row = desk.uow.inbox.conversation(conversation.id) or {}
    office = TransactionBackOffice(
        uow=desk.uow,
        conversation=conversation,
        channel=str(row.get("channel") or ""),
        settings=here.parts.settings,
        cipher=here.parts.cipher,
        at=desk.now,
    )
    office.alarm(_REASON)
    # As if a rule had heard it: the agent is there, nobody else has to be asked for.
    flow.alarm(_REASON)
    flow.progress(office)
    number = str(flow.kept.get("number") or "")
    opened = f"报案已先登记：{number}，" if number else ""
    return f"。{opened}已按特急叫人。请告诉客户：先打 120、122，不要移动伤者。"

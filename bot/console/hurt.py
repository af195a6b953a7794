"""An agent writes into a form what its claim must hear of: in the agent's name, and at once.

That somebody is hurt registers the claim there and then, as a spoken word would; what is put right
later reaches the claim that is registered already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.back_office import Values
from bot.console.parts import Room
from bot.dialogue.claim_form import ClaimForm
from bot.dialogue.flow import Flow
from bot.full_desk import FullDesk
from storage.back_office import TransactionBackOffice
from storage.claims_register import Register
from storage.conversations import OpenConversation

SLOT = "injured"
_REASON = "坐席更正：有人受伤"


def is_hurt(slot: str, value: Any) -> bool:
    """Tell whether this correction says that somebody is hurt."""
    return slot == SLOT and value is True


@dataclass
class AgentsOffice(TransactionBackOffice):
    """The branch as an agent reaches it in a customer's stead.

    ``said`` is what the customer had said of the facts that the agent has put right, None where
    they had said nothing: it is what stands there before the agent's own words.
    """

    agent: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)

    def open_claim(self, values: Values) -> str:
        """Record the claim as the customer told it, and what was put right as the agent's."""
        number = super().open_claim({**values, **self.said, "urgent": True})
        self.amend_claim(number, {key: values.get(key) for key in self.said})
        return number

    def amend_claim(self, number: str, values: Values) -> None:
        """Change facts in the agent's name."""
        book = Register(self.uow, self.cipher, self.settings, self.at, self.agent)
        claim = book.locked(number)
        known = {key: value for key, value in values.items() if value is not None}
        if claim is not None and known:
            book.amend(claim, known)


def follow(
    here: Room, desk: FullDesk, conversation: OpenConversation, flow: Flow, before: Flow, slot: str
) -> str:
    """Let the claim follow a correction of ``slot``; return what is noted of it.

    ``before`` is the form before it; as the customer alone had filled it where no claim is there.
    """
    if not isinstance(flow, ClaimForm) or not isinstance(before, ClaimForm):
        return ""
    facts, old = flow.facts(), before.facts()
    changed = {key: old.get(key) for key in facts if facts[key] != old.get(key)}
    changed.pop("urgent", None)
    office = _office(here, desk, conversation, changed)
    if number := flow.kept.get("number"):
        office.amend_claim(str(number), {key: facts[key] for key in changed})
        return f"，报案 {number} 上也改了"
    if not is_hurt(slot, flow.values.get(slot)):
        return ""
    return _raise_alarm(office, flow)


def _office(
    here: Room, desk: FullDesk, conversation: OpenConversation, said: Mapping[str, Any]
) -> AgentsOffice:
    row = desk.uow.inbox.conversation(conversation.id) or {}
    return AgentsOffice(
        uow=desk.uow,
        conversation=conversation,
        channel=str(row.get("channel") or ""),
        settings=here.parts.settings,
        cipher=here.parts.cipher,
        at=desk.now,
        agent=here.staff.actor,
        said=said,
    )


def _raise_alarm(office: AgentsOffice, flow: ClaimForm) -> str:
    """Register the claim at once as an emergency and call the desk; return what is noted of it.

    The customer hears of it by the agent who is talking with them: nobody else cuts in.
    """
    office.alarm(_REASON)
    # As if a rule had heard it: the agent is there, nobody else has to be asked for.
    flow.alarm(_REASON)
    flow.progress(office)
    number = str(flow.kept.get("number") or "")
    opened = f"报案已先登记：{number}，" if number else ""
    return f"。{opened}已按特急叫人。请告诉客户：先打 120、122，不要移动伤者。"

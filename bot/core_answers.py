"""The core system has answered, or will not: go on with what waited for it."""

from __future__ import annotations

from bot.dialogue import core_system
from bot.dialogue.commands import Command, PoliciesCame
from bot.dialogue.gates import SOURCE
from bot.dialogue.message import InboundMessage
from bot.dialogue.state import DialogueState
from storage.back_office import TransactionBackOffice

READY, DOWN = "core:ready", "core:down"
EVENTS = (READY, DOWN)


def nobody_waits(message: InboundMessage, state: DialogueState) -> bool:
    """Tell whether an answer has come for which nobody waits any more: nothing is said then."""
    return message.event in EVENTS and all(frame.flow != SOURCE for frame in state.stack)


def commands(message: InboundMessage, office: TransactionBackOffice) -> list[Command]:
    """Go on, or apologise and tell staff; [] for a message of the customer."""
    if message.event not in EVENTS:
        return []
    office.core_unreachable = message.event == DOWN
    if office.core_unreachable and not office.policies_known(message.ref):
        number = office.open_ticket("policy_lookup", {"words": message.text})
        text = core_system.DOWN.format(number=number)
        return [PoliciesCame(text, core_system.BUTTONS)]
    return [PoliciesCame()]

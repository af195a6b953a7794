"""The core system has answered, or will not: go on with the question that waited for it."""

from __future__ import annotations

from bot.dialogue import core_system
from bot.dialogue.commands import Command, Say, StartFlow
from bot.dialogue.message import InboundMessage
from storage.back_office import TransactionBackOffice

READY, DOWN = "core:ready", "core:down"
EVENTS = (READY, DOWN)


def commands(message: InboundMessage, office: TransactionBackOffice) -> list[Command]:
    """Show the policies, or apologise and tell staff; [] for a message of the customer."""
    if message.event not in EVENTS:
        return []
    office.core_unreachable = message.event == DOWN
    if office.core_unreachable and office.policies_as_of() is None:
        number = office.open_ticket("policy_lookup", {"words": message.text})
        return [Say(core_system.DOWN.format(number=number), core_system.BUTTONS)]
    return [StartFlow("policy_query", message.text)]

"""Remarks that mean something only because we wait for them: a call we owe, a survey we sent."""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.desks.tickets import TicketView
from bot.dialogue import phrases
from bot.dialogue.call_words import (
    calls_off,
    moves,
    names_call,
    no_need,
    number_left,
    only_a_time,
    puts_off,
)
from bot.dialogue.commands import CancelFlow, Command, FillSlots, Say, StartFlow
from bot.dialogue.flow import Flow
from bot.dialogue.registry import Registry
from bot.dialogue.slot_types.call_time import call_time
from bot.dialogue.slot_types.text import message_text
from bot.dialogue.state import DialogueState
from bot.dialogue.words import REMARK, SCORED

_CALL, _NEW_CALL = "call_change", "call_back"


def flow_about(text: str, office: BackOffice) -> str:
    """Return the flow for words about a call that is owed or a survey that waits, '' for none."""
    if number_left(text) and office.call_back():
        return _CALL
    off = calls_off(text)
    timed = moves(text, office.now) or only_a_time(text, office.now)
    if (off or timed) and (office.call_back() or (off and no_need(text))):
        return _CALL
    remark = REMARK.match(text) or SCORED.match(text)
    return "callback" if remark and office.pending_survey() else ""


def start(flow: str, text: str) -> list[Command]:
    """Return the commands that begin such a flow; the one about a call hears the words too."""
    heard = [FillSlots({}, text, flow)] if flow == _CALL else []
    return [StartFlow(flow, text), *heard]


def in_between(
    text: str, state: DialogueState, registry: Registry, office: BackOffice
) -> list[Command]:
    """Return what to do about a call that is called off or moved while a form is open.

    A call that is only being arranged is not made; else the form goes on when it is done.
    """
    top = state.top
    if top is None or top.flow not in registry.flows or top.flow == _CALL:
        return []
    form = registry.revive(top, text)
    if form.name != _NEW_CALL and _moved(form, text, office):
        return start(_CALL, text)
    if not calls_off(text):
        return []
    owed = office.call_back()
    if form.name == _NEW_CALL:
        left: list[Command] = [Say(still_owed(owed), (phrases.CALL_OFF,))] if owed else []
        return [CancelFlow(), *left]
    return start(_CALL, text) if owed and not _takes(form, text, office) else []


def still_owed(call: TicketView | None) -> str:
    """Return the sentence that another call is promised, '' for none."""
    if call is None:
        return ""
    return phrases.CALL_STILL_OWED.format(number=call.number, when=call_time.show(call.due_at))


def _moved(form: Flow, text: str, office: BackOffice) -> bool:
    """Tell whether a call that is owed is moved; a form about a past event puts nothing off."""
    if not moves(text, office.now) or not (office.call_back() and not _for_a_colleague(form)):
        return False
    return names_call(text) or (bool(form.told_apart_by) and puts_off(text))


def _for_a_colleague(form: Flow) -> bool:
    slot = form.pending()
    return slot is not None and slot.type is message_text


def _takes(form: Flow, text: str, office: BackOffice) -> bool:
    """Tell whether the open question takes such words as its answer: «报警了没有？», «不用打».

    A message to a colleague is passed on as it is; no story and no demand is so short.
    """
    slot = form.pending()
    if slot is None or slot.type.greedy:
        return slot is not None and slot.type is message_text
    found = slot.type.answer(text, office.now)
    return found is not None and found.value is not None

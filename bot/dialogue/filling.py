"""Fill and correct slots: check the value, let the flow act on it, keep the customer's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.dialogue import phrases
from bot.dialogue.commands import CorrectSlots, FillSlots, Said
from bot.dialogue.flow import Flow
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.base import Completing
from bot.dialogue.turn import Turn


def fill(turn: Turn, command: FillSlots) -> None:
    """Fill slots of the flow that is meant."""
    top = turn.state.top
    if top is None or command.flow not in ("", top.flow):
        return
    flow = turn.flow()
    values = {n: s for n, s in command.values.items() if command.override or _wanted(flow, n, s)}
    _take(turn, flow, values, command.utterance)


def _wanted(flow: Flow, name: str, said: Said) -> bool:
    return flow.takes(name) or flow.refines(name, said.value, said.quote)


def correct(turn: Turn, command: CorrectSlots) -> None:
    """Overwrite slots of the top flow and say so."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    before = dict(flow.values)
    values = {n: _completed(flow, n, said, turn.at) for n, said in command.values.items()}
    _take(turn, flow, values, command.utterance)
    after = turn.flow().values
    changed = [n for n in command.values if n in before and before[n] != after.get(n)]
    if not changed or (flow.recording and turn.replies):
        return  # what is on record already says itself that it was noted
    added = all(str(before[n]) in str(after.get(n)) for n in changed)
    turn.replies.insert(0, Reply(phrases.GOT_IT if added else phrases.CORRECTED))


def _completed(flow: Flow, name: str, said: Said, at: datetime) -> Said:
    """Return a corrected value with what it leaves open taken from the one before."""
    slot, before = flow.slots.get(name), flow.values.get(name)
    if before is None or said.value is None or not slot or not isinstance(slot.type, Completing):
        return said
    return replace(said, value=slot.type.completed(said.value, said.quote, before, at))


def _take(turn: Turn, flow: Flow, values: Mapping[str, Said], utterance: str) -> None:
    if utterance:
        flow.hear(utterance, _rest(flow, utterance, values))
    if turn.alarm:
        flow.alarm(turn.alarm)
    taken = [name for name, said in values.items() if _take_one(turn, flow, name, said)]
    turn.filled = turn.filled or bool(taken)
    turn.added = bool(taken) and all(flow.slots[name].adds for name in taken)
    turn.store(flow)
    turn.remember(flow)
    turn.replies.extend(flow.progress(turn.office))
    turn.store(flow)


def _rest(flow: Flow, utterance: str, values: Mapping[str, Said]) -> str:
    """Return the words that did not end up in a slot of some meaning; a free text has none."""
    quotes = (s.quote for n, s in values.items() if n in flow.slots and _telling(flow, n))
    for quote in filter(None, quotes):
        utterance = utterance.replace(quote, " ", 1)
    return utterance.strip()


def _telling(flow: Flow, name: str) -> bool:
    return flow.slots[name].type.volunteered or not flow.slots[name].type.greedy


def _take_one(turn: Turn, flow: Flow, name: str, said: Said) -> bool:
    """Store one value, or say why not."""
    slot = flow.slots.get(name)
    if slot is None:
        return False
    problem = said.problem if said.value is None else slot.check(flow, said.value)
    if problem is None and said.value is not None and slot.accept:
        problem = slot.accept(flow, said.value, turn.office)
    if problem:
        turn.say(problem)
    if problem or said.value is None:
        return False
    flow.keep(name, said.value, said.quote)
    if slot.received:
        turn.say(slot.received.format(shown=slot.type.show(flow.values[name])))
    return True

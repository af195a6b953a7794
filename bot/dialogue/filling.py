"""Fill and correct slots: check the value, let the flow act on it, keep the customer's words."""

from __future__ import annotations

from collections.abc import Mapping

from bot.dialogue import phrases
from bot.dialogue.commands import CorrectSlots, FillSlots, Said
from bot.dialogue.flow import Flow
from bot.dialogue.message import Reply
from bot.dialogue.turn import Turn


def fill(turn: Turn, command: FillSlots) -> None:
    """Fill slots of the flow that is meant."""
    top = turn.state.top
    if top is None or command.flow not in ("", top.flow):
        return
    flow = turn.flow()
    values = {n: s for n, s in command.values.items() if command.override or flow.takes(n)}
    _take(turn, flow, values, command.utterance)


def correct(turn: Turn, command: CorrectSlots) -> None:
    """Overwrite slots of the top flow and say so."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    before = dict(flow.values)
    _take(turn, flow, command.values, command.utterance)
    after = turn.flow().values
    if any(before[n] != after.get(n) for n in command.values if n in before):
        turn.replies.insert(0, Reply(phrases.CORRECTED))


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

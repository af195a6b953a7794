"""Fill and correct slots: check the value, let the flow act on it, keep the customer's words."""

from __future__ import annotations

from collections.abc import Mapping

from bot.dialogue import phrases
from bot.dialogue.commands import Said
from bot.dialogue.flow import Flow
from bot.dialogue.message import Reply
from bot.dialogue.turn import Turn


def fill(turn: Turn, values: Mapping[str, Said], utterance: str) -> None:
    """Fill empty slots of the top flow."""
    flow = turn.flow()
    empty = {n: said for n, said in values.items() if n not in flow.values}
    _take(turn, flow, empty, utterance)


def correct(turn: Turn, values: Mapping[str, Said], utterance: str) -> None:
    """Overwrite slots of the top flow and say so."""
    flow = turn.flow()
    before = dict(flow.values)
    _take(turn, flow, values, utterance)
    if any(before.get(n) != turn.flow().values.get(n) for n in values if n in before):
        turn.replies.insert(0, Reply(phrases.CORRECTED))


def _take(turn: Turn, flow: Flow, values: Mapping[str, Said], utterance: str) -> None:
    if utterance:
        flow.hear(utterance)
    for name, said in values.items():
        if problem := _take_one(turn, flow, name, said):
            turn.say(problem)
    turn.store(flow)
    if values:
        turn.filled = True
    turn.remember(flow)
    turn.replies.extend(flow.progress(turn.office))
    turn.store(flow)


def _take_one(turn: Turn, flow: Flow, name: str, said: Said) -> str | None:
    """Store one value, or return the sentence that tells why not."""
    slot = flow.slots.get(name)
    if slot is None:
        return None
    if said.value is None:
        return said.problem
    if problem := slot.check(flow, said.value):
        return problem
    if slot.accept and (problem := slot.accept(flow, said.value, turn.office)):
        return problem
    flow.values[name] = said.value
    flow.quotes[name] = said.quote
    flow.skipped = tuple(s for s in flow.skipped if s != name)
    return None

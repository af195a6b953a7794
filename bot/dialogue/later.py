"""Another event in the middle of a form: it waits for its turn and then has a form of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.dialogue import filling, phrases
from bot.dialogue.commands import FillSlots, PutOff, Said
from bot.dialogue.facts import volunteered
from bot.dialogue.flow import Flow
from bot.dialogue.state import Frame
from bot.dialogue.turn import Turn

_QUOTED = 24


def put_off(turn: Turn, command: PutOff) -> None:
    """Let another event wait, ask whether it is another one, or begin it at once."""
    top = turn.state.top
    if top is None or top.flow != command.flow:
        return
    if command.urgent:
        _open(turn, command.flow, command.text, turn.at)
        return
    flow = turn.flow()
    if command.ask:
        flow.kept["unclear"] = {"text": command.text, "at": turn.at.isoformat()}
    else:
        flow.put_off(command.text, turn.at)
        turn.say(phrases.ANOTHER_LATER.format(title=flow.title))
    turn.store(flow)


def go_on(turn: Turn, ended: Flow) -> None:
    """Open the form of the next event that was waiting for ``ended``."""
    waiting = ended.kept.get("later")
    if not isinstance(waiting, list) or not waiting:
        return
    text, at = told(waiting[0], turn.at)
    quote = text if len(text) <= _QUOTED else text[:_QUOTED] + "…"
    words = phrases.ANOTHER_NOW if quote else phrases.ANOTHER_NOW_EMPTY
    turn.say(words.format(title=ended.title, quote=quote))
    turn.flow_ended = False
    _open(turn, ended.name, text, at, waiting[1:])


def settle(flow: Flow, another: bool, now: datetime) -> bool:
    """Let what was unclear wait as another event, or take it as news of this one."""
    text, at = told(flow.kept.pop("unclear", None), now)
    if another:
        flow.put_off(text, at)
        return True
    for name, said in volunteered(flow, text, at).items():
        if said.value is not None:
            flow.keep(name, said.value, said.quote)
    flow.hear(text, text)
    return False


def told(note: Any, now: datetime) -> tuple[str, datetime]:
    """Return the words of a note, and when they were said."""
    known: Mapping[str, Any] = note if isinstance(note, dict) else {}
    try:
        at = datetime.fromisoformat(str(known.get("at")))
    except ValueError:
        at = now
    return str(known.get("text") or ""), at


def _open(turn: Turn, name: str, text: str, at: datetime, rest: list[Any] | None = None) -> None:
    """Push an empty form for another event, and fill in what was said about it."""
    slots = turn.registry.flows[name].slots
    known = {n: s for n, s in turn.state.known.items() if n in slots and slots[n].remembered}
    kept: dict[str, Any] = {"another": True} | ({"later": rest} if rest else {})
    version = turn.registry.flows[name].version
    frame = Frame(name, version, slots=known, kept=kept, touched_at=turn.stamp())
    turn.state = replace(turn.state.push(frame), answered=None)
    flow = turn.flow()
    flow.begin(turn.office)
    turn.store(flow)
    values: dict[str, Said] = volunteered(flow, text, at)
    filling.fill(turn, FillSlots(values, text, name, override=True))

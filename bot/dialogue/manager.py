"""The dialogue manager: state and commands in, new state and replies out.

Repair lives in the dialogue core and nowhere else: digression and return, correction,
cancelling with the draft kept, one step back, starting anew, skipping, help, resuming, misses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.back_office import BackOffice
from bot.dialogue import (
    answering,
    code_again,
    escalation,
    filling,
    gates,
    later,
    lifecycle,
    phrases,
    repair,
)
from bot.dialogue import commands as say
from bot.dialogue.reading import KnowledgeBase
from bot.dialogue.refresh import IDLE, refresh
from bot.dialogue.registry import Registry
from bot.dialogue.state import DialogueState
from bot.dialogue.turn import Turn


def _say(turn: Turn, command: say.Say) -> None:
    turn.say(command.text, *command.buttons)


_HANDLERS: Mapping[type, Callable[[Turn, Any], None]] = {
    say.StartFlow: lifecycle.start,
    say.FillSlots: filling.fill,
    say.PutOff: later.put_off,
    say.PoliciesCame: gates.policies_came,
    say.LeaveGate: gates.make_way,
    say.CorrectSlots: filling.correct,
    say.ForgetSlot: repair.forget,
    say.AnswerEntry: answering.answer,
    say.AnswerParts: answering.answer_parts,
    say.Unsolved: answering.unsolved,
    say.Offer: answering.offer,
    say.NoneOfThese: answering.none_of_these,
    say.Escalate: escalation.escalate,
    say.NoPerson: escalation.no_person,
    say.Enough: escalation.enough,
    say.Confirm: lifecycle.confirm,
    say.Finish: lifecycle.finish,
    say.Resume: repair.resume,
    say.CancelFlow: repair.cancel,
    say.Back: repair.back,
    say.Restart: repair.restart,
    say.Skip: repair.skip,
    say.Help: repair.explain,
    say.Wait: repair.wait,
    say.SendCodeAgain: code_again.send,
    say.Say: _say,
    say.NotUnderstood: answering.miss,
}
_WAITS_BEFORE_OFFER = 3
_MISSES = (say.NotUnderstood, say.Offer, say.NoneOfThese)


@dataclass(frozen=True)
class DialogueManager:
    """Applies commands in order, then asks the next question."""

    registry: Registry
    knowledge: KnowledgeBase
    misses_before_handoff: int = 3
    idle: timedelta = IDLE

    def advance(
        self,
        state: DialogueState,
        commands: list[say.Command],
        office: BackOffice,
        at: datetime,
        utterance: str = "",
    ) -> Turn:
        """Return the turn that ``commands`` lead to."""
        refreshed = refresh(state, at, self.idle, self.registry.flows)
        misses = refreshed.state.misses if any(isinstance(c, _MISSES) for c in commands) else 0
        turn = Turn(
            _begun(refreshed.state, misses),
            office,
            self.registry,
            self.knowledge,
            at,
            utterance,
            self.misses_before_handoff,
        )
        if refreshed.gone:
            turn.say(phrases.FLOW_GONE)
        asked = _open_slot(turn)
        told = turn.filled = _told_behind_a_gate(turn, commands)
        if told and all(isinstance(command, _MISSES) for command in commands):
            commands = []  # it was no answer to the gate, and was understood all the same
        for command in commands:
            _HANDLERS[type(command)](turn, command)
        lifecycle.finish_ready_flows(turn)
        if turn.filled and not turn.replies and asked and _open_slot(turn) == asked:
            # What was told is not what was asked: say that it was heard before asking again.
            turn.say(phrases.GOT_IT)
        _count_waits(turn, asked)
        _ask_next(turn)
        lifecycle.offer_draft(turn)
        if not turn.replies:
            # Nobody who is in danger is offered a menu.
            buttons = () if turn.alarm else phrases.MENU_BUTTONS
            turn.say(turn.unsaid or phrases.HELP_OPEN, *buttons)
        return turn


def _told_behind_a_gate(turn: Turn, commands: list[say.Command]) -> bool:
    """Pass on what the customer told; what the core system answers is nobody's words."""
    if any(isinstance(command, say.PoliciesCame) for command in commands):
        return False
    return gates.pass_on(turn)


def _begun(state: DialogueState, misses: int) -> DialogueState:
    """Return the state with the offers of the last turn taken back."""
    if not state.offers and misses == state.misses:
        return state
    return replace(state, offers={}, misses=misses)


def _count_waits(turn: Turn, asked: tuple[str, str] | None) -> None:
    """Offer a person to whoever is asked the same thing again and again, whatever was said."""
    same = asked is not None and _open_slot(turn) == asked and not turn.filled
    waits = turn.state.waits + 1 if same else 0
    if waits != turn.state.waits:
        turn.state = replace(turn.state, waits=waits)
    told = turn.state.misses > 1 or turn.office.waiting
    if waits and waits % _WAITS_BEFORE_OFFER == 0 and not told and not turn.quiet:
        turn.say(phrases.PERSON_OFFERED, phrases.PERSON_BUTTON)


def _open_slot(turn: Turn) -> tuple[str, str] | None:
    """Return the flow and slot that the customer is being asked for."""
    top = turn.state.top
    slot = turn.flow().pending() if top and top.flow in turn.registry.flows else None
    return (top.flow, slot.name) if top and slot else None


def _ask_next(turn: Turn) -> None:
    """Ask the open question again, or for the first time."""
    if turn.state.top is None or turn.quiet or (turn.alarm and turn.flow_ended):
        return
    flow = turn.flow()
    if turn.flow_ended or turn.entry:
        fresh = turn.begun and not (flow.gate or flow.kept.get("opened"))
        words = phrases.THEN_NEXT if fresh else phrases.BACK_TO
        turn.say(words.format(title=turn.title()))
    if not flow.kept.get("opened"):
        flow.kept["opened"] = True
        turn.replies.extend(flow.opening(turn.office))
    turn.store(flow)
    if flow.pending() is not None:
        turn.replies.append(flow.prompt())
    elif turn.added:
        # Nine photos must not bring nine cards.
        turn.say(phrases.ANSWER_YES_OR_NO, *phrases.CONFIRM_BUTTONS)
    else:
        turn.say(_card(turn), *phrases.CONFIRM_BUTTONS)


def _card(turn: Turn) -> str:
    flow = turn.flow()
    invitation = flow.invitation()
    return phrases.CONFIRM.format(
        summary="\n".join(flow.lines()), invitation=invitation and invitation + "\n"
    )

"""The dialogue manager: state and commands in, new state and replies out.

Repair lives here and nowhere else: digression and return, correction, cancelling with the
draft kept, one step back, starting anew, skipping, help, resuming, misses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.back_office import BackOffice
from bot.dialogue import escalation, phrases, repair
from bot.dialogue.commands import (
    AnswerEntry,
    Back,
    CancelFlow,
    Command,
    Confirm,
    CorrectSlots,
    Escalate,
    FillSlots,
    Finish,
    ForgetSlot,
    Help,
    NotUnderstood,
    Offer,
    Restart,
    Resume,
    Say,
    Skip,
    StartFlow,
    Wait,
)
from bot.dialogue.filling import correct, fill
from bot.dialogue.message import Reply
from bot.dialogue.reading import KnowledgeBase
from bot.dialogue.registry import Registry
from bot.dialogue.state import DialogueState, Frame
from bot.dialogue.turn import Turn

_MAX_CHAIN = 5  # flows that end and begin in one turn; more would be a loop in their code


@dataclass(frozen=True)
class DialogueManager:
    """Applies commands in order, then asks the next question."""

    registry: Registry
    knowledge: KnowledgeBase
    misses_before_handoff: int = 3
    idle: timedelta = timedelta(hours=6)

    def advance(
        self,
        state: DialogueState,
        commands: list[Command],
        office: BackOffice,
        at: datetime,
        utterance: str = "",
    ) -> Turn:
        """Return the turn that ``commands`` lead to."""
        turn = Turn(state, office, self.registry, at, utterance)
        self._drop_unknown_flows(turn)
        stale = self._stale(turn)
        turn.state = replace(turn.state, offers={})
        if not any(isinstance(c, NotUnderstood) for c in commands):
            turn.state = replace(turn.state, misses=0)
        for command in commands:
            self._apply(command, turn)
        self._finish_ready_flows(turn)
        self._ask_next(turn, stale, commands)
        return turn

    def _drop_unknown_flows(self, turn: Turn) -> None:
        """A release may have removed a flow that somebody was in the middle of."""
        kept = tuple(f for f in turn.state.stack if f.flow in self.registry.flows)
        drafts = tuple(f for f in turn.state.drafts if f.flow in self.registry.flows)
        if len(kept) < len(turn.state.stack):
            turn.say(phrases.FLOW_GONE)
        turn.state = replace(turn.state, stack=kept, drafts=drafts)

    def _stale(self, turn: Turn) -> Frame | None:
        """Return the open frame if nobody has touched it for long."""
        top = turn.state.top
        if top is None or not top.touched_at:
            return None
        return top if turn.at - datetime.fromisoformat(top.touched_at) > self.idle else None

    def _apply(self, command: Command, turn: Turn) -> None:
        match command:
            case StartFlow(flow, utterance):
                self._start(turn, flow, utterance)
            case FillSlots(values, utterance) if turn.state.top:
                fill(turn, values, utterance)
            case CorrectSlots(values, utterance) if turn.state.top:
                correct(turn, values, utterance)
            case AnswerEntry(entry, _):
                self._answer(turn, entry)
            case Offer(candidates):
                turn.state = replace(turn.state, offers=dict(candidates))
                turn.say(phrases.OFFER, *candidates)
                turn.quiet = True
            case Escalate(level, reason, say):
                escalation.escalate(turn, level, reason, say)
            case Confirm(yes=True):
                self._submit(turn)
            case Finish():
                self._finish(turn)
            case Say(text, buttons):
                turn.say(text, *buttons)
            case NotUnderstood():
                repair.miss(turn, self.misses_before_handoff)
            case _:
                _REPAIRS.get(type(command), _nothing)(turn, command)

    def _start(self, turn: Turn, name: str, utterance: str) -> None:
        """Open a flow on top: again if it is open, from its draft if it has one, or new."""
        already = next((f for f in turn.state.stack if f.flow == name), None)
        if already is not None:
            others = tuple(f for f in turn.state.stack if f is not already)
            turn.state = replace(turn.state, stack=(*others, already))
            return
        state, draft = turn.state.unshelve(name)
        turn.state = state.push(draft or Frame(name, self.registry.flows[name].version))
        turn.utterance = utterance or turn.utterance
        if draft is None:
            self._prefill(turn)
            self._begin(turn)
        if not self.registry.flows[name].slots:
            self._submit(turn)

    def _begin(self, turn: Turn) -> None:
        flow = turn.flow()
        flow.begin(turn.office)
        turn.store(flow)

    def _prefill(self, turn: Turn) -> None:
        """Take over what the customer said earlier; the summary shows it for correction."""
        slots = self.registry.flows[turn.frame.flow].slots
        known = {n: s for n, s in turn.state.known.items() if n in slots and slots[n].remembered}
        turn.state = turn.state.with_top(replace(turn.frame, slots=known))

    def _answer(self, turn: Turn, entry: str) -> None:
        answered = self.knowledge.answer(entry)
        if answered is None:
            repair.miss(turn, self.misses_before_handoff)
            return
        text, buttons = answered
        turn.entry = entry
        turn.state = replace(turn.state, last_entry=entry)
        turn.replies.append(Reply(text, () if turn.state.top else buttons))

    def _finish(self, turn: Turn) -> None:
        """«没别的了»: at the card it is a yes, else what can wait is left for later."""
        if turn.state.top is None:
            return
        flow = turn.flow()
        if flow.pending() is None:
            if not turn.filled:
                self._submit(turn)
            return
        while (slot := flow.pending()) is not None and slot.deferrable:
            flow.skipped = (*flow.skipped, slot.name)
        turn.store(flow)

    def _submit(self, turn: Turn) -> None:
        if turn.state.top is None:
            return
        flow = turn.flow()
        if flow.pending() is not None:
            return
        outcome = flow.submit(turn.office)
        turn.remember(flow)
        turn.state = turn.state.pop()
        turn.replies.extend(outcome.replies)
        turn.flow_ended = True
        if outcome.then:
            self._start(turn, outcome.then, "")

    def _finish_ready_flows(self, turn: Turn) -> None:
        for _ in range(_MAX_CHAIN):
            if turn.state.top is None or not turn.flow().ready:
                return
            self._submit(turn)

    def _ask_next(self, turn: Turn, stale: Frame | None, commands: list[Command]) -> None:
        if turn.state.top is None or turn.quiet:
            return
        top = turn.frame
        title = self.registry.flows[top.flow].title
        if stale is not None and stale.flow == top.flow and not turn.filled:
            if not any(isinstance(c, Resume | Confirm | Skip | Back) for c in commands):
                turn.say(phrases.STALE.format(title=title), "继续", "取消")
                return
        if turn.flow_ended or turn.entry:
            turn.say(phrases.BACK_TO.format(title=title))
        self._ask(turn)

    def _ask(self, turn: Turn) -> None:
        flow = turn.flow()
        if not flow.kept.get("opened"):
            flow.kept["opened"] = True
            turn.replies.extend(flow.opening(turn.office))
            turn.store(flow)
        if flow.pending() is not None:
            turn.replies.append(flow.prompt())
            return
        invitation = flow.invitation()
        turn.say(
            phrases.CONFIRM.format(
                summary="\n".join(flow.lines()), invitation=invitation and invitation + "\n"
            ),
            *phrases.CONFIRM_BUTTONS,
        )


def _nothing(turn: Turn, command: Any) -> None:
    """Commands for a flow that is no longer there change nothing."""


_REPAIRS: dict[type, Callable[[Turn, Any], None]] = {
    CancelFlow: repair.cancel,
    Back: repair.back,
    Restart: repair.restart,
    Skip: repair.skip,
    Help: repair.explain,
    Resume: repair.resume,
    Wait: repair.wait,
    ForgetSlot: repair.forget,
    Confirm: repair.which_to_correct,
}

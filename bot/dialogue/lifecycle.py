"""How flows begin and end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.dialogue import gates, later, phrases
from bot.dialogue.commands import Confirm, Finish, StartFlow
from bot.dialogue.refresh import is_idle
from bot.dialogue.repair import show_draft, which_to_correct
from bot.dialogue.state import DialogueState, Frame
from bot.dialogue.turn import Turn

_FRESH_DRAFT = timedelta(hours=6)
_MAX_CHAIN = 5  # flows that end and begin in one turn; more would be a loop in their code


def start(turn: Turn, command: StartFlow) -> None:
    """Open a flow on top: again if it is open, from a fresh draft if it has one, or new."""
    name = command.flow
    if name not in turn.registry.flows:
        return
    if already := next((f for f in reversed(turn.state.stack) if f.flow == name), None):
        others = tuple(f for f in turn.state.stack if f is not already)
        turn.state = replace(turn.state, stack=(*others, already))
        return
    turn.utterance = command.utterance or turn.utterance
    state, draft = turn.state.unshelve(name)
    if draft and not is_idle(draft, turn.at, _FRESH_DRAFT):
        turn.state = state.push(draft)
        show_draft(turn)
        return
    _begin(turn, name)
    if draft:
        # A report of another day must not lend its facts to this one; it is offered instead.
        turn.say(phrases.OLD_DRAFT.format(title=turn.title()), "继续")
        turn.state = replace(turn.state, waiting=(name,))
    if not turn.registry.flows[name].slots:
        submit(turn)


def _begin(turn: Turn, name: str) -> None:
    """Push a new frame with what the customer told other flows of this conversation."""
    slots = turn.registry.flows[name].slots
    known = {n: s for n, s in turn.state.known.items() if n in slots and slots[n].remembered}
    version = turn.registry.flows[name].version
    turn.state = turn.state.push(Frame(name, version, slots=known, touched_at=turn.stamp()))
    if slots:
        # A greeting leaves the subject alone; a form is another one.
        turn.begun, turn.state = True, replace(turn.state, answered=None)
    flow = turn.flow()
    flow.begin(turn.office)
    turn.store(flow)


def confirm(turn: Turn, command: Confirm) -> None:
    """Take the answer to the summary card."""
    if command.yes:
        submit(turn)
    else:
        which_to_correct(turn)


def finish(turn: Turn, command: Finish) -> None:
    """«没别的了»: leave for later what can wait; at the card, or said as «提交», it is a yes."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    if flow.pending() is None:
        if not turn.filled:
            submit(turn)
        return
    if not flow.values and not flow.kept.get("story"):
        turn.say(phrases.NOTHING_YET)
        return
    for _ in flow.slots:  # as many as there are: a skip that skips nothing must not go on for ever
        slot = flow.pending()
        if slot is None or not slot.deferrable:
            break
        flow.skip(slot.name)
    turn.store(flow)
    if command.submit and not turn.filled and flow.confirm and flow.pending() is None:
        submit(turn, first=phrases.REGISTERED_AS.format(summary="\n".join(flow.lines())))


def submit(turn: Turn, first: str = "") -> None:
    """Do what the top flow is for, once: its frame is gone afterwards."""
    if turn.state.top is None:
        return
    flow = turn.flow()
    if flow.pending() is not None or gates.stands_before(turn, flow):
        return
    outcome = flow.submit(turn.office)
    turn.remember(flow)
    frame, turn.state = turn.frame, turn.state.pop()
    turn.flow_ended = True
    if flow.gate:
        gates.passed(turn, flow, frame)
    if flow.slots:
        turn.state = replace(turn.state, answered=None)
    if flow.amended_by:
        turn.state = replace(turn.state, done=(flow.name, turn.stamp(), *flow.left_open()))
    replies = outcome.replies
    if first and replies:
        replies = [replace(replies[0], text=f"{first}\n\n{replies[0].text}"), *replies[1:]]
    turn.replies.extend(replies)
    later.go_on(turn, flow)
    if outcome.then:
        start(turn, StartFlow(outcome.then))


def finish_ready_flows(turn: Turn) -> None:
    """Submit flows that need nothing more, and leave those that cannot go on."""
    for _ in range(_MAX_CHAIN):
        if turn.state.top is None:
            return
        flow = turn.flow()
        if flow.over:
            gates.leave(turn)
            turn.flow_ended = True
        elif gates.stands_before(turn, flow):
            continue
        elif flow.ready:
            submit(turn)
        else:
            return


def offer_draft(turn: Turn) -> None:
    """Offer what was left alone, once nothing else is open."""
    state: DialogueState = turn.state
    if state.stack or not state.waiting:
        return
    name = state.waiting[-1]
    turn.state = replace(state, waiting=())
    if any(f.flow == name for f in state.drafts) and not turn.quiet:
        title = turn.registry.flows[name].title
        turn.say(phrases.STALE.format(title=title), "继续", "取消")

"""A proof of identity or a consent where a flow needs one: on top of it, and gone when done.

A flow says how surely we must know who is asking (`Flow.requires`), and what the customer must
have agreed to (`Flow.needs_consent`). The flow that is the ``gate`` asks on top of it; what the
customer said already is used, and afterwards the flow beneath goes on by itself. Nobody is asked
for a proof or a consent that the answer does not need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.dialogue import filling, phrases
from bot.dialogue.commands import FillSlots, LeaveGate, PoliciesCame, Said
from bot.dialogue.facts import volunteered
from bot.dialogue.flow import Flow
from bot.dialogue.fold import fold
from bot.dialogue.slot_types.base import Json
from bot.dialogue.state import DialogueState, Frame
from bot.dialogue.turn import Turn

PROOF = "verify"
CONSENT = "ask_consent"
SOURCE = "await_policies"
_WAITED = "policies"
_CHECKED_LATER = "staff_check"
_LONGEST_QUESTION = 200


def stands_before(turn: Turn, flow: Flow) -> bool:
    """Put the gate before ``flow`` if it needs one; tell whether it stands there now."""
    name = "" if flow.gate else _needed(turn, flow)
    if name not in turn.registry.flows:
        if flow.reads_policies:
            turn.state = _without(turn.state, _waiting(turn, flow))
        return False
    standing = next((f for f in turn.state.stack if f.flow == name), None)
    if standing is None:
        _raise(turn, flow, name)
    else:
        turn.state = _without(turn.state, standing).push(standing)
    return True


def _needed(turn: Turn, flow: Flow) -> str:
    """Return the gate that is needed, '' for none; consent comes first."""
    if flow.needs_consent and not turn.office.consented(flow.needs_consent):
        return CONSENT
    if _lacks_proof(turn, flow):
        return PROOF
    return SOURCE if _lacks_policies(turn, flow) else ""


def _lacks_policies(turn: Turn, flow: Flow) -> bool:
    """What came is good for the whole of a flow: nobody waits twice for the same form."""
    whose = flow.reads_policies
    if not whose or flow.kept.get(_WAITED):
        return False
    return not turn.office.policies_at_hand(granted=whose == "granted")


def _lacks_proof(turn: Turn, flow: Flow) -> bool:
    """A check by a colleague is asked for once; the flow goes on and files for them."""
    settled = flow.requires == "V3" and flow.kept.get(_CHECKED_LATER)
    wanted = "V2" if settled else flow.requires
    # Most flows need nothing: they must not cost a question to the database at every step.
    return wanted > "V0" and wanted > turn.office.level


def _raise(turn: Turn, flow: Flow, name: str) -> None:
    """Begin the gate with what was said in this message, and what the flow knows."""
    gate = turn.registry.flows[name]
    turn.replies.extend(flow.preface(turn.office))
    turn.store(flow)
    about = {"level": flow.requires, "code": flow.needs_consent, "about": flow.name}
    about |= {"whose": flow.reads_policies, "question": _question(turn, flow)}
    kept: dict[str, Json] = {"gate": dict(about)}
    # Only what supports a proof: a contact phone is no phone that a code was sent to.
    helpful = {n for n, slot in gate.slots.items() if slot.optional}
    taken = turn.frame.slots
    known = {n: s for n, s in taken.items() if n in helpful}
    frame = Frame(name, gate.version, slots=known, kept=kept, touched_at=turn.stamp())
    turn.state = turn.state.push(frame)
    turn.begun = True
    raised = turn.flow()
    raised.begin(turn.office)
    turn.store(raised)
    # A tax number is the buyer's, not the proof of who asks.
    quotes = {stored.quote for stored in taken.values()}
    said = _said(turn, raised)
    values = {n: s for n, s in said.items() if n not in taken and s.quote not in quotes}
    if values:
        filling.fill(turn, FillSlots(values, flow=name))


def _said(turn: Turn, flow: Flow) -> dict[str, Said]:
    """Return what this message says of the proofs, unasked."""
    text, values = fold(turn.utterance), {}
    for slot in flow.slots.values():
        found = slot.type.find(text, turn.at) if slot.type.volunteered else None
        if found:
            start, end = found.span
            values[slot.name] = Said(found.value, turn.utterance[start:end].strip(), found.problem)
            text = text[:start] + "\0" * (end - start) + text[end:]
    return values


def _question(turn: Turn, flow: Flow) -> str:
    """Return what the customer wants of the flow; never the code that was said last."""
    said = flow.kept.get("asked") or flow.kept.get("words")
    return str(said or flow.title)[:_LONGEST_QUESTION]


def _waiting(turn: Turn, flow: Flow) -> Frame | None:
    """Return where the flow waits for its policies: they may have come another way."""
    about = (f for f in turn.state.stack if f.flow == SOURCE and gated(vars(f)) == flow.name)
    return next(about, None)


def policies_came(turn: Turn, command: PoliciesCame) -> None:
    """Go on with what waited for the policies; or put it aside where none will come."""
    gate = next((f for f in turn.state.stack if f.flow == SOURCE), None)
    behind = gated(vars(gate)) if gate else ""
    guarded = next((f for f in turn.state.stack if f.flow == behind), None)
    if gate is None or guarded is None:
        turn.quiet = True
        return
    turn.state = _without(turn.state, gate, guarded)
    if command.without:
        turn.say(command.without, *command.buttons)
        turn.flow_ended = True
        if guarded.slots and turn.registry.flows[behind].keeps_draft:
            turn.state = turn.state.shelve(replace(guarded, touched_at=turn.stamp()))
        return
    # What was asked for is answered now; what was begun since comes back afterwards.
    turn.state = turn.state.push(replace(guarded, kept=guarded.kept | {_WAITED: turn.stamp()}))


def make_way(turn: Turn, _: LeaveGate) -> None:
    """Put aside what waits behind the gate: whoever wants a person is not asked for a code."""
    if turn.state.top is None or not turn.registry.flows[turn.frame.flow].gate:
        return
    guarded = _guarded(turn)
    flow = turn.registry.flows[guarded.flow] if guarded else None
    leave(turn)
    kept = bool(guarded and guarded.slots and flow and flow.keeps_draft)
    form = phrases.GATE_LEFT_DRAFT if kept else phrases.GATE_LEFT
    if flow:
        turn.say(form.format(title=flow.title))


def leave(turn: Turn) -> None:
    """Take away a gate that nobody passed, together with the flow that waited behind it."""
    guarded = _guarded(turn)
    turn.state = _without(turn.state, turn.frame, guarded)
    if guarded and guarded.slots and turn.registry.flows[guarded.flow].keeps_draft:
        turn.state = turn.state.shelve(replace(guarded, touched_at=turn.stamp()))


def step_aside(turn: Turn) -> None:
    """Let the flow behind the gate come to the top, so that it is the one that is cancelled."""
    if (guarded := _guarded(turn)) is not None:
        turn.state = _without(turn.state, turn.frame, guarded).push(guarded)


def passed(turn: Turn, gate: Flow, frame: Frame) -> None:
    """Tell the flow behind the gate what was settled there."""
    if not (number := gate.kept.get(_CHECKED_LATER)):
        return
    behind = gated(vars(frame))
    frames = (
        replace(f, kept=f.kept | {_CHECKED_LATER: number}) if f.flow == behind else f
        for f in turn.state.stack
    )
    turn.state = replace(turn.state, stack=tuple(frames))


def gated(frame: Mapping[str, Any]) -> str:
    """Return the flow behind a gate, '' for any other frame; takes a frame as it is stored."""
    gate = (frame.get("kept") or {}).get("gate")
    return str(gate.get("about") or "") if isinstance(gate, dict) else ""


def pass_on(turn: Turn) -> bool:
    """Give what is said at a gate about the flow behind it to that flow; tell whether it took any.

    Only what its slots hear unasked and may simply store: a proof is the gate's own.
    """
    top = turn.state.top
    if top is None or top.flow not in turn.registry.flows or not turn.registry.flows[top.flow].gate:
        return False
    behind = _guarded(turn)
    if behind is None or behind.flow not in turn.registry.flows:
        return False
    flow = turn.registry.revive(behind, turn.utterance)
    told = _meant_for(flow, turn.registry.flows[top.flow], turn)
    for name, said in told.items():
        flow.keep(name, said.value, said.quote)
    standing = turn.state
    turn.state = replace(standing, stack=(behind,))
    turn.store(flow)
    stack = tuple(turn.frame if f is behind else f for f in standing.stack)
    turn.state = replace(standing, stack=stack)
    return bool(told)


def _meant_for(flow: Flow, gate: type[Flow], turn: Turn) -> dict[str, Said]:
    told = volunteered(flow, turn.utterance, turn.at)
    return {
        name: said
        for name, said in told.items()
        if said.value is not None and name not in gate.slots and flow.takes(name)
        if flow.slots[name].accept is None and flow.slots[name].check(flow, said.value) is None
    }


def _guarded(turn: Turn) -> Frame | None:
    behind = gated(vars(turn.frame))
    return next((f for f in turn.state.stack if f.flow == behind), None)


def _without(state: DialogueState, *frames: Frame | None) -> DialogueState:
    kept = tuple(f for f in state.stack if all(f is not gone for gone in frames))
    return replace(state, stack=kept)

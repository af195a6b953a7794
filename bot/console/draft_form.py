"""An agent puts right what the customer's open form holds; the thread says who changed what."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from sqlalchemy import update
from starlette.responses import Response

from bot.console import hurt
from bot.console.moves import moved
from bot.console.parts import Room, may
from bot.console.views import editable
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.fold import fold
from bot.dialogue.registry import Registry
from bot.dialogue.state import DialogueState, Frame, Stored
from bot.errors import Refused
from bot.full_desk import FullDesk
from bot.handoff import Done
from bot.log import mask
from storage.models.base import table_of
from storage.models.conversation import Conversation

router = APIRouter(prefix="/console/c/{number}")
_conversation = table_of(Conversation)
_SAID = "said_before"
_GONE = "客户正在办的事已经变了，请看右边现在的内容。"


@router.post("/fact")
def put_right(
    request: Request,
    here: Annotated[Room, Depends(may("desk", "read"))],
    number: Annotated[int, Path(ge=1)],
    slot: Annotated[str, Form(max_length=64)],
    value: Annotated[str, Form(max_length=500)],
) -> Response:
    """Write a value in the customer's stead, as it is said in words; the owner alone may."""
    registry, agent = here.parts.registry, here.staff.name

    def work(desk: FullDesk) -> Done:
        conversation = desk.uow.ownership.open(number)
        if conversation is None or (conversation.owner, conversation.agent) != ("agent", agent):
            return Done(False, "接管以后才能改")
        state = DialogueState.from_json(conversation.state)
        if state.top is None or state.top.flow not in registry.flows:
            return Done(False, _GONE)
        flow, told = _changed(registry, state.top, slot, value.strip(), here)
        if not told:  # a second press on the button, or what stands there already
            return Done(True)
        before = registry.revive(state.top) if flow.kept.get("number") else _as_said(flow)
        told += hurt.follow(here, desk, conversation, flow, before, slot)
        frame = _stored(flow, state.top)
        new = {"state": state.with_top(frame).to_json()}
        change = update(_conversation).where(_conversation.c.id == number)
        desk.uow.connection.execute(change.values(**new))
        return desk.note(number, agent, told)

    return moved(request, here, number, work)


def _changed(
    registry: Registry, frame: Frame, name: str, text: str, here: Room
) -> tuple[Flow, str]:
    """Return the form with the new value, and what is noted of it; raise Refused.

    Nothing is noted where the value stands there already.
    """
    flow = registry.revive(frame)
    slot = next((one for one in editable(flow) if one.name == name), None)
    if slot is None:
        raise Refused(_GONE)
    found = slot.type.answer(fold(text), here.now) if text else None
    if found is None or found.value is None:
        hint = (found.problem if found else None) or f"没看懂，{slot.ask}"
        raise Refused(f"「{slot.label}」没有改：{hint}")
    if problem := slot.check(flow, found.value):
        raise Refused(f"「{slot.label}」没有改：{problem}")
    before = flow.values.get(name)
    if before == found.value and not slot.adds:
        return flow, ""
    old = mask(slot.type.show(before)) if before is not None else "没有填"
    _remember(flow, slot)
    flow.keep(name, found.value, f"（{here.staff.name}更正）")
    told = f"更正「{slot.label}」：原来 {old}，改成 {mask(slot.type.show(flow.values[name]))}"
    return flow, told


def _remember(flow: Flow, slot: Slot[Any]) -> None:
    """Note what the customer had said there: a claim tells it apart from what agents wrote."""
    before = flow.values.get(slot.name)
    dumped = slot.type.dump(before) if before is not None else None
    noted = flow.kept.get(_SAID)
    flow.kept[_SAID] = {slot.name: dumped, **(noted if isinstance(noted, dict) else {})}


def _as_said(flow: Flow) -> Flow:
    """Return the form as the customer alone had filled it."""
    noted = flow.kept.get(_SAID)
    values = dict(flow.values)
    for name, dumped in noted.items() if isinstance(noted, dict) else ():
        values.pop(name, None)
        if dumped is not None:
            values[name] = flow.slots[name].type.load(dumped)
    return type(flow)(values, kept=flow.kept)


def _stored(flow: Flow, frame: Frame) -> Frame:
    slots = {
        name: Stored(flow.slots[name].type.dump(value), flow.quotes.get(name, ""))
        for name, value in flow.values.items()
    }
    return replace(
        frame,
        version=flow.version,
        slots=slots,
        skipped=flow.skipped,
        order=flow.order,
        kept=flow.kept,
    )

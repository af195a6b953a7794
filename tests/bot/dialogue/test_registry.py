"""Frames of other versions, and the state as JSON."""

from __future__ import annotations

from datetime import timedelta

from bot.dialogue.flow import Flow
from bot.dialogue.refresh import refresh
from bot.dialogue.registry import Registry
from bot.dialogue.state import Answered, DialogueState, Frame, Stored
from tests.bot.dialogue.talk import CallMe, Talk, Towing, through_json
from tests.fakes import NOON

FLOWS: dict[str, type[Flow]] = {flow.name: flow for flow in (Towing, CallMe)}
IDLE = timedelta(hours=6)


def revived(**slots: object) -> Flow:
    """Return a towing form of version 1 with these stored values."""
    stored = {name: Stored(value) for name, value in slots.items()}  # type: ignore[arg-type]
    frame = Frame("towing", 1, stored, skipped=("car",), order=tuple(slots))
    return Registry(FLOWS.values()).revive(frame)


def test_renamed_slot_moves_over() -> None:
    """A value keeps its meaning under its new name, as do a skip and the order."""
    flow = revived(car="津A12345")
    assert flow.values == {"plate": "津A12345"}
    assert flow.skipped == ("plate",)
    assert flow.order == ("plate",)


def test_slot_whose_meaning_changed_is_asked_again() -> None:
    """`changed_in` names it."""
    assert revived(blocked=True).values == {}


def test_value_that_cannot_be_read_is_dropped() -> None:
    """It is asked again instead of breaking the turn."""
    assert revived(phone=["not", "a", "phone"], car=7, unknown="x").values == {}


def test_flow_that_is_gone_is_dropped_and_told() -> None:
    """Neither stack nor drafts keep it."""
    state = DialogueState(stack=(Frame("gone", 1),), drafts=(Frame("gone", 1),))
    refreshed = refresh(state, NOON, IDLE, FLOWS)
    assert refreshed.gone
    assert refreshed.state == DialogueState()


def test_customer_with_a_frame_of_version_one_goes_on() -> None:
    """The form asks for what changed and keeps the rest."""
    raw = {"flow": "towing", "version": 1, "slots": {"car": "津A12345", "blocked": False}}
    talk = Talk(state=DialogueState.from_json({"stack": [raw]}))
    assert "挡路吗？" in talk.say("13920001122")
    assert talk.values == {"plate": "津A12345", "phone": "13920001122"}


def test_idle_flow_becomes_a_draft_that_waits_to_be_offered() -> None:
    """Whoever was away for long is not forced to go on."""
    old = (NOON - timedelta(hours=7)).isoformat()
    frame = Frame("towing", 2, {"plate": Stored("津A12345")}, touched_at=old)
    state = refresh(DialogueState(stack=(frame,)), NOON, IDLE, FLOWS).state
    assert (state.stack, state.drafts, state.waiting) == ((), (frame,), ("towing",))


def test_refreshing_twice_changes_nothing_more() -> None:
    """The understanding and the manager both refresh and must agree."""
    old = (NOON - timedelta(hours=7)).isoformat()
    state = DialogueState(stack=(Frame("towing", 2, {"phone": Stored("1")}, touched_at=old),))
    once = refresh(state, NOON, IDLE, FLOWS).state
    assert refresh(once, NOON, IDLE, FLOWS).state == once


def test_draft_of_last_month_is_forgotten() -> None:
    """Nobody wants to go on with it."""
    old = (NOON - timedelta(days=31)).isoformat()
    state = DialogueState(drafts=(Frame("towing", 2, touched_at=old),))
    assert refresh(state, NOON, IDLE, FLOWS).state.drafts == ()


def test_unreadable_time_is_not_idle() -> None:
    """A frame without a usable time is simply open."""
    state = DialogueState(stack=(Frame("towing", 2, touched_at="yesterday"),))
    assert refresh(state, NOON, IDLE, FLOWS).state.stack


def test_state_survives_json() -> None:
    """What is stored is what was there."""
    frame = Frame(
        "towing",
        2,
        {"plate": Stored("津A12345", "车牌津A12345")},
        ("blocked",),
        ("plate", "blocked"),
        {"opened": True},
        NOON.isoformat(),
    )
    state = DialogueState(
        stack=(frame,),
        drafts=(frame,),
        waiting=("towing",),
        offers={"叫拖车": "flow:towing"},
        known={"phone": Stored("13920001122", "139")},
        answered=Answered(("F001",), "热线多少", 0.97, NOON.isoformat(), 1),
        misses=2,
        welcomed=True,
    )
    assert through_json(state) == state


def test_empty_state_is_empty_json() -> None:
    """Most conversations store next to nothing."""
    assert DialogueState().to_json() == {}


def test_three_drafts_at_most() -> None:
    """The oldest gives way, and a flow has one draft."""
    state = DialogueState()
    for name in ("a", "b", "a", "c", "d"):
        state = state.shelve(Frame(name, 1))
    assert [frame.flow for frame in state.drafts] == ["a", "c", "d"]

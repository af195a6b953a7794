"""What a stored state means today: flows may be gone, and the customer may have been away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.dialogue.flow import Flow
from bot.dialogue.state import DialogueState, Frame

IDLE = timedelta(hours=6)
TOPIC_LIFE = timedelta(minutes=30)  # from then on «那商业的呢» refers to nothing any more
_DRAFT_LIFE = timedelta(days=30)


@dataclass(frozen=True)
class Refreshed:
    """The state to go on with; ``gone`` tells that an open flow no longer exists."""

    state: DialogueState
    gone: bool = False


def refresh(
    state: DialogueState, at: datetime, idle: timedelta, flows: Mapping[str, type[Flow]]
) -> Refreshed:
    """Drop flows that a release has removed; put what was left alone for long among the drafts.

    A new question is then answered first, and the draft is offered, never forced.
    """
    if not (state.stack or state.drafts or state.waiting or state.answered):
        return Refreshed(state)
    stack = tuple(f for f in state.stack if f.flow in flows)
    drafts = tuple(f for f in state.drafts if f.flow in flows and not is_idle(f, at, _DRAFT_LIFE))
    waiting = tuple(name for name in state.waiting if any(f.flow == name for f in drafts))
    gone = len(stack) < len(state.stack)
    if (stack, drafts, waiting) != (state.stack, state.drafts, state.waiting):
        state = replace(state, stack=stack, drafts=drafts, waiting=waiting)
    if state.answered and _is_over(state.answered.at, at, TOPIC_LIFE):
        state = replace(state, answered=None)
    if state.top and is_idle(state.top, at, idle):
        state = _set_aside(state, flows)
    return Refreshed(state, gone)


def is_idle(frame: Frame, at: datetime, idle: timedelta) -> bool:
    """Tell whether nobody has touched the frame for long."""
    return _is_over(frame.touched_at, at, idle)


def _is_over(since: str, at: datetime, span: timedelta) -> bool:
    try:
        return at - datetime.fromisoformat(since) > span
    except (TypeError, ValueError):
        return False


def _set_aside(state: DialogueState, flows: Mapping[str, type[Flow]]) -> DialogueState:
    worth = [
        f for f in state.stack if flows[f.flow].keeps_draft and (f.slots or f.kept.get("story"))
    ]
    aside = replace(state, stack=(), offers={}, waiting=tuple(f.flow for f in worth[-1:]))
    for frame in worth:
        aside = aside.shelve(frame)
    return aside

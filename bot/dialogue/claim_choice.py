"""Which claim is meant, where a customer has several: asked with the numbers as buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.dialogue.flow import Flow, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.numbers import claim_number

_KEPT = "choices"


def offer(flow: Flow, numbers: Iterable[str]) -> None:
    """Note the claims that may be meant."""
    flow.kept[_KEPT] = list(numbers)


def offered(flow: Flow) -> tuple[str, ...]:
    """Return the claims that may be meant."""
    found = flow.kept.get(_KEPT)
    return tuple(map(str, found)) if isinstance(found, list) else ()


def unclear(flow: Flow) -> bool:
    """Tell whether it must be asked which claim is meant."""
    return not flow.kept.get("number") and not flow.values.get("which") and bool(offered(flow))


def which_claim(ask: str, refusal: str) -> Slot[str]:
    """Return the slot that takes one of the claims offered, asked for or named unasked."""

    def matters(flow: Any) -> bool:
        return unclear(flow) or "which" in flow.values

    def known(flow: Any, number: str) -> str | None:
        return None if number in offered(flow) else refusal

    return Slot(
        claim_number,
        label="报案号",
        when=matters,
        deferrable=False,
        check=known,
        ask=ask,
        shown=False,
    )


def with_choices(flow: Flow, reply: Reply) -> Reply:
    """Return the question with the numbers as buttons where that is what is asked."""
    return Reply(reply.text, offered(flow)) if unclear(flow) else reply

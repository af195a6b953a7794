"""Names and telephone numbers on case pages: masked until somebody says why they must see them."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData

from bot.console.asks import text_of
from bot.console.parts import Room
from bot.errors import Refused
from storage.masking import mask_name, mask_phone

_MASKS = {
    "phone": mask_phone, "other_phone": mask_phone, "name": mask_name, "reporter": mask_name,
    "driver_name": mask_name,
}  # fmt: skip
_SHORTEST = 4


def is_masked(key: str) -> bool:
    """Tell whether a fact is masked on the page."""
    return key in _MASKS


def masked(key: str, value: Any, *, shown: bool) -> Any:
    """Return a fact as it stands on the page."""
    mask = _MASKS.get(key)
    return mask(str(value)) if mask and value and not shown else value


def reason_of(form: FormData) -> str:
    """Return why somebody must see it; raise Refused without a reason."""
    reason = text_of(form, "reason")
    if len(reason) < _SHORTEST:
        raise Refused("请写清楚为什么要看，例如「回电核对报案电话」。")
    return reason


def saw(here: Room, what: str, usual: str, reason: str, conversation: int | None) -> None:
    """Write down what was shown: masked as usual, or in full for a reason."""
    here.saw(f"{what} full" if reason else what, reason or usual, conversation)

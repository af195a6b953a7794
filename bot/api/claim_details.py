"""The further facts of each line of business, checked against the clerks' table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.api.fields import Moment, Phone, Plate
from bot.desks.claim_facts import facts

_LONGEST_TEXT = 2_000
_MOST = 10**13
# These have keys of their own in the request.
_TOP_LEVEL = {
    "happened_at", "place", "phone", "story", "accident_type", "damage", "reporter", "plate",
    "policy_number", "drivable", "police_reported", "reporter_relation",
}  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_TEXT:
        raise ValueError(f"须为 1–{_LONGEST_TEXT} 字的文字")
    return value.strip()


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("须为 true 或 false")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise ValueError("须为非负整数（金额以分为单位）")
    return value


def _as(kind: Any) -> Callable[[Any], Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def checked(value: Any) -> Any:
        try:
            found = adapter.validate_python(value)
        except ValidationError as error:
            raise ValueError(str(error.errors()[0]["msg"])) from None
        return found.isoformat() if isinstance(found, datetime) else found

    return checked


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "flag": _flag,
    "money": _whole,
    "count": _whole,
    "plate": _as(Plate),
    "phone": _as(Phone),
    "moment": _as(Moment),
}


def check_details(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details normalised; raise ValueError naming the first that does not fit."""
    return {key: _checked(key, value) for key, value in given.items()}


def _checked(key: str, value: Any) -> Any:
    field = facts().fields.get(key)
    if field is None or key in _TOP_LEVEL:
        raise ValueError(f"details 里没有 {key[:64]} 这一项，可用的见 docs/integration.md")
    if value is None:
        return None
    try:
        return _CHECKS[field.kind](value)
    except ValueError as error:
        raise ValueError(f"details.{key}（{field.label}）{error}") from None

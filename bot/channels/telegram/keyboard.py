"""Buttons under a message: short ids that stand for texts kept in the outbox.

``callback_data`` holds 64 bytes, so it names the outbox item and the number of the button; the
text is read back from that item, for its own recipient only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from storage.models.base import table_of
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup
SHARE_PHONE = "发送我的手机号"
_MOST = 24
_LONGEST = 60
_SHORT = 8
_ID = re.compile(r"([0-9]{1,18})\.([0-9]{1,2})")
_CAUSE = re.compile(r"(?:reply:[0-9]+:([0-9]+):[0-9]+|said:[0-9]+:([0-9]+))")


@dataclass(frozen=True)
class Tapped:
    """The text of a button, and the seq of what it belongs to; 0 where that does not matter."""

    text: str
    seq: int


def markup(item: int, buttons: Sequence[str], wants: str) -> Markup | None:
    """Return what stands under a message, None for nothing."""
    shown = [button for button in buttons if button.strip()][:_MOST]
    if wants == "phone":
        keys = [[KeyboardButton(SHARE_PHONE, request_contact=True)]]
        keys += [[KeyboardButton(text[:_LONGEST]) for text in row] for row in _rows(shown)]
        return ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)
    numbers = {text: number for number, text in enumerate(buttons)}
    inline = [
        [InlineKeyboardButton(t[:_LONGEST], callback_data=f"{item}.{numbers[t]}") for t in row]
        for row in _rows(shown)
    ]
    return InlineKeyboardMarkup(inline) if inline else None


def _rows(buttons: Sequence[str]) -> list[list[str]]:
    """Put two short buttons side by side; a long one has a row of its own."""
    rows: list[list[str]] = []
    for text in buttons:
        beside = rows and len(rows[-1]) == 1 and len(rows[-1][0]) <= _SHORT >= len(text)
        if beside:
            rows[-1].append(text)
        else:
            rows.append([text])
    return rows


def tapped(uow: UnitOfWork, account: str, peer: str, data: str) -> Tapped | None:
    """Return what ``peer`` tapped; None when no such button was ever theirs, or it is gone."""
    found = _ID.fullmatch(data)
    if found is None:
        return None
    table = table_of(OutboxItem)
    query = select(table.c.body, table.c.dedupe_key).where(
        table.c.id == int(found[1]),
        table.c.channel == "telegram",
        table.c.account == account,
        table.c.peer == peer,
    )
    row = uow.connection.execute(query).first()
    buttons = row.body.get("buttons", ()) if row else ()
    if row is None or int(found[2]) >= len(buttons):
        return None
    cause = _CAUSE.fullmatch(row.dedupe_key)
    return Tapped(str(buttons[int(found[2])]), int(cause[1] or cause[2]) if cause else 0)

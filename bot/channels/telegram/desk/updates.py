"""Turns an update of the staff group into what somebody did there; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_COMMAND = re.compile(r"/([a-z]{1,20})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_DATA = re.compile(r"d:([a-z]{1,10}):([0-9]{1,18}):([0-9]{1,9})")
_SERVICE = (
    "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
    "general_forum_topic_hidden", "general_forum_topic_unhidden", "new_chat_members",
    "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo", "pinned_message",
    "group_chat_created", "supergroup_chat_created", "migrate_from_chat_id",
    "message_auto_delete_timer_changed", "video_chat_started", "video_chat_ended",
    "video_chat_scheduled", "boost_added", "chat_background_set", "write_access_allowed",
)  # fmt: skip


@dataclass(frozen=True)
class Act:
    """What a member did: ``kind`` is say, edit, file, press or a command's name.

    ``person`` is 0 for somebody who writes without a name. ``thread`` is 0 outside of topics.
    ``seen`` is the revision that a button was shown for.
    """

    number: int
    kind: str
    person: int
    thread: int = 0
    message: int = 0
    text: str = ""
    conversation: int = 0
    seen: int = 0
    query: str = ""


def act(raw: Any, chat: int) -> Act | None:
    """Return what an update of the group says; None when it is no update of this group."""
    found = _found(raw)
    if found is None or found[1].get("chat", {}).get("id") != chat:
        return None
    kind, message, person = found
    number = int(raw["update_id"])
    thread = message.get("message_thread_id") if message.get("is_topic_message") else 0
    base = Act(number, "nothing", _id(person), int(thread or 0), int(message.get("message_id", 0)))
    if kind == "callback_query":
        return _pressed(raw["callback_query"], base)
    if any(name in message for name in _SERVICE) or (person.get("is_bot") and not _masked(message)):
        return base
    if _masked(message):
        base = Act(number, "nothing", 0, base.thread, base.message)
    if kind == "edited_message":
        return _with(base, "edit")
    return _said(message, base)


def _found(raw: Any) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    for kind in ("message", "edited_message", "callback_query"):
        part = raw.get(kind) if isinstance(raw, dict) else None
        if not isinstance(part, dict):
            continue
        message = part.get("message") if kind == "callback_query" else part
        person = part.get("from")
        if isinstance(message, dict) and isinstance(person, dict):
            return (kind, message, person) if isinstance(message.get("chat"), dict) else None
    return None


def _masked(message: dict[str, Any]) -> bool:
    """Tell whether somebody writes in the name of the group or a channel."""
    return isinstance(message.get("sender_chat"), dict)


def _id(person: dict[str, Any]) -> int:
    number = person.get("id")
    return number if isinstance(number, int) else 0


def _pressed(query: dict[str, Any], base: Act) -> Act:
    found = _DATA.fullmatch(str(query.get("data") or ""))
    if found is None:
        return _with(base, "press", query=str(query.get("id") or ""))
    return _with(
        base,
        "press",
        text=found[1],
        conversation=int(found[2]),
        seen=int(found[3]),
        query=str(query.get("id") or ""),
    )


def _said(message: dict[str, Any], base: Act) -> Act:
    text = message.get("text")
    if not isinstance(text, str):
        return _with(base, "file")
    command = _COMMAND.fullmatch(text.strip())
    if command is None:
        return _with(base, "say", text=text)
    return _with(base, command[1], text=(command[2] or "").strip())


def _with(base: Act, kind: str, **more: Any) -> Act:
    return Act(
        **{
            "number": base.number, "person": base.person, "thread": base.thread,
            "message": base.message, "kind": kind, **more,
        }
    )  # fmt: skip

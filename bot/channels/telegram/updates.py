"""Turns one update into what the engine takes; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from telegram import Contact, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram.commands import menu
from bot.clock import SHANGHAI
from bot.dialogue.message import Attachment, InboundMessage, Kind, Location
from bot.errors import BadRequest

EDITED = "edited"
WANTED = ("message", "edited_message", "callback_query", "my_chat_member")
_COMMAND = re.compile(r"/([a-zA-Z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_SCENE = re.compile(r"[A-Za-z0-9_-]{1,64}")
# A stamp further away is not a time of this message.
_PLAUSIBLE = timedelta(days=1)
_MOST_WORDS = 64
_PEER = re.compile(r"[0-9]{1,20}")
_MALFORMED = (
    *(TypeError, ValueError, LookupError, AttributeError, OverflowError, OSError),
    RecursionError,
)


@dataclass(frozen=True)
class Tap:
    """A tap on a button: ``message`` still lacks the text that the button stands for."""

    query: str
    data: str
    message: InboundMessage


Read = Sequence[InboundMessage] | Tap


def update_id(raw: Any) -> int:
    """Return the number of an update; raise BadRequest when it is none of Telegram's."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 1 << 63:
        raise BadRequest("update_id missing")
    return number


def read(raw: Any, account: str, now: datetime) -> Read:
    """Return what an update says, nothing where it is none of our business.

    Raise BadRequest when it is not an update of Telegram.
    """
    number = update_id(raw)
    bare = InboundMessage("telegram", account, "", f"u{number}", now)
    try:
        found = _read(Update.de_json(raw, None), bare, now)
    except _MALFORMED as error:
        raise BadRequest(f"update malformed: {type(error).__name__}") from None
    said = [found.message] if isinstance(found, Tap) else found
    if not all(_PEER.fullmatch(message.peer) for message in said):
        raise BadRequest("update malformed: chat")
    return found


def _read(update: Update, bare: InboundMessage, now: datetime) -> Read:
    if query := update.callback_query:
        return Tap(query.id, query.data or "", replace(bare, peer=str(query.from_user.id)))
    if member := update.my_chat_member:
        left = member.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)
        ours = member.chat.type == ChatType.PRIVATE and left
        gone = replace(bare, peer=str(member.chat.id), kind="event", event="unsubscribe")
        return [gone] if ours else []
    message = update.message or update.edited_message
    # A customer talks to us alone; in a group others would read what is theirs.
    if message is None or message.chat.type != ChatType.PRIVATE:
        return []
    stamp = message.edit_date or message.date
    addressed = replace(
        bare,
        peer=str(message.chat.id),
        sent_at=_plausible(stamp, now),
        ref=str(int(message.message_id)),
    )
    return _edited(message, addressed) if update.edited_message else _said(message, addressed)


def _plausible(stamp: datetime, now: datetime) -> datetime:
    sent = stamp.astimezone(SHANGHAI)
    return sent if abs(sent - now) <= _PLAUSIBLE else now.astimezone(SHANGHAI)


def _edited(message: Message, bare: InboundMessage) -> Read:
    """An edit of words is a correction; a live location moving on is not."""
    text = message.text or message.caption
    return [replace(bare, text=text, event=EDITED)] if text else []


def _said(message: Message, bare: InboundMessage) -> Read:
    if message.text is not None:
        return [_worded(message.text, bare)]
    if message.contact:
        return [replace(bare, text=_phone(message.contact))]
    if place := _place(message):
        return [replace(bare, kind="location", location=place, text=place.label)]
    kind, ref, name = _file(message)
    if not kind:
        return []
    attachment = Attachment(kind, ref, name=name[:128]) if ref else None
    sent = replace(bare, kind=kind, attachment=attachment)
    if not message.caption:
        return [sent]
    # The words open what the photo belongs to, so they come first.
    return [replace(bare, text=message.caption), replace(sent, key=f"{bare.key}f")]


def _worded(text: str, bare: InboundMessage) -> InboundMessage:
    found = _COMMAND.fullmatch(text)
    if found is None:
        return replace(bare, text=text)
    name, rest = found[1].lower(), (found[2] or "").strip()
    if name == "start":
        scene = rest if _SCENE.fullmatch(rest) else ""
        return replace(bare, kind="event", event="subscribe", text=scene)
    says = next((command.says for command in menu() if command.name == name), "")
    return replace(bare, text=f"{says} {rest}".strip() if says else text)


def _phone(contact: Contact) -> str:
    """Return a shared number as people say it; it proves no more than a typed one."""
    digits = re.sub(r"\D", "", contact.phone_number)
    return digits.removeprefix("86") if len(digits) == 13 else digits


def _place(message: Message) -> Location | None:
    if venue := message.venue:
        label = " ".join(filter(None, (venue.title, venue.address)))[:_MOST_WORDS]
        return Location(venue.location.latitude, venue.location.longitude, label)
    if point := message.location:
        return Location(point.latitude, point.longitude)
    return None


def _file(message: Message) -> tuple[Kind | None, str, str]:
    """Return kind, file id and name of what came, None for what is no message of a customer."""
    if message.photo:
        return "image", message.photo[-1].file_id, ""
    if document := message.document:
        image = (document.mime_type or "").startswith("image/")
        return "image" if image else "file", document.file_id, document.file_name or ""
    for kind, finders in _MEDIA:
        for finder in finders:
            if media := finder(message):
                return kind, media.file_id, ""
    # Stickers, polls, dice: seen, but nothing that we can open. Service notes stay unanswered.
    unopened = message.sticker or message.poll or message.dice or message.story
    return ("other" if unopened else None), "", ""


_MEDIA: Sequence[tuple[Kind, Sequence[Callable[[Message], Any]]]] = (
    ("voice", (lambda m: m.voice, lambda m: m.audio)),
    ("video", (lambda m: m.video, lambda m: m.video_note, lambda m: m.animation)),
)

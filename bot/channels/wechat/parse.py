"""Turns the XML of one push into an InboundMessage; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.channels.wechat.characters import clean, xml_safe
from bot.channels.wechat.events import EVENTS, EventRule, detail
from bot.channels.wechat.fields import Fields, only, read_fields
from bot.channels.wechat.messages import MESSAGES, location
from bot.clock import SHANGHAI
from bot.dialogue.message import InboundMessage, Location
from bot.errors import BadRequest, Forbidden

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLAIN_KEY = re.compile(r"[!-~]{0,48}")
_MAX_DETAIL = 1024
_MAX_EVENT = 160
# The platform repeats a push for seconds; a stamp further away is not a time of this message.
_PLAUSIBLE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Push:
    """One push: our own account name, what came in, whether the response may answer it."""

    ours: str
    message: InboundMessage
    answered: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """A push of a kind that we have no rule for; ``name`` is safe to log."""

    name: str


def parse(xml: str, app_id: str, original_id: str, now: datetime) -> Push | Unknown:
    """Return what ``xml`` says; raise BadRequest when it is not a push of the platform."""
    fields = read_fields(xml_safe(xml))
    ours = _identifier(fields, "ToUserName")
    if original_id and ours != original_id:
        raise Forbidden("push is for another account")
    kind = only(fields, "MsgType").lower()
    if not kind:
        raise BadRequest("MsgType missing")
    if kind == "event":
        return _event(fields, ours, app_id, now)
    if kind not in MESSAGES:
        return Unknown(_loggable(kind))
    bare = InboundMessage(
        channel="wechat",
        account=app_id,
        peer=_identifier(fields, "FromUserName"),
        key=_message_key(fields, kind),
        sent_at=_sent_at(fields, now),
    )
    return Push(ours, MESSAGES[kind](bare, fields), answered=True)


def _event(fields: Fields, ours: str, app_id: str, now: datetime) -> Push | Unknown:
    name = only(fields, "Event")
    rule = EVENTS.get(name.lower())
    if rule is None:
        return Unknown("event " + _loggable(name))
    peer = _identifier(fields, rule.user_field)
    said = clean(detail(rule, fields))[:_MAX_DETAIL]
    message = InboundMessage(
        channel="wechat",
        account=app_id,
        peer=peer,
        key=_event_key(fields, rule, peer, said),
        sent_at=_sent_at(fields, now),
        text=said,
        kind="event",
        location=_place(fields, rule),
        event=_event_name(fields, rule),
    )
    return Push(ours, message, rule.answered)


def _event_name(fields: Fields, rule: EventRule) -> str:
    if rule.name != "click":
        return rule.name
    return f"click:{clean(only(fields, 'EventKey'))}"[:_MAX_EVENT]


def _event_key(fields: Fields, rule: EventRule, peer: str, said: str) -> str:
    """Return the de-duplication key; events have no MsgId (section 1.3 of the notes)."""
    if rule.job and (job := only(fields, rule.job)):
        return f"j:{_short(job)}"
    # Without an EventKey the detail keeps apart what one user did within one second.
    subject = only(fields, "EventKey") or said
    stamp = _short(only(fields, "CreateTime"))
    return f"e:{peer}:{stamp}:{only(fields, 'Event')}:{_short(subject)}"


def _message_key(fields: Fields, kind: str) -> str:
    message_id = only(fields, "MsgId")
    if message_id:
        return f"m:{_short(message_id)}"
    # Never seen from the platform, but a retry must still be recognised.
    content = "\0".join(f"{path}={texts}" for path, texts in sorted(fields.items()))
    return f"h:{kind}:{sha256(content.encode()).hexdigest()[:32]}"


def _short(text: str) -> str:
    """Return ``text``, or a digest of it when it is long or unusual."""
    if _PLAIN_KEY.fullmatch(text):
        return text
    return "#" + sha256(text.encode()).hexdigest()[:32]


def _loggable(name: str) -> str:
    return name if _ID.fullmatch(name) else "unprintable"


def _identifier(fields: Fields, path: str) -> str:
    value = only(fields, path)
    if not _ID.fullmatch(value):
        raise BadRequest(f"{path} missing or malformed")
    return value


def _sent_at(fields: Fields, now: datetime) -> datetime:
    stamp = only(fields, "CreateTime")
    if not re.fullmatch(r"[0-9]{1,11}", stamp):
        return now.astimezone(SHANGHAI)
    # 11 digits end in the year 5138: always a valid date.
    sent = datetime.fromtimestamp(int(stamp), SHANGHAI)
    return sent if abs(sent - now) <= _PLAUSIBLE else now.astimezone(SHANGHAI)


def _place(fields: Fields, rule: EventRule) -> Location | None:
    if not rule.place:
        return None
    lat_path, lon_path = rule.place.split()
    return location(fields, lat_path, lon_path, clean(only(fields, "SendLocationInfo/Label")))

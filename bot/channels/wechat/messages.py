"""The platform's message types, one function each: fields in, message out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import isfinite

from bot.channels.wechat.characters import clean
from bot.channels.wechat.fields import Fields, only
from bot.dialogue.message import Attachment, InboundMessage, Location

_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
# The words that the platform puts in place of a sticker, a red packet, a contact …
_UNSUPPORTED = "【收到不支持的消息类型，暂无法显示】"


def _degrees(text: str, limit: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) <= limit else None


def location(fields: Fields, lat_path: str, lon_path: str, label: str) -> Location | None:
    """Return the point at the two paths; None when they hold no coordinates."""
    lat = _degrees(only(fields, lat_path), 90)
    lon = _degrees(only(fields, lon_path), 180)
    return None if lat is None or lon is None else Location(lat, lon, label)


def _media_id(fields: Fields) -> str:
    media_id = only(fields, "MediaId")
    return media_id if _MEDIA_ID.fullmatch(media_id) else ""


def _text(bare: InboundMessage, fields: Fields) -> InboundMessage:
    content = clean(only(fields, "Content"))
    if content == _UNSUPPORTED:
        return replace(bare, kind="other")
    return replace(bare, text=content)


def _image(bare: InboundMessage, fields: Fields) -> InboundMessage:
    return replace(bare, kind="image", attachment=Attachment("image", _media_id(fields)))


def _voice(bare: InboundMessage, fields: Fields) -> InboundMessage:
    heard = clean(only(fields, "Recognition"))
    attachment = Attachment("voice", _media_id(fields))
    return replace(bare, kind="voice", text=heard, attachment=attachment)


def _video(bare: InboundMessage, fields: Fields) -> InboundMessage:
    return replace(bare, kind="video", attachment=Attachment("video", _media_id(fields)))


def _located(bare: InboundMessage, fields: Fields) -> InboundMessage:
    label = clean(only(fields, "Label"))
    point = location(fields, "Location_X", "Location_Y", label)
    return replace(bare, kind="location", text="" if point else label, location=point)


def _link(bare: InboundMessage, fields: Fields) -> InboundMessage:
    return replace(bare, kind="link", text=clean(only(fields, "Title")))


def _file(bare: InboundMessage, fields: Fields) -> InboundMessage:
    # A file has no MediaId: its name is all that we can ever get.
    name = clean(only(fields, "Title"))[:255]
    return replace(bare, kind="file", attachment=Attachment("file", "", name=name))


def _mini_program(bare: InboundMessage, fields: Fields) -> InboundMessage:
    return replace(bare, kind="other", text=clean(only(fields, "Title")))


MESSAGES: Mapping[str, Callable[[InboundMessage, Fields], InboundMessage]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _located,
    "link": _link,
    "file": _file,
    "miniprogrampage": _mini_program,
}

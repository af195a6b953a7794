"""What a platform told of a customer, as a line of the thread: nobody has said anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.inbox import Line

_WORDS = {
    "subscribe": "客户关注了公众号",
    "unsubscribe": "客户取消了关注，之后发不到",
    "scan": "客户扫了二维码",
    "view": "客户点开了菜单里的网页",
    "view_miniprogram": "客户点开了菜单里的小程序",
    "scancode_push": "客户扫了码",
    "scancode_waitmsg": "客户扫了码",
    "location_report": "客户的微信上报了位置",
    "location_select": "客户在选位置",
    "pic_sysphoto": "客户在拍照",
    "pic_photo_or_album": "客户在选照片",
    "pic_weixin": "客户在选照片",
    "template_sent": "模板消息的送达结果到了",
    "mass_sent": "群发的结果到了",
    "published": "发布的结果到了",
    "kf_create": "微信多客服开始接待",
    "kf_close": "微信多客服结束接待",
    "kf_switch": "微信多客服换了人",
    "subscribe_msg_popup": "客户选了要不要订阅通知",
    "subscribe_msg_change": "客户改了订阅通知",
    "subscribe_msg_sent": "订阅通知的送达结果到了",
    "user_info_modified": "微信说客户的资料变了，已重新问过是否关注",
    "user_authorization_revoke": "客户在微信撤回了授权，正在删除这个账号的信息",
    "user_authorization_cancellation": "客户注销了微信账号，正在删除这个账号的信息",
}
# The same thing has another name there.
_TELEGRAM = {
    "subscribe": "客户打开了机器人",
    "unsubscribe": "客户停用了机器人，之后发不到",
}
_CLICK, _EDITED = "click:", "edited"


@dataclass(frozen=True)
class Edit:
    """A message that was changed: ``old`` are the words before, '' where they are further up.

    ``newer`` is set on the message that was changed: its new words stand below.
    """

    old: str = ""
    edited: bool = False
    newer: bool = False


def in_words(line: Line, channel: str) -> str:
    """Return what happened, '' for what the customer has said."""
    body = line.body
    if line.author != "customer" or body.get("type") != "event":
        return ""
    event = str(body.get("event") or "")
    if event.startswith(_CLICK):
        return f"客户点了菜单「{event.removeprefix(_CLICK) or '菜单'}」"
    own = _TELEGRAM.get(event) if channel == "telegram" else None
    return own or _WORDS.get(event, "平台发来一条提示")


def edits(lines: Sequence[Line]) -> Mapping[int, Edit]:
    """Return which of these messages were changed, by their numbers; nothing is taken away."""
    found: dict[int, Edit] = {}
    last: dict[str, Line] = {}
    for line in lines:
        body: Mapping[str, Any] = line.body
        ref = str(body.get("ref") or "")
        if line.author != "customer" or not ref:
            continue
        before = last.get(ref)
        if body.get("event") == _EDITED:
            found[line.seq] = Edit(
                str(before.body.get("text") or "") if before else "", edited=True
            )
            if before:
                known = found.get(before.seq, Edit())
                found[before.seq] = Edit(known.old, known.edited, newer=True)
        last[ref] = line
    return found

"""QR codes with a scene: who scans one is known to come from that branch, agent or partner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from bot.channels.wechat.client import WeChatApi
from bot.errors import OutcomeUnknown

LONGEST = timedelta(days=30)  # of a temporary code; permanent ones are few: 100 000


@dataclass(frozen=True)
class Code:
    """A code: what it contains, and the address of its picture."""

    content: str
    picture: str


def create(api: WeChatApi, scene: str, lasts: timedelta | None) -> Code:
    """Make a code that lasts for a while, or for ever."""
    body: dict[str, Any] = {
        "action_name": "QR_STR_SCENE" if lasts else "QR_LIMIT_STR_SCENE",
        "action_info": {"scene": {"scene_str": scene}},
    }
    if lasts:
        body["expire_seconds"] = int(min(lasts, LONGEST).total_seconds())
    made = api.post("qrcode/create", data=body)
    ticket = str(made.get("ticket") or "")
    if not ticket:
        raise OutcomeUnknown("二维码的回答里没有 ticket")
    page = api.full_url("https://mp.weixin.qq.com/cgi-bin/showqrcode")
    return Code(str(made.get("url") or ""), f"{page}?ticket={quote(ticket, safe='')}")

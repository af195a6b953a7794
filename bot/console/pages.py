"""Pages and fragments from templates; times and names as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.console import events, match_card, reasons, times
from bot.console.gate import STAFF, Staff
from bot.console.labels import labelled
from bot.console.menu import menu_of

_HERE = Path(__file__).parent
ROLES = {
    "agent": "客服",
    "claims": "理赔",
    "complaints": "投诉",
    "underwriting": "核保",
    "sales": "销售",
    "supervisor": "主管",
    "trainer": "质检培训",
    "admin": "管理员",
}
CHANNELS = {
    "wechat": "微信",
    "webchat": "网页",
    "telegram": "Telegram",
    "terminal": "终端",
    "phone": "电话",
    "branch": "门店",
    "letter": "信函",
    "email": "邮件",
    "regulator": "监管转办",
    "media": "媒体",
    "internal": "内部",
}


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago something was, as people say it."""
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return "刚刚"
    if seconds < 3600:
        return f"{int(seconds // 60)} 分钟前"
    if moment.date() == now.date():
        return f"今天 {moment:%H:%M}"
    if moment.date() == (now - timedelta(days=1)).date():
        return f"昨天 {moment:%H:%M}"
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


def span(seconds: float) -> str:
    """Return a length of time in the largest unit that says enough."""
    minutes = int(max(0, seconds)) // 60
    if minutes < 1:
        return f"{int(max(0, seconds))} 秒"
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分" if hours < 24 else f"{hours // 24} 天"


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return the templates; everything that is put into one is escaped."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    made.filters["role"] = lambda role: ROLES.get(role, role)
    made.filters["channel"] = lambda channel: CHANNELS.get(channel, channel)
    made.filters["span"] = span
    made.globals |= {"ago": ago, "left": times.left, "tone": times.tone, "on": times.on}
    made.filters["match_words"] = match_card.in_words
    made.filters["why"] = reasons.in_words
    made.filters["yuan"] = times.yuan
    made.globals |= {"happened": events.in_words, "edits_of": events.edits}
    return made


def show(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page or fragment; who is logged in and what they may open is always known."""
    staff: Staff | None = request.scope.get(STAFF)
    known = {
        "staff": staff,
        "csrf": staff.csrf if staff else "",
        "menu": menu_of(staff.role) if staff else (),
        "path": request.url.path,
        "now": request.app.state.parts.clock(),
        "demo": request.app.state.parts.settings.demo,
    }
    html = templates().get_template(template).render(**known, **context)
    return HTMLResponse(labelled(html), status)

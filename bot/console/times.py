"""Deadlines and sums as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta

_SOON = timedelta(hours=24)
_HOUR = 3600
_DAY = 24 * _HOUR


def left(due: datetime | None, now: datetime) -> str:
    """Return how long there is until a deadline, or since when it has passed."""
    if due is None:
        return "没有时限"
    seconds = (due - now).total_seconds()
    length = _days(due, now) if abs(seconds) >= 2 * _DAY else _length(abs(seconds))
    return f"已超 {length}" if seconds <= 0 else f"还剩 {length}"


def _days(due: datetime, now: datetime) -> str:
    """Count as on a calendar: the figure fits the date beside it, at whatever time it is read.

    What ends with a day, at midnight, ends on that day.
    """
    last = due.astimezone(now.tzinfo) - timedelta(microseconds=1)
    return f"{max(2, abs((last.date() - now.date()).days))} 天"


def tone(due: datetime | None, now: datetime) -> str:
    """Return the colour of a deadline: red when it has passed, amber when it is near."""
    if due is None:
        return ""
    if due <= now:
        return "chip-red"
    return "chip-amber" if due - now <= _SOON else ""


def _length(seconds: float) -> str:
    if seconds < 60:
        return "不到 1 分钟"
    if seconds < _HOUR:
        return f"{int(seconds // 60)} 分钟"
    hours, rest = divmod(int(seconds), _HOUR)
    return f"{hours} 小时" + (f" {rest // 60} 分" if hours < 5 and rest >= 60 else "")


def on(moment: datetime | None, now: datetime) -> str:
    """Return a point in time, the year only where it is another one."""
    if moment is None:
        return ""
    local = moment.astimezone(now.tzinfo)
    day = {0: "今天", 1: "明天", -1: "昨天"}.get((local.date() - now.date()).days)
    year = "" if local.year == now.year else f"{local.year}年"
    return f"{day or f'{year}{local.month}月{local.day}日'} {local:%H:%M}"


def yuan(amount: int | None) -> str:
    """Return a sum of fen in yuan."""
    return "" if amount is None else f"{amount / 100:,.2f} 元"

"""Clocks in Chinese words: the state, the end, and why it is then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from bot.clockwork.clocks import Clock, Extension, Pause, Reading, Rule, State, Unit, begin
from bot.clockwork.workdays import ONE_DAY, WorkCalendar

STATES: Final[dict[State, str]] = {
    "not_started": "未开始",
    "running": "进行中",
    "paused": "暂停",
    "met": "已达成",
    "missed": "超时",
}
_UNITS: Final[dict[Unit, str]] = {
    "minute": "分钟",
    "hour": "小时",
    "day": "个自然日",
    "working_hour": "个工作小时",
    "working_day": "个工作日",
    "year": "年",
}
_MOST_DAYS = 400


def due_on(due_at: datetime) -> date:
    """Return the day of a deadline; midnight belongs to the day that it ends."""
    return (due_at - timedelta(microseconds=1)).date()


def moment(at: datetime) -> str:
    """Return a deadline in words; midnight is 24:00 of the day before."""
    if at.time() == datetime.min.time():
        day = at - ONE_DAY
        return f"{day.month}月{day.day}日 24:00"
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def reason(clock: Clock, reading: Reading, calendar: WorkCalendar) -> str:
    """Return why the clock ends when it does, in one sentence a clerk can check."""
    rule = clock.rule
    if clock.started is None:
        return f"尚未开始：从{rule.start_label or rule.label}起算。依据：{rule.basis}"
    parts = [
        f"{clock.started.month}月{clock.started.day}日 {clock.started:%H:%M} {rule.start_label}，"
        f"从{_counted_from(clock, calendar)}起算 {amount(rule)}"
    ]
    parts += [_extension(clock, extension) for extension in clock.extensions]
    parts += [_pause(pause) for pause in clock.pauses]
    if reading.due_at:
        parts += _days_off(clock, reading.due_at, calendar)
        parts.append(f"到 {moment(reading.due_at)}")
    else:
        parts.append("恢复后接着算")
    return f"{'；'.join(parts)}。依据：{rule.basis}"


def amount(rule: Rule) -> str:
    """Return the length of a rule with its unit."""
    return f"{rule.value} {_UNITS[rule.unit]}"


def _counted_from(clock: Clock, calendar: WorkCalendar) -> str:
    rule, days = clock.rule, clock.rule.unit in ("day", "working_day", "year")
    assert clock.started is not None
    if rule.begins == "same_day":
        return "当日"
    at = begin(rule, clock.started, calendar)
    if at != clock.started:
        return f"上班时间 {moment(at)}" + ("的次日" if days else "")
    return "次日" if days else "此刻"


def _extension(clock: Clock, extension: Extension) -> str:
    unit = _UNITS[clock.rule.unit]
    said = f"经{extension.by}批准延长 {extension.amount} {unit}（{extension.why}）"
    if clock.rule.notice and extension.told_at is None:
        return f"{said}，尚未告知客户，不算数"
    return f"{said}，{moment(extension.told_at)} 告知客户" if extension.told_at else said


def _pause(pause: Pause) -> str:
    since = moment(pause.since)
    until = f"到 {moment(pause.until)} 暂停" if pause.until else "起暂停"
    return f"{since} {until}" + (f"（{pause.why}）" if pause.why else "")


def _days_off(clock: Clock, end: datetime, calendar: WorkCalendar) -> Iterator[str]:
    """Name what was left out and what counts although it is a weekend."""
    if clock.rule.unit in ("minute", "hour", "year") or clock.started is None:
        return
    first, last = clock.started.date(), due_on(end)
    days = [first + timedelta(days=n) for n in range(min((last - first).days, _MOST_DAYS) + 1)]
    if clock.rule.unit == "day":
        # A natural day needs no calendar; only what is announced is named.
        named = {calendar.name(day) for day in days if calendar.off_by_name(day)}
        yield from [f"其间的{'、'.join(sorted(named))}假期照算自然日"] if named else []
        return
    holidays = dict.fromkeys(
        calendar.name(d) for d in days if calendar.name(d) and not calendar.works(d)
    )
    plain = sum(not calendar.works(day) and not calendar.name(day) for day in days)
    made_up = [f"{d.month}月{d.day}日" for d in days if calendar.name(d) and calendar.works(d)]
    if holidays:
        yield f"跳过{'、'.join(holidays)}假期"
    if plain:
        yield f"跳过 {plain} 天周末"
    if made_up:
        yield f"{'、'.join(made_up)}调休上班，计入"

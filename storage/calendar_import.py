"""Import announced holidays and make-up days, or a branch's own days: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select

from bot.clockwork.calendar_files import parse_frames, shipped
from bot.settings import Settings
from storage import calendars
from storage.crypto import Cipher
from storage.models.calendar import CalendarDay
from storage.recalculation import Recalculation
from storage.unit_of_work import UnitOfWork

Row = tuple[int, Mapping[str, str]]
_NAMES = {"day": ("日期", "date"), "kind": ("类型", "kind"), "name": ("名称", "name")}
_FRAMES = ("时段", "frames")
_WORKING = {"上班": True, "班": True, "调休上班": True, "workday": True}
_OFF = {"放假": False, "休": False, "休息": False, "holiday": False}
# Every announced year has these festivals, and these days off by law.
_FESTIVALS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
_FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


@dataclass(frozen=True)
class Day:
    """A row that could be read."""

    day: date
    working: bool
    name: str
    frames: str


@dataclass
class Outcome:
    """What an import did, or why it did nothing. ``moved`` are deadlines that changed with it."""

    errors: list[str] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    same: int = 0
    moved: list[str] = field(default_factory=list)


def import_calendar(
    uow: UnitOfWork,
    cipher: Cipher,
    settings: Settings,
    rows: Sequence[Row],
    now: datetime,
    *,
    dry_run: bool = False,
) -> Outcome:
    """Write the days of a table; any error keeps all of them out, and so does a dry run."""
    outcome = Outcome()
    days = list(_read(rows, outcome.errors))
    stored = {row.day: row for row in uow.session.scalars(select(CalendarDay))}
    known = shipped(settings.calendar.weekend, settings.calendar.frames).years
    outcome.errors += _gaps(days, stored, known)
    if outcome.errors:
        return outcome
    before = calendars.load(uow.connection, settings.calendar)
    for day in days:
        _count(outcome, day, stored.get(day.day))
        if not dry_run:
            _write(uow, day, stored.get(day.day), now, announced=day.day.year not in known)
    if not dry_run and (outcome.added or outcome.changed):
        uow.session.flush()
        calendars.keep_version(uow.session, settings.calendar, now)
        outcome.moved = list(Recalculation(uow, cipher, settings, now, before).run())
    return outcome


def _read(rows: Sequence[Row], errors: list[str]) -> Iterator[Day]:
    seen: dict[date, int] = {}
    for line, cells in rows:
        try:
            day = _day(cells)
        except ValueError as error:
            errors.append(f"第 {line} 行：{error}")
            continue
        if day.day in seen:
            errors.append(f"第 {line} 行：{day.day} 与第 {seen[day.day]} 行重复")
        seen.setdefault(day.day, line)
        yield day


def _day(cells: Mapping[str, str]) -> Day:
    raw = {key: _cell(cells, names) for key, names in _NAMES.items()}
    if lacking := [_NAMES[key][0] for key, value in raw.items() if not value]:
        raise ValueError(f"缺少{'、'.join(lacking)}")
    try:
        day = date.fromisoformat(raw["day"].replace("/", "-"))
    except ValueError:
        raise ValueError(f"日期「{raw['day']}」要写成 2027-01-01 的样子") from None
    kinds = _WORKING | _OFF
    if raw["kind"] not in kinds:
        raise ValueError(f"类型「{raw['kind']}」要写 放假 或 上班")
    frames = _cell(cells, _FRAMES)
    if frames:
        if not kinds[raw["kind"]]:
            raise ValueError("放假的日子不写时段")
        parse_frames(frames)
    return Day(day, kinds[raw["kind"]], raw["name"][:128], frames)


def _cell(cells: Mapping[str, str], names: Sequence[str]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")


def _gaps(
    days: Sequence[Day], stored: Mapping[date, CalendarDay], known: frozenset[int]
) -> Iterator[str]:
    """Name what a new year lacks: half a year of holidays would be worse than none."""
    for year in sorted({day.day.year for day in days} - known):
        off = {d: row.name for d, row in stored.items() if d.year == year and not row.working}
        off |= {day.day: day.name for day in days if day.day.year == year and not day.working}
        for day in days:
            if day.working:
                off.pop(day.day, None)
        names = "、".join(off.values())
        if lacking := [festival for festival in _FESTIVALS if festival not in names]:
            yield f"{year} 年不完整，缺少：{'、'.join(lacking)}"
        if missed := [f"{m}月{d}日" for m, d in _FIXED if date(year, m, d) not in off]:
            yield f"{year} 年的法定节假日没有放假：{'、'.join(missed)}"


def _count(outcome: Outcome, day: Day, old: CalendarDay | None) -> None:
    if old is None:
        outcome.added += 1
    elif (old.working, old.name, old.frames) != (day.working, day.name, day.frames):
        outcome.changed += 1
    else:
        outcome.same += 1


def _write(
    uow: UnitOfWork, day: Day, old: CalendarDay | None, now: datetime, *, announced: bool
) -> None:
    if old is None:
        old = CalendarDay(day=day.day, announced=announced)
        uow.session.add(old)
    elif (old.working, old.name, old.frames) == (day.working, day.name, day.frames):
        return
    old.working, old.name, old.frames = day.working, day.name, day.frames
    old.imported_at = now

"""Importing the working calendar: row errors, all or nothing, safe to repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import pytest
from sqlalchemy import Engine

from bot.clock import SHANGHAI
from bot.clockwork.workdays import WorkCalendar
from storage import calendars
from storage.calendar_import import Outcome, import_calendar
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import Desk, desk_on
from tests.storage.complaints_kit import Room

# Invented, in the shape of an announcement: nobody has announced 2028 yet.
YEAR_2028 = [
    ("2028-01-01", "放假", "元旦"),
    ("2028-01-26", "放假", "春节"),
    ("2028-01-22", "上班", "春节调休"),
    ("2028-04-04", "放假", "清明节"),
    ("2028-05-01", "放假", "劳动节"),
    ("2028-05-02", "放假", "劳动节"),
    ("2028-05-28", "放假", "端午节"),
    ("2028-10-01", "放假", "国庆节"),
    ("2028-10-02", "放假", "国庆节"),
    ("2028/10/03", "holiday", "国庆节、中秋节"),
]


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk whose calendar ends with 2026."""
    made = desk_on(database)
    yield made
    made.ways.close()


def table(rows: Sequence[tuple[str, ...]]) -> list[tuple[int, Mapping[str, str]]]:
    """Return rows as they come from a file."""
    names = ("日期", "类型", "名称", "时段")
    return [(line, dict(zip(names, row, strict=False))) for line, row in enumerate(rows, start=2)]


def run(desk: Desk, rows: Sequence[tuple[str, ...]], *, dry_run: bool = False) -> Outcome:
    """Import rows."""
    return desk.ways.run(
        lambda uow: import_calendar(
            uow, desk.cipher, desk.settings, table(rows), desk.now, dry_run=dry_run
        )
    )


def works(desk: Desk, day: str) -> bool:
    """Tell whether a day is worked by the branch's calendar."""
    found = desk.ways.read(lambda uow: calendars.load(uow.connection, desk.settings.calendar))
    return found.works(date.fromisoformat(day))


def test_a_new_year_becomes_known(desk: Desk) -> None:
    """Ten days in; a second time nothing changes."""
    first = run(desk, YEAR_2028)
    assert (first.errors, first.added) == ([], 10)
    assert works(desk, "2028-01-22")
    assert not works(desk, "2028-10-03")
    again = run(desk, YEAR_2028)
    assert (again.added, again.changed, again.same) == (0, 0, 10)


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    """It says what would be, and the year stays unknown."""
    assert run(desk, YEAR_2028, dry_run=True).added == 10
    assert run(desk, YEAR_2028, dry_run=True).added == 10


def test_half_a_year_is_refused(desk: Desk) -> None:
    """A year without its festivals would count wrong days in silence."""
    errors = run(desk, YEAR_2028[:3]).errors
    assert "2028 年不完整，缺少：清明、劳动、端午、中秋、国庆" in errors
    assert any("5月1日" in error for error in errors)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("2026-13-01", "放假", "x"), "日期"),
        (("2026-11-26", "半天", "x"), "类型"),
        (("2026-11-26", "放假", ""), "缺少名称"),
        (("", "放假", "x"), "缺少日期"),
        (("2026-11-26", "放假", "x", "08:00-12:00"), "不写时段"),
        (("2026-11-26", "上班", "x", "8-12"), "时段"),
        (("2026-11-27", "上班", "x"), "重复"),
    ],
)
def test_a_wrong_row_is_named_and_keeps_all_out(
    desk: Desk, row: tuple[str, ...], words: str
) -> None:
    """Line and reason; the good row beside it is not written either."""
    outcome = run(desk, [("2026-11-27", "放假", "停电"), row])
    assert any("第 3 行" in error and words in error for error in outcome.errors)
    assert works(desk, "2026-11-27")


def test_a_branch_has_days_of_its_own(desk: Desk) -> None:
    """Within a known year single days may differ, with their own hours."""
    rows = [("2026-11-26", "放假", "停电"), ("2026-11-28", "上班", "补班", "09:00-12:00")]
    assert run(desk, rows).added == 2
    assert not works(desk, "2026-11-26")
    assert works(desk, "2026-11-28")


def test_deadlines_move_with_the_calendar_and_it_is_said_which(desk: Desk) -> None:
    """A day off in between moves the promise of one working day, and only that."""
    number = desk.open(estimate_fen=100_000)
    other = desk.open(plate="津B12345")
    desk.move(number, "contacted")
    desk.all_documents(number)
    desk.move(number, "documents_complete")
    assert desk.claim(number).due_at == datetime(2026, 11, 26, 17, 30, tzinfo=SHANGHAI)
    outcome = run(desk, [("2026-11-26", "放假", "停电")])
    assert outcome.moved == [f"{number}：11月26日 17:30 → 11月27日 17:30"]
    assert desk.claim(number).due_at == datetime(2026, 11, 27, 17, 30, tzinfo=SHANGHAI)
    assert desk.claim(other).due_at == datetime(2026, 11, 25, 10, 15, tzinfo=SHANGHAI)


def test_tickets_move_with_the_calendar_and_it_is_said_why(desk: Desk) -> None:
    """A promise of one working day moves by the day off; the history keeps both and the reason."""
    made = desk.ways.run(
        lambda uow: TicketBook(uow, desk.cipher, desk.settings, desk.now, "x").open("question", {})
    )
    outcome = run(desk, [("2026-11-26", "放假", "停电")])
    assert outcome.moved == [
        f"{made.number}：11月26日 17:30 → 11月27日 17:30（11月26日 上班 → 休息（停电））"
    ]
    assert desk.events(made.number)[-1].kind == "recalculated"


def test_complaints_move_with_the_calendar_and_it_is_said_why(desk: Desk) -> None:
    """The first contact of a slight one moves by the day off; the legal day does not."""
    room = Room(desk)
    number = room.open(story="流程太麻烦", demand="")
    room.milestone(number, "receipt", "已发")
    outcome = run(desk, [("2026-11-26", "放假", "停电")])
    assert outcome.moved == [
        f"{number}：11月26日 17:30 → 11月27日 17:30（首次联系（P3）：11月26日 17:30 → "
        "11月27日 17:30（11月26日 上班 → 休息（停电）））"
    ]
    assert room.get(number).due_on == date(2026, 12, 10)


def test_every_import_keeps_the_calendar_as_it_stood(desk: Desk) -> None:
    """An old deadline can be explained by the days that were known then."""
    settings = desk.settings.calendar

    def versioned(uow: UnitOfWork, fingerprint: str) -> WorkCalendar | None:
        return calendars.version(uow.session, settings, fingerprint)

    first = desk.ways.read(lambda uow: calendars.load(uow.connection, settings))
    run(desk, [("2026-11-26", "放假", "停电")])
    second = desk.ways.read(lambda uow: calendars.load(uow.connection, settings))
    run(desk, [("2026-11-26", "上班", "不停电")])
    assert desk.ways.read(lambda uow: versioned(uow, first.fingerprint)) == first
    assert desk.ways.read(lambda uow: versioned(uow, second.fingerprint)) == second
    assert not second.works(date(2026, 11, 26))
    assert desk.ways.read(lambda uow: versioned(uow, "none")) is None

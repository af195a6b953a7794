"""The evaluation of service makes itself: each ended period once, kept, told of (S54, S27, S78)."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from bench.ledger_rows import Month
from bot.clock import SHANGHAI
from bot.errors import ConfigurationError
from bot.settings import Webhook
from scheduler.context import JobContext
from scheduler.jobs import service_report as job
from storage import personal_notices
from storage.kpi.definition import Period
from storage.models.outbox import OutboxItem
from storage.models.report import PersonalNotice, ServiceReport
from storage.models.staff import StaffUser
from storage.rules import service_reports as table
from storage.service_reports import ServiceReports
from storage.unit_of_work import UnitOfWork
from tests.bot.pdf.reading import text_of
from tests.storage.claims_kit import Desk, desk_on

NOW = datetime(2026, 11, 1, 6, 40, tzinfo=SHANGHAI)
HOOK = Webhook.model_validate(
    {"name": "bi", "url": "http://127.0.0.1:9/h", "secret": "0123456789abcdef",
     "events": ["report.*"]}
)  # fmt: skip


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch that has been at work since the end of September, with its people."""
    made = desk_on(database)

    def fill(uow: UnitOfWork) -> None:
        for row in Month(5).rows(1_500):
            uow.ledger.add(row)
        for name, role, gone in (
            ("刘洋", "supervisor", None), ("吴静", "trainer", None), ("王敏", "agent", None),
            ("老钱", "supervisor", NOW),
        ):  # fmt: skip
            uow.session.add(
                StaffUser(
                    name=name, role=role, password_hash="x", created_at=NOW, skills=[],
                    disabled_at=gone,
                )
            )  # fmt: skip

    made.ways.run(fill)
    return made


def _run(desk: Desk, now: datetime = NOW, *, dry_run: bool = False) -> list[str]:
    settings = desk.settings.model_copy(update={"webhooks": (HOOK,)})
    return job.run(JobContext(desk.ways, settings, desk.cipher), now, dry_run=dry_run)


def _kept(desk: Desk) -> list[ServiceReport]:
    return desk.ways.read(lambda uow: list(ServiceReports(uow).all()))


def test_what_is_over_is_made_once(desk: Desk) -> None:
    """September, October and the third quarter have rows; August and the second quarter none."""
    assert _run(desk, dry_run=True) == [
        "2026 年 8 月服务评估报告：这一期没有任何记录",
        "2026 年 9 月服务评估报告：会做",
        "2026 年 10 月服务评估报告：会做",
        "2026 年第 2 季度服务评估报告：这一期没有任何记录",
        "2026 年第 3 季度服务评估报告：会做",
    ]
    assert _kept(desk) == []
    assert len(_run(desk)) == 3
    assert _run(desk) == []
    assert [(r.kind, str(r.first), str(r.last)) for r in _kept(desk)] == [
        ("month", "2026-10-01", "2026-10-31"),
        ("quarter", "2026-07-01", "2026-09-30"),
        ("month", "2026-09-01", "2026-09-30"),
    ]


def test_page_and_paper_say_the_same(desk: Desk) -> None:
    """The figures that are kept stand in both, as they were counted then."""
    _run(desk)

    def read(uow: UnitOfWork) -> tuple[str, str, list[str]]:
        made = ServiceReports(uow).all()[0]
        return made.page.decode(), text_of(made.paper), [f["shown"] for f in made.figures]

    page, paper, figures = desk.ways.read(read)
    assert len(figures) == 4
    assert "2026 年 10 月服务评估报告" in page
    for shown in figures:
        assert shown in page
        assert shown in paper


def test_whom_it_concerns_is_told_once(desk: Desk) -> None:
    """Supervisor and trainer, not the agent, not who has left; the webhook too; seen is seen."""
    _run(desk)
    _run(desk)

    def people(uow: UnitOfWork) -> list[str]:
        return list(uow.session.scalars(select(PersonalNotice.person).order_by(PersonalNotice.id)))

    assert sorted(set(desk.ways.read(people))) == ["刘洋", "吴静"]
    assert desk.ways.read(lambda uow: personal_notices.unseen(uow, "刘洋")) == 3
    newest = desk.ways.read(lambda uow: personal_notices.of(uow, "刘洋")[0])
    assert newest.path.startswith("/console/quality/reports/")
    desk.ways.run(lambda uow: personal_notices.seen(uow, "刘洋", newest.path, NOW))
    assert desk.ways.read(lambda uow: personal_notices.unseen(uow, "刘洋")) == 2
    assert desk.ways.read(lambda uow: personal_notices.unseen(uow, "吴静")) == 3
    hooks = desk.ways.read(lambda uow: list(uow.session.scalars(select(OutboxItem))))
    assert {item.body["type"] for item in hooks} == {"report.made"}
    assert len(hooks) == 3


def test_a_kept_report_is_never_made_anew(desk: Desk) -> None:
    """What comes into the ledger later changes no report that people have read."""
    _run(desk)
    digest = _kept(desk)[0].digest

    def more(uow: UnitOfWork) -> None:
        for row in Month(9).rows(300):
            uow.ledger.add(row)

    desk.ways.run(more)
    assert _run(desk, NOW.replace(day=2)) == []
    assert _kept(desk)[0].digest == digest


@pytest.mark.parametrize(
    ("code", "day", "first"),
    [
        ("month", date(2026, 3, 1), Period(date(2026, 2, 1), date(2026, 2, 28))),
        ("month", date(2026, 1, 31), Period(date(2025, 12, 1), date(2025, 12, 31))),
        ("quarter", date(2026, 1, 1), Period(date(2025, 10, 1), date(2025, 12, 31))),
        ("quarter", date(2026, 6, 30), Period(date(2026, 1, 1), date(2026, 3, 31))),
    ],
)
def test_a_period_is_over_the_day_after(code: str, day: date, first: Period) -> None:
    """Short months, the turn of the year, quarters by the calendar."""
    kind = table.rules().kind(code)
    assert kind is not None
    assert next(kind.ended(day)) == first


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("periods: []\ntell: [boss]", "boss"),
        ("periods: [{code: week, title: 周报, look_back: 1}]\ntell: [admin]", "month、quarter"),
    ],
)
def test_a_mistake_in_the_table_is_named(text: str, said: str, tmp_path: Path) -> None:
    """File, what is wrong, what may be written."""
    file = tmp_path / "service_reports.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        table.read(file)

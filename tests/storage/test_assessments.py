"""Assessments from the ledger: drafts, publication, training, appeal, weak spots (S59, S64–S67)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.errors import Refused
from storage import calendars
from storage.assessments import Assessments
from storage.improvements import Finding, Improvements
from storage.kpi.definition import Period
from storage.ledger import Happening
from storage.models.ledger import Event, StaffPost
from storage.models.quality import Improvement, Merit, TrainingTask
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import Desk, desk_on

T = TypeVar("T")
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
MID = datetime(2026, 10, 15, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch with a good and a weak agent in two teams, thirty answers each."""
    made = desk_on(database)

    def fill(uow: UnitOfWork) -> None:
        for name, team, bad in (("王敏", "一组", 1), ("李强", "二组", 9)):
            joined = date(2026, 1, 1)
            uow.session.add(StaffPost(name=name, team=team, post="agent", joined_on=joined))
            for number in range(30):
                score = 2 if number < bad else 5
                common: dict[str, Any] = {"actor": name, "team": team, "label": "handoff"}
                uow.ledger.add(Happening("survey.answered", MID, value=score, **common))
                uow.ledger.add(Happening("handoff.first", MID, value=10, **common))
                uow.ledger.add(Happening("qa.scored", MID, value=95, result="ok", **common))

    made.ways.run(fill)
    return made


def _do(desk: Desk, work: Callable[[Assessments], T], now: datetime = NOW, by: str = "赵主管") -> T:
    return desk.ways.run(lambda uow: work(Assessments(uow, now, by)))


def test_results_come_from_the_ledger_and_are_ranked(desk: Desk) -> None:
    """S59, S64: the better figures, the better place; the grade suggests, with its basis kept."""
    good, weak = sorted(_do(desk, lambda a: a.make(OCTOBER)), key=lambda r: -(r.total or 0))
    assert (good.person, good.ranks, good.grade) == ("王敏", (1, 1), "A")
    assert (weak.person, weak.ranks) == ("李强", (2, 2))
    kept = _do(desk, lambda a: a.of(OCTOBER))
    assert kept[0].body["items"][0]["code"] == "csat"
    assert kept[0].body["bonus"] in (0.7, 0.9, 1.0, 1.2)


def test_publishing_gives_out_training_once(desk: Desk) -> None:
    """S66: a shortfall becomes a task; published results are not made again."""
    assert _do(desk, lambda a: a.publish(OCTOBER)) == 2
    assert _do(desk, lambda a: a.publish(OCTOBER)) == 0
    tasks = desk.ways.read(lambda uow: list(uow.session.scalars(select(TrainingTask))))
    assert [(t.person, t.kpi, t.topic) for t in tasks] == [("李强", "csat", "沟通技巧")]
    before = _do(desk, lambda a: a.of(OCTOBER))[0].body
    desk.ways.run(
        lambda uow: uow.ledger.add(
            Happening("survey.answered", MID, value=1, actor="王敏", team="一组")
        )
    )
    _do(desk, lambda a: a.make(OCTOBER))
    assert _do(desk, lambda a: a.of(OCTOBER))[0].body == before


def test_training_is_closed_by_a_figure(desk: Desk) -> None:
    """The figure after the training stands beside the one before; on time or not is counted."""
    _do(desk, lambda a: a.publish(OCTOBER))

    def fill(uow: UnitOfWork) -> None:
        at = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)
        uow.ledger.add(Happening("survey.answered", at, value=5, actor="李强", team="二组"))

    desk.ways.run(fill)
    done = _do(desk, lambda a: a.finish_training(1, NOVEMBER), NOW + timedelta(days=20))
    assert (done.status, done.after) == ("done", {"rows": 1, "value": 1.0})
    query = select(Event.result).where(Event.label == "training")
    assert desk.ways.read(lambda uow: list(uow.session.scalars(query))) == ["met"]


def test_an_appeal_has_its_days_and_another_person_decides(desk: Desk) -> None:
    """Five working days to appeal; the old total stays beside the corrected one."""
    _do(desk, lambda a: a.publish(OCTOBER))
    calendar = desk.ways.read(lambda uow: calendars.load(uow.connection, desk.settings.calendar))
    late = NOW + timedelta(days=9)
    with pytest.raises(Refused, match="申诉期"):
        _do(desk, lambda a: a.appeal(OCTOBER, "李强", "样本里有一条是误点", calendar), late, "李强")
    _do(desk, lambda a: a.appeal(OCTOBER, "李强", "样本里有一条是误点", calendar), NOW, "李强")
    with pytest.raises(Refused, match="本人以外"):
        _do(desk, lambda a: a.decide(OCTOBER, "李强", "我没错", 99.0), NOW, "李强")
    _do(desk, lambda a: a.decide(OCTOBER, "李强", "剔除误点一条", 88.0))
    kept = next(a for a in _do(desk, lambda a: a.of(OCTOBER)) if a.person == "李强")
    assert (kept.status, kept.body["total"], kept.body["grade"]) == ("corrected", 88.0, "B")
    assert kept.appeal is not None
    assert kept.appeal["before"] != 88.0


def test_the_best_are_named_and_the_last_too(desk: Desk) -> None:
    """S65, S66: the list to praise and the list to help."""
    _do(desk, lambda a: a.publish(OCTOBER))
    best, worst = _do(desk, lambda a: a.honours(OCTOBER))
    assert [a.person for a in best] == ["王敏"]
    assert "王敏" not in [a.person for a in worst]


def test_a_penalty_takes_two_signatures(desk: Desk) -> None:
    """S66: one person alone cannot punish, and praise needs nobody else."""

    def merit(kind: str, approved_by: str | None) -> Merit:
        return Merit(
            person="李强", kind=kind, reason="…", on=date(2026, 10, 5), recorded_by="质检",
            approved_by=approved_by, at=NOW,
        )  # fmt: skip

    for approved in (None, "质检"):
        with pytest.raises(Refused, match="两人签字"):
            _do(desk, lambda a, by=approved: a.record_merit(merit("veto", by)))  # type: ignore[misc]
    _do(desk, lambda a: a.record_merit(merit("praise", None)))
    _do(desk, lambda a: a.record_merit(merit("veto", "赵主管")))
    weak = next(r for r in _do(desk, lambda a: a.work_out(OCTOBER)) if r.person == "李强")
    assert weak.total == 0


def test_weak_spots_become_improvements_once(desk: Desk) -> None:
    """S67: the worst cells of team × figure, with the period before, open one item each."""
    cells = _do(desk, lambda a: a.weak_spots(OCTOBER))
    assert (cells[0]["team"], cells[0]["code"]) == ("二组", "csat")
    _do(desk, lambda a: a.weak_spots(OCTOBER))
    items = desk.ways.read(lambda uow: list(uow.session.scalars(select(Improvement))))
    assert len(items) == len(cells)
    assert items[0].before == {
        "from": "2026-10-01", "to": "2026-10-31", "hits": 50, "rows": 60,
        "value": pytest.approx(5 / 6), "version": 1,
    }  # fmt: skip


def test_an_improvement_is_closed_with_the_figure_after(desk: Desk) -> None:
    """S83: no closing without measure, owner, date and the figure afterwards."""

    def book(uow: UnitOfWork) -> Improvements:
        return Improvements(uow, NOW, "赵主管")

    finding = Finding("回访慢", "kpi", "响应", "k1", "csat", OCTOBER)
    number = desk.ways.run(lambda uow: book(uow).propose(finding).id)
    with pytest.raises(Refused, match="先写明措施"):
        desk.ways.run(lambda uow: book(uow).close(number, "好了", NOVEMBER))
    due = date(2026, 11, 30)
    desk.ways.run(lambda uow: book(uow).take_on(number, "加一班", "王敏", due, "精益"))
    with pytest.raises(Refused, match="统计期"):
        desk.ways.run(lambda uow: book(uow).close(number, "好了"))
    item = desk.ways.run(lambda uow: book(uow).close(number, "好了", NOVEMBER))
    assert item.before is not None
    assert item.after is not None
    assert (item.before["rows"], item.after["rows"]) == (60, 0)
    with pytest.raises(Refused, match="已经结束"):
        desk.ways.run(lambda uow: book(uow).drop(number, "不做了"))

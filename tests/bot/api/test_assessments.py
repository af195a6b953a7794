"""/v1/assessments and /v1/trainings: who makes, reads, appeals and decides (S64–S67)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.clock import SHANGHAI
from storage.ledger import Happening
from storage.models.ledger import StaffPost
from storage.unit_of_work import UnitOfWork
from tests.bot.api.kit import NOW, Branch

MID = datetime(2026, 10, 15, 12, 0, tzinfo=SHANGHAI)
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture
def team(office: Branch) -> Branch:
    """A good and a weak agent with thirty answers each."""

    def fill(uow: UnitOfWork) -> None:
        for name, bad in (("王敏", 1), ("李强", 15)):
            row = StaffPost(name=name, team="一组", post="agent", joined_on=date(2026, 1, 1))
            uow.session.add(row)
            for number in range(30):
                said: dict[str, Any] = {"actor": name, "team": "一组", "label": "handoff"}
                score = 2 if number < bad else 5
                uow.ledger.add(Happening("survey.answered", MID, value=score, **said))
                uow.ledger.add(Happening("handoff.first", MID, value=10, **said))
                uow.ledger.add(Happening("qa.scored", MID, value=95, result="ok", **said))

    office.transactions.run(fill)
    return office


def _make(team: Branch, *, publish: bool = True) -> list[dict[str, Any]]:
    header = team.token("supervisor", "刘洋" if publish else "赵主管")
    body = {**OCTOBER, "publish": publish}
    answer = team.client.post("/v1/assessments", headers=header, json=body)
    assert answer.status_code == 201, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_a_draft_is_for_who_leads_and_a_result_for_its_person(team: Branch) -> None:
    """Drafts are nobody else's; published, each sees their own and no colleague's."""
    _make(team, publish=False)
    mine, trainer = team.token("agent", "王敏"), team.token("trainer")
    assert team.client.get("/v1/assessments", headers=mine).json()["items"] == []
    assert len(team.client.get("/v1/assessments", headers=trainer).json()["items"]) == 2
    _make(team)
    seen = team.client.get("/v1/assessments", headers=mine).json()["items"]
    assert [(one["person"], one["status"], one["body"]["grade"]) for one in seen] == [
        ("王敏", "published", "A")
    ]
    other = team.client.get("/v1/assessments?person=李强", headers=mine).json()["items"]
    assert other == []
    both = team.client.get("/v1/assessments?from=2026-10-01&status=published", headers=trainer)
    assert len(both.json()["items"]) == 2


def test_only_who_leads_makes_and_decides(team: Branch) -> None:
    """An agent, a trainer: refused; days the wrong way round: said so."""
    for role in ("agent", "trainer"):
        header = team.token(role)
        assert team.client.post("/v1/assessments", headers=header, json=OCTOBER).status_code == 403
    lead = team.token("supervisor")
    wrong = {"from": "2026-10-31", "to": "2026-10-01"}
    assert team.client.post("/v1/assessments", headers=lead, json=wrong).status_code == 422


def test_an_appeal_is_ones_own_in_time_and_decided_by_another(team: Branch) -> None:
    """Not a colleague's, not after five working days, not without a reason, not by oneself."""
    numbers = {one["person"]: one["id"] for one in _make(team)}
    path = f"/v1/assessments/{numbers['李强']}"
    mine, other = team.token("agent", "李强"), team.token("agent", "王敏")
    words = {"words": "有三个样本不是我的"}
    assert team.client.post(f"{path}/appeal", headers=other, json=words).status_code == 404
    assert team.client.post(f"{path}/appeal", headers=mine, json={"words": " "}).status_code == 422
    noted = team.client.post(f"{path}/appeal", headers=mine, json=words)
    assert (noted.status_code, noted.json()["status"]) == (201, "appealed")
    twice = team.client.post(f"{path}/appeal", headers=mine, json=words)
    assert twice.status_code == 409
    decision = {"reason": "核对后剔除三行", "total": 88.5}
    assert team.client.post(f"{path}/decision", headers=mine, json=decision).status_code == 403
    lead = team.token("supervisor", "赵主管")
    done = team.client.post(f"{path}/decision", headers=lead, json=decision).json()
    assert (done["status"], done["body"]["total"], done["body"]["grade"]) == (
        "corrected",
        88.5,
        "B",
    )
    assert done["appeal"]["before"] != 88.5


def test_training_follows_and_ends_with_a_figure(team: Branch) -> None:
    """S66: the weak one gets a task; it is closed with the figure after it."""
    _make(team)
    mine, trainer = team.token("agent", "李强"), team.token("trainer", "吴静")
    tasks = team.client.get("/v1/trainings", headers=mine).json()["items"]
    assert [(task["person"], task["kpi"]) for task in tasks] == [("李强", "csat")]
    assert team.client.get("/v1/trainings", headers=team.token("agent", "王敏")).json() == {
        "items": [], "next_cursor": None,
    }  # fmt: skip
    team.transactions.run(
        lambda uow: uow.ledger.add(
            Happening("survey.answered", NOW + timedelta(hours=1), value=5, actor="李强")
        )
    )
    path = f"/v1/trainings/{tasks[0]['id']}/finish"
    body = {"from": "2026-11-01", "to": "2026-11-30"}
    assert team.client.post(path, headers=mine, json=body).status_code == 403
    done = team.client.post(path, headers=trainer, json=body).json()
    assert (done["status"], done["after"]["rows"]) == ("done", 1)


def test_grades_are_told(office: Branch) -> None:
    """Everybody may read how results come about; the weights of a post are 100."""
    told = office.client.get("/v1/assessments/grades", headers=office.token("claims")).json()
    assert [grade["grade"] for grade in told["grades"]] == ["A", "B", "C", "D"]
    assert all(sum(m["weight"] for m in post) == 100 for post in told["posts"].values())

"""Feedback, improvements and low scores in the console (S17, S27, S85, S87)."""

from __future__ import annotations

from datetime import timedelta

from storage.ledger import Happening
from storage.models.case import Survey, Ticket
from storage.models.quality import Feedback, Improvement
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.bot.console.quality_kit import ROOT, every


def test_feedback_goes_from_a_call_to_a_told_customer(house: House) -> None:
    """S85, S87: noted once, grouped, an improvement with figures, closed, the customer told."""
    agent, trainer = house.log_in("王敏"), house.log_in("吴静")
    said = {"channel": "phone", "words": "建议晚上也有人工", "contact": "13800138000", "key": "k1"}
    assert agent.post(f"{ROOT}/feedback/add", data=said).status_code == 303
    assert agent.post(f"{ROOT}/feedback/add", data=said).status_code == 303
    assert agent.post(f"{ROOT}/feedback/add", data={**said, "words": ""}).status_code == 409
    assert len(every(house, Feedback)) == 1
    assert trainer.post(f"{ROOT}/feedback/sort").status_code == 303
    page = trainer.get(f"{ROOT}/feedback").text
    assert "1 条" in page
    begun = trainer.post(
        f"{ROOT}/feedback/groups/1/improve", data={"title": "夜间人工", "kpi": "csat"}
    )
    path = begun.headers["location"].partition("?")[0]
    assert trainer.post(f"{path}/take", data={"measure": "排夜班"}).status_code == 409
    taken = {"measure": "排夜班", "owner": "王敏", "due": "2026-12-31", "method": "精益"}
    assert trainer.post(f"{path}/take", data=taken).status_code == 303
    assert trainer.post(f"{path}/close", data={"result": "有了"}).status_code == 409
    closing = {"result": "晚上 8 点到 11 点有人了", "first": "2026-11-01", "last": "2026-11-30"}
    assert trainer.post(f"{path}/close", data=closing).status_code == 303
    (item,) = every(house, Improvement)
    assert (item.status, item.before["rows"], item.after["rows"]) == ("done", 0, 0)
    assert "已经告诉他" in trainer.get(f"{ROOT}/feedback").text
    assert trainer.post(f"{ROOT}/feedback/1/told").status_code == 303
    assert [piece.status for piece in every(house, Feedback)] == ["told"]


def test_a_case_talked_over_becomes_an_improvement(house: House) -> None:
    """S27: opened by hand with the case's number; dropped only with a reason."""
    trainer = house.log_in("吴静")
    new = {"source": "case", "cause": "CL20261122000001", "title": "首联太慢"}
    path = trainer.post(f"{ROOT}/improvements/new", data=new).headers["location"].split("?")[0]
    assert "案例讲评" in trainer.get(path).text
    assert trainer.post(f"{path}/drop", data={}).status_code == 409
    assert trainer.post(f"{path}/drop", data={"reason": "已有别的项"}).status_code == 303
    assert "不做 1" in trainer.get(f"{ROOT}/improvements", params={"status": "dropped"}).text
    assert trainer.get(f"{ROOT}/improvements/999").status_code == 409


def test_low_scores_stand_beside_the_calls_they_call_for(house: House) -> None:
    """S17: the answer, its words masked, and the ticket with its clock."""
    talk = house.customer("你好")

    def ask(uow: UnitOfWork) -> None:
        uow.session.add(
            Survey(
                key="k", conversation_id=talk, about="handoff", status="answered", score=1,
                comment="没人管，电话 13812345678", sent_at=house.moment,
                answered_at=house.moment, agent="王敏",
            )
        )  # fmt: skip
        uow.session.add(
            Ticket(
                number="TK20261122000001", kind="feedback", status="new", facts={"score": 1},
                queue="service", opened_at=house.moment, updated_at=house.moment,
                due_at=house.moment + timedelta(hours=4),
            )
        )  # fmt: skip
        uow.ledger.add(
            Happening("survey.skipped", house.moment, talk, label="claim", result="人伤案件")
        )

    house.run(ask)
    house.later(hours=5)
    page = house.log_in("刘洋").get(f"{ROOT}/surveys", params={"view": "low"}).text
    for words in ("没人管", "TK20261122000001", "1 件已超时", "人伤案件", "人工服务之后"):
        assert words in page
    assert "13812345678" not in page

"""The end of a conversation: nothing preset, what is owed is a ticket, no survey where it hurts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from storage import survey_plan
from storage.models.case import Handoff, Survey, Ticket
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.fakes import NOON


def served(house: House, peer: str = "p1") -> tuple[int, TestClient]:
    """A customer in the hands of 王敏."""
    number = house.customer("转人工", peer)
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    return number, agent


def wrapped(house: House, number: int) -> dict[str, str]:
    """Return what was kept of the end."""
    query = select(Handoff.package).where(Handoff.conversation_id == number)
    return dict(house.run(lambda uow: uow.session.scalar(query))["wrap_up"])


def test_nothing_is_preset_and_nothing_ends_without_a_choice(house: House) -> None:
    """Whether it was solved is the agent's to say; half a form is refused with a sentence."""
    number, agent = served(house)
    page = agent.get(f"/console/c/{number}").text
    sheet = page[page.index('name="solved"') :]
    assert "required" in sheet[:60]
    assert "checked" not in sheet[: sheet.index('name="follow_up"')]
    for form, word in (
        ({"solved": ""}, "解决了"),
        ({"solved": "yes", "due": "2026-12-01"}, "跟进什么"),
        ({"solved": "yes", "due": "2020-01-01", "follow_up": "回电"}, "已经过去"),
        ({"solved": "yes", "survey": "no"}, "为什么"),
        ({"solved": "yes", "reason": ""}, "请选一下「来办什么」"),
        ({"solved": "yes", "reason": " "}, "请选一下「来办什么」"),
        ({"solved": "yes", "reason": "闲聊"}, "没有「闲聊」"),
        ({"solved": "yes", "product": "房贷险"}, "没有「房贷险」"),
    ):
        refused = agent.post(f"/console/c/{number}/close", data={"reason": "咨询", **form})
        assert refused.status_code == 409
        assert word in refused.text
    assert agent.post(f"/console/c/{number}/close", data={"due": "明天"}).status_code == 422
    assert 'data-mine="yes"' in agent.get(f"/console/c/{number}").text


def test_what_is_still_owed_is_a_ticket_of_whoever_promised_it(house: House) -> None:
    """With its day, in «我的», once however often the button is pressed."""
    number, agent = served(house)
    day = (NOON + timedelta(days=3)).date().isoformat()
    form = {"reason": "报案理赔", "product": "车险", "solved": "no", "follow_up": "周日回电问修车",
            "due": day}  # fmt: skip
    assert agent.post(f"/console/c/{number}/close", data=form).status_code == 200
    assert agent.post(f"/console/c/{number}/close", data=form).status_code == 409
    query = select(Ticket).where(Ticket.kind == "follow_up")
    [ticket] = house.run(lambda uow: list(uow.session.scalars(query)))
    assert (ticket.owner, ticket.status, ticket.conversation_id) == ("王敏", "assigned", number)
    assert ticket.due_at == datetime.fromisoformat(f"{day}T20:00:00+08:00")
    mine = agent.get("/console/tickets?view=mine").text
    assert ticket.number in mine
    assert "周日回电问修车" in agent.get(f"/console/tickets/{ticket.number}").text
    kept = wrapped(house, number)
    assert (kept["product"], kept["solved"], kept["due"]) == ("车险", "no", day)


def test_without_a_day_it_is_due_on_the_next_working_day(house: House) -> None:
    """The clock of the kind says when."""
    number, agent = served(house)
    agent.post(
        f"/console/c/{number}/close", data={"reason": "咨询", "solved": "no", "follow_up": "回电"}
    )
    query = select(Ticket.due_at).where(Ticket.kind == "follow_up")
    due = house.run(lambda uow: uow.session.scalar(query))
    assert NOON < due <= NOON + timedelta(days=4)


@pytest.mark.parametrize("survey", ["yes", "no"])
def test_the_agent_may_keep_the_survey_back(house: House, survey: str) -> None:
    """With a no the question after this stretch is not asked, and the reason stands there."""
    number, agent = served(house)
    why = "伤者家属" if survey == "no" else ""
    form = {"reason": "咨询", "solved": "yes", "survey": survey, "why_not": why}
    agent.post(f"/console/c/{number}/close", data=form)
    later = house.moment + timedelta(minutes=2)

    def asked(uow: UnitOfWork) -> list[tuple[str, str | None]]:
        survey_plan.run(uow, later)
        query = select(Survey.status, Survey.reason).where(Survey.conversation_id == number)
        return [(row.status, row.reason) for row in uow.session.execute(query)]

    reason = "坐席选了不问：伤者家属" if survey == "no" else None
    expected = "skipped" if survey == "no" else "sent"
    assert house.run(asked) == [(expected, reason)]


def test_a_double_press_ends_once_and_owes_one_ticket(house: House) -> None:
    """The second press of the same page shows the conversation as it is, no refusal."""
    number, agent = served(house)
    page = agent.get(f"/console/c/{number}").text
    seen = page.split('data-rev="')[1].split('"')[0]
    form = {"reason": "咨询", "solved": "no", "follow_up": "回电", "seen": seen}
    for _ in range(2):
        answer = agent.post(f"/console/c/{number}/close", data=form)
        assert answer.status_code == 200, answer.text
    tickets = select(Ticket.id).where(Ticket.kind == "follow_up")
    assert len(house.run(lambda uow: uow.session.scalars(tickets).all())) == 1

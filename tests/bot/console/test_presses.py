"""A press is made once: a double click or an answer that never came writes nothing twice."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from storage.models.base import table_of
from storage.models.case import CaseEvent, Ticket
from storage.models.conversation import Message
from storage.models.ledger import StaffPost
from tests.bot.console.conftest import House
from tests.bot.console.test_claims import seen_on
from tests.bot.console.test_tickets import promised

_message = table_of(Message)
KEY = "0123456789abcdef"
PRESS = {"X-Press": KEY}


def _notes(house: House, number: int) -> int:
    query = select(func.count()).where(
        _message.c.conversation_id == number, _message.c.author == "note"
    )
    return int(house.run(lambda uow: uow.connection.execute(query).scalar()))


def test_a_note_of_a_conversation_is_written_once(house: House) -> None:
    """Each press of the same key shows the one note; another person's key is another press."""
    number = house.customer("转人工")
    agent, other = house.log_in("王敏"), house.log_in("李强")
    for _ in range(2):
        shown = agent.post(f"/console/c/{number}/note", data={"text": "记一句"}, headers=PRESS)
        assert (shown.status_code, shown.text.count("记一句") > 0) == (200, True)
    brief = {"text": "记一句", "brief": "yes"}
    answer = agent.post(f"/console/c/{number}/note", data=brief, headers=PRESS)
    assert answer.status_code == 204
    assert _notes(house, number) == 1
    other.post(f"/console/c/{number}/note", data={"text": "记一句"}, headers=PRESS)
    assert _notes(house, number) == 2


def test_what_was_refused_may_be_pressed_again(house: House) -> None:
    """A refusal leaves the key free: the same press does its work as soon as it may."""
    number = house.customer("转人工")
    agent, other = house.log_in("王敏"), house.log_in("李强")
    other.post(f"/console/c/{number}/take")
    refused = agent.post(f"/console/c/{number}/take", headers=PRESS)
    assert refused.status_code == 409
    other.post(f"/console/c/{number}/release")
    taken = agent.post(f"/console/c/{number}/take", headers=PRESS)
    assert "我在服务" in taken.text


@pytest.mark.parametrize("with_key", [True, False])
def test_a_second_note_on_a_case_is_told_as_ones_own(house: House, *, with_key: bool) -> None:
    """The same press lets the page look anew; another page of mine is told that it was me."""
    number, agent = promised(house), house.log_in("王敏")
    path = f"/console/tickets/{number}"
    form = {"text": "打过一次", "seen": seen_on(agent.get(path).text)}
    headers = PRESS if with_key else {}
    assert agent.post(f"{path}/note", data=form, headers=headers).status_code == 303
    again = agent.post(f"{path}/note", data=form, headers=headers)
    if with_key:
        assert (again.status_code, again.headers["HX-Refresh"]) == (204, "true")
    else:
        assert again.status_code == 409
        assert "您自己刚刚动过这一件" in again.text
    events = select(func.count()).where(CaseEvent.case_number == number, CaseEvent.kind == "note")
    assert house.run(lambda uow: uow.session.scalar(events)) == 1
    other = house.log_in("李强").post(f"{path}/note", data=form)
    assert "王敏刚刚动过这一件" in other.text


def test_forms_without_a_history_write_once_too(house: House) -> None:
    """Praise for a colleague, pressed twice, is one."""
    lead = house.log_in("刘洋")
    house.run(
        lambda uow: uow.session.add(
            StaffPost(name="王敏", team="一组", post="agent", joined_on=house.moment.date())
        )
    )
    form = {"person": "王敏", "kind": "praise", "reason": "客户来信表扬"}
    for code in (303, 204):
        answer = lead.post("/console/quality/assessments/merit", data=form, headers=PRESS)
        assert answer.status_code == code, answer.text


def test_the_follow_up_of_a_double_press_is_one_ticket(house: House) -> None:
    """The wrap-up sent twice with one key owes one ticket and shows the conversation."""
    number, agent = house.customer("转人工"), house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    form = {"reason": "咨询", "solved": "no", "follow_up": "周五回电"}
    for _ in range(2):
        ended = agent.post(f"/console/c/{number}/close", data=form, headers=PRESS)
        assert "机器人正在服务" in ended.text
    tickets = select(func.count()).where(Ticket.kind == "follow_up")
    assert house.run(lambda uow: uow.session.scalar(tickets)) == 1

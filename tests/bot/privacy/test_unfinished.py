"""An erasure that cannot be finished stays open: with its reason and day, and goes on by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from bot.errors import Refused
from bot.privacy.check import NONE, Check
from scheduler.jobs import retention
from storage.models.case import CaseEvent, Claim
from storage.models.conversation import Conversation
from storage.models.identity import StaffCheck
from storage.models.personal import RestrictedRecord
from storage.models.policy import Policy
from storage.tickets import TicketBook, overdue
from tests.bot.privacy.house import CHECK, House
from tests.storage.personal.people import NOW

ENDS = NOW + timedelta(days=90)


def _running(house: House, kind: str = "privacy_erase") -> str:
    """The first person's contract runs for ninety days; return the number of their request."""
    house.ways.run(lambda uow: uow.session.execute(delete(RestrictedRecord)))
    house.change(Conversation, house.one, subscribed=True)
    house.change(Policy, house.one, status="有效", starts_at=ENDS - timedelta(days=364),
                 ends_on=ENDS.date())  # fmt: skip
    return house.request(kind)


def _night(house: House, at: datetime) -> list[str]:
    house.now = at
    return retention.run(house.context, at)


def test_a_request_stays_open_while_something_binds(house: House) -> None:
    """It says what went, what is kept, why and until when; nothing of it is late meanwhile."""
    number = _running(house)
    house.rights.erase(number, CHECK)
    ticket = house.ticket(number)
    assert ticket.status == "restricted"
    assert ticket.facts["finish_on"] == (ENDS.date() + timedelta(days=1)).isoformat()
    (told,) = house.told()
    assert "已删除：对话 1 条" in told
    assert f"保单（尾号 {house.one.policy[-4:]}）：保险合同还在有效期内" in told
    assert "到 2027年2月23日" in told
    assert "自动接着删" in told
    assert house.one.policy not in str(ticket.facts)
    assert not overdue(ticket, ENDS + timedelta(days=400))
    assert number in {asked.ticket.number for asked in house.rights.asked()}


def test_nobody_closes_it_before_its_day(house: House) -> None:
    """A clerk cannot tick it off like any ticket."""
    number = _running(house)
    house.rights.erase(number, CHECK)

    def close(uow: Any) -> None:
        book = TicketBook(uow, house.cipher, house.settings, house.now, "staff:test")
        ticket = book.locked(number)
        assert ticket is not None
        book.move(ticket, "done", note="好了")

    with pytest.raises(Refused, match="不能提前办结"):
        house.ways.run(close)


def test_the_nightly_job_finishes_it_when_the_contract_is_over(house: House) -> None:
    """Told first, erased the night after, sealed until the legal day, and only then done."""
    number = _running(house)
    house.rights.erase(number, CHECK)
    assert not [line for line in _night(house, NOW + timedelta(days=1)) if number in line]
    over = ENDS + timedelta(days=2)
    would = retention.run(house.context, over, dry_run=True)
    assert [line for line in would if number in line]
    assert [line for line in _night(house, over) if number in line] == [
        f"{number}：没有要保留的业务了，已告诉客户，明晚删完"
    ]
    assert "现在可以办完了" in house.told()[-1]
    assert "policy.number" in house.traces(house.one)
    assert not [line for line in _night(house, over) if number in line]  # twice in one night
    assert [line for line in _night(house, over + timedelta(days=1)) if number in line] == [
        f"{number}：删完，法定存档的到期再删"
    ]
    assert set(house.traces(house.one)) == {"restricted_record.body"}
    ticket = house.ticket(number)
    assert (ticket.status, ticket.facts["partly"]) == ("restricted", False)
    assert house.one.policy[-4:] not in str(ticket.facts["left"])
    until = datetime.fromisoformat(f"{ticket.facts['finish_on']}T04:00:00+08:00")
    assert not [line for line in _night(house, until - timedelta(days=1)) if number in line]
    assert [line for line in _night(house, until) if number in line] == [
        f"{number}：依法存档的到期，办结"
    ]
    assert house.ticket(number).status == "done"
    assert house.traces(house.one) == []


def test_a_request_that_named_no_kind_goes_on_too(house: House) -> None:
    """«个人信息» asked for at the counter and erased in part is taken up like any other erasure."""
    number = _running(house, "privacy_request")
    house.rights.erase(number, CHECK)
    assert house.ticket(number).status == "restricted"
    over = ENDS + timedelta(days=2)
    _night(house, over)
    assert "现在可以办完了" in house.told()[-1]
    assert [line for line in _night(house, over + timedelta(days=1)) if number in line] == [
        f"{number}：删完，法定存档的到期再删"
    ]
    assert set(house.traces(house.one)) == {"restricted_record.body"}
    until = datetime.fromisoformat(f"{house.ticket(number).facts['finish_on']}T04:00:00+08:00")
    _night(house, until)
    assert house.ticket(number).status == "done"


def test_what_is_free_earlier_goes_earlier(house: House) -> None:
    """The claim ends before the contract: its talk goes then, and the person is told again."""
    number = _running(house)
    house.change(Claim, house.one, status="contacted")
    house.rights.erase(number, CHECK)
    assert "message.body" in house.traces(house.one)
    house.change(Claim, house.one, status="closed", updated_at=NOW)
    lines = _night(house, NOW + timedelta(days=5))
    assert [line for line in lines if number in line] == [f"{number}：又有业务办完，接着删了一部分"]
    assert "message.body" not in house.traces(house.one)
    first, again = house.told()
    assert "理赔还没有办完" in first
    assert "理赔还没有办完" not in again
    assert "对话 2 条" in again  # the notice of the first time too
    assert not [line for line in _night(house, NOW + timedelta(days=6)) if number in line]


@pytest.mark.parametrize("broken", [{"customer": "NOBODY"}, {"left": [{"kind": "claim"}]}])
def test_one_that_cannot_go_on_does_not_hold_up_the_others(
    house: House, broken: dict[str, Any]
) -> None:
    """Their customer is gone, or their notes are damaged: told as such, and the job goes on."""
    number = _running(house)
    house.rights.erase(number, CHECK)

    def lose(uow: Any) -> None:
        ticket = TicketBook(uow, house.cipher, house.settings, NOW, "x").locked(number)
        assert ticket is not None
        ticket.facts = {**ticket.facts, **broken}

    house.ways.run(lose)
    lines = _night(house, NOW + timedelta(days=1))
    assert any(line.startswith(f"{number}：没能接着办") for line in lines)


def _seen(house: House, *, until: timedelta) -> None:
    who = house.one.keys
    check = StaffCheck(
        conversation_id=who["conversation"], customer_id=who["customer"], method="two_persons",
        checked_by="staff:李四", second="王五", reason="视频前双人核", at=NOW,
        expires_at=NOW + until,
    )  # fmt: skip
    house.ways.run(lambda uow: uow.bindings.add_check(check))


def test_a_check_on_record_is_honoured_and_shown(house: House) -> None:
    """V3 of the identity desk counts here, and is gone when it has run out."""
    number = house.request("privacy_export")
    with pytest.raises(Refused, match="还没有人核实过本人"):
        house.rights.export(number)
    _seen(house, until=timedelta(minutes=60))
    (asked,) = [a for a in house.rights.asked() if a.ticket.number == number]
    assert asked.checked is not None
    assert asked.checked.words == "两人复核证件，李四、王五，11-25 11:00 前有效"
    house.now = NOW + timedelta(minutes=61)
    with pytest.raises(Refused, match="还没有人核实过本人"):
        house.rights.export(number)
    house.now = NOW + timedelta(minutes=30)
    assert house.rights.export(number)["tables"]
    query = select(CaseEvent).where(CaseEvent.case_number == number, CaseEvent.kind == "checked")
    noted = house.ways.read(lambda uow: uow.session.scalars(query).one())
    assert (noted.actor, noted.data["checked"]) == ("staff:test", "两人复核证件，李四、王五")


def test_a_check_of_somebody_else_is_none(house: House) -> None:
    """The other person was seen; that proves nothing about this one."""
    who = house.other.keys
    check = StaffCheck(
        conversation_id=who["conversation"], customer_id=who["customer"], method="video",
        checked_by="李四", second=None, reason="r", at=NOW, expires_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    house.ways.run(lambda uow: uow.bindings.add_check(check))
    with pytest.raises(Refused, match="还没有人核实过本人"):
        house.rights.erase(house.request(), NONE)


def test_two_who_checked_have_two_names(house: House) -> None:
    """One name is not two people."""
    number = house.request("privacy_export")
    with pytest.raises(Refused, match="两个人的名字"):
        house.rights.export(number, Check("李四", "two_staff"))
    assert house.rights.export(number, Check("李四、王五", "two_staff"))["tables"]

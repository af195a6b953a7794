"""Who presses the button stands in the log and the history; who saw the person, in the words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from storage.models.audit import AuditEntry
from storage.models.case import CaseEvent
from storage.models.conversation import Conversation
from storage.models.customer import AccessLog, Customer
from storage.models.identity import StaffCheck
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.bot.console.test_claims import seen_on
from tests.bot.console.test_rights import asked

DEEDS = {
    "export": ("privacy_export", {}, "export of all personal data"),
    "erase": ("privacy_erase", {"sure": "yes"}, "erasure of personal data"),
    "correct": ("privacy_correct", {"field": "name", "value": "白鹭"}, "correction of name"),
}
COLLEAGUE = "王敏"


def seen_by_a_colleague(house: House) -> None:
    """Put on record that a colleague saw the customer, on another talk of theirs."""

    def work(uow: UnitOfWork) -> None:
        customer = uow.session.scalars(select(Customer)).one()
        talk = Conversation(
            channel="webchat", account="web", peer="p9", state={}, owner="bot", owner_rev=0,
            fence_rev=0, customer_id=customer.id, subscribed=True, last_seq=0,
            opened_at=house.moment, last_at=house.moment,
        )  # fmt: skip
        uow.session.add(talk)
        uow.session.flush()
        uow.bindings.add_check(
            StaffCheck(
                conversation_id=talk.id, customer_id=customer.id, method="video",
                checked_by=COLLEAGUE, second=None, reason="视频", at=house.moment,
                expires_at=house.moment + timedelta(hours=1),
            )
        )  # fmt: skip

    house.run(work)


def pressed(lead: TestClient, number: str, step: str, form: dict[str, str]) -> int:
    """Fill in a form of the page, leaving open how the person was made sure of."""
    path = f"/console/rights/{number}"
    seen = seen_on(lead.get(path).text)
    return int(lead.post(f"{path}/{step}", data={"seen": seen, "how": "", **form}).status_code)


@pytest.mark.parametrize("step", DEEDS)
def test_the_log_names_who_did_it_not_who_saw_the_person(house: House, step: str) -> None:
    """王敏 saw the customer, 刘洋 does it: the deed is 刘洋's wherever it is written down."""
    kind, form, what = DEEDS[step]
    number = asked(house, kind)
    seen_by_a_colleague(house)
    assert pressed(house.log_in("刘洋"), number, step, form) in (200, 303)

    def written(uow: UnitOfWork) -> tuple[AccessLog, set[str], str]:
        log = uow.session.scalars(select(AccessLog).where(AccessLog.what == what)).one()
        events = uow.session.scalars(select(CaseEvent).where(CaseEvent.case_number == number)).all()
        (checked,) = [event.data["checked"] for event in events if event.kind == "checked"]
        return log, {event.actor for event in events}, str(checked)

    log, actors, checked = house.app.transactions.read(written)
    assert log.actor == "刘洋"
    assert COLLEAGUE in log.reason
    assert actors == {"刘洋"}
    assert checked == f"视频核验，{COLLEAGUE}"
    chained = house.app.transactions.read(
        lambda uow: set(uow.session.scalars(select(AuditEntry.actor)))
    )
    assert not [actor for actor in chained if COLLEAGUE in actor]

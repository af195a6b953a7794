"""Names and numbers on case pages are masked until somebody says why they must see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from storage.models.customer import AccessLog
from tests.bot.console import test_claims, test_complaints, test_tickets
from tests.bot.console.conftest import House

PHONE = "13912345678"


@pytest.mark.parametrize("kind", ["claims", "complaints", "tickets"])
def test_a_number_is_shown_for_a_reason_that_is_kept(house: House, kind: str) -> None:
    """Masked at first, refused without a reason, in full with one, masked on the next visit."""
    makers: dict[str, Callable[..., str]] = {
        "claims": test_claims.opened,
        "complaints": test_complaints.filed,
        "tickets": test_tickets.promised,
    }
    number = makers[kind](house)
    clerk = house.log_in({"claims": "陈立", "complaints": "赵颖", "tickets": "王敏"}[kind])
    path = f"/console/{kind}/{number}"
    assert PHONE not in clerk.get(path).text
    assert clerk.post(f"{path}/reveal", data={"reason": ""}).status_code == 409
    assert PHONE in clerk.post(f"{path}/reveal", data={"reason": "回电核对报案电话"}).text
    assert PHONE not in clerk.get(path).text
    query = select(AccessLog.what).where(AccessLog.reason == "回电核对报案电话")
    [what] = house.run(lambda uow: list(uow.session.scalars(query)))
    assert number in what

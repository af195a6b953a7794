"""The desk of complaints: days, owners without conflict, extensions, decisions, evidence."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from storage.complaints_register import ComplaintRegister
from storage.models.base import table_of
from storage.models.case import Complaint
from storage.models.customer import AccessLog
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.bot.console.test_claims import seen_on

_log = table_of(AccessLog)
STORY = "查勘员态度差，约好的时间没来，理赔拖了一个月"


def filed(house: House, **more: object) -> str:
    """Record a complaint; return its number."""

    def work(uow: UnitOfWork) -> str:
        parts = house.app
        book = ComplaintRegister(uow, parts.cipher, parts.settings, house.moment, "customer")
        said = {"story": STORY, "phone": "13912345678", "reporter": "陈晓东", **more}
        return book.open(said, "phone").number

    number: str = house.run(work)
    return number


def post(browser: TestClient, number: str, step: str, **form: str) -> int:
    """Fill in a form of the page as it is now."""
    path = f"/console/complaints/{number}"
    form["seen"] = seen_on(browser.get(path).text)
    answer = browser.post(f"{path}/{step}", data=form)
    return int(answer.status_code)


def complaint_of(house: House, number: str) -> Complaint:
    """Return a complaint as it is now."""

    def work(uow: UnitOfWork) -> Complaint:
        found = uow.session.scalar(select(Complaint).where(Complaint.number == number))
        assert found is not None
        return found

    found: Complaint = house.app.transactions.read(work)
    return found


def decided(house: House, number: str, browser: TestClient) -> None:
    """Take a complaint to its decision."""
    assert post(browser, number, "move", to="accepted", owner="赵颖") == 303
    assert post(browser, number, "owner", owner="不存在的人", reason="换人") == 409
    assert post(browser, number, "move", to="investigating") == 303
    form = {"outcome": "partly", "decision": "向您道歉", "basis": "录音", "told_by": "电话"}
    assert post(browser, number, "move", to="decided", **form) == 303


def test_the_whole_way_of_a_complaint(house: House) -> None:
    """Accepted by somebody, decided, the position recorded, closed, called back."""
    number = filed(house)
    clerk = house.log_in("赵颖")
    assert number in clerk.get("/console/complaints").text
    assert post(clerk, number, "move", to="accepted") == 409
    decided(house, number, clerk)
    closing = {"root_cause": "delay", "measure": "盯时限", "department": "理赔部"}
    assert post(clerk, number, "move", to="closed", **closing) == 409
    assert post(clerk, number, "position", position="accepted", way="电话") == 303
    assert post(clerk, number, "move", to="closed", **closing) == 303
    assert post(clerk, number, "callback", solved="no", text="还是慢") == 303
    assert complaint_of(house, number).status == "closed"
    assert "还是慢" in clerk.get(f"/console/complaints/{number}").text


def test_an_extension_is_asked_for_and_approved_by_another(house: House) -> None:
    """The day moves with the approval; whoever asked cannot approve, and a clerk never can."""
    number = filed(house)
    clerk, lead = house.log_in("赵颖"), house.log_in("刘洋")
    before = complaint_of(house, number).due_on
    assert post(clerk, number, "extension", reason="要等 4S 店的鉴定") == 303
    assert complaint_of(house, number).due_on == before
    assert "要等 4S 店的鉴定" in lead.get(f"/console/complaints/{number}").text
    assert post(clerk, number, "extension/answer", approved="yes", note="同意") == 403
    assert post(lead, number, "extension/answer", approved="yes", note="同意") == 303
    assert (complaint_of(house, number).due_on - before).days == 15
    assert post(lead, number, "extension", reason="再等等") == 303
    assert post(lead, number, "extension/answer", approved="yes", note="同意") == 409


def test_whoever_it_is_against_neither_sees_nor_gets_it(house: House) -> None:
    """The accused finds no trace of it, and is not offered as owner."""
    number = filed(house)
    lead, accused = house.log_in("刘洋"), house.log_in("赵颖")
    assert post(lead, number, "party", role="against", name="赵颖") == 303
    path = f"/console/complaints/{number}"
    assert accused.get(path).status_code == 409
    assert number not in accused.get("/console/complaints").text
    assert accused.post(f"{path}/note", data={"text": "改一下"}).status_code == 409
    assert (
        accused.post(f"{path}/evidence", data={"reason": "看看", "full": "no"}).status_code == 409
    )
    assert '<option value="赵颖"' not in lead.get(path).text
    assert post(lead, number, "owner", owner="赵颖", reason="她熟") == 409


def test_the_evidence_pack_is_noted_before_it_leaves(house: House) -> None:
    """A ZIP with the case; reason and taker stand in the log and in the pack."""
    number = filed(house)
    clerk = house.log_in("赵颖")
    path = f"/console/complaints/{number}/evidence"
    assert clerk.post(path, data={"full": "no"}).status_code == 409
    answer = clerk.post(path, data={"reason": "监管调阅", "full": "no"})
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(BytesIO(answer.content)) as pack:
        assert "timeline.jsonl" in pack.namelist()
        assert "13912345678" not in pack.read("complaint.jsonl").decode()
    query = select(_log.c.reason).where(_log.c.what == f"evidence {number}")
    assert house.run(lambda uow: list(uow.connection.scalars(query))) == ["监管调阅"]


@pytest.mark.parametrize("name", ["王敏", "陈立", "孙倩", "周正", "吴静"])
def test_other_roles_do_not_read_complaints(house: House, name: str) -> None:
    """Neither board nor page nor any form."""
    number = filed(house)
    browser = house.log_in(name)
    for path in ("/console/complaints", f"/console/complaints/{number}"):
        assert browser.get(path).status_code == 403
    for step in ("move", "milestone", "note", "owner", "party", "severity", "extension",
                 "extension/answer", "position", "compensation", "compensation/answer",
                 "callback", "evidence"):  # fmt: skip
        answer = browser.post(f"/console/complaints/{number}/{step}", data={"reason": "好奇"})
        assert answer.status_code == 403, step


def test_money_takes_two(house: House) -> None:
    """Proposed by one, approved by another, and only within their authority."""
    number = filed(house)
    clerk, lead = house.log_in("赵颖"), house.log_in("刘洋")
    assert post(clerk, number, "compensation", fen="五百", clause="条款 7") == 409
    assert post(clerk, number, "compensation", fen="480.50", clause="条款 7") == 303
    assert "480.50 元" in lead.get(f"/console/complaints/{number}").text
    assert post(lead, number, "compensation/answer", fen="480.50", clause="条款 7") == 303
    assert post(clerk, number, "compensation", fen="2000", clause="条款 7") == 303
    assert post(lead, number, "compensation/answer", fen="2000", clause="条款 7") == 409

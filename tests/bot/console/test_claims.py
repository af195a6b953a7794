"""The desk of claims: what the board shows, and how a claim is worked on."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from storage.claims_documents import Documents
from storage.claims_register import Register
from storage.models.base import table_of
from storage.models.case import CaseEvent, Claim
from storage.models.customer import AccessLog
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House

FACTS = {
    "line": "auto", "happened_at": "2026-03-01T15:00:00+08:00", "place": "友谊路",
    "plate": "津A12345",
    "phone": "13912345678", "reporter": "陈晓东", "story": "倒车追尾", "accident_type": "rear_end",
    "drivable": True, "police_reported": False, "injured": False,
}  # fmt: skip
_log = table_of(AccessLog)


def opened(house: House, **more: object) -> str:
    """Record a claim; return its number."""

    def work(uow: UnitOfWork) -> str:
        parts = house.app
        book = Register(uow, parts.cipher, parts.settings, house.moment, "customer")
        return book.open({**FACTS, **more}).number

    number: str = house.run(work)
    return number


def claim_of(house: House, number: str) -> Claim:
    """Return a claim as it is now."""

    def work(uow: UnitOfWork) -> Claim:
        found = uow.session.scalar(select(Claim).where(Claim.number == number))
        assert found is not None
        return found

    found: Claim = house.app.transactions.read(work)
    return found


def seen_on(page: str) -> str:
    """Return how much of the history a page says it shows."""
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_the_board_finds_by_number_plate_and_phone(house: House) -> None:
    """Any of them leads to the claim; something else leads to an empty board that says so."""
    number = opened(house)
    clerk = house.log_in("陈立")
    for words in ("", number, number[-6:], "津a12345", "12345", "13912345678"):
        assert number in clerk.get("/console/claims", params={"q": words}).text, words
    assert "没有符合条件的" in clerk.get("/console/claims", params={"q": "津B00000"}).text
    assert number not in clerk.get("/console/claims", params={"line": "home"}).text


def test_a_step_takes_what_the_table_asks_for(house: House) -> None:
    """The form shows the fields; without them it is a sentence, with them the claim moves."""
    number = opened(house)
    clerk = house.log_in("陈立")
    path = f"/console/claims/{number}"
    for to, form in (("contacted", {}), ("assessing", {}), ("documents_due", {"missing": "收条"})):
        page = clerk.get(path).text
        moved = clerk.post(f"{path}/move", data={"to": to, "seen": seen_on(page), **form})
        assert moved.status_code == 303, moved.text
    assert claim_of(house, number).status == "documents_due"
    page = clerk.get(path).text
    assert "收条" in page
    early = clerk.post(f"{path}/move", data={"to": "documents_complete", "seen": seen_on(page)})
    assert early.status_code == 409
    assert "还缺" in early.text


def test_pressing_twice_is_one_step(house: House) -> None:
    """The second press saw an older state: nothing happens, and the page says why."""
    number = opened(house)
    clerk = house.log_in("陈立")
    path = f"/console/claims/{number}"
    seen = seen_on(clerk.get(path).text)
    assert clerk.post(f"{path}/note", data={"text": "已打电话", "seen": seen}).status_code == 303
    again = clerk.post(f"{path}/note", data={"text": "已打电话", "seen": seen})
    assert again.status_code == 409
    assert "刷新" in again.text
    assert clerk.get(path).text.count("<p>已打电话</p>") == 1


def test_a_correction_keeps_who_said_what_before(house: House) -> None:
    """The new value, its author and the old one stand beside each other."""
    number = opened(house)
    clerk = house.log_in("王敏")
    path = f"/console/claims/{number}"
    form = {"key": "plate", "value": "津b 88d66", "seen": seen_on(clerk.get(path).text)}
    assert clerk.post(f"{path}/amend", data=form).status_code == 303
    assert claim_of(house, number).plate == "津B88D66"
    page = clerk.get(path).text
    assert "原来是「津A12345」" in page
    wrong = {"key": "plate", "value": "没有车牌", "seen": seen_on(page)}
    assert "写完整车牌" in clerk.post(f"{path}/amend", data=wrong).text
    yuan = {"key": "happened_at", "value": "2031-01-01 10:00", "seen": seen_on(page)}
    assert "不能晚于现在" in clerk.post(f"{path}/amend", data=yuan).text


def test_a_document_is_ticked_sent_back_and_added(house: House) -> None:
    """Without a reason nothing is sent back; a new name joins the list."""
    number = opened(house)
    clerk = house.log_in("陈立")
    path = f"/console/claims/{number}"

    def put(**form: str) -> int:
        seen = seen_on(clerk.get(path).text)
        answer = clerk.post(f"{path}/document", data={**form, "seen": seen})
        return int(answer.status_code)

    assert put(name="驾驶证", status="received") == 303
    assert put(name="驾驶证", status="rejected") == 409
    assert put(name="驾驶证", status="rejected", reason="看不清") == 303
    assert put(name="停车场监控", status="wanted") == 303
    assert put(name="", status="wanted") == 409
    page = clerk.get(path).text
    assert "看不清" in page
    assert "停车场监控" in page


def test_signals_are_for_those_who_decide(house: House) -> None:
    """An agent reads the claim without the signs that somebody should look twice."""
    opened(house)
    number = opened(house)
    assert "异常信号" in house.log_in("陈立").get(f"/console/claims/{number}").text
    assert "异常信号" not in house.log_in("王敏").get(f"/console/claims/{number}").text


@pytest.mark.parametrize(
    ("name", "read", "moved"),
    [
        ("王敏", 200, 403),
        ("周正", 200, 403),
        ("孙倩", 403, 403),
        ("吴静", 403, 403),
        ("刘洋", 200, 303),
    ],
)
def test_roles(house: House, name: str, read: int, moved: int) -> None:
    """Who may look and who may move a claim on."""
    number = opened(house)
    browser = house.log_in(name)
    assert browser.get(f"/console/claims/{number}").status_code == read
    assert browser.get("/console/claims").status_code == read
    answer = browser.post(f"/console/claims/{number}/move", data={"to": "contacted"})
    assert answer.status_code == moved


def test_underwriting_reads_it_masked(house: House) -> None:
    """Without full sight neither phone nor story nor the words of the history are shown."""
    number = opened(house)
    page = house.log_in("周正").get(f"/console/claims/{number}").text
    assert "139****5678" in page
    assert "13912345678" not in page
    assert "倒车追尾" not in page


def test_without_the_token_nothing_is_done(house: House) -> None:
    """Every POST of the desk is refused without the token of the log-in."""
    number = opened(house)
    clerk = house.log_in("陈立")
    del clerk.headers["X-CSRF-Token"]
    for step in ("move", "milestone", "document", "note", "owner", "amend"):
        answer = clerk.post(f"/console/claims/{number}/{step}", data={"to": "contacted"})
        assert answer.status_code == 403, step
    events = select(CaseEvent.kind).where(CaseEvent.case_number == number)
    assert house.run(lambda uow: list(uow.session.scalars(events))) == ["reported"]


def test_looking_is_written_down(house: House) -> None:
    """Who opened the claim stands in the access log."""
    number = opened(house)
    house.log_in("陈立").get(f"/console/claims/{number}")
    query = select(_log.c.actor).where(_log.c.what == f"claim {number}")
    assert house.run(lambda uow: list(uow.connection.scalars(query))) == ["陈立"]


def test_what_was_told_is_text(house: House) -> None:
    """Markup in a story, a plate or a note is shown as it was typed."""
    number = opened(house, story="<script>alert(1)</script>", place="<img src=x onerror=alert(1)>")
    page = house.log_in("陈立").get(f"/console/claims/{number}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_a_classified_fact_is_chosen_and_a_wrong_value_refused(house: House) -> None:
    """«有人受伤» is a list of 是 and 否; neither is no «no», and a yes is the gravest at once."""
    number = opened(house)
    clerk = house.log_in("陈立")
    path = f"/console/claims/{number}"
    control = clerk.get(f"{path}/amend?key=injured").text
    assert ">是</option>" in control
    assert ">否</option>" in control
    assert ">追尾</option>" in clerk.get(f"{path}/amend?key=accident_type").text
    assert clerk.get(f"{path}/amend?key=nothing").status_code == 409
    form = {"key": "injured", "value": "大概吧", "seen": seen_on(clerk.get(path).text)}
    refused = clerk.post(f"{path}/amend", data=form)
    assert refused.status_code == 409
    assert "请选「是」或「否」" in refused.text
    assert not claim_of(house, number).facts.get("injured")
    assert clerk.post(f"{path}/amend", data={**form, "value": "yes"}).status_code == 303
    claim = claim_of(house, number)
    assert (claim.facts["injured"], claim.severity) == (True, "P0")
    page = clerk.get(path).text
    assert "有人受伤，按特急办" in page
    assert "首次联系（紧急）" in page


def test_only_a_colleague_of_claims_is_put_in_charge(house: House) -> None:
    """A name that nobody has is refused, in its own step and with another one."""
    number = opened(house)
    clerk = house.log_in("陈立")
    path = f"/console/claims/{number}"
    page = clerk.get(path).text
    form = {"owner": "不存在的人", "seen": seen_on(page)}
    assert clerk.post(f"{path}/owner", data=form).status_code == 409
    step = page.split('name="to" value="')[1].split('"')[0]
    moved = clerk.post(f"{path}/move", data={**form, "to": step})
    assert moved.status_code == 409
    assert "请从列表里选" in moved.text
    assert clerk.post(f"{path}/owner", data={**form, "owner": "陈立"}).status_code == 303


def test_a_withdrawn_injury_stays_urgent_and_says_why(house: House) -> None:
    """The red word no longer says that somebody is hurt; the board and the page agree."""
    number = opened(house)
    clerk = house.log_in("陈立")
    path = f"/console/claims/{number}"
    for value in ("yes", "no"):
        form = {"key": "injured", "value": value, "seen": seen_on(clerk.get(path).text)}
        assert clerk.post(f"{path}/amend", data=form).status_code == 303
    page = clerk.get(path).text
    assert '">特急</em>' in page
    assert 'chip-red">有人受伤' not in page
    assert "后来更正为没有人受伤" in page
    assert "特急" in clerk.get("/console/claims").text
    hurt = clerk.get(f"/console/claims/{opened(house, injured=True, plate='津B88D66')}").text
    assert 'chip-red">有人受伤' in hurt
    assert "后来更正" not in hurt
    fire = opened(house, urgent=True, plate="津C00001")
    assert "没有人受伤也按特急办" in clerk.get(f"/console/claims/{fire}").text


def test_the_paper_of_the_police_is_asked_for_once(house: House) -> None:
    """Somebody hurt: the police's finding alone; nobody hurt after all: either paper, once."""
    number, hurt = opened(house), opened(house, injured=True, plate="津B88D66")
    clerk = house.log_in("陈立")
    path = f"/console/claims/{number}"

    def papers(of: str = number) -> list[str]:
        names = house.run(
            lambda uow: [one.name for one in Documents(uow.session, house.moment).of(of)]
        )
        return [name for name in names if "认定书" in name]

    assert papers(hurt) == ["事故认定书"]
    assert papers() == ["事故认定书或自行协商协议书"]
    for value, expected in (("yes", "事故认定书"), ("no", "事故认定书或自行协商协议书")):
        form = {"key": "injured", "value": value, "seen": seen_on(clerk.get(path).text)}
        assert clerk.post(f"{path}/amend", data=form).status_code == 303
        assert papers() == [expected]


def test_an_agent_corrects_facts_and_the_page_says_so(house: House) -> None:
    """What the role may do, the page offers and names; who only reads gets neither."""
    number = opened(house)
    agent = house.log_in("王敏").get(f"/console/claims/{number}").text
    assert "更正一项" in agent
    assert "替客户更正要素" in agent
    reader = house.log_in("周正").get(f"/console/claims/{number}").text
    assert "更正" not in reader

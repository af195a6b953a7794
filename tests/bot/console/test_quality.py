"""The pages of service quality: right, reachable by whom it concerns, and working (S52–S67)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SHANGHAI
from bot.settings import Charter
from scheduler.context import JobContext
from scheduler.jobs import service_report
from storage import complaint_parties
from storage.kpi.definition import Period
from storage.ledger import Happening
from storage.models.case import Complaint, Survey, Ticket
from storage.models.ledger import StaffPost
from storage.models.quality import Assessment, Feedback, Improvement, QaSample, TrainingTask
from storage.rules.supervision import rules
from storage.supervision import Supervision
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.bot.console.test_complaints import filed

ROOT = "/console/quality"
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
MID = datetime(2026, 10, 15, 12, 0, tzinfo=SHANGHAI)
PAGES = ("figures", "samples", "feedback", "improvements", "surveys", "assessments", "reports")


def every(house: House, model: type[Any]) -> list[Any]:
    """Return all rows of a table."""
    query = select(model).order_by(model.id)
    return house.app.transactions.read(lambda uow: list(uow.session.scalars(query)))


def accused(house: House, name: str, conversation: int | None = None) -> str:
    """Record a complaint against somebody; return its number."""
    number = filed(house)

    def add(uow: UnitOfWork) -> None:
        party = {"name": name}
        session, cipher = uow.session, house.app.cipher
        complaint_parties.add(session, cipher, number, "against", party, house.moment)
        found = session.scalar(select(Complaint).where(Complaint.number == number))
        assert found is not None
        found.conversation_id = conversation

    house.run(add)
    return number


@pytest.fixture
def busy(house: House) -> House:
    """October with a good and a weak agent, thirty answers each."""

    def fill(uow: UnitOfWork) -> None:
        for name, bad in (("王敏", 1), ("李强", 15)):
            row = StaffPost(name=name, team="一组", post="agent", joined_on=date(2026, 1, 1))
            uow.session.add(row)
            for n in range(30):
                said: dict[str, Any] = {"actor": name, "team": "一组", "label": "handoff"}
                score = 2 if n < bad else 5
                case = f"HO{name}{n}"
                uow.ledger.add(Happening("survey.answered", MID, value=score, **said))
                uow.ledger.add(Happening("handoff.first", MID, value=10, **said))
                uow.ledger.add(Happening("handoff.closed", MID, None, case, **said))

    house.run(fill)
    return house


@pytest.mark.parametrize("name", ["王敏", "陈立", "赵颖", "周正", "孙倩"])
def test_who_neither_leads_nor_trains_sees_their_own_alone(house: House, name: str) -> None:
    """The landing is one's own page; every other one is refused."""
    browser = house.log_in(name)
    assert browser.get(ROOT).headers["location"] == f"{ROOT}/mine"
    assert browser.get(f"{ROOT}/mine").status_code == 200
    for page in PAGES:
        assert browser.get(f"{ROOT}/{page}").status_code == 403, page


@pytest.mark.parametrize("name", ["刘洋", "吴静", "admin"])
def test_who_leads_or_trains_opens_every_page(house: House, name: str) -> None:
    """Empty pages say what to do; the first one is the figures."""
    browser = house.log_in(name)
    assert browser.get(ROOT).headers["location"] == f"{ROOT}/figures"
    for page in (*PAGES, "mine"):
        answer = browser.get(f"{ROOT}/{page}")
        assert answer.status_code == 200, page
        assert 'aria-current="page"' in answer.text


def test_every_form_needs_its_token_and_its_role(busy: House) -> None:
    """Without the token 403; a trainer publishes nothing, an agent does nothing at all."""
    posts = (
        "samples/draw", "samples/1/score", "feedback/add", "feedback/sort",
        "feedback/groups/1/improve", "feedback/1/told", "improvements/new",
        "improvements/1/take", "improvements/1/close", "improvements/1/drop",
        "assessments/make", "assessments/merit", "assessments/post", "assessments/1/decide",
        "assessments/trainings/1/finish",
    )  # fmt: skip
    lead, agent = busy.log_in("admin"), busy.log_in("陈立")
    del lead.headers["X-CSRF-Token"]
    for path in posts:
        assert lead.post(f"{ROOT}/{path}").status_code == 403, path
        assert agent.post(f"{ROOT}/{path}").status_code in (403, 409), path
    trainer = busy.log_in("吴静")
    for path in ("make", "merit", "post", "1/decide"):
        assert trainer.post(f"{ROOT}/assessments/{path}").status_code == 403


def test_a_figure_leads_to_its_rows(busy: House) -> None:
    """Value, parts and rows agree; a part narrows the rows; nobody's rows are found as such."""
    lead = busy.log_in("刘洋")
    page = lead.get(f"{ROOT}/figures", params=OCTOBER).text
    assert "73.3%" in page
    assert "44 / 60" in page
    one = lead.get(f"{ROOT}/figures/csat", params={**OCTOBER, "by": "actor", "name": "李强"}).text
    assert "15 / 30" in one
    assert one.count("人工服务之后") >= 30
    assert "有效评分中 4–5 分的份数" in one
    busy.run(lambda uow: uow.ledger.add(Happening("handoff.opened", MID, 1, "HO9", "customer")))
    nobody = lead.get(
        f"{ROOT}/figures/response_staff", params={**OCTOBER, "by": "actor", "name": ""}
    )
    assert "HO9" in nobody.text
    assert lead.get(f"{ROOT}/figures/nothing").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "2026-10-31", "to": "2026-10-01"}, {"from": "x", "to": "y"},
        {"from": "2026-10-01"}, {"from": "1900-01-01", "to": "2026-10-01"},
    ],
)  # fmt: skip
def test_a_wrong_period_is_said(house: House, wrong: dict[str, str]) -> None:
    """409 with words, on every page that takes one."""
    lead = house.log_in("刘洋")
    for page in ("figures", "samples", "surveys", "assessments"):
        answer = lead.get(f"{ROOT}/{page}", params=wrong)
        assert answer.status_code == 409
        assert "日期" in answer.text


def test_rows_about_a_complaint_are_hidden_from_whom_it_is_against(house: House) -> None:
    """A supervisor who is complained about finds nothing of it in the figures."""
    number = accused(house, "刘洋")
    house.run(lambda uow: uow.ledger.add(
        Happening("clock", house.moment, None, number, "赵颖", label="complaint_decision",
                  result="missed")
    ))  # fmt: skip
    path = f"{ROOT}/figures/complaint_on_time?from={house.moment.date()}&to={house.moment.date()}"
    assert number in house.log_in("admin").get(path).text
    assert number not in house.log_in("刘洋").get(path).text


def test_samples_are_drawn_scored_and_found(busy: House) -> None:
    """S53: once drawn it stays; under 80 opens a ticket; not one's own; numbers are masked."""
    trainer = busy.log_in("吴静")
    path = f"{ROOT}/samples"
    assert "这一期还没抽" in trainer.get(path, params=OCTOBER).text
    for _ in range(2):
        assert trainer.post(f"{path}/draw", data=OCTOBER).status_code == 303
    samples = every(busy, QaSample)
    assert len(samples) == 4
    page = trainer.get(path, params=OCTOBER).text
    assert "待评 4" in page
    scores = {code: str(points) for code, (_, points) in rules().scorecard.items()}
    first = f"{path}/{samples[0].id}"
    assert trainer.post(f"{first}/score", data={**scores, "polite": "99"}).status_code == 409
    assert trainer.post(f"{first}/score", data={**scores, "polite": "x"}).status_code == 409
    assert trainer.post(f"{first}/score", data=scores | {"accuracy": "-1"}).status_code == 409
    bad = {**scores, "accuracy": "0", "comment": "报错了时限"}
    assert trainer.post(f"{first}/score", data=bad).status_code == 303
    veto = {**scores, "vetoes": "leak"}
    assert trainer.post(f"{path}/{samples[1].id}/score", data=veto).status_code == 303
    done = every(busy, QaSample)
    assert [(one.total, bool(one.ticket_number)) for one in done[:2]] == [(80, False), (0, True)]
    assert "问题单" in trainer.get(path, params={**OCTOBER, "view": "found"}).text
    shown = trainer.get(first).text
    assert "报错了时限" in shown
    assert trainer.post(f"{first}/score", data=scores).status_code == 409


def test_the_talk_stands_beside_the_scorecard(house: House) -> None:
    """What was said around the hand-off, with numbers masked, and written down who read it."""
    number = house.customer("转人工，我的电话 13812345678")
    agent = house.log_in("王敏")
    agent.post("/console/state", data={"state": "online"})
    agent.post(f"/console/c/{number}/take")
    lead = house.log_in("刘洋")
    today = str(house.moment.date())
    lead.post(f"{ROOT}/samples/draw", data={"from": today, "to": today})
    (sample,) = every(house, QaSample)
    page = lead.get(f"{ROOT}/samples/{sample.id}").text
    assert "转人工，我的电话" in page
    assert "13812345678" not in page
    assert f"质检 样本 {sample.id}" in lead.get("/console/audit").text
    assert lead.get(f"{ROOT}/samples/999").status_code == 409


def test_nobody_scores_a_talk_that_led_to_a_complaint_about_them(house: House) -> None:
    """The sample is not there for the one who is complained about."""
    talk = house.customer("转人工")
    accused(house, "刘洋", talk)
    house.run(lambda uow: uow.ledger.add(
        Happening("handoff.closed", house.moment, talk, "HO1", "王敏")
    ))  # fmt: skip
    day = house.moment.date()
    house.run(lambda uow: Supervision(uow, house.moment, "admin").plan(Period(day, day)))
    (sample,) = every(house, QaSample)
    path = f"{ROOT}/samples/{sample.id}"
    scores = {code: str(points) for code, (_, points) in rules().scorecard.items()}
    lead = house.log_in("刘洋")
    assert lead.get(path).status_code == 409
    assert lead.post(f"{path}/score", data=scores).status_code == 409
    assert house.log_in("admin").get(path).status_code == 200


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


def test_an_assessment_from_draft_to_decision(busy: House) -> None:
    """S64–S66: drafts unseen, published seen, appealed by its person, decided by another."""
    lead, weak = busy.log_in("刘洋"), busy.log_in("李强")
    path = f"{ROOT}/assessments"
    assert lead.post(f"{path}/make", data=OCTOBER).status_code == 303
    assert "还没有发布过" in weak.get(f"{ROOT}/mine").text
    lead.post(f"{path}/make", data={**OCTOBER, "publish": "yes"})
    numbers = {one.person: one.id for one in every(busy, Assessment)}
    page = lead.get(path, params=OCTOBER).text
    assert "已发布" in page
    own = f"{ROOT}/mine/{numbers['李强']}"
    assert "50.0%" in weak.get(own).text
    assert weak.get(f"{ROOT}/mine/{numbers['王敏']}").status_code == 409
    assert weak.post(f"{own}/appeal", data={"words": ""}).status_code == 409
    assert weak.post(f"{own}/appeal", data={"words": "样本不是我的"}).status_code == 303
    decide = f"{path}/{numbers['李强']}/decide"
    assert lead.post(decide, data={"reason": "好", "total": "很多"}).status_code == 409
    assert lead.post(decide, data={"reason": "剔除三行", "total": "88.5"}).status_code == 303
    assert "88.5" in weak.get(own).text
    (task,) = every(busy, TrainingTask)
    done = {"first": "2026-11-01", "last": "2026-11-30"}
    finish = f"{path}/trainings/{task.id}/finish"
    assert busy.log_in("吴静").post(finish, data=done).status_code == 303
    assert [one.status for one in every(busy, TrainingTask)] == ["done"]


def test_a_penalty_needs_a_second_signature(house: House) -> None:
    """S66: alone refused, with a colleague recorded; who works where is put down."""
    lead = house.log_in("刘洋")
    merit = {"person": "李强", "kind": "penalty", "reason": "泄露电话"}
    path = f"{ROOT}/assessments/merit"
    assert lead.post(path, data=merit).status_code == 409
    assert lead.post(path, data={**merit, "approved": "刘洋"}).status_code == 409
    assert lead.post(path, data={**merit, "approved": "吴静"}).status_code == 303
    post = {"person": "李强", "team": "二组", "post": "agent"}
    assert lead.post(f"{ROOT}/assessments/post", data=post).status_code == 303
    assert "二组" in lead.get(f"{ROOT}/assessments").text


def test_a_report_is_told_read_and_taken_along(busy: House) -> None:
    """The bell counts what is new; opening it is seen; page and paper are as they were made."""
    app = busy.app
    service_report.run(JobContext(app.transactions, app.settings, app.cipher), busy.moment)
    lead = busy.log_in("刘洋")
    bell = lead.get(f"{ROOT}/notices").text
    assert "10 月服务评估报告做好了" in bell
    found = re.search(r'href="(/console/quality/reports/\d+)"', bell)
    assert found is not None
    assert "73.3%" in lead.get(found[1]).text
    assert "chip-red" not in lead.get(f"{ROOT}/notices").text
    paper = lead.get(f"{found[1]}/report.pdf")
    assert paper.content.startswith(b"%PDF")
    assert "attachment" in paper.headers["content-disposition"]
    page = lead.get(f"{found[1]}/read.html")
    assert "sandbox" in page.headers["content-security-policy"]
    assert "73.3%" in page.text
    assert "服务评估报告" in lead.get(f"{ROOT}/reports").text
    assert lead.get(f"{ROOT}/reports/999").status_code == 409
    agent = busy.log_in("王敏")
    assert agent.get(f"{found[1]}/report.pdf").status_code == 403
    assert "做好了" not in agent.get(f"{ROOT}/notices").text


def test_the_broken_off_rule_is_the_branchs_to_write(house: House) -> None:
    """S88: nothing is invented; what the branch writes stands there, with who answers for it."""
    assert "还没有补全" in house.log_in("刘洋").get(f"{ROOT}/reports").text
    filled = Charter(last_rule="每年修订一次本制度。", last_rule_owner="客户服务部")
    house.app.settings = house.app.settings.model_copy(update={"charter": filled})
    page = house.log_in("刘洋").get(f"{ROOT}/reports").text
    assert "每年修订一次本制度。" in page
    assert "由 客户服务部 负责" in page

"""The pages of service quality: who reaches them, figures, samples (S52–S61)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import complaint_parties
from storage.kpi.definition import Period
from storage.ledger import Happening
from storage.models.case import Complaint
from storage.models.quality import QaSample
from storage.rules.supervision import rules
from storage.supervision import Supervision
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import MID, House
from tests.bot.console.quality_kit import OCTOBER, ROOT, every
from tests.bot.console.test_complaints import filed

PAGES = ("figures", "samples", "feedback", "improvements", "surveys", "assessments", "reports")


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

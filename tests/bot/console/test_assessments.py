"""Assessments, penalties and the reports of service in the console (S62–S67)."""

from __future__ import annotations

import re

from bot.settings import Charter
from scheduler.context import JobContext
from scheduler.jobs import service_report
from storage.models.quality import Assessment, TrainingTask
from tests.bot.console.conftest import House
from tests.bot.console.quality_kit import OCTOBER, ROOT, every


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
    page = House(house.app).log_in("刘洋").get(f"{ROOT}/reports").text
    assert "每年修订一次本制度。" in page
    assert "由 客户服务部 负责" in page

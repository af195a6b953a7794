"""/v1/kpis: the figures of API, command line and workbook are one count; rows behind each."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bench.ledger_rows import MONTH, Month
from bot.reports.kpi_xlsx import FIGURES, workbook
from bot.reports.service import page
from storage.kpi.definition import Period
from storage.kpi.figures import CHARTER_CODES, DEFINITIONS
from storage.kpi.report import report, shown
from storage.ledger import Happening
from storage.models.case import Complaint
from storage.unit_of_work import UnitOfWork
from tests.bot.api.kit import NOW, Branch
from tests.bot.pdf.reading import text_of

PERIOD = "from=2026-10-01&to=2026-10-31"


@pytest.fixture
def busy(office: Branch) -> Branch:
    """A branch with some events."""

    def fill(uow: UnitOfWork) -> None:
        for row in Month(7).rows(9_000):
            uow.ledger.add(row)

    office.transactions.run(fill)
    return office


def test_api_and_workbook_are_equal_to_the_row(busy: Branch) -> None:
    """Numerator, denominator, value and words: the same in both, for every figure (S59)."""
    header = busy.token("supervisor")
    answer = busy.client.get(f"/v1/kpis?{PERIOD}&by=actor", headers=header).json()
    told = {f["code"]: f for f in answer["figures"]}
    counted = busy.transactions.read(lambda uow: report(uow, MONTH))
    book = load_workbook(BytesIO(workbook(counted)))
    rows = [dict(zip(FIGURES, row, strict=True)) for row in book["指标"].values][1:]
    assert [row["代码"] for row in rows] == list(DEFINITIONS) == list(told)
    for row in rows:
        figure = told[str(row["代码"])]
        assert (row["分子"], row["分母"]) == (figure["hits"], figure["below"])
        assert row["显示"] == figure["shown"]
        assert row["数值"] == pytest.approx(figure["value"])
    parts = {(r[0], r[3]): r[4] for r in book["分项"].values if r[2] == "人员"}
    for code, figure in told.items():
        for part in figure["parts"]:
            assert parts[code, part["name"] or "（没有）"] == part["hits"]


def test_the_workbook_says_what_each_figure_means(busy: Branch) -> None:
    """The sheet of formulas has a row for every figure, with version and basis."""
    counted = busy.transactions.read(lambda uow: report(uow, MONTH))
    sheet = load_workbook(BytesIO(workbook(counted)))["口径"]
    rows = list(sheet.values)[1:]
    assert [row[0] for row in rows] == list(DEFINITIONS)
    assert all(row[3] and row[4] and row[5] and row[7] for row in rows)


def test_every_figure_leads_to_its_rows(busy: Branch) -> None:
    """Drilling down gives as many rows as the denominator says, and their hits."""
    header = busy.token("supervisor")
    answer = busy.client.get(f"/v1/kpis?{PERIOD}&by=team", headers=header).json()
    figure = next(f for f in answer["figures"] if f["code"] == "claim_on_time")
    part = figure["parts"][0]
    found, after = [], 0
    while after is not None:
        path = f"/v1/kpis/claim_on_time/rows?{PERIOD}&team={part['name']}&after={after}&limit=20"
        got = busy.client.get(path, headers=header).json()
        found += got["items"]
        after = got["next"]
    assert len(found) == part["rows"]
    assert sum(row["hit"] for row in found) == part["hits"]


def test_definitions_are_told(office: Branch) -> None:
    """Words and formula of each figure, for whoever doubts a number."""
    header = office.token("trainer")
    answer = office.client.get("/v1/kpis/definitions", headers=header).json()
    assert [one["code"] for one in answer["items"]] == list(DEFINITIONS)
    unknown = office.client.get(f"/v1/kpis/nonsense/rows?{PERIOD}", headers=header)
    assert unknown.status_code == 404


def test_an_exclusion_needs_two_people(office: Branch) -> None:
    """Whoever asks does not approve; an approved one leaves the figure and is shown in its rows."""
    office.transactions.run(
        lambda uow: uow.ledger.add(Happening("survey.answered", NOW, value=1, actor="王敏"))
    )
    header = office.token("supervisor", "李主管")
    body = {"event": 1, "reason": "测试数据", "asked_by": "李主管"}
    refused = office.client.post("/v1/kpis/exclusions", headers=header, json=body)
    assert refused.status_code == 409
    body["asked_by"] = "王敏"
    keyed = header | {"Idempotency-Key": "out-1"}
    done = office.client.post("/v1/kpis/exclusions", headers=keyed, json=body)
    again = office.client.post("/v1/kpis/exclusions", headers=keyed, json=body)
    assert (done.status_code, again.status_code) == (204, 204)
    assert again.headers["Idempotent-Replayed"] == "true"
    day = "from=2026-11-22&to=2026-11-22"
    rows = office.client.get(f"/v1/kpis/csat/rows?{day}", headers=header).json()["items"]
    assert [row["exclusion"] for row in rows] == ["测试数据"]
    figures = office.client.get(f"/v1/kpis?{day}", headers=header).json()["figures"]
    csat = next(f for f in figures if f["code"] == "csat")
    assert (csat["rows"], csat["shown"]) == (0, "—")
    body["event"] = 99
    assert office.client.post(
        "/v1/kpis/exclusions", headers=header, json=body
    ).status_code == 409  # fmt: skip


def test_a_trainer_reads_and_does_not_approve(office: Branch) -> None:
    """Taking rows out of figures is for those who answer for them."""
    body = {"event": 1, "reason": "测试数据", "asked_by": "王敏"}
    refused = office.client.post("/v1/kpis/exclusions", headers=office.token("trainer"), json=body)
    assert refused.status_code == 403


def test_the_service_evaluation_is_one_page(busy: Branch) -> None:
    """S54, S27, S78: satisfaction, complaints, quality, claims, processes and demand together."""
    counted = busy.transactions.read(lambda uow: report(uow, MONTH))
    made = page(counted, "服务评估报告")
    for part in ("满意度", "投诉", "质量监控", "理赔案例分析", "需求热点", "没答上的问题", "口径"):
        assert part in made
    assert made.count("<svg") >= 3
    for code in CHARTER_CODES:
        assert shown(counted.tables[code].total) in made
    path = f"/v1/kpis/report?{PERIOD}"
    answer = busy.client.get(path, headers=busy.token("supervisor"))
    assert answer.text == made
    printed = busy.client.get(path + "&format=pdf", headers=busy.token("trainer"))
    assert printed.headers["content-type"] == "application/pdf"
    text = text_of(printed.content)
    for code in CHARTER_CODES:
        assert shown(counted.tables[code].total) in text
    assert "理赔案例分析" in text


def test_cases_to_talk_over_and_causes_that_come_back(office: Branch) -> None:
    """S27, S67: claims with most missed deadlines, causes of complaints, what stays unsolved."""
    day = Period(NOW.date(), NOW.date())

    def fill(uow: UnitOfWork) -> None:
        for number, label, took in (
            ("CL1", "first_contact", 60), ("CL1", "decision", 90_000), ("CL2", "decision", 5),
        ):  # fmt: skip
            uow.ledger.add(
                Happening("clock", NOW, None, number, "王敏", "", "", label, "missed", took,
                          data={"line": "home"})
            )  # fmt: skip
        uow.ledger.add(Happening("solved", NOW, 1, None, "bot", label="F001", result="unsolved"))
        uow.session.add(
            Complaint(
                number="CP20261122000001", channel="phone", category="理赔", severity="P2",
                status="closed", owner="赵颖", facts={}, decision="", root_cause="delay",
                received_at=NOW, due_on=NOW.date(), updated_at=NOW, closed_at=NOW,
            )
        )  # fmt: skip

    office.transactions.run(fill)
    counted = office.transactions.read(lambda uow: report(uow, day))
    assert [(c.number, c.clocks, c.worst_s) for c in counted.late_cases] == [
        ("CL1", ("first_contact", "decision"), 90_000),
        ("CL2", ("decision",), 5),
    ]
    assert counted.root_causes == [("办理拖延", 1)]
    assert counted.unsolved == [("F001", 1)]
    made = page(counted, "报告")
    for words in ("家财险", "首次联系、核定", "25.0 小时", "办理拖延", "CL1"):
        assert words in made


def test_processes_show_waiting_against_work(busy: Branch) -> None:
    """S82, S84: steps with their times, backward moves, and the share that is waiting."""
    counted = busy.transactions.read(lambda uow: report(uow, MONTH))
    claim = next(p for p in counted.processes if p.code == "claim")
    assert claim.waiting_share is not None
    assert 0 < claim.waiting_share <= 1
    assert claim.ended > 0
    two_days = 2 * 86_400
    assert all(step.mean_s == pytest.approx(two_days) for step in claim.steps)
    assert counted.bottlenecks[0].total_s >= counted.bottlenecks[-1].total_s


def test_a_step_back_and_a_case_given_up_are_counted(office: Branch) -> None:
    """Returned once, given up once: rates of the process."""

    def fill(uow: UnitOfWork) -> None:
        story = ("received", "accepted", "investigating", "accepted", "withdrawn")
        for hour, step in enumerate(story):
            at = NOW + timedelta(hours=hour)
            uow.ledger.add(Happening(f"complaint.{step}", at, case_number="CP1"))

    office.transactions.run(fill)
    day = Period(date(2026, 11, 22), date(2026, 11, 22))
    counted = office.transactions.read(lambda uow: report(uow, day))
    complaint = next(p for p in counted.processes if p.code == "complaint")
    assert (complaint.returns, complaint.moves) == (1, 4)
    assert complaint.abandon_rate == 1.0

"""/v1/feedback, /v1/improvements and /v1/qa-samples."""

from __future__ import annotations

from datetime import date

from storage.improvements import Finding, Improvements
from storage.kpi.definition import Period
from storage.ledger import Happening
from storage.rules.supervision import rules
from storage.supervision import Supervision
from tests.bot.api.kit import NOW, Branch

DAY = Period(date(2026, 11, 22), date(2026, 11, 22))


def test_a_form_and_a_telephone_note_get_into_the_box(office: Branch) -> None:
    """S85: an agent notes a call, a program sends a form; the same key is one piece."""
    header = office.token("agent")
    note = {"channel": "phone", "words": "等了半小时没人接", "key": "call-1"}
    made = office.client.post("/v1/feedback", headers=header, json=note)
    assert (made.status_code, made.json()["category"]) == (201, "响应")
    again = office.client.post("/v1/feedback", headers=header, json=note)
    assert again.status_code == 409
    form = {"channel": "form", "words": "希望保费便宜点", "key": "form-1"}
    assert office.client.post("/v1/feedback", headers=header, json=form).status_code == 201
    lead = office.token("supervisor")
    items = office.client.get("/v1/feedback", headers=lead).json()["items"]
    assert [item["nature"] for item in items] == ["建议", "意见"]
    assert office.client.get("/v1/feedback", headers=header).status_code == 403


def test_what_is_done_about_it_is_listed(office: Branch) -> None:
    """S83: the improvement with its figure before."""
    finding = Finding("接通慢", "kpi", "响应", "k", "csat", DAY)
    office.transactions.run(lambda uow: Improvements(uow, NOW, "赵主管").propose(finding))
    items = office.client.get("/v1/improvements", headers=office.token("trainer")).json()["items"]
    assert (items[0]["title"], items[0]["before"]["rows"]) == ("接通慢", 0)


def test_a_sample_is_scored_by_a_supervisor(office: Branch) -> None:
    """S53: drawn, listed, scored by who leads or trains, and by nobody else."""

    row = Happening("handoff.closed", NOW, None, "HO1", "王敏")
    office.transactions.run(lambda uow: uow.ledger.add(row))
    office.transactions.run(lambda uow: Supervision(uow, NOW, "赵主管").plan(DAY))
    scores = {code: points for code, (_, points) in rules().scorecard.items()}
    trainer, lead = office.token("trainer"), office.token("supervisor")
    agent = office.token("agent")
    body = {"scores": {**scores, "polite": 5}, "comment": "少一句问候"}
    refused = office.client.patch("/v1/qa-samples/1", headers=agent, json=body)
    assert refused.status_code == 403
    done = office.client.patch("/v1/qa-samples/1", headers=trainer, json=body)
    assert (done.status_code, done.json()["total"]) == (200, 95)
    listed = office.client.get("/v1/qa-samples?status=done", headers=trainer).json()["items"]
    assert [(item["agent"], item["why"]) for item in listed] == [("王敏", ["random"])]
    twice = office.client.patch("/v1/qa-samples/1", headers=lead, json=body)
    assert twice.status_code == 409

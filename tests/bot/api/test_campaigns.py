"""Campaigns over the API: who gets what, counters, the stop switch, effect, jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scheduler.registry import find_jobs
from storage.models.outbound import Campaign, JobRun
from storage.models.outbox import OutboxItem
from tests.bot.api.kit import NOW, Branch
from tests.bot.api.rows import customer, policy

END = NOW.date() + timedelta(days=30)


def _item(number: str, **values: object) -> OutboxItem:
    made = {
        "dedupe_key": f"k:{number}", "kind": "renewal", "channel": "ladder", "account": "",
        "peer": "customer:1", "body": {}, "status": "sent", "reason": "", "provider_id": "",
        "attempts": 1, "created_at": NOW, "due_at": NOW, "step": "R30", "subject": number,
        "campaign": "renewal:2026-11-22", "customer_id": 1, "way": "sms", "sent_at": NOW,
    }  # fmt: skip
    return OutboxItem(**(made | values))


def _campaign() -> Campaign:
    return Campaign(
        name="renewal:2026-11-22", family="renewal", day=NOW.date(), planned_at=NOW, first_id=1
    )


def test_a_preview_says_who_gets_what(office: Branch) -> None:
    """One policy that ends in thirty days: by SMS, with the words; nothing is written."""
    office.add(customer(office.parts.cipher), policy("A1", ends_on=END))
    header = office.token("supervisor")
    found = office.client.get("/v1/campaigns/preview?family=renewal", headers=header).json()
    assert (found["total"], found["send"]) == (1, 1)
    [line] = found["items"]
    assert (line["subject"], line["step"], line["way"]) == ("A1", "R30", "sms")
    assert line["text"]
    assert office.all(OutboxItem) == []


def test_counters_and_the_stop_switch(office: Branch) -> None:
    """Stopping names who and why; resuming takes it back; an unknown kind is a 404."""
    office.add(
        _campaign(), _item("A1"), _item("A2", status="suppressed", reason="已续保", way=None)
    )
    header = office.token("supervisor")
    body = {"kind": "renewal", "reason": "文案写错"}
    stopped = office.client.post("/v1/campaigns/stop", json=body, headers=header).json()
    assert [(s["kind"], s["reason"]) for s in stopped["stopped"]] == [("renewal", "文案写错")]
    assert {(c["status"], c["reason"], c["count"]) for c in stopped["counts"]} == {
        ("sent", "", 1),
        ("suppressed", "已续保", 1),
    }
    again = {"kind": "renewal"}
    resumed = office.client.post("/v1/campaigns/resume", json=again, headers=header).json()
    assert resumed["stopped"] == []
    wrong = office.client.post("/v1/campaigns/stop", json=body | {"kind": "x"}, headers=header)
    assert wrong.status_code == 404


def test_the_effect_counts_who_renewed(office: Branch) -> None:
    """Two were reminded, one has a later policy of the same kind."""
    office.add(customer(office.parts.cipher), policy("A1", ends_on=END))
    office.add(policy("A2", ends_on=END, plate="津B00002"))
    office.add(policy("A3", ends_on=END + timedelta(days=365)), _item("A1"), _item("A2"))
    day = NOW.date()
    path = f"/v1/campaigns/effect?from={day}&to={day}"
    found = office.client.get(path, headers=office.token("supervisor")).json()
    assert found["renewals"] == [{"step": "R30", "reached": 2, "renewed": 1}]


def test_jobs_show_their_last_run(office: Branch) -> None:
    """The newest run of each, with its result and the next one; not for everybody."""
    row = {"started_at": NOW, "ended_at": NOW, "note": "排了 2 条", "by": "h:1", "title": "续保"}
    earlier = NOW - timedelta(days=1)
    office.add(
        JobRun(job="renewal_reminder", slot=earlier, result="failed", next_at=None, **row),
        JobRun(job="renewal_reminder", slot=NOW, result="done", next_at=NOW, **row),
    )
    items = office.client.get("/v1/jobs", headers=office.token("supervisor")).json()["items"]
    jobs = {job["job"]: job for job in items}
    job = jobs["renewal_reminder"]
    assert (job["result"], job["note"], job["slot"]) == ("done", "排了 2 条", NOW.isoformat())
    assert office.client.get("/v1/jobs", headers=office.token("agent")).status_code == 403


def test_jobs_that_never_ran_are_listed_too(office: Branch) -> None:
    """The whole timetable is shown: without a last run, with the next one after now."""
    items = office.client.get("/v1/jobs", headers=office.token("admin")).json()["items"]
    assert [job["job"] for job in items] == sorted(find_jobs())
    assert {(job["result"], job["started_at"]) for job in items} == {("never", None)}
    assert all(datetime.fromisoformat(job["next_at"]) > NOW for job in items)


def test_a_blank_reason_and_a_turned_round_period_are_told(office: Branch) -> None:
    """422 that names the field; nothing is stopped."""
    header = office.token("supervisor")
    body = {"kind": "renewal", "reason": " \t"}
    stopped = office.client.post("/v1/campaigns/stop", json=body, headers=header)
    period = {"from": "2026-11-30", "to": "2026-11-01"}
    effect = office.client.get("/v1/campaigns/effect", params=period, headers=header)
    assert (stopped.status_code, effect.status_code) == (422, 422)
    assert [one["field"] for one in stopped.json()["errors"]] == ["body.reason"]
    assert "不能晚于" in effect.text
    assert office.client.get("/v1/campaigns", headers=header).json()["stopped"] == []


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_beyond_all_calendars_is_told(office: Branch, day: str) -> None:
    """422 that names the field, as for any other mistake."""
    header = office.token("supervisor")
    for path, params in (
        ("/v1/campaigns/preview", {"day": day}),
        ("/v1/campaigns/effect", {"from": day, "to": day}),
        ("/v1/content", {"from": day, "to": day}),
    ):
        answer = office.client.get(path, params=params, headers=header)
        assert answer.status_code == 422, path
        assert "年份超出范围" in answer.text

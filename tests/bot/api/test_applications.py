"""Applications over the API: who may, once, in order, and what is shown to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.models.application import Application, ApplicationPayment, FormStep
from storage.models.case import CaseEvent, Ticket
from tests.bot.api.kit import NOW, Branch
from tests.bot.api.rows import conversation
from tests.storage.applications_kit import GIVEN, TOLD

VALUES = {
    "cover": "commercial",
    "use": "family",
    "plate": "津A12345",
    "start": "2026-12-01",
    "applicant": "王小明",
    "phone": "13800000000",
}


def opened(office: Branch, header: dict[str, str], **said: Any) -> str:
    """Take an application down and return its path."""
    body = {"kind": "car", "values": VALUES | said}
    made = office.client.post("/v1/applications", json=body, headers=header)
    assert made.status_code == 201, made.text
    return f"/v1/applications/{made.json()['number']}"


def step(office: Branch, header: dict[str, str], path: str, to: str, **given: Any) -> Any:
    """Move an application and return the answer."""
    body = {"to": to, **GIVEN.get(to, {}), **given}
    return office.client.post(f"{path}/transitions", json=body, headers=header)


def test_s35_a_clerk_takes_it_down_with_every_value_checked(office: Branch) -> None:
    """What does not fit its field is refused by name; what is missing is listed, not refused."""
    header = office.token("agent")
    path = opened(office, header, phone=None)
    found = office.client.get(path, headers=office.token("sales")).json()
    assert found["lacking"] == ["联系电话"]
    assert [check["checked"] for check in found["checks"]] == [False] * 6
    assert "underwriting" in found["next"]
    assert found["lines"][0] == "险种：车险"
    for values, said in (({"use": "racing"}, "车的用途"), ({"shoe": "42"}, "shoe")):
        body = {"kind": "car", "values": values}
        wrong = office.client.post("/v1/applications", json=body, headers=header)
        assert (wrong.status_code, wrong.json()["code"]) == (409, "refused")
        assert said in wrong.json()["detail"]
    other = office.client.post(
        "/v1/applications", json={"kind": "moon", "values": {}}, headers=header
    )
    assert "没有 moon 这个险种" in other.json()["detail"]


def test_s37_sales_and_underwriting_each_do_their_part(office: Branch) -> None:
    """Pre-check by sales, opinion by underwriting, confirmation and plan by sales."""
    sales, writers = office.token("sales", "李销售"), office.token("underwriting", "赵核保")
    path = opened(office, sales)
    assert step(office, sales, path, "underwriting").status_code == 201
    refused = step(office, sales, path, "approved")
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    assert "要由核保来办" in refused.json()["detail"]
    assert "写明理由" in step(office, writers, path, "approved", reason=None).json()["detail"]
    approved = step(office, writers, path, "approved")
    assert approved.json()["opinions"][0]["by"] == "api:赵核保"
    confirmed = step(
        office, sales, path, "confirmed",
        confirmation={"how": "counter", "said": "当面", "explained": True},
    )  # fmt: skip
    assert confirmed.json()["confirmation"]["said"] == "当面"
    assert step(office, sales, path, "paying").json()["plan"][0]["amount_fen"] == 300_000
    paid = {"reference": "A1", "amount_fen": 300_000, "method": "counter", "paid_on": "2026-11-22"}
    assert office.client.post(f"{path}/payments", json=paid, headers=sales).status_code == 201
    assert step(office, sales, path, "issued").json()["policy_number"] == "TATJ20261125000001"
    done = step(office, sales, path, "delivered").json()
    assert [e["kind"] for e in done["history"]][-3:] == ["paid", "issued", "delivered"]
    assert done["paid_fen"] == 300_000


@pytest.mark.parametrize("role", ["agent", "claims", "complaints", "trainer"])
def test_nobody_else_moves_an_application(office: Branch, role: str) -> None:
    """An agent takes it down and reads it; deciding and money are not theirs."""
    path = opened(office, office.token("sales"))
    header = office.token(role)
    assert step(office, header, path, "underwriting").status_code == 403
    paid = {"reference": "A1", "amount_fen": 1, "method": "counter", "paid_on": "2026-11-22"}
    assert office.client.post(f"{path}/payments", json=paid, headers=header).status_code == 403
    patched = office.client.patch(path, json={"values": {"use": "hire"}}, headers=header)
    assert patched.status_code == 403
    assert office.all(Application)[0].status == "received"


def test_the_same_key_has_one_effect(office: Branch) -> None:
    """Sent again, opening, a step and a payment answer the same and change nothing more."""
    header = office.token("sales")
    keyed = header | {"Idempotency-Key": "k-open"}
    body = {"kind": "car", "values": VALUES}
    first = office.client.post("/v1/applications", json=body, headers=keyed)
    again = office.client.post("/v1/applications", json=body, headers=keyed)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(office.all(Application)) == 1
    path = f"/v1/applications/{first.json()['number']}"
    keyed = header | {"Idempotency-Key": "k-step"}
    assert step(office, keyed, path, "underwriting").status_code == 201
    assert step(office, keyed, path, "underwriting").status_code == 201
    events = office.all(CaseEvent)
    kinds = [event.kind for event in events if event.case_number.startswith("AP")]
    assert kinds == ["received", "underwriting"]


def test_an_agent_sees_it_masked_and_every_look_is_on_record(office: Branch) -> None:
    """Name and phone are shown in part, free text and what was confirmed not at all."""
    sales, agent = office.token("sales"), office.token("agent")
    path = opened(office, sales)
    found = office.client.get(path, headers=agent).json()
    assert found["facts"]["applicant"] == "王**"
    assert found["facts"]["phone"] == "138****0000"
    assert "told" not in found
    assert found["lines"] == []
    assert all(event["data"] == {} for event in found["history"])
    assert "13800000000" not in office.client.get("/v1/applications", headers=agent).text
    assert office.client.get(path, headers=sales).json()["facts"]["phone"] == "13800000000"
    assert [what.split()[0] for _, what in office.seen()] == ["application"] * 3


def test_the_list_finds_what_waits_too_long(office: Branch) -> None:
    """Filters by state, kind, partner and deadline: unpaid ones are one of them (S40)."""
    header = office.token("sales")
    opened(office, header)
    get = office.client.get
    assert (
        len(get("/v1/applications?status=received&kind=car", headers=header).json()["items"]) == 1
    )
    assert get("/v1/applications?status=paying", headers=header).json()["items"] == []
    due = get("/v1/applications?due_before=2026-11-22T11:30:00%2B08:00", headers=header).json()
    assert len(due["items"]) == 1
    early = get("/v1/applications?due_before=2026-11-22T11:00:00%2B08:00", headers=header).json()
    assert early["items"] == []
    assert get("/v1/applications?partner=demo_bank", headers=header).json()["items"] == []


def test_a_correction_is_kept_and_a_note_added(office: Branch) -> None:
    """PATCH changes one value and keeps the old one; what is not there is not found."""
    header = office.token("sales")
    path = opened(office, header)
    changed = office.client.patch(path, json={"values": {"plate": "津B66889"}}, headers=header)
    assert changed.json()["facts"]["plate"] == "津B66889"
    assert changed.json()["history"][-1]["data"]["before"] == {"plate": "津A12345"}
    note = office.client.post(f"{path}/notes", json={"text": "客户下午有空"}, headers=header)
    assert note.json()["data"] == {"note": "客户下午有空"}
    missing = "/v1/applications/AP20200101000001"
    assert office.client.get(missing, headers=header).status_code == 404
    assert step(office, header, missing, "withdrawn").status_code == 404


def test_s8_the_funnel_shows_where_people_stop(office: Branch) -> None:
    """Two begin, one gets to the second step: counts and usual times, no person."""
    office.add(conversation(1))
    for run, steps in (("1:a", ("kind", "way")), ("1:b", ("kind",))):
        for number, name in enumerate(steps):
            office.add(
                FormStep(conversation_id=1, flow="apply", run=run, step=name, at=NOW,
                         seconds=10 * (number + 1))
            )  # fmt: skip
    found = office.client.get("/v1/applications/funnel", headers=office.token("sales")).json()
    assert found["runs"] == 2
    assert found["steps"] == [
        {"step": "kind", "label": "险种", "passed": 2, "last": 1, "median_seconds": 10},
        {"step": "way", "label": "怎么办理", "passed": 1, "last": 1, "median_seconds": 20},
    ]


def test_what_the_customer_confirmed_is_there_with_its_version(office: Branch) -> None:
    """Sales read the five points as they were shown, with the customer's words (S9, S11)."""
    office.add(
        Application(
            number="AP20261122000001", kind="car", line="auto", status="received", owner="销售组",
            facts={"kind": "car", **VALUES}, told=TOLD, work={}, opened_at=NOW, updated_at=NOW,
        )
    )  # fmt: skip
    header = office.token("underwriting")
    told = office.client.get("/v1/applications/AP20261122000001", headers=header).json()["told"]
    assert [point["key"] for point in told["points"]][-1] == "excludes"
    assert {point["said"] for point in told["points"]} == {"明白了"}


def test_s81_partners_are_counted_with_what_became_of_it(office: Branch) -> None:
    """Leads, applications, policies and money by partner; others and other months do not count."""
    by = {"demo_bank": ("issued", "received", "withdrawn"), "demo_dealer": ("closed",)}
    rows = [(code, status) for code, states in by.items() for status in states]
    for number, (code, status) in enumerate([*rows, (None, "issued")]):
        office.add(
            Application(
                number=f"AP2026112200000{number}", kind="car", line="auto", status=status,
                owner="销售组", partner=code, facts={}, told={}, work={}, opened_at=NOW,
                updated_at=NOW,
            )
        )  # fmt: skip
    old = NOW - timedelta(days=40)
    office.add(
        Application(number="AP20261001000001", kind="car", line="auto", status="issued",
                    owner="销售组", partner="demo_bank", facts={}, told={}, work={},
                    opened_at=old, updated_at=old),
        ApplicationPayment(application_number="AP20261122000000", reference="A", method="pos",
                           amount_fen=300_000, paid_on=NOW.date(), noted_at=NOW, actor="x"),
        Ticket(number="TK20261122000001", kind="need_plan", status="new", opened_at=NOW,
               due_at=NOW, facts={"partner": "demo_dealer"}),
    )  # fmt: skip
    answer = office.client.get("/v1/applications/partners", headers=office.token("sales")).json()
    bank, dealer = answer["partners"][:2]
    assert bank | {"name": ""} == {
        "partner": "demo_bank", "name": "", "leads": 0, "applications": 3, "issued": 1,
        "open": 1, "paid_fen": 300_000,
    }  # fmt: skip
    assert (dealer["leads"], dealer["applications"], dealer["issued"]) == (1, 1, 1)
    refused = office.client.get("/v1/applications/partners", headers=office.token("trainer"))
    assert refused.status_code == 403

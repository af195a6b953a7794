"""The content calendar and staff notices over the API."""

from __future__ import annotations

from storage import staff_notices
from storage.staff_notices import Word
from tests.bot.api.kit import NOW, Branch

ITEM = {
    "title": "雪天行车", "body": "跟车距离加倍。", "source": "交管部门", "planned_on": "2026-12-05",
}  # fmt: skip


def test_a_second_person_approves(office: Branch) -> None:
    """Planned by one, refused to the same, approved by another; a sales clerk sees nothing."""
    mine, other = office.token("trainer", "张编辑"), office.token("supervisor", "李主管")
    made = office.client.post("/v1/content", json=ITEM, headers=mine)
    assert made.status_code == 201
    number = made.json()["number"]
    steps = f"/v1/content/{number}/steps"
    assert office.client.post(steps, json={"step": "submit"}, headers=mine).status_code == 200
    alone = office.client.post(steps, json={"step": "approve"}, headers=mine)
    assert alone.status_code == 409
    approved = office.client.post(steps, json={"step": "approve"}, headers=other).json()
    assert (approved["state"], approved["approver"]) == ("approved", "api:李主管")
    period = "?from=2026-12-01&to=2026-12-31"
    [seen] = office.client.get(f"/v1/content{period}", headers=mine).json()["items"]
    assert seen["number"] == number
    sales = office.token("sales")
    assert office.client.get(f"/v1/content{period}", headers=sales).status_code == 403


def test_a_step_repeated_with_its_key_is_taken_once(office: Branch) -> None:
    """Who heard no answer asks again: told the same, and nobody has to guess what became of it."""
    mine = office.token("trainer", "张编辑")
    number = office.client.post("/v1/content", json=ITEM, headers=mine).json()["number"]
    keyed = mine | {"Idempotency-Key": "step-1"}
    steps = f"/v1/content/{number}/steps"
    first, again = (
        office.client.post(steps, json={"step": "submit"}, headers=keyed) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert office.client.post(steps, json={"step": "submit"}, headers=mine).status_code == 409


def test_it_is_printed_as_a_document(office: Branch) -> None:
    """A PDF with what is planned; a period that is none is refused."""
    mine = office.token("trainer")
    office.client.post("/v1/content", json=ITEM, headers=mine)
    printed = office.client.get("/v1/content/print?from=2026-12-01&to=2026-12-31", headers=mine)
    assert printed.content.startswith(b"%PDF-")
    wrong = office.client.get("/v1/content/print?from=2026-12-31&to=2026-12-01", headers=mine)
    assert wrong.status_code == 422


def test_notices_are_for_their_role(office: Branch) -> None:
    """The digest is for leads, a lost photo for claims; leads see both."""
    for role in ("supervisor", "claims"):
        word = Word(f"k:{role}", "digest", role, f"给 {role}", ["一行"], {})
        office.transactions.run(lambda uow, w=word: staff_notices.put(uow, w, NOW))  # type: ignore[misc]

    def titles(role: str) -> list[str]:
        got = office.client.get("/v1/staff-notices", headers=office.token(role)).json()
        return [notice["title"] for notice in got["items"]]

    assert titles("claims") == ["给 claims"]
    assert titles("supervisor") == ["给 claims", "给 supervisor"]
    assert titles("agent") == []

"""Services over the API: lists, steps, documents, who may, what is masked, and once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.settings import Settings
from storage.back_office import TransactionBackOffice
from storage.conversations import OpenConversation
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork
from tests.bot.api.kit import NOW, Branch
from tests.bot.api.rows import conversation, customer, policy

POLICY = "TATJ20260101000001"


def asked(office: Branch, kind: str = "plate", family: Any = "endorsement") -> str:
    """Let the customer ask for something in chat; return the path of it."""
    if not office.all(Conversation):
        office.add(customer(office.parts.cipher))
        office.add(policy(), conversation(customer_id=1, verified_until=NOW.replace(year=2027)))

    def turn(uow: UnitOfWork) -> str:
        row = uow.connection.execute(table_of(Conversation).select()).mappings().one()
        opened = OpenConversation.of({**row, "repeat_of": None})
        desk = TransactionBackOffice(uow, opened, "webchat", Settings(), office.parts.cipher, NOW)
        view = desk.request_service(family, kind, POLICY, {"words": "改成津A88888"})
        assert view is not None
        return view.number

    return f"/v1/endorsements/{office.transactions.run(turn)}"


@pytest.fixture
def post(office: Branch) -> Callable[..., Any]:
    """Posts as underwriting."""
    header = office.token("underwriting", "承保小赵")

    def posted(path: str, **body: Any) -> Any:
        return office.client.post(path, headers=header, json=body)

    return posted


def test_s20_underwriting_takes_a_change_to_its_endorsement(
    office: Branch, post: Callable[..., Any]
) -> None:
    """Documents, review, approval, endorsement; the customer hears of the end."""
    path = asked(office)
    assert post(f"{path}/documents", name="行驶证").status_code == 201
    assert post(f"{path}/transitions", to="reviewing").status_code == 201
    assert post(f"{path}/transitions", to="approved", reason="材料齐全").json()["next"]
    done = post(
        f"{path}/transitions", to="endorsed", document_no="PD-1",
        effective_at="2026-11-23T00:00:00+08:00", plate="津A88888",
    ).json()  # fmt: skip
    assert (done["status"], done["over"]) == ("endorsed", True)
    assert [e["kind"] for e in done["history"]][-1] == "endorsed"
    notice = next(item for item in office.all(OutboxItem) if item.kind == "notice")
    assert "PD-1" in notice.body["text"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"to": "endorsed", "document_no": "P", "effective_at": "2026-12-01"}, "不能直接到"),
        ({"to": "approved", "reason": "好"}, "不能直接到"),
        ({"to": "documents_due"}, "不能直接到"),
        ({"to": "declined"}, "理由"),
    ],
)
def test_a_refused_step_says_which_rule(
    office: Branch, post: Callable[..., Any], body: dict[str, Any], said: str
) -> None:
    """409 with one sentence; nothing has changed."""
    path = asked(office)
    answer = post(f"{path}/transitions", **body)
    assert answer.status_code == 409
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"to": "nowhere"},
        {"to": "returned", "reason": ""},
        {"to": "refunded", "refund": {"way": "cash"}},
        {"to": "endorsed", "effective_at": "昨天"},
        {"to": "reviewing", "amount": 1},
        {"to": "documents_due", "missing": []},
    ],
)
def test_a_wrong_body_is_refused(
    office: Branch, post: Callable[..., Any], body: dict[str, Any]
) -> None:
    """422 before anything is looked up."""
    assert post(f"{asked(office)}/transitions", **body).status_code == 422


def test_a_step_is_taken_once_per_key(office: Branch) -> None:
    """The same key twice is one step and one notice."""
    path, header = asked(office), office.token("underwriting")
    keyed = header | {"Idempotency-Key": "k1"}
    body = {"to": "declined", "reason": "不是投保人本人"}
    first, again = (
        office.client.post(f"{path}/transitions", headers=keyed, json=body) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replayed"] == "true"
    assert len([item for item in office.all(OutboxItem) if item.kind == "notice"]) == 1


@pytest.mark.parametrize(
    ("role", "reads", "handles"),
    [
        ("underwriting", True, True),
        ("agent", True, False),
        ("supervisor", True, True),
        ("claims", False, False),
        ("sales", False, False),
        ("trainer", False, False),
    ],
)
def test_who_may_read_and_who_may_decide(
    office: Branch, role: str, *, reads: bool, handles: bool
) -> None:
    """Agents see and note; underwriting and the leads decide."""
    path, header = asked(office), office.token(role)
    assert (office.client.get(path, headers=header).status_code == 200) is reads
    body = {"to": "declined", "reason": "不行"}
    answer = office.client.post(f"{path}/transitions", headers=header, json=body)
    assert (answer.status_code == 201) is handles
    assert answer.status_code in (201, 403)


def test_lists_filter_and_every_look_is_recorded(office: Branch) -> None:
    """By family, state and policy; the access log names each request."""
    first = asked(office)
    asked(office, "copy", "paper")
    header = office.token("agent", "客服小李")
    found = office.client.get("/v1/endorsements?family=paper", headers=header).json()["items"]
    assert [item["family"] for item in found] == ["paper"]
    assert found[0]["facts"] == {"words": "改成津A88888"}
    url = f"/v1/endorsements?policy_number={POLICY}&status=documents_due"
    found = office.client.get(url, headers=header).json()["items"]
    assert [item["number"] for item in found] == [first.rpartition("/")[2]]
    assert ("api:客服小李", f"endorsement {found[0]['number']}") in office.seen()


def test_s12_every_way_of_delivery_is_written_down(office: Branch) -> None:
    """By courier and signed for; a policy that does not exist is not found."""
    asked(office)
    header = office.token("sales")
    step = {"policy_number": POLICY, "way": "courier", "state": "posted", "ref": "ZS-1"}
    for state in ("posted", "received"):
        body = step | {"state": state}
        assert office.client.post("/v1/deliveries", headers=header, json=body).status_code == 201
    url = f"/v1/deliveries?policy_number={POLICY}&way=courier"
    found = office.client.get(url, headers=header).json()["items"]
    assert [item["state"] for item in found] == ["received", "posted"]
    unknown = step | {"policy_number": "TATJ0"}
    answer = office.client.post("/v1/deliveries", headers=header, json=unknown)
    assert answer.status_code == 404


def test_deliveries_show_no_key_of_a_link(office: Branch, post: Callable[..., Any]) -> None:
    """A posted copy shows its parcel number (S12)."""
    path = asked(office, "copy", "paper")
    post(f"{path}/transitions", to="printed")
    post(f"{path}/transitions", to="posted", tracking_no="SF1")
    header = office.token("agent")
    url = f"/v1/deliveries?policy_number={POLICY}"
    found = office.client.get(url, headers=header).json()["items"]
    assert [(step["way"], step["state"], step["ref"]) for step in found] == [
        ("post", "posted", "SF1")
    ]


def test_a_note_is_kept_and_an_unknown_number_is_not_found(office: Branch) -> None:
    """Agents may note what the customer says on the phone."""
    path, header = asked(office), office.token("agent")
    noted = office.client.post(f"{path}/notes", headers=header, json={"text": "来电催办"})
    assert noted.status_code == 201
    gone = office.client.get("/v1/endorsements/EN20990101000001", headers=header)
    assert gone.status_code == 404

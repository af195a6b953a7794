"""Applications on both databases: from the form to the delivered policy, and every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, text

from bot.errors import Refused
from storage.models.case import Ticket
from tests.storage.applications_kit import HOOK, PLAN, Branch, branch_on


@pytest.fixture
def branch(database: Engine) -> Iterator[Branch]:
    """A branch with one webhook, once on SQLite and once on PostgreSQL."""
    made = branch_on(database, webhooks=[HOOK])
    yield made
    made.ways.close()


def at(moment: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(f"{moment}+08:00")


def paying(branch: Branch, **said: str) -> str:
    """Return an application that waits for its money."""
    number = branch.open(branch.converse(), **said)
    branch.walk(number, "underwriting", "approved", "confirmed", "paying")
    return number


def test_the_whole_way_leaves_a_complete_history(branch: Branch) -> None:
    """Pre-check, opinion, confirmation, payment, policy, delivery: each step once, in order."""
    number = paying(branch)
    branch.pay(number, "WX-1", 300_000)
    branch.walk(number, "issued", "delivered", "closed")
    assert [event.kind for event in branch.events(number)] == [
        "received", "underwriting", "approved", "confirmed", "paying", "payment", "paid",
        "issued", "delivered", "closed",
    ]  # fmt: skip
    done = branch.get(number)
    assert (done.status, done.policy_number, done.due_at) == (
        "closed", "TATJ20261125000001", None,
    )  # fmt: skip
    told = [item.body["type"] for item in branch.outbox("webhook")]
    assert told[0] == "application.opened"
    assert told.count("application.status_changed") == 8
    assert "王小明" not in str([item.body for item in branch.outbox("webhook")])


def test_personal_facts_are_ciphertext(branch: Branch) -> None:
    """Neither name, phone nor address can be read in the table or the history."""
    branch.open(branch.converse())
    with branch.ways.engine.connect() as connection:
        found = [
            str(connection.execute(text(query)).all())
            for query in ("SELECT * FROM application", "SELECT data FROM case_event")
        ]
    assert "王小明" not in "".join(found)
    assert "13800000000" not in "".join(found)


def test_s36_what_is_missing_stops_it_and_comes_back_as_a_list(branch: Branch) -> None:
    """No plate and no frame number: refused with what is lacking; returned item by item."""
    number = branch.open(branch.converse(), plate=None)
    with pytest.raises(Refused, match="还缺：车架号"):
        branch.move(number, "underwriting")
    with pytest.raises(Refused, match="要补正的内容"):
        branch.move(number, "returned", items=None)
    with pytest.raises(Refused, match="「货物」不是这个险种的项目"):
        branch.move(number, "returned", items=[{"field": "goods", "problem": "没写"}])
    branch.move(number, "returned", items=[{"field": "vin", "problem": "没有车架号"}])
    assert branch.get(number).owner == "客户"
    assert "车架号：没有车架号" in branch.said()[-1]
    assert "补投保资料" in branch.said()[-1]
    assert [i.status for i in branch.outbox("notice")] == ["due"]


def test_s36_every_check_is_looked_at(branch: Branch) -> None:
    """A list with a gap is refused with the name of what was not looked at."""
    number = branch.open()
    with pytest.raises(Refused, match=r"初审清单还有没核对的：.*前后一致"):
        branch.move(number, "underwriting", checked=["complete", "insurable"])
    branch.move(number, "underwriting")
    assert branch.get(number).owner == "核保组"
    # Eight hours from now, while the desk is open.
    assert branch.get(number).due_at == at("2026-11-25T18:00:00")


def test_s37_only_underwriting_gives_an_opinion_and_gives_a_reason(branch: Branch) -> None:
    """Sales may not decide; an opinion without a reason is no opinion; all opinions stay."""
    number = branch.open()
    branch.move(number, "underwriting", "sales")
    with pytest.raises(Refused, match="要由核保来办"):
        branch.move(number, "approved", "sales")
    with pytest.raises(Refused, match="理由"):
        branch.move(number, "approved", "underwriting", reason="")
    branch.move(number, "postponed", "underwriting")
    branch.move(number, "underwriting", "underwriting")
    branch.move(number, "approved", "underwriting", reason="验车合格")
    opinions = branch.get(number).work["opinions"]
    assert [(o["result"], o["reason"], o["by"]) for o in opinions] == [
        ("postponed", "待验车", "api:underwriting"),
        ("approved", "验车合格", "api:underwriting"),
    ]


def test_s38_the_customer_hears_of_the_approval_at_once(branch: Branch) -> None:
    """The notice is written with the step: into the conversation and into the outbox."""
    number = branch.open(branch.converse())
    branch.walk(number, "underwriting", "approved")
    assert "核保通过了" in branch.said()[-1]
    assert number in branch.said()[-1]
    [notice] = branch.outbox("notice")
    assert (notice.channel, notice.peer) == ("wechat", "peer-wechat")


def test_s38_without_a_conversation_a_short_message_goes_out(branch: Branch) -> None:
    """An application taken down at the counter is answered by phone."""
    number = branch.open()
    branch.walk(number, "underwriting", "approved")
    [notice] = branch.outbox("notice")
    assert (notice.channel, notice.body["to"]) == ("sms", "13800000000")
    assert "13800000000" not in notice.peer


def test_s39_a_refusal_names_its_reason_and_another_way(branch: Branch) -> None:
    """Without an alternative it cannot be said; the customer hears both."""
    number = branch.open(branch.converse())
    branch.move(number, "underwriting")
    with pytest.raises(Refused, match="替代方案"):
        branch.move(number, "declined", alternatives=[])
    with pytest.raises(Refused, match="没有 magic 这种替代方案"):
        branch.move(number, "declined", alternatives=[{"kind": "magic"}])
    branch.move(number, "declined")
    assert "车龄过长。可以考虑：调整险种组合（只投三者）" in branch.said()[-1]
    again = branch.open()
    branch.move(again, "underwriting")
    with pytest.raises(Refused, match="承保条件"):
        branch.move(again, "conditional", conditions=[])


@pytest.mark.parametrize("cover", ["compulsory", "both"])
@pytest.mark.parametrize("to", ["declined", "postponed"])
def test_compulsory_cover_is_never_refused_or_put_off(branch: Branch, cover: str, to: str) -> None:
    """CTPL 10 is in the machine; the commercial part has another way."""
    number = branch.open(cover=cover)
    branch.move(number, "underwriting")
    with pytest.raises(Refused, match="交强险不得拒绝或拖延承保"):
        branch.move(number, to)
    branch.move(number, "conditional", conditions=["商业险绝对免赔率 10%"])


def test_s10_nobody_signs_who_was_not_told(branch: Branch) -> None:
    """Without the five points confirmed, neither step nor payment plan."""
    number = branch.work(
        lambda b: b.open({"kind": "car", "cover": "commercial", "use": "family",
                          "plate": "津A12345", "start": "2026-12-01", "applicant": "王小明",
                          "phone": "13800000000"}, {}).number
    )  # fmt: skip
    branch.walk(number, "underwriting", "approved")
    with pytest.raises(Refused, match="这几项还没有客户的确认：生效时间、保险期间"):
        branch.move(number, "confirmed")
    with pytest.raises(Refused, match="可以到"):
        branch.move(number, "paying")
    branch.move(
        number, "confirmed", confirmation={"how": "counter", "said": "当面讲清", "explained": True}
    )
    kept = branch.get(number).work["confirmation"]
    assert (kept["said"], kept["by"]) == ("当面讲清", "api:supervisor")


def test_s40_it_takes_all_of_the_money_once(branch: Branch) -> None:
    """Short, double and too much are refused; the last fen takes it on, and reminders stop."""
    number = paying(branch)
    assert branch.get(number).due_at == at("2026-11-29T20:00:00")
    planned = branch.outbox("application_payment", "planned")
    assert [item.due_at for item in planned] == [
        at("2026-11-26T10:00:00"), at("2026-11-28T10:00:00"), at("2026-11-29T10:00:00"),
    ]  # fmt: skip
    branch.pay(number, "WX-1", 200_000)
    with pytest.raises(Refused, match=r"还差 1,000\.00 元"):
        branch.move(number, "paid")
    branch.pay(number, "WX-1", 200_000)
    assert len(branch.payments()) == 1
    with pytest.raises(Refused, match="金额或方式不同"):
        branch.pay(number, "WX-1", 100_000)
    with pytest.raises(Refused, match="这笔收多了"):
        branch.pay(number, "WX-2", 100_001)
    with pytest.raises(Refused, match="没有 private_account 这种缴费方式"):
        branch.pay(number, "WX-3", 100_000, method="private_account")
    with pytest.raises(Refused, match="已经收到保费"):
        branch.move(number, "withdrawn")
    branch.pay(number, "WX-2", 100_000)
    assert branch.get(number).status == "paid"
    assert branch.outbox("application_payment", "planned") == []
    with pytest.raises(Refused, match="不收保费"):
        branch.pay(number, "WX-4", 1)


def test_s40_compulsory_cover_is_paid_at_once(branch: Branch) -> None:
    """CTPL 12: in parts only if the compulsory premium is one of them."""
    number = branch.open(cover="both")
    branch.walk(number, "underwriting", "approved", "confirmed")
    halves = [{**PLAN[0], "amount_fen": 150_000}, {**PLAN[0], "due_on": "2026-12-10"}]
    with pytest.raises(Refused, match="须一次缴清"):
        branch.move(number, "paying", plan=halves)
    parts = [{**halves[0], "part": "compulsory"}, {**halves[1], "part": "commercial"}]
    with pytest.raises(Refused, match="不能早于今天"):
        branch.move(number, "paying", plan=[{**parts[0], "due_on": "2026-11-24"}, parts[1]])
    branch.move(number, "paying", plan=parts)
    assert branch.get(number).due_at == at("2026-11-29T20:00:00")
    branch.pay(number, "A", 150_000)
    assert branch.get(number).due_at == at("2026-12-10T20:00:00")
    left = branch.outbox("application_payment", "planned")
    assert {item.dedupe_key.split(":")[4] for item in left} <= {"1"}


def test_s40_a_new_plan_replaces_the_reminders(branch: Branch) -> None:
    """Nobody is reminded of a date that holds no more."""
    number = paying(branch)
    branch.move(number, "confirmed")
    assert branch.outbox("application_payment", "planned") == []
    branch.move(number, "paying", plan=[{**PLAN[0], "due_on": "2026-12-05"}])
    due = [
        item.due_at.date().isoformat() for item in branch.outbox("application_payment", "planned")
    ]
    assert due == ["2026-12-02", "2026-12-04", "2026-12-05"]


def test_s12_every_delivery_is_on_record(branch: Branch) -> None:
    """By post only with its number; sent again, both stay."""
    number = paying(branch)
    branch.pay(number, "A", 300_000)
    branch.move(number, "issued")
    with pytest.raises(Refused, match="邮寄要写「单号」"):
        branch.move(number, "delivered", delivery={"method": "post"})
    branch.move(number, "delivered")
    branch.move(number, "issued")
    branch.move(number, "delivered", delivery={"method": "post", "tracking": "SF123"})
    sent = branch.get(number).work["deliveries"]
    assert [(d["method"], d.get("tracking")) for d in sent] == [
        ("electronic", None), ("post", "SF123"),
    ]  # fmt: skip
    assert "单号 SF123" in branch.said()[-1]
    signed = {"method": "post", "tracking": "SF123", "signed_on": "2026-11-27"}
    branch.move(number, "closed", delivery=signed)
    assert branch.get(number).work["deliveries"][-1]["signed_on"] == "2026-11-27"


def test_a_correction_keeps_what_was(branch: Branch) -> None:
    """The old value stays in the history; a value that does not fit is refused by name."""
    number = branch.open()
    assert branch.amend(number, limit="3000000") == ["limit"]
    assert branch.amend(number, limit="3000000") == []
    event = branch.events(number)[-1]
    assert event.data == {"before": {"limit": "2000000"}, "after": {"limit": "3000000"}}
    with pytest.raises(Refused, match="「三者险限额」的值 '5' 不合要求"):
        branch.amend(number, limit="5")
    with pytest.raises(Refused, match="没有 salary 这一项"):
        branch.amend(number, salary="1")


def test_every_state_that_waits_for_us_is_somebodys_task(branch: Branch) -> None:
    """One open ticket in the right queue, closed when the application goes on (S36, S37)."""
    number = branch.open(branch.converse())
    seen = []
    for state in ("underwriting", "approved", "confirmed", "paying"):
        seen.append(_tasks(branch, number))
        branch.move(number, state)
    assert seen == [
        [("application_check", "sales")], [("application_underwriting", "underwriting")], [],
        [("application_follow_up", "sales")],
    ]  # fmt: skip
    assert _tasks(branch, number) == []


def _tasks(branch: Branch, number: str) -> list[tuple[str, str | None]]:
    tickets: list[Ticket] = branch.rows(Ticket)
    return [(t.kind, t.queue) for t in tickets if t.about == number and t.status != "done"]


def test_what_the_customer_does_is_not_told_to_the_customer(branch: Branch) -> None:
    """Withdrawing sends no notice; and nothing leads out of it."""
    number = branch.open(branch.converse())
    branch.move(number, "withdrawn", "customer")
    assert branch.said() == []
    with pytest.raises(Refused, match="可以到：无"):
        branch.move(number, "received")

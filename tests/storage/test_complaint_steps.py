"""The steps of a complaint: what each takes, who may take it, what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import Refused
from tests.storage.complaints_kit import CLOSING, DECISION, NOW, Room, at


def test_work_needs_a_person_as_owner(room: Room) -> None:
    """A group cannot be asked."""
    number = room.open()
    with pytest.raises(Refused, match="具体的经办人"):
        room.move(number, "accepted")


def test_the_whole_way_with_what_each_step_takes(room: Room) -> None:
    """Received, accepted, investigated, proposed, negotiated, decided, closed."""
    number = room.open()
    room.move(number, "accepted", owner="王专员")
    room.milestone(number, "contacted", "已通话")
    room.move(number, "investigating")
    room.milestone(number, "investigation", "调取录音：确有迟延")
    room.milestone(number, "progress", "已调取录音，正在核实", tell=True)
    with pytest.raises(Refused, match="处理方案"):
        room.move(number, "proposing")
    room.move(number, "proposing", plan="道歉并重新定损")
    room.move(number, "negotiating")
    with pytest.raises(Refused, match=r"决定.*依据和理由.*告知方式"):
        room.move(number, "decided", decision="属实")
    room.move(number, "decided", **DECISION)
    assert room.clocks(number)["decision"].state == "met"
    with pytest.raises(Refused, match="没有回复不算接受"):
        room.move(number, "closed", **CLOSING)
    room.position(number, "accepted")
    with pytest.raises(Refused, match="根因"):
        room.move(number, "closed")
    with pytest.raises(Refused, match="「根因」可选"):
        room.move(number, "closed", **CLOSING | {"root_cause": "weather"})
    room.move(number, "closed", **CLOSING)
    assert room.get(number).closed_at == NOW
    texts = room.texts()
    assert any("正在核实：已调取录音" in text for text in texts)
    assert any("30 日内向上级机构申请核查" in text for text in texts)
    assert not any("重新定损" in text for text in texts)  # a short message tells no content
    hooks = {item.body["type"] for item in room.desk.outbox("webhook")}
    assert {"complaint.opened", "complaint.status_changed", "complaint.position"} <= hooks
    assert "13072283390" not in str([item.body for item in room.desk.outbox("webhook")])


def test_steps_out_of_order_are_refused_with_the_way_on(room: Room) -> None:
    """The table says where it may go."""
    number = room.open()
    with pytest.raises(Refused, match="可以到：已受理"):
        room.move(number, "decided", **DECISION)


def test_not_reached_needs_three_attempts(room: Room) -> None:
    """Three calls at different times, on record, after the decision."""
    number = room.open()
    room.milestone(number, "attempt", "无人接听")
    room.decide(number)
    room.position(number, "unreached")
    for _ in range(3):
        with pytest.raises(Refused, match="3 次"):
            room.move(number, "closed", **CLOSING)
        room.desk.later(days=1)
        room.milestone(number, "attempt", "无人接听")
    room.move(number, "closed", **CLOSING)
    assert room.get(number).position == "unreached"


def test_severity_rises_freely_and_falls_only_by_a_supervisor(room: Room) -> None:
    """With a reason, and the clock of the new level."""
    number = room.open()
    room.do(number, lambda s, c: s.severity(c, "P1", "来过律师函"))
    assert "contact_p1" in room.clocks(number)
    with pytest.raises(Refused, match="主管确认"):
        room.do(number, lambda s, c: s.severity(c, "P3", "小事"))
    room.do(number, lambda s, c: s.severity(c, "P3", "误会"), role="supervisor")
    assert room.get(number).severity == "P3"
    with pytest.raises(Refused, match="现在是 P3"):
        room.do(number, lambda s, c: s.severity(c, "P3", "同"))


@pytest.mark.parametrize("documents", [["保单复印件"], ["通话录音"], ["身份证明", "定损单"]])
def test_what_we_have_is_not_asked_for(room: Room, documents: list[str]) -> None:
    """CMP20 13: the company looks into its own drawers."""
    number = room.open()
    with pytest.raises(Refused, match="不得要求投诉人提供"):
        room.milestone(number, "request", "请补", documents=documents)
    room.milestone(number, "request", "请补授权书", documents=["授权委托书"])


def test_joined_complaints_hear_their_own_result(room: Room) -> None:
    """One lead, each author told without a word about the others."""
    lead, other = room.open(), room.open(phone="13800001111", reporter="郝建")
    with pytest.raises(Refused, match="不能并入"):
        room.move(other, "merged", into=other, reason="同一次查勘")
    with pytest.raises(Refused, match="理由"):
        room.move(other, "merged", into=lead)
    room.move(other, "merged", into=lead, reason="同一次查勘")
    with pytest.raises(Refused, match="反过来合并"):
        room.move(lead, "merged", into=room.open(), reason="同一次查勘")
    room.along(lead, "accepted", "investigating")
    with pytest.raises(Refused, match="给并入投诉的人的答复"):
        room.move(lead, "decided", **DECISION)
    room.move(lead, "decided", **DECISION, decision_for_joined="已整改派工流程。")
    assert room.get(other).decision == "已整改派工流程。"
    told = [item for item in room.desk.outbox("complaint_notice") if "合并" in item.body["text"]]
    assert [item.body["to"] for item in told] == ["13800001111"]
    assert "重新定损" not in told[0].body["text"]


def test_only_one_matter_is_joined_and_it_comes_apart_again(room: Room) -> None:
    """A complaint does not vanish in a stranger's, nor in a later one; its clock comes back."""
    first = room.open(story="定损员压价，少赔了两千")
    other = room.open(story="柜员态度差还摔单子", phone="13800001111", reporter="郝建")
    with pytest.raises(Refused, match="同一件事"):
        room.move(other, "merged", into=first, reason="都是投诉")
    later = room.open(story="定损员又压价", phone="13800002222", reporter="孟平")
    room.move(later, "merged", into=first, reason="同一名定损员、同一种做法")
    assert room.get(later).due_at is None
    with pytest.raises(Refused, match="理由"):
        room.move(later, "investigating", owner="刘洋")
    room.move(later, "investigating", owner="刘洋", reason="查明是两回事")
    apart = room.get(later)
    assert (apart.joined_to, apart.status) == (None, "investigating")
    assert apart.due_at is not None


def test_not_ours_is_passed_on_with_word(room: Room) -> None:
    """To a body of the list, and the author is told to whom."""
    number = room.open()
    given = {"told_by": "电话", "reason": "投诉的是修理厂收费"}
    with pytest.raises(Refused, match="受理机构可选"):
        room.move(number, "transferred", body="居委会", **given)
    room.move(number, "transferred", body="维修企业", **given)
    assert room.get(number).due_at is None
    assert "由维修企业受理" in room.texts()[-1]
    with pytest.raises(Refused, match="只能记备注"):
        room.milestone(number, "contacted", "")
    room.milestone(number, "note", "存档")


def test_a_withdrawal_ends_it_the_same_day(room: Room) -> None:
    """CMP20 16."""
    number = room.open()
    room.move(number, "withdrawn")
    assert room.get(number).due_at is None
    assert room.clocks(number)["decision"].state == "met"


def test_a_review_is_asked_within_thirty_days_and_decided_by_another(room: Room) -> None:
    """30 + 30, by somebody who did not decide."""
    number = room.open()
    room.decide(number)
    room.desk.now = at("2026-10-20T10:00")
    room.position(number, "rejected")
    room.move(number, "review", reason="不认可定损依据")
    complaint = room.get(number)
    assert (complaint.owner, complaint.due_on) == ("客户服务部主管岗", date(2026, 11, 19))
    assert "最晚 2026年11月19日 前给出核查结论" in room.texts()[-1]
    room.move(number, "decided", **DECISION | {"outcome": "upheld"})
    assert (room.get(number).outcome, room.get(number).position) == ("upheld", None)
    late = room.open()
    room.decide(late)
    room.desk.later(days=31)
    with pytest.raises(Refused, match="30 日"):
        room.move(late, "review", reason="晚了")


def test_money_is_approved_by_another_within_their_limits(room: Room) -> None:
    """Proposed by one, approved by a second person with the authority (4.4)."""
    number = room.open()
    room.do(number, lambda s, c: s.compensate(c, 80_000, "条款第九条", approval=False))
    with pytest.raises(Refused, match="没有这笔"):
        room.do(number, lambda s, c: s.compensate(c, 70_000, "x", approval=True), role="admin")
    with pytest.raises(Refused, match="双人复核"):
        room.do(number, lambda s, c: s.compensate(c, 80_000, "x", approval=True), role="admin")
    other = {"actor": "api:李主管"}
    with pytest.raises(Refused, match=r"无权批准 800\.00 元"):
        room.do(
            number,
            lambda s, c: s.compensate(c, 80_000, "x", approval=True),
            role="supervisor",
            **other,
        )
    room.do(number, lambda s, c: s.compensate(c, 80_000, "x", approval=True), role="admin", **other)
    assert room.kinds(number)[-1] == "compensation_approved"

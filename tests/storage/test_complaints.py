"""Complaints: received, owned without interest, decided in time, closed with a position."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.errors import Refused
from storage import complaint_parties
from storage.complaints_steps import ComplaintSteps
from storage.models.case import Ticket
from storage.models.quality import Improvement
from tests.storage.claims_kit import HOOK, desk_on
from tests.storage.complaints_kit import CLOSING, DECISION, SAID, Room, found

NOW = datetime(2026, 9, 28, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def room(database: Engine) -> Iterator[Room]:
    """A branch on a Monday, two days before the National Day."""
    desk = desk_on(database, webhooks=[HOOK], branch={"hotline": "95505"})
    desk.now = NOW
    yield Room(desk)
    desk.ways.close()


def at(text: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_s57_every_complaint_has_number_clocks_and_owner(room: Room) -> None:
    """Received on 28 September: answered by 13 October, first contact by the severity."""
    number = room.open()
    complaint = room.get(number)
    assert (complaint.status, complaint.owner) == ("received", "客户服务部投诉岗")
    assert complaint.due_on == date(2026, 10, 13)
    clocks = room.clocks(number)
    assert clocks["decision"].due_at == at("2026-10-14T00:00")
    assert "国庆节假期照算自然日" in clocks["decision"].reason
    assert clocks["contact_p2"].due_at == at("2026-09-28T15:30")
    assert clocks["receipt"].due_at == at("2026-09-29T00:00")
    assert complaint.due_at == at("2026-09-28T15:30")
    assert room.kinds(number) == ["received"]


def test_a_letter_counts_from_the_day_it_came(room: Room) -> None:
    """Entered later, due as of its receipt; tomorrow's letter is refused."""
    number = room.work(
        lambda s: s.register.open(SAID, "letter", None, at("2026-09-25T16:00")).number
    )
    assert room.get(number).due_on == date(2026, 10, 10)
    with pytest.raises(Refused, match="不能晚于现在"):
        room.work(lambda s: s.register.open(SAID, "letter", None, at("2026-09-29T16:00")))


@pytest.mark.parametrize(
    ("story", "severity", "category", "dispute", "capacity"),
    [
        ("你们不解决我就开直播曝光", "P0", "其他", "其他", "self"),
        ("业务员误导我买，说什么都赔", "P1", "售前宣传", "销售", "self"),
        ("核保不给理由，拒保了", "P3", "承保", "承保", "self"),
        ("扣款扣了两回，多扣的不给退", "P2", "缴费", "收费", "self"),
        ("替我妈投诉，柜员态度差", "P2", "服务态度", "服务", "proxy"),
        ("父亲去世，继承人来问意外险", "P3", "其他", "其他", "heir"),
        ("我们业主们集体投诉，水管爆了没人管", "P2", "其他", "服务", "group"),
        ("孙经理收了我五百块红包才给办", "P1", "缴费", "收费", "self"),
        ("我的个人信息被泄露，天天骚扰电话", "P1", "信息安全", "信息泄露", "self"),
    ],
)
def test_the_words_say_what_it_is(
    room: Room, story: str, severity: str, category: str, dispute: str, capacity: str
) -> None:
    """Severity, stage, dispute and capacity come from the table; a clerk may say otherwise."""
    complaint = room.get(room.open(story=story, demand=""))
    said = (complaint.severity, complaint.category, complaint.dispute, complaint.capacity)
    assert said[0] == severity or said[0] < severity
    assert said[1:] == (category, dispute, capacity)
    overruled = room.get(room.open(story=story, category="缴费", capacity="self"))
    assert (overruled.category, overruled.capacity) == ("缴费", "self")


def test_what_a_regulator_passes_on_is_urgent(room: Room) -> None:
    """The same words are P2 from a customer and P1 from the regulator (domain.md 4.2)."""
    own = room.work(lambda s: s.register.open(SAID, "web").number)
    passed_on = room.work(lambda s: s.register.open(SAID, "regulator").number)
    assert room.get(own).severity == "P2"
    assert room.get(passed_on).severity == "P1"


def test_a_surname_with_a_title_shuts_out_all_of_that_name(room: Room) -> None:
    """«孙经理»: until it is known who that is, nobody called 孙 may own or read it."""
    number = room.open(story="孙经理收了我五百块红包才给办")
    with pytest.raises(Refused, match="被投诉人"):
        room.move(number, "accepted", owner="孙立")
    room.move(number, "accepted", owner="李专员")
    assert room.get(number).owner == "李专员"


def test_an_anonymous_complaint_is_received(room: Room) -> None:
    """No name, no telephone: no receipt clock, nobody to call, and still 15 days."""
    number = room.open(phone=None, reporter=None)
    clocks = room.clocks(number)
    assert "receipt" not in clocks
    assert clocks["decision"].state == "running"
    room.close(number)
    assert room.desk.outbox("survey_invitation") == []
    assert "callback" not in room.clocks(number)


def test_the_accused_never_owns_it(room: Room) -> None:
    """By name, by staff number, by either part of a label; nor does the claim's own handler."""
    number = room.open(story="你们查勘员王敏态度太差，工号8021")
    for name in ("王敏", "王敏 8021", "8021", "查勘部/王敏"):
        with pytest.raises(Refused, match="被投诉人"):
            room.do(number, lambda s, c, name=name: s.register.assign(c, name))  # type: ignore[misc]
    with pytest.raises(Refused, match="被投诉人"):
        room.move(number, "accepted", owner="王敏")
    room.move(number, "accepted", owner="李专员")
    assert room.get(number).owner == "李专员"


def test_an_owner_who_turns_out_to_be_accused_loses_it(room: Room) -> None:
    """Named later, shut out at once."""
    number = room.open()
    room.move(number, "accepted", owner="李专员")
    room.do(number, lambda s, c: s.add_party(c, "against", {"name": "李专员"}))
    assert room.get(number).owner == "客户服务部主管岗"


def test_the_handler_of_the_claim_stands_aside(room: Room) -> None:
    """Who decided the claim does not decide about the complaint."""
    claim = room.desk.open()
    room.desk.move(claim, "contacted", owner="赵理赔")
    number = room.open(about=claim)
    assert room.get(number).claim_number == claim
    with pytest.raises(Refused, match="须回避"):
        room.move(number, "accepted", owner="赵理赔")


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
    with pytest.raises(Refused, match="root_cause 可选"):
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


def test_15_30_60_with_approval_and_notice(room: Room) -> None:
    """Each prolongation is asked for, approved by another with the right to, and told at once."""
    number = room.open()
    with pytest.raises(Refused, match="没有等待审批"):
        room.approve(number)
    room.ask(number)
    assert room.get(number).due_on == date(2026, 10, 13)  # asking moves nothing
    with pytest.raises(Refused, match="在等审批"):
        room.ask(number)
    with pytest.raises(Refused, match="不能自己批准"):
        room.approve(number, actor="api:王专员")
    room.approve(number)
    assert room.get(number).due_on == date(2026, 10, 28)
    assert "办理期限延至 2026年10月28日，已经客户服务部主管批准" in room.texts()[-1]
    assert "要调取三个月的录音" in room.clocks(number)["decision"].reason
    room.ask(number, "等司法鉴定")
    with pytest.raises(Refused, match="分公司负责人"):
        room.approve(number)
    room.approve(number, role="admin")
    assert room.get(number).due_on == date(2026, 11, 27)
    with pytest.raises(Refused, match="最多 2 次"):
        room.ask(number)


def test_a_refused_prolongation_moves_nothing(room: Room) -> None:
    """And it may be asked for again with a better reason."""
    number = room.open()
    room.ask(number)
    room.approve(number, yes=False)
    assert room.get(number).due_on == date(2026, 10, 13)
    room.ask(number, "确需鉴定")


def test_too_late_is_too_late(room: Room) -> None:
    """After the day nobody prolongs; nor after the decision."""
    number = room.open()
    room.ask(number)
    room.desk.now = at("2026-10-14T00:00")
    with pytest.raises(Refused, match="不能再延期"):
        room.approve(number)
    other = room.open()
    room.decide(other)
    with pytest.raises(Refused, match="不用延期"):
        room.ask(other)


def test_a_suspension_stops_the_clock(room: Room) -> None:
    """Ten days before the court are ten days more, and it goes back whence it came."""
    number = room.open()
    room.along(number, "accepted", "investigating")
    room.desk.later(days=1)
    room.move(number, "suspended", reason="法院已受理")
    room.desk.later(days=10)
    assert room.clocks(number)["decision"].state == "paused"
    with pytest.raises(Refused, match="可以到"):
        room.move(number, "decided", **DECISION)
    room.move(number, "investigating")
    assert room.get(number).due_on == date(2026, 10, 23)


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
    with pytest.raises(Refused, match="decision_for_joined"):
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


def test_s58_survey_and_call_back_follow_the_closing(room: Room) -> None:
    """Planned for the third day, promised within seven; «no» opens a review by another."""
    number = room.open()
    room.close(number)
    (survey,) = room.desk.outbox("survey_invitation")
    assert (survey.status, survey.due_at) == ("planned", at("2026-10-01T10:00"))
    assert room.clocks(number)["callback"].due_at == at("2026-10-06T00:00")
    room.desk.later(days=4)
    made = room.call_back(number, "no")
    assert made is not None
    assert (made.kind, made.queue, made.about) == ("complaint_review", "lead", number)
    assert room.clocks(number)["callback"].state == "met"
    with pytest.raises(Refused, match="办结以后"):
        room.call_back(room.open(), "yes")
    with pytest.raises(Refused, match="solved"):
        room.call_back(number, "maybe")


def test_who_has_a_conversation_is_asked_there(room: Room) -> None:
    """The plan of surveys asks in the conversation: no second invitation by short message."""
    room.close(room.open("webchat", room.desk.converse("webchat")))
    assert room.desk.outbox("survey_invitation") == []


def test_the_end_is_told_to_the_figures(room: Room) -> None:
    """Accepted, or upheld by a review, counts as success; a mere closing does not."""
    accepted = room.open()
    room.close(accepted)
    upheld = room.open()
    room.decide(upheld)
    room.position(upheld, "rejected")
    room.move(upheld, "review", reason="不服")
    room.move(upheld, "decided", **DECISION)
    room.position(upheld, "rejected")
    room.move(upheld, "closed", **CLOSING)
    refused = room.open()
    room.decide(refused)
    room.position(refused, "rejected")
    room.move(refused, "closed", **CLOSING)
    ends = [room.desk.events(n)[-1].data for n in (accepted, upheld, refused)]
    assert [end.get("outcome") for end in ends] == ["accepted", "upheld", "rejected"]


def test_reopening_takes_back_what_was_planned(room: Room) -> None:
    """A new clock, no survey meanwhile; closed again, asked again."""
    number = room.open()
    room.close(number)
    room.desk.now = at("2026-09-30T10:00")
    with pytest.raises(Refused, match="写明理由"):
        room.move(number, "investigating")
    room.move(number, "investigating", reason="客户说没有道歉")
    complaint = room.get(number)
    assert (complaint.due_on, complaint.closed_at) == (date(2026, 10, 15), None)
    assert [i.status for i in room.desk.outbox("survey_invitation")] == ["suppressed"]
    room.along(number, "decided")
    room.position(number, "accepted")
    room.along(number, "closed")
    statuses = [i.status for i in room.desk.outbox("survey_invitation")]
    assert statuses == ["suppressed", "planned"]


def test_three_of_one_cause_in_a_month_make_an_improvement(room: Room) -> None:
    """The third closes the count; the fourth adds nothing; another month counts anew."""

    def improvements() -> int:
        kinds = select(Ticket).where(Ticket.kind == "improvement")
        items = select(Improvement).where(Improvement.source == "complaint")

        def count(steps: ComplaintSteps) -> tuple[int, int]:
            session = steps.register.uow.session
            return len(session.scalars(kinds).all()), len(session.scalars(items).all())

        tickets, found = room.work(count)
        assert tickets == found
        return found

    for expected in (0, 0, 1, 1):
        room.close(room.open())
        assert improvements() == expected
    room.desk.now = at("2026-10-09T10:00")
    room.close(room.open())
    assert improvements() == 1


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


def test_five_representatives_at_most(room: Room) -> None:
    """CMP20 12."""
    people = [{"role": "representative", "name": f"代表{n}"} for n in range(6)]
    with pytest.raises(Refused, match="最多 5 名"):
        room.open(parties=people)
    number = room.open(parties=people[:5])
    parties = room.work(lambda s: complaint_parties.of(s.register.uow.session, number))
    assert len(parties) == 5


def test_a_second_one_about_the_same_is_marked(room: Room) -> None:
    """Same phone, same stage, within thirty days."""
    first = room.open()
    assert room.get(room.open()).facts["repeats"] == first
    assert "repeats" not in room.get(room.open(phone="13800001111")).facts


def test_the_bot_itself_may_be_complained_about(room: Room) -> None:
    """It goes to the supervisors, with the conversation."""
    number = room.open("webchat", room.desk.converse("webchat"), story="你们机器人答非所问")
    complaint = room.get(number)
    assert (complaint.owner, complaint.facts["target"]) == ("客户服务部主管岗", "bot")
    assert complaint.conversation_id is not None


def test_the_calendar_may_end_and_complaints_go_on(room: Room) -> None:
    """At the end of the last announced year the legal day is known and the other one is not."""
    room.desk.now = at("2026-12-31T17:00")
    number = room.open()
    clocks = room.clocks(number)
    assert clocks["decision"].due_at == at("2027-01-16T00:00")
    assert clocks["contact_p2"].state == "unknown"
    assert room.get(number).due_on == date(2027, 1, 15)


def test_moments_must_be_possible(room: Room) -> None:
    """Nothing happens before the complaint came, nor tomorrow."""
    number = room.open()
    for when in ("2026-09-27T10:00", "2026-09-29T10:00"):
        with pytest.raises(Refused, match="不能晚于现在"):
            room.do(
                number,
                lambda s, c, when=when: s.milestone(c, "contacted", "", at(when), {}),  # type: ignore[misc]
            )
    assert room.work(lambda s: found(s, number)).status == "received"

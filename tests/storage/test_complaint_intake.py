"""A complaint comes in: what it is, who it is about, who may own it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import Refused
from storage import complaint_parties
from tests.storage.complaints_kit import SAID, Room, at, found


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

"""Several people at one conversation: collisions, supervisors, recall, retry, one person twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.episode import ConsoleEvent
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House

_message, _item, _event = table_of(Message), table_of(OutboxItem), table_of(ConsoleEvent)


def key(number: int) -> str:
    """Return the key of a press."""
    return f"press-{number:08d}"


def served(house: House, peer: str = "p1") -> int:
    """Let a customer be served by 王敏."""
    number = house.customer("转人工", peer)
    assert house.log_in("王敏").post(f"/console/c/{number}/take").status_code == 200
    return number


def last(house: House, number: int, author: str = "agent") -> int:
    """Return the seq of the newest message of an author."""
    query = select(_message.c.seq).where(
        _message.c.conversation_id == number, _message.c.author == author
    )
    newest = query.order_by(_message.c.seq.desc()).limit(1)
    return int(house.run(lambda uow: uow.connection.execute(newest).scalar()))


def settle(house: House, number: int, seq: int, status: str, reason: str = "") -> None:
    """Let a delivery end."""
    change = update(_item).where(_item.c.dedupe_key == f"said:{number}:{seq}")
    house.run(lambda uow: uow.connection.execute(change.values(status=status, reason=reason)))


def events(house: House, kind: str) -> Any:
    """Return conversation and addressee of what consoles were told."""
    query = select(_event.c.conversation_id, _event.c.agent).where(_event.c.kind == kind)
    return house.run(lambda uow: [tuple(row) for row in uow.connection.execute(query)])


def test_what_others_said_meanwhile_is_shown_before_the_send(house: House) -> None:
    """The sheet names who said what; nothing was sent; «send anyway» sends it once."""
    number = served(house)
    agent = house.log_in("王敏")
    told = last(house, number, "system")
    house.customer("等等，我说错了，是昨天", "p1")
    form = {"text": "好的，今天", "key": key(1), "told": told}
    sheet = agent.post(f"/console/c/{number}/say", data=form)
    assert sheet.status_code == 412
    assert "等等，我说错了" in sheet.text
    assert "好的，今天" not in agent.get(f"/console/c/{number}/thread").text
    form["told"] = sheet.text.split('data-last="')[1].split('"')[0]
    assert agent.post(f"/console/c/{number}/say", data=form).status_code == 200
    form["told"] = told
    assert agent.post(f"/console/c/{number}/say", data=form).status_code == 200
    assert agent.get(f"/console/c/{number}/thread").text.count("好的，今天") == 1


def test_a_supervisor_speaks_along_and_is_gone_with_the_stretch(house: House) -> None:
    """The agent keeps the floor, both are heard, an agent may not, a transfer ends it."""
    number = served(house)
    lead, other = house.log_in("刘洋"), house.log_in("李强")
    said = {"text": "我是主管，我来说明", "key": key(2)}
    assert lead.post(f"/console/c/{number}/say", data=said).status_code == 409
    assert other.post(f"/console/c/{number}/join").status_code == 403
    joined = lead.post(f"/console/c/{number}/join")
    assert "退出一起服务" in joined.text
    assert lead.post(f"/console/c/{number}/join").text.count("也加入了") == 1
    assert lead.post(f"/console/c/{number}/say", data=said).status_code == 200
    agent = house.log_in("王敏")
    assert agent.post(
        f"/console/c/{number}/say", data={"text": "我也在", "key": key(3)}
    ).status_code == 200  # fmt: skip
    assert (number, "王敏") in events(house, "joined")
    lead.post(f"/console/c/{number}/leave")
    again = {"text": "还有一句", "key": key(4)}
    assert lead.post(f"/console/c/{number}/say", data=again).status_code == 409
    lead.post(f"/console/c/{number}/join")
    agent.post(f"/console/c/{number}/release")
    other.post(f"/console/c/{number}/take")
    assert lead.post(f"/console/c/{number}/say", data=again).status_code == 409


def test_a_whisper_reaches_the_agent_and_nobody_else(house: House) -> None:
    """It is a note: in the thread of staff, announced to whoever serves, never to the customer."""
    number = served(house)
    house.log_in("刘洋").post(f"/console/c/{number}/note", data={"text": "先道歉再说"})
    assert events(house, "note") == [(number, "王敏")]
    query = select(_item.c.body).where(_item.c.conversation_id == number)
    bodies = house.run(lambda uow: list(uow.connection.execute(query).scalars()))
    assert all("先道歉" not in str(body) for body in bodies)


def test_a_supervisor_assigns_whoever_had_it(house: House) -> None:
    """From the queue and from an agent; the new one is told; an agent may not assign."""
    number = house.customer("转人工")
    lead = house.log_in("刘洋")
    refused = house.log_in("李强").post(f"/console/c/{number}/assign", data={"to": "李强"})
    assert refused.status_code == 403
    assert lead.post(f"/console/c/{number}/assign", data={"to": "没有这个人"}).status_code == 409
    assert lead.post(f"/console/c/{number}/assign", data={"to": "陈立"}).status_code == 409
    for name in ("王敏", "李强"):
        assert lead.post(f"/console/c/{number}/assign", data={"to": name}).status_code == 200
        assert 'data-mode="say"' in house.log_in(name).get(f"/console/c/{number}").text
    assert events(house, "assigned") == [(number, "王敏"), (number, "李强")]
    assert lead.post(f"/console/c/{number}/assign", data={"to": "李强"}).status_code == 409
    stale = lead.post(f"/console/c/{number}/assign", data={"to": "王敏", "seen": 1})
    assert stale.status_code == 409
    page = lead.get(f"/console/c/{number}").text
    seen = page.split('data-rev="')[1].split('"')[0]
    for _ in range(2):
        again = lead.post(f"/console/c/{number}/assign", data={"to": "王敏", "seen": seen})
        assert again.status_code == 200, again.text
    assert events(house, "assigned")[2:] == [(number, "王敏")]


def test_one_can_take_ones_own_words_back(house: House) -> None:
    """On the web page they vanish; the record keeps them; colleagues and late hands cannot."""
    number = served(house)
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/say", data={"text": "发错人了", "key": key(5)})
    seq = last(house, number)
    settle(house, number, seq, "sent")
    assert house.log_in("李强").post(f"/console/c/{number}/recall/{seq}").status_code == 409
    recalled = agent.post(f"/console/c/{number}/recall/{seq}")
    assert "已撤回" in recalled.text
    assert "发错人了" in recalled.text
    import asyncio  # noqa: PLC0415

    seen = asyncio.run(house.app.chat.events_after("p1", 0, 100))
    assert not any("发错人了" in str(event.body) for event in seen)
    assert [event.body["recalls"] for event in seen if "recalls" in event.body] == [seq]
    agent.post(f"/console/c/{number}/say", data={"text": "又错了", "key": key(6)})
    late = last(house, number)
    settle(house, number, late, "sent")
    house.later(minutes=3)
    assert agent.post(f"/console/c/{number}/recall/{late}").status_code == 409
    assert agent.post(f"/console/c/{number}/recall/999").status_code == 409


def test_what_wechat_has_sent_cannot_be_taken_back_but_what_waits_can(house: House) -> None:
    """The agent is told so in words; before it leaves, it never leaves."""
    number = served(house)
    change = update(_item).values(channel="wechat")
    agent = house.log_in("王敏")
    for text, number_of_press in (("第一句", 7), ("第二句", 8)):
        form = {"text": text, "key": key(number_of_press)}
        agent.post(f"/console/c/{number}/say", data=form)
    house.run(lambda uow: uow.connection.execute(change))
    second = last(house, number)
    settle(house, number, second - 1, "sent")
    refused = agent.post(f"/console/c/{number}/recall/{second - 1}", headers={"HX-Request": "1"})
    assert "撤不回" in refused.text
    assert agent.post(f"/console/c/{number}/recall/{second}").status_code == 200
    query = select(_item.c.status).where(_item.c.dedupe_key == f"said:{number}:{second}")
    assert house.run(lambda uow: uow.connection.execute(query).scalar()) == "suppressed"


def test_telegram_is_asked_to_delete_what_it_delivered(house: House) -> None:
    """The deletion is owed in the outbox, with the message's own number, once."""
    number = served(house)
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/say", data={"text": "发错人了", "key": key(9)})
    seq = last(house, number)
    change = update(_item).where(_item.c.dedupe_key == f"said:{number}:{seq}")
    values = {"channel": "telegram", "status": "sent", "provider_id": "4711"}
    house.run(lambda uow: uow.connection.execute(change.values(values)))
    for _ in range(2):
        assert agent.post(f"/console/c/{number}/recall/{seq}").status_code == 200
    query = select(_item.c.body).where(_item.c.kind == "recall")
    bodies = house.run(lambda uow: list(uow.connection.execute(query).scalars()))
    assert [body["message"] for body in bodies] == ["4711"]


@pytest.mark.parametrize("status", ["failed", "undeliverable", "unknown"])
def test_what_did_not_arrive_can_be_sent_again(house: House, status: str) -> None:
    """The reason and the way out stand at the message; sent ones are not repeated."""
    number = served(house)
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/say", data={"text": "材料收到了", "key": key(10)})
    seq = last(house, number)
    settle(house, number, seq, status, "网络不通")
    shown = agent.get(f"/console/c/{number}/thread").text
    assert "网络不通" in shown
    assert f"/retry/{seq}" in shown
    assert agent.post(f"/console/c/{number}/retry/{seq}").status_code == 200
    assert agent.post(f"/console/c/{number}/retry/{seq}").status_code == 409
    query = select(_item.c.status).where(_item.c.dedupe_key == f"said:{number}:{seq}")
    assert house.run(lambda uow: uow.connection.execute(query).scalar()) == "due"
    assert house.log_in("李强").post(f"/console/c/{number}/retry/{seq}").status_code == 409


def test_one_person_in_two_conversations(house: House) -> None:
    """Joined with a reason, seen from both, taken together, parted again; the record stays."""
    first, second = house.customer("转人工", "p1"), house.customer("人工客服", "p2")
    agent = house.log_in("王敏")
    path = f"/console/c/{first}/same"
    wrong = [(str(second), ""), ("x", "plate"), ("999", "plate"), (str(first), "plate")]
    for target, reason in wrong:
        form = {"other": target, "reason": reason}
        assert agent.post(path, data=form).status_code == 409
    form = {"other": f"#{second}", "reason": "plate"}
    assert "：同一辆车" in agent.post(path, data=form).text
    assert agent.post(path, data=form).status_code == 409
    for one, other in ((first, second), (second, first)):
        assert f"c={other}" in agent.get(f"/console/c/{one}/side").text
    agent.post(f"/console/c/{first}/take")
    owners = house.run(lambda uow: [uow.conversations.get(n).agent for n in (first, second)])
    assert owners == ["王敏", "王敏"]
    parted = agent.post(f"/console/c/{first}/part/{second}")
    assert "：同一辆车" not in parted.text
    assert agent.post(f"/console/c/{first}/part/{second}").status_code == 409

    def kept(uow: UnitOfWork) -> int:
        from storage.models.desk import SamePerson  # noqa: PLC0415

        return uow.session.query(SamePerson).filter_by(by="王敏", undone_by="王敏").count()

    assert house.run(kept) == 1


def test_the_divider_stands_before_what_came_while_away(house: House) -> None:
    """Only after the agent was away, and with the number of new lines."""
    number = served(house)
    agent = house.log_in("王敏")
    agent.get(f"/console/c/{number}")
    house.customer("马上就说", "p1")
    assert "您离开后" not in agent.get(f"/console/c/{number}").text
    house.later(minutes=5)
    for text in ("我到现场了", "照片马上发"):
        house.customer(text, "p1")
    assert "以下 2 条是您离开后到的" in agent.get(f"/console/c/{number}").text
    assert "您离开后" not in agent.get(f"/console/c/{number}").text


def test_typing_is_told_only_where_somebody_looks(house: House) -> None:
    """Nobody looks: nothing is written down."""
    number = served(house)
    agent, lead = house.log_in("王敏"), house.log_in("刘洋")
    agent.post(f"/console/c/{number}/typing")
    assert events(house, "typing") == []
    lead.get(f"/console/c/{number}")
    agent.post(f"/console/c/{number}/typing")
    assert events(house, "typing") == [(number, None)]

"""The typing sign: shown while an answer is prepared, and never in the way of one."""

from __future__ import annotations

import asyncio
import threading

from bot.handoff import Desk
from tests.bot.channels.telegram.fake_api import FakeBotApi, Fault
from tests.bot.channels.telegram.kit import CHAT, NOW, Customer, Process, run

_ACTION = "sendChatAction"


def test_a_quick_answer_shows_it_too(process: Process, api: FakeBotApi) -> None:
    """Once for each message, to whoever wrote; what nobody answers shows none."""
    customer = Customer(at=NOW)
    run(process, lambda: process.talk(customer.says("在吗"), customer.says("怎么报案")))
    assert api.calls[_ACTION] == 2
    assert api.made[_ACTION] == {"chat_id": str(CHAT), "action": "typing"}
    left = {"status": "kicked", "user": {"id": 1, "is_bot": True, "first_name": "b"}}
    old = {**left, "status": "member"}
    gone = {"chat": {"id": CHAT, "type": "private"}, "from": {"id": CHAT, "is_bot": False,
            "first_name": "客"}, "date": 1, "old_chat_member": old,
            "new_chat_member": {**left, "until_date": 0}}  # fmt: skip
    run(process, lambda: process.talk(customer.update(my_chat_member=gone)))
    assert api.calls[_ACTION] == 2


def test_an_answer_waits_for_no_sign(process: Process, api: FakeBotApi) -> None:
    """The platform hangs on the sign, or refuses it: the answer is there all the same."""
    hangs = threading.Event()
    api.fail(_ACTION, *[Fault(raw=b'{"ok": true, "result": true}', hangs=hangs)] * 9)
    customer = Customer(at=NOW)

    async def work() -> None:
        assert await process.post(customer.says("在吗")) == 200
        while await process.app.dispatcher.run_once():
            pass
        assert len(api.texts(CHAT)) == 1
        hangs.set()
        api.faults[_ACTION].clear()
        api.fail(_ACTION, Fault(status=429, retry_after=9))
        await process.talk(customer.says("怎么报案"))
        assert len(api.texts(CHAT)) == 2

    run(process, work)


def test_where_many_wait_only_few_signs_are_shown(process: Process, api: FakeBotApi) -> None:
    """The line belongs to the answers: four signs at once, whatever comes."""
    hangs = threading.Event()
    api.fail(_ACTION, *[Fault(raw=b'{"ok": true, "result": true}', hangs=hangs)] * 9)

    async def work() -> None:
        people = [Customer(CHAT + n, NOW) for n in range(9)]
        posted = await asyncio.gather(*(process.post(one.says("在吗")) for one in people))
        assert posted == [200] * 9
        assert len(process.telegram.intake._typing) <= 4
        hangs.set()

    run(process, work)
    assert 0 < api.calls[_ACTION] <= 4


def test_nothing_is_shown_where_a_person_is_to_answer(process: Process, api: FakeBotApi) -> None:
    """The bot writes nothing then, so it does not look as if it did."""
    customer = Customer(at=NOW)
    run(process, lambda: process.talk(customer.says("转人工")))
    number = process.conversation()
    process.app.transactions.run(lambda uow: Desk(uow, NOW).take(number, "王敏"))
    before = api.calls[_ACTION]
    run(process, lambda: process.talk(customer.says("在吗")))
    assert api.calls[_ACTION] == before

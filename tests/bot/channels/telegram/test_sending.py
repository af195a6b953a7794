"""The way out: limits, errors, and what each of them means for an item of the outbox."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.telegram.pace import Pace
from bot.channels.telegram.text import split, units
from bot.errors import RetryLater
from tests.bot.channels.telegram.fake_api import BOT_ID, FakeBotApi, Fault, shown
from tests.bot.channels.telegram.kit import CHAT, NOW, Customer, Process, run


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite will do here: nothing depends on the kind of the database."""
    return f"sqlite:///{tmp_path / 'anda.db'}"


def _owe(process: Process, text: str, number: int = 1, **more: object) -> None:
    process.app.transactions.run(
        lambda uow: uow.outbox.queue(
            dedupe_key=f"test:{number}", kind="reply", channel="telegram", account=BOT_ID,
            peer=str(CHAT), body={"type": "text", "text": text, **more}, due_at=NOW, now=NOW,
        )
    )  # fmt: skip


def _fate(process: Process) -> tuple[str, str]:
    (item,) = process.items()
    return item["status"], item["reason"]


def test_a_long_text_comes_in_parts_that_say_it_all(process: Process, api: FakeBotApi) -> None:
    """Nothing is lost, doubled or too long, whatever characters it has; buttons come last."""
    text = "请您核对<以下>内容 & 回复😀。" * 700
    _owe(process, text, name="小李", buttons=["确认"])
    run(process, process.deliver)
    assert len(api.sent) == 4
    whole = "".join(shown(message["text"]) for message in api.sent)
    assert whole.removeprefix("小李\n") == text
    assert [bool(m.get("reply_markup")) for m in api.sent] == [False, False, False, True]


def test_splitting_counts_as_telegram_does() -> None:
    """A character outside the BMP counts twice; one sentence may be longer than a part."""
    text = "😀" * 5000 + "。" + "a" * 4097
    parts = split(text)
    assert "".join(parts) == text
    assert max(map(units, parts)) <= 4096


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        (Fault(403, "Forbidden: user is deactivated"), "undeliverable", "403"),
        (Fault(400, "Bad Request: chat not found"), "undeliverable", "没有这个聊天"),
        (Fault(400, "Bad Request: message is too long"), "failed", "too long"),
        (Fault(401, "Unauthorized"), "due", "令牌"),
        (Fault(429, "Too Many Requests", retry_after=7), "due", "429"),
        (Fault(reset=True, done=True), "unknown", "没有回音"),
        (Fault(reset=True), "unknown", "没有回音"),
        (Fault(502, raw=b"<html>bad gateway"), "unknown", "没有回音"),
        (Fault(raw=b"no json"), "unknown", "看不懂"),
    ],
)
def test_each_error_has_its_meaning(
    process: Process, api: FakeBotApi, fault: Fault, status: str, reason: str
) -> None:
    """Only what certainly did not arrive is tried again; what may have arrived is marked."""
    _owe(process, "您好")
    api.fail("sendMessage", fault)
    run(process, process.deliver)
    fate = _fate(process)
    assert (fate[0], reason in fate[1]) == (status, True), fate
    assert api.calls["sendMessage"] == 1
    assert len(api.sent) == fault.done


def test_nobody_there_is_tried_again(process: Process, api: FakeBotApi) -> None:
    """A refused connection did certainly not deliver anything."""
    changed = process.telegram.settings.model_copy(update={"api_base_url": "http://127.0.0.1:9"})
    process.telegram.settings = changed
    _owe(process, "您好")
    run(process, process.deliver)
    assert _fate(process)[0] == "due"
    assert (process.items()[0]["due_at"] - NOW) == timedelta(seconds=5)


def test_after_429_everybody_rests_and_nothing_is_lost(process: Process, api: FakeBotApi) -> None:
    """The limit is the bot's: others wait too, without asking Telegram again."""
    for number in range(3):
        _owe(process, f"第{number}条", number)
    api.fail("sendMessage", Fault(429, "Too Many Requests", retry_after=1))
    clock = [NOW]
    process.app.clock = lambda: clock[0]

    async def work() -> None:
        await process.deliver()
        assert (api.calls["sendMessage"], api.sent) == (1, [])
        await asyncio.sleep(1.1)
        clock[0] += timedelta(seconds=2)
        await process.deliver()

    run(process, work)
    assert api.texts(CHAT) == ["第0条", "第1条", "第2条"]
    assert api.calls["sendMessage"] == 4


def test_html_that_telegram_refuses_goes_out_bare(process: Process, api: FakeBotApi) -> None:
    """A refusal of the format is no reason to say nothing."""
    _owe(process, "a < b")
    api.fail("sendMessage", Fault(400, "Bad Request: can't parse entities: x"))
    run(process, process.deliver)
    assert _fate(process)[0] == "sent"
    assert api.calls["sendMessage"] == 2


def test_a_blocked_customer_is_marked_and_nothing_more_is_sent(
    process: Process, api: FakeBotApi
) -> None:
    """One 403 ends all that is owed to a customer."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says("你好"))
        api.blocked.add(str(CHAT))
        await process.post(customer.says("怎么投诉"))
        await process.post(customer.says("理赔要多久"))
        await process.deliver()

    run(process, work)
    assert [item["status"] for item in process.items()] == ["sent", *["undeliverable"] * 2]
    assert api.calls["sendMessage"] == 2
    number = process.conversation()
    assert not process.app.transactions.read(lambda uow: uow.conversations.get(number).subscribed)


def test_the_token_is_in_no_reason(process: Process, api: FakeBotApi) -> None:
    """What stands beside an item or in a log never shows the address with its token."""
    _owe(process, "您好")
    api.fail("sendMessage", Fault(reset=True))
    run(process, process.deliver)
    assert "fake-token" not in str(process.items())


def test_the_pace_keeps_both_limits() -> None:
    """So many a second over all, one a second to a chat after a short burst."""
    now, slept = [100.0], list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    async def work() -> None:
        pace = Pace(10, 1, lambda: now[0], sleep)
        for _ in range(4):
            await pace.turn("a")
        assert slept == [1.0]
        slept.clear()
        for number in range(8):
            await pace.turn(f"chat{number}")
        assert slept == [0.1, 0.2]
        pace.rest(timedelta(seconds=5))
        with pytest.raises(RetryLater):
            await pace.turn("b")
        now[0] += 6
        await pace.turn("b")

    asyncio.run(work())

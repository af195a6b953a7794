"""One message = one turn = one transaction, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.bootstrap import App
from bot.dialogue.message import Attachment, InboundMessage
from bot.engine import Engine
from bot.result import Result
from bot.scripts.records import records
from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.outbox import Media, OutboxItem
from storage.unit_of_work import UnitOfWork
from tests.bot.engine_kit import Make, message, say
from tests.fakes import FakeKnowledge

ONE_BREATH = "我要报案 刚才在南京路追尾了 没伤人 报警了 能开 车牌津A12345 我叫张伟 电话13800000009"


def texts(app: App, peer: str = "p1") -> list[str]:
    """Return what the customer said, in stored order."""

    def work(uow: UnitOfWork) -> list[str]:
        found = uow.conversations.id_of("webchat", "acc", peer)
        rows = uow.conversations.after(found or 0, 0, 1_000)
        return [row["body"]["text"] for row in rows if row["author"] == "customer"]

    return app.transactions.read(work)


def test_a_repeated_message_gets_the_stored_reply_and_no_second_effect(make_app: Make) -> None:
    """The platform's retry is our retry: one claim, the same answer, byte for byte."""
    app = make_app()
    say(app, "1", ONE_BREATH)
    first = say(app, "2", "确认提交")
    again = [say(app, "2", "确认提交") for _ in range(3)]
    assert "CL" in first.now[0].text
    assert all(result.duplicate and result.now == first.now for result in again)
    assert len(app.transactions.read(records)["claims"]) == 1


def test_sixteen_deliveries_at_once_over_two_processes_have_one_effect(make_app: Make) -> None:
    """Concurrent duplicates in different processes: one claim and one text."""
    apps = [make_app(), make_app()]
    say(apps[0], "1", ONE_BREATH)

    async def deliver(app: App) -> list[Result | None]:
        copies = [message(app, "2", "确认提交") for _ in range(8)]
        return await asyncio.gather(*map(app.inbox.result, copies))

    with ThreadPoolExecutor(2) as processes:
        outcomes = processes.map(lambda app: asyncio.run(deliver(app)), apps)
    answers = [result for results in outcomes for result in results if result]
    assert len(answers) == 16
    assert len({result.now for result in answers}) == 1
    assert len(apps[0].transactions.read(records)["claims"]) == 1


def test_the_same_key_of_two_customers_is_two_messages(make_app: Make) -> None:
    """The key is account, sender and message id together."""
    app = make_app()
    say(app, "1", "你好", "anna")
    assert say(app, "1", "你好", "bert").duplicate is False


def test_one_customers_messages_are_handled_in_the_order_they_came(make_app: Make) -> None:
    """A burst is worked out one by one, first come, first served."""
    app = make_app()

    async def burst() -> None:
        await asyncio.gather(
            *(app.inbox.result(message(app, str(n), f"第{n}句")) for n in range(12))
        )

    asyncio.run(burst())
    assert texts(app) == [f"第{n}句" for n in range(12)]


def test_a_dialogue_goes_on_in_another_process(make_app: Make) -> None:
    """The state is in the database and nowhere else."""
    first, second = make_app(), make_app()
    say(first, "1", "我要投诉，业务员态度特别差，说话很难听")
    result = say(second, "2", "我叫李明 13800000008 要他道歉")
    assert result.state["flow"] == "complaint"
    assert "李明" in "".join(reply.text for reply in result.now)


def test_a_turn_that_breaks_is_stored_and_apologised_for(
    make_app: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The customer gets a sentence with a reference, staff get a hand-off, nothing is lost."""
    app = make_app()

    def broken(*_: object) -> object:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(Engine, "_commands", broken)
    result = say(app, "1", "你好")
    assert "系统刚才出了点问题" in result.now[0].text
    assert "Error" not in result.now[0].text
    assert texts(app) == ["你好"]
    assert app.transactions.read(records)["handoffs"] == 1


def test_a_late_answer_goes_out_through_the_outbox(make_app: Make) -> None:
    """Past the deadline the request is acknowledged and the replies are owed, exactly once."""
    app = make_app()
    gate = threading.Event()

    def wait(uow: UnitOfWork) -> None:
        gate.wait(10)

    blocker = app.transactions.submit(wait)
    if app.transactions.engine.dialect.name == "postgresql":
        # The pool has several workers: the conversation's row is what has to wait.
        say(app, "0", "你好")
        gate.set()
        blocker.result()
        gate.clear()
        ready = threading.Event()

        def hold(uow: UnitOfWork) -> None:
            uow.conversations.open(message(app, "x", ""), app.clock())
            ready.set()
            gate.wait(10)

        blocker = app.transactions.submit(hold)
        ready.wait(5)

    async def late() -> None:
        asked = await app.inbox.result(message(app, "1", "交强险赔多少"), within=0.2)
        assert asked is None
        assert len(list(app.inbox.spool.folder.glob("*.msg"))) == 1
        gate.set()
        await app.inbox.drain()
        again = await app.inbox.result(message(app, "1", "交强险赔多少"), within=2)
        assert again is not None
        assert again.now == ()

    asyncio.run(late())
    blocker.result()
    owed = app.transactions.read(
        lambda uow: list(uow.connection.execute(select(table_of(OutboxItem).c.dedupe_key)))
    )
    assert len(owed) >= 1
    assert list(app.inbox.spool.folder.glob("*.msg")) == []


def test_what_was_acknowledged_before_a_crash_is_answered_after_it(make_app: Make) -> None:
    """A spooled message of a dead process becomes a turn with its replies in the outbox."""
    app = make_app()
    app.inbox.spool.write(message(app, "1", "交强险赔多少"))
    assert asyncio.run(app.inbox.work_off_spool()) == 1
    assert texts(app) == ["交强险赔多少"]
    owed = app.transactions.read(lambda uow: uow.outbox.lease("w", app.clock(), 60, 10))
    assert len(owed) == 1
    assert asyncio.run(app.inbox.work_off_spool()) == 0


def test_an_agent_who_owns_the_conversation_is_not_talked_over(make_app: Make) -> None:
    """While an agent has it the bot stores what is said and stays silent."""
    from bot.handoff import Desk, Done  # noqa: PLC0415

    app = make_app()
    say(app, "1", "转人工")

    def take(uow: UnitOfWork) -> Done:
        found = uow.conversations.id_of("webchat", "acc", "p1") or 0
        return Desk(uow, app.clock()).take(found, "小李")

    assert app.transactions.run(take).ok
    assert say(app, "2", "在吗").now == ()
    assert texts(app)[-1] == "在吗"


def test_photos_are_stored_and_fetched_by_the_outbox(make_app: Make) -> None:
    """A platform's photo is a row at once and a download owed within its three days."""
    app = make_app()
    photo = InboundMessage(
        "wechat", "acc", "p1", "1", app.clock(), kind="image", attachment=Attachment("image", "MID")
    )
    result = asyncio.run(app.inbox.result(photo))
    assert result is not None
    assert "照片收到" in result.now[0].text
    rows = app.transactions.read(
        lambda uow: [(m.ref, m.status) for m in uow.session.scalars(select(Media))]
    )
    assert rows == [("MID", "due")]
    [owed] = app.transactions.read(
        lambda uow: list(uow.connection.execute(select(table_of(OutboxItem).c.kind)))
    )
    assert owed.kind == "media"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\0",
        "\ud83d",
        "\u202e\u202e",
        "a" * 100_000,
        "{0.__class__}",
        "%s%n",
        "'; DROP TABLE--",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "😀" * 500,
        "̴" * 2000,
        "\n" * 5000,
        "１２３" * 700,
    ],
)
def test_odd_texts_get_an_answer_and_are_kept(make_app: Make, text: str) -> None:
    """No text breaks a turn, on either database."""
    app = make_app()
    result = say(app, "1", text)
    assert result.now
    assert "系统刚才" not in result.now[0].text
    assert len(texts(app)) == 1


def test_a_clock_that_jumps_does_not_reorder(make_app: Make) -> None:
    """The order of a conversation is its numbers, not its times."""
    app = make_app()
    say(app, "1", "你好")
    real = app.clock
    app.inbox.clock = lambda: real() - timedelta(hours=1)
    say(app, "2", "在吗")
    assert texts(app) == ["你好", "在吗"]


def test_every_reply_is_stored_with_the_message_it_answers(make_app: Make) -> None:
    """Replies follow their message in the same transaction."""
    app = make_app()
    result = say(app, "1", "你好")
    table = table_of(Message)
    rows = app.transactions.read(
        lambda uow: list(uow.connection.execute(select(table).order_by(table.c.seq)).mappings())
    )
    assert [row["author"] for row in rows] == ["customer"] + ["bot"] * len(result.now)
    assert {row["reply_to"] for row in rows[1:]} == {1}


@pytest.mark.parametrize("channel", ["webchat", "wechat"])
def test_the_match_trace_is_kept_with_the_reply_and_never_sent(
    make_app: Make, channel: str
) -> None:
    """It says why; a repeat of the message gets the same content, and the outbox has none of it."""
    app = make_app()
    app.__dict__["knowledge"] = FakeKnowledge({"拖车要钱吗": "拖车免费。"})
    app.__dict__["products"] = ()
    asked = message(app, "1", "拖车要钱吗", channel=channel)
    first, again = (asyncio.run(app.inbox.result(asked)) for _ in range(2))
    assert first is not None
    assert again is not None
    sent = [reply.to_json() for reply in first.now]
    assert sent == [reply.to_json() for reply in again.now]
    assert not {"entry", "score", "trace"} & set(sent[0])

    def stored(uow: UnitOfWork) -> tuple[dict[str, Any], list[Any]]:
        found = uow.conversations.id_of(channel, "acc", "p1")
        bodies = [r["body"] for r in uow.conversations.after(found or 0, 0, 9) if r["reply_to"]]
        owed = uow.connection.execute(select(table_of(OutboxItem).c.body)).scalars().all()
        return bodies[0], list(owed)

    body, owed = app.transactions.read(stored)
    assert body["entry"] == "拖车要钱吗"
    assert body["score"] == 0.95
    assert body["trace"] == {"asked": "拖车要钱吗", "why": ["同字"]}
    assert "同字" not in str(owed)

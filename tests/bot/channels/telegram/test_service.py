"""Registering with Telegram, and polling where it cannot reach us."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.telegram.updates import WANTED
from bot.errors import OutcomeUnknown, RetryLater
from tests.bot.channels.telegram.fake_api import FakeBotApi, Fault
from tests.bot.channels.telegram.kit import CHAT, SECRET, Customer, Process, run


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite will do here: nothing depends on the kind of the database."""
    return f"sqlite:///{tmp_path / 'anda.db'}"


async def _until(process: Process, happened: Callable[[], bool]) -> None:
    """Let the service run until something happens, or fail."""
    service = asyncio.create_task(process.telegram.run())
    try:
        async with asyncio.timeout(30):
            while not happened():
                await asyncio.sleep(0.02)
                await process.deliver()
    finally:
        service.cancel()
        await asyncio.gather(service, return_exceptions=True)


def test_with_a_public_address_telegram_is_told_of_it(process: Process, api: FakeBotApi) -> None:
    """The webhook is set with the secret and the kinds of updates; the menu is published."""
    process.telegram.public_url = "https://bot.example.cn/"
    run(process, lambda: _until(process, lambda: "setMyCommands" in api.made))
    hook = api.made["setWebhook"]
    assert hook["url"] == "https://bot.example.cn/telegram/webhook"
    assert (hook["secret_token"], hook["allowed_updates"]) == (SECRET, list(WANTED))
    shown = {c["command"]: c["description"] for c in api.made["setMyCommands"]["commands"]}
    assert shown["claim"] == "报案"
    assert api.calls["getUpdates"] == 0


def test_without_one_updates_are_fetched_and_answered_once(
    process: Process, api: FakeBotApi
) -> None:
    """Polling takes each update once, also when asking for the next batch fails."""
    customer = Customer()
    api.updates += [customer.says("怎么投诉"), {"update_id": 1_000_000_000, "poll": 5}]
    api.updates += [{"update_id": 1_000_000_001, **_without_number(customer.says("理赔要多久"))}]
    api.fail("getUpdates", Fault(409, "Conflict"), Fault(500, raw=b"?"))
    run(process, lambda: _polled(process, api))
    assert len(api.texts(CHAT)) == 2
    assert "deleteWebhook" in api.made


def _without_number(update: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in update.items() if name != "update_id"}


async def _polled(process: Process, api: FakeBotApi) -> None:
    # The pauses after an error are long; that both are errors we wait out is enough here.
    for expected in (RetryLater, OutcomeUnknown):
        with pytest.raises(expected):
            await process.telegram._service._poll(0)
    await _until(process, lambda: len(api.texts(CHAT)) == 2 and not api.updates)


def test_a_process_that_died_before_telling_the_offset_takes_them_again(
    process: Process, api: FakeBotApi
) -> None:
    """The numbers are asked for again after a crash; the effects are not doubled."""
    api.updates += [Customer().says("怎么投诉")]

    async def work() -> None:
        for _ in range(2):
            await process.telegram._service._poll(0)
        await process.deliver()

    run(process, work)
    assert len(api.texts(CHAT)) == 1


def test_trouble_that_nobody_thought_of_keeps_no_customer_out(
    process: Process, api: FakeBotApi
) -> None:
    """A fault in the group's check, in registering or in polling is told, and the rest goes on."""
    service = process.telegram._service
    polled: list[int] = []
    tried: list[int] = []
    poll, register = service._poll, service._register

    async def broken() -> None:
        raise TypeError("an answer of a shape that the library does not know")

    async def poll_once_broken(offset: int) -> int:
        polled.append(offset)
        if len(polled) == 1:
            raise ValueError("what came was no update")
        return await poll(offset)

    async def register_once_broken() -> None:
        tried.append(1)
        await (register() if len(tried) > 1 else broken())

    service.group = broken
    service._poll = poll_once_broken  # type: ignore[method-assign]
    service._register = register_once_broken  # type: ignore[method-assign]
    service.pause = timedelta(milliseconds=1)
    api.updates += [Customer().says("怎么投诉")]
    run(process, lambda: _until(process, lambda: len(api.texts(CHAT)) == 1))
    assert "deleteWebhook" in api.made
    assert (len(tried), len(polled) > 1) == (2, True)

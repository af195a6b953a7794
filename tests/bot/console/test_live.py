"""The stream of a page: it ends with the account, and only with its own."""

from __future__ import annotations

import asyncio

from bot.console.live import News
from storage.ownership import OUT
from tests.bot.console.conftest import House


def test_a_closed_account_hears_nothing_more(house: House) -> None:
    """The page of whoever was disabled is cut off at once; a colleague's goes on."""
    news = News(house.app.transactions, lambda: house.moment)

    async def listen(agent: str) -> int:
        """Return how much came until the line was cut."""
        return len([frame async for frame in news.stream(agent, None)])

    async def work() -> tuple[int, bool]:
        gone, stays = asyncio.create_task(listen("王敏")), asyncio.create_task(listen("李强"))
        await asyncio.sleep(0.05)

        def close() -> None:
            house.run(lambda uow: uow.ownership.tell(OUT, None, "王敏", house.moment))

        await asyncio.to_thread(close)
        news.ring()
        async with asyncio.timeout(20):
            came = await gone
        alive = not stays.done()
        stays.cancel()
        if news._reader:
            news._reader.cancel()
        return came, alive

    came, alive = asyncio.run(work())
    assert came >= 2
    assert alive

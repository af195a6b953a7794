"""Whether a WeChat user follows us: asked anew when the platform says that they have changed.

It is all that we keep of the platform's own data; names and pictures are never asked for. Whoever
a message did not reach because they are gone is noted the same way.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.channels.wechat.client import WeChatApi
from bot.errors import Unreachable
from bot.outbox import Deliver
from storage.outbox import Leased
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

_ENDPOINT = "user/info"
# Not following, blocked, or nobody's.
GONE = ("43004", "43019", "40003")
_WHY = "客户已取消关注"


@dataclass(frozen=True)
class ProfileRefresh:
    """Delivers the errand ``profile``: asks the platform, and writes down what it says."""

    api: WeChatApi
    transactions: Transactions

    async def __call__(self, item: Leased) -> str:
        """Ask and write it down."""
        follows = await asyncio.to_thread(self._follows, item.peer)
        work = self.transactions.submit(lambda uow: _note(uow, item, follows=follows))
        await asyncio.wrap_future(work)
        return ""

    def _follows(self, peer: str) -> bool:
        try:
            answer = self.api.get(_ENDPOINT, params={"openid": peer, "lang": "zh_CN"})
        except Unreachable:
            return False
        return bool(answer.get("subscribe"))


def noting_who_is_gone(deliver: Deliver, transactions: Transactions) -> Deliver:
    """Return the same delivery; whoever it finds gone gets nothing more until they come back."""

    async def delivered(item: Leased) -> str:
        try:
            return await deliver(item)
        except Unreachable as error:
            if str(error).startswith(GONE):
                work = transactions.submit(lambda uow: _note(uow, item, follows=False))
                await asyncio.wrap_future(work)
            raise

    return delivered


def _note(uow: UnitOfWork, item: Leased, *, follows: bool) -> None:
    found = uow.conversations.id_of(item.channel, item.account, item.peer)
    if found is None:
        return
    conversation = uow.conversations.get(found)
    if conversation.subscribed != follows:
        uow.conversations.set_subscribed(conversation, subscribed=follows)
    if not follows:
        uow.outbox.drop_for(found, _WHY)

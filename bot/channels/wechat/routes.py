"""What delivers which outbox items of the ``wechat`` channel."""

from __future__ import annotations

from bot.channels.media import MediaDelivery
from bot.channels.wechat.client import WeChatApi
from bot.channels.wechat.media import WeChatMedia
from bot.channels.wechat.profiles import ProfileRefresh, noting_who_is_gone
from bot.channels.wechat.sender import WeChatSender
from bot.media import MediaStore
from bot.outbox import Deliver
from storage.outbox import Leased
from storage.transactions import Transactions


def routes(
    api: WeChatApi, media: MediaStore, transactions: Transactions
) -> dict[tuple[str, str], Deliver]:
    """Return them: messages, photos to be fetched, and whether somebody follows us still."""
    sender = WeChatSender(api)

    async def say(item: Leased) -> str:
        return await sender.send(item.account, item.peer, item.body)

    fetcher = WeChatMedia(api, media.max_bytes)
    return {
        ("*", "wechat"): noting_who_is_gone(say, transactions),
        ("profile", "wechat"): ProfileRefresh(api, transactions),
        ("media", "wechat"): MediaDelivery(fetcher, media, transactions),
    }

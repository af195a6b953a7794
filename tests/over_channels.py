"""Play a dialogue script over a channel: what the customer says passes through its front door."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from defusedxml import ElementTree
from PIL import Image

from bot.bootstrap import App
from bot.dialogue.gates import gated
from bot.dialogue.message import InboundMessage, Reply
from bot.result import Result
from bot.scripts.player import Play
from tests.bot.channels.telegram.fake_api import BOT_ID, FakeBotApi, shown
from tests.bot.channels.telegram.kit import CHAT, Customer, Process, run, settings
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import OPENID, request
from tests.bot.channels.wechat.fake_api import FakeApi


def jpeg() -> bytes:
    """Return a small photo."""
    data = BytesIO()
    Image.new("RGB", (8, 8)).save(data, "JPEG")
    return data.getvalue()


@dataclass
class OverChannel(Play):
    """A play whose every message is a process of its own, as after a restart."""

    def _deliver(self, message: InboundMessage) -> Result:
        said = self._carried(message)
        found = self.app.transactions.read(self._seen)
        self.app.transactions.close()
        self.app = self._open()
        return Result(found[0], 0, tuple(Reply(text) for text in said), found[1])

    def _act(self, turn: Mapping[str, Any]) -> None:
        """Deliver what a person says at once: it belongs to this turn and not to the next."""
        super()._act(turn)
        if turn.keys() & {"agent", "agent_action"}:
            self._flush()
            self.app.transactions.close()
            self.app = self._open()

    def _flush(self) -> None:
        raise NotImplementedError

    def _seen(self, uow: Any) -> tuple[int, dict[str, Any]]:
        conversation = uow.conversations.id_of(*self.address) or 0
        now = uow.conversations.get(conversation)
        top = (now.state.get("stack") or [{}])[-1]
        return conversation, {"flow": gated(top) or top.get("flow"), "owner": now.owner}

    def _carried(self, message: InboundMessage) -> Sequence[str]:
        raise NotImplementedError


@dataclass
class OverTelegram(OverChannel):
    """Updates in, Bot API calls out; a text that stands on a button is tapped."""

    api: FakeBotApi = field(default_factory=FakeBotApi)
    customer: Customer = field(default_factory=Customer)

    @property
    def address(self) -> tuple[str, str, str]:
        """Return the chat."""
        return "telegram", BOT_ID, str(CHAT)

    def _open(self) -> App:
        app = super()._open()
        app.settings = app.settings.model_copy(update={"telegram": settings(self.api.url)})
        return app

    def _carried(self, message: InboundMessage) -> Sequence[str]:
        process = Process(self.app, self.api)
        self.customer.at = self.at
        before = len(self.api.sent)
        run(process, lambda: process.talk(self._update(message)))
        return [shown(sent["text"]) for sent in self.api.sent[before:]]

    def _flush(self) -> None:
        process = Process(self.app, self.api)
        run(process, process.deliver)

    def _update(self, message: InboundMessage) -> dict[str, Any]:
        if message.kind == "image":
            self.api.files["photo"] = jpeg()
            size = {"file_id": "photo", "file_unique_id": "p", "width": 8, "height": 8}
            return self.customer.sends(photo=[size])
        if message.location:
            point = {"latitude": message.location.lat, "longitude": message.location.lon}
            place = {"location": point, "title": message.location.label, "address": ""}
            return self.customer.sends(venue=place)
        if message.kind == "event":
            return self.customer.says("/start" if message.event == "subscribe" else message.event)
        shown_now = self.api.buttons(CHAT) if self.api.sent else {}
        newest = bool(self.api.sent and self.api.sent[-1].get("reply_markup"))
        if newest and message.text in shown_now:
            return self.customer.taps(shown_now[message.text])
        return self.customer.says(message.text)


@dataclass
class OverWeChat(OverChannel):
    """Encrypted pushes in; passive replies and customer-service messages out."""

    api: FakeApi = field(default_factory=FakeApi)

    @property
    def address(self) -> tuple[str, str, str]:
        """Return the follower."""
        return "wechat", self._account.app_id, OPENID

    @property
    def _account(self) -> Any:
        return platform.settings(api_base_url=self.api.url)

    def _open(self) -> App:
        app = super()._open()
        app.settings = app.settings.model_copy(update={"wechat": self._account})
        return app

    def _carried(self, message: InboundMessage) -> Sequence[str]:
        before = len(self.api.sent)

        async def work() -> str:
            callback = self.app.wechat_callback()
            assert callback is not None
            pushed = platform.push(self._account, self._xml(message), int(self.at.timestamp()))
            answer = await request(callback, *pushed)
            assert answer.status == 200
            await self._delivered()
            await self.app.inbox.drain()
            return self._passive(answer.body)

        passive = asyncio.run(work())
        later = [sent["text"]["content"] for sent in self.api.sent[before:]]
        return [text for text in (passive, *later) if text]

    async def _delivered(self) -> None:
        while await self.app.dispatcher.run_once():
            pass

    def _flush(self) -> None:
        asyncio.run(self._delivered())

    def _passive(self, body: bytes) -> str:
        if body in (b"", b"success"):
            return ""
        opened = ElementTree.fromstring(platform.open_reply(self._account, body))
        return opened.findtext("Content") or ""

    def _xml(self, message: InboundMessage) -> str:
        at = int(self.at.timestamp())
        number = f"<MsgId>{message.key[1:]}</MsgId>"
        if message.kind == "event":
            name, _, key = message.event.partition(":")
            fields = f"<EventKey><![CDATA[{key}]]></EventKey>"
            return platform.event_xml(OPENID, "CLICK" if key else name, at, fields)
        if message.kind == "image":
            self.api.media["photo"] = (jpeg(), "image/jpeg")
            fields = "<MsgType>image</MsgType><PicUrl>x</PicUrl><MediaId>photo</MediaId>"
            return platform.message_xml(OPENID, at, fields + number)
        if message.kind == "voice":
            fields = (
                "<MsgType>voice</MsgType><MediaId>voice</MediaId><Format>amr</Format>"
                f"<Recognition><![CDATA[{message.text}]]></Recognition>"
            )
            return platform.message_xml(OPENID, at, fields + number)
        if place := message.location:
            fields = (
                f"<MsgType>location</MsgType><Location_X>{place.lat}</Location_X>"
                f"<Location_Y>{place.lon}</Location_Y><Scale>15</Scale>"
                f"<Label><![CDATA[{place.label}]]></Label>"
            )
            return platform.message_xml(OPENID, at, fields + number)
        return platform.text_xml(OPENID, message.text, message.key[1:], at)

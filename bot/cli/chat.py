"""`anda chat`: talk to the bot in the terminal, with the server's own engine and database."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from bot import clock
from bot.bootstrap import App
from bot.cli import jsonl
from bot.dialogue.message import Attachment, InboundMessage, Location
from bot.errors import BadRequest
from bot.media import image_ending
from bot.result import Result
from storage import schema

_MAX_LAT, _MAX_LON = 90, 180


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chat)


def chat(
    peer: Annotated[str, typer.Option(help="客户标识；同一个标识接着上次聊")] = "terminal",
    as_lines: Annotated[bool, typer.Option("--jsonl")] = False,
) -> None:
    """在终端里和机器人对话。"""
    parts = App.from_configuration()
    schema.upgrade(parts.transactions.engine)
    talk = Terminal(parts, peer)
    parts.knowledge_watcher.start()
    try:
        (_lines if as_lines else _prompt)(talk)
    finally:
        parts.knowledge_watcher.stop()
        parts.transactions.close()


@dataclass
class Terminal:
    """One customer at a terminal; the clock can be moved by ``{"at": ISO}``."""

    app: App
    peer: str
    at: datetime | None = None
    _set_at: datetime = field(default_factory=clock.now)

    def now(self) -> datetime:
        """Return the moved clock's time; it runs on from where it was set."""
        return self.at + (clock.now() - self._set_at) if self.at else clock.now()

    def move(self, text: str) -> None:
        """Set the clock."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise BadRequest(f"时间 {text} 看不懂，请写成 2026-11-22T09:30:00+08:00") from None
        self.at = moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)
        self._set_at = clock.now()
        self.app.clock = self.now
        self.app.inbox.clock = self.now

    def say(self, row: Mapping[str, Any]) -> Result:
        """Hand one line to the engine and deliver what it owes (codes, reminders).

        At a moved clock only what this turn owes: other customers live by the real time.
        """
        message = self._message(row)
        newest = self.app.transactions.read(lambda uow: uow.outbox.newest()) if self.at else 0

        async def turn() -> Result:
            result = await self.app.inbox.result(message)
            assert result is not None  # without a deadline there is always a result
            if self.at:
                await self.app.dispatcher.run_newer(newest)
            else:
                await self.app.dispatcher.run_once()
            return result

        return asyncio.run(turn())

    def _message(self, row: Mapping[str, Any]) -> InboundMessage:
        common: dict[str, Any] = {
            "channel": "terminal",
            "account": "cli",
            "peer": self.peer,
            "key": uuid4().hex,
            "sent_at": self.now(),
        }
        if place := row.get("location"):
            return InboundMessage(**common, kind="location", location=_location(place))
        if path := row.get("image"):
            return InboundMessage(**common, kind="image", attachment=self._photo(Path(str(path))))
        return InboundMessage(**common, text=str(row.get("text") or ""))

    def _photo(self, path: Path) -> Attachment:
        try:
            with path.open("rb") as file:
                data = file.read(self.app.media.max_bytes + 1)
        except OSError:
            raise BadRequest(f"照片 {path} 读不到，请检查路径") from None
        too_big = len(data) > self.app.media.max_bytes
        if too_big or (ending := image_ending(data)) is None:
            raise BadRequest(f"{path} 不是能识别的照片，或者太大了")
        return Attachment("image", self.app.media.save(self.peer, data, ending), stored=True)


def _location(raw: Any) -> Location:
    try:
        lat, lon = float(raw["lat"]), float(raw["lon"])
    except (KeyError, TypeError, ValueError):
        raise BadRequest('位置要写成 {"lat": 39.1, "lon": 117.2, "label": "地名"}') from None
    if not (abs(lat) <= _MAX_LAT and abs(lon) <= _MAX_LON):
        raise BadRequest(f"位置 {lat}, {lon} 不在地球上")
    return Location(lat, lon, str(raw.get("label") or ""))


def _lines(talk: Terminal) -> None:
    """Answer every line with a line: whoever writes one and waits must not wait for ever."""
    state: Mapping[str, Any] = {"flow": None, "owner": "bot"}
    for row in jsonl.rows():
        if "at" in row:
            talk.move(str(row["at"]))
        replies: list[dict[str, Any]] = []
        if {"text", "image", "location"} & row.keys():
            result = talk.say(row)
            state = result.state
            replies = [r.to_json() for r in result.now]
        jsonl.write({"replies": replies, "state": dict(state)})


def _prompt(talk: Terminal) -> None:
    print("和安答对话，Ctrl-D 结束。")
    while True:
        try:
            text = input("您：")
        except EOFError:
            print()
            return
        for reply in talk.say({"text": text}).now:
            print(f"安答：{reply.text}")
            if reply.buttons:
                print("　　　" + "　".join(f"[{button}]" for button in reply.buttons))
        sys.stdout.flush()

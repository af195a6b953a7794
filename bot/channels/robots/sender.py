"""Hands posts to group robots; the address holds the key and is in no reason and no log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from bot.channels.pacer import Pacer
from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from bot.settings import Robot
from storage import pace
from storage.outbox import Leased
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

_TIMEOUT_S = 5.0
_SOON, _NEXT_MINUTE = timedelta(seconds=10), timedelta(seconds=60)
_ALARM_EVERY_S = 1_800.0
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# What the platform answers → what that means for us.
_BUSY, _LIMITED = (-1, 6000), (45009, 45033)
_GONE: Final = {
    93000: "机器人地址不对，或机器人已被删除",
    93004: "机器人被停用",
    93008: "机器人不在群里",
}


@dataclass(frozen=True)
class RobotSender:
    """Delivers outbox items of the channel ``robot``; ``account`` names the robot."""

    robots: Mapping[str, Robot]
    pacers: Mapping[str, Pacer]
    transactions: Transactions
    clock: Callable[[], datetime]

    async def __call__(self, item: Leased) -> str:
        """Post; raise RetryLater when it is too soon, Unreachable when nobody is there."""
        robot = self.robots.get(item.account)
        if robot is None:
            raise Unreachable(f"配置里已没有机器人 {item.account}")
        await self.pacers[robot.name].turn(item.id)
        try:
            _judge(await self._answer(robot, str(item.body["text"])))
        except (RetryLater, OutcomeUnknown):
            raise
        except DeliveryError as error:
            reason = str(error)
            work = self.transactions.submit(lambda uow: self._alarm(uow, robot.name, reason))
            await asyncio.wrap_future(work)
            raise
        return ""

    async def _answer(self, robot: Robot, text: str) -> Any:
        url = robot.url.get_secret_value()
        body = {"msgtype": "markdown", "markdown": {"content": text}}
        try:
            direct = urlsplit(url).hostname not in _LOOPBACK
            async with httpx.AsyncClient(trust_env=direct, timeout=_TIMEOUT_S) as client:
                response = await client.post(url, json=body)
        except httpx.HTTPError as error:
            name, never = type(error).__name__, isinstance(error, _NEVER_SENT)
            broken: DeliveryError = (
                RetryLater(f"连不上企业微信：{name}", _SOON)
                if never
                else OutcomeUnknown(f"发出后没有回音：{name}")
            )
        else:
            return _read(response)
        # Outside the except clause: the address holds the key.
        raise broken

    def _alarm(self, uow: UnitOfWork, robot: str, reason: str) -> None:
        """Tell the consoles that a group hears nothing; not again and again."""
        now = self.clock()
        if pace.once(uow.connection, f"alarm:robot:{robot}", _ALARM_EVERY_S, now.timestamp()):
            why = f"群机器人 {robot} 发不出去（{reason[:60]}）"
            data = {"level": "提醒", "why": why, "handoff": "请查配置", "robot": robot}
            uow.ownership.tell("alarm", None, None, now, data)


def _read(response: httpx.Response) -> Any:
    if response.status_code >= 500:
        raise RetryLater(f"企业微信返回 {response.status_code}", _SOON)
    if response.status_code == 429:
        raise RetryLater("企业微信限流", _NEXT_MINUTE)
    if response.status_code != 200:
        raise DeliveryError(f"企业微信返回 {response.status_code}")
    try:
        return response.json()
    except ValueError:
        raise OutcomeUnknown("企业微信的回答看不懂") from None


def _judge(answer: Any) -> None:
    """Return when the post was taken; raise what the platform's code means otherwise."""
    code = answer.get("errcode") if isinstance(answer, dict) else None
    if code == 0:
        return
    if not isinstance(code, int):
        raise OutcomeUnknown("企业微信的回答看不懂")
    if code in _LIMITED:
        raise RetryLater(f"{code} 超过每分钟的条数", _NEXT_MINUTE)
    if code in _BUSY:
        raise RetryLater(f"{code} 企业微信忙", _SOON)
    if code in _GONE:
        raise Unreachable(f"{code} {_GONE[code]}")
    raise DeliveryError(f"企业微信拒绝：{code}")

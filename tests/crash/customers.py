"""Customers who write over both channels and send again, under the same key, until answered."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from defusedxml import ElementTree

from bot.settings import WeChat
from tests.bot.channels.wechat import platform
from tests.crash.server import Installation

CLAIM = (
    "报案，昨天下午三点在南开区卫津路和鞍山道路口追尾了前车，没人受伤，"
    "车牌津B6K789，车能开，报警了，我叫王伟，电话13800001111"
)
COMPLAINT = "我要投诉，你们的查勘员迟到两个小时态度还差，要求书面道歉，我叫张三，电话13912345678"
SUBMIT = "确认提交"
QUESTIONS = ("交强险赔多少", "理赔要多久", "怎么投诉", "怎么退保")
CASES = {CLAIM: "CL", COMPLAINT: "CP"}
SCRIPT = (CLAIM, SUBMIT, *QUESTIONS[:2], COMPLAINT, SUBMIT)
LATER = ""  # acknowledged without content: the answer comes by another way
PATIENCE_S = 6.0
_GIVE_UP_S = 180.0
_AGAIN = 0.1
_numbers = itertools.count(int(time.time()) * 1000)


class NotAcknowledged(Exception):
    """The server did not say 200: the message must be sent again."""


@dataclass
class Sent:
    """One message and every answer it got."""

    peer: str
    key: str
    text: str
    answers: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    slowest: float = 0.0


class Way(Protocol):
    """How a customer reaches us."""

    channel: str

    def identity(self) -> str:
        """Return the id of a new customer."""
        ...

    def key(self, number: int) -> str:
        """Return the key under which the message of this number is stored."""
        ...

    def say(self, peer: str, number: int, text: str) -> tuple[int, str]:
        """Send once; return status and answer, raise OSError or HTTPException without one."""
        ...


@dataclass
class WeChatWay:
    """Pushes of the platform in safe mode; answers are opened and their address checked."""

    port: int
    account: WeChat
    channel: str = "wechat"

    def identity(self) -> str:
        """Return a new openid."""
        return f"o{next(_numbers)}{random.randrange(10**8):08d}"

    def key(self, number: int) -> str:
        """Return the stored key of a MsgId."""
        return f"m:{number}"

    def say(self, peer: str, number: int, text: str) -> tuple[int, str]:
        """Push a text message."""
        at = int(time.time())
        query, body = platform.push(self.account, platform.text_xml(peer, text, number, at), at)
        status, answer = _post(self.port, f"/wechat/callback?{urlencode(query)}", body, "text/xml")
        if status != 200 or answer == b"success":
            return status, LATER
        reply = ElementTree.fromstring(platform.open_reply(self.account, answer))
        assert reply.findtext("ToUserName") == peer, "an answer went to somebody else"
        return status, str(reply.findtext("Content"))


@dataclass
class ChatWay:
    """The web chat's own interface."""

    port: int
    channel: str = "webchat"

    def identity(self) -> str:
        """Return a new session."""
        return f"s{next(_numbers)}"

    def key(self, number: int) -> str:
        """Return the client_id of a message."""
        return f"c{number}"

    def say(self, peer: str, number: int, text: str) -> tuple[int, str]:
        """Post a message."""
        body = json.dumps({"session": peer, "client_id": self.key(number), "text": text}).encode()
        status, answer = _post(self.port, "/chat/api/messages", body, "application/json")
        if status != 200:
            return status, LATER
        return status, "\n".join(reply["text"] for reply in json.loads(answer)["replies"])


def _post(port: int, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("POST", path, body, {"Content-Type": kind, "Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def deliver(way: Way, sent: Sent, number: int) -> None:
    """Send until there is an answer, as the platform and the page do."""
    end = time.monotonic() + _GIVE_UP_S
    while time.monotonic() < end:
        started = time.monotonic()
        try:
            status, answer = way.say(sent.peer, number, sent.text)
        except (OSError, http.client.HTTPException):
            time.sleep(0.03)
            continue
        sent.statuses.append(status)
        sent.slowest = max(sent.slowest, time.monotonic() - started)
        if status == 200:
            sent.answers.append(answer)
            return
        time.sleep(0.1)
    raise NotAcknowledged(f"{sent.key} of {sent.peer}: no answer within {_GIVE_UP_S:.0f} s")


def message(way: Way, peer: str, text: str) -> tuple[Sent, int]:
    """Return a new message and its number."""
    number = next(_numbers)
    return Sent(peer, way.key(number), text), number


@dataclass
class Life:
    """What one customer said, in order; finished when the whole script was acknowledged.

    ``cases`` are the kinds of numbers that a finished script leads to, one of each.
    """

    channel: str
    peer: str
    cases: frozenset[str] = frozenset()
    said: list[Sent] = field(default_factory=list)
    finished: bool = False


class Crowd:
    """Many customers at once; each new one plays the script from the start."""

    def __init__(
        self, home: Installation, wechat: int = 8, chat: int = 4, script: Sequence[str] = SCRIPT
    ) -> None:
        self.lives: list[Life] = []
        self.errors: list[BaseException] = []
        self._script = script
        self._cases = frozenset(CASES[text] for text in script if text in CASES)
        self._done = threading.Event()
        ways: list[Callable[[], Way]] = [lambda: WeChatWay(home.port, home.account)] * wechat
        ways += [lambda: ChatWay(home.port)] * chat
        self._threads = [threading.Thread(target=self._play, args=(way(),)) for way in ways]

    def start(self) -> None:
        """Let them write."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Let everybody end the script they are in; raise what went wrong."""
        self._done.set()
        for thread in self._threads:
            thread.join()
        if self.errors:
            raise self.errors[0]

    @property
    def sent(self) -> list[Sent]:
        """Return every message that was sent."""
        return [sent for life in self.lives for sent in life.said]

    @property
    def answered(self) -> int:
        """Return how many answers came so far."""
        return sum(len(sent.answers) for sent in self.sent)

    def _play(self, way: Way) -> None:
        try:
            while not self._done.is_set():
                self._live(way, Life(way.channel, way.identity(), self._cases))
        except BaseException as error:  # a thread's failure is the test's failure
            self.errors.append(error)

    def _live(self, way: Way, life: Life) -> None:
        self.lives.append(life)
        for text in self._script:
            sent, number = message(way, life.peer, text)
            life.said.append(sent)
            deliver(way, sent, number)
            if random.random() < _AGAIN:
                deliver(way, sent, number)
        life.finished = True

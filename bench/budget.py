"""Where the processor time of a message goes: `python -m bench.budget [SIZE]`, in one process."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine as Database

from bench.pushes import AES_KEY, APP_ID, TOKEN, Platform
from bench.questions import Query, noisy, write_base
from bot.bootstrap import App
from bot.channels.base import Answer
from bot.channels.wechat.app import WeChatCallback
from bot.clock import now
from bot.dialogue.message import InboundMessage, Reply
from bot.result import Claim
from bot.settings import WeChat
from knowledge_base.loader import KnowledgeBase, load_jsonl
from knowledge_base.service import Service
from storage import schema
from storage.database import open_engine
from storage.unit_of_work import UnitOfWork

COUNT = 500
ROUNDS = 3
BATCH = 20


@dataclass
class Bench:
    """The product's parts over a generated knowledge base, and questions to ask."""

    parts: App
    database: Database
    questions: list[str]
    seed: int = 0
    number: int = 0

    @property
    def queries(self) -> list[Query]:
        """Return questions that were not asked before: what is remembered must not count."""
        self.seed += 1
        return noisy(self.questions, COUNT, self.seed)

    def messages(self) -> list[InboundMessage]:
        """Return new messages of many customers."""
        found = []
        for query in self.queries:
            self.number += 1
            peer, key = f"o{self.number % 200}", f"m:{self.number}"
            found.append(InboundMessage("wechat", APP_ID, peer, key, now(), query.text))
        return found

    def read(self) -> None:
        """Understand the sentences."""
        for query in self.queries:
            self.parts.reader.read(query.text)

    def look_up(self) -> None:
        """Find the entries."""
        for query in self.queries:
            self.parts.knowledge.look_up(query.text)

    def turns(self) -> None:
        """Work out whole turns, many in a commit, as the single writer does."""
        messages = self.messages()
        for start in range(0, len(messages), BATCH):
            with self.database.begin() as connection:
                for message in messages[start : start + BATCH]:
                    unit = UnitOfWork(connection)
                    self.parts.engine.turn(unit, message, now(), Claim())
                    unit.flush()

    def statements(self) -> None:
        """Run the statements of those turns without thinking."""
        reply = {"author": "bot", "sent_by": "response", "body": Reply("好" * 60).to_json()}
        messages = self.messages()
        for start in range(0, len(messages), BATCH):
            with self.database.begin() as connection:
                for message in messages[start : start + BATCH]:
                    unit = UnitOfWork(connection)
                    conversation = unit.conversations.open(message, now())
                    said = {"author": "customer", "key": message.key, "body": {"text": "好" * 20}}
                    unit.conversations.record(conversation, [said, reply], now())


class _Echo:
    """An inbox that costs nothing."""

    async def handle(self, message: InboundMessage, within: float | None = None) -> Answer:
        return Answer((Reply("好" * 60),), {}, False)


def door(queries: list[Query]) -> Callable[[], None]:
    """Return the opening and sealing of the callback, the inbox left out."""
    settings = WeChat.model_validate({"app_id": APP_ID, "token": TOKEN, "aes_key": AES_KEY})
    callback = WeChatCallback(settings, _Echo(), now)
    platform = Platform()

    async def send(_: object) -> None:
        return None

    async def run() -> None:
        for request in requests:
            head, _, body = request.partition(b"\r\n\r\n")
            query = head.split(b" ", 2)[1].partition(b"?")[2]
            length = (b"content-length", str(len(body)).encode())
            scope = {"type": "http", "method": "POST", "query_string": query, "headers": [length]}

            async def receive(body: bytes = body) -> dict[str, object]:
                return {"type": "http.request", "body": body, "more_body": False}

            await callback(scope, receive, send)

    requests = [platform.push("o1", query, 80).request for query in queries]
    return lambda: asyncio.run(run())


def ms(work: Callable[[], None]) -> float:
    """Return milliseconds of processor time a message: the least of several runs."""
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent) / COUNT * 1000


def main() -> None:
    """Print the budget."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as folder:
        bench = _prepare(Path(folder), size)
        sealed = ms(door(bench.queries))
        read, look_up = ms(bench.read), ms(bench.look_up)
        statements, turn = ms(bench.statements), ms(bench.turns)
        bench.database.dispose()
    rest = turn - read - look_up - statements
    print(f"{size:,} 条问题，每条消息的 CPU 毫秒（HTTP 与线程切换不在内）：")
    print(f"  解密、解析、签名、加密  {sealed:6.3f}")
    print(f"  读懂句子                {read:6.3f}")
    print(f"  知识库检索              {look_up:6.3f}")
    print(f"  SQL 与提交              {statements:6.3f}")
    print(f"  对话与其余              {rest:6.3f}")
    print(f"  合计                    {sealed + turn:6.3f}")


def _prepare(folder: Path, size: int) -> Bench:
    questions = write_base(folder / "kb.jsonl", size)
    parts = App.from_configuration()
    base = KnowledgeBase(load_jsonl(folder / "kb.jsonl"))
    vars(parts)["knowledge"] = Service(base, parts.settings.facts)
    database = open_engine(f"sqlite:///{folder / 'budget.db'}", b"k" * 32)
    schema.upgrade(database)
    return Bench(parts, database, questions)


if __name__ == "__main__":
    main()

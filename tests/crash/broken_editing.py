"""Edit the knowledge base and die at a statement: `… -m tests.crash.broken_editing URL STEP 1 5`.

Prints how many statements an undisturbed step takes when no numbers are given.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

from bot.dialogue.message import InboundMessage
from bot.knowledge import pool, seed
from bot.knowledge.releases import plan, restore
from knowledge_base.entries import Entry
from storage.database import open_engine
from storage.knowledge_values import Cut
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.crash.dying import die_in_turn, statements
from tests.crash.server import SECRET

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TEXTS = [
    seed.text_of(Entry(f"E{n:03d}", f"第 {n} 问？", (f"问法 {n}",), "答", "条款"))
    for n in range(40)
]
QUESTIONS = ("养狗能上保险吗", "养狗可以上保险吗", "地库进水赔吗")


def load(uow: UnitOfWork) -> None:
    """A file goes live."""
    held = {v.code: v.id for v in uow.knowledge.contents(uow.knowledge.live())}
    held |= uow.knowledge.add_published(TEXTS, "import", "x", NOW)
    uow.knowledge.cut(held, Cut("import", "x", NOW))


def review(uow: UnitOfWork) -> None:
    """A draft is written, handed in and approved."""
    uow.knowledge.draft(TEXTS[0], "a", NOW)
    uow.knowledge.submit("E000", "a", NOW)
    uow.knowledge.approve("E000", "b", NOW)


def publish(uow: UnitOfWork) -> None:
    """What is approved goes live."""
    uow.knowledge.lock()
    uow.knowledge.cut(plan(uow, NOW).versions, Cut("publish", "c", NOW))


def back(uow: UnitOfWork) -> None:
    """The first release is live again."""
    restore(uow, 1, "c", NOW)


def miss(uow: UnitOfWork) -> None:
    """Customers ask in vain."""
    conversation = uow.conversations.open(InboundMessage("webchat", "w", "p", "k", NOW), NOW)
    for text in QUESTIONS:
        uow.misses.note(conversation.id, "unanswered", text, {}, NOW)


def gather(uow: UnitOfWork) -> None:
    """The pool is put into clusters."""
    pool.gather(uow, NOW)


def draft(uow: UnitOfWork) -> None:
    """A cluster becomes a draft."""
    pool.draft(uow, 1, "a", NOW, {"answer": "可以"})


STEPS: dict[str, Callable[[UnitOfWork], None]] = {
    step.__name__: step for step in (load, review, publish, back, miss, gather, draft)
}


def run(url: str, step: str, deadly: int = 0) -> int:
    """Take a step and return the number of statements; be killed at the one that is ``deadly``."""
    engine = open_engine(url, SECRET.encode())
    ran = statements(engine, deadly)
    writes = transactions(engine)
    writes.run(STEPS[step])
    writes.close()
    return ran()


def main() -> None:
    """Die once per number, each time in a process of its own."""
    url, step, *deadly = sys.argv[1:]
    die_in_turn([*map(int, deadly)], lambda number: run(url, step, number))


if __name__ == "__main__":
    main()

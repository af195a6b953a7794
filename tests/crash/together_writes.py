"""What several people do at one conversation, for a process that is killed in it."""

from __future__ import annotations

from sqlalchemy import Engine

from bot.dialogue.message import InboundMessage
from bot.full_desk import FullDesk
from storage.same_people import SamePeople
from storage.search import indexing
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.fakes import NOON


def work_together(engine: Engine) -> None:
    """Join two conversations, take, say, join in, recall, assign, make the index; begun or not."""

    def begin(uow: UnitOfWork) -> tuple[int, int]:
        found = [
            uow.conversations.open(
                InboundMessage("webchat", "web", peer, "k", NOON, "人工"), NOON
            ).id
            for peer in ("p1", "p2")
        ]
        people = SamePeople(uow.connection)
        if len(people.group("conversation", found[0])) == 1:
            people.join("conversation", found[0], found[1], "plate", "王敏", NOON)
        return found[0], found[1]

    ways = transactions(engine)
    one, _ = ways.run(begin)

    def serve(uow: UnitOfWork) -> None:
        desk = FullDesk(uow, NOON)
        desk.take(one, "王敏", force=True)
        desk.join(one, "刘洋")

    ways.run(serve)
    seq = ways.run(lambda uow: FullDesk(uow, NOON).say(one, "王敏", "发错了", "press-0001")).seq
    ways.run(lambda uow: FullDesk(uow, NOON).recall(one, "王敏", seq))
    ways.run(lambda uow: FullDesk(uow, NOON).assign(one, "刘洋", "李强"))
    if block := ways.read(
        lambda uow: indexing.next_block(uow.connection, NOON.replace(hour=13), 1)
    ):
        ways.run(lambda uow: indexing.write(uow.connection, block, NOON))
    ways.close()

"""What an agent writes at the desk, for a process that is killed in it: drafts, words, the end."""

from __future__ import annotations

from sqlalchemy import Engine

from bot.console.wrap_up import WrapUp, owe
from bot.dialogue.message import InboundMessage
from bot.full_desk import FullDesk
from bot.settings import Settings
from storage.crypto import Cipher
from storage.drafts import Draft, Drafts
from storage.models.case import Handoff
from storage.tags import Tags
from storage.tickets import TicketBook
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.fakes import NOON

AGENT = "王敏"


def _begin(uow: UnitOfWork) -> int:
    message = InboundMessage("webchat", "web", "p1", "k", NOON, "人工")
    conversation = uow.conversations.open(message, NOON)
    if conversation.owner_rev:
        return conversation.id
    handoff = Handoff(
        number=uow.cases.number("HO", NOON), conversation_id=conversation.id, level="human",
        reason="客户要求转人工", status="open", package={}, opened_at=NOON, answer_by=NOON,
    )  # fmt: skip
    uow.cases.add(handoff)
    uow.ownership.pass_on(conversation, "queue", None, "人工", NOON)
    FullDesk(uow, NOON).take(conversation.id, AGENT)
    return conversation.id


def write(engine: Engine) -> None:
    """Put a tag on, keep a draft twice, say it, end with something owed; begun or not."""
    ways = transactions(engine)
    number = ways.run(_begin)

    def keep(uow: UnitOfWork, text: str, tab: str) -> None:
        if any(row["author"] == "agent" for row in uow.conversations.after(number, 0, 50)):
            return  # said in an earlier life: nothing is begun anew
        drafts = Drafts(uow.connection)
        drafts.keep(number, AGENT, Draft(text, 0, tab), drafts.of(number, AGENT).rev, NOON)

    def say(uow: UnitOfWork) -> None:
        if FullDesk(uow, NOON).say(number, AGENT, "您好，请讲", "press-0001").ok:
            seen = Drafts(uow.connection).of(number, AGENT).rev
            Drafts(uow.connection).sent(number, AGENT, Draft("您好，请讲", 0, "b"), seen, NOON)

    def end(uow: UnitOfWork) -> None:
        wrap = WrapUp(reason="咨询", solved="no", follow_up="明天回电")
        desk = FullDesk(uow, NOON)
        settings = Settings(secret_key=SECRET.decode())
        if desk.hand_back(number, AGENT, None, wrap.kept()).ok:
            owe(desk, TicketBook(uow, Cipher(SECRET), settings, NOON, AGENT), number, wrap)

    ways.run(lambda uow: Tags(uow.connection).put(number, "老人", AGENT, NOON))
    ways.run(lambda uow: keep(uow, "您好", "a"))
    ways.run(lambda uow: keep(uow, "您好，请讲", "b"))
    ways.run(say)
    ways.run(end)
    ways.close()

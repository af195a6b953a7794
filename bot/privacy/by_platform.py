"""What a platform asked for in its user's name is done by itself, as far as nothing binds.

The turn in which the platform told us stopped all sending and wrote down the request; here the
identity is erased by the same machinery as on a person's own request. What law or an open case
binds stays, and goes by night (`bot.privacy.nightly`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from bot.errors import Refused
from bot.handoff import Desk
from bot.privacy.check import PLATFORM
from bot.privacy.rights import Rights
from bot.wishes import PLATFORM_KEY
from storage.models.case import Ticket
from storage.models.conversation import Conversation
from storage.personal import unfinished
from storage.personal.erasure import Erased
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger()
# Nobody is erased while a colleague talks with them; a talk that nobody ends holds up no right.
_LONGEST_TALK = timedelta(hours=24)


def carry_out(rights: Rights, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Do what waits; return a line for each. One that cannot be done holds up no other."""
    numbers = rights.ways.read(lambda uow: [ticket.number for ticket in _waiting(uow)])
    return [_tried(rights, number, as_of, dry=dry_run) for number in numbers]


def _waiting(uow: UnitOfWork) -> list[Ticket]:
    query = select(Ticket).where(
        Ticket.kind == "privacy_erase",
        Ticket.unique_key.startswith(PLATFORM_KEY),
        Ticket.status.not_in(("done", unfinished.STATUS)),
    )
    return list(uow.session.scalars(query.order_by(Ticket.id)))


def _tried(rights: Rights, number: str, as_of: datetime, *, dry: bool) -> str:
    try:
        return _one(rights, number, as_of, dry=dry)
    except Refused as refused:
        return f"{number}：没能删除（{refused}）"
    except Exception:
        log.exception("platform_erasure.failed", request=number)
        return f"{number}：没能删除（系统出错，日志里有原因），下一次再试"


def _one(rights: Rights, number: str, as_of: datetime, *, dry: bool) -> str:
    if rights.ways.read(lambda uow: _served(uow, number, as_of)):
        return f"{number}：同事正在和客户说话，说完再删"
    if dry:
        return f"{number}：{_words(rights.plan(number))}"
    done = rights.ways.run(lambda uow: _erased(rights, uow, number, as_of))
    rights.forget_old_pages()
    return f"{number}：{_words(done)}"


def _served(uow: UnitOfWork, number: str, as_of: datetime) -> bool:
    ticket = uow.session.scalars(select(Ticket).where(Ticket.number == number)).one()
    talk = uow.session.get(Conversation, ticket.conversation_id or 0)
    if talk is None or talk.owner == "bot":
        return False
    return as_of - ticket.opened_at < _LONGEST_TALK


def _erased(rights: Rights, uow: UnitOfWork, number: str, as_of: datetime) -> Erased:
    ticket = rights.ticket(uow, number)
    talk = ticket.conversation_id
    if talk is not None and (found := uow.ownership.open(talk)) and found.owner != "bot":
        Desk(uow, as_of).hand_back(talk)
    return rights.erase_in(uow, ticket, PLATFORM)


def _words(done: Erased) -> str:
    if done.partly:
        return "能删的删了，办着的业务留着，办完每晚接着删"
    if any(verdict.fate == "restrict" for verdict in done.found):
        return "删完，依法存档的到期再删"
    return "删完，办结"

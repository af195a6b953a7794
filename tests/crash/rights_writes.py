"""Erase a person and die: `python -m tests.crash.rights_writes URL DIR NUMBER 1 2 3`.

NUMBER may be `purge`: then the nightly job is what dies. Without numbers it seeds two people,
opens a request of the first and prints its number.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, event, select, update

from bot.errors import Refused
from bot.privacy.check import Check
from bot.privacy.nightly import resume
from bot.privacy.page import page
from bot.privacy.rights import Rights
from bot.settings import Settings
from scheduler.context import JobContext
from scheduler.jobs import platform_erasure, retention
from storage.crypto import Cipher
from storage.database import open_engine
from storage.models.case import Ticket
from storage.models.conversation import Conversation
from storage.models.personal import RestrictedRecord
from storage.models.policy import Policy
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.bot.privacy.house import House
from tests.bot.privacy.test_by_platform import tell
from tests.storage.claims_kit import SECRET
from tests.storage.personal.people import NOW, Somebody

LATER = NOW + timedelta(days=1)


def rights(url: str, folder: Path) -> Rights:
    """Return the desk of the installation."""
    ways = transactions(open_engine(url, SECRET))
    return Rights(ways, Cipher(SECRET), Settings(data_dir=folder), lambda: NOW, "staff:test")


def seed(desk: Rights) -> str:
    """Put two people into every table; return the number of the first one's request."""
    for serial in (1, 2):
        desk.ways.run(lambda uow, n=serial: Somebody(desk.cipher, n).settle(uow.session))  # type: ignore[misc]
    return desk.open("privacy_erase", "REF1")


def work(url: str, folder: Path, number: str, deadly: int) -> None:
    """Erase, and be killed at the statement that is ``deadly``."""
    desk = rights(url, folder)
    numbers = count(1)

    @event.listens_for(desk.ways.engine, "after_cursor_execute")
    def executed(_: Any, __: Any, statement: str, *___: Any) -> None:
        # To die after a look is to die after the write before it.
        if not statement.startswith("SELECT") and next(numbers) == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        if number == "purge":
            retention.run(JobContext(desk.ways, desk.settings, desk.cipher), LATER)
        else:
            desk.erase(number, Check("李", "video"))
    except Refused:
        return  # killed after the commit last time: it is done already


def _desk(engine: Engine) -> Rights:
    folder = Path(str(engine.url.database)).parent
    ways = transactions(engine)
    return Rights(ways, Cipher(SECRET), Settings(data_dir=folder), lambda: NOW, "staff:test")


def waiting(engine: Engine) -> str:
    """Erase a person whose contract runs, as far as that goes; return the request's number."""
    desk = _desk(engine)
    number = seed(desk)
    runs = {"status": "有效", "ends_on": (NOW + timedelta(days=9)).date()}

    def begin(uow: UnitOfWork) -> None:
        uow.session.execute(delete(RestrictedRecord))
        uow.session.execute(update(Policy).values(**runs))
        uow.session.execute(update(Conversation).values(subscribed=True))

    desk.ways.run(begin)
    desk.erase(number, Check("李", "video"))
    return number


def handing_out(engine: Engine) -> None:
    """Hand out the copy that the first person asked for; a file is its last step before closing.

    The page stands for all three files: the paper takes a second and writes nothing of ours.
    """
    desk = _desk(engine)
    query = select(Ticket.number).where(Ticket.kind == "privacy_export")
    number = desk.ways.read(lambda uow: uow.session.scalars(query).one())
    desk.hand_out(number, Check("李", "video"), lambda copy: page(copy, number))


def copy_wanted(engine: Engine) -> None:
    """Put two people into the database; the first one wants a copy."""
    desk = _desk(engine)
    seed(desk)
    desk.open("privacy_export", "REF1")


def announcing(engine: Engine) -> None:
    """The night after the contract is over."""
    _night(engine, NOW + timedelta(days=11))


def finishing(engine: Engine) -> None:
    """The night after that."""
    _night(engine, NOW + timedelta(days=12))


def told_by_platform(engine: Engine) -> None:
    """WeChat tells that the first person's user took back the authorisation; once."""
    desk = _desk(engine)
    house = House(
        desk.ways, desk.settings, desk.cipher, Somebody(desk.cipher, 1), Somebody(desk.cipher, 2)
    )
    house.one.keys["conversation"] = 1

    def told(uow: UnitOfWork) -> None:
        query = select(Ticket.id).where(Ticket.unique_key.startswith("platform:"))
        if uow.session.scalar(query) is None:
            tell(uow, house)

    desk.ways.run(told)


def by_platform(engine: Engine) -> None:
    """The job of five minutes later."""
    desk = _desk(engine)
    platform_erasure.run(JobContext(desk.ways, desk.settings, desk.cipher), NOW)


def _night(engine: Engine, at: datetime) -> None:
    desk = replace(_desk(engine), now=lambda: at)
    resume(desk, at)


def main() -> None:
    """Die once per number, each time in a process of its own, until one gets through."""
    url, folder, *rest = sys.argv[1:]
    if not rest:
        sys.stdout.write(seed(rights(url, Path(folder))))
        return
    number, *deadly = rest
    for statement in map(int, deadly):
        pid = os.fork()
        if not pid:
            work(url, Path(folder), number, statement)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            break


if __name__ == "__main__":
    main()

"""What the pages are built from, and what one request of one person has at hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from fastapi import Request

from bot.clockwork.desk_hours import DeskHours
from bot.console import presses
from bot.console.gate import STAFF, Staff
from bot.console.live import News
from bot.dialogue.registry import Registry
from bot.errors import NotAllowed
from bot.handoff import GoOn
from bot.permissions import Action, allowed
from bot.settings import Settings
from storage.crypto import Cipher
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")


Suggest = Callable[[str], Sequence[tuple[str, str]]]


def _none(_: str) -> Sequence[tuple[str, str]]:
    return ()


@dataclass(frozen=True)
class Parts:
    """What the console is built from.

    ``wake`` lets the outbox look at once; ``suggest`` gives (question, answer) for a sentence.
    """

    transactions: Transactions
    cipher: Cipher
    settings: Settings
    clock: Callable[[], datetime]
    go_on: GoOn
    wake: Callable[[], None]
    news: News
    registry: Registry
    suggest: Suggest = field(default=_none)

    @property
    def hours(self) -> DeskHours:
        """Return when the desk is staffed."""
        return DeskHours(self.settings.desk.opens, self.settings.desk.closes)


@dataclass(frozen=True)
class Room:
    """One request of one person, now; ``press`` is the key of the button they pressed."""

    parts: Parts
    staff: Staff
    now: datetime
    press: str = ""

    def may(self, resource: str, action: Action) -> bool:
        """Tell whether this person's role allows it."""
        return allowed(self.staff.role, resource, action)

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Read in a snapshot."""
        return self.parts.transactions.read(work)

    def change(self, work: Callable[[UnitOfWork], T]) -> T:
        """Change in one transaction, and let what is owed leave.

        Raises PressedBefore when the same press has done it already.
        """

        def once(uow: UnitOfWork) -> T:
            if self.press and not presses.claimed(uow, self.press, self.now):
                raise presses.PressedBefore
            return work(uow)

        done = self.parts.transactions.run(once)
        self.parts.wake()
        return done

    def saw(
        self,
        what: str,
        reason: str,
        conversation_id: int | None = None,
        customer_id: int | None = None,
    ) -> None:
        """Write down whose data this person was shown, and why."""
        staff, now = self.staff, self.now
        # Through the repository: what it writes is chained (`anda audit verify`).
        self.parts.transactions.run(
            lambda uow: uow.customers.log_access(
                now, conversation_id, customer_id, staff.actor, what[:255], reason[:255]
            )
        )


def room(request: Request) -> Room:
    """Return what a page has at hand; the gate let in only whoever is logged in."""
    staff: Staff | None = request.scope.get(STAFF)
    if staff is None:
        raise NotAllowed("请先登录")
    parts: Parts = request.app.state.parts
    return Room(parts, staff, parts.clock(), presses.key_of(request, staff.id))


def may(resource: str, action: Action) -> Callable[[Request], Room]:
    """Return the dependency that lets in only whose role allows ``action``."""

    def opened(request: Request) -> Room:
        found = room(request)
        if not found.may(resource, action):
            raise NotAllowed("您的角色不能做这一步，需要的话请找主管开通")
        return found

    return opened

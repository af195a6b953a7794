"""How many subscription notices a customer still lets us send; never commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.outbound import NoticeGrant
from storage.unit_of_work import UnitOfWork

_grant = table_of(NoticeGrant)


def grant(uow: UnitOfWork, conversation: int, template: str, now: datetime, *, more: bool) -> None:
    """Allow one notice more; without ``more`` make sure that there is one."""
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(_grant).values(
        conversation_id=conversation, template=template, left=1, at=now
    )
    none = case((_grant.c.left < 1, 1), else_=_grant.c.left)
    left = _grant.c.left + 1 if more else none
    uow.connection.execute(
        new.on_conflict_do_update(
            index_elements=["conversation_id", "template"], set_={"left": left, "at": now}
        )
    )


def revoke(uow: UnitOfWork, conversation: int, now: datetime, template: str = "") -> None:
    """Allow none of a template any more, or none at all."""
    theirs = update(_grant).where(_grant.c.conversation_id == conversation, _grant.c.left > 0)
    if template:
        theirs = theirs.where(_grant.c.template == template)
    uow.connection.execute(theirs.values(left=0, at=now))


def spend(uow: UnitOfWork, conversation: int, template: str, count: int = 1) -> None:
    """Use a consent up; -1 gives back what a call that never left had taken."""
    one = update(_grant).where(
        _grant.c.conversation_id == conversation, _grant.c.template == template
    )
    uow.connection.execute(one.values(left=_grant.c.left - count))

"""What planned messages about cases come to: who gets what today, and who does not and why.

The rows are released by the outbox the moment they are due. The jobs make sure that they are
there, and tell beforehand what becomes of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from scheduler.context import JobContext
from storage.models.base import table_of
from storage.models.outbox import OutboxItem
from storage.outbound import words
from storage.outbound.configured import configured
from storage.outbound.touches import Touches
from storage.rules.outbound import rules
from storage.unit_of_work import UnitOfWork

_item = table_of(OutboxItem)
_ENDS = {"send": "会发", "wait": "顺延", "not_sent": "不发"}
_MOST = 2_000


def foretold(
    context: JobContext, kinds: Collection[str], as_of: datetime, uow: UnitOfWork | None = None
) -> list[str]:
    """Return a line for each planned message of some kinds that is due by tomorrow.

    ``uow`` is a transaction that is taken back anyway; without one there is one for this look.
    """
    if uow is not None:
        return list(_lines(context, uow, kinds, as_of))
    return context.ways.read(lambda here: list(_lines(context, here, kinds, as_of)))


def _lines(
    context: JobContext, uow: UnitOfWork, kinds: Collection[str], as_of: datetime
) -> Iterator[str]:
    ids = due(uow, kinds, as_of + timedelta(days=1))
    touches = Touches(uow, rules(), configured(context.settings), as_of)
    touches.lend(ids, "foretold")
    for row, known, verdict in touches.judged(ids, "foretold"):
        end = _ENDS[verdict.outcome]
        why = f"：{verdict.reason}" if verdict.reason else f"（{verdict.way}）"
        case = str(row["body"].get("claim") or row["subject"] or "")
        who = words.shown_name(known)
        yield "\t".join((case, row["kind"], who, f"{row['due_at']:%m-%d %H:%M}", end + why))


def due(uow: UnitOfWork, kinds: Collection[str], until: datetime) -> Sequence[int]:
    """Return the planned messages of some kinds that are due by a moment."""
    query = (
        select(_item.c.id)
        .where(
            _item.c.status == "planned", _item.c.due_at <= until, _item.c.kind.in_(sorted(kinds))
        )
        .order_by(_item.c.due_at, _item.c.id)
        .limit(_MOST)
    )
    return list(uow.connection.execute(query).scalars())

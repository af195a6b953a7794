"""A copy that was handed out and got lost on its way may be had again while the check holds.

The request is done by then; how long, and on whose check, stands in its ``facts``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Refused
from bot.privacy.check import Check, on_record
from storage.models.case import Ticket
from storage.unit_of_work import UnitOfWork

_COPY = "copy"


def facts_of(
    uow: UnitOfWork,
    ticket: Ticket,
    check: Check,
    customers: Collection[int],
    told_for: timedelta,
    now: datetime,
) -> dict[str, Any]:
    """Return what a request says once its copy is made: a check on record holds until its own end.

    One that was told with the request holds for ``told_for``.
    """
    found = on_record(uow, customers, now)
    until = found.until if found is not None else now + told_for
    said: dict[str, Any] = {"by": check.by, "way": check.way, "guardian": check.guardian}
    said["of"] = sorted(customers)
    return {**ticket.facts, _COPY: {**said, "until": until.isoformat()}}


def until(ticket: Ticket, now: datetime) -> datetime | None:
    """Return how long the copy of a request that is done may be had again, None if not now."""
    kept = ticket.facts.get(_COPY)
    if ticket.status != "done" or not kept:
        return None
    end = datetime.fromisoformat(kept["until"])
    return end if now <= end else None


def check_of(ticket: Ticket, customers: Collection[int]) -> Check:
    """Return the check on which the copy was made; raise Refused where it was of other records."""
    kept = ticket.facts[_COPY]
    if sorted(customers) != kept.get("of"):
        raise Refused("核实以后客户的记录变了（合并、拆开或换了绑定）：请另登记一件，重新核实")
    return Check(str(kept["by"]), str(kept["way"]), str(kept["guardian"]))

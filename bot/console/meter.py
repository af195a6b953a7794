"""How many messages WeChat still lets us send, and what was kept because there were none left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.after_sending import is_kept
from storage.inbox import Line
from storage.outbound.facts import metered
from storage.outbound.judge import Place, allowed
from storage.rules.outbound import rules
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Meter:
    """What is left of what one word of the customer allows; ``kept`` waits for the next."""

    left: int
    most: int
    kept: Sequence[int]


def meter_of(
    uow: UnitOfWork, row: Mapping[str, Any], lines: Sequence[Line], now: datetime
) -> Meter | None:
    """Return the meter of a WeChat conversation; other channels have none."""
    if row["channel"] != "wechat":
        return None
    table = rules()
    place = Place(row["id"], row["channel"], row["account"], row["peer"])
    place = metered(uow.connection, place, table, now)
    most = table.allowance.message.count
    room = max((cost for cost in range(1, most + 1) if allowed(place, table, now, cost)), default=0)
    under_way = sum(line.fate == "due" for line in lines)
    kept = [line.seq for line in lines if line.author == "agent" and _kept(line)]
    return Meter(max(0, room - under_way), most, kept)


def _kept(line: Line) -> bool:
    return is_kept(line.fate, line.reason) and not line.body.get("recalled")

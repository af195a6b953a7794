"""Who made sure that a request is the person's own (level V3 of `domain.md` 5.7), and how.

A colleague's check that stands in ``staff_check`` and holds still counts; one that is told with
the request is written down there, so that the customer is not asked a second time.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.errors import Refused
from storage.models.identity import StaffCheck
from storage.unit_of_work import UnitOfWork

# How a person may have proved to another who they are.
WAYS = {"video": "视频核验", "counter": "门店当面核验", "two_staff": "两人复核证件"}
_HOW = "、".join(WAYS.values())
# As the identity desk names the same ways.
_METHODS = {"video": "video", "counter": "shop", "two_staff": "two_persons"}
_BY_METHOD = {method: way for way, method in _METHODS.items()}
_BY_PLATFORM = "平台通知"
_TWO = re.compile(r"[、,，/和与 ]")


@dataclass(frozen=True)
class Check:
    """Who made sure that the request is the person's own, and how; ``guardian`` for a minor."""

    by: str
    way: str
    guardian: str = ""

    @property
    def words(self) -> str:
        """Return how and by whom, for the history: whoever acts on it may be somebody else."""
        child = f"监护人：{self.guardian}" if self.guardian else ""
        return "，".join(filter(None, (WAYS.get(self.way, _BY_PLATFORM), self.by.strip(), child)))

    @property
    def told(self) -> bool:
        """Tell whether it says anything at all; otherwise a check on record must do."""
        return bool(self.by.strip() or self.way)


NONE = Check("", "")
# The platform speaks for its own user: nobody has to be seen, and nobody else's data is touched.
PLATFORM = Check("微信平台", "platform")


@dataclass(frozen=True)
class Whose:
    """The identity that was checked, and the customer it is bound to."""

    conversation: int | None
    customer: int | None


@dataclass(frozen=True)
class OnRecord:
    """A check that holds now, as the desk shows it."""

    by: str
    way: str
    at: datetime
    until: datetime

    @property
    def words(self) -> str:
        """Return it for staff."""
        return f"{WAYS[self.way]}，{self.by}，{self.until:%m-%d %H:%M} 前有效"


def on_record(uow: UnitOfWork, customers: Collection[int], now: datetime) -> OnRecord | None:
    """Return the newest check of this person that holds now."""
    row = uow.bindings.checks_of(customers, now)
    if row is None:
        return None
    by = "、".join(filter(None, (row.checked_by.removeprefix("staff:"), row.second)))
    return OnRecord(by, _BY_METHOD.get(row.method, "counter"), row.at, row.expires_at)


def settled(uow: UnitOfWork, said: Check, customers: Collection[int], now: datetime) -> Check:
    """Return the check that counts; raise Refused where nobody has made sure."""
    if not said.told:
        found = on_record(uow, customers, now)
        if found is None:
            raise Refused(
                f"还没有人核实过本人：请写明谁核验的、怎么核验的（{_HOW}），或者先登记核验"
            )
        return Check(found.by, found.way, said.guardian)
    if said.way not in WAYS or not said.by.strip():
        raise Refused(f"要写谁核验的、怎么核验的（{_HOW}）")
    if said.way == "two_staff" and len(_names(said.by)) < 2:
        raise Refused("两人复核要写两个人的名字，用顿号隔开，比如：李四、王五")
    return said


def put_on_record(
    uow: UnitOfWork, said: Check, whose: Whose, reason: str, holds: tuple[datetime, datetime]
) -> None:
    """Write a check that was told with a request where every desk looks for it."""
    talk, customer = whose.conversation, whose.customer
    if not said.told or talk is None or customer is None:
        return
    first, *others = _names(said.by) if said.way == "two_staff" else [said.by.strip()]
    uow.bindings.add_check(
        StaffCheck(
            conversation_id=talk, customer_id=customer, method=_METHODS[said.way],
            checked_by=first[:128], second=("、".join(others))[:128] or None, reason=reason[:255],
            at=holds[0], expires_at=holds[1],
        )
    )  # fmt: skip


def _names(by: str) -> list[str]:
    return [name for name in _TWO.split(by.strip()) if name]

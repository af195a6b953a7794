"""Demo tickets: promises of every other kind, in every state."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from storage.demo import histories, vocabulary
from storage.demo.customers import Client
from storage.demo.numbers import Numbers

_PATHS = {
    "new": ("opened",),
    "assigned": ("opened", "assigned"),
    "waiting_customer": ("opened", "assigned", "waiting_customer"),
    "done": ("opened", "assigned", "done"),
    "overdue": ("opened", "assigned", "overdue"),
}
_GAPS = {"assigned": (0, 0), "waiting_customer": (0, 0), "done": (0, 0), "overdue": (1, 1)}
# Kinds are intent codes of domain.md section 6.
_WISHES = (
    ("callback", "想了解家财险，请下午回电"),
    ("need_plan", "开小饭馆，想了解公众责任险"),
    ("suggest", "希望微信里能直接下载电子保单"),
    ("endorse", "搬家了，想更改联系地址"),
    ("invoice", "发票抬头换成公司名称"),
    ("paper", "需要盖章的纸质保单，自取"),
    ("surrender", "车卖了，想退商业险"),
    ("privacy_export", "想导出自己的个人信息"),
)
_PER_STATUS, _MORE_DONE = 4, 24
_PROMISE = timedelta(hours=4)
_LONGER = {"privacy_export": timedelta(days=21)}


def rows(
    rng: Random, now: datetime, numbers: Numbers, clients: list[Client]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return tickets and their histories."""
    tickets: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    statuses = [status for status in _PATHS for _ in range(_PER_STATUS)]
    statuses += ["done"] * _MORE_DONE
    authors = rng.sample(clients, len(statuses))
    for index, (status, client) in enumerate(zip(statuses, authors, strict=True)):
        kind, wish = _WISHES[index % len(_WISHES)]
        recent = index < len(_PATHS) * _PER_STATUS
        rest = 0 if status in ("new", "assigned") else rng.randint(1, 20 if recent else 80)
        steps = histories.since(rng, _PATHS[status], _GAPS, now, rest)
        number = numbers.next("TK", steps[0].at.date())
        facts = {"name": client.name, "phone": client.phone, "note": wish, "customer": client.ref}
        tickets.append(
            {
                "number": number,
                "conversation_id": None,
                "kind": kind,
                "status": status,
                "facts": facts,
                "opened_at": steps[0].at,
                "due_at": steps[0].at + _LONGER.get(kind, _PROMISE),
            }
        )
        agent = f"客服专员 {rng.choice(vocabulary.OFFICERS)}"
        for step in steps:
            actor = "customer" if step.status == "opened" else agent
            events.append(histories.event(number, step, actor, {"kind": kind}))
    return tickets, events

"""An erasure that is not finished: what went, what is left, why and until when, as JSON and words.

It stands in the ``facts`` of the request's ticket. ``partly`` tells that some business goes on and
the person is known still; otherwise only sealed records are left, and nobody knows whose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from storage.models.case import Ticket
from storage.personal.erasure import Erased
from storage.personal.verdicts import Verdict
from storage.rules.erasure import wordings

STATUS = "restricted"
# What may end in an erasure; a mere request is one that named no kind.
ERASING = ("privacy_erase", "privacy_request")
_MOST = 8
_TAIL = 4


def facts_of(
    done: Erased, now: datetime, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return what the request says of itself until it is finished; ``before`` is what it said."""
    left = [_item(verdict, whole=done.partly) for verdict in done.found if verdict.fate != "erase"]
    day = finish_on(done)
    return {
        "partly": done.partly,
        "erased": _together((before or {}).get("erased") or {}, done.rows),
        "erased_on": now.date().isoformat(),
        "left": left,
        "finish_on": day.isoformat() if day else None,
        "told": None,
    }


def _together(before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    titles = dict.fromkeys([*before, *now])
    counts = {title: before.get(title, 0) + now.get(title, 0) for title in titles}
    return {title: count for title, count in counts.items() if count}


def _item(verdict: Verdict, *, whole: bool) -> dict[str, Any]:
    """Where nobody is known any more, a number must not tell whose it was."""
    return {
        "kind": verdict.kind,
        "fate": verdict.fate,
        "tail": verdict.key[-_TAIL:] if whole else "",
        "reason": verdict.reason,
        "until": verdict.until.isoformat() if verdict.until else None,
    }


def finish_on(done: Erased) -> date | None:
    """Return the first day on which nothing binds any more, as far as that is known."""
    binding = [v for v in done.found if v.fate == ("keep" if done.partly else "restrict")]
    days = [v.until for v in binding]
    if not days or None in days:
        return None
    last = max(day for day in days if day)
    # A contract binds on its last day still; a sealed record goes on its day.
    return last + timedelta(days=1) if done.partly else last


def binding(done: Erased) -> list[tuple[str, str]]:
    """Return what keeps the person known, to be compared with what did so before."""
    return sorted((v.kind, v.key[-_TAIL:]) for v in done.found if v.fate == "keep")


def bound_before(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the same of what was written down."""
    kept = (item for item in facts.get("left") or () if item["fate"] == "keep")
    return sorted((str(item["kind"]), str(item["tail"])) for item in kept)


def asked_for() -> ColumnElement[bool]:
    """Return the condition of an erasure that is not done; a request is one once it has begun."""
    begun = and_(Ticket.kind.in_(ERASING), Ticket.status == STATUS)
    return and_(or_(Ticket.kind == "privacy_erase", begun), Ticket.status != "done")


def open_ones(session: Session) -> Sequence[Ticket]:
    """Return the erasures that wait for their day."""
    query = select(Ticket).where(Ticket.kind.in_(ERASING), Ticket.status == STATUS)
    return session.scalars(query.order_by(Ticket.id)).all()


def anonymous(ticket: Ticket) -> bool:
    """Tell whether nothing about the request says whose it is: its number may be asked after."""
    if ticket.kind not in ERASING or ticket.status not in (STATUS, "done"):
        return False
    return ticket.facts.get("partly") is False


def told(number: str, facts: Mapping[str, Any]) -> str:
    """Return what the person is told of where it stands."""
    words = wordings()
    erased = "、".join(f"{title} {n} 条" for title, n in (facts.get("erased") or {}).items())
    erased = erased or words.say("nothing")
    items = facts.get("left") or ()
    lines = [_line(item) for item in items[:_MOST]]
    if len(items) > _MOST:
        lines.append(f"· 另有 {len(items) - _MOST} 项")
    left, day = "\n".join(lines), _day(facts.get("finish_on"))
    if not facts.get("partly"):
        return words.say("sealed", erased=erased, left=left, until=day)
    when = words.say("when_day", until=day) if day else words.say("when_open")
    return words.say("partly", number=number, erased=erased, left=left, when=when)


def announced(number: str, done: Erased) -> str:
    """Return what the person is told before the rest goes, the last time we can tell them."""
    words, sealed = wordings(), [v for v in done.found if v.fate == "restrict" and v.until]
    tail = ""
    if sealed:
        until = _day(max(v.until for v in sealed if v.until).isoformat())
        tail = words.say("announced_sealed", count=len(sealed), until=until)
    return words.say("announced", number=number, sealed=tail)


def _line(item: Mapping[str, Any]) -> str:
    words, tail = wordings(), item.get("tail")
    what = words.kinds.get(str(item["kind"]), str(item["kind"]))
    day = _day(item.get("until"))
    return words.say(
        "item",
        what=f"{what}（尾号 {tail}）" if tail else what,
        reason=item["reason"],
        until=words.say("item_until", until=day) if day else "",
    )


def _day(iso: str | None) -> str:
    day = date.fromisoformat(iso) if iso else None
    return f"{day.year}年{day.month}月{day.day}日" if day else ""

"""Letters and notices of one claim, filled in from what is recorded (S45, S46, S49)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.dialogue.slot_types.accident import accident_type
from bot.dialogue.slot_types.accident import line as lines
from bot.errors import Refused
from storage.claims_clocks import happened_at
from storage.claims_register import Register
from storage.models.case import Claim
from storage.rules import claim_texts

_LACKS = {
    "clause": "还没有条款依据，不能出拒赔通知书",
    "reason": "还没有拒赔理由，不能出拒赔通知书",
    "missing": "没有待补的材料，不用出补充材料通知书",
}


def letter(book: Register, claim: Claim, kind: str) -> tuple[str, str]:
    """Return title and text of a letter; raise Refused where the claim is not so far."""
    values = values_of(book, claim)
    if kind == "refusal" and "declined" not in (claim.status, *book.happened(claim)):
        raise Refused("案件没有核定为不予赔付，不能出拒赔通知书")
    for need in claim_texts.needs(kind):
        if not values.get(need):
            raise Refused(_LACKS[need])
    return claim_texts.letter(kind, values)


def notice(book: Register, claim: Claim, code: str) -> tuple[str, str]:
    """Return name and text of a notice."""
    values = values_of(book, claim)
    missing = values.get("missing")
    values |= {"missing": missing.replace("\n", "、")} if missing else {}
    name = str(claim_texts.texts()["notices"][code]["name"])
    return name, claim_texts.notice(code, values)


def values_of(book: Register, claim: Claim) -> dict[str, Any]:
    """Return everything known that a text may name; what is not known is absent."""
    found = {**claim_texts.values_of(claim, book.settings.facts), **dict(_told(book, claim))}
    return {key: value for key, value in found.items() if value not in (None, "")}


def _told(book: Register, claim: Claim) -> Iterator[tuple[str, Any]]:
    facts, decision = claim.facts, claim.decision or {}
    yield from ((key, decision.get(key)) for key in ("clause", "reason"))
    yield from ((key, facts.get(key)) for key in ("place", "story", "reporter", "phone", "damage"))
    insured = facts.get("insured_name")
    yield "insured", insured
    yield "addressee", insured or facts.get("reporter")
    yield "policy", claim.policy_number
    yield "line", lines.show(claim.line)
    yield "subject", claim.plate or facts.get("waybill") or lines.show(claim.line)
    yield "happened_on", _day(happened_at(facts.get("happened_at")))
    yield "reported_on", _day(claim.reported_at)
    yield "today", _day(book.now)
    yield "police", _yes(facts.get("police_reported"))
    yield "injured", _yes(facts.get("injured"))
    yield "date", _day(claim.due_at)
    yield "last4", (decision.get("payment") or {}).get("account_tail")
    documents = book.documents.of(claim.number)
    yield "documents", "、".join(d.name + ("*" if d.required else "") for d in documents)
    asked = facts.get("missing") or []
    outstanding = [d.name for d in book.documents.outstanding(claim.number) if d.name in asked]
    yield "missing", "\n".join(outstanding)
    if "story" not in facts and (kind := facts.get("accident_type")):
        yield "story", accident_type.show(str(kind))


def _day(at: datetime | None) -> str | None:
    return f"{at.year}年{at.month}月{at.day}日" if at else None


def _yes(flag: Any) -> str | None:
    return None if flag is None else ("是" if flag else "否")

"""Nobody waits in silence (S24): pushes to the customer and nudges to the owner, planned ahead.

They are rows of the outbox with the state ``planned``; the outbound job lets them go by its own
rules. Whatever happens to the claim plans them anew, so that a push never tells what was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.clock import SHANGHAI
from bot.clockwork.clocks import Clock
from storage.claims_reminders import address
from storage.models.case import Claim
from storage.rules import claim_clocks, claim_texts
from storage.rules.claim import rules

if TYPE_CHECKING:
    from storage.claims_register import Register

PUSH, NUDGE = "claim_progress", "claim_nudge"
STAFF = "staff"
_CODE = "silence"
_LOOK_BACK = 5  # rounds of planning whose rows may still be there
MOST = 10


def plan(book: Register, claim: Claim, clocks: Sequence[Clock]) -> None:
    """Plan the pushes of the running silence, in place of those of the one before."""
    clock = next((c for c in clocks if c.rule.code == _CODE), None)
    running = clock is not None and clock.started is not None and clock.stopped is None
    starts = claim_clocks.rule_of(_CODE).start
    round_ = sum(kind in starts for kind in book.happened(claim))
    _drop(book, claim.number, range(max(0, round_ - _LOOK_BACK), round_ + 1))
    if clock is not None and running:
        for order, due in enumerate(_moments(clock, book)):
            _plan_one(book, claim, f"{round_}:{order}", due)


def _moments(clock: Clock, book: Register) -> Iterator[datetime]:
    """Yield when to push: shortly before the silence is too long, and again for each more."""
    rule = rules()["silence"]
    at = time.fromisoformat(rule["at"])
    end = clock.due(book.calendar)
    if end is None:
        return
    ahead = timedelta(days=min(clock.rule.warn, default=0))
    for order in range(min(rule["pushes"], MOST)):
        day = (end - ahead + order * timedelta(days=clock.rule.value)).date()
        due = datetime.combine(day, at, SHANGHAI)
        if due > book.now:
            yield due


def _plan_one(book: Register, claim: Claim, key: str, due: datetime) -> None:
    notice = claim_texts.notice("C09", claim_texts.values_of(claim, book.settings.facts))
    if where := address(book.uow, book.cipher, claim):
        channel, account, peer, to = where
        _queue(book, claim, _key(claim.number, PUSH, key), due, {
            "kind": PUSH, "channel": channel, "account": account, "peer": peer,
            "body": {"type": "text", "text": notice, "claim": claim.number, "notice": "C09"} | to,
        })  # fmt: skip
    _queue(book, claim, _key(claim.number, NUDGE, key), due, _nudge(claim, "silence"))


def nudge(book: Register, claim: Claim, count: int) -> None:
    """Tell the owner now that the customer has asked where the claim stands."""
    key = f"claim:{claim.number}:urged:{count}"
    _queue(book, claim, key, book.now, _nudge(claim, "urged"))


def _nudge(claim: Claim, why: str) -> dict[str, Any]:
    text = claim_texts.texts()["nudges"][why].format(number=claim.number, owner=claim.owner)
    body = {"type": "text", "text": text, "claim": claim.number, "why": why}
    return {
        "kind": NUDGE, "channel": STAFF, "account": "claims", "peer": claim.owner, "body": body,
    }  # fmt: skip


def _queue(book: Register, claim: Claim, key: str, due: datetime, row: dict[str, Any]) -> None:
    book.uow.outbox.plan(
        dedupe_key=key, due_at=due, now=book.now, conversation_id=claim.conversation_id, **row
    )


def keys(book: Register, claim: Claim, kinds: Sequence[str] = (PUSH, NUDGE)) -> list[str]:
    """Return the keys under which the pushes and nudges of the last silences are planned."""
    starts = claim_clocks.rule_of(_CODE).start
    round_ = sum(kind in starts for kind in book.happened(claim))
    return _keys(claim.number, range(max(0, round_ - _LOOK_BACK), round_ + 1), kinds)


def _keys(number: str, rounds: range, kinds: Sequence[str] = (PUSH, NUDGE)) -> list[str]:
    return [
        _key(number, kind, f"{round_}:{order}")
        for kind in kinds
        for round_ in rounds
        for order in range(MOST)
    ]


def _drop(book: Register, number: str, rounds: range) -> None:
    if planned := _keys(number, rounds):
        book.uow.outbox.suppress(planned, "案件有了新的进展")


def _key(number: str, kind: str, rest: str) -> str:
    return f"claim:{number}:{kind}:{rest}"

"""Signs that a person should look twice (`domain.md` 3.6): for staff only, never for customers.

They choose who handles a claim; they stop no clock and refuse nothing (AFI).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.clock import SHANGHAI
from storage.claims_clocks import happened_at
from storage.models.case import CaseEvent, Claim
from storage.models.policy import Policy
from storage.rules.claim_tracks import rules

_VOID = ("withdrawn", "cancelled")


def look(session: Session, claim: Claim) -> dict[str, Any]:
    """Return the score and the signs found, each with its words and weight."""
    weights = rules()["signals"]["weights"]
    hits = [
        {"code": code, "label": weights[code]["label"], "score": weights[code]["score"]}
        for code in _Look(session, claim).found()
        if code in weights
    ]
    return {"score": sum(hit["score"] for hit in hits), "hits": hits}


def policy_of(session: Session, claim: Claim, at: datetime) -> Policy | None:
    """Return the policy a claim is on: by its number, or the one that covered the plate then."""
    query = select(Policy)
    if claim.policy_number:
        return session.scalar(query.where(Policy.number == claim.policy_number))
    if not claim.plate:
        return None
    covering = query.where(
        Policy.plate == claim.plate, Policy.starts_at <= at, Policy.ends_on >= at.date()
    )
    return session.scalar(covering.order_by(Policy.id.desc()).limit(1))


@dataclass
class _Look:
    session: Session
    claim: Claim

    def found(self) -> Iterator[str]:
        """Yield the code of every sign."""
        yield from self._policy_edges()
        if self._others(timedelta(hours=rules()["duplicate_hours"])):
            yield "repeat_48h"
        if self._others(timedelta(days=self._rule["many_days"])) + 1 >= self._rule["many_claims"]:
            yield "frequent"
        if self._plates_of_phone() >= self._rule["shared_phone_plates"]:
            yield "shared_phone"
        yield from self._circumstances()
        if self._changes() >= 2:
            yield "story_changed"

    @property
    def _rule(self) -> dict[str, Any]:
        found: dict[str, Any] = rules()["signals"]
        return found

    @property
    def _happened(self) -> datetime:
        return happened_at(self.claim.facts.get("happened_at")) or self.claim.reported_at

    def _policy_edges(self) -> Iterator[str]:
        policy = policy_of(self.session, self.claim, self._happened)
        if policy is None:
            return
        edge = timedelta(days=self._rule["policy_edge_days"])
        if self._happened - policy.starts_at <= edge:
            yield "policy_new"
        if policy.ends_on - self._happened.astimezone(SHANGHAI).date() < edge:
            yield "policy_ending"

    def _others(self, within: timedelta) -> int:
        """Return how many other valid claims there are on the same policy or plate."""
        claim = self.claim
        same = [
            column == value
            for column, value in (
                (Claim.policy_number, claim.policy_number), (Claim.plate, claim.plate),
            )
            if value
        ]  # fmt: skip
        if not same:
            return 0
        query = select(func.count()).where(
            or_(*same),
            Claim.number != claim.number,
            Claim.status.not_in(_VOID),
            Claim.reported_at >= claim.reported_at - within,
            Claim.reported_at <= claim.reported_at,
        )
        return int(self.session.scalar(query) or 0)

    def _plates_of_phone(self) -> int:
        if not self.claim.phone_blind:
            return 0
        since = self.claim.reported_at - timedelta(days=self._rule["many_days"])
        query = select(func.count(Claim.plate.distinct())).where(
            Claim.phone_blind == self.claim.phone_blind, Claim.reported_at >= since
        )
        return int(self.session.scalar(query) or 0)

    def _circumstances(self) -> Iterator[str]:
        facts, happened = self.claim.facts, self._happened.astimezone(SHANGHAI)
        begins, ends = map(time.fromisoformat, self._rule["night"])
        night = happened.time() >= begins or happened.time() < ends
        alone = facts.get("accident_type") == "single_vehicle"
        if night and alone and facts.get("police_reported") is False:
            yield "night_alone"
        if self.claim.reported_at - happened > timedelta(hours=self._rule["late_hours"]):
            yield "late_report"
        if any(word in str(facts.get("story") or "") for word in self._rule["bribe_words"]):
            yield "bribe"

    def _changes(self) -> int:
        query = select(CaseEvent.data).where(
            CaseEvent.case_number == self.claim.number, CaseEvent.kind == "amended"
        )
        changed = (data.get("before", {}) for data in self.session.scalars(query))
        # Filling in what was open is no contradiction.
        return sum(any(before.get(key) for key in ("happened_at", "place")) for before in changed)

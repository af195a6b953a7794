"""The one place where claims change, whoever asks: the dialogue, a clerk, another system.

Every change is written to the history, worked into documents, track, owner and clocks, and told
to those who listen; all of it in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from bot.clockwork import words
from bot.clockwork.clocks import Clock
from bot.clockwork.workdays import WorkCalendar
from bot.desks import claim_facts
from bot.settings import Settings
from storage import (
    calendars,
    claims_clocks,
    claims_emergency,
    claims_hooks,
    claims_reminders,
    claims_signals,
    claims_silence,
    ledger_clocks,
)
from storage.claims_documents import Documents
from storage.crypto import Cipher
from storage.models.case import CaseEvent, Claim
from storage.rules import claim as checklists
from storage.rules import claim_tracks
from storage.rules.claim_states import Machine, machine
from storage.statuses import CLAIM_STATUSES
from storage.unit_of_work import UnitOfWork

Values = Mapping[str, Any]
# These are columns or belong to the flow, not facts of the accident.
_NO_FACTS = ("photos", "policy_number", "conversation", "external_ref", "missing", "urgent")


@dataclass
class Register:
    """The claims of one transaction, changed in the name of ``actor``."""

    uow: UnitOfWork
    cipher: Cipher
    settings: Settings
    now: datetime
    actor: str

    @property
    def machine(self) -> Machine:
        """Return where claims may go."""
        return machine()

    @cached_property
    def documents(self) -> Documents:
        """Return the documents of claims."""
        return Documents(self.uow.session, self.now)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Return the branch's working calendar."""
        return calendars.load(self.uow.connection, self.settings.calendar)

    def open(
        self, values: Values, conversation_id: int | None = None, external_ref: str | None = None
    ) -> Claim:
        """Record a claim with what is known; nothing is mandatory: a claim is never refused."""
        urgent = bool(values.get("injured") or values.get("urgent"))
        deadlines = self.settings.deadlines
        minutes = (
            deadlines.injury_contact_minutes if urgent else deadlines.claim_first_contact_minutes
        )
        claim = Claim(
            number=self.uow.cases.number("CL", self.now),
            conversation_id=conversation_id,
            external_ref=external_ref,
            line=str(values.get("line") or "auto"),
            severity="normal",
            status="contact_due",
            owner=claim_tracks.owner("normal"),
            next_step=f"理赔人员在 {minutes} 分钟内与您联系",
            due_on=(self.now + timedelta(minutes=minutes)).date(),
            facts={},
            reported_at=self.now,
            updated_at=self.now,
        )
        self._apply(claim, values)
        self.uow.cases.add(claim)
        self.note(claim, "reported", dict(claim.facts))
        self._wait(claim)
        self.refresh(claim)
        self.tell(claim, "claim.opened", {})
        return claim

    def amend(self, claim: Claim, values: Values) -> bool:
        """Change facts, None takes one back; the old values stay in the history."""
        before, calm = self._known(claim), claim.severity != "P0"
        self._apply(claim, values)
        now = self._known(claim)
        changed = [key for key in {**before, **now} if before.get(key) != now.get(key)]
        if not changed:
            return False
        if "line" in changed:
            self.documents.drop_unasked(claim, self._needed(claim))
        if any(before.get(key) is not None and now.get(key) is None for key in changed):
            self._wait(claim)
        self.note(
            claim,
            "amended",
            {
                "before": {key: before.get(key) for key in changed},
                "after": {key: now.get(key) for key in changed},
            },
        )
        if calm and claim.severity == "P0":
            claims_emergency.begins(self, claim)
        self.changed(claim, "claim.amended", {"changed": sorted(changed)})
        return True

    def changed(self, claim: Claim, event: str, data: Values) -> None:
        """Work out anew what follows from a change, and tell of it."""
        claim.updated_at = self.now
        self.refresh(claim)
        self.tell(claim, event, data)

    def _apply(self, claim: Claim, values: Values) -> None:
        said = {k: _plain(v) for k, v in values.items() if k not in _NO_FACTS}
        facts = {**claim.facts, **said}
        claim.facts = {key: value for key, value in facts.items() if value is not None}
        claim.line = str(claim.facts.get("line") or claim.line)
        claim.plate = claim.facts.get("plate")
        if "policy_number" in values:
            claim.policy_number = values["policy_number"]
        phone = claim.facts.get("phone")
        claim.phone_blind = self.cipher.blind(str(phone)) if phone else None
        estimate = claim.facts.get("estimate_fen")
        claim.estimate_fen = int(estimate) if estimate is not None else None
        if claim.facts.get("injured") or values.get("urgent"):
            claim.severity = "P0"

    @staticmethod
    def _known(claim: Claim) -> dict[str, Any]:
        return {**claim.facts, "policy_number": claim.policy_number}

    def refresh(self, claim: Claim) -> None:
        """Work out documents, signs, track, owner, completeness and the next deadline."""
        self.uow.session.flush()
        self._need_documents(claim)
        claim.signals = claims_signals.look(self.uow.session, claim)
        before, claim.track = claim.track, claim_tracks.track(claims_clocks.case_of(claim))
        if not claim_tracks.is_person(claim.owner):
            claim.owner = claim_tracks.owner(claim.track)
        self._complete(claim)
        found = self.set_due(claim)
        if "complex" in (before, claim.track):
            claims_silence.plan(self, claim, found)
        self.uow.session.flush()

    def _need_documents(self, claim: Claim) -> None:
        if claim.status in self.machine.over:
            return
        self.documents.need(claim, self._needed(claim), self.uow.cases.photos_of(claim.number))

    @staticmethod
    def _needed(claim: Claim) -> Sequence[str]:
        injured = bool(claim.facts.get("injured"))
        accident = str(claim.facts.get("accident_type") or "other")
        return checklists.checklist(claim.line, accident, injured=injured)

    def list_told(self, claim: Claim) -> None:
        """Note that the customer was told which documents are needed (S44, CTPL 28)."""
        names = [document.name for document in self.documents.of(claim.number)]
        self.note(claim, "document_list", {"documents": names})
        self.set_due(claim)

    def lacking(self, claim: Claim) -> list[str]:
        """Return what must be known of the accident and is not."""
        return claim_facts.facts().lacking(claim.line, self._known(claim))

    def asked_for(self, claim: Claim) -> list[str]:
        """Return what should be known beside."""
        return claim_facts.facts().asked_for(claim.line, self._known(claim))

    def _wait(self, claim: Claim) -> None:
        """A report without the facts that must be known waits for them; an emergency does not.

        It is looked at when facts are new or taken back: a clerks' table that asks for more
        sets no running claim back.
        """
        if claim.status == "contact_due" and claim.severity != "P0" and self.lacking(claim):
            claim.status = "draft"

    def _complete(self, claim: Claim) -> None:
        """What waited goes on by itself once all is known."""
        lacking = self.lacking(claim) if claim.severity != "P0" else []
        if not lacking and claim.status == "draft":
            claim.status = "contact_due"
            self.note(claim, "contact_due", {"note": "报案信息已补齐"})
            label = CLAIM_STATUSES[claim.status][0]
            self.tell(claim, "claim.status_changed", {"status_label": label})

    def set_due(self, claim: Claim) -> list[Clock]:
        """Work out the next deadline; return the clocks it comes from."""
        found = claims_clocks.clocks(self.uow.session, claim, self.settings.deadlines)
        ledger_clocks.judge_claim(self.uow.ledger, claim, found, self.calendar, self.now)
        claim.due_at, told = claims_clocks.next_due(found, self.calendar, self.now)
        claim.due_on = words.due_on(told) if told else None
        return found

    def clocks(self, claim: Claim) -> list[claims_clocks.ClockView]:
        """Return every clock of a claim in words."""
        found = claims_clocks.clocks(self.uow.session, claim, self.settings.deadlines)
        return claims_clocks.views(found, self.calendar, self.now)

    def photos_came(self, claim: Claim, added: int) -> None:
        """Note fresh photos and tick what they are."""
        self.note(claim, "photos", {"added": added})
        self.changed(claim, "claim.documents", {"photos": added})
        self.stop_reminders(claim)

    def stop_reminders(self, claim: Claim, *, always: bool = False) -> None:
        """Drop the reminders when nothing is missing any more, or the claim went on."""
        if always or not self.documents.outstanding(claim.number):
            claims_reminders.drop(self.uow, claim.number, "材料已收到或案件已往前走")

    def remind(self, claim: Claim, missing: list[str]) -> None:
        """Plan the reminders of one complete notice; an older notice is replaced."""
        claims_reminders.drop(self.uow, claim.number, "有了新的一次性通知")
        url = self.settings.public_url
        claims_reminders.plan(self.uow, self.cipher, claim, missing, self.now, public_url=url)

    def note(
        self, claim: Claim, kind: str, data: dict[str, Any], at: datetime | None = None
    ) -> None:
        """Append to the history."""
        self.uow.cases.note(claim.number, at or self.now, self.actor, kind, data)

    def tell(self, claim: Claim, event: str, data: Values) -> None:
        """Owe the event to those who listen."""
        claims_hooks.tell(self.uow, self.settings.webhooks, claim, event, data, self.now)

    def happened(self, claim: Claim) -> list[str]:
        """Return the kinds of everything that happened to a claim, in order."""
        query = select(CaseEvent.kind).where(CaseEvent.case_number == claim.number)
        return list(self.uow.session.scalars(query.order_by(CaseEvent.id)))

    def came_from(self, claim: Claim) -> str:
        """Return the state before the last suspension, '' when there was none."""
        states = [kind for kind in self.happened(claim) if kind in self.machine.states]
        if "suspended" not in states:
            return ""
        last = len(states) - 1 - states[::-1].index("suspended")
        before = [state for state in states[:last] if state != "suspended"]
        # A claim is noted as reported and begins at once to wait for its first contact.
        return before[-1] if before and before[-1] != "reported" else "contact_due"

    def locked(self, number: str) -> Claim | None:
        """Return a claim that nobody else changes until the end of the transaction."""
        query = select(Claim).where(Claim.number == number).with_for_update()
        return self.uow.session.scalar(query)

    @staticmethod
    def next_step(status: str) -> str:
        """Return what comes next in plain words."""
        return CLAIM_STATUSES[status][1]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

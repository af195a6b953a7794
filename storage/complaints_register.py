"""The one place where complaints change, whoever asks: the dialogue, a clerk, another system.

Every change is written to the history, worked into owner and clocks, told to the complainant
where that is due and to those who listen; all of it in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from bot.clock import SHANGHAI
from bot.clockwork import words
from bot.clockwork.clocks import Clock
from bot.clockwork.workdays import WorkCalendar
from bot.errors import CalendarMissing, Refused
from bot.settings import Settings
from storage import addresses, calendars, claims_hooks, complaint_parties, complaints_clocks
from storage.claims_clocks import ClockView, views
from storage.complaints_clocks import Told
from storage.crypto import Cipher
from storage.models.case import Claim, Complaint
from storage.rules import complaint as rules
from storage.rules.complaint_clocks import TOLD
from storage.rules.complaint_states import machine
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

Values = Mapping[str, Any]
OWNER, LEAD_OWNER = "客户服务部投诉岗", "客户服务部主管岗"
NOTICE = "complaint_notice"
_REPEATED = timedelta(days=30)
_CLOCKS_DIFFER = timedelta(minutes=5)
# These are columns or belong elsewhere, not facts of the complaint.
_COLUMNS = ("channel", "conversation", "parties", "policy_number", "claim_number", "line")


@dataclass
class ComplaintRegister:
    """The complaints of one transaction, changed in the name of ``actor``."""

    uow: UnitOfWork
    cipher: Cipher
    settings: Settings
    now: datetime
    actor: str

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Return the branch's working calendar."""
        return calendars.load(self.uow.connection, self.settings.calendar)

    @cached_property
    def tickets(self) -> TicketBook:
        """Return the tickets, changed in the same name."""
        return TicketBook(self.uow, self.cipher, self.settings, self.now, self.actor)

    def open(
        self,
        said: Values,
        channel: str,
        conversation_id: int | None = None,
        received_at: datetime | None = None,
    ) -> Complaint:
        """Record a complaint with whatever is known: nothing is mandatory, nobody is refused.

        The legal clock starts on the day of receipt (CMP20), even when it is entered later.
        """
        received = received_at or self.now
        if received > self.now + _CLOCKS_DIFFER:
            raise Refused("收到投诉的时间不能晚于现在")
        text = " ".join(str(said.get(key) or "") for key in ("story", "demand", "about"))
        phone = said.get("phone")
        complaint = Complaint(
            number=self.uow.cases.number("CP", self.now),
            conversation_id=conversation_id,
            channel=channel,
            category=str(said.get("category") or rules.category(text)),
            dispute=str(said.get("dispute") or rules.dispute(text)),
            capacity=str(said.get("capacity") or rules.capacity(text)),
            severity=rules.severity(text, channel),
            status="received",
            owner=LEAD_OWNER if rules.about_bot(text) else OWNER,
            phone_blind=self.cipher.blind(str(phone)) if phone else None,
            policy_number=said.get("policy_number"),
            claim_number=self._claim_number(said),
            line=said.get("line"),
            facts=self._facts(said, text),
            decision="",
            received_at=received,
            due_on=received.astimezone(SHANGHAI).date(),
            updated_at=self.now,
        )
        self.uow.cases.add(complaint)
        self._add_parties(complaint, said, text)
        self._mark_repeated(complaint)
        self.note(complaint, "received", {"severity": complaint.severity}, received)
        self.set_due(complaint)
        self.tell(complaint, "complaint.opened", {})
        return complaint

    @staticmethod
    def _facts(said: Values, text: str) -> dict[str, Any]:
        facts = {k: v for k, v in said.items() if v is not None and k not in _COLUMNS}
        marks = rules.marks(text)
        extra: dict[str, Any] = {"marks": marks} if marks else {}
        return facts | extra | ({"target": "bot"} if rules.about_bot(text) else {})

    def _claim_number(self, said: Values) -> str | None:
        """Return the claim it is about, where there is one of that number."""
        number = str(said.get("claim_number") or said.get("about") or "")
        found = number.startswith("CL") and self.uow.cases.claim(number) is not None
        return number if found else None

    def _add_parties(self, complaint: Complaint, said: Values, text: str) -> None:
        against = [{"role": complaint_parties.AGAINST, **party} for party in rules.accused(text)]
        given = list(said.get("parties") or [])
        known = {str(party.get("name") or party.get("staff_no")) for party in given}
        found = [p for p in against if str(p.get("name") or p.get("staff_no")) not in known]
        for party in (*given, *found):
            self.add_party(complaint, str(party["role"]), party)

    def add_party(self, complaint: Complaint, role: str, party: Values) -> None:
        """Record somebody in the complaint; whoever it is against loses it at once."""
        if role == "representative":
            known = list(complaint_parties.of(self.uow.session, complaint.number))
            if sum(p.role == "representative" for p in known) >= 5:
                raise Refused("共同投诉的代表最多 5 名")
        plain = {key: value for key, value in party.items() if key != "role" and value}
        complaint_parties.add(
            self.uow.session, self.cipher, complaint.number, role, plain, self.now
        )
        self.uow.session.flush()
        if self.conflict(complaint, complaint.owner):
            complaint.owner = LEAD_OWNER

    def _mark_repeated(self, complaint: Complaint) -> None:
        if not complaint.phone_blind:
            return
        query = select(Complaint.number).where(
            Complaint.phone_blind == complaint.phone_blind,
            Complaint.category == complaint.category,
            Complaint.received_at >= self.now - _REPEATED,
            Complaint.number != complaint.number,
        )
        if earlier := self.uow.session.scalar(query.order_by(Complaint.id.desc()).limit(1)):
            complaint.facts = {**complaint.facts, "repeats": earlier}

    def conflict(self, complaint: Complaint, name: str) -> str:
        """Return why this person must not work on it (CMP20 回避), '' where nothing speaks."""
        session = self.uow.session
        if complaint_parties.is_against(session, self.cipher, complaint.number, name):
            return f"{name} 是被投诉人，不能经办，也不能查看"
        if complaint.claim_number:
            query = select(Claim.owner).where(Claim.number == complaint.claim_number)
            owner = str(session.scalar(query) or "")
            if complaint_parties.names_of(owner) & complaint_parties.names_of(name):
                return f"{name} 是相关案件 {complaint.claim_number} 的经办人，须回避"
        return ""

    def assign(self, complaint: Complaint, owner: str, reason: str = "") -> None:
        """Give it to somebody who has no interest in it."""
        if why := self.conflict(complaint, owner):
            raise Refused(why)
        if owner != complaint.owner:
            self.note(
                complaint, "owner", {"before": complaint.owner, "after": owner, "reason": reason}
            )
            complaint.owner = owner
            self.changed(complaint, "complaint.owner_changed", {})

    def changed(self, complaint: Complaint, event: str, data: Values) -> None:
        """Work out anew what follows from a change, and tell of it."""
        complaint.updated_at = self.now
        self.set_due(complaint)
        self.tell(complaint, event, data)

    def events(self, complaint: Complaint) -> list[Told]:
        """Return what happened to a complaint."""
        self.uow.session.flush()
        return complaints_clocks.events_of(self.uow.session, complaint.number)

    def clocks(self, complaint: Complaint) -> list[Clock]:
        """Return its clocks."""
        return complaints_clocks.clocks(complaint, self.events(complaint), self.settings.deadlines)

    def clock_views(self, complaint: Complaint) -> list[ClockView]:
        """Return its clocks in words."""
        return views(self.clocks(complaint), self.calendar, self.now)

    def set_due(self, complaint: Complaint) -> None:
        """Work out what is due next, and the day that the complainant is told."""
        found = self.clocks(complaint)
        open_ends = []
        for clock in found:
            end = self._end(clock)
            if end is None or clock.rule.side != "us" or clock.stopped is not None:
                continue
            open_ends.append(end)
            if clock.rule.code in TOLD:
                complaint.due_on = words.due_on(end)
        over = complaint.status in machine().over and complaint.status != "closed"
        complaint.due_at = None if over else min(open_ends, default=None)
        if complaint.due_at is None or complaint.due_at > self.now:
            complaint.rung = None  # nothing is late any more

    def _end(self, clock: Clock) -> datetime | None:
        try:
            return clock.due(self.calendar)
        except CalendarMissing:
            return None  # the view says what to import; a complaint is never refused

    def note(
        self, complaint: Complaint, kind: str, data: dict[str, Any], at: datetime | None = None
    ) -> None:
        """Append to the history."""
        self.uow.cases.note(complaint.number, at or self.now, self.actor, kind, data)

    def notify(self, complaint: Complaint, kind: str, **values: str) -> str:
        """Owe the complainant a notice; return by which way, '' where they left none."""
        phone = str(complaint.facts.get("phone") or "")
        where = addresses.address(self.uow, self.cipher, complaint.conversation_id, phone)
        if where is None:
            return ""
        known = {"number": complaint.number, "owner": complaint.owner}
        known["hotline"] = self.settings.hotline
        day = complaint.due_on
        known["date"] = f"{day.year}年{day.month}月{day.day}日"
        key = f"complaint:{complaint.number}:{kind}:{len(self.events(complaint))}"
        text = rules.notice(kind, **known | values)
        addresses.owe(self.uow, where, key=key, kind=NOTICE, text=text, now=self.now)
        return where.way

    def tell(self, complaint: Complaint, event: str, data: Values) -> None:
        """Owe the event to those who listen; it names the case and no person."""
        body = {
            "complaint": complaint.number,
            "data": {"status": complaint.status, "severity": complaint.severity, **data},
        }
        claims_hooks.publish(
            self.uow, self.settings.webhooks, event, complaint.number, body, self.now
        )

    def joined(self, complaint: Complaint) -> list[str]:
        """Return the complaints that were joined to this one."""
        query = select(Complaint.number).where(Complaint.joined_to == complaint.number)
        return list(self.uow.session.scalars(query.order_by(Complaint.id)))

    def locked(self, number: str) -> Complaint | None:
        """Return a complaint that nobody else changes until the end of the transaction."""
        query = select(Complaint).where(Complaint.number == number).with_for_update()
        return self.uow.session.scalar(query)

"""Complaints as the dialogue files and shows them; `storage.complaints_register` decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.back_office import ComplaintView, Values
from bot.clock import SHANGHAI
from bot.desks.complaints import Position
from bot.settings import Settings
from storage import complaint_parties
from storage.complaints_clocks import Told
from storage.complaints_register import ComplaintRegister
from storage.complaints_steps import ComplaintSteps
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.case import Complaint
from storage.rules import complaint as rules
from storage.rules.complaint_states import machine
from storage.statuses import COMPLAINT_STATUSES
from storage.unit_of_work import UnitOfWork

_SHOWN = 5
_REVIEW_DAYS = timedelta(days=30)
_REVIEW = "投诉人申请核查"


class ComplaintsOfTurn:
    """The mixin of `TransactionBackOffice` for complaints; it has what is declared here."""

    uow: UnitOfWork
    conversation: OpenConversation
    cipher: Cipher
    settings: Settings
    at: datetime
    channel: str

    def proved_phones(self) -> list[str]:
        """Return the blind indexes of phones that this customer has proved."""
        raise NotImplementedError

    def log_seen(self, what: str, why: str) -> None:
        """Write down that this customer was shown something."""
        raise NotImplementedError

    def open_complaint(self, values: Values) -> ComplaintView:
        """Record a complaint and return its receipt, which the customer gets at once."""
        register = _register(self)
        complaint = register.open(values, self.channel, self.conversation.id)
        register.note(complaint, "receipt", {"way": self.channel})
        register.set_due(complaint)
        return _view(register, complaint)

    def complaints(self, number: str | None = None) -> Sequence[ComplaintView]:
        """Return complaints filed here or under a phone this customer has proved, newest first."""
        found: dict[str, Complaint] = {}
        for phone_blind in [None, *self.proved_phones()]:
            for complaint in self.uow.cases.complaints_of(self.conversation.id, phone_blind):
                found.setdefault(complaint.number, complaint)
        chosen = [c for c in found.values() if number is None or c.number == number]
        for complaint in chosen:
            self.log_seen(f"complaint {complaint.number}", "投诉进度查询")
        newest = sorted(chosen, key=lambda complaint: complaint.received_at, reverse=True)
        register = _register(self)
        return [_view(register, complaint) for complaint in newest[:_SHOWN]]

    def add_to_complaint(self, number: str, words: str) -> bool:
        """Add the customer's words; names in them count as complained about too."""
        if (complaint := self._mine(number)) is None:
            return False
        register = _register(self)
        register.note(complaint, "supplement", {"words": words})
        known = {str(p.facts.get("name")) for p in _against(register, complaint)}
        for party in rules.accused(words):
            if party.get("name", "") not in known:
                register.add_party(complaint, complaint_parties.AGAINST, party)
        register.changed(complaint, "complaint.supplemented", {})
        return True

    def withdraw_complaint(self, number: str) -> ComplaintView | None:
        """End it today, as its author wishes."""
        complaint = self._mine(number)
        if complaint is None or "withdrawn" not in machine().next(complaint.status):
            return None
        register = _register(self)
        complaint.status = "withdrawn"
        register.note(complaint, "withdrawn", {"told_by": self.channel})
        register.changed(complaint, "complaint.status_changed", {"status_label": "已撤回"})
        return _view(register, complaint)

    def restore_complaint(self, number: str) -> ComplaintView | None:
        """Take up again what its author had withdrawn; the clock starts today."""
        complaint = self._mine(number)
        if complaint is None or complaint.status != "withdrawn":
            return None
        register = _register(self)
        complaint.status = "received"
        register.note(complaint, "reopened", {"reason": "投诉人恢复投诉"})
        register.changed(complaint, "complaint.status_changed", {"status_label": "已收到"})
        return _view(register, complaint)

    def answer_decision(self, number: str, position: Position, words: str) -> ComplaintView | None:
        """Record what its author thinks of the decision."""
        complaint = self._mine(number)
        if complaint is None or complaint.status not in ("decided", "mediation"):
            return None
        steps = ComplaintSteps(_register(self))
        steps.position(complaint, position, self.channel, words)
        return _view(steps.register, complaint)

    def ask_for_review(self, number: str, words: str) -> ComplaintView | None:
        """Hand it to the superior body within 30 days of the decision."""
        complaint = self._mine(number)
        if complaint is None or "review" not in machine().next(complaint.status):
            return None
        if _review_until(complaint) is None or self.at.date() > _review_until(complaint):
            return None
        steps = ComplaintSteps(_register(self))
        if complaint.status == "decided":
            steps.position(complaint, "rejected", self.channel, words)
        steps.move(complaint, "review", {"reason": words or _REVIEW})
        return _view(steps.register, complaint)

    def _mine(self, number: str) -> Complaint | None:
        """Return a complaint of this customer, locked."""
        if not any(view.number == number for view in self.complaints(number)):
            return None
        return _register(self).locked(number)


def _register(office: ComplaintsOfTurn) -> ComplaintRegister:
    return ComplaintRegister(office.uow, office.cipher, office.settings, office.at, "customer")


def _against(register: ComplaintRegister, complaint: Complaint) -> list[Any]:
    found = complaint_parties.of(register.uow.session, complaint.number)
    return [party for party in found if party.role == complaint_parties.AGAINST]


def _review_until(complaint: Complaint) -> Any:
    if complaint.decided_at is None:
        return None
    return (complaint.decided_at.astimezone(SHANGHAI) + _REVIEW_DAYS).date()


def _view(register: ComplaintRegister, complaint: Complaint) -> ComplaintView:
    """Return it in plain words; who was joined to another one follows that one's progress."""
    label, step = COMPLAINT_STATUSES[complaint.status]
    lead = register.locked(complaint.joined_to) if complaint.joined_to else None
    followed = lead or complaint
    if lead is not None and not complaint.decision:
        label = f"{label}，{COMPLAINT_STATUSES[lead.status][0]}"
    events = register.events(followed)
    named = [p.facts for p in _against(register, complaint)]
    return ComplaintView(
        number=complaint.number,
        status=label,
        received_at=complaint.received_at,
        owner=followed.owner,
        due_on=followed.due_on,
        decision=complaint.decision,
        next_step=step,
        done=tuple(_done(events)) if lead is None else (),
        extended=_extended(events),
        contact_by=_contact_by(register, complaint),
        severity=complaint.severity,
        capacity=complaint.capacity or "self",
        withheld=tuple(dict.fromkeys(str(f.get("name") or f.get("staff_no")) for f in named)),
        open=complaint.status not in machine().over,
        decided=complaint.status == "decided",
        withdrawn=complaint.status == "withdrawn",
        review_until=_review_until(complaint),
        reachable=bool(complaint.facts.get("phone")),
        joined_to=complaint.joined_to or "",
    )


_DONE = {
    "receipt": "已登记并给您编号",
    "accepted": "已受理",
    "contacted": "已和您联系",
    "investigating": "已开始调查",
    "investigation": "已核实部分情况",
    "proposing": "已拟定处理方案",
    "negotiating": "已和您沟通方案",
    "decided": "已告知处理决定",
    "review": "已提交上级核查",
}


def _done(events: Sequence[Told]) -> list[str]:
    """Return what was done, once each, with the day; never what was found out or by whom."""
    days: dict[str, datetime] = {}
    for event in events:
        if event.kind in _DONE:
            days[_DONE[event.kind]] = event.at
    return [f"{at.month}月{at.day}日{words}" for words, at in days.items()]


def _extended(events: Sequence[Told]) -> str:
    granted = [event.data for event in events if event.kind == "extended" and "days" in event.data]
    return f"因{granted[-1]['reason']}，经{granted[-1]['by']}批准延期" if granted else ""


def _contact_by(register: ComplaintRegister, complaint: Complaint) -> datetime | None:
    for view in register.clock_views(complaint):
        if view.code.startswith("contact_") and view.state == "running":
            return view.due_at
    return None

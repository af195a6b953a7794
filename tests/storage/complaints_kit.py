"""Work on complaints on a real database, at a time that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bot.clock import SHANGHAI
from storage import complaints_after
from storage.complaints_dates import ComplaintDates
from storage.complaints_register import ComplaintRegister
from storage.complaints_steps import ComplaintSteps
from storage.models.case import Complaint, Ticket
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import Desk

T = TypeVar("T")
SAID: dict[str, Any] = {
    "story": "定损后一周没人联系，打电话也说不清",
    "demand": "给个说法",
    "reporter": "汤伟",
    "phone": "13072283390",
}
DECISION = {
    "outcome": "partly",
    "decision": "经核实，情况部分属实，已致歉并重新定损。",
    "basis": "车损险条款第十二条",
    "told_by": "电话",
}
CLOSING = {"root_cause": "delay", "measure": "每日清点超时案件", "department": "理赔部"}

NOW = datetime(2026, 9, 28, 10, 0, tzinfo=SHANGHAI)


@dataclass
class Room:
    """The complaints of a branch."""

    desk: Desk

    def work(
        self, do: Callable[[ComplaintSteps], T], actor: str = "api:王专员", role: str = "complaints"
    ) -> T:
        """Do something and commit it."""

        def run(uow: UnitOfWork) -> T:
            d = self.desk
            register = ComplaintRegister(uow, d.cipher, d.settings, d.now, actor)
            return do(ComplaintSteps(register, role))

        return self.desk.ways.run(run)

    def open(self, channel: str = "phone", conversation: int | None = None, **said: Any) -> str:
        """File a complaint."""
        facts = {**SAID, **said}
        return self.work(lambda s: s.register.open(facts, channel, conversation).number)

    def do(self, number: str, work: Callable[[ComplaintSteps, Complaint], T], **who: str) -> T:
        """Work on one complaint."""
        return self.work(lambda s: work(s, found(s, number)), **who)

    def move(self, number: str, to: str, role: str = "complaints", **given: Any) -> None:
        """Take it to another state."""
        self.do(number, lambda s, c: s.move(c, to, given), role=role)

    def along(self, number: str, *path: str) -> None:
        """Walk it along states, saying what each takes."""
        takes: dict[str, dict[str, str]] = {
            "accepted": {"owner": "王专员"},
            "proposing": {"plan": "道歉并重新定损"},
            "decided": DECISION,
            "closed": CLOSING,
        }
        for to in path:
            self.move(number, to, **takes.get(to, {}))

    def decide(self, number: str) -> None:
        """Walk it to its decision."""
        self.along(number, "accepted", "investigating", "proposing", "decided")

    def close(self, number: str) -> None:
        """Walk it to its end, accepted by the complainant."""
        self.decide(number)
        self.position(number, "accepted")
        self.along(number, "closed")

    def milestone(self, number: str, kind: str, text: str = "", **given: Any) -> None:
        """Note something."""
        self.do(number, lambda s, c: s.milestone(c, kind, text, None, given))

    def position(self, number: str, position: str) -> None:
        """Record what the complainant thinks."""
        self.do(number, lambda s, c: s.position(c, position, "电话", ""))

    def ask(self, number: str, reason: str = "要调取三个月的录音") -> None:
        """Ask for a prolongation."""
        self.do(number, lambda s, c: ComplaintDates(s.register, s.role).ask(c, reason))

    def approve(
        self, number: str, role: str = "supervisor", actor: str = "api:李主管", *, yes: bool = True
    ) -> None:
        """Answer it."""
        self.do(
            number,
            lambda s, c: ComplaintDates(s.register, s.role).answer(c, approved=yes, note="同意"),
            role=role,
            actor=actor,
        )

    def call_back(self, number: str, solved: str) -> Ticket | None:
        """Record the call-back."""
        return self.do(
            number, lambda s, c: complaints_after.called_back(s.register, c, solved, 3, "")
        )

    def get(self, number: str) -> Complaint:
        """Return a complaint as it is stored."""
        return self.work(lambda s: found(s, number))

    def clocks(self, number: str) -> dict[str, Any]:
        """Return its clocks by code."""
        views = self.do(number, lambda s, c: s.register.clock_views(c))
        return {view.code: view for view in views}

    def kinds(self, number: str) -> list[str]:
        """Return the kinds of its history."""
        return [event.kind for event in self.desk.events(number)]

    def texts(self) -> list[str]:
        """Return what complainants were told, oldest first."""
        return [item.body["text"] for item in self.desk.outbox("complaint_notice")]


def found(steps: ComplaintSteps, number: str) -> Complaint:
    """Return a complaint that is there."""
    complaint = steps.register.locked(number)
    assert complaint is not None
    return complaint


def at(text: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

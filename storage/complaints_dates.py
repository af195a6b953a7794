"""Prolonging a complaint: asked for with a reason, approved by another, told to the customer."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clockwork import words
from bot.errors import Refused
from storage.complaints_clocks import Told
from storage.complaints_register import ComplaintRegister
from storage.models.case import Complaint
from storage.rules.complaint_authority import authority

UNTOLD = "无法告知（没有留下联系方式）"


@dataclass
class ComplaintDates:
    """Prolongs complaints in the name of the register's actor, whose role is ``role``."""

    register: ComplaintRegister
    role: str

    def ask(self, complaint: Complaint, reason: str) -> None:
        """Ask for the next prolongation; the day has not moved yet."""
        granted, asked = self._granted(complaint), self._asked(complaint)
        tier = authority().tier(len(granted))
        self._check_time(complaint)
        if asked:
            raise Refused("已有一次延期申请在等审批")
        self.register.note(
            complaint, "extension_asked", {"reason": reason, "days": tier.days, "tier": tier.label}
        )

    def answer(self, complaint: Complaint, *, approved: bool, note: str) -> None:
        """Approve or refuse what somebody else asked for; approval is told at once."""
        asked = self._asked(complaint)
        if asked is None:
            raise Refused("没有等待审批的延期申请")
        if asked.actor == self.register.actor:
            raise Refused("申请的人不能自己批准延期")
        tier = authority().tier(len(self._granted(complaint)))
        if self.role not in tier.approvers:
            raise Refused(f"第 {len(self._granted(complaint)) + 1} 次延期须由{tier.by}批准")
        if not approved:
            self.register.note(complaint, "extension_refused", {"note": note})
            return
        self._check_time(complaint)
        self._grant(complaint, asked, note)

    def _grant(self, complaint: Complaint, asked: Told, note: str) -> None:
        """Move the day and tell the complainant in the same breath: untold it would not count."""
        register = self.register
        granted = self._granted(complaint)
        tier, reason = authority().tier(len(granted)), str(asked.data["reason"])
        data = {"days": tier.days, "by": tier.by, "reason": reason, "basis": tier.basis}
        data |= {"asked_by": asked.actor, "note": note, "told_by": self._way(complaint)}
        register.note(complaint, "extended", data)
        register.set_due(complaint)
        register.notify(complaint, "extended", why=reason, by=tier.by)
        register.changed(complaint, "complaint.extended", {"days": tier.days})

    def _way(self, complaint: Complaint) -> str:
        reached = complaint.conversation_id is not None or complaint.facts.get("phone")
        return "会话或短信" if reached else UNTOLD

    def _check_time(self, complaint: Complaint) -> None:
        clock = next(c for c in self.register.clocks(complaint) if c.rule.code == "decision")
        due_at = clock.due(self.register.calendar)
        if clock.stopped is not None:
            raise Refused("已经告知决定，不用延期")
        if due_at is not None and due_at <= self.register.now:
            raise Refused(f"已过 {words.moment(due_at)} 的期限，不能再延期，请尽快决定并说明原因")

    def _granted(self, complaint: Complaint) -> list[Told]:
        return [e for e in self._since(complaint) if e.kind == "extended" and "days" in e.data]

    def _asked(self, complaint: Complaint) -> Told | None:
        """Return the request that nobody has answered yet."""
        for event in reversed(self._since(complaint)):
            if event.kind in ("extended", "extension_refused"):
                return None
            if event.kind == "extension_asked":
                return event
        return None

    def _since(self, complaint: Complaint) -> list[Told]:
        """Return the history since the complaint was last taken up."""
        events = self.register.events(complaint)
        last = max((i for i, e in enumerate(events) if e.kind == "reopened"), default=-1)
        return events[last + 1 :]

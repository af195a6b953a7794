"""Complaints moving on: the rules that a table cannot say, then the step itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Refused
from storage import complaints_after
from storage.complaints_clocks import Told
from storage.complaints_register import LEAD_OWNER, OWNER, ComplaintRegister
from storage.models.case import Complaint
from storage.rules import complaint as rules
from storage.rules.complaint_authority import authority
from storage.rules.complaint_states import machine
from storage.statuses import COMPLAINT_STATUSES

Given = Mapping[str, Any]
OUTCOMES = {"upheld": "支持", "partly": "部分支持", "rejected": "不支持"}
POSITIONS = {"accepted": "接受", "rejected": "不接受", "unreached": "未联系上"}
_REVIEW_DAYS = timedelta(days=30)
_ATTEMPTS = 3
_CLOCKS_DIFFER = timedelta(minutes=5)
_LEVELS = ("P0", "P1", "P2", "P3")


@dataclass
class ComplaintSteps:
    """Moves complaints; ``role`` is the caller's, for what not everybody may."""

    register: ComplaintRegister
    role: str = "complaints"

    @property
    def lead(self) -> bool:
        """Tell whether a supervisor is acting."""
        return self.role in ("supervisor", "admin")

    def move(self, complaint: Complaint, to: str, given: Given) -> None:
        """Take a complaint to another state; raise Refused with the rule that forbids it."""
        register = self.register
        events = register.events(complaint)
        machine().check(complaint.status, to, given, came_from(events))
        if owner := given.get("owner"):
            register.assign(complaint, str(owner))
        self._prepare(complaint, to, given, events)
        before, complaint.status = complaint.status, to
        note = {k: v for k, v in given.items() if k != "to" and v is not None}
        if to == "closed":
            note["outcome"] = _ending(complaint, events)
        register.note(complaint, to, note)
        if before in ("closed", "merged") and to == "investigating":
            complaint.joined_to = None  # on its own again, by its own clock
            register.note(complaint, "reopened", {"reason": given.get("reason", "")})
        self._after(complaint, to, given)
        label = {"status_label": COMPLAINT_STATUSES[to][0]}
        register.changed(complaint, "complaint.status_changed", label)

    def _prepare(self, complaint: Complaint, to: str, given: Given, events: list[Told]) -> None:
        if to in ("accepted", "investigating") and complaint.owner in (OWNER, LEAD_OWNER):
            raise Refused("受理前须指定具体的经办人（不能是被投诉人）")
        reopens = complaint.status in ("closed", "merged") and to == "investigating"
        if reopens and not given.get("reason"):
            raise Refused("重新办理要写明理由")
        if to == "decided":
            self._decide(complaint, given)
        if to == "review":
            self._check_review(complaint)
        if to == "closed":
            self._check_closing(complaint, given, events)
        if to == "merged":
            self._check_merging(complaint, str(given["into"]))
        if to == "transferred" and given["body"] not in rules.rules()["bodies"]:
            raise Refused(f"受理机构可选：{'、'.join(rules.rules()['bodies'])}")

    def _decide(self, complaint: Complaint, given: Given) -> None:
        if given["outcome"] not in OUTCOMES:
            raise Refused(f"「决定」须是 {'、'.join(OUTCOMES)} 之一")
        if complaint.status == "review" and complaint.owner in (OWNER,):
            raise Refused("核查须由原经办岗以外的人作出结论，请先改派")
        if self._followers(complaint) and not given.get("decision_for_joined"):
            raise Refused("有并入的投诉：请写「给并入投诉的人的答复」，不带他人信息")
        complaint.outcome, complaint.decision = given["outcome"], given["decision"]
        complaint.decided_at, complaint.position = self.register.now, None

    def _check_review(self, complaint: Complaint) -> None:
        """Within 30 days of the decision; later there are other ways, and a new complaint."""
        decided = complaint.decided_at
        if decided and self.register.now > decided + _REVIEW_DAYS:
            raise Refused(
                "已超过收到决定后的 30 日；仍可调解、诉讼、拨打 12378，有新情况可另行登记"
            )

    def _check_closing(self, complaint: Complaint, given: Given, events: list[Told]) -> None:
        """Only with the customer's position on record: silence is no consent (domain.md 4.4)."""
        if given["root_cause"] not in rules.rules()["root_causes"]:
            raise Refused(f"「根因」可选：{'、'.join(rules.rules()['root_causes'])}")
        if complaint.position is None:
            raise Refused("结案以前须记下投诉人的态度（接受、不接受、联系不上），没有回复不算接受")
        if complaint.position == "unreached" and _attempts(events) < _ATTEMPTS:
            raise Refused(f"联系不上须先记下 {_ATTEMPTS} 次不同时间的「联系未接通」")

    def _check_merging(self, complaint: Complaint, into: str) -> None:
        lead = self.register.locked(into)
        if lead is None or lead.number == complaint.number or lead.joined_to:
            raise Refused(f"不能并入 {into}：要并入一件自己没有被合并的投诉")
        if lead.status in machine().over:
            raise Refused(f"{into} 已经办完，不能再并入")
        if self._followers(complaint):
            raise Refused(f"{complaint.number} 已有并入的投诉，请反过来合并")
        if lead.received_at > complaint.received_at:
            raise Refused(f"{into} 收到得更晚：请把它并入 {complaint.number}，期限按先收到的算")
        if not _same_matter(complaint, lead):
            raise Refused(f"看不出和 {into} 是同一件事：环节、保单、报案、投诉人都不同，不能合并")
        complaint.joined_to = into

    def _after(self, complaint: Complaint, to: str, given: Given) -> None:
        register = self.register
        if to == "decided":
            register.notify(complaint, "decided")
            for joined in self._followers(complaint):
                said = str(given["decision_for_joined"])
                joined.decision = said
                register.note(joined, "decided", {"with": complaint.number, "decision": said})
                register.notify(joined, "joined", said=said)
        if to == "closed":
            complaint.closed_at, complaint.root_cause = register.now, given["root_cause"]
            complaints_after.closed(register, complaint)
        elif complaint.closed_at is not None:
            complaint.closed_at = None
            complaints_after.reopened(register, complaint)
        if to == "withdrawn":
            register.notify(complaint, "withdrawn")
        if to == "transferred":
            register.notify(
                complaint, "transferred", body=str(given["body"]), said=str(given["reason"])
            )
        if to == "review":
            complaint.owner = LEAD_OWNER  # whoever decided does not review
            register.set_due(complaint)
            register.notify(complaint, "review")

    def _followers(self, complaint: Complaint) -> list[Complaint]:
        found = map(self.register.locked, self.register.joined(complaint))
        return [joined for joined in found if joined is not None]

    def milestone(
        self, complaint: Complaint, kind: str, text: str, at: datetime | None, given: Given
    ) -> None:
        """Note something that changes no state: a contact, an attempt, a finding, a word."""
        register = self.register
        if kind not in machine().milestones:
            raise Refused(f"要记的事可选：{'、'.join(machine().milestones)}")
        if complaint.status in machine().over and kind != "note":
            raise Refused(f"「{COMPLAINT_STATUSES[complaint.status][0]}」的投诉只能记备注")
        if kind == "request":
            self._check_request(list(given.get("documents") or []))
        data = {"note": text, **{k: v for k, v in given.items() if v}}
        register.note(complaint, kind, data, self._moment(complaint, at))
        if kind == "progress" and given.get("tell"):
            register.notify(complaint, "progress", said=text)
        register.changed(complaint, "complaint.milestone", {"milestone": kind})

    @staticmethod
    def _check_request(documents: list[str]) -> None:
        """The company may not ask for what it has (CMP20 13)."""
        if held := rules.held(documents):
            raise Refused(f"{'、'.join(held)} 公司已掌握或可自行查到，不得要求投诉人提供")

    def _moment(self, complaint: Complaint, at: datetime | None) -> datetime:
        if at is None:
            return self.register.now
        if at > self.register.now + _CLOCKS_DIFFER or at < complaint.received_at:
            raise Refused("发生时间不能晚于现在，也不能早于收到投诉")
        return at

    def position(self, complaint: Complaint, position: str, way: str, text: str) -> None:
        """Record what the complainant thinks of the decision."""
        if complaint.status not in ("decided", "mediation"):
            raise Refused("告知决定以后才能记投诉人的态度")
        if position not in POSITIONS:
            raise Refused(f"「态度」须是 {'、'.join(POSITIONS)} 之一")
        complaint.position = position
        data = {"position": position, "way": way, "note": text}
        self.register.note(complaint, "position", data)
        self.register.changed(complaint, "complaint.position", {"position": position})

    def severity(self, complaint: Complaint, level: str, reason: str) -> None:
        """Raise it at once; lower it only with a reason, and only by a supervisor."""
        if level not in _LEVELS or level == complaint.severity:
            raise Refused(f"现在是 {complaint.severity}，可改为其他一级：{'、'.join(_LEVELS)}")
        if level > complaint.severity and not self.lead:
            raise Refused("降级须由主管确认并写明理由")
        data = {"before": complaint.severity, "after": level, "reason": reason}
        self.register.note(complaint, "severity", data)
        complaint.severity = level
        self.register.changed(complaint, "complaint.severity_changed", {})

    def compensate(self, complaint: Complaint, fen: int, clause: str, approval: bool) -> None:
        """Propose a sum that is due by contract or law; another person approves it (4.4)."""
        events = self.register.events(complaint)
        if not approval:
            data = {"fen": fen, "clause": clause}
            self.register.note(complaint, "compensation_proposed", data)
            return
        proposed = [e for e in events if e.kind == "compensation_proposed" and e.data["fen"] == fen]
        if not proposed:
            raise Refused("没有这笔补偿的申请，请核对金额")
        if proposed[-1].actor == self.register.actor:
            raise Refused("申请的人不能自己批：补偿须双人复核")
        if not authority().may_pay(self.role, fen):
            raise Refused(f"您无权批准 {fen / 100:.2f} 元，请上一级审批")
        self.register.note(complaint, "compensation_approved", {"fen": fen})

    def add_party(self, complaint: Complaint, role: str, party: Given) -> None:
        """Record somebody in it; whoever it is against is shut out from now on."""
        self.register.add_party(complaint, role, party)
        self.register.note(complaint, "party", {"role": role})
        self.register.changed(complaint, "complaint.party", {"role": role})


def _ending(complaint: Complaint, events: list[Told]) -> str:
    """Return how it ended for the figures: accepted, upheld by a review, rejected, unreached."""
    decided = [e.data.get("outcome") for e in events if e.kind == "decided"]
    reviewed = any(event.kind == "review" for event in events)
    if complaint.position != "accepted" and reviewed and decided[-2:-1] == decided[-1:]:
        return "upheld"
    return complaint.position or ""


def _attempts(events: list[Told]) -> int:
    """Return at how many different times we tried to reach them since the last decision."""
    last = max((i for i, e in enumerate(events) if e.kind == "decided"), default=-1)
    return len({event.at for event in events[last + 1 :] if event.kind == "attempt"})


def _same_matter(one: Complaint, other: Complaint) -> bool:
    """Tell whether two complaints share the person, the case, or the kind of dispute."""
    shared = ("phone_blind", "conversation_id", "claim_number", "policy_number")
    if any(getattr(one, name) and getattr(one, name) == getattr(other, name) for name in shared):
        return True
    return (one.category, one.dispute) == (other.category, other.dispute)


def came_from(events: list[Told]) -> str:
    """Return the state before the last suspension, '' when there was none."""
    states = [event.kind for event in events if event.kind in machine().states]
    if "suspended" not in states:
        return ""
    last = len(states) - 1 - states[::-1].index("suspended")
    before = [state for state in states[:last] if state != "suspended"]
    return before[-1] if before else "accepted"

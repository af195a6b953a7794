"""After a complaint is closed: the survey, the call-back, and what its cause should change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import SHANGHAI
from bot.errors import Refused
from storage import addresses
from storage.complaints_register import ComplaintRegister
from storage.improvements import Finding, Improvements
from storage.models.case import Complaint, Ticket
from storage.rules import complaint as rules

SURVEY = "survey_invitation"
SOLVED = {"yes": "已解决", "partly": "部分解决", "no": "没有解决"}
_SURVEY_AFTER = timedelta(days=3)
_SURVEY_AT = 10


def closed(register: ComplaintRegister, complaint: Complaint) -> None:
    """Plan the survey, promise the call-back (S58), and count the cause."""
    phone = str(complaint.facts.get("phone") or "")
    where = addresses.address(register.uow, register.cipher, complaint.conversation_id, phone)
    # Where there is a conversation, the plan of surveys asks there three days after.
    if where is not None and complaint.conversation_id is None:
        due = (register.now + _SURVEY_AFTER).replace(hour=_SURVEY_AT, minute=0, second=0)
        addresses.owe(
            register.uow,
            where,
            key=_survey_key(complaint, _times_closed(register, complaint)),
            kind=SURVEY,
            text=rules.notice("survey", number=complaint.number, hotline=register.settings.hotline),
            now=register.now,
            due_at=due,
            planned=True,
        )
        register.tickets.open_once(
            f"callback:{complaint.number}:{_times_closed(register, complaint)}",
            "complaint_callback",
            {"phone": phone, "words": "投诉办结回访"},
            complaint.number,
        )
    _count_cause(register, complaint)


def reopened(register: ComplaintRegister, complaint: Complaint) -> None:
    """Take back what was planned: nobody is asked while the complaint is open again."""
    keys = [
        _survey_key(complaint, times) for times in range(1, _times_closed(register, complaint) + 1)
    ]
    register.uow.outbox.suppress(keys, "投诉重新办理")
    query = select(Ticket).where(
        Ticket.about == complaint.number,
        Ticket.kind == "complaint_callback",
        Ticket.status != "done",
    )
    for ticket in register.uow.session.scalars(query):
        register.tickets.move(ticket, "done", note="投诉重新办理，本次回访取消")


def called_back(
    register: ComplaintRegister, complaint: Complaint, solved: str, score: int | None, note: str
) -> Ticket | None:
    """Record the call-back; who says «no» gets a review by somebody else (S58)."""
    if complaint.status != "closed":
        raise Refused("办结以后才回访")
    if solved not in SOLVED:
        raise Refused(f"「解决了吗」须是 {'、'.join(SOLVED)} 之一")
    data: dict[str, Any] = {"solved": solved, "score": score, "note": note}
    register.note(complaint, "callback", {k: v for k, v in data.items() if v is not None})
    query = select(Ticket).where(
        Ticket.about == complaint.number,
        Ticket.kind == "complaint_callback",
        Ticket.status != "done",
    )
    for ticket in register.uow.session.scalars(query):
        register.tickets.move(ticket, "done", note=f"回访：{SOLVED[solved]}")
    made = None
    if solved == "no":
        made = register.tickets.open_once(
            f"review:{complaint.number}:{_times_closed(register, complaint)}",
            "complaint_review",
            {"words": note or "回访说没有解决"},
            complaint.number,
        )
    register.changed(complaint, "complaint.called_back", {"solved": solved})
    return made


def _times_closed(register: ComplaintRegister, complaint: Complaint) -> int:
    return sum(event.kind == "closed" for event in register.events(complaint))


def _survey_key(complaint: Complaint, times: int) -> str:
    return f"complaint:{complaint.number}:survey:{times}"


def _count_cause(register: ComplaintRegister, complaint: Complaint) -> None:
    """The third complaint of one cause in a month becomes something to improve (4.4)."""
    cause = str(complaint.root_cause)
    if cause == "none":
        return
    register.uow.session.flush()
    numbers = closed_for(register, cause, register.now)
    if len(numbers) < int(rules.rules()["improvement_at"]):
        return
    label = rules.rules()["root_causes"][cause]
    facts: Mapping[str, Any] = {
        "words": f"{register.now.month}月已有 {len(numbers)} 件投诉的根因是「{label}」",
        "cause": cause,
        "complaints": numbers,
    }
    key = f"improvement:{cause}:{register.now:%Y-%m}"
    register.tickets.open_once(key, "improvement", facts, complaint.number)
    finding = Finding(f"投诉根因「{label}」本月达到 {len(numbers)} 件", "complaint", cause, key)
    Improvements(register.uow, register.now, register.actor).propose(finding)


def closed_for(register: ComplaintRegister, cause: str, now: datetime) -> list[str]:
    """Return the complaints that were closed in this month for one cause."""
    here = now.astimezone(SHANGHAI)
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    query = select(Complaint.number).where(
        Complaint.root_cause == cause, Complaint.closed_at >= first, Complaint.closed_at <= now
    )
    return list(register.uow.session.scalars(query.order_by(Complaint.id)))

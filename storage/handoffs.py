"""Requests for a person: at most one open per conversation, with the package an agent needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.back_office import HandoffView, Level, Values
from bot.log import mask
from storage.models.case import Handoff
from storage.rules.skills import skills
from storage.tickets import TicketBook

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice

_LAST_WORDS = 10
_WORDLESS = {
    "image": "[照片]",
    "voice": "[语音]",
    "video": "[视频]",
    "location": "[位置]",
    "link": "[链接]",
    "file": "[文件]",
    "event": "[菜单]",
    "other": "[其他消息]",
}
_SAME_EMERGENCY = timedelta(minutes=10)


def hand_off(
    office: TransactionBackOffice, level: Level, reason: str, about: Values | None = None
) -> HandoffView:
    """Open a request, or raise the level of the one that is open."""
    handoff = office.uow.cases.open_handoff(office.conversation.id)
    fresh = raised = handoff is None
    if handoff is None:
        handoff = _open(office, level, reason)
    elif level < handoff.level or _another_emergency(office, handoff, level, reason):
        raised = True
        _raise(office, handoff, level, reason)
    if about:
        # Also when a request was open already: the person should know the latest question.
        handoff.package = {**handoff.package, "about": dict(about)}
    if office.conversation.owner == "bot":
        office.uow.ownership.pass_on(office.conversation, "queue", None, reason, office.at)
    ahead = office.uow.cases.handoffs_ahead(handoff)
    minutes = office.uow.floor.minutes_to_wait(ahead, office.at)
    return HandoffView(
        fresh=fresh,
        raised=raised,
        staffed=office.hours.staffed(office.at) or handoff.level in ("P0", "P1"),
        ahead=ahead,
        answer_by=handoff.answer_by,
        minutes=minutes,
        late=office.hours.beyond(office.at, minutes),
    )


def alarm(office: TransactionBackOffice, reason: str) -> bool:
    """Call the desk because of a danger told to an agent; False when it has just been called."""
    conversation, since = office.conversation.id, office.at - _SAME_EMERGENCY
    if office.uow.ownership.alarmed(conversation, reason, since):
        return False
    handoff = office.uow.cases.open_handoff(conversation)
    if handoff is not None:
        _raise(office, handoff, "P0", reason)
    number = handoff.number if handoff else ""
    data = {"handoff": number, "level": "P0", "why": reason}
    office.uow.ownership.tell("alarm", conversation, None, office.at, data)
    return True


def withdraw(office: TransactionBackOffice) -> bool:
    """Close the request that the customer made; whatever a rule has raised stays open."""
    handoff = office.uow.cases.open_handoff(office.conversation.id)
    if handoff is None or handoff.status != "open":
        return handoff is None
    if handoff.level in ("P0", "P1"):
        return False
    handoff.status, handoff.closed_at = "closed", office.at
    office.note(handoff.number, "withdrawn", {})
    office.uow.ownership.pass_on(office.conversation, "bot", None, "客户不再等候", office.at)
    return True


def _another_emergency(
    office: TransactionBackOffice, handoff: Handoff, level: Level, reason: str
) -> bool:
    """A new danger is said again in full, unless it is the one we have just answered."""
    recent = office.at - handoff.opened_at <= _SAME_EMERGENCY
    return level == "P0" and not (recent and handoff.reason == reason[:128])


def _raise(office: TransactionBackOffice, handoff: Handoff, level: Level, reason: str) -> None:
    """Make the open request as urgent as a new one, with what is known by now."""
    handoff.level, handoff.reason = level, reason[:128]
    handoff.answer_by, handoff.package = _answer_by(office, level), _package(office)
    office.note(handoff.number, "raised", {"level": level, "reason": reason})


def _answer_by(office: TransactionBackOffice, level: Level) -> datetime:
    """Return by when somebody answers; out of hours that is the promise of a call-back.

    Someone is on duty round the clock for emergencies (domain.md 6, 非工作时间).
    """
    if level in ("P0", "P1"):
        return office.at.replace(microsecond=0)
    if office.hours.staffed(office.at):
        return office.at + timedelta(minutes=office.settings.desk.answer_minutes)
    book = TicketBook(office.uow, office.cipher, office.settings, office.at, "customer")
    return book.due("callback")


def _open(office: TransactionBackOffice, level: Level, reason: str) -> Handoff:
    handoff = Handoff(
        number=office.uow.cases.number("HO", office.at),
        conversation_id=office.conversation.id,
        level=level,
        reason=reason[:128],
        status="open",
        skill=_skill(office, reason),
        package=_package(office),
        opened_at=office.at,
        answer_by=_answer_by(office, level),
    )
    office.uow.cases.add(handoff)
    office.note(handoff.number, "opened", {"level": level, "reason": reason})
    return handoff


def _skill(office: TransactionBackOffice, reason: str) -> str:
    """Return the group that the matter in hand and the reason point to."""
    stack = office.conversation.state.get("stack") or []
    return skills().of([str(frame.get("flow")) for frame in stack], reason)


def _words_of(body: dict[str, Any]) -> str:
    """Return a message in one line; numbers that nobody needs to read twice are masked."""
    text = mask(str(body.get("text") or ""))
    kind = _WORDLESS.get(str(body.get("type")), "")
    place = str((body.get("location") or {}).get("label") or "")
    return " ".join(filter(None, (kind, place, text)))


def _package(office: TransactionBackOffice) -> dict[str, Any]:
    """Return what an agent should know at a glance: identity level, draft, last words."""
    history = office.uow.conversations.last(office.conversation.id, _LAST_WORDS)
    words = [f"{row['author']}：{_words_of(row['body'])}" for row in history]
    said = [f"customer：{mask(text)}" for text in office.recent]
    return {
        "verified": office.verified,
        "last_words": [*words, *said][-_LAST_WORDS:],
        "draft": office.conversation.state.get("stack", []),
    }

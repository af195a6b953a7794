"""Who is asked about what, and why the others are not; nothing is asked twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.dialogue.message import Reply
from storage import survey_draw, surveys
from storage.kpi.definition import EVENT
from storage.ledger import NOBODY, Happening
from storage.models.case import CaseEvent, Claim, Complaint, Handoff, Survey
from storage.models.conversation import Conversation
from storage.models.customer import OptOut
from storage.models.policy import Policy
from storage.rules.surveys import BUTTONS, Episode, rules
from storage.saying import plan as plan_touch
from storage.unit_of_work import UnitOfWork

COMPLAINT_OPEN = (
    "received", "accepted", "investigating", "proposing", "negotiating", "decided", "review",
    "mediation", "extended", "suspended",
)  # fmt: skip
# These need a person's care, not a form (domain.md 9.4).
_TENDER = ("declined", "objection", "litigation")
_TOO_LATE = "没能在有效期内发出去"
_BUSY, _WAITING = "正在人工接待", "还有一份没有答"
# These pass: the occasion is looked at again while it is fresh.
_NOT_YET = (_BUSY, _WAITING)
# Told to the ledger by whoever issues, or seen in the policies, wherever they come from.
ISSUED = "policy.issued"
_ENDED = ("退保", "注销", "终止")


@dataclass(frozen=True)
class Occasion:
    """One customer who might be asked; ``why_not`` is the reason why this one is not."""

    key: str
    episode: Episode
    conversation_id: int | None
    case_number: str | None
    agent: str
    at: datetime
    why_not: str = ""


def plan(uow: UnitOfWork, now: datetime) -> list[Occasion]:
    """Return every occasion that is due and was not dealt with, with a reason for each no."""
    # One cause, one question, wherever it was found.
    found: dict[str, Occasion] = {}
    for occasion in (*_episodes(uow, now), *_regular(uow, now)):
        found.setdefault(occasion.key, occasion)
    due = [occasion for occasion in found.values() if not _known(uow, occasion.key)]
    return [_judged(uow, occasion, now) for occasion in due]


def run(uow: UnitOfWork, now: datetime) -> tuple[int, int]:
    """Ask whom the plan asks and write down the others; return (asked, not asked)."""
    asked = skipped = 0
    for occasion in plan(uow, now):
        # Judged again one by one: the first question may forbid the second.
        reason = _why_not(uow, occasion, now)
        if not reason:
            _ask(uow, occasion, now)
            asked += 1
        elif reason not in _NOT_YET:
            _skip(uow, occasion, reason, now)
            skipped += 1
    return asked, skipped


def expire(uow: UnitOfWork, now: datetime) -> int:
    """Close the questions that nobody answered in time; return how many."""
    query = select(Survey).where(Survey.status == "sent", Survey.expires_at < now)
    late = uow.session.scalars(query).all()
    for survey in late:
        if uow.outbox.suppress([surveys.touch_of(survey)], _TOO_LATE):
            surveys.ended(uow, surveys.touch_of(survey), "suppressed", _TOO_LATE, now)
        else:
            survey.status = "expired"
            uow.ledger.add(surveys.told("survey.expired", survey, now))
    return len(late)


def _episodes(uow: UnitOfWork, now: datetime) -> Iterator[Occasion]:
    for episode in rules().episodes:
        query = select(
            EVENT.c.id, EVENT.c.conversation_id, EVENT.c.case_number, EVENT.c.actor, EVENT.c.at
        ).where(
            EVENT.c.kind == episode.after,
            EVENT.c.at <= now - episode.wait,
            EVENT.c.at > now - episode.wait - episode.within,
        )
        for row in uow.connection.execute(query.order_by(EVENT.c.id)).all():
            name = row.case_number or f"event{row.id}"
            agent = "" if row.actor in NOBODY else row.actor
            yield Occasion(
                f"{episode.about}:{name}", episode, row.conversation_id, row.case_number, agent,
                row.at,
            )  # fmt: skip
        if episode.after == ISSUED:
            yield from _issued(uow, episode, now)


def _regular(uow: UnitOfWork, now: datetime) -> Iterator[Occasion]:
    """Yield the customers that this quarter's survey draws."""
    for conversation in survey_draw.drawn(uow, now):
        key = f"regular:{survey_draw.quarter(now)}:{conversation}"
        yield Occasion(key, rules().regular, conversation, None, "", now)


def _issued(uow: UnitOfWork, episode: Episode, now: datetime) -> Iterator[Occasion]:
    """Yield the holders of policies that began a week ago, where they talk with us (S15)."""
    talk = (
        select(func.max(Conversation.id))
        .where(Conversation.customer_id == Policy.customer_id, Conversation.subscribed)
        .scalar_subquery()
    )
    query = select(Policy.number, Policy.starts_at, talk).where(
        Policy.starts_at <= now - episode.wait,
        Policy.starts_at > now - episode.wait - episode.within,
        Policy.status.not_in(_ENDED),
        talk.is_not(None),
    )
    for number, began, conversation in uow.session.execute(query.order_by(Policy.id)):
        key = f"{episode.about}:{number}"
        yield Occasion(key, episode, conversation, number, "", began)


def _known(uow: UnitOfWork, key: str) -> bool:
    return uow.session.scalar(select(Survey.id).where(Survey.key == key)) is not None


def _judged(uow: UnitOfWork, occasion: Occasion, now: datetime) -> Occasion:
    reason = _why_not(uow, occasion, now)
    return Occasion(**{**vars(occasion), "why_not": reason})


def _why_not(uow: UnitOfWork, occasion: Occasion, now: datetime) -> str:
    """Return why this customer is not asked, '' when nothing speaks against it."""
    if occasion.conversation_id is None:
        return "没有会话可问，请电话回访"
    conversation = uow.session.get(Conversation, occasion.conversation_id)
    if conversation is None or not conversation.subscribed:
        return "已取消关注"
    if conversation.owner != "bot":
        return _BUSY
    if uow.cases.survey_waits(occasion.conversation_id, now):
        return _WAITING
    return (
        _agent_says(uow, occasion)
        or _refused(uow, occasion)
        or _too_often(uow, occasion, now)
        or _tender(uow, occasion)
    )


def _agent_says(uow: UnitOfWork, occasion: Occasion) -> str:
    """Whoever served the customer may know why a question would hurt; the reason is kept."""
    if occasion.episode.about != "handoff" or not occasion.case_number:
        return ""
    query = select(Handoff).where(Handoff.number == occasion.case_number)
    handoff = uow.session.scalar(query)
    wrap_up = (handoff.package.get("wrap_up") if handoff else None) or {}
    return f"坐席选了不问：{wrap_up.get('why_not', '')}" if wrap_up.get("survey") == "no" else ""


def _refused(uow: UnitOfWork, occasion: Occasion) -> str:
    here = uow.customers.everywhere(occasion.conversation_id or 0)
    said = (OptOut.conversation_id.in_(here), OptOut.category == "survey")
    if uow.session.scalar(select(OptOut.id).where(*said).limit(1)) is not None:
        return "客户退订了回访"
    complaint = select(Complaint.id).where(
        Complaint.conversation_id.in_(here), Complaint.status.in_(COMPLAINT_OPEN)
    )
    return "有未办结的投诉" if uow.session.scalar(complaint.limit(1)) is not None else ""


def _too_often(uow: UnitOfWork, occasion: Occasion, now: datetime) -> str:
    table, here = rules(), occasion.conversation_id
    asked = (Survey.conversation_id == here, Survey.status != "skipped")
    same = select(func.count()).where(
        *asked, Survey.about == occasion.episode.about, Survey.sent_at > now - occasion.episode.cap
    )
    if uow.session.scalar(same):
        return f"{occasion.episode.cap.days} 天内问过同一类"
    every = select(func.count()).where(*asked, Survey.sent_at > now - table.most_within)
    if (uow.session.scalar(every) or 0) >= table.most:
        return f"{table.most_within.days} 天内已问过 {table.most} 次"
    return ""


def _tender(uow: UnitOfWork, occasion: Occasion) -> str:
    """Injury, death, a refusal or a dispute: somebody calls instead."""
    if occasion.episode.about != "claim" or not occasion.case_number:
        return ""
    claim = uow.session.scalar(select(Claim).where(Claim.number == occasion.case_number))
    if claim is None:
        return ""
    if claim.severity == "P0" or claim.facts.get("injured"):
        return "人伤案件，改人工关怀"
    steps = select(CaseEvent.id).where(
        CaseEvent.case_number == claim.number, CaseEvent.kind.in_(_TENDER)
    )
    return "有拒赔或争议，改人工关怀" if uow.session.scalar(steps.limit(1)) is not None else ""


def _ask(uow: UnitOfWork, occasion: Occasion, now: datetime) -> None:
    assert occasion.conversation_id is not None
    due_at = polite(now)
    survey = _survey(occasion, "sent", due_at, "")
    survey.expires_at = due_at + occasion.episode.valid
    uow.cases.add(survey)
    text = occasion.episode.ask.format(case=occasion.case_number or "")
    cause = (surveys.KIND, surveys.touch_of(survey))
    plan_touch(uow, occasion.conversation_id, Reply(text, BUTTONS), cause, (now, due_at))


def _skip(uow: UnitOfWork, occasion: Occasion, reason: str, now: datetime) -> None:
    """Write down that nobody was asked, and why: that is an answer too."""
    if occasion.conversation_id is not None:
        uow.cases.add(_survey(occasion, "skipped", now, reason))
    uow.ledger.add(
        Happening(
            "survey.skipped",
            now,
            occasion.conversation_id,
            occasion.case_number,
            occasion.agent,
            label=occasion.episode.about,
            result=reason[:64],
            key=f"skip:{occasion.key}"[:128],
        )
    )


def _survey(occasion: Occasion, status: str, at: datetime, reason: str) -> Survey:
    return Survey(
        key=occasion.key,
        conversation_id=occasion.conversation_id,
        about=occasion.episode.about,
        status=status,
        comment="",
        sent_at=at,
        agent=occasion.agent or None,
        case_number=occasion.case_number,
        reason=reason or None,
    )


def polite(now: datetime) -> datetime:
    """Return ``now``, or the morning after when people sleep."""
    table = rules()
    at = now.timetz().replace(tzinfo=None)
    morning = now.replace(hour=table.quiet_to.hour, minute=table.quiet_to.minute, second=0)
    if at >= table.quiet_from:
        return morning + timedelta(days=1)
    return morning if at < table.quiet_to else now

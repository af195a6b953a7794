"""Demo claims in every state of `domain.md` 3.5, each with its history and legal day."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from bot.clock import SHANGHAI
from storage.crypto import Cipher
from storage.demo import histories, identifiers, personas, vocabulary
from storage.demo.claim_stories import STORIES, Story
from storage.demo.histories import Ended, Step
from storage.demo.numbers import Numbers
from storage.demo.policies import Cover
from storage.statuses import CLAIM_STATUSES

# Legal days: BXF 23 and 24, CTPL 28 and 29.
DECISION_DAYS, COMPULSORY_DECISION_DAYS, REFUSAL_DAYS, PAYMENT_DAYS = 30, 5, 3, 10
_DOCUMENT_LIST_DAYS, _PROGRESS_DAYS = 1, 3
# The branch's line of a policy → the line that a claim is reported under (contract section 5).
CLAIM_LINE = {
    "auto": "auto", "home": "home", "property": "home", "accident": "accident",
    "health": "accident", "liability": "liability", "cargo": "cargo",
}  # fmt: skip

_CHAIN = (
    "reported", "contact_due", "contacted", "survey_due", "assessing", "documents_due",
    "documents_complete", "deciding", "calculating", "customer_confirm", "agreed", "paying",
    "paid", "closed",
)  # fmt: skip
_DECIDED = _CHAIN[: _CHAIN.index("deciding") + 1]
_PATHS = {
    **{status: _CHAIN[: index + 1] for index, status in enumerate(_CHAIN)},
    "draft": ("draft",),
    "declined": (*_DECIDED, "declined"),
    "objection": (*_DECIDED, "declined", "objection"),
    "litigation": (*_DECIDED, "declined", "objection", "litigation"),
    "advance_paid": (*_DECIDED, "advance_paid"),
    "suspended": (*_CHAIN[: _CHAIN.index("assessing") + 1], "suspended"),
    "withdrawn": ("reported", "contact_due", "contacted", "withdrawn"),
    "cancelled": ("reported", "contact_due", "contacted", "cancelled"),
}
_GAPS = {
    "contact_due": (0, 0), "contacted": (0, 0), "survey_due": (0, 0), "assessing": (0, 0),
    "documents_due": (1, 2), "documents_complete": (2, 7), "deciding": (0, 0),
    "calculating": (1, 4), "customer_confirm": (1, 1), "agreed": (1, 2), "paying": (1, 1),
    "paid": (1, 3), "closed": (1, 2), "declined": (2, 4), "objection": (3, 9),
    "litigation": (15, 25), "advance_paid": (56, 59), "suspended": (1, 3), "withdrawn": (1, 1),
    "cancelled": (0, 0),
}  # fmt: skip
# Step → what is handed out in writing after it, and how many minutes later.
_PAPERS = {"contacted": ("document_list", 3), "declined": ("refusal_notice", 90)}
_NEWEST = ("draft", "reported", "contact_due")
_OVER = ("closed", "withdrawn", "cancelled", "litigation", "suspended", "advance_paid")
_PAID = ("paid", "closed", "advance_paid")
_SURVEYED_LINES = ("auto", "home")
_LINES = ("auto", "auto", "accident", "auto", "home", "auto", "liability", "auto", "cargo", "auto")
_EACH, _MORE_CLOSED = 2, 16
_REPORT_DELAY_MINUTES = (15, 26 * 60)
_UNOWNED = "理赔客服组"
_NOTES = {
    "draft": "报案中断，等待补充",
    "contact_due": "已派理赔客服组联系",
    "contacted": "已电话联系，说明流程和材料清单",
    "document_list": "已书面告知所需材料",
    "refusal_notice": "拒赔通知书已发出",
    "survey_due": "已安排查勘",
    "assessing": "查勘完成，开始定损",
    "documents_due": "已一次性告知缺少的材料",
    "documents_complete": "材料收齐",
    "deciding": "开始核定",
    "calculating": "属于保险责任，开始理算",
    "customer_confirm": "赔付方案已发给客户",
    "agreed": "客户确认赔付方案",
    "paying": "已提交付款",
    "paid": "已付至被保险人本人账户",
    "closed": "结案",
    "declined": "不属于保险责任，书面通知已载明理由和条款",
    "objection": "客户对核定结果有异议，转他人复核",
    "suspended": "等待事故认定书",
    "withdrawn": "客户撤回报案",
    "cancelled": "与此前报案重复，注销本案",
    "litigation": "收到起诉状副本，转诉讼管理",
    "advance_paid": "满 60 日仍有部分不能确定，先付可以确定的部分",
}
_BY_CUSTOMER = ("draft", "reported", "documents_complete", "agreed", "objection", "withdrawn")


@dataclass
class ClaimBook:
    """Collects claims and their histories."""

    rng: Random
    now: datetime
    cipher: Cipher
    numbers: Numbers
    covers: list[Cover]
    claims: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    def add(self, status: str, line: str, rest: int, owner: str = "") -> None:
        """Add a claim in ``status`` on some policy of ``line`` that nobody claimed on yet.

        ``line`` may be a kind of policy. A small line may have none left; then it is a car.
        """
        steps = histories.since(self.rng, _path(status, line), _GAPS, self.now, rest)
        happened_at = self._happened_before(steps[0].at)
        day = happened_at.date()
        fitting = self._fitting(line, day, owner) or self._fitting("auto", day, owner)
        cover = self.rng.choice(fitting)
        # One claim per car: a second one within 48 hours would look like a repeat.
        self._used.add(_subject(cover))
        story = self.rng.choice(STORIES.get(cover.product.kind, STORIES["auto"]))
        self._store(cover, story, steps, happened_at)

    def _happened_before(self, reported_at: datetime) -> datetime:
        return reported_at - timedelta(minutes=self.rng.randint(*_REPORT_DELAY_MINUTES))

    def _fitting(self, line: str, day: date, owner: str) -> list[Cover]:
        fixed = {persona.ref for persona in personas.PERSONAS}
        return [
            cover
            for cover in self.covers
            if line in (cover.product.kind, CLAIM_LINE.get(cover.product.line))
            and cover.status in ("有效", "满期")
            and cover.starts_on <= day <= cover.ends_on
            and (cover.client.ref == owner if owner else cover.client.ref not in fixed)
            and _subject(cover) not in self._used
        ]

    def _store(self, cover: Cover, story: Story, steps: list[Step], happened_at: datetime) -> None:
        status, reported_at = steps[-1].status, steps[0].at
        number = self.numbers.next("CL", reported_at.date())
        facts = self._facts(cover, story, status, happened_at)
        adjuster = f"理赔专员 {self.rng.choice(vocabulary.ADJUSTERS)}"
        amount = self.rng.randrange(60_000, 1_800_000, 100)
        due = due_on(steps, compulsory=cover.product.kind == "compulsory")
        self.claims.append(
            {
                "number": number,
                "conversation_id": None,
                "policy_number": cover.number,
                "line": facts["line"],
                "plate": facts.get("plate"),
                "phone_blind": self.cipher.blind(cover.client.phone),
                "facts": facts,
                "severity": _severity(status, story),
                "status": status,
                "owner": _UNOWNED if status in _NEWEST else adjuster,
                "next_step": CLAIM_STATUSES[status][1],
                "due_on": due,
                "due_at": due and datetime.combine(due + timedelta(days=1), time(), SHANGHAI),
                "paid_fen": amount if status in _PAID else None,
                "reported_at": reported_at,
                "updated_at": steps[-1].at,
            }
        )
        # Who was hurt is called by a person and gets no survey (domain.md 9.4).
        if status == "closed" and not story.injured:
            self.ended.append(Ended("claim", number, cover.client.ref, steps[-1].at))
        for step in steps:
            data = facts if step.status == "reported" else _event_data(step.status, story, amount)
            self.events.append(histories.event(number, step, _actor(step.status, adjuster), data))
            self._paper(number, step, adjuster)
        self.claims[-1]["updated_at"] = self.events[-1]["at"]

    def _paper(self, number: str, step: Step, adjuster: str) -> None:
        """Add what the law wants in writing after some steps; one claim in nine waits for it."""
        paper = _PAPERS.get(step.status)
        if paper and len(self.claims) % 9:
            written = Step(paper[0], step.at + timedelta(minutes=paper[1]))
            if written.at <= self.now:
                note = {"note": _NOTES[paper[0]]}
                self.events.append(histories.event(number, written, adjuster, note))

    def _facts(
        self, cover: Cover, story: Story, status: str, happened_at: datetime
    ) -> dict[str, Any]:
        line = CLAIM_LINE[cover.product.line]
        facts: dict[str, Any] = {
            "line": line,
            "happened_at": happened_at.isoformat(),
            "place": cover.details.get("address") or self._place(),
            "accident_type": story.accident_type,
            "injured": story.injured,
            "phone": cover.client.phone,
            "reporter": cover.client.name,
            "reporter_relation": "other" if cover.client.kind == "firm" else "self",
            "story": story.words,
            "damage": story.damage,
        }
        if line == "auto" and cover.vehicle:
            facts |= {"plate": cover.vehicle.plate, "drivable": story.drivable}
            facts["police_reported"] = story.injured or story.two_cars
        if story.two_cars:
            facts["other_plate"] = identifiers.fuel_plate(self.rng)
        if status == "draft":
            del facts["damage"], facts["place"]
        if status == "documents_due":
            facts["missing"] = list(story.missing)
        return facts

    def _place(self) -> str:
        first, second = self.rng.sample(vocabulary.ROADS, 2)
        return f"天津市{self.rng.choice(vocabulary.DISTRICTS)}{first}与{second}交口附近"


def _path(status: str, line: str) -> tuple[str, ...]:
    """Return the states on the way; only cars and homes are surveyed."""
    if line in _SURVEYED_LINES:
        return _PATHS[status]
    return tuple(s for s in _PATHS[status] if s not in ("survey_due", "assessing"))


def _subject(cover: Cover) -> str:
    return cover.vehicle.plate if cover.vehicle else cover.number


def _severity(status: str, story: Story) -> str:
    if status == "litigation":
        return "P1"
    if status == "objection":
        return "P2"
    return "P0" if story.injured and status in _NEWEST else "normal"


def _actor(status: str, adjuster: str) -> str:
    if status in _BY_CUSTOMER:
        return "customer"
    return "system" if status == "contact_due" else adjuster


def _event_data(status: str, story: Story, amount: int) -> dict[str, Any]:
    data: dict[str, Any] = {"note": _NOTES[status]}
    if status == "documents_due":
        data["missing"] = list(story.missing)
    if status in ("customer_confirm", "agreed", "paid", "advance_paid"):
        data["amount_fen"] = amount
    return data


def due_on(steps: list[Step], *, compulsory: bool) -> date | None:
    """Return the day by which we must act, or None while the customer or a court has to."""
    status, last = steps[-1].status, steps[-1].at.date()
    decision = COMPULSORY_DECISION_DAYS if compulsory else DECISION_DAYS
    if status in ("documents_complete", "deciding", "calculating"):
        complete = histories.reached(steps, "documents_complete") or last
        return complete + timedelta(days=decision)
    if status in ("agreed", "paying"):
        agreed = histories.reached(steps, "agreed") or last
        return agreed + timedelta(days=PAYMENT_DAYS)
    days = {
        "reported": 0,
        "contact_due": 0,
        "contacted": _DOCUMENT_LIST_DAYS,
        "survey_due": _DOCUMENT_LIST_DAYS,
        "assessing": _PROGRESS_DAYS,
        "declined": REFUSAL_DAYS,
        "objection": DECISION_DAYS,
    }.get(status)
    return None if days is None else last + timedelta(days=days)


def fill(book: ClaimBook) -> None:
    """Add all demo claims, those of the personas first."""
    book.add("assessing", "auto", rest=1, owner=personas.DRIVER.ref)
    book.add("deciding", "employer", rest=2, owner=personas.FIRM.ref)
    book.add("documents_due", "accident", rest=2, owner=personas.ELDERLY.ref)
    book.add("closed", "auto", rest=24, owner=personas.COMPLAINANT.ref)
    statuses = (*list(CLAIM_STATUSES) * _EACH, *("closed",) * _MORE_CLOSED)
    for status, line in zip(statuses, itertools.cycle(_LINES), strict=False):
        if status in ("survey_due", "assessing", "suspended"):
            book.add(status, "auto", _rest(book.rng, status))
        else:
            book.add(status, line, _rest(book.rng, status))
    # Somebody forgot one: the console must show it in red.
    book.add("deciding", "auto", rest=DECISION_DAYS + 2)


def _rest(rng: Random, status: str) -> int:
    if status in _NEWEST:
        return 0
    return rng.randint(4, 75) if status in _OVER else rng.randint(1, 2)

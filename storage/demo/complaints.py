"""Demo complaints in every state of `domain.md` 4.3, each with its history and legal day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from storage.crypto import Cipher
from storage.demo import histories, personas, vocabulary
from storage.demo.customers import Client
from storage.demo.histories import Ended, Step
from storage.demo.numbers import Numbers
from storage.statuses import COMPLAINT_STATUSES

# CMP20: 15 days from receipt, 30 when complex, 60 with an approved second extension.
LEGAL_DAYS = (15, 30, 60)
REVIEW_DAYS = 30

_DECIDED = ("received", "accepted", "investigating", "proposing", "negotiating", "decided")
_PATHS = {
    **{status: _DECIDED[: index + 1] for index, status in enumerate(_DECIDED)},
    "closed": (*_DECIDED, "closed"),
    "review": (*_DECIDED, "review"),
    "mediation": (*_DECIDED, "mediation"),
    "withdrawn": ("received", "accepted", "withdrawn"),
    "transferred": ("received", "transferred"),
    "extended": ("received", "accepted", "investigating", "extended"),
    "suspended": ("received", "accepted", "investigating", "suspended"),
    "merged": ("received", "accepted", "merged"),
}
_EXTENDED_TWICE = (*_PATHS["extended"], "extended")
_CLOSED_LATER = (*_PATHS["extended"], "proposing", "negotiating", "decided", "closed")
_GAPS = {
    "accepted": (0, 0), "investigating": (1, 1), "proposing": (2, 3), "negotiating": (1, 2),
    "decided": (1, 3), "closed": (1, 4), "review": (3, 10), "mediation": (3, 8),
    "withdrawn": (1, 2), "transferred": (0, 0), "extended": (11, 13), "suspended": (2, 4),
    "merged": (0, 1),
}  # fmt: skip
_NEWEST = ("received", "accepted")
_EACH, _MORE_CLOSED = 2, 20
_CHANNELS = ("webchat", "wechat", "phone", "branch", "letter", "email", "regulator")
_UNOWNED = "客户服务部投诉岗"
_DECISION = "经核实，情况部分属实。我们已向您致歉并说明理由和依据，已安排整改。"
# (category, severity, story, demand); categories as in storage/rules/complaint.yaml.
_STORIES = (
    ("理赔", "P2", "定损后一周没有人联系，打电话也说不清进度。", "尽快给出进度和负责人"),
    ("理赔", "P2", "定损金额比修理厂报价低很多，没人解释。", "重新核定损失并说明依据"),
    ("服务态度", "P2", "客服说话不耐烦，没说完就挂电话。", "道歉"),
    ("售前宣传", "P1", "业务员说什么都赔，买完才知道有免赔额。", "说明情况并处理业务员"),
    ("退保", "P2", "申请退保两周，材料补了两次还没有退费。", "按约定退还保费"),
    ("信息安全", "P1", "投保后总接到推销电话，怀疑信息泄露。", "查清来源并停止来电"),
    ("续保", "P3", "没有收到续保提醒，差点脱保。", "以后提前提醒"),
    ("保单", "P3", "电子发票抬头开错，申请换开没有回音。", "换开发票"),
    ("其他", "P3", "网点排队太久，只开一个窗口。", "增加窗口"),
)
_NOTES = {
    "accepted": "已受理并联系投诉人",
    "investigating": "调取通话录音和办理记录",
    "proposing": "核实完毕，拟定处理方案",
    "negotiating": "与投诉人沟通方案",
    "decided": "已告知决定、理由和救济途径",
    "closed": "投诉人接受，办结",
    "review": "投诉人申请上级核查",
    "mediation": "双方同意调解，已移交保险纠纷调解委员会",
    "withdrawn": "投诉人撤回",
    "transferred": "不属于本机构，已告知受理机构",
    "extended": "情况复杂，经批准延期并告知投诉人",
    "suspended": "等待司法程序结果",
    "merged": "与同一事由的投诉合并处理",
}
_POSITIONS = ("accepted", "accepted", "accepted", "rejected", "accepted", "accepted", "unreached")
_CAUSES = ("delay", "notice", "attitude", "process", "notice")
_BY_CUSTOMER = ("received", "review", "withdrawn")


@dataclass
class ComplaintBook:
    """Collects complaints and their histories."""

    rng: Random
    now: datetime
    cipher: Cipher
    numbers: Numbers
    complaints: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)

    def add(
        self, client: Client, path: tuple[str, ...], rest: int, about: int | None = None
    ) -> None:
        """Add a complaint that went along ``path``; ``about`` picks the story."""
        index = self.rng.randrange(len(_STORIES)) if about is None else about
        category, severity, story, demand = _STORIES[index]
        steps = histories.since(self.rng, path, _GAPS, self.now, rest)
        status, received_at = steps[-1].status, steps[0].at
        number = self.numbers.next("CP", received_at.date())
        officer = f"投诉专员 {self.rng.choice(vocabulary.OFFICERS)}"
        self.complaints.append(
            {
                "number": number,
                "conversation_id": None,
                "channel": self.rng.choice(_CHANNELS),
                "category": category,
                "severity": severity,
                "status": status,
                "owner": _UNOWNED if status == "received" else officer,
                "phone_blind": self.cipher.blind(client.phone),
                "facts": {
                    "reporter": client.name,
                    "phone": client.phone,
                    "about": category,
                    "story": story,
                    "demand": demand,
                },
                "decision": _DECISION if "decided" in path else "",
                **_ending(steps, len(self.complaints)),
                "received_at": received_at,
                "due_on": due_on(steps),
                "updated_at": steps[-1].at,
            }
        )
        if status == "closed":
            self.ended.append(Ended("complaint", number, client.ref, steps[-1].at))
        for step in steps:
            actor = "customer" if step.status in _BY_CUSTOMER else officer
            data = {"note": _NOTES[step.status]} if step.status in _NOTES else {}
            if step.status == "received":
                data = {"severity": severity}
            self.events.append(histories.event(number, step, actor, data))


def _ending(steps: list[Step], place: int) -> dict[str, Any]:
    """Return how it ended: most are content, one in seven is not, one could not be reached."""
    at = {step.status: step.at for step in steps}
    closed = at.get("closed")
    return {
        "outcome": "partly" if "decided" in at else None,
        "decided_at": at.get("decided"),
        "closed_at": closed,
        "position": _POSITIONS[place % len(_POSITIONS)] if closed else None,
        "root_cause": _CAUSES[place % len(_CAUSES)] if closed else None,
    }


def due_on(steps: list[Step]) -> date:
    """Return the legal day: later with each extension, and anew for a review."""
    if review := histories.reached(steps, "review"):
        return review + timedelta(days=REVIEW_DAYS)
    extensions = sum(step.status == "extended" for step in steps)
    return steps[0].at.date() + timedelta(days=LEGAL_DAYS[extensions])


def fill(book: ComplaintBook, clients: list[Client]) -> None:
    """Add all demo complaints; the first client is the persona with an open one."""
    persona, *others = clients
    # Received six days ago, so nine of the fifteen are left.
    book.add(persona, _PATHS["investigating"], rest=5, about=0)
    authors = iter(book.rng.sample(others, len(others)))
    for status in (*list(COMPLAINT_STATUSES) * _EACH, *("closed",) * _MORE_CLOSED):
        book.add(next(authors), _PATHS[status], _rest(book.rng, status))
    book.add(next(authors), _EXTENDED_TWICE, rest=6)
    book.add(next(authors), _CLOSED_LATER, rest=12)
    # One is past its day: the console must show it in red.
    book.add(next(authors), _PATHS["investigating"], rest=LEGAL_DAYS[0] + 1)


def _rest(rng: Random, status: str) -> int:
    if status in _NEWEST:
        return 0
    if status not in ("closed", "withdrawn", "transferred"):
        return 1
    # Half of them lately: this month's figures are the ones that are looked at.
    return rng.randint(3, rng.choice((24, 90)))


def author_pool(clients: list[Client]) -> list[Client]:
    """Return the complaining persona first, then everybody who is no persona."""
    fixed = {persona.ref for persona in personas.PERSONAS}
    first = [client for client in clients if client.ref == personas.COMPLAINANT.ref]
    return first + [client for client in clients if client.ref not in fixed]

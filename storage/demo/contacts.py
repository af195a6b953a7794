"""Channel identities of some demo customers, and what they said when asked for a score.

A survey belongs to a conversation and a reminder needs one to be sent to, so these customers
have written once on the web page. The peer is a keyed hash: nobody can guess the session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from storage.crypto import Cipher
from storage.demo import personas
from storage.demo.histories import Ended
from storage.demo.policies import REMINDER_DAYS, Cover

_CONTACTS = 44
_TALKS = 14
_OPENED_MINUTES_AGO = (120 * 24 * 60, 200 * 24 * 60)
_SAID, _ANSWERED = "在吗", "您好，我是智能助手安答，请问有什么可以帮您？"
_COMMENTS = {5: "很快", 4: "", 3: "一般", 2: "等得有点久", 1: "没解决我的问题"}
_SCORES = (5, 5, 4, 5, 3, 4, 5, 2, 4, 1)


@dataclass(frozen=True)
class Opened:
    """A stored conversation."""

    id: int
    at: datetime


def refs(covers: Sequence[Cover], ended: Sequence[Ended], now: datetime) -> list[str]:
    """Return who has written to us: some with a closed case, then whom a reminder is for."""
    fixed = {persona.ref for persona in personas.PERSONAS}
    days = {now.date() + timedelta(days=days) for days in REMINDER_DAYS}
    served = [case.ref for case in ended if case.ref not in fixed][::2]
    due = [cover.client.ref for cover in covers if cover.ends_on in days]
    return [ref for ref in dict.fromkeys(served + due) if ref not in fixed][:_CONTACTS]


def peer(cipher: Cipher, ref: str) -> str:
    """Return the web session of a demo customer."""
    return cipher.blind(f"demo session {ref}")[:40]


def conversations(
    rng: Random, now: datetime, cipher: Cipher, customers: dict[str, int]
) -> list[dict[str, Any]]:
    """Return one conversation per customer; ``customers`` maps ref to id."""
    rows = []
    for ref, customer_id in customers.items():
        # Long ago enough to come before every survey.
        at = now.replace(microsecond=0) - timedelta(minutes=rng.randint(*_OPENED_MINUTES_AGO))
        rows.append(
            {
                "channel": "webchat",
                "account": "web",
                "peer": peer(cipher, ref),
                "state": {},
                "owner": "bot",
                "owner_rev": 0,
                "agent": None,
                "customer_id": customer_id,
                "verified_until": None,
                "subscribed": True,
                "last_seq": 2,
                "opened_at": at,
                "last_at": at,
            }
        )
    return rows


def messages(opened: Sequence[Opened]) -> list[dict[str, Any]]:
    """Return the greeting of every conversation."""
    rows: list[dict[str, Any]] = []
    for conversation in opened:
        common = {"conversation_id": conversation.id, "owner_rev": 0, "at": conversation.at}
        said = {"type": "text", "text": _SAID}
        answered = {"type": "text", "text": _ANSWERED}
        rows += [
            common
            | {"seq": 1, "author": "customer", "key": f"demo-{conversation.id}", "body": said}
            | {"reply_to": None, "sent_by": None},
            common
            | {"seq": 2, "author": "bot", "key": None, "body": answered}
            | {"reply_to": 1, "sent_by": "response"},
        ]
    return rows


def surveys(
    rng: Random, now: datetime, opened: Mapping[str, Opened], ended: Sequence[Ended]
) -> list[dict[str, Any]]:
    """Return surveys about closed cases of these customers, and about talks with an agent."""
    asked = [
        (case.kind, case.number, opened[case.ref].id, case.at + timedelta(days=1))
        for case in ended
        if case.ref in opened
    ]
    for talk in list(opened.values())[-_TALKS:]:
        at = now.replace(microsecond=0) - timedelta(days=rng.randint(2, 40))
        asked.append(("handoff", f"{talk.id}-1", talk.id, at))
    rows = []
    for index, (about, subject, conversation, sent_at) in enumerate(asked):
        # Every fifth one got no answer within its day.
        score = None if index % 5 == 4 else _SCORES[index % len(_SCORES)]
        answered_at = sent_at + timedelta(minutes=rng.randint(1, 600)) if score else None
        rows.append(
            {
                "key": f"{about}:{subject}",
                "conversation_id": conversation,
                "about": about,
                "status": "answered" if score else "expired",
                "score": score,
                "comment": _COMMENTS[score] if score else "",
                "sent_at": sent_at,
                "answered_at": answered_at,
            }
        )
    return rows

"""Rows for the tests of the API, each with what the test says and the rest invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from storage.crypto import Cipher
from storage.models.case import Claim, Handoff, Survey, Ticket
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.outbox import Media, OutboxItem
from storage.models.policy import Policy
from tests.bot.api.kit import NOW

PHONE = "13800000000"
ID_NUMBER = "990101199001010012"


def conversation(number: int = 1, **values: Any) -> Conversation:
    """Return a conversation."""
    return Conversation(
        **{
            "id": number,
            "channel": "webchat",
            "account": "web",
            "peer": f"secret-session-{number}",
            "state": {},
            "owner": "bot",
            "owner_rev": 0,
            "subscribed": True,
            "last_seq": 1,
            "opened_at": NOW,
            "last_at": NOW,
            **values,
        }
    )


def message(conversation_id: int, seq: int, text: str) -> Message:
    """Return something that a customer said."""
    return Message(
        conversation_id=conversation_id,
        seq=seq,
        author="customer",
        key=f"k{seq}",
        owner_rev=0,
        body={"type": "text", "text": text},
        at=NOW,
    )


def claim(number: int, **values: Any) -> Claim:
    """Return a claim."""
    facts = {"line": "auto", "plate": "津A12345", "phone": PHONE, "reporter": "张三丰"}
    return Claim(
        **{
            "number": f"CL20261122{number:06d}",
            "line": "auto",
            "plate": "津A12345",
            "facts": facts | {"story": "追尾了", "injured": False},
            "severity": "normal",
            "status": "contact_due",
            "owner": "理赔客服组",
            "next_step": "",
            "due_on": date(2026, 11, 23),
            "reported_at": NOW,
            "updated_at": NOW,
            **values,
        }
    )


def photo(number: str, conversation_id: int = 1) -> Media:
    """Return a photo that hangs on a case."""
    return Media(
        conversation_id=conversation_id,
        kind="image",
        ref="a.jpg",
        status="stored",
        case_number=number,
        at=NOW,
    )


def customer(cipher: Cipher, number: int = 1) -> Customer:
    """Return a customer."""
    return Customer(
        id=number,
        ref=f"DEMO-P{number:03d}",
        kind="person",
        name="张三丰",
        id_number=ID_NUMBER,
        id_blind=cipher.blind(ID_NUMBER),
        phone=PHONE,
        phone_blind=cipher.blind(PHONE),
    )


def policy(
    number: str = "TATJ20260101000001",
    customer_id: int = 1,
    ends_on: date = date(2027, 1, 1),
    plate: str = "津A12345",
) -> Policy:
    """Return a policy."""
    return Policy(
        number=number,
        customer_id=customer_id,
        line="auto",
        product="机动车商业保险",
        plate=plate,
        starts_at=NOW - timedelta(days=300),
        ends_on=ends_on,
        status="有效",
        premium_fen=300_000,
        payment="已缴清",
        details={"address": "天津市某路 1 号", "coverages": [{"name": "车损"}]},
    )


def ticket(number: int, kind: str) -> Ticket:
    """Return a ticket."""
    return Ticket(
        number=f"TK20261122{number:06d}",
        kind=kind,
        status="new",
        facts={"phone": PHONE},
        opened_at=NOW,
        due_at=NOW + timedelta(hours=2),
    )


def handoff(conversation_id: int = 1) -> Handoff:
    """Return a request for a person."""
    return Handoff(
        number="HO20261122000001",
        conversation_id=conversation_id,
        level="P1",
        reason="要求人工",
        status="open",
        package={"last_words": ["人工"]},
        opened_at=NOW,
        answer_by=NOW,
    )


def survey(key: str, score: int | None, conversation_id: int = 1) -> Survey:
    """Return a survey."""
    return Survey(
        key=key,
        conversation_id=conversation_id,
        about="claim",
        status="sent" if score is None else "answered",
        score=score,
        comment="",
        sent_at=NOW,
        answered_at=None if score is None else NOW,
    )


def notice(key: str, kind: str, **values: Any) -> OutboxItem:
    """Return a delivery."""
    return OutboxItem(
        **{
            "dedupe_key": key,
            "kind": kind,
            "channel": "sms",
            "account": "sms",
            "peer": PHONE,
            "body": {"text": "验证码 123456"},
            "status": "due",
            "reason": "",
            "provider_id": "",
            "attempts": 0,
            "created_at": NOW,
            "due_at": NOW,
            **values,
        }
    )

"""Reminders of missing documents: planned with the notice, dropped when nothing is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from storage import web_links
from storage.crypto import Cipher
from storage.models.case import CaseEvent, Claim
from storage.models.conversation import Conversation
from storage.rules import claim_texts
from storage.rules.claim import rules
from storage.unit_of_work import UnitOfWork
from storage.web_links import WebLink

KIND = "claim_reminder"
MOST = 10


def plan(  # noqa: PLR0913 - what a reminder says, and to whom
    uow: UnitOfWork,
    cipher: Cipher,
    claim: Claim,
    missing: Sequence[str],
    now: datetime,
    *,
    given: bool = False,
    public_url: str = "",
) -> None:
    """Plan a reminder for each day of the rule; the outbound job lets them go by its own rules.

    ``given`` says that the notice stands in the history already; with a public address the
    words carry a link to the page that takes the photos.
    """
    where = address(uow, cipher, claim)
    if where is None:
        return
    channel, account, peer, to = where
    text = claim_texts.notice("C04", {"no": claim.number, "missing": "、".join(missing)})
    rule = rules()["reminders"]
    at = time.fromisoformat(rule["at"])
    notice = _notices(uow, claim.number) + (not given)
    for order, days in enumerate(rule["days"][:MOST]):
        due = (now + timedelta(days=days)).replace(
            hour=at.hour, minute=at.minute, second=0, microsecond=0
        )
        uow.outbox.queue(
            dedupe_key=_key(claim.number, notice, order),
            kind=KIND,
            channel=channel,
            account=account,
            peer=peer,
            body={
                "type": "text",
                "text": text + _link(cipher, claim, public_url, due),
                "claim": claim.number,
                "days": days,
            }
            | to,
            due_at=due,
            now=now,
            conversation_id=claim.conversation_id,
            status="planned",
        )


def _link(cipher: Cipher, claim: Claim, public_url: str, due: datetime) -> str:
    """Return the words with a link, '' where nobody outside could open it."""
    if not public_url.startswith("https://") or claim.conversation_id is None:
        return ""
    made = WebLink("upload", claim.conversation_id, claim.number)
    token = web_links.make(cipher, made, due)
    return f"也可以打开链接上传（72 小时内有效）：{public_url.rstrip('/')}/links/{token}"


def drop(uow: UnitOfWork, number: str, reason: str) -> int:
    """Take back what is planned for a claim and was not sent; return how many."""
    planned = keys(uow, number)
    return uow.outbox.suppress(planned, reason) if planned else 0


def keys(uow: UnitOfWork, number: str) -> list[str]:
    """Return the keys of all reminders of a claim."""
    notices = range(1, _notices(uow, number) + 1)
    return [_key(number, notice, order) for notice in notices for order in range(MOST)]


def _notices(uow: UnitOfWork, number: str) -> int:
    """Return how many complete notices the history of a claim has."""
    query = select(func.count()).where(
        CaseEvent.case_number == number, CaseEvent.kind == "documents_due"
    )
    return int(uow.session.scalar(query) or 0)


def _key(number: str, notice: int, order: int) -> str:
    # Exact keys: a search by their beginning would read the whole outbox.
    return f"claim:{number}:documents:{notice}:{order}"


def address(
    uow: UnitOfWork, cipher: Cipher, claim: Claim
) -> tuple[str, str, str, dict[str, str]] | None:
    """Return channel, account, peer and what an SMS needs; None where nobody can be reached."""
    if claim.conversation_id is not None:
        conversation = uow.session.get(Conversation, claim.conversation_id)
        if conversation is not None:
            return conversation.channel, conversation.account, conversation.peer, {}
    phone = str(claim.facts.get("phone") or "")
    return ("sms", "sms", cipher.blind(phone), {"to": phone}) if phone else None

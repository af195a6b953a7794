"""One-time codes: six figures by text message, hashed here, good once and for minutes.

A code is sent to any mobile number within the limits: that one came tells nothing about who
is a customer, and the work is the same for every number.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.back_office import CodeResult
from bot.settings import Identity as Rules
from storage.crypto import Cipher
from storage.lockout import Lockout
from storage.models.customer import OneTimeCode
from storage.unit_of_work import UnitOfWork

_SMS = (
    "【安答】验证码 {code}，{minutes} 分钟内有效。我们的工作人员不会向您索要验证码，请勿告诉他人。"
)


@dataclass
class Codes:
    """The codes that one channel identity asks for."""

    uow: UnitOfWork
    conversation_id: int
    cipher: Cipher
    rules: Rules
    now: datetime
    lockout: Lockout

    def send(self, phone: str) -> CodeResult:
        """Send a code unless a limit stands against it; the phone need not be known."""
        blind = self.cipher.blind(phone)
        self.uow.customers.take_turns(blind)
        if self.lockout.minutes() or self.lockout.stands_against(blind):
            return "locked"
        latest = self.uow.customers.latest_code(self.conversation_id, blind)
        if latest and not latest.used and self._too_soon(latest):
            return "too_soon"
        if self._used_up(blind):
            return "too_many"
        self._send(phone, blind)
        return "sent"

    def _too_soon(self, latest: OneTimeCode) -> bool:
        return self.now - latest.sent_at < timedelta(seconds=self.rules.resend_seconds)

    def _used_up(self, blind: str) -> bool:
        """Count what went to the person, what this identity asked for, and all that we sent."""
        customers, rules = self.uow.customers, self.rules
        day, hour = self.now - timedelta(days=1), self.now - timedelta(hours=1)
        counts = (
            (customers.codes_to_person_since(blind, day), rules.codes_per_phone_per_day),
            (
                customers.codes_of_conversation_since(self.conversation_id, day),
                rules.codes_per_phone_per_day,
            ),
            (customers.codes_since(hour), rules.codes_per_hour),
        )
        return any(count >= limit for count, limit in counts)

    def _send(self, phone: str, blind: str) -> None:
        code = f"{secrets.randbelow(1_000_000):06d}"
        record = OneTimeCode(
            conversation_id=self.conversation_id,
            phone_blind=blind,
            code_hash=self.cipher.blind(f"{blind}:{code}"),
            sent_at=self.now,
            expires_at=self.now + timedelta(minutes=self.rules.code_minutes),
            attempts=0,
            used=False,
        )
        self.uow.customers.add_code(record)
        self.uow.outbox.queue(
            dedupe_key=f"code:{record.id}",
            kind="code",
            channel="sms",
            account="sms",
            peer=blind,
            body={"to": phone, "text": _SMS.format(code=code, minutes=self.rules.code_minutes)},
            due_at=self.now,
            now=self.now,
        )

    def check(self, phone: str, code: str) -> bool:
        """Use up the code; every attempt counts, and a failed one is remembered."""
        blind = self.cipher.blind(phone)
        self.uow.customers.take_turns(blind)
        if self.lockout.minutes() or self.lockout.stands_against(blind):
            return False
        record = self.uow.customers.latest_code(self.conversation_id, blind)
        if record is None or record.used or record.expires_at <= self.now:
            return False
        record.attempts += 1
        right = hmac.compare_digest(record.code_hash, self.cipher.blind(f"{blind}:{code}"))
        if right and record.attempts <= self.rules.code_attempts:
            record.used = True
            return True
        self.lockout.note(blind)
        return False

"""Who is asking: one-time codes, proofs, lock-out (`domain.md` 5.7), and the access log.

Nothing here tells an asker whether a phone or a customer exists: a code is sent to any
mobile number within the limits, and a failed proof is the same whatever was wrong.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import select

from bot.back_office import CodeResult, Values
from bot.desks.identity import Assurance
from bot.settings import Identity as Rules
from storage import proofs
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.customer import Customer, OneTimeCode
from storage.unit_of_work import UnitOfWork

_MOST_ON_ONE_PHONE = 8
_SMS = (
    "【安答】验证码 {code}，{minutes} 分钟内有效。我们的工作人员不会向您索要验证码，请勿告诉他人。"
)


@dataclass
class Identity:
    """The proofs of one channel identity, now."""

    uow: UnitOfWork
    conversation: OpenConversation
    cipher: Cipher
    rules: Rules
    now: datetime
    channel: str = ""

    @property
    def verified(self) -> bool:
        """Tell whether the identity is bound to a customer and still verified."""
        until = self.conversation.verified_until
        return self.conversation.customer_id is not None and until is not None and until > self.now

    @property
    def customer(self) -> Customer | None:
        """Return the customer this identity is bound to."""
        if self.conversation.customer_id is None:
            return None
        return self.uow.session.get(Customer, self.conversation.customer_id)

    def send_code(self, phone: str) -> CodeResult:
        """Send a code unless a limit stands against it; the phone need not be known."""
        if self.locked_minutes():
            return "locked"
        blind, day = self.cipher.blind(phone), self.now - timedelta(days=1)
        customers = self.uow.customers
        latest = customers.latest_code(self.conversation.id, blind)
        waiting = latest is not None and not latest.used
        if (
            latest
            and waiting
            and self.now - latest.sent_at < timedelta(seconds=self.rules.resend_seconds)
        ):
            return "too_soon"
        limit = self.rules.codes_per_phone_per_day
        asked = customers.codes_of_conversation_since(self.conversation.id, day)
        if customers.codes_since(blind, day) >= limit or asked >= limit:
            return "too_many"
        self._send(phone, blind)
        return "sent"

    def _send(self, phone: str, blind: str) -> None:
        code = f"{secrets.randbelow(1_000_000):06d}"
        record = OneTimeCode(
            conversation_id=self.conversation.id,
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

    def check_code(self, phone: str, code: str) -> bool:
        """Use up the code; every attempt counts, and a failed one is remembered."""
        if self.locked_minutes():
            return False
        blind = self.cipher.blind(phone)
        record = self.uow.customers.latest_code(self.conversation.id, blind)
        if self._phone_locked(blind):
            return False
        if record is None or record.used or record.expires_at <= self.now:
            return False
        record.attempts += 1
        right = hmac.compare_digest(record.code_hash, self.cipher.blind(f"{blind}:{code}"))
        if right and record.attempts <= self.rules.code_attempts:
            record.used = True
            return True
        self.uow.customers.add_failure(self.conversation.id, blind, self.now)
        return False

    def proved_phones(self) -> list[str]:
        """Return the blind indexes of phones proved by a code in this session."""
        since = self.now - timedelta(minutes=self.rules.session_minutes)
        query = select(OneTimeCode.phone_blind).where(
            OneTimeCode.conversation_id == self.conversation.id,
            OneTimeCode.used,
            OneTimeCode.sent_at >= since,
        )
        proved = list(dict.fromkeys(self.uow.session.scalars(query)))
        if self.verified and self.customer:
            proved.append(self.customer.phone_blind)
        return proved

    def plates(self) -> list[str]:
        """Return the plates on the verified customer's running policies: cars change hands."""
        if not self.verified or self.customer is None:
            return []
        today, own = self.now.date(), self.uow.customers.policies_of(self.customer.id)
        running = (p for p in own if p.status == "有效" and p.ends_on >= today)
        return [p.plate for p in running if p.plate]

    @property
    def level(self) -> Assurance:
        """Return how surely we know who is asking (`domain.md` 5.7)."""
        if self.verified:
            return "V2"
        return "V1" if self.known_login or self.proved_phones() else "V0"

    @property
    def known_login(self) -> bool:
        """Tell whether this identity is bound and its channel vouches for who writes."""
        bound = self.conversation.customer_id is not None
        return bound and self.channel in self.rules.login_channels

    def identify(self, phone: str, proof: Values) -> bool:
        """Bind this identity to the customer whom the proofs fit (level V2).

        The work is the same whether the phone is known, the document wrong, or both.
        """
        blind = self.cipher.blind(phone) if phone else self._login_blind()
        allowed = blind in self.proved_phones() or (not phone and self.known_login)
        if self.locked_minutes() or self._phone_locked(blind) or not allowed:
            return False
        candidates = self._candidates(phone, blind)
        policies = self.uow.customers.policies_of_any([c.id for c in candidates])
        fitting = [c for c in candidates if proofs.fits(c, proof, policies)]
        if not fitting:
            self.uow.customers.add_failure(self.conversation.id, blind, self.now)
            return False
        until = self.now + timedelta(minutes=self.rules.session_minutes)
        self.uow.conversations.bind(self.conversation, fitting[0].id, until)
        self.log("identity verified V2", "身份核验")
        return True

    def _login_blind(self) -> str:
        return self.customer.phone_blind if self.customer else ""

    def _candidates(self, phone: str, blind: str) -> Sequence[Customer]:
        if phone:
            return self.uow.customers.by_phone(blind)[:_MOST_ON_ONE_PHONE]
        return [self.customer] if self.customer else []

    def locked_minutes(self) -> int:
        """Return for how many more minutes verification is locked; 0 when it is open."""
        return self._locked

    def _phone_locked(self, phone_blind: str) -> bool:
        """A phone stays locked for everybody, or guessing would go on in a new session."""
        failures = self.uow.customers.phone_failures_since(phone_blind, self._lock_window)
        return failures >= self.rules.failures_before_lock

    @cached_property
    def _lock_window(self) -> datetime:
        return self.now - timedelta(minutes=self.rules.lock_minutes)

    @property
    def _locked(self) -> int:
        failures = self.uow.customers.failures_since(self.conversation.id, self._lock_window)
        if len(failures) < self.rules.failures_before_lock:
            return 0
        opens = failures[-1] + timedelta(minutes=self.rules.lock_minutes)
        return max(1, -int((self.now - opens).total_seconds() // 60))

    def log(self, what: str, reason: str) -> None:
        """Record a disclosure to this identity."""
        self.uow.customers.log_access(
            self.now,
            self.conversation.id,
            self.conversation.customer_id,
            f"customer:{self.conversation.id}",
            what,
            reason,
        )

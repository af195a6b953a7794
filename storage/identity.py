"""Who is asking: proofs, binding and its end, levels (`domain.md` 5.7), and the access log.

Nothing here tells an asker whether a phone, a customer or a grant exists: a failed proof is the
same, and costs the same work, whatever was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import select

from bot.back_office import CodeResult, Values
from bot.desks.identity import Assurance
from bot.settings import Identity as Rules
from storage import joined, proofs
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.grants import Grants
from storage.lockout import Lockout
from storage.models.customer import Customer, OneTimeCode
from storage.one_time_codes import Codes
from storage.unit_of_work import UnitOfWork

_MOST_PHONES = 3


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

    @property
    def level(self) -> Assurance:
        """Return how surely we know who is asking."""
        if self.verified:
            return "V3" if self._seen_by_staff else "V2"
        return "V1" if self.known_login or self.proved_phones() else "V0"

    @property
    def _seen_by_staff(self) -> bool:
        bindings = self.uow.bindings
        customer = self.conversation.customer_id
        return bindings.staff_check(self.conversation.id, customer or 0, self.now) is not None

    @property
    def known_login(self) -> bool:
        """Tell whether this identity is bound, not too long ago, on a channel that knows people."""
        until = self.conversation.verified_until
        if self.conversation.customer_id is None or until is None:
            return False
        fresh = until > self.now - timedelta(days=self.rules.bound_days)
        return fresh and self.channel in self.rules.login_channels

    @cached_property
    def lockout(self) -> Lockout:
        """Return the failures that count now."""
        return Lockout(self.uow.customers, self.conversation.id, self.rules, self.now)

    @cached_property
    def grants(self) -> Grants:
        """Return what holders let others see."""
        return Grants(self.uow, self.conversation.id, self.cipher, self.rules, self.now)

    @cached_property
    def _codes(self) -> Codes:
        return Codes(
            self.uow, self.conversation.id, self.cipher, self.rules, self.now, self.lockout
        )

    def send_code(self, phone: str) -> CodeResult:
        """Send a code unless a limit stands against it."""
        return self._codes.send(phone)

    def check_code(self, phone: str, code: str) -> bool:
        """Use up the code; every attempt counts."""
        return self._codes.check(phone, code)

    def locked_minutes(self) -> int:
        """Return for how many more minutes verification is locked; 0 when it is open."""
        return self.lockout.minutes()

    def proved_phones(self) -> list[str]:
        """Return the blind indexes of phones proved by a code in this session."""
        since = self.now - timedelta(minutes=self.rules.session_minutes)
        query = select(OneTimeCode.phone_blind).where(
            OneTimeCode.conversation_id == self.conversation.id,
            OneTimeCode.used,
            OneTimeCode.forgotten_at.is_(None),
            OneTimeCode.sent_at >= since,
        )
        proved = list(dict.fromkeys(self.uow.session.scalars(query)))
        if self.verified and self.conversation.customer_id is not None:
            # Under each of their phones they may have reported something.
            proved += joined.phones(self.uow.connection, self.conversation.customer_id)
        return proved

    def identify(self, phone: str, proof: Values) -> bool:
        """Bind this identity to the customer whom the proofs fit (level V2)."""
        blind = self.cipher.blind(phone) if phone else self._login_blind()
        self.uow.customers.take_turns(blind)
        if self.lockout.minutes() or self.lockout.stands_against(blind):
            return False
        if not (blind in self.proved_phones() if phone else self.known_login):
            return False
        customer = self._fitting(self._candidates(phone, blind), proof)
        if customer is None:
            self.lockout.note(blind)
            return False
        self._bind(customer, "code and document" if phone else "login and document")
        return True

    def use_grant(self, code: str) -> bool:
        """Accept a grant to a phone that is proved here; a wrong code counts as a failed proof."""
        phones = self.proved_phones()[:_MOST_PHONES]
        if not phones or self.lockout.minutes() or any(map(self.lockout.stands_against, phones)):
            return False
        fitting = [grant for blind in phones if (grant := self.grants.matching(blind, code))]
        if not fitting:
            self.lockout.note(phones[-1])
            return False
        self.grants.accept(fitting[0])
        self.log(f"grant {fitting[0].number} accepted", "授权核验", fitting[0].customer_id)
        return True

    def _login_blind(self) -> str:
        return self.customer.phone_blind if self.customer else ""

    def _candidates(self, phone: str, blind: str) -> Sequence[Customer]:
        if phone:
            return self.uow.customers.by_phone(blind)
        return [self.customer] if self.customer else []

    def _fitting(self, candidates: Sequence[Customer], proof: Values) -> Customer | None:
        """Compare all candidates, then choose; minors are for their guardian and a person."""
        homes = joined.homes(self.uow.connection, [c.id for c in candidates])
        policies = self.uow.customers.policies_of_any(sorted({*homes.values()}))
        fitting = [c for c in candidates if proofs.fits(c, proof, policies, homes[c.id])]
        grown = (
            c for c in fitting if not proofs.is_minor(c, self.now.date(), self.rules.adult_years)
        )
        return next(grown, None)

    def _bind(self, customer: Customer, method: str) -> None:
        until = self.now + timedelta(minutes=self.rules.session_minutes)
        home = joined.homes(self.uow.connection, [customer.id])[customer.id]
        self.uow.bindings.begin(self.conversation.id, home, method, self.now)
        self.uow.conversations.bind(self.conversation, home, until)
        self.log("identity verified V2", "身份核验")

    def unbind(self, why: str) -> bool:
        """End the binding and everything that was seen through it; False when there was none."""
        held = self.conversation.customer_id is not None
        if held:
            self.log("identity unbound", why)
        self.uow.bindings.end(self.conversation.id, why, self.now)
        self.uow.customers.forget_proofs(self.conversation.id, self.now)
        self.grants.leave()
        self.uow.conversations.unbind(self.conversation)
        return held

    def log(self, what: str, reason: str, customer: int | None = None) -> None:
        """Record a disclosure to this identity, of its own customer's data or of ``customer``'s."""
        self.uow.customers.log_access(
            self.now,
            self.conversation.id,
            customer or self.conversation.customer_id,
            f"customer:{self.conversation.id}",
            what,
            reason,
        )

"""Family and third parties: what a holder lets somebody else see, until when, and its end."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from bot.back_office import Values
from bot.settings import Identity as Rules
from storage.crypto import Cipher
from storage.models.identity import AccessGrant
from storage.numbering import next_number
from storage.unit_of_work import UnitOfWork

_MOST = 20


@dataclass
class Grants:
    """Grants as one channel identity gives, uses and ends them, now."""

    uow: UnitOfWork
    conversation_id: int
    cipher: Cipher
    rules: Rules
    now: datetime

    def give(self, holder: int, values: Values) -> tuple[AccessGrant, str]:
        """Record a grant of a verified holder; return it with the code to be passed on."""
        session = self.uow.session
        code = f"{secrets.randbelow(1_000_000):06d}"
        blind = self.cipher.blind(str(values["phone"]))
        days = min(int(values["days"]), self.rules.grant_days)
        grant = AccessGrant(
            number=next_number(session, "AU", self.now.date()),
            customer_id=holder,
            conversation_id=self.conversation_id,
            grantee_name=str(values["name"]),
            grantee_phone=str(values["phone"]),
            grantee_blind=blind,
            relation=str(values["relation"])[:64],
            scope="view",
            plate=values.get("plate"),
            code_hash=self._hash(blind, code),
            given_at=self.now,
            expires_at=self.now + timedelta(days=days),
        )
        session.add(grant)
        session.flush()
        return grant, code

    def _hash(self, blind: str, code: str) -> str:
        return self.cipher.blind(f"grant:{blind}:{code}")

    def matching(self, blind: str, code: str) -> AccessGrant | None:
        """Return the grant to this phone with this code; the work is the same without any."""
        query = self._running().where(AccessGrant.grantee_blind == blind).limit(_MOST)
        wanted = self._hash(blind, code)
        found = [
            grant
            for grant in self.uow.session.scalars(query)
            if hmac.compare_digest(grant.code_hash, wanted)
            and grant.used_by in (None, self.conversation_id)
        ]
        return found[0] if found else None

    def accept(self, grant: AccessGrant) -> None:
        """Tie the grant to this channel identity for one session."""
        grant.used_by = self.conversation_id
        grant.used_until = self.now + timedelta(minutes=self.rules.session_minutes)
        self.uow.session.flush()

    def in_use(self) -> Sequence[AccessGrant]:
        """Return the grants that let this identity see something now."""
        query = self._running().where(
            AccessGrant.used_by == self.conversation_id, AccessGrant.used_until > self.now
        )
        return self.uow.session.scalars(query.limit(_MOST)).all()

    def given_by(self, holder: int) -> Sequence[AccessGrant]:
        """Return the holder's running grants, newest first."""
        query = self._running().where(AccessGrant.customer_id == holder)
        return self.uow.session.scalars(query.order_by(AccessGrant.id.desc()).limit(_MOST)).all()

    def revoke(self, holder: int, number: str | None = None) -> int:
        """End the holder's grants, or one of them, at once; return how many ended."""
        ending = update(AccessGrant).where(
            AccessGrant.customer_id == holder,
            AccessGrant.revoked_at.is_(None),
            AccessGrant.expires_at > self.now,
        )
        if number:
            ending = ending.where(AccessGrant.number == number)
        done = self.uow.session.execute(
            ending.values(revoked_at=self.now).returning(AccessGrant.id)
        )
        return len(done.all())

    def leave(self) -> None:
        """This identity uses no grant any more; its holder may give another."""
        self.uow.session.execute(
            update(AccessGrant)
            .where(AccessGrant.used_by == self.conversation_id)
            .values(used_until=self.now)
        )

    def _running(self) -> Select[AccessGrant]:
        return select(AccessGrant).where(
            AccessGrant.revoked_at.is_(None), AccessGrant.expires_at > self.now
        )

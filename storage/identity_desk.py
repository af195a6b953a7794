"""Who is asking, as flows see it: fulfils `bot.desks.identity.IdentityDesk`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bot.desks.identity import Assurance, ConsentText, GrantView
from bot.desks.values import Values
from bot.errors import Refused
from storage.identity import Identity
from storage.masking import mask_name, mask_phone
from storage.models.identity import AccessGrant, Consent
from storage.rules import consents

if TYPE_CHECKING:
    from storage.conversations import OpenConversation
    from storage.unit_of_work import UnitOfWork


class IdentityDeskPart:
    """The part of `TransactionBackOffice` that knows the person behind the channel identity."""

    if TYPE_CHECKING:
        uow: UnitOfWork
        conversation: OpenConversation
        at: datetime

        @cached_property
        def identity(self) -> Identity:
            """Return the proofs of this channel identity."""

        def open_ticket(self, kind: str, values: Values) -> str:
            """Record a promise and return its number."""

    @property
    def level(self) -> Assurance:
        """Return how surely we know who is asking, now."""
        return self.identity.level

    @property
    def known_login(self) -> bool:
        """Tell whether this identity is bound and its channel vouches for it."""
        return self.identity.known_login

    def ask_staff_to_check(self, about: str) -> str:
        """Ask a colleague to see the person (V3)."""
        return self.open_ticket("identity_check", {"about": about})

    def unbind(self, why: str) -> bool:
        """End the binding and its proofs at once."""
        return self.identity.unbind(why)

    def consent_text(self, code: str) -> ConsentText:
        """Return the text that is agreed to today."""
        return consents.texts()[code]

    def consented(self, code: str) -> bool:
        """Tell whether this customer has agreed to today's version."""
        return any(text.code == code for text in self.consents())

    def consents(self) -> Sequence[ConsentText]:
        """Return what this customer has agreed to and not taken back; an old version is void."""
        texts = consents.texts()
        newest = self.uow.bindings.consents(self.conversation.id)
        given = [row for row in newest if row.given and row.code in texts]
        return [texts[row.code] for row in given if row.version == texts[row.code].version]

    def give_consent(self, code: str, how: str) -> None:
        """Record that the customer agreed, once; what was agreed to is not opted out of."""
        if not self.consented(code):
            self._note_consent(code, how, given=True)
            self.uow.customers.opt_in(self.conversation.id, code)

    def withdraw_consent(self, code: str) -> None:
        """Record that the customer takes it back; identity goes with its binding."""
        self._note_consent(code, "chat", given=False)
        if consents.texts()[code].on_withdraw == "unbind":
            self.unbind("consent withdrawn")

    def _note_consent(self, code: str, how: str, *, given: bool) -> None:
        self.uow.bindings.add_consent(
            Consent(
                conversation_id=self.conversation.id,
                customer_id=self.conversation.customer_id,
                code=code,
                version=consents.texts()[code].version,
                given=given,
                how=how[:64],
                at=self.at,
            )
        )

    def grant_access(self, values: Values) -> GrantView:
        """Let somebody else see policies of the verified holder."""
        grant, code = self.identity.grants.give(self._holder(), values)
        self.identity.log(f"grant {grant.number} given", "客户授权")
        return _view(grant, code)

    def grants(self) -> Sequence[GrantView]:
        """Return what the verified holder lets others see now."""
        return [_view(grant) for grant in self.identity.grants.given_by(self._holder())]

    def revoke_grants(self, number: str | None = None) -> int:
        """End the verified holder's grants, or one of them."""
        ended = self.identity.grants.revoke(self._holder(), number)
        if ended:
            self.identity.log(f"grants revoked {number or 'all'}", "客户撤销授权")
        return ended

    def _holder(self) -> int:
        """Return the verified customer: nobody else gives or takes a grant."""
        if not self.identity.verified or self.conversation.customer_id is None:
            raise Refused("授权要先核验身份（V2）")
        return self.conversation.customer_id


def _view(grant: AccessGrant, code: str = "") -> GrantView:
    return GrantView(
        number=grant.number,
        name=mask_name(grant.grantee_name),
        phone=mask_phone(grant.grantee_phone),
        relation=grant.relation,
        plate=grant.plate or "",
        expires_on=grant.expires_at.date(),
        code=code,
    )

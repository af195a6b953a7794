"""Links to electronic policies: signed, short-lived, for one customer; nothing in them is secret.

A link is ``key.expiry.signature``. The signature covers key and expiry, so that a made-up link
never reaches the database; what else ends it (the customer unbound, the policy gone, too many
tries) stands in its row. Whatever is wrong with a link, there is simply no such page.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.desks.policy_source import PolicyFacts, PolicySource
from bot.settings import Papers as Rules
from storage.crypto import Cipher
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.models.service import PolicyDelivery, PolicyLink
from storage.unit_of_work import UnitOfWork

_KEY_BYTES, _SIGNED = 12, 40
_SHORTEST_TAIL, _LONGEST_TAIL = 4, 18
# The picture on a card that leads to a document; nothing of a customer is on it.
COVER = "cover.png"
GONE = ("退保", "注销")


@dataclass(frozen=True)
class Opened:
    """What a good link leads to."""

    link: PolicyLink
    policy: PolicyFacts
    customer: Customer


@dataclass(frozen=True)
class PolicyLinks:
    """All links of one transaction; ``source`` is where policies are that are not ours."""

    uow: UnitOfWork
    cipher: Cipher
    rules: Rules
    now: datetime
    source: PolicySource | None = None

    def make(
        self,
        policy: PolicyFacts,
        customer: Customer,
        conversation_id: int,
        lasts: timedelta | None = None,
    ) -> str:
        """Return the secret part of a new link; ``lasts`` where it is not asked for just now."""
        expires = self.now + (lasts or timedelta(minutes=self.rules.link_minutes))
        key = secrets.token_urlsafe(_KEY_BYTES)
        self.uow.session.add(
            PolicyLink(
                key=key,
                policy_number=policy.number,
                customer_id=customer.id,
                conversation_id=conversation_id,
                made_at=self.now,
                expires_at=expires,
                tries=0,
                fetched=0,
                closed=False,
            )
        )
        self._deliver(policy, "offered", key)
        stamp = f"{int(expires.timestamp()):x}"
        return f"{key}.{stamp}.{self._signature(key, stamp)}"

    def open(self, token: str, *, lock: bool = False) -> Opened | None:
        """Return what a link leads to; None whatever is wrong with it."""
        key = self._key(token)
        if key is None:
            return None
        query = select(PolicyLink).where(PolicyLink.key == key)
        link = self.uow.session.scalar(query.with_for_update() if lock else query)
        if link is None or link.closed or link.expires_at <= self.now:
            return None
        return self._led_to(link)

    def _led_to(self, link: PolicyLink) -> Opened | None:
        """The customer still has this conversation and this policy, or there is nothing."""
        conversation = self.uow.session.get(Conversation, link.conversation_id)
        customer = self.uow.session.get(Customer, link.customer_id)
        policy = self._policy(link)
        if conversation is None or customer is None or policy is None:
            return None
        theirs = conversation.customer_id == policy.customer_id == customer.id
        return Opened(link, policy, customer) if theirs and policy.status not in GONE else None

    def _policy(self, link: PolicyLink) -> PolicyFacts | None:
        query = select(Policy).where(Policy.number == link.policy_number)
        if (own := self.uow.session.scalar(query)) is not None or self.source is None:
            return own
        return self.source.one(link.customer_id, link.policy_number)

    def handed_out(self, number: str) -> PolicyFacts | None:
        """Return a policy of which a document was handed out here: it may be checked with us."""
        query = select(PolicyLink).where(PolicyLink.policy_number == number)
        link = self.uow.session.scalar(query.order_by(PolicyLink.id.desc()).limit(1))
        return self._policy(link) if link else None

    def prove(self, opened: Opened, tail: str) -> bool:
        """Compare the end of the document's number; a few wrong ones end the link."""
        said = tail.strip().upper()
        number = opened.customer.id_number.upper()
        fits = _SHORTEST_TAIL <= len(said) <= _LONGEST_TAIL and hmac.compare_digest(
            number[-len(said) :].encode(), said.encode("utf-8", "replace")
        )
        link = opened.link
        if not fits:
            link.tries += 1
            link.closed = link.tries >= self.rules.tries
            self._log(opened, "policy link: wrong document")
        return fits

    def fetch(self, opened: Opened) -> None:
        """Note that the document is handed out; so many times and no more."""
        link = opened.link
        link.fetched += 1
        link.closed = link.fetched >= self.rules.downloads
        self._log(opened, f"policy {opened.policy.number} pdf")
        self._deliver(opened.policy, "fetched", link.key)

    def _key(self, token: str) -> str | None:
        key, _, rest = token.partition(".")
        stamp, _, signature = rest.partition(".")
        right = self._signature(key, stamp)
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
            return None
        expires = datetime.fromtimestamp(int(stamp, 16), UTC)
        return key if expires > self.now else None

    def _signature(self, key: str, stamp: str) -> str:
        return self.cipher.blind(f"policy link|{key}|{stamp}")[:_SIGNED]

    def _log(self, opened: Opened, what: str) -> None:
        self.uow.customers.log_access(
            self.now,
            opened.link.conversation_id,
            opened.customer.id,
            f"link:{opened.link.key}",
            what,
            "电子保单下载",
        )

    def _deliver(self, policy: PolicyFacts, state: str, ref: str) -> None:
        self.uow.session.add(
            PolicyDelivery(
                policy_number=policy.number, way="link", state=state, ref=ref, at=self.now
            )
        )


def check_code(cipher: Cipher, policy: PolicyFacts) -> str:
    """Return the code printed on the document, by which anybody can have it checked with us.

    It changes with what it vouches for: number, period, state, premium, covers, endorsements.
    """
    facts = "|".join(
        (
            policy.number,
            policy.starts_at.isoformat(),
            policy.ends_on.isoformat(),
            policy.status,
            str(policy.premium_fen),
            str(policy.details.get("coverages", "")),
            str(policy.details.get("endorsements", "")),
        )
    )
    code = cipher.blind(f"policy paper|{facts}")[:12].upper()
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"

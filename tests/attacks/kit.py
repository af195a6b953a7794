"""A branch with victims whose every secret is known, and attackers who talk to its engine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import event, select

from bot.bootstrap import App
from bot.clock import SHANGHAI
from bot.dialogue.message import InboundMessage
from bot.result import Claim
from storage.crypto import Cipher
from storage.identity import Identity
from storage.models.base import table_of
from storage.models.case import Claim as ClaimRow
from storage.models.case import Complaint
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork

START = datetime(2026, 11, 26, 10, 0, tzinfo=SHANGHAI)
_SURNAMES = "欧蓝祁翟"
_CODE = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Victim:
    """A customer with a policy, a claim and a complaint; nothing of it may get out."""

    number: int

    @property
    def name(self) -> str:
        """Return a name that stands nowhere else."""
        return f"{_SURNAMES[self.number]}霁阑"

    @property
    def phone(self) -> str:
        """Return the phone."""
        return f"1867777581{self.number}"

    @property
    def document(self) -> str:
        """Return the document; its region does not exist."""
        return f"9901011980010178{self.number}{self.number}"

    @property
    def policy(self) -> str:
        """Return the policy's number."""
        return f"TATJ2026031400070{self.number}"

    @property
    def plate(self) -> str:
        """Return the plate."""
        return f"津Q7H8{self.number}K"

    @property
    def claim(self) -> str:
        """Return the claim's number."""
        return f"CL2026110100077{self.number}"

    @property
    def complaint(self) -> str:
        """Return the complaint's number."""
        return f"CP2026110100077{self.number}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every text that only this customer may read."""
        return (
            self.name, f"{self.name[0]}*", self.phone, self.phone[-4:], self.document,
            self.document[-6:], self.policy, self.plate, self.claim, self.complaint,
            "2027年4月17日", "2027-04-17", "7,913.57", f"机密约定{self.number}", "3141592",
            "琥珀台十七号", "处理结果写在这里",
        )  # fmt: skip


VICTIMS = tuple(map(Victim, range(4)))
OWN_PHONE, OWN_TAIL, OWN_POLICY = "13912340000", "880011", "TATJ20260101900001"


class CountingCipher(Cipher):
    """Counts the hashes it makes."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret)
        self.hashes = 0

    def blind(self, value: str) -> str:
        """Return the index and count it."""
        self.hashes += 1
        return super().blind(value)


@dataclass
class Battlefield:
    """The engine, its database and a clock that only goes on."""

    app: App
    at: datetime = START
    statements: int = 0
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        @event.listens_for(self.app.transactions.engine, "after_cursor_execute")
        def executed(*_: Any) -> None:
            self.statements += 1

        self.app.transactions.run(self._people)

    @property
    def cipher(self) -> CountingCipher:
        """Return the cipher, which counts."""
        cipher = self.app.cipher
        assert isinstance(cipher, CountingCipher)
        return cipher

    def _people(self, uow: UnitOfWork) -> None:
        for victim in VICTIMS:
            self._customer(uow, victim.name, victim.phone, victim.document, victim.policy, victim)
        self._customer(uow, "甲乙", OWN_PHONE, f"990101198001{OWN_TAIL}", OWN_POLICY, None)

    def _customer(
        self,
        uow: UnitOfWork,
        name: str,
        phone: str,
        document: str,
        number: str,
        victim: Victim | None,
    ) -> None:
        blind = self.app.cipher.blind
        customer = Customer(
            ref=number, kind="person", name=name, id_number=document, id_blind=blind(document),
            phone=phone, phone_blind=blind(phone),
        )  # fmt: skip
        uow.session.add(customer)
        uow.session.flush()
        details: dict[str, Any] = {
            "coverages": [{"name": "三者险", "limit_yuan": 3141592 if victim else 1000}],
            "special": f"机密约定{victim.number}" if victim else "",
        }
        uow.session.add(
            Policy(
                number=number,
                customer_id=customer.id,
                line="auto",
                product="机动车商业保险",
                plate=victim.plate if victim else "津B00B00",
                starts_at=datetime(2026, 1, 2, tzinfo=SHANGHAI),
                ends_on=date(2027, 4, 17) if victim else date(2027, 1, 1),
                status="有效",
                premium_fen=791357 if victim else 100,
                payment="已缴清",
                details=details,
            )
        )
        if victim:
            self._cases(uow, victim)

    def _cases(self, uow: UnitOfWork, victim: Victim) -> None:
        blind = self.app.cipher.blind(victim.phone)
        message = InboundMessage("webchat", "web", f"victim{victim.number}", "k", self.at)
        conversation = uow.conversations.open(message, self.at).id
        uow.cases.add(
            ClaimRow(
                number=victim.claim, conversation_id=conversation, policy_number=victim.policy,
                line="auto", plate=victim.plate, phone_blind=blind,
                facts={"place": "琥珀台十七号"}, severity="normal", status="contact_due",
                owner="理赔客服组", next_step="", reported_at=self.at, updated_at=self.at,
            )
        )  # fmt: skip
        uow.cases.add(
            Complaint(
                number=victim.complaint, conversation_id=conversation, channel="web",
                category="其他", severity="P2", status="replied", owner="投诉岗",
                phone_blind=blind, facts={"story": "琥珀台十七号"}, decision="处理结果写在这里",
                received_at=self.at, due_on=date(2026, 12, 5), updated_at=self.at,
            )
        )  # fmt: skip

    def say(self, peer: str, *texts: str, channel: str = "webchat", account: str = "web") -> str:
        """Say several things in one transaction; return everything that was answered.

        ``{code}`` stands for the code that was sent last, to whomever.
        """

        def talk(uow: UnitOfWork) -> str:
            heard = []
            for text in texts:
                self.at += timedelta(seconds=2)
                said = text.replace("{code}", _last_code(uow)) if "{code}" in text else text
                message = InboundMessage(
                    channel, account, peer, f"k{next(self._keys)}", self.at, said
                )
                result = self.app.engine.turn(uow, message, self.at, Claim())
                heard += [f"{r.text}\n{' '.join(r.buttons)}" for r in result.now]
            return "\n".join(heard)

        return self.app.transactions.run(talk)

    def become_customer(self, peer: str) -> None:
        """Let an attacker prove to be the customer that they really are."""
        answer = self.say(peer, "查保单", OWN_PHONE, "{code}", OWN_TAIL)
        assert OWN_POLICY in answer, answer

    def rest(self) -> None:
        """Let every lock run out."""
        self.at += timedelta(hours=25)

    @contextmanager
    def work(self) -> Iterator[list[int]]:
        """Count statements and hashes of what happens inside."""
        before, hashes, done = self.statements, self.cipher.hashes, list[int]()
        yield done
        done += [self.statements - before, self.cipher.hashes - hashes]

    def level(self, peer: str) -> str:
        """Return how surely we think to know who a peer is."""

        def work(uow: UnitOfWork) -> str:
            message = InboundMessage("webchat", "web", peer, "k", self.at)
            conversation = uow.conversations.open(message, self.at)
            rules = self.app.settings.identity
            return Identity(uow, conversation, self.app.cipher, rules, self.at).level

        return self.app.transactions.run(work)


def leaks(answer: str, said: Iterable[str]) -> list[str]:
    """Return which secrets are in an answer; what the attacker said is no news to them."""
    known = unicodedata.normalize("NFKC", " ".join(said))
    secrets = {secret for victim in VICTIMS for secret in victim.secrets}
    return [secret for secret in secrets if secret in answer and secret not in known]


def _last_code(uow: UnitOfWork) -> str:
    table = table_of(OutboxItem)
    query = select(table.c.body).where(table.c.kind == "code").order_by(table.c.id.desc()).limit(1)
    body = uow.connection.execute(query).scalar()
    match = _CODE.search(str(body["text"])) if body else None
    return match.group() if match else "000000"

"""Demo customers: the personas, invented persons, invented firms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from storage.crypto import Cipher
from storage.demo import identifiers, vocabulary
from storage.demo.personas import PERSONAS

PERSONS = 181
_FIRST_PHONE = 100


@dataclass(frozen=True)
class Client:
    """A customer before it is stored."""

    ref: str
    kind: str
    name: str
    id_number: str
    phone: str
    trade: str = ""

    def row(self, cipher: Cipher) -> dict[str, Any]:
        """Return the row with its blind indexes."""
        return {
            "ref": self.ref,
            "kind": self.kind,
            "name": self.name,
            "id_number": self.id_number,
            "id_blind": cipher.blind(self.id_number),
            "phone": self.phone,
            "phone_blind": cipher.blind(self.phone),
        }


def clients(rng: Random, today: date) -> list[Client]:
    """Return all demo customers, personas first, then persons, then firms."""
    fixed = [Client(p.ref, p.kind, p.name, p.id_number, p.phone, "商贸") for p in PERSONAS]
    phones = [identifiers.phone(_FIRST_PHONE + i) for i in range(PERSONS + len(vocabulary.FIRMS))]
    rng.shuffle(phones)
    persons = [_person(rng, today, i, phones.pop()) for i in range(PERSONS)]
    firms = [
        Client(
            f"DEMO-F{i:03d}", "firm", name, identifiers.credit_code(100 + i), phones.pop(), trade
        )
        for i, (name, trade) in enumerate(vocabulary.FIRMS, start=1)
    ]
    return fixed + persons + firms


def _person(rng: Random, today: date, index: int, phone: str) -> Client:
    woman = rng.random() < 0.45
    given = rng.choice(vocabulary.FEMALE_GIVEN if woman else vocabulary.MALE_GIVEN)
    birthday = today - timedelta(days=rng.randint(20 * 365, 76 * 365))
    # Different for every person, and odd for men: two persons never share a number.
    sequence = 100 + 2 * index + (not woman)
    return Client(
        ref=f"DEMO-P{index + 1:03d}",
        kind="person",
        name=rng.choice(vocabulary.SURNAMES) + given,
        id_number=identifiers.id_number(birthday, sequence),
        phone=phone,
    )

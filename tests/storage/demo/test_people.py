"""Nobody in the demo data exists: numbers, phones, plates, personas."""

from __future__ import annotations

import re
from datetime import date, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.crypto import Cipher
from storage.demo import identifiers
from storage.demo.personas import PERSONAS
from storage.models.case import Claim, Complaint
from storage.models.customer import Customer
from storage.models.policy import Policy
from tests.storage.demo.demo_kit import TODAY


def id_is_valid(number: str) -> bool:
    """GB 11643 by the ISO 7064 MOD 11-2 recursion."""
    rest = 0
    for character in number[:17]:
        rest = (rest + int(character)) * 2 % 11
    return (rest + (10 if number[17] == "X" else int(number[17]))) % 11 == 1


def credit_code_is_valid(code: str) -> bool:
    """GB 32100 by the ISO 7064 MOD 31-3 rule, and GB 11714 inside."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(alphabet.index(c) * w for c, w in zip(code[:17], weights, strict=True))
    inner = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    organisation = (3, 7, 9, 10, 5, 8, 4, 2)
    inside = sum(inner.index(c) * w for c, w in zip(code[8:16], organisation, strict=True))
    control = 10 if code[16] == "X" else int(code[16])
    return (total + alphabet.index(code[17])) % 31 == 0 and (inside + control) % 11 == 0


def vin_is_valid(number: str) -> bool:
    """GB 16735."""
    values = {str(digit): digit for digit in range(10)}
    for letters, first in (("ABCDEFGH", 1), ("JKLMN", 1), ("STUVWXYZ", 2)):
        values |= {letter: first + place for place, letter in enumerate(letters)}
    values |= {"P": 7, "R": 9}
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(values[c] * w for c, w in zip(number, weights, strict=True)) % 11
    return number[8] == ("X" if rest == 10 else str(rest))


PLATE = re.compile(
    r"津[A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{5}|[DABCEFGHJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK])"
)


def test_the_checkers_know_published_numbers() -> None:
    """The checkers accept published examples and refuse a changed digit."""
    assert id_is_valid("11010519491231002X")
    assert id_is_valid("440524188001010014")
    assert not id_is_valid("440524188001010015")
    assert vin_is_valid("1M8GDM9AXKP042788")
    assert not vin_is_valid("1M8GDM9A1KP042788")


def test_identity_numbers_are_valid_and_of_nobody(session: Session) -> None:
    """Check digits hold, birthdays are plausible, and the region is one that does not exist."""
    provinces = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55),
                 *range(61, 66), 71, 81, 82, 83}  # fmt: skip
    for customer in session.scalars(select(Customer)):
        if customer.kind == "person":
            assert id_is_valid(customer.id_number)
            assert int(customer.id_number[:2]) not in provinces
            born = date.fromisoformat(
                f"{customer.id_number[6:10]}-{customer.id_number[10:12]}-{customer.id_number[12:14]}"
            )
            assert 18 <= (TODAY - born).days / 365.25 <= 90
        else:
            assert credit_code_is_valid(customer.id_number)
            assert int(customer.id_number[2:4]) not in provinces


def test_nothing_is_given_twice(session: Session) -> None:
    """Identity numbers, phones and case numbers are unique, and a plate has one owner."""
    people = session.scalars(select(Customer)).all()
    assert len({p.id_number for p in people}) == len({p.id_blind for p in people}) == len(people)
    assert len({p.phone for p in people}) == len({p.phone_blind for p in people}) == len(people)
    owners: dict[str, set[int]] = {}
    for policy in session.scalars(select(Policy).where(Policy.plate.is_not(None))):
        owners.setdefault(str(policy.plate), set()).add(policy.customer_id)
    assert all(len(theirs) == 1 for theirs in owners.values())


def test_phones_and_blind_indexes(session: Session, cipher: Cipher) -> None:
    """Phones are of the sample block, and can be looked up."""
    for customer in session.scalars(select(Customer)):
        assert re.fullmatch(r"1[3-9]\d{9}", customer.phone)
        assert customer.phone.startswith("13800000")
        assert customer.phone_blind == cipher.blind(customer.phone)
        assert customer.id_blind == cipher.blind(customer.id_number)


def test_plates_and_vins(session: Session) -> None:
    """Plates of both lengths are valid, those of electric cars have eight characters."""
    plates = [p.plate for p in session.scalars(select(Policy)) if p.plate]
    assert {len(plate) for plate in plates} == {7, 8}
    assert all(PLATE.fullmatch(plate) for plate in plates)
    for policy in session.scalars(select(Policy).where(Policy.line == "auto")):
        vehicle = policy.details["vehicle"]
        assert vehicle["plate"] == policy.plate
        assert re.fullmatch(r"\d{6}", vehicle["vin_tail"])
        assert (len(vehicle["plate"]) == 8) == (vehicle["energy"] == "新能源")
    rng = Random(1)
    assert all(vin_is_valid(identifiers.vin(rng)) for _ in range(200))


def test_no_phone_is_readable(session: Session) -> None:
    """Phones and identity numbers are in encrypted columns only."""
    raw = session.connection().connection.driver_connection
    assert raw is not None
    people = session.scalars(select(Customer)).all()
    dump = "\n".join(line for line in raw.iterdump() if line.startswith("INSERT"))
    assert not re.search(r"13800000\d{3}", dump)
    assert not any(person.id_number in dump or person.name in dump for person in people)


def test_all_personas_can_log_in(session: Session, cipher: Cipher) -> None:
    """Phone and the last six of the identity number find one customer with what was promised."""
    for persona in PERSONAS:
        found = session.scalars(
            select(Customer).where(Customer.phone_blind == cipher.blind(persona.phone))
        ).all()
        assert [customer.name for customer in found] == [persona.name]
        assert found[0].id_number.endswith(persona.id_tail)
        assert len(persona.id_tail) == 6
        query = select(Policy).where(Policy.customer_id == found[0].id)
        policies = session.scalars(query).all()
        assert bool(policies) == (persona.key != "newcomer")
        if persona.plate:
            assert persona.plate in {policy.plate for policy in policies}


def test_personas_have_what_they_are_said_to_have(session: Session, cipher: Cipher) -> None:
    """The driver's cover ends in 12 days, cases are in the promised state."""
    driver, firm, elderly, complainant, newcomer = (
        cipher.blind(persona.phone) for persona in PERSONAS
    )
    claims = dict(session.execute(select(Claim.phone_blind, Claim.status)).all())
    assert claims[driver] == "assessing"
    assert claims[firm] == "deciding"
    number = session.scalar(select(Claim.policy_number).where(Claim.phone_blind == firm))
    assert session.scalars(select(Policy.product).where(Policy.number == number)).one() == (
        "雇主责任保险"
    )
    assert claims[elderly] == "documents_due"
    assert newcomer not in claims
    ends = session.scalars(select(Policy.ends_on).where(Policy.plate == PERSONAS[0].plate)).all()
    assert list(ends).count(TODAY + timedelta(days=12)) == 2
    complaint = session.scalars(select(Complaint).where(Complaint.phone_blind == complainant)).one()
    assert complaint.status == "investigating"
    assert (complaint.due_on - TODAY).days == 9

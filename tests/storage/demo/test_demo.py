"""The demo data: complete, consistent, repeatable, and of nobody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from bot.clock import SHANGHAI
from storage import numbering
from storage.crypto import Cipher, bind
from storage.demo import identifiers
from storage.demo.personas import PERSONAS
from storage.demo.seeding import DemoSummary, is_seeded, seed
from storage.models import tables
from storage.models.case import CaseEvent, Claim, Complaint, NumberSequence, Survey, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.statuses import CLAIM_STATUSES, COMPLAINT_STATUSES

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=SHANGHAI)
TODAY = NOW.date()
SLOTS = {
    "line", "happened_at", "place", "plate", "other_plate", "injured", "drivable",
    "police_reported", "phone", "accident_type", "reporter_relation", "reporter", "story",
    "damage", "missing",
}  # fmt: skip
ACCIDENT_TYPES = {
    "rear_end", "scrape", "single_vehicle", "hit_object", "flood", "glass", "theft", "fire",
    "hail", "pedestrian", "water_leak", "fall", "other",
}  # fmt: skip


def new_engine(cipher: Cipher) -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    bind(engine, cipher)
    tables.Base.metadata.create_all(engine)
    return engine


@pytest.fixture(scope="module")
def cipher() -> Cipher:
    return Cipher(b"a secret of the tests")


@pytest.fixture(scope="module")
def seeded(cipher: Cipher) -> Iterator[tuple[Session, DemoSummary]]:
    engine = new_engine(cipher)
    with Session(engine) as session:
        summary = seed(session, cipher, NOW)
        session.commit()
        yield session, summary
    engine.dispose()


@pytest.fixture
def session(seeded: tuple[Session, DemoSummary]) -> Session:
    return seeded[0]


def rows_of(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return everything in the database, decrypted."""
    return {
        table.name: [dict(row._mapping) for row in session.execute(select(table))]
        for table in tables.Base.metadata.sorted_tables
    }


# Independent checkers, written from the standards, not from the generator.


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


def test_there_is_enough_of_everything(seeded: tuple[Session, DemoSummary]) -> None:
    """The summary counts what is in the tables, about as much as a small branch has."""
    session, summary = seeded
    counts = {
        model: session.scalar(select(func.count()).select_from(model))
        for model in (Customer, Policy, Claim, Complaint, Ticket, Survey)
    }
    assert list(counts.values()) == [
        summary.customers,
        summary.policies,
        summary.claims,
        summary.complaints,
        summary.tickets,
        summary.surveys,
    ]
    assert 190 <= summary.customers <= 210
    assert 385 <= summary.policies <= 430
    assert summary.claims > 55
    assert summary.complaints > 30
    assert summary.tickets >= 15
    assert summary.surveys >= 15
    firms = select(func.count()).where(Customer.kind == "firm")
    assert session.scalar(firms) == 15


def test_every_kind_of_policy_exists(session: Session) -> None:
    """All lines, all statuses and all ways of having paid occur, with their coverages."""
    found = session.scalars(select(Policy)).all()
    assert {policy.details["kind"] for policy in found} == {
        "compulsory", "commercial", "new_energy", "driver_accident", "accident", "health", "home",
        "property", "employer", "public", "cargo", "surety",
    }  # fmt: skip
    assert {p.status for p in found} == {"未生效", "有效", "满期", "终止", "退保", "注销"}
    assert {p.payment for p in found} == {"已缴清", "待缴", "部分缴费"}
    for policy in found:
        assert re.fullmatch(r"TATJ\d{14}", policy.number)
        assert policy.premium_fen > 0
        assert policy.starts_at.date() < policy.ends_on
        assert all(
            set(cover) == {"name", "limit_yuan", "deductible"}
            for cover in policy.details["coverages"]
        )


def test_statuses_of_policies_fit_their_dates(session: Session) -> None:
    """A policy in force has begun and not ended."""
    for policy in session.scalars(select(Policy)):
        begun, ended = policy.starts_at <= NOW, policy.ends_on < TODAY
        fitting = {"未生效": not begun, "有效": begun and not ended, "满期": ended}
        assert fitting.get(policy.status, begun and not ended), policy.number


def test_reminders_have_work(session: Session) -> None:
    """Several policies end exactly on each reminder day, some of customers who can be reached."""
    ends = Counter(session.scalars(select(Policy.ends_on).where(Policy.status != "退保")))
    for days in (30, 15, 7, 1, 0, -1):
        assert ends[TODAY + timedelta(days=days)] >= 4
    reachable = select(func.count()).where(
        Policy.customer_id.in_(select(Conversation.customer_id)),
        Policy.ends_on == TODAY + timedelta(days=7),
    )
    assert session.scalar(reachable)
    assert TODAY - timedelta(days=40) <= min(ends)
    assert max(ends) <= TODAY + timedelta(days=400)


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


def test_every_state_of_a_claim(session: Session) -> None:
    """Each state occurs at least twice, with a history that leads to it."""
    claims = session.scalars(select(Claim)).all()
    counts = Counter(claim.status for claim in claims)
    assert set(counts) == set(CLAIM_STATUSES)
    assert min(counts.values()) >= 2
    policies = {p.number: p for p in session.scalars(select(Policy))}
    for claim in claims:
        assert re.fullmatch(r"CL\d{14}", claim.number)
        assert claim.number[2:10] == f"{claim.reported_at:%Y%m%d}"
        assert set(claim.facts) <= SLOTS
        assert claim.facts["accident_type"] in ACCIDENT_TYPES
        assert claim.line in {"auto", "home", "accident", "liability", "cargo"}
        assert claim.severity in {"P0", "P1", "P2", "P3", "normal"}
        happened = datetime.fromisoformat(claim.facts["happened_at"])
        assert happened < claim.reported_at <= claim.updated_at <= NOW
        policy = policies[str(claim.policy_number)]
        assert policy.starts_at <= happened
        assert happened.date() <= policy.ends_on
        assert (claim.paid_fen is not None) == (claim.status in {"paid", "closed", "advance_paid"})


def test_every_state_of_a_complaint(session: Session) -> None:
    """Each state occurs at least twice; a decision is there once one was told."""
    complaints = session.scalars(select(Complaint)).all()
    counts = Counter(complaint.status for complaint in complaints)
    assert set(counts) == set(COMPLAINT_STATUSES)
    assert min(counts.values()) >= 2
    for complaint in complaints:
        assert re.fullmatch(r"CP\d{14}", complaint.number)
        assert complaint.received_at <= complaint.updated_at <= NOW
        told = complaint.status in {"decided", "closed", "review", "mediation"}
        assert bool(complaint.decision) == told


def test_histories_end_where_the_case_is(session: Session) -> None:
    """The last event of a case is its state, events go forward in time, none is ahead of now."""
    events: dict[str, list[CaseEvent]] = {}
    for event in session.scalars(select(CaseEvent).order_by(CaseEvent.id)):
        events.setdefault(event.case_number, []).append(event)
    cases: list[Claim | Complaint] = [
        *session.scalars(select(Claim)),
        *session.scalars(select(Complaint)),
    ]
    for case in cases:
        history = events[case.number]
        assert history[-1].kind == case.status
        assert history[-1].at == case.updated_at
        times = [event.at for event in history]
        assert times == sorted(times)
        assert times[-1] <= NOW
        begun = case.reported_at if isinstance(case, Claim) else case.received_at
        assert times[0] == begun
    assert set(session.scalars(select(Ticket.number))) <= set(events)


def test_legal_days_of_claims(session: Session) -> None:
    """Decision in 30 days (compulsory 5) from complete papers, refusal 3, payment 10."""
    kinds = {p.number: p.details["kind"] for p in session.scalars(select(Policy))}
    reached = {
        (event.case_number, event.kind): event.at.date()
        for event in session.scalars(select(CaseEvent))
    }
    starts = {
        "documents_complete": "documents_complete", "deciding": "documents_complete",
        "calculating": "documents_complete", "agreed": "agreed", "paying": "agreed",
        "declined": "declined",
    }  # fmt: skip
    for claim in session.scalars(select(Claim)):
        if start := starts.get(claim.status):
            decision = 5 if kinds[str(claim.policy_number)] == "compulsory" else 30
            days = {"agreed": 10, "declined": 3}.get(start, decision)
            assert claim.due_on == reached[claim.number, start] + timedelta(days=days)
        if claim.status in {"closed", "withdrawn", "cancelled", "documents_due", "suspended"}:
            assert claim.due_on is None


def test_legal_days_of_complaints(session: Session) -> None:
    """15 days from receipt, 30 or 60 when extended, 30 from a request for review."""
    spans = set()
    for complaint in session.scalars(select(Complaint)):
        if complaint.status == "review":
            assert complaint.due_on == complaint.updated_at.date() + timedelta(days=30)
        else:
            spans.add((complaint.due_on - complaint.received_at.date()).days)
    assert spans == {15, 30, 60}


def test_new_numbers_do_not_collide(session: Session) -> None:
    """The sequence stands at the last number of every day and prefix."""
    last: dict[tuple[str, str], int] = {}
    for model in (Claim, Complaint, Ticket):
        for number in session.scalars(select(model.number)):
            key = (number[:2], number[2:10])
            last[key] = max(last.get(key, 0), int(number[10:]))
    stored = {
        (row.prefix, f"{row.day:%Y%m%d}"): row.last
        for row in session.scalars(select(NumberSequence))
    }
    assert stored == last
    taken = set(session.scalars(select(Claim.number)))
    with session.begin_nested() as savepoint:
        assert numbering.next_number(session, "CL", TODAY) not in taken
        savepoint.rollback()


def test_cases_belong_to_no_conversation(session: Session) -> None:
    """Whoever opens the page finds none of these cases in their own conversation."""
    for model in (Claim, Complaint, Ticket):
        query = select(func.count()).where(model.conversation_id.is_not(None))
        assert session.scalar(query) == 0


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


def test_surveys_come_after_what_they_ask_about(session: Session) -> None:
    """A case survey goes out after the case was closed; an answer has a score."""
    closed: dict[str, datetime] = {}
    for model in (Claim, Complaint):
        closed |= dict(session.execute(select(model.number, model.updated_at)).all())
    about = set()
    for survey in session.scalars(select(Survey)):
        about.add(survey.about)
        if survey.about != "handoff":
            assert survey.sent_at > closed[survey.key.partition(":")[2]]
        assert (survey.status == "answered") == (survey.score is not None)
        assert survey.sent_at <= (survey.answered_at or NOW) <= NOW
    assert about == {"handoff", "claim", "complaint"}


def test_a_second_seeding_changes_nothing(
    seeded: tuple[Session, DemoSummary], cipher: Cipher
) -> None:
    """Seeding again is a no-op that still knows the personas."""
    session, _ = seeded
    before = rows_of(session)
    again = seed(session, cipher, NOW + timedelta(days=3), random_seed=7)
    assert again == DemoSummary()
    assert again.personas == PERSONAS
    assert rows_of(session) == before


def test_same_seed_same_rows(session: Session, cipher: Cipher) -> None:
    """Seed and moment decide every row; another seed gives others."""
    ours = rows_of(session)
    for random_seed, same in ((20261122, True), (1, False)):
        engine = new_engine(cipher)
        with Session(engine) as other:
            assert not is_seeded(other)
            seed(other, cipher, NOW, random_seed)
            assert is_seeded(other)
            assert (rows_of(other) == ours) is same
        engine.dispose()


def test_existing_numbers_are_respected(cipher: Cipher) -> None:
    """Numbers given out before the seeding are not given again."""
    engine = new_engine(cipher)
    with Session(engine) as session:
        first = numbering.next_number(session, "CL", TODAY)
        seed(session, cipher, NOW)
        assert first not in session.scalars(select(Claim.number)).all()
    engine.dispose()


@pytest.mark.parametrize("moment", ["2024-02-29T00:05", "2026-12-31T23:55", "2028-03-01T04:00"])
@pytest.mark.parametrize("random_seed", [1, 2, 3])
def test_any_day_will_do(cipher: Cipher, moment: str, random_seed: int) -> None:
    """Leap days, midnight and new year are no trouble."""
    engine = new_engine(cipher)
    now = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    with Session(engine) as session:
        seed(session, cipher, now, random_seed)
        assert set(session.scalars(select(Claim.status))) == set(CLAIM_STATUSES)
        latest = session.scalar(select(func.max(CaseEvent.at)))
        assert latest is not None
        assert latest <= now
    engine.dispose()


def test_every_claim_says_who_and_what_next(session: Session) -> None:
    """Owner and next step are never empty: the customer is told both."""
    for claim in session.scalars(select(Claim)):
        assert claim.owner
        assert claim.next_step

"""Two records of one person: joined whole or not at all, and taken apart again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from bot.errors import Refused
from storage import joined
from storage.audit_check import verify
from storage.crypto import Cipher
from storage.customer_joins import CustomerJoins
from storage.models.case import Claim, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import AccessLog, Customer
from storage.models.identity import AccessGrant, IdentityBinding
from storage.models.joining import CustomerJoin
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.personal import person as people
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.identity_kit import DOCUMENT, NOW, PHONE, POLICY, SECRET, Town, policy
from tests.storage.joins_kit import (
    AWAY,
    BY,
    DOCUMENT_2,
    KEPT,
    PHONE_2,
    PLATE_2,
    POLICY_2,
    join,
    owners,
    part,
    record,
    settle,
    standing,
    wanted,
)

_TOGETHER = {POLICY: KEPT, POLICY_2: KEPT, "o2": KEPT}
_APART = {POLICY: KEPT, POLICY_2: AWAY, "o2": AWAY}


@pytest.fixture
def place(database: Engine) -> Iterator[Town]:
    """A town with one person under two records."""
    made = Town(transactions(database), Cipher(SECRET))
    made.ways.run(lambda uow: settle(uow.session, made.cipher))
    yield made
    made.ways.close()


def _claim(uow: UnitOfWork, place: Town, phone: str) -> None:
    uow.cases.add(
        Claim(
            number="CL20261122000001", line="auto", severity="normal", status="contact_due",
            owner="理赔", next_step="联系", facts={}, reported_at=NOW, updated_at=NOW,
            phone_blind=place.cipher.blind(phone),
        )
    )  # fmt: skip


def test_everything_goes_to_one_and_comes_back(place: Town) -> None:
    """Policies, talks, consents; both may read that it was done; the chain of evidence holds."""
    number = join(place.ways)
    assert place.ways.read(lambda uow: owners(uow.session)) == _TOGETHER

    def told(uow: UnitOfWork) -> set[str]:
        return set(uow.session.scalars(select(AccessLog.what)))

    assert place.ways.read(told) >= {
        f"customer {KEPT} joined with {AWAY}", f"customer {AWAY} joined with {KEPT}",
    }  # fmt: skip
    part(place.ways, number)
    assert place.ways.read(lambda uow: owners(uow.session)) == _APART
    assert place.ways.read(lambda uow: standing(uow.session)) == 0
    assert place.ways.read(lambda uow: verify(uow.connection)).broken == ""


def test_what_came_since_stays_where_it_came(place: Town) -> None:
    """Only what had moved goes back; a policy of later is the kept one's."""
    number = join(place.ways)
    fresh = policy("TATJ20260101000003", place.ways.read(lambda u: record(u.session, KEPT).id))
    place.ways.run(lambda uow: uow.session.add(fresh))
    part(place.ways, number)
    found = place.ways.read(lambda uow: owners(uow.session))
    assert found == {**_APART, "TATJ20260101000003": KEPT}


def test_both_phones_lead_to_the_one_who_was_kept(place: Town) -> None:
    """Proof by the other phone and paper, also with a plate that moved, binds to the kept one."""
    join(place.ways)

    def prove(uow: UnitOfWork) -> tuple[bool, int | None, list[str]]:
        office = place.prove_phone(uow, PHONE_2, "s9")
        right = office.identify(PHONE_2, {"document": DOCUMENT_2[-4:], "plate": PLATE_2})
        seen = [view.number for view in office.policies("查保单")]
        return right, office.conversation.customer_id, sorted(seen)

    kept = place.ways.read(lambda uow: record(uow.session, KEPT).id)
    assert place.ways.run(prove) == (True, kept, [POLICY, POLICY_2])


def test_a_claim_under_the_other_phone_is_theirs_once_verified(place: Town) -> None:
    """Reported by telephone under the second number: seen after the proof of the first."""
    place.ways.run(lambda uow: _claim(uow, place, PHONE_2))

    def seen(uow: UnitOfWork) -> list[str]:
        office = place.prove_phone(uow, PHONE, "s8")
        assert office.identify(PHONE, {"document": DOCUMENT})
        return [view.number for view in office.claims()]

    assert place.ways.run(seen) == []
    join(place.ways, at=NOW + timedelta(minutes=5))
    place.ways.run(
        lambda uow: uow.session.execute(update(Conversation).values(verified_until=None))
    )

    def again(uow: UnitOfWork) -> list[str]:
        office = place.prove_phone(uow, PHONE, "s7", NOW + timedelta(minutes=10))
        assert office.identify(PHONE, {"document": DOCUMENT})
        return [view.number for view in office.claims()]

    assert place.ways.run(again) == ["CL20261122000001"]


def test_whoever_was_verified_proves_it_anew(place: Town) -> None:
    """More is behind the proof now than it was given for; grants of everything end too."""

    def grant(uow: UnitOfWork) -> None:
        for number, plate in (("AU20261122000001", None), ("AU20261122000002", PLATE_2)):
            uow.session.add(
                AccessGrant(
                    number=number, customer_id=record(uow.session, AWAY).id, conversation_id=1,
                    grantee_name="李四", grantee_phone="13700001234", grantee_blind="x",
                    relation="family", scope="view", plate=plate, code_hash="h", given_at=NOW,
                    expires_at=NOW + timedelta(days=3),
                )
            )  # fmt: skip

    place.ways.run(grant)
    join(place.ways)

    def state(uow: UnitOfWork) -> tuple[Any, list[bool]]:
        until = uow.session.scalar(
            select(Conversation.verified_until).where(Conversation.peer == "o2")
        )
        ended = uow.session.scalars(select(AccessGrant.revoked_at).order_by(AccessGrant.id))
        return until, [at is not None for at in ended]

    assert place.ways.read(state) == (None, [True, False])


def test_an_opt_out_of_either_holds_for_both_and_stays_with_its_own(place: Town) -> None:
    """The stricter wins while they are joined; apart, each has said what they said."""
    here = place.ways.read(
        lambda uow: uow.session.scalars(
            select(Conversation.id).where(Conversation.peer == "o2")
        ).one()
    )
    place.ways.run(lambda uow: uow.customers.opt_out(here, "renewal", NOW))

    def also(uow: UnitOfWork) -> int:
        office = place.office(uow, "o1")
        uow.conversations.bind(office.conversation, record(uow.session, KEPT).id, NOW)
        return office.conversation.id

    other = place.ways.run(also)

    def stopped(uow: UnitOfWork) -> set[int]:
        return set(uow.session.scalars(uow.customers.everywhere(other)))

    assert place.ways.read(stopped) == {other}
    number = join(place.ways)
    assert place.ways.read(stopped) == {other, here}
    part(place.ways, number)
    assert place.ways.read(stopped) == {other}


def _ask_for_erasure(uow: UnitOfWork, ref: str) -> None:
    uow.session.add(
        Ticket(
            number="TK202611220000001", kind="privacy_erase", status="restricted",
            facts={"customer": ref}, opened_at=NOW, due_at=NOW,
        )
    )  # fmt: skip


def _gone(uow: UnitOfWork) -> None:
    away = record(uow.session, AWAY).id
    uow.session.execute(update(Conversation).values(customer_id=None))
    for model in (Policy, IdentityBinding):
        for row in uow.session.scalars(select(model).where(model.customer_id == away)):
            uow.session.delete(row)
    uow.session.flush()
    for consent in uow.session.execute(select(Customer).where(Customer.ref == AWAY)).scalars():
        consent.ref = "gone"


@pytest.mark.parametrize(
    ("before", "more", "why"),
    [
        (None, {"kept": KEPT, "away": KEPT}, "同一个客户记录"),
        (None, {"reason": "feeling"}, "凭什么"),
        (None, {"words": "嗯"}, "为什么"),
        (None, {"seen": "old"}, "有了变化"),
        (_gone, {}, "没有客户 c2"),
        (lambda uow: _ask_for_erasure(uow, KEPT), {}, "删除个人信息"),
        (lambda uow: _ask_for_erasure(uow, AWAY), {}, "删除个人信息"),
        (lambda uow: uow.session.execute(
            update(Customer).where(Customer.ref == AWAY).values(kind="firm")
        ), {}, "企业"),
    ],
)  # fmt: skip
def test_what_cannot_be_joined_is_refused_with_its_reason(
    place: Town, before: Callable[[UnitOfWork], object] | None, more: dict[str, Any], why: str
) -> None:
    """The same one, no reason, an old page, somebody erased or being erased, a firm."""
    if before:
        place.ways.run(lambda uow: before(uow) and None)
    with pytest.raises(Refused, match=why):
        join(place.ways, **more)
    assert place.ways.read(lambda uow: uow.session.scalar(select(CustomerJoin.id))) is None


def test_joins_make_no_chain_and_no_circle(place: Town) -> None:
    """Who was joined away is joined no further; who holds another is not joined away."""
    number = join(place.ways)
    with pytest.raises(Refused, match="已经并到别的"):
        join(place.ways)
    with pytest.raises(Refused, match="已经并到别的"):
        join(place.ways, kept=AWAY, away=KEPT)
    third = Customer(
        ref="c3", kind="person", name="张伟", id_number="3", id_blind="3", phone="3",
        phone_blind="3",
    )  # fmt: skip
    place.ways.run(lambda uow: uow.session.add(third))
    with pytest.raises(Refused, match="里已经并着别的记录"):
        join(place.ways, kept="c3", away=KEPT)
    part(place.ways, number)
    with pytest.raises(Refused, match="已经拆开"):
        part(place.ways, number)


def test_one_of_two_who_join_at_once_wins(place: Town) -> None:
    """Both have seen the same page: one join stands, the other is told to look again."""
    wish = place.ways.read(wanted)

    def press(who: str) -> str:
        try:
            place.ways.run(lambda uow: CustomerJoins(uow, NOW, who).join(wish).id)
        except Refused as refused:
            return str(refused)
        return "joined"

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(press, ("staff:甲", "staff:乙")))
    assert ends.count("joined") == 1
    assert place.ways.read(lambda uow: standing(uow.session)) == 1


def test_erasing_the_person_takes_both_records(place: Town) -> None:
    """Whichever record is named, the person is whole: both phones, both papers, both policies."""
    join(place.ways)

    def found(uow: UnitOfWork, ref: str) -> tuple[set[int], set[str], set[str]]:
        person = people.of_customer(uow.session, record(uow.session, ref).id)
        return person.customers, person.policies, person.plain_phones

    for ref in (KEPT, AWAY):
        customers, policies, phones = place.ways.read(lambda uow, ref=ref: found(uow, ref))  # type: ignore[misc]
        assert len(customers) == 2
        assert policies == {POLICY, POLICY_2}
        assert phones == {PHONE, PHONE_2}


def test_what_is_planned_goes_along(place: Town) -> None:
    """A reminder that has not left is the kept one's: caps and opt-outs count for one person."""

    def plan(uow: UnitOfWork) -> None:
        uow.outbox.queue(
            dedupe_key="renewal:x", kind="renewal", channel="sms", account="sms", peer="p",
            body={"text": "x"}, due_at=NOW, now=NOW, status="planned",
        )  # fmt: skip
        uow.session.execute(update(OutboxItem).values(customer_id=record(uow.session, AWAY).id))

    place.ways.run(plan)
    join(place.ways)
    kept = place.ways.read(lambda uow: record(uow.session, KEPT).id)
    owner = place.ways.read(lambda uow: uow.session.scalar(select(OutboxItem.customer_id)))
    assert owner == kept


def test_looking_somebody_up_costs_the_same_whether_they_are_known(place: Town) -> None:
    """Homes are asked for in one statement, also for nobody."""
    assert place.ways.read(lambda uow: joined.homes(uow.connection, [])) == {}
    join(place.ways)

    def homes(uow: UnitOfWork) -> bool:
        kept, away = record(uow.session, KEPT).id, record(uow.session, AWAY).id
        return joined.homes(uow.connection, [kept, away]) == {kept: kept, away: kept}

    assert place.ways.read(homes)
    count = place.ways.read(lambda uow: uow.session.scalar(select(func.count(CustomerJoin.id))))
    assert count == 1
    assert BY.startswith("staff:")

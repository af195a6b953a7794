"""One person under two references of the core system: asked under both, shown together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.channels.core.look_up import CoreLookUp
from storage import joined
from storage.customer_joins import CustomerJoins
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.personal import PolicySnapshot
from storage.models.policy import Policy
from storage.outbound import planning
from storage.rules.outbound import rules
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.core_kit import REF, Branch, policy
from tests.bot.channels.test_core_system import client
from tests.bot.channels.test_core_touches import ENDS
from tests.storage.joins_kit import BY, wanted

OTHER, THEIRS, PLATE = "C2", "TATJ2026000002", "津TB5678"
QUESTION = "我保单到嘛时候"


@pytest.fixture
def two(branch: Branch) -> Branch:
    """A second record of the same customer, with a policy of its own in the core system."""
    branch.core.others[OTHER] = [policy(number=THEIRS, holder=OTHER, plate=PLATE)]
    blind = branch.app.cipher.blind

    def know(uow: UnitOfWork) -> None:
        uow.session.add(
            Customer(
                ref=OTHER, kind="person", name="张三", id_number="2", id_blind=blind("2"),
                phone="13800000009", phone_blind=blind("13800000009"),
            )
        )  # fmt: skip

    branch.app.transactions.run(know)
    return branch


def _join(branch: Branch, kept: str = REF, away: str = OTHER) -> int:
    def work(uow: UnitOfWork) -> int:
        return CustomerJoins(uow, branch.now, BY).join(wanted(uow, kept, away)).id

    number: int = branch.app.transactions.run(work)
    _verified(branch)
    return number


def _part(branch: Branch, number: int) -> None:
    branch.app.transactions.run(
        lambda uow: CustomerJoins(uow, branch.now, BY).part(number, "不是同一个人").id
    )
    _verified(branch)


def _verified(branch: Branch) -> None:
    """The customer proves again who they are."""
    until = branch.now + timedelta(days=9)
    branch.app.transactions.run(
        lambda uow: uow.session.execute(update(Conversation).values(verified_until=until)) and None
    )


def _asked(branch: Branch) -> list[str]:
    return [path.split("/")[-2] for path, _ in branch.core.asked]


@pytest.mark.parametrize(("kept", "away"), [(REF, OTHER), (OTHER, REF)])
def test_a_look_up_shows_the_policies_of_both(two: Branch, kept: str, away: str) -> None:
    """Whichever record was kept: both references are asked, the kept one's first."""
    _join(two, kept, away)
    two.say(QUESTION)
    said = "\n".join(two.later())
    assert _asked(two) == [kept, away]
    assert "津TA1234" in said
    assert PLATE in said


def test_what_was_told_before_a_join_is_forgotten(two: Branch) -> None:
    """A fresh answer about one record is no answer about the person."""
    two.say(QUESTION)
    two.later()
    _join(two)
    two.say(QUESTION)
    assert PLATE in "\n".join(two.later())


def test_half_an_answer_is_none(two: Branch) -> None:
    """Under the second reference nobody answers: nothing is shown, rather than a part."""
    _join(two)
    two.core.how = ["well", "garbage"]
    two.say(QUESTION)
    (said,) = two.later()
    assert "没能查到" in said
    assert two.rows(PolicySnapshot) == []


def test_taken_apart_nobody_sees_the_other_ones(two: Branch) -> None:
    """What was kept of both together is gone at once, and is asked for under one again."""
    number = _join(two)
    two.say(QUESTION)
    two.later()
    _part(two, number)
    assert two.rows(PolicySnapshot) == []
    two.core.asked.clear()
    two.say(QUESTION)
    said = "\n".join(two.later())
    assert _asked(two) == [REF]
    assert PLATE not in said


def test_an_enquiry_of_before_the_join_asks_for_the_person_of_now(two: Branch) -> None:
    """It was owed about a record that has been joined away since."""
    two.say(QUESTION)
    _join(two, kept=OTHER, away=REF)
    two.later()
    assert _asked(two) == [OTHER, REF]
    (kept,) = two.rows(PolicySnapshot)
    numbers = {one["number"] for one in kept.body}
    assert numbers == {"TATJ2026000001", THEIRS}


def test_references_are_the_persons_own(two: Branch) -> None:
    """Both for the kept one, none for the one joined away, none for nobody."""

    def found(uow: UnitOfWork) -> tuple[list[str], list[str], list[str]]:
        ids = {one.ref: one.id for one in uow.session.scalars(select(Customer))}
        refs = joined.refs(uow.connection, [*ids.values(), 99])
        return refs[ids[REF]], refs[ids[OTHER]], refs[99]

    assert two.app.transactions.read(found) == ([REF], [OTHER], [])
    _join(two)
    assert two.app.transactions.read(found) == ([REF, OTHER], [], [])


def _reminded(branch: Branch) -> OutboxItem:
    """Plan and work off the reminder for the second record's policy."""

    def know(uow: UnitOfWork) -> None:
        query = select(Customer.id).where(Customer.ref == REF)
        uow.session.add(
            Policy(
                number=THEIRS, customer_id=uow.session.scalars(query).one(), line="auto",
                product="机动车商业保险", plate=PLATE, status="有效", payment="已缴清",
                premium_fen=1, details={}, starts_at=branch.now - timedelta(days=335), ends_on=ENDS,
            )
        )  # fmt: skip

    branch.app.transactions.run(know)
    found = planning.waves(rules(), "renewal", branch.now.date())
    assert planning.plan(branch.app.transactions, rules(), found, branch.now) == 1
    branch.later()
    [item] = [one for one in branch.rows(OutboxItem) if one.kind == "renewal"]
    made: OutboxItem = item
    return made


def test_a_reminder_leaves_for_a_policy_of_the_other_reference(two: Branch) -> None:
    """The core knows it only under the record that was joined away."""
    two.core.others[OTHER] = [policy(number=THEIRS, holder=OTHER, plate=PLATE, ends_on=str(ENDS))]
    _join(two)
    item = _reminded(two)
    assert (item.status, item.reason) == ("sent", "")
    assert sorted(_asked(two)) == [REF, OTHER]


def test_an_answer_that_a_join_overtook_is_not_kept(two: Branch) -> None:
    """Asked under one reference while a colleague joins: the answer is about less than now."""
    query = select(Customer.id).where(Customer.ref == REF)
    customer = two.app.transactions.read(lambda uow: uow.session.scalars(query).one())
    look_up = CoreLookUp(client(two.core), two.app.transactions, lambda: two.now)
    told = client(two.core).policies_of(REF)
    _join(two)
    two.app.transactions.run(lambda uow: look_up._keep(uow, [((customer, (REF,)), told)]))
    assert two.rows(PolicySnapshot) == []

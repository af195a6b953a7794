"""Binding and its end, levels, consents and grants, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from bot.desks.policies import PolicyWish
from bot.errors import Refused
from storage.models.customer import AccessLog
from storage.models.identity import Consent, IdentityBinding, StaffCheck
from storage.unit_of_work import UnitOfWork
from tests.storage.identity_kit import (
    DOCUMENT,
    GRANTEE,
    NOW,
    PHONE,
    POLICY,
    Town,
    customer,
    policy,
    town,
)

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def place(database: Engine) -> Iterator[Town]:
    """A town on either database."""
    made = town(database)
    yield made
    made.ways.close()


def test_the_ladder_is_climbed_step_by_step(place: Town) -> None:
    """Nobody, a proved phone, a customer, a person seen by a colleague."""

    def work(uow: UnitOfWork) -> list[str]:
        levels = [place.office(uow).level]
        levels.append(place.prove_phone(uow, PHONE).level)
        office = place.office(uow)
        office.identify(PHONE, {"document": DOCUMENT})
        levels.append(office.level)
        uow.bindings.add_check(
            StaffCheck(
                conversation_id=office.conversation.id,
                customer_id=office.conversation.customer_id,
                method="video", checked_by="甲", reason="r", at=NOW,
                expires_at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
        return [*levels, office.level]

    assert place.ways.run(work) == ["V0", "V1", "V2", "V3"]


def test_a_bound_login_comes_back_with_the_document_only(place: Town) -> None:
    """After the session the account is still known on WeChat, but not on a shared computer."""
    place.ways.run(place.bind)

    def work(uow: UnitOfWork) -> tuple[str, bool, bool, str]:
        office = place.office(uow, at=LATER)
        before, wrong = office.level, office.identify("", {"document": "999999"})
        right = office.identify("", {"document": DOCUMENT[-6:]})
        return before, wrong, right, office.level

    assert place.ways.run(work) == ("V1", False, True, "V2")

    def on_the_web(uow: UnitOfWork) -> bool:
        return place.office(uow, "other", LATER, "webchat").known_login

    assert place.ways.run(on_the_web) is False


def test_a_binding_grows_old(place: Town) -> None:
    """After half a year without a proof the phone's owner may be somebody else."""
    place.ways.run(place.bind)
    much_later = NOW + timedelta(days=200)
    assert place.ways.run(lambda uow: place.office(uow, at=much_later).level) == "V0"


def test_unbinding_ends_session_login_and_proved_phones(place: Town) -> None:
    """Not even the phone proved a minute ago counts; but the limits remember its codes."""
    place.ways.run(place.bind)

    def work(uow: UnitOfWork) -> tuple[bool, str, bool, int]:
        office = place.office(uow)
        first, again = office.unbind("customer asked"), office.unbind("customer asked")
        blind = place.cipher.blind(PHONE)
        sent = uow.customers.codes_to_person_since(blind, NOW - timedelta(days=1))
        return first, office.level, again, sent

    assert place.ways.run(work) == (True, "V0", False, 1)
    ended = place.ways.read(lambda uow: uow.session.scalars(select(IdentityBinding)).one())
    assert (ended.ended_at, ended.ended_by) == (NOW, "customer asked")


def test_the_other_phone_of_a_person_does_not_open_a_new_lock(place: Town) -> None:
    """Failures are counted for the person: three of them, whichever phone was tried."""
    second = "13800000002"
    place.ways.run(lambda uow: uow.session.add(customer(place.cipher, "c2", second, DOCUMENT)))

    def work(uow: UnitOfWork) -> list[str]:
        results: list[str] = []
        for number, phone in enumerate((PHONE, second, PHONE)):
            at = NOW + timedelta(minutes=number * 2)
            office = place.prove_phone(uow, phone, f"p{number}", at)
            assert not office.identify(phone, {"document": "999999"})
        for peer, phone in (("q1", PHONE), ("q2", second), ("q3", GRANTEE)):
            results.append(place.office(uow, peer, at).send_code(phone))
        return results

    assert place.ways.run(work) == ["locked", "locked", "sent"]


def test_minors_do_not_bind_themselves(place: Town) -> None:
    """Their data is for their guardian; the words are the same as for a wrong proof."""
    child, phone = "990101201801011234", "13800000003"
    place.ways.run(lambda uow: uow.session.add(customer(place.cipher, "c3", phone, child)))

    def work(uow: UnitOfWork) -> bool:
        return place.prove_phone(uow, phone, "kid").identify(phone, {"document": child})

    assert place.ways.run(work) is False


def test_four_figures_need_a_second_proof(place: Town) -> None:
    """Plate, policy number or name; one that is wrong is as good as none."""

    def tries(uow: UnitOfWork) -> list[bool]:
        office = place.prove_phone(uow, PHONE)
        tail = {"document": DOCUMENT[-4:]}
        return [
            office.identify(PHONE, tail),
            office.identify(PHONE, {**tail, "plate": "津A99999"}),
            office.identify(PHONE, {**tail, "policy_number": POLICY}),
        ]

    assert place.ways.run(tries) == [False, False, True]


def test_a_consent_is_recorded_once_with_its_version_and_taken_back(place: Town) -> None:
    """Every word stays; the newest one counts; taking identity back unbinds."""

    def work(uow: UnitOfWork) -> tuple[list[bool], str]:
        office = place.bind(uow)
        said = [office.consented("identity")]
        office.give_consent("identity", "chat")
        office.give_consent("identity", "chat")
        said.append(office.consented("identity"))
        office.withdraw_consent("identity")
        return [*said, office.consented("identity")], office.level

    assert place.ways.run(work) == ([False, True, False], "V0")
    rows = place.ways.read(lambda uow: uow.session.scalars(select(Consent)).all())
    assert [(row.given, row.version) for row in rows] == [
        (True, "2026-11-01"),
        (False, "2026-11-01"),
    ]


def test_an_old_version_is_asked_again(place: Town) -> None:
    """Who agreed to other words has not agreed to these."""

    def work(uow: UnitOfWork) -> bool:
        office = place.office(uow)
        office.give_consent("health", "chat")
        uow.session.execute(Consent.__table__.update().values(version="2020-01-01"))  # type: ignore[attr-defined]
        return office.consented("health")

    assert place.ways.run(work) is False


def test_a_grant_needs_the_phone_the_code_and_the_first_identity(place: Town) -> None:
    """The code alone, another phone, or a second identity open nothing."""
    code = place.ways.run(place.grant)

    def seen(uow: UnitOfWork, phone: str, peer: str) -> tuple[bool, int, str]:
        office = place.prove_phone(uow, phone, peer)
        used = office.use_grant(code)
        found = office.find_policies(PolicyWish(granted=True), "保单查询").views
        return used, len(found), office.level

    assert place.ways.run(lambda uow: place.office(uow, "x").use_grant(code)) is False
    assert place.ways.run(lambda uow: seen(uow, "13700007777", "thief")) == (False, 0, "V1")
    assert place.ways.run(lambda uow: seen(uow, GRANTEE, "friend")) == (True, 1, "V1")

    def second(uow: UnitOfWork) -> bool:
        return place.prove_phone(uow, GRANTEE, "second", LATER).use_grant(code)

    assert place.ways.run(second) is False


@pytest.mark.parametrize("end", ["revoked", "expired", "session"])
def test_a_grant_ends(place: Town, end: str) -> None:
    """By its holder at once, by its day, and by the end of the grantee's session."""
    code = place.ways.run(place.grant)
    place.ways.run(lambda uow: place.prove_phone(uow, GRANTEE, "friend").use_grant(code))
    at = {"revoked": NOW, "session": LATER, "expired": NOW + timedelta(days=31)}[end]
    if end == "revoked":
        assert place.ways.run(lambda uow: place.office(uow).revoke_grants()) == 1

    def left(uow: UnitOfWork) -> tuple[bool, int]:
        office = place.office(uow, "friend", at)
        return office.granted, len(office.find_policies(PolicyWish(granted=True), "看").views)

    assert place.ways.run(left) == (False, 0)


def test_a_grant_for_one_car_shows_no_other(place: Town) -> None:
    """And never a policy of the grantee's own look-up: the two are kept apart."""

    def work(uow: UnitOfWork) -> list[str]:
        code = place.grant(uow, plate="津B11B11")
        holder = place.office(uow).conversation.customer_id
        assert holder
        uow.session.add(policy("TATJ20260101000002", holder, "津B11B11"))
        office = place.prove_phone(uow, GRANTEE, "friend")
        assert office.use_grant(code)
        assert not office.find_policies(PolicyWish(), "看").views
        return [v.number for v in office.find_policies(PolicyWish(granted=True), "看").views]

    assert place.ways.run(work) == ["TATJ20260101000002"]


def test_nobody_but_the_verified_holder_grants(place: Town) -> None:
    """A flow that forgets to ask for a proof is refused."""

    def work(uow: UnitOfWork) -> None:
        place.office(uow).grant_access({"name": "a", "phone": GRANTEE, "days": "7"})

    with pytest.raises(Refused, match="核验"):
        place.ways.run(work)


def test_every_disclosure_is_in_the_access_log_with_its_reason(place: Town) -> None:
    """Binding, own look-up, granting, the grantee's look-up: who, what, of whom, why."""
    code = place.ways.run(place.grant)

    def look(uow: UnitOfWork) -> None:
        place.office(uow).policies("保单查询")
        office = place.prove_phone(uow, GRANTEE, "friend")
        office.use_grant(code)
        office.find_policies(PolicyWish(granted=True), "保单查询")

    place.ways.run(look)
    rows = place.ways.read(lambda uow: uow.session.scalars(select(AccessLog)).all())
    assert [(row.what.split(" ")[0], row.reason) for row in rows] == [
        ("identity", "身份核验"),
        ("grant", "客户授权"),
        ("policy", "保单查询"),
        ("grant", "授权核验"),
        ("policy", "保单查询（授权 AU20261122000001）"),
    ]
    assert len({row.customer_id for row in rows}) == 1
    assert len({row.conversation_id for row in rows}) == 2


def test_one_policy_is_shown_whole_and_several_as_cards(place: Town) -> None:
    """Period, state, coverages, payments, special terms; by number, plate, product or line."""

    def work(uow: UnitOfWork) -> None:
        office = place.bind(uow)
        only = office.find_policies(PolicyWish(), "看").views[0]
        assert only.status == "有效，还有 12 天到期"
        assert only.covers[0].deductible == "500 元"
        assert only.payments == ("2026-01-01 1,000.00 元 微信",)
        assert (only.special, only.clause, only.insured) == ("仅限市内", "C-2020", "张*")
        holder = office.conversation.customer_id or 0
        uow.session.add_all(policy(f"T2026010100{n:04d}", holder, None, n) for n in range(30))
        found = office.find_policies(PolicyWish(line="auto"), "看")
        assert (len(found.views), found.more) == (10, True)
        assert not found.views[0].special
        for wish in (
            PolicyWish(number=POLICY), PolicyWish(plate="津A00B00"),
            PolicyWish(plate="津A00B00", product="商业"),
        ):  # fmt: skip
            assert [v.number for v in office.find_policies(wish, "看").views] == [POLICY]
        for wish in (PolicyWish(line="home"), PolicyWish(product="%"), PolicyWish(number="%")):
            assert not office.find_policies(wish, "看").views

    place.ways.run(work)

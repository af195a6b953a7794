"""Signs of fraud: found from the records, kept from customers, stopping no clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork
from tests.bot.api.rows import customer
from tests.storage.claims_kit import HOOK, NOW, Desk, desk_on


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk with one webhook."""
    made = desk_on(database, webhooks=[HOOK])
    yield made
    made.ways.close()


def codes(desk: Desk, number: str) -> set[str]:
    """Return the signs found on a claim."""
    signals = desk.claim(number).signals
    assert signals is not None
    return {hit["code"] for hit in signals["hits"]}


def insure(desk: Desk, starts_days_ago: int, ends_in_days: int) -> None:
    """Give the plate of the kit a policy."""

    def add(uow: UnitOfWork) -> None:
        uow.session.add(customer(desk.cipher))
        uow.session.flush()
        uow.session.add(
            Policy(
                number="TATJ1",
                customer_id=1,
                line="auto",
                product="机动车商业保险",
                plate="津A12345",
                starts_at=NOW - timedelta(days=starts_days_ago),
                ends_on=NOW.date() + timedelta(days=ends_in_days),
                status="有效",
                premium_fen=1,
                payment="已缴清",
                details={},
            )
        )

    desk.ways.run(add)


def test_an_ordinary_claim_has_none(desk: Desk) -> None:
    """Most people are honest, and the rules say so."""
    insure(desk, 200, 160)
    number = desk.open(police_reported=True)
    assert codes(desk, number) == set()


@pytest.mark.parametrize(
    ("starts", "ends", "sign"),
    [(6, 300, "policy_new"), (300, 6, "policy_ending")],
)
def test_the_edges_of_a_policy(desk: Desk, starts: int, ends: int, sign: str) -> None:
    """Within seven days of either end."""
    insure(desk, starts, ends)
    assert codes(desk, desk.open()) == {sign}


@pytest.mark.parametrize(
    ("said", "sign"),
    [
        ({"happened_at": "2026-11-22T08:00:00+08:00"}, "late_report"),
        (
            {
                "happened_at": "2026-11-25T02:00:00+08:00",
                "accident_type": "single_vehicle",
                "police_reported": False,
            },
            "night_alone",
        ),
        ({"story": "帮我通融一下，少不了你的"}, "bribe"),
    ],
)
def test_the_circumstances(desk: Desk, said: dict[str, Any], sign: str) -> None:
    """Late, alone at night, or with an offer."""
    assert codes(desk, desk.open(**said)) == {sign}


def test_repeats_and_shared_phones(desk: Desk) -> None:
    """The same plate again; one phone for three cars; a story told three ways."""
    desk.open()
    again = desk.open()
    assert "repeat_48h" in codes(desk, again)
    desk.open(plate="津B12345")
    many = desk.open(plate="津C12345")
    assert "shared_phone" in codes(desk, many)
    desk.amend(many, place="和平区")
    assert "story_changed" not in codes(desk, many)
    desk.amend(many, happened_at="2026-11-24T08:00:00+08:00")
    assert "story_changed" in codes(desk, many)


def test_a_withdrawn_claim_is_no_repeat(desk: Desk) -> None:
    """Who called a report off may report again."""
    desk.move(desk.open(), "withdrawn")
    assert "repeat_48h" not in codes(desk, desk.open())


def test_signs_choose_a_person_and_stop_no_clock(desk: Desk) -> None:
    """AFI: a bad score means somebody looks, and the customer's dates stay."""
    plain = desk.open(plate="津D12345", phone="13899990000")
    odd = desk.open(story="给你好处，帮我通融", happened_at="2026-11-22T08:00:00+08:00")
    assert desk.claim(odd).track == "complex"
    assert desk.claim(odd).due_at == desk.claim(plain).due_at
    assert desk.clocks(odd)["first_contact"].state == "running"


def test_signs_leave_no_trace_outside(desk: Desk) -> None:
    """Neither history nor webhook speaks of them."""
    number = desk.open(story="给你好处", happened_at="2026-11-22T08:00:00+08:00")
    told = str([event.data for event in desk.events(number)])
    told += str([item.body for item in desk.outbox("webhook")])
    assert not any(word in told for word in ("signals", "score", "bribe", "late_report"))


def test_the_policy_of_the_day_counts(desk: Desk) -> None:
    """A policy that had ended before the accident says nothing about it."""
    insure(desk, 400, -30)
    assert codes(desk, desk.open()) == set()
    assert date(2026, 11, 25) == NOW.date()

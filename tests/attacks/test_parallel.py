"""Guesses made at the same moment are counted like guesses made one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select

from storage.models.customer import OneTimeCode, VerificationFailure
from storage.unit_of_work import UnitOfWork
from tests.storage.identity_kit import DOCUMENT, PHONE, Town, town

IDENTITIES = 12


@pytest.fixture
def place(database: Engine) -> Iterator[Town]:
    """A town on either database."""
    made = town(database)
    yield made
    made.ways.close()


def together(place: Town, what: str) -> list[object]:
    """Let many channel identities do the same thing at once."""

    def one(number: int) -> object:
        def work(uow: UnitOfWork) -> object:
            office = place.office(uow, f"p{number}")
            if what == "send":
                return office.send_code(PHONE)
            return office.check_code(PHONE, f"{number:06d}")

        return place.ways.run(work)

    with ThreadPoolExecutor(IDENTITIES) as pool:
        return list(pool.map(one, range(IDENTITIES)))


def test_one_phone_gets_no_more_codes_than_it_may(place: Town) -> None:
    """Twelve identities ask at once; ten codes are sent."""
    outcomes = together(place, "send")
    assert outcomes.count("sent") == 10
    assert outcomes.count("too_many") == 2


def test_twelve_guesses_at_once_are_three(place: Town) -> None:
    """Whoever comes after the third failure finds the phone locked."""
    together(place, "send")
    assert not any(together(place, "guess"))

    def count(uow: UnitOfWork) -> tuple[int, int]:
        failures = uow.session.scalar(select(func.count()).select_from(VerificationFailure))
        tried = uow.session.scalar(select(func.sum(OneTimeCode.attempts)))
        return int(failures or 0), int(tried or 0)

    assert place.ways.read(count) == (3, 3)


def test_a_code_used_twice_at_once_is_used_once(place: Town) -> None:
    """The same identity in two processes: one of them is too late."""

    def send(uow: UnitOfWork) -> str:
        place.office(uow, "one").send_code(PHONE)
        return place.code(uow)

    code = place.ways.run(send)

    def use(_: int) -> bool:
        return bool(place.ways.run(lambda uow: place.office(uow, "one").check_code(PHONE, code)))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1
    assert place.ways.run(
        lambda uow: place.office(uow, "one").identify(PHONE, {"document": DOCUMENT})
    )

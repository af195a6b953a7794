"""A join meets turns that are going on: nobody waits for each other, nobody stays verified."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import Engine, select, text, update

from storage.crypto import Cipher
from storage.models.conversation import Conversation
from storage.models.customer import AccessLog
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.identity_kit import NOW, SECRET, Town
from tests.storage.joins_kit import KEPT, hello, join, part, record, settle, standing

_LONG = 60
_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def place(database: Engine) -> Iterator[Town]:
    """A town with one person under two records, both of whom write to us."""
    made = Town(transactions(database), Cipher(SECRET))
    made.ways.run(lambda uow: settle(uow.session, made.cipher))

    def also(uow: UnitOfWork) -> None:
        talk = uow.conversations.open(hello("o1"), NOW)
        uow.conversations.bind(talk, record(uow.session, KEPT).id, NOW)

    made.ways.run(also)
    yield made
    made.ways.close()


def _verify(place: Town) -> None:
    until = NOW + timedelta(hours=1)
    place.ways.run(
        lambda uow: uow.session.execute(update(Conversation).values(verified_until=until)) and None
    )


def _verified(place: Town) -> set[str]:
    query = select(Conversation.peer).where(Conversation.verified_until.is_not(None))
    return place.ways.read(lambda uow: set(uow.session.scalars(query)))


def _until_somebody_waits(engine: Engine) -> None:
    for _ in range(600):
        with engine.connect() as connection:
            if connection.execute(text(_WAITING)).scalar():
                return
        time.sleep(0.05)
    raise AssertionError("nobody ever waited for a lock")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("step", ["join", "part"])
@pytest.mark.parametrize("peer", ["o1", "o2"])
def test_a_turn_and_a_join_make_no_deadlock(place: Town, step: str, peer: str) -> None:
    """The turn holds its talk and writes down what it showed; the join waits for the talk only."""
    number = join(place.ways) if step == "part" else 0
    held, go_on = Event(), Event()

    def turn(uow: UnitOfWork) -> None:
        talk = uow.conversations.open(hello(peer), NOW)
        held.set()
        assert go_on.wait(_LONG)
        uow.customers.log_access(NOW, talk.id, talk.customer_id, "bot", "policies", "asked")

    def step_of_staff() -> None:
        if step == "join":
            join(place.ways)
        else:
            part(place.ways, number)

    with ThreadPoolExecutor(2) as pool:
        spoken = pool.submit(place.ways.run, turn)
        assert held.wait(_LONG)
        done = pool.submit(step_of_staff)
        _until_somebody_waits(place.ways.engine)
        go_on.set()
        spoken.result()
        done.result()
    seen = select(AccessLog.id).where(AccessLog.what == "policies")
    assert place.ways.read(lambda uow: len(uow.session.scalars(seen).all())) == 1
    assert place.ways.read(lambda uow: standing(uow.session)) == (step == "join")


def test_nobody_stays_verified_on_either_side(place: Town) -> None:
    """Also the talks of the record that was kept: they would show what has come without asking."""
    _verify(place)
    number = join(place.ways)
    assert _verified(place) == set()
    _verify(place)
    part(place.ways, number)
    assert _verified(place) == set()

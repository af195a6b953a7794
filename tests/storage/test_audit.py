"""The audit chain: whole after real work and many writers at once; one changed byte is named."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text

from bot.clock import SHANGHAI
from storage.audit_check import Verdict, verify
from storage.models.audit import AuditEntry
from storage.models.base import table_of
from storage.models.customer import AccessLog
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import Desk, desk_on

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


def _look(uow: UnitOfWork, actor: str = "api:王敏", what: str = "claim CL1") -> None:
    uow.customers.log_access(NOW, None, None, actor, what, "核对")


def _verify(engine: Engine, expected: str = "") -> Verdict:
    with engine.connect() as connection:
        return verify(connection, expected)


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch in which a claim was handled, looked at, and a decision noted."""
    made = desk_on(database)
    number = made.open(made.converse())
    made.move(number, "contacted")
    made.ways.run(_look)
    made.ways.run(lambda uow: uow.audit.note(NOW, "赵主管", "decision", "event 1", {"why": "测试"}))
    made.ways.run(lambda uow: _look(uow, what="policy TATJ1"))
    return made


def test_what_happens_is_linked_by_itself(desk: Desk, database: Engine) -> None:
    """History and access log are in the chain although nobody asked for it."""
    found = _verify(database)
    assert found.whole
    entries = table_of(AuditEntry)
    with database.connect() as connection:
        kinds = connection.execute(select(entries.c.kind).order_by(entries.c.seq)).scalars().all()
        rows = sum(
            connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() or 0
            for name in ("access_log", "case_event")
        )
    assert found.links == rows + 1
    assert {"read", "step", "decision"} <= set(kinds)


def test_nothing_is_whole_too(database: Engine) -> None:
    """An empty chain holds."""
    assert _verify(database) == Verdict(0, "0" * 64)


TAMPERED = {
    "a reader's name": ("UPDATE access_log SET actor = 'x' WHERE id = 1", "access_log 第 1 行"),
    "a reason": ("UPDATE access_log SET reason = '核对。' WHERE id = 2", "access_log 第 2 行"),
    "a step": ("UPDATE case_event SET kind = 'paid' WHERE id = 1", "case_event 第 1 行被改过"),
    "a step's time": ("UPDATE case_event SET at = '2026-11-01 00:00:00' WHERE id = 2", "第 2 行"),
    "a removed step": ("DELETE FROM case_event WHERE id = 1", "case_event 第 1 行不见了"),
    "a removed read": ("DELETE FROM access_log WHERE id = 2", "access_log 第 2 行不见了"),
    "a decision": ("UPDATE audit_entry SET detail = '{}' WHERE kind = 'decision'", "被改过"),
    "a link": ("UPDATE audit_entry SET subject = 'x' WHERE seq = 2", "审计链第 2 行"),
    "a removed link": ("DELETE FROM audit_entry WHERE seq = 2", "审计链第 2 行：缺失"),
    "the last link": (
        "DELETE FROM audit_entry WHERE seq = (SELECT max(seq) FROM audit_entry)", "链尾应在",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(TAMPERED))
def test_whoever_tampers_is_found(what: str, desk: Desk, database: Engine) -> None:
    """Changed, removed, cut short: the first broken link is named."""
    statement, named = TAMPERED[what]
    with database.begin() as connection:
        connection.execute(text(statement))
    found = _verify(database)
    assert not found.whole
    assert named in found.broken


@pytest.mark.parametrize("place", [1, 20, -1])
def test_one_byte_of_an_encrypted_history_is_named(
    place: int, desk: Desk, database: Engine
) -> None:
    """Nonce, ciphertext or tag: the row is named, not a crash."""
    raw = text("SELECT data FROM case_event WHERE id = 2")
    with database.begin() as connection:
        sealed = bytearray(connection.execute(raw).scalar() or b"")
        sealed[place] ^= 1
        connection.execute(
            text("UPDATE case_event SET data = :data WHERE id = 2"), {"data": bytes(sealed)}
        )
    found = _verify(database)
    assert "case_event 第 2 行被改过" in found.broken


def test_a_row_slipped_in_past_the_program_is_named(desk: Desk, database: Engine) -> None:
    """Written straight into the table: it has no link."""
    row = {"at": NOW, "actor": "x", "what": "y", "reason": "z"}
    with database.begin() as connection:
        connection.execute(insert(AccessLog), row)
    assert "没有入链" in _verify(database).broken


def test_a_head_kept_elsewhere_finds_a_chain_made_anew(desk: Desk, database: Engine) -> None:
    """The head of today is in the chain of tomorrow, or the chain is another one."""
    head = _verify(database).head
    desk.ways.run(_look)
    assert _verify(database, head).whole
    assert "整段换过" in _verify(database, "f" * 64).broken


def test_many_writers_make_one_chain(database: Engine) -> None:
    """Eight threads, forty units of work each: no gap, no fork, nothing lost."""
    ways = transactions(database)
    problems: list[Any] = []

    def write(name: str) -> None:
        try:
            for _ in range(40):
                ways.run(lambda uow: _look(uow, name))
        except Exception as error:  # a thread's error must reach the test
            problems.append(error)

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    found = _verify(database)
    assert (found.whole, found.links) == (True, 320)


def test_a_unit_that_fails_leaves_no_link(desk: Desk, database: Engine) -> None:
    """Rolled back is rolled back, in the chain as well."""
    before = _verify(database).links

    def fail(uow: UnitOfWork) -> None:
        _look(uow)
        uow.session.flush()
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        desk.ways.run(fail)
    desk.ways.run(_look)
    found = _verify(database)
    assert (found.whole, found.links) == (True, before + 1)

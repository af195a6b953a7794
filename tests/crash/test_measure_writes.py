"""kill -9 at every statement of what is measured: cause, ledger and chain are there, or none."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import schema
from storage.audit_check import verify
from storage.database import open_engine
from storage.feedback import FeedbackBox, Told
from storage.improvements import Improvements
from storage.ledger import Happening
from storage.supervision import Supervision
from storage.unit_of_work import UnitOfWork
from tests.crash.dying import killed
from tests.crash.measure_writes import DAY, NOW, WORK
from tests.storage.claims_kit import SECRET, desk_on

# What each piece of work writes: all of it once, or nothing.
WRITTEN = {
    "survey": (
        "SELECT count(*) FROM survey WHERE status = 'sent'",
        "SELECT count(*) FROM outbox_item WHERE kind = 'survey'",
    ),
    "asked": (
        "SELECT count(*) FROM outbox_item WHERE kind = 'survey' AND status = 'sent'",
        "SELECT count(*) FROM event WHERE kind = 'survey.sent'",
        "SELECT count(*) FROM event WHERE kind = 'outbox' AND label = 'survey'",
    ),
    "draw": ("SELECT count(*) FROM qa_plan", "SELECT count(*) FROM qa_sample"),
    "score": (
        "SELECT count(*) FROM qa_sample WHERE status = 'done'",
        "SELECT count(*) FROM event WHERE kind = 'qa.scored'",
        "SELECT count(*) FROM ticket WHERE kind = 'improvement'",
        "SELECT count(*) FROM audit_entry WHERE subject LIKE 'qa %'",
    ),
    "sort": (
        "SELECT count(*) FROM feedback_cluster",
        "SELECT count(*) FROM feedback WHERE status = 'sorted'",
    ),
    "close": (
        "SELECT count(*) FROM improvement WHERE status = 'done'",
        "SELECT count(*) FROM event WHERE kind = 'clock' AND label = 'improvement'",
        "SELECT count(*) FROM feedback WHERE status = 'told'",
        "SELECT count(*) FROM event WHERE kind = 'feedback.told'",
        "SELECT count(*) FROM outbox_item WHERE kind = 'feedback'",
    ),
    "form": (
        "SELECT count(*) FROM feedback",
        "SELECT count(*) FROM ticket WHERE kind = 'suggest'",
        "SELECT count(*) FROM event WHERE kind = 'feedback.received'",
    ),
    "look": (
        "SELECT count(*) FROM access_log",
        "SELECT count(*) FROM audit_entry WHERE kind = 'read'",
        "SELECT count(*) FROM audit_entry WHERE kind = 'decision'",
    ),
}


def _run(url: str, what: str, *deadly: int) -> list[int]:
    return killed(url, f"tests.crash.measure_writes:{what}", *deadly)


def _counts(engine: Engine, what: str) -> set[int]:
    with engine.connect() as connection:
        return {int(connection.execute(text(sql)).scalar() or 0) for sql in WRITTEN[what]}


def _prepare(what: str) -> Callable[[UnitOfWork], None]:
    """Return what must be there before."""

    def prepare(uow: UnitOfWork) -> None:
        uow.ledger.add(Happening("handoff.closed", NOW, 1, "HO1", "王敏"))
        if what in ("sort", "close"):
            box = FeedbackBox(uow, NOW, "王敏")
            box.receive(Told("k", "chat", "建议晚上也有人工", "", 1))

    return prepare


def _carry_on(what: str) -> Callable[[UnitOfWork], None]:
    def carry_on(uow: UnitOfWork) -> None:
        if what == "asked":
            WORK["survey"](uow)
            uow.connection.execute(text("UPDATE outbox_item SET status = 'sending'"))
        if what == "score":
            Supervision(uow, NOW, "质检").plan(DAY)
        if what == "close":
            WORK["sort"](uow)
            FeedbackBox(uow, NOW, "主管").improve(1, "夜间人工")
            Improvements(uow, NOW, "主管").take_on(1, "加夜班", "王敏", date(2026, 12, 1))

    return carry_on


@pytest.mark.parametrize("what", sorted(WORK))
def test_it_is_whole_or_not_there(what: str, tmp_path: Path) -> None:
    """Killed at each statement: nothing of it; then once undisturbed: everything once."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    desk = desk_on(engine)
    desk.converse()
    desk.ways.run(_prepare(what))
    desk.ways.run(_carry_on(what))
    seed = tmp_path / "seed.db"
    with (
        closing(sqlite3.connect(tmp_path / "anda.db")) as here,
        closing(sqlite3.connect(seed)) as there,
    ):
        here.backup(there)
    statements = _run(f"sqlite:///{seed}", what)[0]
    # Every statement of the short ones; of the long ones two dozen, the last among them.
    deadly = range(statements, 0, -max(1, statements // 16))
    killed = _run(url, what, *deadly)
    # The last one is just before the commit, behind everything that was written.
    assert killed == [-9] * len(deadly)
    assert _counts(engine, what) == {0}
    _run(url, what)
    assert _counts(engine, what) == {1}
    with engine.connect() as connection:
        assert verify(connection).whole
    desk.ways.close()

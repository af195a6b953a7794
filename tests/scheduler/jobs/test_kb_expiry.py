"""Knowledge that runs out: owners are warned once a threshold, and old answers are not given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.knowledge import live
from knowledge_base.entries import Entry
from storage import staff_notices
from storage.knowledge_values import Cut, Text
from storage.models.knowledge import KbVersion
from storage.models.notice import StaffNotice
from storage.unit_of_work import UnitOfWork
from tests.scheduler.jobs.kit import at, run, tickets
from tests.storage.claims_kit import NOW, Desk, desk_on


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk with a knowledge base, once on SQLite and once on PostgreSQL."""
    made = desk_on(database)
    yield made
    made.ways.close()


def text(code: str, review_due: str, expires: str = "", topics: tuple[str, ...] = ()) -> Text:
    """Return an entry with its dates."""
    body: dict[str, Any] = {
        "question": f"{code}？", "answer": "答案", "review_due": review_due, "topics": list(topics),
        "source": "条款", "basis": "GK",
    }  # fmt: skip
    return Text(code, body, code, expires_at=at(expires) if expires else None)


def publish(desk: Desk, *texts: Text) -> None:
    """Make the first release of some entries, and many that are good for years."""
    many = [text(f"F{n:03d}", "2030-01-01") for n in range(100, 130)]

    def work(uow: UnitOfWork) -> int:
        added = uow.knowledge.add_published([*texts, *many], "import", "p", NOW)
        return uow.knowledge.cut(added, Cut("import", "p", NOW))

    desk.ways.run(work)


def answered(desk: Desk, moment: str) -> dict[str, Entry]:
    """Return what is answered from at a moment, apart from the many."""
    found = desk.ways.read(lambda uow: live.read(uow, at(moment)))
    assert found is not None
    return {code: e for code, e in found.base.entries.items() if not code.startswith("F1")}


def notices(desk: Desk, kind: str = "") -> list[StaffNotice]:
    """Return the notices, newest first."""
    return desk.ways.read(lambda uow: list(staff_notices.newest(uow, kind=kind)))


def test_owners_are_warned_once_for_each_threshold(desk: Desk) -> None:
    """Thirty, seven and one day ahead; a task and a notice each, and nothing twice."""
    publish(desk, text("F001", "2026-12-20"))
    assert run(desk, "kb_expiry", "2026-11-19T01:15") == []
    assert run(desk, "kb_expiry", "2026-11-21T01:15") == ["提醒：F001 F001？：2026-12-20 应复核"]
    assert run(desk, "kb_expiry", "2026-11-21T02:15") == []
    # Down until the 19th: the seven days are passed over, the last day is told of.
    assert len(run(desk, "kb_expiry", "2026-12-19T01:15")) == 1
    assert run(desk, "kb_expiry", "2026-12-20T01:15") == []
    assert [notice.role for notice in notices(desk)] == ["trainer"] * 2
    assert [ticket.queue for ticket in tickets(desk, "kb_review")] == ["knowledge"] * 2


def test_what_is_expired_is_not_answered_and_leaves_the_release(desk: Desk) -> None:
    """At the minute it runs out it is not said any more; the job then writes it down."""
    publish(desk, text("F001", "2030-01-01", expires="2026-12-01T00:00"))
    assert "F001" not in answered(desk, "2026-12-01T00:00")
    lines = run(desk, "kb_expiry", "2026-12-01T01:15")
    assert "不再回答：F001 F001？：2026-12-01 失效" in lines
    assert "第 2 号发布生效" in lines
    assert run(desk, "kb_expiry", "2026-12-01T02:15") == []
    query = KbVersion.state
    states = desk.ways.read(
        lambda uow: set(uow.session.query(query).filter(KbVersion.hash == "F001"))
    )
    assert states == {("expired",)}
    assert desk.ways.read(lambda uow: uow.knowledge.live()) == 2
    assert [notice.kind for notice in notices(desk, "kb_out")] == ["kb_out"]


def test_a_late_review_takes_an_entry_out_after_the_days_of_grace(desk: Desk) -> None:
    """Thirty days late it goes; where safety hangs on it, it stays and the lead hears of it."""
    publish(desk, text("F001", "2026-11-01"), text("F002", "2026-11-01", topics=("人伤",)))
    run(desk, "kb_expiry", "2026-12-01T01:15")
    assert set(answered(desk, "2026-12-01T01:16")) == {"F001", "F002"}
    lines = run(desk, "kb_expiry", "2026-12-02T01:15")
    assert "不再回答：F001 F001？：2026-11-01 应复核" in lines
    assert set(answered(desk, "2026-12-02T01:16")) == {"F002"}
    [held] = notices(desk, "kb_held")
    assert (held.role, held.lines) == ("supervisor", ["F002 F002？：2026-11-01 应复核"])


def test_a_large_part_is_never_taken_out_at_once(desk: Desk) -> None:
    """Too many late reviews are people's work: better an old answer than none at all."""
    publish(desk, *(text(f"F{n:03d}", "2026-11-01") for n in range(1, 8)))
    lines = run(desk, "kb_expiry", "2026-12-10T01:15")
    assert len([line for line in lines if line.startswith("过了期限没有下架")]) == 7
    assert len(answered(desk, "2026-12-10T01:16")) == 7


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    """It says the same and leaves the release alone."""
    publish(desk, text("F001", "2030-01-01", expires="2026-12-01T00:00"))
    assert "第 2 号发布生效" in run(desk, "kb_expiry", "2026-12-01T01:15", dry_run=True)
    assert desk.ways.read(lambda uow: uow.knowledge.live()) == 1
    assert notices(desk) == []


def test_the_moment_of_the_release_is_that_of_the_job(desk: Desk) -> None:
    """A run for an earlier moment does not take out what was still good then."""
    publish(desk, text("F001", "2030-01-01", expires="2026-12-01T00:00"))
    moment = at("2026-12-01T00:00") - timedelta(minutes=1)
    assert "F001" in answered(desk, moment.replace(tzinfo=None).isoformat())
    found = run(desk, "kb_expiry", moment.replace(tzinfo=None).isoformat())
    assert not any(line.startswith("不再回答") for line in found)

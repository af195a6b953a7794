"""What a claim must have planned: made good once, merged after an outage, told beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, update

from storage import web_links
from storage.claims_owed import MERGED, PASSED
from storage.claims_reminders import KIND
from storage.claims_silence import NUDGE, PUSH
from storage.models.outbox import OutboxItem
from storage.web_links import WebLink
from tests.scheduler.jobs.kit import run
from tests.storage.claims_kit import Desk, desk_on

COMPLEX = {"accident_type": "fire", "injured": False}


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk, once on SQLite and once on PostgreSQL."""
    made = desk_on(database)
    yield made
    made.ways.close()


def lose(desk: Desk) -> None:
    """Let nothing be planned, as for claims that came from another system."""
    desk.ways.run(lambda uow: uow.session.execute(delete(OutboxItem)))


def waits_for_documents(desk: Desk) -> str:
    """Return a claim with one complete notice of 25 November."""
    number = desk.open(desk.converse())
    desk.move(number, "contacted")
    desk.move(number, "assessing")
    desk.move(number, "documents_due", missing=["驾驶证"])
    return number


def test_a_large_claim_without_pushes_gets_them(desk: Desk) -> None:
    """Planned once by the job, and not again."""
    number = desk.open(desk.converse(), **COMPLEX)
    lose(desk)
    assert run(desk, "claim_progress", "2026-11-26T09:20") == [f"{number}：补排 10 条进展与提醒"]
    assert run(desk, "claim_progress", "2026-11-26T10:20") == []
    assert len(desk.outbox(PUSH, "planned")) == len(desk.outbox(NUDGE, "planned")) == 5


def test_what_piled_up_is_said_once(desk: Desk) -> None:
    """Down from the 27th to the 5th: three pushes are due at once, the newest leaves."""
    number = desk.open(desk.converse(), **COMPLEX)
    lines = run(desk, "claim_progress", "2026-12-05T08:00")
    assert lines == [f"{number}：2 条积下的并入最新一条"] * 2
    assert [item.reason for item in desk.outbox(PUSH, "suppressed")] == [MERGED] * 2
    assert f"{desk.outbox(PUSH, 'planned')[0].due_at:%m-%d}" == "12-04"
    assert run(desk, "claim_progress", "2026-12-05T08:01") == []


def test_a_dry_run_tells_what_leaves_and_writes_nothing(desk: Desk) -> None:
    """Who gets what by tomorrow, and why somebody does not."""
    number = desk.open(desk.converse("telegram"), **COMPLEX)
    lines = run(desk, "claim_progress", "2026-11-28T09:00", dry_run=True)
    assert len(lines) == 2
    assert f"{number}\t{PUSH}" in lines[0]
    assert "会发（custom）" in lines[0]
    assert "会发（task）" in lines[1]
    assert {item.status for item in desk.outbox(PUSH)} == {"planned"}


def test_reminders_of_a_notice_are_made_good_without_the_days_gone_by(desk: Desk) -> None:
    """Lost on the 30th: day 3 has passed, days 7 and 15 are planned; a second run adds none."""
    number = waits_for_documents(desk)
    lose(desk)
    assert run(desk, "document_reminder", "2026-11-30T10:25") == [f"{number}：补排 2 条催材料"]
    assert [item.reason for item in desk.outbox(KIND, "suppressed")] == [PASSED]
    assert [f"{i.due_at:%m-%d %H:%M}" for i in desk.outbox(KIND, "planned")] == [
        "12-02 09:30", "12-10 09:30",
    ]  # fmt: skip
    assert run(desk, "document_reminder", "2026-11-30T11:25") == []


def test_a_second_notice_has_reminders_of_its_own(desk: Desk) -> None:
    """What the job made good does not stand in the way of the next notice."""
    number = waits_for_documents(desk)
    lose(desk)
    run(desk, "document_reminder", "2026-11-25T10:25")
    desk.later(days=1)
    desk.move(number, "assessing")
    desk.move(number, "documents_due", lead=True, missing=["行驶证"], reason="漏列")
    assert len(desk.outbox(KIND, "planned")) == 3


def test_sent_reminders_are_left_alone(desk: Desk) -> None:
    """Only what has not left is merged."""
    waits_for_documents(desk)
    sent = update(OutboxItem).where(OutboxItem.kind == KIND).values(status="sent")
    desk.ways.run(lambda uow: uow.session.execute(sent))
    assert run(desk, "document_reminder", "2026-12-20T10:25") == []


def test_reminders_carry_a_link_where_the_branch_has_a_public_address(database: Engine) -> None:
    """Signed for this claim, and good for three days from the reminder on."""
    made = desk_on(database, public_url="https://anda.example", demo=False)
    number = waits_for_documents(made)
    items = made.outbox(KIND, "planned")
    tokens = [str(item.body["text"]).rpartition("/links/")[2] for item in items]
    link = WebLink("upload", 1, number)
    last = items[-1].due_at + timedelta(hours=71)
    assert web_links.read(made.cipher, tokens[-1], last) == link
    assert web_links.read(made.cipher, tokens[-1], last + timedelta(hours=2)) is None
    made.ways.close()

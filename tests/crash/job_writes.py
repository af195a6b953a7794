"""Scheduled jobs, each on a branch where there is something to do; see `tests.crash.dying`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from scheduler.context import JobContext
from scheduler.registry import find_jobs
from storage.models.outbox import Media
from storage.unit_of_work import UnitOfWork
from tests.scheduler.jobs.kit import at
from tests.scheduler.jobs.test_content_calendar import agreed, plan
from tests.scheduler.jobs.test_kb_expiry import publish, text
from tests.storage.claims_kit import NOW, Desk, desk_on
from tests.storage.complaints_kit import Room

# Late enough for each of them.
WHEN: dict[str, datetime] = {
    "claim_clocks": at("2026-11-25T11:00"),
    "claim_progress": at("2026-12-05T08:00"),
    "complaint_progress": at("2026-12-01T10:00"),
    "no_update_nudge": at("2026-11-30T10:30"),
    "kb_expiry": at("2026-12-02T01:15"),
    "media_fetch": NOW + timedelta(days=4),
    "daily_digest": at("2026-11-26T08:30"),
}


def prepare(desk: Desk) -> None:
    """A large claim, a complaint, an old answer, a photo that did not come."""
    desk.open(desk.converse(), accident_type="fire", injured=False)
    Room(desk).open()
    publish(desk, text("F001", "2030-01-01", expires="2026-12-01T00:00"))

    def photo(uow: UnitOfWork) -> None:
        known = {"conversation_id": 1, "kind": "image", "ref": "m", "path": None}
        uow.session.add(Media(status="due", case_number=None, at=NOW, **known))

    desk.ways.run(photo)


def _run(engine: Engine, name: str) -> None:
    desk = desk_on(engine)
    find_jobs()[name].run(JobContext(desk.ways, desk.settings, desk.cipher), WHEN[name])
    desk.ways.close()


def claim_clocks(engine: Engine) -> None:
    """Run it."""
    _run(engine, "claim_clocks")


def claim_progress(engine: Engine) -> None:
    """Run it."""
    _run(engine, "claim_progress")


def complaint_progress(engine: Engine) -> None:
    """Run it."""
    _run(engine, "complaint_progress")


def no_update_nudge(engine: Engine) -> None:
    """Run it."""
    _run(engine, "no_update_nudge")


def kb_expiry(engine: Engine) -> None:
    """Run it."""
    _run(engine, "kb_expiry")


def media_fetch(engine: Engine) -> None:
    """Run it."""
    _run(engine, "media_fetch")


def content_calendar(engine: Engine) -> None:
    """Push what `prepare_content` has planned."""
    desk = desk_on(engine)
    context = JobContext(desk.ways, desk.settings, desk.cipher)
    find_jobs()["content_calendar"].run(context, at("2026-12-05T10:00"))
    desk.ways.close()


def prepare_content(desk: Desk) -> None:
    """Two customers who agreed, and an approved item."""
    agreed(desk, 1, True)
    agreed(desk, 2, True)
    plan(desk)


def daily_digest(engine: Engine) -> None:
    """Run it."""
    _run(engine, "daily_digest")

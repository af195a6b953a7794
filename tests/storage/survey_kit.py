"""What the tests of surveys do: let something happen, ask, let the questions leave."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from scheduler.jobs import satisfaction_survey
from storage.ledger import Happening
from storage.models.case import Complaint, Survey
from tests.storage.claims_kit import Desk, desk_on
from tests.storage.outbound_kit import Outside

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


def quiet_desk(database: Engine) -> Desk:
    """Return a branch with one conversation in which nothing was said for long."""
    made = desk_on(database)
    made.converse()
    return made


def happened(desk: Desk, kind: str, ago: timedelta, **said: Any) -> None:
    """Write into the ledger what happened so long ago."""
    row = Happening(kind, NOW - ago, **{"conversation_id": 1, **said})
    desk.ways.run(lambda uow: uow.ledger.add(row))


def run(desk: Desk, now: datetime = NOW) -> None:
    """Run the job that asks."""
    desk.ways.run(lambda uow: satisfaction_survey.ask(uow, now))


def rows(desk: Desk, model: type[Any]) -> list[Any]:
    """Return all rows of a table."""
    query = select(model).order_by(model.id)
    return desk.ways.read(lambda uow: list(uow.session.scalars(query)))


def surveys(desk: Desk) -> list[tuple[str, str, str | None]]:
    """Return the surveys of episodes: what about, how they stand and why."""
    return [(s.about, s.status, s.reason) for s in rows(desk, Survey) if s.about != "regular"]


def leave(desk: Desk, now: datetime = NOW) -> list[str]:
    """Send what is due, to somebody who wrote an hour ago; return the keys of what left."""
    outside = Outside(desk.ways, now=now)
    outside.wrote(now - timedelta(hours=1))
    return [letter.key for letter in outside.send()]


def complaint(status: str) -> Complaint:
    """Return a complaint that stands so."""
    return Complaint(
        number="CP20261120000009", conversation_id=1, channel="wechat", category="理赔",
        severity="P2", status=status, owner="投诉岗", facts={}, decision="", received_at=NOW,
        due_on=date(2026, 12, 5), updated_at=NOW,
    )  # fmt: skip

"""The October that the tests of the quality pages look back on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.bot.console.conftest import House

ROOT = "/console/quality"
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}


def every(house: House, model: type[Any]) -> list[Any]:
    """Return all rows of a table."""
    query = select(model).order_by(model.id)
    return house.app.transactions.read(lambda uow: list(uow.session.scalars(query)))

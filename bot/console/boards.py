"""What the boards of claims and complaints share: which cases they show, by which stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.console.cases import Stages
from storage.models.case import Claim, Complaint

Query = Mapping[str, str]
Column = InstrumentedAttribute[Any]


def narrowed(
    model: type[Claim] | type[Complaint],
    query: Query,
    found_by: ColumnElement[bool] | None,
    over: Iterable[str],
    filters: Iterable[Column],
) -> Select[Any]:
    """Select those under way, those that are over, or those that a search finds; due ones first.

    A filter is named like its column.
    """
    statement = select(model).order_by(model.due_at.is_(None), model.due_at, model.id.desc())
    if found_by is not None:
        statement = statement.where(found_by)
    elif query["due"] == "over":
        statement = statement.where(model.status.in_(sorted(over)))
    else:
        statement = statement.where(model.status.not_in(sorted(over)))
    for column in filters:
        if wanted := query[column.key]:
            statement = statement.where(column == wanted)
    return statement


def stages(query: Query, under_way: Stages, over: Stages) -> Stages:
    """Return the columns of a board: a search looks among all of them."""
    if query["q"]:
        return (*under_way, *over)
    return over if query["due"] == "over" else under_way

"""Drafts and tags on either database: who has not seen the newest text writes over nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from storage.drafts import Draft, Drafts
from storage.tags import Tag, Tags
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork
from tests.fakes import NOON
from tests.storage.claims_kit import desk_on


@pytest.fixture
def ways(database: Engine) -> Iterator[Transactions]:
    """A branch with one conversation."""
    desk = desk_on(database)
    desk.converse()
    made = transactions(database)
    yield made
    made.close()


def test_only_who_saw_the_newest_keeps_a_text(ways: Transactions) -> None:
    """First, second, stale, unknowing: the revision goes up with every change and no other."""

    def write(uow: UnitOfWork) -> list[object]:
        drafts = Drafts(uow.connection)

        def keep(text: str, seen: int | None, agent: str = "王敏") -> bool:
            return drafts.keep(1, agent, Draft(text, 0, "a"), seen, NOON)

        steps = [keep("一", 0), keep("一二", 1), keep("过时", 1), keep("一二", 0), keep("三", None)]
        drafts.sent(1, "王敏", Draft("别的", 0, "b"), 1, NOON)
        newer = drafts.of(1, "王敏")
        drafts.sent(1, "王敏", Draft("三", 0, "b"), 1, NOON)
        other = keep("我的", 7, "李强")
        return [*steps, newer, drafts.of(1, "王敏"), other, drafts.of(1, "李强").text]

    assert ways.run(write) == [
        True, True, False, True, True, Draft("三", 3, "a"), Draft("", 4, "b"), True, "我的",
    ]  # fmt: skip


def test_a_tag_is_there_once(ways: Transactions) -> None:
    """Put on twice by two, taken off once."""

    def tag(uow: UnitOfWork) -> list[object]:
        tags = Tags(uow.connection)
        tags.put(1, "老人", "王敏", NOON)
        tags.put(1, "老人", "李强", NOON)
        tags.put(1, "要回访", "李强", NOON)
        before = tags.of([1, 2])
        tags.take_off(1, "老人")
        return [before, tags.of([1])]

    assert ways.run(tag) == [
        {1: [Tag("老人", "王敏"), Tag("要回访", "李强")]}, {1: [Tag("要回访", "李强")]},
    ]  # fmt: skip

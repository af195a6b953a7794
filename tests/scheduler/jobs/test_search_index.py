"""The job behind the search box: what was said before it existed is found too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.bootstrap import App
from bot.dialogue.message import InboundMessage
from scheduler.context import JobContext
from scheduler.registry import find_jobs
from storage.search import indexing
from storage.search.messages import find
from storage.unit_of_work import UnitOfWork
from tests.fakes import NOON


def test_everything_is_indexed_and_running_again_adds_nothing(
    make_app: Callable[[], App],
) -> None:
    """Old messages fill blocks; the rest waits and is found all the same."""
    app = make_app()
    said = [{"author": "customer", "body": {"text": f"第{n}句说津滨大道"}} for n in range(2_500)]

    def talk(uow: UnitOfWork) -> None:
        hello = InboundMessage("webchat", "web", "p1", "k", NOON, "您好")
        uow.conversations.record(uow.conversations.open(hello, NOON), said, NOON)

    app.transactions.run(talk)
    job = find_jobs()["search_index"]
    context = JobContext(app.transactions, app.settings, app.cipher)
    later = NOON + timedelta(minutes=10)
    assert job.run(context, later, dry_run=True) == ["要重做 0 块，有新的一块要加"]
    assert job.run(context, later) == ["加了 1 块，重做了 0 块"]
    assert job.run(context, later) == ["加了 0 块，重做了 0 块"]
    ways = app.transactions
    assert ways.read(lambda uow: indexing.last_indexed(uow.connection)) == 2_000
    assert len(ways.read(lambda uow: find(uow.connection, "第1999句"))) == 1
    assert len(ways.read(lambda uow: find(uow.connection, "第2499句"))) == 1

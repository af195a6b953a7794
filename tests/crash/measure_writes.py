"""Write what is measured and die at a statement: `python -m tests.crash.measure_writes URL WHAT 1`.

WHAT is survey, draw, score, sort, close or look. Without numbers it prints how many statements an
undisturbed run of it takes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import event

from bot import feedback
from bot.clock import SHANGHAI
from storage import survey_plan
from storage.database import open_engine
from storage.feedback import FeedbackBox
from storage.improvements import Improvements
from storage.kpi.definition import Period
from storage.rules.supervision import rules
from storage.supervision import Supervision
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import SECRET

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
DAY = Period(date(2026, 11, 25), date(2026, 11, 25))


def _survey(uow: UnitOfWork) -> None:
    survey_plan.run(uow, NOW)


def _draw(uow: UnitOfWork) -> None:
    Supervision(uow, NOW, "质检").plan(DAY)


def _score(uow: UnitOfWork) -> None:
    scores = {code: points for code, (_, points) in rules().scorecard.items()}
    Supervision(uow, NOW, "质检").score(1, scores, ["leak"])


def _sort(uow: UnitOfWork) -> None:
    feedback.sort(uow, NOW, NOW - timedelta(days=1))


def _close(uow: UnitOfWork) -> None:
    Improvements(uow, NOW, "主管").close(1, "好了")
    uow.session.flush()
    FeedbackBox(uow, NOW, "主管").tell(1)


def _look(uow: UnitOfWork) -> None:
    uow.customers.log_access(NOW, None, None, "api:王敏", "claim CL1", "核对")
    uow.audit.note(NOW, "主管", "decision", "event 1", {"why": "测试"})


WORK: dict[str, Callable[[UnitOfWork], None]] = {
    "survey": _survey,
    "draw": _draw,
    "score": _score,
    "sort": _sort,
    "close": _close,
    "look": _look,
}


def work(url: str, what: str, deadly: int = 0) -> int:
    """Do it and return the number of statements; be killed at the one that is ``deadly``."""
    engine = open_engine(url, SECRET)
    numbers = count(1)
    last = 0

    @event.listens_for(engine, "after_cursor_execute")
    def executed(*_: Any) -> None:
        nonlocal last
        last = next(numbers)
        if last == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(engine, "commit")
    def committing(*_: Any) -> None:
        executed()

    ways = transactions(engine)
    ways.run(WORK[what])
    ways.close()
    return last


def main() -> None:
    """Die once per number, each time in a process of its own."""
    url, what, *deadly = sys.argv[1:]
    if not deadly:
        sys.stdout.write(f"{work(url, what)}\n")
    for number in map(int, deadly):
        pid = os.fork()
        if not pid:
            work(url, what, number)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main()

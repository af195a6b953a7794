"""What is measured, each written in one transaction that dies: see `tests.crash.dying`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from bot import feedback
from bot.clock import SHANGHAI
from bot.settings import Settings
from storage import survey_plan
from storage.crypto import Cipher
from storage.feedback import FeedbackBox
from storage.feedback_form import FeedbackForm, Piece
from storage.improvements import Improvements
from storage.kpi.definition import Period
from storage.outbound.letters import Configured
from storage.outbound.touches import Touches
from storage.rules import outbound
from storage.rules.supervision import rules
from storage.supervision import Supervision
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import SECRET

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
DAY = Period(date(2026, 11, 25), date(2026, 11, 25))


def _survey(uow: UnitOfWork) -> None:
    survey_plan.run(uow, NOW)


def _asked(uow: UnitOfWork) -> None:
    Touches(uow, outbound.rules(), Configured({}), NOW).settle(1, "sent")


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


def _form(uow: UnitOfWork) -> None:
    piece = Piece("0" * 32, "理赔", "建议理赔进度能发短信", "13800138000")
    FeedbackForm(Cipher(SECRET), Settings(secret_key=SECRET.decode())).take(uow, piece, NOW)


def _look(uow: UnitOfWork) -> None:
    uow.customers.log_access(NOW, None, None, "api:王敏", "claim CL1", "核对")
    uow.audit.note(NOW, "主管", "decision", "event 1", {"why": "测试"})


WORK: dict[str, Callable[[UnitOfWork], None]] = {
    "survey": _survey,
    "asked": _asked,
    "draw": _draw,
    "score": _score,
    "sort": _sort,
    "close": _close,
    "look": _look,
    "form": _form,
}


def _doing(what: str) -> Callable[[Engine], None]:
    def work(engine: Engine) -> None:
        ways = transactions(engine)
        ways.run(WORK[what])
        ways.close()

    return work


survey, asked, draw, score, sort, close, look, form = map(_doing, WORK)

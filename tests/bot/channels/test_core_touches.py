"""Renewal reminders where the core system leads: it is asked right before each one leaves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import SHANGHAI
from storage.models.conversation import Conversation
from storage.models.customer import OptOut
from storage.models.outbox import OutboxItem
from storage.models.personal import PolicySnapshot
from storage.models.policy import Policy
from storage.outbound import planning
from storage.outbound.configured import configured
from storage.outbound.rehearsal import Line, rehearse
from storage.rules.outbound import rules
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.core_kit import Branch, policy

NUMBER = "TATJ2026000001"
ENDS = date(2026, 12, 25)


@pytest.fixture
def reminded(branch: Branch) -> Branch:
    """A customer on WeChat whose own row, imported some time ago, ends in thirty days."""
    branch.core.policies = [policy(ends_on=str(ENDS))]

    def know(uow: UnitOfWork) -> None:
        customer = uow.session.query(Conversation).one().customer_id
        uow.session.add(
            Policy(
                number=NUMBER, customer_id=customer, line="auto", product="机动车商业保险",
                plate="津TA1234", status="有效", payment="已缴清", premium_fen=1, details={},
                starts_at=branch.now - timedelta(days=335), ends_on=ENDS,
            )
        )  # fmt: skip

    branch.app.transactions.run(know)
    found = planning.waves(rules(), "renewal", branch.now.astimezone(SHANGHAI).date())
    assert planning.plan(branch.app.transactions, rules(), found, branch.now) == 1
    return branch


def _worked(branch: Branch) -> OutboxItem:
    """Let the worker look at what is due and return the reminder."""
    branch.later()
    [item] = [one for one in branch.rows(OutboxItem) if one.kind == "renewal"]
    found: OutboxItem = item
    return found


def _sms(branch: Branch) -> str:
    path = branch.app.settings.data_dir / "sms.jsonl"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_the_core_is_asked_before_a_reminder_leaves(reminded: Branch) -> None:
    """What the core says now is what counts, and what the words speak of."""
    reminded.core.policies = [policy(ends_on=str(ENDS), product="机动车商业保险（新）")]
    item = _worked(reminded)
    assert (item.status, len(reminded.core.asked)) == ("sent", 1)
    assert "机动车商业保险（新）" in _sms(reminded)


@pytest.mark.parametrize(
    ("policies", "reason"),
    [
        ([policy(ends_on=str(ENDS)), policy(number="TATJ9", ends_on="2027-12-25")], "已续保"),
        ([policy(ends_on="2027-12-25")], "保单的到期日已经改了"),
        ([policy(ends_on=str(ENDS), status="退保")], "保单已退保"),
        ([], "保单不在了"),
    ],
)
def test_what_our_own_row_does_not_know_stops_it(
    reminded: Branch, policies: list[dict[str, Any]], reason: str
) -> None:
    """Renewed, changed, surrendered or gone in the core: nothing leaves, with the reason."""
    reminded.core.policies = policies
    item = _worked(reminded)
    assert (item.status, item.reason) == ("suppressed", reason)
    assert not _sms(reminded)


@pytest.mark.parametrize("how", ["reset", "503", "garbage"])
def test_a_core_that_does_not_answer_puts_it_off(reminded: Branch, how: str) -> None:
    """No answer, no reminder: it waits with the reason and leaves when the core is back."""
    reminded.core.how = [how]
    item = _worked(reminded)
    assert (item.status, item.reason) == ("planned", "核心系统没有回应，核对了保单再发")
    assert item.due_at > reminded.now
    assert not _sms(reminded)
    reminded.now = item.due_at + timedelta(seconds=1)
    assert _worked(reminded).status == "sent"


def test_a_core_that_stays_away_ends_it_with_its_window(reminded: Branch) -> None:
    """Nobody is reminded of last week's matter: past the window it is not sent any more."""
    reminded.core.how = ["503"] * 400
    for _ in range(3):
        item = _worked(reminded)
        reminded.now = max(item.due_at, reminded.now) + timedelta(hours=9)
    assert _worked(reminded).status == "suppressed"
    assert "补发窗口" in _worked(reminded).reason
    assert not _sms(reminded)


def test_an_old_answer_is_asked_for_again(reminded: Branch) -> None:
    """Yesterday's answer does not count today; one of a minute ago does."""
    reminded.later()
    assert len(reminded.core.asked) == 1
    old = reminded.now - timedelta(days=1)

    def again(uow: UnitOfWork) -> None:
        uow.session.execute(update(PolicySnapshot).values(fetched_at=old))
        uow.session.execute(update(OutboxItem).values(status="planned", sent_at=None))

    reminded.app.transactions.run(again)
    reminded.core.policies = [policy(ends_on="2027-12-25")]
    reminded.core.as_of = "2026-11-25T18:00:00+08:00"
    assert _worked(reminded).reason == "保单的到期日已经改了"
    assert len(reminded.core.asked) == 2


def test_a_wish_counts_though_the_core_is_silent(reminded: Branch) -> None:
    """Whoever opted out gets nothing, and nothing waits for the core because of them."""
    [talk] = reminded.rows(Conversation)
    wish = OptOut(conversation_id=talk.id, category="renewal", at=reminded.now)
    reminded.app.transactions.run(lambda uow: uow.session.add(wish))
    reminded.core.how = ["503"]
    assert _worked(reminded).reason == "客户退订了这一类消息"


def _rehearsed(branch: Branch) -> list[Line]:
    app = branch.app
    day = branch.now.astimezone(SHANGHAI).date()
    waves = planning.waves(rules(), "renewal", day)
    known = configured(app.settings)
    return rehearse(app.transactions, app.cipher, rules(), known, waves, branch.now)


def test_a_rehearsal_asks_nobody(reminded: Branch) -> None:
    """It goes by what the core told last, else by our own rows."""
    [line] = _rehearsed(reminded)
    assert (line.outcome, reminded.core.asked) == ("send", [])
    reminded.core.policies = [policy(ends_on="2027-12-25")]
    reminded.core.how = []
    told = _worked(reminded)
    assert told.status == "suppressed"

    def undo(uow: UnitOfWork) -> None:
        uow.session.execute(update(OutboxItem).values(status="planned"))

    reminded.app.transactions.run(undo)
    [line] = _rehearsed(reminded)
    assert (line.outcome, line.reason) == ("not_sent", "保单的到期日已经改了")
    assert len(reminded.core.asked) == 1

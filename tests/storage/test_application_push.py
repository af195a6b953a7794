"""An issued policy goes out by itself; whoever has to act on an application is reminded of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from bot.errors import ConfigurationError
from storage.applications_follow_up import REMINDER
from storage.models.customer import AccessLog
from storage.models.outbox import OutboxItem
from storage.models.service import PolicyDelivery, PolicyLink
from storage.outbound.letters import Configured
from storage.outbound.touches import Touches
from storage.rules import application_follow_up
from storage.rules.outbound import rules
from tests.storage.applications_kit import GIVEN, NOW, Branch, branch_on, hold

POLICY = str(GIVEN["issued"]["policy_number"])


@pytest.fixture
def branch(database: Engine) -> Iterator[Branch]:
    """A branch on SQLite or PostgreSQL."""
    made = branch_on(database)
    yield made
    made.ways.close()


def _issued(branch: Branch, talk: int | None) -> str:
    number = branch.open(talk)
    branch.walk(number, "underwriting", "approved", "confirmed", "paying")
    branch.pay(number, "A", 300_000)
    branch.move(number, "issued")
    return number


def test_s12_an_issued_policy_is_pushed_to_its_holder(branch: Branch) -> None:
    """Words with the link, and the same as a card; logged, on record, valid for two days."""
    talk = branch.converse()
    hold(branch, talk)
    _issued(branch, talk)
    pushed = branch.outbox("notice")[-1]
    (link,) = branch.rows(PolicyLink)
    assert link.expires_at == branch.now + timedelta(hours=48)
    assert f"/papers/{link.key}." in pushed.body["text"]
    (card,) = pushed.body["cards"]
    assert card["url"] in pushed.body["text"]
    assert card["picture"].endswith("/papers/cover.png")
    assert "王小明" not in str(pushed.body)
    assert branch.said()[-1] == pushed.body["text"]
    (delivery,) = branch.rows(PolicyDelivery)
    assert (delivery.way, delivery.state) == ("link", "offered")
    assert [row.what for row in branch.rows(AccessLog)] == [f"policy {POLICY} link"]


@pytest.mark.parametrize("known", [False, True])
def test_s12_nobody_else_gets_a_link(branch: Branch, known: bool) -> None:
    """Not bound, or a policy that is not in our tables: they are told how to ask for it."""
    talk = branch.converse()
    if known:
        hold(branch, talk, bound=False)
    _issued(branch, talk)
    assert "回复「电子保单」" in branch.outbox("notice")[-1].body["text"]
    assert branch.rows(PolicyLink) == []


def test_s12_at_night_the_link_counts_from_the_morning(branch: Branch) -> None:
    """Nobody is woken up, and the two days begin when it arrives."""
    talk = branch.converse()
    hold(branch, talk)
    number = branch.open(talk)
    branch.walk(number, "underwriting", "approved", "confirmed", "paying")
    branch.pay(number, "A", 300_000)
    branch.later(hours=13)
    branch.move(number, "issued")
    morning = (branch.now + timedelta(days=1)).replace(hour=8, minute=5)
    assert branch.outbox("notice")[-1].due_at == morning
    assert branch.rows(PolicyLink)[-1].expires_at == morning + timedelta(hours=48)


def test_s36_whoever_has_to_act_is_reminded_until_they_do(branch: Branch) -> None:
    """Twice, on the days of the table; what they did takes the reminders back."""
    number = branch.open(branch.converse())
    branch.move(number, "returned")
    days = [(item.due_at - NOW).days for item in branch.outbox(REMINDER, "planned")]
    assert days == [2, 5]
    branch.move(number, "received", role="sales")
    assert branch.outbox(REMINDER, "planned") == []
    assert {item.reason for item in branch.outbox(REMINDER)} == {"投保往前走了"}
    branch.later(minutes=5)
    branch.move(number, "returned")
    assert len(branch.outbox(REMINDER, "planned")) == 2


@pytest.mark.parametrize("kind", ["application_payment", REMINDER])
def test_s40_the_outbound_worker_lets_reminders_go(branch: Branch, kind: str) -> None:
    """What was planned leaves on its day by the rules of all touches, and once."""
    talk = branch.converse("webchat")
    number = branch.open(talk)
    if kind == REMINDER:
        branch.move(number, "returned")
    else:
        branch.walk(number, "underwriting", "approved", "confirmed", "paying")
    first = branch.outbox(kind, "planned")[0]

    def taken(at: Any) -> list[int]:
        def work(uow: Any) -> list[int]:
            touches = Touches(uow, rules(), Configured({}), at)
            ids = touches.take("w", 60, 20)
            judged = touches.judged(ids, "w")
            return [row["id"] for row, _, verdict in judged if verdict.outcome == "send"]

        return branch.ways.run(work)

    assert first.id not in taken(first.due_at - timedelta(minutes=1))
    assert first.id in taken(first.due_at)


def test_the_table_of_reminders_says_what_is_wrong() -> None:
    """A state that is not there, days that are none, a hole that nobody fills."""
    file = Path(application_follow_up.__file__).with_suffix(".yaml")
    good = yaml.safe_load(file.read_text(encoding="utf-8"))
    application_follow_up.read(good)
    for change, said in (
        ({"at": "noon"}, "at 要写放行的时间"),
        ({"states": {"flying": good["states"]["returned"]}}, "flying 不是"),
        ({"states": {"returned": {"days": [5, 2], "text": "x"}}}, "days 要写"),
        ({"states": {"returned": {"days": [2], "text": "{name}"}}}, "text 要写"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            application_follow_up.read(good | change)


def test_reminders_are_of_no_use_without_an_address(branch: Branch) -> None:
    """Neither conversation nor phone: nothing is planned, and the step is done all the same."""
    number = branch.open(None, phone=None)
    branch.move(number, "returned")
    assert [i for i in branch.rows(OutboxItem) if i.kind == REMINDER] == []

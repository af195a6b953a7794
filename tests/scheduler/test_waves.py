"""The dry run of a job about policies is what the job then does, also when it catches up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from scheduler import waves
from scheduler.context import JobContext
from storage.models.outbox import OutboxItem
from storage.outbound.configured import configured
from tests.storage.outbound_kit import NOW, TODAY, Outside, outside

TEN_PAST_NINE = NOW.replace(minute=10)


@pytest.fixture
def branch(database: Engine) -> Iterator[Outside]:
    """A branch whose job runs before the touches of the day are due, and did not run yesterday."""
    made = outside(database)
    made = replace(made, now=TEN_PAST_NINE, configured=configured(made.settings))
    yield made
    made.ways.close()


def _end(item: OutboxItem) -> tuple[str, str]:
    outcome = {"sent": "send", "planned": "wait", "suppressed": "not_sent"}[item.status]
    return outcome, item.reason


def test_the_dry_run_is_the_real_run_with_caps_and_yesterday(branch: Outside) -> None:
    """Row by row: what was missed yesterday, and what one customer may get within a day."""
    for n in range(1, 7):
        branch.customer(n, f"1390000{n:04d}")
        for k, days in enumerate((29, 30, 15, 7)[: 1 + n % 4]):
            branch.policy(f"P{n}{k}", n, days=days, plate=f"津X{n}00{k:02d}")
            branch.policy(f"Q{n}{k}", n, days=days, plate=f"津Y{n}00{k:02d}", status="退保")
    context = JobContext(branch.ways, branch.settings, branch.cipher)
    lines = waves.rehearsed(context, "renewal", branch.now)
    said = waves.run(context, "renewal", branch.now, dry_run=True)
    assert branch.items() == []
    [planned] = waves.run(context, "renewal", branch.now, dry_run=False)
    for minutes in (0, 20):
        branch.now = TEN_PAST_NINE + timedelta(minutes=minutes)
        for _ in range(12):
            branch.send()
    real = {item.dedupe_key: _end(item) for item in branch.items()}
    assert {line.key: (line.outcome, line.reason) for line in lines} == real
    assert {outcome for outcome, _ in real.values()} == {"send", "wait", "not_sent"}
    assert planned == f"排了 {len(real)} 条"
    missed = sum(item.due_at < TEN_PAST_NINE for item in branch.items())
    assert missed
    assert said[-1].startswith(f"共 {len(real)} 条，其中昨天的 {missed} 条：会发 ")


@pytest.mark.parametrize(("days", "step"), [(-1, "R00"), (0, "R01"), (14, "R15")])
def test_what_leaves_a_day_late_names_the_date_and_no_day(
    branch: Outside, days: int, step: str
) -> None:
    """«今天到期» would be a lie the day after, and dangerous on the road."""
    branch.customer()
    branch.policy("P1", days=days)
    context = JobContext(branch.ways, branch.settings, branch.cipher)
    lines = waves.rehearsed(context, "renewal", branch.now)
    told = {line.step: line.text for line in lines}
    waves.run(context, "renewal", branch.now, dry_run=False)
    [letter] = branch.send()
    ends = TODAY + timedelta(days=days)
    assert letter.body["text"] == told[step]
    assert f"到期日是{ends}" in told[step]
    assert not any(word in told[step] for word in ("今天", "明天", "还有", "已于"))

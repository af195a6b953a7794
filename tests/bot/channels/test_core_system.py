"""The core system against a fake one that listens on this machine: slow, broken, wrong, gone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import update

from bot.channels.core.breaker import Breaker
from bot.channels.core.client import CoreClient, CoreUnavailable, CoreWrong
from storage.models.case import Ticket
from storage.models.outbox import OutboxItem
from storage.models.personal import PolicySnapshot
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.core_kit import REF, TOKEN, Branch, Core

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


def client(core: Core, **changed: Any) -> CoreClient:
    """Return a client of the fake."""
    return CoreClient(core.settings(**changed), lambda: NOW)


def test_a_whole_answer_is_taken(core: Core) -> None:
    """Asked with the token, by the reference of the customer; the date is the core's own."""
    told = client(core).policies_of("C1")
    assert core.asked == [("/anda/customers/C1/policies", f"Bearer {TOKEN}")]
    assert told.as_of.isoformat() == core.as_of
    assert [p.number for p in told.policies] == ["TATJ2026000001"]
    assert told.policies[0].details["insured"] == "张三"


def test_a_customer_unknown_there_has_no_policies(core: Core) -> None:
    """404 is an answer."""
    core.how = ["404"]
    assert client(core).policies_of(REF).policies == ()


@pytest.mark.parametrize("how", ["reset", "slow", "drip", "500", "503", "429", "truncated"])
def test_no_answer_in_time_is_no_answer(core: Core, how: str) -> None:
    """Within a bound, also when bytes come one by one; nothing of a part is used."""
    core.how = [how]
    begun = time.monotonic()
    with pytest.raises(CoreUnavailable):
        client(core).policies_of(REF)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "how",
    ["garbage", "other", "mixed", "part", "future", "twice", "field", "huge", "302", "401", "400"],
)
def test_a_wrong_answer_is_not_used(core: Core, how: str) -> None:
    """Garbage, somebody else's, mixed, incomplete: refused whole, and nothing personal is told."""
    core.how = [how]
    with pytest.raises(CoreWrong) as error:
        client(core).policies_of(REF)
    assert "张三" not in str(error.value)
    assert len(core.asked) == 1


def test_nobody_listening(core: Core) -> None:
    """A closed port is no answer either."""
    with pytest.raises(CoreUnavailable):
        client(core, url="http://127.0.0.1:9/anda").policies_of(REF)


def test_the_breaker_holds_back_and_tries_again() -> None:
    """Open after failures in a row; one trial after the rest; closed by an answer."""
    clock = [NOW]
    breaker = Breaker(2, timedelta(seconds=60), lambda: clock[0])
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    clock[0] += timedelta(seconds=61)
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()


def test_a_dead_core_is_not_asked_by_every_customer(core: Core) -> None:
    """Five failures, then silence."""
    core.how = ["500"] * 9
    asker = client(core)
    for _ in range(9):
        with pytest.raises(CoreUnavailable):
            asker.policies_of(REF)
    assert len(core.asked) == 5


def test_the_answer_comes_after_the_turn_with_its_date(branch: Branch) -> None:
    """«正在查询» at once, the policies afterwards, and at once while they are fresh."""
    assert "正在向公司的保单系统查询" in branch.say("我保单到嘛时候")[0]
    assert branch.core.asked == []  # the turn itself asked nobody
    (answer,) = branch.later()
    assert "2027年2月28日" in answer
    assert "（以上截至 2026-11-24 18:00）" in answer
    assert "截至 2026-11-24 18:00" in branch.say("我保单到嘛时候")[0]
    assert len(branch.core.asked) == 1
    branch.now += timedelta(minutes=11)
    assert "正在向公司的保单系统查询" in branch.say("我保单到嘛时候")[0]


def test_asking_twice_makes_one_enquiry(branch: Branch) -> None:
    """An impatient customer does not double the load."""
    branch.say("我保单到嘛时候")
    branch.say("我保单到嘛时候")
    branch.later()
    assert len(branch.core.asked) == 1


def test_a_core_that_is_down_is_tried_again_then_apologised_for(branch: Branch) -> None:
    """Two more trials, then an apology and a ticket for staff; nothing is half known."""
    branch.core.how = ["500", "reset", "500"]
    branch.say("我保单到嘛时候")
    assert branch.later() == []
    assert branch.later(2) == []
    (answer,) = branch.later(5)
    assert "没能查到" in answer
    (ticket,) = branch.rows(Ticket)
    assert ticket.kind == "policy_lookup"
    assert ticket.number in answer
    assert branch.rows(PolicySnapshot) == []
    (item,) = [i for i in branch.rows(OutboxItem) if i.kind == "core_policies"]
    assert (item.status, "500" in item.reason) == ("undeliverable", True)


def test_somebody_elses_policies_are_never_shown(branch: Branch) -> None:
    """One wrong holder spoils the answer; the customer hears no number of it."""
    branch.core.how = ["mixed"]
    branch.say("我保单到嘛时候")
    (answer,) = branch.later()
    assert "没能查到" in answer
    assert "TATJ" not in answer
    assert branch.rows(PolicySnapshot) == []


def test_an_old_answer_is_better_than_none_and_says_so(branch: Branch) -> None:
    """Down an hour later: what was known is shown with its date, and no ticket is needed."""
    branch.say("我保单到嘛时候")
    branch.later()
    branch.now += timedelta(hours=1)
    branch.core.how = ["garbage"]
    branch.say("我保单到嘛时候")
    (answer,) = branch.later()
    assert "暂时连不上" in answer
    assert "截至 2026-11-24 18:00" in answer
    assert "2027年2月28日" in answer
    assert branch.rows(Ticket) == []
    branch.now += timedelta(hours=73)
    branch.core.how = ["garbage"]
    branch.say("我保单到嘛时候")
    assert "没能查到" in branch.later()[0]


def test_a_crash_after_storing_answers_once(branch: Branch) -> None:
    """The item is worked off again: the event has its key, so the answer is there once."""
    branch.say("我保单到嘛时候")
    first = branch.later()

    def again(uow: UnitOfWork) -> None:
        uow.session.execute(
            update(OutboxItem).where(OutboxItem.kind == "core_policies").values(status="due")
        )

    branch.app.transactions.run(again)
    assert branch.later() == first
    assert len(branch.core.asked) == 2


def test_the_description_fits_the_client(core: Core) -> None:
    """The example of the OpenAPI file is an answer that we take."""
    text = (ROOT / "docs" / "core-system.openapi.yaml").read_text(encoding="utf-8")
    paths = yaml.safe_load(text)["paths"]
    content = paths["/customers/{customer}/policies"]["get"]["responses"]["200"]["content"]
    example = content["application/json"]["example"]
    core.policies, core.as_of = example["policies"], example["as_of"]
    answer = core.answer(customer=example["customer"])
    told = client(core)._told(example["customer"], answer)
    assert told.policies[0].premium_fen == 328_050

"""Supervision: the sample, the scorecard, findings, completion, forbidden words (S52, S53)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.errors import Refused
from storage import promise_check
from storage.audit_check import verify
from storage.kpi.definition import Period
from storage.ledger import Happening
from storage.models.case import Ticket
from storage.models.conversation import Message
from storage.models.ledger import Event, StaffPost
from storage.models.quality import QaSample
from storage.rules.supervision import promised, rules
from storage.supervision import Served, Supervision, draw
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import Desk, desk_on

T = TypeVar("T")
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
MID = datetime(2026, 10, 15, 12, 0, tzinfo=SHANGHAI)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
GOOD = {code: points for code, (_, points) in rules().scorecard.items()}


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch where two people served fifty hand-offs each, one with a bad score."""
    made = desk_on(database)
    here = made.converse()

    def fill(uow: UnitOfWork) -> None:
        joined = date(2020, 1, 1)
        uow.session.add(StaffPost(name="王敏", team="一组", post="agent", joined_on=joined))
        for n in range(100):
            who = "王敏" if n % 2 else "李强"
            conversation = here if n == 7 else None
            row = Happening("handoff.closed", MID, conversation, f"HO{n:03d}", who, value=60)
            uow.ledger.add(row)
        uow.ledger.add(Happening("survey.answered", MID, here, "SV1", "王敏", value=1))

    made.ways.run(fill)
    return made


def _do(desk: Desk, work: Callable[[Supervision], T], by: str = "质检员") -> T:
    return desk.ways.run(lambda uow: work(Supervision(uow, NOW, by)))


def _samples(desk: Desk) -> list[QaSample]:
    query = select(QaSample).order_by(QaSample.id)
    return desk.ways.read(lambda uow: list(uow.session.scalars(query)))


def test_the_plan_draws_a_quota_and_every_risk(desk: Desk) -> None:
    """At least two of each person by chance, and the hand-off with the bad score for certain."""
    plan = _do(desk, lambda s: s.plan(OCTOBER))
    assert plan.population == 100
    drawn = _samples(desk)
    by_chance = [s for s in drawn if "random" in s.why]
    assert sorted(s.agent for s in by_chance) == ["李强", "李强", "王敏", "王敏"]
    risky = next(s for s in drawn if s.subject == "HO007")
    assert "low_score" in risky.why
    assert _do(desk, lambda s: s.plan(OCTOBER)).id == plan.id
    assert len(_samples(desk)) == len(drawn)


def test_anybody_can_draw_the_same_again() -> None:
    """The seed is kept: no hand chooses; newcomers are looked at twice as much."""
    served = [Served(f"HO{n:03d}", None, "新人" if n < 200 else "老手") for n in range(400)]
    first = draw(served, frozenset({"新人"}), 1)
    assert first == draw(served, frozenset({"新人"}), 1)
    assert first != draw(served, frozenset({"新人"}), 2)
    fresh = sum(int(subject[2:]) < 200 for subject in first)
    assert (fresh, len(first) - fresh) == (8, 4)


def test_a_scorecard_is_filled_and_counted(desk: Desk) -> None:
    """Full marks make a hundred; the ledger has it for the person looked at, the chain too."""
    _do(desk, lambda s: s.plan(OCTOBER))
    first = _samples(desk)[0]
    done = _do(desk, lambda s: s.score(first.id, GOOD))
    assert (done.total, done.ticket_number) == (100, None)
    query = select(Event).where(Event.kind == "qa.scored")
    row = desk.ways.read(lambda uow: uow.session.scalars(query).one())
    assert (row.actor, row.value, row.result) == (first.agent, 100, "ok")
    told = _do(desk, lambda s: s.completion(OCTOBER))
    assert (told.done, told.drawn) == (1, len(_samples(desk)))
    assert told.by_agent[first.agent][1] == 1
    with pytest.raises(Refused, match="没有待评"):
        _do(desk, lambda s: s.score(first.id, GOOD))


def test_a_veto_is_nought_and_opens_a_ticket(desk: Desk, database: Engine) -> None:
    """Findings become work with a date; the decision is in the audit chain."""
    _do(desk, lambda s: s.plan(OCTOBER))
    first = _samples(desk)[0]
    done = _do(desk, lambda s: s.score(first.id, GOOD, ["leak"], "念出了完整证件号"))
    assert done.total == 0
    ticket = desk.ways.read(lambda uow: uow.session.scalar(select(Ticket)))
    assert ticket is not None
    assert (ticket.number, ticket.facts["vetoes"]) == (done.ticket_number, ["leak"])
    with database.connect() as connection:
        assert verify(connection).whole


def test_a_scorecard_must_be_whole_and_honest(desk: Desk) -> None:
    """Every line, within its points, and never one's own work."""
    _do(desk, lambda s: s.plan(OCTOBER))
    first = _samples(desk)[0]
    with pytest.raises(Refused, match="还没打分：礼貌热情"):
        _do(desk, lambda s: s.score(first.id, {k: v for k, v in GOOD.items() if k != "polite"}))
    with pytest.raises(Refused, match="0 到 10"):
        _do(desk, lambda s: s.score(first.id, {**GOOD, "polite": 11}))
    with pytest.raises(Refused, match="否决项"):
        _do(desk, lambda s: s.score(first.id, GOOD, ["rude"]))
    with pytest.raises(Refused, match="自己"):
        _do(desk, lambda s: s.score(first.id, GOOD), f"api:{first.agent}")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("您放心，这个肯定赔", "payout"),
        ("我 给 您 返 现 两百", "rebate"),
        ("这起事故对方全责", "blame"),
        ("您把钱转到我个人账户就行", "private_pay"),
        ("您先撤了投诉我们再谈", "withdraw"),
        ("麻烦您给个五星", "rating"),
    ],
)
def test_a_forbidden_promise_is_found(said: str, code: str) -> None:
    """Payment, rebate, blame, private money, withdrawal, stars: each by its words."""
    assert [promise.code for promise, _ in promised(said)] == [code]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("绝对能赔", "payout"),
        ("保证给您赔", "payout"),
        ("您放心，肯定给您批下来", "payout"),
        ("赔款一分不会少您的", "payout"),
        ("您续保我给您返三个点", "rebate"),
        ("续保送您加油卡", "rebate"),
        ("转给我就行，我帮您交", "private_pay"),
        ("您先把投诉撤了我们才能赔", "withdraw"),
        ("别去投诉了没用的", "withdraw"),
        ("评价的时候帮我选非常满意", "rating"),
        ("您肯定负全责", "blame"),
        ("百分百给您报下来", "payout"),
        ("这个不会拒赔的", "payout"),
        ("保证三天到账", "payout"),
        ("我先替您垫上，回头再说", "rebate"),
        ("保费打我微信吧", "private_pay"),
        ("这款下个月就停售了", "hurry"),
        ("表上别写跑网约车", "conceal"),
    ],
)
def test_a_promise_is_heard_in_other_words(said: str, code: str) -> None:
    """People do not quote the list."""
    assert [promise.code for promise, _ in promised(said)] == [code]


@pytest.mark.parametrize(
    "said",
    [
        *("不能保证赔，要看核定结果", "公司规定不得返现", "请不要转到我个人账户", "您好，请讲"),
        *("我们不能保证一定赔，以核定为准", "公司规定不得返现、返点", "批改材料没问题，我这就提交"),
        *("交警认定对方全责的，材料要认定书", "一定帮您跟进，批单下来就告诉您"),
        "审核通过后赔款会打到您本人账户",
        *("我不能替您垫保费", "不符合条款的会拒赔", "请如实写是谁开的", "我们十日内答复您"),
    ],
)
def test_saying_no_is_no_promise(said: str) -> None:
    """The same words refused are what an honest person says."""
    assert promised(said) == []


def test_what_people_said_is_looked_through_once(desk: Desk) -> None:
    """An agent's promise is flagged for that agent; bot and customer are not looked at."""

    def fill(uow: UnitOfWork) -> None:
        uow.ledger.add(Happening("handoff.taken", MID, 1, "HO1", "李强"))
        for seq, author in enumerate(("agent", "customer", "bot"), 1):
            body = {"type": "text", "text": "肯定赔"}
            uow.session.add(
                Message(
                    conversation_id=1, seq=seq, author=author, owner_rev=0, body=body,
                    at=MID + timedelta(minutes=1),
                )
            )  # fmt: skip

    desk.ways.run(fill)
    for _ in range(2):
        desk.ways.run(lambda uow: promise_check.run(uow, MID - timedelta(days=1)))
    query = select(Event).where(Event.kind == "promise.flagged")
    found = desk.ways.read(lambda uow: list(uow.session.scalars(query)))
    assert [(e.actor, e.label) for e in found] == [("李强", "payout")]
    _do(desk, lambda s: s.plan(OCTOBER))
    why = {s.subject: s.why for s in _samples(desk)}
    assert "promise" in why["HO1"]

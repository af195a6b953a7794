"""Touches: planned once, judged again when they leave, each no with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage.models.case import Complaint
from storage.models.customer import OptOut
from storage.models.outbound import NoticeGrant
from storage.outbound import campaigns, planning
from storage.outbound.letters import Configured
from storage.outbound.rehearsal import rehearse
from storage.rules.outbound import Rules
from tests.storage.outbound_kit import NOW, TODAY, Outside, outside


@pytest.fixture
def branch(database: Engine) -> Iterator[Outside]:
    """A branch with one customer who has a policy that ends in thirty days."""
    made = outside(database)
    made.customer()
    made.policy()
    yield made
    made.ways.close()


def test_a_step_is_planned_once_for_each_term(branch: Outside) -> None:
    """Planning again adds nothing; another day adds its own step."""
    assert branch.plan() == 1
    assert branch.plan() == 0
    assert branch.plan(day=TODAY + timedelta(days=15)) == 1
    keys = [item.dedupe_key for item in branch.items()]
    assert keys == ["renewal:P1:2026-12-25:R30", "renewal:P1:2026-12-25:R15"]


def test_every_day_of_the_rule_has_its_step(branch: Outside) -> None:
    """30/15/7/1/0 before, 1/7/30 after, and no other day."""
    days = [d for d in range(-40, 41) if branch.plan(day=TODAY + timedelta(days=30 + d))]
    assert days == [-30, -15, -7, -1, 0, 1, 7, 30]


def test_without_a_conversation_a_short_message_goes_out(branch: Outside) -> None:
    """The words say the day and the policy by its tail, and no name in full."""
    branch.plan()
    [letter] = branch.send()
    assert (letter.way, letter.body["to"]) == ("sms", "13900000001")
    assert "2026-12-25" in letter.body["text"]
    assert "M33" in letter.body["text"]
    assert "津X09M33" not in letter.body["text"]
    assert branch.ends() == [("sent", "")]


def _unsubscribe(branch: Outside) -> None:
    branch.chat()
    branch.add(OptOut(conversation_id=1, category="renewal", at=NOW))


def _unsubscribe_on_the_page(branch: Outside) -> None:
    branch.chat()
    branch.chat(2, channel="webchat")
    branch.add(OptOut(conversation_id=2, category="renewal", at=NOW))


def _complaint(branch: Outside, severity: str) -> Complaint:
    return Complaint(
        number="CP1", conversation_id=None, channel="wechat", category="claim", severity=severity,
        status="received", owner="", phone_blind=branch.cipher.blind("13900000001"), facts={},
        decision="", received_at=NOW, due_on=TODAY, updated_at=NOW,
    )  # fmt: skip


WHY_NOT: dict[str, tuple[Callable[[Outside], None], str]] = {
    "renewed": (
        lambda b: b.policy("P2", days=395, status="未生效"),
        "已续保",
    ),
    "ended": (lambda b: b.say("UPDATE policy SET status = '退保'"), "保单已退保"),
    "moved": (
        lambda b: b.say("UPDATE policy SET ends_on = '2027-01-25'"),
        "保单的到期日已经改了",
    ),
    "unsubscribed": (_unsubscribe, "客户退订了这一类消息"),
    "unsubscribed elsewhere": (_unsubscribe_on_the_page, "客户退订了这一类消息"),
    "complaint": (
        lambda b: b.add(_complaint(b, "P1")),
        "有未办结的紧急投诉",
    ),
    "late": (
        lambda b: setattr(b, "now", NOW + timedelta(hours=25)),
        "过了补发窗口 24 小时",
    ),
}


@pytest.mark.parametrize("why", sorted(WHY_NOT))
def test_what_changed_since_it_was_planned_is_seen(branch: Outside, why: str) -> None:
    """Each no is written down with its reason, and nothing leaves."""
    happen, reason = WHY_NOT[why]
    branch.plan()
    happen(branch)
    assert branch.leaving() == []
    assert branch.ends() == [("suppressed", reason)]


def test_at_night_it_waits_for_a_polite_morning(branch: Outside) -> None:
    """Nobody is woken; after eight it leaves."""
    branch.plan()
    branch.now = NOW.replace(hour=22)
    assert branch.leaving() == []
    [item] = branch.items()
    assert item.status == "planned"
    assert item.due_at.hour == 8
    branch.now = item.due_at
    assert len(branch.send()) == 1


def test_the_ladder_is_climbed_from_the_top(branch: Outside) -> None:
    """Window → template → subscription notice or SMS → a person; a shut way is not tried again."""
    branch.chat()
    branch.wrote(NOW - timedelta(hours=1))
    branch.plan()
    ways = []
    for _ in range(4):
        [letter] = branch.leaving()
        ways.append(letter.way)
        branch.ways.run(
            lambda uow, one=letter: branch.touches(uow).close_way(one.id, one.way, "不行")  # type: ignore[misc]
        )
    assert ways == ["custom", "template", "sms", "task"]
    assert branch.leaving() == []
    assert branch.ends()[0][0] == "suppressed"


def test_a_notice_needs_a_consent_and_uses_it_up(branch: Outside) -> None:
    """One consent, one notice."""
    branch.configured = Configured({"policy_expiring": True}, sms=False)
    branch.chat()
    branch.add(NoticeGrant(conversation_id=1, template="policy_expiring", left=1, at=NOW))
    branch.plan()
    assert [letter.way for letter in branch.send()] == ["notice"]
    branch.now += timedelta(days=15)
    branch.plan()
    assert [letter.way for letter in branch.send()] == ["task"]


def test_the_allowance_of_a_conversation_is_kept(branch: Outside) -> None:
    """Three of five, the others are for replies; then the template; a new message refills."""
    branch.chat()
    branch.wrote(NOW - timedelta(hours=1))
    for n in range(2, 9):
        branch.policy(f"P{n}", plate=f"津X0000{n}")
    branch.rules = _uncapped(branch.rules)
    branch.plan()
    ways = [letter.way for _ in range(8) for letter in branch.send()]
    assert ways == ["custom"] * 3 + ["template"] * 5
    branch.now += timedelta(minutes=5)
    branch.wrote(branch.now)
    branch.policy("P9", plate="津X00009")
    branch.plan()
    assert [letter.way for letter in branch.send()] == ["custom"]


def _uncapped(rules: Rules) -> Rules:
    kinds = {code: kind.model_copy(update={"cap": ""}) for code, kind in rules.kinds.items()}
    return rules.model_copy(update={"kinds": kinds})


@pytest.mark.parametrize(
    ("minutes", "way"), [(48 * 60 - 1, "custom"), (48 * 60, "template"), (49 * 60, "template")]
)
def test_the_window_closes_after_48_hours(branch: Outside, minutes: int, way: str) -> None:
    """To the minute, with a margin for the time that a call takes."""
    branch.chat()
    branch.wrote(NOW - timedelta(minutes=minutes))
    branch.plan()
    assert [letter.way for letter in branch.send()] == [way]


@pytest.mark.parametrize(("seconds", "way"), [(30, "custom"), (58, "template"), (61, "template")])
def test_a_tap_opens_a_minute(branch: Outside, seconds: int, way: str) -> None:
    """Following, scanning and menu taps allow three messages within one minute."""
    branch.chat()
    branch.wrote(NOW - timedelta(seconds=seconds), event="subscribe")
    branch.plan()
    assert [letter.way for letter in branch.send()] == [way]


def test_no_more_than_two_renewals_a_day(branch: Outside) -> None:
    """The third one waits until the first is a day old, or is not sent where that is too late."""
    for n in (2, 3):
        branch.policy(f"P{n}", plate=f"津X0000{n}")
    branch.plan()
    assert len([letter for _ in range(3) for letter in branch.send()]) == 2
    assert branch.ends()[-1] == ("suppressed", "频次上限：24 小时内已发 2 条")


def test_the_last_share_of_a_quota_is_for_what_is_urgent(branch: Outside) -> None:
    """A reminder waits while a claim's message still goes."""
    rules = branch.rules.model_copy(update={"quota": {**branch.rules.quota, "sms": 10}})
    branch.rules = rules
    branch.say("INSERT INTO quota_use (day, way, used) VALUES ('2026-11-25', 'sms', 9)")
    branch.configured = Configured({})
    branch.plan()
    _claim_push(branch)
    assert [letter.kind for letter in branch.send()] == ["claim_progress"]
    [renewal, _] = branch.items()
    assert (renewal.status, renewal.reason) == ("planned", "当日配额用完")


def _claim_push(branch: Outside) -> None:
    branch.ways.run(
        lambda uow: uow.outbox.plan(
            dedupe_key="claim:1", kind="claim_progress", channel="sms", account="sms", peer="x",
            body={"type": "text", "text": "进展", "to": "13900000001"}, due_at=NOW, now=NOW,
        )
    )  # fmt: skip


def test_the_stop_switch_holds_everything_back_at_once(branch: Outside) -> None:
    """While a person has stopped a kind nothing of it leaves; afterwards it goes on at once."""
    branch.plan()
    branch.ways.run(lambda uow: campaigns.stop(uow, "renewal", "文案写错", "主管", NOW))
    assert branch.leaving() == []
    assert branch.ends() == [("planned", "这一类已被人工停发：文案写错")]
    assert branch.ways.run(lambda uow: campaigns.resume(uow, "renewal", NOW)) is True
    assert branch.ways.run(lambda uow: campaigns.resume(uow, "renewal", NOW)) is False
    assert len(branch.send()) == 1


def test_what_is_already_taken_is_held_back_too(branch: Outside) -> None:
    """Stopped between being leased and leaving: it does not leave."""
    branch.plan()
    ids = branch.ways.run(lambda uow: branch.touches(uow).take("w", 60, 50))
    branch.ways.run(lambda uow: campaigns.stop(uow, "renewal", "文案写错", "主管", NOW))
    assert branch.ways.run(lambda uow: branch.touches(uow).begin(ids, "w")).letters == []
    branch.ways.run(lambda uow: campaigns.resume(uow, "renewal", NOW))
    assert len(branch.send()) == 1


def test_a_worker_that_died_before_the_call_has_sent_nothing(branch: Outside) -> None:
    """Leased but not on its way: another worker takes it after the lease."""
    branch.plan()
    branch.ways.run(lambda uow: branch.touches(uow).take("dead", 60, 50))
    assert branch.leaving("other") == []
    branch.now += timedelta(seconds=61)
    assert len(branch.send("other")) == 1


def test_a_worker_that_died_in_the_call_leaves_an_unknown(branch: Outside) -> None:
    """Nobody sends it again; the platform's own word settles it."""
    branch.chat()
    branch.plan()
    assert len(branch.leaving("dead")) == 1
    branch.now += timedelta(seconds=61)
    assert branch.ways.run(lambda uow: branch.touches(uow).sweep()) == 1
    assert branch.leaving("other") == []
    assert branch.ends()[0][0] == "unknown"
    assert branch.ways.run(lambda uow: branch.touches(uow).finished("o1", "77", "success"))
    assert branch.ends()[0][0] == "delivered"


def test_a_failure_is_tried_again_by_the_table(branch: Outside) -> None:
    """After 1, 5 and 30 minutes; then the next rung."""
    branch.plan()
    pauses, ways = [], []
    for _ in range(5):
        [letter] = branch.leaving()
        ways.append(letter.way)
        branch.ways.run(
            lambda uow, i=letter.id: branch.touches(uow).retry(i, timedelta(0), "忙")  # type: ignore[misc]
        )
        due = branch.items()[0].due_at
        pauses.append(int((due - branch.now).total_seconds()) // 60)
        branch.now = due
    assert pauses[:4] == [1, 5, 30, 0]
    assert ways == ["sms"] * 4 + ["task"]


def test_the_dry_run_is_the_real_run(branch: Outside) -> None:
    """Row by row the same way, or the same reason; and it leaves no trace."""
    for n in range(2, 12):
        branch.customer(n, "" if n % 3 == 0 else f"1390000{n:04d}")
        branch.policy(f"P{n}", n, plate=f"津X000{n:02d}", status="退保" if n % 4 == 0 else "有效")
        branch.chat(n, n, subscribed=n % 2 == 0)
    waves = planning.waves(branch.rules, "renewal", TODAY)
    lines = rehearse(branch.ways, branch.cipher, branch.rules, branch.configured, waves, NOW)
    assert branch.items() == []
    branch.plan()
    sent = {letter.key: ("send", letter.way, "") for letter in branch.send()}
    real = {
        item.dedupe_key: sent.get(item.dedupe_key, ("not_sent", "", item.reason))
        for item in branch.items()
    }
    assert len(lines) == 11
    assert {line.key: (line.outcome, line.way, line.reason) for line in lines} == real
    assert {outcome for outcome, _, _ in real.values()} == {"send", "not_sent"}


def test_a_firm_is_called_by_its_manager(branch: Outside) -> None:
    """Corporate lines get a task and no message."""
    branch.say("UPDATE policy SET line = 'property', plate = NULL")
    branch.plan()
    assert [letter.way for letter in branch.send()] == ["task"]


def test_whoever_pays_is_not_reminded(branch: Outside) -> None:
    """A premium that is open is asked for three times, and no more once it is paid."""
    branch.say("DELETE FROM policy")
    start = NOW + timedelta(days=3)
    branch.policy("P7", status="未生效", payment="待缴", starts_at=start, days=368)
    assert branch.plan("payment") == 1
    branch.say("UPDATE policy SET payment = '已缴清'")
    branch.now = NOW.replace(minute=40)
    assert branch.leaving() == []
    assert branch.ends() == [("suppressed", "已缴清")]


def test_a_week_after_it_began_somebody_calls(branch: Outside) -> None:
    """S15: the call after issue is a task for a person; the policy itself goes out on its day."""
    branch.say("DELETE FROM policy")
    branch.policy("P7", starts_at=NOW - timedelta(days=7), days=358)
    branch.policy("P8", starts_at=NOW, days=365, plate="津X00008")
    assert branch.plan("issued") == 2
    branch.now = NOW.replace(hour=10)
    letters = [letter for _ in range(2) for letter in branch.send()]
    assert {(letter.kind, letter.way) for letter in letters} == {
        ("issued_callback", "task"),
        ("epolicy_ready", "sms"),
    }

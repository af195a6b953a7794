"""Whether a touch may leave now, and by which way; pure. Every no has its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from bot.clockwork.quiet_hours import QuietHours
from storage.rules.outbound import Kind, Rules, Way

Outcome = Literal["send", "wait", "not_sent"]
# A call takes up to five seconds, and the platform's clock is not ours.
_MARGIN = timedelta(seconds=8)
UNCHECKED = "核心系统没有回应，核对了保单再发"
HELD = "这一类已被人工停发"
# Going on again needs no waiting for this: what was held is made due then.
HOLD = timedelta(minutes=10)


@dataclass(frozen=True)
class Place:
    """A conversation in which the customer can be written to."""

    conversation_id: int
    channel: str
    account: str
    peer: str
    subscribed: bool = True
    # The last time the customer wrote, and tapped or followed; how much was sent since each.
    wrote_at: datetime | None = None
    used: int = 0
    tapped_at: datetime | None = None
    used_since_tap: int = 0
    grants: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PolicyFacts:
    """What a touch about a policy depends on."""

    status: str
    ends_on: date
    payment: str
    renewed: bool
    line: str


@dataclass(frozen=True)
class Facts:
    """What is true of one touch and its customer at this moment."""

    policy: PolicyFacts | None = None
    claim_open: bool | None = None
    places: tuple[Place, ...] = ()
    phone: str = ""
    opted_out: frozenset[str] = frozenset()
    consents: frozenset[str] = frozenset()
    urgent_complaint: bool = False
    open_complaint: bool = False
    open_claim: bool = False
    # Kind → when touches of it left to this customer, within the longest cap.
    lately: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    stopped: str = ""
    # The core system leads and has not been asked, or did not answer.
    unchecked: bool = False


@dataclass(frozen=True)
class Touch:
    """What is to be judged."""

    kind: str
    priority: int
    due_at: datetime
    expires_at: datetime | None
    term: date | None
    key: str
    tried: frozenset[str] = frozenset()
    cost: int = 1


@dataclass(frozen=True)
class World:
    """What is true of all touches: the rules, what is configured, what is left of the quotas."""

    rules: Rules
    templates: Mapping[str, bool]
    quota: Mapping[str, int]
    sms: bool = True
    minute: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a touch now."""

    outcome: Outcome
    reason: str = ""
    way: Way | None = None
    place: Place | None = None
    until: datetime | None = None
    neutral: bool = False


def judge(touch: Touch, facts: Facts, world: World, now: datetime) -> Verdict:
    """Return whether the touch leaves now, waits, or is not sent at all, and why."""
    kind = world.rules.kinds[touch.kind]
    if reason := _never(touch, kind, facts, world, now):
        return Verdict("not_sent", reason)
    if facts.unchecked:
        return Verdict("wait", UNCHECKED, until=now + HOLD)
    if reason := _recheck(touch, kind, facts, world):
        return Verdict("not_sent", reason)
    if facts.stopped:
        return Verdict("wait", f"{HELD}：{facts.stopped}", until=now + HOLD)
    quiet = QuietHours(begins=world.rules.quiet.begins, ends=world.rules.quiet.ends)
    if kind.quiet and quiet.quiet(now):
        return Verdict("wait", "静默时段", until=quiet.next_polite(now, touch.key))
    return _capped(touch, kind, facts, world, now) or _way(touch, kind, facts, world, now)


def _never(touch: Touch, kind: Kind, facts: Facts, world: World, now: datetime) -> str:
    if touch.expires_at is not None and now > touch.expires_at:
        return f"过了补发窗口 {world.rules.window_hours} 小时"
    if kind.opt_out and kind.opt_out in facts.opted_out:
        return "客户退订了这一类消息"
    if kind.consent and kind.consent not in facts.consents:
        return "没有客户的同意"
    return ""


def _recheck(touch: Touch, kind: Kind, facts: Facts, world: World) -> str:
    checks = (_CHECKS[name](touch, facts, world) for name in kind.recheck)
    return next(filter(None, checks), "")


def _policy(touch: Touch, facts: Facts, world: World) -> str:
    policy = facts.policy
    if policy is None:
        return "保单不在了"
    if policy.status in world.rules.renewal.skip_status:
        return f"保单已{policy.status}"
    if touch.term is not None and policy.ends_on != touch.term:
        return "保单的到期日已经改了"
    return "已续保" if policy.renewed else ""


def _unpaid(_: Touch, facts: Facts, world: World) -> str:
    policy = facts.policy
    if policy is None or policy.status in world.rules.renewal.skip_status:
        return "保单不在了"
    return "" if policy.payment in world.rules.payment.open else "已缴清"


_CHECKS: Mapping[str, Callable[[Touch, Facts, World], str]] = {
    "policy": _policy,
    "unpaid": _unpaid,
    "complaint": lambda _, f, __: "有未办结的紧急投诉" if f.urgent_complaint else "",
    "complaint_any": lambda _, f, __: "有未办结的投诉" if f.open_complaint else "",
    "claim": lambda _, f, __: "案件已经办结" if f.claim_open is False else "",
    "claim_any": lambda _, f, __: "有未办结的案件" if f.open_claim else "",
}


def _capped(touch: Touch, kind: Kind, facts: Facts, world: World, now: datetime) -> Verdict | None:
    """Return a wait until the cap has room again; a touch that would be too late is not sent."""
    if not kind.cap:
        return None
    cap = world.rules.caps[kind.cap]
    span = timedelta(hours=cap.hours)
    sent = sorted(at for name in cap.kinds for at in facts.lately.get(name, ()) if at > now - span)
    if len(sent) < cap.count:
        return None
    reason = f"{cap.hours} 小时内已发 {len(sent)} 条"
    until = sent[-cap.count] + span + timedelta(seconds=1)
    if touch.expires_at is not None and until > touch.expires_at:
        return Verdict("not_sent", f"频次上限：{reason}")
    return Verdict("wait", reason, until=until)


def _way(touch: Touch, kind: Kind, facts: Facts, world: World, now: datetime) -> Verdict:
    """Return the first rung of the ladder that bears."""
    neutral = facts.open_complaint or facts.open_claim
    waiting = False
    for way in _ladder(touch, kind, facts, world):
        if way in touch.tried:
            continue
        if way == "task" and waiting:
            # Tomorrow the quota is new: no reason to give people the work of a machine.
            break
        for place in _places(way, touch, facts, world, now):
            if not has_quota(world, way, place, touch.priority):
                waiting = True
            elif _counted(world, way, place) and world.minute.get(way, 1) <= 0:
                next_minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
                return Verdict("wait", "这一分钟的配额用完", until=next_minute)
            else:
                return Verdict("send", way=way, place=place, neutral=neutral)
    if waiting:
        return _tomorrow(touch, now)
    return Verdict("not_sent", "没有走得通的渠道：" + "、".join(_closed(kind, facts, world)))


def _tomorrow(touch: Touch, now: datetime) -> Verdict:
    morning = (now + timedelta(days=1)).replace(hour=0, minute=0, second=5, microsecond=0)
    if touch.expires_at is not None and morning > touch.expires_at:
        return Verdict("not_sent", "当日配额用完，明天已过补发窗口")
    return Verdict("wait", "当日配额用完", until=morning)


def _ladder(touch: Touch, kind: Kind, facts: Facts, world: World) -> Sequence[Way]:
    """Return the rungs; firms are looked after by their manager, not by a machine."""
    firm = facts.policy is not None and facts.policy.line in world.rules.renewal.lines_to_people
    return ("task",) if firm and touch.kind == "renewal" else kind.ways


def _places(
    way: Way, touch: Touch, facts: Facts, world: World, now: datetime
) -> Sequence[Place | None]:
    kind = world.rules.kinds[touch.kind]
    open_ = [place for place in facts.places if place.subscribed]
    wechat = [place for place in open_ if place.channel == "wechat"]
    if way == "custom":
        return [p for p in open_ if p.channel != "wechat" or _room(p, touch, world, now)]
    if way == "template":
        return wechat if world.templates.get(kind.template) is False else []
    if way == "notice":
        granted = [p for p in wechat if p.grants.get(kind.template, 0) > 0]
        return granted if world.templates.get(kind.template) is True else []
    if way == "sms":
        return [None] if facts.phone and world.sms else []
    return [None]


def _room(place: Place, touch: Touch, world: World, now: datetime) -> bool:
    """Tell whether a touch may use the conversation: the last messages are for people's replies."""
    return allowed(place, world.rules, now, touch.cost + world.rules.allowance.kept)


def allowed(place: Place, rules: Rules, now: datetime, cost: int = 1) -> bool:
    """Tell whether the platform lets us send ``cost`` customer-service messages now."""
    message, tap = rules.allowance.message, rules.allowance.tap
    room = place.wrote_at is not None and place.used + cost <= message.count
    if room and place.wrote_at and now < place.wrote_at + _open_for(message.seconds):
        return True
    if place.tapped_at is None or place.used_since_tap + cost > tap.count:
        return False
    return now < place.tapped_at + _open_for(tap.seconds)


def _open_for(seconds: int) -> timedelta:
    return timedelta(seconds=seconds) - _MARGIN


def has_quota(world: World, way: Way, place: Place | None, priority: int) -> bool:
    """Tell whether the day has room; the last share is kept for what is urgent."""
    if not _counted(world, way, place):
        return True
    reserve = world.rules.reserve
    kept = 0 if priority <= reserve.priority else int(world.rules.quota[way] * reserve.share)
    return world.quota.get(way, world.rules.quota[way]) > kept


def _counted(world: World, way: Way, place: Place | None) -> bool:
    """Tell whether the platform counts a call: it does not know of other channels."""
    return way in world.rules.quota and not (
        way == "custom" and place is not None and place.channel != "wechat"
    )


def _closed(kind: Kind, facts: Facts, world: World) -> list[str]:
    """Say for each rung why it does not bear."""
    names = {
        "custom": "不在 48 小时窗口或条数用完" if facts.places else "没有可写的会话",
        "template": "没有关注公众号或模板没有配置",
        "notice": "没有订阅通知的同意",
        "sms": "没有手机号" if world.sms else "短信没有开通",
        "task": "工单没有开成",
    }
    return [names[way] for way in kind.ways]

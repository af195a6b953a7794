"""The figures beside the four of the charter (`domain.md` 8.2), as far as the ledger knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, case, not_, or_, select

from storage.kpi.charter import NO_ANSWER
from storage.kpi.definition import (
    EVENT,
    Definition,
    Period,
    Rows,
    another,
    pick,
    rows,
    same_case,
    same_customer,
)

_DAY, _WEEK, _MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
_HALF_HOUR, _NOW = timedelta(minutes=30), timedelta(seconds=-1)
_HANDED = same_customer("handoff.opened", _NOW, _DAY)
_BACK = same_customer("session", _HALF_HOUR, _DAY)
_SAID_SOLVED = same_customer("solved", _NOW, _DAY, lambda o: o.result == "solved")


def _sessions(period: Period) -> Rows:
    return rows(period, "session", hit=_HANDED)


def _contained(period: Period, *, said: bool) -> Rows:
    solved = _SAID_SOLVED if said else or_(_SAID_SOLVED, not_(_BACK))
    return rows(period, "session", hit=and_(not_(_HANDED), solved))


def _first_time(period: Period) -> Rows:
    again = same_customer("turn", _HALF_HOUR, _WEEK, lambda o: o.label == EVENT.c.label)
    return rows(
        period,
        "solved",
        hit=and_(EVENT.c.result == "solved", or_(EVENT.c.label == "", not_(again))),
    )


def _misses(period: Period) -> Rows:
    return rows(
        period, "turn", where=(EVENT.c.result.not_in(NO_ANSWER),), hit=EVENT.c.result == "missed"
    )


def _abandoned(period: Period) -> Rows:
    return rows(period, "handoff.opened", hit=same_case("handoff.withdrawn"))


def _one_notice(period: Period) -> Rows:
    """The first notice of each claim; a second one of the same claim spoils it."""
    earlier = another(
        lambda o: o.case_number == EVENT.c.case_number,
        lambda o: o.kind == "claim.documents_due",
        lambda o: o.id < EVENT.c.id,
    )
    more = another(
        lambda o: o.case_number == EVENT.c.case_number,
        lambda o: o.kind == "claim.documents_due",
        lambda o: o.id > EVENT.c.id,
    )
    return rows(period, "claim.documents_due", where=(not_(earlier),), hit=not_(more))


def _closing(period: Period) -> Rows:
    """Claims reported before the end and not closed before the beginning."""
    closed_before = another(
        lambda o: o.case_number == EVENT.c.case_number,
        lambda o: o.kind.in_(("claim.closed", "claim.withdrawn", "claim.cancelled")),
        lambda o: o.at < period.start,
    )
    closed = another(
        lambda o: o.case_number == EVENT.c.case_number,
        lambda o: o.kind == "claim.closed",
        lambda o: o.at >= period.start,
        lambda o: o.at < period.end,
    )
    return pick(
        EVENT.c.kind == "claim.reported", EVENT.c.at < period.end, not_(closed_before), hit=closed
    )


def _repeated(period: Period) -> Rows:
    earlier = another(
        lambda o: o.conversation_id == EVENT.c.conversation_id,
        lambda o: o.kind == "complaint.received",
        lambda o: o.label == EVENT.c.label,
        lambda o: o.id < EVENT.c.id,
        lambda o: o.at > period.start - _MONTH,
    )
    return rows(period, "complaint.received", hit=earlier)


def _serious(period: Period) -> Rows:
    level = EVENT.c.data["severity"].as_string()
    return rows(period, "complaint.received", hit=level.in_(("P0", "P1")))


def _kept(period: Period, labels: str) -> Rows:
    return rows(period, "clock", where=(EVENT.c.label.like(labels),), hit=EVENT.c.result == "met")


def _nps(period: Period) -> Rows:
    """Promoters add one, detractors take one away."""
    picked = rows(period, "survey.nps", where=(EVENT.c.value.between(0, 10),)).subquery()
    columns = [c for c in picked.c if c.name != "hit"]
    adds = case((picked.c.value >= 9, 1), (picked.c.value <= 6, -1), else_=0)
    return select(*columns, adds.label("hit"))


COMPANIONS: Final = (
    Definition(
        "handoff_rate", "转人工率", "24 小时内转了人工的会话 ÷ 会话",
        "session，之后 24 小时内有 handoff.opened", "session：沉默半小时以后再来算新会话",
        _sessions, basis="默认口径，由运营方确认", better="none",
    ),
    Definition(
        "handoff_wait", "转人工等待（秒）", "Σ（坐席首句 − 入队 − 不营业时段）÷ 接通的转人工",
        "handoff.answered 的秒数", "handoff.answered",
        lambda p: rows(p, "handoff.answered"), kind="mean", unit="秒",
        excluded="不营业时段（excluded 列）", basis="默认口径，由运营方确认", better="low",
    ),
    Definition(
        "handoff_abandoned", "转人工放弃率", "没接通就撤回的转人工 ÷ 入队",
        "handoff.opened，且有 handoff.withdrawn", "handoff.opened",
        _abandoned, basis="默认口径，由运营方确认、S82", better="low",
    ),
    Definition(
        "aht", "平均处理时长（分钟）", "Σ（结束 − 接手 − 不营业时段）÷ 结束的人工会话",
        "handoff.closed 的秒数", "handoff.closed",
        lambda p: rows(p, "handoff.closed"), kind="mean", unit="分钟", divide=60,
        excluded="不营业时段（excluded 列）", basis="默认口径，由运营方确认", better="none",
    ),
    Definition(
        "contained_said", "机器人自助率（客户明确说解决）",
        "没转人工、24 小时内客户点了“已解决”的会话 ÷ 会话",
        "session，24 小时内无 handoff.opened、有 solved=solved", "session",
        lambda p: _contained(p, said=True), basis="默认口径，由运营方确认", better="none",
    ),
    Definition(
        "contained", "机器人自助率（含推定解决）",
        "没转人工，且客户说解决或 24 小时内没有再来的会话 ÷ 会话",
        "session，24 小时内无 handoff.opened，且有 solved=solved 或没有再次 session", "session",
        lambda p: _contained(p, said=False), basis="默认口径，由运营方确认", better="high",
    ),
    Definition(
        "fcr", "首次解决率", "说已解决、且 7 天内同客户没有为同一件事再来的 ÷ 有解决标记的接触",
        "solved=solved，且半小时后到 7 天内没有同一条目或流程的 turn", "solved",
        _first_time, basis="默认口径，由运营方确认",
    ),
    Definition(
        "unknown_rate", "未识别率", "没听懂的回合 ÷ 需要回应的回合",
        "turn=missed", "turn，问候事件与人工接待中的不算", _misses,
        basis="默认口径，由运营方确认", better="low",
    ),
    Definition(
        "ticket_on_time", "工单按时完成率", "按时办完的工单 ÷ 到期或办完的工单",
        "clock=ticket:… 按时", "clock=ticket:…", lambda p: _kept(p, "ticket:%"),
        basis="默认口径，由运营方确认、S31", target=0.95,
    ),
    Definition(
        "one_notice", "一次性补正率", "只发过一次补正通知的案件 ÷ 发过补正通知的案件",
        "第一次 claim.documents_due，之后没有第二次", "每案第一次 claim.documents_due",
        _one_notice, basis="默认口径，由运营方确认；《保险法》22 条", target=0.95,
    ),
    Definition(
        "claim_closing", "立案结案率", "期内结案 ÷（期初未决＋期内立案）",
        "claim.closed 在期内", "期末以前报案、期初以前没有了结的案件", _closing,
        basis="监管服务评价",
    ),
    Definition(
        "claim_pay_days", "案均报案支付周期（天）", "Σ（支付日 − 报案日）÷ 已付案件",
        "claim.paid 时案件已开了多久", "claim.paid", lambda p: rows(p, "claim.paid"),
        kind="mean", unit="天", divide=86_400, excluded="无", better="low",
        basis="监管服务评价",
    ),
    Definition(
        "claim_paid_share", "理赔获赔率", "获赔的结案案件 ÷ 结案案件（撤销的不算）",
        "claim.closed，且有 claim.paid 或 claim.advance_paid", "claim.closed",
        lambda p: rows(
            p, "claim.closed", hit=or_(same_case("claim.paid"), same_case("claim.advance_paid"))
        ),
        basis="监管服务评价", better="none",
    ),
    Definition(
        "complaints_per_10000", "投诉万单率", "期内投诉件数 ÷ 期末有效保单 × 10000",
        "complaint.received", "期末最近一次 stock=policies 的数",
        lambda p: rows(p, "complaint.received"), kind="per_10000", unit="件/万单",
        basis="默认口径，由运营方确认", better="low", least=0,
    ),
    Definition(
        "complaint_repeat", "重复投诉率", "30 日内同一客户同一环节再次投诉 ÷ 投诉",
        "complaint.received，同一会话此前有同一环节的投诉", "complaint.received", _repeated,
        basis="默认口径，由运营方确认", better="low",
    ),
    Definition(
        "complaint_serious", "投诉升级率", "P0、P1 投诉 ÷ 投诉",
        "complaint.received，severity 为 P0 或 P1", "complaint.received", _serious,
        basis="默认口径，由运营方确认", better="low",
    ),
    Definition(
        "nps", "净推荐值", "（9–10 分 − 0–6 分）÷ 有效回答",
        "survey.nps：9–10 分加一，0–6 分减一", "survey.nps", _nps, basis="默认口径，由运营方确认",
        least=30,
    ),
    Definition(
        "survey_answered", "问卷回收率", "有效回收 ÷ 发出",
        "survey.sent，同一份有 survey.answered", "survey.sent",
        lambda p: rows(p, "survey.sent", hit=same_case("survey.answered")),
        basis="默认口径，由运营方确认、S15", better="none",
    ),
    Definition(
        "delivered", "消息送达率", "送出的待发件 ÷ 有结果的待发件",
        "outbox=sent", "outbox", lambda p: rows(p, "outbox", hit=EVENT.c.result == "sent"),
        basis="默认口径，由运营方确认",
    ),
    Definition(
        "qa_mean", "质检均分", "Σ 质检总分 ÷ 已评的抽检",
        "qa.scored 的总分", "qa.scored", lambda p: rows(p, "qa.scored"), kind="mean", unit="分",
        basis="默认口径，由运营方确认", target=90.0,
    ),
    Definition(
        "qa_veto", "质检否决率", "有否决项的抽检 ÷ 已评的抽检",
        "qa.scored=veto", "qa.scored",
        lambda p: rows(p, "qa.scored", hit=EVENT.c.result == "veto"),
        basis="默认口径，由运营方确认", better="low",
    ),
    Definition(
        "improvement_closed", "改进闭环率", "按期关闭的改进项 ÷ 到期的改进项",
        "clock=improvement 按时", "clock=improvement", lambda p: _kept(p, "improvement"),
        basis="S83、S87", target=0.90,
    ),
    Definition(
        "feedback_told", "反馈闭环率", "已告知客户的反馈 ÷ 收到的反馈",
        "feedback.received，且有 feedback.told", "feedback.received",
        lambda p: rows(p, "feedback.received", hit=same_case("feedback.told")),
        basis="S87",
    ),
    Definition(
        "training_done", "培训完成率", "按期完成的培训任务 ÷ 到期的培训任务",
        "clock=training 按时", "clock=training", lambda p: _kept(p, "training"),
        basis="S66", target=1.0,
    ),
    Definition(
        "promise_words", "违规承诺用语", "人工说出的、命中承诺词表的话的条数",
        "promise.flagged", "promise.flagged", lambda p: rows(p, "promise.flagged"),
        kind="count", unit="条", basis="S53", better="low", least=0,
    ),
)  # fmt: skip

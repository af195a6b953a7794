"""The four figures of the charter (S60–S63) and what is told beside them (`domain.md` 8.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, not_, or_, union_all

from storage.kpi.definition import (
    EVENT,
    Definition,
    Period,
    Rows,
    pick,
    rows,
    same_case,
    same_customer,
    within,
)
from storage.ledger_promises import COMPLAINT

BOT_SLA_MS: Final = 3_000
AGENT_SLA_S: Final = 30
# Turns that owe the customer no answer of the bot's, or are a greeting nobody asked for.
NO_ANSWER: Final = ("silent", "to_agent", "greeted")
_CONTACTS: Final = ("first_contact", "injury_contact")
_A_MONTH = timedelta(days=30)
_OF_A_TICKET = EVENT.c.label.like("ticket:%")
_OF_A_CLAIM = EVENT.c.case_number.like("CL%")
_MET = EVENT.c.result == "met"


def _scores(period: Period) -> Rows:
    return rows(
        period, "survey.answered", where=(EVENT.c.value.between(1, 5),), hit=EVENT.c.value >= 4
    )


def _dimensions(period: Period) -> Rows:
    return rows(
        period, "survey.dimension", where=(EVENT.c.value.between(1, 5),), hit=EVENT.c.value >= 4
    )


def _bot_answers(period: Period) -> Rows:
    return rows(
        period,
        "turn",
        where=(EVENT.c.result.not_in(NO_ANSWER),),
        hit=EVENT.c.value <= BOT_SLA_MS,
    )


def _people_answer(period: Period) -> Rows:
    """First sentences, hand-offs that nobody answered, messages left, first contacts."""
    unanswered = (not_(same_case("handoff.answered")), not_(same_case("handoff.withdrawn")))
    parts = (
        rows(period, "handoff.first", hit=EVENT.c.value <= AGENT_SLA_S),
        rows(period, "handoff.opened", where=unanswered, hit=EVENT.c.id < 0),
        rows(period, "clock", where=(or_(EVENT.c.label.in_(_CONTACTS), _OF_A_TICKET),), hit=_MET),
    )
    return union_all(*parts).subquery().select()


def _all_answers(period: Period) -> Rows:
    parts = (_bot_answers(period), _people_answer(period))
    return union_all(*parts).subquery().select()


def _complaints_due(period: Period, *, success: bool) -> Rows:
    again = same_customer(
        "complaint.received",
        timedelta(),
        _A_MONTH,
        lambda o: o.label == EVENT.c.data["category"].as_string(),
    )
    accepted = same_case("complaint.closed", "accepted", "review_kept")
    return rows(
        period,
        "clock",
        where=(
            EVENT.c.label == COMPLAINT,
            not_(same_case("complaint.withdrawn")),
            not_(same_case("complaint.merged")),
        ),
        hit=and_(_MET, accepted, not_(again)) if success else _MET,
    )


def _claim_nodes(period: Period) -> Rows:
    return rows(period, "clock", where=(_OF_A_CLAIM,), hit=_MET)


def _legal_nodes(period: Period) -> Rows:
    legal = EVENT.c.data["law"].as_boolean()
    return rows(period, "clock", where=(_OF_A_CLAIM, legal), hit=_MET)


def _whole_claims(period: Period) -> Rows:
    return pick(
        EVENT.c.kind == "claim.closed", within(period), hit=not_(same_case("clock", "missed"))
    )


CHARTER: Final = (
    Definition(
        "csat",
        "客户满意度",
        "有效评分中 4–5 分的份数 ÷ 有效评分的份数",
        "survey.answered，4–5 分",
        "survey.answered，1–5 分：本人、未过期、同一事件第一次有效提交；没评的不算好评",
        _scores,
        basis="S60",
        target=0.90,
    ),
    Definition(
        "csat_mean",
        "客户满意度均分",
        "有效评分之和 ÷ 份数（5 分制；换算百分 =（均分−1）÷4×100）",
        "survey.answered 的分数",
        "同客户满意度",
        _scores,
        kind="mean",
        unit="分",
        basis="S60",
    ),
    Definition(
        "csat_dimension",
        "分维度满意度（服务质量、产品质量、理赔效率）",
        "该维度 4–5 分的份数 ÷ 该维度有效评分的份数；可按维度分开看",
        "survey.dimension，4–5 分",
        "survey.dimension，1–5 分",
        _dimensions,
        basis="S55",
        target=0.90,
    ),
    Definition(
        "response",
        "服务响应及时率",
        "首次回应在时限内的服务请求 ÷ 应响应的服务请求",
        f"turn：从收到到算出答复不超过 {BOT_SLA_MS // 1000} 秒；handoff.first：接入后首句不超过 "
        f"{AGENT_SLA_S} 秒；工单、理赔首联的钟按时（clock=met）",
        "需要回应的 turn（事件问候、人工接待中的不算）＋handoff.first＋没人接也没撤回的转人工"
        "＋到期或已了的工单与首联的钟",
        _all_answers,
        excluded="自动问候；排队等待另计（handoff_wait）；机器人单独成列，人工另见 response_staff",
        basis="S61、S29",
        target=0.95,
    ),
    Definition(
        "response_staff",
        "人工响应及时率",
        "同上，只算人工的请求",
        "handoff.first 不超过 30 秒；工单、首联的钟按时",
        "handoff.first＋没人接也没撤回的转人工＋工单与首联的钟",
        _people_answer,
        excluded="机器人的回合",
        basis="S61",
        target=0.95,
    ),
    Definition(
        "complaint_success",
        "投诉处理成功率",
        "应办结投诉中：时限内，且客户接受或核查维持，且 30 日内没有同因再投 ÷ 应办结投诉",
        "clock=complaint_decision 按时，且 complaint.closed 的结果是 accepted 或 review_kept，"
        "且同一客户 30 日内没有同一环节的 complaint.received",
        "期内到期或已办结的投诉，一件一行（clock=complaint_decision）；没联系上的算办结、不算成功",
        lambda period: _complaints_due(period, success=True),
        excluded="撤回的、并入别件的投诉单列；标记并经批准剔除的行",
        basis="S62（公式须运营方确认）",
        target=0.90,
    ),
    Definition(
        "complaint_on_time",
        "投诉按时办结率",
        "时限内告知决定的投诉 ÷ 应办结投诉",
        "clock=complaint_decision 按时",
        "同投诉处理成功率",
        lambda period: _complaints_due(period, success=False),
        excluded="撤回的投诉单列",
        basis="S62；《银行业保险业消费投诉处理管理办法》",
        target=1.0,
    ),
    Definition(
        "claim_on_time",
        "理赔时效达标率",
        "期内判定的案件·节点中，用时不超过标准的 ÷ 期内到达或到期的案件·节点",
        "clock（案件）按时",
        "clock（案件）：做完的按做完日，没做完而超期的按到期日；停表的时段已扣除（excluded 列）",
        _claim_nodes,
        excluded="等客户补材料、司法鉴定、认定书的停表时段；撤案、销案",
        basis="S63",
        target=0.95,
    ),
    Definition(
        "claim_on_time_law",
        "理赔法定节点达标率",
        "同上，只算法律、条例规定的节点",
        "clock（案件、法定）按时",
        "clock（案件、法定）",
        _legal_nodes,
        excluded="同理赔时效达标率",
        basis="S63；《保险法》22–25 条、交强险条例 28–29 条",
        target=1.0,
    ),
    Definition(
        "claim_whole",
        "理赔整案达标率",
        "所有节点均达标的结案案件 ÷ 期内结案案件",
        "claim.closed，且没有一只超时的钟",
        "claim.closed",
        _whole_claims,
        basis="S63",
        target=0.95,
    ),
)

"""What each step of a complaint asks for, from the state machine's table."""

from __future__ import annotations

from collections.abc import Mapping

from bot.console.asks import Field, Options, Step
from storage import complaints_after
from storage.complaints_register import LEAD_OWNER, OWNER, ComplaintRegister
from storage.complaints_steps import OUTCOMES, POSITIONS, came_from
from storage.models.case import Complaint
from storage.rules import complaint as rules
from storage.rules.complaint_states import machine
from storage.statuses import COMPLAINT_STATUSES

_WAYS = ("电话", "会话", "短信", "当面", "书面", "邮件")
WAYS: Options = tuple((way, way) for way in _WAYS)
NOTE = Field("note", "备注", "story")
LEVELS = ("P0", "P1", "P2", "P3")
REASON = Field("reason", "理由", required=True)
EXTENSION = (Field("reason", "理由（会原样告诉投诉人）", "line", required=True),)
ANSWER = (
    Field("approved", "批不批", "choice", required=True,
          options=(("yes", "批准"), ("no", "不批准"))),
    Field("note", "说明", required=True),
)  # fmt: skip
POSITION = (
    Field("position", "态度", "choice", required=True, options=tuple(POSITIONS.items())),
    Field("way", "怎么知道的", "choice", required=True, options=WAYS),
    Field("text", "原话", "story"),
)
MONEY = (Field("fen", "金额", "money", required=True), Field("clause", "依据哪条", required=True))
CALLBACK = (
    Field("solved", "解决了吗", "choice", required=True,
          options=tuple(complaints_after.SOLVED.items())),
    Field("score", "打几分", "choice", options=tuple((str(n), f"{n} 分") for n in range(5, 0, -1))),
    Field("text", "原话", "story"),
)  # fmt: skip
PARTY = (
    Field("role", "是谁", "choice", required=True,
          options=(("against", "被投诉的人或部门"), ("proxy", "代理人"), ("heir", "继承人"),
                   ("representative", "群体代表"))),
    Field("name", "姓名", "name"),
    Field("staff_no", "工号", "code"),
    Field("department", "部门", "name"),
    Field("phone", "电话", "phone"),
    Field("relation", "关系", "name"),
)  # fmt: skip
SEVERITY = (
    Field("level", "改为", "choice", required=True, options=tuple((one, one) for one in LEVELS)),
    REASON,
)
EVIDENCE = (
    Field("reason", "拿去做什么", required=True),
    Field("full", "电话证件", "choice", required=True,
          options=(("no", "遮挡"), ("yes", "全部显示"))),
)  # fmt: skip


def _fields() -> Mapping[str, Field]:
    return {
        "plan": Field("plan", "处理方案", "story"),
        "outcome": Field("outcome", "决定", "choice", options=tuple(OUTCOMES.items())),
        "decision": Field("decision", "给投诉人的答复", "story"),
        "basis": Field("basis", "依据和理由", "story"),
        "told_by": Field("told_by", "告知方式", "choice", options=WAYS),
        "root_cause": Field(
            "root_cause", "根因", "choice", options=tuple(rules.rules()["root_causes"].items())
        ),
        "measure": Field("measure", "整改措施", "story"),
        "department": Field("department", "责任部门", "name"),
        "reason": Field("reason", "理由", "story"),
        "body": Field(
            "body", "受理机构", "choice", options=[(one, one) for one in rules.rules()["bodies"]]
        ),
        "into": Field("into", "并入哪一件", "code", help="投诉号，CP 开头"),
    }


def steps(book: ComplaintRegister, complaint: Complaint, people: Options) -> list[Step]:
    """Return where a complaint may go now, each step with its form."""
    onward = machine().next(complaint.status, came_from(book.events(complaint)))
    joined = bool(book.joined(complaint))
    return [
        Step(to, COMPLAINT_STATUSES[to][0], _asked(to, complaint, people, joined=joined))
        for to in onward
    ]


def _asked(to: str, complaint: Complaint, people: Options, *, joined: bool) -> tuple[Field, ...]:
    fields = _fields()
    asked = [fields[name].needed for name in machine().needs.get(to, ())]
    if to in ("accepted", "investigating"):
        owner = Field("owner", "经办人", "choice", options=people, help="不能是被投诉的人")
        asked.append(owner.needed if complaint.owner in (OWNER, LEAD_OWNER) else owner)
    if complaint.status == "closed" and to == "investigating":
        asked.append(fields["reason"].needed)
    if to == "decided" and joined:
        asked.append(Field("decision_for_joined", "给并入投诉的人的答复", "story", required=True))
    if to == "closed":
        asked.append(Field("measure_due", "整改完成期", "date"))
    return (*asked, NOTE)


def milestones(complaint: Complaint) -> list[tuple[str, str]]:
    """Return what may be noted of a complaint in its state."""
    table = machine()
    if complaint.status in table.over:
        return []
    return [(code, words) for code, words in table.milestones.items() if code != "note"]

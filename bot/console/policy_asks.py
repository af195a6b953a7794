"""What each step of an application or a change to a policy asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.advice.form import form
from bot.console.asks import Field, Step
from bot.desks.changes import SURRENDER
from storage.applications_register import Book
from storage.models.application import Application
from storage.models.service import ServiceRequest
from storage.rules.application_checks import checks
from storage.rules.application_states import machine
from storage.rules.service_states import families

SEEN = (("video", "视频"), ("counter", "当面"), ("two_people", "双人核实"))
_NOTE = Field("note", "备注", "story")
_PARTS = 3
_ACCOUNT = (
    Field("way", "退到", "choice", required=True,
          options=(("original", "原路退回"), ("account", "投保人本人账户"))),
    Field("account_holder", "户名", "name"),
    Field("account_tail", "账户尾号", "tail"),
)  # fmt: skip
_SERVICE: Mapping[str, Field] = {
    "reason": Field("reason", "理由", "story"),
    "missing": Field("missing", "缺少的材料清单", "names", help="一行一项，一次说全"),
    "effective_at": Field("effective_at", "生效时间", "moment"),
    "document_no": Field("document_no", "批单号或单据号", "code"),
    "identity_check": Field("identity_check", "怎么核实的本人", "choice", options=SEEN),
    "tracking_no": Field("tracking_no", "快递单号", "code"),
    "outlet": Field("outlet", "网点"),
    "refund": Field("refund", "退款去向", "group", parts=_ACCOUNT),
}


def service_steps(request: ServiceRequest) -> list[Step]:
    """Return where a change, a paper copy or an invoice may go now."""
    family = families()[request.family]
    return [
        Step(to, family.states[to].label, _of_service(request, to, family.states[to].needs))
        for to in family.states[request.status].to
    ]


def _of_service(request: ServiceRequest, to: str, needs: tuple[str, ...]) -> tuple[Field, ...]:
    asked = [_SERVICE[name].needed for name in needs]
    if to in ("approved", "endorsed") and request.level == "V3" and "identity_check" not in needs:
        asked.append(_SERVICE["identity_check"])
    if to == "approved" and request.kind == SURRENDER:
        grounds = (("deregistered", "注销登记"), ("stopped", "办理停驶"), ("lost", "公安证实丢失"))
        asked.append(Field("ground", "交强险退保的情形", "choice", options=grounds,
                           help="只有交强险要选"))  # fmt: skip
    if to == "endorsed" and request.kind in ("plate", "transfer"):
        asked.append(Field("plate", "新车牌", "plate"))
    if to == "endorsed" and request.kind == "phone":
        asked.append(Field("phone", "新手机号", "phone"))
    return (*asked, _NOTE)


def application_steps(book: Book, application: Application) -> list[Step]:
    """Return where an application may go now, as far as this role may take it there."""
    table = machine()
    return [
        Step(to, table.states[to].label, _of_application(book, application, to))
        for to in table.next(application.status)
        if table.states[to].allows(book.role)
    ]


def _of_application(book: Book, application: Application, to: str) -> tuple[Field, ...]:
    fields = _application_fields(book, application)
    asked = [fields[name].needed for name in machine().states[to].needs]
    if to in ("approved", "conditional") and "alternatives" not in machine().states[to].needs:
        asked.append(fields["alternatives"])
    return (*asked, Field("owner", "交给谁", "name"), _NOTE)


def _application_fields(book: Book, application: Application) -> dict[str, Field]:
    table = checks()
    today = book.now.date()
    methods = tuple(table.methods.items())
    parts = (
        Field("due_on", "哪天前", "date"),
        Field("amount_fen", "金额", "money"),
        Field("method", "方式", "choice", options=methods),
        Field("part", "缴什么", "choice", value="all",
              options=(("all", "全部"), ("compulsory", "交强险"), ("commercial", "商业险"))),
    )  # fmt: skip
    labels = "、".join(form().fields[key].label for key in book.kind(application).fields)
    return {
        "items": Field("items", "要补正的内容", "names",
                       help=f"一行一项，写「项目：问题」。项目可以是 {labels}；别的问题直接写"),
        "checked": Field("checked", "初审清单（每项都要核对）", "checks",
                         options=[(one.code, one.label) for one in table.of(application.kind)]),
        "reason": Field("reason", "理由", "story", help="必须写明，会留在核保记录里"),
        "conditions": Field("conditions", "承保条件", "names", help="一行一条"),
        "alternatives": Field("alternatives", "替代方案", "checks",
                              options=tuple(table.alternatives.items())),
        "confirmation": Field("confirmation", "客户怎么确认的", "group", parts=(
            Field("how", "方式", "choice", required=True,
                  options=(("phone", "电话"), ("counter", "门店"), ("paper", "书面"))),
            Field("said", "客户的话", required=True),
            Field("explained", "五项重要内容讲清了", "choice",
                  options=(("yes", "讲清了"), ("no", "对话里确认过"))),
        )),
        "plan": Field("plan", "缴费计划", "group", parts=parts, rows=_PARTS,
                      help=f"用几行填几行，最早 {today}；交强险一次缴清"),
        "policy_number": Field("policy_number", "保单号", "code"),
        "delivery": Field("delivery", "送达方式", "group", parts=(
            Field("method", "方式", "choice", required=True,
                  options=[(code, way.label) for code, way in table.delivery.items()]),
            Field("tracking", "单号", "code"),
            Field("to", "给谁"),
            Field("signed_on", "签收日", "date"),
        )),
    }  # fmt: skip


def application_given(application: Application, given: dict[str, Any]) -> dict[str, Any]:
    """Return what was filled in as the register takes it."""
    made = dict(given)
    if "items" in made:
        labels = {field.label: key for key, field in form().fields.items()}
        made["items"] = [_item(line, labels) for line in made["items"]]
    if "alternatives" in made:
        made["alternatives"] = [{"kind": kind} for kind in made["alternatives"]]
    if "confirmation" in made:
        explained = made["confirmation"].get("explained") == "yes"
        made["confirmation"] = {**made["confirmation"], "explained": explained}
    if "plan" in made:
        made["plan"] = [{"part": "all", **part} for part in made["plan"]]
    return made


def _item(line: str, labels: Mapping[str, str]) -> dict[str, str]:
    head, colon, rest = line.replace(":", "：").partition("：")
    if colon and head.strip() in labels and rest.strip():
        return {"field": labels[head.strip()], "problem": rest.strip()}
    return {"field": "", "problem": line}

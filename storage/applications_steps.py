"""Applications moving on: the rules that a table cannot say, then the step itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.advice.form import form
from bot.errors import Refused
from storage import applications_follow_up as follow_up
from storage import applications_notices as notices
from storage import applications_push as push
from storage import applications_tasks as tasks
from storage.applications_register import Book
from storage.models.application import Application
from storage.rules.application_checks import checks

Given = Mapping[str, Any]
OPINIONS = ("approved", "conditional", "postponed", "declined")
_WITH_COMPULSORY = ("compulsory", "both")
_BACKWARDS = ("confirmed", "withdrawn", "lapsed")


@dataclass
class Steps:
    """Moves applications."""

    book: Book

    def move(self, application: Application, to: str, given: Given) -> None:
        """Take an application to another state; raise Refused with the rule that forbids it."""
        book = self.book
        book.machine.check(application.status, to, given, book.role)
        came_from = application.status
        what = self._prepare(application, to, given)
        if came_from == "paying":
            notices.drop_reminders(book.uow, application)
        application.status, application.owner = to, self._owner(to, given)
        if to == "paying":
            words = {"kind": book.kind(application).label}
            notices.plan_reminders(book.uow, book.cipher, application, words, book.now)
        noted = {key: value for key, value in given.items() if value is not None}
        book.note(application, to, {"from": came_from, **noted})
        book.changed(application, "application.status_changed")
        tasks.follow(book, application)
        book.notify(application, what)
        follow_up.follow(book, application)
        if to == "issued":
            push.push(book, application)

    def _owner(self, to: str, given: Given) -> str:
        return str(given.get("owner") or self.book.machine.states[to].owner)

    def _prepare(self, application: Application, to: str, given: Given) -> str:
        """Check what the step takes, store it, and return it in the customer's words."""
        if application.status == "paying" and to in _BACKWARDS:
            self._check_unpaid(application)
        if to in OPINIONS:
            return self._opinion(application, to, given)
        handler = {
            "returned": self._return,
            "underwriting": self._hand_on,
            "confirmed": self._confirm,
            "paying": self._plan,
            "paid": self._paid,
            "issued": self._issue,
            "delivered": self._deliver,
            "closed": self._close,
        }.get(to)
        return handler(application, given) if handler else ""

    def _keep(self, application: Application, **work: Any) -> None:
        application.work = {**application.work, **work}

    def _return(self, application: Application, given: Given) -> str:
        """One complete list, item by item: what is wrong with which field (S36)."""
        fields = form().fields
        for item in given["items"]:
            if item["field"] and item["field"] not in self.book.kind(application).fields:
                raise Refused(f"「{_label(item['field'])}」不是这个险种的项目，别的问题直接写")
        items = [dict(item) for item in given["items"]]
        self._keep(application, items=items)
        names = (fields[i["field"]].label if i["field"] else "" for i in items)
        said = (
            f"{name}：{i['problem']}" if name else i["problem"]
            for name, i in zip(names, items, strict=True)
        )
        return "；".join(said)

    def _hand_on(self, application: Application, given: Given) -> str:
        """Nothing missing, and everything on the list looked at (S36)."""
        if lacking := self.book.lacking(application):
            raise Refused(f"还缺：{'、'.join(lacking)}；请退回客户补正，或由同事更正后再提交核保")
        wanted = checks().of(application.kind)
        open_ones = [check.label for check in wanted if check.code not in given["checked"]]
        if open_ones:
            raise Refused(f"初审清单还有没核对的：{'；'.join(open_ones)}")
        self._keep(application, checked=list(given["checked"]), items=[])
        return ""

    def _opinion(self, application: Application, to: str, given: Given) -> str:
        """Result, reason, conditions and ways out; all opinions stay (S37, S39)."""
        if application.facts.get("cover") in _WITH_COMPULSORY:
            self.book.machine.check_compulsory(to)
        known = checks().alternatives
        for choice in given.get("alternatives") or ():
            if choice["kind"] not in known:
                raise Refused(f"没有 {choice['kind']} 这种替代方案，可用：{'、'.join(known)}")
        opinion = {
            "result": to,
            "reason": given["reason"],
            "conditions": list(given.get("conditions") or ()),
            "alternatives": [dict(choice) for choice in given.get("alternatives") or ()],
            "by": self.book.actor,
            "at": self.book.now.isoformat(),
        }
        self._keep(application, opinions=[*application.work.get("opinions", ()), opinion])
        if to == "conditional":
            return "；".join(opinion["conditions"])
        if to == "approved":
            return ""
        ways = "；".join(way_in_words(choice) for choice in opinion["alternatives"])
        return f"{opinion['reason'].rstrip('。；')}。可以考虑：{ways}"

    def _confirm(self, application: Application, given: Given) -> str:
        """Nobody signs who has not checked, and had the five points explained (S10, S11)."""
        confirmation = dict(given["confirmation"])
        explained = {point["key"] for point in application.told.get("points", ())}
        missing = [raw["label"] for key, raw in form().raw_points.items() if key not in explained]
        if missing and not confirmation.get("explained"):
            raise Refused(f"这几项还没有客户的确认：{'、'.join(missing)}；请讲清后选「讲清了」")
        record = {**confirmation, "at": self.book.now.isoformat(), "by": self.book.actor}
        self._keep(application, confirmation=record)
        return ""

    def _plan(self, application: Application, given: Given) -> str:
        """When, how much, by which way; compulsory cover at once (CTPL 12)."""
        plan = sorted((dict(part) for part in given["plan"]), key=lambda part: part["due_on"])
        today = self.book.now.date().isoformat()
        if any(part["due_on"] < today for part in plan):
            raise Refused("约定的缴费日不能早于今天")
        self._check_compulsory_parts(application, plan)
        self._check_unpaid(application)
        serial = int(application.work.get("plans", 0)) + 1
        self._keep(application, plan=plan, plans=serial)
        return "；".join(map(part_in_words, plan))

    def _check_compulsory_parts(self, application: Application, plan: list[dict[str, Any]]) -> None:
        cover = application.facts.get("cover")
        if cover not in _WITH_COMPULSORY or len(plan) == 1:
            return
        compulsory = [part for part in plan if part["part"] == "compulsory"]
        rest = [part for part in plan if part["part"] == "commercial"]
        if cover == "compulsory" or len(compulsory) != 1 or len(compulsory) + len(rest) < len(plan):
            raise Refused(
                "交强险须一次缴清（《交强险条例》12 条）：分期时请把交强险单列一笔"
                "（「缴什么」选交强险），其余选商业险"
            )

    def _check_unpaid(self, application: Application) -> None:
        if self.book.paid_fen(application):
            raise Refused("已经收到保费，不能改计划或搁置；请先办退款或缴清后出单")

    def _paid(self, application: Application, given: Given) -> str:
        """All of it, to the fen (S40)."""
        due = sum(part["amount_fen"] for part in application.work["plan"])
        paid = self.book.paid_fen(application)
        if paid != due:
            more = f"还差 {(due - paid) / 100:,.2f} 元" if paid < due else "收多了，请先核对"
            raise Refused(f"应收 {due / 100:,.2f} 元，实收 {paid / 100:,.2f} 元，{more}")
        return ""

    def _issue(self, application: Application, given: Given) -> str:
        application.policy_number = given["policy_number"]
        return ""

    def _close(self, application: Application, given: Given) -> str:
        """Take down when it was signed for, where that is known (S12)."""
        return self._deliver(application, given) if given.get("delivery") else ""

    def _deliver(self, application: Application, given: Given) -> str:
        """How it went out, with which number; every delivery stays on record (S12)."""
        sent = dict(given["delivery"])
        way = checks().delivery.get(sent["method"])
        if way is None:
            raise Refused(
                f"没有 {sent['method']} 这种送达方式，可用：{'、'.join(checks().delivery)}"
            )
        if way.tracked and not sent.get("tracking"):
            raise Refused(f"{way.label}要写「单号」")
        record = {**sent, "at": self.book.now.isoformat(), "by": self.book.actor}
        self._keep(application, deliveries=[*application.work.get("deliveries", ()), record])
        return way.said.format(tracking=sent.get("tracking") or "")


def _label(field: str) -> str:
    """Return the name of a field of the form; what is no field at all, as it was sent."""
    known = form().fields.get(field)
    return known.label if known else field


def part_in_words(part: Mapping[str, Any]) -> str:
    """Return one part of a payment plan as the customer reads it."""
    due_on = date.fromisoformat(part["due_on"])
    method = checks().methods.get(part["method"], part["method"])
    amount = f"{part['amount_fen'] / 100:,.2f} 元"
    return f"{due_on.month}月{due_on.day}日前缴 {amount}（{method}）"


def way_in_words(choice: Mapping[str, Any]) -> str:
    """Return an alternative in words."""
    label = checks().alternatives.get(choice["kind"], choice["kind"])
    return f"{label}（{choice['text']}）" if choice.get("text") else label

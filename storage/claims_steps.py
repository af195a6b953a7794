"""Claims moving on: the rules that a table cannot say, then the step itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import Refused
from storage.claims_register import Register
from storage.models.case import Claim
from storage.rules import claim_tracks
from storage.statuses import CLAIM_STATUSES

Given = Mapping[str, Any]
_DECISION = ("clause", "reason", "amount_fen", "calculation", "coverage")
_DECIDING = ("calculating", "customer_confirm", "agreed", "declined", "advance_paid", "closed")
_FIRST_FOR_THIRD = ("liability", "auto")
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass
class Steps:
    """Moves claims; ``lead`` tells that a supervisor is acting."""

    register: Register
    lead: bool = False

    def move(self, claim: Claim, to: str, given: Given) -> None:
        """Take a claim to another state; raise Refused with the rule that forbids it."""
        register = self.register
        happened = register.happened(claim)
        register.machine.check(
            claim.status,
            to,
            given,
            happened,
            register.came_from(claim),
            decided=claim.decision or {},
        )
        at = self._moment(claim, given.get("at"))
        if owner := given.get("owner"):
            claim.owner = owner
        self._check_owner(claim, to)
        data = self._prepare(claim, to, given, happened)
        claim.status, claim.next_step = to, given.get("next_step") or register.next_step(to)
        note = {k: v for k, v in given.items() if k not in ("at", "to") and v is not None}
        register.note(claim, to, {**note, **data}, at)
        register.changed(claim, "claim.status_changed", {"status_label": CLAIM_STATUSES[to][0]})
        if to != "documents_due":
            register.stop_reminders(claim, always=True)

    def milestone(self, claim: Claim, kind: str, text: str, at: datetime | None) -> None:
        """Note something that stops a clock and changes no state."""
        register = self.register
        register.machine.check_milestone(claim.status, kind)
        when = self._moment(claim, at)
        register.note(claim, kind, {"note": text} if text else {}, when)
        register.changed(claim, "claim.milestone", {"milestone": kind})

    def document(self, claim: Claim, name: str, status: str, reason: str) -> None:
        """Write down that a document came, was examined, refused or is not needed."""
        register = self.register
        document = register.documents.find(claim.number, name)
        if document is None:
            register.documents.need(claim, [name], photos=0)
            document = register.documents.find(claim.number, name)
        assert document is not None
        if status in ("rejected", "waived") and not reason:
            raise Refused("退回或免交材料要写明理由")
        register.documents.mark(document, status, reason)
        register.note(claim, "document", {"name": name, "status": status, "reason": reason})
        register.changed(claim, "claim.documents", {"document": name, "document_status": status})
        register.stop_reminders(claim)

    def _moment(self, claim: Claim, at: datetime | None) -> datetime:
        if at is None:
            return self.register.now
        if at > self.register.now + _CLOCKS_DIFFER or at < claim.reported_at:
            raise Refused("发生时间不能晚于现在，也不能早于报案")
        return at

    def _check_owner(self, claim: Claim, to: str) -> None:
        """A complex claim is followed by somebody, not by a group (S24)."""
        named_from = claim_tracks.rules()["named_owner_from"]
        if (
            claim.track == "complex"
            and to in named_from
            and not claim_tracks.is_person(claim.owner)
        ):
            raise Refused("大额复杂案件须先指定专人负责：请选一位经办人")

    def _prepare(self, claim: Claim, to: str, given: Given, happened: list[str]) -> dict[str, Any]:
        if to == "documents_due":
            return self._ask(claim, given, happened)
        if to == "documents_complete":
            self._check_documents(claim)
        if to in _DECIDING:
            self._decide(claim, to, given)
        if to == "paying":
            self._pay(claim, given["payment"])
        if to in ("paid", "advance_paid"):
            self._paid(claim, to, given)
        return {}

    def _ask(self, claim: Claim, given: Given, happened: list[str]) -> dict[str, Any]:
        """One complete notice (BXF 22); a second one takes a supervisor and a reason."""
        if "documents_due" in happened and not (self.lead and given.get("reason")):
            raise Refused("补材料只能一次性通知（《保险法》22 条）；再次通知须由主管写明理由")
        asked = self.register.documents.ask(claim, given["missing"])
        claim.facts = {**claim.facts, "missing": asked}
        self.register.remind(claim, asked)
        return {"missing": asked}

    def _check_documents(self, claim: Claim) -> None:
        missing = [d.name for d in self.register.documents.outstanding(claim.number)]
        if missing:
            names = "、".join(missing)
            raise Refused(f"还缺：{names}；收到的请登记，不需要的请写明理由免交")
        claim.facts = {k: v for k, v in claim.facts.items() if k != "missing"}

    def _decide(self, claim: Claim, to: str, given: Given) -> None:
        said = {key: given[key] for key in _DECISION if given.get(key) is not None}
        if to in ("agreed", "closed"):
            said.pop("reason", None)  # why it ended is not why it was decided so
        if not said:
            return
        register = self.register
        claim.decision = {
            **(claim.decision or {}),
            **said,
            "by": register.actor,
            "at": register.now.isoformat(),
        }

    def _pay(self, claim: Claim, payment: Given) -> None:
        """To the person entitled, on an account of their own (SALES 32); cash by a supervisor."""
        relation = payment["payee_relation"]
        if relation == "victim" and claim.line not in _FIRST_FOR_THIRD:
            raise Refused("只有责任险和车险可以直接付给受害人（《保险法》65 条）")
        if payment["method"] == "cash" and not (self.lead and payment.get("approval")):
            raise Refused("现金支付须由主管审批并写明理由")
        if payment["method"] == "transfer":
            if not payment.get("account_tail"):
                raise Refused("转账要登记账户尾号")
            if payment.get("account_holder") != payment["payee"]:
                raise Refused("收款账户须是收款人本人的，不得付给第三人私户")
        claim.decision = {**(claim.decision or {}), "payment": dict(payment)}

    def _paid(self, claim: Claim, to: str, given: Given) -> None:
        agreed = (claim.decision or {}).get("amount_fen")
        amount = given.get("amount_fen") or agreed
        if to == "paid" and agreed is not None and amount != agreed and not given.get("reason"):
            raise Refused("实付与协议金额不同，要写明理由")
        claim.paid_fen = amount

"""The one place where services on policies change, whoever asks: the dialogue or a clerk.

Every change is written to the history and told to the customer; all in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.clock import SHANGHAI
from bot.desks.changes import Change
from bot.desks.policy_source import PolicyFacts
from bot.errors import CalendarMissing, Refused
from bot.settings import Settings
from storage import calendars, notices, policy_source, service_rules
from storage.crypto import Cipher
from storage.models.case import CaseEvent
from storage.models.customer import Customer
from storage.models.outbox import Media
from storage.models.policy import Policy
from storage.models.service import PolicyDelivery, ServiceRequest
from storage.rules.service_states import Family, families
from storage.service_documents import ServiceDocuments
from storage.service_kinds import change_of, title_of
from storage.unit_of_work import UnitOfWork

Values = Mapping[str, Any]
CUSTOMER = "customer"
_OWNER = "承保与保全岗"
_MONEY = {
    "charge": "补费以批单上的金额为准，请只付到公司账户。",
    "refund": "退款以批单上的金额为准，只退到投保人本人账户。",
    "either": "补退的费用以批单上的金额为准：补费只付公司账户，退款只退投保人本人账户。",
    "": "",
}
# States of a paper copy that are steps of the delivery (S12), and the way it goes.
_DELIVERY = {"posted": "post", "ready": "pick_up", "received": "", "returned": ""}


@dataclass
class Services:
    """The services of one transaction, changed in the name of ``actor``."""

    uow: UnitOfWork
    cipher: Cipher
    settings: Settings
    now: datetime
    actor: str

    @cached_property
    def documents(self) -> ServiceDocuments:
        """Return the documents of services."""
        return ServiceDocuments(self.uow.session, self.now)

    def open(
        self,
        family: str,
        kind: str,
        policy: PolicyFacts,
        conversation_id: int | None,
        facts: Values,
    ) -> tuple[ServiceRequest, bool]:
        """Record a request; return the one that is under way already, and whether it is new."""
        key = None if kind == "other" else f"{policy.number}:{family}:{kind}"
        if key and (known := self._under_way(key)):
            return known, False
        table, change = families()[family], change_of(family, kind)
        request = ServiceRequest(
            number=self.uow.cases.number(table.prefix, self.now),
            family=family,
            kind=kind,
            conversation_id=conversation_id,
            customer_id=policy.customer_id,
            policy_number=policy.number,
            status=table.first_lacking if _lacks(change) else table.first,
            owner=_OWNER,
            level=change.level if change else "V2",
            open_key=key,
            facts=dict(facts),
            result={},
            opened_at=self.now,
            due_at=self._due(table),
            updated_at=self.now,
        )
        try:
            with self.uow.session.begin_nested():
                self.uow.session.add(request)
        except IntegrityError:
            # Another conversation of the same customer was a moment faster.
            if key and (known := self._under_way(key)):
                return known, False
            raise
        if change:
            self.documents.need(request.number, change)
        self.note(request, "opened", {"kind": kind, "facts": dict(facts)})
        return request, True

    def _due(self, table: Family) -> datetime:
        """Return the end of the last working day promised; of natural days where none is known."""
        calendar = calendars.load(self.uow.connection, self.settings.calendar)
        try:
            today = self.now.astimezone(SHANGHAI).date()
            return calendar.closing(calendar.add_days(today, table.days))
        except CalendarMissing:
            return self.now + timedelta(days=table.days)

    def _under_way(self, key: str) -> ServiceRequest | None:
        query = select(ServiceRequest).where(ServiceRequest.open_key == key)
        return self.uow.session.scalar(query)

    def find(self, number: str, family: str = "", *, lock: bool = False) -> ServiceRequest | None:
        """Return a request by its number."""
        query = select(ServiceRequest).where(ServiceRequest.number == number)
        if family:
            query = query.where(ServiceRequest.family == family)
        return self.uow.session.scalar(query.with_for_update() if lock else query)

    def policy(self, request: ServiceRequest) -> PolicyFacts | None:
        """Return the policy that a request is about: ours, or as the core system told it last."""
        query = select(Policy).where(Policy.number == request.policy_number)
        if (own := self.uow.session.scalar(query)) is not None or request.customer_id is None:
            return own
        told = policy_source.source(self.uow.session, self.settings.policy_source, self.now)
        return told.one(request.customer_id, request.policy_number)

    def customer(self, request: ServiceRequest) -> Customer | None:
        """Return the customer who asked."""
        if request.customer_id is None:
            return None
        return self.uow.session.get(Customer, request.customer_id)

    def move(self, request: ServiceRequest, to: str, given: Values) -> None:
        """Take a request to another state; raise Refused with the rule that forbids it."""
        table = families()[request.family]
        if self.actor == CUSTOMER and to not in table.by_customer:
            raise Refused("这一步由工作人员办理")
        table.check(request.status, to, given)
        service_rules.check(self, request, to, given)
        if to == "documents_due":
            self.documents.ask(request.number, given["missing"])
        said = {k: _plain(v) for k, v in given.items() if v is not None}
        request.result = {**request.result, **said}
        if to == table.first and request.status != to:
            request.due_at = self._due(table)  # the promise counts from the last document
        request.status, request.updated_at = to, self.now
        if table.states[to].over:
            request.open_key = None
        service_rules.apply(self, request, to, given)
        self._deliver(request, to, given)
        self.note(request, to, said)
        if self.actor != CUSTOMER:
            self._tell(table, request, to, said)
        self.uow.session.flush()

    def document(self, request: ServiceRequest, name: str, status: str, reason: str) -> None:
        """Write down what became of a document."""
        if status in ("rejected", "waived") and not reason:
            raise Refused("退回或免交材料要写明理由")
        self.documents.mark(request.number, name, status, reason)
        request.updated_at = self.now
        self.note(request, "document", {"name": name, "status": status, "reason": reason})

    def attach(self, request: ServiceRequest, media: Sequence[Media]) -> int:
        """Hang photos on a request; enough of them, and the review begins."""
        fresh = [item for item in media if item.case_number is None]
        for item in fresh:
            item.case_number = request.number
        self.uow.session.flush()
        if fresh:
            self.note(request, "photos", {"added": len(fresh)})
            request.updated_at = self.now
        count = self.documents.photos(request.number)
        if request.status == "documents_due" and count >= len(
            self.documents.outstanding(request.number)
        ):
            request.status = "reviewing"
            request.due_at = self._due(families()[request.family])
            self.note(request, "reviewing", {"note": "材料照片已收到"})
        return count

    def note(self, request: ServiceRequest, kind: str, data: Values) -> None:
        """Append to the history."""
        self.uow.cases.note(request.number, self.now, self.actor, kind, data)

    def _deliver(self, request: ServiceRequest, to: str, given: Values) -> None:
        """A paper copy on its way is a step of the policy's delivery."""
        if request.family != "paper" or to not in _DELIVERY:
            return
        way = _DELIVERY[to] or str(request.facts.get("way") or "post")
        ref = str(given.get("tracking_no") or given.get("outlet") or request.number)[:64]
        self.uow.session.add(
            PolicyDelivery(
                policy_number=request.policy_number, way=way, state=to, ref=ref, at=self.now
            )
        )

    def _tell(self, table: Family, request: ServiceRequest, to: str, said: Values) -> None:
        if not (template := table.states[to].tell):
            return
        change = change_of(request.family, request.kind)
        text = template.format_map(
            {
                **{name: _shown(said.get(name)) for name in table.words},
                "title": title_of(request),
                "number": request.number,
                "money": _MONEY[change.money if change else ""],
            }
        )
        # The history grows by one event a step, so the key is this very step's.
        key = f"{request.number}:{to}:{self._steps(request.number)}"
        if notices.tell(self.uow, key, text, self.now, request.conversation_id):
            return
        if customer := self.customer(request):
            notices.text_message(self.uow, self.cipher, key, text, customer.phone, self.now)

    def _steps(self, number: str) -> int:
        self.uow.session.flush()
        query = select(CaseEvent.id).where(CaseEvent.case_number == number)
        return len(self.uow.session.scalars(query).all())


def _lacks(change: Change | None) -> bool:
    return change is not None and any(required for _, required in change.documents)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _shown(value: Any) -> str:
    """Return a value as a sentence says it."""
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    text = str(value or "")
    try:
        moment = datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        moment = None
    return f"{moment:%Y-%m-%d %H:%M}" if moment else text

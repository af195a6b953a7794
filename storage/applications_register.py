"""The one place where applications change, whoever asks: the dialogue, a clerk, another system.

Every change is written to the history, told to the customer and to those who listen; all of it
in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot.advice.form import form
from bot.advice.partners import partners
from bot.clockwork.desk_hours import DeskHours
from bot.dialogue.form_slots import shown, type_of
from bot.errors import Refused
from bot.settings import Settings
from storage import applications_notices as notices
from storage import applications_tasks as tasks
from storage.crypto import Cipher
from storage.models.application import Application, ApplicationPayment
from storage.rules.application_states import Machine, machine
from storage.unit_of_work import UnitOfWork

Values = Mapping[str, Any]
CUSTOMER = "customer"
_HEAD = ("kind",)
_MORE = ("words",)


@dataclass
class Book:
    """The applications of one transaction, changed in the name of ``actor`` in a ``role``."""

    uow: UnitOfWork
    cipher: Cipher
    settings: Settings
    now: datetime
    actor: str
    role: str

    @property
    def machine(self) -> Machine:
        """Return where applications may go."""
        return machine()

    def open(self, facts: Values, told: Values, conversation_id: int | None = None) -> Application:
        """Record an application; what is missing is found at the pre-check, not refused here."""
        kind = form().kinds.get(str(facts.get("kind")))
        if kind is None:
            raise Refused(f"没有 {facts.get('kind')} 这个险种，可用：{'、'.join(form().kinds)}")
        partner = partners().named(str(facts.get("words") or ""))
        application = Application(
            number=self.uow.cases.number("AP", self.now),
            conversation_id=conversation_id,
            kind=kind.code,
            line=kind.line,
            status="received",
            owner=self.machine.states["received"].owner,
            partner=partner.code if partner else None,
            facts={},
            told=dict(told),
            work={},
            opened_at=self.now,
            updated_at=self.now,
        )
        self._apply(application, facts)
        self.uow.session.add(application)
        self.uow.session.flush()
        self.note(application, "received", {"facts": dict(application.facts), "told": dict(told)})
        self.set_due(application)
        tasks.follow(self, application)
        self.tell(application, "application.opened")
        return application

    def amend(self, application: Application, values: Values) -> list[str]:
        """Change facts; the old values stay in the history. Return what has changed."""
        before = dict(application.facts)
        self._apply(application, values)
        after = application.facts
        changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        if changed:
            self.note(
                application,
                "amended",
                {
                    "before": {key: before.get(key) for key in changed},
                    "after": {key: after.get(key) for key in changed},
                },
            )
            self.changed(application, "application.amended")
        return sorted(changed)

    def _apply(self, application: Application, values: Values) -> None:
        """Store what belongs to the form, each value as its field stores it."""
        facts = dict(application.facts)
        for key, value in values.items():
            if key in _HEAD or key in _MORE:
                facts[key] = value
            else:
                facts[key] = None if value is None else self._clean(key, value)
        application.facts = {key: value for key, value in facts.items() if value is not None}
        phone = application.facts.get("phone")
        application.phone_blind = self.cipher.blind(str(phone)) if phone else None

    def _clean(self, key: str, value: Any) -> Any:
        field = form().fields.get(key)
        if field is None:
            raise Refused(f"投保单没有 {key} 这一项，可用：{'、'.join(form().fields)}")
        slot_type = type_of(field)
        try:
            return slot_type.dump(slot_type.load(value))
        except (ValueError, TypeError):
            raise Refused(f"「{field.label}」的值 {value!r} 不合要求，请对照接口说明") from None

    def changed(self, application: Application, event: str) -> None:
        """Note the time of a change, work out the next deadline, and tell of it."""
        application.updated_at = self.now
        self.set_due(application)
        self.uow.session.flush()
        self.tell(application, event)

    def set_due(self, application: Application) -> None:
        """Work out by when somebody has to do something; of a payment, when it is due."""
        state = self.machine.states[application.status]
        desk = self.settings.desk
        if application.status == "paying":
            application.due_at = self._payment_due(application)
        elif state.hours:
            opening = DeskHours(desk.opens, desk.closes).next_opening(self.now)
            application.due_at = opening + timedelta(hours=state.hours)
        else:
            application.due_at = None

    def _payment_due(self, application: Application) -> datetime | None:
        open_parts = self.open_parts(application)
        if not open_parts:
            return None
        due_on = date.fromisoformat(open_parts[0][1]["due_on"])
        return datetime.combine(due_on, self.settings.desk.closes, self.now.tzinfo)

    def open_parts(self, application: Application) -> list[tuple[int, dict[str, Any]]]:
        """Return the parts of the payment plan that are not covered yet, with their places."""
        left, found = self.paid_fen(application), []
        for order, part in enumerate(application.work.get("plan", ())):
            left -= part["amount_fen"]
            if left < 0:
                found.append((order, part))
        return found

    def paid_fen(self, application: Application) -> int:
        """Return how much has come."""
        query = select(func.coalesce(func.sum(ApplicationPayment.amount_fen), 0))
        query = query.where(ApplicationPayment.application_number == application.number)
        return int(self.uow.session.scalar(query) or 0)

    def payments(self, number: str) -> Sequence[ApplicationPayment]:
        """Return what has come, oldest first."""
        query = select(ApplicationPayment).where(ApplicationPayment.application_number == number)
        return self.uow.session.scalars(query.order_by(ApplicationPayment.id)).all()

    def lacking(self, application: Application) -> list[str]:
        """Return the labels of what the application needs and does not have."""
        fields = form().fields
        keys = form().lacking(application.facts)
        return [fields[key].label if key in fields else key for key in keys]

    def lines(self, application: Application) -> list[str]:
        """Return what the application holds, a line a field, in the order of its form."""
        facts = application.facts
        keys = [key for key in self.kind(application).fields if key in facts]
        fields = form().fields
        head = f"险种：{self.kind(application).label}"
        return [head, *(f"{fields[k].label}：{shown(fields[k], facts[k])}" for k in keys)]

    def kind(self, application: Application) -> Any:
        """Return the kind of insurance that is applied for."""
        return form().kinds[application.kind]

    def notify(self, application: Application, what: str = "") -> None:
        """Tell the customer of the state just reached; what they did themselves they know."""
        text = self.machine.states[application.status].notice
        if not text or self.actor == CUSTOMER:
            return
        said = text.format(
            number=application.number, kind=self.kind(application).label, what=what.rstrip("。；")
        )
        notices.notify(self.uow, self.cipher, application, said, self.now)

    def note(self, application: Application, kind: str, data: Mapping[str, Any]) -> None:
        """Append to the history."""
        self.uow.cases.note(application.number, self.now, self.actor, kind, data)

    def tell(self, application: Application, event: str) -> None:
        """Owe the event to those who listen."""
        notices.tell(self.uow, self.settings.webhooks, application, event, self.now)

    def locked(self, number: str) -> Application | None:
        """Return an application that nobody else changes until the end of the transaction."""
        query = select(Application).where(Application.number == number).with_for_update()
        return self.uow.session.scalar(query)

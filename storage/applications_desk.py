"""Applications as the dialogue opens, mends, confirms and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.advice.form import form
from bot.desks.applications import ApplicationView, ReturnedItem
from bot.desks.values import Values
from bot.dialogue.form_slots import shown
from bot.errors import Refused
from bot.settings import Settings
from storage.applications_register import CUSTOMER, Book
from storage.applications_steps import Steps, part_in_words, way_in_words
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.identity import Identity
from storage.models.application import Application, FormStep
from storage.models.base import table_of
from storage.models.case import CaseEvent
from storage.rules.application_checks import checks
from storage.rules.application_states import machine
from storage.unit_of_work import UnitOfWork

_MOST = 5
_TELL_WHY = ("conditional", "postponed", "declined")


class ApplicationsDesk:
    """The part of `storage.back_office` that takes applications."""

    uow: UnitOfWork
    conversation: OpenConversation
    settings: Settings
    cipher: Cipher
    at: datetime

    @property
    def quoting(self) -> bool:
        """Tell whether this platform may take requests for a personal price."""
        return self.settings.sales.quoting

    @property
    def _application_book(self) -> Book:
        return Book(self.uow, self.cipher, self.settings, self.at, CUSTOMER, CUSTOMER)

    def _application_proofs(self) -> Identity:
        return Identity(self.uow, self.conversation, self.cipher, self.settings.identity, self.at)

    def open_application(self, values: Values, told: Values) -> str:
        """Record an application and return its number."""
        return self._application_book.open(values, told, self.conversation.id).number

    def applications(self, number: str | None = None) -> Sequence[ApplicationView]:
        """Return the applications this customer may see, newest first, and record that they did."""
        identity = self._application_proofs()
        mine = [Application.conversation_id == self.conversation.id]
        if proved := [blind for blind in identity.proved_phones() if blind]:
            mine.append(Application.phone_blind.in_(proved))
        query = select(Application).where(or_(*mine)).order_by(Application.id.desc())
        if number is not None:
            query = query.where(Application.number == number)
        found = self.uow.session.scalars(query.limit(_MOST)).all()
        for application in found:
            identity.log(f"application {application.number}", "投保进度查询")
        return [self._application_view(application) for application in found]

    @property
    def returned_here(self) -> bool:
        """Tell whether an application handed in here waits for what sales returned."""
        query = select(Application.id).where(
            Application.conversation_id == self.conversation.id, Application.status == "returned"
        )
        return self.uow.session.scalar(query.limit(1)) is not None

    @property
    def name_returned_here(self) -> bool:
        """Tell whether what sales returned is, or contains, somebody's name."""
        query = select(Application.work).where(
            Application.conversation_id == self.conversation.id, Application.status == "returned"
        )
        names = {key for key, field in form().fields.items() if field.type == "name"}
        works = self.uow.session.scalars(query).all()
        return any(item.get("field") in names for work in works for item in work.get("items", ()))

    def _application_view(self, application: Application) -> ApplicationView:
        state = machine().states[application.status]
        book, opinion = self._application_book, _opinion(application)
        return ApplicationView(
            number=application.number,
            kind=book.kind(application).label,
            status=application.status,
            label=state.label,
            told=state.told,
            opened_at=application.opened_at,
            owner=application.owner,
            due_at=application.due_at,
            open=application.status not in machine().over,
            lines=tuple(book.lines(application)),
            changed=tuple(self._application_changes(application)),
            items=tuple(_items(application)),
            reason=str(opinion.get("reason") or ""),
            conditions=tuple(opinion.get("conditions") or ()),
            alternatives=tuple(map(way_in_words, opinion.get("alternatives") or ())),
            payments=tuple(self._application_payments(application)),
            delivery=_delivery(application),
            here=application.conversation_id == self.conversation.id,
        )

    def _application_changes(self, application: Application) -> list[str]:
        """Return what others have changed since the customer handed it in, old and new (S10)."""
        query = select(CaseEvent).where(
            CaseEvent.case_number == application.number,
            CaseEvent.kind == "amended",
            CaseEvent.actor != CUSTOMER,
        )
        first: dict[str, Any] = {}
        for event in self.uow.session.scalars(query.order_by(CaseEvent.id)):
            for key, value in event.data["before"].items():
                first.setdefault(key, value)
        now = application.facts
        return [
            _difference(key, old, now.get(key)) for key, old in first.items() if old != now.get(key)
        ]

    def _application_payments(self, application: Application) -> list[str]:
        if application.status != "paying":
            return []
        return [part_in_words(part) for _, part in self._application_book.open_parts(application)]

    def mend_application(self, number: str, values: Values, words: str) -> bool:
        """Hand in what was returned, and put it back into the line."""
        application = self._own_application(number)
        if application is None or application.status != "returned":
            return False
        book = self._application_book
        if words:
            book.note(application, "answered", {"words": words})
        book.amend(application, values)
        application.work = {**application.work, "items": []}
        return self._application_moved(application, "received")

    def confirm_application(self, number: str, told: Values) -> bool:
        """Record that the customer has checked everything and wants the contract."""
        application = self._own_application(number)
        if application is None:
            return False
        confirmation = {"how": "chat", **told}
        return self._application_moved(application, "confirmed", confirmation=confirmation)

    def change_application(self, number: str, words: str) -> bool:
        """Ask for something else: the application goes back to sales."""
        application = self._own_application(number)
        if application is None:
            return False
        self._application_book.note(application, "change_wanted", {"words": words})
        return self._application_moved(application, "received")

    def withdraw_application(self, number: str, words: str) -> bool:
        """Take the application back."""
        application = self._own_application(number)
        if application is None:
            return False
        return self._application_moved(application, "withdrawn", note=words)

    def _application_moved(self, application: Application, to: str, **given: Any) -> bool:
        """Move it if the table allows that; the customer is told otherwise."""
        try:
            Steps(self._application_book).move(application, to, given)
        except Refused:
            return False
        return True

    def _own_application(self, number: str) -> Application | None:
        """Return the application, locked, if this customer may act on it."""
        if all(view.number != number for view in self.applications(number)):
            return None
        return self._application_book.locked(number)

    def form_step(self, flow: str, run: str, step: str, seconds: int) -> None:
        """Note that a step of a form was got past, once per ``run``."""
        connection = self.uow.connection
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        row = {
            "conversation_id": self.conversation.id,
            "flow": flow,
            "run": f"{self.conversation.id}:{run}"[:64],
            "step": step[:64],
            "at": self.at,
            "seconds": max(0, seconds),
        }
        connection.execute(
            dialect.insert(table_of(FormStep))
            .values(row)
            .on_conflict_do_nothing(index_elements=["run", "step"])
        )


def _opinion(application: Application) -> dict[str, Any]:
    """Return the opinion that the state is about."""
    opinions: list[dict[str, Any]] = application.work.get("opinions") or [{}]
    last = opinions[-1]
    return last if application.status in _TELL_WHY else {}


def _items(application: Application) -> list[ReturnedItem]:
    if application.status != "returned":
        return []
    fields = form().fields
    return [
        ReturnedItem(
            str(item["field"]),
            fields[item["field"]].label if item["field"] in fields else "",
            str(item["problem"]),
        )
        for item in application.work.get("items", ())
    ]


def _difference(key: str, old: Any, new: Any) -> str:
    field = form().fields.get(key)
    if field is None:
        return ""
    before, after = ("没填" if v is None else shown(field, v) for v in (old, new))
    return f"{field.label}：原来“{before}”，现在“{after}”"


def _delivery(application: Application) -> str:
    sent = application.work.get("deliveries") or ()
    if not sent or application.status not in ("delivered", "closed"):
        return ""
    last = sent[-1]
    way = checks().delivery[last["method"]]
    when = datetime.fromisoformat(last["at"])
    signed = last.get("signed_on")
    got = f"，{date.fromisoformat(signed):%m月%d日} 签收" if signed else ""
    number = f"，单号 {last['tracking']}" if last.get("tracking") else ""
    return f"{way.label}（{when:%m月%d日}{number}{got}）"

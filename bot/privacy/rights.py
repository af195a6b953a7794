"""Export, erase and correct a person's data on a request whose sender was checked (level V3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import select, text

from bot.errors import Refused
from bot.privacy import corrections
from bot.privacy.again import check_of, facts_of, until
from bot.privacy.check import NONE, Check, OnRecord, Whose, on_record, put_on_record, settled
from bot.privacy.files import Files
from bot.privacy.minors import is_minor
from bot.settings import Settings
from storage import notices
from storage.crypto import Cipher
from storage.models.base import Base
from storage.models.case import CaseEvent, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import AccessLog, Customer
from storage.personal import person as people
from storage.personal import unfinished
from storage.personal.erasure import Erased, erase, plan
from storage.personal.export import export
from storage.personal.identity import of_identity
from storage.personal.person import CHUNK, Person
from storage.privacy_desk import open_request
from storage.tickets import TicketBook
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
KINDS = ("privacy_export", "privacy_erase", "privacy_correct", "privacy_withdraw",
         "privacy_request")  # fmt: skip
_LONGEST_REASON = 255
# When the nightly job has run.
_NIGHT = time(4)


@dataclass(frozen=True)
class Asked:
    """A request that is open, with the check of its person that holds now."""

    ticket: Ticket
    checked: OnRecord | None


@dataclass(frozen=True)
class Rights:
    """What staff do about requests, in the name of ``actor``; every step is one transaction.

    Whoever made sure of the person may be somebody else: that stands in the words of the check.
    """

    ways: Transactions
    cipher: Cipher
    settings: Settings
    now: Callable[[], datetime]
    actor: str

    @property
    def files(self) -> Files:
        """Return the folders of this installation."""
        return Files(self.settings.data_dir, self.settings.media_dir, self.cipher)

    def open(self, kind: str, customer_ref: str) -> str:
        """Open a request that was made at the counter or by telephone; return its number."""
        return self.ways.run(lambda uow: self.open_in(uow, kind, customer_ref))

    def open_in(self, uow: UnitOfWork, kind: str, customer_ref: str) -> str:
        """Open a request within somebody's transaction; return its number."""
        if kind not in KINDS:
            raise Refused(f"没有「{kind}」这种请求：查看、删除、更正、撤回同意，选一种")
        query = select(Customer.id).where(Customer.ref == customer_ref)
        if uow.session.scalar(query) is None:
            raise Refused(f"没有客户 {customer_ref}，请核对编号")
        facts = {"customer": customer_ref}
        return open_request(self._book(uow), kind, facts, None).number

    def requests(self) -> list[Ticket]:
        """Return the requests that are open, the one that is due first at the top."""
        return [asked.ticket for asked in self.asked()]

    def asked(self) -> list[Asked]:
        """Return the same with who has been seen already (V3)."""
        query = select(Ticket).where(Ticket.kind.in_(KINDS), Ticket.status != "done")

        def read(uow: UnitOfWork) -> list[Asked]:
            found = uow.session.scalars(query.order_by(Ticket.due_at)).all()
            return [Asked(ticket, self._seen(uow, ticket)) for ticket in found]

        return self.ways.read(read)

    def _seen(self, uow: UnitOfWork, ticket: Ticket) -> OnRecord | None:
        customer = self._customer(uow, ticket)
        return on_record(uow, {customer}, self.now()) if customer is not None else None

    def export(self, number: str, check: Check = NONE) -> dict[str, Any]:
        """Return everything about the person behind a request, and close it."""
        return self.hand_out(number, check, lambda copy: copy)

    def hand_out(self, number: str, check: Check, make: Callable[[dict[str, Any]], T]) -> T:
        """Make something of all that is about a person, close the request, and return it.

        It is in the log before it is made. What cannot be made leaves the request open; what is
        lost on its way may be had again while the check holds (`bot.privacy.again`).
        """
        copy, seen = self.ways.run(lambda uow: self._copied(uow, number, check))
        made = make(copy)
        self.ways.run(lambda uow: self._handed_out(uow, number, seen, len(copy["tables"])))
        return made

    def _copied(self, uow: UnitOfWork, number: str, check: Check) -> tuple[dict[str, Any], Check]:
        ticket, person, seen = self._checked(uow, number, check, again=True)
        copy = export(uow.session, person, self.now())
        if messages := self.files.short_messages(person):
            copy["tables"].append({"table": "sms", "title": "写下的短信", "rows": messages})
        self._log(uow, ticket, seen, "export of all personal data")
        return copy, seen

    def _handed_out(self, uow: UnitOfWork, number: str, check: Check, tables: int) -> None:
        ticket = self._book(uow).locked(number)
        if ticket is None or ticket.kind != "privacy_export" or ticket.status == "done":
            return
        who = self._person(uow, ticket).customers
        ticket.facts = facts_of(uow, ticket, check, who, self._holds, self.now())
        self._close(uow, ticket, check, {"tables": tables})

    def plan(self, number: str) -> Erased:
        """Return what an erasure would do; nothing is written."""

        def work(uow: UnitOfWork) -> Erased:
            ticket = self.ticket(uow, number)
            return plan(uow.session, self._person(uow, ticket), self.now(), number)

        return self.ways.read(work)

    def erase(self, number: str, check: Check = NONE) -> Erased:
        """Erase the person behind a request; what binds stays, and the request with it."""

        def work(uow: UnitOfWork) -> Erased:
            ticket, person, seen = self._checked(uow, number, check)
            if ticket.kind not in unfinished.ERASING:
                raise Refused(f"{number} 不是删除的请求，要删除请另登记一件")
            return self._erase(uow, ticket, person, seen)

        done = self.ways.run(work)
        self.forget_old_pages()
        return done

    def go_on(self, number: str) -> Erased:
        """Finish an erasure that was checked when it began, as far as it goes now."""

        def work(uow: UnitOfWork) -> Erased:
            ticket = self.ticket(uow, number)
            said = ticket.facts.get("check") or {}
            check = Check(str(said.get("by") or ""), str(said.get("way") or ""),
                          str(said.get("guardian") or ""))  # fmt: skip
            if ticket.status != unfinished.STATUS or not check.told:
                raise Refused(f"{number} 没有在等着接着办")
            return self.erase_in(uow, ticket, check)

        done = self.ways.run(work)
        self.forget_old_pages()
        return done

    def erase_in(self, uow: UnitOfWork, ticket: Ticket, check: Check) -> Erased:
        """Erase whom a request is about, inside a transaction of whoever answers for the check."""
        return self._erase(uow, ticket, self._person(uow, ticket), check)

    def _erase(self, uow: UnitOfWork, ticket: Ticket, person: Person, check: Check) -> Erased:
        if uow.connection.dialect.name == "sqlite":
            # What is deleted is overwritten, not only forgotten.
            uow.session.execute(text("PRAGMA secure_delete=ON"))
        self._log(uow, ticket, check, "erasure of personal data")
        uow.session.flush()
        done = erase(uow.session, person, self.now(), ticket.number)
        self._tell_audit(uow, ticket, done)
        done.rows["文件"] = self.files.remove(person, done.files)
        outcome = {"partly": done.partly, "restricted": done.restricted}
        if done.partly or done.restricted:
            self._wait(uow, ticket, check, done)
        else:
            ticket.facts = {"done": True, "partly": False}
            self._close(uow, ticket, check, outcome)
        return done

    def _wait(self, uow: UnitOfWork, ticket: Ticket, check: Check, done: Erased) -> None:
        """Leave the request open with what binds and until when; tell whoever is known still."""
        facts = unfinished.facts_of(done, self.now(), ticket.facts)
        if done.partly:
            said = {"by": check.by, "way": check.way, "guardian": check.guardian}
            facts |= {"check": said, **{k: ticket.facts.get(k) for k in ("customer", "platform")}}
        book = self._book(uow)
        book.note(ticket, "checked", {"checked": check.words})
        again = ticket.status == unfinished.STATUS
        ticket.facts = {}  # what was left before is not what is left now
        book.move(ticket, unfinished.STATUS, note=check.words)
        ticket.facts = facts
        if day := facts["finish_on"]:
            ticket.due_at = datetime.combine(date.fromisoformat(day), _NIGHT, self.now().tzinfo)
        if done.partly:
            turn = "again" if again else "begun"
            key = f"{ticket.number}:{turn}:{facts['erased_on']}"
            self.tell(uow, ticket, key, unfinished.told(ticket.number, facts))

    def tell(self, uow: UnitOfWork, ticket: Ticket, key: str, said: str) -> bool:
        """Write to the person where they asked, else where they were last, else by text message."""
        talk, customer = ticket.conversation_id, self._customer(uow, ticket)
        if talk is None and customer is not None:
            query = select(Conversation.id).where(Conversation.customer_id == customer)
            talk = uow.session.scalar(query.order_by(Conversation.last_at.desc()).limit(1))
        uow.session.flush()
        if notices.tell(uow, key, said, self.now(), talk):
            return True
        found = uow.session.get(Customer, customer) if customer is not None else None
        if found is None or not found.phone:
            return False
        notices.text_message(uow, self.cipher, key, said, found.phone, self.now())
        return True

    def correct(self, number: str, field: str, value: str, check: Check = NONE) -> None:
        """Correct a customer's name, phone or identity number."""

        def work(uow: UnitOfWork) -> None:
            ticket, _, seen = self._checked(uow, number, check)
            if ticket.kind != "privacy_correct":
                raise Refused(f"{number} 不是更正的请求")
            customer = uow.session.get(Customer, self._customer(uow, ticket) or 0)
            if customer is None:
                raise Refused("这个请求没有对应的客户资料，请先核验并绑定")
            corrections.correct(customer, field, value, self.cipher)
            self._log(uow, ticket, seen, f"correction of {field}")
            self._close(uow, ticket, seen, {"field": field})

        self.ways.run(work)

    def _book(self, uow: UnitOfWork) -> TicketBook:
        return TicketBook(uow, self.cipher, self.settings, self.now(), self.actor)

    def _checked(
        self, uow: UnitOfWork, number: str, said: Check, *, again: bool = False
    ) -> tuple[Ticket, Person, Check]:
        """Return request, person and check; raise Refused unless somebody made sure of who asks."""
        ticket = self.ticket(uow, number, again=again)
        person = self._person(uow, ticket)
        if ticket.status == "done" and not said.told:
            return ticket, person, check_of(ticket, person.customers)
        check = settled(uow, said, person.customers, self.now())
        minor = ticket.facts.get("minor") or is_minor(
            uow.session, person.customers, self.now().date()
        )
        if minor and not check.guardian.strip():
            raise Refused("这是未成年人的信息：由监护人提出，请核对监护关系并写明监护人")
        whose = Whose(ticket.conversation_id, self._customer(uow, ticket))
        put_on_record(uow, said, whose, number, (self.now(), self.now() + self._holds))
        return ticket, person, check

    @property
    def _holds(self) -> timedelta:
        return timedelta(minutes=self.settings.identity.staff_check_minutes)

    def ticket(self, uow: UnitOfWork, number: str, *, again: bool = False) -> Ticket:
        """Return a request that is not done, or with ``again`` one whose copy may be had again."""
        query = select(Ticket).where(Ticket.number == number, Ticket.kind.in_(KINDS))
        ticket = uow.session.scalar(query)
        if ticket is None:
            raise Refused(f"没有个人信息请求 {number}")
        if ticket.status == "done" and not (again and until(ticket, self.now())):
            raise Refused(f"{number} 已经办完，要再办请另登记一件")
        return ticket

    def _person(self, uow: UnitOfWork, ticket: Ticket) -> Person:
        talk = ticket.conversation_id
        if ticket.facts.get("platform"):
            if talk is None:
                raise Refused("这个请求没有对应的会话")
            ref = str(ticket.facts.get("customer") or "")
            return of_identity(uow.session, talk, ref, self.now().date())
        if talk is not None:
            return people.of_conversation(uow.session, talk)
        found = self._customer(uow, ticket)
        if found is None:
            raise Refused("这个请求没有对应的客户")
        return people.of_customer(uow.session, found)

    def _customer(self, uow: UnitOfWork, ticket: Ticket) -> int | None:
        """Return the customer a request is about, where one is known."""
        if ticket.conversation_id is not None:
            query = select(Conversation.customer_id).where(
                Conversation.id == ticket.conversation_id
            )
            return uow.session.scalar(query)
        ref = str(ticket.facts.get("customer"))
        return uow.session.scalar(select(Customer.id).where(Customer.ref == ref))

    def _log(self, uow: UnitOfWork, ticket: Ticket, check: Check, what: str) -> None:
        customer = self._customer(uow, ticket)
        reason = f"{ticket.number} {check.words}"[:_LONGEST_REASON]
        uow.customers.log_access(
            self.now(), ticket.conversation_id, customer, self.actor, what, reason
        )

    def _close(
        self, uow: UnitOfWork, ticket: Ticket, check: Check, outcome: dict[str, Any]
    ) -> None:
        book = self._book(uow)
        book.note(ticket, "checked", {"checked": check.words, **outcome})
        book.move(ticket, "done", note=check.words)

    def _tell_audit(self, uow: UnitOfWork, ticket: Ticket, done: Erased) -> None:
        """The chain knows what its rows said: that they were emptied is a link of its own."""
        uow.session.flush()
        uow.session.expire_all()
        emptied: list[Base] = []
        for model in (AccessLog, CaseEvent):
            ids = done.emptied.get(model.__tablename__, [])
            for start in range(0, len(ids), CHUNK):
                part = ids[start : start + CHUNK]
                emptied += uow.session.scalars(select(model).where(model.id.in_(part))).all()
        if emptied:
            uow.audit.erased(self.now(), self.actor, ticket.number, emptied)

    def forget_old_pages(self) -> None:
        """SQLite: pages that were replaced still stand in the log until it is emptied."""
        if self.ways.engine.dialect.name == "sqlite":
            with self.ways.engine.connect() as connection:
                raw = connection.connection.cursor()
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

"""Fulfils `bot.desks.servicing.ServicingDesk` inside the turn's transaction."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from bot.desks.policy_source import PolicyFacts, PolicySource
from bot.desks.servicing import Family, PaperCheck, PaperLink, ServiceView
from bot.desks.values import Values
from bot.errors import Refused
from bot.settings import Settings
from storage import policies
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.outbox import Media
from storage.models.policy import Policy
from storage.models.service import ServiceRequest
from storage.policy_links import COVER, GONE, PolicyLinks, check_code
from storage.rules.service_states import families
from storage.service_kinds import title_of
from storage.services import CUSTOMER, Services
from storage.unit_of_work import UnitOfWork

_SHOWN = 5
_TRACKS = ("document_no", "tracking_no", "outlet")
_BY_PHOTO = ("documents_due", "returned")


class ServicingOfTurn:
    """The mixin of `TransactionBackOffice` for services; it has what is declared here."""

    uow: UnitOfWork
    conversation: OpenConversation
    cipher: Cipher
    settings: Settings
    at: datetime

    if TYPE_CHECKING:

        @cached_property
        def policy_source(self) -> PolicySource:
            """Return where policies come from."""

    @property
    def verified(self) -> bool:
        """Tell whether this customer is verified at level V2 now."""
        raise NotImplementedError

    def request_service(
        self, family: Family, kind: str, policy_number: str, values: Values
    ) -> ServiceView | None:
        """Record a request on a policy of the verified customer, with the photos sent for it."""
        policy = self._own(policy_number)
        if policy is None:
            return None
        facts = {key: value for key, value in values.items() if key != "photos"}
        book = self._book()
        request, fresh = book.open(family, kind, policy, self.conversation.id, facts)
        if not fresh and facts.get("words"):
            book.note(request, "supplement", facts)
        self._attach(book, request, values.get("photos") or ())
        return self._view(book, request, fresh=fresh)

    def services(self, number: str | None = None) -> Sequence[ServiceView]:
        """Return what was asked for here, and to a verified customer all that is theirs."""
        book = self._book()
        return [self._view(book, request) for request in self._my_change(number)[:_SHOWN]]

    def withdraw_service(self, number: str) -> ServiceView | None:
        """Take back a request that is not done yet."""
        book, mine = self._book(), self._my_change(number)
        if not mine:
            return None
        request = book.find(mine[0].number, lock=True)
        assert request is not None
        try:
            book.move(request, "withdrawn", {})
        except Refused:
            return None
        return self._view(book, request)

    def attach_service_photos(self, number: str) -> int:
        """Hang every photo of this conversation that hangs nowhere on a request."""
        mine = self._my_change(number)
        query = select(Media.id).where(
            Media.conversation_id == self.conversation.id,
            Media.case_number.is_(None),
            Media.kind == "image",
        )
        found = list(self.uow.session.scalars(query))
        return self._attach(self._book(), mine[0], found) if mine else 0

    def service_for_photos(self) -> str | None:
        """Return the only request of this conversation that waits for documents."""
        query = select(ServiceRequest.number).where(
            ServiceRequest.conversation_id == self.conversation.id,
            ServiceRequest.family == "endorsement",
            ServiceRequest.status.in_(_BY_PHOTO),
        )
        numbers = list(self.uow.session.scalars(query.limit(2)))
        return numbers[0] if len(numbers) == 1 else None

    def paper_links(self, policy_numbers: Sequence[str]) -> Sequence[PaperLink]:
        """Return fresh links to the documents of the verified customer's policies."""
        made, rules = [], self.settings.papers
        for number in policy_numbers:
            policy = self._own(number)
            if policy is None or policy.status in GONE:
                continue
            self._log(f"policy {number} link", "电子保单链接")
            links = self._links()
            customer = self.uow.customers.get(policy.customer_id)
            token = links.make(policy, customer, self.conversation.id)
            base, minutes = f"{self.settings.public_url.rstrip('/')}/papers", rules.link_minutes
            picture = f"{base}/{COVER}"
            made.append(PaperLink(_label(policy), f"{base}/{token}", minutes, picture))
        return made

    def check_paper(self, policy_number: str, code: str) -> PaperCheck | None:
        """Confirm a document by its printed code; whoever has it has the document."""
        query = select(Policy).where(Policy.number == policy_number)
        policy: PolicyFacts | None = self.uow.session.scalar(query)
        policy = policy or self._links().handed_out(policy_number)
        said = _letters(code)
        # Compared also where there is no such policy: the answer takes as long.
        right = _letters(check_code(self.cipher, policy)) if policy else "-" * 12
        if not hmac.compare_digest(right, said) or policy is None:
            return None
        self._log(f"policy {policy_number} checked", "保单验真")
        status = policies.status_words(policy, self.at.date())
        return PaperCheck(policy.product, status, policy.starts_at, policy.ends_on)

    def _book(self) -> Services:
        return Services(self.uow, self.cipher, self.settings, self.at, CUSTOMER)

    def _links(self) -> PolicyLinks:
        papers = self.settings.papers
        return PolicyLinks(self.uow, self.cipher, papers, self.at, self.policy_source)

    def _own(self, number: str) -> PolicyFacts | None:
        customer = self.conversation.customer_id
        if customer is None or not self.verified:
            return None
        return self.policy_source.one(customer, number)

    def _my_change(self, number: str | None) -> list[ServiceRequest]:
        mine = [ServiceRequest.conversation_id == self.conversation.id]
        if self.verified and self.conversation.customer_id is not None:
            mine.append(ServiceRequest.customer_id == self.conversation.customer_id)
        query = select(ServiceRequest).where(or_(*mine))
        if number:
            query = query.where(ServiceRequest.number == number)
        return list(self.uow.session.scalars(query.order_by(ServiceRequest.id.desc()).limit(20)))

    def _attach(self, book: Services, request: ServiceRequest, ids: Sequence[Any]) -> int:
        known = [int(each) for each in ids if str(each).isdigit()]
        media = [
            item
            for item in (self.uow.cases.media_of(known) if known else ())
            if item.conversation_id == self.conversation.id
        ]
        return book.attach(request, media)

    def _log(self, what: str, reason: str) -> None:
        self.uow.customers.log_access(
            self.at,
            self.conversation.id,
            self.conversation.customer_id,
            f"customer:{self.conversation.id}",
            what,
            reason,
        )

    def _view(self, book: Services, request: ServiceRequest, *, fresh: bool = False) -> ServiceView:
        state = families()[request.family].states[request.status]
        policy = book.policy(request)
        track = next((str(request.result[t]) for t in _TRACKS if request.result.get(t)), "")
        told = request.status in ("returned", "declined")
        return ServiceView(
            number=request.number,
            family=request.family,
            kind=request.kind,
            title=title_of(request),
            policy=_label(policy) if policy else "",
            status=state.label,
            says=state.says,
            opened_at=request.opened_at,
            due_on=request.due_at.date(),
            over=state.over,
            missing=() if state.over else tuple(book.documents.outstanding(request.number)),
            reason=str(request.result.get("reason") or "") if told else "",
            track=track,
            fresh=fresh,
        )


def _label(policy: PolicyFacts) -> str:
    return f"{policy.product}（{policy.plate}）" if policy.plate else policy.product


def _letters(code: str) -> str:
    kept = "".join(c for c in code.upper() if c.isascii() and c.isalnum())
    return f"{kept[:12]:-<12}"

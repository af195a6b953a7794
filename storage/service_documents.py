"""The documents of a change to a policy: what is needed, what came, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.desks.changes import Change
from storage.models.outbox import Media
from storage.models.service import ServiceDocument

_OUTSTANDING = ("wanted", "rejected")


@dataclass(frozen=True)
class ServiceDocuments:
    """All documents of services; never commits."""

    session: Session
    now: datetime

    def need(self, number: str, change: Change) -> None:
        """Write down what this kind of change takes."""
        for name, required in change.documents:
            self._add(number, name, required=required)
        self.session.flush()

    def of(self, number: str) -> Sequence[ServiceDocument]:
        """Return the documents of a service, in the order of the table."""
        query = select(ServiceDocument).where(ServiceDocument.service_number == number)
        return self.session.scalars(query.order_by(ServiceDocument.id)).all()

    def outstanding(self, number: str) -> list[str]:
        """Return what is required and not there."""
        return [d.name for d in self.of(number) if d.required and d.status in _OUTSTANDING]

    def ask(self, number: str, names: Sequence[str]) -> None:
        """Make these documents required and wanted: staff asked for them by name."""
        known = {document.name: document for document in self.of(number)}
        for name in names:
            document = known.get(name) or self._add(number, name, required=True)
            document.required, document.status, document.updated_at = True, "wanted", self.now
        self.session.flush()

    def mark(self, number: str, name: str, status: str, reason: str) -> None:
        """Write down what became of a document; an unknown one is added to the list."""
        found = next((d for d in self.of(number) if d.name == name), None)
        document = found or self._add(number, name, required=False)
        document.status, document.reason, document.updated_at = status, reason, self.now
        self.session.flush()

    def photos(self, number: str) -> int:
        """Return how many photos hang on a service."""
        query = select(func.count()).where(Media.case_number == number, Media.kind == "image")
        return int(self.session.scalar(query) or 0)

    def _add(self, number: str, name: str, *, required: bool) -> ServiceDocument:
        document = ServiceDocument(
            service_number=number,
            name=name,
            required=required,
            status="wanted",
            reason="",
            updated_at=self.now,
        )
        self.session.add(document)
        return document

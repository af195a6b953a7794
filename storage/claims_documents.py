"""The documents of a claim: what it needs, what is there, what was asked for once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models.case import Claim
from storage.models.claim import ClaimDocument
from storage.rules import claim as rules

_OPEN = ("wanted", "rejected")
STATUSES = ("wanted", "received", "accepted", "rejected", "waived")


@dataclass
class Documents:
    """The documents of claims, now; never commits."""

    session: Session
    now: datetime

    def of(self, number: str) -> Sequence[ClaimDocument]:
        """Return the documents of a claim in the order they were listed."""
        query = select(ClaimDocument).where(ClaimDocument.claim_number == number)
        return self.session.scalars(query.order_by(ClaimDocument.id)).all()

    def need(self, claim: Claim, names: Iterable[str], photos: int) -> None:
        """List what is not listed yet, ticked where it is at hand; a « *» marks the required."""
        known = {document.name: document for document in self.of(claim.number)}
        for raw in names:
            name, required = rules.bare(raw), raw.endswith("*")
            self._rename(known, name)
            if name in known:
                known[name].required |= required
                self._tick(known[name], claim, photos)
                continue
            document = ClaimDocument(
                claim_number=claim.number,
                name=name,
                required=required,
                status="wanted",
                reason="",
                updated_at=self.now,
            )
            self._tick(document, claim, photos)
            self.session.add(document)
        self.session.flush()

    def drop_unasked(self, claim: Claim, names: Iterable[str]) -> None:
        """Forget what only another line of insurance needs, unless it is there or was asked for.

        An emergency is opened before anybody knows that it is no motor claim.
        """
        needed = {rules.bare(raw) for raw in names}
        for document in self.of(claim.number):
            unasked = document.status == "wanted" and document.asked_at is None
            if unasked and document.name not in needed:
                self.session.delete(document)
        self.session.flush()

    def _rename(self, known: dict[str, ClaimDocument], name: str) -> None:
        """Ask under its new name for what was asked for under another, and is not there yet."""
        for other in rules.alternatives(name) if name not in known else ():
            if other in known and known[other].status in _OPEN:
                known[name] = known.pop(other)
                known[name].name = name
                return

    def _tick(self, document: ClaimDocument, claim: Claim, photos: int) -> None:
        if document.status == "wanted" and rules.at_hand(document.name, claim.facts, photos):
            self.mark(document, "received", "")

    def find(self, number: str, name: str) -> ClaimDocument | None:
        """Return one document by its name."""
        return next((d for d in self.of(number) if d.name == name), None)

    def mark(self, document: ClaimDocument, status: str, reason: str) -> None:
        """Write down what became of a document."""
        document.status, document.reason = status, reason[:255]
        document.updated_at = self.now
        if status in ("received", "accepted"):
            document.received_at = document.received_at or self.now

    def ask(self, claim: Claim, names: Iterable[str]) -> list[str]:
        """Ask for these and for all that is open and required: one complete notice."""
        self.need(claim, [f"{name} *" for name in names], photos=0)
        asked = self.outstanding(claim.number)
        for document in asked:
            document.asked_at = self.now
        return [document.name for document in asked]

    def outstanding(self, number: str) -> list[ClaimDocument]:
        """Return the required documents that are not there."""
        return [d for d in self.of(number) if d.required and d.status in _OPEN]

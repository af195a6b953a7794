"""What becomes of a piece from the form: into the box, and to whoever owes an answer (S85, S16)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from bot.clockwork import words
from bot.settings import Settings
from storage.crypto import Cipher
from storage.feedback import FeedbackBox, Told
from storage.models.case import Ticket
from storage.models.quality import Feedback
from storage.rules import feedback as rules
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

LONGEST: Final = 1_000
_ACTOR = "customer"
_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9}|0\d{9,11})")


@dataclass(frozen=True)
class Piece:
    """What somebody wrote; ``nonce`` makes the same form count once."""

    nonce: str
    topic: str
    words: str
    contact: str

    @property
    def key(self) -> str:
        """Return the key under which it lies in the box."""
        return f"form:{self.nonce}"

    @property
    def phone(self) -> str:
        """Return the number they left, '' where it is none."""
        clean = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", self.contact))
        found = _PHONE.fullmatch(clean)
        return found[1] if found else ""


@dataclass(frozen=True)
class Taken:
    """What the author is told: number, and who does what until when."""

    number: str
    contact: bool
    complaint: bool
    ticket: str = ""
    call_by: str = ""
    answer_by: str = ""


@dataclass(frozen=True)
class FeedbackForm:
    """Takes pieces in and tells their authors."""

    cipher: Cipher
    settings: Settings

    def take(self, uow: UnitOfWork, piece: Piece, now: datetime) -> None:
        """Put a piece into the box, once, and open the ticket that its kind calls for."""
        _one_by_one(uow, piece.nonce)
        if self._find(uow, piece.key) is not None:
            return
        said = f"{piece.topic}：{piece.words}" if piece.topic else piece.words
        kind = rules.follow_up(rules.nature(said), has_phone=bool(piece.phone))
        number = self._ticket(uow, kind, piece, said, now) if kind else None
        told = Told(piece.key, "form", said, piece.contact, None, number, piece.topic)
        FeedbackBox(uow, now, _ACTOR).receive(told)

    def _ticket(self, uow: UnitOfWork, kind: str, piece: Piece, said: str, now: datetime) -> str:
        book = TicketBook(uow, self.cipher, self.settings, now, _ACTOR)
        facts = {"words": said, "phone": piece.phone, "contact": piece.contact}
        values = {key: value for key, value in facts.items() if value}
        return book.open(kind, values, unique_key=piece.key).number

    def taken(self, uow: UnitOfWork, nonce: str) -> Taken | None:
        """Return what is told of a piece."""
        piece = self._find(uow, f"form:{nonce}")
        if piece is None:
            return None
        ticket = self._ticket_of(uow, piece)
        due = words.moment(ticket.due_at) if ticket else ""
        calls = ticket is not None and rules.calls(ticket.kind)
        return Taken(
            f"FB{piece.id}",
            bool(piece.contact),
            rules.is_complaint(piece.nature),
            ticket.number if ticket else "",
            due if calls else "",
            "" if calls else due,
        )

    def _find(self, uow: UnitOfWork, key: str) -> Feedback | None:
        return uow.session.scalar(select(Feedback).where(Feedback.key == key))

    def _ticket_of(self, uow: UnitOfWork, piece: Feedback) -> Ticket | None:
        query = select(Ticket).where(Ticket.number == piece.ticket_number)
        return uow.session.scalar(query) if piece.ticket_number else None


def _one_by_one(uow: UnitOfWork, nonce: str) -> None:
    """Two clicks at once: the second waits here and finds the first. SQLite has one writer."""
    if uow.connection.dialect.name == "postgresql":
        uow.connection.execute(select(func.pg_advisory_xact_lock(int(nonce[:15], 16))))

"""Questions with their right answers, tried before every release; never commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.crypto import Cipher
from storage.models.base import table_of
from storage.models.knowledge import KbTestQuestion

_question = table_of(KbTestQuestion)


@dataclass(frozen=True)
class TestQuestion:
    """A question; ``answers`` are the entries that are right, () when none is."""

    id: int
    text: str
    answers: tuple[str, ...]
    origin: str
    author: str

    # Its name begins like a test's; pytest is not to collect it.
    __test__ = False


class TestQuestions:
    """All labelled questions."""

    __test__ = False

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def all(self) -> list[TestQuestion]:
        """Return all of them, oldest first."""
        columns = (_question.c.id, _question.c.text, _question.c.answers, _question.c.origin)
        rows = self.connection.execute(
            select(*columns, _question.c.author).order_by(_question.c.id)
        )
        return [
            TestQuestion(
                row.id,
                row.text,
                tuple(filter(None, row.answers.split(","))),
                row.origin,
                row.author,
            )
            for row in rows
        ]

    def add(
        self, wanted: Mapping[str, str], origin: str, author: str, cipher: Cipher, now: datetime
    ) -> int:
        """Add questions (text → right entries); return how many were new."""
        blinds = {cipher.blind(f"kb question|{text}"): text for text in wanted}
        known = set(self.connection.execute(select(_question.c.blind)).scalars())
        rows = [
            {
                "text": text,
                "blind": blind,
                "answers": wanted[text],
                "origin": origin,
                "author": author,
                "created_at": now,
            }
            for blind, text in blinds.items()
            if blind not in known
        ]
        if rows:
            self.connection.execute(insert(_question), rows)
        return len(rows)

    def drop(self, number: int) -> None:
        """Take a question out."""
        self.connection.execute(delete(_question).where(_question.c.id == number))

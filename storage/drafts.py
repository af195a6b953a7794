"""What agents have begun to write: one text per person and conversation, whatever the browser.

Two browsers of one agent are told apart by ``rev``: a text is kept only by whoever saw the newest
one, and open pages hear of every change. Never commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.console import AgentDraft
from storage.models.episode import ConsoleEvent
from storage.ownership import Ownership

_draft, _event = table_of(AgentDraft), table_of(ConsoleEvent)
KIND = "draft"


@dataclass(frozen=True)
class Draft:
    """A text, how often it was changed, and the page that wrote it last."""

    text: str = ""
    rev: int = 0
    tab: str = ""


@dataclass(frozen=True)
class Drafts:
    """The drafts of all agents."""

    connection: Connection

    def of(self, conversation: int, agent: str) -> Draft:
        """Return what an agent has begun to write here."""
        query = select(_draft.c.text, _draft.c.rev, _draft.c.tab).where(
            _draft.c.conversation_id == conversation, _draft.c.agent == agent
        )
        row = self.connection.execute(query).first()
        return Draft(row.text, row.rev, row.tab) if row else Draft()

    def keep(
        self, conversation: int, agent: str, draft: Draft, seen: int | None, now: datetime
    ) -> bool:
        """Keep a text whose writer saw revision ``seen``; False when there is a newer one.

        ``seen`` None is a writer who knows of no revisions. The same text again changes nothing.
        """
        if self.of(conversation, agent).text == draft.text:
            return True
        rev = self._write(conversation, agent, draft, seen, now)
        if rev is not None:
            self._tell(conversation, agent, rev, draft.tab, now)
        return rev is not None

    def sent(
        self, conversation: int, agent: str, said: Draft, seen: int | None, now: datetime
    ) -> None:
        """Clear what has been sent; what another browser wrote on since then stays."""
        found = self.of(conversation, agent)
        if found.text.strip() == said.text.strip():
            seen = found.rev
        self.keep(conversation, agent, Draft("", 0, said.tab), seen, now)

    def _write(
        self, conversation: int, agent: str, draft: Draft, seen: int | None, now: datetime
    ) -> int | None:
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        made = dialect.insert(_draft).values(
            conversation_id=conversation, agent=agent, text=draft.text, rev=1, tab=draft.tab, at=now
        )
        changed = made.on_conflict_do_update(
            index_elements=["conversation_id", "agent"],
            set_={
                "text": made.excluded.text,
                "rev": _draft.c.rev + 1,
                "tab": made.excluded.tab,
                "at": made.excluded.at,
            },
            where=None if seen is None else _draft.c.rev == seen,
        )
        found = self.connection.execute(changed.returning(_draft.c.rev)).scalar()
        return None if found is None else int(found)

    def _tell(self, conversation: int, agent: str, rev: int, tab: str, now: datetime) -> None:
        """Let the agent's other pages hear of it; only the newest is worth hearing.

        It is written before the older ones go: the number of the newest event is never used again.
        """
        Ownership(self.connection).tell(KIND, conversation, agent, now, {"rev": rev, "tab": tab})
        mine = (
            _event.c.kind == KIND,
            _event.c.conversation_id == conversation,
            _event.c.agent == agent,
        )
        newest = select(func.max(_event.c.id)).where(*mine).scalar_subquery()
        self.connection.execute(delete(_event).where(*mine, _event.c.id < newest))

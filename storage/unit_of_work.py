"""One transaction and the repositories in it; whoever opened it commits or rolls back."""

from __future__ import annotations

from functools import cached_property

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from storage.audit import Audit
from storage.bindings import Bindings
from storage.cases import Cases
from storage.console_sessions import ConsoleSessions
from storage.conversations import Conversations
from storage.customers import Customers
from storage.floor import Floor
from storage.inbox import Inbox
from storage.knowledge import Knowledge
from storage.ledger import Ledger
from storage.misses import Misses
from storage.outbox import Outbox
from storage.ownership import Ownership
from storage.sources import Sources
from storage.test_questions import TestQuestions


class UnitOfWork:
    """The message path uses ``connection`` (Core, few statements); the rest uses ``session``."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """Return the ORM session of this transaction, opened on first use."""
        if self._session is None:
            # A savepoint of its own: a failed flush must not roll back the neighbours' work.
            self._session = Session(
                self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
            )
            self.audit.watch(self._session)
        return self._session

    def flush(self) -> None:
        """Write what the session still holds; the caller commits the transaction itself."""
        if self._session is not None:
            self._session.commit()
            self._session.close()
        if "ledger" in self.__dict__:
            self.ledger.write()
        # Last of all: whoever writes the chain holds its head until the commit.
        if "audit" in self.__dict__:
            self.audit.write()

    @cached_property
    def audit(self) -> Audit:
        """Return the chain of reads, decisions and edits."""
        return Audit(self.connection)

    @cached_property
    def ledger(self) -> Ledger:
        """Return the ledger that every figure is counted from."""
        return Ledger(self.connection)

    @cached_property
    def conversations(self) -> Conversations:
        """Return the conversations and messages."""
        return Conversations(self.connection)

    @cached_property
    def ownership(self) -> Ownership:
        """Return who has the floor where."""
        return Ownership(self.connection)

    @cached_property
    def sources(self) -> Sources:
        """Return where customers come from."""
        return Sources(self.connection)

    @cached_property
    def inbox(self) -> Inbox:
        """Return the conversations as staff see them."""
        return Inbox(self.connection)

    @cached_property
    def floor(self) -> Floor:
        """Return the people at work and who waits for them."""
        return Floor(self.session)

    @cached_property
    def outbox(self) -> Outbox:
        """Return what we owe."""
        return Outbox(self.connection, self.ledger)

    @property
    def owes(self) -> bool:
        """Tell whether this work has put something into the outbox."""
        return "outbox" in self.__dict__ and self.outbox.added > 0

    @cached_property
    def customers(self) -> Customers:
        """Return customers, policies and proofs of identity."""
        return Customers(self.session)

    @cached_property
    def bindings(self) -> Bindings:
        """Return bindings, staff checks and consents."""
        return Bindings(self.session)

    @cached_property
    def cases(self) -> Cases:
        """Return claims, complaints, tickets, hand-offs and surveys."""
        return Cases(self.session, self.ledger)

    @cached_property
    def console_sessions(self) -> ConsoleSessions:
        """Return the log-ins of the console."""
        return ConsoleSessions(self.session)

    @cached_property
    def knowledge(self) -> Knowledge:
        """Return the versions and releases of the knowledge base."""
        return Knowledge(self.session)

    @cached_property
    def misses(self) -> Misses:
        """Return the pool of questions we could not answer well."""
        return Misses(self.connection)

    @cached_property
    def test_questions(self) -> TestQuestions:
        """Return the questions that are tried before every release."""
        return TestQuestions(self.connection)

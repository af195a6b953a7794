"""Two people who are in every table there is: what is done for one must not touch the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Float, Integer, select
from sqlalchemy.orm import Session

from bot.clock import SHANGHAI
from storage.crypto import Cipher, EncryptedJson, EncryptedText
from storage.demo.identifiers import id_number
from storage.models.base import Moment
from storage.models.tables import Base
from storage.personal.declaration import rules

NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
LONG_AGO = datetime(2015, 3, 1, 10, tzinfo=SHANGHAI)
# What the constraints of a table want, where a made-up word would not do.
_FIXED: dict[tuple[str, str], Any] = {
    ("kb_miss", "kind"): "unanswered",
    ("kb_cluster", "state"): "open",
    ("policy", "status"): "满期",
    ("claim", "status"): "closed",
    ("complaint", "status"): "closed",
    ("application", "status"): "closed",
    ("ticket", "status"): "done",
    ("outbox_item", "status"): "sent",
    ("conversation", "channel"): "webchat",
    ("conversation", "account"): "web",
    ("conversation", "owner"): "bot",
    ("customer", "kind"): "person",
    ("service_request", "open_key"): None,
}

_NUMBERED = ("claim", "complaint", "ticket", "handoff", "service_request", "application")
# What others point at goes in first.
_FIRST = ("customer", "conversation", "policy", "qa_plan", "improvement", "feedback_cluster")
# Columns in clear where words of a customer may stand; the others hold words of our own.
_TOLD = {
    ("access_log", "what"),
    ("media", "ref"),
    ("idempotent_request", "response"),
    ("claim_document", "reason"),
}


@dataclass
class Somebody:
    """A person with rows everywhere; ``at`` is when everything happened and ended."""

    cipher: Cipher
    serial: int
    at: datetime = LONG_AGO
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return an unmistakable name."""
        return f"欧阳测试{self.serial}号"

    @property
    def phone(self) -> str:
        """Return a phone of the demo block."""
        return f"138000007{self.serial:02d}"

    @property
    def paper(self) -> str:
        """Return an identity number that nobody has."""
        return id_number(date(1970, 5, 17), 700 + self.serial)

    @property
    def peer(self) -> str:
        """Return the channel's name for them."""
        return f"oOpenid{self.serial:02d}abcdefgh"

    @property
    def policy(self) -> str:
        """Return their policy's number."""
        return f"TATJ20159{self.serial:07d}"

    @property
    def plate(self) -> str:
        """Return their plate."""
        return f"津TQ{self.serial:04d}"

    @property
    def words(self) -> list[str]:
        """Return everything by which somebody would know them."""
        plain = [self.name, self.phone, self.paper, self.peer, self.policy, self.plate]
        return plain + [self.cipher.blind(word) for word in (self.phone, self.paper)]

    def settle(self, session: Session) -> None:
        """Write a row into every table that may hold something about a person."""
        for name in _FIRST:
            self._insert(session, name)
        for name, rule in rules().items():
            # The chain writes its own links.
            if rule.personal and name not in self.keys and name != "audit_entry":
                self._insert(session, name)
        session.flush()

    def _insert(self, session: Session, name: str) -> None:
        table = Base.metadata.tables[name]
        values = {
            column.name: self._value(name, column)
            for column in table.columns
            if not (column.primary_key and isinstance(column.type, BigInteger | Integer))
            or column.foreign_keys
            or column.autoincrement is False
        }
        key = next(iter(table.primary_key))
        self.keys[name] = session.execute(table.insert().values(values).returning(key)).scalar()

    def _value(self, table: str, column: Column[Any]) -> Any:
        if (table, column.name) in _FIXED:
            return _FIXED[table, column.name]
        if column.foreign_keys:
            (target,) = column.foreign_keys
            return self.keys.get(target.column.table.name)
        return self._tied(table, column.name) or self._made(table, column)

    def _tied(self, table: str, column: str) -> Any:
        number = f"{table[:2].upper()}2015030100{self.serial:04d}"
        known: dict[tuple[str, str], Any] = {
            ("conversation", "peer"): self.peer,
            ("outbox_item", "peer"): self.peer,
            ("policy", "number"): self.policy,
            ("claim", "policy_number"): self.policy,
            ("customer", "name"): self.name,
            ("customer", "id_number"): self.paper,
            ("customer", "phone"): self.phone,
            ("customer", "id_blind"): self.cipher.blind(self.paper),
            ("customer", "ref"): f"REF{self.serial}",
            ("policy_link", "policy_number"): self.policy,
            ("policy_delivery", "policy_number"): self.policy,
            ("service_request", "policy_number"): self.policy,
            ("application_payment", "application_number"): f"AP2015030100{self.serial:04d}",
            ("application", "policy_number"): self.policy,
            ("complaint_party", "complaint_number"): f"CO2015030100{self.serial:04d}",
            ("service_document", "service_number"): f"SE2015030100{self.serial:04d}",
            ("access_grant", "grantee_blind"): self.cipher.blind(self.phone),
            ("restricted_record", "subject"): f"TI2015030100{self.serial:04d}",
            ("media", "path"): f"folder/{self.serial}.jpg",
        }
        if column == "phone_blind":
            return self.cipher.blind(self.phone)
        if column == "plate":
            return self.plate
        if column == "number" and table in _NUMBERED:
            return number
        if column in ("case_number", "claim_number"):
            return f"CL2015030100{self.serial:04d}"
        return known.get((table, column))

    def _made(self, table: str, column: Column[Any]) -> Any:
        kind, at = column.type, self.at
        for wanted, value in (
            (Moment, at),
            (Date, at.date() + timedelta(days=self.serial)),
            (EncryptedJson, self._json(table)),
            (JSON, self._json(table) if table == "policy" else {}),
            (Boolean, False),
            (Float, 0.5),
            ((BigInteger, Integer), self.serial),
        ):
            if isinstance(kind, wanted):
                return value
        length = getattr(kind, "length", None) or 200
        told = isinstance(kind, EncryptedText) or (table, column.name) in _TOLD
        return f"{self.name if told else ''}{column.name}{self.serial}"[:length]

    def _json(self, table: str) -> Any:
        return [] if table == "policy_snapshot" else {"insured": self.name, "to": self.phone}


def traces(session: Session, words: list[str], leave: tuple[str, ...] = ()) -> list[str]:
    """Return where any of the words stands in any table, everything decrypted."""
    session.expire_all()
    found = []
    for name, table in Base.metadata.tables.items():
        if name in leave:
            continue
        for row in session.execute(select(table)).mappings():
            found += [
                f"{name}.{column}"
                for column, value in row.items()
                if any(word in str(value) for word in words)
            ]
    return sorted(set(found))

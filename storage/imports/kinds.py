"""The three kinds of table: how a row is read, and how it goes into the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from storage.crypto import Cipher
from storage.imports import cells
from storage.imports.cells import CellError

Values = Mapping[str, Any]
Parse = Callable[[str], Any]
_NAME, _ID, _PHONE = b"customer.name", b"customer.id_number", b"customer.phone"


@dataclass(frozen=True)
class Parent:
    """The table that a row belongs to, and by which column it is found."""

    table: str
    column: str
    field: str
    advice: str


@dataclass(frozen=True)
class Kind:
    """One kind. ``staged`` are the columns beside line, key and parent, with their SQL types.

    ``moments``, ``days`` and ``json`` name the columns of these kinds; ``kept`` those that an
    empty cell leaves as they are; ``sealed`` those that cannot be compared in the database.
    """

    name: str
    table: str
    key: str
    staged: Mapping[str, str]
    parsers: Mapping[str, Parse]
    build: Callable[[Values, Cipher], Sequence[Any]]
    parent: Parent | None = None
    link: str = ""
    moments: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()


def _customer(values: Values, cipher: Cipher) -> Sequence[Any]:
    firm = values.get("kind") == "firm"
    raw, paper = str(values["id_number"]), values.get("id_type")
    try:
        if paper == "other":
            number = cells.other_paper(raw)
        elif paper == "credit" or (firm and paper is None):
            number, firm = cells.credit(raw), True
        else:
            number = cells.identity(raw)
    except CellError as error:
        raise CellError("id_number", str(error)) from None
    name, phone = values["name"], values["phone"]
    return (
        "firm" if firm else "person",
        cipher.seal(name.encode(), _NAME),
        cipher.seal(number.encode(), _ID),
        cipher.blind(number),
        cipher.seal(phone.encode(), _PHONE),
        cipher.blind(phone),
    )


CUSTOMERS = Kind(
    name="customers",
    table="customer",
    key="ref",
    staged={
        "kind": "TEXT",
        "name": "BLOB",
        "id_number": "BLOB",
        "id_blind": "TEXT",
        "phone": "BLOB",
        "phone_blind": "TEXT",
    },
    parsers={
        "ref": cells.key,
        "name": cells.words,
        "id_number": str.strip,
        "phone": cells.phone,
    },
    build=_customer,
    sealed=("name", "id_number", "phone"),
)

_DETAILS = ("insured", "subject", "coverages", "special", "clause")


def _policy(values: Values, cipher: Cipher) -> Sequence[Any]:
    starts_at, ends_on = values["starts_at"], values["ends_on"]
    if ends_on < cells.moment(starts_at).date():
        raise CellError("ends_on", "早于起保时间，请核对两列是不是填反了")
    details = {field: values[field] for field in _DETAILS if values.get(field)}
    if values.get("plate") and "subject" not in details:
        details["subject"] = values["plate"]
    return (
        values["line"],
        values["product"],
        values.get("plate"),
        cells.moment_text(starts_at),
        ends_on.isoformat(),
        values["status"],
        values["premium"],
        values.get("payment"),
        orjson.dumps(details).decode(),
    )


def _checked_moment(text: str) -> str:
    cells.moment(text)
    return text


POLICIES = Kind(
    name="policies",
    table="policy",
    key="number",
    staged={
        "line": "TEXT",
        "product": "TEXT",
        "plate": "TEXT",
        "starts_at": "TEXT",
        "ends_on": "TEXT",
        "status": "TEXT",
        "premium_fen": "BIGINT",
        "payment": "TEXT",
        "details": "TEXT",
    },
    parsers={
        "number": cells.key,
        "customer": cells.key,
        "product": cells.words,
        "plate": cells.plate,
        "starts_at": _checked_moment,
        "ends_on": cells.last_day,
        "premium": cells.fen,
        "insured": cells.words,
        "subject": cells.words,
        "coverages": cells.coverages,
        "special": cells.long_words,
        "clause": cells.words,
    },
    build=_policy,
    parent=Parent("customer", "ref", "customer", "请先导入客户，或改正编号"),
    link="customer_id",
    moments=("starts_at",),
    days=("ends_on",),
    json=("details",),
    kept=("plate", "payment"),
)


def _payment(values: Values, cipher: Cipher) -> Sequence[Any]:
    return (
        values["amount"],
        cells.moment_text(values["paid_at"]),
        values["method"],
        values.get("status"),
        values.get("invoice"),
    )


PAYMENTS = Kind(
    name="payments",
    table="payment",
    key="ref",
    staged={
        "amount_fen": "BIGINT",
        "paid_at": "TEXT",
        "method": "TEXT",
        "status": "TEXT",
        "invoice": "TEXT",
    },
    parsers={
        "ref": cells.key,
        "policy": cells.key,
        "amount": cells.fen,
        "paid_at": _checked_moment,
        "invoice": cells.words,
    },
    build=_payment,
    parent=Parent("policy", "number", "policy", "请先导入保单，或改正保单号"),
    link="policy_id",
    moments=("paid_at",),
    kept=("status", "invoice"),
)

KINDS = {kind.name: kind for kind in (CUSTOMERS, POLICIES, PAYMENTS)}
# What a new row has where the file says nothing.
DEFAULTS = {
    ("policy", "payment"): "待缴",
    ("payment", "status"): "已到账",
    ("payment", "invoice"): "",
}

"""Does what somebody says fit a customer? Compared in the same time whatever is wrong."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from datetime import date

from bot.back_office import Values
from storage.models.customer import Customer
from storage.models.policy import Policy

_WHOLE, _FULL_TAIL, _TAIL = 18, 6, 4


def fits(customer: Customer, proof: Values, policies: Iterable[Policy], home: int) -> bool:
    """Six last characters of the document suffice; four need a second thing that fits.

    ``home`` is the record that holds the customer's policies: another one where it was joined.
    """
    number = str(proof.get("document") or proof.get("id_tail") or "").upper()
    if len(number) not in (*range(_TAIL, _FULL_TAIL + 1), _WHOLE):
        return False
    own = customer.id_number.upper()
    right = hmac.compare_digest(own[-len(number) :].encode(), number.encode())
    second = _second(customer, proof, [p for p in policies if p.customer_id == home])
    return right and (len(number) >= _FULL_TAIL or second)


def is_minor(customer: Customer, today: date, adult_years: int) -> bool:
    """Tell whether the document says that the customer is not of age yet."""
    number = customer.id_number
    if customer.kind != "person" or len(number) != _WHOLE or not number[6:14].isdigit():
        return False
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    return (today.year - year, today.month, today.day) < (adult_years, month, day)


def _second(customer: Customer, proof: Values, mine: Sequence[Policy]) -> bool:
    """Name, plate, policy number or vehicle number: one of them is the customer's."""
    vin = str(proof.get("vin") or "")
    return any(
        (
            proof.get("name") == customer.name,
            _given(proof, "plate") in {policy.plate for policy in mine},
            _given(proof, "policy_number") in {policy.number for policy in mine},
            bool(vin) and any(vin.endswith(tail) for tail in map(_vin_tail, mine) if tail),
        )
    )


def _given(proof: Values, key: str) -> object:
    """Return a proof; what was not given is in no set."""
    return proof.get(key) or object()


def _vin_tail(policy: Policy) -> str:
    return str(policy.details.get("vehicle", {}).get("vin_tail", ""))

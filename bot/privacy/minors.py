"""Whose data needs a guardian: children, by the day of birth in their identity number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from storage.models.customer import Customer
from storage.rules.retention import retention


def is_minor(session: Session, customers: Iterable[int], today: date) -> bool:
    """Tell whether one of these customers is a child."""
    found = (session.get(Customer, key) for key in customers)
    return any(one is not None and _young(one.id_number, today) for one in found)


def _young(id_number: str, today: date) -> bool:
    born = id_number[6:14]
    if len(id_number) != 18 or not born.isdigit():
        return False
    age = retention().minor_age
    try:
        return date(int(born[:4]) + age, int(born[4:6]), min(int(born[6:]), 28)) > today
    except ValueError:
        return False

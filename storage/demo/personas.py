"""Five fixed customers to log in as: phone, code, and the last six of the identity number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.demo import identifiers


@dataclass(frozen=True)
class Persona:
    """A customer that never changes, whatever the seed."""

    key: str
    ref: str
    kind: str
    name: str
    phone: str
    id_number: str
    plate: str | None
    has: str

    @property
    def id_tail(self) -> str:
        """Return what this customer types to prove who they are."""
        return self.id_number[-6:]


DRIVER = Persona(
    key="driver",
    ref="DEMO-0001",
    kind="person",
    name="张伟示",
    phone=identifiers.phone(1),
    id_number=identifiers.id_number(date(1986, 3, 12), 17),
    plate="津X58M20",
    has="交强险、商业车险 12 天后到期；车险案件正在定损",
)
FIRM = Persona(
    key="firm",
    ref="DEMO-0002",
    kind="firm",
    name="天津示例海鸥商贸有限公司",
    phone=identifiers.phone(2),
    id_number=identifiers.credit_code(2),
    plate="津Y3A609",
    has="企财、雇主责任、公众责任、货运和车险；雇主责任案件核定中",
)
ELDERLY = Persona(
    key="elderly",
    ref="DEMO-0003",
    kind="person",
    name="李秀兰示",
    phone=identifiers.phone(3),
    id_number=identifiers.id_number(date(1951, 10, 5), 26),
    plate=None,
    has="老年意外险 7 天后到期、家财险有效；意外医疗案件待补材料",
)
COMPLAINANT = Persona(
    key="complainant",
    ref="DEMO-0004",
    kind="person",
    name="王强示",
    phone=identifiers.phone(4),
    id_number=identifiers.id_number(date(1990, 7, 21), 33),
    plate="津ZD60717",
    has="新能源车险有效；理赔投诉调查中，9 天后到答复期限",
)
NEWCOMER = Persona(
    key="newcomer",
    ref="DEMO-0005",
    kind="person",
    name="陈静示",
    phone=identifiers.phone(5),
    id_number=identifiers.id_number(date(1998, 1, 30), 48),
    plate=None,
    has="没有任何保单、案件和投诉",
)
PERSONAS = (DRIVER, FIRM, ELDERLY, COMPLAINANT, NEWCOMER)

"""Demo policies: whose, of which kind, and when they end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from bot.clock import SHANGHAI
from storage.demo import personas
from storage.demo.customers import Client
from storage.demo.products import PRODUCTS, SENIOR, Product
from storage.demo.vehicles import Garage, Vehicle

# Days to the end that reminders look for (domain.md 5.4); every fifth policy or so has one.
REMINDER_DAYS = (30, 15, 7, 1, 0, -1)
_FIRST_END, _LAST_END = -40, 400
_CARS, _FIRM_CARS = 108, 12
_DRIVER_ACCIDENTS = 36
_EARLY_ENDS = 4
_WAYS = ("微信支付", "支付宝", "银行转账")
_PERSONAL = (("accident", 38), ("health", 24), ("home", 36))
_CORPORATE = (("property", 13), ("employer", 11), ("public", 10), ("cargo", 11), ("surety", 8))


@dataclass(frozen=True)
class Cover:
    """A policy before it is stored."""

    number: str
    client: Client
    product: Product
    starts_on: date
    ends_on: date
    status: str
    premium_fen: int
    payment: str
    details: dict[str, Any]
    vehicle: Vehicle | None = None

    def row(self, customer_id: int) -> dict[str, Any]:
        """Return the row."""
        return {
            "number": self.number,
            "customer_id": customer_id,
            "line": self.product.line,
            "product": self.product.name,
            "plate": self.vehicle.plate if self.vehicle else None,
            "starts_at": datetime.combine(self.starts_on, time(), SHANGHAI),
            "ends_on": self.ends_on,
            "status": self.status,
            "premium_fen": self.premium_fen,
            "payment": self.payment,
            "details": self.details,
        }


@dataclass
class Portfolio:
    """Writes policies as of ``today``."""

    rng: Random
    today: date
    covers: list[Cover] = field(default_factory=list)

    def write(
        self, client: Client, product: Product, ends_in: int, vehicle: Vehicle | None = None
    ) -> Cover:
        """Add a policy for one year that ends ``ends_in`` days from today."""
        ends_on = self.today + timedelta(days=ends_in)
        starts_on = _year_before(ends_on + timedelta(days=1))
        issued_on = min(starts_on - timedelta(days=self.rng.randint(1, 20)), self.today)
        fen, details = product.offer(self.rng, client, vehicle)
        status = self._status(starts_on, ends_on)
        payment = self._payment(product, status)
        cover = Cover(
            # The count makes the number unique; a real branch counts per day.
            number=f"TATJ{issued_on:%Y%m%d}{len(self.covers) + 1:06d}",
            client=client,
            product=product,
            starts_on=starts_on,
            ends_on=ends_on,
            status=status,
            premium_fen=fen,
            payment=payment,
            details=details | self._payments(payment, issued_on, fen),
            vehicle=vehicle,
        )
        self.covers.append(cover)
        return cover

    def _status(self, starts_on: date, ends_on: date) -> str:
        if starts_on > self.today:
            return "未生效"
        return "满期" if ends_on < self.today else "有效"

    def _payment(self, product: Product, status: str) -> str:
        if status == "未生效" and self.rng.random() < 0.4:
            return "待缴"
        # Compulsory motor is paid at once, by law (CTPL 12).
        large = product.kind in ("property", "employer", "public", "cargo")
        return "部分缴费" if large and self.rng.random() < 0.2 else "已缴清"

    def _payments(self, payment: str, on: date, fen: int) -> dict[str, Any]:
        """Return what was paid, when and how; half of it where the rest is open."""
        if payment == "待缴":
            return {}
        amount = fen // 2 if payment == "部分缴费" else fen
        way = _WAYS[len(self.covers) % len(_WAYS)]
        return {"payments": [{"paid_on": str(on), "amount_fen": amount, "way": way}]}


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def portfolio(rng: Random, today: date, clients: list[Client]) -> list[Cover]:
    """Return all demo policies."""
    book = Portfolio(rng, today)
    garage = Garage(rng, {p.plate for p in personas.PERSONAS if p.plate})
    by_ref = {client.ref: client for client in clients}
    _write_personas(book, garage, by_ref)
    fixed = {persona.ref for persona in personas.PERSONAS}
    persons = [c for c in clients if c.kind == "person" and c.ref not in fixed]
    firms = [c for c in clients if c.kind == "firm" and c.ref not in fixed]
    _write_motor(book, garage, persons, firms)
    # From the far end, so that people without a car have something too.
    _write_others(book, _PERSONAL, persons[::-1])
    _write_others(book, _CORPORATE, firms)
    return _with_early_ends(rng, book.covers)


def _ends_in(rng: Random, index: int) -> int:
    """Return an exact reminder day for some, and any day for the others."""
    if index % 3 == 0:
        return REMINDER_DAYS[index // 3 % len(REMINDER_DAYS)]
    return rng.randint(_FIRST_END, _LAST_END)


def _write_personas(book: Portfolio, garage: Garage, by_ref: dict[str, Client]) -> None:
    driver, firm = by_ref[personas.DRIVER.ref], by_ref[personas.FIRM.ref]
    elderly, complainant = by_ref[personas.ELDERLY.ref], by_ref[personas.COMPLAINANT.ref]
    car = garage.car(electric=False, use="家庭自用", plate=personas.DRIVER.plate)
    book.write(driver, PRODUCTS["compulsory"], 12, car)
    book.write(driver, PRODUCTS["commercial"], 12, car)
    book.write(driver, PRODUCTS["driver_accident"], 150, car)
    van = garage.car(electric=False, use="企业非营业", plate=personas.FIRM.plate)
    book.write(firm, PRODUCTS["compulsory"], 88, van)
    book.write(firm, PRODUCTS["commercial"], 88, van)
    for kind, ends_in in (("property", 15), ("employer", 201), ("public", 120), ("cargo", 45)):
        book.write(firm, PRODUCTS[kind], ends_in)
    book.write(elderly, SENIOR, 7)
    book.write(elderly, PRODUCTS["home"], 210)
    electric = garage.car(electric=True, use="家庭自用", plate=personas.COMPLAINANT.plate)
    book.write(complainant, PRODUCTS["compulsory"], 160, electric)
    book.write(complainant, PRODUCTS["new_energy"], 160, electric)


def _write_motor(
    book: Portfolio, garage: Garage, persons: list[Client], firms: list[Client]
) -> None:
    for index in range(_CARS):
        company = index >= _CARS - _FIRM_CARS
        client = firms[index % len(firms)] if company else persons[index]
        use = "企业非营业" if company else "家庭自用"
        electric = index % 10 in (1, 4, 7)
        car = garage.car(electric=electric, use=use)
        ends_in = _ends_in(book.rng, index)
        kinds = ["compulsory"]
        if electric or index % 12:
            kinds.append("new_energy" if electric else "commercial")
        for kind in kinds:
            book.write(client, PRODUCTS[kind], ends_in, car)
        # Half of what has ended was renewed, so that a job has something to leave alone.
        if ends_in < -1 and index % 2:
            for kind in kinds:
                book.write(client, PRODUCTS[kind], ends_in + 365, car)
        if not company and index < _DRIVER_ACCIDENTS:
            book.write(client, PRODUCTS["driver_accident"], _ends_in(book.rng, index), car)


def _write_others(
    book: Portfolio, wanted: tuple[tuple[str, int], ...], clients: list[Client]
) -> None:
    kinds = [kind for kind, count in wanted for _ in range(count)]
    for index, kind in enumerate(kinds):
        book.write(clients[index % len(clients)], PRODUCTS[kind], _ends_in(book.rng, index))


def _with_early_ends(rng: Random, covers: list[Cover]) -> list[Cover]:
    """Return the policies with a few surrendered, cancelled or terminated ones.

    Compulsory cover is left out: it ends early only when the car is gone (CTPL 16).
    """
    fixed = {persona.ref for persona in personas.PERSONAS}
    eligible = [
        index
        for index, cover in enumerate(covers)
        if cover.status == "有效"
        and cover.client.ref not in fixed
        and cover.product.kind != "compulsory"
    ]
    statuses = [status for status in ("退保", "终止", "注销") for _ in range(_EARLY_ENDS)]
    changed = list(covers)
    for index, status in zip(rng.sample(eligible, len(statuses)), statuses, strict=True):
        changed[index] = replace(covers[index], status=status)
    return changed

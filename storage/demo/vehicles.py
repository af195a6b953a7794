"""Cars of demo customers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from storage.demo import identifiers, vocabulary


@dataclass(frozen=True)
class Vehicle:
    """A car as its policies describe it."""

    plate: str
    model: str
    price_yuan: int
    vin: str
    engine_tail: str
    use: str
    electric: bool

    def details(self) -> dict[str, Any]:
        """Return what a policy keeps: tails instead of whole numbers."""
        return {
            "plate": self.plate,
            "vin_tail": self.vin[-6:],
            "engine_tail": self.engine_tail,
            "model": self.model,
            "use": self.use,
            "seats": 5,
            "energy": "新能源" if self.electric else "燃油",
        }


class Garage:
    """Makes cars; no two with the same plate."""

    def __init__(self, rng: Random, taken: set[str]) -> None:
        self._rng = rng
        self._plates = set(taken)

    def car(self, *, electric: bool, use: str, plate: str | None = None) -> Vehicle:
        """Return a new car."""
        models = vocabulary.ELECTRIC_MODELS if electric else vocabulary.FUEL_MODELS
        model, price = self._rng.choice(models)
        return Vehicle(
            plate=plate or self._fresh_plate(electric=electric),
            model=model,
            price_yuan=price,
            vin=identifiers.vin(self._rng),
            engine_tail=f"{self._rng.randrange(10**4):04d}",
            use=use,
            electric=electric,
        )

    def _fresh_plate(self, *, electric: bool) -> str:
        make = identifiers.electric_plate if electric else identifiers.fuel_plate
        while (plate := make(self._rng)) in self._plates:
            pass
        self._plates.add(plate)
        return plate

"""Invented identifiers that pass every format check and belong to nobody.

* Identity numbers (GB 11643) start with 990101. No administrative division (GB/T 2260) starts
  with 99, so no such number was ever issued; the check digit is right.
* Credit codes (GB 32100) carry the same impossible division: 91990101 + organisation code.
* Phones are 13800000000–13800000999, the block that forms all over China use as a sample. China
  reserves no range for fiction, so the protection is another: with demo data the SMS gateway
  writes to a file, and the configuration refuses demo data behind a public address.
* Plates are 津 with T, U, V, X, Y or Z: valid by `domain.md` 5.8, and to our knowledge letters
  under which Tianjin registers no private cars.
* VINs (GB 16735) start with LZZZZ and have the right check digit; policies keep the tail only.
"""

from __future__ import annotations

from datetime import date
from random import Random

REGION = "990101"
PHONE_BLOCK = 13_800_000_000

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_LETTERS = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_VIN_PLACE = 8
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_PLATE_OFFICES = "TUVXYZ"


def id_number(birthday: date, sequence: int) -> str:
    """Return an identity number; an odd ``sequence`` (0–999) is a man's."""
    body = f"{REGION}{birthday:%Y%m%d}{sequence:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + _ID_CHECKS[total % 11]


def credit_code(serial: int) -> str:
    """Return a unified social credit code with valid organisation code inside."""
    organisation = f"MA{serial:06d}"
    digits = [int(character, 36) for character in organisation]
    rest = 11 - sum(d * w for d, w in zip(digits, _ORGANISATION_WEIGHTS, strict=True)) % 11
    body = f"91{REGION}{organisation}" + {10: "X", 11: "0"}.get(rest, str(rest))
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _CREDIT_ALPHABET[-total % 31]


def phone(serial: int) -> str:
    """Return the phone ``serial`` (0–999) of the demo block."""
    return str(PHONE_BLOCK + serial)


def vin(rng: Random) -> str:
    """Return a vehicle identification number with its check digit."""
    body = f"LZZZZ{rng.randrange(1000):03d}0{rng.choice('NPRSTVW')}Z{rng.randrange(10**6):06d}"
    values = (int(_VIN_LETTERS.get(character, character)) for character in body)
    total = sum(value * weight for value, weight in zip(values, _VIN_WEIGHTS, strict=True))
    check = "X" if total % 11 == 10 else str(total % 11)
    return body[:_VIN_PLACE] + check + body[_VIN_PLACE + 1 :]


def fuel_plate(rng: Random) -> str:
    """Return a plate of seven characters, usually with one letter among the last five."""
    tail = list(f"{rng.randrange(10**5):05d}")
    if rng.random() < 0.6:
        tail[rng.randrange(5)] = rng.choice(_PLATE_LETTERS)
    return f"津{rng.choice(_PLATE_OFFICES)}{''.join(tail)}"


def electric_plate(rng: Random) -> str:
    """Return a plate of eight characters of a small pure electric (D) or hybrid (F) car."""
    return f"津{rng.choice(_PLATE_OFFICES)}{rng.choice('DDDF')}{rng.randrange(10**5):05d}"

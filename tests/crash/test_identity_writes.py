"""kill -9 at every statement of binding, granting, agreeing and ending it: all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

from storage import schema
from storage.database import open_engine
from storage.models.identity import AccessGrant
from storage.unit_of_work import UnitOfWork
from tests import warm
from tests.storage.identity_kit import GRANTEE, NOW, PHONE, SECRET, Town, town

_COUNTS = {
    "codes": "SELECT count(*) FROM one_time_code",
    "texts": "SELECT count(*) FROM outbox_item WHERE kind = 'code'",
    "bound": "SELECT count(*) FROM conversation WHERE customer_id IS NOT NULL",
    "bindings": "SELECT count(*) FROM identity_binding WHERE ended_at IS NULL",
    "ended": "SELECT count(*) FROM identity_binding WHERE ended_at IS NOT NULL",
    "forgotten": "SELECT count(*) FROM one_time_code WHERE forgotten_at IS NOT NULL",
    "logged": "SELECT count(*) FROM access_log WHERE what LIKE 'identity verified%'",
    "unbound": "SELECT count(*) FROM access_log WHERE what = 'identity unbound'",
    "agreed": "SELECT count(*) FROM consent WHERE given",
    "withdrawn": "SELECT count(*) FROM consent WHERE NOT given",
    "grants": "SELECT count(*) FROM access_grant",
    "granted": "SELECT count(*) FROM access_log WHERE what LIKE 'grant AU%given'",
    "revoked": "SELECT count(*) FROM access_grant WHERE revoked_at IS NOT NULL",
    "revocations": "SELECT count(*) FROM access_log WHERE what LIKE 'grants revoked%'",
    "numbers": "SELECT coalesce(sum(last), 0) FROM number_sequence WHERE prefix = 'AU'",
    "used": "SELECT count(*) FROM access_grant WHERE used_by IS NOT NULL",
    "accepted": "SELECT count(*) FROM access_log WHERE what LIKE 'grant AU%accepted'",
    "failures": "SELECT count(*) FROM verification_failure",
    "stopped": "SELECT count(*) FROM opt_out",
}


def _run(url: str, what: str, *deadly: int) -> list[int]:
    done = warm.run("tests.crash.identity_writes", url, what, *map(str, deadly))
    return [int(line) for line in done.stdout.split()]


def _counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        found = {name: connection.execute(text(sql)).scalar() for name, sql in _COUNTS.items()}
    return {name: int(value or 0) for name, value in found.items()}


@pytest.mark.parametrize(
    "what", ["code", "bind", "grant", "revoke", "withdraw", "unbind", "use", "unlock", "stop"]
)
def test_it_is_whole_or_not_there(what: str, tmp_path: Path) -> None:
    """Killed at each statement; then done, and everything that belongs together is there."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    place = town(engine)
    if what not in ("code", "bind", "use"):
        place.ways.run(lambda uow: place.grant(uow) if what == "revoke" else place.bind(uow))
    if what == "use":
        place.ways.run(lambda uow: _known_grant(place, uow))
    if what == "unlock":
        blind = place.cipher.blind(PHONE)
        place.ways.run(lambda uow: uow.customers.add_failure(1, blind, NOW))
    if what == "withdraw":
        place.ways.run(lambda uow: place.office(uow).give_consent("identity", "chat"))
    before = _counts(engine)
    outcomes = _run(url, what, *range(1, 60))
    assert outcomes.count(-9) >= 2
    assert outcomes[-1] == 0
    _check(_counts(engine), before, what)
    place.ways.close()


def _known_grant(place: Town, uow: UnitOfWork) -> None:
    """Give a grant, and let its code be one that the killed process knows."""
    place.grant(uow)
    place.prove_phone(uow, GRANTEE, "friend")
    blind = place.cipher.blind(GRANTEE)
    known = place.cipher.blind(f"grant:{blind}:482913")
    uow.session.execute(update(AccessGrant).values(code_hash=known))


def _check(counts: dict[str, int], before: dict[str, int], what: str) -> None:
    assert counts["codes"] == counts["texts"]
    assert counts["bound"] == counts["bindings"] == counts["logged"] - counts["ended"]
    assert counts["grants"] == counts["granted"] == counts["numbers"]
    assert counts["ended"] == counts["unbound"] == counts["forgotten"]
    assert counts["revoked"] == counts["revocations"]
    # Used again by the same identity it is logged again, and is still one grant in use.
    assert counts["used"] == min(1, counts["accepted"])
    grown = {name for name, count in counts.items() if count > before[name]}
    assert _GROWS[what] <= grown
    assert counts["failures"] == 0
    if what == "withdraw":
        assert counts["unbound"] == 1
        assert counts["withdrawn"] >= 1


_GROWS = {
    "code": {"codes", "texts"},
    "bind": {"bound", "bindings", "agreed", "logged"},
    "grant": {"grants", "granted"},
    "revoke": {"revoked", "revocations"},
    "withdraw": {"withdrawn", "ended", "unbound"},
    "unbind": {"ended", "unbound"},
    "use": {"used", "accepted"},
    "unlock": set(),
    "stop": {"stopped"},
}

"""Every form on every page of the console: token, log-in, role."""

from __future__ import annotations

import re

from fastapi.routing import APIRoute

from bot.console import entrance
from bot.console.app import DESKS
from tests.bot.console.conftest import House

_OPEN = {"/console/login"}


def posts() -> list[tuple[str, str]]:
    """Return method and a concrete path of everything that changes something."""
    return [
        (method, re.sub(r"\{[^}]*\}", "1", route.path))
        for router in (entrance.router, *DESKS)
        for route in router.routes
        if isinstance(route, APIRoute) and route.path not in _OPEN
        for method in (route.methods or set()) - {"GET", "HEAD"}
    ]


def test_no_form_works_without_its_token(house: House) -> None:
    """A missing or foreign token is refused before anything is looked at."""
    browser, other = house.log_in("admin"), house.log_in("刘洋")
    foreign = other.headers["X-CSRF-Token"]
    found = posts()
    assert found
    for method, path in found:
        for token in ("", "wrong", foreign):
            answer = browser.request(method, path, headers={"X-CSRF-Token": token}, data={})
            assert answer.status_code == 403, (method, path, token)


def test_no_form_works_without_a_log_in(house: House) -> None:
    """Whoever is not logged in is sent to the door."""
    for method, path in posts():
        answer = house.browser().request(method, path, data={})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/login"), path

"""Every form on every page of the console: token, log-in, role."""

from __future__ import annotations

from bot import web_parts
from tests.bot.console.conftest import House
from tests.bot.console.routes import changing, concrete

_OPEN = {"/console/login"}


def posts(house: House) -> list[tuple[str, str]]:
    """Return method and a concrete path of everything that changes something."""
    found = changing(web_parts.console(house.app))
    return [(method, concrete(path)) for method, path in found if path not in _OPEN]


def test_no_form_works_without_its_token(house: House) -> None:
    """A missing or foreign token is refused before anything is looked at."""
    browser, other = house.log_in("admin"), house.log_in("刘洋")
    foreign = other.headers["X-CSRF-Token"]
    found = posts(house)
    assert len(found) > 40
    for method, path in found:
        for token in ("", "wrong", foreign):
            answer = browser.request(method, path, headers={"X-CSRF-Token": token}, data={})
            assert answer.status_code == 403, (method, path, token)


def test_no_form_works_without_a_log_in(house: House) -> None:
    """Whoever is not logged in is sent to the door."""
    for method, path in posts(house):
        answer = house.browser().request(method, path, data={})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/login"), path

"""The door of the console: nobody comes in who should not, and nobody learns anything there."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import select, update

from bot.console.gate import COOKIE
from storage.models.base import table_of
from storage.models.console import ConsoleSession
from storage.models.staff import StaffUser
from tests.bot.console.conftest import PASSWORD, House

_user, _session = table_of(StaffUser), table_of(ConsoleSession)


def enter(house: House, name: str, password: str = PASSWORD, code: str = "") -> int:
    """Try the door with a fresh browser; return the status."""
    form = {"name": name, "password": password, "code": code}
    return int(house.browser().post("/console/login", data=form).status_code)


def test_the_right_password_opens_and_the_cookie_is_guarded(house: House) -> None:
    """The cookie is for this path, for HTTP only, and never sent from elsewhere."""
    answer = house.browser().post("/console/login", data={"name": "王敏", "password": PASSWORD})
    assert answer.headers["location"] == "/console"
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", "Path=/console"):
        assert part in cookie


def test_an_unknown_name_and_a_wrong_password_look_the_same(house: House) -> None:
    """Neither the words nor the status tell which one it was."""
    browser = house.browser()
    answers = [
        browser.post("/console/login", data={"name": name, "password": "wrong"})
        for name in ("王敏", "没有这个人")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].text == answers[1].text


def test_five_wrong_passwords_lock_the_name_for_a_while(house: House) -> None:
    """Even the right password waits then; afterwards it works again."""
    for _ in range(5):
        assert enter(house, "王敏", "wrong") == 401
    assert enter(house, "王敏") == 401
    assert enter(house, "李强") == 303
    house.later(minutes=16)
    assert enter(house, "王敏") == 303


def test_a_code_is_needed_where_there_is_a_second_factor_and_serves_once(house: House) -> None:
    """Without, with a wrong one and with a used one the door stays shut."""
    secret = pyotp.random_base32()
    house.run(
        lambda uow: uow.connection.execute(
            update(_user).where(_user.c.name == "admin").values(totp_secret=secret)
        )
    )
    code = pyotp.TOTP(secret).at(house.moment)
    assert enter(house, "admin") == 401
    assert enter(house, "admin", code="000000" if code != "000000" else "000001") == 401
    assert enter(house, "admin", code=code) == 303
    assert enter(house, "admin", code=code) == 401


def test_a_cookie_from_before_is_not_taken_over(house: House) -> None:
    """Whoever planted a cookie does not share the log-in; an older log-in of the browser ends."""
    browser = house.browser()
    browser.cookies.set(COOKIE, "planted", path="/console")
    form = {"name": "王敏", "password": PASSWORD}
    first = browser.post("/console/login", data=form).cookies[COOKIE]
    assert first != "planted"
    second = browser.post("/console/login", data=form).cookies[COOKIE]
    assert second != first
    query = select(_session.c.ended_at).order_by(_session.c.created_at)
    ended = house.run(lambda uow: list(uow.connection.execute(query).scalars()))
    assert sum(at is not None for at in ended) == 1


def test_logging_out_really_ends_it(house: House) -> None:
    """The old cookie opens nothing any more, and pages are not kept by the browser."""
    browser = house.log_in("王敏")
    cookie = browser.cookies[COOKIE]
    assert browser.get("/console/me").headers["cache-control"] == "no-store"
    assert browser.post("/console/logout").status_code == 303
    thief = house.browser()
    thief.cookies.set(COOKIE, cookie, path="/console")
    assert thief.get("/console/me").headers["location"] == "/console/login"


@pytest.mark.parametrize("span", [{"minutes": 61}, {"hours": 13}])
def test_a_log_in_runs_out(house: House, span: dict[str, float]) -> None:
    """After an hour without a request, and after half a day whatever happens."""
    browser = house.log_in("王敏")
    if "hours" in span:
        for _ in range(26):
            house.later(minutes=30)
            browser.get("/console/me")
    else:
        house.later(**span)
    assert browser.get("/console/me").status_code == 303


def test_whoever_left_is_out_at_once(house: House) -> None:
    """Disabling an account ends its log-ins."""
    browser = house.log_in("王敏")
    house.run(
        lambda uow: uow.connection.execute(
            update(_user).where(_user.c.name == "王敏").values(disabled_at=house.moment)
        )
    )
    assert browser.get("/console/me").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain"},
    ],
)
def test_a_form_from_elsewhere_is_refused(house: House, headers: dict[str, str]) -> None:
    """Another origin, or a body that is no form, does nothing."""
    browser = house.log_in("王敏")
    answer = browser.post("/console/logout", headers=headers, content=b"{}")
    assert answer.status_code == 403
    assert browser.get("/console/me").status_code == 200


def test_every_answer_carries_its_guards(house: House) -> None:
    """No page is framed, sniffed, cached or fed by scripts from elsewhere."""
    for path in ("/console/login", "/console/none", "/console/static/console.css"):
        headers = house.browser().get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"


def test_a_foreign_host_header_leads_nowhere(house: House) -> None:
    """Redirects are paths: a poisoned Host cannot send anybody elsewhere."""
    answer = house.browser().get("/console", headers={"Host": "evil.example"})
    assert answer.headers["location"] == "/console/login"

"""Who may press what: every changing route of the console, by every role, from a list of its own.

The list says what the branch wants; a new route that is not in it fails here until it is.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import web_parts
from bot.console.menu import menu_of
from bot.console.pages import ROLES
from tests.bot.console.conftest import PEOPLE, House
from tests.bot.console.routes import changing, concrete
from tests.bot.console.test_claims import opened

ALL = frozenset(PEOPLE.values())
LEAD = frozenset({"supervisor", "admin"})
DESK = LEAD | {"agent"}
# Whoever serves a queue, be it of one trade: which conversations, the page asks again.
SERVE = DESK | {"claims", "complaints", "underwriting", "sales"}
CLAIMS = LEAD | {"claims"}
COMPLAINTS = LEAD | {"complaints"}
APPLICATIONS = LEAD | {"sales", "underwriting"}
TRAINERS = LEAD | {"trainer"}
# The path without its prefix «/console»; a line that ends in * holds for all that begin so.
WANTED = {
    "/login": ALL,
    "/logout": ALL,
    "/state": SERVE,
    "/alive": ALL,
    "/c/{number}/join": LEAD,
    "/c/{number}/leave": LEAD,
    "/c/{number}/assign": LEAD,
    "/c/{number}/take": SERVE,
    "/c/{number}/say": SERVE,
    "/c/{number}/note": SERVE,
    "/c/{number}/draft": SERVE,
    "/c/{number}/release": SERVE,
    "/c/{number}/pass": SERVE,
    "/c/{number}/close": SERVE,
    "/c/{number}/wrong/{seq}": SERVE,
    "/c/{number}/tag": SERVE,
    "/c/{number}/tag/off": SERVE,
    "/c/{number}/snooze": SERVE,
    "/c/{number}/recall/{seq}": SERVE,
    "/c/{number}/retry/{seq}": SERVE,
    "/c/{number}/resend": SERVE,
    "/c/{number}/fact": SERVE,
    "/c/{number}/typing": SERVE,
    "/c/{number}/same": SERVE,
    "/c/{number}/part/{other}": SERVE,
    "/claims/{number}/move": CLAIMS,
    "/claims/{number}/reveal": CLAIMS | {"agent"},
    "/claims/{number}/milestone": CLAIMS,
    "/claims/{number}/document": CLAIMS,
    "/claims/{number}/owner": CLAIMS,
    "/claims/{number}/note": CLAIMS | {"agent"},
    "/claims/{number}/amend": CLAIMS | {"agent"},
    "/complaints/{number}/extension/answer": LEAD,
    "/complaints/{number}/compensation/answer": LEAD,
    "/complaints/{number}/move": COMPLAINTS,
    "/complaints/{number}/reveal": COMPLAINTS,
    "/complaints/{number}/milestone": COMPLAINTS,
    "/complaints/{number}/note": COMPLAINTS,
    "/complaints/{number}/owner": COMPLAINTS,
    "/complaints/{number}/party": COMPLAINTS,
    "/complaints/{number}/severity": COMPLAINTS,
    "/complaints/{number}/extension": COMPLAINTS,
    "/complaints/{number}/position": COMPLAINTS,
    "/complaints/{number}/compensation": COMPLAINTS,
    "/complaints/{number}/callback": COMPLAINTS,
    "/complaints/{number}/evidence": COMPLAINTS,
    # Which tickets somebody sees is asked again there, by kind.
    "/tickets/{number}/*": ALL,
    "/services/{number}/move": LEAD | {"underwriting"},
    "/services/{number}/document": LEAD | {"underwriting"},
    "/services/{number}/note": DESK | {"underwriting"},
    "/applications/{number}/move": APPLICATIONS,
    "/applications/{number}/payment": APPLICATIONS,
    "/applications/{number}/note": APPLICATIONS | {"agent"},
    # Who only reads customers is told to ask a supervisor.
    "/customers/{ref}/reveal": DESK | {"claims", "underwriting", "sales"},
    "/customers/{ref}/join": LEAD | {"underwriting"},
    "/customers/{ref}/part": LEAD | {"underwriting"},
    # Whole persons are taken out or away.
    "/rights": LEAD,
    "/rights/{number}/export": LEAD,
    "/rights/{number}/erase": LEAD,
    "/rights/{number}/correct": LEAD,
    "/rights/{number}/answer": LEAD,
    "/intake/{kind}": ALL,
    "/campaigns/stop": LEAD,
    "/campaigns/resume": LEAD,
    "/quality/samples/draw": TRAINERS,
    "/quality/samples/{number}/score": TRAINERS,
    "/quality/feedback/add": LEAD | {"agent", "claims", "complaints", "sales"},
    "/quality/feedback/sort": TRAINERS,
    "/quality/feedback/{number}/told": TRAINERS,
    "/quality/feedback/groups/{number}/improve": TRAINERS,
    "/quality/improvements/new": TRAINERS,
    "/quality/improvements/{number}/take": TRAINERS,
    "/quality/improvements/{number}/close": TRAINERS,
    "/quality/improvements/{number}/drop": TRAINERS,
    "/quality/assessments/make": LEAD,
    "/quality/assessments/merit": LEAD,
    "/quality/assessments/post": LEAD,
    "/quality/assessments/{number}/decide": LEAD,
    "/quality/assessments/trainings/{number}/finish": TRAINERS,
    # Everybody may appeal against their own result.
    "/quality/mine/{number}/appeal": ALL,
}
_ENDS_THE_LOG_IN = ("/console/login", "/console/logout")


def wanted(path: str) -> frozenset[str] | None:
    """Return which roles may use a route; None when nobody has decided."""
    short = path.removeprefix("/console")
    if short in WANTED:
        return WANTED[short]
    family = f"{short.rpartition('/')[0]}/*"
    return WANTED.get(family)


def test_every_changing_route_is_on_the_list(house: House) -> None:
    """A new form needs a decision who may use it; the list names nothing that is not there."""
    paths = {path for _, path in changing(web_parts.console(house.app))}
    assert len(paths) > 40
    assert sorted(path for path in paths if wanted(path) is None) == []
    known = {path.removeprefix("/console") for path in paths}
    gone = [line for line in WANTED if not line.endswith("*") and line not in known]
    assert gone == []


@pytest.mark.parametrize("name", sorted(PEOPLE))
def test_each_role_may_do_what_is_theirs_and_nothing_else(house: House, name: str) -> None:
    """With a right log-in and token: 403 where the role may not, anything else where it may."""
    browser, role = house.log_in(name), PEOPLE[name]
    for method, path in changing(web_parts.console(house.app)):
        if path in _ENDS_THE_LOG_IN:
            continue
        allowed = role in (wanted(path) or ())
        answer = browser.request(method, concrete(path), data={"state": "online"})
        assert (answer.status_code != 403) == allowed, (method, path, answer.status_code)
        assert answer.status_code < 500, (method, path)


def test_the_manual_names_the_pages_of_every_role() -> None:
    """The table of docs/console.md is the menu; what stands in brackets is said beside it."""
    manual = (Path(__file__).parents[3] / "docs" / "console.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (\S+) \| (.+) \|$", manual, re.M))
    for role, title in ROLES.items():
        line = told["主管" if told[title] == "和主管一样" else title]
        pages = re.sub("（[^）]*）", "", line).split("、")
        assert pages == [item.title for item in menu_of(role)], title


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("王敏", "您的角色可以看、记备注、替客户更正要素，推进由理赔岗办。"),
        ("周正", "您的角色可以看，推进由理赔岗办。"),
    ],
)
def test_a_claim_says_what_ones_role_may_do(house: House, name: str, told: str) -> None:
    """And offers just that: no box for notes where none may be left."""
    page = house.log_in(name).get(f"/console/claims/{opened(house)}").text
    assert told in page
    assert ('id="note-text"' in page, "更正一项" in page) == ("记备注" in told,) * 2

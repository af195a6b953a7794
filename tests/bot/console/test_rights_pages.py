"""The pages of personal rights speak to clerks: no codes, and a refusal where it was asked for."""

from __future__ import annotations

import html
import re

import pytest
from starlette.testclient import TestClient

from bot.privacy.rights import Rights
from tests.bot.console.conftest import House
from tests.bot.console.test_rights import asked, log_of, post, ticket_of

ROOT = "/console/rights"
# Numbers of policies and the short names of laws have large letters, codes have small ones.
_CODE = re.compile(r"[a-z_]{3,}")
_KNOWN = {"admin"}  # a log-in


def _words(page: str) -> str:
    """Return what a page says, without its tags."""
    main = page[page.index("<main") : page.index("</main")]
    return html.unescape(re.sub(r"<[^>]+>", " ", main))


def _codes(page: str) -> set[str]:
    """Return what looks like a code in a page's words."""
    return set(_CODE.findall(_words(page))) - _KNOWN


def _another(house: House, kind: str) -> str:
    parts = house.app
    rights = Rights(parts.transactions, parts.cipher, parts.settings, lambda: house.moment, "刘洋")
    return rights.open(kind, "C1")


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({}, "还没有人核实过本人"),
        ({"how": "two_staff"}, "两人复核要写两个人的名字"),
        ({"how": "letter"}, "「怎么核实本人的」没填对"),
    ],
)
def test_a_download_without_a_check_is_refused_on_its_page(
    house: House, form: dict[str, str], why: str
) -> None:
    """The request with its form, open, and one sentence that says why; nothing is handed out."""
    number = asked(house, "privacy_export")
    answer = house.log_in("刘洋").post(f"{ROOT}/{number}/export", data=form)
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("text/html")
    assert f"没有下载。{why}" in answer.text
    assert number in answer.text
    assert re.search(
        r'<details class="act" name="step" open>\s*<summary[^>]*>导出全部信息', answer.text
    )
    assert not _codes(answer.text)
    assert ("刘洋", "export of all personal data") not in log_of(house)
    assert ticket_of(house, number).status == "new"


def test_a_download_of_nothing_is_refused(house: House) -> None:
    """There is no page to say it on."""
    answer = house.log_in("刘洋").post(f"{ROOT}/TK20261123000009/export", data={"how": "counter"})
    assert (answer.status_code, "没有个人信息请求" in answer.text) == (409, True)


_STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("export", {"how": ""}),
    ("erase", {"sure": "yes"}),
    ("erase", {"sure": "yes", "how": "counter"}),
    ("correct", {"field": "nickname", "value": "x", "how": "counter"}),
    ("correct", {"field": "id_number", "value": "1", "how": "video"}),
    ("correct", {"field": "name", "value": "白鹭", "how": "two_staff"}),
    ("correct", {"field": "name", "value": "白鹭", "how": "video"}),
    ("answer", {}),
    ("answer", {"note": "好"}),
    ("answer", {"note": "再答复一次"}),
)


@pytest.mark.parametrize("kind", ["export", "erase", "correct", "withdraw"])
def test_no_page_shows_a_code(house: House, kind: str) -> None:
    """Whatever is tried on a request: neither the refusal nor the page afterwards."""
    asked(house)
    number = _another(house, f"privacy_{kind}")
    lead = house.log_in("刘洋")
    for step, form in _STEPS:
        answer = lead.post(f"{ROOT}/{number}/{step}", data=form)
        assert answer.status_code in (303, 409), (step, form)
        if answer.status_code == 409:
            assert not _codes(answer.text), (step, form)
        assert not _codes(lead.get(f"{ROOT}/{number}").text), (step, form)
    for page in (ROOT, f"{ROOT}?view=done", f"{ROOT}?view=nothing", f"{ROOT}/nothing"):
        assert not _codes(lead.get(page).text), page


@pytest.mark.parametrize("kind", ["export", "correct", "withdraw"])
def test_only_a_request_to_erase_erases(house: House, kind: str) -> None:
    """A customer who wanted a name put right is not deleted by a wrong address."""
    asked(house)
    number = _another(house, f"privacy_{kind}")
    lead = house.log_in("刘洋")
    assert post(lead, number, "erase", sure="yes", how="counter") == 409
    assert ticket_of(house, number).status == "new"


def test_what_is_closed_is_not_answered_again(house: House) -> None:
    """The customer would be told twice."""
    number = asked(house, "privacy_withdraw")
    lead: TestClient = house.log_in("刘洋")
    assert post(lead, number, "answer", note="已撤回") == 303
    again = lead.post(f"{ROOT}/{number}/answer", data={"note": "再来一次"})
    assert again.status_code == 409
    assert "再来一次" not in lead.get(f"{ROOT}/{number}").text


def test_the_days_are_the_same_on_both_pages_all_day(house: House) -> None:
    """In the list and on the request, in the morning and in the evening."""
    number = asked(house)
    found = set()
    for hours in (0, 8):
        house.later(minutes=60 * hours)
        lead = house.log_in("刘洋")
        for page in (ROOT, f"{ROOT}/{number}"):
            found |= set(re.findall(r"还剩 \d+ 天", lead.get(page).text))
    assert found == {"还剩 21 天"}

"""Names and numbers on case pages are masked until somebody says why they must see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.console.reveal import without_numbers
from storage.models.customer import AccessLog
from tests.bot.console import test_claims, test_complaints, test_tickets
from tests.bot.console.conftest import House

PHONE = "13912345678"


@pytest.mark.parametrize("kind", ["claims", "complaints", "tickets"])
def test_a_number_is_shown_for_a_reason_that_is_kept(house: House, kind: str) -> None:
    """Masked at first, refused without a reason, in full with one, masked on the next visit."""
    makers: dict[str, Callable[..., str]] = {
        "claims": test_claims.opened,
        "complaints": test_complaints.filed,
        "tickets": test_tickets.promised,
    }
    number = makers[kind](house)
    clerk = house.log_in({"claims": "陈立", "complaints": "赵颖", "tickets": "王敏"}[kind])
    path = f"/console/{kind}/{number}"
    assert PHONE not in clerk.get(path).text
    assert clerk.post(f"{path}/reveal", data={"reason": ""}).status_code == 409
    assert PHONE in clerk.post(f"{path}/reveal", data={"reason": "回电核对报案电话"}).text
    assert PHONE not in clerk.get(path).text
    query = select(AccessLog.what).where(AccessLog.reason == "回电核对报案电话")
    [what] = house.run(lambda uow: list(uow.session.scalars(query)))
    assert number in what


WORDS = "我叫李小四 13900007777，身份证120101199003072316，对方电话 139-1111-2222，刘洋没接"
HIDDEN = ("李小四", "13900007777", "120101199003072316", "139-1111-2222", "1391111")


@pytest.mark.parametrize("kind", ["claims", "complaints", "tickets"])
def test_free_text_hides_people_and_numbers_too(house: House, kind: str) -> None:
    """Story and notes are as closed as the fact beside them, and open for the same reason."""
    makers: dict[str, Callable[..., str]] = {
        "claims": test_claims.opened,
        "complaints": test_complaints.filed,
        "tickets": test_tickets.promised,
    }
    number = makers[kind](house, **({"words": WORDS} if kind == "tickets" else {"story": WORDS}))
    clerk = house.log_in({"claims": "陈立", "complaints": "赵颖", "tickets": "王敏"}[kind])
    path = f"/console/{kind}/{number}"
    note = f"{WORDS}，赔款 1200000 元，见 CL20261122000017"
    seen = test_claims.seen_on(clerk.get(path).text)
    assert clerk.post(f"{path}/note", data={"text": note, "seen": seen}).status_code == 303
    page = clerk.get(path).text
    assert [word for word in HIDDEN if word in page] == []
    for kept in ("我叫李** 139****77", "刘洋没接", "1200000 元", "CL20261122000017"):
        assert kept in page, kept
    full = clerk.post(f"{path}/reveal", data={"reason": "回电核对报案电话"}).text
    assert full.count(WORDS) >= 2


def test_a_form_neither_tells_nor_stores_what_is_hidden(house: House) -> None:
    """A story with a number in it is not filled into the box; one without is, to be edited."""
    clerk = house.log_in("陈立")
    for story, there in ((WORDS, False), ("倒车追尾", True)):
        number = test_claims.opened(house, story=story)
        form = clerk.get(f"/console/claims/{number}/amend?key=story").text
        assert (story in form) is there
        assert "李**" not in form


def test_a_colleague_and_the_case_stay_readable(house: House) -> None:
    """Who works on it is named, whoever reads; the reporter's name is hidden wherever it stands."""
    number = test_claims.opened(house, story="陈晓东倒车追尾")
    clerk = house.log_in("陈立")
    path = f"/console/claims/{number}"
    seen = test_claims.seen_on(clerk.get(path).text)
    clerk.post(f"{path}/owner", data={"owner": "陈立", "seen": seen})
    page = clerk.get(path).text
    assert "陈晓东" not in page
    assert "陈**倒车追尾" in page
    assert "陈立" in page.split("指定经办人")[1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("021-55667788", "021****88"),
        ("022 2345 6789", "022****89"),
        ("(022)23456789", "022****89"),
        ("（022）2345-6789", "022****89"),
        ("022－23456789", "022****89"),
        ("0315-2345678", "031****78"),
        ("0755 8234 5678", "075****78"),
        ("02223456789", "022****89"),
        ("打我公司022-23456789转802", "打我公司022****89转***"),
        ("010-62345678-12", "010****78-**"),
        ("022-23456789 分机 8021，找王姐", "022****89 分机 ****，找王姐"),
        ("座机 2345-6789", "座机 ****89"),
        ("电话：234 5678", "电话：****78"),
        ("+86 139-1111-2222", "+86 139****22"),
        ("津A12345 的车主 022-23456789", "津A1****45 的车主 022****89"),
        ("两个电话 022-23456789、13911112222", "两个电话 022****89、139****22"),
    ],
)
def test_a_landline_is_hidden_however_it_is_written(text: str, shown: str) -> None:
    """Area code in brackets or not, with a dash or gaps, and its extension."""
    assert without_numbers(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25", "2026-11-25 08:30", "2026年11月25日 14:05", "02-11 到 02-25", "08:30-17:30",
        "CL20261122000017", "见 TK20261126000001、AP20261126000002", "CP20261122000017，2026-11-25",
        "赔款 1200000 元", "定损 0.5 万", "50230.50 元", "里程 20300 公里", "022 路公交站",
        "转 802 房间", "2 栋 1801", "第 3-5 项", "95505", "拨打 12378", "028 公交车刮的",
        "10-20 分钟", "2345-6789 元之间",
    ],
)  # fmt: skip
def test_our_numbers_days_times_and_sums_stay_readable(text: str) -> None:
    """A page is read for them; they are nobody's telephone."""
    assert without_numbers(text) == text

"""The list of the desk: pages without an end, clocks of a row, and how much there is to do."""

from __future__ import annotations

import re

from sqlalchemy import update
from starlette.testclient import TestClient

from bot.dialogue.message import InboundMessage
from bot.result import Claim
from storage.models.case import Handoff
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House

# Places that no row could have: in the order of the queue, group, time and number.
BAD_KEYS = (
    "garbage",
    "~~",
    "P0~yesterday~1",
    "P0~2026-11-26T10:00:00~1",
    "P0~0001-01-01T00:00:00+23:00~1",
    "P0~9999-12-31T23:59:59-23:00~1",
    f"P0~2026-11-26T10:00:00+08:00~{'9' * 40}",
    "P0~2026-11-26T10:00:00+08:00~-1",
    "\0~2026-11-26T10:00:00+08:00~1",
)


def page(browser: TestClient, tab: str = "queue", **query: str | int) -> str:
    """Return the list as a page fetches it."""
    answer = browser.get("/console/inbox/list", params={"tab": tab, **query})
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def row(html: str, number: int) -> str:
    """Return one row."""
    found, _, _ = html[html.index(f'id="row-{number}"') :].partition("</li>")
    return found


def test_the_list_goes_on_after_fifty(house: House) -> None:
    """The rest begins after the last row that was seen; a place nobody wrote is the top."""
    for number in range(53):
        house.customer("转人工", f"q{number}")
    agent = house.log_in("王敏")
    first = page(agent)
    assert first.count('class="row-item') == 50
    assert 'data-more="yes"' in first
    keys = re.findall(r'data-key="([^"]*)"', first)
    rest = page(agent, after=keys[-1])
    assert rest.count('class="row-item') == 3
    assert 'data-more=""' in rest
    seen = re.findall(r'id="row-(\d+)"', first + rest)
    assert len(set(seen)) == 53
    for odd in BAD_KEYS:
        assert page(agent, after=odd).count('class="row-item') == 50
    for bad in ({"shown": 1}, {"shown": 99_999}, {"after": "x" * 500}):
        assert agent.get("/console/inbox/list", params=bad).status_code == 422


def test_a_row_says_until_when_and_what_about(house: House) -> None:
    """Amber in the last half of the promise, red beyond it; the matter in hand beside it."""
    house.customer("我要报案，昨天追尾了，人没事")
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    assert "还剩 5 分钟" in row(page(agent), number)
    assert "报案" in row(page(agent), number)
    house.later(minutes=3)
    assert re.search(r'chip-amber"[^>]*>还剩 2 分钟', row(page(agent), number))
    house.later(minutes=9)
    assert re.search(r'chip-red"[^>]*>已超 7 分钟', row(page(agent), number))
    agent.post(f"/console/c/{number}/take")
    house.customer("你好，在吗")
    house.later(minutes=6)
    assert re.search(r'chip-red"[^>]*>等回复 6 分钟', row(page(agent, "mine"), number))
    agent.post(f"/console/c/{number}/say", data={"text": "在的", "key": "k-12345678"})
    assert "等回复" not in row(page(agent, "mine"), number)


def test_wechat_rows_show_allowance_and_window(house: House) -> None:
    """Five dots, those used filled; the 48 hours where they end."""

    def writes(uow: UnitOfWork) -> int:
        said = InboundMessage("wechat", "gh", "o1", "m1", house.moment, "转人工")
        return house.app.engine.turn(uow, said, house.moment, Claim(late=True)).conversation

    number = house.run(writes)
    agent = house.log_in("王敏")
    fresh = row(page(agent), number)
    assert fresh.count("<i></i>") == 5
    assert "还能发 5 条" in fresh
    house.later(hours=43)
    soon = row(page(house.log_in("王敏")), number)
    assert re.search(r'chip-amber"[^>]*>窗口还剩 5 小时', soon)
    house.later(hours=6)
    late = row(page(house.log_in("王敏")), number)
    assert "窗口已关" in late
    assert late.count('<i class="on"></i>') == 5


def test_what_was_put_aside_says_until_when(house: House) -> None:
    """In its own tab, with the hour it comes back."""
    number = house.customer("转人工")
    agent = house.log_in("王敏")
    agent.post(f"/console/c/{number}/take")
    agent.post(f"/console/c/{number}/snooze", data={"minutes": "30"})
    assert "今天 12:30 回来" in row(page(agent, "snoozed"), number)


def test_the_bar_counts_hands_queue_and_the_longest_wait(house: House) -> None:
    """It comes with every renewal of the list; a trade's people count their own queue."""
    numbers = [house.customer("转人工", f"p{n}") for n in range(3)]
    house.run(
        lambda uow: uow.session.execute(
            update(StaffUser).where(StaffUser.name == "王敏").values(capacity=4)
        )
    )
    agent, clerk = house.log_in("王敏"), house.log_in("陈立")
    agent.post(f"/console/c/{numbers[0]}/take")
    house.later(minutes=12)
    for html in (page(agent), agent.get("/console/inbox").text):
        assert re.search(r"手上 <b>1/4</b> · 排队 <b>2</b>", html)
        assert 'data-wait="720">12 分钟' in html
    assert "排队 <b>0</b>" in page(clerk)
    claims = update(Handoff).where(Handoff.conversation_id == numbers[1]).values(skill="claims")
    house.run(lambda uow: uow.session.execute(claims))
    assert "排队 <b>1</b>" in page(clerk)

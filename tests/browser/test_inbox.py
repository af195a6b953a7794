"""The desk's own features in a real browser: drafts in two places, keys, wrap-up, a long list."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk_kit import customer_says, logged_in, taken_over, waiting

_MANY = 230


@pytest.fixture
def desks(browser: Browser, product: str, product_folder: Path) -> Iterator[list[Page]]:
    """王敏 at two browsers."""
    made = [browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
            for _ in range(2)]  # fmt: skip
    yield [logged_in(one.new_page(), product, product_folder, "王敏") for one in made]
    for one in made:
        one.close()


@pytest.fixture
def desk(browser: Browser, product: str, product_folder: Path) -> Iterator[Page]:
    """王敏 at one."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield logged_in(context.new_page(), product, product_folder, "王敏")
    context.close()


def test_two_browsers_write_on_one_draft(desks: list[Page], page: Page, product: str) -> None:
    """What is written in one stands in the other; both at once is shown; what is sent is gone."""
    one, two = desks
    taken_over(one, page, product)
    two.goto(one.url)
    one.locator("#words").fill("两边草稿")
    expect(two.locator("#words")).to_have_value("两边草稿")
    two.locator("#words").fill("两边草稿 加一句")
    expect(one.locator("#words")).to_have_value("两边草稿 加一句")
    one.keyboard.press("Enter")
    expect(page.get_by_text("两边草稿 加一句").last).to_be_visible()
    expect(two.locator("#words")).to_have_value("")
    # Both write before either has heard of the other: nothing is written over.
    two.context.set_offline(True)
    two.locator("#words").fill("乙写的")
    one.locator("#words").fill("甲写的")
    expect(one.locator(".saved")).to_have_text("草稿已存")
    two.context.set_offline(False)
    two.locator("#words").press("End")
    two.locator("#words").type("。")
    expect(two.locator(".elsewhere")).to_contain_text("甲写的")
    expect(two.locator("#words")).to_have_value("乙写的。")
    # Nor while the question stands, whatever renews the page meanwhile.
    two.evaluate("id => htmx.ajax('GET', `/console/c/${id}`, { target: '#work' })", _open(two))
    _asked_still(two)
    two.reload()
    _asked_still(two)
    expect(one.locator("#words")).to_have_value("甲写的")
    two.get_by_role("button", name="用那边的").click()
    expect(two.locator("#words")).to_have_value("甲写的")


def _open(desk: Page) -> str:
    return str(desk.locator(".conversation").get_attribute("data-id"))


def _asked_still(desk: Page) -> None:
    """Longer than the pause after which a draft is saved."""
    expect(desk.locator(".elsewhere")).to_contain_text("甲写的")
    desk.wait_for_timeout(1_500)
    expect(desk.locator(".elsewhere")).to_be_visible()
    expect(desk.locator("#words")).to_have_value("乙写的。")


def test_a_reload_at_once_loses_no_word(desk: Page, page: Page, product: str) -> None:
    """Before the pause after which a draft is saved, and after one that was."""
    taken_over(desk, page, product)
    desk.locator("#words").fill("第一稿")
    expect(desk.locator(".saved")).to_have_text("草稿已存")
    desk.locator("#words").fill("第一稿，又写了几个字")
    desk.reload()
    expect(desk.locator("#words")).to_have_value("第一稿，又写了几个字")
    desk.locator("#words").fill("")
    desk.reload()
    expect(desk.locator("#words")).to_have_value("")


def test_every_key_of_the_sheet_does_what_it_says(desk: Page, page: Page, product: str) -> None:
    """Single letters outside the box, Escape closes, Ctrl+Enter by choice, close and next."""
    customer_says(page, product, "转人工")
    waiting(desk, "转接")
    desk.locator("#thread").focus()
    desk.keyboard.press("g")
    expect(desk.locator("[data-mode=say]")).to_be_visible()
    desk.locator("#words").fill("ast1")
    expect(desk.locator("#words")).to_have_value("ast1")
    for key, sheet in (("t", "t"), ("a", "t"), ("Alt+KeyM", "m"), ("Alt+KeyE", "e")):
        desk.locator("#thread").focus()
        desk.keyboard.press(key)
        expect(desk.locator(f'details[data-key="{sheet}"]')).to_have_attribute("open", "")
        desk.keyboard.press("Escape")
        expect(desk.locator("details[open]")).to_have_count(0)
    desk.locator("#thread").focus()
    desk.keyboard.press("s")
    expect(desk.locator("#state-select")).to_be_focused()
    desk.keyboard.press("Escape")
    desk.locator("#thread").focus()
    desk.keyboard.press("?")
    desk.locator("#enter-setting").check()
    desk.keyboard.press("Escape")
    desk.locator("#words").fill("一行")
    desk.locator("#words").press("Enter")
    desk.locator("#words").type("两行")
    expect(desk.locator("#words")).to_have_value("一行\n两行")
    desk.locator("#words").press("Control+Enter")
    expect(page.get_by_text("两行").last).to_be_visible()
    desk.keyboard.press("Control+Alt+KeyE")
    expect(desk.locator("[data-then]")).to_have_text("结束，看下一个")
    desk.get_by_label("解决了", exact=True).check()
    desk.locator("[data-then]").click()
    expect(page.get_by_text("人工服务先到这里").last).to_be_visible()


def test_suggestions_follow_the_last_words(desk: Page, page: Page, product: str) -> None:
    """After «人工» there is nothing to suggest; the next question has its answers, once."""
    taken_over(desk, page, product)
    expect(desk.locator(".suggestions")).to_have_count(0)
    customer_says(page, product, "交强险是什么")
    expect(desk.locator(".suggestions button").first).to_contain_text("交强险")
    expect(desk.locator("#hints")).to_have_count(1)
    desk.locator("#thread").focus()
    desk.keyboard.press("1")
    expect(desk.locator("#words")).not_to_have_value("")


def test_the_end_owes_a_ticket_and_the_bar_counts(desk: Page, page: Page, product: str) -> None:
    """One more in hand, live; without a choice nothing ends; the promise is under «我的»."""
    customer_says(page, product, "转人工")
    waiting(desk, "转接")
    mine = desk.locator("#load b").first
    had = int(mine.inner_text().partition("/")[0])
    desk.get_by_role("button", name="接管").click()
    expect(mine).to_have_text(f"{had + 1}/6")
    desk.locator("summary", has_text="结束").click()
    button = desk.get_by_role("button", name="结束，交还机器人")
    button.click()
    expect(button).to_be_visible()
    desk.get_by_label("还没有", exact=True).check()
    desk.get_by_label("还要跟进什么").fill("周一回电问进展")
    desk.get_by_label("不请", exact=True).check()
    desk.get_by_label("为什么不请评价").fill("伤者家属")
    button.click()
    expect(mine).to_have_text(f"{had}/6")
    desk.goto(f"{product}/console/tickets?view=mine")
    expect(desk.get_by_role("link", name="跟进客户")).to_be_visible()


def test_a_long_list_has_no_end_and_keeps_its_place(desk: Page, product: str) -> None:
    """Hundreds wait: scrolling reaches the last, a few pages stand there, news moves nothing."""
    for number in range(_MANY):
        ask(product, f"long-{number:04d}-visitor")
    desk.get_by_role("tab", name="机器人中").click()
    desk.get_by_role("tab", name="排队").click()
    rows = desk.locator(".rows")
    expect(rows).to_have_attribute("data-more", "yes")
    # Customers of the tests before may wait again.
    count = int(rows.get_attribute("data-queue") or 0)
    assert count >= _MANY
    for _ in range(60):
        rows.evaluate("one => { one.scrollTop += 3000; }")
        desk.wait_for_timeout(100)
    expect(desk.locator(".row-item").last).to_be_in_viewport()
    assert desk.locator(".row-item").count() <= 200
    assert rows.evaluate("one => one.scrollHeight") > 80 * _MANY
    before = rows.evaluate("one => one.scrollTop")
    ask(product, "one-more-visitor")
    expect(desk.locator("#load b").nth(1)).not_to_have_text(str(count))
    assert rows.evaluate("one => one.scrollTop") == before
    rows.evaluate("one => { one.scrollTop = 0; }")
    expect(desk.locator(".row-item").first).to_be_in_viewport()


def ask(product: str, session: str) -> None:
    """Let somebody ask for a person."""
    body = {"session": session, "client_id": f"c-{session}", "text": "转人工"}
    request = urllib.request.Request(
        f"{product}/chat/api/messages", json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200

"""What an agent writes in a hurry, offline or logged out arrives once and in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk_kit import customer_says, logged_in, waiting
from tests.browser.line import Line


@pytest.fixture
def line(product: str) -> Iterator[Line]:
    """A line to the product that can be cut."""
    made = Line(product)
    yield made
    made.close()


@pytest.fixture
def desk(browser: Browser, line: Line, product_folder: Path) -> Iterator[Page]:
    """王敏 at a desk behind that line."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield logged_in(context.new_page(), line.address, product_folder, "王敏")
    context.close()


def serve(desk: Page, page: Page, product: str) -> None:
    """Let a customer be served."""
    customer_says(page, product, "转人工")
    waiting(desk, "转接")
    desk.get_by_role("button", name="接管").click()
    expect(desk.locator("[data-mode=say]")).to_be_visible()


def write(desk: Page, *texts: str) -> None:
    """Type and press Enter, without waiting for anything."""
    for text in texts:
        desk.locator("#words").fill(text)
        desk.keyboard.press("Enter")


def test_quick_sends_all_arrive_in_order_and_once(desk: Page, page: Page, product: str) -> None:
    """Three texts faster than the server answers, and one Enter twice."""
    serve(desk, page, product)
    write(desk, "快一", "快二", "快三")
    desk.keyboard.press("Enter")
    for text in ("快一", "快二", "快三"):
        expect(page.get_by_text(text)).to_have_count(1)
    expect(desk.locator(".on-its-way")).to_have_count(0)
    shown = page.locator("body").inner_text()
    assert shown.index("快一") < shown.index("快二") < shown.index("快三")
    # Brackets of a ready-made sentence are asked about first.
    write(desk, "由〔同事〕负责")
    expect(desk.locator(".notice-bad").last).to_contain_text("〔同事〕")
    expect(desk.locator("#words")).to_have_value("由〔同事〕负责")


def test_what_is_sent_while_the_line_is_down_leaves_when_it_is_back(
    desk: Page, page: Page, product: str, line: Line
) -> None:
    """It is shown as waiting, and arrives once."""
    serve(desk, page, product)
    line.cut()
    write(desk, "断线时写的")
    expect(desk.locator(".on-its-way")).to_contain_text("网络不通")
    line.mend()
    expect(page.get_by_text("断线时写的")).to_have_count(1)
    expect(desk.locator(".on-its-way")).to_have_count(0)


def test_a_log_in_that_ran_out_keeps_the_text(
    desk: Page, page: Page, product: str, product_folder: Path
) -> None:
    """After logging in again the conversation is open and the words stand in the box."""
    serve(desk, page, product)
    desk.locator("#words").fill("登录过期前写的话")
    desk.context.clear_cookies()
    # The page may find out by itself, and be at the log-in, before the key is pressed.
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("账号")).to_be_visible()
    password = (product_folder / "demo-password.txt").read_text(encoding="utf-8").strip()
    desk.get_by_label("账号").fill("王敏")
    desk.get_by_label("密码").fill(password)
    desk.get_by_role("button", name="登录").click()
    expect(desk.locator("#words")).to_have_value("登录过期前写的话")

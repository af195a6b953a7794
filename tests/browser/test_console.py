"""Two agents and a customer in real browsers: take over, talk, race, lose the line, give back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk_kit import customer_says, logged_in, taken_over, until, waiting
from tests.browser.line import Line

EVIL = "<script>document.title='hacked'</script><img src=x onerror=document.title='hacked'>"


@pytest.fixture
def desk(browser: Browser, product: str, product_folder: Path) -> Iterator[Page]:
    """王敏 at a desk of 1366 pixels, online."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield logged_in(context.new_page(), product, product_folder, "王敏")
    context.close()


def test_from_the_queue_to_the_customer_and_back_to_the_bot(
    desk: Page, page: Page, product: str
) -> None:
    """The whole way of a hand-off, seen from both sides without a reload."""
    customer_says(page, product, "我要转人工")
    waiting(desk, "转接")
    desk.get_by_role("button", name="接管").click()
    expect(page.get_by_text("王敏已接入").last).to_be_visible()
    expect(page.locator("#identity")).to_have_text("人工客服正在为您服务")
    expect(desk.locator("[data-mode=say]")).to_be_visible()
    desk.locator("#words").fill("您好，我来帮您看。")
    desk.keyboard.press("Enter")
    expect(page.get_by_text("您好，我来帮您看。").last).to_be_visible()
    customer_says(page, product, "我的车在和平区")
    expect(desk.locator("#thread").get_by_text("我的车在和平区")).to_be_visible()
    desk.locator("summary", has_text="结束").click()
    desk.get_by_label("来办什么").select_option("咨询")
    desk.get_by_label("解决了", exact=True).check()
    desk.get_by_role("button", name="结束，交还机器人").click()
    expect(page.get_by_text("人工服务先到这里").last).to_be_visible()
    expect(page.locator("#identity")).to_have_text("智能助手（AI），不是真人")
    expect(desk.locator(".locked")).to_contain_text("机器人正在服务")


def test_two_agents_race_and_one_is_told(
    desk: Page, page: Page, browser: Browser, product: str, product_folder: Path
) -> None:
    """One has the composer; the other reads who was faster and can only look."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    other = logged_in(context.new_page(), product, product_folder, "李强")
    customer_says(page, product, "人工客服")
    for one in (desk, other):
        waiting(one, "转接")
    # Both at once: no waiting for the second button, which goes when its page hears of the first.
    buttons = [one.locator('[data-key="g"]').element_handle() for one in (desk, other)]
    for button in buttons:
        button.evaluate("one => one.click()")
    expect(page.get_by_text("已接入").last).to_be_visible()
    expect(desk.locator("[data-mode=say], .locked").first).to_be_visible()
    expect(desk.locator(".conversation")).to_have_count(1)
    both = (desk, other)
    until(desk, lambda: sorted(one.locator("[data-mode=say]").count() for one in both), [0, 1])
    assert page.get_by_text("已接入").count() == 1
    context.close()


def test_the_line_breaks_and_nothing_is_missed(
    browser: Browser, page: Page, product: str, product_folder: Path
) -> None:
    """While it is down the page says so; afterwards everything said meanwhile is there."""
    line = Line(product)
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    desk = logged_in(context.new_page(), line.address, product_folder, "王敏")
    taken_over(desk, page, product)
    line.cut()
    customer_says(page, product, "断线的时候说的第一句", "断线的时候说的第二句")
    expect(desk.locator("#line")).not_to_have_attribute("data-state", "live", timeout=40_000)
    line.mend()
    expect(desk.locator("#line")).to_have_attribute("data-state", "live", timeout=40_000)
    thread = desk.locator("#thread")
    expect(thread.get_by_text("断线的时候说的第一句")).to_be_visible()
    expect(thread.get_by_text("断线的时候说的第二句")).to_be_visible()
    context.close()
    line.close()


def test_what_the_customer_typed_is_only_text(desk: Page, page: Page, product: str) -> None:
    """Scripts in a message neither run nor vanish."""
    customer_says(page, product, EVIL, "转人工")
    waiting(desk, "转接")
    expect(desk.locator("#thread").get_by_text(EVIL)).to_be_visible()
    assert "hacked" not in desk.title()


def test_an_unfinished_pinyin_is_not_sent(desk: Page, page: Page, product: str) -> None:
    """Enter chooses the word while the input method is composing."""
    taken_over(desk, page, product)
    box = desk.locator("#words")
    box.fill("您hao")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    desk.wait_for_timeout(500)
    expect(box).to_have_value("您hao")


def test_whoever_shuts_the_lap_top_leaves_nobody_waiting(
    browser: Browser, page: Page, product: str, product_folder: Path
) -> None:
    """The line stays open and silent; within 30 s the customer is in the queue again, and told."""
    line = Line(product)
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    gone = logged_in(context.new_page(), line.address, product_folder, "李强")
    customer_says(page, product, "转人工")
    waiting(gone, "转接")
    gone.get_by_role("button", name="接管").click()
    expect(page.get_by_text("李强已接入").last).to_be_visible()
    line.freeze()
    expect(page.get_by_text("暂时离开了").last).to_be_visible(timeout=30_000)
    other = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    desk = logged_in(other.new_page(), product, product_folder, "王敏")
    waiting(desk, "暂时离开")
    line.close()
    other.close()
    context.close()


def test_another_page_of_the_console_is_no_absence(desk: Page, page: Page, product: str) -> None:
    """An agent who looks at a claim for longer than a lap-top may be shut keeps the customer."""
    customer_says(page, product, "转人工")
    waiting(desk, "转接")
    desk.get_by_role("button", name="接管").click()
    expect(page.get_by_text("王敏已接入").last).to_be_visible()
    address = desk.url
    desk.goto(f"{product}/console/claims")
    desk.wait_for_timeout(26_000)
    desk.goto(address)
    expect(desk.locator("[data-mode=say]")).to_be_visible()


def test_what_others_say_meanwhile_stops_the_send(
    browser: Browser, page: Page, product: str, product_folder: Path
) -> None:
    """On a page that missed the news the customer's new words are shown before anything leaves."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    desk = logged_in(context.new_page(), product, product_folder, "王敏")
    taken_over(desk, page, product)
    # Its news do not arrive any more, but what it sends does.
    desk.route("**/console/c/*/thread*", lambda route: route.abort())
    customer_says(page, product, "等等，我说错地方了")
    desk.locator("#words").fill("好的，马上派人去和平区")
    desk.keyboard.press("Enter")
    sheet = desk.locator("#collision")
    expect(sheet).to_contain_text("等等，我说错地方了")
    expect(page.get_by_text("马上派人去和平区")).to_have_count(0)
    sheet.get_by_role("button", name="仍然发送").click()
    expect(page.get_by_text("马上派人去和平区")).to_have_count(1)
    context.close()


def test_a_promise_is_underlined_while_it_is_written(desk: Page, page: Page, product: str) -> None:
    """The words of the supervision table, and not the sentence that says the opposite."""
    taken_over(desk, page, product)
    desk.locator("#words").fill("您放心，这个肯定 能赔。")
    expect(desk.locator(".mirror mark")).to_have_text("肯定 能赔")
    expect(desk.locator(".promise")).to_contain_text("承诺赔付")
    desk.locator("#words").fill("能不能赔要看条款，我不能保证赔。")
    expect(desk.locator(".promise")).to_be_hidden()
    expect(desk.locator(".mirror mark")).to_have_count(0)


def test_own_words_can_be_taken_back(desk: Page, page: Page, product: str) -> None:
    """They vanish from the customer's page, which says so; staff see them struck through."""
    taken_over(desk, page, product)
    desk.locator("#words").fill("这句发错人了")
    desk.keyboard.press("Enter")
    expect(page.get_by_text("这句发错人了")).to_be_visible()
    desk.get_by_role("button", name="撤回").last.click()
    expect(page.get_by_text("这句发错人了")).to_have_count(0)
    expect(page.get_by_text("客服撤回了一条消息").last).to_be_visible()
    expect(desk.locator(".recalled")).to_contain_text("这句发错人了")


def test_the_slash_leads_to_what_was_said(desk: Page, page: Page, product: str) -> None:
    """From anywhere outside a text box; the hit opens the thread at that message."""
    customer_says(page, product, "我在津滨大道立交桥下面", "转人工")
    desk.locator("body").press("/")
    expect(desk.locator("#seek")).to_be_focused()
    desk.keyboard.type("津滨大道")
    desk.keyboard.press("Enter")
    desk.locator(".found a", has_text="津滨大道").first.click()
    expect(desk.locator(".looked-up")).to_contain_text("津滨大道立交桥")

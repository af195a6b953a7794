"""A claim worked on in a real browser: a step that is refused keeps what was typed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.desk_kit import entered, faults_of


def test_a_claim_is_moved_on_with_the_keyboard_and_a_refusal_keeps_the_form(
    browser: Browser, product: str, product_folder: Path
) -> None:
    """Find by «/», unfold a step, be refused in words, mend it, see that it is done."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    faults = faults_of(page)
    entered(page, product, product_folder, "陈立")
    expect(page.locator("h1")).to_have_text("理赔案件")
    number = page.locator("section.stage", has_text="待首次联系").locator(".number").first
    wanted = number.inner_text()
    page.keyboard.press("/")
    page.keyboard.type(wanted)
    page.keyboard.press("Enter")
    page.locator("a.case-card", has_text=wanted).click()
    expect(page.locator("h1")).to_have_text(wanted)
    document = page.locator("details.act", has_text="记一件事")
    document.locator("summary").click()
    document.locator("textarea").fill("电话里说清了下一步")
    document.get_by_label("什么事").select_option("progress")
    document.get_by_role("button", name="记下").click()
    expect(page.locator(".notice-good")).to_have_text("办好了。")
    expect(page.locator(".history")).to_contain_text("电话里说清了下一步")
    owner = page.locator("details.act", has_text="更正一项")
    owner.locator("summary").click()
    owner.get_by_label("哪一项").select_option("phone")
    owner.get_by_label("改成").fill("123")
    owner.get_by_role("button", name="更正").click()
    expect(page.locator(".notice-bad")).to_contain_text("没填对")
    expect(owner.get_by_label("改成")).to_have_value("123")
    owner.get_by_label("改成").fill("13912345678")
    owner.get_by_role("button", name="更正").click()
    expect(page.locator(".facts")).to_contain_text("139****5678")
    assert faults == []
    context.close()

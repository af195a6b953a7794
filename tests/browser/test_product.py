"""The whole product as a stranger starts it: a real server process and a real browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]


def say(page: Page, text: str) -> None:
    """Type and send."""
    page.get_by_label("输入消息").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def test_a_customer_reports_an_accident_in_the_browser(product: str, page: Page) -> None:
    """One breath, one card, one number; the claim survives a reload."""
    page.goto(f"{product}/chat")
    say(page, "刚才在卫津路追尾了 津A12345 没人伤 报警了 能开 我叫张伟 13800000001")
    expect(page.get_by_text("请您核对一下").last).to_be_visible()
    page.get_by_role("button", name="确认提交").last.click()
    number = re.compile(r"CL\d{14}")
    expect(page.get_by_text(number).last).to_be_visible()
    page.reload()
    expect(page.get_by_text(number).last).to_be_visible()


def test_a_question_is_answered_with_its_figures(product: str, page: Page) -> None:
    """The knowledge base answers in the page."""
    page.goto(f"{product}/chat")
    say(page, "交强险赔多少")
    expect(page.get_by_text("18 万元").last).to_be_visible()

"""The desk in a browser: log in, let a customer write, find and take over the conversation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect


def entered(page: Page, product: str, folder: Path, name: str) -> Page:
    """Log somebody in; they land on the first page of their menu."""
    password = (folder / "demo-password.txt").read_text(encoding="utf-8").strip()
    page.goto(f"{product}/console/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("#theme")).to_be_visible()
    return page


def logged_in(page: Page, product: str, folder: Path, name: str) -> Page:
    """Log an agent in and go online."""
    entered(page, product, folder, name)
    expect(page.locator("#line")).to_have_attribute("data-state", "live")
    page.locator("#state-select").select_option("online")
    return page


def faults_of(page: Page) -> list[str]:
    """Return what will be filled with the page's errors, those of its policy too."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Policy" in said.text else None)
    return faults


def customer_says(page: Page, product: str, *words: str) -> None:
    """Write on the chat page."""
    if not page.url.startswith(f"{product}/chat"):
        page.goto(f"{product}/chat")
    for text in words:
        page.get_by_label("输入消息").fill(text)
        page.get_by_role("button", name="发送", exact=True).click()
        expect(page.locator(".from-customer", has_text=text[:8]).last).to_be_visible()
    # On a busy machine it stands there long before anybody at a desk can see it.
    expect(page.locator("[data-state=sending]")).to_have_count(0)


def until(page: Page, told: Callable[[], object], value: object) -> None:
    """Wait for a value that no locator shows, as long as for any other."""
    for _ in range(200):
        if told() == value:
            return
        page.wait_for_timeout(100)
    assert told() == value


def waiting(desk: Page, words: str) -> None:
    """Open the newest waiting conversation whose last words contain ``words``.

    First come, first served: customers whom earlier agents left behind stand before it.
    """
    # The list that stands there may be older than the wish.
    with desk.expect_response(lambda answer: "/console/inbox/list" in answer.url):
        desk.get_by_role("tab", name="排队").click()
    row = desk.locator(".row-item", has_text=words).last
    expect(row).to_be_visible()
    row.locator("a").click()
    expect(desk.locator(".conversation")).to_be_visible()


def taken_over(desk: Page, page: Page, product: str) -> None:
    """Ask for a person and let the desk take the conversation."""
    customer_says(page, product, "转人工")
    waiting(desk, "转接")
    desk.get_by_role("button", name="接管").click()
    expect(desk.locator("[data-mode=say]")).to_be_visible()

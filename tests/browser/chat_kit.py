"""The chat page in a browser, and photos to send."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
)

from tests.browser.fake_chat import FakeChat, chat_application, serving

PHONE = {"width": 390, "height": 844}


DESKTOP = {"width": 1280, "height": 800}


@dataclass
class Visit:
    """A customer in front of the page, and what went wrong behind their back."""

    page: Page
    chat: FakeChat
    address: str
    errors: list[str]

    @property
    def session(self) -> str:
        """Return the session id that the page made up."""
        return str(self.page.evaluate("JSON.parse(localStorage.getItem('anda.session'))"))

    def say(self, text: str) -> None:
        """Type and send."""
        self.page.get_by_label("输入消息").fill(text)
        self.page.get_by_role("button", name="发送", exact=True).click()

    def bubbles(self, side: str) -> list[str]:
        """Return the words in the bubbles of one side, without the screen reader's prefix."""
        script = (
            "nodes => nodes.map(n => [...n.childNodes].slice(1).map(c => c.textContent).join(''))"
        )
        found = self.page.locator(f"#messages .from-{side} .bubble").evaluate_all(script)
        return [str(text) for text in found]

    def expect_script(self, script: str, value: object) -> None:
        """Wait for a value; the page's own rules forbid Playwright's waiting by expression."""
        for _ in range(100):
            if self.page.evaluate(script) == value:
                return
            self.page.wait_for_timeout(50)
        assert self.page.evaluate(script) == value

    def expect_reply(self, text: str) -> None:
        """Wait for a bubble of the bot."""
        bubble = self.page.locator("#messages .from-bot .bubble", has_text=text)
        expect(bubble.last).to_be_visible()


def visit(browser: Browser, stack: ExitStack, chat: FakeChat, **options: Any) -> Visit:
    """Open the page in a fresh browser profile."""
    address = stack.enter_context(serving(chat_application(chat)))
    context: BrowserContext = browser.new_context(
        locale="zh-CN", **({"viewport": DESKTOP} | options)
    )
    stack.callback(context.close)
    page = context.new_page()
    page.set_default_timeout(8000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: note(message, errors))
    page.on("request", lambda request: watch(request, address, errors))
    page.goto(f"{address}/chat")
    expect(page.locator("#log")).to_have_attribute("aria-busy", "false")
    return Visit(page, chat, address, errors)


def note(message: ConsoleMessage, errors: list[str]) -> None:
    """Collect warnings and errors, except the browser's own remarks about a cut network."""
    if message.type in {"error", "warning"} and "net::ERR" not in message.text:
        errors.append(message.text)


def watch(request: Request, address: str, errors: list[str]) -> None:
    """Nothing may be fetched from anywhere else, and no Referer may carry the session."""
    if not request.url.startswith((address, "blob:", "data:")):
        errors.append(f"external request: {request.url}")
    if request.headers.get("referer"):
        errors.append(f"referer sent: {request.headers['referer']}")

"""How the chat page looks and is read: contrast, sizes, themes, names."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from playwright.sync_api import (
    Browser,
    expect,
)

from tests.browser.chat_kit import PHONE, Visit, visit
from tests.browser.fake_chat import FakeChat


def test_everything_has_a_name(here: Visit) -> None:
    """Every control is labelled and the log is a polite live region."""
    nameless = here.page.evaluate(
        "[...document.querySelectorAll('button, a, input, textarea, dialog, aside, nav')]"
        ".filter(n => !(n.textContent.trim() || n.ariaLabel || n.labels?.length "
        "|| n.getAttribute('aria-labelledby'))).map(n => n.outerHTML)"
    )
    assert nameless == []
    log = here.page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_attribute("tabindex", "0")


def test_dark_and_large_are_remembered(here: Visit) -> None:
    """The switches tell their state, change the page, and survive a reload."""
    size = "parseFloat(getComputedStyle(document.querySelector('.hello-title')).fontSize)"
    before = here.page.evaluate(size)
    here.page.get_by_role("button", name="大字模式").click()
    here.page.get_by_role("button", name="深色模式").click()
    here.page.reload()
    assert here.page.evaluate(size) >= before * 1.2
    assert here.page.evaluate("document.documentElement.dataset.theme") == "dark"
    for name in ("大字模式", "深色模式"):
        expect(here.page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")


def test_dark_follows_the_system(browser: Browser) -> None:
    """Until the customer chooses."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat(), color_scheme="dark")
        assert here.page.evaluate("document.documentElement.dataset.theme") == "dark"
        here.page.emulate_media(color_scheme="light")
        expect(here.page.locator("html")).to_have_attribute("data-theme", "light")


CONTRAST = """
() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, below) => {
    const a = top[3] ?? 1;
    return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a));
  };
  const backdrop = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      const stops = style.backgroundImage.match(/rgba?\\([^)]+\\)/g);
      layers.push(stops ? parse(stops.at(-1)) : parse(style.backgroundColor));
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const light = (rgb) => {
    const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = rgb.map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode());) {
    const node = text.parentElement;
    if (!text.data.trim() || !node.checkVisibility()) continue;
    if (node.closest(".sr, .skip, :disabled")) continue;
    const behind = backdrop(node);
    const [a, b] = [light(over(parse(getComputedStyle(node).color), behind)), light(behind)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${text.data.trim()} ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_aa(browser: Browser, scheme: str) -> None:
    """Every visible word has 4.5 : 1 against what is behind it."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat(), color_scheme=scheme)
        here.say("我要报案")
        here.expect_reply("请先确认安全")
        here.page.get_by_role("button", name="没有人受伤").click()
        here.expect_reply("就好")
        here.chat.push(here.session, "system", {"type": "text", "text": "客服小李已接入"})
        here.chat.push(here.session, "agent", {"type": "text", "text": "热线 95505"})
        expect(here.page.locator(".from-agent a")).to_be_visible()
        here.page.locator("#more").click()
        here.page.wait_for_timeout(400)
        assert here.page.evaluate(CONTRAST) == []


OVERLAPS = """
() => {
  const parts = [...document.querySelectorAll("h1 span, .tool, .identity, .door")];
  const boxes = parts.map((part) => [part.textContent.trim(), part.getBoundingClientRect()]);
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1
    || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  const pairs = boxes.flatMap((one, at) => boxes.slice(at + 1).map((other) => [one, other]));
  return pairs.filter(([a, b]) => !apart(a[1], b[1])).map(([a, b]) => `${a[0]} / ${b[0]}`);
}
"""


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("large", [False, True])
def test_nothing_sticks_out(browser: Browser, width: int, large: bool) -> None:
    """No sideways scrolling and nothing covered on a small phone, even in large letters."""
    with ExitStack() as stack:
        size = {"width": width, "height": 640}
        here = visit(browser, stack, FakeChat(), viewport=size, is_mobile=True, has_touch=True)
        if large:
            here.page.get_by_role("button", name="大字模式").tap()
        here.say("A" * 300 + "https://example.org/" + "b" * 200)
        here.say("我要报案")
        here.expect_reply("请先确认安全")
        here.page.locator("#more").tap()
        wide = here.page.evaluate(
            "[...document.querySelectorAll('body *')].filter(n => n.checkVisibility() "
            "&& !n.closest('.sr, .skip, svg') && n.getBoundingClientRect().right > innerWidth + 1)"
            ".map(n => n.className || n.tagName)"
        )
        assert wide == []
        log = "document.getElementById('log')"
        assert here.page.evaluate(f"{log}.scrollWidth <= {log}.clientWidth")
        assert here.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert here.page.evaluate(OVERLAPS) == []


def test_targets_are_big_enough(phone: Visit) -> None:
    """Everything to tap is at least 24 px, and the main ways are 44 px high."""
    script = (
        "nodes => nodes.filter(n => n.checkVisibility()).map(n => n.getBoundingClientRect().height)"
    )
    phone.say("我要报案")
    phone.expect_reply("请先确认安全")
    assert min(phone.page.locator("button").evaluate_all(script)) >= 24
    main = phone.page.locator(".menu-item, .menu-faq, .choice, .send, .round")
    assert min(main.evaluate_all(script)) >= 44


def test_no_layout_jump_while_loading(browser: Browser) -> None:
    """Chromium's own measure of jumps stays near zero from load to first answer."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat(), viewport=PHONE)
        here.say("你好")
        here.expect_reply("收到：你好")
        here.page.wait_for_timeout(300)
        shift = here.page.evaluate(
            "new Promise(done => new PerformanceObserver(list => done(list.getEntries()"
            ".filter(e => !e.hadRecentInput).reduce((sum, e) => sum + e.value, 0)))"
            ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 500))"
        )
        assert shift < 0.05

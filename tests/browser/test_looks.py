"""Every page by day and by night, on three screens: readable, nothing sticks out, nothing jumps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.desk_kit import customer_says, entered, until

_LOOK = (Path(__file__).with_name("looks.js")).read_text(encoding="utf-8").partition("\n")[2]
_SIZES = {"desk": (1366, 768), "tablet": (820, 1180), "phone": (390, 844)}
# What stands on a page and is no word of a person: codes of ours would.
_VISITOR = re.compile(r"访客 \w+")  # the end of an address, which may spell a word
_RAW = re.compile(
    r"(?<![A-Za-z0-9./_:@#?=&-])[a-z]+(?:_[a-z]+)+|\bNone\b"
    r"|(?<![A-Za-z0-9./_:@#?=&-])[a-z]{3,}(?![A-Za-z0-9@./])"
)
# Google calls 0.1 good; a page that is worked on all day should hold still.
_MOST_SHIFT = 0.02
_SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 400);
})"""
_SLOW_LINE = {"offline": False, "latency": 50, "downloadThroughput": 60_000, "uploadThroughput": -1}
_UNFOLD = "for (const one of document.querySelectorAll('details:not(.me)')) one.open = true"
_PLACES = {
    "会话": "/console/inbox?tab=all",
    "理赔": "/console/claims",
    "投诉": "/console/complaints",
    "工单": "/console/tickets",
    "保全": "/console/services",
    "投保": "/console/applications",
    "客户": "/console/customers",
    "比对两个客户": "/console/customers/DEMO-0001/join?other=DEMO-0003",
    "个人信息": "/console/rights",
    "来电来访": "/console/intake",
    "来电投诉": "/console/intake?kind=complaint",
    "班长台": "/console/floor",
    "访问记录": "/console/audit",
    "通知": "/console/notices",
    "没找到": "/console/claims?q=zzzz",
    "没有这一页": "/console/nothing",
}
_FIRST = {
    "一个会话": ("/console/inbox?tab=all", ".row-item a"),
    "一件案件": ("/console/claims", "a.case-card"),
    "一件投诉": ("/console/complaints", "a.case-card"),
    "一件个人信息请求": ("/console/rights", "table.list a"),
    "一张工单": ("/console/tickets", "table.list a"),
    "一位客户": ("/console/customers?q=13800000005", "a[href^='/console/customers/']"),
}


def _places(page: Page, product: str) -> Mapping[str, str]:
    """Return all pages: the lists, and the first thing of every list."""
    found = dict(_PLACES)
    for name, (place, link) in _FIRST.items():
        page.goto(product + place)
        found[name] = str(page.locator(link).first.get_attribute("href"))
    page.goto(f"{product}/console/quality")
    below = page.locator("main a[href^='/console/quality']")
    found |= {one: one for one in below.evaluate_all("all => all.map((a) => a.pathname)")}
    return found | {"质量": "/console/quality"}


def _jumps(page: Page, name: str) -> list[str]:
    """Return by how much the page moved while it was opened, if that is too much."""
    shift = page.evaluate(_SHIFT)
    return [f"{name}: jumps {shift:.3f}"] if shift > _MOST_SHIFT else []


def _faults(page: Page, name: str) -> Iterator[str]:
    """Yield what is wrong with the look of the page that is open."""
    look: dict[str, Any] = page.evaluate(_LOOK)
    yield from (f"{name}: faint {text}" for text in look["faint"])
    yield from (f"{name}: sticks out {text}" for text in look["wide"])
    if look["scroll"] > 0:
        yield f"{name}: scrolls sideways by {look['scroll']}"
    # The rows behind a figure are shown as the ledger has them.
    codes = (
        ()
        if name.startswith("/console/quality")
        else sorted(set(_RAW.findall(_VISITOR.sub("", look["words"]))))
    )
    yield from (f"{name}: raw {code}" for code in codes)
    if look["lang"] != "zh-CN":
        yield f"{name}: lang {look['lang']}"


@pytest.mark.parametrize(
    ("size", "theme"),
    [("desk", "light"), ("tablet", "dark"), ("phone", "light")],
)
def test_every_page_is_readable_and_holds_still(
    browser: Browser, product: str, product_folder: Path, size: str, theme: str
) -> None:
    """Contrast AA of every text, no sideways scrolling, no jumps, no codes, forms unfolded too."""
    width, height = _SIZES[size]
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(f"{product}/console/login")
    faults = [*_jumps(page, "登录"), *_faults(page, "登录")]
    entered(page, product, product_folder, "刘洋")
    page.evaluate(f"localStorage.setItem('anda-theme', '{theme}')")
    for name, place in _places(page, product).items():
        page.goto(product + place)
        faults += [*_jumps(page, name), *_faults(page, name)]
        page.evaluate(_UNFOLD)
        faults += _faults(page, f"{name}（展开）")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.goto(f"{product}/chat")
    faults += [*_jumps(page, "客户网页"), *_faults(page, "客户网页")]
    context.close()
    assert faults == []


def test_a_page_that_arrives_bit_by_bit_holds_still(
    browser: Browser, product: str, product_folder: Path
) -> None:
    """A board of columns grows with every card that arrives: it is drawn when all are there."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    page = entered(context.new_page(), product, product_folder, "刘洋")
    page.goto(f"{product}/console/claims")  # the styles are kept from here on
    line = context.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", _SLOW_LINE)
    faults: list[str] = []
    for place in ("claims", "tickets"):
        page.goto(f"{product}/console/{place}")
        faults += _jumps(page, place)
    context.close()
    assert faults == []


@pytest.mark.parametrize("size", ["desk", "tablet", "phone"])
def test_every_page_of_the_menu_can_be_seen(
    browser: Browser, product: str, product_folder: Path, size: str
) -> None:
    """A word or an icon for each, on the page of conversations as on the others."""
    width, height = _SIZES[size]
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": height})
    page = entered(context.new_page(), product, product_folder, "刘洋")
    seen = """all => all.filter((one) => [...one.children].every((part) =>
      part.getBoundingClientRect().width < 8)).map((one) => one.title)"""
    for place in ("inbox", "claims"):
        page.goto(f"{product}/console/{place}")
        assert page.locator(".tabs a").evaluate_all(seen) == []
        assert page.locator(".tabs a").count() > 8
    context.close()


@pytest.mark.parametrize("name", ["刘洋", "陈立"])
def test_the_sheet_of_keys_opens_everywhere(
    browser: Browser, product: str, product_folder: Path, name: str
) -> None:
    """«?» opens it, Escape closes it, in a box it is a character; Alt+Shift+2 changes pages."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    page = entered(context.new_page(), product, product_folder, name)
    for place in page.locator(".tabs a").evaluate_all("all => all.map((one) => one.href)"):
        page.goto(place)
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("?")
        expect(page.locator("dialog[open]")).to_contain_text("快捷键")
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        page.get_by_role("button", name="快捷键").click()
        expect(page.locator("dialog[open]")).to_have_count(1)
        page.keyboard.press("Escape")
    page.goto(f"{product}/console/tickets")
    page.locator("#q").fill("")
    page.locator("#q").press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#q")).to_have_value("?")
    second = page.locator(".tabs a").nth(1).get_attribute("href")
    page.keyboard.press("Alt+Shift+Digit2")
    page.wait_for_url(f"**{second}**")
    context.close()


def test_the_bell_asks_tells_and_can_be_muted(
    browser: Browser, page: Page, product: str, product_folder: Path
) -> None:
    """Who works on a case hears of a waiting customer; two tabs speak once; muted, none."""
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 1366, "height": 768}, permissions=["notifications"]
    )
    told = """window.told = []; window.Notification = class {
      static permission = "granted"; static requestPermission = async () => "granted";
      constructor(title, more) { window.told.push(`${title} ${more.body}`); }
    };"""
    context.add_init_script(told)
    desk = entered(context.new_page(), product, product_folder, "王敏")
    desk.goto(f"{product}/console/tickets")
    other = context.new_page()
    other.goto(f"{product}/console/claims")
    other.wait_for_timeout(500)
    desk.locator("#bell summary").click()
    expect(desk.locator(".bell-state")).to_have_text("桌面提醒已打开")
    desk.get_by_role("button", name="试一下").click()
    assert desk.evaluate("window.told") == ["安答控制台 这是试一下的提醒"]
    before = _beeps(desk) + _beeps(other)
    customer_says(page, product, "转人工")
    until(desk, lambda: _beeps(desk) + _beeps(other), before + 1)
    desk.wait_for_timeout(1000)  # a second tab that beeps too does so at once
    assert _beeps(desk) + _beeps(other) == before + 1
    desk.get_by_role("checkbox", name="声音").uncheck()
    another = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    stranger = another.new_page()
    customer_says(stranger, product, "人工客服")
    desk.wait_for_timeout(2500)
    assert _beeps(desk) + _beeps(other) == before + 1
    another.close()
    context.close()


def _beeps(page: Page) -> int:
    return int(page.evaluate("Number(document.documentElement.dataset.beeps ?? 0)"))


def test_on_a_phone_one_gets_from_the_list_to_the_customer_and_back(
    browser: Browser, product: str, product_folder: Path
) -> None:
    """List, thread and what is known are one touch apart."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = entered(context.new_page(), product, product_folder, "王敏")
    page.goto(f"{product}/console/inbox?tab=all")
    page.locator(".row-item a").first.click()
    expect(page.locator("#thread")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.get_by_role("button", name="客户资料").click()
    expect(page.locator("#side")).to_be_visible()
    page.get_by_role("button", name="客户资料").click()
    page.get_by_role("button", name="‹ 列表").click()
    expect(page.locator("#list")).to_be_visible()
    page.locator(".row-item a").first.click()
    expect(page.locator("#thread")).to_be_visible()
    context.close()


def test_on_a_phone_no_cell_of_a_list_is_out_of_sight(
    browser: Browser, product: str, product_folder: Path
) -> None:
    """A row is a card: each of its cells stands within the screen and says what it is."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = entered(context.new_page(), product, product_folder, "刘洋")
    page.goto(f"{product}/console/quality/samples")
    page.get_by_role("button", name="抽这一期").click()
    expect(page.locator("table.list a[href*='samples/']").first).to_be_visible()
    for path in ("quality/samples", "quality/surveys", "quality", "tickets", "floor"):
        page.goto(f"{product}/console/{path}")
        cell = page.locator("table.list td[data-label]").first
        expect(cell).to_be_visible()
        beyond = page.locator("table.list td").evaluate_all(
            "all => all.filter(one => one.textContent.trim()"
            " && one.getBoundingClientRect().right > innerWidth).map(one => one.textContent)"
        )
        assert beyond == [], path
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator("table.list th").first).to_be_visible()
    context.close()

"""Writing on the chat page: input methods, keys, and text that stays text."""

from __future__ import annotations

from playwright.sync_api import (
    expect,
)

from tests.browser.chat_kit import Visit

XSS = [
    "<img src=x onerror=alert(1)>",
    "<script>window.pwned=1</script>",
    '"><svg onload=window.pwned=1>',
    "javascript:alert(1)",
    "{{7*7}} ${7*7} &lt;b&gt;",
    "\u202e\u2066abc",
]


def test_markup_is_text(here: Visit) -> None:
    """From the customer, from the bot that repeats it, from an agent: never an element."""
    for text in XSS:
        here.say(text)
        here.expect_reply(f"收到：{text}")
        here.chat.push(here.session, "agent", {"type": "text", "text": text, "name": text})
        here.chat.push(here.session, "system", {"type": "text", "text": text})
    buttons = {"type": "text", "text": "选", "buttons": XSS[:2]}
    here.chat.push(here.session, "bot", buttons)
    hostile = {"type": "image", "url": "https://evil.example/x.png"}
    here.chat.push(here.session, "agent", hostile)
    expect(here.page.locator(".from-agent .photo")).to_be_visible()
    assert here.bubbles("customer") == XSS
    assert here.page.evaluate("window.pwned") is None
    assert here.page.locator("#messages script, #messages img[src^='http']").count() == 0
    assert here.page.locator("#messages a").count() == 0


def test_numbers_and_addresses_are_links(here: Visit) -> None:
    """Telephone numbers can be tapped, amounts cannot, pages open outside."""
    here.say("链接")
    here.expect_reply("详见")
    links = here.page.locator("#messages .from-bot a")
    assert links.evaluate_all("nodes => nodes.map(n => n.getAttribute('href'))") == [
        "https://example.org/a?b=1",
        "tel:95505",
        "tel:13800001111",
    ]
    expect(links.first).to_have_attribute("rel", "noopener noreferrer")


def test_enter_belongs_to_the_input_method_first(here: Visit) -> None:
    """While words are being composed Enter picks one; afterwards it sends; Shift breaks."""
    field = here.page.get_by_label("输入消息")
    field.fill("ni hao")
    for init in ("{isComposing: true}", "{keyCode: 229}"):
        field.evaluate(
            "(field, init) => field.dispatchEvent(new KeyboardEvent('keydown', "
            "{key: 'Enter', bubbles: true, cancelable: true, ...init}))",
            {"isComposing": True} if "isComposing" in init else {"keyCode": 229},
        )
    expect(field).to_have_value("ni hao")
    assert here.chat.received == []
    field.press("Shift+Enter")
    expect(field).to_have_value("ni hao\n")
    field.press("Enter")
    here.expect_reply("收到：ni hao")


def test_a_real_composition_is_not_sent(here: Visit) -> None:
    """The same with Chromium's own input method events."""
    field = here.page.get_by_label("输入消息")
    field.focus()
    devtools = here.page.context.new_cdp_session(here.page)
    devtools.send(
        "Input.imeSetComposition", {"text": "你h", "selectionStart": 2, "selectionEnd": 2}
    )
    devtools.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    here.page.wait_for_timeout(200)
    assert here.chat.received == []
    devtools.send("Input.insertText", {"text": "你好"})
    field.press("Enter")
    here.expect_reply("收到：你好")


def test_enter_on_a_phone_is_a_new_line(phone: Visit) -> None:
    """There the button sends."""
    field = phone.page.get_by_label("输入消息")
    field.tap()
    field.press("Enter")
    assert phone.chat.received == []


def test_the_composer_grows_to_five_lines(here: Visit) -> None:
    """Then it scrolls, and after sending it is small again."""
    field = here.page.get_by_label("输入消息")
    heights = []
    for lines in (1, 3, 5, 9):
        field.fill("\n".join("字" * lines))
        heights.append(field.evaluate("field => field.offsetHeight"))
    assert heights[0] < heights[1] < heights[2] == heights[3]
    here.say("短")
    here.expect_reply("收到：短")
    assert field.evaluate("field => field.offsetHeight") == heights[0]


def test_too_long_a_message_is_stopped_at_home(here: Visit) -> None:
    """The words stay in the field and the sentence says how many are too many."""
    here.say("险" * 4003)
    expect(here.page.get_by_role("alert")).to_contain_text("还要删去 3 个字")
    assert here.chat.received == []


def test_the_keyboard_is_enough(here: Visit) -> None:
    """Skip link, menu, a quick reply, the sheet and back, without a mouse."""
    page = here.page
    page.locator("h1").click()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("我要报案")
    page.keyboard.press("Enter")
    here.expect_reply("请先确认安全")
    page.get_by_role("button", name="没有人受伤").focus()
    page.keyboard.press("Enter")
    here.expect_reply("没有人受伤就好")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.id") == "more"
    page.keyboard.press("Enter")
    expect(page.locator("#more")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "more"

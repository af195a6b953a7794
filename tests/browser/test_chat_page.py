"""The customer's chat page in a real headless Chromium, against a real server."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    expect,
)

from tests.browser.fake_chat import FakeChat, chat_application, serving

pytestmark = pytest.mark.xdist_group("browser")

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


@pytest.fixture
def here(browser: Browser) -> Iterator[Visit]:
    """A desktop visit that must end without a single console error."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat())
        yield here
        assert here.errors == []


@pytest.fixture
def phone(browser: Browser) -> Iterator[Visit]:
    """The same on a phone."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat(), viewport=PHONE, is_mobile=True, has_touch=True)
        yield here
        assert here.errors == []


def png(colour: str = "teal", size: tuple[int, int] = (320, 200)) -> bytes:
    """Return a small photo."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


def choose(here: Visit, *photos: bytes) -> None:
    """Pick photos as the file dialog would."""
    files: Any = [
        {"name": f"{n}.png", "mimeType": "image/png", "buffer": data}
        for n, data in enumerate(photos)
    ]
    here.page.set_input_files("#album", files)


def test_a_message_is_answered(here: Visit) -> None:
    """Words go out on the right, the answer comes in on the left, once each."""
    here.say("你好")
    here.expect_reply("收到：你好")
    assert here.bubbles("customer") == ["你好"]
    assert here.bubbles("bot") == ["收到：你好"]
    assert here.page.locator(".retry, .spinner").count() == 0
    expect(here.page.get_by_label("输入消息")).to_have_value("")


def test_the_session_id_is_a_secret_worth_the_name(here: Visit) -> None:
    """192 random bits, kept over a reload, and not in the address bar."""
    first = here.session
    assert len(first) == 32
    here.page.reload()
    assert here.session == first
    assert first not in here.page.url


def test_buttons_send_their_words_and_fade(here: Visit) -> None:
    """The menu starts a report; a quick reply is used once and shows which one it was."""
    here.page.get_by_role("button", name="报案").first.click()
    here.expect_reply("请先确认安全")
    assert here.bubbles("customer") == ["我要报案"]
    choice = here.page.get_by_role("button", name="没有人受伤")
    choice.dblclick()  # nervous fingers
    here.expect_reply("没有人受伤就好")
    assert here.bubbles("customer") == ["我要报案", "没有人受伤"]
    assert here.page.locator(".choice:disabled").count() == 3
    expect(choice).to_have_class("choice chosen")
    here.page.reload()
    expect(here.page.get_by_role("button", name="没有人受伤")).to_have_class("choice chosen")
    assert here.page.locator(".choice:disabled").count() == 3


@pytest.mark.parametrize(("name", "words"), [("投诉", "我要投诉"), ("转人工", "转人工")])
def test_complaint_and_a_person_are_one_tap_away(phone: Visit, name: str, words: str) -> None:
    """Both stand in the header, whatever has been said."""
    phone.page.get_by_role("navigation").get_by_role("button", name=name, exact=True).tap()
    phone.expect_reply(f"收到：{words}")


def test_the_page_says_that_it_is_a_machine(phone: Visit) -> None:
    """Title, identity line, demo banner."""
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(
        "安答 · 天安保险天津分公司智能客服"
    )
    expect(phone.page.locator("#identity")).to_have_text("智能助手（AI），不是真人")
    expect(phone.page.get_by_role("note")).to_contain_text("演示环境")


def test_a_photo_is_looked_at_before_it_is_sent(here: Visit) -> None:
    """Preview, take one back, send the other, see it, open it, close it."""
    choose(here, png("red"), png("blue"))
    tray = here.page.get_by_label("待发送的照片").locator("li")
    expect(tray).to_have_count(2)
    here.page.get_by_role("button", name="不发这张").first.click()
    expect(tray).to_have_count(1)
    assert here.chat.received == []
    here.page.get_by_role("button", name="发送", exact=True).click()
    here.expect_reply("收到：image")
    expect(tray).to_have_count(0)
    assert [message.kind for message in here.chat.received] == ["image"]
    here.page.reload()
    picture = here.page.get_by_role("img", name="我发送的照片")
    expect(picture).to_have_attribute("src", f"/chat/media/{here.session}/" + ref_of(here))
    here.expect_script("document.querySelector('.photo img').naturalWidth", 320)
    picture.click()
    expect(here.page.get_by_role("dialog", name="查看照片")).to_be_visible()
    here.page.keyboard.press("Escape")
    expect(here.page.get_by_role("dialog", name="查看照片")).to_be_hidden()


def ref_of(here: Visit) -> str:
    """Return the file name that the last photo got."""
    attachment = here.chat.received[-1].attachment
    assert attachment
    return attachment.ref


def test_a_photo_that_fails_can_be_sent_again(here: Visit) -> None:
    """A broken upload keeps the photo; one tap sends it, once."""
    here.page.context.set_offline(True)
    choose(here, png())
    here.page.get_by_role("button", name="发送", exact=True).click()
    retry = here.page.get_by_role("button", name="重新发送")
    expect(retry).to_be_visible()
    here.page.route("**/chat/api/messages", lambda route: route.abort())
    here.page.context.set_offline(False)
    expect(retry).to_be_visible()
    here.page.unroute("**/chat/api/messages")
    resend(here)
    here.expect_reply("收到：image")
    assert here.page.locator(".from-customer .photo").count() == 1
    assert len({message.key for message in here.chat.received}) == 1


def test_a_photo_survives_a_reload(here: Visit) -> None:
    """A reload in the middle of an upload loses nothing: words and photo go out in order, once."""
    here.page.context.set_offline(True)
    here.say("先说一句")
    choose(here, png())
    here.page.get_by_role("button", name="发送", exact=True).click()
    expect(here.page.get_by_role("button", name="重新发送")).to_have_count(2)
    here.page.context.set_offline(False)
    here.page.route("**/chat/api/messages", lambda route: route.abort())
    here.page.reload()
    expect(here.page.locator(".from-customer .photo")).to_have_count(1)
    here.page.unroute("**/chat/api/messages")
    here.page.evaluate("document.querySelectorAll('.retry').forEach((each) => each.click())")
    here.expect_reply("收到：image")
    assert list(dict.fromkeys(m.kind for m in here.chat.received)) == ["text", "image"]
    assert len({message.key for message in here.chat.received}) == 2
    here.page.reload()
    here.expect_reply("收到：image")
    expect(here.page.locator(".from-customer .photo")).to_have_count(1)
    here.errors.clear()  # Chromium reports the requests that were cut off


def resend(here: Visit) -> None:
    """Tap the retry button unless the page was faster: it tries again by itself."""
    here.page.evaluate("document.querySelector('.retry')?.click()")


def test_a_refused_photo_says_why(here: Visit) -> None:
    """The server's sentence stands under the bubble."""
    files: Any = {"name": "x.webp", "mimeType": "image/webp", "buffer": b"RIFFxxxxWEBP"}
    here.page.set_input_files("#album", files)
    expect(here.page.locator("#tray li")).to_have_count(1)
    here.page.get_by_role("button", name="发送", exact=True).click()
    expect(here.page.locator(".reason")).to_have_text("只能发送 JPG 或 PNG 格式的照片。")
    here.errors.clear()  # Chromium reports the broken preview and the 422


def test_offline_then_online_sends_exactly_once(here: Visit) -> None:
    """Failed bubble and pill while away; back online everything leaves in order, once."""
    here.page.context.set_offline(True)
    here.say("第一句")
    here.say("第二句")
    expect(here.page.get_by_role("button", name="重新发送")).to_have_count(2)
    expect(here.page.locator("#pill")).to_have_text("连接中断，正在重连…")
    here.page.context.set_offline(False)
    here.expect_reply("收到：第二句")
    expect(here.page.locator(".retry")).to_have_count(0)
    expect(here.page.locator("#pill")).to_have_text("")
    assert here.chat.said(here.session) == ["第一句", "第二句"]
    assert here.bubbles("customer") == ["第一句", "第二句"]


def test_a_lost_answer_does_not_double_the_message(here: Visit) -> None:
    """The server had it, the answer got lost: the stream settles it without a second bubble."""

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    here.page.route("**/chat/api/messages", swallow, times=1)
    here.say("只有一次")
    here.expect_reply("收到：只有一次")
    expect(here.page.locator(".retry")).to_have_count(0)
    assert here.bubbles("customer") == ["只有一次"]
    assert here.chat.said(here.session) == ["只有一次"]


def test_unsent_words_survive_a_reload(here: Visit) -> None:
    """What failed before the reload is sent after it; a draft stays a draft."""
    here.page.route("**/chat/api/messages", lambda route: route.abort())
    here.say("没发出去的话")
    expect(here.page.get_by_role("button", name="重新发送")).to_be_visible()
    here.page.get_by_label("输入消息").fill("还没写完")
    here.page.unroute("**/chat/api/messages")
    here.page.reload()
    here.expect_reply("收到：没发出去的话")
    assert here.chat.said(here.session) == ["没发出去的话"]
    expect(here.page.get_by_label("输入消息")).to_have_value("还没写完")


def test_a_reload_brings_everything_back_and_marks_the_unread(here: Visit) -> None:
    """What came while the page was closed stands below a divider."""
    here.say("我先走了")
    here.expect_reply("收到：我先走了")
    session = here.session
    here.page.goto("about:blank")
    here.chat.push(session, "agent", {"type": "text", "text": "您的案件有新进展"})
    here.page.goto(f"{here.address}/chat")
    divider = here.page.locator(".divider")
    expect(divider).to_have_text("以下是未读消息")
    assert here.bubbles("customer") == ["我先走了"]
    after = here.page.locator(".divider + .line")
    expect(after).to_contain_text("您的案件有新进展")
    here.page.reload()
    expect(here.page.get_by_text("您的案件有新进展")).to_be_visible()
    expect(divider).to_have_count(0)


def test_an_agent_speaks_unasked(here: Visit) -> None:
    """A push appears at once and the identity line tells who answers now."""
    here.say("你好")
    here.expect_reply("收到：你好")
    body = {"type": "text", "text": "客服小李已接入", "owner": "agent"}
    here.chat.push(here.session, "system", body)
    here.chat.push(here.session, "agent", {"type": "text", "text": "您好，我是小李"})
    expect(here.page.get_by_text("您好，我是小李")).to_be_visible()
    expect(here.page.locator("#identity")).to_have_text("人工客服正在为您服务")


def test_a_server_that_restarts_loses_and_doubles_nothing(browser: Browser) -> None:
    """The pill shows the break; what was said meanwhile is there after it, once."""
    chat = FakeChat()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with ExitStack() as stack:
        with serving(chat_application(chat), port) as address:
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            stack.callback(context.close)
            page = context.new_page()
            page.goto(f"{address}/chat")
            here = Visit(page, chat, address, [])
            here.say("断线以前")
            here.expect_reply("收到：断线以前")
        expect(page.locator("#pill")).to_have_text("连接中断，正在重连…")
        here.say("断线当中")
        expect(page.get_by_role("button", name="重新发送")).to_be_visible()
        with serving(chat_application(chat), port):
            expect(page.locator("#pill")).to_have_text("", timeout=15000)
            here.expect_reply("收到：断线当中")
            assert here.bubbles("customer") == ["断线以前", "断线当中"]
            assert here.bubbles("bot") == ["收到：断线以前", "收到：断线当中"]
            page.close()


def test_without_streams_the_history_keeps_the_page_alive(browser: Browser) -> None:
    """A proxy that cuts event streams delays news, no more."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat())
        here.page.route("**/chat/api/stream**", lambda route: route.abort())
        here.page.reload()
        here.say("没有流也行")
        here.expect_reply("收到：没有流也行")
        here.chat.push(here.session, "agent", {"type": "text", "text": "推送也能到"})
        expect(here.page.get_by_text("推送也能到")).to_be_visible()


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


def test_a_position_is_shared(browser: Browser) -> None:
    """With permission: coordinates, with a label of the customer's own."""
    with ExitStack() as stack:
        here = visit(
            browser,
            stack,
            FakeChat(),
            permissions=["geolocation"],
            geolocation={"latitude": 39.0851, "longitude": 117.1994, "accuracy": 20},
        )
        here.page.locator("#more").click()
        here.page.get_by_role("button", name="位置", exact=True).click()
        expect(here.page.locator("#place-state")).to_contain_text("已获取位置")
        here.page.get_by_label("详细地址或路段").fill("友谊路与平江道交口")
        here.page.get_by_role("button", name="发送位置").click()
        here.expect_reply("收到：location")
        place = here.chat.received[-1].location
        assert place
        assert (place.lat, place.lon, place.label) == (39.0851, 117.1994, "友谊路与平江道交口")
        expect(here.page.locator(".location b")).to_have_text("友谊路与平江道交口")


def test_without_a_position_an_address_will_do(here: Visit) -> None:
    """Refused: the dialog says so and asks for words; nothing empty is sent."""
    here.page.locator("#more").click()
    here.page.get_by_role("button", name="位置", exact=True).click()
    expect(here.page.locator("#place-state")).to_contain_text("没能自动获取位置")
    here.page.get_by_role("button", name="发送位置").click()
    assert here.chat.received == []
    here.page.get_by_label("详细地址或路段").fill("外环东路")
    here.page.keyboard.press("Enter")
    here.expect_reply("收到：我的位置：外环东路")


def test_it_types_while_it_thinks(browser: Browser) -> None:
    """「正在输入…」 appears for a slow answer, and gives way to it."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat(delay=1.2))
        here.say("慢慢想")
        expect(here.page.locator("#typing")).to_be_visible()
        here.expect_reply("收到：慢慢想")
        expect(here.page.locator("#typing")).to_be_hidden()


def test_times_read_as_in_a_chat(here: Visit) -> None:
    """One line per pause, yesterday by name, in Tianjin's time."""
    text = {"type": "text", "text": "昨天的提醒"}
    here.chat.push(here.session, "bot", text, ago=timedelta(days=1))
    here.chat.push(here.session, "bot", text, ago=timedelta(days=1) - timedelta(minutes=1))
    here.chat.push(here.session, "bot", {"type": "text", "text": "今天的"})
    expect(here.page.locator(".from-bot .bubble", has_text="今天的")).to_be_visible()
    times = here.page.locator(".time")
    expect(times).to_have_count(2)
    assert times.first.inner_text().startswith("昨天 ")
    format_time = "(at, now) => import('/chat/static/times.js').then(m => m.timeText(at, now))"
    script = f"([at, now]) => ({format_time})(Date.parse(at), Date.parse(now))"
    now = "2026-03-02T09:30:00+08:00"
    for at, shown in [
        ("2026-03-02T00:05:00+08:00", "00:05"),
        ("2026-03-01T23:59:00+08:00", "昨天 23:59"),
        ("2026-02-26T18:02:00+08:00", "星期四 18:02"),
        ("2026-01-05T07:00:00+08:00", "1月5日 07:00"),
        ("2025-12-31T16:30:00Z", "1月1日 00:30"),
        ("2025-11-20T08:00:00+08:00", "2025年11月20日 08:00"),
    ]:
        assert here.page.evaluate(script, [at, now]) == shown


def test_a_long_history_opens_at_its_end(browser: Browser) -> None:
    """The last part first; the earlier part on demand, without a jump."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat())
        session = here.session
        here.page.goto("about:blank")
        for number in range(450):
            here.chat.push(session, "bot", {"type": "text", "text": f"第{number}条"})
        here.page.goto(f"{here.address}/chat")
        expect(here.page.get_by_text("第449条")).to_be_in_viewport()
        expect(here.page.locator("#messages .line")).to_have_count(200)
        earlier = here.page.get_by_role("button", name="查看更早的消息")
        earlier.click()
        expect(here.page.locator("#messages .line")).to_have_count(400)
        expect(here.page.get_by_text("第250条")).to_be_in_viewport()
        earlier.click()
        expect(here.page.locator("#messages .line")).to_have_count(450)
        expect(earlier).to_be_hidden()


def test_reading_above_is_not_disturbed(here: Visit) -> None:
    """News do not scroll a reader away; a button counts them and leads down."""
    for number in range(30):
        here.chat.push(here.session, "bot", {"type": "text", "text": f"第{number}条"})
    expect(here.page.get_by_text("第29条")).to_be_in_viewport()
    here.page.locator("#log").evaluate("log => log.scrollTo(0, 0)")
    here.page.wait_for_timeout(200)
    here.chat.push(here.session, "agent", {"type": "text", "text": "看到请回复"})
    newer = here.page.get_by_role("button", name="1 条新消息")
    expect(newer).to_be_visible()
    assert here.page.locator("#log").evaluate("log => log.scrollTop") == 0
    newer.click()
    expect(here.page.get_by_text("看到请回复")).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_two_tabs_show_the_same(here: Visit) -> None:
    """What is said in one appears in the other, once."""
    other = here.page.context.new_page()
    other.goto(f"{here.address}/chat")
    expect(other.locator("#log")).to_have_attribute("aria-busy", "false")
    here.say("两个窗口")
    here.expect_reply("收到：两个窗口")
    expect(other.locator(".from-customer .bubble")).to_have_count(1)
    expect(other.locator(".from-bot .bubble", has_text="收到：两个窗口")).to_have_count(1)


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

"""Photos on the chat page: looked at, sent, sent again, refused."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from playwright.sync_api import (
    expect,
)

from tests.browser.chat_kit import Visit


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

"""What customers do on Telegram: taps, edits, places, contacts, photos, links, blocking."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from bot.dialogue import phrases
from bot.dialogue.message import InboundMessage
from storage.models.base import table_of
from storage.models.case import Claim
from storage.models.outbox import Media
from tests.bot.channels.telegram.fake_api import FakeBotApi
from tests.bot.channels.telegram.kit import CHAT, NOW, Customer, Process, run

ACCIDENT = "报案，昨天下午三点在南开区卫津路追尾了前车，没人受伤，车牌津B6K789，电话13800001111"
REST = ("能开", "已经报警了", "王伟", "本人")


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite will do here: nothing depends on the kind of the database."""
    return f"sqlite:///{tmp_path / 'anda.db'}"


def _claims(process: Process) -> int:
    query = select(func.count()).select_from(table_of(Claim))
    return process.app.transactions.read(
        lambda uow: int(uow.connection.execute(query).scalar() or 0)
    )


def _jpeg() -> bytes:
    data = BytesIO()
    Image.new("RGB", (8, 8)).save(data, "JPEG")
    return data.getvalue()


def test_a_tap_says_the_text_of_its_button(process: Process, api: FakeBotApi) -> None:
    """A button is a short id on the way out and its text on the way back; it stops spinning."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says("你好"))
        await process.talk(customer.taps(api.buttons(CHAT)["报案"]))

    run(process, work)
    assert "安全" in api.texts(CHAT)[-1] or "受伤" in api.texts(CHAT)[-1]
    assert api.calls["answerCallbackQuery"] == 1


def test_an_old_button_confirms_nothing(process: Process, api: FakeBotApi) -> None:
    """A tap below a card that was changed since does not submit what it did not show."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says(ACCIDENT))
        while phrases.CONFIRM_BUTTONS[0] not in api.buttons(CHAT):
            await process.talk(customer.says("不知道"))
        old = api.buttons(CHAT)[phrases.CONFIRM_BUTTONS[0]]
        await process.talk(customer.says("不对，电话改成13912345678"))
        await process.talk(customer.taps(old))
        assert (_claims(process), phrases.TAP_GONE in api.texts(CHAT)[-1]) == (0, True)
        fresh = api.buttons(CHAT)[phrases.CONFIRM_BUTTONS[0]]
        # A finger that trembles taps twice.
        await process.talk(customer.taps(fresh), customer.taps(fresh))

    run(process, work)
    assert _claims(process) == 1


def test_a_tap_on_a_strangers_button_is_nothing(process: Process, api: FakeBotApi) -> None:
    """Only the customer under whose message a button stands can tap it; a made-up id is kind."""
    stranger = Customer(chat=CHAT + 1)

    async def work() -> None:
        await process.talk(Customer().says("你好"))
        data = api.buttons(CHAT)["报案"]
        await process.talk(stranger.taps(data), stranger.taps("9.9.9"), stranger.taps(""))

    run(process, work)
    assert api.texts(stranger.chat) == [phrases.TAP_GONE] * 3


def test_an_edit_corrects_the_open_form(process: Process, api: FakeBotApi) -> None:
    """The edited words change what was taken from the first ones; there is one claim."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says(ACCIDENT, number=500))
        await process.talk(customer.edits(500, ACCIDENT.replace("津B6K789", "津B6K780")))
        while phrases.CONFIRM_BUTTONS[0] not in api.buttons(CHAT):
            await process.talk(customer.says("不知道"))

    run(process, work)
    assert phrases.CORRECTED in api.texts(CHAT)[1]
    assert "津B6K780" in api.texts(CHAT)[-1]


def test_an_edit_after_submission_opens_no_second_claim(process: Process, api: FakeBotApi) -> None:
    """What is recorded is changed by asking, never by a second report."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says(ACCIDENT, number=500))
        while phrases.CONFIRM_BUTTONS[0] not in api.buttons(CHAT):
            await process.talk(customer.says("不知道"))
        await process.talk(customer.taps(api.buttons(CHAT)[phrases.CONFIRM_BUTTONS[0]]))
        await process.talk(customer.edits(500, ACCIDENT.replace("津B6K789", "津B6K780")))

    run(process, work)
    assert _claims(process) == 1


def test_an_edit_that_changes_no_word_is_not_answered(process: Process, api: FakeBotApi) -> None:
    """Telegram tells of previews and formats too."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says("怎么投诉", number=7), customer.edits(7, "怎么投诉"))

    run(process, work)
    assert len(api.texts(CHAT)) == 1


def test_a_phone_is_asked_for_with_a_button(process: Process, api: FakeBotApi) -> None:
    """Where the number is asked for, one tap shares it; the contact is read as typed words."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says("查保单"))
        contact = {"phone_number": "+8613912345678", "first_name": "客", "user_id": CHAT}
        await process.talk(customer.sends(contact=contact))

    run(process, work)
    keyboard = api.sent[0]["reply_markup"]["keyboard"]
    assert keyboard[0][0]["request_contact"] is True
    assert "验证码" in api.texts(CHAT)[-1]


def test_a_location_is_the_place_of_the_accident(process: Process, api: FakeBotApi) -> None:
    """A shared place goes into the open form; a venue brings its name."""
    customer = Customer()
    point = {"latitude": 39.1, "longitude": 117.2}
    venue = {"location": point, "title": "天塔", "address": "卫津南路"}

    async def work() -> None:
        await process.talk(customer.says("我要报案，刚才追尾了，没人受伤"))
        await process.talk(customer.sends(venue=venue))

    run(process, work)
    number = process.conversation()
    state = process.app.transactions.read(lambda uow: uow.conversations.get(number).state)
    assert "天塔 卫津南路" in str(state["stack"][-1]["slots"]["place"])


def test_photos_and_documents_are_fetched(process: Process, api: FakeBotApi) -> None:
    """The bytes come through the outbox, checked by themselves and within the limit."""
    customer = Customer()
    api.files |= {"P1": _jpeg(), "D1": b"%PDF-1.7 x", "X1": b"MZ\x90", "B1": b"\xff\xd8\xff" * 9}
    process.app.media.max_bytes = 700

    def photo(name: str) -> dict[str, object]:
        size = {"file_id": name, "file_unique_id": name, "width": 8, "height": 8}
        return customer.sends(photo=[size | {"file_id": "small"}, size])

    def document(name: str) -> dict[str, object]:
        file = {"file_id": name, "file_unique_id": name, "mime_type": "application/pdf"}
        return customer.sends(document=file)

    async def work() -> None:
        await process.talk(photo("P1"), document("D1"), document("X1"), photo("missing"))
        api.files["B2"] = b"\xff\xd8\xff" * 900
        await process.talk(photo("B2"))

    run(process, work)
    query = select(table_of(Media).c.status).order_by(table_of(Media).c.id)
    stored = process.app.transactions.read(
        lambda uow: list(uow.connection.execute(query).scalars())
    )
    assert stored == ["stored", "stored", "due", "due", "due"]
    fetches = [item["status"] for item in process.items("media")]
    assert fetches == ["sent", "sent", *["undeliverable"] * 3]


def test_a_deep_link_tells_where_the_customer_came_from(process: Process, api: FakeBotApi) -> None:
    """The first scene is the source of the customer; an unusable one is dropped."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says("/start branch_heping"), customer.says("/start <b>"))
        await process.talk(customer.says("/start agent-7"))

    run(process, work)
    assert len(api.texts(CHAT)) == 3
    source = process.app.transactions.read(
        lambda uow: uow.sources.source_of(process.conversation())
    )
    assert source is not None
    assert source["scene"] == "branch_heping"


def test_commands_of_the_menu_say_what_they_stand_for(process: Process, api: FakeBotApi) -> None:
    """A command is a sentence of the customer, also with the name of the bot behind it."""
    customer = Customer()

    async def work() -> None:
        await process.talk(customer.says("/complaint@anda_bot"), customer.says("/agent"))

    run(process, work)
    assert "我马上帮您登记" in api.texts(CHAT)[0]


def test_who_blocks_the_bot_is_left_alone(process: Process, api: FakeBotApi) -> None:
    """Blocking stops all sending; who writes again is reachable again."""
    customer = Customer()
    member = {"user": {"id": 1, "is_bot": True, "first_name": "b"}}
    blocked = customer.update(
        my_chat_member={
            "chat": {"id": CHAT, "type": "private"},
            "from": {"id": CHAT, "is_bot": False, "first_name": "客"},
            "date": int(customer.at.timestamp()),
            "old_chat_member": member | {"status": "member"},
            "new_chat_member": member | {"status": "kicked", "until_date": 0},
        }
    )

    def subscribed() -> bool:
        return process.app.transactions.read(
            lambda uow: uow.conversations.get(process.conversation()).subscribed
        )

    async def work() -> None:
        await process.talk(customer.says("你好"), blocked)
        assert not subscribed()
        await process.talk(customer.says("你好"))

    run(process, work)
    assert subscribed()
    assert len(api.texts(CHAT)) == 2


def test_a_caption_is_heard_before_its_photo(process: Process, api: FakeBotApi) -> None:
    """Words under a photo are words: they open the form that the photo belongs to."""
    customer = Customer()
    api.files["P1"] = _jpeg()
    size = {"file_id": "P1", "file_unique_id": "P1", "width": 8, "height": 8}

    async def work() -> None:
        await process.talk(customer.sends(photo=[size], caption="怎么投诉"))

    run(process, work)
    assert len(api.texts(CHAT)) == 2
    assert "我马上帮您登记" in api.texts(CHAT)[0]


def test_what_cannot_be_opened_is_said_so(process: Process, api: FakeBotApi) -> None:
    """A voice note gets the advice to type, a sticker too; a service note gets silence."""
    customer = Customer()
    voice = {"file_id": "V1", "file_unique_id": "V1", "duration": 2}
    sticker = {"file_id": "S1", "file_unique_id": "S1", "type": "regular", "width": 1}
    sticker |= {"height": 1, "is_animated": False, "is_video": False}

    async def work() -> None:
        await process.talk(customer.sends(voice=voice), customer.sends(sticker=sticker))
        await process.talk(customer.sends(delete_chat_photo=True))

    run(process, work)
    assert api.texts(CHAT) == [phrases.GOT_VOICE, phrases.GOT_FILE]


def test_a_voice_note_is_kept(process: Process, api: FakeBotApi) -> None:
    """Its bytes are fetched and told by themselves; an agent can hear it."""
    customer = Customer()
    api.files["V1"] = b"OggS" + bytes(24) + b"OpusHead" + bytes(40)
    voice = {"file_id": "V1", "file_unique_id": "V1", "duration": 2}
    run(process, lambda: process.talk(customer.sends(voice=voice)))
    query = select(table_of(Media).c.kind, table_of(Media).c.status, table_of(Media).c.path)
    [row] = process.app.transactions.read(lambda uow: uow.connection.execute(query).all())
    assert (row.kind, row.status) == ("voice", "stored")
    assert str(row.path).endswith(".ogg")


def test_whoever_waits_sees_that_we_are_writing(process: Process, api: FakeBotApi) -> None:
    """A turn that takes its time shows the typing sign, and its answer comes all the same."""
    slow = asyncio.Event()
    inbox = process.telegram.intake.inbox

    class Slow:
        """Answers when the typing sign has been shown."""

        async def handle(self, message: InboundMessage, within: float | None = None) -> Any:
            """Wait for it, then answer as ever."""
            await slow.wait()
            return await inbox.handle(message, within)

    async def work() -> None:
        process.telegram.intake.inbox = Slow()
        talking = asyncio.create_task(process.talk(Customer(at=NOW).says("在吗")))
        async with asyncio.timeout(30):
            while not api.calls["sendChatAction"]:  # noqa: ASYNC110 - counted by another thread
                await asyncio.sleep(0.01)
        slow.set()
        await talking

    run(process, work)
    assert len(api.texts(CHAT)) == 1

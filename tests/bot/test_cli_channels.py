"""`anda wechat` and `anda telegram` as an operator runs them, and what scans come to."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.bootstrap import App
from bot.cli.main import app
from bot.errors import ConfigurationError
from storage import schema
from storage.database import open_engine
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.telegram import fake_api as telegram
from tests.bot.channels.wechat import fake_api as wechat
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import AT, NOW, OPENID, request
from tests.bot.channels.wechat.fake_api import FakeApi
from tests.conftest import SECRET

Run = Callable[..., Result]


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A WeChat API of this test."""
    with wechat.running() as running:
        yield running


@pytest.fixture
def anda(tmp_path: Path, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command on an empty database, with both channels on."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    engine.dispose()
    for name in [name for name in os.environ if name.startswith("ANDA_")]:
        monkeypatch.delenv(name)
    with telegram.running() as bot:
        ours = {
            "DATABASE_URL": url,
            "DATA_DIR": str(tmp_path),
            "SECRET_KEY": SECRET.decode(),
            "WECHAT__APP_ID": "wx1",
            "WECHAT__APP_SECRET": "the-secret",
            "WECHAT__TOKEN": "TheToken123",
            "WECHAT__API_BASE_URL": api.url,
            "WECHAT__MP_BASE_URL": api.url,
            "TELEGRAM__BOT_TOKEN": telegram.TOKEN,
            "TELEGRAM__API_BASE_URL": bot.url,
        }
        for name, value in ours.items():
            monkeypatch.setenv(f"ANDA_{name}", value)
        yield lambda *arguments: CliRunner().invoke(app, arguments)


def test_the_menu_is_checked_published_and_shown(anda: Run, api: FakeApi, tmp_path: Path) -> None:
    """What is shown afterwards is what was in the file; a wrong file publishes nothing."""
    assert "现在没有菜单" in anda("wechat", "menu", "show").output
    assert "我要报案" in anda("wechat", "menu", "push", "--dry-run").output
    assert api.menu == {}
    wrong = tmp_path / "menu.yaml"
    wrong.write_text("- {name: 一栏, says: 没有}\n", encoding="utf-8")
    refused = anda("wechat", "menu", "push", "--file", str(wrong))
    assert isinstance(refused.exception, ConfigurationError)
    assert api.menu == {}
    assert "菜单已发布" in anda("wechat", "menu", "push").output
    assert [column["name"] for column in api.menu["button"]] == ["报案理赔", "我的保单", "客服"]
    assert "我要报案" in anda("wechat", "menu", "show").output


def test_a_code_leads_back_to_who_hands_it_out(anda: Run, api: FakeApi) -> None:
    """Permanent unless it shall end; the list names each with its count."""
    made = anda("wechat", "qr", "create", "--scene", "heping", "--name", "和平支公司")
    assert "ticket=TICKET%2F%2B%3D" in made.output
    code = ("--scene", "agent-7", "--kind", "agent", "--name", "小王", "--days", "7")
    assert anda("wechat", "qr", "create", *code).exit_code == 0
    assert [c["action_name"] for c in api.codes] == ["QR_LIMIT_STR_SCENE", "QR_STR_SCENE"]
    assert api.codes[1]["expire_seconds"] == 7 * 86_400
    assert api.codes[0]["action_info"] == {"scene": {"scene_str": "heping"}}
    assert anda("wechat", "qr", "create", "--scene", "有空 格", "--name", "x").exit_code == 2
    listed = anda("wechat", "qr", "list").output
    assert "heping\t网点\t和平支公司\t关注 0 次，扫码 0 次，0 位客户" in listed


def test_a_link_names_the_bot(anda: Run) -> None:
    """Telegram's deep link carries the scene."""
    made = anda("telegram", "link", "--scene", "heping", "--name", "和平支公司")
    assert "https://t.me/anda_bot?start=heping" in made.output


def test_who_follows_by_a_code_has_a_source(make_app: Callable[[], App]) -> None:
    """Following and scanning are counted apart; the first scene is the customer's source."""
    parts = make_app()
    account = platform.settings()
    parts.settings = parts.settings.model_copy(update={"wechat": account})
    parts.clock = lambda: NOW
    callback = parts.wechat_callback()
    assert callback is not None
    scanned = "<EventKey><![CDATA[agent-7]]></EventKey><Ticket>T</Ticket>"
    followed = scanned.replace("agent-7", "qrscene_heping")
    pushes = [("subscribe", AT, followed), ("subscribe", AT, followed), ("SCAN", AT + 5, scanned)]

    async def work() -> None:
        for event, at, fields in pushes:
            xml = platform.event_xml(OPENID, event, at, fields)
            assert (await request(callback, *platform.push(account, xml, at))).status == 200
        await parts.inbox.drain()

    asyncio.run(work())

    def told(uow: UnitOfWork) -> tuple[str, dict[str, tuple[int, int, int]]]:
        for scene in ("heping", "agent-7"):
            uow.sources.save_scene(scene, "branch", scene, "", None, NOW)
        conversation = uow.conversations.id_of("wechat", account.app_id, OPENID) or 0
        source = uow.sources.source_of(conversation)
        assert source is not None
        rows = uow.sources.counts()
        counts = {r["scene"]: (r["followed"], r["scanned"], r["customers"]) for r in rows}
        return str(source["scene"]), counts

    assert parts.transactions.run(told) == (
        "heping",
        {"heping": (1, 0, 1), "agent-7": (0, 1, 1)},
    )

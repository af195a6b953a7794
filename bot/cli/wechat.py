"""`anda wechat` and `anda telegram`: the menu, and codes and links that tell who sent whom."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from bot.bootstrap import App
from bot.channels.telegram.api import call, close, make_bot
from bot.channels.wechat import menu as menus
from bot.channels.wechat import qrcodes
from bot.channels.wechat.client import WeChatApi
from bot.dialogue import phrases
from bot.errors import ConfigurationError

app = typer.Typer(help="微信：菜单、带来源的二维码", no_args_is_help=True)
menu = typer.Typer(help="底部菜单", no_args_is_help=True)
qr = typer.Typer(help="带来源的二维码", no_args_is_help=True)
telegram = typer.Typer(help="Telegram：带来源的链接", no_args_is_help=True)
app.add_typer(menu, name="menu")
app.add_typer(qr, name="qr")
_SCENE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KINDS = {"branch": "网点", "agent": "业务员", "partner": "合作方"}


class Kind(StrEnum):
    """Who hands a code out."""

    BRANCH = "branch"
    AGENT = "agent"
    PARTNER = "partner"


Scene = Annotated[str, typer.Option(help="场景：字母、数字、_、-，最多 64 个")]
Name = Annotated[str, typer.Option(help="叫什么，写给同事看")]
KindOption = Annotated[Kind, typer.Option(help="branch 网点、agent 业务员、partner 合作方")]
MenuFile = Annotated[Path, typer.Option("--file", help="菜单文件")]


@menu.command("push")
def push_menu(
    file: MenuFile = menus.FILE,
    dry_run: Annotated[bool, typer.Option(help="只检查，不发布")] = False,
) -> None:
    """检查菜单文件，发布到公众号。"""
    parts = App.from_configuration()
    taps = {tap for flow in parts.registry.flows.values() for tap in flow.taps}
    checked = menus.load(file, taps | set(phrases.MENU_BUTTONS))
    if dry_run:
        print(_pretty(checked))
        return
    menus.push(_api(parts), checked)
    parts.transactions.close()
    print("菜单已发布，客户重新进入公众号后几分钟内可见。")


@menu.command("show")
def show_menu() -> None:
    """看公众号现在的菜单。"""
    parts = App.from_configuration()
    found = menus.published(_api(parts))
    parts.transactions.close()
    print(_pretty(found) if found else "公众号现在没有菜单。")


@qr.command("create")
def create_code(
    scene: Scene,
    name: Name,
    kind: KindOption = Kind.BRANCH,
    days: Annotated[int, typer.Option(help="几天后失效（最多 30）；0 = 永久", min=0, max=30)] = 0,
) -> None:
    """做一个二维码；客户从它来，来源就记成它。"""
    _check(scene)
    parts = App.from_configuration()
    lasts = timedelta(days=days) if days else None
    code = qrcodes.create(_api(parts), scene, lasts)
    now = parts.now()
    ends = now + lasts if lasts else None
    parts.transactions.run(
        lambda uow: uow.sources.save_scene(scene, kind.value, name, code.picture[:255], ends, now)
    )
    parts.transactions.close()
    print(f"{scene}（{name}）\n图片：{code.picture}\n内容：{code.content}")


@qr.command("list")
def list_codes() -> None:
    """各来源带来多少客户。"""
    parts = App.from_configuration()
    rows = parts.transactions.read(lambda uow: uow.sources.counts())
    if not rows:
        print("还没有来源码。")
    for row in rows:
        ends = f"，{row['expires_at']:%Y-%m-%d} 失效" if row["expires_at"] else ""
        print(
            f"{row['scene']}\t{_KINDS.get(row['kind'], row['kind'])}\t{row['name']}\t"
            f"关注 {row['followed']} 次，扫码 {row['scanned']} 次，{row['customers']} 位客户{ends}"
        )
    parts.transactions.close()


@telegram.callback()
def _telegram() -> None:
    """Telegram：带来源的链接。"""


@telegram.command("link")
def create_link(scene: Scene, name: Name, kind: KindOption = Kind.BRANCH) -> None:
    """做一个链接；客户从它来，来源就记成它。"""
    _check(scene)
    parts = App.from_configuration()
    link = f"https://t.me/{_bot_name(parts)}?start={scene}"
    now = parts.now()
    parts.transactions.run(
        lambda uow: uow.sources.save_scene(scene, kind.value, name, link, None, now)
    )
    parts.transactions.close()
    print(f"{scene}（{name}）\n链接：{link}")


def _bot_name(parts: App) -> str:
    settings = parts.settings.telegram
    if settings is None:
        raise ConfigurationError("没有接 Telegram：先在配置里写 telegram 一节")

    async def asked() -> str:
        bot = make_bot(settings)
        try:
            return str((await call(bot.get_me())).username)
        finally:
            await close(bot)

    return asyncio.run(asked())


def _api(parts: App) -> WeChatApi:
    if parts.settings.wechat is None:
        raise ConfigurationError("没有接微信：先在配置里写 wechat 一节")
    return parts.wechat_api(parts.settings.wechat)


def _check(scene: str) -> None:
    if not _SCENE.fullmatch(scene):
        raise typer.BadParameter("--scene 只用字母、数字、_、-，最多 64 个字符")


def _pretty(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()

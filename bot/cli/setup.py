"""`anda setup`: bring the database up to date and, in demo mode, fill it once."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

import typer
from argon2 import PasswordHasher

from bot.bootstrap import App
from bot.console.pages import ROLES
from bot.knowledge.seed import plant, plant_questions
from storage import schema
from storage.demo import months
from storage.demo.seeding import DemoSummary, seed
from storage.demo.staff import COLLEAGUES, hire
from storage.recalculation import Recalculation
from storage.unit_of_work import UnitOfWork


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(setup)


def setup(quiet: bool = False) -> None:
    """准备数据库；演示模式下首次运行会生成演示数据。"""
    parts = App.from_configuration()
    summary = prepare_database(parts)
    if not quiet:
        hints(parts, summary)
    parts.transactions.close()


def prepare_database(parts: App) -> DemoSummary | None:
    """Bring schema and shipped knowledge up to date and, in demo mode, fill an empty database."""
    schema.upgrade(parts.transactions.engine)
    now = parts.clock()
    parts.transactions.run(lambda uow: plant(uow, now))
    parts.transactions.run(lambda uow: plant_questions(uow, parts.cipher, now))
    if not parts.settings.demo:
        return None
    _employ(parts)
    return parts.transactions.run(lambda uow: _found(uow, parts, now))


def _found(uow: UnitOfWork, parts: App, now: datetime) -> DemoSummary:
    """Invent the branch, with the months that it has worked already."""
    summary = seed(uow.session, parts.cipher, now)
    if summary.customers:
        months.fill(uow, parts.cipher, parts.settings, now)
        Recalculation(uow, parts.cipher, parts.settings, now).settle()
    return summary


def _password_file(parts: App) -> Path:
    return parts.settings.data_dir / "demo-password.txt"


def _employ(parts: App) -> None:
    """Make demo log-ins once; their password is made up here and kept beside the data."""
    password, now = secrets.token_urlsafe(9), parts.clock()
    hashed = PasswordHasher().hash(password)
    if parts.transactions.run(lambda uow: hire(uow.session, hashed, now)):
        file = _password_file(parts)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(password + "\n", encoding="utf-8")


def hints(parts: App, summary: DemoSummary | None) -> None:
    """Print the addresses and the demo log-ins."""
    url = parts.settings.public_url
    print(f"网页对话：{url}/chat")
    print(f"接口文档：{url}/api/docs（令牌：.venv/bin/anda token create --role supervisor）")
    print(f"坐席控制台：{url}/console")
    if summary is None:
        return
    file = _password_file(parts)
    if file.exists():
        password = file.read_text(encoding="utf-8").strip()
        print(f"演示账号（密码都是 {password}）：")
        print("  " + "、".join(f"{one.name}（{ROLES[one.role]}）" for one in COLLEAGUES))
    print("演示客户（查保单、查进度时用手机号、验证码、证件后六位核验）：")
    for persona in summary.personas:
        plate = f"，{persona.plate}" if persona.plate else ""
        print(f"  {persona.name}　手机 {persona.phone}　证件后六位 {persona.id_tail}{plate}")
    print(f"验证码不会真的发短信，写在 {parts.settings.data_dir / 'sms.jsonl'} 里。", flush=True)

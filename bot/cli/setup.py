"""`anda setup`: bring the database up to date and, in demo mode, fill it once."""

from __future__ import annotations

import typer
from storage.demo.seeding import is_seeded, seed

from bot.bootstrap import App
from storage import schema
from storage.unit_of_work import UnitOfWork


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(setup)


def setup(quiet: bool = False) -> None:
    """准备数据库；演示模式下首次运行会生成演示数据。"""
    parts = App.from_configuration()
    schema.upgrade(parts.transactions.engine)
    if parts.settings.demo:
        _seed_once(parts)
    if not quiet:
        _hints(parts)
    parts.transactions.close()


def _seed_once(parts: App) -> None:
    now = parts.clock()

    def work(uow: UnitOfWork) -> None:
        if not is_seeded(uow.session):
            seed(uow.session, parts.cipher, now)

    parts.transactions.run(work)


def _hints(parts: App) -> None:
    print(f"网页对话：{parts.settings.public_url}/chat")
    print(f"接口文档：{parts.settings.public_url}/api/docs")

"""`anda db …` and `anda doctor`."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine, make_url, text

from bot import settings as configuration
from bot.bootstrap import App
from bot.cli import plain_words
from bot.errors import AndaError, ConfigurationError
from bot.settings import Settings
from storage import calendars, schema
from storage.database import open_engine

_LOW_DISK = 500_000_000
_CALENDAR_AHEAD = timedelta(days=10)

db = typer.Typer(help="数据库：升级、备份、恢复", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(db, name="db")
    app.command()(doctor)


def _open(settings: Settings) -> Engine:
    return open_engine(settings.database_url, configuration.secret_key(settings))


@db.command()
def upgrade() -> None:
    """升级数据库到当前程序的版本（可以重复运行）。"""
    engine = _open(configuration.load())
    schema.upgrade(engine)
    print(f"数据库已是最新版本（{schema.current(engine)}）")


@db.command()
def backup(file: Annotated[Path, typer.Argument()]) -> None:
    """在线备份（SQLite；PostgreSQL 请用 pg_dump 或 WAL 归档）。"""
    source = _sqlite_path(configuration.load())
    if not Path(source).is_file():
        raise AndaError(
            f"没有数据库 {source}，没有备份。请检查 database_url，或先运行 anda db upgrade"
        )
    if file.resolve() == Path(source).resolve():
        raise AndaError(f"{file} 就是正在用的数据库，请备份到另一个文件")
    try:
        with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(file)) as target:
            origin.backup(target)
    except sqlite3.Error as error:
        raise AndaError(f"备份写不到 {file}：{error}。请检查目录是否存在、能不能写") from None
    print(f"已备份到 {file}")


@db.command()
def restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """恢复备份；拒绝比当前程序更新的数据库。"""
    settings = configuration.load()
    target = _sqlite_path(settings)
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as origin:
        _refuse_unfit(origin, file)
        with closing(sqlite3.connect(target)) as destination:
            origin.backup(destination)
    engine = _open(settings)
    schema.upgrade(engine)
    print(f"已从 {file} 恢复（版本 {schema.current(engine)}）")


def _refuse_unfit(backup: sqlite3.Connection, file: Path) -> None:
    """Look before the running database is overwritten: is this ours, whole, and not newer?"""
    try:
        whole = backup.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        version = backup.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        raise AndaError(f"{file} 不是安答的备份，没有恢复") from None
    if not whole or version is None:
        raise AndaError(f"{file} 已损坏，没有恢复")
    if not schema.knows(version[0]):
        raise ConfigurationError("备份来自更新的版本：请先升级程序再恢复")


def _sqlite_path(settings: Settings) -> str:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ConfigurationError("这个命令用于 SQLite；PostgreSQL 请用 pg_dump / pg_restore")
    return url.database


def doctor() -> int:
    """检查配置、数据库、渠道、磁盘；每项一行，有问题时退出码为 1。"""
    try:
        app = App.from_configuration()
    except AndaError as error:
        print(f"✗ 配置：{error}")
        return 1
    checks: tuple[tuple[str, Callable[[App], str]], ...] = (
        ("配置", _check_settings),
        ("密钥", lambda app: f"可用（{len(app.secret)} 字节）"),
        ("数据库", _check_database),
        ("知识库", _check_knowledge),
        ("流程", lambda app: "、".join(flow.title for flow in app.registry.flows.values())),
        ("渠道", _check_channels),
        ("工作日历", _check_calendar),
        ("时钟", lambda app: f"{app.clock():%Y-%m-%d %H:%M:%S %z}"),
        ("磁盘", _check_disk),
    )
    return max([_report(name, check, app) for name, check in checks])


def _report(name: str, check: Callable[[App], str], app: App) -> int:
    try:
        print(f"✓ {name}：{check(app)}")
    except Exception as error:  # every part is checked, whatever another one says
        print(f"✗ {name}：{plain_words.told(error)}")
        return 1
    return 0


def _check_settings(app: App) -> str:
    settings = app.settings
    unused = [key for key, text in settings.branch.items() if settings.facts[key] != text]
    hint = (
        f"；branch 里的 {'、'.join(unused)} 不用，以 desk、deadlines 为准，请删去" if unused else ""
    )
    return f"读取正常，演示模式{'开' if settings.demo else '关'}{hint}"


def _check_database(app: App) -> str:
    engine = app.transactions.engine
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    if not schema.is_current(engine):
        raise ConfigurationError("版本不是最新，请运行 anda db upgrade")
    return f"{engine.dialect.name}，版本 {schema.current(engine)}"


def _check_knowledge(app: App) -> str:
    release = app.knowledge.release
    told = f"第 {release} 号发布" if release else "随产品的文件，还没有发布"
    return f"{len(app.knowledge.base.entries)} 条，{told}"


def _check_channels(app: App) -> str:
    on = ["网页"] + [
        n for n, s in (("微信", app.settings.wechat), ("Telegram", app.settings.telegram)) if s
    ]
    return "、".join(on)


def _check_calendar(app: App) -> str:
    """A year that begins soon must be known; one that is further off is only mentioned."""
    calendar = app.transactions.read(
        lambda uow: calendars.load(uow.connection, app.settings.calendar)
    )
    today = app.clock().date()
    calendar.works(today + _CALENDAR_AHEAD)
    known = "、".join(map(str, sorted(calendar.years)))
    following = today.year + 1
    hint = (
        "" if following in calendar.years else f"；{following} 年公布后请 anda data import calendar"
    )
    return f"{known} 年{hint}"


def _check_disk(app: App) -> str:
    folder = app.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < _LOW_DISK:
        raise ConfigurationError(f"只剩 {free // 1_000_000} MB，请清理磁盘")
    return f"剩余 {free // 1_000_000_000} GB"

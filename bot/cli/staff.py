"""`anda user add` and `anda token create`."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import pyotp
import typer
from argon2 import PasswordHasher
from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.bootstrap import App
from bot.errors import ConfigurationError
from storage.models.base import table_of
from storage.models.group_desk import StaffTelegram
from storage.models.staff import ApiToken, StaffUser
from storage.ownership import OUT
from storage.unit_of_work import UnitOfWork

user = typer.Typer(help="控制台账号", no_args_is_help=True)
token = typer.Typer(help="接口令牌", no_args_is_help=True)


class StaffRole(StrEnum):
    """The roles of the contract."""

    AGENT = "agent"
    CLAIMS = "claims"
    COMPLAINTS = "complaints"
    UNDERWRITING = "underwriting"
    SALES = "sales"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    ADMIN = "admin"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(user, name="user")
    app.add_typer(token, name="token")


@user.callback()
def _user() -> None:
    """控制台账号。"""


@token.callback()
def _token() -> None:
    """接口令牌。"""


@user.command("add")
def add_user(name: str, role: Annotated[StaffRole, typer.Option()]) -> None:
    """新增账号，密码只显示这一次。"""
    parts = App.from_configuration()
    password = secrets.token_urlsafe(12)
    hashed = PasswordHasher().hash(password)

    def add(uow: UnitOfWork) -> None:
        uow.session.add(
            StaffUser(name=name, role=role.value, password_hash=hashed, created_at=parts.clock())
        )

    try:
        parts.transactions.run(add)
    except IntegrityError:
        raise ConfigurationError(f"账号 {name} 已经存在，请换一个名字") from None
    print(f"账号 {name}（{role.value}）密码：{password}")


@user.command("totp")
def second_factor(name: str) -> None:
    """给账号开通动态口令，密钥只显示这一次。"""
    parts = App.from_configuration()
    secret = pyotp.random_base32()
    table = table_of(StaffUser)

    def store(uow: UnitOfWork) -> int:
        change = update(table).where(table.c.name == name)
        return uow.connection.execute(change.values(totp_secret=secret, totp_used=None)).rowcount

    if not parts.transactions.run(store):
        raise ConfigurationError(f"没有账号 {name}，请核对名字")
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="安答控制台")
    print(f"账号 {name} 的动态口令密钥：{secret}")
    print(f"也可以把这个地址做成二维码，用验证器扫：{address}")


@user.command("disable")
def disable_user(name: str) -> None:
    """停用账号，正在用的登录立即失效。"""
    parts = App.from_configuration()
    table = table_of(StaffUser)

    def stop(uow: UnitOfWork) -> int:
        now = parts.clock()
        change = update(table).where(table.c.name == name).values(disabled_at=now)
        # Pages that are open hear it at once, in whatever process they are served.
        uow.ownership.tell(OUT, None, name, now)
        return uow.connection.execute(change).rowcount

    if not parts.transactions.run(stop):
        raise ConfigurationError(f"没有账号 {name}，请核对名字")
    print(f"账号 {name} 已停用")


@user.command("telegram")
def telegram_account(
    name: str,
    number: Annotated[int, typer.Argument(min=1, help="本人的 Telegram 编号")] = 0,
    remove: Annotated[bool, typer.Option("--remove", help="解除")] = False,
) -> None:
    """把同事的 Telegram 账号和控制台账号连起来，才能在坐席群里接客户。"""
    if bool(number) == remove:
        raise ConfigurationError(
            "写上 Telegram 编号，或者用 --remove 解除（编号不知道就在坐席群里说一句话）"
        )
    parts = App.from_configuration()
    told = parts.transactions.run(lambda uow: link_telegram(uow, name, number, parts.clock()))
    print(told)


def link_telegram(uow: UnitOfWork, name: str, number: int, now: datetime) -> str:
    """Connect an account of Telegram with one of ours, or with nobody; return what was done."""
    user = uow.session.scalar(select(StaffUser).where(StaffUser.name == name))
    if user is None:
        raise ConfigurationError(f"没有账号 {name}，请核对名字")
    # Flushed before the new one: either side may have been connected with somebody else.
    uow.session.execute(
        delete(StaffTelegram).where(
            or_(StaffTelegram.user_id == user.id, StaffTelegram.telegram_id == number)
        )
    )
    if not number:
        return f"账号 {name} 不再连着 Telegram"
    uow.session.add(StaffTelegram(telegram_id=number, user_id=user.id, since=now))
    return f"账号 {name} 连上了 Telegram {number}"


@token.command("create")
def create_token(
    role: Annotated[StaffRole, typer.Option()], label: Annotated[str, typer.Option()] = "cli"
) -> None:
    """新建接口令牌，只显示这一次。"""
    parts = App.from_configuration()
    print(new_token(parts, role.value, label))


def new_token(parts: App, role: str, label: str) -> str:
    """Store a token's hash and return the token."""
    secret = f"anda_{secrets.token_urlsafe(32)}"
    hashed = hashlib.sha256(secret.encode()).hexdigest()

    def add(uow: UnitOfWork) -> None:
        uow.session.add(
            ApiToken(
                token_hash=hashed, role=role, label=label, created_at=parts.clock(), revoked=False
            )
        )

    parts.transactions.run(add)
    return secret

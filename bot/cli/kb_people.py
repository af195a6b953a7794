"""Who does something to the knowledge base at the terminal, and whether they may."""

from __future__ import annotations

from sqlalchemy import select

from bot.bootstrap import App
from bot.errors import ConfigurationError, Refused
from bot.knowledge.seed import plant
from bot.knowledge.shares import cores
from bot.permissions import Action, allowed
from storage import schema
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork


def ready() -> App:
    """Return the parts over a database that has the schema of this program and a release."""
    parts = App.from_configuration()
    engine = parts.transactions.engine
    if schema.is_newer(engine):
        raise ConfigurationError("数据库比程序新：请升级程序，或换用与数据库配套的版本")
    if not schema.is_current(engine):
        schema.upgrade(engine)
    if not parts.transactions.read(lambda uow: uow.knowledge.live()):
        now = parts.clock()
        parts.transactions.run(lambda uow: plant(uow, now))
    parts.editors.cores = cores()
    return parts


def acting(parts: App, name: str, action: Action) -> str:
    """Return the name of a member of staff who may do this; Refused says who may."""

    def role(uow: UnitOfWork) -> str | None:
        return uow.session.scalar(select(StaffUser.role).where(StaffUser.name == name))

    found = parts.transactions.read(role)
    if found is None:
        raise Refused(f"没有账号 {name}：请先 anda user add {name} --role trainer")
    if not allowed(found, "knowledge", action):
        raise Refused(f"{name} 的角色是 {found}，不能{_ACTIONS.get(action, action)}")
    return name


_ACTIONS = {"write": "编辑知识库", "review": "复核知识库", "publish": "发布知识库"}

"""What went wrong, in words an operator can act on: one Chinese line for any exception."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import AndaError

_TROUBLES: dict[type[OSError], str] = {
    FileNotFoundError: "找不到文件或文件夹",
    IsADirectoryError: "要的是文件，不是文件夹",
    NotADirectoryError: "路径里有一段不是文件夹",
    PermissionError: "没有权限读写",
    ConnectionRefusedError: "对方没有在听，连不上",
    TimeoutError: "等了太久没有回音",
}
_MISSING_TABLE = ("no such table", "does not exist", "UndefinedTable")
_LONGEST = 300


def told(error: Exception) -> str:
    """Return what went wrong; our own errors say it themselves."""
    if isinstance(error, AndaError):
        return _squeezed(error)
    if isinstance(error, OSError):
        named = f" {error.filename}" if error.filename is not None else ""
        return f"{_TROUBLES.get(type(error), '读写不了')}{named}"
    if isinstance(error, SQLAlchemyError):
        return _of_database(error)
    return (
        f"程序没有料到的错误（{type(error).__name__}：{_squeezed(error)}），请把这一行发给维护人员"
    )


def _of_database(error: SQLAlchemyError) -> str:
    if any(word in str(error) for word in _MISSING_TABLE):
        return "数据库里还没有需要的表，请先运行 anda db upgrade"
    if isinstance(error, DBAPIError):
        return "数据库连不上或读写不了，请检查 database_url 写得对不对、数据库开着没有、磁盘满没满"
    return "数据库用不了，请检查 database_url 的写法"


def _squeezed(error: Exception) -> str:
    return " ".join(str(error).split())[:_LONGEST]

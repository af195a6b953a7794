"""`anda privacy …`: requests of persons about their data, and doing what they ask."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import App
from bot.errors import AndaError
from bot.privacy.bundle import files
from bot.privacy.check import Check
from bot.privacy.rights import Rights
from storage import schema
from storage.personal import unfinished
from storage.personal.erasure import Erased
from storage.tickets import overdue


class Kind(StrEnum):
    """What may be asked for."""

    EXPORT = "privacy_export"
    ERASE = "privacy_erase"
    CORRECT = "privacy_correct"
    WITHDRAW = "privacy_withdraw"
    OTHER = "privacy_request"


class Way(StrEnum):
    """How somebody made sure of who asks."""

    VIDEO = "video"
    COUNTER = "counter"
    TWO_STAFF = "two_staff"


class Part(StrEnum):
    """What of a record is corrected."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"


app = typer.Typer(no_args_is_help=True)
_FATES = {"keep": "保留", "restrict": "停止使用、只存档", "erase": "删除"}
_Number = Annotated[str, typer.Argument(metavar="请求编号")]
_By = Annotated[str, typer.Option("--checked-by", help="谁核实了本人；已登记过核验（V3）的不用写")]
_Way = Annotated[Way | None, typer.Option("--how", help="怎么核实的：视频、当面、两人复核")]
_Guardian = Annotated[str, typer.Option("--guardian", help="未成年人的监护人和证明")]


@app.callback()
def _privacy() -> None:
    """个人信息：查看、导出、更正、删除。"""


@app.command(name="list")
def list_requests() -> None:
    """列出没办完的请求，先到期的在前。"""
    parts, rights = _open()
    now = parts.clock()
    for asked in rights.asked():
        ticket = asked.ticket
        waits = ticket.status == unfinished.STATUS
        day = ticket.facts.get("finish_on") or "业务办完"
        due = f"部分办完，等到 {day}" if waits else f"最晚 {ticket.due_at:%Y-%m-%d}"
        late = "  已超时" if overdue(ticket, now) else ""
        seen = f"  已核实本人：{asked.checked.words}" if asked.checked else ""
        print(f"{ticket.number}  {ticket.kind}  {due}{late}{seen}")
    parts.transactions.close()


@app.command()
def request(
    kind: Annotated[Kind, typer.Argument(metavar="种类", help="、".join(Kind))],
    customer: Annotated[str, typer.Option("--customer", help="客户编号")],
) -> None:
    """登记在门店或电话里提出的请求。"""
    parts, rights = _open()
    print(rights.open(kind, customer))
    parts.transactions.close()


@app.command()
def export(
    number: _Number,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹", file_okay=False)],
    checked_by: _By = "",
    how: _Way = None,
    guardian: _Guardian = "",
) -> None:
    """导出一个人的全部信息：JSON，和可以看、可以打印的 HTML、PDF。"""
    parts, rights = _open()
    check = Check(checked_by, how or "", guardian)
    for path in rights.hand_out(number, check, lambda copy: _written(files(copy, number), out)):
        print(path)
    parts.transactions.close()


def _written(made: Mapping[str, bytes], out: Path) -> list[Path]:
    """Write files that nobody else may read; what does not fit on the disk leaves nothing done."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            (out / name).touch(mode=0o600)
            (out / name).write_bytes(data)
    except OSError as error:
        raise AndaError(f"写不进 {out}（{error.strerror}），请换一个文件夹再导出") from None
    return [out / name for name in made]


@app.command()
def erase(
    number: _Number,
    checked_by: _By = "",
    how: _Way = None,
    guardian: _Guardian = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会怎样，不删")] = False,
) -> None:
    """删除一个人的信息；依法要保存的停止其他使用。"""
    parts, rights = _open()
    if dry_run:
        done = rights.plan(number)
    else:
        done = rights.erase(number, Check(checked_by, how or "", guardian))
    now = parts.clock()
    parts.transactions.close()
    _tell(done, dry_run=dry_run)
    if not dry_run and (done.partly or done.restricted):
        print(f"请求 {number} 没有办结，到期每晚接着办。可以这样告诉客户：")
        print(unfinished.told(number, unfinished.facts_of(done, now)))


@app.command()
def correct(
    number: _Number,
    field: Annotated[Part, typer.Option("--field", help="姓名、手机号还是证件号")],
    checked_by: _By = "",
    how: _Way = None,
    guardian: _Guardian = "",
) -> None:
    """更正客户资料；新的值从键盘或标准输入读，不留在命令历史里。"""
    parts, rights = _open()
    value = typer.prompt("新的值", err=True)
    rights.correct(number, field, value, Check(checked_by, how or "", guardian))
    parts.transactions.close()
    print(f"已更正，{number} 办完")


def _open() -> tuple[App, Rights]:
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    actor = f"staff:{getpass.getuser()}"
    return parts, Rights(parts.transactions, parts.cipher, parts.settings, parts.clock, actor)


def _tell(done: Erased, *, dry_run: bool) -> None:
    for verdict in done.found:
        until = f"，到 {verdict.until}" if verdict.until else ""
        why = f"：{verdict.reason}" if verdict.reason else ""
        print(f"{verdict.kind} {verdict.key}  {_FATES[verdict.fate]}{until}{why}")
    if dry_run:
        whole = "还有业务没办完，只删与业务无关的痕迹" if done.partly else "可以全部删除"
        print(f"（试运行）{whole}")
        return
    for title, count in done.rows.items():
        if count:
            print(f"{title}  {count}")
    kept = "，办着的业务保留，营销已停；业务办完以后自动接着删" if done.partly else ""
    print(f"已办：依法存档 {done.restricted} 份{kept}")

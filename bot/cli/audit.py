"""`anda audit …`: check the chain, keep its head, make and check evidence packs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import App
from bot.errors import AndaError
from bot.reports import evidence as packs
from storage import schema
from storage.audit_check import verify as walk
from storage.evidence import gather
from storage.unit_of_work import UnitOfWork

app = typer.Typer(no_args_is_help=True)


@app.command()
def verify(
    head: Annotated[str, typer.Option(help="以前留存的链尾，应在链里")] = "",
) -> int:
    """核对审计链；断了就说出第一处，退出码 1。"""
    parts = _ready()
    found = parts.transactions.read(lambda uow: walk(uow.connection, head))
    if not found.whole:
        print(f"✗ {found.broken}")
        return 1
    print(f"✓ 审计链完整：{found.links} 行。请把链尾抄到别处留存：{found.head}")
    return 0


@app.command()
def pack(
    number: Annotated[str, typer.Argument(help="投诉编号")],
    file: Annotated[Path, typer.Argument(help="写到哪个 .zip")],
    by: Annotated[str, typer.Option("--as", help="以谁的名义")],
    reason: Annotated[str, typer.Option(help="为什么要")],
    full: Annotated[bool, typer.Option(help="不脱敏")] = False,
) -> None:
    """生成一件投诉的证据包；谁、为什么要，记入访问日志。"""
    parts = _ready()
    now = parts.clock()

    def make(uow: UnitOfWork) -> bytes:
        found = gather(uow.session, number)
        if found is None:
            raise AndaError(f"没有投诉 {number}")
        what = f"evidence {number}{' full' if full else ''}"
        uow.customers.log_access(now, None, None, by, what, reason)
        return packs.pack(found, parts.cipher, (now, by, reason), full=full)

    file.write_bytes(parts.transactions.run(make))
    print(f"已写到 {file}")


@app.command()
def check(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> int:
    """核对证据包；改过一个字节也说得出是哪个文件，退出码 1。"""
    parts = App.from_configuration()
    if wrong := packs.check(file.read_bytes(), parts.cipher):
        print(f"✗ {wrong}")
        return 1
    print("✓ 证据包完整")
    return 0


def _ready() -> App:
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    return parts

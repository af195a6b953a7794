"""`anda serve`: run the product."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from enum import StrEnum
from typing import Annotated

import typer
import uvicorn

from bot import log
from bot.bootstrap import App
from bot.cli.setup import hints, prepare_database
from bot.errors import AndaError, ConfigurationError
from bot.settings import Settings
from storage import schema

_DRAIN_SECONDS = 5


class Role(StrEnum):
    """What this process does."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    SCHEDULER = "scheduler"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    role: Annotated[Role, typer.Option(help="all = 一个进程做全部")] = Role.ALL,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    prepare: Annotated[bool, typer.Option("--prepare", help="先准备数据库和演示数据")] = False,
) -> None:
    """启动服务（SIGTERM 时处理完手头的消息再退出）。"""
    # Whoever is told to stop while he is still starting has nothing to finish.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    parts = reached_at(port)
    if prepare:
        hints(parts, prepare_database(parts))
    serve_parts(parts, role, host, port)


def reached_at(port: int) -> App:
    """Return the parts; where nobody chose a public address, links follow ``port``."""
    parts = App.from_configuration()
    unchosen = Settings.model_fields["public_url"].default
    if parts.settings.public_url != unchosen or "ANDA_PUBLIC_URL" in os.environ:
        return parts
    here = f"http://127.0.0.1:{port}"
    return App(parts.settings.model_copy(update={"public_url": here}))


def serve_parts(parts: App, role: Role, host: str, port: int) -> None:
    """Do the work of ``role`` with parts that may be loaded already, until SIGTERM."""
    log.configure(parts.settings.log_level)
    _refuse_foreign_schema(parts)
    if role is Role.WORKER:
        asyncio.run(_work(parts))
        return
    if role is Role.SCHEDULER:
        _schedule(parts)
        return
    refuse_taken(host, port)
    # Here and not at the top: FastAPI and all pages take as long to load as everything else, and
    # every other command of `anda`, and the roles above, would wait for them.
    from bot.web import web_app  # noqa: PLC0415 - only who serves pages loads them

    # Loaded before the first request, which must not wait for it.
    _ = parts.engine
    server = uvicorn.Server(
        uvicorn.Config(
            web_app(parts, worker=role is Role.ALL, scheduler=role is Role.ALL),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
            h11_max_incomplete_event_size=32_768,
        )
    )
    # uvicorn drains on SIGTERM and then raises the signal again: that is a clean end for us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run()


def refuse_taken(host: str, port: int) -> None:
    """Say in words that nobody can listen there; the server would say it in English."""
    try:
        kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        why = "已经有程序在用" if error.errno == errno.EADDRINUSE else "这台机器上不能用"
        raise AndaError(f"{host} 的端口 {port} {why}，请用 --host、--port 换一个") from None


def _refuse_foreign_schema(parts: App) -> None:
    engine = parts.transactions.engine
    if schema.is_newer(engine):
        raise ConfigurationError("数据库比程序新：请升级程序，或换用与数据库配套的版本")
    if not schema.is_current(engine):
        raise ConfigurationError("数据库还没有准备好：请先运行 anda db upgrade")


async def _work(parts: App) -> None:
    """Work off the outbox until SIGTERM; what is being delivered is settled first."""
    task = asyncio.create_task(parts.dispatcher.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, parts.dispatcher.stop)
    await task
    await asyncio.to_thread(parts.transactions.close)


def _schedule(parts: App) -> None:
    """Run the timetable, or stand by, until SIGTERM; what is running is finished first."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: parts.runner.stop())
    parts.runner.serve()
    parts.transactions.close()

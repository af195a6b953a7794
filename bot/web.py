"""The web side of a process: one ASGI application over all channels and pages."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot import web_parts
from bot.bootstrap import App
from bot.channels.webchat.app import webchat_app
from bot.metrics import METRICS
from bot.staff_parts import RelayStep, relays
from storage import schema
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger()
_SPOOL_SECONDS = 5.0
_QUEUE_SECONDS = 1.0
_SETTLE_SECONDS = 6.0
# A turn passes between threads: it waits for no longer slice of a campaign (Python's own is 5 ms).
_SLICE_SECONDS = 0.001


def below(path: str, pages: ASGIApp) -> list[Route]:
    """Return the routes that hand a path and all below it to an application, path unchanged."""
    return [Route(path, endpoint=pages), Route(path + "/{rest:path}", endpoint=pages)]


def web_app(app: App, *, worker: bool = True, scheduler: bool = False) -> ASGIApp:
    """Return the application; it may also work off the outbox and run the timetable."""

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> Response:
        try:
            current = await run_in_threadpool(schema.is_current, app.transactions.engine)
        except Exception:
            log.exception("readyz.failed")
            current = False
        return JSONResponse({"status": "ok" if current else "not ready"}, 200 if current else 503)

    async def metrics(_: Request) -> Response:
        return Response(METRICS.text(), media_type="text/plain; version=0.0.4")

    async def home(_: Request) -> Response:
        return RedirectResponse("/chat")

    pages = Starlette(
        routes=[
            Route("/", home),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Mount("/api", web_parts.api(app)),
            *below("/console", web_parts.console(app)),
            Mount("/papers", web_parts.papers(app)),
            Mount("/links", web_parts.links(app)),
            *below("/feedback", web_parts.feedback(app)),
            *([Route("/telegram/webhook", app.telegram.webhook())] if app.telegram else []),
            Mount("/", webchat_app(app.chat, app.page())),
        ],
        lifespan=lambda _: _lifespan(app, worker=worker, scheduler=scheduler),
    )
    return _Front(app, pages)


class _Front:
    """Sends the callback straight to the channel: it is the hot path and needs no router."""

    def __init__(self, app: App, pages: ASGIApp) -> None:
        self._callback = app.wechat_callback()
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hot = scope["type"] == "http" and scope["path"] == "/wechat/callback"
        if hot and self._callback is not None:
            await self._callback(scope, receive, send)
        else:
            await self._pages(scope, receive, send)


@asynccontextmanager
async def _lifespan(app: App, *, worker: bool, scheduler: bool) -> AsyncIterator[None]:
    """Start what runs beside the requests; on the way out finish what is under way."""
    # What is loaded by now stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    sys.setswitchinterval(_SLICE_SECONDS)
    app.knowledge_watcher.start()
    await _take_up_spool(app)
    spool = asyncio.create_task(_work_off_spool(app))
    queue = asyncio.create_task(_keep_queue(app))
    delivery = asyncio.create_task(app.dispatcher.run() if worker else asyncio.sleep(0))
    telegram = asyncio.create_task(app.telegram.run() if app.telegram else asyncio.sleep(0))
    timetable = threading.Thread(target=app.runner.serve, name="anda-scheduler", daemon=True)
    if scheduler:
        timetable.start()
    try:
        yield
    finally:
        if scheduler:
            app.runner.stop()
            await run_in_threadpool(timetable.join, _SETTLE_SECONDS)
        app.knowledge_watcher.stop()
        telegram.cancel()
        await app.inbox.drain()
        spool.cancel()
        queue.cancel()
        # What is being delivered is settled first, or it would be sent again after its lease.
        app.dispatcher.stop()
        await asyncio.wait({spool, delivery}, timeout=_SETTLE_SECONDS)
        delivery.cancel()
        await asyncio.gather(spool, queue, delivery, telegram, return_exceptions=True)
        if app.telegram:
            await app.telegram.stop()
        await run_in_threadpool(app.transactions.close)


async def _take_up_spool(app: App) -> None:
    """Before the first request: a customer's newer message must not overtake an older one."""
    try:
        await app.inbox.take_up_spool()
    except Exception:
        log.exception("spool.trouble")


async def _keep_queue(app: App) -> None:
    """Look after those who wait for a person, every second."""
    # Absence is counted from when this process can hear anybody.
    keeper = replace(app.queue_keeper, started=app.now())
    tellers = relays(app)
    while True:
        try:
            work = app.transactions.submit(lambda uow: keeper.keep(uow, app.now()))
            await asyncio.wrap_future(work)
        except Exception:
            log.exception("queue.trouble")
        await _relay(app, tellers)
        await asyncio.sleep(_QUEUE_SECONDS)


async def _relay(app: App, tellers: Sequence[RelayStep]) -> None:
    """Tell the staff group and the robots what is new."""
    for relay in tellers:
        try:
            work = app.transactions.submit(partial(_step, relay, app))
            if await asyncio.wrap_future(work):
                app.dispatcher.wake()
        except Exception:
            log.exception("relay.trouble")


def _step(relay: RelayStep, app: App, uow: UnitOfWork) -> bool:
    return relay(uow, app.now())


async def _work_off_spool(app: App) -> None:
    """Answer what an earlier process acknowledged and could not commit."""
    while True:
        try:
            if count := await app.inbox.work_off_spool():
                log.info("spool.worked_off", messages=count)
        except Exception:
            log.exception("spool.trouble")
        await asyncio.sleep(_SPOOL_SECONDS)

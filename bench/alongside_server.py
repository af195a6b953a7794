"""The server of `bench.alongside`: the product, a campaign on demand, and a platform to send to.

`python -m bench.alongside_server ROLE BASE PORT`, configured by the environment like `anda serve`.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import uvicorn
import yaml
from sqlalchemy import insert
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.pushes import APP_ID
from bot import outbound_parts
from bot.bootstrap import App
from bot.cli.serve import Role, serve_parts
from knowledge_base.loader import KnowledgeBase, load_jsonl
from knowledge_base.service import Service
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.outbound import planning
from storage.rules import outbound

_CHUNK = 20_000
_ANSWER_S = 0.05
_AGES = 10**9


def main() -> None:
    """Serve until SIGTERM."""
    role, base, port = Role(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    _lift_quotas(base.with_suffix(".yaml"))
    vars(outbound_parts)["find_jobs"] = dict
    parts = App.from_configuration()
    vars(parts)["knowledge"] = Service(KnowledgeBase(list(load_jsonl(base))), parts.settings.facts)
    if role is not Role.WEB:
        _let_be_held(parts)
        threading.Thread(target=_campaign, args=[parts], daemon=True).start()
    serve_parts(parts, role, "127.0.0.1", port)


def _lift_quotas(file: Path) -> None:
    """No quota of a day and no quiet hours; the pace a minute stays as it is."""
    table = yaml.safe_load(outbound._FILE.read_text(encoding="utf-8"))
    table["quota"] = dict.fromkeys(table["quota"], _AGES)
    table["quiet"] = {"from": "03:00", "to": "03:01"}
    file.write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")
    outbound._FILE = file


def _let_be_held(parts: App) -> None:
    """Send nothing while the file ``hold`` is there: the rounds to compare with."""
    touches, hold = parts.dispatcher.touches, parts.settings.data_dir / "hold"
    assert touches is not None
    send = touches.run_once

    async def unless_held() -> int:
        return 0 if hold.exists() else await send()

    vars(touches)["run_once"] = unless_held


def _campaign(parts: App) -> None:
    go = parts.settings.data_dir / "go"
    while not go.exists():
        time.sleep(0.2)
    now, table = parts.clock(), outbound.rules()
    began = time.perf_counter()
    new = planning.plan(
        parts.transactions, table, planning.waves(table, "renewal", now.date()), now
    )
    print(f"planned {new:,} in {time.perf_counter() - began:.1f} s", file=sys.stderr, flush=True)
    parts.dispatcher.wake()


def fill(count: int, *, follow: bool) -> None:
    """Make customers with one policy each that ends in thirty days from now.

    Those who ``follow`` have a conversation on WeChat, too old for any but template messages.
    """
    parts = App.from_configuration()
    now = parts.clock()
    long_ago = now - timedelta(days=9)
    common = {
        "line": "auto", "product": "机动车商业保险", "starts_at": now - timedelta(days=335),
        "ends_on": now.date() + timedelta(days=30), "status": "有效", "premium_fen": 1,
        "payment": "已缴清", "details": {},
    }  # fmt: skip
    for first in range(1, count + 1, _CHUNK):
        numbers = range(first, min(first + _CHUNK, count + 1))
        people = [
            {"id": n, "ref": f"C{n}", "kind": "person", "name": "白", "id_number": str(n),
             "id_blind": f"b{n}", "phone": f"139{n:08d}", "phone_blind": f"p{n}"}
            for n in numbers
        ]  # fmt: skip
        policies = [
            {"number": f"P{n:09d}", "customer_id": n, "plate": f"X{n:07d}", **common}
            for n in numbers
        ]
        chats = [
            {"channel": "wechat", "account": APP_ID, "peer": f"o-follows-{n}", "state": {},
             "owner": "bot", "owner_rev": 0, "customer_id": n, "subscribed": True,
             "last_seq": 0, "opened_at": long_ago, "last_at": long_ago}
            for n in numbers if follow
        ]  # fmt: skip
        with parts.transactions.engine.begin() as connection:
            connection.execute(insert(table_of(Customer)), people)
            connection.execute(insert(table_of(Policy)), policies)
            if chats:
                connection.execute(insert(table_of(Conversation)), chats)
    parts.transactions.close()


def platform(port: int) -> None:
    """Be a WeChat API that takes everything and answers after a while."""
    numbers = itertools.count(1)

    async def take(request: Request) -> Response:
        if request.url.path.endswith("token"):
            return JSONResponse({"access_token": "t", "expires_in": 7200})
        await asyncio.sleep(_ANSWER_S)
        return JSONResponse({"errcode": 0, "errmsg": "ok", "msgid": next(numbers)})

    app = Starlette(routes=[Route("/{path:path}", take, methods=["GET", "POST"])])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main()

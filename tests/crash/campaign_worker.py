"""One worker of a campaign, until killed; it imports little, so that it is soon at work."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from datetime import datetime, timedelta

from bot.touches import TouchWorker
from storage.database import open_engine
from storage.outbound.letters import Configured, Letter
from storage.rules.message_templates import templates
from storage.rules.outbound import rules
from storage.transactions import transactions

FASTER = 30


def main(url: str, secret: str, platform: str, start: str, began: str) -> None:
    """Send by the rules, to a platform that is a file: a line for each message that got there."""

    def now() -> datetime:
        passed = timedelta(seconds=(time.monotonic() - float(began)) * FASTER)
        return datetime.fromisoformat(start) + passed

    async def post(letter: Letter) -> str:
        file = os.open(platform, os.O_WRONLY | os.O_APPEND)
        os.write(file, f"{letter.key} {os.getpid()} {letter.way}\n".encode())
        os.close(file)
        # Here a kill leaves a message that arrived and a worker that cannot say so.
        await asyncio.sleep(random.uniform(0, 0.02))
        return ""

    ways = transactions(open_engine(url, secret.encode()))
    posts = {(way, "*"): post for way in ("custom", "template", "notice", "sms", "task")}
    worker = TouchWorker(ways, rules(), configured(), posts, now, f"w{os.getpid()}")

    async def forever() -> None:
        while True:
            if not await worker.run_once():
                await asyncio.sleep(0.1)

    asyncio.run(forever())


def configured() -> Configured:
    """Return a branch that has applied for every template."""
    return Configured({name: name == "knowledge" for name in templates()})


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A campaign worked off by processes that are killed: `python -m tests.crash.campaign URL 20000`.

Each worker is a process of its own whose platform is a file: a line for each message that got
there. The workers' clock runs thirty times as fast, so that leases run out within two seconds.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from storage import schema
from storage.database import open_engine
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.customer import Customer, OptOut
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.outbound import planning
from storage.outbound.rehearsal import rehearse
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.crash.campaign_worker import configured
from tests.crash.server import ROOT
from tests.storage.outbound_kit import NOW, TODAY, outside

_item = table_of(OutboxItem)


@dataclass(frozen=True)
class Told:
    """What came of a campaign."""

    total: int
    sent: int
    unknown: int
    reasons: Counter[str]
    twice: list[str]
    ghosts: list[str]
    differing: list[str]
    kills: int
    seconds: float


def fill(url: str, size: int) -> None:
    """Make customers of all sorts, one policy each that ends in thirty days."""
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    branch = outside(engine)
    blind = branch.cipher.blind

    def work(uow: UnitOfWork) -> None:
        add = uow.connection.execute
        numbers = range(1, size + 1)
        phones = {n: "" if n % 7 == 0 else f"139{n:08d}" for n in numbers}
        add(
            insert(table_of(Customer)),
            [
                {"id": n, "ref": f"C{n}", "kind": "person", "name": f"白{n}", "id_number": str(n),
                 "id_blind": f"b{n}", "phone": phones[n], "phone_blind": blind(f"139{n:08d}")}
                for n in numbers
            ],
        )  # fmt: skip
        policy = {
            "line": "auto", "product": "机动车商业保险", "starts_at": NOW - timedelta(days=335),
            "premium_fen": 1, "payment": "已缴清", "details": {},
        }  # fmt: skip
        first = [
            {"number": f"P{n}", "customer_id": n, "plate": f"津X{n:06d}",
             "status": "退保" if n % 11 == 0 else "有效", "ends_on": TODAY + timedelta(days=30)}
            | policy
            for n in numbers
        ]  # fmt: skip
        renewed = [
            {**one, "number": f"{one['number']}N", "ends_on": TODAY + timedelta(days=395)}
            for one in first[::13]
        ]
        add(insert(table_of(Policy)), first + renewed)
        chats = [
            {"id": n, "channel": "wechat", "account": "wx1", "peer": f"o{n}", "state": {},
             "owner": "bot", "owner_rev": 0, "customer_id": n, "subscribed": n % 6 != 0,
             "last_seq": 0, "opened_at": NOW, "last_at": NOW}
            for n in numbers if n % 3 == 0
        ]  # fmt: skip
        add(insert(table_of(Conversation)), chats)
        add(
            insert(table_of(OptOut)),
            [{"conversation_id": c["id"], "category": "renewal", "at": NOW} for c in chats[::5]],
        )

    branch.ways.run(work)
    branch.ways.close()


def run(url: str, folder: Path, workers: int, kills: int, patience: float) -> Told:
    """Work a campaign off, killing workers at random; compare with the dry run made before."""
    branch = outside(open_engine(url, SECRET))
    waves = planning.waves(branch.rules, "renewal", TODAY)
    dry = rehearse(branch.ways, branch.cipher, branch.rules, configured(), waves, NOW)
    branch.plan()
    began = time.monotonic()
    with _staff(url, folder / "platform", workers, began) as staff:
        done = _kill(branch.ways, staff, folder / "platform", kills, began + patience)
    seconds = time.monotonic() - began
    rows = branch.items()
    branch.ways.close()
    lines = [line.split() for line in _lines(folder / "platform")]
    arrived = Counter(key for key, _, _ in lines)
    # A ticket is opened under the touch's own key: asked for again, it is the same ticket.
    messages = Counter(key for key, _, way in lines if way != "task")
    told = {line.key: line for line in dry}
    return Told(
        total=len(rows),
        sent=sum(row.status == "sent" for row in rows),
        unknown=sum(row.status == "unknown" for row in rows),
        reasons=Counter(row.reason for row in rows if row.status == "suppressed"),
        twice=[key for key, count in messages.items() if count > 1],
        ghosts=[
            row.dedupe_key for row in rows if (row.status == "sent") and not arrived[row.dedupe_key]
        ],
        differing=[row.dedupe_key for row in rows if not _same(row, told.get(row.dedupe_key))],
        kills=done,
        seconds=seconds,
    )


def _same(row: OutboxItem, line: object) -> bool:
    """Tell whether a row came to what the dry run said of it."""
    outcome, way, reason = (getattr(line, name, None) for name in ("outcome", "way", "reason"))
    if row.status == "suppressed":
        return (outcome, reason) == ("not_sent", row.reason)
    return (outcome, way) == ("send", row.way) and row.status in ("sent", "unknown")


@contextmanager
def _staff(
    url: str, platform: Path, workers: int, began: float
) -> Iterator[list[subprocess.Popen[bytes]]]:
    platform.touch()
    module = "tests.crash.campaign_worker"
    words = [url, SECRET.decode(), str(platform), NOW.isoformat(), str(began)]
    command = [sys.executable, "-m", module, *words]
    staff = [subprocess.Popen(command, cwd=ROOT) for _ in range(workers)]
    try:
        yield staff
    finally:
        for process in staff:
            process.kill()
            process.wait()


def _kill(
    ways: object, staff: list[subprocess.Popen[bytes]], platform: Path, kills: int, end: float
) -> int:
    """Kill one after the other, and put another in its place, until the campaign is done.

    Only one that has sent something is killed: who is still starting cannot lose anything.
    """
    done = 0
    while time.monotonic() < end and _open(ways):
        time.sleep(random.uniform(0.2, 1.0))
        busy = {line.split()[1] for line in _lines(platform)}
        at_work = [number for number, process in enumerate(staff) if str(process.pid) in busy]
        if at_work and done < kills:
            number = random.choice(at_work)
            staff[number].send_signal(signal.SIGKILL)
            staff[number].wait()
            staff[number] = subprocess.Popen(staff[number].args, cwd=ROOT)
            done += 1
    return done


def _lines(platform: Path) -> list[str]:
    """Return what arrived; a line that is being written is left for the next time."""
    return platform.read_text().rpartition("\n")[0].splitlines()


def _open(ways: object) -> int:
    query = select(func.count()).where(_item.c.status.in_(("planned", "sending")))
    return int(ways.read(lambda uow: uow.connection.execute(query).scalar()))  # type: ignore[attr-defined]


def main() -> None:
    """Run a campaign of some size and print what came of it."""
    url, size, workers, kills = sys.argv[1], *map(int, sys.argv[2:5])
    fill(url, size)
    with tempfile.TemporaryDirectory() as folder:
        told = run(url, Path(folder), workers, kills, patience=1_200)
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main()
